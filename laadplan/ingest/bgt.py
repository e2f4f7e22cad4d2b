"""The BGT as GML-light, one file per object type, read as a stream.

In: a folder with ``bgt_*.gml``. Out: `RoadParts`, `Terrain`, `Buildings` and `Trees`, current objects only. Objects
with an ``eindRegistratie`` are history and objects with status ``plan`` do not exist yet: both are dropped and counted.
A file without objects gives an empty frame, as real deliveries hold many. GDAL is not used: it takes footprints for
label points and writes side files.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from lxml import etree

from laadplan.contracts.frame import RD_EPSG, Frame
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import Buildings, RoadParts, Terrain, Trees
from laadplan.errors import BadInput, MissingSource
from laadplan.ingest import gml

ROOTS = ("CityModel", "FeatureCollection")
MEMBERS = ("cityObjectMember", "featureMember")
HISTORY = "historie (eindRegistratie gevuld)"
PLANNED = "status plan: bestaat nog niet"
NO_TREE = "geen boom (plus-type)"
OUTSIDE = "buiten het gebied"
NO_SURFACE = "zonder vlak"

TERRAIN_FILES = {
    "begroeid": ("begroeidterreindeel", "geometrie2dBegroeidTerreindeel", "class"),
    "onbegroeid": ("onbegroeidterreindeel", "geometrie2dOnbegroeidTerreindeel", "bgt-fysiekVoorkomen"),
    "ondersteunend": ("ondersteunendwegdeel", "geometrie2dOndersteunendWegdeel", "function"),
    "water": ("waterdeel", "geometrie2dWaterdeel", "class"),
}
"""Per kind of terrain: file, geometry element, and the element that says what covers it."""

Progress = Callable[[str], None]


def read_road_parts(
    folder: Path, area: shapely.Geometry | None = None, *, arc_tolerance_m: float = 0.01, quality: Quality | None = None
) -> gpd.GeoDataFrame:
    """Current road parts (wegdeel) that touch the area, as `RoadParts` in RD New.

    Raises
    ------
    MissingSource
        ``bgt_wegdeel.gml`` is not in the folder.
    BadInput
        The file is truncated or a geometry cannot be read; names file and object.
    """
    rows = _objects(folder, "wegdeel", "geometrie2dWegdeel", _surface(arc_tolerance_m), quality)
    return _frame(RoadParts, [_road_part(row) for row in rows], area, quality, _file(folder, "wegdeel"))


def read_terrain(
    folder: Path, area: shapely.Geometry | None = None, *, arc_tolerance_m: float = 0.01, quality: Quality | None = None
) -> gpd.GeoDataFrame:
    """Current terrain, verges and water that touch the area, as `Terrain` in RD New.

    Raises
    ------
    MissingSource
        One of the four files is not in the folder.
    BadInput
        A file is truncated or a geometry cannot be read.
    """
    found = []
    for kind, (name, element, cover) in TERRAIN_FILES.items():
        rows = _objects(folder, name, element, _surface(arc_tolerance_m), quality)
        found += [_terrain(row, kind, cover) for row in rows]
    terrain = _frame(Terrain, found, area, quality, folder)
    if quality is not None:
        quality.facts |= {kind: int((terrain["kind"] == kind).sum()) for kind in TERRAIN_FILES}
    return terrain


def read_buildings(
    folder: Path, area: shapely.Geometry | None = None, *, arc_tolerance_m: float = 0.01, quality: Quality | None = None
) -> gpd.GeoDataFrame:
    """Current buildings (pand) that touch the area, as `Buildings` in RD New; label points are not taken for shapes.

    Raises
    ------
    MissingSource
        ``bgt_pand.gml`` is not in the folder.
    BadInput
        The file is truncated or a geometry cannot be read.
    """
    rows = _objects(folder, "pand", "geometrie2dGrondvlak", _surface(arc_tolerance_m), quality)
    return _frame(Buildings, [_building(row) for row in rows], area, quality, _file(folder, "pand"))


def read_trees(
    folder: Path, area: shapely.Geometry | None = None, *, quality: Quality | None = None
) -> gpd.GeoDataFrame:
    """Current trees (vegetatieobject with plus-type boom) in the area, as `Trees` in RD New.

    Raises
    ------
    MissingSource
        ``bgt_vegetatieobject.gml`` is not in the folder.
    BadInput
        The file is truncated.
    """
    rows = list(_objects(folder, "vegetatieobject", "geometrie2dVegetatieObject", gml.point, quality))
    trees = [row for row in rows if row.get("plus-type") == "boom"]
    if quality is not None:
        quality.drop(NO_TREE, (row["local_id"] for row in rows if row.get("plus-type") != "boom"))
    return _frame(Trees, [_tree(row) for row in trees], area, quality, _file(folder, "vegetatieobject"))


def _road_part(row: dict[str, Any]) -> dict[str, Any]:
    return _common(row) | {
        "function": row.get("function") or "onbekend",
        "material": row.get("surfaceMaterial"),
        "maintainer": row.get("bronhouder"),
        "registered_on": (row.get("tijdstipRegistratie") or "")[:10] or None,
    }


def _terrain(row: dict[str, Any], kind: str, cover: str) -> dict[str, Any]:
    return _common(row) | {"kind": kind, "cover": row.get(cover)}


def _building(row: dict[str, Any]) -> dict[str, Any]:
    return _common(row) | {"bag_pand_id": row.get("identificatieBAGPND")}


def _tree(row: dict[str, Any]) -> dict[str, Any]:
    unknown = dict.fromkeys(Trees.columns())
    return unknown | {"tree_id": row["local_id"], "origin": "BGT", "geometry": row["geometry"]}


def _common(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "local_id": row["local_id"],
        "level": row["level"],
        "status": row.get("bgt-status") or "onbekend",
        "geometry": row["geometry"],
    }


def _surface(arc_tolerance_m: float) -> Callable[[etree._Element], shapely.Geometry | None]:
    return lambda element: gml.polygons(element, arc_tolerance_m)


def _objects(
    folder: Path,
    name: str,
    geometry_name: str,
    shape: Callable[[etree._Element], shapely.Geometry | None],
    quality: Quality | None,
) -> Iterator[dict[str, Any]]:
    """Current objects of one file: their simple properties by local name, ``local_id`` and ``geometry``."""
    quality = quality if quality is not None else Quality()
    quality.read = quality.read or 0
    path = _file(folder, name)
    for element in _members(path):
        row = _properties(element)
        row["local_id"] = element.findtext(".//{*}lokaalID") or ""
        quality.read += 1
        if row.get("eindRegistratie"):
            quality.drop(HISTORY, [row["local_id"]])
        elif row.get("bgt-status") == "plan":
            quality.drop(PLANNED, [row["local_id"]])
        else:
            row["level"] = _level(row, path)
            row["geometry"] = _shape_of(element, geometry_name, shape, path, row["local_id"])
            yield row


def _level(row: dict[str, Any], path: Path) -> int:
    text = row.get("relatieveHoogteligging") or "0"
    try:
        return int(text)
    except ValueError:
        words = f"relatieveHoogteligging '{text}' is no whole number."
        raise BadInput(words, where=str(path), ids=[row["local_id"]], todo="Correct it in the source.") from None


def _file(folder: Path, name: str) -> Path:
    path = folder / f"bgt_{name}.gml"
    if not folder.is_dir():
        raise MissingSource("The folder does not exist.", where=str(folder), todo="Correct sources.bgt.path.")
    if not path.is_file():
        raise MissingSource(
            "The file is not in the BGT folder.",
            where=str(path),
            todo=f"Download the object type '{name}' as GML-light and put it there.",
        )
    return path


def _members(path: Path) -> Iterator[etree._Element]:
    """Each object of the file; the tree is emptied behind it, so that memory stays bounded."""
    try:
        with path.open("rb") as stream:
            options: dict[str, Any] = {"resolve_entities": False, "no_network": True, "load_dtd": False}
            reader = etree.iterparse(stream, events=("start", "end"), tag="{*}*", **options)
            _, root = next(reader)
            _refuse_other_documents(root, path)
            for event, element in reader:
                if event == "end" and etree.QName(element).localname in MEMBERS:
                    yield from element.iterchildren(tag=etree.Element)
                    element.clear()
                    _forget_earlier(element)
    except etree.XMLSyntaxError as error:
        raise BadInput(
            f"This is not a whole GML file ({error.msg}).",
            where=str(path),
            todo="It is probably truncated: download it again.",
        ) from None


def _refuse_other_documents(root: etree._Element, path: Path) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise BadInput("The file declares a DOCTYPE, which a BGT file never does.", where=str(path), todo="Not read.")
    if etree.QName(root).localname not in ROOTS:
        words = f"This is not a GML-light file but a '{etree.QName(root).localname}'."
        raise BadInput(words, where=str(path), todo="It may be an error page: download it again.")


def _forget_earlier(element: etree._Element) -> None:
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _properties(element: etree._Element) -> dict[str, Any]:
    children = element.iterchildren(tag=etree.Element)
    return {str(etree.QName(child).localname): child.text for child in children if len(child) == 0}


def _shape_of(
    element: etree._Element,
    geometry_name: str,
    shape: Callable[[etree._Element], shapely.Geometry | None],
    path: Path,
    local_id: str,
) -> shapely.Geometry | None:
    found = element.find(f"{{*}}{geometry_name}")
    try:
        return None if found is None else shape(found)
    except BadInput as error:
        raise type(error)(error.what, where=str(path), ids=[local_id], todo=error.todo) from None


def _frame(
    contract: type[Frame],
    rows: list[dict[str, Any]],
    area: shapely.Geometry | None,
    quality: Quality | None,
    source: Path,
) -> gpd.GeoDataFrame:
    """The rows as a checked frame, those outside the area and those without a shape dropped and counted."""
    quality = quality if quality is not None else Quality()
    if not rows:
        quality.count(contract.empty())
        return contract.empty()
    frame = gpd.GeoDataFrame(pd.DataFrame(rows), geometry="geometry", crs=RD_EPSG).set_index(contract.index_name())
    frame = frame.astype({name: kind for name, kind in _kinds(contract).items() if name != "geometry"})
    shapeless = frame.geometry.isna() | frame.geometry.is_empty
    quality.drop(NO_SURFACE, frame.index[shapeless])
    frame = frame[~shapeless]
    if area is not None:
        touching = frame.geometry.intersects(area)
        quality.drop(OUTSIDE, frame.index[~touching])
        frame = frame[touching]
    quality.count(frame)
    return contract.checked(frame, source=str(source))


def _kinds(contract: type[Frame]) -> dict[str, Any]:
    return dict(contract.empty().dtypes)
