"""The areas that indications of grid capacity are about, where a format draws them.

In: JSON of ArcGIS or GeoJSON of the capacity map. Out: `GridAreas`, one shape per feeding area.
"""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from laadplan.contracts.frame import require_rd
from laadplan.contracts.grid import GridAreas
from laadplan.contracts.quality import Quality
from laadplan.ingest.area import touching
from laadplan.ingest.columns import match_columns
from laadplan.ingest.delivery import Parts, delivered_files
from laadplan.ingest.files import read_json, text_start
from laadplan.ingest.vector import read_layer

SPELLINGS = {
    "supply_area": ("voedingsgebied_id", "supply_area", "gebied_id"),
    "name": ("voedingsgebied_naam", "naam", "name", "omschrijving"),
    "operator": ("rnb_postcode", "rnb", "netbeheerder", "operator"),
}
"""Our name to the spellings seen in deliveries."""

NO_AREA = "zonder gebied: de kaart weet hier niets"


def read_grid_areas(
    paths: Parts,
    area: shapely.Geometry | None = None,
    *,
    quality: Quality | None = None,
) -> gpd.GeoDataFrame:
    """Feeding areas that touch the area as `GridAreas` in RD New (m); empty for formats without shapes.

    Raises
    ------
    MissingSource
        A file is not there.
    BadInput
        A file cannot be read.
    WrongCrs
        Shapes are neither in RD New nor in degrees.
    """
    quality = quality if quality is not None else Quality()
    files = delivered_files(paths)
    frames = [shapes_of(path, area, quality) for path in files if has_shapes(path)]
    if not frames:
        return GridAreas.empty()
    whole = pd.concat(frames).dissolve(by="area_code", aggfunc="first")
    frame = GridAreas.checked(whole[GridAreas.columns()], source=str(files[0]))
    quality.count(frame)
    return frame


def is_json(path: Path) -> bool:
    """Whether a file begins as JSON does."""
    return text_start(path).startswith((b"{", b"["))


def has_shapes(path: Path) -> bool:
    """Whether a file is JSON with shapes: rings of ArcGIS or polygons of GeoJSON."""
    if not is_json(path):
        return False
    content = read_json(path)
    features = content.get("features") if isinstance(content, dict) else None
    return isinstance(features, list) and any(isinstance(each, dict) and each.get("geometry") for each in features)


def shapes_of(path: Path, area: shapely.Geometry | None, quality: Quality) -> gpd.GeoDataFrame:
    """The shapes of a file that touch the area, with code, name and operator; several may have one code."""
    features = read_layer(path, area=area, degrees=True, quality=quality)
    require_rd(features, str(path))
    names = match_columns(features.columns, SPELLINGS, config={}, required=("supply_area",), where=str(path))
    empty = pd.Series(None, index=features.index, dtype="str")
    texts = {name: features[names[name]].astype("str") if name in names else empty for name in ("name", "operator")}
    code = features[names["supply_area"]].astype("str").str.strip()
    geometry = shapely.make_valid(shapely.force_2d(features.geometry.to_numpy()), method="structure")
    shapes = gpd.GeoDataFrame({"area_code": code, **texts}, geometry=geometry, crs=features.crs)
    nameless = code.isna() | code.isin(["", "0", "None"]) | shapes.geometry.isna() | shapes.geometry.is_empty
    quality.skip(NO_AREA, int(nameless.sum()))
    return touching(shapes[~nameless], area, quality, by_id=False)
