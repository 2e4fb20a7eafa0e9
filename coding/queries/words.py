"""The words of a study's turns: how many turns are counted, and how often which word occurs."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Case, Q, QuerySet, When
from django.utils.translation import gettext

from coding.charts import Panels
from coding.models import TurnWords
from coding.queries.chart_data import ChartData
from coding.queries.matrices import Asked, sources_in
from fieldstudy.models import Job
from observations.access import Viewer
from observations.models import Source, Turn
from observations.queries.consent import Use, permitted

COUNTING = "coding.count_words"
# By itself when a source is brought in or its text corrected; otherwise a part of the work above.
COUNTING_ONE = "coding.count_source_words"
PARTS = ("NOUN", "VERB", "ADJ", "ADV", "PROPN")
MOST_WORDS = 200
DRAWN = 30


@dataclass(frozen=True)
class Counted:
    """How many of the turns open to machines are counted, how many are closed, and the latest work on it."""

    turns: int
    counted: int
    closed: int
    job: Job | None

    @property
    def missing(self) -> int:
        return self.turns - self.counted


def open_turns(viewer: Viewer, sources: list[Source] | None = None, *also: Use) -> QuerySet[Turn]:
    """The turns whose people permit that machines read them, and `also`; of some sources, or of all."""
    turns = Turn.objects.filter(study=viewer.study)
    turns = turns if sources is None else turns.filter(source__in=[one.pk for one in sources])
    return permitted(turns, Use.MACHINE, *also)


def counted_words(viewer: Viewer, sources: list[Source] | None = None, *also: Use) -> QuerySet[TurnWords]:
    """The counted words of turns that machines may read by now, and that permit `also`."""
    return TurnWords.objects.filter(turn__in=open_turns(viewer, sources, *also).values("pk"))


def how_counted(viewer: Viewer) -> Counted:
    """How far the counting of words has come: work that goes on comes before the latest. Four queries."""
    jobs = Job.objects.filter(study_id=viewer.study.pk, kind__in=[COUNTING, COUNTING_ONE], parent=None)
    goes_on = Q(state__in=[Job.State.QUEUED, Job.State.RUNNING])
    job = jobs.order_by(Case(When(goes_on, then=0), default=1), "-created_at", "pk").first()
    turns = open_turns(viewer).count()
    every = Turn.objects.filter(study=viewer.study).count()
    return Counted(turns, counted_words(viewer).count(), every - turns, job)


def word_frequencies(viewer: Viewer, asked: Asked) -> ChartData:
    """The words of one part of speech that occur most, with how many sources have them.

    What leaves the study holds only words whose people permit quoting and release as well: they are their words.
    """
    also = (Use.QUOTE, Use.RELEASE) if asked.leaves else ()
    sources = sources_in(viewer, asked.site, asked.tool)
    part = asked.pos if asked.pos in PARTS else PARTS[0]
    rows = _most_frequent(counted_words(viewer, sources, *also), part) if sources else []
    drawn = rows[:DRAWN]
    panels = Panels(
        tuple(word for word, _, _ in drawn),
        (gettext("Occurrences"), gettext("Sources")),
        (tuple(float(n) for _, n, _ in drawn), tuple(float(n) for _, _, n in drawn)),
    )
    headings = [gettext("Word"), gettext("Occurrences"), gettext("Sources with it")]
    notes = [
        gettext("Words are counted in their dictionary form, in turns whose people permit that machines read them.")
    ]
    if asked.leaves:
        notes.append(gettext("In this file, only words whose people permit quoting and release."))
    return ChartData(
        "words", None, headings, [list(row) for row in rows], panels if rows else None, notes, numbers_from=1
    )


def _most_frequent(words: QuerySet[TurnWords], part: str) -> list[tuple[str, int, int]]:
    """Lemma, occurrences and sources, the most frequent first. One query."""
    picked, values = words.order_by().values_list("source_id", "counts").query.sql_with_params()
    query = f"""
        SELECT word->>0, sum((word->>2)::int), count(DISTINCT held.source)
        FROM ({picked}) AS held(source, counts), jsonb_array_elements(held.counts) AS word
        WHERE word->>1 = %s GROUP BY 1 ORDER BY 2 DESC, (word->>0) COLLATE "C" LIMIT %s
    """
    with connection.cursor() as cursor:
        given: Any = (*values, part, MOST_WORDS)
        cursor.execute(query, given)
        return [(word, int(n), int(spread)) for word, n, spread in cursor.fetchall()]
