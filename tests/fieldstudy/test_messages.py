"""Messages gathered from code and templates, and catalogues brought up to date."""

from pathlib import Path

import polib
import pytest

from fieldstudy.messages import (
    Key,
    Message,
    MessageError,
    gather,
    in_python,
    in_template,
    new_catalogue,
    places,
    problems,
    update,
)


def said(*messages: Message) -> dict[Key, Message]:
    return {message.key: message for message in messages}


def catalogue_of(*entries: tuple[str, str]) -> polib.POFile:
    catalogue = new_catalogue("fr")
    catalogue.extend(polib.POEntry(msgid=text, msgstr=translation) for text, translation in entries)
    return catalogue


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('gettext("Sources")', Message("Sources")),
        ('translation.gettext_lazy("Sources")', Message("Sources")),
        ('gettext_noop("One " "sentence.")', Message("One sentence.")),
        ('ngettext("%(n)s code", "%(n)s codes", n)', Message("%(n)s code", "%(n)s codes")),
        ('pgettext("of a code", "sign")', Message("sign", context="of a code")),
        ('from django.utils.translation import gettext_lazy as _\n_("Sign")', Message("Sign")),
    ],
)
def test_a_literal_given_to_gettext_is_a_message(source: str, message: Message) -> None:
    assert list(in_python(source)) == [message]


def test_a_variable_given_to_gettext_is_no_message() -> None:
    assert list(in_python("gettext(label)")) == []


def test_a_message_put_together_from_values_is_refused() -> None:
    with pytest.raises(MessageError, match=r"page\.py:1"):
        list(in_python('gettext(f"{n} codes")', "page.py"))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{% translate 'Go on' %}", Message("Go on")),
        ('{% translate "sign" context "of a code" %}', Message("sign", context="of a code")),
        ('{% include "field.html" with label=_("Name") %}', Message("Name")),
        ("{% blocktranslate trimmed %}\n  By {{ name }}\n{% endblocktranslate %}", Message("By %(name)s")),
        (
            "{% blocktranslate count n=codes %}{{ n }} code{% plural %}{{ n }} codes{% endblocktranslate %}",
            Message("%(n)s code", "%(n)s codes"),
        ),
        ("{% translate 'Half: 50 %' %}", Message("Half: 50 %%")),
        ('{% translate "It\'s" %}', Message("It's")),
    ],
)
def test_a_translation_tag_is_a_message(source: str, message: Message) -> None:
    assert list(in_template(source)) == [message]


def test_a_message_said_in_two_files_is_gathered_once(tmp_path: Path) -> None:
    (tmp_path / "coding" / "templates").mkdir(parents=True)
    (tmp_path / "coding" / "codes.py").write_text('gettext("Code")')
    (tmp_path / "coding" / "templates" / "codes.html").write_text('{% translate "Code" %}')
    assert gather(tmp_path, ["coding"]) == said(
        Message("Code", files=("coding/codes.py", "coding/templates/codes.html"))
    )


def test_a_file_that_cannot_be_read_stops_the_gathering(tmp_path: Path) -> None:
    (tmp_path / "coding").mkdir()
    (tmp_path / "coding" / "broken.py").write_text("def (")
    with pytest.raises(MessageError, match=r"coding/broken\.py"):
        gather(tmp_path, ["coding"])


def test_places_are_told_by_name() -> None:
    assert places("%(done)s of %(total)d, {sign}, 100 %% sure") == {"done", "total", "sign"}


def test_an_update_keeps_translations() -> None:
    catalogue = catalogue_of(("Code", "Code (fr)"))
    update(catalogue, said(Message("Code"), Message("Sources")))
    assert [(entry.msgid, entry.msgstr) for entry in catalogue] == [("Code", "Code (fr)"), ("Sources", "")]


def test_an_update_keeps_what_is_no_longer_said_as_obsolete() -> None:
    catalogue = catalogue_of(("Passages", "Extraits"))
    update(catalogue, said(Message("Sign")))
    assert [entry.msgid for entry in catalogue.obsolete_entries()] == ["Passages"]


def test_pruning_drops_what_is_no_longer_said() -> None:
    catalogue = catalogue_of(("Passages", "Extraits"))
    update(catalogue, said(), prune=True)
    assert len(catalogue) == 0


def test_a_message_said_again_finds_its_translation() -> None:
    catalogue = catalogue_of(("Passages", "Extraits"))
    update(catalogue, said())
    update(catalogue, said(Message("Passages")))
    assert problems(catalogue, said(Message("Passages"))) == []


def test_a_reworded_message_takes_the_old_translation_as_fuzzy() -> None:
    catalogue = catalogue_of(("Choose at least one source.", "Choisissez au moins une source."))
    update(catalogue, said(Message("Choose at least one source!")), prune=True)
    assert problems(catalogue, said(Message("Choose at least one source!"))) == ["fuzzy: 'Choose at least one source!'"]


def test_a_message_that_got_a_plural_is_to_be_translated_again() -> None:
    found = said(Message("%(n)s code", "%(n)s codes"))
    catalogue = catalogue_of(("%(n)s code", "%(n)s code"))
    update(catalogue, found)
    assert problems(catalogue, found) == ["not translated: '%(n)s code' ()"]


def test_a_complete_catalogue_has_no_problem() -> None:
    assert problems(catalogue_of(("Of %(n)s", "De %(n)s")), said(Message("Of %(n)s"))) == []


@pytest.mark.parametrize("translation", ["De", "De %(m)s", "De %(n)s %(m)s"])
def test_a_translation_with_other_places_is_a_problem(translation: str) -> None:
    told = problems(catalogue_of(("Of %(n)s", translation)), said(Message("Of %(n)s")))
    assert told[0].startswith("places differ")


def test_a_singular_may_say_one_in_words() -> None:
    found = said(Message("One code", "%(n)s codes"))
    catalogue = new_catalogue("fr")
    catalogue.append(polib.POEntry(msgid="One code", msgid_plural="%(n)s codes", msgstr_plural={0: "Un", 1: "%(n)s"}))
    assert problems(catalogue, found) == []
