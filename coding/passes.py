"""One coder's two passes over the same sources, as an audit wants them: the passes are its two raters."""

import numpy as np

from coding.agreement.ratings import BoolArray
from coding.agreement.spans import Spans
from coding.audit_material import Material

PASSES = ("earlier", "later")


def passes_of(coder: str, earlier: Material, later: Material) -> Material:
    """What a coder applied in the earlier and in the later of two sets of readings.

    Parameters
    ----------
    coder : str
        An id among the coders of both.
    earlier, later : Material
        Of the same sources in the same order, with the same turns and unit.

    Returns
    -------
    Material
        Its coders are `PASSES`; a source counts where the coder finished both, a code where both codebooks had it.
    """
    codes = tuple(sorted({*earlier.codes, *later.codes}))
    spans, finished, available = [], [], []
    for place, material in enumerate((earlier, later)):
        column = material.coders.index(coder)
        spans.append(_moved(material, column, place, codes))
        finished.append(material.finished[:, column])
        available.append(_placed(material, column, codes))
    both = finished[0] & finished[1]
    return Material(
        unit=earlier.unit,
        sources=earlier.sources,
        coders=PASSES,
        codes=codes,
        turns=earlier.turns,
        spans=Spans(*(np.concatenate([getattr(one, name) for one in spans]) for name in _ARRAYS)),
        finished=np.column_stack([both, both]),
        available=np.stack(available, axis=1),
    )


_ARRAYS = ("source", "coder", "code", "start", "end")


def _moved(material: Material, column: int, place: int, codes: tuple[str, ...]) -> Spans:
    own = material.spans.chosen(material.spans.coder == column)
    at = np.array([codes.index(code) for code in material.codes], dtype=np.int64)
    return Spans(own.source, np.full_like(own.coder, place), at[own.code], own.start, own.end)


def _placed(material: Material, column: int, codes: tuple[str, ...]) -> BoolArray:
    able = np.zeros((len(material.sources), len(codes)), dtype=np.bool_)
    for place, code in enumerate(material.codes):
        able[:, codes.index(code)] = material.available[:, column, place]
    return able
