"""Memos are their author's: written once, changed by version, removed so that they can come back."""

import uuid
from typing import Any

import pytest

from coding.actions.memos import change_memo, link_memo, remove_memo, restore_memo, unlink_memo, write_memo
from coding.models import Memo
from coding.queries.memos import history_of
from fieldstudy.errors import Conflict, FieldstudyError, Invalid, Missing, NotPermitted
from fieldstudy.models import User
from observations.access import Viewer
from observations.actions.sources import correct_text
from observations.models import Source, Study
from observations.queries.sources import text_of
from tests import builders
from tests.shared import shared

TEXT = "I read the film first. Then I click."


@shared
def viewer(study: Study, coder_ana: User) -> Viewer:
    return builders.viewer_of(study, coder_ana)


@shared
def source(study: Study) -> Source:
    return builders.make_source(study, TEXT)


def write(viewer: Viewer, **said: Any) -> Memo:
    about = {"id": uuid.uuid4(), "about": "study", "text": "A thought.", "at": builders.AT}
    return write_memo(viewer=viewer, **about | said)[0]


def test_a_memo_is_private_unless_shared(viewer: Viewer) -> None:
    assert not write(viewer).is_shared


def test_the_same_again_is_the_same_memo(viewer: Viewer) -> None:
    key = uuid.uuid4()
    assert write(viewer, id=key) == write(viewer, id=key)
    with pytest.raises(Conflict):
        write(viewer, id=key, text="Another.")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"text": "  "}, "memo.empty"),
        ({"title": "x" * 201}, "memo.too_long"),
        ({"about": "source"}, "memo.unknown_kind"),
        ({"about": "weather"}, "memo.unknown_kind"),
    ],
)
def test_what_is_no_memo_is_refused(viewer: Viewer, said: dict[str, Any], code: str) -> None:
    with pytest.raises(FieldstudyError) as error:
        write(viewer, **said)
    assert error.value.code == code


def test_only_a_memo_about_the_study_has_a_day(viewer: Viewer, source: Source) -> None:
    day = builders.AT.date()
    assert write(viewer, day=day).day == day
    with pytest.raises(Invalid):
        write(viewer, about="source", subject_id=source.pk, day=day)


def test_a_passage_one_must_not_know_of_is_not_there(
    viewer: Viewer, source: Source, study: Study, coder_ben: User
) -> None:
    hidden = builders.code(source, "click", builders.make_code(study), by=coder_ben)
    with pytest.raises(Missing):
        write(viewer, about="segment", subject_id=hidden.pk)


def test_a_reader_writes_no_memo(study: Study, reader: User) -> None:
    with pytest.raises(NotPermitted):
        write(builders.viewer_of(study, reader))


def test_a_change_on_an_old_version_is_refused(viewer: Viewer) -> None:
    memo = write(viewer)
    changed = change_memo(viewer=viewer, memo_id=memo.pk, version=1, at=builders.AT, text="Better.", is_shared=True)
    assert (changed.text, changed.is_shared, changed.version) == ("Better.", True, 2)
    with pytest.raises(Conflict):
        change_memo(viewer=viewer, memo_id=memo.pk, version=1, at=builders.AT, text="Worse.")


def test_a_change_sent_twice_changes_nothing_twice(viewer: Viewer) -> None:
    memo = write(viewer)
    said = {"viewer": viewer, "memo_id": memo.pk, "version": 1, "at": builders.AT, "title": " So ", "text": "Better."}
    assert (change_memo(**said).version, change_memo(**said).version) == (2, 2)


def test_nobody_else_changes_a_memo(viewer: Viewer, study: Study) -> None:
    memo = write(viewer, is_shared=True)
    with pytest.raises(Missing):
        change_memo(viewer=builders.as_lead(study), memo_id=memo.pk, version=1, at=builders.AT, text="Mine.")


def test_the_history_tells_what_was_done(viewer: Viewer) -> None:
    memo = write(viewer)
    change_memo(viewer=viewer, memo_id=memo.pk, version=1, at=builders.AT, is_shared=True)
    change_memo(viewer=viewer, memo_id=memo.pk, version=2, at=builders.AT, text="Better.")
    remove_memo(viewer=viewer, memo_id=memo.pk, at=builders.AT)
    restore_memo(viewer=viewer, memo_id=memo.pk)
    assert [deed.what for deed in history_of(memo)] == ["restored", "removed", "changed", "shared", "written"]


def test_a_link_is_there_once(viewer: Viewer) -> None:
    one, other = write(viewer), write(viewer)
    said = {"viewer": viewer, "memo_id": one.pk, "to_memo_id": other.pk}
    (link, made), (same, again) = (link_memo(id=uuid.uuid4(), **said) for _ in range(2))
    assert (link, made, again) == (same, True, False)
    unlink_memo(viewer=viewer, link_id=link.pk)
    assert not one.links.exists()


def test_a_link_leads_somewhere_else(viewer: Viewer, study: Study) -> None:
    memo, hidden = write(viewer), write(builders.as_lead(study))
    said = {"viewer": viewer, "id": uuid.uuid4(), "memo_id": memo.pk}
    for wrong in ({"to_memo_id": memo.pk}, {}):
        with pytest.raises(Invalid):
            link_memo(**said, **wrong)
    with pytest.raises(Missing):
        link_memo(**said, to_memo_id=hidden.pk)


def test_a_correction_carries_memos_on_words_along(viewer: Viewer, source: Source) -> None:
    def on(phrase: str) -> Memo:
        start = text_of(source).index(phrase)
        place = {"start": start, "end": start + len(phrase), "revision_id": source.revision_id}
        return write(viewer, about="span", subject_id=source.pk, **place)

    kept, emptied = on("Then I click"), on("the film")
    assert source.revision is not None
    correct_text(
        viewer=builders.as_lead(source.study),
        source=source,
        text=TEXT.replace("the film ", ""),
        based_on=source.revision.number,
        accept_losses=True,
        at=builders.AT,
    )
    for memo in (kept, emptied):
        memo.refresh_from_db()
    assert text_of(source)[kept.now_start : kept.now_end] == "Then I click"
    assert emptied.now_start == emptied.now_end and emptied.removed_at is None
