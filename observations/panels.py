"""What the rooms above add to a study's overview and to a source's page, without this room knowing them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from observations.access import Viewer
from observations.models import Source

Fill = Callable[[Viewer], dict[str, Any] | None]
FillOfSource = Callable[[Viewer, Source], dict[str, Any] | None]
Filler = TypeVar("Filler")
Filled = list[tuple[str, dict[str, Any]]]


@dataclass(frozen=True)
class Panel(Generic[Filler]):
    """A part of a page: its template, and what fills it for a viewer (None: not for them)."""

    template: str
    fill: Filler


_panels: list[Panel[Fill]] = []
_of_source: list[Panel[FillOfSource]] = []


def register(template: str, fill: Fill) -> None:
    """Show a panel on every study's overview."""
    _panels.append(Panel(template, fill))


def register_for_source(template: str, fill: FillOfSource) -> None:
    """Show a panel on every source's page."""
    _of_source.append(Panel(template, fill))


def panels_for(viewer: Viewer) -> Filled:
    """Template and context of each panel that has something for this viewer, in the order they were registered."""
    return _with_something([(panel.template, panel.fill(viewer)) for panel in _panels])


def panels_of_source(viewer: Viewer, source: Source) -> Filled:
    """As `panels_for`, of a source's page."""
    return _with_something([(panel.template, panel.fill(viewer, source)) for panel in _of_source])


def _with_something(panels: list[tuple[str, dict[str, Any] | None]]) -> Filled:
    return [(template, context) for template, context in panels if context is not None]
