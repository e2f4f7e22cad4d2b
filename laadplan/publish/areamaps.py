"""Maps of areas by class: how much per buurt, which level, which squares fall short.

In: shapes in RD New and a class per shape. Out: drawings on a chart, or an SVG that stands in a page. The classes are
shared by all maps that are to be compared; an area without a figure is hatched, never left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor, log10
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from shapely.geometry.base import BaseGeometry

from laadplan.contracts.dutch import figures, number, short_number
from laadplan.publish.charts import LOOK, empty_figure, inline
from laadplan.publish.page import Html, tag
from laadplan.publish.palette import NO_FIGURE, Mark
from laadplan.publish.pen import INK, MARKERS, PAPER, draw_area
from laadplan.publish.symbols import sign

MAP_PX = 390.0
"""Width of one map on a page, in pixels."""

TALLEST, FLATTEST = 1.25, 0.6
"""Height of a map over its width: at most and at least."""

MARGIN_SHARE = 0.03
"""Room around the shapes, as a share of their longest side."""

DETAIL_PX = 0.4
"""Largest distance between a shape as drawn and as it is, in pixels."""

NAME_SIZES = (8.5, 7.0)
"""Sizes in which a name is tried to fit in its area, in pixels."""

SIGN_PX = 9.0
"""Size of a sign in an area, in pixels."""

LETTER_SHARE = 0.58
"""Mean width of a letter over its size (DejaVu Sans)."""

SCALE_STEPS_M = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000)
HATCHES = {"hatch": "////", "dots": "....", "cross": "xxx"}
"""Shape in the palette to the hatch of matplotlib."""


@dataclass(frozen=True)
class Classes:
    """Bounds between classes, from low to high, and the look of each class: one more than there are bounds."""

    bounds: tuple[float, ...]
    marks: tuple[Mark, ...]

    def of(self, values: pd.Series) -> pd.Series:
        """The place of each value's class; -1 without a value. A value on a bound belongs to the higher class."""
        places = np.searchsorted(np.array(self.bounds), values.to_numpy(dtype=float), side="right")
        return pd.Series(np.where(values.isna(), -1, places), index=values.index)

    def look(self, place: int) -> Mark:
        """The look of a class; of -1 that of no figure."""
        return self.marks[place] if place >= 0 else NO_FIGURE


def rising_classes(values: pd.Series, colours: Sequence[str], unit: str) -> Classes:
    """Classes that hold about equally many of the values, with round bounds.

    >>> rising_classes(pd.Series([0.0, 12.0, 31.0, 58.0, 95.0]), ["white", "grey", "black"], "MWh").bounds
    (20.0, 50.0)
    """
    known = values.dropna().to_numpy(dtype=float)
    shares = np.linspace(0, 1, len(colours) + 1)[1:-1]
    wanted = np.quantile(known, shares) if known.size else np.array([])
    bounds = tuple(sorted({_rounded(bound) for bound in wanted if bound > 0}))
    chosen = [colours[round(place)] for place in np.linspace(0, len(colours) - 1, len(bounds) + 1)]
    return Classes(bounds, _marks(bounds, chosen, unit))


def opposite_classes(values: pd.Series, colours: Sequence[str], unit: str) -> Classes:
    """Classes of differences, alike on both sides of nil; the middle one is about nil."""
    known = values.dropna().abs()
    most = _rounded(float(known.quantile(0.8))) if len(known) else 0.0
    sides = len(colours) // 2
    steps = [most * step for step in np.array([0.1, 0.4, 1.0, 2.5])[:sides]] if most else [1.0, 2.0, 3.0][:sides]
    bounds = tuple(float(bound) for bound in [*[-step for step in reversed(steps)], *steps])
    return Classes(bounds, _marks(bounds, colours, unit))


def map_of_classes(
    name: str,
    title: str,
    shapes: gpd.GeoDataFrame,
    values: pd.Series,
    classes: Classes,
    *,
    width_px: float = MAP_PX,
    decimals: int = 0,
    unit: str = "",
) -> Html:
    """A map of areas by the class of their value, as SVG with the value of each area as its tip.

    Parameters
    ----------
    name, title
        Name of the map, unique on its page; what it shows.
    shapes
        Areas with ``name``, RD New.
    values
        A value per area by its id; an area without is hatched.
    classes
        As `rising_classes` gives them.
    width_px, decimals, unit
        Width on the page; how a value is written.
    """
    ordered = shapes.sort_index()
    own = values.reindex(ordered.index)
    tips = [f"{label}: {number(value, decimals, unit)}" for label, value in zip(ordered["name"], own, strict=True)]
    looks = [classes.look(place) for place in classes.of(own)]
    return _map(name, title, ordered, looks, tips, width_px)


def map_of_marks(
    name: str,
    title: str,
    shapes: gpd.GeoDataFrame,
    words: pd.Series,
    marks: Mapping[str, Mark],
    *,
    tips: Sequence[str] | None = None,
    signs: bool = False,
    width_px: float = 560.0,
) -> Html:
    """A map of areas by a word (a level, an outcome), as SVG; ``shapes`` and ``words`` in the same order.

    With ``signs`` each area also carries the sign of its mark.
    """
    looks = [marks[word] for word in words]
    names = shapes["name"] if "name" in shapes else pd.Series("", index=shapes.index)
    told = tips or [f"{label}: {marks[word].label}" for label, word in zip(names, words, strict=True)]
    return _map(name, title, shapes, looks, told, width_px, signs=signs)


def draw_areas(chart: Axes, shapes: gpd.GeoDataFrame, looks: Sequence[Mark], *, detail_m: float) -> None:
    """Draws areas on a chart in RD New, each in its look; the gid of an area is ``vlak`` and its place."""
    simple = shapely.simplify(shapes.geometry.to_numpy(), detail_m)
    for place, (shape, mark) in enumerate(zip(simple, looks, strict=True)):
        look: dict[str, Any] = {"facecolor": mark.fill, "edgecolor": "#6d7780", "linewidth": 0.5}
        if mark.shape in HATCHES:
            look |= {"hatch": HATCHES[mark.shape], "hatchcolor": mark.line}
        draw_area(chart, shape, gid=f"vlak{place}", **look)


def draw_names(
    chart: Axes, shapes: gpd.GeoDataFrame, looks: Sequence[Mark], *, px_m: float, below_px: float = 0.0
) -> None:
    """Writes the name of each area where it fits within it; ``px_m`` is the size of a pixel in metres.

    ``below_px`` leaves room above it for a sign.
    """
    for (_, area), mark in zip(shapes.iterrows(), looks, strict=True):
        if mark.shape in HATCHES:
            continue
        label = str(area["name"])
        for size in NAME_SIZES:
            width, height = LETTER_SHARE * size * len(label) * px_m, size * px_m
            spot = _room(area.geometry, width, height + 2 * below_px * px_m)
            if spot is not None:
                colour = "#ffffff" if _is_dark(mark.fill) else INK
                x, y = spot
                look: dict[str, Any] = {
                    "fontsize": size,
                    "color": colour,
                    "ha": "center",
                    "va": "center",
                    "clip_on": True,
                }
                chart.text(x, y - below_px * px_m, label, **look)
                break


def draw_frame(chart: Axes, *, px_m: float) -> None:
    """A scale bar at the lower left and an arrow to the north at the upper right of a chart in RD New."""
    (west, east), (south, north) = chart.get_xlim(), chart.get_ylim()
    length = max(step for step in SCALE_STEPS_M if step <= (east - west) / 4 or step == SCALE_STEPS_M[0])
    left, bottom = west + 8 * px_m, south + 8 * px_m
    ends = [left, left, left + length, left + length]
    heights = [bottom + 4 * px_m, bottom, bottom, bottom + 4 * px_m]
    wide = length + 42 * px_m
    paper: dict[str, Any] = {"facecolor": "white", "alpha": 0.8, "linewidth": 0, "zorder": 19}
    chart.add_patch(Rectangle((west + 3 * px_m, south + 3 * px_m), wide, 17 * px_m, **paper))
    chart.plot(ends, heights, color=INK, linewidth=1.2, zorder=20)
    words = number(length / 1000, 0, "km") if length >= 1000 else number(length, 0, "m")
    chart.text(left + length + 5 * px_m, bottom, words, fontsize=8.5, color=INK, va="bottom", zorder=20)
    x, top = east - 14 * px_m, north - 6 * px_m
    chart.fill(
        [x, x + 5 * px_m, x, x - 5 * px_m],
        [top, top - 15 * px_m, top - 11 * px_m, top - 15 * px_m],
        color=INK,
        linewidth=0,
        zorder=20,
    )
    chart.text(x, top - 16 * px_m, "N", fontsize=8.5, weight="bold", color=INK, ha="center", va="top", zorder=20)


def legend(marks: Sequence[Mark], *, title: str = "", signs: bool = False) -> Html:
    """A legend for maps on a page, drawn so that it also prints: a box for each look, or its ``signs`` of points."""
    drawn = sign if signs else swatch
    items = [tag("li", drawn(mark), " ", mark.label) for mark in marks]
    return tag("div", tag("p", title, class_="stil") if title else None, tag("ul", *items), class_="legenda")


def swatch(mark: Mark) -> Html:
    """A small box in the look of an area."""
    lines = {
        "hatch": "M-2 8 L8 -2 M2 14 L16 0 M8 18 L22 4",
        "cross": "M0 0 L20 14 M0 14 L20 0",
        "dots": "M3 4 h1 M9 4 h1 M15 4 h1 M6 8 h1 M12 8 h1 M3 11 h1 M9 11 h1 M15 11 h1",
    }
    pattern = tag("path", d=lines[mark.shape], stroke=mark.line, fill="none") if mark.shape in lines else None
    box = tag("rect", width=20, height=14, fill=mark.fill, stroke="#6d7780")
    return tag("svg", box, pattern, viewBox="0 0 20 14", class_="vakje", aria_hidden="true")


# --- one map ----------------------------------------------------------------------------------------------------------


def _map(
    name: str,
    title: str,
    shapes: gpd.GeoDataFrame,
    looks: Sequence[Mark],
    tips: Sequence[str],
    width_px: float,
    *,
    signs: bool = False,
) -> Html:
    west, south, east, north = view_of(shapes)
    px_m = (east - west) / width_px
    with rc_context(LOOK):
        figure = empty_figure(width_px, (north - south) / px_m)
        chart = map_chart(figure, (0, 0, 1, 1), (west, south, east, north))
        draw_areas(chart, shapes, looks, detail_m=DETAIL_PX * px_m)
        if signs:
            _draw_signs(chart, shapes, looks)
        draw_names(chart, shapes, looks, px_m=px_m, below_px=SIGN_PX + 3 if signs else 0.0)
        draw_frame(chart, px_m=px_m)
        return inline(figure, name, title, tips={f"vlak{place}": words for place, words in enumerate(tips)})


def map_chart(figure: Figure, box: tuple[float, float, float, float], view: tuple[float, float, float, float]) -> Axes:
    """An empty chart in RD New without axes, in a box of the figure (shares of it)."""
    chart: Axes = figure.add_axes(box)
    chart.set(xlim=(view[0], view[2]), ylim=(view[1], view[3]), aspect="equal", facecolor=PAPER)
    chart.set_xticks([])
    chart.set_yticks([])
    chart.spines[:].set_color("#c9c5bb")
    return chart


def view_of(shapes: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    """West, south, east and north of what a map of the shapes shows, in RD New: not too tall and not too flat."""
    bounds = shapes.total_bounds if len(shapes) else np.array([154750.0, 462750.0, 155250.0, 463250.0])
    west, south, east, north = (float(side) for side in bounds)
    margin = MARGIN_SHARE * max(east - west, north - south, 1.0)
    wide, high = east - west + 2 * margin, north - south + 2 * margin
    wide, high = max(wide, high / TALLEST), max(high, wide * FLATTEST)
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    return middle_x - wide / 2, middle_y - high / 2, middle_x + wide / 2, middle_y + high / 2


def _room(shape: BaseGeometry, width: float, height: float) -> tuple[float, float] | None:
    """A place in the shape where a box of that size fits; None where there is none that is easily found."""
    parts: list[shapely.Polygon] = [part for part in shapely.get_parts(shape) if part.area > width * height]
    for part in sorted(parts, key=lambda each: -each.area)[:1]:
        middle = _middle(part)
        for spot in (middle, part.centroid, part.representative_point()):
            box = shapely.box(spot.x - width / 2, spot.y - height / 2, spot.x + width / 2, spot.y + height / 2)
            if shapely.contains(part, box):
                return float(spot.x), float(spot.y)
    return None


def _middle(part: shapely.Polygon) -> shapely.Point:
    """The place in a polygon that is farthest from its edge."""
    size = float(np.sqrt(part.area))
    return shapely.get_point(shapely.maximum_inscribed_circle(part, tolerance=max(size / 50, 0.1)), 0)


def _draw_signs(chart: Axes, shapes: gpd.GeoDataFrame, looks: Sequence[Mark]) -> None:
    for shape, mark in zip(shapes.geometry, looks, strict=True):
        spot = _middle(max(shapely.get_parts(shape), key=lambda part: part.area))
        look: dict[str, Any] = {"color": "#ffffff", "edgecolors": mark.line, "linewidths": 1.0, "zorder": 8}
        chart.scatter(spot.x, spot.y, s=SIGN_PX**2, marker=MARKERS[mark.shape], **look)


def _is_dark(colour: str) -> bool:
    """Whether white letters are read better on it than dark ones (relative luminance, WCAG 2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue < DARK_LUMINANCE


DARK_LUMINANCE = 0.2
"""Below it white has the better contrast against `pen.INK`."""


def _rounded(value: float) -> float:
    """The value to one figure, or to 1.5, 2.5 and the like where that is nearer.

    >>> [_rounded(value) for value in (0.0, 14.0, 23.7, 381.0, 4900.0)]
    [0.0, 15.0, 25.0, 400.0, 5000.0]
    """
    if value <= 0:
        return 0.0
    step = 10.0 ** floor(log10(value))
    return float(min((step * each for each in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)), key=lambda each: abs(each - value)))


def _marks(bounds: Sequence[float], colours: Sequence[str], unit: str) -> tuple[Mark, ...]:
    """The look of each class with its bounds in words."""
    if not bounds:
        return (Mark(f"alle waarden ({unit})", colours[0], INK, "polygon"),)
    words = [f"minder dan {_written(bounds[0])} {unit}"]
    words += [f"{_written(low)} tot {_written(high)} {unit}" for low, high in pairwise(bounds)]
    words.append(f"{_written(bounds[-1])} {unit} of meer")
    return tuple(Mark(label, colour, INK, "polygon") for label, colour in zip(words, colours, strict=True))


def _written(value: float) -> str:
    return short_number(value) if abs(value) < 1000 else figures(value)
