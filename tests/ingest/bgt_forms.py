"""Small BGT deliveries in other forms than GML-light, invented: a GeoPackage layer, pages of the OGC API."""

from __future__ import annotations

import contextlib
import json
import sqlite3

import geopandas as gpd
import pyogrio
import shapely

from laadplan.geo.rd import to_wgs84
from tests.frames import box, moved

SPELT = {
    "snake": ("lokaal_id", "eind_registratie", "bgt_status", "relatieve_hoogteligging", "functie", "fysiek_voorkomen"),
    "gml": ("lokaalID", "eindRegistratie", "bgt-status", "relatieveHoogteligging", "function", "surfaceMaterial"),
    "nlextract": (
        *("lokaalid", "eindregistratie", "bgt_status", "relatievehoogteligging"),
        *("bgt_functie", "bgt_fysiekvoorkomen"),
    ),
}
"""Names of columns in conversions."""

ROWS = {
    "now": (None, "bestaand", 0, "voetpad", "open verharding"),
    "deep": (None, "bestaand", -1, "rijbaan lokale weg", "gesloten verharding"),
    "then": ("2018-10-24T13:02:04", "bestaand", 0, "voetpad", "open verharding"),
    "soon": (None, "plan", 0, "parkeervlak", "open verharding"),
}


def table(names="snake", rows=None, crs="EPSG:28992", shapes=None):
    """A layer as a frame: rows by id of end, status, level, function, material; squares beside each other."""
    rows = ROWS if rows is None else rows
    label, *others = SPELT[names]
    squares = shapes or [moved(box(3 * place, 0, 3 * place + 2, 2)) for place in range(len(rows))]
    columns = {label: list(rows)} | dict(zip(others, zip(*rows.values(), strict=True), strict=True))
    return gpd.GeoDataFrame(columns, geometry=squares, crs=crs)


def geopackage(path, layer="wegdeel", driver="GPKG", **more):
    """Writes a layer and gives its file."""
    pyogrio.write_dataframe(table(**more), path, layer=layer, driver=driver)
    return path


def small(path):
    """The same SQLite file in small pages, without what a reader can do without."""
    with contextlib.closing(sqlite3.connect(path)) as file:
        for trigger in file.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            file.execute(f'drop trigger "{trigger[0]}"')
        file.execute("pragma page_size = 512")
        file.execute("vacuum")
    return path


def feature(label, *, end=None, status="bestaand", level=0, shape=None, **more):
    """A feature of the OGC API."""
    square = moved(shape or box(0, 0, 2, 2))
    facts = {"lokaal_id": label, "eind_registratie": end, "status": status, "relatieve_hoogteligging": level, **more}
    return {"type": "Feature", "id": f"{label}-{end}", "properties": facts, "geometry": square.__geo_interface__}


def page(path, *features, following=False, collection="wegdeel", **more):
    """Writes a page of the OGC API and gives its file."""
    address = f"https://api.pdok.nl/lv/bgt/ogc/v1/collections/{collection}/items?f=json"
    links = [{"rel": "self", "href": address}, *([{"rel": "next", "href": address}] if following else [])]
    text = json.dumps({"type": "FeatureCollection", "links": links, "features": list(features), **more})
    path.write_text(text, encoding="utf-8")
    return path


def municipal(path):
    """Road parts as a municipality published them with its parking bays: in degrees, of few columns; gives the file.

    The second is a spike whose side folds over, by rounding alone, when its corners come to the centimetre.
    """
    spike = shapely.Polygon([(5, 0), (9, 0), (9, 2), (7.004, 2), (7.0, 6), (6.996, 2), (6.9961, 1.996), (5, 2)])
    shapes = gpd.GeoSeries([moved(box(0, 0, 3, 2)), moved(spike)], crs="EPSG:28992")
    columns = {"id": ["1", "2"], "bgt_id": ["a", "b"], "bgt_functie": ["parkeervlak", "voetpad"], "vakken": ["2", None]}
    pyogrio.write_dataframe(gpd.GeoDataFrame(columns, geometry=to_wgs84(shapes), crs=4326), path, layer="bgt_wegdeel")
    return path
