"""Panels of the rooms above as parts of a page."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from observations.access import Viewer
from observations.panels import Filled


def panels_as_html(request: HttpRequest, viewer: Viewer, panels: Filled) -> list[str]:
    """What the rooms above show here, ready to be put into the page."""
    return [render_to_string(template, {**context, "viewer": viewer}, request) for template, context in panels]
