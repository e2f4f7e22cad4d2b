"""Existing charge points and their EVSE, from every form in which they are delivered.

In: OCPI 2.2.1 locations (array, pages or one by one, gzip or plain), a republisher's details by id, GeoJSON of DOT-NL,
of a republisher or of OSM, Overpass JSON, OpenChargeMap as CSV, or an operator's own list through a mapping; told apart
by what they hold. Out: `ChargePoints` and `Evses`. Planned and removed EVSE do not count; an EVSE that several parties
publish counts once, at the location that was updated last. Ids are unique per party only: where two parties use one id,
the party goes before it. Files are read item by item, and what lies outside the bounds of the area is let go at once.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.contracts.frame import RD_BOUNDS_M, RD_EPSG
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import ChargePoints
from laadplan.contracts.use import Evses
from laadplan.errors import BadInput, NotInSource, some_of
from laadplan.geo.rd import degree_bounds, places_to_rd
from laadplan.ingest.area import OUTSIDE, inside
from laadplan.ingest.charging_features import read_element, read_feature
from laadplan.ingest.charging_lists import read_list
from laadplan.ingest.delivery import Parts, delivered_files
from laadplan.ingest.files import text_start
from laadplan.ingest.json_stream import json_parts
from laadplan.ingest.locations import ABROAD, Location, mapping, number
from laadplan.ingest.ocpi import read_location
from laadplan.ingest.overpass import refuse_cut_off

NOTHING = "geen laadpunt dat meetelt (verwijderd, gepland of al bij een andere locatie geteld)"
DOUBLE = "komt meer dan eens voor"
UNLISTED = "zonder lijst van laadpunten"

DUTCH_DEGREES = (3.2, 50.7, 7.3, 53.8)
"""West, south, east, north of the Netherlands in degrees (EPSG:4326). Parts of Belgium and Germany lie in it: a record
from there that says it is Dutch is not seen by this rule, and goes when the area is clipped."""

MARGIN_M = 100.0
"""Around the bounds in degrees: what they let through is looked at again in RD New."""

ENVELOPE = ("data", "status_code", "status_message", "timestamp", "total", "limit", "offset", "links", "features")
"""Keys of an answer that holds no locations of itself."""


def read_charge_points(
    path: Parts,
    area: shapely.Geometry | None = None,
    *,
    around: shapely.Geometry | None = None,
    layer: str | None = None,
    columns: Mapping[str, str] | None = None,
    values: Mapping[str, Mapping[str, str]] | None = None,
    quality: Quality | None = None,
) -> gpd.GeoDataFrame:
    """Charging locations inside the area as `ChargePoints` in RD New, and those around it with ``in_area`` false.

    Parameters
    ----------
    path
        A file, a folder with pages, or several of these.
    area, around
        Shapes in RD New (m); ``around`` is the larger one in which locations still matter: within walking distance, or
        in a buurt of the area.
    layer, columns, values
        Of a list: its sheet, our column name to its own, and per column of ours its words to ours.

    Raises
    ------
    MissingSource
        The file is not there.
    BadInput
        The file is damaged, holds no charging locations, one has no id or no usable place, or two that differ have
        one id.
    """
    quality = quality if quality is not None else Quality()
    files = delivered_files(path)
    locations = _kept(files, area if around is None else around, layer, columns or {}, values or {}, quality)
    frame = _count_once(_frame(locations, quality), quality)
    frame = frame.assign(in_area=True if area is None else frame.within(area))
    if area is not None:
        near = frame["in_area"] | (False if around is None else frame.within(around))
        quality.drop(OUTSIDE, frame.index[~near])
        frame = frame[near]
    least = frame.index[frame["is_least"]]
    frame = ChargePoints.checked(frame[ChargePoints.columns()], source=str(files[0]))
    quality.count(frame)
    unknown = frame.index[frame["access"] == "onbekend"]
    if len(unknown):
        quality.find(f"Whether they are public is unknown for {len(unknown)} locations: {some_of(list(unknown))}.")
    if len(least):
        words = "do not say how many EVSE they have, and count for the least they can have"
        quality.find(f"{len(least)} locations {words}: {some_of(sorted(least))}.")
    return frame


def read_evses(
    path: Parts,
    area: shapely.Geometry | None = None,
    *,
    layer: str | None = None,
    columns: Mapping[str, str] | None = None,
    values: Mapping[str, Mapping[str, str]] | None = None,
    quality: Quality | None = None,
) -> gpd.GeoDataFrame:
    """The EVSE inside the area as `Evses` in RD New; parameters as for `read_charge_points`.

    Raises
    ------
    MissingSource
        The file is not there.
    BadInput
        As for `read_charge_points`; or the source counts EVSE and lists none.
    """
    quality = quality if quality is not None else Quality()
    files = delivered_files(path)
    locations = _kept(files, area, layer, columns or {}, values or {}, quality)
    frame = _count_once(_frame(locations, quality), quality)
    frame = inside(frame, area, quality)
    unlisted = frame.index[frame["is_stated"]]
    if len(unlisted) and len(unlisted) == len(frame):
        raise NotInSource("The source lists no EVSE.", where=str(files[0]), todo="Deliver OCPI locations.")
    quality.drop(UNLISTED, unlisted)
    evses = Evses.checked(_evses(frame), source=str(files[0]))
    quality.count(evses)
    return evses


def _kept(
    files: list[Path],
    shape: shapely.Geometry | None,
    layer: str | None,
    columns: Mapping[str, str],
    values: Mapping[str, Mapping[str, str]],
    quality: Quality,
) -> list[Location]:
    """The locations that count and lie in the bounds of the shape, each with an id of its own."""
    bounds = None if shape is None or shapely.is_empty(shape) else degree_bounds(shape, MARGIN_M)
    kept: list[Location] = []
    lost: defaultdict[str, list[str]] = defaultdict(list)
    parties: dict[str, str] = {}
    shared: set[str] = set()
    read = 0
    for file in files:
        for location in _locations(file, layer, columns, values):
            read += 1
            if parties.setdefault(location.location_id, location.party) != location.party:
                shared.add(location.location_id)
            reason = location.reason or _reason(location, bounds)
            lost[reason].append(location.location_id) if reason else kept.append(location)
    quality.read = (quality.read or 0) + read
    if not read:
        quality.find("The source holds no charging locations.")
    for reason, ids in lost.items():
        quality.drop(reason, ids)
    for location in kept:
        if location.location_id in shared and location.party:
            location.location_id = f"{location.party}*{location.location_id}"
    return kept


def _reason(location: Location, bounds: tuple[float, float, float, float] | None) -> str:
    """Why a location does not count because of where it lies; empty: it does."""
    if not _within(location, DUTCH_DEGREES):
        return ABROAD
    return "" if bounds is None or _within(location, bounds) else OUTSIDE


def _within(location: Location, bounds: tuple[float, float, float, float]) -> bool:
    west, south, east, north = bounds
    return west <= location.longitude <= east and south <= location.latitude <= north


def _locations(
    file: Path, layer: str | None, columns: Mapping[str, str], values: Mapping[str, Mapping[str, str]]
) -> Iterator[Location]:
    start = text_start(file)
    if start[:1] in (b"[", b"{") or not re.search(rb"[;,\t\n]", start):
        yield from _from_json(file)
    else:
        yield from read_list(file, layer=layer, columns=columns, values=values)


def _from_json(file: Path) -> Iterator[Location]:
    """Locations of whatever shape, each known by what it holds."""
    where = str(file)
    nodes: dict[Any, tuple[float, float]] = {}
    ways: list[Mapping[str, Any]] = []
    recognised, foreign = False, False
    for key, value in json_parts(file):
        item = mapping(value)
        found: Location | None = None
        if "evses" in item:
            found, recognised = read_location(item, where), True
        elif item.get("type") == "Feature":
            found = read_feature(item, where)
            recognised = recognised or found is not None
        elif key == "elements":
            recognised = True
            _note(item, nodes)
            ways.append(item) if "nodes" in item and _is_station(item) else None
            found = None if "nodes" in item else read_element(item, nodes, where)
        elif key == "remark":
            refuse_cut_off(value, file)
        else:
            foreign = foreign or key not in ENVELOPE or key == "data" or isinstance(value, dict)
        if found is not None:
            yield found
    yield from (found for way in ways if (found := read_element(way, nodes, where)) is not None)
    if foreign and not recognised:
        todo = "Deliver OCPI 2.2 locations, GeoJSON with charging locations, or a table."
        raise BadInput("The file holds no OCPI locations with 'evses', nor other ones.", where=where, todo=todo)


def _note(item: Mapping[str, Any], nodes: dict[Any, tuple[float, float]]) -> None:
    """Remembers where a node lies: ways are drawn by them."""
    if item.get("type") == "node" and isinstance(item.get("id"), int):
        nodes[item["id"]] = (number(item.get("lon")), number(item.get("lat")))


def _is_station(item: Mapping[str, Any]) -> bool:
    return mapping(item.get("tags")).get("amenity") == "charging_station"


def _frame(locations: list[Location], quality: Quality) -> gpd.GeoDataFrame:
    """The locations in RD New, doubles and those abroad left out; EVSE are not counted yet."""
    texts = ["location_id", "name", "address", "operator", "access", "updated_at", "party"]
    names = [*texts, "max_power_kw", "evses", "longitude", "latitude", "is_least"]
    table = pd.DataFrame({name: _column([getattr(each, name) for each in locations]) for name in names})
    table = table.astype(dict.fromkeys(texts, "str"))
    table = table.astype({"max_power_kw": float, "longitude": float, "latitude": float, "is_least": bool})
    table["is_stated"] = np.array([location.stated_evses is not None for location in locations], dtype=bool)
    table["evse_count"] = np.array([location.count for location in locations], dtype=int)
    table = _without_doubles(table, quality)
    place = places_to_rd(table.pop("longitude").to_numpy(), table.pop("latitude").to_numpy())
    frame = gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(*place.T), crs=RD_EPSG).set_index("location_id")
    in_country = frame.within(shapely.box(*RD_BOUNDS_M))
    quality.drop(ABROAD, frame.index[~in_country])
    return frame[in_country]


def _column(values: list[Any]) -> pd.Series:
    """Values as they are: tuples stay tuples."""
    return pd.Series(values, dtype=object)


def _without_doubles(table: pd.DataFrame, quality: Quality) -> pd.DataFrame:
    """One of each location that stands there several times: that which was updated last. What differs stays."""
    ids = pd.Series([",".join(sorted(each.evse_id for each in evses)) for evses in table["evses"]], index=table.index)
    known = table.assign(ids=ids.astype("str")).sort_values("updated_at", kind="stable", na_position="first")
    same = ["location_id", "party", "longitude", "latitude", "ids"]
    twice = known.duplicated(same, keep="last")
    quality.drop(DOUBLE, known.loc[twice, "location_id"])
    return table[~twice.reindex(table.index)]


def _count_once(frame: gpd.GeoDataFrame, quality: Quality) -> gpd.GeoDataFrame:
    """Locations with the EVSE that are theirs: one published twice is that of the location updated last."""
    listed = frame.loc[~frame["is_stated"], ["evses", "updated_at"]].explode("evses").dropna(subset=["evses"])
    listed = listed.rename_axis("location_id").reset_index()
    listed["key"] = pd.Series([_key(evse.evse_id) for evse in listed["evses"]], index=listed.index, dtype="str")
    by_age = listed.sort_values(["key", "updated_at", "location_id"], na_position="first", kind="stable")
    once = by_age.drop_duplicates("key", keep="last")
    counts = once["location_id"].value_counts().reindex(frame.index).fillna(0).astype(int)
    frame = frame.assign(evse_count=frame["evse_count"].where(frame["is_stated"], counts))
    theirs = once.groupby("location_id")["evses"].agg(tuple).reindex(frame.index)
    owned: list[Any] = [each if isinstance(each, tuple) else () for each in theirs]
    frame = frame.assign(evses=owned)
    quality.drop(NOTHING, frame.index[frame["evse_count"] == 0])
    return frame[frame["evse_count"] > 0]


def _key(evse_id: str) -> str:
    """An EVSE id without the separators that some leave out; an id of our own making stays as it is.

    >>> _key("NL*ABC*E12*1"), _key("nlabce121"), _key("L1/2")
    ('NLABCE121', 'NLABCE121', 'L1/2')
    """
    return evse_id if "/" in evse_id else re.sub(r"[*.\-\s]", "", evse_id).upper()


def _evses(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    rows = frame[["evses", "access", "party", "geometry"]].explode("evses").dropna(subset=["evses"])
    found = list(rows["evses"])
    columns: dict[str, Any] = {
        "evse_id": pd.Series([evse.evse_id for evse in found], dtype="str"),
        "location_id": pd.Series(rows.index, dtype="str"),
        "status": pd.Series([evse.status for evse in found], dtype="str"),
        "connectors": np.array([evse.connectors for evse in found], dtype=float),
        "current": pd.Series([evse.current for evse in found], dtype="str"),
        "max_power_kw": np.array([evse.max_power_kw for evse in found], dtype=float),
        "access": pd.Series(rows["access"].to_numpy(), dtype="str"),
        "party": pd.Series(rows["party"].to_numpy(), dtype="str").replace("", None),
    }
    return gpd.GeoDataFrame(columns, geometry=rows.geometry.array, crs=RD_EPSG).set_index("evse_id")
