"""What a fuzz run needs to know of a format: how a small seed is made, and what reads it."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Format:
    """A format: `make_seed` writes a delivery of at most 20 kB a file below a folder and returns the path to read."""

    name: str
    make_seed: Callable[[Path], Path]
    read: Callable[[Path], object]


def small_geopackage(path: Path) -> Path:
    """The GeoPackage on pages of 512 bytes: GDAL's own take a hundred kilobytes."""
    with sqlite3.connect(path) as base:
        base.execute("PRAGMA page_size=512")
        base.execute("DELETE FROM gpkg_spatial_ref_sys WHERE srs_id NOT IN (28992, -1, 0)")
    base.execute("VACUUM")
    base.close()
    return path
