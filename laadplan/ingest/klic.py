"""KLIC deliveries: the cables that grid operators have under the ground, and what stands along them.

In: zips as the Kadaster delivers them, a folder with several, or the XML out of one. Out: `Cables` and `GridPoints`,
each object once. A delivery is confidential and bound to its request: a graafmelding may be used for its dig alone and
holds for 20 working days; to plan one needs an orientatieverzoek. What asks for care is a finding, never silent. No
message shows an id or a coordinate of what a delivery holds; rows dropped are counted, not named.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.contracts.frame import RD_EPSG
from laadplan.contracts.grid import Cables, GridPoints
from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput, MissingSource
from laadplan.ingest.files import ZIP, first_bytes, opened, opened_zip
from laadplan.ingest.imkl import CURRENT, NAMESPACE, NO_CABLES, Delivery, owner_code, read_delivery
from laadplan.ingest.overlap import DOUBLE, each_once

TERM_WORKING_DAYS = 20
"""Working days for which a graafmelding holds, from the day of the request (Kadaster, questions on KLIC)."""

STALE_DAYS = 365
"""An orientatieverzoek has no term; after a year (days) its age is told. Own choice."""

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
OUTSIDE = "buiten het gebied"
NO_CABLE = "geen kabel (Kabelbed, Duct of Mantelbuis)"
NOWHERE = "zonder ligging in de levering"
OTHER_NET = "hoort niet bij een elektriciteitsnet"
TWIN = "station dat per spanning apart is getekend"


def read_cables(
    paths: Path | Sequence[Path],
    area: shapely.Geometry | None = None,
    *,
    today: date | None = None,
    quality: Quality | None = None,
) -> gpd.GeoDataFrame:
    """Cables of KLIC deliveries that touch the area as `Cables` in RD New (m); `today` tells whether requests hold.

    Raises
    ------
    MissingSource
        A path is not there, or a folder holds no delivery.
    BadInput
        A file is no KLIC delivery, or is damaged.
    WrongCrs
        A geometry is not in RD New.
    """
    quality = quality if quality is not None else Quality()
    quality.read = quality.read or 0
    frames = []
    for delivery in read_deliveries(paths, quality, today):
        quality.read += len(delivery.cables) + sum(delivery.others[name] for name in NO_CABLES)
        quality.skip(NO_CABLE, sum(delivery.others[name] for name in NO_CABLES))
        frames.append(_cables(delivery, area, quality))
    cables = each_once(pd.concat(frames), quality)
    return Cables.checked(cables[Cables.columns()], source=_where(paths))


def read_grid_points(
    paths: Path | Sequence[Path],
    area: shapely.Geometry | None = None,
    *,
    today: date | None = None,
    quality: Quality | None = None,
) -> gpd.GeoDataFrame:
    """Cabinets, stations, house connections, joints and lamp posts of KLIC deliveries in the area as `GridPoints`.

    Raises
    ------
    MissingSource, BadInput, WrongCrs
        As for cables.
    """
    quality = quality if quality is not None else Quality()
    quality.read = quality.read or 0
    frames = []
    for delivery in read_deliveries(paths, quality, today):
        quality.read += len(delivery.points)
        frames.append(_points(delivery, area, quality))
    points = pd.concat(frames).sort_values(["registered_on", "delivered_on"], na_position="first", kind="stable")
    once = points[~points.index.duplicated(keep="last")]
    quality.skip(DOUBLE, len(points) - len(once))
    once = _without_twins(once.sort_index(), quality)
    return GridPoints.checked(once[GridPoints.columns()], source=_where(paths))


def read_deliveries(paths: Path | Sequence[Path], quality: Quality, today: date | None = None) -> Iterator[Delivery]:
    """The deliveries one by one; what must be known of each is found and noted.

    Raises
    ------
    MissingSource, BadInput, WrongCrs
        As for cables.
    """
    for path in delivery_files(paths):
        for delivery in _opened(path):
            _tell(delivery, quality, today)
            yield delivery


def delivery_files(paths: Path | Sequence[Path]) -> list[Path]:
    """The files meant by paths: of a folder its zips, or else its XML files, in order of their names.

    Raises
    ------
    MissingSource
        A path is not there, or a folder holds none.
    """
    found: list[Path] = []
    for path in [paths] if isinstance(paths, Path) else paths:
        if path.is_dir():
            inside = sorted(path.glob("*.zip")) or sorted(path.glob("*.xml"))
            if not inside:
                raise MissingSource("The folder holds no zip.", where=str(path), todo="Put KLIC deliveries in it.")
            found += inside
        else:
            found.append(path)
    if not found:
        raise MissingSource("No delivery is given.", where="cables", todo="Name a file or a folder.")
    return found


def is_delivery(path: Path) -> bool:
    """Whether a file looks like a KLIC delivery: XML that names IMKL, alone or in a zip."""
    if first_bytes(path, len(ZIP)) != ZIP:
        return _is_imkl(first_bytes(path))
    with opened_zip(path) as archive:
        return any(_starts_as_imkl(archive, name) for name in archive.names if name.lower().endswith(".xml"))


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


def _opened(path: Path) -> Iterator[Delivery]:
    if first_bytes(path, len(ZIP)) != ZIP:
        with opened(path) as stream:
            yield read_delivery(stream, str(path))
        return
    with opened_zip(path) as archive:
        names = [name for name in archive.names if name.lower().endswith(".xml")]
        found = [name for name in names if _starts_as_imkl(archive, name)]
        if not found:
            todo = "Deliver the zip as the Kadaster made it (Levering_...zip)."
            raise BadInput("The zip holds no KLIC delivery (XML in IMKL).", where=str(path), todo=todo)
        for name in found:
            with archive.opened(name) as stream:
                yield read_delivery(stream, f"{path}/{name}")


def _starts_as_imkl(archive: Any, name: str) -> bool:
    with archive.opened(name) as stream:
        return _is_imkl(stream.read(4096))


def _is_imkl(start: bytes) -> bool:
    return NAMESPACE.encode() in start


def _tell(delivery: Delivery, quality: Quality, today: date | None) -> None:
    """Notes whatever of a delivery may mislead who plans with it."""
    name = f"KLIC delivery {delivery.number or delivery.where}"
    kind = delivery.request_kind or "unknown kind"
    quality.facts[f"KLIC {delivery.number or delivery.where}"] = f"{kind}, {delivery.delivered_on or 'no date'}"
    if kind != "orientatieverzoek":
        quality.find(
            f"{name} is of a {kind}: it may serve what was notified alone; planning asks an orientatieverzoek."
        )
    if not delivery.complete:
        quality.find(f"{name} is not complete: not every owner has delivered.")
    if CURRENT not in delivery.namespaces:
        quality.find(f"{name} is written in an older IMKL than 2.0.")
    last = valid_until(kind, delivery.requested_on or delivery.delivered_on)
    if today and last and today > last:
        quality.find(f"{name} held until {last}: ask for a new one.")
    age = (today - delivery.delivered_on).days if today and delivery.delivered_on else 0
    if age > STALE_DAYS:
        quality.find(f"{name} was made on {delivery.delivered_on}, {age} days ago: cables may have been laid since.")


def _cables(delivery: Delivery, area: shapely.Geometry | None, quality: Quality) -> gpd.GeoDataFrame:
    records = [cable for cable in delivery.cables if cable["pieces"]]
    quality.skip(NOWHERE, len(delivery.cables) - len(records))
    names = ["id", "voltage_v", "nominal_voltage_v", "network", "status", "label", "description", "registered_on"]
    table = pd.DataFrame(records, columns=names)
    theme = table["network"].map(delivery.themes)
    table["voltage_level"] = _levels(theme, table)
    table["use"] = _uses(table)
    shapes = [_whole(record["pieces"]) for record in records]
    return _finished(table, shapes, delivery, area, quality).rename_axis("cable_id")


def _whole(pieces: Sequence[shapely.LineString]) -> shapely.Geometry:
    return pieces[0] if len(pieces) == 1 else shapely.MultiLineString(pieces)


def _levels(theme: pd.Series, table: pd.DataFrame) -> pd.Series:
    """Voltage level by the net; by the voltage where the delivery does not hold the net."""
    voltage = table["voltage_v"].fillna(table["nominal_voltage_v"]).astype(float)
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
    voltage = table["voltage_v"].fillna(table["nominal_voltage_v"]).astype(float)
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


def _points(delivery: Delivery, area: shapely.Geometry | None, quality: Quality) -> gpd.GeoDataFrame:
    placed = [point for point in delivery.points if point["point"] is not None]
    quality.skip(NOWHERE, len(delivery.points) - len(placed))
    names = ["id", "object", "type", "network", "status", "label", "description", "registered_on", "point"]
    table = pd.DataFrame(placed, columns=names)
    theme = table["network"].map(delivery.themes)
    table["theme"] = (
        theme.map(LEVELS).where(theme.isin(LEVELS), np.where(theme.isna(), "onbekend", "gas")).astype("str")
    )
    kind = table["type"].map(KINDS).fillna(table["object"].map(KINDS)).fillna("overig")
    high = (kind == "huisaansluiting") & table["description"].str.lower().eq("hoogbouwkoppelpunt")
    table["kind"] = kind.where(~high, "hoogbouwkoppelpunt").astype("str")
    wanted = theme.isna() | theme.isin(LEVELS) | theme.isin(GAS) & table["kind"].isin(CONNECTION_KINDS)
    quality.skip(OTHER_NET, int((~wanted).sum()))
    table = table[wanted]
    return _finished(table, table.pop("point").to_list(), delivery, area, quality).rename_axis("point_id")


def _finished(
    table: pd.DataFrame, shapes: list[Any], delivery: Delivery, area: shapely.Geometry | None, quality: Quality
) -> gpd.GeoDataFrame:
    """The records with what they have in common, as far as they touch the area."""
    codes = table["id"].map(owner_code).astype("str")
    kind = delivery.request_kind if delivery.request_kind in REQUESTS else "onbekend"
    last = valid_until(kind, delivery.requested_on or delivery.delivered_on)
    table = table.assign(
        status=table["status"].map(STATUSES).fillna("onbekend").astype("str"),
        owner=codes.map(delivery.owners).fillna(codes).astype("str"),
        operator_kind=codes.str[:2].map({"KL": "netbeheerder", "GM": "gemeente"}).fillna("overig").astype("str"),
        delivery=delivery.number or None,
        request_kind=kind,
        delivered_on=_iso(delivery.delivered_on),
        valid_until=_iso(last),
        confidential=True,
    )
    texts = ["label", "description", "registered_on", "delivery", "delivered_on", "valid_until"]
    table[texts] = table[texts].astype("str").mask(table[texts].eq(""))
    found = gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(shapes, index=table.index, crs=RD_EPSG)).set_index("id")
    if area is None:
        return found
    inside = found.intersects(area)
    quality.skip(OUTSIDE, int((~inside).sum()))
    return found[inside]


REQUESTS = ("orientatieverzoek", "graafmelding", "calamiteitenmelding")


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _without_twins(points: gpd.GeoDataFrame, quality: Quality) -> gpd.GeoDataFrame:
    """The points with each station once: an owner draws it in the net of every voltage it has."""
    place = pd.DataFrame({"owner": points["owner"], "place": points.geometry.to_wkb()}, index=points.index)
    order = points.assign(place=place["place"]).sort_values("theme", ascending=False)  # middenspanning first
    twin = order.duplicated(["owner", "place", "kind"]) & (order["kind"] == "station")
    quality.skip(TWIN, int(twin.sum()))
    return points[~twin.reindex(points.index)]


def _where(paths: Path | Sequence[Path]) -> str:
    several = [paths] if isinstance(paths, Path) else list(paths)
    return str(several[0]) if len(several) == 1 else f"{len(several)} KLIC files"
