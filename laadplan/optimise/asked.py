"""The demand that a plan is made for: of every demand point in the year and scenario of the plan.

In: `DemandClusters` and `Demand`. Out: the clusters with what they ask then.
"""

import geopandas as gpd
import pandas as pd

from laadplan.config.scenario import Scenario
from laadplan.errors import BadInput

FIGURES = ["electric_cars", "residents_kwh_year", "visitors_kwh_year", "workers_kwh_year", "kwh_year"]
"""What is taken from `Demand`."""


def demand_asked(demand_clusters: gpd.GeoDataFrame, demand: pd.DataFrame, scenario: Scenario) -> gpd.GeoDataFrame:
    """`DemandClusters` in RD New with the `FIGURES` (cars, and kWh a year) in the plan's year and scenario.

    Raises
    ------
    BadInput
        Demand of that year and scenario was not computed.
    """
    then = demand[(demand["year"] == scenario.year) & (demand["scenario"] == scenario.variant)]
    if then.empty and len(demand):
        raise BadInput(
            f"Demand of {scenario.year} in scenario {scenario.variant} was not computed.",
            where="Demand",
            todo="Take scenario.year within the years of the forecast.",
        )
    figures = then.set_index("point_id")[FIGURES]
    return gpd.GeoDataFrame(demand_clusters.join(figures).fillna(dict.fromkeys(FIGURES, 0.0)).sort_index())
