"""The order of names in lists."""

import re
import unicodedata

_NUMBERS = re.compile(r"([0-9]+)")


def alphabetical(text: str) -> tuple[tuple[tuple[str, int], ...], str]:
    """A key that sorts "Écho" between "dossier" and "fin", and "Entretien 2" before "Entretien 10".

    Letters without accents and case first, numbers by what they say, then as written.
    """
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    parts = _NUMBERS.split(plain.casefold())
    words, numbers = parts[::2], [*(int(digits) for digits in parts[1::2]), -1]
    return tuple(zip(words, numbers, strict=True)), text
