"""The plankaart as one still picture: for a README, a letter or a slide.

In: frames in RD New, config. Out: a PNG of 1600 by 1200 pixels with map, legend, numbered list and sources. Equal input
gives equal bytes: the font comes with matplotlib, and the file holds no date and no name of a program.
"""

from collections.abc import Iterable
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
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.patheffects import withStroke
from matplotlib.path import Path as Outline
from PIL import Image
from shapely.geometry.base import BaseGeometry

from laadplan.config.project import Publication, Sources, Walking
from laadplan.publish.about import source_line
from laadplan.publish.dutch import counted, day, number
from laadplan.publish.ground import CLASSES, StreetName, draw_ground, name_streets, surroundings
from laadplan.publish.locations import DROPPED, PREFERRED, RESERVE, near_address, with_status
from laadplan.publish.palette import GROUND, MARKS

SIZE_PX, DPI = (1600, 1200), 100
MAP_BOX, SIDE_BOX = (0.02, 0.07, 0.68, 0.83), (0.725, 0.07, 0.255, 0.83)
"""Places of the map and of the column beside it, as shares of the picture: left, bottom, width, height."""

INK, QUIET, LINE, PAPER = "#1f2a33", "#5a6670", "#d9d6cf", "#f8f6f1"
MARGIN_M = 70.0
"""Ground shown around the sites, in m."""

LOOK = {
    "font.family": ["DejaVu Sans"],
    "font.size": 11,
    "hatch.linewidth": 0.7,
    "hatch.color": MARKS["witte_vlekken"].line,
    "path.simplify": True,
    "text.parse_math": False,
}
SITE_RADIUS_PX = 14.0
"""Radius of a numbered sign; signs that would overlap are moved apart and keep a line to their place."""

LIST_PITCH = 0.034
"""Height of a line of the list, as a share of the column."""


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
        _write_side(figure, sites, charge_points, white_spots, walking)
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
    around = [chosen] if len(chosen) else [sites, charge_points, white_spots] if len(sites) else [buildings, charge_points]
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
        _area(chart, ground[name], facecolor=GROUND[name], edgecolor=edge, linewidth=width, zorder=height)


def _draw_white_spots(chart: Axes, white_spots: gpd.GeoDataFrame) -> None:
    """What has no pole now in a wash, what has none after the plan hatched as well."""
    mark = MARKS["witte_vlekken"]
    for when, look in WHITE_SPOT_LOOKS.items():
        spots = white_spots[white_spots["toestand"] == when].sort_index()
        whole = shapely.union_all(spots.geometry.array) if len(spots) else shapely.Polygon()
        _area(chart, whole, edgecolor="none", facecolor=mark.fill, alpha=look["wash"], zorder=7)
        _area(chart, whole, edgecolor=mark.line, facecolor="none", zorder=7, **look["line"])


WHITE_SPOT_LOOKS: dict[str, dict[str, Any]] = {
    "nu": {"wash": 0.10, "line": {"linewidth": 0.9, "linestyle": (0, (2, 2))}},
    "na plan": {"wash": 0.16, "line": {"linewidth": 0.9, "hatch": "////"}},
}


def _draw_names(chart: Axes, names: list[StreetName], sites: gpd.GeoDataFrame) -> None:
    """Names of streets, those with most addresses first, where they overlap neither a name nor a sign."""
    chosen = sites[sites["status"] != DROPPED]
    taken = [shapely.Point(*chart.transData.transform((x, y))).buffer(11) for x, y in shapely.get_coordinates(chosen.geometry.array)]
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
            look = {"fontsize": 8, "color": "#5a5443", "ha": "center", "va": "center", "rotation": name.angle_deg}
            chart.text(name.x_m, name.y_m, name.name, rotation_mode="anchor", path_effects=halo, zorder=8, **look)


def _draw_points(chart: Axes, charge_points: gpd.GeoDataFrame, sites: gpd.GeoDataFrame) -> None:
    for name, points in (("laadpalen", charge_points.sort_index()), ("reservelocaties", with_status(sites, RESERVE))):
        mark = MARKS[name]
        places = shapely.get_coordinates(points.geometry.array)
        look = {"marker": MARKERS[mark.shape], "s": MARKER_SIZES[name], "color": mark.fill, "edgecolors": mark.line}
        chart.scatter(places[:, 0], places[:, 1], linewidths=1.1, zorder=9, clip_on=True, **look)


MARKERS = {"circle": "o", "square": "s", "triangle": "^", "cross": "x", "diamond": "D"}
MARKER_SIZES = {"laadpalen": 95, "reservelocaties": 55}
"""Size of markers in square points."""


def _draw_sites(chart: Axes, chosen: gpd.GeoDataFrame) -> None:
    """Numbered signs from west to east, moved apart where they would overlap."""
    mark = MARKS["voorkeurslocaties"]
    places = chart.transData.transform(shapely.get_coordinates(chosen.geometry.array)) if len(chosen) else np.empty((0, 2))
    moved = _apart(places, 2 * SITE_RADIUS_PX + 1)
    back = chart.transData.inverted()
    points_per_px = 72 / DPI
    for order, (place, sign) in enumerate(zip(places, moved, strict=True), start=1):
        if np.hypot(*(sign - place)) > 1:
            line = back.transform([place, sign])
            chart.plot(line[:, 0], line[:, 1], color=mark.fill, linewidth=1.6, zorder=10, solid_capstyle="round")
            chart.scatter(*back.transform(place), s=16, color=mark.fill, edgecolors="white", linewidths=0.8, zorder=10)
        x, y = back.transform(sign)
        size = (2 * SITE_RADIUS_PX * points_per_px) ** 2
        chart.scatter(x, y, s=size, color=mark.fill, edgecolors=mark.line, linewidths=1.8, zorder=11)
        look = {"color": "white", "fontsize": 9.5 if order < 100 else 7.5, "weight": "bold"}
        chart.text(x, y, str(order), ha="center", va="center_baseline", zorder=12, clip_on=True, **look)


def _apart(places: np.ndarray, distance: float) -> np.ndarray:
    """The places, moved until no two are nearer than the distance; those that are free stay where they are."""
    moved = places.astype(float).copy()
    for _ in range(200):
        still = True
        for first in range(len(moved)):
            for second in range(first + 1, len(moved)):
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
    west, south, east, north = view.bounds
    wanted = (east - west) / 6
    length = max(step for step in SCALE_STEPS_M if step <= wanted or step == SCALE_STEPS_M[0])
    pixel = (east - west) / (MAP_BOX[2] * SIZE_PX[0])
    left, bottom = west + 24 * pixel, south + 24 * pixel
    box = {"facecolor": "white", "alpha": 0.85, "edgecolor": "none", "zorder": 13}
    chart.add_patch(Rectangle((left - 12 * pixel, bottom - 12 * pixel), length + 76 * pixel, 36 * pixel, **box))
    chart.plot([left, left, left + length, left + length], [bottom + 8 * pixel, bottom, bottom, bottom + 8 * pixel], color=INK, linewidth=1.6, zorder=14)
    chart.text(left + length + 8 * pixel, bottom, number(length, 0, "m"), color=INK, fontsize=10, va="bottom", zorder=14)


SCALE_STEPS_M = (10, 20, 50, 100, 200, 250, 500, 1000, 2000, 5000, 10000)


def _draw_north(chart: Axes) -> None:
    x, y = 0.968, 0.955
    arrow = np.array([[0, 0.028], [0.011, -0.02], [0, -0.009], [-0.011, -0.02]]) + [x, y]
    chart.add_patch(Rectangle((x - 0.022, y - 0.052), 0.044, 0.092, transform=chart.transAxes, facecolor="white", alpha=0.85, edgecolor="none", zorder=13))
    chart.fill(arrow[:, 0], arrow[:, 1], transform=chart.transAxes, color=INK, zorder=14)
    chart.text(x, y - 0.036, "N", transform=chart.transAxes, ha="center", va="center", weight="bold", color=INK, zorder=14)


# --- the texts --------------------------------------------------------------------------------------------------------


def _write_texts(figure: Figure, publication: Publication, sources: Sources, today: date) -> None:
    place = f"Gemeente {publication.municipality}, " if publication.municipality else ""
    figure.add_artist(Rectangle((0, 0.992), 1, 0.008, color=MARKS["voorkeurslocaties"].fill))
    figure.text(0.02, 0.95, publication.title, fontsize=23, weight="bold", color=INK, va="center")
    figure.text(0.02, 0.917, f"{place}{day(today)}", fontsize=12, color=QUIET, va="center")
    figure.text(0.98, 0.917, publication.disclaimer, fontsize=11, color="#7a4d00", va="center", ha="right")
    figure.text(0.02, 0.036, f"Bronnen: {source_line(sources)}. Gemaakt met laadplan.", fontsize=8, color=QUIET, va="center", wrap=True)


def _write_side(
    figure: Figure,
    sites: gpd.GeoDataFrame,
    charge_points: gpd.GeoDataFrame,
    white_spots: gpd.GeoDataFrame,
    walking: Walking,
) -> None:
    side = figure.add_axes(SIDE_BOX)
    side.set(xlim=(0, 1), ylim=(0, 1))
    side.axis("off")
    chosen = with_status(sites, PREFERRED)
    height = _write_legend(side, sites, charge_points, white_spots, walking)
    height -= 0.03
    side.text(0, height, counted(len(chosen), "voorkeurslocatie", "voorkeurslocaties"), fontsize=13, weight="bold", color=INK, va="center")
    height -= 0.045
    room = max(int(height / LIST_PITCH), 1)
    shown = chosen if len(chosen) <= room else chosen.iloc[: room - 1]
    for order, (_, site) in enumerate(shown.iterrows(), start=1):
        side.text(0.055, height, str(order), fontsize=11, weight="bold", color=MARKS["voorkeurslocaties"].fill, ha="right", va="center")
        side.text(0.085, height, _shortened(near_address(site)), fontsize=11, color=INK, va="center")
        height -= LIST_PITCH
    if len(shown) < len(chosen):
        side.text(0.085, height, f"en nog {counted(len(chosen) - len(shown), 'locatie', 'locaties')}", fontsize=11, color=QUIET, va="center")


def _write_legend(
    side: Axes,
    sites: gpd.GeoDataFrame,
    charge_points: gpd.GeoDataFrame,
    white_spots: gpd.GeoDataFrame,
    walking: Walking,
) -> float:
    """The legend; returns the height below it."""
    far = white_spots.groupby("toestand")["adressen"].sum()
    norm = number(walking.norm_m, 0, "m")
    now, after = (counted(int(far.get(when, 0)), "adres", "adressen") for when in ("nu", "na plan"))
    rows: list[tuple[Any, str, str]] = [
        (_marker("voorkeurslocaties", 15), "Voorkeurslocatie", ""),
        (_marker("reservelocaties", 9), f"Reservelocatie ({int((sites['status'] == RESERVE).sum())})", ""),
        (_marker("laadpalen", 11), f"Bestaande laadpaal ({len(charge_points)})", ""),
        ("nu", f"Witte vlek nu: geen paal binnen {norm}", f"{now} (schatting)"),
        ("na plan", "Witte vlek na het plan", f"nog {after} (schatting)"),
    ]
    side.text(0, 0.985, "Legenda", fontsize=13, weight="bold", color=INK, va="center")
    height = 0.938
    for sign, label, remark in rows:
        _draw_sign(side, sign, height)
        side.text(0.12, height, label, fontsize=11, color=INK, va="center")
        if remark:
            height -= 0.024
            side.text(0.12, height, remark, fontsize=9, color=QUIET, va="center")
        height -= 0.038
    names = [("pand", "gebouw"), ("rijbaan", "weg"), ("voetpad", "stoep"), ("groen", "groen"), ("water", "water")]
    for column, (name, label) in enumerate(names):
        x = column * 0.205
        side.add_patch(Rectangle((x, height - 0.008), 0.045, 0.016, facecolor=GROUND[name], edgecolor="#b9b1a2", linewidth=0.8))
        side.text(x + 0.056, height, label, fontsize=9, color=QUIET, va="center")
    side.plot([0, 1], [height - 0.03, height - 0.03], color=LINE, linewidth=1)
    return height - 0.035


def _draw_sign(side: Axes, sign: Any, height: float) -> None:
    if isinstance(sign, Line2D):
        sign.set_data([0.045], [height])
        side.add_line(sign)
        return
    mark, look = MARKS["witte_vlekken"], WHITE_SPOT_LOOKS[sign]
    box = {"xy": (0.0, height - 0.013), "width": 0.09, "height": 0.026}
    washes = [WHITE_SPOT_LOOKS[when]["wash"] for when in (["nu"] if sign == "nu" else ["nu", "na plan"])]
    for wash in washes:
        side.add_patch(Rectangle(**box, facecolor=mark.fill, alpha=wash, edgecolor="none"))
    side.add_patch(Rectangle(**box, facecolor="none", edgecolor=mark.line, **look["line"]))


def _marker(name: str, size: float) -> Line2D:
    mark = MARKS[name]
    look = {"marker": MARKERS[mark.shape], "markersize": size, "markerfacecolor": mark.fill, "markeredgecolor": mark.line}
    return Line2D([], [], linestyle="none", clip_on=False, **look)


def _shortened(text: str, letters: int = 40) -> str:
    return text if len(text) <= letters else f"{text[: letters - 1].rstrip()}…"


# --- from shapely to matplotlib ---------------------------------------------------------------------------------------


def _area(chart: Axes, shape: BaseGeometry, **look: Any) -> None:
    polygons = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon" and not part.is_empty]
    if polygons:
        outline = Outline.make_compound_path(*[_outline(ring) for polygon in polygons for ring in _rings(polygon)])
        chart.add_patch(PathPatch(outline, **look))


def _rings(polygon: shapely.Polygon) -> Iterable[BaseGeometry]:
    """Outer ring anticlockwise, holes clockwise, as filling asks."""
    turned = shapely.orient_polygons(polygon)
    return [turned.exterior, *turned.interiors]


def _outline(ring: BaseGeometry) -> Outline:
    return Outline(shapely.get_coordinates(ring), closed=True)
