"""Layers of municipalities, whatever they come in: a vector file, or a table with places in its cells.

In: a GeoPackage, shapefile, GeoJSON, FlatGeobuf, CSV or xlsx, told apart by content. Out: the columns that were asked
for, as text under our names, and geometry in RD New. Other formats that GDAL knows stay shut: some make it read what
else lies on the machine.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.contracts.frame import RD_BOUNDS_M, require_rd
from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput, ConfigError, MissingSource, WrongCrs
from laadplan.ingest import places
from laadplan.ingest.columns import as_text, match_columns, read_table
from laadplan.ingest.dump import is_dump, read_dump
from laadplan.ingest.files import BEFORE_TEXT, GZIP, ZIP, first_bytes, require_file
from laadplan.ingest.vector import DEGREES, layer_bounds, read_layer

VECTOR = {
    b"SQLite format 3\x00": "GeoPackage",
    b"\x00\x00\x27\x0a": "shapefile",
    b"fgb": "FlatGeobuf",
    b"{": "GeoJSON",
}
"""How the vector files that are read begin."""

FEATURES = (b'"Feature', b'"features"')
"""What stands near the start of GeoJSON, and of Esri's JSON."""

NEAR_BYTES = 65_536

SUFFIXES = (".gpkg", ".shp", ".geojson", ".json", ".fgb", ".csv", ".tsv", ".txt", ".xlsx")
"""Names of files that may be the layer in a folder."""

LARGEST = 1e9
"""Coordinates above this are no place on earth, in any CRS."""

POLYGON = 3
"""Type of a polygon, as shapely numbers it."""

UNCHANGED_M2 = 0.1
"""A repair that changes the area by no more mends what rounding to centimetres broke (m2)."""

AREAL = (POLYGON, 6)
"""Types of surfaces, of one part and of several."""

MISSING = ("N/A", "null", "NULL", "<Null>", r"\N")
"""Words for nothing."""

SHAPEFILE_LENGTH = 10
"""Characters that a shapefile leaves of the name of a column."""


@dataclass(frozen=True)
class Names:
    """What columns may be called: the config's ``columns`` before a ready dialect before the known spellings."""

    spellings: Mapping[str, Sequence[str]]
    required: Sequence[str]
    columns: Mapping[str, str] = field(default_factory=dict)
    dialects: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    dialect: str | None = None


def read_features(
    path: Path,
    area: shapely.Geometry | None,
    names: Names,
    *,
    layer: str | None = None,
    quality: Quality,
) -> gpd.GeoDataFrame:
    """The rows whose bounds may touch the area: text columns under our names, geometry in RD New.

    A column that the source lacks is empty. A layer in degrees is brought to RD New.

    Raises
    ------
    MissingSource
        The file or the layer is not there.
    ConfigError
        ``columns`` or ``dialect`` names what does not exist.
    BadInput
        It is no format that is read, is damaged or empty, or lacks a required column.
    WrongCrs
        It is in another CRS than RD New or degrees.
    """
    file = only_file(path)
    start = first_bytes(file)
    text = start.lstrip(BEFORE_TEXT)
    form = next((form for magic, form in VECTOR.items() if start.startswith(magic) or text.startswith(magic)), "")
    if form == "GeoJSON" and not any(word in first_bytes(file, NEAR_BYTES) for word in FEATURES):
        todo = "Deliver GeoJSON, or another vector layer."
        raise BadInput("This JSON holds no features.", where=str(file), todo=todo)
    if form:
        _refuse_packed(file)
        return _from_vector(file, area, names, layer, shapefile=form == "shapefile", quality=quality)
    return _from_table(file, names, layer, start, quality)


def only_file(path: Path) -> Path:
    """The path, or the one file in a folder that can be a layer.

    Raises
    ------
    MissingSource
        It is not there, or the folder holds no such file.
    BadInput
        The folder holds several.
    """
    if not path.is_dir():
        return require_file(path)
    found = sorted(each for each in path.iterdir() if each.suffix.lower() in SUFFIXES and each.is_file())
    if not found:
        raise MissingSource(
            "The folder holds no layer.", where=str(path), todo=f"Put one there: {', '.join(SUFFIXES)}."
        )
    if len(found) > 1:
        todo = f"Name one in the config: {', '.join(each.name for each in found[:8])}."
        raise BadInput(f"The folder holds {len(found)} files.", where=str(path), todo=todo)
    return found[0]


def _refuse_packed(file: Path) -> None:
    with file.open("rb") as stream:
        if stream.read(2) == GZIP:
            raise BadInput("The file is packed (gzip).", where=str(file), todo="Unpack it first.")


def surfaces_of(shapes: np.ndarray) -> np.ndarray:
    """The surfaces in each shape, lines and points left out; empty where there are none."""
    parts, at = shapely.get_parts(shapes, return_index=True)
    inner, within = shapely.get_parts(parts, return_index=True)
    keep = shapely.get_type_id(inner) == POLYGON
    inner, at = inner[keep], at[within][keep]
    found = np.full(len(shapes), shapely.Polygon(), dtype=object)
    together = found.copy()
    shapely.multipolygons(inner, indices=at, out=together)
    number = np.bincount(at, minlength=len(shapes))
    found[number > 1] = together[number > 1]
    found[number == 1] = inner[np.isin(at, np.flatnonzero(number == 1))]
    return found


def mended(shapes: np.ndarray) -> np.ndarray:
    """Broken surfaces (m RD) repaired where that leaves their area as it is; others stay broken."""
    broken = np.flatnonzero(~shapely.is_valid(shapes) & np.isin(shapely.get_type_id(shapes), AREAL))
    repaired = surfaces_of(shapely.make_valid(shapes[broken]))
    same = np.abs(shapely.area(repaired) - shapely.area(shapes[broken])) <= UNCHANGED_M2
    found = shapes.copy()
    found[broken[same]] = repaired[same]
    return found


def _from_vector(
    file: Path, area: shapely.Geometry | None, names: Names, layer: str | None, *, shapefile: bool, quality: Quality
) -> gpd.GeoDataFrame:
    features = read_layer(file, layer, area=area, degrees=True, quality=quality)
    if features.empty or not features.within(shapely.box(*RD_BOUNDS_M)).any():
        _refuse_metres_as_degrees(file, layer)
    require_rd(features, str(file))
    table = pd.DataFrame(features.drop(columns=features.geometry.name))
    spellings = {name: known for name, known in names.spellings.items() if name not in places.SPELLINGS}
    columns = {name: known for name, known in names.columns.items() if name not in places.SPELLINGS}
    if shapefile:
        spellings = {name: (*known, *(each[:SHAPEFILE_LENGTH] for each in known)) for name, known in spellings.items()}
    found = _matched(list(table.columns), names, spellings, columns, str(file), shapefile=shapefile)
    geometry = gpd.GeoSeries(shapely.force_2d(features.geometry.to_numpy()), index=table.index, crs=features.crs)
    _refuse_degrees_as_metres(geometry, str(file))
    return _named(table, found, spellings, geometry)


def _from_table(file: Path, names: Names, layer: str | None, start: bytes, quality: Quality) -> gpd.GeoDataFrame:
    if start.lstrip()[:1] in (b"<", b"["):
        words = "This is XML or a list in JSON, not a layer."
        raise BadInput(words, where=str(file), todo="Deliver a GeoPackage, shapefile, GeoJSON or CSV.")
    if start.startswith(ZIP) and b"xl/" not in file.read_bytes()[-2_000_000:]:
        raise BadInput("The file is packed (zip).", where=str(file), todo="Unpack it, and name the layer in it.")
    table = read_dump(file) if is_dump(file) else read_table(file, layer)
    quality.read = (quality.read or 0) + len(table)
    spellings = {**names.spellings, **places.SPELLINGS}
    present = [str(name) for name in table.columns]
    found = _matched(present, names, spellings, names.columns, str(file))
    chosen = _dialect(names, present) or {}
    group = _place_columns(found, [names.columns, chosen, found])
    if group is None:
        words = "No column holds a place."
        todo = "Name x_rd and y_rd, longitude and latitude, or geometry under 'columns' of this source. "
        raise BadInput(words, where=str(file), todo=f"{todo}The file has: {', '.join(present)}.")
    geometry = places.places(table, found, group, str(file))
    return _named(table, found, names.spellings, geometry)


def _place_columns(found: Mapping[str, str], sources: Sequence[Mapping[str, str]]) -> tuple[str, ...] | None:
    """The columns to take the place from: those the config names, else the dialect's, else what is there."""
    for source in sources:
        for group in places.GROUPS:
            if all(each in found for each in group) and any(each in source for each in group):
                return group
    return None


def _matched(
    present: list[str],
    names: Names,
    spellings: Mapping[str, Sequence[str]],
    columns: Mapping[str, str],
    where: str,
    *,
    shapefile: bool = False,
) -> dict[str, str]:
    """Our names to the source's columns."""
    ready = _dialect(names, present, where) or {}
    first = {name: (ready[name], ready[name][:SHAPEFILE_LENGTH]) if shapefile else (ready[name],) for name in ready}
    tried = {name: (*first.get(name, ()), *known) for name, known in spellings.items()}
    return match_columns(present, tried, config=columns, required=names.required, where=where)


def _dialect(names: Names, present: Sequence[str], where: str = "") -> Mapping[str, str] | None:
    """The dialect of the config, or the largest of which every column is there."""
    if names.dialect is not None:
        if names.dialect not in names.dialects:
            known = ", ".join(sorted(names.dialects)) or "none"
            words = f"dialect: '{names.dialect}' is not known for this source."
            raise ConfigError(words, where=where, todo=f"Known are: {known}. Or name the columns under 'columns'.")
        return names.dialects[names.dialect]
    there = _lower(present)
    whole = [(-len(ready), name) for name, ready in names.dialects.items() if _lower(ready.values()) <= there]
    return names.dialects[min(whole)[1]] if whole else None


def _is_nowhere(shapes: np.ndarray) -> np.ndarray:
    """Whether a coordinate of a shape is no number, or so large that nothing can be computed with it."""
    coordinates, at = shapely.get_coordinates(shapes, return_index=True)
    wrong = ~(np.abs(coordinates) <= LARGEST).all(axis=1)
    return np.isin(np.arange(len(shapes)), at[wrong])


def _lower(words: Iterable[str]) -> set[str]:
    return {str(word).lower() for word in words}


def _named(
    table: pd.DataFrame, found: Mapping[str, str], spellings: Mapping[str, Sequence[str]], geometry: gpd.GeoSeries
) -> gpd.GeoDataFrame:
    empty = pd.Series(None, index=table.index, dtype="str")
    columns = {name: _filled(table[found[name]]) if name in found else empty for name in spellings}
    shapes = np.array(geometry.to_numpy(), dtype=object)
    shapes[shapely.is_missing(shapes) | _is_nowhere(shapes)] = shapely.Point()
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(shapes, index=table.index, crs=geometry.crs))


def _filled(values: pd.Series) -> pd.Series:
    """Values as text, without the words that stand for nothing."""
    text = as_text(values)
    return text.mask(text.isin(MISSING))


def _refuse_metres_as_degrees(file: Path, layer: str | None) -> None:
    """Refuses a layer that says degrees and holds metres: in a box of degrees it seems to be empty."""
    crs, bounds = layer_bounds(file, layer)
    if crs in DEGREES and (np.abs(bounds) > places.LARGEST_DEGREE).any():
        words = f"The layer says {crs}, but its coordinates are in metres."
        raise WrongCrs(words, where=str(file), todo="Give it its true CRS (EPSG:28992), e.g. in QGIS.")


def _refuse_degrees_as_metres(geometry: gpd.GeoSeries, where: str) -> None:
    coordinates = np.abs(shapely.get_coordinates(geometry.to_numpy()))
    if len(coordinates) and coordinates.max() <= places.LARGEST_DEGREE:
        words = f"The layer says EPSG:28992, but its coordinates are in degrees ({coordinates[0, 0]:g}, ...)."
        raise WrongCrs(words, where=where, todo="Convert it from EPSG:4326 to EPSG:28992.")
