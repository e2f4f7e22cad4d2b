"""Every candidate with its place in the plankaart: preferred, stand-by or dropped, and why.

In: candidates, verdicts, plan, reach, addresses. Out: `Sites`. A reservelocatie is, for each voorkeurslocatie, the best
other candidate nearby that shares no bay with anything chosen; best is most demand within capacity plus what its score
is worth, the smaller id on a tie.
"""

from collections.abc import Iterable

import geopandas as gpd
import pandas as pd

from laadplan.config.project import Optimisation, Scenario, SpotRules, Walking
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
    scenario: Scenario,
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
    reserves = pick_reserves(sites[fit], chosen, settings=settings, capacity_kwh=_capacity(scenario, spots))
    reasons = _reasons(sites, chosen, reserves, failed_reasons(assessments), settings=settings, walking=walking)
    status = pd.Series(DROPPED, index=sites.index, dtype="str")
    status[list(reserves)] = RESERVE
    status[chosen] = CHOSEN
    return _published(candidates, sites, addresses, spots).assign(
        status=status,
        reden=reasons,
        verwacht_kwh_jaar=sites["served"].where(status == CHOSEN).round(0),
        hoort_bij=pd.Series(reserves, dtype="str").reindex(sites.index),
    )[Sites.columns()]


def demand_in_reach(sites: pd.Index, reach: pd.DataFrame, demand: gpd.GeoDataFrame) -> pd.Series:
    """Demand (kWh a year) of all addresses within the walking norm of each site."""
    kwh = reach["address_id"].map(demand["kwh_year"]).astype(float)
    return kwh.groupby(reach["site_id"]).sum().reindex(sites).fillna(0.0).round(1)


def pick_reserves(
    fit: gpd.GeoDataFrame, chosen: pd.Index, *, settings: Optimisation, capacity_kwh: float
) -> dict[str, str]:
    """Id of each reservelocatie to the id of the voorkeurslocatie it stands by for."""
    bays = _bays_of(fit)
    taken = {bay for site in chosen for bay in bays[site]}
    worth = fit["within_reach"].clip(upper=capacity_kwh) + settings.score_worth_kwh * fit["score"]
    ranked = worth.drop(chosen).to_frame("worth").rename_axis("locatie_id").reset_index()
    order = ranked.sort_values(["worth", "locatie_id"], ascending=[False, True])["locatie_id"].tolist()
    places = gpd.GeoSeries(fit.geometry.loc[order])
    reserves: dict[str, str] = {}
    for _ in range(settings.reserves_per_site):
        for site in sorted(chosen):
            near = places.dwithin(fit.geometry.loc[site], settings.reserve_within_m)
            found = _first_free(bays, places.index[near], taken)
            if found is not None:
                reserves[found] = str(site)
                taken |= bays[found]
    return reserves


def _first_free(bays: dict[str, set[str]], ranked: Iterable[str], taken: set[str]) -> str | None:
    return next((site for site in ranked if not taken & bays[site]), None)


def _bays_of(sites: gpd.GeoDataFrame) -> dict[str, set[str]]:
    """Ids of the bays of each site."""
    return {str(site): set(str(ids).split(" ")) for site, ids in sites["bay_ids"].items()}


def _capacity(scenario: Scenario, spots: SpotRules) -> float:
    return spots.evse_per_pole * scenario.kwh_per_evse_year


def _reasons(
    sites: gpd.GeoDataFrame,
    chosen: pd.Index,
    reserves: dict[str, str],
    failed: pd.Series,
    *,
    settings: Optimisation,
    walking: Walking,
) -> pd.Series:
    bays = _bays_of(sites)
    owner = {bay: str(site) for site in chosen for bay in bays[site]}
    walk = f"binnen {walking.norm_m:.0f} m lopen (schatting)"

    served, asked = sites["served"].to_dict(), sites["within_reach"].to_dict()

    def reason(site: str) -> str:
        if site in chosen:
            return f"Gekozen: bedient {_kwh(served[site])} per jaar van adressen {walk}."
        if site in reserves:
            return f"Reserve voor {reserves[site]}: deelt geen vak en ligt binnen {settings.reserve_within_m:.0f} m."
        if site in failed.index:
            return str(failed[site])
        shared = next((owner[bay] for bay in sorted(bays[site]) if bay in owner), None)
        if shared:
            return f"Deelt een parkeervak met voorkeurslocatie {shared}."
        if asked[site] <= 0:
            return f"Geen laadvraag {walk}."
        return (
            f"Voldoet aan de eisen, maar andere locaties dienen de vraag beter "
            f"binnen het aantal van {settings.poles_allowed} palen."
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
    return f"{value:,.0f} kWh".replace(",", ".")
