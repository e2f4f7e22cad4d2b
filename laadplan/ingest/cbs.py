"""CBS buurten from a GeoPackage, in the spellings of PDOK, CBS and republishers.

In: a file with buurt polygons in RD New. Out: `Buurten`. Negative figures (-99997 suppressed, -99995 absent, and their
variants) are missing, never zero.
"""

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import Buurten
from laadplan.ingest.columns import match_columns
from laadplan.ingest.vector import read_layer

SPELLINGS = {
    "buurtcode": ("buurtcode", "statcode"),
    "name": ("buurtnaam", "statnaam", "naam"),
    "municipality_code": ("gemeentecode", "gm_code"),
    "inhabitants": ("aantal_inwoners", "aantalInwoners", "inwoners"),
    "households": ("aantal_huishoudens", "aantalHuishoudens", "huishoudens"),
}
"""Our name to the spellings seen in deliveries."""

REQUIRED = ("buurtcode", "name", "households")
OUTSIDE = "buiten het gebied"


def read_buurten(
    path: Path,
    area: shapely.Geometry | None = None,
    *,
    layer: str | None = None,
    columns: Mapping[str, str] | None = None,
    quality: Quality | None = None,
) -> gpd.GeoDataFrame:
    """Buurten that touch the area as `Buurten` in RD New; figures are those of the whole buurt.

    Raises
    ------
    MissingSource
        File or layer is not there.
    BadInput
        The file cannot be read, a column is missing, the CRS is another one, a code occurs twice, a shape is broken.
    """
    quality = quality if quality is not None else Quality()
    features = read_layer(path, layer)
    names = match_columns(features.columns, SPELLINGS, config=columns or {}, required=REQUIRED, where=str(path))
    quality.read = len(features)
    frame = Buurten.checked(_buurten(features, names), source=str(path))
    if area is not None:
        touching = frame.geometry.intersects(area)
        quality.drop(OUTSIDE, frame.index[~touching])
        frame = frame[touching]
    unknown = frame.index[frame["households"].isna()]
    if len(unknown):
        quality.find(f"Households are suppressed or absent for buurt {', '.join(unknown)}: demand there is unknown.")
    quality.count(frame)
    return frame


def _buurten(features: gpd.GeoDataFrame, names: Mapping[str, str]) -> gpd.GeoDataFrame:
    def text(name: str) -> pd.Series:
        found = features[names[name]] if name in names else pd.Series("onbekend", index=features.index)
        return found.astype("str").str.strip()

    def figure(name: str) -> pd.Series:
        if name not in names:
            return pd.Series(float("nan"), index=features.index)
        values = pd.to_numeric(features[names[name]], errors="coerce").astype(float)
        return values.where(values >= 0)

    table = {
        "buurtcode": text("buurtcode"),
        "name": text("name"),
        "municipality_code": text("municipality_code"),
        "inhabitants": figure("inhabitants"),
        "households": figure("households"),
    }
    return gpd.GeoDataFrame(table, geometry=features.geometry.array, crs=features.crs).set_index("buurtcode")
