"""Plain functions that build what a test needs through the platform's own actions. Spans are given by phrase."""

import uuid
from datetime import UTC, date, datetime
from importlib import import_module
from typing import Any
from unittest import mock

from coding.actions.codebooks import Meaning, add_code, add_lexicon_entry
from coding.actions.marks import add_mark
from coding.actions.memos import link_memo, write_memo
from coding.actions.readings import apply_code, current_reading, open_reading, submit_reading
from coding.models import Code, Encounter, LexiconEntry, Memo, PromiseLink, Reading, Segment
from coding.queries.words import COUNTING_ONE
from fieldstudy import jobs
from fieldstudy.celery import app
from fieldstudy.models import Job, User
from observations.access import Viewer, enter
from observations.actions.participants import add_participant, record_consent
from observations.actions.sources import Details, add_source
from observations.actions.studies import add_promise, add_site, add_tool, create_study, set_roles
from observations.importers.base import ParsedTurn
from observations.models import Participant, Site, Source, Study
from observations.queries.sources import text_of
from observations.roles import Permission, permissions_of

AT = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)
PASSWORD = "quiet-lantern-42"
NO_PASSWORD_HASH = "!not-a-password"


def make_user(name: str, **fields: Any) -> User:
    """An account without a usable password (hashing one takes longer than most tests)."""
    return User.objects.create(email=f"{name}@example.org", name=name.title(), password=NO_PASSWORD_HASH, **fields)


def make_study(lead: User, *, slug: str = "ward", mode: str = "blind", policy: str = "second_opinion") -> Study:
    return create_study(
        actor=lead,
        id=uuid.uuid4(),
        slug=slug,
        name=slug.title(),
        languages=["en", "fr"],
        at=AT,
        mode=mode,
        policy=policy,
    )


def make_member(study: Study, name: str, *roles: str) -> User:
    user = make_user(name)
    give_roles(study, user, *roles)
    return user


def give_roles(study: Study, user: User, *roles: str) -> None:
    set_roles(viewer=as_lead(study), user=user, roles=roles, at=AT)


def as_lead(study: Study) -> Viewer:
    """The study's first lead as a viewer, in one query (nearly every builder asks)."""
    leads = study.memberships.filter(roles__contains=["lead"]).select_related("user", "study").order_by("joined_at")
    membership = leads.first()
    assert membership is not None
    return Viewer(membership.user, membership.study, tuple(membership.roles), permissions_of(membership.roles))


def viewer_of(study: Study, user: User) -> Viewer:
    return enter(user, study.slug, Permission.READ)


def make_site(study: Study, name: str = "Val-Clair") -> Site:
    return add_site(viewer=as_lead(study), id=uuid.uuid4(), name=name, specialty={"en": "radiology"}, alias=f"S {name}")


def make_participant(study: Study, code: str = "P01", **consent: bool) -> Participant:
    """A participant; keywords (quote, machine, release …) record a consent, none leaves it unrecorded."""
    lead = as_lead(study)
    participant = add_participant(
        viewer=lead, id=uuid.uuid4(), code=code, role="professional", site=None, title={"en": "Nurse"}, seniority=""
    )
    if consent:
        record_consent(
            viewer=lead,
            id=uuid.uuid4(),
            participant=participant,
            items=consent,
            form_version="1",
            given_on=date(2026, 1, 5),
            at=AT,
        )
    return participant


def make_source(
    study: Study,
    *turns: str | ParsedTurn,
    title: str = "Interview 1",
    language: str = "en",
    site: Site | None = None,
    speakers: dict[str, Participant] | None = None,
    participants: tuple[Participant, ...] = (),
) -> Source:
    """An interview of these turns; strings are said by "Dr Sorel", who permits everything unless `speakers` differs."""
    if speakers is None:
        speakers = {"Dr Sorel": _willing(study)}
    parsed = [ParsedTurn(text=turn, speaker="Dr Sorel") if isinstance(turn, str) else turn for turn in turns]
    return add_source(
        viewer=as_lead(study),
        id=uuid.uuid4(),
        details=Details(
            title=title,
            kind="interview",
            language=language,
            site=site,
            speakers=speakers,
            participants=participants,
            observed_on=date(2026, 2, 1),
        ),
        turns=parsed or [ParsedTurn(text="I read the film first. Then I click.", speaker="Dr Sorel")],
        at=AT,
    )


def _willing(study: Study) -> Participant:
    there = Participant.objects.filter(study=study, code="P00").first()
    return there or make_participant(study, "P00", quote=True, machine=True, release=True, name_site=True)


def make_code(study: Study, sign: str = "STR", *, parent: Code | None = None, **fields: Any) -> Code:
    names = {"en": f"code {sign.lower()}", "fr": f"code {sign.lower()}"}
    return add_code(
        viewer=as_lead(study), id=uuid.uuid4(), sign=sign, meaning=Meaning(names=names), at=AT, parent=parent, **fields
    )


def make_entry(code: Code, expression: str, *, language: str = "en", kind: str = "lemmas") -> LexiconEntry:
    return add_lexicon_entry(
        viewer=as_lead(code.study),
        id=uuid.uuid4(),
        code=code,
        language=language,
        kind=kind,
        expression=expression,
        at=AT,
    )


def code(source: Source, phrase: str, code: Code, *, by: User, weight: int | None = None) -> Segment:
    """Apply a code to a phrase of a source, in the coder's reading."""
    start = text_of(source).index(phrase)
    assert source.revision_id is not None
    segment, _ = apply_code(
        viewer=viewer_of(source.study, by),
        source=source,
        id=uuid.uuid4(),
        code_id=code.pk,
        start=start,
        end=start + len(phrase),
        revision_id=source.revision_id,
        at=AT,
        weight=weight,
    )
    return segment


def submit(source: Source, *, by: User, at: datetime = AT) -> Reading:
    """Submit the coder's first reading of a source, opening it if nothing was coded."""
    viewer = viewer_of(source.study, by)
    reading = current_reading(viewer, source) or open_reading(viewer=viewer, source=source, id=uuid.uuid4(), at=at)
    return submit_reading(viewer=viewer, reading=reading, at=at)


def make_memo(study: Study, *, by: User | None = None, **said: Any) -> Memo:
    """A shared memo of the lead's, or of somebody else's."""
    viewer = viewer_of(study, by) if by else as_lead(study)
    memo, _ = write_memo(viewer=viewer, id=uuid.uuid4(), at=AT, **{"text": "A thought.", "is_shared": True} | said)
    return memo


def make_notes(source: Source, *, by: User) -> dict[str, uuid.UUID]:
    """A promise link and an encounter of a coder, and a lead's shared memo with a link: ids by what names them."""
    study, lead = source.study, as_lead(source.study)
    tool = add_tool(viewer=lead, id=uuid.uuid4(), name="Vesper", kind="other")
    promise = add_promise(viewer=lead, id=uuid.uuid4(), tool=tool, text={"en": "It misses nothing."})
    place = {"source": source, "start": 0, "end": 6, "revision_id": source.revision_id, "at": AT}
    coder = viewer_of(study, by)
    said = {"promise_id": promise.pk, "stance": "supports"}
    link, _ = add_mark(viewer=coder, model=PromiseLink, id=uuid.uuid4(), details=said, **place)
    met = {"tool_id": tool.pk, "response": "followed"}
    encounter, _ = add_mark(viewer=coder, model=Encounter, id=uuid.uuid4(), details=met, **place)
    memos = [
        write_memo(viewer=lead, id=uuid.uuid4(), about="study", text=text, is_shared=True, at=AT)[0] for text in "ab"
    ]
    between, _ = link_memo(viewer=lead, id=uuid.uuid4(), memo_id=memos[0].pk, to_memo_id=memos[1].pk)
    return {
        "promise_link_id": link.pk,
        "encounter_id": encounter.pk,
        "memo_id": memos[0].pk,
        "memo_link_id": between.pk,
    }


def do_jobs(*, new_words: bool = False) -> None:
    """Do the open jobs here and now, as a worker would.

    The counting of words that every new text brings along is left out unless asked for: few tests look at words.
    """
    for module in ("observations.tasks", "coding.tasks"):
        import_module(module)
    # A heartbeat has a connection of its own, to which the rows of a test's transaction are not there: the job is lost.
    with mock.patch.object(jobs, "HEARTBEAT_SECONDS", 3600.0):
        waiting = Job.objects.filter(state=Job.State.QUEUED, children=None).order_by("created_at", "pk")
        for job in waiting if new_words else waiting.exclude(kind=COUNTING_ONE, parent=None):
            app.tasks[job.kind](str(job.pk))
