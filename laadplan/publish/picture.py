"""The plankaart as one still picture: for a README, a letter or a slide.

In: frames in RD New, config. Out: a PNG of 1600 by 1200 pixels with map, legend, numbered list and sources. Equal input
gives equal bytes: the font comes with matplotlib, and the file holds no date and no name of a program.
"""

from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from PIL import Image
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from laadplan.config.project import Publication, Walking
from laadplan.config.sources import Sources
from laadplan.contracts.dutch import day, number
from laadplan.publish.about import source_line
from laadplan.publish.ground import CLASSES, StreetName, draw_ground, name_streets, surroundings
from laadplan.publish.locations import DROPPED, PREFERRED, RESERVE, with_status
from laadplan.publish.palette import GROUND, MARKS
from laadplan.publish.pen import INK, LINE, MARKERS, PAPER, QUIET, WHITE_SPOT_LOOKS, draw_area
from laadplan.publish.picture_side import write_side

SIZE_PX, DPI = (1600, 1200), 100
MAP_BOX, SIDE_BOX = (0.02, 0.07, 0.68, 0.83), (0.725, 0.07, 0.255, 0.83)
"""Places of the map and of the column beside it, as shares of the picture: left, bottom, width, height."""

MARGIN_M = 70.0
"""Ground shown around the sites, in m."""

LOOK: dict[Any, Any] = {
    "font.family": ["DejaVu Sans"],
    "font.size": 11,
    "hatch.linewidth": 0.7,
    "hatch.color": MARKS["witte_vlekken"].line,
    "path.simplify": True,
    "text.parse_math": False,
}
SITE_RADIUS_PX = 14.0
"""Radius of a numbered sign; signs that would overlap are moved apart and keep a line to their place."""


def write_picture(
    target: Path,
    *,
    sites: gpd.GeoDataFrame,
    charge_points: gpd.GeoDataFrame,
    white_spots: gpd.GeoDataFrame,
    road_parts: gpd.GeoDataFrame,
    terrain: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    publication: Publication,
    sources: Sources,
    walking: Walking,
    today: date,
    addresses: gpd.GeoDataFrame | None = None,
) -> None:
    """Writes the picture.

    Parameters
    ----------
    target
        PNG file to write.
    sites, charge_points, white_spots, road_parts, terrain, buildings
        Frames as their contracts say, in RD New; any may be empty.
    addresses
        Gives the names of streets on the map; None: no names.
    today
        Date of making, as printed.
    """
    with rc_context(LOOK):
        figure = Figure(figsize=(SIZE_PX[0] / DPI, SIZE_PX[1] / DPI), dpi=DPI, facecolor="white")
        canvas = FigureCanvasAgg(figure)
        view = _view(sites, charge_points, white_spots, buildings)
        chart = _empty_chart(figure, view)
        _draw_ground(chart, draw_ground(road_parts, terrain, buildings, view, tolerance_m=0.3))
        _draw_white_spots(chart, white_spots)
        if addresses is not None:
            _draw_names(chart, name_streets(addresses, road_parts, view), sites)
        _draw_points(chart, charge_points, sites)
        _draw_sites(chart, with_status(sites, PREFERRED))
        _draw_scale(chart, view)
        _draw_north(chart)
        _write_texts(figure, publication, sources, today)
        write_side(figure.add_axes(SIDE_BOX), sites, charge_points, white_spots, walking)
        canvas.draw()
        _save(canvas, target)


def _save(canvas: FigureCanvasAgg, target: Path) -> None:
    """The picture without metadata: no date, no program."""
    pixels = np.ascontiguousarray(np.asarray(canvas.buffer_rgba())[:, :, :3])
    Image.fromarray(pixels).save(target, format="PNG", optimize=True)


# --- the map ----------------------------------------------------------------------------------------------------------


def _view(
    sites: gpd.GeoDataFrame, charge_points: gpd.GeoDataFrame, white_spots: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame
) -> shapely.Polygon:
    """The part of the world that fills the map: around the sites, in the shape of the map."""
    chosen = sites[sites["status"] != DROPPED]
    around = (
        [chosen] if len(chosen) else [sites, charge_points, white_spots] if len(sites) else [buildings, charge_points]
    )
    west, south, east, north = surroundings(*around, margin_m=MARGIN_M).bounds
    shape = (MAP_BOX[2] * SIZE_PX[0]) / (MAP_BOX[3] * SIZE_PX[1])
    height = max(north - south, (east - west) / shape)
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    return shapely.box(
        middle_x - height * shape / 2, middle_y - height / 2, middle_x + height * shape / 2, middle_y + height / 2
    )


def _empty_chart(figure: Figure, view: shapely.Polygon) -> Axes:
    chart = figure.add_axes(MAP_BOX, facecolor=PAPER)
    west, south, east, north = view.bounds
    chart.set(xlim=(west, east), ylim=(south, north), xticks=[], yticks=[])
    for side in chart.spines.values():
        side.set(color=LINE, linewidth=1)
    return chart


def _draw_ground(chart: Axes, ground: dict[str, BaseGeometry]) -> None:
    for height, name in enumerate(CLASSES, start=1):
        edge = {"rijbaan": "#cfc7b8", "pand": "#bfb7a8"}.get(name, GROUND[name])
        width = 0.5 if name in ("rijbaan", "pand") else 0.3
        draw_area(chart, ground[name], facecolor=GROUND[name], edgecolor=edge, linewidth=width, zorder=height)


def _draw_white_spots(chart: Axes, white_spots: gpd.GeoDataFrame) -> None:
    """What has no pole now in a wash, what has none after the plan hatched as well."""
    mark = MARKS["witte_vlekken"]
    for when, look in WHITE_SPOT_LOOKS.items():
        spots = white_spots[white_spots["toestand"] == when].sort_index()
        whole = spots.geometry.union_all() if len(spots) else shapely.Polygon()
        draw_area(chart, whole, edgecolor="none", facecolor=mark.fill, alpha=look["wash"], zorder=7)
        draw_area(chart, whole, edgecolor=mark.line, facecolor="none", zorder=7, **look["line"])


def _draw_names(chart: Axes, names: list[StreetName], sites: gpd.GeoDataFrame) -> None:
    """Names of streets, those with most addresses first, where they overlap neither a name nor a sign."""
    chosen = sites[sites["status"] != DROPPED]
    taken = [
        shapely.Point(*chart.transData.transform((x, y))).buffer(11) for x, y in chosen.get_coordinates().to_numpy()
    ]
    room = shapely.box(*chart.bbox.extents).buffer(-4)
    halo = [withStroke(linewidth=2.2, foreground="white", alpha=0.85)]
    for name in sorted(names, key=lambda street: (-street.addresses, street.name)):
        x, y = chart.transData.transform((name.x_m, name.y_m))
        half = 0.5 * 6.1 * len(name.name) + 2
        turned = np.radians(name.angle_deg)
        reach = np.array([np.cos(turned), np.sin(turned)]) * half
        place = shapely.LineString([(x - reach[0], y - reach[1]), (x + reach[0], y + reach[1])]).buffer(6)
        if room.contains(place) and not any(place.intersects(other) for other in taken):
            taken.append(place)
            look: dict[str, Any] = {
                "fontsize": 8,
                "color": "#5a5443",
                "ha": "center",
                "va": "center",
            }
            chart.text(
                name.x_m,
                name.y_m,
                name.name,
                rotation=name.angle_deg,
                rotation_mode="anchor",
                path_effects=halo,
                zorder=8,
                **look,
            )


def _draw_points(chart: Axes, charge_points: gpd.GeoDataFrame, sites: gpd.GeoDataFrame) -> None:
    for name, points in (("laadpalen", charge_points.sort_index()), ("reservelocaties", with_status(sites, RESERVE))):
        mark = MARKS[name]
        places = points.get_coordinates().to_numpy()
        look: dict[str, Any] = {"marker": MARKERS[mark.shape], "s": MARKER_SIZES[name]}
        look |= {"color": mark.fill, "edgecolors": mark.line}
        chart.scatter(places[:, 0], places[:, 1], linewidths=1.1, zorder=9, clip_on=True, **look)


MARKER_SIZES = {"laadpalen": 95, "reservelocaties": 55}
"""Size of markers in square points."""


def _draw_sites(chart: Axes, chosen: gpd.GeoDataFrame) -> None:
    """Numbered signs from west to east, moved apart where they would overlap."""
    mark = MARKS["voorkeurslocaties"]
    places = chart.transData.transform(chosen.get_coordinates().to_numpy()) if len(chosen) else np.empty((0, 2))
    moved = _apart(places, 2 * SITE_RADIUS_PX + 1)
    back = chart.transData.inverted()
    points_per_px = 72 / DPI
    for order, (place, sign) in enumerate(zip(places, moved, strict=True), start=1):
        if np.hypot(*(sign - place)) > 1:
            line, dot = back.transform([place, sign]), back.transform(place)
            chart.plot(line[:, 0], line[:, 1], color=mark.fill, linewidth=1.6, zorder=10, solid_capstyle="round")
            chart.scatter(dot[0], dot[1], s=16, color=mark.fill, edgecolors="white", linewidths=0.8, zorder=10)
        x, y = back.transform(sign)
        size = (2 * SITE_RADIUS_PX * points_per_px) ** 2
        chart.scatter(x, y, s=size, color=mark.fill, edgecolors=mark.line, linewidths=1.8, zorder=11)
        look: dict[str, Any] = {"color": "white", "fontsize": 9.5 if order < 100 else 7.5, "weight": "bold"}
        chart.text(x, y, str(order), ha="center", va="center_baseline", zorder=12, clip_on=True, **look)


def _apart(places: np.ndarray, distance: float) -> np.ndarray:
    """The places, moved until no two are nearer than the distance; those that are free stay where they are."""
    moved = places.astype(float).copy()
    for _ in range(200 if len(moved) else 0):
        still = True
        near = cKDTree(moved).query_pairs(2 * distance, output_type="ndarray")
        for first, second in near[np.lexsort(near.T[::-1])].tolist():
            gap = moved[second] - moved[first]
            far = float(np.hypot(*gap))
            if far < distance - 0.01:
                way = gap / far if far > 1e-6 else np.array([1.0, 0.0])
                step = (distance - far) / 2 * way
                moved[first], moved[second], still = moved[first] - step, moved[second] + step, False
        if still:
            break
    return moved


def _draw_scale(chart: Axes, view: shapely.Polygon) -> None:
    west, south, east, _ = view.bounds
    wanted = (east - west) / 6
    length = max(step for step in SCALE_STEPS_M if step <= wanted or step == SCALE_STEPS_M[0])
    pixel = (east - west) / (MAP_BOX[2] * SIZE_PX[0])
    left, bottom = west + 24 * pixel, south + 24 * pixel
    box: dict[str, Any] = {"facecolor": "white", "alpha": 0.85, "edgecolor": "none", "zorder": 13}
    chart.add_patch(Rectangle((left - 12 * pixel, bottom - 12 * pixel), length + 76 * pixel, 36 * pixel, **box))
    chart.plot(
        [left, left, left + length, left + length],
        [bottom + 8 * pixel, bottom, bottom, bottom + 8 * pixel],
        color=INK,
        linewidth=1.6,
        zorder=14,
    )
    chart.text(
        left + length + 8 * pixel, bottom, number(length, 0, "m"), color=INK, fontsize=10, va="bottom", zorder=14
    )


SCALE_STEPS_M = (10, 20, 50, 100, 200, 250, 500, 1000, 2000, 5000, 10000)


def _draw_north(chart: Axes) -> None:
    x, y = 0.968, 0.955
    arrow = np.array([(x, y)]) + np.array([(0, 0.028), (0.011, -0.02), (0, -0.009), (-0.011, -0.02)])
    chart.add_patch(
        Rectangle(
            (x - 0.022, y - 0.052),
            0.044,
            0.092,
            transform=chart.transAxes,
            facecolor="white",
            alpha=0.85,
            edgecolor="none",
            zorder=13,
        )
    )
    chart.fill(arrow[:, 0], arrow[:, 1], transform=chart.transAxes, color=INK, zorder=14)
    chart.text(
        x, y - 0.036, "N", transform=chart.transAxes, ha="center", va="center", weight="bold", color=INK, zorder=14
    )


# --- the texts --------------------------------------------------------------------------------------------------------


def _write_texts(figure: Figure, publication: Publication, sources: Sources, today: date) -> None:
    place = f"Gemeente {publication.municipality}, " if publication.municipality else ""
    figure.add_artist(Rectangle((0, 0.992), 1, 0.008, color=MARKS["voorkeurslocaties"].fill))
    figure.text(0.02, 0.95, publication.title, fontsize=23, weight="bold", color=INK, va="center")
    figure.text(0.02, 0.917, f"{place}{day(today)}", fontsize=12, color=QUIET, va="center")
    figure.text(0.98, 0.917, publication.disclaimer, fontsize=11, color="#7a4d00", va="center", ha="right")
    figure.text(
        0.02,
        0.036,
        f"Bronnen: {source_line(sources)}. Gemaakt met laadplan.",
        fontsize=8,
        color=QUIET,
        va="center",
        wrap=True,
    )
