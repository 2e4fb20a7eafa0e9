"""Promises met in use, and encounters with a tool's output, as passages that a matrix counts."""

from collections.abc import Sequence

import numpy as np
from django.utils.translation import get_language, gettext

from coding.matrices import Ints, Passages
from coding.queries.layers import Layer
from coding.queries.mark_words import FIRSTS, RESPONSES, STANCES
from coding.queries.marks import encounters_visible_to, promise_links_visible_to
from coding.queries.matrix_axes import NONE, Heading
from fieldstudy.languages import pick
from observations.access import Viewer
from observations.models import Participant, Promise, Source, Tool
from observations.queries.alphabet import alphabetical
from observations.queries.consent import site_names
from observations.queries.studies import sites_of

Marks = tuple[list[Heading], list[Heading], Passages, Ints]


def promise_passages(
    viewer: Viewer, layer: Layer, sources: Sequence[Source], by: str, *, leaves: bool = False
) -> Marks:
    """Promises of the study's tools by what use made of them: rows, columns, passages, the column of each. 3 queries.

    `by` is "stance", or "stance-site" for each stance at each site, under the names for what `leaves` the study.
    """
    promises = list(Promise.objects.filter(study=viewer.study).select_related("tool"))
    promises.sort(key=lambda one: (alphabetical(one.tool.name), str(one.pk)))
    language = get_language() or "en"
    rows = [Heading(str(one.pk), pick(one.text, language), group=one.tool.name) for one in promises]
    stances = {key: str(word) for key, word in STANCES.items()}
    columns = [Heading(key, name) for key, name in stances.items()]
    if by == "stance-site":
        names = site_names(viewer) if leaves else {site.pk: site.name for site in sites_of(viewer)}
        named = sorted(names.items(), key=lambda item: alphabetical(item[1]))
        places = [(str(site), name) for site, name in named]
        places += [(NONE, gettext("Not recorded"))] if any(one.site_id is None for one in sources) else []
        columns = [Heading(f"{site}-{key}", word, group=name) for site, name in places for key, word in stances.items()]
    links = promise_links_visible_to(viewer).filter(reading__in=[read.id for read in layer.readings])
    fields = ("promise_id", "reading_id", "source_id", "now_start", "now_end", "stance")
    at = {source.pk: str(source.site_id or NONE) for source in sources}
    found = [row for row in links.values_list(*fields) if row[2] in at]
    place = {heading.key: column for column, heading in enumerate(columns)}
    own = [place[row[5] if by == "stance" else f"{at[row[2]]}-{row[5]}"] for row in found]
    label = {one.pk: row for row, one in enumerate(promises)}
    table = [(label[row[0]], row[1], row[2], row[3], row[4], -1) for row in found]
    return rows, columns, *_columns(layer, sources, table, own)


def encounter_passages(
    viewer: Viewer, layer: Layer, sources: Sequence[Source], people: Sequence[Participant], by: str
) -> Marks:
    """What people did when they met a tool's output: rows, columns, passages, the column of each. Two queries.

    `by` is "tool" or "first" (who read first); for other columns none is given, and they follow from source or person.
    """
    tools = sorted(Tool.objects.filter(study=viewer.study), key=lambda tool: alphabetical(tool.name))
    columns = [Heading(str(tool.pk), tool.name) for tool in tools]
    if by == "first":
        columns = [Heading(key, str(label)) for key, label in FIRSTS.items()]
    rows = [Heading(key, str(label)) for key, label in RESPONSES.items()]
    fields = ("response", "reading_id", "source_id", "now_start", "now_end", "participant_id", "tool_id", "read_first")
    met = encounters_visible_to(viewer).filter(reading__in=[read.id for read in layer.readings])
    found = list(met.values_list(*fields))
    place = {heading.key: column for column, heading in enumerate(columns)}
    own = [place[str(row[6]) if by != "first" else row[7]] for row in found]
    label = {heading.key: row for row, heading in enumerate(rows)}
    person = {one.pk: place for place, one in enumerate(people)}
    table = [(label[row[0]], row[1], row[2], row[3], row[4], person.get(row[5], -1)) for row in found]
    return rows, columns, *_columns(layer, sources, table, own)


def _columns(
    layer: Layer, sources: Sequence[Source], table: Sequence[tuple[int, object, object, int, int, int]], own: list[int]
) -> tuple[Passages, Ints]:
    """Rows of (label, reading id, source id, start, end, participant) as passages, of these sources alone."""
    readings = {read.id: place for place, read in enumerate(layer.readings)}
    of = {source.pk: place for place, source in enumerate(sources)}
    numbers = [(row[0], readings[row[1]], of.get(row[2], -1), *row[3:]) for row in table]  # type: ignore[index,call-overload]
    columns = np.array(numbers, dtype=np.int64).reshape(-1, 6).T
    passages = Passages(columns[0], columns[1], columns[2], columns[3], columns[4], columns[5])
    kept = passages.source >= 0
    return passages.take(kept), np.array(own, dtype=np.int64)[kept]
