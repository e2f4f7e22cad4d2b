"""A municipal tree register, in any of the formats and dialects that municipalities publish.

In: a CSV, xlsx, GeoPackage, shapefile, GeoJSON or FlatGeobuf, its columns named in the config, by a ready dialect, or
recognised. Out: `Trees`. Sizes may be numbers or classes in words: the words are kept, and what the size is at least
and at most is read from them. A size of 0 is a gap, not a size.
"""

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import Trees
from laadplan.errors import some_of
from laadplan.ingest.area import inside
from laadplan.ingest.features import Names, read_features
from laadplan.ingest.measures import Size, size_of
from laadplan.ingest.tree_dialects import DIALECTS, SPELLINGS

REQUIRED = ("tree_id",)
NOWHERE = "zonder coordinaten"
M_PER_CM = 0.01

MEASURES = {
    "stem": (("stem_diameter_cm", M_PER_CM), ("stem_diameter_m", 1.0), ("stem_class_cm", M_PER_CM)),
    "crown": (("crown_diameter_m", 1.0), ("crown_class_m", 1.0)),
    "height": (("height_m", 1.0), ("height_class_m", 1.0)),
}
"""Per measure the columns it may come from, in order of preference, with the metres in their unit."""


def read_trees(
    path: Path,
    area: shapely.Geometry | None = None,
    *,
    layer: str | None = None,
    columns: Mapping[str, str] | None = None,
    dialect: str | None = None,
    quality: Quality | None = None,
) -> gpd.GeoDataFrame:
    """The register's trees in the area as `Trees` in RD New (EPSG:28992), sizes in metres.

    Parameters
    ----------
    path, layer
        The file, or the folder that holds just it; the layer or sheet in it (None: its only one).
    area
        Shape in RD New (m); None: all trees.
    columns, dialect
        Our column name to the source's, and a ready mapping (`DIALECTS`) that comes after it; None: recognised.

    Raises
    ------
    MissingSource
        The file or the layer is not there.
    ConfigError
        ``columns`` or ``dialect`` names what does not exist.
    BadInput
        It is not a readable layer, a column is missing, a cell is no coordinate, or an id occurs twice.
    WrongCrs
        It is in another CRS than RD New or degrees.
    """
    quality = quality if quality is not None else Quality()
    names = Names(SPELLINGS, REQUIRED, columns or {}, DIALECTS, dialect)
    frame = _trees(read_features(path, area, names, layer=layer, quality=quality), quality)
    nowhere = frame.geometry.is_empty
    quality.drop(NOWHERE, frame.index[nowhere])
    frame = Trees.checked(frame[~nowhere], source=str(path))
    frame = inside(frame, area, quality)
    quality.count(frame)
    return frame


def _trees(features: gpd.GeoDataFrame, quality: Quality) -> gpd.GeoDataFrame:
    columns: dict[str, pd.Series] = {"tree_id": features["tree_id"].fillna(""), "species": features["species"]}
    for name in MEASURES:
        columns |= _sizes(features, name, quality)
    columns["origin"] = pd.Series("bomenregister", index=features.index, dtype="str")
    table = pd.DataFrame({name: columns[name] for name in ["tree_id", *Trees.columns()] if name in columns})
    frame = gpd.GeoDataFrame(table, geometry=_hearts(features.geometry)).set_index("tree_id")
    return frame.astype(Trees.kinds())


def _sizes(features: gpd.GeoDataFrame, name: str, quality: Quality) -> dict[str, pd.Series]:
    """The columns of one measure, each row from the first of its columns in the source that is filled."""
    found = pd.DataFrame(None, index=features.index, columns=["text", *Size._fields], dtype=object)
    for column, metres in MEASURES[name]:
        text = features[column]
        known = {each: size_of(each, metres) for each in text.dropna().unique()}
        if known:
            rows = pd.DataFrame.from_dict(known, orient="index", columns=Size._fields, dtype=object)
            rows = rows.reindex(text).set_axis(text.index).assign(text=text)
            found = found.where(found["text"].notna(), rows)
    words = found["text"].where(found["is_words"].eq(True))
    unclear = found["is_unclear"].eq(True)
    if unclear.any():
        strange = some_of(sorted(words[unclear].unique()))
        quality.find(f"The {name} of {int(unclear.sum())} trees is in words that are not understood: {strange}.")
    bounds = {f"{name}_class": words, f"{name}_min_m": found["low"], f"{name}_max_m": found["high"]}
    return bounds | {f"{name}_diameter_m": found["measured"]}


def _hearts(geometry: gpd.GeoSeries) -> gpd.GeoSeries:
    """Points; a multipoint of one point is that point."""
    single = (geometry.geom_type == "MultiPoint") & (shapely.get_num_geometries(geometry.to_numpy()) == 1)
    points = geometry.to_numpy().copy()
    points[single] = shapely.get_geometry(points[single.to_numpy()], 0)
    return gpd.GeoSeries(points, index=geometry.index, crs=geometry.crs)
