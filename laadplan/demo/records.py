"""What a BGT delivery holds besides the town of today: earlier versions, objects that are gone, objects that are
planned.

In: a ``Town``. Out: ``Record`` per delivered object version (EPSG:28992), in the order of the file. Dates and versions
follow from hashes of the ids, so that equal towns give equal deliveries.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from shapely import Point, Polygon
from shapely.affinity import translate

from laadplan.demo.model import Surface, Town
from laadplan.demo.names import SOURCE_HOLDER, WATER_BOARD, building_id, dwelling_id, hashed, local_id
from laadplan.demo.shapes import join, polygons, snap

_HISTORY_EVERY = 9
"""One object in so many has an earlier version in the delivery: a real one holds more, this is enough to trip on."""

_GONE_EVERY = 31
"""One object in so many is joined by one that is gone altogether."""


@dataclass(frozen=True)
class Record:
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


def records(town: Town, layer: str) -> Iterator[Record]:
    """All records of one file, current ones among others, in the order of the file."""
    for current in _current(town, layer):
        digits = int(hashed(current.local_id, "versie")[:8], 16)
        if digits % _GONE_EVERY == 0:
            yield _gone(current, town.seed)
        if digits % _HISTORY_EVERY == 0:
            yield _earlier(current)
        yield current
    yield from _planned(town, layer)


def is_current(record: Record) -> bool:
    """Whether a record shows the town of today."""
    return not record.ended and not record.is_planned


def _current(town: Town, layer: str) -> Iterator[Record]:
    if layer == "pand":
        yield from _buildings(town)
    elif layer == "vegetatieobject":
        for tree in town.trees:
            yield _record(layer, tree.local_id, tree.point, "niet-bgt", "boom")
    elif layer == "overbruggingsdeel":
        yield from _decks(town)
    else:
        for surface in town.surfaces:
            if surface.layer == layer:
                yield _from_surface(surface)


def _record(layer: str, local_id: str, shape: Polygon | Point, code: str, material: str, level: int = 0) -> Record:
    """A current record, with a date from its id."""
    digits = int(hashed(local_id, "datum")[:8], 16)
    registered = f"{2014 + digits % 9}-{1 + digits // 9 % 12:02d}-{1 + digits // 108 % 28:02d}"
    return Record(layer, local_id, SOURCE_HOLDER, shape, code, material, level, registered)


def _from_surface(surface: Surface) -> Record:
    record = _record(surface.layer, surface.local_id, surface.polygon, surface.code, surface.material, surface.level)
    return replace(record, holder=WATER_BOARD) if surface.layer == "waterdeel" else record


def _buildings(town: Town) -> Iterator[Record]:
    """Buildings with the range of their house numbers as label."""
    numbers: dict[str, list[tuple[int, str]]] = {}
    for address in town.addresses:
        numbers.setdefault(address.building_id, []).append((address.number, address.number_id))
    for building in town.buildings:
        record = replace(_record("pand", building.local_id, building.polygon, "", ""), bag_id=building.bag_id)
        known = sorted(numbers.get(building.bag_id, []))
        if known:
            low, high = known[0], known[-1]
            record = replace(
                record,
                label=str(low[0]) if low[0] == high[0] else f"{low[0]}-{high[0]}",
                label_point=building.polygon.representative_point(),
                lowest=dwelling_id(int(low[1][-10:])),
                highest=dwelling_id(int(high[1][-10:])) if low[1] != high[1] else "",
            )
        yield record


def _decks(town: Town) -> Iterator[Record]:
    """The deck of each bridge: what lies on level 1, in one piece."""
    raised = [surface.polygon for surface in town.surfaces if surface.level == 1]
    for index, deck in enumerate(polygons(join(raised)) if raised else []):
        yield _record("overbruggingsdeel", local_id(town.seed, "dek", index), deck, "dek", "", 1)


def _earlier(current: Record) -> Record:
    """The version before the current one: same id, a little beside it."""
    return replace(
        current, shape=_moved(current.shape, 0.3), ended=f"{current.registered}T08:15:00", registered="2013-05-01"
    )


def _gone(current: Record, seed: int) -> Record:
    """An object that was there before and is gone."""
    return replace(
        current,
        local_id=local_id(seed, "vervallen", current.local_id),
        shape=_moved(current.shape, 0.8),
        ended=f"{current.registered}T07:45:00",
        registered="2012-11-06",
        is_terminated=True,
        bag_id="",
        label="",
    )


def _moved(shape: Polygon | Point, by_m: float) -> Polygon | Point:
    """A shape moved to the north-east."""
    moved = translate(shape, by_m, by_m)
    if isinstance(moved, Point):
        return Point(round(moved.x, 3), round(moved.y, 3))
    return polygons(snap(moved))[0]


def _planned(town: Town, layer: str) -> Iterator[Record]:
    """Two parking strips and two buildings that are planned in the green."""
    if layer not in ("wegdeel", "pand"):
        return
    parks = sorted(
        (surface.polygon for surface in town.surfaces if surface.layer == "begroeidterreindeel"),
        key=lambda polygon: (-polygon.area, polygon.bounds),
    )
    depth, code = (5.0, "parkeervlak") if layer == "wegdeel" else (9.0, "")
    for index, polygon in enumerate(parks[:2]):
        middle = polygon.representative_point()
        west, south = round(middle.x, 3), round(middle.y + 12.0 * (layer == "pand"), 3)
        shape = Polygon([(west, south), (west + 15.0, south), (west + 15.0, south + depth), (west, south + depth)])
        record = _record(
            layer, local_id(town.seed, "plan", layer, index), shape, code, "open verharding" if code else ""
        )
        yield replace(record, is_planned=True, bag_id="" if code else building_id(len(town.buildings) + 1 + index))
