"""Draws quarters of a demo town at street scale, as the pictures in the documentation.

Run it as ``.venv/bin/python docs/images/draw_quarter.py PICTURE INHABITANTS SEED KIND [METRES [LAYER ...]]``: the
middle of the first quarter of that kind, so many metres wide. ``kabels`` as a layer adds the electricity grid.
The pictures are ``quarter.png 20000 1 bloemkool 330`` and ``quarter-old.png 20000 1 centrum 300``, with fewer colours.
"""

import sys
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import EllipseCollection, LineCollection
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from shapely import Polygon, box

from laadplan.demo.model import Quarter
from laadplan.demo.plan import make_plan
from laadplan.demo.town import make_quarter

COLOURS = {
    "rijbaan lokale weg": "#d9d6d3",
    "woonerf": "#e3d5cb",
    "fietspad": "#dfa99b",
    "voetpad": "#ece7e1",
    "voetgangersgebied": "#eadfd2",
    "inrit": "#e2dcd4",
    "parkeervlak": "#c3c8d1",
    "berm": "#b9d69b",
    "groenvoorziening": "#c3dda6",
    "grasland overig": "#cbe3ae",
    "grasland agrarisch": "#d5e8bd",
    "erf": "#f2eddc",
    "waterdeel": "#a9cfe6",
    "pand": "#bd8b76",
}


def draw(quarters: list[Quarter], frame: Polygon, picture: Path, layers: list[str]) -> None:
    """Writes the picture of what lies in a frame (EPSG:28992)."""
    west, south, east, north = frame.bounds
    figure = plt.figure(figsize=(11.0, 11.0 * (north - south) / (east - west)), dpi=110)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    axes.set_aspect("equal")
    axes.axis("off")
    for quarter in quarters:
        _ground(axes, quarter, frame)
        _buildings(axes, quarter, frame)
        _bays(axes, quarter, frame)
        _trees(axes, quarter, frame)
        _poles(axes, quarter, frame)
        if "kabels" in layers:
            _grid(axes, quarter)
        _names(axes, quarter, frame)
    figure.savefig(picture, metadata={"Software": None})


def _patch(polygon: Polygon, **style: object) -> PathPatch:
    rings = [polygon.exterior, *polygon.interiors]
    return PathPatch(Outline.make_compound_path(*(Outline(np.array(ring.coords)) for ring in rings)), **style)


def _ground(axes: Axes, quarter: Quarter, frame: Polygon) -> None:
    for surface in sorted(quarter.surfaces, key=lambda surface: surface.level):
        if frame.intersects(surface.polygon):
            colour = COLOURS.get(surface.code, COLOURS.get(surface.layer, "#dfe8cf"))
            axes.add_patch(_patch(surface.polygon, facecolor=colour, edgecolor="#ffffff", linewidth=0.35))


def _buildings(axes: Axes, quarter: Quarter, frame: Polygon) -> None:
    numbers = {}
    for address in quarter.addresses:
        numbers.setdefault(address.building_id, []).append(address.number)
    for building in quarter.buildings:
        if not frame.intersects(building.polygon):
            continue
        colour = COLOURS["pand"] if building.homes else "#d3b7a6"
        axes.add_patch(_patch(building.polygon, facecolor=colour, edgecolor="#7d5645", linewidth=0.5))
        known = sorted(set(numbers.get(building.bag_id, [])))
        if known and building.polygon.area > 35:
            middle = building.polygon.centroid
            label = f"{known[0]}" if len(known) == 1 else f"{known[0]}-{known[-1]}"
            axes.text(middle.x, middle.y, label, fontsize=4.5, color="#3a241b", ha="center", va="center", clip_on=True)


def _bays(axes: Axes, quarter: Quarter, frame: Polygon) -> None:
    bays = [bay for strip in quarter.strips for bay in strip.bays if frame.intersects(bay)]
    lines = [np.array(bay.exterior.coords) for bay in bays]
    axes.add_collection(LineCollection(lines, colors="#ffffff", linewidths=0.9))
    special = [
        (bay, regime)
        for strip in quarter.strips
        for bay, regime in zip(strip.bays, strip.regimes, strict=True)
        if regime != "openbaar" and frame.intersects(bay)
    ]
    for bay, regime in special:
        axes.text(
            bay.centroid.x,
            bay.centroid.y,
            "P&" if regime == "gpp" else "L",
            fontsize=5,
            ha="center",
            va="center",
            color="#1b3f8b",
        )


def _trees(axes: Axes, quarter: Quarter, frame: Polygon) -> None:
    trees = [tree for tree in quarter.trees if frame.intersects(tree.point)]
    if trees:
        sizes = np.clip([tree.crown_m for tree in trees], 2.0, 9.0)
        xy = shapely.get_coordinates([tree.point for tree in trees])
        axes.add_collection(
            EllipseCollection(
                sizes,
                sizes,
                np.zeros(len(trees)),
                units="xy",
                offsets=xy,
                transOffset=axes.transData,
                facecolors="#5f9a4dAA",
                edgecolors="#3f6f33",
                linewidths=0.4,
            )
        )


def _poles(axes: Axes, quarter: Quarter, frame: Polygon) -> None:
    poles = [pole.point for pole in quarter.poles if frame.intersects(pole.point)]
    axes.plot(
        *shapely.get_coordinates(poles).T if poles else ([], []),
        "^",
        color="#009e73",
        markersize=7,
        markeredgecolor="black",
    )


def _grid(axes: Axes, quarter: Quarter) -> None:
    for volts, colour in ((400, "#c2185b"), (10_000, "#4527a0")):
        lines = [np.array(cable.line.coords) for cable in quarter.grid.cables if cable.voltage_v == volts]
        axes.add_collection(LineCollection(lines, colors=colour, linewidths=1.0))
    for each in quarter.grid.installations:
        axes.plot(
            each.point.x,
            each.point.y,
            "s" if each.kind == "middenspanningsstation" else "D",
            color="#4527a0",
            markersize=6,
        )


def _names(axes: Axes, quarter: Quarter, frame: Polygon) -> None:
    inner = frame.buffer(-12)
    for segment in quarter.segments:
        line = segment.line.intersection(inner)
        if line.geom_type != "LineString" or line.length < 45:
            continue
        middle, one, other = (line.interpolate(share, normalized=True) for share in (0.5, 0.4, 0.6))
        angle = np.degrees(np.arctan2(other.y - one.y, other.x - one.x))
        angle = angle - 180 if angle > 90 else angle + 180 if angle < -90 else angle
        axes.text(
            middle.x,
            middle.y,
            segment.street.name,
            fontsize=6.5,
            rotation=angle,
            ha="center",
            va="center",
            color="#222222",
        )


def main(picture: str, inhabitants: str, seed: str, kind: str, width: str = "240", *layers: str) -> None:
    """Draws the quarter that the words on the command line ask for."""
    town = make_plan(int(inhabitants), int(seed))
    cell = next(cell for cell in town.cells if cell.kind == kind)
    middle, half = cell.polygon.representative_point(), float(width) / 2
    frame = box(middle.x - half, middle.y - half * 0.75, middle.x + half, middle.y + half * 0.75)
    near = [other.index for other in town.cells if other.polygon.intersects(frame)]
    draw([make_quarter(town, index) for index in near], frame, Path(picture), list(layers))


if __name__ == "__main__":
    main(*sys.argv[1:])
