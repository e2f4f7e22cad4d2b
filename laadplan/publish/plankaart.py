"""The plankaart as a GeoPackage that QGIS opens in its own colours.

In: layers and tables. Out: one ``.gpkg`` in EPSG:28992 with a style per layer in ``layer_styles``. Bytes are equal for
equal input: the date that GDAL writes is the date of the run, rows stand in order of id.
"""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio

from laadplan.publish.styles import style_of

CHUNK = 100_000
"""Rows written at a time: GDAL takes every text as an object of its own, which needs memory."""

VERSION = {"VERSION": "1.2"}
"""QGIS LTR warns on GeoPackage 1.4."""

SURFACES = dict.fromkeys(("vakken", "buurten", "witte_vlekken", "dekking", "stroken"), "MultiPolygon")
"""Layers of surfaces and the type of their geometry; the others hold points."""

STYLES_TABLE = """
CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
    f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
    useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME
)
"""

REGISTER = """
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change)
VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?)
"""

ADD_STYLE = """
INSERT INTO layer_styles
    (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML, useAsDefault, description,
     owner, update_time)
VALUES ('', '', ?, 'geom', ?, ?, 1, ?, '', ?)
"""


def write_geopackage(
    target: Path,
    layers: dict[str, gpd.GeoDataFrame],
    tables: dict[str, pd.DataFrame],
    today: date,
    *,
    looks: Mapping[str, str] | None = None,
) -> None:
    """Writes layers, tables without geometry, and styles into a new GeoPackage.

    Parameters
    ----------
    target
        File to write; its folder exists.
    layers
        Layers by name, in the order in which QGIS lists them; RD New.
    tables
        Tables by name.
    today
        Date that stands in the file as its date of change.
    looks
        Layer to the name of its look, where that is not its own name.
    """
    stamp = f"{today.isoformat()}T00:00:00.000Z"
    target.unlink(missing_ok=True)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": stamp})
    try:
        for name, layer in layers.items():
            _write_layer(target, name, layer)
        for name, table in tables.items():
            for place, part in enumerate(_parts(table.reset_index(drop=table.index.name is None))):
                pyogrio.write_dataframe(part, target, layer=name, append=place > 0)
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
    _write_styles(target, {name: (looks or {}).get(name, name) for name in layers}, stamp)


def _write_layer(target: Path, name: str, layer: gpd.GeoDataFrame) -> None:
    kind = SURFACES.get(name, "Point")
    for place, part in enumerate(_parts(layer.reset_index())):
        pyogrio.write_dataframe(
            part,
            target,
            layer=name,
            driver="GPKG",
            geometry_type=kind,
            promote_to_multi=kind == "MultiPolygon",
            dataset_options=None if target.exists() else VERSION,
            append=place > 0,
        )


def _parts(rows: Any) -> list[Any]:
    """Rows in parts of `CHUNK`, one empty part where there are none."""
    return [rows.iloc[begin : begin + CHUNK] for begin in range(0, max(len(rows), 1), CHUNK)]


def _write_styles(target: Path, looks: dict[str, str], stamp: str) -> None:
    with closing(sqlite3.connect(target)) as database, database:
        database.execute(STYLES_TABLE)
        database.execute(REGISTER, (stamp,))
        for name, look in looks.items():
            database.execute(ADD_STYLE, (name, name, style_of(look), f"Opmaak van {name}", stamp))
