"""Which traffic signs stand at the bays of a spot.

In: spots, their bays and signs. Out: the meanings of the signs at those bays. A sign counts when it stands within
`AT_BAYS_M` of a bay and, where its source says on which side of the road it stands, on the side of the bays. Signs of a
zone say nothing of one bay, and those that are not about parking are left out.
"""

import geopandas as gpd
import numpy as np
import pandas as pd

from laadplan.contracts.measured import UNKNOWN
from laadplan.geo.nearest import within

AT_BAYS_M = 2.5
"""A sign at a bay stands this near to it (m): behind the kerb or between the bays, as far as its place is known."""

OTHER = "anders"
"""Meaning of a sign that is not about parking."""

TOWARDS_DEG = {"O": 0.0, "N": 90.0, "W": 180.0, "Z": 270.0}
"""Side of the road as the NDW gives it to its direction, from east, anticlockwise (degrees)."""

SAME_SIDE_DEG = 60.0
"""Largest angle between the side of the road a sign stands on and that of the bays: sides are given in quarters."""


def measure_signs(candidates: gpd.GeoDataFrame, bays: gpd.GeoDataFrame, signs: gpd.GeoDataFrame | None) -> pd.DataFrame:
    """Column ``signs`` of `Measurements`: meanings at the bays, sorted; ``onbekend`` where no signs were delivered."""
    if signs is None or signs.empty:
        return pd.DataFrame({"signs": UNKNOWN}, index=candidates.index, dtype="str")
    telling = signs[(signs["meaning"] != OTHER) & signs["zone_code"].isna()]
    served = candidates["bay_ids"].str.split(" ").explode().rename("bay_id")
    used = bays.geometry[bays.index.isin(served)]
    near = within(telling.geometry, gpd.GeoSeries(used), AT_BAYS_M)
    pairs = served.rename_axis("locatie_id").reset_index().merge(near, left_on="bay_id", right_on="other_id")
    here = pairs[_same_side(pairs, candidates, telling)]
    told = here["point_id"].map(telling["meaning"]).groupby(here["locatie_id"]).agg(_joined)
    return pd.DataFrame({"signs": told.reindex(candidates.index).astype("str")}, index=candidates.index)


def _same_side(pairs: pd.DataFrame, candidates: gpd.GeoDataFrame, signs: gpd.GeoDataFrame) -> np.ndarray:
    """Whether each sign stands on the side of the bays, or does not say."""
    sides = pairs["point_id"].map(signs["side"].str.upper().map(TOWARDS_DEG)).to_numpy(dtype=float)
    away = pairs["locatie_id"].map(candidates["away_deg"]).to_numpy(dtype=float)
    apart = np.abs((sides - away + 180.0) % 360.0 - 180.0)
    return np.asarray(~(apart > SAME_SIDE_DEG))


def _joined(words: pd.Series) -> str:
    return ", ".join(sorted(set(words)))
