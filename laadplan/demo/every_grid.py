"""Every other format in which cables are delivered, written from the demo town; capacity is in `every_grid_capacity`.

In: the whole town. Out: files below a folder. What each holds is what the main form holds, in another format: KLIC
deliveries that overlap, and the layouts of Liander (ArcGIS), Enexis (GeoJSON) and Stedin (shapefiles in zips).
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio
import shapely

from laadplan.demo.every_files import RD_CRS, collection, write_json, zipped
from laadplan.demo.every_grid_capacity import FORMS as CAPACITY_FORMS
from laadplan.demo.grid import CABINET, LOW_V, MEDIUM_V, STATION
from laadplan.demo.klic import Request, write_delivery
from laadplan.demo.model import Cable, Installation
from laadplan.demo.whole import Form, Whole
from laadplan.geo.rd import RD_EPSG

OVERLAP_M = 40.0
"""Two orientation requests overlap this far."""

DOUBLE_EVERY, NAMELESS_EVERY = 7, 11
"""In the shapefiles one cable in so many is written twice, and one in so many has no id."""

_DBF_DAY = "2026-01-05"


def write_klic(whole: Whole, folder: Path) -> None:
    """Two orientation requests that cover the town and overlap in its middle."""
    x0, y0, x1, y1 = _bounds(whole)
    middle = (x0 + x1) / 2
    west, east = shapely.box(x0, y0, middle + OVERLAP_M, y1), shapely.box(middle - OVERLAP_M, y0, x1, y1)
    write_delivery(whole, Request("26O990001", "orientatieverzoek", "2026-01-12", west), folder)
    write_delivery(whole, Request("26O990002", "orientatieverzoek", "2026-01-13", east), folder)


def write_dig_notice(whole: Whole, folder: Path) -> None:
    """A graafmelding for a corner of the town: not meant for planning."""
    x0, y0, x1, y1 = _bounds(whole)
    corner = shapely.box(x0, y0, (x0 + x1) / 2, (y0 + y1) / 2)
    write_delivery(whole, Request("26G990003", "graafmelding", "2026-01-12", corner), folder)


def write_liander(whole: Whole, folder: Path) -> None:
    """Answers of an ArcGIS server, one per layer, without a name for the layer inside."""
    for name, volt in (("LS-kabel", LOW_V), ("MS-kabel", MEDIUM_V)):
        features = [
            {"attributes": {"LOKAALID": cable.local_id}, "geometry": {"paths": [_spots(cable.line)]}}
            for cable in _cables(whole, volt)
        ]
        _write_esri(folder / f"{name}.json", "esriGeometryPolyline", features)
    for name, kind in (("LS-kast", CABINET), ("MS-station", STATION)):
        features = [
            {
                "attributes": {"LOKAALID": place.local_id},
                "geometry": dict(zip("xy", _spots(place.point)[0], strict=True)),
            }
            for place in _places(whole, kind)
        ]
        _write_esri(folder / f"{name}.json", "esriGeometryPoint", features)


def write_enexis(whole: Whole, folder: Path) -> None:
    """Answers of a GeoServer; ids of features carry the name of the layer, house connections are in layers apart."""
    cables, addresses = _cables(whole, LOW_V), [each for quarter in whole.quarters for each in quarter.addresses]
    tree = shapely.STRtree([cable.line for cable in cables])
    points = [address.point for address in addresses]
    ways = shapely.shortest_line([cables[row].line for row in tree.nearest(points)], points)
    ids = [address.number_id for address in addresses]
    ways_of = [(name, way) for name, way in zip(ids, ways, strict=True) if way.length > 0]
    main = [(cable.local_id, cable.line) for cable in cables]
    boxes = [(place.local_id, place.point) for place in _places(whole, CABINET)]
    _write_features(folder, "asm_e_lv_map_cable", main)
    _write_features(folder, "asm_e_mv_map_cable", [(cable.local_id, cable.line) for cable in _cables(whole, MEDIUM_V)])
    _write_features(folder, "asm_e_lv_conn_cable", ways_of)
    _write_features(folder, "asm_e_lv_service_connection", list(zip(ids, points, strict=True)))
    _write_features(folder, "asm_e_lv_street_furniture", boxes)


def write_stedin(whole: Whole, folder: Path) -> None:
    """Shapefiles in zips: some cables twice, some without an id, stations as surfaces without any."""
    for name, volt in (("Laagspanningsverbindingen", LOW_V), ("Middenspanningsverbindingen", MEDIUM_V)):
        cables = _cables(whole, volt)
        cables += cables[::DOUBLE_EVERY]
        ids = [None if row % NAMELESS_EVERY == 0 else cable.local_id for row, cable in enumerate(cables)]
        columns = {"Id": ids, "Naam": "", "Voltage": f"{volt}v"}
        rows = gpd.GeoDataFrame(columns, geometry=[cable.line for cable in cables], crs=RD_EPSG)
        _write_shapefile(rows, folder / f"{name}.zip", name)
    stations = [place.point.buffer(1.5, cap_style="square") for place in _places(whole, STATION)]
    rows = gpd.GeoDataFrame({"Middens_ID": [""] * len(stations)}, geometry=stations, crs=RD_EPSG)
    _write_shapefile(rows, folder / "MiddenLaagspanningsstations.zip", "MiddenLaagspanningsstations")


def _bounds(whole: Whole) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = shapely.total_bounds([cell.polygon for cell in whole.town.cells]).tolist()
    return x0, y0, x1, y1


def _cables(whole: Whole, volt: int) -> list[Cable]:
    return [cable for quarter in whole.quarters for cable in quarter.grid.cables if cable.voltage_v == volt]


def _places(whole: Whole, kind: str) -> list[Installation]:
    return [place for quarter in whole.quarters for place in quarter.grid.installations if place.kind == kind]


def _spots(shape: shapely.Geometry) -> list[list[float]]:
    """Coordinates to the millimetre."""
    spots: list[list[float]] = shapely.get_coordinates(shape).round(3).tolist()
    return spots


def _geojson(shape: shapely.Geometry) -> dict[str, Any]:
    spots = _spots(shape)
    return (
        {"type": "Point", "coordinates": spots[0]} if len(spots) == 1 else {"type": "LineString", "coordinates": spots}
    )


def _write_esri(path: Path, kind: str, features: Sequence[dict[str, Any]]) -> None:
    content = {
        "geometryType": kind,
        "spatialReference": {"wkid": RD_EPSG, "latestWkid": RD_EPSG},
        "fields": [{"name": "LOKAALID", "type": "esriFieldTypeString", "alias": "lokaalid", "length": 60}],
        "features": list(features),
    }
    write_json(path, content)


def _write_features(folder: Path, layer: str, shapes: Sequence[tuple[str, shapely.Geometry]]) -> None:
    features = [
        {
            "type": "Feature",
            "id": f"{layer}.{name}",
            "geometry": _geojson(shape),
            "geometry_name": "geografischeligging",
            "properties": {"label": f"HEP{row // 20:04d}"},
        }
        for row, (name, shape) in enumerate(shapes)
    ]
    write_json(folder / f"{layer}.json", collection(features, crs=RD_CRS))


def _write_shapefile(rows: gpd.GeoDataFrame, path: Path, name: str) -> None:
    """The parts of a shapefile in a zip, without the day on which it was written."""
    with tempfile.TemporaryDirectory() as place:
        pyogrio.write_dataframe(rows, Path(place) / f"{name}.shp", layer_options={"DBF_DATE_LAST_UPDATE": _DBF_DAY})
        path.write_bytes(zipped({part.name: part.read_bytes() for part in Path(place).iterdir()}))


FORMS: dict[str, Form] = {
    "klic/orientatie": write_klic,
    "klic-graafmelding/graafmelding": write_dig_notice,
    "liander/arcgis": write_liander,
    "enexis/geojson": write_enexis,
    "stedin/shapefile": write_stedin,
} | CAPACITY_FORMS
"""Path below the folder, without suffix, to what writes it."""
