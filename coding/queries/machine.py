"""What the machine's page shows: its runs, the sources it may read, and what each language lacks."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef

from coding.models import Code, LexiconEntry, TaggingRun
from coding.queries.visible import suggestions_visible_to
from coding.tagging.pipeline import MISSING_NOTES, MODELS, pipeline, primary_language
from fieldstudy.models import Job
from observations.access import Viewer
from observations.models import Source, Turn
from observations.queries.consent import Use, withheld
from observations.queries.source_list import by_date_and_title
from observations.queries.sources import sources_of

PATIENCE = timedelta(seconds=10)
RUNS_SHOWN = 20


@dataclass(frozen=True)
class RunLine:
    """A run, how many of its suggestions the viewer may know of, its entries, and whether nobody takes it up."""

    run: TaggingRun
    suggestions: int
    entries: int
    is_waiting: bool


@dataclass(frozen=True)
class Readable:
    """A source and how many of its turns are open and closed to machine processing."""

    source: Source
    turns: int
    closed: int


@dataclass(frozen=True)
class LanguageNote:
    """A language of the study's turns, its model ("" without one) and what it lacks, as marked messages."""

    language: str
    model: str
    missing: tuple[str, ...]


def runs_of(viewer: Viewer, now: datetime) -> list[RunLine]:
    """The latest runs, newest first. Two queries."""
    runs = TaggingRun.objects.filter(study=viewer.study).select_related("job", "started_by").order_by("-created_at")
    shown = list(runs[:RUNS_SHOWN])
    suggestions = suggestions_visible_to(viewer).filter(run__in=[run.pk for run in shown])
    counts = dict(suggestions.order_by().values_list("run").annotate(n=Count("pk")))
    return [RunLine(run, counts.get(run.pk, 0), len(run.lexicon), nobody_listens(run.job, now)) for run in shown]


def nobody_listens(job: Job | None, now: datetime) -> bool:
    """Whether a job has waited so long that no worker seems to be there."""
    return job is not None and job.state == Job.State.QUEUED and now - job.created_at > PATIENCE


def readable_sources(viewer: Viewer) -> list[Readable]:
    """The study's sources with their turns open and closed to the machine. Five queries."""
    turns = Turn.objects.filter(study=viewer.study).order_by()
    per_source = dict(turns.values_list("source").annotate(n=Count("pk")))
    closed = dict(withheld(turns, Use.MACHINE).values_list("source").annotate(n=Count("pk")))
    return [
        Readable(source, per_source.get(source.pk, 0), closed.get(source.pk, 0))
        for source in by_date_and_title(sources_of(viewer.study.pk))
    ]


def language_notes(viewer: Viewer) -> list[LanguageNote]:
    """The languages of the study's turns and what the machine cannot do in each. One query."""
    tags = Turn.objects.filter(study=viewer.study).order_by().values_list("language", flat=True).distinct()
    notes = []
    for language in sorted({primary_language(tag) for tag in tags}):
        # A model of its own lacks nothing, and loading it to say so would take seconds.
        missing = () if language in MODELS else pipeline(language).missing
        notes.append(LanguageNote(language, MODELS.get(language, ""), tuple(MISSING_NOTES[key] for key in missing)))
    return notes


def codes_without_entries(viewer: Viewer) -> list[Code]:
    """Codes that can be applied and that the machine never suggests. One query."""
    entries = LexiconEntry.objects.filter(code=OuterRef("pk"), retired_at=None)
    codes = Code.objects.filter(study=viewer.study, retired_at=None, merged_into=None, proposed_in=None)
    without = codes.filter(~Exists(entries), is_codable=True)
    return list(without.select_related("revision").order_by("sign", "pk"))
