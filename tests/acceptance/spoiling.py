"""Copies of a town with something wrong in it, or with its rows in another order.

In: a folder with sources in their own formats. Out: the same folder, changed in place; only ever called on copies.
"""

# ruff: noqa: TID252

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import warnings
from collections.abc import Callable
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas
import pandas
import pyogrio
from lxml import etree
from shapely.geometry import Polygon

from .reading import load_yaml, source_paths, write_yaml

GML = "{http://www.opengis.net/gml}"


@dataclass(frozen=True)
class Town:
    """A folder with sources and the config that names them."""

    folder: Path
    config: Path

    def source(self, key: str) -> Path:
        """File or folder of a source."""
        return source_paths(self.config)[key]

    def gml(self, name: str) -> Path:
        """A BGT file by its object type."""
        return self.source("bgt") / f"bgt_{name}.gml"

    def content(self) -> Any:
        """The config's content."""
        return load_yaml(self.config)

    def configure(self, content: Any) -> None:
        """Put other content in the config."""
        write_yaml(content, self.config)


def copy_town(config: Path, folder: Path) -> Town:
    """A copy of a town that may be spoiled."""
    shutil.copytree(config.parent, folder)
    return Town(folder, folder / config.name)


# --- GeoPackage ------------------------------------------------------------------------------------------------------


def rewrite_geopackage(path: Path, change: Callable[[geopandas.GeoDataFrame], geopandas.GeoDataFrame]) -> None:
    """Every layer of a GeoPackage replaced by what `change` makes of it."""
    layers = {name: geopandas.read_file(path, layer=name) for name in pyogrio.list_layers(path)[:, 0]}
    path.unlink()
    for name, rows in layers.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            kind = rows.geom_type.iloc[0] if len(rows) else None
            pyogrio.write_dataframe(
                change(rows), path, layer=name, driver="GPKG", geometry_type=kind, append=path.exists()
            )


def to_wgs84(rows: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    """Rows honestly in EPSG:4326."""
    return rows.to_crs(4326)


def without_crs(rows: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    """Rows that do not say where they are."""
    return rows.set_crs(None, allow_override=True)


def degrees_labelled_rd(rows: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    """Rows in degrees that say they are RD New."""
    return rows.to_crs(4326).set_crs(28992, allow_override=True)


def without_rows(rows: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    """The layer with nothing in it."""
    return rows.iloc[:0]


def first_row_twice(rows: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    """The first id once more, a metre to the east."""
    again = rows.iloc[[0]].copy()
    again.geometry = again.geometry.translate(1.0)
    return geopandas.GeoDataFrame(pandas.concat([rows, again], ignore_index=True), crs=rows.crs)


def first_polygon_crossing_itself(rows: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    """The first polygon as a bow tie over its own extent."""
    west, south, east, north = rows.geometry.iloc[0].bounds
    bow_tie = Polygon([(west, south), (east, north), (east, south), (west, north)])
    return rows.set_geometry([bow_tie, *rows.geometry.iloc[1:]], crs=rows.crs)


def only_a_table(path: Path) -> None:
    """A GeoPackage in which no layer with geometry is left."""
    path.unlink()
    rows = pandas.DataFrame({"tekst": ["geen laag"]})
    pyogrio.write_dataframe(rows, path, layer="los", driver="GPKG")
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("select count(*) from gpkg_geometry_columns").fetchone() == (0,)


# --- GML -------------------------------------------------------------------------------------------------------------


def rewrite_gml(path: Path, change: Callable[[etree._Element], None]) -> None:
    """A GML file after `change` worked on its root."""
    tree = etree.parse(path)
    change(tree.getroot())
    tree.write(path, xml_declaration=True, encoding="UTF-8")


def text_of(member: etree._Element, name: str) -> str | None:
    """Text of the first element with a local name."""
    return next((node.text for node in member.iter(f"{{*}}{name}")), None)


def current_members(root: etree._Element) -> list[etree._Element]:
    """Members without an end of registration."""
    return [member for member in root if isinstance(member.tag, str) and not text_of(member, "eindRegistratie")]


def cut_off(path: Path) -> None:
    """A file of which the second half never arrived."""
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def srs_replaced(path: Path, by: str) -> None:
    """A GML file whose geometries name another CRS."""
    content = path.read_text(encoding="utf-8")
    assert "EPSG::28992" in content
    path.write_text(content.replace("EPSG::28992", by), encoding="utf-8")


def member_twice(root: etree._Element) -> None:
    """The first current object once more under another gml:id."""
    member = current_members(root)[0]
    again = deepcopy(member)
    again[0].set(f"{GML}id", "b" + "0" * 36)
    root.append(again)


def member_crossing_itself(root: etree._Element) -> None:
    """The outer ring of the first current straight-edged object as a bow tie of ten metres."""
    for member in current_members(root):
        ring = member.find(f".//{GML}exterior/{GML}LinearRing/{GML}posList")
        if ring is not None and ring.text:
            x, y = map(float, ring.text.split()[:2])
            corners = [(x, y), (x + 10, y + 10), (x + 10, y), (x, y + 10), (x, y)]
            ring.text = " ".join(f"{east:.3f} {north:.3f}" for east, north in corners)
            return
    raise AssertionError("no current object with a straight-edged outer ring")


def without_parking(root: etree._Element) -> None:
    """Every parking area turned into a driveway."""
    for node in root.iter("{*}function"):
        if node.text == "parkeervlak":
            node.text = "inrit"


def without_members(root: etree._Element) -> None:
    """A delivery without any object, as BGT has for absent types."""
    for member in list(root):
        root.remove(member)


# --- another order ---------------------------------------------------------------------------------------------------


def shuffle_sources(sources: dict[str, Path], seed: int = 7) -> None:
    """Rows of every source file in another order."""
    dice = random.Random(seed)
    for path in sources.values():
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.suffix in _SHUFFLERS:
                _SHUFFLERS[file.suffix](file, dice)


def _shuffle_geopackage(path: Path, dice: random.Random) -> None:
    rewrite_geopackage(path, lambda rows: rows.sample(frac=1, random_state=dice.randrange(10**6), ignore_index=True))


def _shuffle_gml(path: Path, dice: random.Random) -> None:
    def change(root: etree._Element) -> None:
        members = list(root)
        dice.shuffle(members)
        root[:] = members

    rewrite_gml(path, change)


def _shuffle_json(path: Path, dice: random.Random) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(_shuffled(content, dice)), encoding="utf-8")


def _shuffled(content: Any, dice: random.Random) -> Any:
    if isinstance(content, list):
        return dice.sample(content, len(content))
    wrapped = next((key for key in ("data", "features", "locations") if isinstance(content.get(key), list)), None)
    if wrapped:
        return {**content, wrapped: _shuffled(content[wrapped], dice)}
    return {key: content[key] for key in dice.sample(list(content), len(content))}


def _shuffle_csv(path: Path, dice: random.Random) -> None:
    header, *rows = path.read_bytes().splitlines(keepends=True)
    rows = [row if row.endswith(b"\n") else row + b"\n" for row in rows]
    dice.shuffle(rows)
    path.write_bytes(header + b"".join(rows))


_SHUFFLERS: dict[str, Callable[[Path, random.Random], None]] = {
    ".gpkg": _shuffle_geopackage,
    ".gml": _shuffle_gml,
    ".json": _shuffle_json,
    ".csv": _shuffle_csv,
}
