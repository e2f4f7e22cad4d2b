"""Parking strips drawn by hand beside a road, in metres from the corner point."""

from __future__ import annotations

import numpy as np
import shapely

from laadplan.config.project import BayRules, Surfaces
from laadplan.contracts.sources import RoadParts
from laadplan.kerb.bays import cut_strips
from tests.frames import box, make

ROAD = box(0, -5, 60, 0)
"""A carriageway south of the strips."""

RULES, SURFACES = BayRules(), Surfaces()


def parts(strips, road=ROAD, function="rijbaan lokale weg", **more):
    """Road parts: strips by id, and one carriageway where one is given."""
    rows = {name: {"geometry": shape, "function": "parkeervlak"} for name, shape in strips.items()}
    rows |= {"road": {"geometry": road, "function": function}} if road is not None else {}
    return make(RoadParts, rows | more)


def cut(strip, road=ROAD, function="rijbaan lokale weg", **more):
    """Strips and bays of one strip beside one road."""
    return cut_strips(parts({"strip": strip}, road, function, **more), RULES, SURFACES)


def sector(inner_m, outer_m, begin_deg, end_deg, step_deg=1.0):
    """Part of a ring around the corner point."""
    angle = np.radians(np.arange(begin_deg, end_deg + step_deg / 2, step_deg))
    circle = np.column_stack([np.cos(angle), np.sin(angle)])
    return shapely.Polygon(np.vstack([outer_m * circle, inner_m * circle[::-1]]))


def leaning(length_m, depth_m, angle_deg, begin_m=10.0):
    """A strip north of the road, both ends at the same angle to it."""
    shift = depth_m / np.tan(np.radians(angle_deg))
    return shapely.Polygon(
        [
            (begin_m, 0),
            (begin_m + length_m, 0),
            (begin_m + length_m + shift, depth_m),
            (begin_m + shift, depth_m),
        ]
    )


def teeth(count, angle_deg, width_m=2.5, length_m=5.0, begin_m=15.0):
    """Bays at an angle to the road, each with a square nose: a strip with a sawtooth at its back."""
    angle = np.radians(angle_deg)
    axis, nose = np.array([np.cos(angle), np.sin(angle)]), np.array([np.sin(angle), -np.cos(angle)])
    pitch = width_m / np.sin(angle)
    corners = [np.array([begin_m, 0.0])]
    for place in range(count):
        left = np.array([begin_m + place * pitch, 0.0]) + axis * (length_m + width_m / np.tan(angle))
        corners += [left, left + width_m * nose]
    return shapely.Polygon([*corners, (begin_m + count * pitch, 0.0)])
