"""Figures of the CBS per square of 500 m, as a GeoPackage.

In: the ``Figures`` of all quarters. Out: rows (EPSG:28992) with the CBS's columns: counts are rounded to fives, and
secret below five. Persons and households of a quarter are spread evenly over its dwellings.
"""

from collections import Counter
from collections.abc import Sequence

import geopandas as gpd
import pandas as pd
import shapely

from laadplan.demo.cbs_figures import SECRET
from laadplan.demo.figures import SQUARE_M, Figures
from laadplan.demo.model import Town
from laadplan.geo.rd import RD_EPSG

LAYER = "cbs_vk500_2024"
GEOMETRY_TYPES = {LAYER: "Polygon"}

ROUNDED_TO = 5
HECTOMETRE_M = 100

COLUMNS = ("aantal_inwoners", "aantal_part_huishoudens", "aantal_woningen")


def layer_rows(_: Town, figures: Sequence[Figures]) -> dict[str, gpd.GeoDataFrame]:
    """The squares with dwellings, in order of their key: the south-west corner in hectometres."""
    sums: dict[tuple[int, int], Counter[str]] = {}
    for each in figures:
        per_home = (each.inhabitants / max(each.dwellings, 1), each.households / max(each.dwellings, 1), 1.0)
        for place, homes in each.squares:
            counts = sums.setdefault(place, Counter())
            counts.update({name: homes * share for name, share in zip(COLUMNS, per_home, strict=True)})  # type: ignore[arg-type]
    places = sorted(sums)
    rows = [
        {f"crs28992res{SQUARE_M}m": _key(place)} | {name: published(sums[place][name]) for name in COLUMNS}
        for place in places
    ]
    columns = [f"crs28992res{SQUARE_M}m", *COLUMNS]
    shapes = [shapely.box(x, y, x + SQUARE_M, y + SQUARE_M) for x, y in places]
    return {LAYER: gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), geometry=shapes, crs=RD_EPSG)}


def _key(place: tuple[int, int]) -> str:
    """The CBS's key of a square by its south-west corner in metres.

    >>> _key((145000, 508500))
    'E1450N5085'
    """
    return f"E{place[0] // HECTOMETRE_M:04d}N{place[1] // HECTOMETRE_M:04d}"


def published(count: float) -> int:
    """A count as the CBS publishes it.

    >>> published(4), published(12), published(13)
    (-99997, 10, 15)
    """
    return SECRET if count < ROUNDED_TO else int(count / ROUNDED_TO + 0.5) * ROUNDED_TO
