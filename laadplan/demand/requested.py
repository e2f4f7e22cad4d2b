"""Drivers' open requests as numbers per calculation area.

In: `Requests` (confidential), addresses, calculation areas. Out: numbers per area: neither PC6 nor request gets out.
"""

import geopandas as gpd
import pandas as pd

from laadplan.contracts.quality import Quality
from laadplan.geo.nearest import containing

NOWHERE = "open aanvraag waarvan de PC6 in geen rekengebied ligt"


def open_requests(
    requests: pd.DataFrame, addresses: gpd.GeoDataFrame, demand_areas: gpd.GeoDataFrame, *, quality: Quality
) -> pd.Series:
    """Open requests per calculation area (index area id, sorted; only areas with some).

    A PC6 lies in the area that holds most of its addresses; of a tie the smallest code.

    Parameters
    ----------
    requests
        `Requests`.
    addresses, demand_areas
        `Addresses` and `DemandAreas`, RD New.

    Raises
    ------
    WrongCrs
        Addresses or areas are not in RD New.
    """
    wanted = requests[requests["is_open"]]
    near = addresses[addresses["postcode"].isin(wanted["pc6"])]
    held = pd.DataFrame({"pc6": near["postcode"], "area_id": containing(near.geometry, demand_areas.geometry)}).dropna()
    sizes = held.groupby(["pc6", "area_id"], as_index=False).size()
    most = sizes.sort_values(["pc6", "size", "area_id"], ascending=[True, False, True]).drop_duplicates("pc6")
    area = wanted["pc6"].map(most.set_index("pc6")["area_id"])
    quality.skip(NOWHERE, int(area.isna().sum()))
    return area.dropna().value_counts().sort_index()
