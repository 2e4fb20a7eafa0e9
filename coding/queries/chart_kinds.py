"""The charts there are, by the name they have in addresses."""

from collections.abc import Callable

from coding.queries.chart_data import ChartData, frequencies, network, over_time, saturation_curve
from coding.queries.matrices import Asked
from coding.queries.words import word_frequencies
from observations.access import Viewer, nothing_here

CHARTS: dict[str, Callable[[Viewer, Asked], ChartData]] = {
    "frequencies": frequencies,
    "network": network,
    "time": over_time,
    "saturation": saturation_curve,
    "words": word_frequencies,
}


def chart_of(viewer: Viewer, kind: str, asked: Asked) -> ChartData:
    """A chart's drawing and table. Raises Missing for a kind that is not there."""
    if kind not in CHARTS:
        raise nothing_here()
    return CHARTS[kind](viewer, asked)
