"""What the rooms above add to a study's overview, without this room knowing them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from observations.access import Viewer

Fill = Callable[[Viewer], dict[str, Any] | None]


@dataclass(frozen=True)
class Panel:
    """A part of the overview: its template, and what fills it for a viewer (None: not for them)."""

    template: str
    fill: Fill


_panels: list[Panel] = []


def register(template: str, fill: Fill) -> None:
    _panels.append(Panel(template, fill))


def panels_for(viewer: Viewer) -> list[tuple[str, dict[str, Any]]]:
    """Template and context of each panel that has something for this viewer, in the order they were registered."""
    filled = [(panel.template, panel.fill(viewer)) for panel in _panels]
    return [(template, context) for template, context in filled if context is not None]
