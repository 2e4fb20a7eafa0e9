"""Tags: the passages the machine would code, with the words that made it say so."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from coding.tagging.characters import model_text
from coding.tagging.matching import Hit, Lexicon
from coding.tagging.pipeline import pipeline, primary_language
from fieldstudy.errors import Invalid, gettext_noop

# A model reads a text of this many characters at a time (some 1,700 words): memory stays flat however long a turn is.
PIECE_LENGTH = 10_000
TURNS_AT_A_TIME = 256
TEXTS_PER_BATCH = 32


@dataclass(frozen=True)
class TurnText:
    """A turn to be tagged: its text, and where that text stands in its source.

    `start` and `sentence_ends` are code points of the source. The ends rise, and the last one is the turn's own end;
    none at all makes the turn one sentence.
    """

    id: str
    start: int
    text: str
    language: str
    sentence_ends: Sequence[int] = ()


@dataclass(frozen=True)
class Evidence:
    """Why: the entry that was found and exactly where, half-open in code points of the source. Never the words."""

    entry: str
    start: int
    end: int


@dataclass(frozen=True)
class Tag:
    """A passage for a code: `[start, end)` in code points of the source, one or more whole sentences of the turn.

    `score` lies in (0, 1): see `score_of`. `evidence` is sorted by place and entry.
    """

    turn_id: str
    code: str
    start: int
    end: int
    score: float
    evidence: tuple[Evidence, ...]


def score_of(distinct_entries: int) -> float:
    """1 - 0.5^n for n different entries: 0.5 for one, 0.75 for two, 0.875 for three; more of the same adds nothing.

    A rank among suggestions and not a probability: how often a code's suggestions are right is counted, in the audit.
    """
    return float(1 - 0.5**distinct_entries)


def tag_turns(turns: Iterable[TurnText], lexicons: Mapping[str, Lexicon]) -> Iterator[Tag]:
    """The tags of turns, in the order of the turns, then by start, end and code.

    Parameters
    ----------
    turns : iterable of TurnText
        Read as it comes, some hundreds at a time, so a whole study can be streamed.
    lexicons : mapping of str to Lexicon
        By language without region ("fr"; "" for unknown). A turn in a language that is not there is not read and gets
        no tag.

    Raises
    ------
    Invalid
        `tagging.sentences` when the sentence ends of a turn do not cut its text into sentences.
    """
    coming = iter(turns)
    while chunk := list(islice(coming, TURNS_AT_A_TIME)):
        hits = _hits_by_turn(chunk, lexicons)
        for turn, found in zip(chunk, hits, strict=True):
            yield from _tags_of(turn, found)


def _hits_by_turn(turns: Sequence[TurnText], lexicons: Mapping[str, Lexicon]) -> list[list[Hit]]:
    """For each turn its hits, in code points of the turn's own text; turns of one language are read together."""
    hits: list[list[Hit]] = [[] for _ in turns]
    languages = dict.fromkeys(primary_language(turn.language) for turn in turns)
    for language in languages:
        lexicon = lexicons.get(language)
        if lexicon is None:
            continue
        pieces = [
            (text, (number, offset))
            for number, turn in enumerate(turns)
            if primary_language(turn.language) == language
            for offset, text in pieces_of(turn)
        ]
        docs = pipeline(language).nlp.pipe(pieces, as_tuples=True, batch_size=TEXTS_PER_BATCH)
        for doc, (number, offset) in docs:
            hits[number].extend(Hit(hit.entry, hit.start + offset, hit.end + offset) for hit in lexicon.find(doc))
    return hits


def pieces_of(turn: TurnText) -> Iterator[tuple[int, str]]:
    """What the model reads of a turn: (offset, text) cut at ends of sentences, and inside one only when it must be."""
    text = model_text(turn.text)
    ends = _sentence_ends(turn)
    begin = 0
    while begin < len(text):
        end = min(begin + PIECE_LENGTH, len(text))
        last_whole = bisect_right(ends, end) - 1
        if last_whole >= 0 and ends[last_whole] > begin:
            end = ends[last_whole]
        yield begin, text[begin:end]
        begin = end


def _sentence_ends(turn: TurnText) -> list[int]:
    """Where the sentences end in the turn's own text."""
    ends = [end - turn.start for end in turn.sentence_ends] or [len(turn.text)]
    if ends[-1] != len(turn.text) or ends != sorted(set(ends)) or (ends[0] <= 0 and turn.text):
        raise Invalid(
            "tagging.sentences",
            gettext_noop(
                "Turn %(turn)s is not cut into sentences: ends rising from %(start)s to %(end)s were expected."
            ),
            turn=turn.id,
            start=turn.start,
            end=turn.start + len(turn.text),
        )
    return ends


def _tags_of(turn: TurnText, hits: Sequence[Hit]) -> list[Tag]:
    """One tag for each stretch of sentences that share matches of a code; neighbours that share none stay apart."""
    if not hits:
        return []
    ends = _sentence_ends(turn)
    stretches: dict[str, list[tuple[int, int, list[Hit]]]] = {}
    for hit in sorted(hits, key=lambda hit: (hit.start, hit.end, hit.entry.id)):
        first, last = bisect_right(ends, hit.start), bisect_left(ends, hit.end)
        of_code = stretches.setdefault(hit.entry.code, [])
        if of_code and first <= of_code[-1][1]:
            begun, reached, together = of_code[-1]
            of_code[-1] = (begun, max(reached, last), [*together, hit])
        else:
            of_code.append((first, last, [hit]))
    tags = [
        _tag(turn, code, ends[first - 1] if first else 0, ends[last], together)
        for code, of_code in stretches.items()
        for first, last, together in of_code
    ]
    return sorted(tags, key=lambda tag: (tag.start, tag.end, tag.code))


def _tag(turn: TurnText, code: str, start: int, end: int, hits: Sequence[Hit]) -> Tag:
    """The tag of whole sentences `[start, end)` of the turn's text, without the white space at their edges."""
    passage = turn.text[start:end]
    start += len(passage) - len(passage.lstrip())
    end -= len(passage) - len(passage.rstrip())
    found = sorted({Evidence(hit.entry.id, turn.start + hit.start, turn.start + hit.end) for hit in hits}, key=_place)
    score = score_of(len({evidence.entry for evidence in found}))
    return Tag(turn.id, code, turn.start + start, turn.start + end, score, tuple(found))


def _place(evidence: Evidence) -> tuple[int, int, str]:
    return (evidence.start, evidence.end, evidence.entry)
