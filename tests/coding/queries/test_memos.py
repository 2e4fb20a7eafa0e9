"""Who may know of which memo, and what searching for one finds."""

import uuid
from typing import Any

import pytest

from coding.actions.memos import link_memo, remove_memo
from coding.models import Code, Memo
from coding.queries.memos import Wanted, links_from, memos_listed, memos_visible_to
from fieldstudy.models import User
from observations.models import Source, Study
from tests import builders
from tests.shared import shared


@shared
def source(study: Study) -> Source:
    return builders.make_source(study)


@shared
def code(study: Study) -> Code:
    return builders.make_code(study)


def knows(memo: Memo, user: User) -> bool:
    return memos_visible_to(builders.viewer_of(memo.study, user)).filter(pk=memo.pk).exists()


def about_it(kind: str, source: Source, code: Code, by: User) -> dict[str, Any]:
    if kind == "span":
        return {"about": kind, "subject_id": source.pk, "start": 0, "end": 6, "revision_id": source.revision_id}
    if kind == "segment":
        return {"about": kind, "subject_id": builders.code(source, "film", code, by=by).pk}
    return {"about": kind, "subject_id": {"study": None, "source": source.pk, "code": code.pk}[kind]}


KINDS = ("study", "source", "span", "code", "segment")


@pytest.mark.parametrize("kind", KINDS)
def test_a_private_memo_is_its_authors_alone(
    kind: str, source: Source, code: Code, coder_ana: User, lead: User, supervisor: User
) -> None:
    memo = builders.make_memo(source.study, by=coder_ana, is_shared=False, **about_it(kind, source, code, coder_ana))
    builders.submit(source, by=coder_ana)
    assert [knows(memo, user) for user in (coder_ana, lead, supervisor)] == [True, False, False]


@pytest.mark.parametrize("kind", KINDS)
def test_a_coders_shared_memo_waits_until_one_has_read(
    kind: str, source: Source, code: Code, coder_ana: User, coder_ben: User
) -> None:
    memo = builders.make_memo(source.study, by=coder_ana, **about_it(kind, source, code, coder_ana))
    builders.submit(source, by=coder_ana)
    known = [knows(memo, coder_ben)]
    builders.code(source, "click", code, by=coder_ben)
    known.append(knows(memo, coder_ben))
    builders.submit(source, by=coder_ben)
    assert [*known, knows(memo, coder_ben)] == [False, False, True]


@pytest.mark.parametrize("kind", ["study", "code"])
def test_a_source_not_read_yet_keeps_coders_memos_on_the_study_hidden(
    kind: str, source: Source, code: Code, coder_ana: User, coder_ben: User
) -> None:
    memo = builders.make_memo(source.study, by=coder_ana, **about_it(kind, source, code, coder_ana))
    builders.submit(source, by=coder_ben)
    builders.make_source(source.study, title="Interview 2")
    assert not knows(memo, coder_ben)


@pytest.mark.parametrize("kind", ["study", "code"])
def test_a_leads_memo_on_the_study_is_known_at_once(
    kind: str, source: Source, code: Code, lead: User, coder_ben: User
) -> None:
    assert knows(builders.make_memo(source.study, **about_it(kind, source, code, lead)), coder_ben)


@pytest.mark.parametrize("kind", ["study", "code"])
def test_the_memo_of_a_lead_who_codes_waits(kind: str, source: Source, code: Code, coder_ben: User) -> None:
    lena = builders.make_member(source.study, "lena", "lead", "coder")
    assert not knows(builders.make_memo(source.study, by=lena, **about_it(kind, source, code, lena)), coder_ben)


@pytest.mark.parametrize("kind", ["source", "span", "segment"])
def test_a_memo_on_a_source_waits_for_its_authors_submission(
    kind: str, source: Source, code: Code, coder_ana: User, supervisor: User
) -> None:
    builders.code(source, "click", code, by=coder_ana)
    memo = builders.make_memo(source.study, by=coder_ana, **about_it(kind, source, code, coder_ana))
    known = [knows(memo, supervisor)]
    builders.submit(source, by=coder_ana)
    assert [*known, knows(memo, supervisor)] == [False, True]


def test_in_an_open_study_shared_memos_are_known_at_once(lead: User) -> None:
    study = builders.make_study(lead, slug="open", mode="open")
    ana, ben = (builders.make_member(study, name, "coder") for name in ("ana", "ben"))
    source = builders.make_source(study)
    memo = builders.make_memo(study, by=ana, about="source", subject_id=source.pk)
    assert knows(memo, ben)


def test_a_removed_memo_is_found_by_its_author_alone(study: Study, supervisor: User, lead: User) -> None:
    memo = builders.make_memo(study, by=supervisor, about="study")
    remove_memo(viewer=builders.viewer_of(study, supervisor), memo_id=memo.pk, at=builders.AT)
    found = [
        memos_listed(builders.viewer_of(study, user), Wanted(removed=True)).filter(pk=memo.pk).exists()
        for user in (supervisor, lead)
    ]
    assert found == [True, False]
    assert not knows(memo, supervisor)


@pytest.mark.parametrize("words", ["éCHO", "echo muet", "MUET"])
def test_a_search_ignores_case_and_accents(study: Study, lead: User, words: str) -> None:
    memo = builders.make_memo(study, about="study", title="Écho", text="Un outil muet.")
    builders.make_memo(study, about="study", text="Autre chose.")
    assert list(memos_listed(builders.as_lead(study), Wanted(words=words))) == [memo]


def test_a_link_to_a_hidden_memo_is_hidden(study: Study, lead: User, supervisor: User) -> None:
    hidden = builders.make_memo(study, by=lead, about="study", is_shared=False)
    shown = builders.make_memo(study, by=lead, about="study")
    link_memo(viewer=builders.as_lead(study), id=uuid.uuid4(), memo_id=shown.pk, to_memo_id=hidden.pk)
    told = [len(links_from(builders.viewer_of(study, user), [shown])[shown.pk]) for user in (lead, supervisor)]
    assert told == [1, 0]
