"""Vector files of the demo town with equal bytes for equal input: no clock in them.

In: rows in RD New. Out: a GeoPackage, shapefile, FlatGeobuf (EPSG:28992) or GeoJSON (degrees), by the suffix.
"""

from pathlib import Path

import geopandas as gpd
import pyogrio

from laadplan.demo.joining import FIXED_DATE, fixed_date
from laadplan.geo.rd import to_wgs84

DRIVERS = {".gpkg": "GPKG", ".shp": "ESRI Shapefile", ".fgb": "FlatGeobuf", ".geojson": "GeoJSON"}


def write_layer(path: Path, rows: gpd.GeoDataFrame, layer: str) -> None:
    """Writes the rows as the only layer of a new file."""
    suffix = path.suffix
    options: dict[str, object] = {"geometry_type": _kind(rows)}
    if suffix == ".gpkg":
        options["dataset_options"] = {"VERSION": "1.2"}
    if suffix == ".shp":
        options |= {"layer_options": {"DBF_DATE_LAST_UPDATE": FIXED_DATE[:10], "ENCODING": "UTF-8"}}
        options["geometry_type"] = str(options["geometry_type"]).removeprefix("Multi")
    if suffix == ".geojson":
        rows = rows.set_geometry(to_wgs84(rows.geometry))
        options["layer_options"] = {"COORDINATE_PRECISION": "8"}
    with fixed_date():
        promoted = options["geometry_type"] == "MultiPolygon"
        pyogrio.write_dataframe(rows, path, layer=layer, driver=DRIVERS[suffix], promote_to_multi=promoted, **options)


def _kind(rows: gpd.GeoDataFrame) -> str:
    """The type of the geometry, surfaces as multipolygons."""
    return next((kind for kind in ("Point", "LineString") if (rows.geom_type == kind).all()), "MultiPolygon")
