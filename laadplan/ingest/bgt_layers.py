"""The objects of the BGT as converted by ogr2ogr or NLExtract: a GeoPackage, a SQLite file or a shapefile.

In: a layer. Out: a table of its objects. Conversions differ in what they keep: names are laundered or cut off, history
may be left out, the CRS may be lost, and GDAL gives half of the buildings as the point of their label.
"""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.contracts.frame import RD_EPSG, require_rd
from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput
from laadplan.geo.rd import RD_BOUNDS_M
from laadplan.ingest.bgt_types import FIELDS, field_of
from laadplan.ingest.features import mended
from laadplan.ingest.vector import read_layer

NO_CRS = "The layer states no CRS; its coordinates are taken as RD New, in which they lie."


def read_table(path: Path, layer: str, area: shapely.Geometry | None, quality: Quality) -> pd.DataFrame:
    """Objects of a layer that may touch the area: columns of ``bgt_types.FIELDS`` as text, ``geometry`` (m RD).

    Raises
    ------
    MissingSource, BadInput
        The layer cannot be read, or has no ids.
    WrongCrs
        It is in another CRS than RD New or degrees, or states none and lies outside RD New.
    """
    features = read_layer(path, layer, area=area, degrees=True, may_be_empty=True, quality=quality)
    where = f"{path} (layer {layer})"
    if features.crs is None and _lies_in_rd(features):
        quality.find(f"{where}: {NO_CRS}")
        features = features.set_crs(RD_EPSG)
    require_rd(features, where)
    names = _columns(features)
    if "local_id" not in names:
        listed = ", ".join(str(name) for name in features.columns)
        todo = f"Convert the BGT with all its columns. The layer has: {listed}."
        raise BadInput("The layer has no column lokaalID.", where=where, todo=todo)
    if "ended" not in names:
        quality.find(f"{where}: there is no column eindRegistratie; history is taken to have been left out.")
    empty = pd.Series(None, index=features.index, dtype=object)
    table = pd.DataFrame({field: _texts(features[names[field]]) if field in names else empty for field in FIELDS})
    shapes = shapely.force_2d(features.geometry.to_numpy())
    whole = mended(shapes)
    if number := sum(old is not new for old, new in zip(shapes, whole, strict=True)):
        quality.find(f"{where}: {number} surfaces crossed themselves, rounded as they are; mended.")
    return table.assign(geometry=pd.Series(whole, index=features.index, dtype=object)).reset_index(drop=True)


def _columns(features: gpd.GeoDataFrame) -> dict[str, str]:
    """Our name to the column; of two spellings the first in the layer."""
    found: dict[str, str] = {}
    for name in features.columns:
        field = field_of(str(name))
        if field and name != features.geometry.name:
            found.setdefault(field, name)
    return found


def _texts(values: pd.Series) -> pd.Series:
    """Values as text, whole numbers without decimals, moments as ISO; empty stays None."""
    if pd.api.types.is_datetime64_any_dtype(values):
        texts = values.map(lambda moment: moment.isoformat(), na_action="ignore")
    elif pd.api.types.is_float_dtype(values):
        texts = values.map(lambda number: str(int(number)) if number.is_integer() else str(number), na_action="ignore")
    else:
        texts = values.map(str, na_action="ignore")
    return texts.astype(object).where(values.notna(), None)


def _lies_in_rd(features: gpd.GeoDataFrame) -> bool:
    xmin, ymin, xmax, ymax = RD_BOUNDS_M
    bounds = features.geometry.bounds.dropna().to_numpy()
    inside = (bounds[:, 0] >= xmin) & (bounds[:, 1] >= ymin) & (bounds[:, 2] <= xmax) & (bounds[:, 3] <= ymax)
    return bool(np.all(inside))
