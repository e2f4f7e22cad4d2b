"""Dwellings and other objects with an address, from every form in which the BAG is delivered.

In: the light GeoPackage of PDOK (or another file of GIS layers), the Extract 2.0, or pages of the WFS or OGC API.
Out: `Dwellings`. The form is told by what a file holds. Objects that do not exist, not yet or no longer, are dropped by
their status; an object in several buildings counts once.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from laadplan.contracts.frame import RD_EPSG
from laadplan.contracts.homes import Dwellings
from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput, MissingSource, NotInSource
from laadplan.ingest import bag_extract
from laadplan.ingest.area import OUTSIDE
from laadplan.ingest.bag_columns import (
    BAG_ID,
    drop_gone,
    floor_area_m2,
    inner_points,
    joined,
    nummeraanduidingen,
    oldest_year,
    plain_postcode,
    whole_number,
)
from laadplan.ingest.columns import as_text, match_columns
from laadplan.ingest.files import ZIP, first_bytes
from laadplan.ingest.geojson import is_geojson, read_pages
from laadplan.ingest.vector import layers_of, read_layer

SPELLINGS = {
    "object_id": ("identificatie", "lokaalid", "nummer_id"),
    "kind": ("type_adresseerbaar_object", "typeadresseerbaarobject", "type"),
    "status": ("status",),
    "uses": ("gebruiksdoel", "gebruiksdoelen"),
    "area_m2": ("oppervlakte",),
    "nummeraanduiding_id": (
        "nummeraanduiding_hoofdadres_identificatie",
        "hoofdadres_identificatie",
        "nummeraanduiding_identificatie",
        "nummer_id",
    ),
    "street": ("openbare_ruimte_naam", "openbareruimtenaam", "openbare_ruimte", "straatnaam"),
    "number": ("huisnummer",),
    "letter": ("huisletter",),
    "addition": ("toevoeging", "huisnummertoevoeging", "huisnummer_toevoeging"),
    "postcode": ("postcode",),
    "town": ("woonplaats_naam", "woonplaatsnaam", "woonplaats"),
    "pand_ids": ("pand_identificatie", "pandidentificatie", "pand_identificaties"),
    "building_year": ("bouwjaar", "oorspronkelijk_bouwjaar"),
    "pand_status": ("pandstatus", "pand_status"),
}
"""Our name to the spellings seen in deliveries."""

OBJECT_TYPES = {"01": "verblijfsobject", "02": "ligplaats", "03": "standplaats"}
"""Fifth and sixth digit of a BAG id to the kind of object."""

OBJECT_ID = r"\d{4}0[123]\d{10}"
"""A verblijfsobject, ligplaats or standplaats has sixteen digits, of which two tell its kind."""

LAYERS = tuple(OBJECT_TYPES.values())
"""Starts of the names of layers with objects that have an address."""

TWICE = "staat meer dan eens in de levering: een keer geteld"

UNKNOWN = "onbekend"


def read_dwellings(
    path: Path,
    area: shapely.Geometry | None = None,
    *,
    layer: str | None = None,
    columns: Mapping[str, str] | None = None,
    today: date | None = None,
    quality: Quality | None = None,
) -> gpd.GeoDataFrame:
    """Every verblijfsobject, ligplaats and standplaats that exists, as `Dwellings` in RD New.

    Parameters
    ----------
    path
        A file, or a folder with the parts of an Extract or the pages of a web service.
    area
        Shape in RD New (m); only objects inside it are kept.
    layer
        Layer of a file with GIS layers; None: all that hold objects with an address.
    columns
        Our column name to the source's, where it is not recognised; not for an Extract.
    today
        Day on which a voorkomen of an Extract must be valid; None: the day of the delivery. It ends up in
        ``quality.facts["peildatum"]``.

    Raises
    ------
    MissingSource
        File or layer is not there.
    BadInput
        The file cannot be read, is of another kind, or lacks a column.
    WrongCrs
        Its coordinates are in another CRS.
    """
    quality = quality if quality is not None else Quality()
    frame = read_objects(path, area, layer=layer, columns=columns, today=today, quality=quality)
    frame = Dwellings.checked(frame, source=str(path))
    quality.count(frame)
    if frame.index.str.fullmatch(BAG_ID).any():
        quality.find("The ids are of addresses, not of objects: an object with several addresses counts several times.")
    if frame["street"].isna().any():
        quality.find(f"{int(frame['street'].isna().sum())} of {len(frame)} objects have no street in the source.")
    return frame


def read_objects(
    path: Path,
    area: shapely.Geometry | None,
    *,
    layer: str | None,
    columns: Mapping[str, str] | None,
    today: date | None,
    quality: Quality,
) -> gpd.GeoDataFrame:
    """The columns of `Dwellings`, not yet checked and not yet counted."""
    if is_extract(path):
        rows = bag_extract.read_objects(path, area, today, quality)
        return _existing(_of_extract(rows), quality)
    pages = pages_of(path)
    if pages:
        features = read_pages(pages, quality)
        quality.read = len(features)
        parts = [_objects(features, path.name, columns, str(path))]
    else:
        layers = [layer] if layer else object_layers(path)
        parts = [
            _objects(read_layer(path, each, area=area, quality=quality), each or "", columns, str(path))
            for each in layers
        ]
    frame = parts[0] if len(parts) == 1 else pd.concat(parts)
    return _existing(_once(_inside(frame, area, quality), quality), quality)


def is_extract(path: Path) -> bool:
    """Whether a zip or folder is a BAG Extract.

    Raises
    ------
    MissingSource
        It is not there.
    BadInput
        It is a zip without an Extract in it.
    """
    if path.is_dir():
        return bag_extract.is_extract(path)
    if first_bytes(path, len(ZIP)) != ZIP:
        return False
    if not bag_extract.is_extract(path):
        words = "The zip holds no BAG Extract."
        raise BadInput(words, where=str(path), todo="Unpack it, and name the file or folder in it.")
    return True


def pages_of(path: Path) -> list[Path]:
    """The GeoJSON files: the path itself, or those in the folder; empty where it is something else.

    Raises
    ------
    MissingSource
        The folder holds none.
    """
    if not path.is_dir():
        return [path] if is_geojson(path) else []
    found = [each for each in sorted(path.iterdir()) if each.is_file() and is_geojson(each)]
    if not found:
        words = "The folder holds no part of a BAG Extract and no GeoJSON."
        raise MissingSource(words, where=str(path), todo="Name the file or folder with the BAG.")
    return found


def object_layers(path: Path) -> list[str | None]:
    """Layers that hold objects with an address; None where the file has one layer, whatever its name."""
    layers = layers_of(path)
    found = [each for start in LAYERS for each in layers if each.lower().startswith(start)]
    return [*found] if found and len(layers) > 1 else [None]


def _objects(features: gpd.GeoDataFrame, layer: str, columns: Mapping[str, str] | None, where: str) -> gpd.GeoDataFrame:
    names = match_columns(features.columns, SPELLINGS, config=columns or {}, required=(), where=where)
    if "object_id" not in names and "number" in names:
        words = "The source holds addresses without ids of the BAG: what they are addresses of is unknown."
        raise NotInSource(words, where=where, todo="Deliver the BAG itself, or name 'object_id' under 'columns'.")
    match_columns(features.columns, SPELLINGS, config=columns or {}, required=("object_id",), where=where)

    def text(name: str) -> pd.Series:
        return as_text(features[names[name]]) if name in names else _nothing(features.index)

    ids = text("object_id")
    if "number" not in names and not ids.str.fullmatch(OBJECT_ID, na=False).any():
        words = "The layer holds no objects of the BAG: it has neither their ids nor house numbers."
        raise BadInput(words, where=where, todo="Name the file or layer with the BAG.")
    table = {
        "object_id": ids.fillna(""),
        "kind": _kinds(ids, text("kind"), layer),
        "status": text("status").fillna(UNKNOWN),
        "uses": joined(text("uses")),
        "area_m2": floor_area_m2(text("area_m2")),
        "nummeraanduiding_id": nummeraanduidingen(text("nummeraanduiding_id")),
        "street": text("street"),
        "house_number": whole_number(text("number"), text("letter"), text("addition")),
        "postcode": plain_postcode(text("postcode")),
        "town": text("town"),
        "pand_ids": joined(text("pand_ids")),
        "building_year": oldest_year(text("building_year")),
        "pand_status": joined(text("pand_status")),
    }
    frame = gpd.GeoDataFrame(table, geometry=inner_points(features.geometry.to_numpy()), crs=features.crs)
    return frame.set_index("object_id")


def _of_extract(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    """The rows of an Extract as a frame."""

    def text(name: str) -> pd.Series:
        return as_text(pd.Series([row[name] for row in rows], dtype="object").astype("str"))

    def several(name: str) -> pd.Series:
        return joined(as_text(pd.Series([",".join(row[name]) for row in rows], dtype="object").astype("str")))

    table = {
        "object_id": text("object_id"),
        "kind": text("kind"),
        "status": text("status").fillna(UNKNOWN),
        "uses": several("uses"),
        "area_m2": floor_area_m2(text("area_m2")),
        "nummeraanduiding_id": nummeraanduidingen(text("number_id")),
        "street": text("street"),
        "house_number": whole_number(text("number"), text("letter"), text("addition")),
        "postcode": plain_postcode(text("postcode")),
        "town": text("town"),
        "pand_ids": several("panden"),
        "building_year": oldest_year(several("years")),
        "pand_status": several("pand_statuses"),
    }
    shapes = [row["geometry"] for row in rows]
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(shapes, crs=RD_EPSG), crs=RD_EPSG).set_index("object_id")


def _nothing(rows: pd.Index) -> pd.Series:
    return pd.Series(None, index=rows, dtype="str")


def _kinds(ids: pd.Series, stated: pd.Series, layer: str) -> pd.Series:
    """The kind that a column states, else that of the id, else that of the layer."""
    known = stated.str.lower().where(stated.str.lower().isin(LAYERS))
    by_id = ids.str.slice(4, 6).where(ids.str.fullmatch(r"\d{16}", na=False)).map(OBJECT_TYPES)
    by_layer = next((each for each in LAYERS if layer.lower().startswith(each)), UNKNOWN)
    return known.fillna(by_id).fillna(by_layer).astype("str")


def _inside(frame: gpd.GeoDataFrame, area: shapely.Geometry | None, quality: Quality) -> gpd.GeoDataFrame:
    if area is None:
        return frame
    inside = frame.within(area) | frame.geometry.isna()
    quality.drop(OUTSIDE, frame.index[~inside])
    return frame[inside]


def _once(frame: gpd.GeoDataFrame, quality: Quality) -> gpd.GeoDataFrame:
    """Every object once, with all its buildings: a delivery may give a row per building, and pages may overlap."""
    twice = frame.index.duplicated(keep=False) & (frame.index != "")
    if not twice.any():
        return frame
    doubles = frame[twice]
    quality.drop(TWICE, doubles.index[doubles.index.duplicated()])
    groups = doubles.groupby(level=0, sort=True)
    merged = doubles[~doubles.index.duplicated()].sort_index()
    together = {name: joined(groups[name].agg(_all_of)) for name in ("pand_ids", "pand_status")}
    merged = merged.assign(**together, building_year=groups["building_year"].min())
    return gpd.GeoDataFrame(pd.concat([frame[~twice], merged]), geometry="geometry", crs=frame.crs)


def _all_of(texts: pd.Series) -> str | None:
    return ",".join(texts.dropna()) or None


def _existing(frame: gpd.GeoDataFrame, quality: Quality) -> gpd.GeoDataFrame:
    found = drop_gone(frame, frame["status"], quality)
    assert isinstance(found, gpd.GeoDataFrame)  # a mask keeps the geometry
    return found
