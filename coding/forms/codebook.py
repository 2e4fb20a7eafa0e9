"""Forms of the codebook: a code in the study's languages, a version's note, a phrase or pattern, a file."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from coding.actions.codebooks import Meaning
from coding.examples import written
from coding.lexicon_csv import LONGEST_EXPRESSION, LONGEST_NOTE
from coding.models import Code, LexiconEntry
from coding.queries.codebook import Codebook
from coding.tagging.lexicon import parse_expression
from fieldstudy.errors import FieldstudyError, Invalid
from fieldstudy.languages import pick
from fieldstudy.web import sentence, translated
from observations.forms.fields import language_name, language_word

LONGEST_TEXT = 4_000
LONGEST_NAME = 120
MOST_BYTES = 4 * 1024 * 1024
STANCES = [(Code.Stance.STRENGTH, _("Strength")), (Code.Stance.LIMIT, _("Limit")), (Code.Stance.NEITHER, _("Neither"))]


def show_error(form: forms.Form, error: FieldstudyError) -> None:
    """Put an action's error where the person looks: beside its first field of the form, else above the form."""
    field = next((name for name in error.fields if name in form.fields), None)
    form.add_error(field, translated(error))


class CodeForm(forms.Form):
    """A code: its sign, its stance, and what it means in each of the study's languages."""

    sign = forms.CharField(label=_("Sign"), max_length=4, min_length=2)
    stance = forms.ChoiceField(label=_("Stance"), choices=STANCES, widget=forms.RadioSelect, initial="neither")
    asks_weight = forms.BooleanField(label=_("Asks for a weight from 0 to 100"), required=False)
    based_on = forms.UUIDField(required=False, widget=forms.HiddenInput)

    TEXTS = (
        ("definitions", "definition", _("Definition"), 3),
        ("include_when", "include", _("Include when"), 4),
        ("exclude_when", "exclude", _("Exclude when"), 4),
        ("examples", "example", _("Example"), 3),
    )

    def __init__(self, *args: Any, languages: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.languages = list(languages)
        self.fields["sign"].widget.attrs |= {"autocapitalize": "characters", "autocomplete": "off"}
        for language in self.languages:
            label = gettext("Name in %(language)s") % {"language": language_word(language)}
            self.fields[f"name_{language}"] = forms.CharField(
                label=label, required=False, max_length=LONGEST_NAME, widget=forms.TextInput(attrs={"lang": language})
            )
            for _texts, column, heading, rows in self.TEXTS:
                area = forms.Textarea(attrs={"rows": rows, "lang": language})
                self.fields[f"{column}_{language}"] = forms.CharField(
                    label=heading, required=False, max_length=LONGEST_TEXT, widget=area
                )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not any(cleaned.get(f"name_{language}") for language in self.languages):
            self.add_error(f"name_{self.languages[0]}", gettext("A code needs a name."))
        return cleaned

    def write_over(self, code: Code) -> None:
        """Let what was typed stand against the code as it is now, when it is sent once more."""
        self.data = {**self.data.dict(), "based_on": str(code.revision_id)}  # type: ignore[attr-defined]

    def meaning(self) -> Meaning:
        """What the form says the code means."""
        return Meaning(
            names=self._texts("name"),
            definitions=self._texts("definition"),
            include_when=self._texts("include"),
            exclude_when=self._texts("exclude"),
            examples=self._texts("example"),
        )

    def _texts(self, column: str) -> dict[str, str]:
        values = {language: self.cleaned_data[f"{column}_{language}"] for language in self.languages}
        return {language: text.replace("\r\n", "\n") for language, text in values.items() if text}

    def names(self) -> list[forms.BoundField]:
        return [self[f"name_{language}"] for language in self.languages]

    def by_language(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """(language, its name, its text fields), for the template."""
        return [
            (language, language_name(language), [self[f"{column}_{language}"] for _t, column, _l, _r in self.TEXTS])
            for language in self.languages
        ]

    @classmethod
    def held(cls, code: Code, languages: Sequence[str]) -> dict[str, Any]:
        """The form's first values for a code that is there."""
        meaning = code.revision
        assert meaning is not None
        values: dict[str, Any] = {"sign": code.sign, "stance": code.stance, "asks_weight": code.asks_weight}
        values["based_on"] = meaning.pk
        for language in languages:
            values[f"name_{language}"] = meaning.names.get(language, "")
            for texts, column, _label, _rows in cls.TEXTS:
                values[f"{column}_{language}"] = written(getattr(meaning, texts)).get(language, "")
        return values


class NewCodeForm(CodeForm):
    """A code that is not there yet: also where it stands."""

    parent = forms.ChoiceField(label=_("Below"), required=False)
    heading = forms.BooleanField(
        label=_("A heading only"), required=False, help_text=_("It holds other codes and cannot be applied itself.")
    )

    def __init__(self, *args: Any, codebook: Codebook, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].choices = parent_choices(codebook)  # type: ignore[attr-defined]


class MoveForm(forms.Form):
    """Another place in the tree: up or down among its siblings, a level in or out, or below another code.

    `position` among the codes there is where it was dropped; last without one.
    """

    where = forms.ChoiceField(label=_("Move"), choices=[(way, way) for way in ("up", "down", "in", "out", "under")])
    parent = forms.ChoiceField(label=_("Below"), required=False)
    position = forms.IntegerField(required=False, min_value=0)

    def __init__(self, *args: Any, codebook: Codebook, without: Code, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].choices = parent_choices(codebook, without)  # type: ignore[attr-defined]


def parent_choices(codebook: Codebook, without: Code | None = None) -> list[tuple[str, str]]:
    """The codes another can stand below, indented as in the tree; `without` and what is below it are left out."""
    choices = [("", gettext("No other code: a branch of its own"))]
    hidden_below: int | None = None
    for node in codebook.order:
        if hidden_below is not None and node.depth > hidden_below:
            continue
        hidden_below = node.depth if without is not None and node.code.pk == without.pk else None
        if hidden_below is None and node.code.revision is not None:
            indent = "\N{NO-BREAK SPACE}" * 3 * node.depth
            choices.append((str(node.code.pk), f"{indent}{node.code.sign} {_name(node.code)}"))
    return choices


def usable_choices(codebook: Codebook) -> list[tuple[str, str]]:
    """The codes that can be applied, as sign and name, in the order of the tree."""
    codes = [node.code for node in codebook.order if node.code.is_codable]
    return [(str(code.pk), f"{code.sign} {_name(code)}") for code in codes]


def _name(code: Code) -> str:
    return pick(code.revision.names if code.revision else {}, get_language() or "en")


class LexiconForm(forms.Form):
    """A phrase or pattern for a code, refused beside its field when it cannot be read."""

    KINDS = [(LexiconEntry.Kind.LEMMAS, _("Phrase")), (LexiconEntry.Kind.PATTERN, _("Pattern"))]
    expression = forms.CharField(
        label=_("Phrase or pattern"),
        max_length=LONGEST_EXPRESSION,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=_(
            "In a phrase: word|word for either, (word) for one that may be left out, … for up to five words between. "
            "A pattern is a list in JSON, one item a word, as spaCy’s matcher reads it: "
            '[{"LEMMA": "trust"}, {"POS": "NOUN"}]'
        ),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS)
    language = forms.ChoiceField(label=_("Language"), required=False)
    note = forms.CharField(label=_("Why it is there"), max_length=LONGEST_NOTE, required=False)

    def __init__(self, *args: Any, languages: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(language, language_name(language)) for language in languages]
        self.fields["language"].choices = [*choices, ("", gettext("every language"))]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "expression" in cleaned and "kind" in cleaned:
            try:
                parse_expression(cleaned["kind"], cleaned["expression"])
            except Invalid as error:
                self.add_error("expression", sentence(error.message, error.values))
        return cleaned


class PublishForm(forms.Form):
    """What to say of a new version."""

    note = forms.CharField(
        label=_("Note"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What changed and why, for those who code with it."),
    )


class TableForm(forms.Form):
    """A CSV file."""

    file = forms.FileField(label=_("CSV file"), widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(gettext("The file is larger than 4 MB; a codebook is never that large."))
        return file


class CodebookFileForm(TableForm):
    """A codebook as a CSV or Excel table, or as other programs exchange it."""

    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.qdc,text/csv,application/xml"}),
        help_text=_("A table (.csv, .xlsx), or a codebook of another program (REFI-QDA, .qdc)."),
    )
    language = forms.ChoiceField(
        label=_("Language of the names"),
        required=False,
        help_text=_("Of a file that has one name for each code and does not say in which language."),
    )

    def offer(self, languages: Sequence[str], first: str) -> None:
        """Offer the study's languages, beginning with one of them."""
        choices = [(language, language_name(language)) for language in languages]
        self.fields["language"].choices = choices  # type: ignore[attr-defined]
        self.fields["language"].initial = first
