"""Rasters: GeoTIFF and COG, read by window.

In: a file. Out: `Raster` (the cells of one band that touch the area) or `Rasters` (what there is of each). Only the
GeoTIFF driver is let in, without files beside it, so that nothing is written and nothing else is read. Sizes are looked
at before memory is asked for. A grid that is upside down (south first) is turned; one that is turned otherwise is
refused. No data is what the file declares, what its mask leaves out, what is not a number, and values of 1e30 and more.
"""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.contracts.frame import RD_BOUNDS_M, RD_EPSG
from laadplan.contracts.quality import Quality
from laadplan.contracts.street import Rasters
from laadplan.errors import BadInput, MissingSource, WrongCrs
from laadplan.geo.raster import Raster
from laadplan.ingest.area import OUTSIDE
from laadplan.ingest.files import first_bytes, require_file

TIFF = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
"""How a TIFF begins, small or big, of either byte order."""

MOST_CELLS = 100_000_000
"""Cells of a window that are taken into memory: 0.4 GB of numbers of 4 bytes; 5 by 5 km at half a metre."""

MOST_BLOCK_CELLS = 100_000_000
"""Cells of one block of the file: to read one cell, its block is unpacked whole."""

MOST_BANDS = 1_000
CHUNK_CELLS = 4_000_000
"""Cells that are counted at a time."""

ABSURD = 1e30
"""Values from here stand for no data, declared or not: AHN has 3.4028e38."""


@dataclass(frozen=True)
class _Window:
    """Columns and rows from and up to, counted from the north-west."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def cells(self) -> int:
        return (self.right - self.left) * (self.bottom - self.top)


def read_raster(
    path: Path, area: shapely.Geometry | None = None, *, layer: str | None = None, quality: Quality | None = None
) -> Raster:
    """The cells that touch the bounds of the area, as a `Raster` in RD New (EPSG:28992); none where it lies beside it.

    Parameters
    ----------
    path
        A GeoTIFF or COG.
    area
        Shape in RD New (m); None: the whole raster.
    layer
        Name or number (from 1) of the band; None: its only one.
    quality
        Counts cells: those of the raster as read, those with data as kept.

    Raises
    ------
    MissingSource
        The file or the band is not there.
    BadInput
        It is no GeoTIFF, is damaged, turned, has several bands of which none was named, or the area holds more cells
        than fit in memory.
    WrongCrs
        It is not in RD New.
    """
    quality = quality if quality is not None else Quality()
    with _opened(path) as source:
        band = _band(source, layer, str(path))
        window = _window(source, area)
        if window.cells > MOST_CELLS:
            words = f"The area holds {window.cells:,} cells of this raster, more than {MOST_CELLS:,}."
            raise BadInput(words, where=str(path), todo="Choose a smaller area (area.bbox_rd), or coarser cells.")
        values = _values(source, band, window, str(path))
        left, top, width, height = _grid(source)
    raster = Raster(values, left + window.left * width, top - window.top * height, width, height)
    quality.read = source.width * source.height
    quality.skip(OUTSIDE, quality.read - window.cells)
    quality.skip("zonder waarde (nodata)", raster.nodata_count)
    quality.kept = window.cells - raster.nodata_count
    if not window.cells:
        quality.find("The raster holds nothing of the area.")
    return raster


def read_rasters(
    paths: Mapping[str, Path],
    area: shapely.Geometry | None = None,
    *,
    layers: Mapping[str, str | None] | None = None,
    quality: Quality | None = None,
) -> gpd.GeoDataFrame:
    """What there is of each raster, as `Rasters` in RD New (EPSG:28992); cells are counted within bounds of the area.

    Parameters
    ----------
    paths
        Name of the raster to its file.
    area
        Shape in RD New (m); None: the whole rasters.
    layers
        Name of the raster to name or number of its band; left out: its only one.

    Raises
    ------
    MissingSource, BadInput, WrongCrs
        As `read_raster`; a raster may be larger than memory here.
    """
    quality = quality if quality is not None else Quality()
    if not paths:
        return Rasters.empty()
    rows = [_row(name, path, area, (layers or {}).get(name)) for name, path in sorted(paths.items())]
    table = pd.DataFrame(rows).set_index("raster_id")
    quality.read = len(table)
    beside = sorted(table.index[table["nodata_share"].isna()])
    if beside:
        quality.find(f"Rasters that hold nothing of the area: {', '.join(beside)}.")
    frame = gpd.GeoDataFrame(table.astype(Rasters.kinds()), geometry="geometry", crs=RD_EPSG)
    frame.index = frame.index.astype("str")
    checked = Rasters.checked(frame)
    quality.count(checked)
    return checked


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """The raster, its sizes, grid and CRS looked at."""
    import rasterio
    from rasterio.errors import RasterioError

    if not first_bytes(require_file(path), 4).startswith(TIFF):
        todo = "Deliver a GeoTIFF or a COG in EPSG:28992."
        raise BadInput("This is no GeoTIFF.", where=str(path), todo=todo)
    options = {"GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR", "GDAL_PAM_ENABLED": "NO", "GTIFF_REPORT_COMPD_CS": "NO"}
    try:
        with rasterio.Env(**options), rasterio.open(path, driver="GTiff", sharing=False) as source:
            _refuse_hostile(source, str(path))
            _refuse_turned(source, str(path))
            _require_rd(source, str(path))
            yield source
    except (RasterioError, rasterio._err.CPLE_BaseError, MemoryError) as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: Exception) -> BadInput:
    reason = str(error.__cause__ or error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
    return BadInput(
        f"The raster cannot be read ({reason}).", where=str(path), todo="It may be truncated: get it again."
    )


def _refuse_hostile(source: Any, where: str) -> None:
    if source.count > MOST_BANDS:
        raise BadInput(f"The raster has {source.count:,} bands.", where=where, todo="Deliver one raster per file.")
    largest = max(rows * columns for rows, columns in source.block_shapes)
    if largest > MOST_BLOCK_CELLS:
        words = f"The raster is stored in blocks of {largest:,} cells."
        raise BadInput(words, where=where, todo="Store it in tiles, e.g. as COG with gdal_translate.")
    if any(np.dtype(kind).kind not in "iuf" for kind in source.dtypes if kind != "complex_int16"):
        raise BadInput("The raster holds no plain numbers.", where=where, todo="Deliver a raster of real numbers.")


def _refuse_turned(source: Any, where: str) -> None:
    grid = source.transform
    numbers = (grid.a, grid.b, grid.c, grid.d, grid.e, grid.f)
    if grid.is_identity or not all(math.isfinite(each) for each in numbers):
        raise BadInput("The raster has no place on the map.", where=where, todo="Deliver it as GeoTIFF, in EPSG:28992.")
    if grid.b or grid.d or grid.a <= 0 or not grid.e:
        raise BadInput("The grid of the raster is turned.", where=where, todo="Warp it to a grid along RD New.")


def _require_rd(source: Any, where: str) -> None:
    """Refuses another CRS; RD New with heights to NAP (EPSG:7415) is RD New."""
    import pyproj
    from pyproj.exceptions import CRSError

    if source.crs is None or not source.crs.wkt:
        raise WrongCrs("No CRS is given.", where=where, todo="Deliver the raster in EPSG:28992 (RD New).")
    try:
        crs = pyproj.CRS.from_wkt(source.crs.wkt)
        flat = crs.sub_crs_list[0] if crs.is_compound else crs
        code = flat.to_epsg()
    except CRSError:
        raise WrongCrs("Its CRS is not understood.", where=where, todo="Deliver it in EPSG:28992.") from None
    if code != RD_EPSG:
        words = f"The CRS is {':'.join(flat.to_authority() or (flat.name,))}, not EPSG:28992."
        raise WrongCrs(words, where=where, todo="Warp it to EPSG:28992 (RD New).")
    if not _extent(source).within(shapely.box(*RD_BOUNDS_M)):
        words = f"The raster lies outside the area of RD New ({source.transform.c:g}, {source.transform.f:g})."
        raise WrongCrs(words, where=where, todo="Its CRS is probably labelled wrongly: look at it in QGIS.")


def _grid(source: Any) -> tuple[float, float, float, float]:
    """Left, top, width and height of a cell (m), as if it were north up."""
    grid = source.transform
    height = abs(grid.e)
    return grid.c, grid.f + source.height * height if grid.e > 0 else grid.f, grid.a, height


def _extent(source: Any) -> shapely.Polygon:
    left, top, width, height = _grid(source)
    return shapely.box(left, top - source.height * height, left + source.width * width, top)


def _band(source: Any, layer: str | None, where: str) -> int:
    """Number of the band asked for, or of the only one."""
    names = [name or str(number) for number, name in enumerate(source.descriptions, start=1)]
    if layer is None:
        if source.count == 1:
            return 1
        todo = f"Name one as 'layer': {', '.join(names[:20])}."
        raise BadInput(f"The file holds {source.count} bands.", where=where, todo=todo)
    if layer in names:
        return names.index(layer) + 1
    if layer.isdecimal() and 1 <= int(layer) <= source.count:
        return int(layer)
    raise MissingSource(f"There is no band '{layer}'.", where=where, todo=f"Name one of: {', '.join(names[:20])}.")


def _window(source: Any, area: shapely.Geometry | None) -> _Window:
    """The cells that touch the bounds of the area."""
    if area is None:
        return _Window(0, 0, source.width, source.height)
    left, top, width, height = _grid(source)
    xmin, ymin, xmax, ymax = shapely.bounds(area)

    return _Window(
        _held(math.floor((xmin - left) / width), source.width),
        _held(math.floor((top - ymax) / height), source.height),
        _held(math.ceil((xmax - left) / width), source.width),
        _held(math.ceil((top - ymin) / height), source.height),
    )


def _held(value: int, most: int) -> int:
    """The value, from 0 up to the most."""
    return min(max(value, 0), most)


def _values(source: Any, band: int, window: _Window, where: str) -> np.ndarray:
    """The cells of the window as float32, row 0 in the north, not a number where there is no data."""
    from rasterio.windows import Window

    south_first = source.transform.e > 0
    first = source.height - window.bottom if south_first else window.top
    rows, columns = window.bottom - window.top, window.right - window.left
    if not window.cells:
        return np.empty((rows, columns), dtype=np.float32)
    found = source.read(band, window=Window(window.left, first, columns, rows), masked=True)
    scale, offset = source.scales[band - 1], source.offsets[band - 1]
    exact = np.ma.filled(found.astype(np.float64), np.nan) * scale + offset
    values = np.where(np.abs(exact) < ABSURD, exact, np.nan).astype(np.float32)
    return np.ascontiguousarray(values[::-1]) if south_first else values


def _row(name: str, path: Path, area: shapely.Geometry | None, layer: str | None) -> dict[str, object]:
    with _opened(path) as source:
        band = _band(source, layer, str(path))
        window = _window(source, area)
        empty = sum(int(np.isnan(_values(source, band, part, str(path))).sum()) for part in _chunks(window))
        nodata = source.nodatavals[band - 1]
        return {
            "raster_id": name,
            "band": band,
            "bands": source.count,
            "columns_count": source.width,
            "rows_count": source.height,
            "cell_width_m": _grid(source)[2],
            "cell_height_m": _grid(source)[3],
            "value_type": source.dtypes[band - 1],
            "nodata": math.nan if nodata is None else float(nodata),
            "nodata_share": empty / window.cells if window.cells else math.nan,
            "geometry": _extent(source),
        }


def _chunks(window: _Window) -> Iterator[_Window]:
    """The window in parts of some rows that fit in memory with ease."""
    step = max(1, CHUNK_CELLS // max(1, window.right - window.left))
    for top in range(window.top, window.bottom, step):
        yield _Window(window.left, top, window.right, min(top + step, window.bottom))
