"""The one reader of vector files: every GeoPackage, shapefile or GeoJSON enters here.

In: a path and a layer. Out: the features as GDAL gives them, counted against what the file says it holds. Nothing is
transformed but degrees, and only for a source that is delivered so: the contract of the frame decides whether the CRS
will do.
"""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pyproj.exceptions
import shapely
from pyogrio.errors import CRSError, DataLayerError, DataSourceError

from laadplan.contracts.frame import RD_EPSG
from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput, MissingSource
from laadplan.geo.rd import degree_bounds, shapes_to_rd
from laadplan.ingest.area import OUTSIDE
from laadplan.ingest.files import ZIP, first_bytes, opened_zip, require_file

DEGREES = ("EPSG:4326", "EPSG:4258", "OGC:CRS84")
"""CRS in longitude and latitude in which sources are delivered."""

BOM = b"\xef\xbb\xbf"
SHAPEFILE = b"\x00\x00\x27\x0a"
"""First bytes of a file .shp."""

MARKS = (b"SQLite format 3\0", SHAPEFILE, b"fgb", b"{", b"[")
"""How GeoPackage and SQLite, shapefile, FlatGeobuf and JSON begin."""

LINK = b"<OGR"
"""What a file holds that GDAL follows to another."""

BROKEN = (
    DataSourceError,
    DataLayerError,
    CRSError,
    pyproj.exceptions.CRSError,
    ValueError,
    UnboundLocalError,  # in pyogrio, for a CRS that PROJ cannot write down
    UnicodeDecodeError,
    shapely.errors.GEOSException,
)
"""What GDAL and its kin raise on a damaged file."""


def read_layer(
    path: Path,
    layer: str | None = None,
    *,
    area: shapely.Geometry | None = None,
    degrees: bool = False,
    may_be_empty: bool = False,
    quality: Quality | None = None,
) -> gpd.GeoDataFrame:
    """The features of a layer, with the CRS the file states (none where it states none).

    Parameters
    ----------
    path, layer
        The file, and the layer in it; None: its only one.
    area
        Shape in RD New (m): only features whose bounds touch its bounds are read, so that memory does not grow with the
        file. What that leaves out is skipped and counted in `quality`; nothing may be left.
    degrees
        Whether a layer in longitude and latitude (EPSG:4326, EPSG:4258) is brought to RD New, as a source that is
        delivered so needs; otherwise it keeps its CRS, and the frame's contract refuses it.
    may_be_empty
        Whether a layer without features is read as such, as in a delivery of many layers; otherwise it is refused.
    quality
        Where rows read and rows outside the area are noted.

    Raises
    ------
    MissingSource
        The file or the layer is not there; lists the layers that are.
    BadInput
        The file cannot be read, gives fewer features than it says it holds, holds no features, or no geometry.
    """
    chosen = choose_layer(path, layer)
    where = f"{path} (layer {chosen})"
    quality = quality if quality is not None else Quality()
    source = _source(path)
    try:
        info = pyogrio.read_info(source, layer=chosen, force_feature_count=True)
        in_degrees = degrees and str(info["crs"]) in DEGREES
        bounds = _bounds(area, in_degrees=in_degrees)
        features = gpd.read_file(source, layer=chosen, bbox=bounds)
    except BROKEN as error:
        raise _unreadable(where, error) from None
    promised = int(info["features"])
    if len(features) != promised and bounds is None:
        raise BadInput(f"{len(features)} of {promised} features could be read.", where=where, todo="Deliver it again.")
    if not promised and not may_be_empty:
        raise BadInput("The layer is empty.", where=where, todo="Deliver a layer with rows, or name another layer.")
    if not isinstance(features, gpd.GeoDataFrame):
        raise BadInput("The layer has no geometry.", where=where, todo="Name a layer with geometry in the config.")
    if features.columns.has_duplicates:
        raise BadInput("Two columns have the same name.", where=where, todo="Deliver it again.")
    if not np.isfinite(shapely.get_coordinates(features.geometry.to_numpy())).all():
        words = "A shape has coordinates that are no numbers."
        raise BadInput(words, where=where, todo="Repair it in the source, e.g. with 'Fix geometries' in QGIS.")
    quality.read = (quality.read or 0) + promised
    quality.skip(OUTSIDE, promised - len(features))
    return in_rd(features) if in_degrees else features


def choose_layer(path: Path, layer: str | None) -> str:
    """The layer asked for, or the only layer of the file.

    Raises
    ------
    MissingSource
        The file or the layer is not there.
    BadInput
        The file cannot be opened, or holds several layers and none was named.
    """
    layers = layers_of(path)
    if layer is None and len(layers) == 1:
        return layers[0]
    if layer is None:
        raise BadInput(f"The file holds {len(layers)} layers.", where=str(path), todo=f"Name one: {_listed(layers)}.")
    if layer not in layers:
        todo = f"Name a layer that it holds: {_listed(layers)}."
        raise MissingSource(f"There is no layer '{layer}'.", where=str(path), todo=todo)
    return layer


def layers_of(path: Path) -> list[str]:
    """Names of the layers in a file.

    Raises
    ------
    MissingSource
        The file is not there.
    BadInput
        The file cannot be opened.
    """
    require_file(path)
    _refuse_half_shapefile(path)
    journal = path.with_name(f"{path.name}-wal")
    if journal.is_file() and journal.stat().st_size:
        raise BadInput(
            "The file has changes that are not saved.", where=str(path), todo="Close it in QGIS, and run again."
        )
    try:
        return [str(name) for name in pyogrio.list_layers(_source(path))[:, 0]]
    except (DataSourceError, UnicodeDecodeError) as error:
        raise _unreadable(str(path), error) from None


def _refuse_half_shapefile(path: Path) -> None:
    """Refuses a shapefile without the files that make it whole: without .dbf GDAL reads it as if it had no columns."""
    if first_bytes(path, len(SHAPEFILE)) != SHAPEFILE:
        return
    beside = {each.suffix.lower() for each in path.parent.iterdir() if each.stem == path.stem}
    absent = [suffix for suffix in (".shx", ".dbf") if suffix not in beside]
    if absent:
        words = f"The shapefile is not whole: {' and '.join(path.stem + suffix for suffix in absent)} is missing."
        raise MissingSource(words, where=str(path), todo="Put its .shp, .shx, .dbf and .prj beside each other.")


def describe_layer(path: Path, layer: str) -> tuple[str, list[str]]:
    """Type of the geometry and names of the columns of a layer.

    Raises
    ------
    BadInput
        The layer cannot be read.
    """
    try:
        info = pyogrio.read_info(_source(path), layer=layer)
    except BROKEN as error:
        raise _unreadable(f"{path} (layer {layer})", error) from None
    return str(info["geometry_type"]), [str(name) for name in info["fields"]]


def layer_bounds(path: Path, layer: str | None) -> tuple[str, tuple[float, ...]]:
    """The CRS that a layer states (empty: none) and its bounds in it, as the file says."""
    info = pyogrio.read_info(_source(path), layer=choose_layer(path, layer), force_total_bounds=True)
    return str(info["crs"] or ""), tuple(float(each) for each in info["total_bounds"] or ())


def count_features(path: Path, layer: str) -> int:
    """Number of features in a layer.

    Raises
    ------
    BadInput
        The layer cannot be read.
    """
    try:
        return int(pyogrio.read_info(_source(path), layer=layer, force_feature_count=True)["features"])
    except BROKEN as error:
        raise _unreadable(f"{path} (layer {layer})", error) from None


def _source(path: Path) -> str:
    """The path as GDAL takes it; of a zip the folder in it with shapefiles, once nothing in it is a bomb.

    Only forms that hold their data themselves are given to GDAL: it knows others that lead it to any file or address,
    by what stands anywhere in their first bytes, and beside GML it writes.
    """
    start = first_bytes(path)
    if not start.startswith(ZIP):
        if not start.removeprefix(BOM).lstrip().startswith(MARKS) or LINK in start.partition(b"\0")[0]:
            words = "The file cannot be read as a map layer: it is no GeoPackage, shapefile, GeoJSON or FlatGeobuf."
            raise BadInput(words, where=str(path), todo="Convert it in QGIS: export as GeoPackage.")
        return str(path)
    with opened_zip(path) as archive:
        if "xl/workbook.xml" in archive.names:
            raise BadInput("This is a workbook, not a map layer.", where=str(path), todo="Deliver a map layer.")
        folders = {name.rpartition("/")[0] for name in archive.names if name.lower().endswith(".shp")}
        if len(folders) != 1:
            words = f"The zip holds {len(folders) or 'no'} folders with shapefiles, not one."
            raise BadInput(words, where=str(path), todo="Deliver each shapefile in a zip of its own.")
        for name in archive.names:
            with archive.opened(name) as stream:
                while stream.read(1 << 20):
                    pass
    return f"/vsizip/{{{path.resolve()}}}/{folders.pop()}"


def _bounds(area: shapely.Geometry | None, *, in_degrees: bool) -> tuple[float, ...] | None:
    """Bounds of the area in the CRS of the layer; None: all of it."""
    if area is None:
        return None
    return degree_bounds(area) if in_degrees else tuple(float(side) for side in shapely.bounds(area))


def in_rd(features: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Features in degrees brought to RD New."""
    shapes = shapes_to_rd(shapely.force_2d(features.geometry.to_numpy()))
    return features.set_geometry(gpd.GeoSeries(shapes, index=features.index, crs=RD_EPSG))


def _unreadable(where: str, error: Exception) -> BadInput:
    reason = str(error).splitlines()[0].partition(".; ")[0].rstrip(".")  # what GDAL advises is not for users
    return BadInput(f"The file cannot be read ({reason}).", where=where, todo="It may be truncated: deliver it again.")


def _listed(layers: list[str]) -> str:
    return ", ".join(layers) or "no layers"
