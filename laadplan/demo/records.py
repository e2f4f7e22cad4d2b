"""What a BGT delivery holds besides the quarter of today: earlier versions, objects that are gone, objects planned.

In: a ``Quarter``. Out: ``Record`` per delivered object version (EPSG:28992), in the order of the file. Dates and
versions follow from the digits of the ids, so that equal towns give equal deliveries.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import shapely
from shapely import Point, Polygon

from laadplan.demo.model import Cell, Quarter
from laadplan.demo.names import SOURCE_HOLDER, WATER_BOARD, building_id, dwelling_id, local_id
from laadplan.demo.people import serial_of
from laadplan.demo.shapes import join, polygons

_HISTORY_EVERY = 9
"""One object in so many has an earlier version in the delivery: a real one holds more, this is enough to trip on."""

_GONE_EVERY = 31
"""One object in so many is joined by one that is gone altogether."""

_PLANS_EVERY = 5
"""One quarter in so many, the first among them, has objects that are planned."""

_PLANS = 2
"""Objects planned of a kind in such a quarter."""

_PLAN_LENGTH_M = 15.0
_PLAN_DEPTH_M = {"wegdeel": 5.0, "pand": 9.0}
"""Size of a planned parking strip and of a planned building."""

_PLANS_APART_M = 12.0
"""A planned building lies so far north of the planned strip."""

_MOVED_M = {"earlier": 0.3, "gone": 0.8}
"""Former shapes lie this far east and north of the present one."""


class Record(NamedTuple):
    """One version of one BGT object; `ended` is set for versions that are no longer current."""

    layer: str
    local_id: str
    holder: str
    shape: Polygon | Point
    code: str
    material: str
    level: int
    registered: str
    ended: str = ""
    is_terminated: bool = False
    is_planned: bool = False
    bag_id: str = ""
    label: str = ""
    label_point: Point | None = None
    lowest: str = ""
    highest: str = ""


def records(quarter: Quarter, layer: str) -> list[Record]:
    """All records of one quarter in one file, current ones among others, in the order of the file."""
    current = _current(quarter, layer)
    digits = [int(record.local_id[-16:-8], 16) for record in current]
    gone = [place for place, digit in enumerate(digits) if digit % _GONE_EVERY == 0]
    earlier = [place for place, digit in enumerate(digits) if digit % _HISTORY_EVERY == 0]
    before: dict[int, list[Record]] = {}
    for place, shape in zip(gone, _moved([current[place].shape for place in gone], "gone"), strict=True):
        before.setdefault(place, []).append(_gone(current[place], shape, quarter.seed))
    for place, shape in zip(earlier, _moved([current[place].shape for place in earlier], "earlier"), strict=True):
        before.setdefault(place, []).append(_earlier(current[place], shape))
    found = [version for place, record in enumerate(current) for version in (*before.get(place, ()), record)]
    return [*found, *_planned(quarter, layer)]


def is_current(record: Record) -> bool:
    """Whether a record shows the quarter of today."""
    return not record.ended and not record.is_planned


def planned_buildings(quarter: Quarter) -> list[tuple[str, Polygon]]:
    """BAG id and shape of each building that is planned in the quarter."""
    serial = max((int(building.bag_id[-10:]) for building in quarter.buildings if building.bag_id), default=None)
    first = _serial_without_buildings(quarter.cell) if serial is None else serial + 1
    return [(building_id(first + place), shape) for place, shape in enumerate(_planned_shapes(quarter, "pand"))]


def _serial_without_buildings(cell: Cell) -> int:
    """A serial of the quarter's own, should it have no building to count on from."""
    return serial_of(cell, 99_000)


def _current(quarter: Quarter, layer: str) -> list[Record]:
    if layer == "pand":
        return _buildings(quarter)
    if layer == "vegetatieobject":
        return [_record(layer, tree.local_id, tree.point, "niet-bgt", "boom") for tree in quarter.trees]
    if layer == "overbruggingsdeel":
        return _decks(quarter)
    holder = WATER_BOARD if layer == "waterdeel" else SOURCE_HOLDER
    return [
        _record(layer, each.local_id, each.polygon, each.code, each.material, each.level, holder)
        for each in quarter.surfaces
        if each.layer == layer
    ]


def _record(
    layer: str,
    identifier: str,
    shape: Polygon | Point,
    code: str,
    material: str,
    level: int = 0,
    holder: str = SOURCE_HOLDER,
) -> Record:
    """A current record, with a date from its id."""
    digits = int(identifier[-8:], 16)
    registered = f"{2014 + digits % 9}-{1 + digits // 9 % 12:02d}-{1 + digits // 108 % 28:02d}"
    return Record(layer, identifier, holder, shape, code, material, level, registered)


def _buildings(quarter: Quarter) -> list[Record]:
    """Buildings with the range of their house numbers as label."""
    numbers: dict[str, list[tuple[int, str]]] = {}
    for address in quarter.addresses:
        numbers.setdefault(address.building_id, []).append((address.number, address.number_id))
    labels = shapely.point_on_surface(np.array([building.polygon for building in quarter.buildings], dtype=object))
    found = []
    for building, place in zip(quarter.buildings, labels, strict=True):
        record = _record("pand", building.local_id, building.polygon, "", "")._replace(bag_id=building.bag_id)
        known = numbers.get(building.bag_id)
        found.append(_labelled(record, min(known), max(known), place) if known else record)
    return found


def _labelled(record: Record, low: tuple[int, str], high: tuple[int, str], place: Point) -> Record:
    """A building with its lowest and highest address, each a house number and the id of its nummeraanduiding."""
    return record._replace(
        label=str(low[0]) if low[0] == high[0] else f"{low[0]}-{high[0]}",
        label_point=place,
        lowest=dwelling_id(int(low[1][-10:])),
        highest=dwelling_id(int(high[1][-10:])) if low[1] != high[1] else "",
    )


def _decks(quarter: Quarter) -> list[Record]:
    """The deck of each bridge: what lies on level 1, in one piece."""
    raised = [surface.polygon for surface in quarter.surfaces if surface.level == 1]
    decks = polygons(join(raised)) if raised else []
    return [
        _record("overbruggingsdeel", local_id(quarter.seed, quarter.cell.index, "dek", place), deck, "dek", "", 1)
        for place, deck in enumerate(decks)
    ]


def _earlier(current: Record, shape: Polygon | Point) -> Record:
    """The version before the current one: same id, a little beside it."""
    return current._replace(shape=shape, ended=f"{current.registered}T08:15:00", registered="2013-05-01")


def _gone(current: Record, shape: Polygon | Point, seed: int) -> Record:
    """An object that was there before and is gone."""
    return current._replace(
        local_id=local_id(seed, "vervallen", current.local_id),
        shape=shape,
        ended=f"{current.registered}T07:45:00",
        registered="2012-11-06",
        is_terminated=True,
        bag_id="",
        label="",
    )


def _moved(shapes: Sequence[Polygon | Point], why: str) -> np.ndarray:
    """Shapes moved to the north-east, on the millimetre grid; a rigid move keeps them valid."""
    by_m = _MOVED_M[why]
    return np.asarray(shapely.transform(np.array(shapes, dtype=object), lambda places: (places + by_m).round(3)))


def _planned(quarter: Quarter, layer: str) -> list[Record]:
    """Parking strips and buildings that are planned in the green."""
    if layer == "pand":
        return [
            _plan(quarter, layer, place, shape, "", "")._replace(bag_id=identifier)
            for place, (identifier, shape) in enumerate(planned_buildings(quarter))
        ]
    if layer == "wegdeel":
        return [
            _plan(quarter, layer, place, shape, "parkeervlak", "open verharding")
            for place, shape in enumerate(_planned_shapes(quarter, layer))
        ]
    return []


def _plan(quarter: Quarter, layer: str, place: int, shape: Polygon, code: str, material: str) -> Record:
    identifier = local_id(quarter.seed, quarter.cell.index, "plan", layer, place)
    return _record(layer, identifier, shape, code, material)._replace(is_planned=True)


def _planned_shapes(quarter: Quarter, layer: str) -> list[Polygon]:
    """Rectangles in the largest green of the quarter."""
    if quarter.cell.index % _PLANS_EVERY:
        return []
    greens = [surface.polygon for surface in quarter.surfaces if surface.layer == "begroeidterreindeel"]
    largest = sorted(greens, key=lambda polygon: (-polygon.area, polygon.bounds))[:_PLANS]
    return [_rectangle(green.representative_point(), layer) for green in largest]


def _rectangle(middle: Point, layer: str) -> Polygon:
    west, south = round(middle.x, 3), round(middle.y + _PLANS_APART_M * (layer == "pand"), 3)
    return shapely.box(west, south, round(west + _PLAN_LENGTH_M, 3), round(south + _PLAN_DEPTH_M[layer], 3))
