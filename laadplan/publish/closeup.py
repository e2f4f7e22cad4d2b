"""A street seen from above at about 1:250 to 1:500: ground, bays, poles with their verdict, and what stands there.

In: frames in RD New and a box. Out: the bytes of an SVG or a PNG, drawn to scale; equal input gives equal bytes. It
takes public frames only: no cable and no grid point has a way in.
"""

import io
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import shapely
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from laadplan.errors import BadInput
from laadplan.publish.closeup_ground import draw_street_ground, ground_signs
from laadplan.publish.closeup_plan import draw_plan, plan_signs
from laadplan.publish.closeup_side import LINE_MM, draw_north, draw_scale, legend_rows, write_legend
from laadplan.publish.pen import LINE
from laadplan.publish.street import Street

__all__ = ["Street", "closeup_view", "draw_closeup"]

MM_PER_INCH = 25.4
DPI = 200
"""Pixels per inch of a PNG: a sharp print at the size asked for."""

VIEW_REACH_M = 28.0
"""Ground shown on every side of a site (m): some five houses either way."""

VIEW_MOST_M = 80.0
"""Widest half of a view (m): beyond it bays cannot be told apart on half a page; what lies further is pointed at."""

LEGEND_SHARE = 0.4
"""Largest part of the picture that the legend may take."""

LOOK: dict[Any, Any] = {
    "font.family": ["DejaVu Sans", "sans-serif"],
    "font.size": 6,
    "svg.fonttype": "none",
    "svg.hashsalt": "laadplan",
    "path.simplify": False,
    "text.parse_math": False,
}


def draw_closeup(
    street: Street,
    view: shapely.Polygon,
    *,
    site: str | None,
    alternatives: Mapping[str, str] | None = None,
    kind: Literal["svg", "png"],
    width_mm: float,
    height_mm: float,
) -> bytes:
    """The picture as an SVG or PNG file of the size asked for, legend included.

    Parameters
    ----------
    street
        What to draw.
    view
        Box (m RD) that must be seen; it grows one way to fill the picture.
    site
        ``locatie_id`` that stands out, with its bays filled; None: none does.
    alternatives
        ``locatie_id`` of other sites to the letter they are marked with. One outside the view is pointed at from
        the edge, with its distance from the site.
    width_mm, height_mm
        Size on paper.

    Raises
    ------
    BadInput
        The site or an alternative is no candidate.
    """
    letters = dict(alternatives or {})
    unknown = [name for name in [*([site] if site else []), *letters] if name not in street.candidates.index]
    if unknown:
        raise BadInput(f"No candidate is called {', '.join(unknown)}.", todo="Take ids from the layer kandidaten.")
    near = street.within(_grown(_grown(view, width_mm, height_mm), width_mm, height_mm * (1 - LEGEND_SHARE)))
    rows = legend_rows([*plan_signs(near, site, letters), *ground_signs(near)], width_mm)
    map_mm = height_mm - min(len(rows) * LINE_MM + 1, LEGEND_SHARE * height_mm)
    shown = _grown(view, width_mm, map_mm)
    seen = street.within(shown)
    with rc_context(LOOK):
        figure = Figure(figsize=(width_mm / MM_PER_INCH, height_mm / MM_PER_INCH), dpi=DPI, facecolor="white")
        chart = _empty_chart(figure, shown, map_mm / height_mm)
        draw_street_ground(chart, seen, shown)
        draw_plan(chart, seen, shown, site, letters, street.candidates)
        draw_scale(chart, shown, width_mm)
        draw_north(chart, width_mm, map_mm)
        legend = legend_rows([*plan_signs(seen, site, letters), *ground_signs(seen)], width_mm)
        write_legend(figure, legend, width_mm, height_mm, map_mm)
        return _file(figure, kind)


def closeup_view(
    candidates: gpd.GeoDataFrame, locatie_id: str, *, also: Sequence[str] = (), reach_m: float = VIEW_REACH_M
) -> shapely.Polygon:
    """A sensible box (m RD) around a site, wide enough for those of ``also`` that lie near enough to be drawn.

    Raises
    ------
    BadInput
        There is no such candidate.
    """
    if locatie_id not in candidates.index:
        raise BadInput(f"No candidate is called {locatie_id}.", todo="Take ids from the layer kandidaten.")
    middle = shapely.get_coordinates(candidates.geometry.loc[locatie_id])[0]
    others = shapely.get_coordinates(np.asarray(candidates.geometry.loc[list(also)]))
    near = others[np.abs(others - middle).max(axis=1) <= VIEW_MOST_M - reach_m / 2] if len(others) else others
    corners = np.concatenate([[middle - reach_m, middle + reach_m], near - reach_m / 2, near + reach_m / 2])
    return shapely.box(*corners.min(axis=0), *corners.max(axis=0))


def _grown(view: shapely.Polygon, width_mm: float, height_mm: float) -> shapely.Polygon:
    """The view, grown around its middle to the shape of the paper."""
    west, south, east, north = view.bounds
    height = max(north - south, (east - west) * height_mm / width_mm)
    width = height * width_mm / height_mm
    x, y = (west + east) / 2, (south + north) / 2
    return shapely.box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _empty_chart(figure: Figure, view: shapely.Polygon, share: float) -> Axes:
    chart = figure.add_axes((0, 1 - share, 1, share), facecolor="#faf9f6")
    west, south, east, north = view.bounds
    chart.set(xlim=(west, east), ylim=(south, north), xticks=[], yticks=[])
    for side in chart.spines.values():
        side.set(color=LINE, linewidth=0.8)
    return chart


def _file(figure: Figure, kind: Literal["svg", "png"]) -> bytes:
    """The picture without a date or the name of a program."""
    held = io.BytesIO()
    if kind == "svg":
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        FigureCanvasSVG(figure).print_svg(held, metadata=nothing)
    else:
        FigureCanvasAgg(figure).print_png(held, metadata={"Software": None})
    return held.getvalue()
