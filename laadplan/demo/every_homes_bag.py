"""The BAG of the demo town from web services and as a file of addresses.

In: the rows of the light GeoPackage. Out: pages of the WFS (RD New) and of the OGC API (degrees), and a GeoPackage with
the address points of INSPIRE, whose ids are none of the BAG.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from laadplan.demo import bag
from laadplan.demo.every_files import RD_CRS, collection, write_json
from laadplan.demo.every_homes_extract import extract
from laadplan.demo.layers import write_layer
from laadplan.demo.whole import Whole
from laadplan.geo.rd import to_wgs84

PAGE = 250
"""Features in one answer: fewer than the 1,000 of the real service, so that a village too has several pages."""

OVERLAP = 1
"""Features at the start of a page that were the last of the page before: the data changed in between."""

OBJECTS = ("verblijfsobject", "ligplaats", "standplaats")

WFS_NAMES = {
    "openbare_ruimte_naam": "openbare_ruimte",
    "woonplaats_naam": "woonplaats",
    "pand_identificatie": "pandidentificatie",
}
"""Column of the light GeoPackage to that of the WFS."""

WFS_LACKS = (
    "openbare_ruimte_naam_kort",
    "nummeraanduiding_hoofdadres_identificatie",
    "openbare_ruimte_identificatie",
    "woonplaats_identificatie",
    "bronhouder_identificatie",
)
INSPIRE_NAMES = {
    "openbare_ruimte_naam": "straatnaam",
    "huisnummer": "huisnummer",
    "huisletter": "huisletter",
    "woonplaats_naam": "woonplaats",
    "postcode": "postcode",
    "toevoeging": "toevoeging",
}
_DEGREE_DECIMALS = 9


def layers_of(whole: Whole) -> dict[str, gpd.GeoDataFrame]:
    """The rows of the light GeoPackage of the whole town, per layer."""
    parts = [bag.layer_rows(quarter) for quarter in whole.quarters]
    found = {name: gpd.GeoDataFrame(pd.concat([part[name] for part in parts], ignore_index=True)) for name in parts[0]}
    outline = shapely.union_all([cell.polygon for cell in whole.town.cells])
    return found | {"woonplaats": bag.woonplaats_rows(whole.town.name, outline)}


def write_extract(whole: Whole, folder: Path) -> None:
    """The Extract 2.0."""
    (folder / "extract.zip").write_bytes(extract(layers_of(whole)))


def write_wfs(whole: Whole, folder: Path) -> None:
    """Pages of the WFS, per kind of object."""
    target = folder / "wfs"
    target.mkdir(exist_ok=True)
    for layer, rows in layers_of(whole).items():
        if layer not in OBJECTS or rows.empty:
            continue
        table = rows.drop(columns=[name for name in WFS_LACKS if name in rows]).rename(columns=WFS_NAMES)
        features = [_feature(row, f"{layer}.{number}") for number, row in enumerate(table.to_dict("records"))]
        for number, page in enumerate(_pages(features)):
            answer = collection(page, crs=RD_CRS, numberMatched=len(features), numberReturned=len(page))
            write_json(target / f"{layer}_{number + 1:03d}.json", answer)


def write_ogc(whole: Whole, folder: Path) -> None:
    """Pages of the OGC API, verblijfsobjecten alone; uses are a list, and every page but the last points to a next."""
    target = folder / "ogc"
    target.mkdir(exist_ok=True)
    rows = layers_of(whole)["verblijfsobject"]
    table = rows.set_geometry(to_wgs84(rows.geometry)).to_dict("records")
    features = [_feature(row | {"gebruiksdoel": row["gebruiksdoel"].split(",")}, "") for row in table]
    pages = list(_pages(features))
    for number, page in enumerate(pages):
        links = [{"rel": "self", "href": f"?cursor={number}"}]
        if number + 1 < len(pages):
            links.append({"rel": "next", "href": f"?cursor={number + 1}"})
        answer = collection(page, links=links, numberReturned=len(page))
        write_json(target / f"items_{number + 1:03d}.json", answer)


def write_addresses(whole: Whole, folder: Path) -> None:
    """A GeoPackage of address points with ids of INSPIRE."""
    rows = layers_of(whole)["verblijfsobject"]
    table = rows[[*INSPIRE_NAMES, "geometry"]].rename(columns=INSPIRE_NAMES)
    table.insert(0, "id", [f"inspireadressen.{1_000_000 + number}" for number in range(len(table))])
    write_layer(folder / "adressen.gpkg", table, "OGRGeoJSON")


def _feature(row: Mapping[Any, Any], identifier: str) -> dict[str, Any]:
    shape = row["geometry"]
    properties = {name: _plain(value) for name, value in row.items() if name != "geometry"}
    named = {"id": identifier} if identifier else {}
    return {
        "type": "Feature",
        **named,
        "geometry": json.loads(shapely.to_geojson(_rounded(shape))),
        "properties": properties,
    }


def _rounded(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(shape, lambda coordinates: coordinates.round(_DEGREE_DECIMALS))


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return value
    return None if pd.isna(value) else int(value) if not isinstance(value, str) else value


def _pages(features: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """The features a page at a time; every page after the first begins with the last of the page before."""
    for first in range(0, len(features), PAGE):
        yield features[max(first - OVERLAP, 0) : first + PAGE]
