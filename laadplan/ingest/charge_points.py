"""Existing charge points from OCPI locations, as the NDW publishes them and as others republish them.

In: a JSON array of OCPI Locations, or an object with the locations by id (a republisher's shape with numbers for
coordinates). Out: `ChargePoints`. Planned and removed EVSE do not count; an EVSE that several parties publish counts
once, at the location that was updated last.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.contracts.frame import RD_BOUNDS_M, RD_EPSG
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import ChargePoints
from laadplan.errors import BadInput, MissingSource, some_of
from laadplan.geo.rd import to_rd

ACCESS = {
    "ON_STREET": "openbaar",
    "PARKING_LOT": "semi-openbaar",
    "PARKING_GARAGE": "semi-openbaar",
    "UNDERGROUND_GARAGE": "semi-openbaar",
    "ON_DRIVEWAY": "semi-openbaar",
}
"""OCPI parking type to access: only a place on the street is certain to be public."""

NOT_THERE = ("REMOVED", "PLANNED")
"""EVSE statuses that do not count as existing."""

ELSEWHERE = "ligt buiten Nederland"
OUTSIDE = "buiten het gebied"
NOTHING = "geen laadpunt dat meetelt (verwijderd, gepland of al bij een andere locatie geteld)"
HIDDEN = "niet gepubliceerd (publish is onwaar)"


def read_charge_points(
    path: Path,
    area: shapely.Geometry | None = None,
    *,
    around: shapely.Geometry | None = None,
    quality: Quality | None = None,
) -> gpd.GeoDataFrame:
    """Charging locations inside the area as `ChargePoints` in RD New, and those around it with ``in_area`` false.

    ``around`` is the larger shape in which locations still matter: within walking distance, or in a buurt of the area.

    Raises
    ------
    MissingSource
        The file is not there.
    BadInput
        The file is not JSON, holds no OCPI locations, or an id occurs twice.
    """
    quality = quality if quality is not None else Quality()
    locations = [_read_location(item, path) for item in _items(path)]
    quality.read = len(locations)
    quality.drop(HIDDEN, (item["location_id"] for item in locations if not item["publish"]))
    frame = _frame([item for item in locations if item["publish"]])
    in_country = frame.within(shapely.box(*RD_BOUNDS_M))
    quality.drop(ELSEWHERE, frame.index[~in_country])
    frame = _count_once(frame[in_country])
    quality.drop(NOTHING, frame.index[frame["evse_count"] == 0])
    frame = frame[frame["evse_count"] > 0]
    frame = frame.assign(in_area=True if area is None else frame.within(area))
    if area is not None:
        near = frame["in_area"] | (False if around is None else frame.within(around))
        quality.drop(OUTSIDE, frame.index[~near])
        frame = frame[near]
    frame = ChargePoints.checked(frame[ChargePoints.columns()], source=str(path))
    quality.count(frame)
    unknown = frame.index[frame["access"] == "onbekend"]
    if len(unknown):
        quality.find(f"Whether they are public is unknown for {len(unknown)} locations: {some_of(list(unknown))}.")
    return frame


def _items(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        raise MissingSource("The file does not exist.", where=str(path), todo="Correct sources.charge_points.path.")
    try:
        content = json.loads(path.read_bytes().decode("utf-8-sig"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"The file is not JSON ({error}).", where=str(path), todo="Download it again.") from None
    content = content.get("data", content) if isinstance(content, dict) else content
    items = list(content.values()) if isinstance(content, dict) else content
    if not isinstance(items, list) or not all(isinstance(item, dict) and "evses" in item for item in items):
        raise BadInput(
            "The file holds no OCPI locations with 'evses'.", where=str(path), todo="Deliver OCPI 2.2 locations."
        )
    return items


def _read_location(item: Mapping[str, Any], path: Path) -> dict[str, Any]:
    try:
        return _location(item, path)
    except (AttributeError, TypeError, ValueError) as error:
        if isinstance(error, BadInput):
            raise
        raise BadInput(
            f"A location is not as OCPI 2.2 writes it ({error}).",
            where=str(path),
            ids=[str(item.get("id") or item.get("locationId"))],
            todo="Correct it, or remove it from the file.",
        ) from None


def _location(item: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """One location, flat; ``evse_ids`` holds the ids of the EVSE that exist."""
    longitude, latitude = _coordinates(item, path)
    counted = [evse for evse in item["evses"] or [] if str(evse.get("status")).upper() not in NOT_THERE]
    operator = item.get("operator") or {}
    return {
        "location_id": _identifier(item, path),
        "name": item.get("name"),
        "address": item.get("address"),
        "operator": operator.get("name") if isinstance(operator, dict) else item.get("operatorName"),
        "access": ACCESS.get(str(item.get("parking_type") or item.get("parkingType")), "onbekend"),
        "evse_ids": [str(evse.get("evse_id") or f"{_identifier(item, path)}/{evse.get('uid')}") for evse in counted],
        "max_power_kw": _power_kw(item, counted),
        "updated_at": str(item.get("last_updated") or item.get("lastUpdated") or "") or None,
        "publish": item.get("publish", True) is not False,
        "longitude": longitude,
        "latitude": latitude,
    } | ({"operator": item.get("operatorName")} if not operator else {})


def _identifier(item: Mapping[str, Any], path: Path) -> str:
    found = item.get("id") or item.get("locationId")
    if not found:
        raise BadInput("A location has no id.", where=str(path), todo="Deliver the file again.")
    return str(found)


def _coordinates(item: Mapping[str, Any], path: Path) -> tuple[float, float]:
    place = item.get("coordinates") or item
    try:
        return float(place["longitude"]), float(place["latitude"])
    except (KeyError, TypeError, ValueError):
        raise BadInput(
            "A location has no coordinates in degrees.",
            where=str(path),
            ids=[str(item.get("id") or item.get("locationId"))],
            todo="Remove it, or deliver the file again.",
        ) from None


def _power_kw(item: Mapping[str, Any], evses: Iterable[Mapping[str, Any]]) -> float:
    """Highest power of a connector in kW; a power of 0 or null is unknown."""
    watts = [connector.get("max_electric_power") or 0 for evse in evses for connector in evse.get("connectors") or []]
    known = max([float(power) / 1000 for power in watts] + [float(item.get("maxPowerKw") or 0)])
    return known or float("nan")


def _frame(locations: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    names = ["location_id", "name", "address", "operator", "access", "updated_at"]
    table = pd.DataFrame(locations, columns=[*names, "evse_ids", "max_power_kw", "longitude", "latitude"])
    table = table.astype(dict.fromkeys(names, "str") | {"max_power_kw": float})
    place = to_rd(table.pop("longitude").to_numpy(dtype=float), table.pop("latitude").to_numpy(dtype=float))
    place = np.round(np.where(np.isfinite(place), place, 0.0), 2)
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(*place.T), crs=RD_EPSG).set_index("location_id")


def _count_once(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The locations with ``evse_count``: an EVSE published twice counts at the location updated last."""
    evses = frame[["evse_ids", "updated_at"]].explode("evse_ids").dropna(subset=["evse_ids"])
    evses = evses.rename_axis("location_id").reset_index()
    by_age = evses.sort_values(["evse_ids", "updated_at", "location_id"], na_position="first")
    counts = by_age.drop_duplicates("evse_ids", keep="last")["location_id"].value_counts()
    return frame.assign(evse_count=counts.reindex(frame.index).fillna(0).astype(int))
