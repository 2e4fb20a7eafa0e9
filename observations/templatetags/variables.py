"""How values of variables are shown."""

from django import template
from django.utils.translation import gettext

register = template.Library()


@register.filter
def yes_or_no(text: str) -> str:
    """ "true" and "false" as people say them; "" where nothing is known."""
    return {"true": gettext("yes"), "false": gettext("no")}.get(text, "")
