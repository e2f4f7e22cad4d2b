"""The records of a KLIC delivery as rows of `Cables` and `GridPoints`: codes of IMKL turned into words of ours.

In: a `Delivery`. Out: rows in RD New (m) that touch the area, still with doubles. What is lighting is told by the
voltage and the owner, not by the description: Enexis calls most of its main cables of 400 V 'OV', since a core for
lighting runs in them.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.contracts.frame import RD_EPSG
from laadplan.contracts.quality import Quality
from laadplan.ingest.area import touching
from laadplan.ingest.imkl import Delivery, owner_code

TERM_WORKING_DAYS = 20
"""Working days for which a graafmelding holds, from the day of the request (Kadaster, questions on KLIC)."""

STATUSES = {
    "functional": "in gebruik",
    "disused": "buiten gebruik",
    "decommissioned": "buiten gebruik",
    "projected": "gepland",
    "underConstruction": "gepland",
}
"""INSPIRE ConditionOfFacility to ours."""

LEVELS = {
    "laagspanning": "laagspanning",
    "middenspanning": "middenspanning",
    "hoogspanning": "hoogspanning",
    "landelijkHoogspanningsnet": "hoogspanning",
}
"""IMKL theme to voltage level."""

GAS = ("gasLageDruk", "gasHogeDruk")
LIGHTING_V = 230.0
"""A cable of one phase: lighting. Houses are fed with 400 V between phases."""

CONNECTIONS = ("aansluitkabel", "connection_cable")
"""Words in the description or the id of a cable to a house; operators that write neither do not tell them apart."""

KINDS = {
    "deliveryPoint": "huisaansluiting",
    "hoogbouwkoppelpunt": "hoogbouwkoppelpunt",
    "streetLight": "lichtmast",
    "mof": "mof",
    "geulmof": "mof",
    "connectionBox": "kast",
    "netStation": "station",
    "subStation": "onderstation",
    "mainStation": "onderstation",
    "Kast": "kast",
    "TechnischGebouw": "station",
}
"""Type of an Appurtenance, or else the object's own name, to ours."""

CONNECTION_KINDS = ("huisaansluiting", "hoogbouwkoppelpunt")
REQUESTS = ("orientatieverzoek", "graafmelding", "calamiteitenmelding")

NOWHERE = "zonder ligging in de levering"
OTHER_NET = "hoort niet bij een elektriciteitsnet"
TEXTS = ("label", "description", "registered_on", "delivery", "delivered_on", "valid_until")


def valid_until(kind: str, requested_on: date | None) -> date | None:
    """The last day on which a request holds; None where it has no term.

    Public holidays are not counted off: the warning comes some days too early rather than too late.

    >>> valid_until("graafmelding", date(2026, 6, 1))
    datetime.date(2026, 6, 29)
    """
    if kind != "graafmelding" or requested_on is None:
        return None
    last: date = np.busday_offset(requested_on, TERM_WORKING_DAYS, roll="forward").astype(object)
    return last


def cable_rows(delivery: Delivery, area: shapely.Geometry | None, quality: Quality) -> gpd.GeoDataFrame:
    """The cables of a delivery that touch the area, with the columns of `Cables` and more, by ``cable_id``."""
    records = [cable for cable in delivery.cables if cable["pieces"]]
    quality.skip(NOWHERE, len(delivery.cables) - len(records))
    names = ["id", "voltage_v", "nominal_voltage_v", "network", "status", "label", "description", "registered_on"]
    table = pd.DataFrame(records, columns=names).astype({"voltage_v": float, "nominal_voltage_v": float})
    theme = table["network"].map(delivery.themes)
    table["voltage_level"] = _levels(theme, table)
    table["use"] = _uses(table)
    shapes = [_whole(record["pieces"]) for record in records]
    return _finished(table, shapes, delivery, area, quality).rename_axis("cable_id")


def _whole(pieces: Sequence[shapely.LineString]) -> shapely.Geometry:
    return pieces[0] if len(pieces) == 1 else shapely.MultiLineString(pieces)


def _levels(theme: pd.Series, table: pd.DataFrame) -> pd.Series:
    """Voltage level by the net; by the voltage where the delivery does not hold the net."""
    voltage = table["voltage_v"].fillna(table["nominal_voltage_v"])
    return theme.map(LEVELS).astype("str").where(theme.isin(LEVELS), voltage.map(level_of))


def level_of(voltage_v: float) -> str:
    """Voltage level of a voltage (V): up to 1 kV laagspanning, up to 36 kV middenspanning.

    >>> level_of(400), level_of(10_000), level_of(float("nan"))
    ('laagspanning', 'middenspanning', 'onbekend')
    """
    if not voltage_v > 0:
        return "onbekend"
    return "laagspanning" if voltage_v <= 1000 else "middenspanning" if voltage_v <= 36_000 else "hoogspanning"


def _uses(table: pd.DataFrame) -> pd.Series:
    """Lighting by the voltage or the owner, then cables to houses, then main cables as far as the owner tells."""
    voltage = table["voltage_v"].fillna(table["nominal_voltage_v"])
    words = (table["description"] + " " + table["id"]).str.lower()
    municipal = table["id"].str.startswith("GM")
    connection = words.str.contains("|".join(CONNECTIONS), regex=True)
    described = table["description"].fillna("") != ""
    unknown = ~described | voltage.isna() & (table["voltage_level"] == "laagspanning")
    found = np.select(
        [municipal | (voltage == LIGHTING_V), connection, unknown],
        ["openbare verlichting", "aansluiting", "onbekend"],
        default="net",
    )
    return pd.Series(found, index=table.index, dtype="str")


def point_rows(delivery: Delivery, area: shapely.Geometry | None, quality: Quality) -> gpd.GeoDataFrame:
    """The points of a delivery in the area that belong to the electricity grid, by ``point_id``."""
    placed = [point for point in delivery.points if point["point"] is not None]
    quality.skip(NOWHERE, len(delivery.points) - len(placed))
    names = ["id", "object", "type", "network", "status", "label", "description", "registered_on", "point"]
    table = pd.DataFrame(placed, columns=names)
    theme = table["network"].map(delivery.themes)
    table["theme"] = _themes(theme)
    kind = table["type"].map(KINDS).fillna(table["object"].map(KINDS)).fillna("overig")
    high = (kind == "huisaansluiting") & table["description"].str.lower().eq("hoogbouwkoppelpunt")
    table["kind"] = kind.where(~high, "hoogbouwkoppelpunt").astype("str")
    wanted = theme.isna() | theme.isin(LEVELS) | theme.isin(GAS) & table["kind"].isin(CONNECTION_KINDS)
    quality.skip(OTHER_NET, int((~wanted).sum()))
    table = table[wanted]
    return _finished(table, table.pop("point").to_list(), delivery, area, quality).rename_axis("point_id")


def _themes(theme: pd.Series) -> pd.Series:
    found = np.select([theme.isin(LEVELS), theme.isna()], [theme.map(LEVELS).astype(object), "onbekend"], default="gas")
    return pd.Series(found, index=theme.index, dtype="str")


def _finished(
    table: pd.DataFrame, shapes: list[Any], delivery: Delivery, area: shapely.Geometry | None, quality: Quality
) -> gpd.GeoDataFrame:
    """The records with what they have in common, as far as they touch the area."""
    codes = table["id"].map(owner_code).astype("str")
    kind = delivery.request_kind if delivery.request_kind in REQUESTS else "onbekend"
    last = valid_until(kind, delivery.requested_on or delivery.delivered_on)
    table = table.assign(
        id=table["id"].astype("str"),
        status=table["status"].map(STATUSES).fillna("onbekend").astype("str"),
        owner=codes.map(delivery.owners).fillna(codes).astype("str"),
        operator_kind=codes.str[:2].map({"KL": "netbeheerder", "GM": "gemeente"}).fillna("overig").astype("str"),
        delivery=delivery.number or None,
        request_kind=kind,
        delivered_on=_iso(delivery.delivered_on),
        valid_until=_iso(last),
        confidential=True,
    )
    table = table.assign(**{name: table[name].astype("str").replace("", None) for name in TEXTS})
    found = gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(shapes, index=table.index, crs=RD_EPSG)).set_index("id")
    return touching(found, area, quality, by_id=False)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
