"""Where supply falls short: demand less what the poles on walking distance can serve, per area, year and scenario.

In: demand points with their demand, existing poles, `PoleReach`, calculation areas. Out: the poles that count,
`Shortfalls`. A pole serves whoever can walk to it, in its own area or another, and never two with the same kWh: see
`laadplan.demand.loads`.

Formula
-------
``capacity = charge points * kWh per charge point and year``; ``shortfall = demand - served``;
``charge points lacking = sum over points of charge points wanted * shortfall of the point / demand of the point``
"""

import geopandas as gpd
import numpy as np
import pandas as pd

from laadplan.config.scenario import Scenario
from laadplan.contracts.demand import Shortfalls
from laadplan.contracts.quality import Quality
from laadplan.demand.loads import GAP_SHARE, Floats, Sharing, share_demand
from laadplan.errors import BadInput
from laadplan.geo.nearest import containing

NOT_COUNTED = "toegang telt niet mee als aanbod (optimisation.existing_access)"
NO_POINT = "geen laadpunt in gebruik"
NO_AREA = "vraagpunt ligt in geen rekengebied"

COLUMN = ["year", "scenario"]
"""What one column of demand is of."""

DECIMALS = 3
"""Decimals of a kWh: the sharing itself is known to fewer."""


def counting_poles(
    charge_points: gpd.GeoDataFrame, access: tuple[str, ...], *, quality: Quality | None = None
) -> gpd.GeoDataFrame:
    """The `ChargePoints` that count as supply: of a counted access, and with at least one charge point.

    Parameters
    ----------
    access
        Values of ``access`` that count.
    quality
        Gets the ids of the others, by rule.
    """
    quality = quality if quality is not None else Quality()
    counted = charge_points["access"].isin(access)
    quality.drop(NOT_COUNTED, charge_points.index[~counted])
    quality.drop(NO_POINT, charge_points.index[counted & (charge_points["evse_count"] == 0)])
    return gpd.GeoDataFrame(charge_points[counted & (charge_points["evse_count"] > 0)])


def find_shortfalls(
    demand_areas: gpd.GeoDataFrame,
    demand_clusters: gpd.GeoDataFrame,
    demand: pd.DataFrame,
    poles: gpd.GeoDataFrame,
    reached: pd.DataFrame,
    scenario: Scenario,
    *,
    quality: Quality | None = None,
) -> pd.DataFrame:
    """Demand, what existing poles can serve of it and what not, as `Shortfalls`: each area in each year and scenario.

    Points that lie in no area use poles like all others, and are in no row; the quality record holds them.

    Parameters
    ----------
    demand_areas, demand_clusters, demand
        `DemandAreas`, `DemandClusters` and `Demand`.
    poles
        `ChargePoints` that count.
    reached
        `Reach` of these points and poles.
    scenario
        Gives the capacity of a charge point (kWh a year).

    Raises
    ------
    BadInput
        Demand is of a point that does not exist.
    """
    quality = quality if quality is not None else Quality()
    clusters, poles = demand_clusters.sort_index(), gpd.GeoDataFrame(poles.sort_index())
    wanted, evse = per_column(demand, clusters, "kwh_year"), per_column(demand, clusters, "evse")
    sharing = shared_now(wanted, poles, reached, scenario)
    unserved = (wanted - sharing.served).clip(lower=0)
    is_far = ~clusters.index.isin(reached["point_id"])
    addresses = clusters["addresses"].to_numpy(dtype=float)[:, None]
    per_point = {
        "kwh_year": wanted,
        "evse": evse,
        "served_kwh_year": wanted - unserved,
        "shortfall_evse": evse * (unserved / wanted.where(wanted > 0)).fillna(0.0),
        "far_kwh_year": wanted.mul(is_far, axis=0),
        "far_addresses": (wanted > 0).mul(is_far, axis=0) * addresses,
        "unknown_addresses": (wanted * 0 + addresses).mul(~clusters["known"], axis=0),
    }
    rows = pd.DataFrame({name: _per_area(figure, clusters, demand_areas) for name, figure in per_point.items()})
    here = poles["evse_count"].groupby(containing(poles.geometry, demand_areas.geometry)).sum()
    rows["evse_here"] = here.reindex(rows.index.get_level_values(0), fill_value=0).to_numpy()
    _report(clusters, wanted, unserved, is_far, sharing, quality)
    return _framed(rows)


def per_column(demand: pd.DataFrame, clusters: pd.DataFrame, figure: str) -> pd.DataFrame:
    """A figure of `Demand` with the points as rows, in their order, and (year, scenario) as sorted columns.

    Raises
    ------
    BadInput
        Demand is of a point that does not exist.
    """
    strange = sorted(set(demand["point_id"]) - set(clusters.index))
    if strange:
        todo = "Make DemandClusters and Demand in one run."
        raise BadInput("Demand is of points that do not exist.", where="Demand", ids=strange, todo=todo)
    table = demand.pivot(index="point_id", columns=COLUMN, values=figure)
    return table.reindex(clusters.index).sort_index(axis=1).fillna(0.0)


def shared_now(wanted: pd.DataFrame, poles: pd.DataFrame, reached: pd.DataFrame, scenario: Scenario) -> Sharing:
    """Demand per point and column shared over the existing poles; points and poles in the order of their rows."""
    pairs = pd.DataFrame(
        {
            "point": wanted.index.get_indexer(pd.Index(reached["point_id"])),
            "pole": poles.index.get_indexer(pd.Index(reached["site_id"])),
        }
    ).sort_values(["point", "pole"])
    return share_demand(
        pairs["point"].to_numpy(dtype=np.intp),
        pairs["pole"].to_numpy(dtype=np.intp),
        wanted.to_numpy(),
        _capacity(poles, scenario),
    )


def _capacity(poles: pd.DataFrame, scenario: Scenario) -> Floats:
    return np.asarray(poles["evse_count"].to_numpy(dtype=float) * scenario.kwh_per_evse_year)


def _per_area(figure: pd.DataFrame, clusters: pd.DataFrame, areas: pd.DataFrame) -> pd.Series:
    """Sums over the points of each area, by area, year and scenario; 0 for an area without points."""
    sums = figure.groupby(clusters["area_id"]).sum().reindex(areas.index.sort_values(), fill_value=0.0)
    return pd.Series(sums.stack(COLUMN, future_stack=True))


def _framed(rows: pd.DataFrame) -> pd.DataFrame:
    rows = rows.round(DECIMALS).rename_axis(["area_id", *COLUMN]).reset_index()
    rows["shortfall_kwh_year"] = (rows["kwh_year"] - rows["served_kwh_year"]).round(DECIMALS)
    rows.index = rows["area_id"] + "|" + rows["year"].astype("str") + "|" + rows["scenario"]
    rows = rows.rename_axis(Shortfalls.index_name())
    return rows[Shortfalls.columns()].astype(Shortfalls.kinds()).sort_index()


def _report(
    clusters: pd.DataFrame,
    wanted: pd.DataFrame,
    unserved: pd.DataFrame,
    is_far: np.ndarray,
    sharing: Sharing,
    quality: Quality,
) -> None:
    quality.drop(NO_AREA, clusters.index[clusters["area_id"].isna()])
    unknown = int(clusters.loc[~clusters["known"], "addresses"].sum())
    if unknown:
        quality.find(f"Demand is unknown for {unknown} addresses: it counts as nil, and the shortfall there too.")
    if sharing.gap_share > GAP_SHARE:
        quality.find(f"Sharing demand over poles ended {sharing.gap_share:.2%} from balance: use it as an estimate.")
    quality.facts["points_without_pole_in_reach"] = int(is_far.sum())
    quality.facts["sharing_gap_share"] = round(sharing.gap_share, 6)
    if not unserved.empty:
        last = unserved.columns.get_level_values("year").max()
        for name, total in unserved[last].sum().items():
            quality.facts[f"shortfall_kwh_{last}_{name}"] = round(float(total), 1)
