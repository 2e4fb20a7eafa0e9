"""Constant comparison: the turns most like a passage's, under the same code, under others, and under none."""

import uuid
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from coding.likeness import CARRYING, likeness
from coding.matrices import Turns, turns_under
from coding.models import Segment
from coding.queries.layers import Layer, layer_of
from coding.queries.matrices import coded_passages, sources_in
from coding.queries.matrix_axes import Heading, code_rows
from coding.queries.matrix_passages import Words, words_at
from coding.queries.visible import segments_visible_to
from coding.queries.words import Counted, counted_words, how_counted
from coding.tagging.pipeline import primary_language
from observations.access import Viewer, nothing_here
from observations.models import Source

SHOWN = 10
LEAST = 0.02


@dataclass(frozen=True)
class Like:
    """A turn that is like the passage's, how like (0 to 1), and the codes the readings on view have in it."""

    source: Source
    words: Words
    score: float
    codes: tuple[Heading, ...]


@dataclass(frozen=True)
class Comparison:
    """A passage beside the turns most like it; `counted` is False while its own words are not counted."""

    segment: Segment
    code: Heading
    source: Source
    words: Words | None
    layer: Layer
    state: Counted
    is_counted: bool
    same: list[Like] = field(default_factory=list)
    others: list[Like] = field(default_factory=list)
    uncoded: list[Like] = field(default_factory=list)


def compare(viewer: Viewer, segment_id: uuid.UUID, layer_name: str) -> Comparison:
    """The turns of the study most like those of a passage. Turns of other languages are like none.

    Raises Missing for a passage or a layer that is not there or not for this viewer.
    """
    segment = segments_visible_to(viewer).filter(pk=segment_id).first()
    sources = sources_in(viewer)
    at = next((place for place, one in enumerate(sources) if segment and one.pk == segment.source_id), None)
    headings, row_of = code_rows(viewer, branches=False)
    if segment is None or at is None or segment.code_id not in row_of:
        raise nothing_here()
    layer = layer_of(viewer, layer_name)
    row = row_of[segment.code_id]
    stretch = (segment.source_id, segment.now_start, segment.now_end)
    held = _held(viewer, sources)
    own = held.under(at, segment.now_start, segment.now_end)
    found = Comparison(
        segment, headings[row], sources[at], words_at([stretch]).get(stretch), layer, how_counted(viewer), bool(own)
    )
    if not own:
        return found
    wanted: dict[str, int] = {}
    for place in own:
        for word, n in held.words[place].items():
            wanted[word] = wanted.get(word, 0) + n
    scores = likeness(wanted, held.words)
    scores[own] = 0
    _fill(found, held, scores, _codes_in(layer, sources, row_of, held), headings, row)
    return found


@dataclass(frozen=True)
class Held:
    """The counted turns, sorted by source and start, with their words by language."""

    sources: list[Source]
    turns: Turns
    words: list[dict[str, int]]

    def under(self, source: int, start: int, end: int) -> list[int]:
        """The counted turns that share a code point with a stretch."""
        here = (self.turns.source == source) & (self.turns.start < end) & (self.turns.end > start)
        return [int(place) for place in np.flatnonzero(here)]


def _held(viewer: Viewer, sources: list[Source]) -> Held:
    place_of = {source.pk: place for place, source in enumerate(sources)}
    columns = ("source_id", "turn__start", "turn__end", "turn__language", "counts")
    rows = [(place_of[row[0]], *row[1:]) for row in counted_words(viewer).values_list(*columns) if row[0] in place_of]
    rows.sort(key=lambda row: row[:2])
    numbers = np.array([row[:3] for row in rows], dtype=np.int64).reshape(-1, 3)
    turns = Turns(numbers[:, 0], numbers[:, 1], numbers[:, 2], np.full(len(rows), -1))
    return Held(sources, turns, [_words_of(row[4], primary_language(row[3])) for row in rows])


def _words_of(counts: list[Any], language: str) -> dict[str, int]:
    """A turn's words that carry meaning; the same letters in two languages are two words."""
    words: dict[str, int] = {}
    for lemma, part, n in counts:
        if part in CARRYING:
            words[f"{language} {lemma}"] = words.get(f"{language} {lemma}", 0) + n
    return words


def _codes_in(layer: Layer, sources: list[Source], row_of: dict[uuid.UUID, int], held: Held) -> dict[int, set[int]]:
    """The rows of the codes that the layer's readings have in each counted turn."""
    passages = coded_passages(layer, sources, row_of)
    passage, turn = turns_under(passages.source, passages.start, passages.end, held.turns)
    found: dict[int, set[int]] = {}
    for place, label in zip(turn.tolist(), passages.label[passage].tolist(), strict=True):
        found.setdefault(place, set()).add(label)
    return found


def _fill(
    found: Comparison, held: Held, scores: Any, codes: dict[int, set[int]], headings: list[Heading], row: int
) -> None:
    groups: dict[str, list[int]] = {"same": [], "others": [], "uncoded": []}
    for place in np.argsort(-scores, kind="stable").tolist():
        if scores[place] < LEAST:
            break
        there = codes.get(place, set())
        group = groups["same" if row in there else "others" if there else "uncoded"]
        if len(group) < SHOWN:
            group.append(place)
    turns = held.turns
    stretch = {
        place: (held.sources[turns.source[place]].pk, int(turns.start[place]), int(turns.end[place]))
        for group in groups.values()
        for place in group
    }
    words = words_at(list(stretch.values()))
    for name, group in groups.items():
        for place in group:
            labels = tuple(headings[label] for label in sorted(codes.get(place, set())))
            source = held.sources[turns.source[place]]
            getattr(found, name).append(Like(source, words[stretch[place]], float(scores[place]), labels))
