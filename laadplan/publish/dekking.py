"""From where a pole is within the walking norm, before and after the plan: dekking.png and the maps on the page.

In: `MapFrames` in RD New, config. Out: PNGs without date or name of a program; equal input gives equal bytes. Existing
poles are triangles and new ones circles, so that a map also holds in grey.
"""

from datetime import date
from pathlib import Path
from textwrap import fill
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from shapely.geometry.base import BaseGeometry

from laadplan.config.project import Publication, Walking
from laadplan.config.sources import Sources
from laadplan.contracts.dutch import NBSP, day, is_known, number, percent, short_number
from laadplan.publish.about import source_line, walk_line
from laadplan.publish.areamaps import draw_frame, map_chart, view_of
from laadplan.publish.charts import LOOK
from laadplan.publish.ground import CLASSES
from laadplan.publish.palette import CATEGORIES, GROUND, MARKS, REASON_MARKS
from laadplan.publish.pen import INK, MARKERS, QUIET, draw_area
from laadplan.publish.plan_frames import MapFrames, PlanFrames
from laadplan.publish.vraag_map import Ground, ground_in, png_of

Drawn = dict[str, BaseGeometry]
"""Ground as it is drawn: a shape per class, in RD New."""

SIZE_PX, DPI = (1600, 900), 100
STATES = ("nu", "na plan")
TITLES = {"nu": "Nu", "na plan": "Na uitvoering van het plan"}
BOXES = {"nu": (0.02, 0.13, 0.475, 0.70), "na plan": (0.505, 0.13, 0.475, 0.70)}
"""Places of the maps, as shares of the picture: left, bottom, width, height."""

WASHES = {"nu": 0.38, "na plan": 0.7}
"""Strength of the colour of what is covered: the ground shows through, and what comes new stands out."""

ADDED = "Erbij door het plan"
"""What the colour of the plan means where coverage of now lies beneath it."""

POLE_COLOURS = {"laadpalen": MARKS["laadpalen"].line, "voorkeurslocaties": "#00385a"}
"""Colours of poles: darker than what they cover."""

LETTERS_PER_LINE = 205
"""Letters of the small type that fit within the margins of the picture."""

MANY_POLES = 100
"""With more poles than this their signs are drawn small."""

PAGE_PX = 1200
"""Width of a map on the page, in pixels: up to twice that of its place, for sharp screens."""

LARGEST_PT2, SMALLEST_PT2 = 130.0, 5.0
"""Area of the sign of the most unserved demand and of the least, in points squared."""


def write_coverage_map(
    target: Path,
    frames: MapFrames,
    *,
    ground: Ground | None,
    walking: Walking,
    publication: Publication,
    sources: Sources,
    today: date,
    walk: str | None = None,
) -> None:
    """Writes the picture: coverage now and after the plan side by side.

    Parameters
    ----------
    target
        PNG file to write, 1600 by 900 pixels.
    frames, ground
        RD New; the ground as its contracts say, or None.
    walking, publication, sources, today
        What is printed.
    walk
        How walking was taken, as `laadplan.publish.about.walk_line` says it; None: estimated.
    """
    with rc_context(LOOK):
        figure = Figure(figsize=(SIZE_PX[0] / DPI, SIZE_PX[1] / DPI), dpi=DPI, facecolor="white")
        canvas = FigureCanvasAgg(figure)
        _write_texts(figure, frames, walking, publication, sources, today, walk or walk_line(walking))
        _, _, wide, high = BOXES["nu"]
        view = _fitted(_view(frames), (wide * SIZE_PX[0]) / (high * SIZE_PX[1]))
        drawn = ground_in(ground, view)
        for state, box in BOXES.items():
            chart = map_chart(figure, box, view)
            chart.set_title(_title(frames, state), fontsize=14, weight="bold", color=INK, loc="left", pad=6)
            _draw_ground(chart, frames, drawn)
            _draw_covered(chart, frames, state)
            draw_frame(chart, px_m=(view[2] - view[0]) / (box[2] * SIZE_PX[0] * 72 / DPI))
        _draw_legend(figure)
        canvas.draw()
        target.write_bytes(png_of(canvas))


def ground_on_page(frames: MapFrames, ground: Ground | None) -> Drawn | None:
    """The ground beneath the maps on the page, which all show the same; None where none is drawn."""
    return ground_in(ground, _view(frames))


def coverage_map(frames: MapFrames, drawn: Drawn | None, state: str) -> bytes:
    """A PNG of the coverage in one state (``nu`` or ``na plan``), for the page, on what `ground_on_page` gives."""
    return _page_map(frames, drawn, lambda chart: _draw_covered(chart, frames, state))


def unserved_map(frames: PlanFrames, drawn: Drawn | None) -> bytes:
    """A PNG of the demand points that stay unserved, by reason, for the page; the larger, the more is unserved.

    ``drawn`` is what `ground_on_page` gives.
    """

    def draw(chart: Axes) -> None:
        rows = frames.unserved.join(frames.clusters["geometry"], how="inner").sort_index()
        most = float(rows["unserved_kwh_year"].max()) if len(rows) else 1.0
        for height, (reason, mark) in enumerate(reversed(REASON_MARKS.items())):
            own = gpd.GeoDataFrame(rows[rows["reason"] == reason])
            sizes = np.maximum(LARGEST_PT2 * own["unserved_kwh_year"].to_numpy() / most, SMALLEST_PT2)
            look: dict[str, Any] = {"marker": MARKERS[mark.shape], "zorder": 10 + height, "linewidths": 0.5}
            look |= {"color": mark.fill} if mark.shape == "cross" else {"color": mark.fill, "edgecolors": mark.line}
            if mark.shape == "cross":
                look["linewidths"] = 1.6
            chart.scatter(own.geometry.x, own.geometry.y, s=sizes, alpha=0.85, **look)

    return _page_map(frames, drawn, draw)


# --- one map ----------------------------------------------------------------------------------------------------------


def _page_map(frames: MapFrames, drawn: Drawn | None, draw: Any) -> bytes:
    view = _view(frames)
    with rc_context(LOOK):
        height = PAGE_PX * (view[3] - view[1]) / (view[2] - view[0])
        figure = Figure(figsize=(PAGE_PX / 160, height / 160), dpi=160, facecolor="white")
        canvas = FigureCanvasAgg(figure)
        chart = map_chart(figure, (0, 0, 1, 1), view)
        _draw_ground(chart, frames, drawn)
        draw(chart)
        draw_frame(chart, px_m=(view[2] - view[0]) / (PAGE_PX * 72 / 160))
        canvas.draw()
        return png_of(canvas)


def _draw_ground(chart: Axes, frames: MapFrames, drawn: Drawn | None) -> None:
    for height, name in enumerate(CLASSES if drawn else ()):
        assert drawn is not None
        line = {"pand": "#bfb7a8", "rijbaan": "#cfc7b8"}.get(name, "none")
        draw_area(chart, drawn[name], facecolor=GROUND[name], edgecolor=line, linewidth=0.3, zorder=height)
    for shape in frames.balances.sort_index().geometry:
        draw_area(chart, shape, facecolor="none", edgecolor=MARKS["buurten"].line, linewidth=0.7, zorder=6)


def _draw_covered(chart: Axes, frames: MapFrames, state: str) -> None:
    """What is covered in this state, and the poles by which it is."""
    already, after = (_shape(frames, each) for each in STATES)
    parts = {"nu": already} if state == STATES[0] else {"nu": already, "na plan": after.difference(already)}
    for name, shape in parts.items():
        mark = CATEGORIES["dekking"][1][name]
        draw_area(chart, shape, facecolor=mark.fill, edgecolor="none", alpha=WASHES[name], zorder=7)
        draw_area(chart, shape, facecolor="none", edgecolor=mark.line, linewidth=0.5, zorder=8)
    few = len(frames.chosen) + len(frames.charge_points) <= MANY_POLES
    poles = {"laadpalen": frames.charge_points, "voorkeurslocaties": frames.chosen if state == STATES[1] else None}
    for name, places in poles.items():
        if places is not None and len(places):
            mark, ordered = MARKS[name], places.sort_index()
            look: dict[str, Any] = {"marker": MARKERS[mark.shape], "s": 34 if few else 12, "zorder": 10}
            look |= {"color": POLE_COLOURS[name], "edgecolors": "white", "linewidths": 0.7 if few else 0.35}
            chart.scatter(ordered.geometry.x, ordered.geometry.y, **look)


def _shape(frames: MapFrames, state: str) -> BaseGeometry:
    """What is covered in a state; empty where nothing is."""
    own = frames.isochrones[frames.isochrones["toestand"] == state].sort_index()
    return own.geometry.union_all() if len(own) else shapely.Polygon()


def _view(frames: MapFrames) -> tuple[float, float, float, float]:
    """What the maps show: the demand points and the new sites, wherever there are any."""
    parts = [frames.clusters[["geometry"]], frames.chosen[["geometry"]]]
    filled = [part for part in parts if len(part)]
    return view_of(gpd.GeoDataFrame(pd.concat(filled)) if filled else frames.balances)


def _fitted(view: tuple[float, float, float, float], form: float) -> tuple[float, float, float, float]:
    """The view widened to a form (width over height)."""
    west, south, east, north = view
    wide, high = max(east - west, (north - south) * form), max(north - south, (east - west) / form)
    x, y = (west + east) / 2, (south + north) / 2
    return x - wide / 2, y - high / 2, x + wide / 2, y + high / 2


def covered_words(frames: MapFrames, state: str) -> str:
    """How many addresses lie within, in words; empty where that is not known."""
    own = frames.isochrones[frames.isochrones["toestand"] == state]["adressen"]
    within = own.max() if len(own) else None
    if within is None or not is_known(within):
        return ""
    total = int(frames.clusters["addresses"].sum())
    share = f" ({percent(float(within) / total)})" if total else ""
    return f"{number(within)} van de {number(total)} adressen{share}"


# --- words ------------------------------------------------------------------------------------------------------------


def _title(frames: MapFrames, state: str) -> str:
    words = covered_words(frames, state)
    return f"{TITLES[state]}: {words}" if words else TITLES[state]


def _draw_legend(figure: Figure) -> None:
    marks = CATEGORIES["dekking"][1]
    handles: list[Any] = [
        Patch(facecolor=mark.fill, edgecolor=mark.line, alpha=WASHES[name], label=label)
        for (name, mark), label in zip(marks.items(), (marks["nu"].label, ADDED), strict=True)
    ]
    for name, label in (("laadpalen", "Bestaande laadlocatie"), ("voorkeurslocaties", "Nieuwe laadlocatie")):
        mark = MARKS[name]
        look: dict[str, Any] = {"marker": MARKERS[mark.shape], "color": POLE_COLOURS[name], "markersize": 9}
        look["linestyle"] = "none"
        handles.append(Line2D([], [], label=label, **look))
    figure.legend(handles=handles, loc="lower left", bbox_to_anchor=(0.015, 0.068), ncols=4, frameon=False, fontsize=11)


def _write_texts(
    figure: Figure,
    frames: MapFrames,
    walking: Walking,
    publication: Publication,
    sources: Sources,
    today: date,
    walk: str,
) -> None:
    figure.add_artist(Rectangle((0, 0.99), 1, 0.01, color=MARKS["voorkeurslocaties"].fill))
    norm = f"{short_number(walking.norm_m)}{NBSP}m"
    place = f"Gemeente {publication.municipality}, " if publication.municipality else ""
    head: dict[str, Any] = {"fontsize": 22, "weight": "bold", "color": INK, "va": "center"}
    figure.text(0.02, 0.95, f"Waar is een laadpaal binnen {norm} lopen?", **head)
    full = "Of er plaats is, zegt de kaart niet: een paal kan vol zijn."
    figure.text(0.02, 0.91, f"{place}{day(today)}. {full}", fontsize=12, color=QUIET, va="center")
    figure.text(0.98, 0.95, publication.disclaimer, fontsize=11, color="#7a4d00", va="center", ha="right")
    line = fill(f"{walk} Bronnen: {source_line(sources)}. Gemaakt met laadplan.", LETTERS_PER_LINE)
    figure.text(0.02, 0.035, line, fontsize=9, color=QUIET, va="center")
