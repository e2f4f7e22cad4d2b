"""Published traffic decrees (verkeersbesluiten) as rollout history: what the search service of the KOOP answers.

In: answers of the SRU service (https://repository.overheid.nl/sru) as JSON or XML, one file or a folder with the pages
of a search; told apart by content. Out: `Decrees`, and the `DecreePlaces` that they mark. A search by municipality
gives all its publications: what is no verkeersbesluit is dropped and counted. Marks (gebiedsmarkering) are points as
"latitude longitude", shapes as WKT in degrees, or of old in RD New; one that covers a whole town is no place. A
decree without a mark is kept: it happened, only where is not said.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from laadplan.contracts.frame import RD_BOUNDS_M, RD_EPSG
from laadplan.contracts.network import DecreePlaces, Decrees
from laadplan.contracts.quality import Quality
from laadplan.geo.rd import to_rd
from laadplan.ingest.area import OUTSIDE, inside
from laadplan.ingest.decree_records import Record, records_of
from laadplan.ingest.delivery import delivered_files

CHARGING_TYPE = "aanwijzen parkeerplaats voor het opladen van elektrische voertuigen"
"""typeVerkeersbesluit that designates a place for charging."""

CHARGING_TITLE = re.compile(
    r"\b(?:op)?laad(?:paal|palen|punt|plaats)|opladen|elektrische (?:auto|voertuig)", re.IGNORECASE
)
"""Words in the title of a decree for charging that has no such type."""

DECREE = "verkeersbesluit"
OTHER = "geen verkeersbesluit"
TWICE = "staat er dubbel in"
NAMELESS = "zonder identificatie"
UNPLACED = "markering zonder bruikbare plaats"

COARSE = ("gemeente", "woonplaats", "waterschap", "provincie")
"""Marks that cover a whole town or more, and so are no place."""


def read_decrees(path: Path, area: shapely.Geometry | None = None, *, quality: Quality | None = None) -> pd.DataFrame:
    """The traffic decrees as `Decrees`: those that mark a place in the area, and those that mark none.

    Parameters
    ----------
    path
        An answer of the SRU service (JSON or XML, gzip or plain), or a folder with nothing but such answers.
    area
        Shape in RD New (m); None: all.
    quality
        Where publications read and dropped are noted, and how many decrees are for charging.

    Raises
    ------
    MissingSource
        The file or folder is not there, or the folder is empty.
    BadInput
        A file is not whole, or is no answer of the service.
    """
    quality = quality if quality is not None else Quality()
    decrees = _decrees(path, quality)
    places = _places(decrees, quality)
    if area is not None:
        there = set(places["decree_id"][places.within(area)])
        outside = [each.identifier for each in decrees if each.identifier in set(places["decree_id"]) - there]
        quality.drop(OUTSIDE, outside)
        decrees = [each for each in decrees if each.identifier not in set(outside)]
    frame = Decrees.checked(_table(decrees, places), source=str(path))
    quality.facts["charging_decrees"] = int(frame["is_charging"].sum())
    unmarked = int((frame["place_count"] == 0).sum())
    if unmarked:
        quality.find(f"{unmarked} decrees mark no place: where they apply is in their text only.")
    quality.count(frame)
    return frame


def read_decree_places(
    path: Path, area: shapely.Geometry | None = None, *, quality: Quality | None = None
) -> gpd.GeoDataFrame:
    """The places in the area that traffic decrees mark, as `DecreePlaces` in RD New (good to 0.25 m).

    Raises
    ------
    MissingSource
        The file or folder is not there, or the folder is empty.
    BadInput
        A file is not whole, or is no answer of the service.
    """
    quality = quality if quality is not None else Quality()
    places = _places(_decrees(path, quality), quality)
    places = inside(places, area, quality)
    places = DecreePlaces.checked(places, source=str(path))
    quality.count(places)
    return places


def _decrees(path: Path, quality: Quality) -> list[Record]:
    """The decrees, each once, in the order of their ids."""
    found: dict[str, Record] = {}
    quality.read = quality.read or 0
    for record in _records(path, quality):
        quality.read += 1
        if not record.identifier:
            quality.skip(NAMELESS, 1)
        elif DECREE not in record.kind.lower() and not record.decree_type:
            quality.drop(OTHER, [record.identifier])
        elif record.identifier in found:
            quality.drop(TWICE, [record.identifier])
        else:
            found[record.identifier] = record
    begins = quality.facts.pop("next_record", 0)
    if begins > quality.read:
        quality.find(f"The search found more: records from number {begins} on were not fetched.")
    return [found[identifier] for identifier in sorted(found)]


def _records(path: Path, quality: Quality) -> Iterator[Record]:
    files = delivered_files(path)
    for file in files:
        yield from records_of(file, quality)


def _table(decrees: Iterable[Record], places: gpd.GeoDataFrame) -> pd.DataFrame:
    counts = places["decree_id"].value_counts()
    rows = [
        {
            "decree_id": each.identifier,
            "published_on": each.published_on or None,
            "creator": each.creator or None,
            "title": (each.title or None) if is_charging(each) else None,
            "type": each.decree_type or each.kind or None,
            "url": each.url or None,
            "is_charging": is_charging(each),
            "place_count": int(counts.get(each.identifier, 0)),
        }
        for each in decrees
    ]
    table = pd.DataFrame(rows, columns=["decree_id", *Decrees.columns()])
    texts = ["decree_id", "published_on", "creator", "title", "type", "url"]
    return table.astype(dict.fromkeys(texts, "str") | {"is_charging": bool, "place_count": int}).set_index("decree_id")


def is_charging(decree: Record) -> bool:
    """Whether a decree designates places for charging. Of others no title or address is kept: a bay for one disabled
    driver is about somebody's health.
    """
    kind = decree.decree_type.lower()
    return kind == CHARGING_TYPE or (not kind and bool(CHARGING_TITLE.search(decree.title)))


def _places(decrees: Iterable[Record], quality: Quality) -> gpd.GeoDataFrame:
    """Every mark with a place, within the country; equal places of one decree once."""
    rows: list[dict[str, Any]] = []
    for each in decrees:
        marks = [mark for mark in each.marks if mark["kind"] not in COARSE]
        points = [_point(mark) for mark in marks]
        quality.skip(UNPLACED, sum(point is None for point in points))
        there = {point: mark for point, mark in zip(points, marks, strict=True) if point is not None}
        rows += [
            {
                "place_id": f"{each.identifier}/{number}",
                "decree_id": each.identifier,
                "kind": mark["kind"],
                "label": (mark["label"] or None) if is_charging(each) else None,
                "geometry": shapely.Point(point),
            }
            for number, (point, mark) in enumerate(there.items(), start=1)
        ]
    table = pd.DataFrame(rows, columns=["place_id", *DecreePlaces.columns()])
    frame = gpd.GeoDataFrame(table, geometry="geometry", crs=RD_EPSG)
    return frame.astype(dict.fromkeys(["place_id", "decree_id", "kind", "label"], "str")).set_index("place_id")


def _point(mark: Mapping[str, str]) -> tuple[float, float] | None:
    """A point in RD New on the mark, to the centimetre; None where it has none in the country."""
    texts = [mark["point"], mark["region"], mark["geometry"]]
    found = (_in_rd(text) for text in texts if text)
    return next((point for point in found if point is not None), None)


def _in_rd(text: str) -> tuple[float, float] | None:
    shape = _shape(text)
    if shape is None or shape.is_empty:
        return None
    x, y = shapely.get_coordinates(_middle(shape))[0]
    if abs(x) <= 180.0 and abs(y) <= 90.0:
        x, y = to_rd(np.array([x]), np.array([y]))[0]
    x_min, y_min, x_max, y_max = RD_BOUNDS_M
    is_inside = x_min <= x <= x_max and y_min <= y <= y_max
    return (round(float(x), 2), round(float(y), 2)) if is_inside else None


def _middle(shape: BaseGeometry) -> shapely.Point:
    """A point on the shape: of a line its middle, of points the middle of what they enclose."""
    drawn = shape.convex_hull if shape.geom_type == "MultiPoint" else shape
    if isinstance(drawn, shapely.LineString):
        return drawn.interpolate(0.5, normalized=True)
    return drawn.representative_point()


def _shape(text: str) -> BaseGeometry | None:
    """The shape in WKT (x, y), or in rows of "latitude longitude" with a blank or a comma between."""
    if text[:1].isalpha():
        shape = shapely.from_wkt(text, on_invalid="ignore")
        return shape if shape is not None and np.isfinite(shapely.get_coordinates(shape)).all() else None
    pairs = [pair.split(",") for pair in text.split()] if "," in text else [text.split()]
    try:
        latitudes, longitudes = zip(*((float(lat), float(lon)) for lat, lon in pairs), strict=True)
    except (ValueError, OverflowError):
        return None
    if not np.isfinite([*latitudes, *longitudes]).all():
        return None
    return shapely.MultiPoint(list(zip(longitudes, latitudes, strict=True)))
