"""WebVTT transcripts, as meeting software and speech recognition write them."""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import webvtt
from webvtt.errors import MalformedCaptionError, MalformedFileError

from fieldstudy.errors import gettext_noop
from observations.importers.base import (
    ImportProblem,
    ParsedSource,
    ParsedTurn,
    TurnKind,
    canonical_text,
    failed,
    without_edges,
)
from observations.importers.language import guess_language
from observations.importers.plain_text import decoded
from observations.importers.speakers import asks, find_label, milliseconds, seen_once, speakers_among

_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^<>]+)>")
_TAG = re.compile(r"<[^<>\n]*>")
_TIME = r"(?:\d+:)?\d{1,2}:\d{1,2}\.\d{1,3}"
_TIMES = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?!\d)")
_STRICT_TIMES = re.compile(r"\s*(?:\d{2,}:)?\d{2}:\d{2}\.\d{3}\s+-->\s+(?:\d{2,}:)?\d{2}:\d{2}\.\d{3}(?:\s|$)")
_TITLE_MARK = re.compile(r"^[\s:–—-]+")
_ONLY_TIMES = re.compile(r"[\d:.,\s>-]{3,80}")
_MOST_WARNINGS = 20
_LONGEST_PAUSE_MS = 2_000
_NEARLY_EVERY = 0.8


@dataclass(frozen=True)
class _Cue:
    text: str
    speaker: str
    start_ms: int
    end_ms: int | None
    line: int | None = None
    is_doubtful: bool = False


def read_webvtt(data: bytes, filename: str) -> ParsedSource:
    """The source in a WebVTT file: cues of one speaker that follow each other make one turn, joined by a space.

    Speakers are voices (`<v Name>`), or labels at the head of cues. Without any, a turn ends with a sentence or a pause
    of more than two seconds. Words behind WEBVTT on the first line are the title. Comments and styles are left out;
    times that cannot be read are warnings.

    Raises
    ------
    ImportFailed
        The errors of `decoded`; `import.not_webvtt` without its first line, `import.no_text` without a readable cue.
    """
    text = decoded(data)
    try:
        transcript = webvtt.from_string(text)
    except (MalformedFileError, MalformedCaptionError, StopIteration, IndexError, ValueError):
        raise failed(
            "import.not_webvtt", gettext_noop("The file does not begin with the line WEBVTT."), expected="WEBVTT"
        ) from None
    captions = zip(transcript.captions, _line_numbers(text, transcript.captions), strict=True)
    merged = _merged(_labelled([cue for caption, line in captions for cue in _cues(caption, line)]))
    turns = tuple(_turn(cue) for cue in merged)
    if not turns:
        raise failed("import.no_text", gettext_noop("The file holds no text that could become a turn."))
    return ParsedSource(
        _TITLE_MARK.sub("", transcript.header_text).strip() or filename.rpartition(".")[0],
        "interview" if any(turn.speaker for turn in turns) else "document",
        turns,
        guess_language("\n".join(turn.text for turn in turns)),
        (
            *_time_problems(text),
            *seen_once([(number, cue.line) for number, cue in enumerate(merged, start=1) if cue.is_doubtful]),
        ),
    )


def _line_numbers(text: str, captions: Iterable[webvtt.Caption]) -> Iterator[int | None]:
    """Where in the file the words of each cue begin, as far as they stand there as they were read."""
    line, position = 1, 0
    for caption in captions:
        found = text.find(caption.raw_text, position)
        if found >= 0:
            line, position = line + text.count("\n", position, found), found
        yield line if found >= 0 else None


def _cues(caption: webvtt.Caption, line: int | None) -> Iterator[_Cue]:
    """The parts of one cue, one for each voice in it."""
    start, end = milliseconds(caption.start), milliseconds(caption.end)
    before, *voices = _VOICE.split(" ".join(caption.raw_text.split("\n")))
    for speaker, text in [("", before), *zip(voices[::2], voices[1::2], strict=True)]:
        plain = without_edges(" ".join(_unescaped(_TAG.sub("", text)).split(" ")))
        if plain:
            yield _Cue(plain, _unescaped(speaker).strip(), start, end if end >= start else None, line)


def _unescaped(text: str) -> str:
    """Text on one line, its entities read: they may stand for line ends, control characters and loose accents."""
    return " ".join(canonical_text(html.unescape(text)).split("\n"))


def _labelled(cues: list[_Cue]) -> list[_Cue]:
    """The cues with labels in their text made speakers; a cue without one goes on with the speaker before.

    Where nearly every cue has a label, as meeting software writes them, someone who spoke once is a speaker too. Else
    what may be the label of someone who spoke once is in doubt, and nobody else's words.
    """
    if any(cue.speaker for cue in cues):
        return cues
    labels = [find_label(cue.text) for cue in cues]
    found = [label for label in labels if label and not label.weak]
    everywhere = len(found) >= _NEARLY_EVERY * len(cues)
    speakers = {label.key for label in found} if everywhere else speakers_among(labels)
    labelled: list[_Cue] = []
    for cue, label in zip(cues, labels, strict=True):
        if label and label.key in speakers:
            labelled.append(replace(cue, speaker=label.name, text=without_edges(cue.text[label.length :])))
        elif label and not label.weak and labelled and labelled[-1].speaker:
            labelled.append(replace(cue, speaker=label.name, is_doubtful=True))
        else:
            labelled.append(replace(cue, speaker=labelled[-1].speaker if labelled else ""))
    return [cue for cue in labelled if cue.text]


def _merged(cues: Iterable[_Cue]) -> list[_Cue]:
    merged: list[_Cue] = []
    for cue in cues:
        if merged and _goes_on(merged[-1], cue):
            last = merged[-1]
            ends = [end for end in (last.end_ms, cue.end_ms) if end is not None]
            merged[-1] = replace(last, text=f"{last.text} {cue.text}", end_ms=max(ends, default=None))
        else:
            merged.append(cue)
    return merged


def _goes_on(last: _Cue, cue: _Cue) -> bool:
    if last.speaker != cue.speaker:
        return False
    if cue.speaker:
        return True
    pause = cue.start_ms - (last.end_ms if last.end_ms is not None else last.start_ms)
    return pause <= _LONGEST_PAUSE_MS and not last.text.endswith((".", "!", "?", "…", "»", "”", '"'))


def _turn(cue: _Cue) -> ParsedTurn:
    kind: TurnKind = "question" if asks(cue.speaker) else "speech"
    return ParsedTurn(cue.text, kind, cue.speaker, start_ms=cue.start_ms, end_ms=cue.end_ms)


def _time_problems(text: str) -> Iterator[ImportProblem]:
    """Cues lost for their times, each with its line; and how many were read although written unusually."""
    lost, unusual, first_unusual = 0, 0, 0
    for number, line in enumerate(text.split("\n"), start=1):
        if "-->" not in line or _STRICT_TIMES.match(line):
            continue
        if _TIMES.match(line):
            unusual, first_unusual = unusual + 1, first_unusual or number
            continue
        lost += 1
        if lost <= _MOST_WARNINGS:
            yield ImportProblem(
                "import.cue_times",
                gettext_noop("A cue is left out: its times cannot be read."),
                found=line.strip() if _ONLY_TIMES.fullmatch(line) else "",
                expected="00:00:00.000 --> 00:00:00.000",
                line=number,
            )
    if unusual:
        yield ImportProblem(
            "import.cue_times_unusual",
            gettext_noop("Cues with times written in an unusual way: %(count)d. They are read as far as possible."),
            expected="00:00:00.000 --> 00:00:00.000",
            line=first_unusual,
            values={"count": unusual},
        )
