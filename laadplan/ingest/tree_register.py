"""A municipal tree register as CSV with coordinates in RD New.

In: a CSV in the municipality's own dialect, its columns recognised or named in the config. Out: `Trees`.
"""

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from laadplan.contracts.frame import RD_EPSG
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import Trees
from laadplan.ingest.columns import match_columns, numbers, read_table

SPELLINGS = {
    "tree_id": ("Boomnr", "boomnummer", "BOOMNUMMER", "elementnummer", "ID"),
    "species": ("Naam_NL", "nederlandse_boomnaam", "NEDNAAM", "Boomsoort"),
    "stem_diameter_cm": ("Stamdiameter_cm", "diameter_in_cm", "diameter", "STAMDIAMETER"),
    "crown_diameter_m": ("Kroondiameter_m", "KROONDIAMETER"),
    "x_rd": ("X", "x_rd", "X_COORD"),
    "y_rd": ("Y", "y_rd", "Y_COORD"),
}
"""Our name to the spellings seen in deliveries."""

REQUIRED = ("tree_id", "x_rd", "y_rd")
OUTSIDE = "buiten het gebied"
NOWHERE = "zonder coordinaten"
CM_PER_M = 100.0


def read_trees(
    path: Path,
    area: shapely.Geometry | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    quality: Quality | None = None,
) -> gpd.GeoDataFrame:
    """The register's trees in the area as `Trees` in RD New.

    Raises
    ------
    MissingSource
        The file is not there.
    BadInput
        It is not a readable table, a column is missing, a cell is no number, or an id occurs twice.
    """
    quality = quality if quality is not None else Quality()
    table = read_table(path)
    names = match_columns(table.columns, SPELLINGS, config=columns or {}, required=REQUIRED, where=str(path))
    quality.read = len(table)
    frame = _trees(table, names, str(path))
    nowhere = frame.geometry.is_empty
    quality.drop(NOWHERE, frame.index[nowhere])
    frame = Trees.checked(frame[~nowhere], source=str(path))
    if area is not None:
        inside = frame.within(area)
        quality.drop(OUTSIDE, frame.index[~inside])
        frame = frame[inside]
    quality.count(frame)
    return frame


def _trees(table: pd.DataFrame, names: Mapping[str, str], where: str) -> gpd.GeoDataFrame:
    def number(name: str) -> pd.Series:
        if name not in names:
            return pd.Series(float("nan"), index=table.index)
        return numbers(table[names[name]], where=where)

    empty = pd.Series(None, index=table.index, dtype="str")
    columns = {
        "tree_id": table[names["tree_id"]],
        "species": table[names["species"]] if "species" in names else empty,
        "stem_diameter_m": number("stem_diameter_cm") / CM_PER_M,
        "crown_diameter_m": number("crown_diameter_m"),
        "origin": pd.Series("bomenregister", index=table.index, dtype="str"),
    }
    x, y = number("x_rd"), number("y_rd")
    place = gpd.GeoSeries(gpd.points_from_xy(x, y), index=table.index, crs=RD_EPSG)
    place[x.isna() | y.isna()] = shapely.Point()
    return gpd.GeoDataFrame(columns, geometry=place).set_index("tree_id")
