"""Looking for a compiled lexicon in a text that a pipeline has read."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from coding.tagging import patterns, phrases
from coding.tagging.lexicon import Entry
from coding.tagging.phrases import Phrase, longest_match
from coding.tagging.pipeline import pipeline, primary_language

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.matcher import Matcher
    from spacy.tokens import Doc


class Hit(NamedTuple):
    """Where an entry was found: half-open, in code points of the text that was read."""

    entry: Entry
    start: int
    end: int


# For each way of finding an entry, sets of words of which a text must hold one each. Most entries are absent from most
# turns, and this tells so for the price of a few set look-ups.
Needs = tuple[tuple[frozenset[str], ...], ...]


@dataclass(frozen=True)
class PhraseRule:
    """A lemma phrase in the tokens of its language."""

    entry: Entry
    phrase: Phrase
    needs: Needs


@dataclass(frozen=True)
class PatternRule:
    """A pattern with its matcher."""

    entry: Entry
    matcher: "Matcher"
    needs: Needs


@dataclass(frozen=True)
class Lexicon:
    """The entries of one language, compiled. `phrases_by_word` leads from a word to the phrases it can begin."""

    language: str
    phrases_by_word: dict[str, tuple[PhraseRule, ...]]
    patterns: tuple[PatternRule, ...]

    def find(self, doc: "Doc") -> list[Hit]:
        """Where the entries stand in a text, by start, end and entry; the matches of one entry never overlap.

        A phrase takes its longest match at each word, from left to right; a pattern its longest matches first. White
        space between the words of a phrase makes no difference.
        """
        tokens = [token for token in doc if not token.is_space]
        forms = [token.lower_ for token in tokens]
        # Small models lemmatise badly ("parties" gives "party" in French), and a lead writes words as they are read:
        # so a word is found by its lemma or, where the model errs or there is none, by its form.
        model_lemmas = [token.lemma_ for token in tokens]
        lemmas = [lemma.lower() for lemma in model_lemmas]
        hits = [
            Hit(entry, tokens[first].idx, tokens[after - 1].idx + len(tokens[after - 1]))
            for entry, first, after in self._phrase_matches(forms, lemmas)
        ]
        if self.patterns:
            words = {token.text for token in tokens}
            words.update(forms, model_lemmas)
            hits.extend(self._pattern_hits(doc, words))
        return sorted(hits, key=lambda hit: (hit.start, hit.end, hit.entry.id))

    def _phrase_matches(self, forms: Sequence[str], lemmas: Sequence[str]) -> Iterator[tuple[Entry, int, int]]:
        """Each phrase found, with its first token and the one after its last."""
        possible = self._possible_phrases({*forms, *lemmas})
        if not possible:
            return
        free_from: dict[str, int] = defaultdict(int)
        for at, (form, lemma) in enumerate(zip(forms, lemmas, strict=True)):
            rules = possible.get(form, [])
            if lemma != form and lemma in possible:
                rules = rules + possible[lemma]
            for rule in rules:
                if at < free_from[rule.entry.id]:
                    continue
                end = longest_match(rule.phrase, at, lemmas, forms)
                if end is not None:
                    free_from[rule.entry.id] = end
                    yield rule.entry, at, end

    def _possible_phrases(self, words: set[str]) -> dict[str, list[PhraseRule]]:
        """By first word, the phrases whose words are all in the text somewhere."""
        possible: dict[str, list[PhraseRule]] = {}
        for word in words & self.phrases_by_word.keys():
            rules = [rule for rule in self.phrases_by_word[word] if _may_be_in(words, rule.needs)]
            if rules:
                possible[word] = rules
        return possible

    def _pattern_hits(self, doc: "Doc", words: set[str]) -> Iterator[Hit]:
        for rule in self.patterns:
            if not _may_be_in(words, rule.needs):
                continue
            # A blank pipeline gives no lemmas or parts of speech: a pattern on them then finds nothing.
            for _, first, after in rule.matcher(doc, allow_missing=True):
                last = doc[after - 1]
                yield Hit(rule.entry, doc[first].idx, last.idx + len(last))


def _may_be_in(words: set[str], needs: Needs) -> bool:
    """Whether the words of one way are all there; loops, as this runs for every rule a turn brings up."""
    for way in needs:
        for needed in way:
            if needed.isdisjoint(words):
                break
        else:
            return True
    return False


def compile_entries(entries: Iterable[Entry], language: str) -> Lexicon:
    """The entries of a language (and of no language) compiled for its pipeline; see `lexicon.compile`."""
    wanted = primary_language(language)
    nlp = pipeline(wanted).nlp
    by_word: dict[str, list[PhraseRule]] = defaultdict(list)
    with_matcher: list[PatternRule] = []
    for entry in entries:
        if primary_language(entry.language) not in ("", wanted):
            continue
        if entry.kind == "pattern":
            with_matcher.append(_pattern_rule(entry, nlp))
            continue
        rule = _phrase_rule(entry, nlp)
        for word in phrases.first_words(rule.phrase):
            by_word[word].append(rule)
    return Lexicon(wanted, {word: tuple(rules) for word, rules in by_word.items()}, tuple(with_matcher))


def _phrase_rule(entry: Entry, nlp: "Language") -> PhraseRule:
    phrase = phrases.parse_phrase(entry.expression)
    in_tokens = phrases.cut_words(phrase, lambda word: [token.text for token in nlp.tokenizer(word)])
    return PhraseRule(entry, in_tokens, (phrases.needed_words(in_tokens),))


def _pattern_rule(entry: Entry, nlp: "Language") -> PatternRule:
    ways = patterns.parse_patterns(entry.expression)
    from spacy.matcher import Matcher

    matcher = Matcher(nlp.vocab)
    matcher.add(entry.id, ways, greedy="LONGEST")
    return PatternRule(entry, matcher, tuple(patterns.needed_words(way) for way in ways))
