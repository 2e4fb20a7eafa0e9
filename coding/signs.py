"""Signs for codes that come without one: two to four letters or digits made from the name."""

import unicodedata
from collections.abc import Collection, Iterator

LONGEST = 4


def sign_for(name: str, taken: Collection[str]) -> str:
    """A sign that is not taken, as near to the name as can be: its first letters, its initials, then with a number.

    >>> sign_for("Strict normality", {"STR"})
    'STRI'
    """
    return next(sign for sign in _candidates(name) if sign not in taken)


def _candidates(name: str) -> Iterator[str]:
    plain = unicodedata.normalize("NFKD", name)
    words = "".join(one if one.isalnum() and one.isascii() else " " for one in plain if not unicodedata.combining(one))
    letters = words.upper().split()
    whole, initials = "".join(letters), "".join(word[0] for word in letters)
    for length in (3, 4, 2):
        if len(whole) >= length:
            yield whole[:length]
    if len(initials) >= 2:
        yield initials[:LONGEST]
    stem = whole or "C"
    for number in range(1, 10_000):
        digits = str(number)
        yield stem[: LONGEST - len(digits)] + digits
