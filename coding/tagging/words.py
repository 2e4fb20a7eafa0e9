"""The words of turns as the language models see them, counted."""

from collections import Counter
from collections.abc import Sequence

from coding.tagging.pipeline import pipeline, primary_language
from coding.tagging.tags import TEXTS_PER_BATCH, TurnText, pieces_of

WordCounts = list[tuple[str, str, int]]


def count_words(turns: Sequence[TurnText]) -> list[tuple[str, WordCounts]]:
    """For each turn the model that read it and its words: (lemma, part of speech, occurrences), in order.

    Parts of speech are those of Universal Dependencies, "" where the language has no model; then a lemma is the word as
    it is written, in lower case. Punctuation, spaces and numbers in digits are no words.
    """
    counted: list[tuple[str, Counter[tuple[str, str]]]] = [("", Counter()) for _ in turns]
    for language in dict.fromkeys(primary_language(turn.language) for turn in turns):
        read = pipeline(language)
        texts = [
            (text, number)
            for number, turn in enumerate(turns)
            if primary_language(turn.language) == language
            for _, text in pieces_of(turn)
        ]
        for number, turn in enumerate(turns):
            if primary_language(turn.language) == language:
                counted[number] = (f"{read.name}=={read.version}", counted[number][1])
        for doc, number in read.nlp.pipe(texts, as_tuples=True, batch_size=TEXTS_PER_BATCH):
            counted[number][1].update(
                ((token.lemma_ or token.text).lower(), token.pos_)
                for token in doc
                if any(character.isalpha() for character in token.text)
            )
    return [(model, [(*word, n) for word, n in sorted(words.items())]) for model, words in counted]
