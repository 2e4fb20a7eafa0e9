"""The examples of a code: texts written for it, by language, and passages taken from segments, by id alone.

Both stand in one mapping, as a code's revision keeps it: `{"en": "a text", "passages": [{"segment": "an id"}]}`.
The words of a passage are cut from its source whenever they are read, so that what may no longer be quoted is gone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

PASSAGES = "passages"


@dataclass(frozen=True)
class Taken:
    """A passage that serves as an example; `is_counter` where it shows what the code is not for."""

    segment: str
    is_counter: bool = False


def written(examples: Mapping[str, Any]) -> dict[str, str]:
    """The texts alone, by language."""
    return {language: text for language, text in examples.items() if language != PASSAGES}


def taken(examples: Mapping[str, Any]) -> tuple[Taken, ...]:
    """The passages alone, in their order."""
    return tuple(Taken(entry["segment"], bool(entry.get("no"))) for entry in examples.get(PASSAGES, ()))


def together(texts: Mapping[str, str], passages: Iterable[Taken]) -> dict[str, Any]:
    """Texts and passages as one mapping, without the key of passages where there are none."""
    entries = [{"segment": one.segment, "no": True} if one.is_counter else {"segment": one.segment} for one in passages]
    return written(texts) | ({PASSAGES: entries} if entries else {})
