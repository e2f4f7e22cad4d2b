"""Pictures of demand: three years side by side, and the demand points on their ground.

In: frames of demand in RD New, config. Out: PNGs without date or name of a program; equal input gives equal bytes. With
few buurten the demand points are drawn, else the buurten in classes.
"""

from datetime import date
from io import BytesIO
from pathlib import Path
from textwrap import fill
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from PIL import Image
from shapely.geometry.base import BaseGeometry

from laadplan.config.project import Publication
from laadplan.config.scenario import Scenario
from laadplan.config.sources import Sources
from laadplan.contracts.dutch import NBSP, day, figures
from laadplan.publish.about import DEMAND_FROM, source_line
from laadplan.publish.areamaps import (
    HATCHES,
    Classes,
    draw_areas,
    draw_frame,
    draw_names,
    map_chart,
    rising_classes,
    view_of,
)
from laadplan.publish.charts import LOOK
from laadplan.publish.ground import CLASSES, draw_ground
from laadplan.publish.palette import GROUND, MARKS, NO_FIGURE, RISING
from laadplan.publish.pen import INK, QUIET, draw_area
from laadplan.publish.report_frames import DemandFrames, chosen, per_buurt, shown_buurten, shown_years

Ground = dict[str, gpd.GeoDataFrame]
"""The ground by name: ``road_parts``, ``terrain``, ``buildings``."""

SIZE_PX, DPI = (1600, 820), 100
FEW_BUURTEN = 5
"""With fewer buurten than this the picture shows demand points."""

GROUND_WIDEST_M = 5000.0
"""In a wider view the ground of the BGT would be no more than a grey veil: outlines of buurten are drawn instead."""

LARGEST_PT2 = 420.0
"""Area of the sign of the largest demand point in points squared; those of others are in proportion to their energy."""

LETTERS_PER_LINE = 205
"""Letters of the small type that fit within the margins of the picture."""

SMALLEST_PT2 = 3.0
MWH = 1 / 1000
POINT_COLOUR, POINT_LINE = "#0072B2", "#00385a"
PLANNED_COLOUR = "#E69F00"


def write_demand_map(
    target: Path,
    frames: DemandFrames,
    *,
    ground: Ground | None,
    scenario: Scenario,
    publication: Publication,
    sources: Sources,
    today: date,
) -> None:
    """Writes the picture of the first year, the year of the plan and the last year.

    Parameters
    ----------
    target
        PNG file to write, 1600 by 820 pixels.
    frames, ground
        RD New; the ground as its contracts say (``road_parts``, ``terrain``, ``buildings``) or None.
    scenario, publication, sources, today
        What is drawn and printed.
    """
    years = shown_years(frames.buurt_demand, scenario)
    with_points = shows_points(frames)
    with rc_context(LOOK):
        figure = Figure(figsize=(SIZE_PX[0] / DPI, SIZE_PX[1] / DPI), dpi=DPI, facecolor="white")
        canvas = FigureCanvasAgg(figure)
        _write_texts(figure, with_points, scenario, publication, sources, today)
        draw = _draw_point_panels if with_points else _draw_buurt_panels
        draw(figure, frames, ground, years, scenario)
        canvas.draw()
        target.write_bytes(png_of(canvas))


def point_map(frames: DemandFrames, ground: Ground | None, scenario: Scenario, *, width_px: int = 1400) -> bytes:
    """A PNG of the demand points in the year of the plan, with the size of a sign for the energy; needs clusters."""
    places = point_demand(frames, scenario, scenario.year)
    west, south, east, north = view_of(places if len(places) else shown_buurten(frames))
    with rc_context(LOOK):
        height = width_px * (north - south) / (east - west)
        figure = Figure(figsize=(width_px / 160, height / 160), dpi=160, facecolor="white")
        canvas = FigureCanvasAgg(figure)
        chart = map_chart(figure, (0, 0, 1, 1), (west, south, east, north))
        _draw_backdrop(chart, frames, ground_in(ground, (west, south, east, north)))
        _draw_points(chart, places, most=float(places["kwh_year"].max()) if len(places) else 0.0)
        draw_frame(chart, px_m=(east - west) / (width_px * 72 / 160))
        _draw_sizes_within(chart, float(places["kwh_year"].max()) if len(places) else 0.0)
        canvas.draw()
        return png_of(canvas)


def point_demand(frames: DemandFrames, scenario: Scenario, year: int) -> gpd.GeoDataFrame:
    """Demand points with their energy in a year of the scenario of the plan, in order of id."""
    assert frames.clusters is not None
    assert frames.demand is not None
    energy = chosen(frames.demand, scenario, year).set_index("point_id")["kwh_year"]
    places = frames.clusters.sort_index()
    return places.assign(kwh_year=energy.reindex(places.index).fillna(0.0))


def shows_points(frames: DemandFrames) -> bool:
    """Whether the picture shows demand points: there are some, and there are few buurten."""
    return frames.clusters is not None and frames.demand is not None and len(shown_buurten(frames)) < FEW_BUURTEN


def buurt_classes(frames: DemandFrames, scenario: Scenario, years: tuple[int, ...]) -> Classes:
    """Classes of energy in MWh a year, shared by all years."""
    rows = chosen(frames.buurt_demand, scenario)
    return rising_classes(rows[rows["year"].isin(years)]["kwh_year"] * MWH, RISING, "MWh")


def ground_of(
    road_parts: gpd.GeoDataFrame | None, terrain: gpd.GeoDataFrame | None, buildings: gpd.GeoDataFrame | None
) -> Ground | None:
    """The ground by name as the maps take it; None where a part of it is missing."""
    if road_parts is None or terrain is None or buildings is None:
        return None
    return {"road_parts": road_parts, "terrain": terrain, "buildings": buildings}


# --- panels -----------------------------------------------------------------------------------------------------------


def _boxes(panels: int) -> list[tuple[float, float, float, float]]:
    """Places of the maps side by side, as shares of the picture."""
    width = (0.96 - 0.015 * (panels - 1)) / max(panels, 1)
    return [(0.02 + place * (width + 0.015), 0.17, width, 0.66) for place in range(panels)]


def _view(shapes: gpd.GeoDataFrame, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """What a map in that box shows: the shapes, in the form of the box."""
    west, south, east, north = view_of(shapes)
    form = (box[2] * SIZE_PX[0]) / (box[3] * SIZE_PX[1])
    wide, high = max(east - west, (north - south) * form), max(north - south, (east - west) / form)
    x, y = (west + east) / 2, (south + north) / 2
    return x - wide / 2, y - high / 2, x + wide / 2, y + high / 2


def _panel(figure: Figure, shapes: gpd.GeoDataFrame, box: tuple[float, float, float, float], year: int) -> Axes:
    chart = map_chart(figure, box, _view(shapes, box))
    chart.set_title(str(year), fontsize=15, weight="bold", color=INK, loc="left", pad=5)
    return chart


def _pixel_m(chart: Axes, figure: Figure) -> float:
    """Size of a point of the type (1/72 inch) on the map, in metres."""
    west, east = chart.get_xlim()
    share: float = chart.get_position().width
    return float(east - west) / (share * float(figure.get_size_inches()[0]) * 72)


def _draw_buurt_panels(
    figure: Figure,
    frames: DemandFrames,
    ground: Ground | None,
    years: tuple[int, ...],
    scenario: Scenario,
) -> None:
    shapes, classes = shown_buurten(frames), buurt_classes(frames, scenario, years)
    for year, box in zip(years, _boxes(len(years)), strict=True):
        chart = _panel(figure, shapes, box, year)
        values = (per_buurt(frames.buurt_demand, "kwh_year", year, scenario) * MWH).reindex(shapes.index)
        looks = [classes.look(place) for place in classes.of(values)]
        size = _pixel_m(chart, figure)
        draw_areas(chart, shapes, looks, detail_m=0.4 * size)
        draw_names(chart, shapes, looks, px_m=size)
        draw_frame(chart, px_m=size)
    left = 0.02
    for mark in (*classes.marks, NO_FIGURE):
        look: dict[str, Any] = (
            {"hatch": HATCHES[mark.shape], "edgecolor": mark.line} if mark.shape in HATCHES else {"edgecolor": QUIET}
        )
        figure.add_artist(Rectangle((left, 0.113), 0.018, 0.024, facecolor=mark.fill, linewidth=0.8, **look))
        figure.text(left + 0.023, 0.125, mark.label, fontsize=11, color=INK, va="center")
        left += 0.045 + 0.0062 * len(mark.label)


def _draw_point_panels(
    figure: Figure,
    frames: DemandFrames,
    ground: Ground | None,
    years: tuple[int, ...],
    scenario: Scenario,
) -> None:
    found = {year: point_demand(frames, scenario, year) for year in years}
    most = max([float(places["kwh_year"].max()) for places in found.values() if len(places)], default=0.0)
    boxes = _boxes(len(years))
    shapes = frames.clusters if frames.clusters is not None and len(frames.clusters) else shown_buurten(frames)
    drawn = ground_in(ground, _view(shapes, boxes[0])) if boxes else None
    for (year, places), box in zip(found.items(), boxes, strict=True):
        chart = _panel(figure, shapes, box, year)
        _draw_backdrop(chart, frames, drawn)
        _draw_points(chart, places, most=most)
        draw_frame(chart, px_m=_pixel_m(chart, figure))
    planned = frames.clusters is not None and bool(frames.clusters["is_planned"].any())
    _draw_size_legend(figure, most, with_plans=planned)


def _draw_size_legend(figure: Figure, most: float, *, with_plans: bool) -> None:
    legend = figure.add_axes((0.02, 0.085, 0.96, 0.07))
    legend.set(xlim=(0, 960), ylim=(0, 1))
    legend.axis("off")
    steps = size_steps(most)
    for place, amount in enumerate(steps):
        x = 15 + 170 * place
        legend.scatter(x, 0.5, s=_sign_size(amount, most), color=POINT_COLOUR, alpha=0.55, edgecolors=POINT_LINE)
        legend.text(x + 18, 0.5, f"{figures(amount)}{NBSP}kWh per jaar", fontsize=11, color=INK, va="center")
    if with_plans:
        after = 15 + 170 * len(steps)
        legend.scatter(after, 0.5, s=70, color=PLANNED_COLOUR, alpha=0.6, edgecolors="#5c3f00", marker="s")
        legend.text(after + 18, 0.5, "bouwplan", fontsize=11, color=INK, va="center")


def _draw_sizes_within(chart: Axes, most: float) -> None:
    """The legend of sizes in the lower right corner of a map."""
    steps = size_steps(most)
    handles = [
        chart.scatter([], [], s=_sign_size(step, most), color=POINT_COLOUR, alpha=0.55, edgecolors=POINT_LINE)
        for step in steps
    ]
    labels = [f"{figures(step)}{NBSP}kWh per jaar" for step in steps]
    if handles:
        box = chart.legend(handles, labels, loc="lower right", fontsize=8, labelspacing=1.1, borderpad=0.9)
        box.set_zorder(20)


def size_steps(most: float) -> list[float]:
    """Three round amounts for a legend of sizes, up to the largest; none without demand.

    >>> size_steps(43_210.0)
    [5000.0, 20000.0, 40000.0]
    """
    if most <= 0:
        return []
    step = 10.0 ** np.floor(np.log10(most))
    return sorted({float(max(np.floor(most * share / step * 2) / 2, 0.5) * step) for share in (0.12, 0.5, 1.0)})


# --- what stands on a map ---------------------------------------------------------------------------------------------


def ground_in(ground: Ground | None, view: tuple[float, float, float, float]) -> dict[str, BaseGeometry] | None:
    """The ground as drawn, None where there is none or the view is too wide for it."""
    if ground is None or view[2] - view[0] > GROUND_WIDEST_M:
        return None
    return draw_ground(
        ground["road_parts"], ground["terrain"], ground["buildings"], shapely.box(*view), tolerance_m=0.5
    )


def _draw_backdrop(chart: Axes, frames: DemandFrames, drawn: dict[str, BaseGeometry] | None) -> None:
    for height, name in enumerate(CLASSES if drawn else ()):
        line = {"pand": "#bfb7a8", "rijbaan": "#cfc7b8"}.get(name, "none")
        assert drawn is not None
        draw_area(chart, drawn[name], facecolor=GROUND[name], edgecolor=line, linewidth=0.3, zorder=height)
    for shape in shown_buurten(frames).geometry:
        draw_area(chart, shape, facecolor="none", edgecolor=MARKS["buurten"].line, linewidth=0.9, zorder=6)


def _draw_points(chart: Axes, places: gpd.GeoDataFrame, *, most: float) -> None:
    """Demand points, the largest below; a plan for dwellings as a square."""
    shown = places[places["kwh_year"] > 0].sort_values("kwh_year", ascending=False, kind="stable")
    for planned, marker, colour, line in (
        (False, "o", POINT_COLOUR, POINT_LINE),
        (True, "s", PLANNED_COLOUR, "#5c3f00"),
    ):
        own = shown[shown["is_planned"] == planned]
        sizes = [_sign_size(value, most) for value in own["kwh_year"]]
        xs, ys = own.geometry.x.to_numpy(), own.geometry.y.to_numpy()
        look: dict[str, Any] = {"color": colour, "edgecolors": line, "linewidths": 0.6, "alpha": 0.55, "marker": marker}
        chart.scatter(xs, ys, s=sizes, zorder=10, clip_on=True, **look)


def _sign_size(kwh_year: float, most: float) -> float:
    return max(LARGEST_PT2 * kwh_year / most, SMALLEST_PT2) if most else SMALLEST_PT2


def _write_texts(
    figure: Figure, with_points: bool, scenario: Scenario, publication: Publication, sources: Sources, today: date
) -> None:
    figure.add_artist(Rectangle((0, 0.988), 1, 0.012, color=MARKS["voorkeurslocaties"].fill))
    what = "per postcode (vraagpunt)" if with_points else "per buurt, in MWh per jaar"
    place = f"Gemeente {publication.municipality}, " if publication.municipality else ""
    head: dict[str, Any] = {"fontsize": 22, "weight": "bold", "color": INK, "va": "center"}
    figure.text(0.02, 0.945, f"Laadvraag aan publieke palen {what}", **head)
    under = f"{place}{day(today)}. Schatting, scenario {scenario.variant}."
    figure.text(0.02, 0.902, under, fontsize=12.5, color=QUIET, va="center")
    figure.text(0.98, 0.902, publication.disclaimer, fontsize=11, color="#7a4d00", va="center", ha="right")
    line = fill(f"Bronnen: {source_line(sources, DEMAND_FROM)}. Gemaakt met laadplan.", LETTERS_PER_LINE)
    figure.text(0.02, 0.045, line, fontsize=9, color=QUIET, va="center")


def png_of(canvas: FigureCanvasAgg) -> bytes:
    """The picture without metadata, in 256 colours at most: half the size, and nobody sees it."""
    pixels = np.ascontiguousarray(np.asarray(canvas.buffer_rgba())[:, :, :3])
    written = BytesIO()
    Image.fromarray(pixels).quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
        written, format="PNG", optimize=True
    )
    return written.getvalue()
