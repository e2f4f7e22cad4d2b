"""Layers around a spot, drawn by hand in metres from the corner point: what a row holds where a test says nothing."""

from __future__ import annotations

from laadplan.contracts.figures import RoadManagers
from laadplan.contracts.grid import GridAreas, GridCapacity
from laadplan.contracts.ground import Obstacles
from laadplan.contracts.network import Signs
from laadplan.contracts.planning import Bays, Candidates
from laadplan.contracts.street import Zones
from tests.frames import box, make, point

ORDINARY = {
    Obstacles: {"kind": "paal", "type": "lichtmast", "level": 0, "status": "bestaand", "maintainer": "G0228"},
    Signs: {"rvv_code": "E8", "meaning": "parkeren"},
    Zones: {"parking_pressure_share": float("nan")},
    RoadManagers: {"manager_kind": "gemeente"},
    GridCapacity: {
        "area_kind": "postcode",
        "feed_in": "onbekend",
        "covers": "kleinverbruik",
        **dict.fromkeys(("offtake_queue_mw", "feed_in_queue_mw", "offtake_requests", "feed_in_requests"), float("nan")),
    },
    GridAreas: {},
}


def layer(contract, rows):
    """A checked frame of the rows by id; columns that nobody gave are empty."""
    ordinary = dict.fromkeys(contract.columns(), None) | ORDINARY[contract]
    return make(contract, {name: ordinary | row for name, row in rows.items()})


def spots(places, **more):
    """Candidates by id at places (m), each serving one bay of 2 by 5 m south of its pole."""
    rows = {
        name: {"bay_ids": f"{name}#1", "geometry": point(*place), "address_distance_m": float("nan")} | more
        for name, place in places.items()
    }
    return make(Candidates, rows)


def bays_of(candidates, places):
    """The bays of `spots`."""
    rows = {
        f"{name}#1": {"start_m": 0.0, "end_m": 5.0, "geometry": box(x - 2.5, y - 2.5, x + 2.5, y - 0.5)}
        for name, (x, y) in places.items()
        if name in candidates.index
    }
    return make(Bays, rows)
