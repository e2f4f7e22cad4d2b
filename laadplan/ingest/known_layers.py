"""Which source a layer or a table can serve: a table of recognisers, tried in order.

In: a `Layer`. Out: per source a form, which files of one delivery have in common; empty where it is not that source. A
recogniser asks for what the reader needs, and for what no other source has: lists have ids and years in common.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from laadplan.errors import LaadplanError
from laadplan.ingest import (
    addresses,
    bag,
    bay_words,
    car_stock,
    cbs,
    cbs_tables,
    charging_lists,
    forecast,
    grid_capacity,
    jobs,
    municipal_cars,
    occupancy,
    osm_bays,
    places,
    planned_homes,
    rdw,
    requests,
    road_managers,
    session_rows,
    sign_rows,
    tree_dialects,
    walking,
)
from laadplan.ingest.columns import match_columns
from laadplan.ingest.features import SHAPEFILE_LENGTH
from laadplan.ingest.grid_operators import find_layout
from laadplan.ingest.sketch import Layer

NWB = "nwb"
"""Form of a walking network that the one made from the BGT goes before: it holds axes of roads."""

DWELLINGS = "won"
REQUEST = "aanvra"
BAYS = "parkeervak"
"""Parts of names that other lists do not have: of a column with dwellings or requests, of a layer with bays."""


def has(names: Collection[str], spellings: Mapping[str, Sequence[str]], required: Collection[str]) -> bool:
    """Whether all columns of ours are there that are required."""
    try:
        match_columns(names, spellings, config={}, required=required, where="")
    except LaadplanError:
        return False
    return True


def _any(names: Collection[str], spellings: Mapping[str, Sequence[str]], wanted: Collection[str]) -> bool:
    return any(has(names, spellings, [name]) for name in wanted)


def _table(layer: Layer, *, if_true: bool) -> str:
    """The form of a table: files with the same columns belong together."""
    return ("|".join(layer.columns) if layer.record is None else "json") if if_true else ""


def _is_cars(layer: Layer, _: Path) -> str:
    found = has(layer.columns, car_stock.SPELLINGS, car_stock.REQUIRED)
    return _table(layer, if_true=found and layer.record is None and any(map(car_stock.SHARE.fullmatch, layer.columns)))


def _is_sessions(layer: Layer, _: Path) -> str:
    if layer.record is not None:
        return _table(layer, if_true="start_date_time" in layer.record and "evses" not in layer.record)
    known = session_rows.SPELLINGS
    begins = _any(layer.columns, known, ("started_at", "started_utc"))
    ends = _any(layer.columns, known, ("ended_at", "ended_utc", "connected_h"))
    return _table(layer, if_true=begins and ends and has(layer.columns, known, ["energy"]))


def _is_polls(layer: Layer, _: Path) -> str:
    known = occupancy.SPELLINGS
    found = has(layer.columns, known, ("polled_at", "status")) and _any(
        layer.columns, known, ("location_id", "evse_id")
    )
    return _table(layer, if_true=found and not layer.shape and layer.record is None)


def _is_signs(layer: Layer, _: Path) -> str:
    if layer.record is not None:
        message = "rvv_code" in layer.record and "location" in layer.record
        return "v3" if message else "features" if "rvvCode" in layer.record else ""
    return _table(layer, if_true=set(sign_rows.CSV_NEEDED) <= set(layer.columns))


def _is_charging(layer: Layer, _: Path) -> str:
    if layer.record is not None:
        if layer.record.get("amenity") == "charging_station":
            return "osm"
        return next((key for key in ("availabilities", "locationId") if key in layer.record and layer.shape), "")
    known = charging_lists.SPELLINGS
    telling = _any(layer.columns, known, ("evse_id", "evse_count", "connectors", "max_power_kw", "max_power_w"))
    placed = has(layer.columns, known, ("x_rd", "y_rd")) or has(layer.columns, known, ("longitude", "latitude"))
    own = telling and placed and _any(layer.columns, known, ("location_id", "evse_id"))
    of_map = {"AddressInfo.Latitude", "Connections"} <= set(layer.columns)
    return _table(layer, if_true=not layer.shape and (own or of_map))


def _is_registrations(layer: Layer, _: Path) -> str:
    counted = _any(layer.columns, rdw.SPELLINGS, ("cars", "plate"))
    by_year = any(rdw.COUNT_OF_YEAR.fullmatch(name) for name in layer.columns)
    return _table(layer, if_true=has(layer.columns, rdw.SPELLINGS, ["fuel"]) and (counted or by_year))


def _is_capacity(layer: Layer, _: Path) -> str:
    known = grid_capacity.SPELLINGS
    told = (*grid_capacity.DIRECTIONS, *grid_capacity.FIGURES)
    return _table(layer, if_true=_any(layer.columns, known, told) and has(layer.columns, known, ["supply_area"]))


def _is_totals(layer: Layer, _: Path) -> str:
    names = [municipal_cars.NUMBERED.sub("", name) for name in layer.columns]
    known = municipal_cars.SPELLINGS
    others = _any(names, known, municipal_cars.FIGURES[1:])
    return _table(layer, if_true=not layer.shape and has(names, known, municipal_cars.REQUIRED) and others)


def _is_requests(layer: Layer, _: Path) -> str:
    named = any(REQUEST in name.lower() for name in layer.columns)
    return _table(layer, if_true=named and has(layer.columns, requests.SPELLINGS, requests.REQUIRED))


def _is_planned(layer: Layer, _: Path) -> str:
    known = planned_homes.SPELLINGS
    told = [name.lower() for name in layer.columns if name.lower() in known["dwellings"]]
    plans = [name.lower() for name in layer.columns if name.lower() in known["plan_id"] and name.lower() != "id"]
    return _table(layer, if_true=bool(plans) and any(DWELLINGS in name for name in told))


def _is_jobs(layer: Layer, _: Path) -> str:
    found = has(layer.columns, jobs.SPELLINGS, ["jobs"]) and _any(layer.columns, jobs.SPELLINGS, jobs.KINDS)
    return _table(layer, if_true=not layer.shape and found)


def _is_forecast(layer: Layer, _: Path) -> str:
    known = forecast.SPELLINGS
    long = has(layer.columns, known, ("year", "scenario", "value"))
    found = has(layer.columns, known, ["buurtcode"]) and (long or forecast.is_wide(layer.columns))
    return _table(layer, if_true=not layer.shape and found)


def _is_squares(layer: Layer, _: Path) -> str:
    known = cbs_tables.SQUARE_SPELLINGS
    figures = [name for name in known if name != "square_id"]
    return _table(layer, if_true=has(layer.columns, known, ["square_id"]) and _any(layer.columns, known, figures))


def _is_buurten(layer: Layer, _: Path) -> str:
    return _table(layer, if_true=layer.shape == "surface" and has(layer.columns, cbs.SPELLINGS, cbs.REQUIRED))


def _is_postcodes(layer: Layer, _: Path) -> str:
    known = cbs_tables.POSTCODE_SPELLINGS
    figures = ("inhabitants", "households", "dwellings", "addresses")
    found = has(layer.columns, known, ["postcode"]) and _any(layer.columns, known, figures)
    return _table(layer, if_true=found and layer.shape in ("", "surface"))


def _is_addresses(layer: Layer, _: Path) -> str:
    is_object = layer.identity.lower().startswith(bag.LAYERS)
    placed = layer.shape == "point" or is_object
    return _table(layer, if_true=placed and has(layer.columns, addresses.SPELLINGS, addresses.REQUIRED))


def _is_trees(layer: Layer, _: Path) -> str:
    known = {name: [*tree_dialects.SPELLINGS[name]] for name in ("tree_id", "species")}
    for name, spellings in known.items():
        spellings += [dialect[name] for dialect in tree_dialects.DIALECTS.values() if name in dialect]
        spellings += [spelling[:SHAPEFILE_LENGTH] for spelling in spellings]
    named = has(layer.columns, known, list(known))
    placed = (
        layer.shape == "point"
        if layer.shape
        else any(has(layer.columns, places.SPELLINGS, group) for group in places.GROUPS)
    )
    return _table(layer, if_true=named and placed)


def _is_bays(layer: Layer, path: Path) -> str:
    if not layer.shape or layer.shape == "line":
        return ""
    if has(layer.columns, osm_bays.SPELLINGS, ("osm_id", "parking")):
        return "osm"
    named = any(BAYS in name.lower() for name in (layer.name, path.stem))
    dialects = bay_words.DIALECTS.values()
    lower = {name.lower() for name in layer.columns}
    whole = any({name.lower() for name in words.values()} <= lower for words in dialects)
    telling = _any(layer.columns, bay_words.SPELLINGS, ("orientation", "capacity", "regime", "sign", "regimes"))
    return "register" if whole or (named and telling) else ""


def _is_managed(layer: Layer, _: Path) -> str:
    found = layer.shape == "line" and has(layer.columns, road_managers.SPELLINGS, road_managers.REQUIRED)
    return NWB if found else ""


def _is_walked(layer: Layer, _: Path) -> str:
    found = layer.shape == "line" and has(layer.columns, walking.NWB_SPELLINGS, walking.NWB_NEEDED)
    return NWB if found else ""


def _is_cables(layer: Layer, path: Path) -> str:
    return "open data" if layer.shape and find_layout(layer.identity, layer.name, path.stem) else ""


LAYERS: tuple[tuple[str, Callable[[Layer, Path], str]], ...] = (
    ("car_stock", _is_cars),
    ("sessions", _is_sessions),
    ("occupancy", _is_polls),
    ("signs", _is_signs),
    ("charge_points", _is_charging),
    ("registrations", _is_registrations),
    ("grid_capacity", _is_capacity),
    ("municipal_cars", _is_totals),
    ("requests", _is_requests),
    ("planned_homes", _is_planned),
    ("jobs", _is_jobs),
    ("forecast", _is_forecast),
    ("squares", _is_squares),
    ("buurten", _is_buurten),
    ("postcodes", _is_postcodes),
    ("parking_bays", _is_bays),
    ("trees", _is_trees),
    ("road_managers", _is_managed),
    ("walking", _is_walked),
    ("cables", _is_cables),
    ("addresses", _is_addresses),
)
"""Source to its recogniser, in the order in which they are tried: what is more telling stands first."""
