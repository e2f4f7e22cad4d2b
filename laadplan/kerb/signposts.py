"""Which traffic signs stand at the bays of a spot.

In: spots, their bays and signs. Out: the meanings of the signs at those bays. A sign is that of the nearest bay within
`AT_BAYS_M`, and of the next one where it stands between them: no sign across the street is that near. The ``side`` and
``bearing_deg`` of the NDW say where a sign faces, not on which side of the street it stands, and are not used. Signs of
a zone say nothing of one bay, and those that are not about parking are left out.
"""

import geopandas as gpd
import pandas as pd

from laadplan.contracts.measured import UNKNOWN
from laadplan.geo.nearest import within

AT_BAYS_M = 2.5
"""A sign at a bay stands this near to it (m): behind the kerb or between the bays, as far as its place is known."""

SHARED_M = 0.30
"""A bay that is no more than this further from a sign than the nearest one (m) has it too: the sign stands between."""

OTHER = "anders"
"""Meaning of a sign that is not about parking."""


def measure_signs(candidates: gpd.GeoDataFrame, bays: gpd.GeoDataFrame, signs: gpd.GeoDataFrame | None) -> pd.DataFrame:
    """Column ``signs`` of `Measurements`: meanings at the bays, sorted; ``onbekend`` where no signs were delivered."""
    if signs is None or signs.empty:
        return pd.DataFrame({"signs": UNKNOWN}, index=candidates.index, dtype="str")
    telling = signs[(signs["meaning"] != OTHER) & signs["zone_code"].isna()]
    served = candidates["bay_ids"].str.split(" ").explode().rename("bay_id")
    near = within(telling.geometry, bays.geometry, AT_BAYS_M)
    least = near.groupby("point_id")["distance_m"].transform("min")
    near = near[near["distance_m"] <= least + SHARED_M]
    pairs = served.rename_axis("locatie_id").reset_index().merge(near, left_on="bay_id", right_on="other_id")
    told = pairs["point_id"].map(telling["meaning"]).groupby(pairs["locatie_id"]).agg(_joined)
    return pd.DataFrame({"signs": told.reindex(candidates.index).astype("str")}, index=candidates.index)


def _joined(words: pd.Series) -> str:
    return ", ".join(sorted(set(words)))
