"""Counting the words of turns with the language models, one job a source."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from coding.models import TurnWords
from coding.queries.words import COUNTING, open_turns
from coding.tagging.tags import TurnText
from coding.tagging.words import WordCounts, count_words
from fieldstudy.errors import Conflict, gettext_noop
from fieldstudy.jobs import Lease, start_job
from fieldstudy.models import Job
from fieldstudy.writes import write
from observations.access import Viewer, enter_by_id
from observations.models import Source, Turn
from observations.roles import Permission

BATCH = 100


@write
def start_counting(*, viewer: Viewer, at: datetime, again: bool = False) -> Job:
    """Let the workers count the words of all turns that are open to machines and not counted yet; `again`, of all.

    Raises
    ------
    Conflict
        `words.running` while a counting goes on, `words.all_counted` when nothing is left to count.
    """
    viewer.need(Permission.NOTE)
    study = viewer.study.pk
    if Job.objects.filter(study_id=study, kind=COUNTING, state__in=[Job.State.QUEUED, Job.State.RUNNING]).exists():
        raise Conflict("words.running", gettext_noop("The words are being counted already."))
    if again:
        TurnWords.objects.filter(study=viewer.study).delete()
    waiting = open_turns(viewer).filter(words=None).order_by()
    sources: list[uuid.UUID] = sorted(waiting.values_list("source", flat=True).distinct(), key=str)
    if not sources:
        raise Conflict("words.all_counted", gettext_noop("Every turn that machines may read is counted."))
    job = start_job(
        kind="coding.count_words",
        subject=study,
        study_id=study,
        started_by=viewer.user,
        at=at,
        total=len(sources),
        send_now=False,
    )
    for source in sources:
        start_job(
            kind="coding.count_source_words", subject=source, study_id=study, started_by=viewer.user, at=at, parent=job
        )
    return job


def count_source_words(job: Job, lease: Lease) -> None:
    """The work of one counting job. Doing it twice gives the same counts once."""
    assert job.started_by is not None and job.study_id is not None
    viewer = enter_by_id(job.started_by, job.study_id, Permission.NOTE)
    source = Source.objects.get(pk=job.subject, study_id=job.study_id)
    turns = list(open_turns(viewer).filter(source=source, words=None).order_by("number"))
    for begin in range(0, len(turns), BATCH):
        lease.progress(begin, len(turns))
        batch = turns[begin : begin + BATCH]
        texts = [TurnText(str(one.pk), one.start, one.text, one.language, tuple(one.sentence_ends)) for one in batch]
        keep_words(viewer=viewer, source=source, turns=batch, counts=count_words(texts))
    lease.check()


@write
def keep_words(*, viewer: Viewer, source: Source, turns: Sequence[Turn], counts: list[tuple[str, WordCounts]]) -> None:
    """Write the counts of turns; those that are there stay, and turns that a correction replaced are left out."""
    # A correction waits for this lock, and replaces the turns with what hangs on them.
    Source.objects.select_for_update(of=("self",), no_key=True).get(pk=source.pk)
    present = set(open_turns(viewer).filter(pk__in=[turn.pk for turn in turns]).values_list("pk", flat=True))
    rows = [
        TurnWords(turn=turn, study=viewer.study, source=source, model=model, counts=[list(word) for word in words])
        for turn, (model, words) in zip(turns, counts, strict=True)
        if turn.pk in present
    ]
    TurnWords.objects.bulk_create(rows, ignore_conflicts=True)
