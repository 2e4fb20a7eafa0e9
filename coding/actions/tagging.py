"""The machine coder at work: runs over sources, one job a source, each suggestion written exactly once."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from coding.actions.coders import machine_coder
from coding.models import Code, LexiconEntry, Suggestion, TaggingRun
from coding.tagging.ids import suggestion_id
from coding.tagging.lexicon import Entry, compile, digest
from coding.tagging.pipeline import primary_language, version
from coding.tagging.tags import Tag, TurnText, tag_turns
from fieldstudy.errors import Conflict, Invalid, gettext_noop
from fieldstudy.jobs import Lease, cancel_job, start_job
from fieldstudy.models import Job
from fieldstudy.writes import write
from observations.access import Viewer, enter_by_id
from observations.models import Source, Study, Turn
from observations.queries.consent import Use, permitted
from observations.roles import Permission


@write
def start_tagging(*, viewer: Viewer, id: uuid.UUID, sources: Sequence[Source], at: datetime) -> TaggingRun:
    """Let the machine coder read sources, each in a job of its own.

    Raises
    ------
    Invalid
        `tagging.no_source`, `tagging.no_lexicon`.
    Conflict
        `tagging.machine_never_speaks` when the study's policy closes it to the machine.
    """
    viewer.need(Permission.TAG)
    if viewer.study.policy == Study.Policy.NEVER:
        raise Conflict(
            "tagging.machine_never_speaks",
            gettext_noop("In this study the machine never speaks. Change its policy first."),
        )
    if not sources:
        raise Invalid("tagging.no_source", gettext_noop("Choose at least one source."))
    entries = lexicon_of(viewer.study)
    if not entries:
        raise Invalid(
            "tagging.no_lexicon", gettext_noop("The lexicon is empty. Write a phrase or a pattern for a code first.")
        )
    languages = sorted({primary_language(source.language) for source in sources})
    run = TaggingRun.objects.create(
        id=id,
        study=viewer.study,
        coder=machine_coder(viewer=viewer),
        lexicon=[asdict(entry) for entry in entries],
        tagger_version=version(languages, digest(entries)),
        started_by=viewer.user,
        created_at=at,
    )
    common: dict[str, Any] = {"study_id": viewer.study.pk, "started_by": viewer.user, "at": at}
    run.job = start_job(kind="coding.tag", subject=run.pk, total=len(sources), send_now=False, **common)
    run.save(update_fields=["job"])
    for source in sources:
        start_job(kind="coding.tag_source", subject=source.pk, parent=run.job, **common)
    return run


def stop_tagging(*, viewer: Viewer, run: TaggingRun, at: datetime) -> None:
    """Stop a run; what it has suggested so far stays."""
    viewer.need(Permission.TAG)
    if run.job is not None:
        cancel_job(job=run.job, at=at)


def tag_source(job: Job, lease: Lease) -> None:
    """The work of one tagging job. Doing it twice gives the same suggestions once."""
    assert job.started_by is not None and job.study_id is not None and job.parent_id is not None
    viewer = enter_by_id(job.started_by, job.study_id, Permission.TAG)
    run = TaggingRun.objects.select_related("coder").get(job_id=job.parent_id, study_id=job.study_id)
    source = Source.objects.select_related("revision").get(pk=job.subject, study_id=job.study_id)
    turns = list(permitted(Turn.objects.filter(source=source), Use.MACHINE).order_by("number"))
    entries = [Entry(**entry) for entry in run.lexicon]
    languages = {primary_language(turn.language) for turn in turns}
    lexicons = {language: compile(entries, language) for language in languages}
    tags: list[Tag] = []
    for done, batch in enumerate(_batches(turns), start=1):
        lease.progress(min(done * BATCH, len(turns)), len(turns))
        tags += tag_turns(batch, lexicons)
    lease.progress(len(turns), len(turns))
    keep_suggestions(viewer=viewer, run=run, source=source, tags=tags)


@write
def keep_suggestions(*, viewer: Viewer, run: TaggingRun, source: Source, tags: Sequence[Tag]) -> None:
    """Write a source's suggestions; those that are there already stay as they are.

    Raises Conflict `tagging.text_changed` when the source was corrected while the machine read it.
    """
    locked = Source.objects.select_for_update(of=("self",), no_key=True).get(pk=source.pk)
    if locked.revision_id != source.revision_id:
        raise Conflict("tagging.text_changed", gettext_noop("The text was corrected meanwhile; run the tagger again."))
    assert source.revision_id is not None
    codes = {str(code.pk): code for code in Code.objects.filter(study=viewer.study)}
    rows = [
        Suggestion(
            id=suggestion_id(run.tagger_version, source.revision_id, codes[tag.code].pk, (tag.start, tag.end)),
            study=viewer.study,
            run=run,
            coder=run.coder,
            source=source,
            revision_id=source.revision_id,
            code=codes[tag.code],
            code_revision_id=codes[tag.code].revision_id,  # type: ignore[misc]  # every code has one once it is added
            start=tag.start,
            end=tag.end,
            now_start=tag.start,
            now_end=tag.end,
            score=tag.score,
            evidence=[asdict(evidence) for evidence in tag.evidence],
            tagger_version=run.tagger_version,
        )
        for tag in tags
    ]
    Suggestion.objects.bulk_create(rows, ignore_conflicts=True, batch_size=2000)


def lexicon_of(study: Study) -> list[Entry]:
    """The study's standing lexicon, in a stable order."""
    rows = LexiconEntry.objects.filter(
        study=study, retired_at=None, code__retired_at=None, code__merged_into=None, code__is_codable=True
    ).order_by("code_id", "language", "kind", "expression")
    return [Entry(str(row.pk), str(row.code_id), row.language, row.kind, row.expression, row.note) for row in rows]  # type: ignore[arg-type]


BATCH = 100


def _batches(turns: Sequence[Turn]) -> "list[list[TurnText]]":
    texts = [TurnText(str(turn.pk), turn.start, turn.text, turn.language, tuple(turn.sentence_ends)) for turn in turns]
    return [texts[at : at + BATCH] for at in range(0, len(texts), BATCH)]
