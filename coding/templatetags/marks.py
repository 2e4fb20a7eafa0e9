"""What marks and memos say, in words."""

from collections.abc import Mapping
from typing import Any

from django import template

from coding.forms.marks import MEMO_DEEDS
from coding.queries.mark_words import FIRSTS, RESPONSES, STANCES

register = template.Library()


@register.filter
def stance_label(value: str) -> str:
    """How a passage stands to a promise."""
    return str(STANCES.get(value, value))


@register.filter
def response_label(value: str) -> str:
    """What a person did with a tool's output."""
    return str(RESPONSES.get(value, value))


@register.filter
def first_label(value: str) -> str:
    """Who read first."""
    return str(FIRSTS.get(value, value))


@register.filter
def memo_deed(value: str) -> str:
    """What was done to a memo."""
    return str(MEMO_DEEDS.get(value, value))


@register.filter
def held(mapping: Mapping[Any, Any], key: Any) -> Any:
    """What a mapping holds under a key; "" when it holds nothing."""
    return mapping.get(key, "")


@register.simple_tag
def first_choices() -> list[tuple[str, object]]:
    """Who may have read first, with the words for it."""
    return list(FIRSTS.items())


@register.simple_tag
def response_choices() -> list[tuple[str, object]]:
    """What people do with a tool's output, with the words for it."""
    return list(RESPONSES.items())
