"""The frames that the explanation of a plan is made from, and what is told of them more than once.

In: frames as their contracts say. Out: figures and names. What is unknown stays unknown.
"""

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from laadplan.publish.locations import PREFERRED, near_address

BOOK = "plankaart.xlsx"
"""The workbook that holds every row of the tables."""

MWH = 1 / 1000


@dataclass(frozen=True)
class MapFrames:
    """What the maps of a plan show, in RD New.

    Attributes
    ----------
    sites, balances, isochrones, clusters
        `Sites`, `Balances`, `Isochrones`, `DemandClusters`.
    charge_points
        The existing `ChargePoints` that count in the plan, see `counting`.
    """

    sites: gpd.GeoDataFrame
    balances: gpd.GeoDataFrame
    isochrones: gpd.GeoDataFrame
    clusters: gpd.GeoDataFrame
    charge_points: gpd.GeoDataFrame

    @property
    def chosen(self) -> gpd.GeoDataFrame:
        """The new sites of the plan, in order of id."""
        return self.sites[self.sites["status"] == PREFERRED].sort_index()


@dataclass(frozen=True)
class PlanFrames(MapFrames):
    """The same with the plan and what explains it.

    Attributes
    ----------
    service, solutions, unserved, limits, alternatives, curve
        `Service`, `Solutions`, `Unserved`, `PlanLimits`, `Alternatives`, `PoleCurve`.
    """

    service: pd.DataFrame
    solutions: pd.DataFrame
    unserved: pd.DataFrame
    limits: pd.DataFrame
    alternatives: pd.DataFrame
    curve: pd.DataFrame

    @property
    def names(self) -> dict[str, str]:
        """Id of each site to its street and near house number."""
        return {str(site): near_address(row) for site, row in self.sites.iterrows()}


def counting(charge_points: gpd.GeoDataFrame, plan: pd.DataFrame) -> gpd.GeoDataFrame:
    """The existing charging locations that count in the plan."""
    return charge_points[charge_points.index.isin(plan.index[plan["existing"]])]


def addresses_of(frames: PlanFrames, points: pd.Index) -> int:
    """Addresses of the demand points."""
    return int(frames.clusters["addresses"].reindex(points).fillna(0).sum())
