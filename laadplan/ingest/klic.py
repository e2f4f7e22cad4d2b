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
import pandas as pd
import shapely

from laadplan.contracts.grid import Cables, GridPoints
from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput, MissingSource
from laadplan.ingest.files import ZIP, first_bytes, opened, opened_zip
from laadplan.ingest.imkl import CURRENT, NAMESPACE, NO_CABLES, Delivery, read_delivery
from laadplan.ingest.klic_rows import cable_rows, point_rows, valid_until
from laadplan.ingest.overlap import DOUBLE, each_once

STALE_DAYS = 365
"""An orientatieverzoek has no term; after a year (days) its age is told. Own choice."""

XML_WITHIN = 64
"""Bytes within which XML begins."""

NO_CABLE = "geen kabel (Kabelbed, Duct of Mantelbuis)"
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
        frames.append(cable_rows(delivery, area, quality))
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
        frames.append(point_rows(delivery, area, quality))
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
    """Whether a file is to be read as a KLIC delivery: any XML, or a zip with XML that names IMKL.

    XML that is something else is left to this reader to refuse: GDAL would write a file beside it.
    """
    if first_bytes(path, len(ZIP)) != ZIP:
        start = (
            first_bytes(path, XML_WITHIN).removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip(b"\xff\xfe\n\r\t ")
        )
        return start.startswith(b"<")
    with opened_zip(path) as archive:
        return any(_starts_as_imkl(archive, name) for name in archive.names if name.lower().endswith(".xml"))


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
        return is_imkl(stream.read(4096))


def is_imkl(start: bytes) -> bool:
    """Whether XML that starts so names IMKL."""
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
