"""Charging locations from a table: OpenChargeMap as CSV, or an operator's own list through a mapping.

In: delimited text or a workbook. Out: `Location`s. A row of a list is one EVSE where the list has a column with EVSE
ids, and else a location; EVSE of one location are put together by its id, or without one by their place.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd

from laadplan.contracts.frame import RD_EPSG
from laadplan.errors import BadInput
from laadplan.geo.rd import to_wgs84
from laadplan.ingest.columns import match_columns, numbers, read_table
from laadplan.ingest.locations import (
    ABROAD,
    HALF_PUBLIC,
    MOST_EVSES,
    NOT_THERE,
    NOT_THERE_YET,
    NOWHERE,
    PRIVATE,
    PUBLIC,
    UNKNOWN_ACCESS,
    WATT_PER_KW,
    Evse,
    Location,
    current_of,
    highest,
    power_kw,
    status_of,
)

SPELLINGS = {
    "location_id": ("location_id", "locatie_id", "locatienummer", "laadpaal_id", "paalnummer", "AddressInfo.ID", "id"),
    "evse_id": ("evse_id", "evse", "evseid"),
    "name": ("name", "naam", "locatienaam"),
    "address": ("address", "adres", "straat"),
    "operator": ("operator", "exploitant", "cpo", "aanbieder"),
    "access": ("access", "toegang", "toegankelijkheid"),
    "status": ("status",),
    "evse_count": ("evse_count", "aantal_laadpunten", "laadpunten", "aantal_evse"),
    "connectors": ("connectors", "aantal_stekkers"),
    "current": ("current", "stroomsoort", "stroom", "ac_dc"),
    "max_power_kw": ("max_power_kw", "vermogen_kw", "vermogen (kw)", "max_vermogen_kw", "vermogen"),
    "max_power_w": ("max_power_w", "vermogen_w"),
    "party": ("party", "party_id"),
    "updated_at": ("updated_at", "last_updated", "bijgewerkt"),
    "x_rd": ("x_rd", "x", "rd_x", "x_coord"),
    "y_rd": ("y_rd", "y", "rd_y", "y_coord"),
    "longitude": ("longitude", "lon", "lng", "lengtegraad"),
    "latitude": ("latitude", "lat", "breedtegraad"),
}
"""Our name to the spellings of operators' lists."""

OCM_SPELLINGS = {
    "location_id": "ID",
    "name": "AddressInfo.Title",
    "address": "AddressInfo.AddressLine1",
    "longitude": "AddressInfo.Longitude",
    "latitude": "AddressInfo.Latitude",
    "evse_count": "NumberOfPoints",
    "updated_at": "DateLastStatusUpdate",
}
"""Our name to that of OpenChargeMap."""

OCM_USAGE = {
    "1": PUBLIC,
    "4": PUBLIC,
    "5": PUBLIC,
    "7": PUBLIC,
    "2": PRIVATE,
    "3": HALF_PUBLIC,
    "6": HALF_PUBLIC,
}
"""OpenChargeMap UsageTypeID to access; 0 and empty are unknown."""

OCM_NOT_THERE = ("150", "200", "210")
"""StatusTypeID: planned, removed, removed as a double."""

OCM_NETHERLANDS = "159"
"""CountryID."""

OCM_POWER = re.compile(r"['\"]PowerKW['\"]\s*:\s*(\d{1,5}(?:\.\d{1,6})?)")
"""The power in a connection, as Python or JSON writes it."""

OCM_QUANTITY = re.compile(r"['\"]Quantity['\"]\s*:\s*(\d{1,4})\b")
"""The number of equal connections."""


def read_list(
    path: Path, *, layer: str | None, columns: Mapping[str, str], values: Mapping[str, Mapping[str, str]]
) -> Iterator[Location]:
    """The locations in a table.

    Raises
    ------
    BadInput
        The table cannot be read, a column is missing, or a cell is no number.
    ConfigError
        The mapping names a column that does not exist.
    """
    table = read_table(path, layer)
    if {"AddressInfo.Latitude", "Connections"} <= set(table.columns):
        yield from _open_charge_map(table, str(path))
        return
    names = match_columns(table.columns, SPELLINGS, config=columns, required=(), where=str(path))
    _refuse_without(names, table, str(path))
    plain = pd.DataFrame({name: table[source] for name, source in names.items()}, index=table.index)
    for name, words in values.items():
        if name in plain:
            plain[name] = plain[name].replace(dict(words))
    yield from _own_list(_placed(plain, str(path)), str(path))


def _refuse_without(names: Mapping[str, str], table: pd.DataFrame, where: str) -> None:
    """A list needs ids and coordinates."""
    wanted = {
        "location_id or evse_id": not {"location_id", "evse_id"} & set(names),
        "x_rd and y_rd, or longitude and latitude": not (
            {"x_rd", "y_rd"} <= set(names) or {"longitude", "latitude"} <= set(names)
        ),
    }
    missing = [what for what, is_missing in wanted.items() if is_missing]
    if missing:
        raise BadInput(
            f"A column is missing: {'; '.join(missing)}.",
            where=where,
            todo=f"Name it under 'columns' of this source. The file has: {', '.join(map(str, table.columns))}.",
        )


def _placed(plain: pd.DataFrame, where: str) -> pd.DataFrame:
    """The list with longitude and latitude as numbers."""
    if {"longitude", "latitude"} <= set(plain.columns):
        return plain.assign(**{name: numbers(plain[name], where=where) for name in ("longitude", "latitude")})
    x, y = numbers(plain["x_rd"], where=where), numbers(plain["y_rd"], where=where)
    degrees = to_wgs84(gpd.GeoSeries(gpd.points_from_xy(x, y), index=plain.index, crs=RD_EPSG))
    return plain.assign(longitude=degrees.x, latitude=degrees.y)


def _own_list(plain: pd.DataFrame, where: str) -> Iterator[Location]:
    full = plain.reindex(columns=list(SPELLINGS))
    full["evse_count"] = numbers(full["evse_count"].astype("str"), where=where)
    full["connectors"] = numbers(full["connectors"].astype("str"), where=where)
    kw = numbers(full["max_power_kw"].astype("str"), where=where)
    full["max_power_kw"] = kw.fillna(numbers(full["max_power_w"].astype("str"), where=where) / WATT_PER_KW)
    full["status"] = full["status"].map(status_of)
    if "evse_id" not in plain:
        yield from (_row(row) for row in _rows(full))
        return
    full = full[full["evse_id"].notna()]
    shared = ["location_id"] if "location_id" in plain else ["longitude", "latitude"]
    for _, rows in full.groupby(shared, sort=True, dropna=False):
        yield _together(_rows(rows.sort_values("evse_id")))


def _rows(table: pd.DataFrame) -> list[dict[str, object]]:
    """The rows as plain values, empty ones as None."""
    plain = table.astype(object).where(table.notna(), None)
    return [dict(zip(plain.columns, row, strict=True)) for row in plain.itertuples(index=False, name=None)]


def _row(row: Mapping[str, object]) -> Location:
    """A location from a row of its own."""
    location = _location(row)
    counted = row["evse_count"]
    location.stated_evses = min(int(counted), MOST_EVSES) if isinstance(counted, float) and counted >= 0 else 1
    location.is_least = counted is None
    location.max_power_kw = power_kw(row["max_power_kw"])
    if row["status"] in NOT_THERE:
        location.reason = NOT_THERE_YET
    return location


def _together(rows: list[dict[str, object]]) -> Location:
    """A location from the rows of its EVSE."""
    location = _location(rows[0])
    found = (
        Evse(
            str(row["evse_id"]),
            str(row["status"]),
            float(str(row["connectors"] or "nan")),
            current_of([_text(row["current"])]),
            power_kw(row["max_power_kw"]),
        )
        for row in rows
    )
    location.evses = tuple(evse for evse in found if evse.status not in NOT_THERE)
    location.max_power_kw = highest([evse.max_power_kw for evse in location.evses])
    return location


def _location(row: Mapping[str, object]) -> Location:
    access = _text(row["access"])
    longitude, latitude = row["longitude"], row["latitude"]
    nowhere = not isinstance(longitude, float) or not isinstance(latitude, float)
    return Location(
        _text(row["location_id"]) or _text(row["evse_id"]) or "",
        float("nan") if nowhere else float(str(longitude)),
        float("nan") if nowhere else float(str(latitude)),
        party=_text(row["party"]) or "",
        name=_text(row["name"]),
        address=_text(row["address"]),
        operator=_text(row["operator"]),
        access=access if access in (PUBLIC, HALF_PUBLIC) else UNKNOWN_ACCESS,
        updated_at=_text(row["updated_at"]),
        reason=PRIVATE if access == PRIVATE else NOWHERE if nowhere else "",
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _open_charge_map(table: pd.DataFrame, where: str) -> Iterator[Location]:
    names = match_columns(
        table.columns,
        {name: (source,) for name, source in OCM_SPELLINGS.items()},
        config={},
        required=("location_id", "longitude", "latitude"),
        where=where,
    )
    plain = pd.DataFrame({name: table[source] for name, source in names.items()}, index=table.index)
    plain["access"] = table.get("UsageTypeID", pd.Series(index=table.index, dtype="str")).map(_usage)
    connections = table["Connections"].fillna("")
    plain["max_power_kw"] = connections.map(
        lambda cell: max((p for p in OCM_POWER.findall(cell)), key=float, default=None)
    )
    plain["evse_count"] = (
        plain["evse_count"].where(plain["evse_count"].map(_is_positive)) if "evse_count" in plain else None
    )
    least = plain["evse_count"].isna()
    quantities = connections.map(lambda cell: max((q for q in OCM_QUANTITY.findall(cell)), key=int, default=None))
    plain["evse_count"] = plain["evse_count"].fillna(quantities)
    status = table.get("StatusTypeID", pd.Series(index=table.index, dtype="str")).fillna("")
    country = table.get("AddressInfo.CountryID", pd.Series(index=table.index, dtype="str")).fillna(OCM_NETHERLANDS)
    gone, abroad = status.isin(OCM_NOT_THERE), country != OCM_NETHERLANDS
    for place, location in enumerate(_own_list(_placed(plain, where), where)):
        location.is_least = bool(least.iloc[place])
        location.reason = NOT_THERE_YET if gone.iloc[place] else ABROAD if abroad.iloc[place] else location.reason
        yield location


def _usage(cell: object) -> str:
    """Access of a UsageTypeID, which pandas may have written as ``4.0``.

    >>> _usage("4.0"), _usage("6"), _usage(None)
    ('openbaar', 'semi-openbaar', 'onbekend')
    """
    return OCM_USAGE.get(str(cell).removesuffix(".0"), UNKNOWN_ACCESS)


def _is_positive(cell: object) -> bool:
    return power_kw(cell) > 0
