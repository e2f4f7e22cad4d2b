"""The BGT in any form in which it is delivered or converted, as frames of objects that exist today.

In: a folder, a zip or a file with GML-light (names of today and of 2015), a GeoPackage or SQLite conversion, or JSON of
the OGC API. Out: `RoadParts`, `Terrain`, `Buildings`, `Trees` and `Obstacles`. Objects with an ``eindRegistratie`` are
history and objects with status ``plan`` do not exist yet: both are dropped and counted, as is what lies outside the
area. A file without objects gives an empty frame, as real deliveries hold many. No more is held in memory than the area
asks for, whatever the size of the file.
"""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from laadplan.contracts.frame import RD_EPSG, Frame
from laadplan.contracts.ground import OBSTACLES, Obstacles
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import POLYGONS, Buildings, RoadParts, Terrain, Trees
from laadplan.errors import BadInput, MissingSource
from laadplan.ingest import bgt_gml, bgt_json, bgt_layers
from laadplan.ingest.bgt_files import Part, find_parts, is_delivered, refuse_twice
from laadplan.ingest.bgt_sieve import NO_SHAPE, NO_SURFACE, Sieve
from laadplan.ingest.bgt_types import FIELDS, NO_VALUE
from laadplan.ingest.files import read_all

NO_TREE = "geen boom (plus-type)"
NO_POINT = "boom zonder punt"
DOUBLE = "dubbel geleverd (zelfde object en versie)"
TREE = "boom"
UNKNOWN = "onbekend"
DAY = 10
"""Characters of a date at the start of a moment."""

WHOLE_NUMBER = r"[+-]?\d{1,4}"

TERRAIN = {
    "begroeid": ("begroeidterreindeel", ("class", "material"), ("plus_material",)),
    "onbegroeid": ("onbegroeidterreindeel", ("material",), ("plus_material",)),
    "ondersteunend": ("ondersteunendwegdeel", ("function",), ("plus_material", "plus_function")),
    "water": ("waterdeel", ("class", "type"), ("plus_type",)),
}
"""Per kind of terrain: object type, and the properties that say what covers it, in short and in more detail."""

MOST_LABEL_SHARE = 0.05
"""Share of buildings without a surface above which something is wrong with the delivery, not with buildings."""


def read_road_parts(
    folder: Path, area: shapely.Geometry | None = None, *, arc_tolerance_m: float = 0.01, quality: Quality | None = None
) -> gpd.GeoDataFrame:
    """Current road parts (wegdeel) that touch the area, as `RoadParts` in RD New.

    Raises
    ------
    MissingSource
        The delivery holds no wegdeel.
    BadInput
        The file is truncated or a geometry cannot be read; names file and object.
    """
    quality = quality if quality is not None else Quality()
    found = _objects(folder, "wegdeel", area, POLYGONS, arc_tolerance_m, quality)
    columns = {
        "function": found["function"].replace("", None).fillna(UNKNOWN),
        "material": found["material"],
        "plus_function": _filled(found, ["plus_function"]),
        "plus_material": _filled(found, ["plus_material"]),
        "maintainer": found["maintainer"],
        "registered_on": found["registered"].str[:DAY].replace("", None),
    }
    return _frame(RoadParts, found.assign(**columns), quality, _where(folder, "wegdeel"))


def read_terrain(
    folder: Path, area: shapely.Geometry | None = None, *, arc_tolerance_m: float = 0.01, quality: Quality | None = None
) -> gpd.GeoDataFrame:
    """Current terrain, verges and water that touch the area, as `Terrain` in RD New.

    Raises
    ------
    MissingSource
        One of the four object types is not in the delivery.
    BadInput
        A file is truncated or a geometry cannot be read.
    """
    quality = quality if quality is not None else Quality()
    pieces = []
    for kind, (name, cover, plus) in TERRAIN.items():
        found = _objects(folder, name, area, POLYGONS, arc_tolerance_m, quality)
        covers = {"cover": _first(found, cover), "plus_cover": _filled(found, plus)}
        pieces.append(found.assign(kind=kind, **covers))
    terrain = _frame(Terrain, pd.concat(pieces, ignore_index=True), quality, str(folder))
    quality.facts |= {kind: int((terrain["kind"] == kind).sum()) for kind in TERRAIN}
    return terrain


def read_buildings(
    folder: Path, area: shapely.Geometry | None = None, *, arc_tolerance_m: float = 0.01, quality: Quality | None = None
) -> gpd.GeoDataFrame:
    """Current buildings (pand) that touch the area, as `Buildings` in RD New; label points are not taken for shapes.

    Raises
    ------
    MissingSource
        The delivery holds no pand.
    BadInput
        The file is truncated or a geometry cannot be read.
    """
    quality = quality if quality is not None else Quality()
    found = _objects(folder, "pand", area, POLYGONS, arc_tolerance_m, quality)
    lost = len(quality.dropped.get(NO_SURFACE, []))
    if lost > MOST_LABEL_SHARE * (len(found) + lost):
        quality.find(f"{lost} buildings have no surface: GDAL turns them into label points; read the GML-light itself.")
    has_status = found["status"].notna() & ~found["status"].isin(NO_VALUE)
    planned = int((~has_status & found["plus_status"].eq("plan")).sum())
    if planned:
        quality.facts["planned by plus-status alone, kept with status plan"] = planned
    return _frame(Buildings, found.assign(bag_pand_id=found["bag_id"]), quality, _where(folder, "pand"))


def read_trees(
    folder: Path, area: shapely.Geometry | None = None, *, quality: Quality | None = None
) -> gpd.GeoDataFrame:
    """Current trees (vegetatieobject with plus-type boom) in the area, as `Trees` in RD New.

    Raises
    ------
    MissingSource
        The delivery holds no vegetatieobject.
    BadInput
        The file is truncated.
    """
    quality = quality if quality is not None else Quality()
    every = ("Point", "MultiPoint", "LineString", "MultiLineString", *POLYGONS)
    found = _objects(folder, "vegetatieobject", area, every, 0.01, quality)
    is_tree = found["plus_type"].eq(TREE).to_numpy(dtype=bool)
    is_point = shapely.get_type_id(found["geometry"].to_numpy(dtype=object)) == shapely.GeometryType.POINT.value
    quality.drop(NO_TREE, found["local_id"][~is_tree])
    quality.drop(NO_POINT, found["local_id"][is_tree & ~is_point])
    unknown = {name: None for name in Trees.columns() if name not in ("origin", "geometry")}
    trees = found[is_tree & is_point].assign(**unknown, origin="BGT").rename(columns={"local_id": "tree_id"})
    return _frame(Trees, trees, quality, _where(folder, "vegetatieobject"))


def read_obstacles(
    folder: Path, area: shapely.Geometry | None = None, *, arc_tolerance_m: float = 0.01, quality: Quality | None = None
) -> gpd.GeoDataFrame:
    """Current posts, manholes, cabinets, signs, furniture and fences in the area, as `Obstacles` in RD New.

    Object types that were not delivered are named in the quality report: where they stand is unknown.

    Raises
    ------
    MissingSource
        The delivery is not there, or holds none of the object types.
    BadInput
        A file is truncated or a geometry cannot be read.
    """
    quality = quality if quality is not None else Quality()
    pieces, absent = [], []
    for name in OBSTACLES:
        try:
            found = _objects(folder, name, area, Obstacles._geometry_types, arc_tolerance_m, quality)
        except MissingSource:
            absent.append(name)
            continue
        what = _filled(found, ["plus_type", "type", "function"]).fillna(UNKNOWN)
        pieces.append(found.assign(kind=name, type=what))
    if not pieces:
        raise MissingSource(
            "The BGT delivery holds no obstacles.", where=str(folder), todo=f"Download {', '.join(OBSTACLES)}."
        )
    if absent:
        quality.find(f"Not in the BGT delivery: {', '.join(absent)}; where these stand is unknown.")
    obstacles = _frame(Obstacles, pd.concat(pieces, ignore_index=True), quality, str(folder))
    quality.facts |= {name: int((obstacles["kind"] == name).sum()) for name in OBSTACLES if name not in absent}
    return obstacles


def terrain_delivered(delivery: Path) -> bool:
    """Whether the delivery holds any of the four types of terrain; raises `MissingSource` where it is not there."""
    return is_delivered(delivery, (name for name, _, _ in TERRAIN.values()))


def buildings_delivered(delivery: Path) -> bool:
    """Whether the delivery holds buildings; raises `MissingSource` where it is not there."""
    return is_delivered(delivery, ["pand"])


def trees_delivered(delivery: Path) -> bool:
    """Whether the delivery holds plants, trees among them; raises `MissingSource` where it is not there."""
    return is_delivered(delivery, ["vegetatieobject"])


def _where(delivery: Path, name: str) -> str:
    """The file with the objects of a type; the delivery where it has several."""
    parts = find_parts(delivery, name)
    return parts[0].where if len(parts) == 1 else str(delivery)


def _objects(
    delivery: Path,
    name: str,
    area: shapely.Geometry | None,
    kinds: tuple[str, ...],
    arc_tolerance_m: float,
    quality: Quality,
) -> pd.DataFrame:
    """Current objects of one type with a shape of one of the kinds that touch the area; ``level`` is a number."""
    parts = find_parts(delivery, name)
    refuse_twice(parts, name)
    sieve = Sieve(area)
    without = NO_SURFACE if kinds == POLYGONS else NO_SHAPE
    with _uncollected():
        pieces = [
            sieve.inside(piece, kinds, without)
            for piece in _pieces(parts, name, area, arc_tolerance_m, sieve, quality)
            if len(piece)
        ]
    sieve.report(quality)
    empty = pd.DataFrame(columns=[*FIELDS, "geometry"], dtype=object)
    found = pd.concat(pieces, ignore_index=True) if pieces else empty
    return found.assign(level=_levels(found, parts[0].where))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keeps Python from looking for cycles: a file makes millions of small lists that have none, and no garbage."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _pieces(
    parts: list[Part], name: str, area: shapely.Geometry | None, arc_tolerance_m: float, sieve: Sieve, quality: Quality
) -> Iterator[pd.DataFrame]:
    """Current objects piece by piece, whatever the form."""
    if parts[0].form == "json":
        yield from _pages(parts, name, sieve, quality)
        return
    for part in parts:
        if part.form == "gml":
            with part.opened() as stream:
                yield from bgt_gml.read_objects(stream, part.where, arc_tolerance_m, sieve)
        else:
            yield sieve.current(bgt_layers.read_table(part.path, part.layer or "", area, quality))


def _pages(parts: list[Part], name: str, sieve: Sieve, quality: Quality) -> Iterator[pd.DataFrame]:
    """The pages of the OGC API; what two pages share is counted once."""
    seen: set[tuple[Any, ...]] = set()
    has_last, mended = False, 0
    for part in parts:
        with part.opened() as stream:
            table, has_next, now_mended = bgt_json.read_page(read_all(stream, part.where), part.where)
        has_last |= not has_next
        mended += now_mended
        sieve.read += len(table)
        versions = list(zip(table["local_id"], table["registered"], table["ended"], strict=True))
        again = pd.Series(versions, dtype=object).duplicated() | pd.Series(versions, dtype=object).isin(seen)
        seen.update(versions)
        sieve.lose(DOUBLE, table["local_id"][again])
        yield sieve.current(table[~again])
    if not has_last:
        raise BadInput(
            f"Every page of '{name}' says that another follows: the last is missing.",
            where=parts[-1].where,
            todo="Fetch the pages that follow too.",
        )
    if mended:
        quality.find(f"{mended} surfaces of '{name}' crossed themselves, rounded in degrees as they are; mended.")


def _levels(found: pd.DataFrame, where: str) -> pd.Series:
    """Levels as numbers; an empty one is ground level, as the BGT means it."""
    texts = found["level"].astype("str").str.strip().replace("", None).fillna("0")
    wrong = ~texts.str.fullmatch(WHOLE_NUMBER).astype(bool)
    if wrong.any():
        words = f"relatieveHoogteligging '{texts[wrong].iloc[0][:40]}' is no whole number."
        raise BadInput(words, where=where, ids=found["local_id"][wrong], todo="Correct it in the source.")
    return texts.astype("int64")


def _first(found: pd.DataFrame, fields: Iterable[str]) -> pd.Series:
    """The first of some properties that is given."""
    values = pd.Series(None, index=found.index, dtype=object)
    for field in fields:
        values = values.where(values.notna(), found[field])
    return values


def _filled(found: pd.DataFrame, fields: Iterable[str]) -> pd.Series:
    """The first of some properties that says something; `NO_VALUE` is none."""
    fields = list(fields)
    return _first(found[fields].where(~found[fields].isin(NO_VALUE)), fields)


def _frame(contract: type[Frame], table: pd.DataFrame, quality: Quality, source: str) -> gpd.GeoDataFrame:
    """The rows as a checked frame."""
    table = table.assign(status=_filled(table, ["status", "plus_status"]).fillna(UNKNOWN))
    index = pd.Index(table[contract.index_name()].fillna("").astype("str"), name=contract.index_name())
    kinds = dict(contract.empty().dtypes)
    columns = {name: table[name].astype(kind).to_numpy() for name, kind in kinds.items() if name != "geometry"}
    columns = {name: pd.array(values, dtype=kinds[name]) for name, values in columns.items()}
    geometry = gpd.GeoSeries(table["geometry"].to_numpy(dtype=object), index=index, crs=RD_EPSG)
    frame = gpd.GeoDataFrame(pd.DataFrame(columns, index=index), geometry=geometry)
    quality.count(frame)
    return contract.checked(frame, source=source)
