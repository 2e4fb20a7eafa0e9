"""Charts of coded material as SVG and PNG: the same numbers give the same bytes.

All ink is one colour at several strengths, so that a page shows a chart in its own ink, light or dark, and print in
black. In a page the drawing takes the page's fonts and colours and holds no style of its own, which its policy forbids.
"""

import io
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK = "#010101"
PAPER = "#fdfdfd"
FAINT, SOFT = 0.16, 0.5
ROW = 0.26
SEED = 7
LONGEST_LABEL = 34

# Settings of the drawing library are one for the process, and a server draws in several threads.
_drawing = threading.Lock()
_STYLE = re.compile(r'\sstyle="([^"]*)"')
_FONT = re.compile(r"^font:\s*(?P<words>[a-z0-9 ]*?)\s*(?P<size>[\d.]+)px")


@dataclass(frozen=True)
class Panels:
    """Bars of the same rows side by side, one panel for each title: `values[panel][row]`.

    The first has its own scale; all others share one, to be compared by length.
    """

    rows: tuple[str, ...]
    titles: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Dots:
    """A dot for each row and column, the larger the more: `values[row][column]`.

    With `few`, the cells that hold little, it is drawn as a heat map instead.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    few: tuple[tuple[bool, ...], ...] = ()


@dataclass(frozen=True)
class Network:
    """Things with a size, and how strongly two of them are tied: `ties` are (thing, thing, strength)."""

    things: tuple[str, ...]
    sizes: tuple[float, ...]
    ties: tuple[tuple[int, int, float], ...]


@dataclass(frozen=True)
class Curve:
    """What each step adds (bars) and what is reached (line); `at` is the step after which a mark stands."""

    steps: tuple[str, ...]
    added: tuple[int, ...]
    reached: tuple[int, ...]
    at: int | None
    axes: tuple[str, str]
    mark: str


Chart = Panels | Dots | Network | Curve


def svg(chart: Chart, name: str) -> bytes:
    """The chart as an SVG file; `name` keeps the ids inside apart from those of other charts."""
    return _saved(chart, name, "svg")


def png(chart: Chart, name: str) -> bytes:
    """The chart as a PNG file on paper, 160 dots to the inch."""
    return _saved(chart, name, "png")


def inline(chart: Chart, name: str) -> str:
    """The chart as an element for a page: in the page's ink and fonts, without styles, hidden from screen readers.

    What it shows stands beside it as a table.
    """
    drawn = svg(chart, name).decode()
    drawn = drawn[drawn.index("<svg") :]
    drawn = re.sub(r"<metadata>.*?</metadata>", "", drawn, flags=re.DOTALL)
    drawn = re.sub(r"<style[^>]*>.*?</style>", "", drawn, flags=re.DOTALL)
    drawn = _STYLE.sub(_as_attributes, drawn).replace(INK, "currentColor")
    drawn = re.sub(r'\sheight="[\d.]+pt"', "", drawn, count=1)
    given = 'class="chart" aria-hidden="true" focusable="false" stroke-linejoin="round" stroke-linecap="butt"'
    return drawn.replace("<svg ", f"<svg {given} ", 1)


def _as_attributes(style: re.Match[str]) -> str:
    """A style as attributes that say the same. The page's fonts are taken, in the size that was asked for."""
    written = []
    for part in style.group(1).replace("&quot;", "'").split(";"):
        name, _, value = (word.strip() for word in part.partition(":"))
        if name == "font":
            font = _FONT.match(part.strip())
            written += [("font-size", font["size"])] if font else []
            written += [("font-weight", "600")] if "bold" in value or "600" in value else []
        elif name and name != "font-family":
            written.append((name, value))
    return "".join(f' {name}="{value}"' for name, value in written)


def _saved(chart: Chart, name: str, kind: str) -> bytes:
    import matplotlib as mpl

    settings: Any = {
        "svg.fonttype": "none",
        "svg.hashsalt": name,
        "font.family": ["DejaVu Sans"],
        "font.size": 9,
        "text.color": INK,
        "text.parse_math": False,
        "axes.edgecolor": INK,
        "axes.labelcolor": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "axes.linewidth": 0.6,
    }
    with _drawing, mpl.rc_context(settings), io.BytesIO() as written:
        figure = _figure(chart)
        given: dict[str, Any] = {"transparent": True} if kind == "svg" else {"facecolor": PAPER, "dpi": 160}
        metadata = {"Date": None, "Creator": None} if kind == "svg" else {"Software": None}
        figure.savefig(written, format=kind, bbox_inches="tight", pad_inches=0.05, metadata=metadata, **given)
        return written.getvalue()


def _figure(chart: Chart) -> "Figure":
    if isinstance(chart, Panels):
        return _panels(chart)
    if isinstance(chart, Dots):
        return _heat_map(chart) if chart.few else _dots(chart)
    return _network(chart) if isinstance(chart, Network) else _curve(chart)


def _panels(chart: Panels) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 0.7 + ROW * max(len(chart.rows), 1)))
    every = figure.subplots(1, max(len(chart.titles), 1), sharey=True, squeeze=False, width_ratios=_widths(chart))[0]
    place = range(len(chart.rows))
    mosts = longest(chart)
    for panel, axes in enumerate(every[: len(chart.titles)]):
        values, most = chart.values[panel], mosts[panel]
        axes.barh(place, values, height=0.68, color=INK, alpha=0.75 if panel == 0 else SOFT, linewidth=0)
        for row, value in enumerate(values):
            if value:
                axes.text(value + most * 0.03, row, f"{value:g}", va="center", fontsize=7.5)
        axes.set_xlim(0, most * 1.25)
        axes.set_title(_short(chart.titles[panel], 18), fontsize=8.5, loc="left")
        _bare(axes, keep=("left",))
        axes.set_xticks([])
    every[0].set_yticks(place, [_short(row) for row in chart.rows])
    every[0].set_ylim(len(chart.rows) - 0.4, -0.6)
    figure.subplots_adjust(wspace=0.12)
    return figure


def longest(chart: Panels) -> list[float]:
    """For each panel the value that its longest bar could have."""
    first, *others = [max([*values, 1]) for values in chart.values] or [1]
    return [first, *([max(others)] * len(others) if others else [])]


def _widths(chart: Panels) -> list[float]:
    return [2.0, *([1.0] * (len(chart.titles) - 1))] if chart.titles else [1.0]


def _dots(chart: Dots) -> "Figure":
    figure, axes = _grid(chart)
    most = max((value for row in chart.values for value in row), default=1) or 1
    found = [(x, y, n) for y, row in enumerate(chart.values) for x, n in enumerate(row) if n]
    if found:
        xs, ys, sizes = zip(*found, strict=True)
        axes.scatter(xs, ys, s=[40 + 220 * n / most for n in sizes], color=INK, alpha=FAINT, linewidths=0)
        for x, y, n in found:
            axes.annotate(f"{n:g}", (x, y), ha="center", va="center", fontsize=7)
    axes.set_ylim(len(chart.rows) - 0.4, -0.6)
    return figure


def _heat_map(chart: Dots) -> "Figure":
    from matplotlib.patches import Rectangle

    figure, axes = _grid(chart)
    most = max((value for row in chart.values for value in row), default=1) or 1
    for y, row in enumerate(chart.values):
        for x, value in enumerate(row):
            strength = 0.06 + 0.5 * value / most if value else 0
            axes.add_patch(
                Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=INK, alpha=strength, edgecolor=INK, linewidth=0)
            )
            sign = "°" if chart.few[y][x] else ""
            axes.text(x, y, f"{value:g}{sign}" if value else "·", ha="center", va="center", fontsize=8)
    axes.set_ylim(len(chart.rows) - 0.5, -0.5)
    return figure


def _grid(chart: Dots) -> "tuple[Figure, Axes]":
    from matplotlib.figure import Figure

    width = 2.5 + max(0.5 * len(chart.columns), 1)
    figure = Figure(figsize=(width, 0.8 + ROW * max(len(chart.rows), 1)))
    axes = figure.subplots()
    turned = len(chart.columns) > 6 or any(len(name) > 10 for name in chart.columns)
    names = [_short(name, 24) for name in chart.columns]
    axes.set_xticks(range(len(names)), names, rotation=60 if turned else 0, ha="left" if turned else "center")
    axes.xaxis.tick_top()
    axes.set_yticks(range(len(chart.rows)), [_short(row) for row in chart.rows])
    axes.set_xlim(-0.6, max(len(names), 1) - 0.4)
    _bare(axes, keep=())
    return figure, axes


def _network(chart: Network) -> "Figure":
    import networkx as nx
    from matplotlib.figure import Figure

    graph: Any = nx.Graph()
    graph.add_nodes_from(range(len(chart.things)))
    graph.add_weighted_edges_from(chart.ties)
    figure = Figure(figsize=(9, 6.2))
    axes = figure.subplots()
    axes.set_axis_off()
    axes.margins(0.08)
    if not chart.things:
        return figure
    places = _packed(graph)
    most_tie = max([5.0, *(strength for *_, strength in chart.ties)])
    most = max([*chart.sizes, 1])
    for one, other, strength in chart.ties:
        (x, y), (to_x, to_y) = places[one], places[other]
        share = strength / most_tie
        axes.plot([x, to_x], [y, to_y], color=INK, alpha=0.1 + 0.35 * share, linewidth=0.6 + 5 * share, zorder=1)
    points = [places[number] for number in range(len(chart.things))]
    areas = [30 + 420 * size / most for size in chart.sizes]
    axes.scatter(
        [x for x, _ in points], [y for _, y in points], s=areas, facecolors=INK, alpha=SOFT, linewidths=0, zorder=2
    )
    for (x, y), name, area in zip(points, chart.things, areas, strict=True):
        lift = area**0.5 / 2 + 2
        axes.annotate(
            name, (x, y), xytext=(0, lift), textcoords="offset points", ha="center", va="bottom", fontsize=8, zorder=3
        )
    return figure


def _packed(graph: Any) -> dict[int, tuple[float, float]]:
    """Where things stand: what hangs together is laid out by itself, and the parts in rows, the largest first."""
    import networkx as nx

    parts = sorted(nx.connected_components(graph), key=lambda part: (-len(part), min(part)))
    sides = [1.0 if len(part) == 1 else 1.7 * len(part) ** 0.5 for part in parts]
    width = max(sides[0], 1.2 * sum(side**2 for side in sides) ** 0.5)
    places: dict[int, tuple[float, float]] = {}
    x = y = row = 0.0
    for part, side in zip(parts, sides, strict=True):
        if x > 0 and x + side > width:
            x, y, row = 0.0, y + row, 0.0
        center = (x + side / 2, -(y + side / 2))
        # Not by order of a set: the same drawing every time.
        alone: Any = nx.Graph(graph.subgraph(sorted(part)))
        apart, reach = 3.2 / len(part) ** 0.5, side * 0.4
        laid = nx.spring_layout(alone, seed=SEED, k=apart, iterations=200, weight=None, center=center, scale=reach)
        places |= {thing: (float(at[0]), float(at[1])) for thing, at in laid.items()}
        x, row = x + side, max(row, side)
    return places


def _curve(chart: Curve) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.8))
    axes = figure.subplots()
    place = range(len(chart.steps))
    axes.bar(place, chart.added, width=0.7, color=INK, alpha=FAINT * 2, linewidth=0)
    axes.plot(place, chart.reached, color=INK, linewidth=1.4, marker="o", markersize=3)
    for x, (added, reached) in enumerate(zip(chart.added, chart.reached, strict=True)):
        axes.annotate(f"{reached}", (x, reached), xytext=(0, 5), textcoords="offset points", ha="center", fontsize=7)
        if added:
            axes.annotate(f"+{added}", (x, 0), xytext=(0, 2), textcoords="offset points", ha="center", fontsize=7)
    if chart.at is not None:
        axes.axvline(chart.at - 0.5, color=INK, linewidth=0.8, linestyle=(0, (3, 3)))
        axes.annotate(
            chart.mark, (chart.at - 0.5, 0.03), xycoords=("data", "axes fraction"), xytext=(4, 14),
            textcoords="offset points", fontsize=8,
        )  # fmt: skip
    names = [_short(step, 22) for step in chart.steps]
    axes.set_xticks(place, names, rotation=60, ha="right", rotation_mode="anchor", fontsize=7.5)
    axes.set_xlabel(chart.axes[0])
    axes.set_ylabel(chart.axes[1])
    axes.set_ylim(0, max([*chart.reached, 1]) * 1.15)
    _bare(axes, keep=("left", "bottom"))
    return figure


def _bare(axes: "Axes", keep: Sequence[str]) -> None:
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(side in keep)
    axes.tick_params(length=0)


def _short(label: str, longest: int = LONGEST_LABEL) -> str:
    return label if len(label) <= longest else label[: longest - 1].rstrip() + "…"
