"""Every candidate with its place in the plankaart: preferred, stand-by or dropped, and why.

In: candidates, verdicts, plan, reach, addresses. Out: `Sites`. A reservelocatie is, for each voorkeurslocatie, the
candidate nearby that reaches most of the same demand and shares no bay with anything chosen, all bays of a laadplein
included.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import csr_array

from laadplan.config.optimisation import Optimisation
from laadplan.config.project import SpotRules, Walking
from laadplan.contracts.dutch import figures, short_number
from laadplan.contracts.planning import Sites
from laadplan.policy.assess import failed_reasons, passing, scores

CHOSEN, RESERVE, DROPPED = "voorkeurslocatie", "reservelocatie", "afgevallen"

CHUNK = 200
"""Preferred sites whose demand is held against that of their neighbours at a time, so that the pairs fit in memory."""


def label_sites(
    candidates: gpd.GeoDataFrame,
    assessments: pd.DataFrame,
    plan: pd.DataFrame,
    reach: pd.DataFrame,
    demand: gpd.GeoDataFrame,
    addresses: gpd.GeoDataFrame,
    *,
    settings: Optimisation,
    spots: SpotRules,
    walking: Walking,
) -> gpd.GeoDataFrame:
    """All candidates as `Sites` in RD New, each with its status and reason."""
    sites = candidates[["bay_ids", "address_id", "geometry"]].copy()
    sites["score"] = scores(assessments, candidates)
    sites["within_reach"] = demand_in_reach(candidates.index, reach, demand)
    here = plan[~plan["existing"]].reindex(candidates.index)
    sites["served"] = here["served_kwh_year"]
    sites["poles"] = here["poles"].fillna(0).astype(int)
    sites["capped"] = here["capped"].fillna(False).astype(bool)
    sites["bay_ids"] = here["bay_ids"].fillna(sites["bay_ids"]).astype("str")
    is_chosen = here["chosen"].fillna(False).astype(bool)
    chosen = candidates.index[is_chosen]
    fit = (passing(assessments, candidates) & ~candidates.index.isin(settings.locked_out)) | is_chosen
    reserves = pick_reserves(gpd.GeoDataFrame(sites[fit]), chosen, reach, demand, settings)
    walks = walks_told(candidates.index, reach, walking)
    reasons = _reasons(sites, chosen, reserves, failed_reasons(assessments), walks, settings)
    status = pd.Series(DROPPED, index=sites.index, dtype="str")
    status[list(reserves)] = RESERVE
    status[chosen] = CHOSEN
    return _published(candidates, sites, addresses).assign(
        aantal_laadpunten=here["evse"].where(is_chosen).fillna(spots.evse_per_pole).astype(int),
        status=status,
        reden=reasons,
        verwacht_kwh_jaar=sites["served"].where(status == CHOSEN).round(0),
        hoort_bij=pd.Series({site: reserve.owner for site, reserve in reserves.items()}, dtype="str").reindex(
            sites.index
        ),
    )[Sites.columns()]


def walks_told(sites: pd.Index, reach: pd.DataFrame, walking: Walking) -> pd.Series:
    """Per site how far people walk to it at most, in Dutch, and whether that was measured along a network.

    A site that nobody reaches is told as the whole: an estimate where any walk is one.
    """
    share = reach["estimated"].groupby(reach["site_id"]).mean().reindex(sites)
    share = share.fillna(float(reach["estimated"].any()) if len(reach) else 1.0)
    how = np.select([share == 0, share == 1], ["over het loopnetwerk", "schatting"], "deels geschat")
    return pd.Series([f"binnen {walking.norm_m:.0f} m lopen ({each})" for each in how], index=sites, dtype="str")


def demand_in_reach(sites: pd.Index, reach: pd.DataFrame, demand: gpd.GeoDataFrame) -> pd.Series:
    """Demand (kWh a year) of all addresses within the walking norm of each site."""
    kwh = reach["point_id"].map(demand["kwh_year"]).astype(float)
    return kwh.groupby(reach["site_id"]).sum().reindex(sites).fillna(0.0).round(0)


@dataclass(frozen=True)
class Reserve:
    """What a reservelocatie stands by for: that site, the share of its demand reached, and the distance in m."""

    owner: str
    shared: float
    distance_m: float


def pick_reserves(
    fit: gpd.GeoDataFrame, chosen: pd.Index, reach: pd.DataFrame, demand: gpd.GeoDataFrame, settings: Optimisation
) -> dict[str, Reserve]:
    """Id of each reservelocatie to the voorkeurslocatie it stands by for.

    Of the sites nearby that share no bay with anything taken, the one that reaches most of the same demand; then the
    nearest; then the smallest id.

    Parameters
    ----------
    fit
        Sites that may be a reserve, and those chosen, with ``bay_ids``: of what is chosen all bays it takes.
    """
    if not len(chosen) or not settings.reserves_per_site:
        return {}
    bays = _bays_of(fit)
    taken = {bay for site in chosen for bay in bays[site]}
    ranked = _ranked(fit.sort_index(), chosen.sort_values(), reach, demand, settings.reserve_within_m)
    reserves: dict[str, Reserve] = {}
    for _ in range(settings.reserves_per_site):
        for site, near in ranked.items():
            found = next((row for row in near if not taken & bays[row[0]]), None)
            if found is not None:
                reserves[found[0]] = Reserve(site, found[1], found[2])
                taken |= bays[found[0]]
    return reserves


def _ranked(
    fit: gpd.GeoDataFrame, chosen: pd.Index, reach: pd.DataFrame, demand: gpd.GeoDataFrame, within_m: float
) -> dict[str, list[tuple[str, float, float]]]:
    """Per chosen site the others nearby, best first: id, share of its demand that it reaches too, distance in m."""
    others = fit.drop(chosen)
    table = _kwh_by_site(fit.index, reach, demand)
    found: dict[str, list[tuple[str, float, float]]] = {str(site): [] for site in chosen}
    if others.empty:
        return found
    geometry = np.asarray(others.geometry.array)
    tree = shapely.STRtree(geometry)
    for start in range(0, len(chosen), CHUNK):
        part = chosen[start : start + CHUNK]
        places = np.asarray(fit.geometry.loc[part].array)
        row, hit = tree.query(places, predicate="dwithin", distance=within_m)
        shared = _shared(table, fit.index.get_indexer(part), fit.index.get_indexer(others.index), row, hit)
        distance_m = shapely.distance(places[row], geometry[hit]).round(1)
        for each in np.lexsort([hit, distance_m, -shared, row]):
            found[str(part[row[each]])].append(
                (str(others.index[hit[each]]), float(shared[each]), float(distance_m[each]))
            )
    return found


def _kwh_by_site(sites: pd.Index, reach: pd.DataFrame, demand: gpd.GeoDataFrame) -> csr_array:
    """Demand (kWh a year) within reach: one row per site, one column per demand point in order of id."""
    points = pd.Index(sorted(demand.index), dtype="object")
    row = pd.Index(sites, dtype="object").get_indexer(pd.Index(reach["site_id"].to_numpy(), dtype="object"))
    column = points.get_indexer(pd.Index(reach["point_id"].to_numpy(), dtype="object"))
    known = (row >= 0) & (column >= 0)
    kwh = demand["kwh_year"].reindex(points).to_numpy(dtype=float)[column[known]]
    table = csr_array((kwh, (row[known], column[known])), shape=(len(sites), len(points)))
    table.sum_duplicates()
    return table


def _shared(table: csr_array, chosen: np.ndarray, others: np.ndarray, row: np.ndarray, hit: np.ndarray) -> np.ndarray:
    """Share of the demand of each chosen site that another one reaches too, rounded, per pair of row and hit."""
    own = table[chosen]
    reached = table[others].copy()
    reached.data[:] = 1.0
    whole = np.asarray(own.sum(axis=1)).ravel()
    same = (own @ reached.T).tocsr()
    values = np.asarray(same[row, hit]).ravel() if len(row) else np.zeros(0)
    return np.asarray((values / np.where(whole > 0, whole, 1.0)[row]).round(4))


def _bays_of(sites: pd.DataFrame) -> dict[str, set[str]]:
    """Ids of the bays of each site."""
    return {str(site): set(str(ids).split(" ")) for site, ids in sites["bay_ids"].items()}


def _reasons(
    sites: gpd.GeoDataFrame,
    chosen: pd.Index,
    reserves: Mapping[str, Reserve],
    failed: pd.Series,
    walks: pd.Series,
    settings: Optimisation,
) -> pd.Series:
    bays = _bays_of(sites)
    owner = {bay: str(site) for site in chosen for bay in bays[site]}
    served, asked, poles = sites["served"].to_dict(), sites["within_reach"].to_dict(), sites["poles"].to_dict()
    walk, failures, taken = walks.to_dict(), failed.to_dict(), set(chosen)
    capped = set(sites.index[sites["capped"]])

    def reason(site: str) -> str:
        if site in taken:
            how = "Besloten door de gemeente" if site in settings.locked_in else "Gekozen"
            size = f" als laadplein van {poles[site]} palen" if poles[site] > 1 else ""
            though = f" Valt af op een eis: {failures[site]}" if site in failures else ""
            slower = f" {_capped(settings)}" if site in capped else ""
            return f"{how}{size}: bedient {_kwh(served[site])} per jaar van adressen {walk[site]}.{slower}{though}"
        if site in reserves:
            reserve = reserves[site]
            return (
                f"Reserve voor {reserve.owner}: bereikt {100 * reserve.shared:.0f} % van dezelfde vraag"
                f"{_sure(walk[site])}, ligt {reserve.distance_m:.0f} m verderop en deelt geen vak."
            )
        if site in settings.locked_out:
            return "Afgewezen door de gemeente."
        if site in failures:
            return str(failures[site])
        return _not_chosen(_first_owner(bays[site], owner), asked[site], walk[site], settings)

    return pd.Series([reason(str(site)) for site in sites.index], index=sites.index, dtype="str")


def _not_chosen(shares_with: str | None, asked_kwh: float, walk: str, settings: Optimisation) -> str:
    """Why a site that meets the eisen is not in the plan."""
    if shares_with:
        return f"Deelt een parkeervak met voorkeurslocatie {shares_with}."
    if asked_kwh <= 0:
        return f"Geen laadvraag {walk}."
    number = settings.poles_allowed
    within = (
        f"het aantal van {number} {'paal' if number == 1 else 'palen'}"
        if settings.budget_eur is None
        else f"het budget van {figures(settings.budget_eur)} euro"
    )
    more = " en de andere grenzen van het plan" if _is_limited(settings) else ""
    return f"Valt op geen eis af; niet gekozen binnen {within}{more}. Kan bij een herziening in aanmerking komen."


def _is_limited(settings: Optimisation) -> bool:
    """Whether more than the number or the budget can keep a site out: then that is not the whole reason."""
    shares = (settings.bay_share_street_max, settings.bay_share_buurt_max)
    return bool(settings.grid_room_kw or settings.spacing_m or min(shares) < 1)


def _capped(settings: Optimisation) -> str:
    return f"Laadt slim, met ten hoogste {short_number(settings.capped_kw_per_evse or 0.0)} kW per laadpunt."


def _sure(walk: str) -> str:
    """What is said of a share of demand that stands on estimated walks."""
    return "" if walk.endswith("(over het loopnetwerk)") else f" ({walk.rpartition('(')[2]}"


def _first_owner(bays: Iterable[str], owner: Mapping[str, str]) -> str | None:
    return next((owner[bay] for bay in sorted(bays) if bay in owner), None)


def _published(candidates: gpd.GeoDataFrame, sites: gpd.GeoDataFrame, addresses: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The columns that readers know, from candidate and nearest address; what is not known stays empty."""
    address = addresses.reindex(candidates["address_id"]).set_axis(candidates.index)
    return gpd.GeoDataFrame(
        {
            "straat": address["street"],
            "huisnummer": address["house_number"],
            "postcode": address["postcode"],
            "woonplaats": address["town"],
            "bag_nummeraanduiding_id": address["nummeraanduiding_id"],
            "bgt_lokaal_id": candidates["road_part_id"],
            "buurtcode": candidates["buurtcode"],
            "aantal_vakken": sites["bay_ids"].str.count(" ") + 1,
            "parkeerwijze": candidates["orientation"],
            "score": sites["score"],
            "vraag_binnen_bereik_kwh_jaar": sites["within_reach"],
            "wegbeheerder": candidates["maintainer"],
            "netbeheerder": pd.Series(None, index=candidates.index, dtype="str"),
            "vakken": sites["bay_ids"],
            "x_rd": candidates.geometry.x,
            "y_rd": candidates.geometry.y,
        },
        geometry=candidates.geometry,
    )


def _kwh(value: float) -> str:
    """Energy as printed in Dutch.

    >>> _kwh(5812.4)
    '5.812 kWh'
    """
    return f"{figures(value)} kWh"
