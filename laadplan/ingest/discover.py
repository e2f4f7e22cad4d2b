"""Recognises the sources in a folder by what they hold, not by their names.

In: a folder. Out: per source of the config the file or folder that will serve, so that a config can be written for it.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from laadplan.errors import LaadplanError, MissingSource
from laadplan.ingest import addresses, car_stock, cbs, tree_dialects
from laadplan.ingest.columns import match_columns, read_table
from laadplan.ingest.vector import describe_layer, layers_of

Found = dict[str, tuple[Path, str | None]]

UNITS = "verblijfsobject"
"""Start of the name of the layer that goes before others: in the BAG berths and pitches have addresses too."""

TREES = ("tree_id", "species", "x_rd", "y_rd")
"""Columns by which a table is taken for a tree register."""


def find_sources(folder: Path) -> Found:
    """Source of the config to the path that serves and, for a GeoPackage, the layer; what is not found is left out.

    Of several that serve, the first in order of path is taken.

    Raises
    ------
    MissingSource
        The folder is not there, or holds nothing that is recognised.
    """
    if not folder.is_dir():
        raise MissingSource("The folder does not exist.", where=str(folder), todo="Give the folder with the sources.")
    found: Found = {}
    for path in sorted(folder.rglob("*")):
        for name, layer in _serves(path):
            found.setdefault(name, (path.parent if name == "bgt" else path, layer))
    if not found:
        raise MissingSource(
            "No file in the folder is recognised as a source.",
            where=str(folder),
            todo="Put a BGT delivery (bgt_*.gml), addresses and buurten (.gpkg), OCPI (.json), car stock (.csv) there.",
        )
    return found


def _serves(path: Path) -> list[tuple[str, str | None]]:
    if path.name == "bgt_wegdeel.gml":
        return [("bgt", None)]
    readers: dict[str, Callable[[Path], list[tuple[str, str | None]]]] = {
        ".gpkg": _in_geopackage,
        ".json": _in_json,
        ".csv": _in_table,
    }
    reader = readers.get(path.suffix.lower())
    try:
        return reader(path) if reader and path.is_file() else []
    except (LaadplanError, OSError, ValueError):
        return []


def _in_geopackage(path: Path) -> list[tuple[str, str | None]]:
    found: list[tuple[str, str | None]] = []
    for layer in sorted(layers_of(path), key=lambda name: not name.lower().startswith(UNITS)):
        geometry, fields = describe_layer(path, layer)
        points = geometry in ("Point", "MultiPoint")
        for name, module in (("addresses", addresses), ("buurten", cbs)):
            if points == (name == "addresses") and _has(fields, module.SPELLINGS, module.REQUIRED):
                found.append((name, layer))
    return found


def _in_json(path: Path) -> list[tuple[str, str | None]]:
    content = json.loads(path.read_bytes().decode("utf-8-sig"))
    items = list(content.values()) if isinstance(content, dict) else content
    is_ocpi = isinstance(items, list) and items and all(isinstance(each, dict) and "evses" in each for each in items)
    return [("charge_points", None)] if is_ocpi else []


def _in_table(path: Path) -> list[tuple[str, str | None]]:
    names = read_table(path).columns
    if _has(names, car_stock.SPELLINGS, car_stock.REQUIRED) and any(map(car_stock.SHARE.fullmatch, names)):
        return [("car_stock", None)]
    return [("trees", None)] if _has(names, tree_dialects.SPELLINGS, TREES) else []


def _has(names: Iterable[str], spellings: Mapping[str, Sequence[str]], required: Iterable[str]) -> bool:
    try:
        match_columns(names, spellings, config={}, required=required, where="")
    except LaadplanError:
        return False
    return True
