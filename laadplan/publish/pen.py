"""How pictures are drawn: colours of text, signs of matplotlib, shapes of shapely.

In: shapes in RD New. Out: patches on a chart.
"""

from collections.abc import Iterable
from typing import Any

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
    """Draws the polygons of a shape, holes left open; ``look`` as matplotlib's patches take it."""
    polygons = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon" and not part.is_empty]
    if polygons:
        outline = Outline.make_compound_path(*[_outline(ring) for polygon in polygons for ring in _rings(polygon)])
        chart.add_patch(PathPatch(outline, **look))


def draw_text(chart: Axes, x: float, y: float, words: str, *, rim: float, zorder: float, **look: Any) -> None:
    """Writes words with a bright rim of so many points, so that they can be read on any ground.

    In an SVG the rim is drawn as outlines; the words above it stay text that can be searched and copied.
    """
    edge = [Stroke(linewidth=rim, foreground="white", alpha=0.85)]
    chart.text(x, y, words, path_effects=edge, zorder=zorder, clip_on=True, **look)
    chart.text(x, y, words, zorder=zorder, clip_on=True, **look)


def _rings(polygon: shapely.Polygon) -> Iterable[BaseGeometry]:
    """Outer ring anticlockwise, holes clockwise, as filling asks."""
    turned = shapely.orient_polygons(polygon)
    return [turned.exterior, *turned.interiors]


def _outline(ring: BaseGeometry) -> Outline:
    return Outline(shapely.get_coordinates(ring), closed=True)
