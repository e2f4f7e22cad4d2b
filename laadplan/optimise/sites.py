"""Every candidate with its place in the plankaart: preferred, stand-by or dropped, and why.

In: candidates, verdicts, plan, reach, addresses. Out: `Sites`. A reservelocatie is, for each voorkeurslocatie, the
candidate nearby that reaches most of the same demand and shares no bay with anything chosen.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
import shapely

from laadplan.config.optimisation import Optimisation
from laadplan.config.project import SpotRules, Walking
from laadplan.contracts.dutch import figures
from laadplan.contracts.planning import Sites
from laadplan.policy.assess import failed_reasons, passing, scores

CHOSEN, RESERVE, DROPPED = "voorkeurslocatie", "reservelocatie", "afgevallen"


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
    sites["served"] = plan["served_kwh_year"].reindex(candidates.index)
    chosen = candidates.index[plan["chosen"].reindex(candidates.index).fillna(False).astype(bool)]
    fit = passing(assessments, candidates)
    reserves = pick_reserves(sites[fit], chosen, reach, demand, settings)
    reasons = _reasons(
        sites, chosen, reserves, failed_reasons(assessments), reach=reach, settings=settings, walking=walking
    )
    status = pd.Series(DROPPED, index=sites.index, dtype="str")
    status[list(reserves)] = RESERVE
    status[chosen] = CHOSEN
    return _published(candidates, sites, addresses, spots).assign(
        status=status,
        reden=reasons,
        verwacht_kwh_jaar=sites["served"].where(status == CHOSEN).round(0),
        hoort_bij=pd.Series({site: reserve.owner for site, reserve in reserves.items()}, dtype="str").reindex(
            sites.index
        ),
    )[Sites.columns()]


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
    """
    bays = _bays_of(fit)
    taken = {bay for site in chosen for bay in bays[site]}
    kwh = reach.assign(kwh=reach["point_id"].map(demand["kwh_year"]).astype(float))
    others = gpd.GeoSeries(fit.geometry.drop(chosen).sort_index())
    reserves: dict[str, Reserve] = {}
    for _ in range(settings.reserves_per_site):
        for site in sorted(chosen):
            ranked = _ranked(others, fit.geometry.loc[site], _shared(kwh, site), settings.reserve_within_m)
            found = _first_free(bays, ranked.index, taken)
            if found is not None:
                reserves[found] = Reserve(site, float(ranked["shared"][found]), float(ranked["distance_m"][found]))
                taken |= bays[found]
    return reserves


def _shared(kwh: pd.DataFrame, site: str) -> pd.Series:
    """Share of the demand within reach of the site that each other site reaches too."""
    own = kwh[kwh["site_id"] == site]
    same = kwh[kwh["point_id"].isin(own["point_id"])].groupby("site_id")["kwh"].sum()
    return same / (own["kwh"].sum() or 1.0)


def _ranked(others: gpd.GeoSeries, place: shapely.Point, shared: pd.Series, within_m: float) -> pd.DataFrame:
    """Sites within reach of the place, best first: columns ``shared`` and ``distance_m``."""
    near = pd.DataFrame({"shared": shared.reindex(others.index).fillna(0.0), "distance_m": others.distance(place)})
    near = near[near["distance_m"] <= within_m].round({"shared": 4, "distance_m": 1})
    return near.sort_values(["shared", "distance_m"], ascending=[False, True], kind="stable")


def _first_free(bays: dict[str, set[str]], ranked: Iterable[str], taken: set[str]) -> str | None:
    return next((site for site in ranked if not taken & bays[site]), None)


def _bays_of(sites: gpd.GeoDataFrame) -> dict[str, set[str]]:
    """Ids of the bays of each site."""
    return {str(site): set(str(ids).split(" ")) for site, ids in sites["bay_ids"].items()}


def _reasons(
    sites: gpd.GeoDataFrame,
    chosen: pd.Index,
    reserves: dict[str, Reserve],
    failed: pd.Series,
    *,
    reach: pd.DataFrame,
    settings: Optimisation,
    walking: Walking,
) -> pd.Series:
    bays = _bays_of(sites)
    owner = {bay: str(site) for site in chosen for bay in bays[site]}
    estimated = set(sites.index if reach["estimated"].all() else reach.loc[reach["estimated"], "site_id"])
    norm = f"binnen {walking.norm_m:.0f} m lopen"

    served, asked = sites["served"].to_dict(), sites["within_reach"].to_dict()

    def walk_to(site: str) -> str:
        return f"{norm} (schatting)" if site in estimated else f"{norm} over het loopnetwerk"

    def reason(site: str) -> str:
        if site in chosen:
            return f"Gekozen: bedient {_kwh(served[site])} per jaar van adressen {walk_to(site)}."
        if site in reserves:
            reserve = reserves[site]
            return (
                f"Reserve voor {reserve.owner}: bereikt {100 * reserve.shared:.0f} % van dezelfde vraag (schatting), "
                f"ligt {reserve.distance_m:.0f} m verderop en deelt geen vak."
            )
        if site in failed.index:
            return str(failed[site])
        shared = next((owner[bay] for bay in sorted(bays[site]) if bay in owner), None)
        if shared:
            return f"Deelt een parkeervak met voorkeurslocatie {shared}."
        if asked[site] <= 0:
            return f"Geen laadvraag {walk_to(site)}."
        return (
            f"Valt op geen eis af; niet gekozen binnen het aantal van {settings.poles_allowed} palen. "
            "Kan bij een herziening in aanmerking komen."
        )

    return pd.Series([reason(str(site)) for site in sites.index], index=sites.index, dtype="str")


def _published(
    candidates: gpd.GeoDataFrame, sites: gpd.GeoDataFrame, addresses: gpd.GeoDataFrame, spots: SpotRules
) -> gpd.GeoDataFrame:
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
            "aantal_laadpunten": spots.evse_per_pole,
            "aantal_vakken": candidates["bay_count"],
            "parkeerwijze": candidates["orientation"],
            "score": sites["score"],
            "vraag_binnen_bereik_kwh_jaar": sites["within_reach"],
            "wegbeheerder": candidates["maintainer"],
            "netbeheerder": pd.Series(None, index=candidates.index, dtype="str"),
            "vakken": candidates["bay_ids"],
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
