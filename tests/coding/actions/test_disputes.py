"""Building and settling disputes: what is written, what is refused, and what is taken back."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from coding.actions.auto_settling import auto_settle, grant_waiver, undo_batch, withdraw_waiver
from coding.actions.codebooks import Meaning, redefine_code
from coding.actions.disputes import Settlement, build_disputes, record_machine_shown, reopen, reveal_readers, settle
from coding.actions.readings import open_reading, submit_reading
from coding.models import Adjudication, Code, Dispute, DisputeSide, Segment
from coding.passages import Passage
from coding.queries.auto_settling import Rule, proposals, standing_batches
from coding.queries.dispute_list import Filters, worklist
from coding.queries.dispute_page import opened
from coding.queries.disputes import comparisons
from coding.queries.fates import became
from fieldstudy.errors import Conflict, FieldstudyError, Invalid, Missing, NotPermitted
from fieldstudy.models import User
from fieldstudy.writes import write
from observations.access import Viewer
from observations.actions.sources import correct_text
from observations.models import Source, Study
from observations.queries.sources import text_of
from tests import builders
from tests.shared import shared

TEXT = "I read the film first. Then I click. Every shadow is a nodule to it."
FIRST, CLICK, NODULE = "I read the film first.", "Then I click.", "Every shadow is a nodule to it."


@shared
def source(study: Study) -> Source:
    return builders.make_source(study, TEXT)


@shared
def strict(study: Study) -> Code:
    return builders.make_code(study, "STR")


@shared
def tacit(study: Study) -> Code:
    return builders.make_code(study, "TAC")


@shared
def sam(study: Study, supervisor: User) -> Viewer:
    return builders.viewer_of(study, supervisor)


@shared
def differing(source: Source, strict: Code, tacit: Code, coder_ana: User, coder_ben: User) -> Source:
    """Ana and Ben agree on one passage, differ in the limits of another, and Ana alone coded a third."""
    for coder in (coder_ana, coder_ben):
        builders.code(source, FIRST, tacit, by=coder)
    builders.code(source, NODULE, strict, by=coder_ana)
    builders.code(source, "Every shadow is a nodule", strict, by=coder_ben)
    builders.code(source, CLICK, tacit, by=coder_ana)
    for coder in (coder_ana, coder_ben):
        builders.submit(source, by=coder)
    return source


def failing(error: type[FieldstudyError], code: str) -> Any:
    return pytest.raises(error, check=lambda raised: raised.code == code)


def consensus(source: Source) -> list[tuple[str, str]]:
    text = text_of(source)
    rows = Segment.objects.filter(source=source, reading__coder__kind="consensus", removed_at=None)
    return sorted((text[row.now_start : row.now_end], row.code.sign) for row in rows.select_related("code"))


def the(kind: str) -> Dispute:
    return Dispute.objects.get(kind=kind)


def side_of(dispute: Dispute, coder: User) -> DisputeSide:
    return DisputeSide.objects.get(dispute=dispute, reading__coder__user=coder)


def decide(viewer: Viewer, dispute: Dispute, outcome: str, **more: Any) -> Adjudication:
    settlement = Settlement(outcome=outcome, **more)
    return settle(viewer=viewer, dispute_id=dispute.pk, id=uuid.uuid4(), settlement=settlement, at=builders.AT)


def build(viewer: Viewer) -> tuple[int, int, int]:
    built = build_disputes(viewer=viewer, at=builders.AT)
    return built.disputes, built.new, built.gone


def test_building_finds_what_differs_and_writes_what_agrees(differing: Source, sam: Viewer) -> None:
    assert build(sam) == (2, 2, 0)
    assert sorted(Dispute.objects.values_list("kind", flat=True)) == ["border", "missed"]
    assert consensus(differing) == [(FIRST, "TAC")]


def test_a_changed_definition_is_flagged_beside_the_kind_and_narrows_the_list(
    source: Source, study: Study, strict: Code, tacit: Code, sam: Viewer, coder_ana: User, coder_ben: User
) -> None:
    builders.code(source, NODULE, strict, by=coder_ana)
    builders.code(source, CLICK, tacit, by=coder_ana)
    builders.submit(source, by=coder_ana)
    later = builders.AT + timedelta(hours=1)
    redefine_code(
        viewer=builders.as_lead(study),
        code=strict,
        sign="STR",
        meaning=Meaning({"en": "Stricter"}),
        stance="limit",
        asks_weight=False,
        at=later,
    )
    ben = builders.viewer_of(study, coder_ben)
    submit_reading(viewer=ben, reading=open_reading(viewer=ben, source=source, id=uuid.uuid4(), at=later), at=later)
    build(sam)
    told = {row.codes: (row.kind, row.redefined) for row in worklist(sam, Filters()).rows}
    assert told == {(strict.pk,): ("missed", True), (tacit.pk,): ("missed", False)}
    found = worklist(sam, Filters.asked({"redefined": "1"}))
    assert [row.codes for row in found.rows] == [(strict.pk,)] and found.by["redefined"] == {"0": 1, "1": 1}
    assert [row.codes for row in worklist(sam, Filters.asked({"redefined": "0"})).rows] == [(tacit.pk,)]
    assert strict.pk not in {code for one in proposals(sam, Rule("majority")) for code in one.dispute.codes}


def test_building_again_changes_nothing(differing: Source, sam: Viewer) -> None:
    build(sam)
    decide(sam, the("missed"), "merged")
    before = (list(Dispute.objects.order_by("pk").values()), list(Segment.objects.order_by("pk").values()))
    assert build(sam) == (2, 0, 0)
    assert (list(Dispute.objects.order_by("pk").values()), list(Segment.objects.order_by("pk").values())) == before


def test_a_later_reading_makes_other_disputes_and_the_earlier_ones_gone(
    differing: Source, strict: Code, study: Study, sam: Viewer
) -> None:
    build(sam)
    decide(sam, the("border"), "merged")
    builders.submit(differing, by=builders.make_member(study, "cleo", "coder"))
    disputes, new, gone = build(sam)
    assert (new, gone) == (disputes, 2)
    assert consensus(differing) == []


def test_taking_a_side_writes_what_it_holds(differing: Source, sam: Viewer, coder_ben: User) -> None:
    build(sam)
    decide(sam, the("border"), "side", side=side_of(the("border"), coder_ben))
    assert ("Every shadow is a nodule", "STR") in consensus(differing)


def test_taking_the_side_that_holds_nothing_writes_nothing(differing: Source, sam: Viewer, coder_ben: User) -> None:
    build(sam)
    decide(sam, the("missed"), "side", side=side_of(the("missed"), coder_ben))
    assert consensus(differing) == [(FIRST, "TAC")]


def test_merging_writes_all_that_any_side_holds(differing: Source, sam: Viewer) -> None:
    build(sam)
    decide(sam, the("border"), "merged")
    assert (NODULE, "STR") in consensus(differing)


def test_other_borders_are_written_without_white_space(differing: Source, strict: Code, sam: Viewer) -> None:
    build(sam)
    start = TEXT.index(" shadow")
    decide(sam, the("border"), "edited", passages=(Passage(strict.pk, start, start + len(" shadow ")),))
    assert ("shadow", "STR") in consensus(differing)


def test_another_code_is_written(differing: Source, strict: Code, sam: Viewer) -> None:
    build(sam)
    start = TEXT.index(CLICK)
    decide(sam, the("missed"), "new", passages=(Passage(strict.pk, start, start + len(CLICK)),))
    assert (CLICK, "STR") in consensus(differing)


def test_that_nobody_is_right_writes_nothing(differing: Source, sam: Viewer) -> None:
    build(sam)
    decide(sam, the("missed"), "nobody", reason="It is a joke.")
    assert consensus(differing) == [(FIRST, "TAC")]
    assert Adjudication.objects.get().reason == "It is a joke."


def test_first_readings_stay_as_submitted(differing: Source, sam: Viewer) -> None:
    before = list(Segment.objects.filter(reading__phase="first").order_by("pk").values())
    build(sam)
    decide(sam, the("border"), "merged")
    assert list(Segment.objects.filter(reading__phase="first").order_by("pk").values()) == before


def test_the_same_settlement_twice_is_one(differing: Source, sam: Viewer) -> None:
    build(sam)
    key, said = uuid.uuid4(), Settlement(outcome="merged")
    for _ in range(2):
        settle(viewer=sam, dispute_id=the("border").pk, id=key, settlement=said, at=builders.AT)
    assert Adjudication.objects.count() == 1


def test_what_is_settled_is_settled_otherwise_only_after_reopening(differing: Source, sam: Viewer) -> None:
    build(sam)
    decide(sam, the("border"), "merged")
    with failing(Conflict, "dispute.settled"):
        decide(sam, the("border"), "nobody")
    reopen(viewer=sam, dispute_id=the("border").pk, at=builders.AT)
    assert consensus(differing) == [(FIRST, "TAC")]
    decide(sam, the("border"), "nobody")
    assert Adjudication.objects.filter(undone_at=None).count() == 1
    assert Adjudication.objects.count() == 2


@pytest.mark.parametrize(
    ("outcome", "passages", "code"),
    [
        ("side", (), "dispute.side_unknown"),
        ("edited", (), "dispute.no_passage"),
        ("sideways", (), "dispute.outcome_unknown"),
    ],
)
def test_an_outcome_that_says_nothing_is_refused(
    differing: Source, sam: Viewer, outcome: str, passages: tuple[Passage, ...], code: str
) -> None:
    build(sam)
    with failing(Invalid, code):
        decide(sam, the("border"), outcome, passages=passages)


def test_other_borders_keep_the_code_and_touch_the_passage(
    differing: Source, strict: Code, tacit: Code, sam: Viewer
) -> None:
    build(sam)
    here = (the("border").now_start, the("border").now_end)
    with failing(Invalid, "dispute.code_not_disputed"):
        decide(sam, the("border"), "edited", passages=(Passage(tacit.pk, *here),))
    with failing(Invalid, "dispute.elsewhere"):
        decide(sam, the("border"), "edited", passages=(Passage(strict.pk, 0, 6),))


def test_a_study_may_ask_for_a_reason(differing: Source, study: Study, supervisor: User, sam: Viewer) -> None:
    build(sam)
    sam.study.settling_needs_reason = True
    with failing(Invalid, "dispute.reason_missing"):
        decide(sam, the("border"), "merged", reason="  ")
    decide(sam, the("border"), "merged", reason="Both are right.")


def test_whoever_asked_for_names_is_recorded_as_having_seen_them(differing: Source, sam: Viewer) -> None:
    build(sam)
    reveal_readers(viewer=sam, dispute_id=the("border").pk)
    assert decide(sam, the("border"), "merged").saw_identities
    assert not decide(sam, the("missed"), "merged").saw_identities


def test_whoever_was_shown_the_machine_is_recorded_as_having_seen_it(differing: Source, sam: Viewer) -> None:
    build(sam)
    sam.study.settling_shows_machine = True
    assert not decide(sam, the("missed"), "merged").saw_machine
    record_machine_shown(viewer=sam, dispute_id=the("border").pk)
    sam.study.settling_shows_machine = False
    assert decide(sam, the("border"), "merged").saw_machine


def test_an_outcome_taken_back_stays_on_the_page(differing: Source, sam: Viewer) -> None:
    build(sam)
    dispute = the("border")
    decide(sam, dispute, "side", side=side_of(dispute, User.objects.get(email__startswith="ana")), reason="First.")
    reopen(viewer=sam, dispute_id=dispute.pk, at=builders.AT)
    decide(sam, dispute, "merged")
    page = opened(sam, dispute.pk)
    (one,) = page.earlier
    assert (one.adjudication.reason, one.adjudication.undone_by) == ("First.", sam.user)
    assert page.columns[["A", "B"].index(one.letter)].side == one.adjudication.side


def test_nobody_settles_over_their_own_reading_without_a_waiver(
    differing: Source, study: Study, coder_ana: User, lead: User
) -> None:
    builders.give_roles(study, coder_ana, "coder", "supervisor")
    ana = builders.viewer_of(study, coder_ana)
    build(ana)
    with failing(NotPermitted, "dispute.own_segment"):
        decide(ana, the("border"), "merged")
    assert proposals(ana, Rule("overlap", 0.5)) == []
    waiver = grant_waiver(
        viewer=builders.viewer_of(study, lead), id=uuid.uuid4(), user=coder_ana, reason="We are two.", at=builders.AT
    )
    assert decide(ana, the("border"), "merged").waiver == waiver
    withdraw_waiver(viewer=builders.viewer_of(study, lead), waiver_id=waiver.pk, at=builders.AT)
    with failing(NotPermitted, "dispute.own_segment"):
        decide(ana, the("missed"), "merged")


def test_nobody_grants_a_waiver_to_themselves_or_to_a_coder(study: Study, lead: User, coder_ana: User) -> None:
    grant: Callable[[User], object] = lambda user: grant_waiver(  # noqa: E731
        viewer=builders.viewer_of(study, lead), id=uuid.uuid4(), user=user, reason="Because", at=builders.AT
    )
    with failing(Invalid, "waiver.for_oneself"):
        grant(lead)
    with failing(Invalid, "waiver.not_a_settler"):
        grant(coder_ana)


def test_who_has_still_to_read_a_source_finds_and_settles_nothing_there(
    differing: Source, study: Study, sam: Viewer
) -> None:
    build(sam)
    lena = builders.viewer_of(study, builders.make_member(study, "lena", "lead", "coder"))
    assert comparisons(lena) == []
    with failing(Missing, "access.missing"):
        decide(lena, the("border"), "merged")
    assert build(lena) == (0, 0, 0)
    assert Dispute.objects.filter(gone_at=None).count() == 2


def test_readings_that_knew_of_others_are_not_compared(differing: Source, study: Study, sam: Viewer) -> None:
    viewer = builders.as_lead(study)

    @write
    def blind_no_more(*, viewer: Viewer) -> None:
        reading = differing.readings.filter(phase="first").order_by("pk").first()
        assert reading is not None
        reading.is_blind = False
        reading.save(update_fields=["is_blind"])

    blind_no_more(viewer=viewer)
    assert build(sam) == (0, 0, 0)


def test_a_rule_settles_what_it_fits_and_gives_all_of_it_back(differing: Source, sam: Viewer) -> None:
    build(sam)
    batch = uuid.uuid4()
    assert auto_settle(viewer=sam, rule=Rule("overlap", 0.7), batch=batch, at=builders.AT) == 1
    assert auto_settle(viewer=sam, rule=Rule("overlap", 0.7), batch=batch, at=builders.AT) == 0
    assert [(one.rule, one.settled) for one in standing_batches(sam)] == [("overlap", 1)]
    assert (NODULE, "STR") in consensus(differing)
    assert undo_batch(viewer=sam, batch=batch, at=builders.AT) == 1
    assert consensus(differing) == [(FIRST, "TAC")]


def test_unanimous_keeps_the_words_all_hold(differing: Source, sam: Viewer) -> None:
    build(sam)
    (proposal,) = proposals(sam, Rule("unanimous"))
    assert proposal.dispute.kind == "border"
    assert TEXT[proposal.passages[0].start : proposal.passages[0].end] == "Every shadow is a nodule"


def test_the_majority_of_three_settles(differing: Source, study: Study, sam: Viewer) -> None:
    builders.submit(differing, by=builders.make_member(study, "cleo", "coder"))
    build(sam)
    settled = proposals(sam, Rule("majority"))
    assert [(one.dispute.kind, one.passages) for one in settled if one.dispute.now_start == TEXT.index(CLICK)] == [
        ("missed", ())
    ]


def test_a_correction_of_the_text_takes_disputes_along(differing: Source, study: Study, sam: Viewer) -> None:
    build(sam)
    before = the("border")
    correct_text(viewer=builders.as_lead(study), source=differing, text="Well. " + TEXT, based_on=1, at=builders.AT)
    after = the("border")
    assert (after.now_start, after.now_end) == (before.now_start + 6, before.now_end + 6)
    assert (after.start, after.end) == (before.start, before.end)
    differing.refresh_from_db()
    assert build(sam) == (2, 0, 0)


def test_opening_the_page_records_that_the_machine_was_shown(
    differing: Source, study: Study, sam: Viewer, supervisor: User, client_for
) -> None:
    build(sam)
    client, page = client_for(supervisor), reverse("dispute", args=[study.slug, the("border").pk])
    client.get(page)
    assert the("border").machine_shown_to == []
    Study.objects.filter(pk=study.pk).update(settling_shows_machine=True)
    client.get(page)
    assert the("border").machine_shown_to == [supervisor.pk]


def test_what_coders_noted_and_shared_stands_with_their_reading_without_their_name(
    differing: Source, sam: Viewer, coder_ana: User, coder_ben: User, client_for: Callable[[User], Any]
) -> None:
    build(sam)
    dispute = the("missed")
    builders.make_memo(
        differing.study,
        by=coder_ana,
        about="segment",
        subject_id=side_of(dispute, coder_ana).segments[0],
        text="She clicks at once.",
    )
    at = {"subject_id": differing.pk, "start": dispute.start, "end": dispute.end, "revision_id": dispute.revision_id}
    builders.make_memo(differing.study, by=coder_ben, about="span", text="Nothing is said.", **at)
    builders.make_memo(differing.study, by=coder_ben, about="span", text="Ask the lead.", is_shared=False, **at)
    sides = {column.side: [memo.text for memo in column.all_memos] for column in opened(sam, dispute.pk).columns}
    assert sides == {
        side_of(dispute, coder_ana): ["She clicks at once."],
        side_of(dispute, coder_ben): ["Nothing is said."],
    }
    page = client_for(sam.user).get(reverse("dispute", args=[differing.study.slug, dispute.pk])).content.decode()
    assert ("She clicks at once." in page, coder_ana.name in page, coder_ben.name in page) == (True, False, False)


def test_a_list_of_what_is_open_tells_what_is_settled_of_the_same(differing: Source, sam: Viewer) -> None:
    build(sam)
    decide(sam, the("missed"), "merged")
    found = worklist(sam, Filters(state="open"))
    assert ([row.kind for row in found.rows], found.settled, found.total) == (["border"], 1, 2)


def test_taking_the_last_outcome_back_goes_on_in_the_same_list(
    differing: Source, sam: Viewer, client_for: Callable[[User], Any]
) -> None:
    build(sam)
    decide(sam, the("missed"), "merged")
    address = reverse("dispute_reopen", args=[sam.study.slug, the("missed").pk])
    page = client_for(sam.user).get(reverse("dispute", args=[sam.study.slug, the("border").pk]) + "?state=open")
    assert f'hx-post="{address}?state=open"' in page.content.decode()
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/elsewhere/"}
    answer = client_for(sam.user).post(f"{address}?state=open", headers=headers)
    assert answer["HX-Push-Url"].endswith(f"{the('missed').pk}/?state=open")


def test_a_rule_shows_what_it_would_keep_and_tells_what_it_settled(
    differing: Source, sam: Viewer, client_for: Callable[[User], Any]
) -> None:
    build(sam)
    client, page = client_for(sam.user), reverse("disputes_by_rule", args=[sam.study.slug])
    shown = client.get(page, {"rule_name": "unanimous"}).context["shown"]
    assert [[code.sign for code in codes] for _, _, codes in shown] == [["STR"]]
    answer = client.post(page, {"rule_name": "unanimous"}, follow=True)
    assert [str(message) for message in answer.context["messages"]] == ["1 dispute settled."]


def test_a_coder_sees_what_a_rule_made_of_their_borders(
    differing: Source, study: Study, strict: Code, sam: Viewer, coder_ben: User, client_for: Callable[[User], Any]
) -> None:
    build(sam)
    auto_settle(viewer=sam, rule=Rule("overlap", 0.7), batch=uuid.uuid4(), at=builders.AT)
    decide(sam, the("missed"), "nobody")
    (fate,) = became(builders.viewer_of(study, coder_ben), strict.pk).fates
    assert (fate.what, fate.now, fate.by_rule) == ("borders", (NODULE,), True)
    page = client_for(coder_ben).get(reverse("my_passages", args=[study.slug])).content.decode()
    assert f"“{NODULE}”" in page and "by rule ≥ 70%" in page
