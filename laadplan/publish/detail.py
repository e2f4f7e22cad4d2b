"""The map detail of a dossier: the street around a site, as an SVG picture.

In: frames in RD New and the letters of the alternatives. Out: SVG text; equal input gives equal text.
"""

import re
from collections.abc import Mapping
from io import StringIO
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from laadplan.publish.palette import GROUND, MARKS

HALF_WIDTH_M = 26.0
"""Half the width of the view, in m: a street of about fifty metres, 1:600 on paper."""

MM_PER_INCH = 25.4
LOOK: dict[Any, Any] = {
    "svg.hashsalt": "laadplan",
    "svg.fonttype": "none",
    "font.family": ["DejaVu Sans"],
    "text.parse_math": False,
}


def draw_detail(
    site: str,
    *,
    candidates: gpd.GeoDataFrame,
    bays: gpd.GeoDataFrame,
    letters: Mapping[str, str],
    size_mm: tuple[float, float],
    layers: Mapping[str, gpd.GeoDataFrame | None],
) -> str:
    """The street around a site: ground, bays, the pole and the letters of the alternatives that lie in view.

    Parameters
    ----------
    layers
        ``road_parts``, ``terrain``, ``buildings``, ``addresses``; None where not delivered.
    size_mm
        Width and height of the picture.
    """
    pole: Any = candidates.geometry.loc[site]
    high = HALF_WIDTH_M * size_mm[1] / size_mm[0]
    view = shapely.box(pole.x - HALF_WIDTH_M, pole.y - high, pole.x + HALF_WIDTH_M, pole.y + high)
    with rc_context(LOOK):
        figure = Figure(figsize=(size_mm[0] / MM_PER_INCH, size_mm[1] / MM_PER_INCH), facecolor="white")
        FigureCanvasSVG(figure)
        chart = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        chart.set_xlim(view.bounds[0], view.bounds[2])
        chart.set_ylim(view.bounds[1], view.bounds[3])
        chart.set_axis_off()
        _draw(chart, view, site, candidates, bays, letters, layers)
        made = StringIO()
        figure.savefig(made, format="svg", metadata={"Date": None, "Creator": None})
    return re.sub(r"^<\?xml.*?<svg", "<svg", made.getvalue(), flags=re.DOTALL)


def _draw(
    chart: Axes,
    view: shapely.Polygon,
    site: str,
    candidates: gpd.GeoDataFrame,
    bays: gpd.GeoDataFrame,
    letters: Mapping[str, str],
    layers: Mapping[str, gpd.GeoDataFrame | None],
) -> None:
    chart.set_facecolor("white")
    _fill(chart, layers.get("terrain"), view, GROUND["groen"])
    parts = layers.get("road_parts")
    if parts is not None:
        _fill(chart, parts, view, GROUND["voetpad"])
        _fill(chart, parts[parts["function"].astype("str").str.startswith("rijbaan")], view, "#ffffff")
    _fill(chart, layers.get("buildings"), view, GROUND["pand"])
    own = str(candidates.loc[site, "bay_ids"]).split(" ")
    _fill(chart, bays, view, "#ffffff", edge="#888888")
    _fill(chart, bays[bays.index.isin(own)], view, MARKS["vakken"].fill, edge=MARKS["vakken"].line)
    _name_houses(chart, layers.get("addresses"), view)
    pole: Any = candidates.geometry.loc[site]
    chart.plot(pole.x, pole.y, marker="D", markersize=5, color="black", markeredgecolor="white")
    for name, letter in letters.items():
        place: Any = candidates.geometry.loc[name]
        if view.contains(place):
            chart.text(place.x, place.y, letter, fontsize=8, fontweight="bold", ha="center", va="center")
    west, south = view.bounds[:2]
    chart.plot([west + 2, west + 12], [south + 2, south + 2], color="black", linewidth=2, solid_capstyle="butt")
    chart.text(west + 7, south + 2.6, "10 m", fontsize=6.5, ha="center")


def _fill(
    chart: Axes, rows: gpd.GeoDataFrame | None, view: shapely.Polygon, colour: str, edge: str = "#cfcabf"
) -> None:
    if rows is None or rows.empty:
        return
    near = rows[rows.intersects(view)].sort_index()
    shapes = shapely.intersection(np.asarray(near.geometry), view)
    for shape in shapely.get_parts(shapes):
        if shape.geom_type == "Polygon" and not shape.is_empty:
            chart.fill(*shape.exterior.xy, facecolor=colour, edgecolor=edge, linewidth=0.5)


def _name_houses(chart: Axes, addresses: gpd.GeoDataFrame | None, view: shapely.Polygon) -> None:
    if addresses is None:
        return
    near = addresses[addresses.within(view)].sort_index()
    for x, y, name in zip(near.geometry.x, near.geometry.y, near["house_number"], strict=True):
        chart.text(x, y, name, fontsize=5.5, ha="center", va="center", color="#4d5963")
