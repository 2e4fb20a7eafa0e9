"""Who speaks: finding speaker labels at the head of paragraphs, the same way for every format.

Labels found in the wild: `Name : text`, `Name: text`, `Name [12:34] : text`, a bold `Name :`, and a line of its own
`Name  12:34`.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fieldstudy.errors import gettext_noop
from observations.importers.base import ImportProblem

LONGEST_LABEL = 40
_MOST_TOLD = 20

_TIME = r"(?:\d{1,3}:)?\d{1,3}:\d{2}(?:[.,]\d{1,3})?"
_NAME = rf"(?P<name>[^\W\d_](?:[^\n:\[\](){{}}<>«»“”\"!?;,…]|,(?=\d)){{0,{LONGEST_LABEL - 1}}}?)"
_LABEL = re.compile(rf"{_NAME}\s*(?:[\[(](?P<time>{_TIME})[\])])?\s*:(?![/\d:])\s*")
_TIMED_LINE = re.compile(rf"{_NAME}(?:\s{{2,}}|\t)\(?(?P<time>{_TIME})\)?[^\S\n]*(?:\n|$)")
_AFTER = re.compile(r"\s|$|[^\W\d_]|[«“\"'’…(\[—–-]")

_INTERVIEWER = re.compile(
    r"(?:q|iv|enqu[êe]t(?:eur|rice)|interviewe(?:u)?r|intervieweuse|researcher|cherche(?:ur|use)|moderator|"
    r"mod[ée]rat(?:eur|rice)|question|anthropologue|sociologue|ethnographe|anthropologist|sociologist|ethnographer)"
    r"(?:\s*(?:n°\s*)?\d{1,2}|\s*\(\w{1,3}\)|·e|\.e)?",
    re.IGNORECASE,
)
_INTERPRETATION = re.compile(r"(?:interpr[ée]tations?)\s*:\s*", re.IGNORECASE)

# Heads of paragraphs that look like labels and are none: parts of a note or report, and what begins a sentence.
_NOTE_HEADS = """
    analyse analysis annexe attention auteur author conclusion conclusions consigne contexte context date discussion
    durée duration example exemple fichier file heure introduction interprétation interpretation interprétations
    interpretations lieu location mention méthode méthodes method methods n.b nb nota note notes objectif objet
    observation observations participants place présents présentes remarque remarques résultat résultats results résumé
    source sources subject sujet summary thème time titre title topic transcription transcript
"""
_SENTENCE_HEADS = """
    il elle ils elles on je nous vous tu ce ça cela puis et mais or alors donc ensuite
    he she they i we it you then and but so this that there
"""
_NOT_NAMES = frozenset(_NOTE_HEADS.split())
_SENTENCE_STARTS = frozenset(_SENTENCE_HEADS.split())


@dataclass(frozen=True)
class Label:
    """A possible speaker label at the head of a paragraph.

    `name` is what is written; `length` how many code points of the paragraph it takes with its time, colon and gap;
    `marked` whether the file itself sets it apart, in bold or on a line of its own with a time; `weak` whether what
    follows it is no word, as in "Beds : 12", so that it counts only where others show that the name is a speaker's.
    """

    name: str
    length: int
    start_ms: int | None
    marked: bool
    weak: bool = False

    @property
    def key(self) -> str:
        return " ".join(self.name.split()).casefold()


def find_label(text: str, *, bold: int = 0) -> Label | None:
    """The label that may stand at the head of `text`; `bold` is how many code points there are in bold.

    A label has at most 40 characters and begins with a capital (or with a letter of a script that has none). Whether
    it counts is for `speakers_among` to say.
    """
    timed = _TIMED_LINE.match(text)
    found = timed or _LABEL.match(text)
    if not found or found["name"][0].islower():
        return None
    name = found["name"].strip()
    if name.casefold() in _NOT_NAMES:
        return None
    is_bold = len(name) <= bold <= found.end()
    marked = is_bold or timed is not None
    if not marked and _begins_sentence(name):
        return None
    start_ms = milliseconds(found["time"]) if found["time"] else None
    return Label(name, found.end(), start_ms, marked, weak=not marked and not _AFTER.match(text, found.end()))


def speakers_among(labels: Sequence[Label | None]) -> frozenset[str]:
    """The keys of the labels that count, given what `find_label` found at the head of every paragraph.

    Those marked by the file at least once count, and those seen at least twice; prose with a colon in it is seen once,
    and stays whole (`seen_once` tells of what may be either). In a text too short for anything to recur, all count when
    someone among them asks and they head at least half of the paragraphs.
    """
    found = [label for label in labels if label and not label.weak]
    seen = Counter(label.key for label in found)
    marked = {label.key for label in found if label.marked}
    counted = frozenset(key for key, times in seen.items() if times >= 2 or key in marked)
    if not counted and any(asks(label.name) for label in found) and len(found) >= max(2, len(labels) / 2):
        return frozenset(seen)
    return counted


def seen_once(turns: Sequence[tuple[int, int | None]]) -> Iterator[ImportProblem]:
    """What is told of turns whose speaker is in doubt: each one's number and, where the file has lines, its line."""
    for number, line in turns[:_MOST_TOLD]:
        yield ImportProblem(
            "import.speaker_once",
            gettext_noop(
                "Turn %(turn)d begins with what may be a speaker's name; the file has it once. Its words stand under "
                "that name, and not under that of the turn before."
            ),
            line=line,
            values={"turn": number},
        )
    if len(turns) > _MOST_TOLD:
        message = gettext_noop(
            "Further turns that begin with what may be a speaker's name, which the file has once: %(count)d."
        )
        yield ImportProblem("import.speaker_once", message, values={"count": len(turns) - _MOST_TOLD})


def asks(name: str) -> bool:
    """Whether a speaker's label is one of those that interviewers are given."""
    return _INTERVIEWER.fullmatch(" ".join(name.split())) is not None


def interpretation_length(text: str) -> int:
    """How many code points the head `Interprétation :` (or `Interpretation:`) takes; 0 where there is none."""
    found = _INTERPRETATION.match(text)
    return found.end() if found else 0


def _begins_sentence(name: str) -> bool:
    first = re.split(r"[\s]", name.casefold(), maxsplit=1)[0]
    return first in _SENTENCE_STARTS or first.startswith(("c’", "c'", "j’", "j'"))


def milliseconds(time: str) -> int:
    """`[HH:]MM:SS[.mmm]` in milliseconds, at most 2^31 - 1 (24 days), which is what is kept of a time."""
    whole, _, fraction = time.replace(",", ".").partition(".")
    seconds = 0
    for part in whole.split(":"):
        seconds = seconds * 60 + int(part)
    return min(seconds * 1000 + int(fraction.ljust(3, "0") or 0), 2**31 - 1)
