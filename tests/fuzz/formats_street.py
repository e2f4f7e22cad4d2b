"""Formats of trees, parking bays, zones and rasters to fuzz: tiny invented deliveries."""

import json
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from affine import Affine

from laadplan.geo.rd import to_wgs84
from laadplan.ingest.parking_bays import read_parking_bays
from laadplan.ingest.raster import read_raster
from laadplan.ingest.tree_register import read_trees
from laadplan.ingest.zones import read_zones
from tests.fuzz.format import Format, small_geopackage

X, Y = 180_000.0, 457_000.0


def _trees_csv(folder: Path) -> Path:
    rows = [f"B{at};Zomereik;{30 + at};20-30 cm;6,5;6 tot 9 m.;{X + at};{Y}" for at in range(12)]
    text = "\n".join(["Boomnr;Naam_NL;diameter;diameterklasse;Kroondiameter_m;hoogteklasse;X;Y", *rows])
    return _text(folder / "bomen.csv", text)


def _trees_degrees(folder: Path) -> Path:
    places = _degrees(_points()).to_list()
    rows = [f'{at};Linde;tot 6 m.;{each.x};{each.y};"{each.wkt}"' for at, each in enumerate(places)]
    return _text(folder / "bomen.csv", "\n".join(["OBJECTNUMMER;Soortnaam_NL;Boomhoogte;LNG;LAT;WKT_LNG_LAT", *rows]))


def _trees_layer(suffix: str, crs: int) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        table = {"BOOMNUMMER": [str(at) for at in range(5)], "STAMDIAM": [30.0] * 5, "HOOGTE": ["8-10 m"] * 5}
        return _layer(folder / f"bomen.{suffix}", table, _points(), crs)

    return make


def _bays_dump(folder: Path) -> Path:
    hexed = [shapely.to_wkb(shapely.set_srid(each, 4326), hex=True, include_srid=True) for each in _degrees(_boxes())]
    rows = [
        "\t".join((f"12{at}", "Dorpsstraat", "FISCAAL", "File", "1", each, each, r"\N", r"\N", "E13a", "44"))
        for at, each in enumerate(hexed)
    ]
    return _text(folder / "vakken.csv", "\n".join(rows) + "\n")


def _bays_layer(folder: Path) -> Path:
    regimes = json.dumps([{"soort": "MULDER", "eType": "E6a", "dagen": ["ma"]}])
    table = {"id": list("abcd"), "type": ["Haaks"] * 4, "aantal": [1, 2, 3, 4], "regimes": [regimes] * 4}
    return _layer(folder / "vakken.geojson", table, _boxes(), 4326)


def _bays_overpass(folder: Path) -> Path:
    elements: list[dict[str, object]] = []
    for at, shape in enumerate(_degrees(_boxes()), start=1):
        corners = [{"lon": x, "lat": y} for x, y in shapely.get_coordinates(shape)]
        nodes = [{"type": "node", "id": at * 10 + n, **place} for n, place in enumerate(corners[:-1])]
        numbers = [node["id"] for node in nodes]
        tags = {"amenity": "parking_space", "orientation": "parallel", "capacity": "1", "access": "yes"}
        elements += [*nodes, {"type": "way", "id": at, "nodes": [*numbers, numbers[0]], "tags": tags}]
        member = {"type": "way", "ref": at, "role": "outer", "geometry": corners}
        elements.append({"type": "relation", "id": at, "tags": {"parking": "street_side"}, "members": [member]})
    return _text(folder / "overpass.json", json.dumps({"version": 0.6, "elements": elements}))


def _zones_csv(folder: Path) -> Path:
    rows = [f'{at};Wijk;85%;2027-01-01;31-12-2027;"{each.wkt}"' for at, each in enumerate(_boxes())]
    return _text(folder / "zones.csv", "\n".join(["id;naam;parkeerdruk;startdatum;einddatum;geometry", *rows]))


def _zones_layer(suffix: str, crs: int) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        table = {"id": [1, 2, 3, 4], "naam": ["Kerk"] * 4, "klasse": ["Wonen"] * 4}
        path = _layer(folder / f"zones.{suffix}", table, _boxes(), crs)
        return small_geopackage(path) if suffix == "gpkg" else path

    return make


def _raster(driver: str, **options: object) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        values = np.arange(24 * 24, dtype=np.float32).reshape(24, 24)
        profile = {"width": 24, "height": 24, "count": 1, "dtype": "float32", "crs": "EPSG:28992", "nodata": -1}
        path = folder / "hoogte.tif"
        transform = Affine(1, 0, X, 0, -1, Y)
        with rasterio.open(path, "w", driver=driver, transform=transform, **profile, **options) as target:
            target.write(values, 1)
        return path

    return make


def _points() -> gpd.GeoSeries:
    return gpd.GeoSeries([shapely.Point(X + 10 * at, Y) for at in range(5)], crs=28992)


def _boxes() -> gpd.GeoSeries:
    return gpd.GeoSeries([shapely.box(X + 10 * at, Y, X + 10 * at + 5, Y + 2) for at in range(4)], crs=28992)


def _degrees(shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    return to_wgs84(shapes)


def _layer(path: Path, table: dict[str, list[object]], shapes: gpd.GeoSeries, crs: int) -> Path:
    gpd.GeoDataFrame(table, geometry=shapes if crs == 28992 else _degrees(shapes), crs=crs).to_file(
        path, **({"SPATIAL_INDEX": "NO"} if path.suffix == ".gpkg" else {})
    )
    return path


def _text(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


FORMATS: tuple[Format, ...] = (
    Format("trees csv", _trees_csv, read_trees),
    Format("trees csv in degrees", _trees_degrees, read_trees),
    Format("trees geojson", _trees_layer("geojson", 4326), read_trees),
    Format("trees shapefile", _trees_layer("shp", 28992), read_trees),
    Format("bays dump", _bays_dump, read_parking_bays),
    Format("bays geojson", _bays_layer, read_parking_bays),
    Format("bays overpass", _bays_overpass, read_parking_bays),
    Format("zones csv", _zones_csv, lambda path: read_zones(path, kind="parkeerdruk")),
    Format("zones geojson", _zones_layer("geojson", 4326), lambda path: read_zones(path, kind="bodem")),
    Format("zones flatgeobuf", _zones_layer("fgb", 28992), lambda path: read_zones(path, kind="bodem")),
    Format("zones geopackage", _zones_layer("gpkg", 28992), lambda path: read_zones(path, kind="bodem")),
    Format("raster tiff", _raster("GTiff", compress="deflate"), read_raster),
    Format("raster cog", _raster("COG"), read_raster),
)
"""Formats to fuzz."""
