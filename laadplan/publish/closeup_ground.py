"""What a picture of a street shows besides the plan: surfaces, buildings with house numbers, trees, what stands there.

In: the frames of a `Street` that touch the view. Out: drawings on a chart of matplotlib in m RD, and the signs of what
was drawn for the legend. Surfaces are drawn as the BGT has them, not merged: where one ends can be seen.
"""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import shapely.affinity
from matplotlib.axes import Axes
from matplotlib.collections import EllipseCollection, LineCollection

from laadplan.publish.closeup_side import Sign
from laadplan.publish.ground import GREEN_COVERS, StreetName, name_streets
from laadplan.publish.palette import STREET_GROUND, Mark
from laadplan.publish.pen import QUIET, draw_area, draw_text
from laadplan.publish.street import Street

ROADS = {
    "parkeervlak": ("parkeervlak",),
    "voetpad": ("voetpad", "voetpad op trap", "voetgangersgebied", "verkeerseiland", "transitie"),
    "fietspad": ("fietspad", "ruiterpad"),
    "inrit": ("inrit",),
}
"""Class of the ground to the BGT functions it holds; every other road part is carriageway."""

OBSTACLE_SIGNS = {
    "mast": Sign(Mark("Lichtmast of andere mast", "#4d4d4d", "#4d4d4d", ""), 4.0, "*"),
    "put": Sign(Mark("Put of kolk", "#ffffff", "#4d4d4d", ""), 2.6, "s"),
    "kast": Sign(Mark("Kast", "#4d4d4d", "#222222", ""), 4.0, "s"),
    "bord": Sign(Mark("Bord", "#4d4d4d", "#222222", ""), 3.6, "v"),
    "paal": Sign(Mark("Paal", "#4d4d4d", "#222222", ""), 2.4, "o"),
    "": Sign(Mark("Ander object", "#8a8a8a", "#4d4d4d", ""), 3.6, "P"),
}
"""Kind of obstacle to its sign; the empty kind holds all others."""

FENCE = Sign(Mark("Hek, muur of haag", "none", "#5a4a3a", "outline"))
STEM = Sign(Mark("Boom: stam", "#6b4f2a", "#4a3618", ""), 3.2, "o")
CROWN = Sign(Mark("Boomkroon", "#7fa65a", "#5d8040", ""), 6.0, "o")

STEM_LEAST_M = 0.3
"""A stem is drawn at least this wide (m), so that it can be seen."""

NUMBER_PT, NAME_PT = 4.6, 7.0
"""Size of house numbers and of names of streets, in points."""

TOGETHER_M = 0.5
"""House numbers within a cell of this size (m) are written as one range."""


def ground_signs(street: Street) -> list[Sign]:
    """The signs of the ground, obstacles and trees that are there, in order of drawing."""
    signs = [Sign(STREET_GROUND[name]) for name, rows in _classes(street).items() if len(rows)]
    if street.obstacles is not None:
        stand = _standing(street.obstacles)
        signs += [sign for name, sign in OBSTACLE_SIGNS.items() if (stand["sign"] == name).any()]
        signs += [FENCE] if len(_fences(street.obstacles)) else []
    if street.trees is not None and len(street.trees):
        signs += [STEM, *([CROWN] if crowns_m(street.trees).notna().any() else [])]
    return signs


def draw_street_ground(chart: Axes, street: Street, view: shapely.Polygon) -> None:
    """Draws the ground of a street and all that stands there but the plan."""
    for height, (name, rows) in enumerate(_classes(street).items(), start=1):
        mark = STREET_GROUND[name]
        look: dict[str, Any] = {"facecolor": mark.fill, "edgecolor": mark.line, "linewidth": 0.35}
        for shape in shapely.get_parts(rows.geometry.to_numpy()):
            draw_area(chart, shape, zorder=height, **look)
    if street.obstacles is not None:
        _draw_obstacles(chart, street.obstacles)
    if street.trees is not None:
        _draw_trees(chart, street.trees)
    if street.addresses is not None:
        names = [] if street.road_parts is None else name_streets(street.addresses, street.road_parts, view)
        _draw_numbers(chart, street.addresses, _draw_names(chart, names))


def crowns_m(trees: gpd.GeoDataFrame) -> pd.Series:
    """Diameter of each crown in m: measured, else the most that its class allows; missing where nothing is known."""
    return trees["crown_diameter_m"].fillna(trees["crown_max_m"]).fillna(trees["crown_min_m"])


def _classes(street: Street) -> dict[str, gpd.GeoDataFrame]:
    """The surfaces at ground level by class, in order of drawing; classes of what was not delivered are left out."""
    found: dict[str, gpd.GeoDataFrame] = {}
    if street.terrain is not None:
        land = street.terrain[street.terrain["level"] >= 0]
        verge = land["kind"] == "ondersteunend"
        green = (land["kind"] == "begroeid") | (verge & land["cover"].isin(GREEN_COVERS))
        water = land["kind"] == "water"
        found |= {"groen": land[green], "water": land[water], "erf": land[~green & ~water]}
    if street.road_parts is not None:
        roads = street.road_parts[street.road_parts["level"] >= 0]
        names = {function: name for name, functions in ROADS.items() for function in functions}
        classes = roads["function"].map(names).fillna("rijbaan")
        found |= {name: roads[classes == name] for name in ("voetpad", "fietspad", "inrit", "rijbaan", "parkeervlak")}
    if street.buildings is not None:
        found["pand"] = street.buildings[street.buildings["level"] >= 0]
    return {name: found[name] for name in STREET_GROUND if name in found}


def _standing(obstacles: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Obstacles that are no line, with the name of their sign."""
    rows = obstacles[(obstacles["level"] >= 0) & ~obstacles.geom_type.str.endswith("LineString")]
    return rows.assign(sign=rows["kind"].where(rows["kind"].isin(list(OBSTACLE_SIGNS)), ""))


def _fences(obstacles: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return obstacles[(obstacles["level"] >= 0) & obstacles.geom_type.str.endswith("LineString")]


def _draw_obstacles(chart: Axes, obstacles: gpd.GeoDataFrame) -> None:
    lines = [shapely.get_coordinates(part) for part in shapely.get_parts(_fences(obstacles).geometry.to_numpy())]
    chart.add_collection(LineCollection(lines, colors=FENCE.mark.line, linewidths=0.8, zorder=14))
    stand = _standing(obstacles)
    for shape in shapely.get_parts(stand.geometry.to_numpy()):
        if shape.geom_type == "Polygon":
            draw_area(chart, shape, facecolor="#8a8a8a", edgecolor="#4d4d4d", linewidth=0.5, zorder=14)
    for name, sign in OBSTACLE_SIGNS.items():
        rows = stand[stand["sign"] == name]
        places = shapely.get_coordinates(shapely.point_on_surface(rows.geometry.to_numpy()))
        look: dict[str, Any] = {"marker": sign.marker, "s": sign.size**2, "color": sign.mark.fill}
        chart.scatter(*places.T, edgecolors=sign.mark.line, linewidths=0.5, zorder=16, **look)


def _draw_trees(chart: Axes, trees: gpd.GeoDataFrame) -> None:
    """Crowns as wide as they are known to be, seen through; stems on top."""
    crown = crowns_m(trees)
    stem = trees["stem_diameter_m"].fillna(trees["stem_max_m"]).fillna(0).clip(lower=STEM_LEAST_M)
    for size, look in (
        (crown[crown.notna()], {"facecolors": CROWN.mark.fill, "alpha": 0.3, "linewidths": 0.6, "zorder": 18}),
        (stem, {"facecolors": STEM.mark.fill, "linewidths": 0.4, "zorder": 19}),
    ):
        places = shapely.get_coordinates(np.asarray(trees.geometry.loc[size.index]))
        edge = CROWN.mark.line if look["zorder"] == 18 else STEM.mark.line
        circles = EllipseCollection(
            size,
            size,
            np.zeros(len(size)),
            units="xy",
            offsets=places,
            transOffset=chart.transData,
            edgecolors=edge,
            **look,
        )
        chart.add_collection(circles, autolim=False)


def _draw_numbers(chart: Axes, addresses: gpd.GeoDataFrame, taken: list[shapely.Geometry]) -> None:
    """House numbers, those of one place as first and last, where they overlap nothing that was written before."""
    xy = shapely.get_coordinates(addresses.geometry.to_numpy())
    cells = pd.DataFrame(np.floor(xy / TOGETHER_M).astype(int), columns=["x", "y"], index=addresses.index)
    cells = cells.assign(number=addresses["house_number"].astype("str"), east=xy[:, 0], north=xy[:, 1])
    look: dict[str, Any] = {"fontsize": NUMBER_PT, "color": "#3f3a33", "ha": "center", "va": "center"}
    for _, group in cells.groupby(["x", "y"], sort=True):
        numbers = sorted(set(group["number"]), key=_in_street_order)
        words = numbers[0] if len(numbers) == 1 else f"{numbers[0]}…{numbers[-1]}"
        x, y = float(group["east"].mean()), float(group["north"].mean())
        place = _place(chart, x, y, words, NUMBER_PT, 0.0)
        if not shapely.intersects(place, taken).any():
            taken.append(place)
            draw_text(chart, x, y, words, rim=1.2, zorder=20, **look)


def _in_street_order(number: str) -> tuple[int, str]:
    figures = "".join(letter if letter.isdigit() else " " for letter in number).split()
    return (int(figures[0]) if figures else 0, number)


def _draw_names(chart: Axes, streets: list[StreetName]) -> list[shapely.Geometry]:
    """Names of streets, those with most addresses first, where they do not overlap; returns their places in pixels."""
    taken: list[shapely.Geometry] = []
    look: dict[str, Any] = {"fontsize": NAME_PT, "style": "italic", "color": QUIET, "ha": "center", "va": "center"}
    for street in sorted(streets, key=lambda each: (-each.addresses, each.name)):
        place = _place(chart, street.x_m, street.y_m, street.name, NAME_PT, street.angle_deg)
        if not shapely.intersects(place, taken).any():
            taken.append(place)
            turned: dict[str, Any] = {"rotation": street.angle_deg, "rotation_mode": "anchor"}
            draw_text(chart, street.x_m, street.y_m, street.name, rim=2.0, zorder=21, **look, **turned)
    return taken


def _place(chart: Axes, x: float, y: float, words: str, size_pt: float, angle_deg: float) -> shapely.Geometry:
    """The room that words take, in pixels: letters of two thirds of their size wide, on average."""
    middle = chart.transData.transform((x, y))
    letter = size_pt / 72 * chart.figure.dpi
    half = 0.33 * letter * len(words)
    lying = shapely.box(middle[0] - half, middle[1] - letter / 2, middle[0] + half, middle[1] + letter / 2)
    return shapely.affinity.rotate(lying, angle_deg)
