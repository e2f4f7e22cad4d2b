"""Formats of cables and grid capacity to fuzz: tiny invented deliveries."""

import json
from pathlib import Path

import geopandas as gpd
import shapely

from laadplan.demo.every_grid import _write_shapefile
from laadplan.ingest.cables import read_cables, read_grid_points
from laadplan.ingest.grid_areas import read_grid_areas
from laadplan.ingest.grid_capacity import read_grid_capacity
from tests.fuzz.format import Format, small_geopackage
from tests.ingest.imkl_delivery import X, Y, cable, delivery, place, write_zip

SQUARE = [[X, Y], [X, Y + 100], [X + 100, Y + 100], [X + 100, Y], [X, Y]]


def _cables_and_points(path: Path) -> object:
    return read_cables(path), read_grid_points(path)


def _capacity_and_areas(path: Path) -> object:
    return read_grid_capacity(path), read_grid_areas(path)


def _delivery() -> str:
    return delivery(cable(), cable("KL9999.2", kind="Kabelbed"), cable("KL9999.3", volt="0"), place("KL9999.k"))


def _klic(folder: Path) -> Path:
    return write_zip(folder / "levering.zip", _delivery())


def _klic_xml(folder: Path) -> Path:
    return _text(folder / "levering.xml", _delivery())


def _liander(folder: Path) -> Path:
    path = folder / "net.gpkg"
    line = shapely.LineString([(X, Y), (X + 9, Y)])
    rows = gpd.GeoDataFrame({"id": ["a"], "spanningsniveau": ["0,4 kV"]}, geometry=[line], crs=28992)
    rows.to_file(path, layer="laagspanningskabels", SPATIAL_INDEX="NO")
    return small_geopackage(path)


def _stedin(folder: Path) -> Path:
    lines = [shapely.LineString([(X, Y + row), (X + 9, Y + row)]) for row in range(3)]
    rows = gpd.GeoDataFrame({"Id": ["1", "1", None], "Voltage": "400v"}, geometry=lines, crs=28992)
    _write_shapefile(rows, folder / "Laagspanningsverbindingen.zip", "Laagspanningsverbindingen")
    return folder / "Laagspanningsverbindingen.zip"


def _enexis(folder: Path) -> Path:
    features = [
        {
            "type": "Feature",
            "id": f"asm_e_lv_map_cable.{row}",
            "properties": {"label": "HEP1", "spanning": 400},
            "geometry": {"type": "LineString", "coordinates": [[X, Y + row], [X + 9, Y + row]]},
        }
        for row in range(3)
    ]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}
    return _json(folder / "kabels.json", {"type": "FeatureCollection", "crs": crs, "features": features})


def _esri(folder: Path) -> Path:
    shape = {"paths": [[[X, Y], [X + 9, Y]]]}
    features = [{"attributes": {"LOKAALID": str(row), "spanning": "10 kV"}, "geometry": shape} for row in range(3)]
    fields = [{"name": name, "type": "esriFieldTypeString"} for name in ("LOKAALID", "spanning")]
    head = {"geometryType": "esriGeometryPolyline", "spatialReference": {"wkid": 28992}, "fields": fields}
    return _json(folder / "MS-kabel.json", head | {"features": features})


def _map_csv(folder: Path) -> Path:
    head = "postcode;voedingsgebied_id;voedingsgebied_naam;RNB_postcode;afname;opwek;wachtrij_afname;peildatum"
    rows = [f"6731A{letter};OS 1;Dorp;Demo;{row};0;1,5;2026-01-01" for row, letter in enumerate("ABCD")]
    return _text(folder / "congestie_pc6.csv", "\n".join([head, *rows]))


def _map_arcgis(folder: Path) -> Path:
    names = ("voedingsgebied_id", "voedingsgebied_naam", "RNB")
    fields = [{"name": name, "type": "esriFieldTypeString"} for name in names]
    fields.append({"name": "afname", "type": "esriFieldTypeInteger"})
    features = [
        {"attributes": dict.fromkeys(names, str(row)) | {"afname": row}, "geometry": {"rings": [SQUARE]}}
        for row in range(3)
    ]
    head = {"geometryType": "esriGeometryPolygon", "spatialReference": {"wkid": 28992}, "fields": fields}
    return _json(folder / "capaciteit.json", head | {"features": features})


def _map_im(folder: Path) -> Path:
    postcodes = [{"postcode": "6731AB", "demand_constraint": "red", "generation_constraint": "transparant"}]
    areas = [
        {
            "short_code": f"OS {row}",
            "demand_capacity_in_queue": 1.5,
            "demand_requests_in_queue": 3,
            "works": [],
            "postcode_areas": postcodes,
        }
        for row in range(2)
    ]
    head = {"conforms_to": "capaciteitskaart/v1.3.0", "issued": "2026-01-10", "valid": {"start": "a", "end": "b"}}
    return _json(folder / "im.json", head | {"energy_areas": areas})


def _json(path: Path, content: object) -> Path:
    return _text(path, json.dumps(content))


def _text(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


FORMATS: tuple[Format, ...] = (
    Format("klic zip", _klic, _cables_and_points),
    Format("klic xml", _klic_xml, _cables_and_points),
    Format("cables, GeoPackage of Liander", _liander, _cables_and_points),
    Format("cables, shapefile of Stedin", _stedin, _cables_and_points),
    Format("cables, GeoJSON of Enexis", _enexis, _cables_and_points),
    Format("cables, ArcGIS JSON", _esri, _cables_and_points),
    Format("capacity map, CSV", _map_csv, _capacity_and_areas),
    Format("capacity map, ArcGIS JSON", _map_arcgis, _capacity_and_areas),
    Format("capacity map, IM JSON", _map_im, _capacity_and_areas),
)
"""Formats to fuzz."""
