"""Shares and their intervals, written as the reader's language writes them."""

from django import template
from django.utils.translation import get_language

register = template.Library()


@register.filter
def percent(share: float | None) -> str:
    """A proportion as 27% in English, 27 % in French; "–" when there is none."""
    if share is None:
        return "–"
    french = (get_language() or "en").startswith("fr")
    return f"{share * 100:.0f}" + ("\N{NARROW NO-BREAK SPACE}%" if french else "%")


@register.filter
def interval(limits: tuple[float, float] | None) -> str:
    """An interval of proportions as 13–48, in percent."""
    return f"{limits[0] * 100:.0f}–{limits[1] * 100:.0f}" if limits else ""


@register.filter
def along(share: float) -> str:
    """A proportion as a place on an axis from 0% to 100%, for SVG."""
    return f"{share * 100:.1f}%"


@register.filter
def times(ratio: float) -> str:
    """A ratio with one decimal: 1.4, in French 1,4."""
    text = f"{ratio:.1f}"
    return text.replace(".", ",") if (get_language() or "en").startswith("fr") else text
