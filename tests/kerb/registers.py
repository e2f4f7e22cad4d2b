"""Registers of bays drawn by hand, in metres from the corner point."""

from __future__ import annotations

from laadplan.contracts.quality import Quality
from laadplan.contracts.street import ParkingBays
from laadplan.kerb.registered import registered_bays
from tests.frames import box, make
from tests.kerb.drawing import RULES, SURFACES

ORDINARY = {
    "kind": "vak",
    "orientation": "langs",
    "capacity": 1.0,
    "regime": "openbaar",
    "regime_text": None,
    "street": None,
    "road_part_id": None,
    "origin": "gemeente",
}


def register(bays, **more):
    """`ParkingBays` of shapes, or of rows of what is not ordinary, by id."""
    rows = {name: bay if isinstance(bay, dict) else {"geometry": bay} for name, bay in bays.items()}
    return make(ParkingBays, {name: {**ORDINARY, **more, **row} for name, row in rows.items()})


def registered(bays, road_parts=None, **more):
    """`Bays` of such a register, and what was noted."""
    quality = Quality()
    return registered_bays(register(bays, **more), road_parts, RULES, SURFACES, quality), quality


def langs_row(number, x=10.0, y=0.0, length=5.5, width=2.0, name="v"):
    """Langs bays from west to east."""
    return {f"{name}{n + 1}": box(x + n * length, y, x + (n + 1) * length, y + width) for n in range(number)}


def haaks_row(number, x=10.0, y=0.0, width=2.5, depth=5.0, name="v"):
    """Haaks bays from west to east."""
    return langs_row(number, x, y, width, depth, name)
