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
