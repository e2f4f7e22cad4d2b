"""How pictures are drawn: colours of text, signs of matplotlib, shapes of shapely.

In: shapes in RD New. Out: patches on a chart.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from matplotlib.patheffects import Stroke
from shapely.geometry.base import BaseGeometry

INK, QUIET, LINE, PAPER = "#1f2a33", "#5a6670", "#d9d6cf", "#f8f6f1"
"""Colours of text, of quiet text, of lines and of bare ground."""

MARKERS = {"circle": "o", "square": "s", "triangle": "^", "cross": "x", "diamond": "D"}
"""Shape in the palette to the sign of matplotlib."""

WHITE_SPOT_LOOKS: dict[str, dict[str, Any]] = {
    "nu": {"wash": 0.10, "line": {"linewidth": 0.9, "linestyle": (0, (2, 2))}},
    "na plan": {"wash": 0.16, "line": {"linewidth": 0.9, "hatch": "////"}},
}
"""State of a white spot to the strength of its colour and the look of its outline; the second lies over the first."""


def draw_area(chart: Axes, shape: BaseGeometry, **look: Any) -> None:
    """Draws the polygons of a shape, holes left open; ``look`` as matplotlib's patches take it.

    The limits of the chart do not follow it: to look for its extremes costs more than to draw it.
    """
    parts = shapely.get_parts(shape)
    polygons = parts[(shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(parts)]
    if len(polygons):
        rings = shapely.get_rings(
            shapely.orient_polygons(polygons)
        )  # outer anticlockwise, holes clockwise: for filling
        chart.add_artist(PathPatch(_outline(rings), **look))


def draw_text(chart: Axes, x: float, y: float, words: str, *, rim: float, zorder: float, **look: Any) -> None:
    """Writes words with a bright rim of so many points, so that they can be read on any ground.

    In an SVG the rim is drawn as outlines; the words above it stay text that can be searched and copied.
    """
    edge = [Stroke(linewidth=rim, foreground="white", alpha=0.85)]
    chart.text(x, y, words, path_effects=edge, zorder=zorder, clip_on=True, **look)
    chart.text(x, y, words, zorder=zorder, clip_on=True, **look)


def _outline(rings: npt.NDArray[np.object_]) -> Outline:
    """One outline of all rings, each closed on itself."""
    ends = np.cumsum(shapely.get_num_coordinates(rings))
    codes = np.full(ends[-1], Outline.LINETO, dtype=Outline.code_type)
    codes[np.append(0, ends[:-1])] = Outline.MOVETO
    codes[ends - 1] = Outline.CLOSEPOLY
    return Outline(shapely.get_coordinates(rings), codes)
