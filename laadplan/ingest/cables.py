"""Cables and grid points from whatever they were delivered in: KLIC deliveries and open data of grid operators, mixed.

In: files and folders, told apart by what they hold. Out: `Cables` and `GridPoints`, each object once. Where KLIC and
open data lie over each other, KLIC goes before: it has the voltage and the status.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.contracts.grid import Cables, GridPoints
from laadplan.contracts.quality import Quality
from laadplan.errors import MissingSource
from laadplan.ingest import klic
from laadplan.ingest.grid_operators import read_open_cables, read_open_points
from laadplan.ingest.overlap import DOUBLE, beyond_klic, each_once

READ = (".zip", ".xml", ".gpkg", ".shp", ".geojson", ".json", ".fgb")
"""Ends of the names of files that are taken out of a folder; a file named in the config may be called anything."""


def read_cables(
    paths: Path | Sequence[Path],
    area: shapely.Geometry | None = None,
    *,
    layer: str | None = None,
    columns: Mapping[str, str] | None = None,
    today: date | None = None,
    quality: Quality | None = None,
) -> gpd.GeoDataFrame:
    """Cables that touch the area as `Cables` in RD New (m), each once, from KLIC deliveries and open data.

    Parameters
    ----------
    paths
        Files, or folders of which every delivery is read.
    area
        Shape in RD New (m); None: all.
    layer, columns
        Of open data: the layer, and our column name to the file's, where they are not recognised.
    today
        Day at which requests must still hold; None: not looked at.
    quality
        Where rows read, rows dropped per rule (by number: the content may be confidential) and findings are noted.

    Raises
    ------
    MissingSource
        A path or layer is not there, or a folder holds nothing to read.
    BadInput
        A file is neither a KLIC delivery nor a layout that is known, or is damaged.
    WrongCrs
        Coordinates are neither in RD New nor, in open data, in degrees.
    """
    quality = quality if quality is not None else Quality()
    deliveries, others = sort_files(paths)
    frames = [klic.read_cables(deliveries, area, today=today, quality=quality)] if deliveries else []
    for path in others:
        rows = read_open_cables(path, area, layer=layer, columns=columns, quality=quality)
        frames.append(each_once(rows, quality)[Cables.columns()])
    return join_cables(frames, quality=quality)


def join_cables(frames: Sequence[gpd.GeoDataFrame], *, quality: Quality | None = None) -> gpd.GeoDataFrame:
    """Several frames of `Cables` as one, each cable once; open data only where KLIC does not have it."""
    quality = quality if quality is not None else Quality()
    cables = beyond_klic(each_once(pd.concat(frames), quality), quality)
    checked = Cables.checked(cables, source="cables")
    quality.count(checked)
    return checked


def read_grid_points(
    paths: Path | Sequence[Path],
    area: shapely.Geometry | None = None,
    *,
    layer: str | None = None,
    columns: Mapping[str, str] | None = None,
    today: date | None = None,
    quality: Quality | None = None,
) -> gpd.GeoDataFrame:
    """Cabinets, stations, house connections, joints and lamp posts in the area as `GridPoints`, each once.

    Parameters and errors are those of `read_cables`.
    """
    quality = quality if quality is not None else Quality()
    deliveries, others = sort_files(paths)
    frames = [klic.read_grid_points(deliveries, area, today=today, quality=quality)] if deliveries else []
    for path in others:
        rows = read_open_points(path, area, layer=layer, columns=columns, quality=quality)
        frames.append(rows[GridPoints.columns()])
    return join_points(frames, quality=quality)


def join_points(frames: Sequence[gpd.GeoDataFrame], *, quality: Quality | None = None) -> gpd.GeoDataFrame:
    """Several frames of `GridPoints` as one, each point once: of doubles the newest, in any order."""
    quality = quality if quality is not None else Quality()
    points = pd.concat(frames)
    points = points.iloc[np.argsort(points.geometry.to_wkb().to_numpy(), kind="stable")]
    points = points.sort_values(["registered_on", "delivered_on", "delivery"], na_position="first", kind="stable")
    once = points[~points.index.duplicated(keep="last")]
    quality.skip(DOUBLE, len(points) - len(once))
    checked = GridPoints.checked(once, source="grid points")
    quality.count(checked)
    return checked


def sort_files(paths: Path | Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """The files meant by the paths: KLIC deliveries, and the rest.

    Raises
    ------
    MissingSource
        A path is not there, or a folder is empty.
    """
    files: list[Path] = []
    for path in [paths] if isinstance(paths, Path) else paths:
        inside = sorted(item for item in path.iterdir() if item.suffix.lower() in READ) if path.is_dir() else [path]
        if not inside:
            raise MissingSource("The folder holds no file to read.", where=str(path), todo="Put deliveries in it.")
        files += inside
    if not files:
        raise MissingSource("No file is given.", where="cables", todo="Name a file or a folder.")
    deliveries = [path for path in files if klic.is_delivery(path)]
    return deliveries, [path for path in files if path not in deliveries]
