"""Rows of bays and surroundings drawn by hand, in metres from the corner point."""

from __future__ import annotations

from laadplan.config.project import SpotRules, Surfaces
from laadplan.contracts.ground import Obstacles
from laadplan.contracts.network import Signs
from laadplan.contracts.planning import Bays
from laadplan.kerb.spots import find_spots, surroundings
from tests.frames import NAN, ORDINARY, X, Y, box, make, moved, point

ORDINARY.setdefault(
    Obstacles, {"kind": "paal", "type": "lichtmast", "level": 0, "status": "bestaand", "maintainer": "G0228"}
)
ORDINARY.setdefault(
    Signs,
    dict.fromkeys(Signs.columns()) | {"rvv_code": "E8c", "meaning": "elektrisch laden", "bearing_deg": NAN},
)

LANGS_M, HAAKS_M = 5.5, 2.5


def row_of_bays(count=4, *, width_m=LANGS_M, depth_m=2.0, strip="strip", west_m=0.0, south_m=0.0, regimes=None, **more):
    """Bays from east to west with the carriageway south of them and the pavement north; they end at `west_m`."""
    rows = {}
    for number in range(1, count + 1):
        east = west_m + width_m * (count - number + 1)
        rows[f"{strip}#{number:02d}"] = {
            "road_part_id": strip,
            "row_id": strip,
            "number": number,
            "orientation": "langs" if width_m > depth_m else "haaks",
            "start_m": width_m * (number - 1),
            "end_m": width_m * number,
            "kerb_x_m": X + east - width_m,
            "kerb_y_m": Y + south_m + depth_m,
            "regime": regimes[number - 1] if regimes else "onbekend",
            "geometry": box(east - width_m, south_m, east, south_m + depth_m),
        } | more
    return make(Bays, rows)


POST = make(Obstacles, {"post": {"geometry": point(0, 0)}})
"""Checked once: a property makes hundreds."""


def posts(*places, **more):
    """A lamppost at each place."""
    rows = POST.iloc[[0] * len(places)].set_axis([f"post{number:02d}" for number in range(len(places))])
    return rows.assign(geometry=[moved(point(*xy)) for xy in places], **more)


def spots_of(bays, *, rules=None, **frames):
    """The spots of bays among what is given."""
    rules = rules or SpotRules()
    return find_spots(bays, surroundings(rules, Surfaces(), **frames), rules)


def place(spots, number=0):
    """Place of one of the poles in metres from the corner point."""
    pole = spots.geometry.iloc[number]
    return (round(pole.x - X, 3), round(pole.y - Y, 3))
