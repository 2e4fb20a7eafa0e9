"""From the paragraphs of a document, whatever its format, to a source with turns."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Literal

from fieldstudy.errors import gettext_noop
from observations.importers.base import (
    ImportProblem,
    ParsedSource,
    ParsedTurn,
    SourceKind,
    canonical_text,
    failed,
    without_edges,
)
from observations.importers.language import guess_language
from observations.importers.speakers import Label, asks, find_label, interpretation_length, seen_once, speakers_among

BlockKind = Literal["heading", "paragraph", "quote"]

_LONGEST_TITLE = 200
_FIELD_NOTE_HEADING = re.compile(
    r"\bobservations?\b|\bfield ?notes?\b|\bnotes? de terrain\b|\b(?:journal|carnet) de terrain\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Block:
    """One paragraph: `bold` is how many code points at its head are in bold; `continues` joins it to the one before.

    A block that continues is a further line of the same paragraph: it stands alone only when a speaker's label begins
    it. `line` is where it begins in a file that has lines.
    """

    text: str
    kind: BlockKind = "paragraph"
    bold: int = 0
    continues: bool = False
    line: int | None = None


def blocks_of(
    raw: str, kind: BlockKind = "paragraph", *, bold: int = 0, line: int | None = None, continues: bool = False
) -> Iterator[Block]:
    """The blocks of one paragraph of a document, one for each of its lines; `bold` counts on `raw`."""
    if kind == "heading":
        yield Block(canonical_text(" ".join(raw.split("\n"))), kind, line=line)
        return
    bold_head = canonical_text(raw[:bold])
    lines = [without_edges(text) for text in canonical_text(raw).split("\n")]
    blank = raw[: len(raw) - len(raw.lstrip())].count("\n")
    for number, text in enumerate(lines):
        at = None if line is None else line + blank + number
        yield Block(text, kind, 0 if number else min(len(bold_head), len(text)), continues or number > 0, at)


def source_from_blocks(
    blocks: Iterable[Block], *, fallback_title: str, warnings: Iterable[ImportProblem] = ()
) -> ParsedSource:
    """The source that a document's paragraphs make.

    A heading at the very beginning is the title, and no turn. With speaker labels it is an interview: a label begins a
    turn, and paragraphs without one go on with it (what comes before the first label is `observed`). Where what may be
    a label is seen once in the file, so that it may be somebody who spoke once or the beginning of a sentence, its
    paragraph is a turn under that name with all its words, and told: nobody's words come under another's name. With
    quotations, interpretations or a heading such as "Observation" it is a field note, one turn a paragraph. Else it is
    a document, one turn a paragraph.

    Raises
    ------
    ImportFailed
        `import.no_text` when there is nothing but a title, or nothing at all.
    """
    written = [block for block in blocks if block.text]
    title, written = _split_title(written)
    labels = [find_label(block.text, bold=block.bold) if block.kind != "heading" else None for block in written]
    speakers = speakers_among(labels)
    kind = _kind_of(title, written, [label if _counts(label, speakers) else None for label in labels])
    doubtful: list[tuple[int, int | None]] = []
    if kind == "interview":
        turns, doubtful = _interview_turns(written, labels, speakers)
    else:
        turns = _note_turns(written, labels, speakers)
    if not turns:
        raise failed("import.no_text", gettext_noop("The file holds no text that could become a turn."))
    language = guess_language("\n".join(turn.text for turn in turns))
    told = (*warnings, *seen_once(doubtful))
    return ParsedSource(title or fallback_title, kind, tuple(turns), language, told)


def _counts(label: Label | None, speakers: frozenset[str]) -> bool:
    return label is not None and label.key in speakers


def _split_title(blocks: Sequence[Block]) -> tuple[str, list[Block]]:
    if blocks and blocks[0].kind == "heading" and len(blocks[0].text) <= _LONGEST_TITLE:
        return " ".join(blocks[0].text.split()), list(blocks[1:])
    return "", list(blocks)


def _kind_of(title: str, blocks: Sequence[Block], labels: Sequence[Label | None]) -> SourceKind:
    """An interview when people's words are most of what is set apart: labelled paragraphs outnumber quotations.

    Interpretations are the observer's, so a document with any is a field note, whoever is named in it.
    """
    spoken = sum(label is not None and block.kind == "paragraph" for block, label in zip(blocks, labels, strict=True))
    quoted = sum(block.kind == "quote" for block in blocks)
    interpreted = any(interpretation_length(block.text) for block in blocks)
    if spoken > quoted and not interpreted:
        return "interview"
    headings = [title, *(block.text for block in blocks if block.kind == "heading")]
    if quoted or interpreted or any(_FIELD_NOTE_HEADING.search(heading) for heading in headings):
        return "field_note"
    return "document"


def _interview_turns(
    blocks: Sequence[Block], labels: Sequence[Label | None], speakers: frozenset[str]
) -> tuple[list[ParsedTurn], list[tuple[int, int | None]]]:
    """Turns of an interview, the paragraphs of one joined by ``\\n``; and the doubtful ones' numbers and lines."""
    turns: list[ParsedTurn] = []
    doubtful: dict[int, int | None] = {}
    for block, label in zip(blocks, labels, strict=True):
        goes_on = bool(turns) and turns[-1].kind in ("speech", "question")
        if block.kind == "heading":
            turns.append(ParsedTurn(block.text, "heading"))
        elif label and label.key in speakers:
            spoken = without_edges(block.text[label.length :])
            turns.append(ParsedTurn(spoken, _spoken_kind(label), label.name, start_ms=label.start_ms))
        elif label and goes_on and not label.weak:
            doubtful[len(turns)] = block.line
            turns.append(ParsedTurn(block.text, _spoken_kind(label), label.name))
        elif goes_on:
            turns[-1] = replace(turns[-1], text=f"{turns[-1].text}\n{block.text}".lstrip())
        elif block.continues and turns and turns[-1].kind == "observed":
            turns[-1] = replace(turns[-1], text=f"{turns[-1].text}\n{block.text}")
        else:
            turns.append(ParsedTurn(block.text, "observed"))
    numbers = accumulate(1 if turn.text else 0 for turn in turns)
    told = [(number, doubtful[at]) for at, number in enumerate(numbers) if at in doubtful]
    return [turn for turn in turns if turn.text], told


def _spoken_kind(label: Label) -> Literal["speech", "question"]:
    return "question" if asks(label.name) else "speech"


def _whole_paragraphs(
    blocks: Sequence[Block], labels: Sequence[Label | None], speakers: frozenset[str]
) -> list[tuple[Block, Label | None]]:
    """The blocks with further lines joined to the first of their paragraph; somebody else's words quoted stay apart."""
    joined: list[tuple[Block, Label | None]] = []
    for block, label in zip(blocks, labels, strict=True):
        is_said = block.kind == "quote" and label is not None and (label.key in speakers or not label.weak)
        if block.continues and joined and joined[-1][0].kind == block.kind and not is_said:
            first, first_label = joined[-1]
            joined[-1] = replace(first, text=f"{first.text}\n{block.text}"), first_label
        else:
            joined.append((block, label))
    return joined


def _note_turns(blocks: Sequence[Block], labels: Sequence[Label | None], speakers: frozenset[str]) -> list[ParsedTurn]:
    """Turns of a field note or document, one a paragraph; only quotations have speakers."""
    turns: list[ParsedTurn] = []
    for block, label in _whole_paragraphs(blocks, labels, speakers):
        head = interpretation_length(block.text)
        if block.kind == "heading":
            turns.append(ParsedTurn(block.text, "heading"))
        elif head:
            turns.append(ParsedTurn(without_edges(block.text[head:]), "interpretation"))
        elif block.kind == "quote" and label and label.key in speakers:
            turns.append(ParsedTurn(without_edges(block.text[label.length :]), "verbatim", label.name))
        else:
            turns.append(ParsedTurn(block.text, "verbatim" if block.kind == "quote" else "observed"))
    return [turn for turn in turns if turn.text]
