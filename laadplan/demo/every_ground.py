"""Every other form in which the BGT is delivered or converted, written from the demo town.

In: the whole town. Out: files below a folder. What each holds is what the main form holds, history and plans included
where the real form has them: GML-light under the names of 2015, a GeoPackage, SQLite files as ogr2ogr makes them, pages
of the OGC API in degrees, and the obstacles that the main form leaves empty.
"""

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

from laadplan.contracts.frame import RD_EPSG
from laadplan.demo import gml
from laadplan.demo.every_ground_obstacles import obstacle_files
from laadplan.demo.joining import fixed_date
from laadplan.demo.records import Record, records
from laadplan.demo.whole import Form, Whole
from laadplan.geo.rd import to_wgs84

NAMES_2015 = {
    "wegdeel": "trafficarea",
    "ondersteunendwegdeel": "auxiliarytrafficarea",
    "begroeidterreindeel": "plantcover",
    "onbegroeidterreindeel": "onbegroeidterreindeel",
    "waterdeel": "waterdeel",
    "pand": "buildingpart",
    "vegetatieobject": "solitaryvegetationobject",
}
"""Object type to the name of its file in 2015, and of its layer after ogr2ogr."""

CODES = {"vegetatieobject": "plus_type", "waterdeel": "type", "wegdeel": "functie", "ondersteunendwegdeel": "functie"}
"""Property of the OGC API that holds the code of a record; another type has its physical appearance."""

PAGE_FEATURES = 1000
"""Features on a page of the OGC API, at most."""

SHARED_FEATURES = 3
"""Features that stand on two pages, as happens when the register changes while pages are fetched."""

DEGREES_DECIMALS = 9


def write_2015(whole: Whole, folder: Path) -> None:
    """GML-light as delivered in 2015: files named after the elements of CityGML."""
    (folder / "2015").mkdir(exist_ok=True)
    for layer, name in NAMES_2015.items():
        text = gml.HEAD + "".join(gml.members(layer, records(each, layer)) for each in whole.quarters) + gml.TAIL
        (folder / "2015" / f"bgt_{name}.gml").write_text(text, encoding="utf-8", newline="")


def write_obstacles(whole: Whole, folder: Path) -> None:
    """GML-light with the street furniture, posts, manholes and fences of the town."""
    (folder / "obstakels").mkdir(exist_ok=True)
    for layer, text in obstacle_files(whole).items():
        (folder / "obstakels" / f"bgt_{layer}.gml").write_text(text, encoding="utf-8", newline="")


def write_geopackage(whole: Whole, folder: Path) -> None:
    """One GeoPackage with a layer per object type, columns in snake_case, history included."""
    path = folder / "bgt.gpkg"
    path.unlink(missing_ok=True)
    with fixed_date():
        for layer in NAMES_2015:
            rows = _rows(layer, _records(whole, layer)).rename(columns={"status": "bgt_status"})
            suffix = "punt" if layer == "vegetatieobject" else "vlak"
            options = {"VERSION": "1.2"}
            pyogrio.write_dataframe(rows, path, layer=f"{layer}_{suffix}", driver="GPKG", dataset_options=options)


def write_sqlite(whole: Whole, folder: Path) -> None:
    """A SQLite file per object type, as ogr2ogr makes them of the names of 2015 without history."""
    (folder / "sqlite").mkdir(exist_ok=True)
    for layer, name in NAMES_2015.items():
        path = folder / "sqlite" / f"bgt_{name}.sqlite"
        path.unlink(missing_ok=True)
        rows = _rows(layer, [each for each in _records(whole, layer) if not each.ended])
        laundered = {each: each.replace("_", "") for each in ("lokaal_id", "relatieve_hoogteligging")}
        rows = rows.drop(columns="eind_registratie").rename(columns={**laundered, "status": "bgt_status"})
        pyogrio.write_dataframe(rows, path, layer=name, driver="SQLite")


def write_pages(whole: Whole, folder: Path) -> None:
    """Pages of the OGC API in degrees, history included; a page shares some features with the one before it."""
    (folder / "ogc").mkdir(exist_ok=True)
    for layer in NAMES_2015:
        rows = _rows(layer, _records(whole, layer))
        rows = rows.set_geometry(to_wgs84(rows.geometry))
        starts = range(0, max(len(rows), 1), PAGE_FEATURES - SHARED_FEATURES)
        for number, start in enumerate(starts):
            page = _page(layer, rows.iloc[start : start + PAGE_FEATURES], is_last=number == len(starts) - 1)
            (folder / "ogc" / f"{layer}_{number + 1}.json").write_text(page, encoding="utf-8", newline="")


def _page(layer: str, rows: gpd.GeoDataFrame, *, is_last: bool) -> str:
    address = f"https://api.pdok.nl/lv/bgt/ogc/v1/collections/{layer}/items?f=json"
    links = [{"rel": "self", "type": "application/geo+json", "href": address}]
    links += [] if is_last else [{"rel": "next", "type": "application/geo+json", "href": f"{address}&cursor=volgende"}]
    table = pd.DataFrame(rows.drop(columns="geometry")).astype(object)
    facts = table.where(table.notna(), None).to_dict("records")
    shapes = shapely.to_geojson(rows.geometry.to_numpy())
    features = [
        {"type": "Feature", "id": str(label), "properties": fact, "geometry": _rounded(json.loads(shape))}
        for label, fact, shape in zip(rows.index, facts, shapes, strict=True)
    ]
    page = {"type": "FeatureCollection", "links": links, "numberReturned": len(features), "features": features}
    return json.dumps(page, ensure_ascii=False, separators=(",", ":")) + "\n"


def _rounded(shape: dict[str, object]) -> dict[str, object]:
    def rounded(value: object) -> object:
        if isinstance(value, list):
            return [rounded(each) for each in value]
        return round(value, DEGREES_DECIMALS) if isinstance(value, float) else value

    return {"type": shape["type"], "coordinates": rounded(shape["coordinates"])}


def _records(whole: Whole, layer: str) -> list[Record]:
    return [record for quarter in whole.quarters for record in records(quarter, layer)]


def _rows(layer: str, found: list[Record]) -> gpd.GeoDataFrame:
    """A row per record with the names of the OGC API, indexed by the id of the version."""
    facts = {
        "lokaal_id": [each.local_id for each in found],
        "bronhouder": [each.holder for each in found],
        "status": [_status(layer, each) for each in found],
        "plus_status": ["plan" if each.is_planned and layer == "pand" else None for each in found],
        "relatieve_hoogteligging": [each.level for each in found],
        "tijdstip_registratie": [f"{each.registered}T12:00:00Z" for each in found],
        "eind_registratie": [f"{each.ended}Z" if each.ended else None for each in found],
    }
    if layer == "pand":
        facts["bag_pnd"] = [each.bag_id or None for each in found]
    elif layer == "vegetatieobject":
        facts["plus_type"] = [each.material for each in found]
    else:
        facts[CODES.get(layer, "fysiek_voorkomen")] = [each.code for each in found]
    if layer == "wegdeel":
        facts["fysiek_voorkomen"] = [each.material for each in found]
    labels = [f"{each.local_id[-12:]}-{each.ended or 'nu'}" for each in found]
    shapes = gpd.GeoSeries([each.shape for each in found], index=labels, crs=RD_EPSG)
    return gpd.GeoDataFrame(pd.DataFrame(facts, index=labels), geometry=shapes)


def _status(layer: str, record: Record) -> str | None:
    """A planned building has none: that it is planned stands in its plus-status, as in real deliveries."""
    if not record.is_planned:
        return "bestaand"
    return None if layer == "pand" else "plan"


FORMS: dict[str, Form] = {
    "bgt/2015": write_2015,
    "bgt/obstakels": write_obstacles,
    "bgt/geopackage": write_geopackage,
    "bgt/sqlite": write_sqlite,
    "bgt/ogc": write_pages,
}
"""Path below the folder, without suffix, to what writes it."""
