"""What the interface says, in either language: French words are looked up in its own catalogue."""

import functools
import re
from pathlib import Path

import polib

import fieldstudy

CATALOGUE = Path(fieldstudy.__file__).parent / "locale" / "fr" / "LC_MESSAGES" / "django.po"
_PLACE = re.compile(r"%\(\w+\)s|\{\w+\}")


def say(english: str, language: str) -> str:
    """The words, with their places for values left open; of what is counted, the plural.

    English that the catalogue does not hold raises KeyError, whatever the language: then no page says it.
    """
    entry = _entries()[english]
    if language == "en":
        return entry.msgid_plural or entry.msgid
    return str(entry.msgstr_plural[1] if entry.msgid_plural else entry.msgstr)


def pattern(english: str, language: str) -> re.Pattern[str]:
    """The words with anything at all in their places."""
    return re.compile(".+?".join(re.escape(part) for part in _PLACE.split(say(english, language))))


@functools.cache
def _entries() -> dict[str, polib.POEntry]:
    return {entry.msgid: entry for entry in polib.pofile(str(CATALOGUE)) if entry.msgctxt is None}
