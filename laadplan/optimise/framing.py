"""From frames to the siting problem, and what is needed to go back.

In: `Town` (frames) and `Rules` (sections). Out: `Framed`: the problem as arrays with the words that belong to them.
Nothing depends on the order of any rows. Everything in the objective is kWh a year at the door.

Hard decisions
--------------
A kWh over a walk is worth 1 at the door and ``far_worth`` at the norm, linear between; the score of a candidate adds
``score_worth_kwh * score / energy of one pole``, so that it counts by use. A pole costs ``pole_least_kwh``. Cables make
a budget smaller, but their cost is confidential: it is in the arrays only.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput, some_of
from laadplan.optimise.framing_areas import grid_rooms
from laadplan.optimise.framing_capacity import availability_of, capacity_of, mix_of
from laadplan.optimise.framing_limits import LimitRows
from laadplan.optimise.framing_options import Chains, Options, find_chains, make_options
from laadplan.optimise.framing_rows import (
    cover_squares,
    keep_apart,
    limit_grid,
    limit_number,
    named_buurten,
    reach_buurten,
    share_bays,
    take_bays_once,
)
from laadplan.optimise.framing_town import Rules, Town, choosable, refuse_bad_demand, supplying
from laadplan.optimise.problem import NONE, Flags, Floats, Groups, Problem, Wholes

EQUITY = "gelijke verdeling"


@dataclass(frozen=True)
class Framed:
    """The problem of a plan with its words.

    Attributes
    ----------
    problem
        The arrays.
    existing
        Per site (m) whether it exists already.
    options
        What each option of the problem is.
    limits
        Per limit: kind, about, unit, is_floor, limit, fixed (what is there already), row in the arrays (-1: none).
    floor_uses
        What each option counts for in each floor, see `laadplan.optimise.framing_limits.LimitRows.floor_uses`.
    costs_hidden
        True where ``options.priced_eur`` stands on confidential cable routes: no such figure may be shown.
    """

    problem: Problem
    existing: Flags
    options: Options
    limits: pd.DataFrame
    floor_uses: pd.DataFrame
    costs_hidden: bool


def make_problem(town: Town, rules: Rules, quality: Quality | None = None) -> Framed:
    """The problem of a plan.

    Raises
    ------
    BadInput
        Demand is negative or not a number, frames are not of one run, or an id is used twice.
    ConfigError
        A decided location is not known.
    NoFeasiblePlan
        No candidate is left, or no demand is known.
    """
    quality = quality if quality is not None else Quality()
    refuse_bad_demand(town.asked)
    candidates = choosable(town, rules.settings, quality)
    supply = supplying(town.charge_points, rules.settings)
    quality.facts["existing_not_counted"] = sorted(town.charge_points.index.difference(supply.index))
    sites = _all_sites(supply, candidates)
    chains = find_chains(candidates, town.bays, rules.settings.poles_per_spot_max)
    rooms = grid_rooms(candidates, town, rules)
    strange = sorted(set(rules.settings.grid_room_kw) - set(rooms["area"]) - set(rooms["offtake"]))
    if strange:
        quality.find(f"grid_room_kw names areas or classes in which no candidate lies: {some_of(strange)}.")
    options = _options(town, rules, candidates, supply, sites, chains, rooms, quality)
    must = sites.isin(supply.index) | sites.isin(rules.settings.locked_in)
    rows = _rows(town, rules, candidates, supply, options, rooms, quality)
    words, limits = rows.finish(_least(options, must), options.site)
    _report_raised(words, limits.limit, quality)
    asked = town.asked[town.asked["kwh_year"] > 0]
    asked = asked.loc[_in_place_order(asked)]
    arcs = _arcs(town, rules, asked, sites, _bonus(sites, candidates, options, rules))
    group, groups, group_words = _groups(asked, arcs["demand"].to_numpy(), town.buurten, rules)
    option_start = np.searchsorted(options.site, np.arange(len(sites) + 1))
    problem = Problem(
        demand_ids=tuple(asked.index),
        demand_kwh=asked["kwh_year"].to_numpy(dtype=float)[:, None],
        demand_group=group,
        period_worth=np.ones(1),
        site_ids=tuple(sites),
        must=np.asarray(must),
        arc_start=np.searchsorted(arcs["site"].to_numpy(), np.arange(len(sites) + 1)),
        arc_demand=arcs["demand"].to_numpy(),
        arc_worth=arcs["worth"].to_numpy(),
        option_start=option_start,
        option_ids=_option_ids(sites, options),
        option_capacity=options.capacity_kwh[:, None],
        option_worth=_option_worth(sites, options, rules),
        limits=limits,
        groups=groups,
    )
    quality.facts["problem"] = problem.sizes
    words = pd.concat([words, group_words]).sort_index() if len(group_words) else words
    hidden = town.cable_routes is not None and bool((options.priced_eur != options.cost_eur).any())
    return Framed(problem, np.asarray(sites.isin(supply.index)), options, words, rows.floor_uses(), hidden)


def _all_sites(supply: gpd.GeoDataFrame, candidates: gpd.GeoDataFrame) -> pd.Index:
    """Ids of all sites: candidates in order of place, then what exists."""
    both = sorted(set(supply.index) & set(candidates.index))
    if both:
        raise BadInput(
            "A candidate has the id of an existing charging location.", where="Candidates, ChargePoints", ids=both
        )
    return _in_place_order(candidates).append(_in_place_order(supply))


def _in_place_order(frame: gpd.GeoDataFrame) -> pd.Index:
    """Ids from west to east, of equal ones (to a cm) from south to north, then by id: sources may name things anew."""
    places = shapely.get_coordinates(shapely.centroid(frame.geometry.to_numpy())).round(2)
    ids: pd.Index = pd.Index(frame.index, dtype="object")
    return ids[np.lexsort((ids.astype("str").to_numpy(dtype=str), places[:, 1], places[:, 0]))]


def _options(
    town: Town,
    rules: Rules,
    candidates: gpd.GeoDataFrame,
    supply: gpd.GeoDataFrame,
    sites: pd.Index,
    chains: Chains,
    rooms: pd.DataFrame,
    quality: Quality,
) -> Options:
    settings, mix = rules.settings, mix_of(town.asked)
    most = pd.Series(np.arange(1, settings.poles_per_spot_max + 1) * rules.spots.evse_per_pole)
    now = capacity_of(supply["evse_count"], mix, settings, rules.scenario, rules.risk_share)
    idle = supply.index[supply["evse_count"] == 0]
    if len(idle):
        quality.find(f"Existing locations without charge points serve nothing: {some_of(list(idle))}.")
    limited = rooms["room_kw"].notna().to_numpy()
    offered = (limited[chains.places] & (chains.places != NONE)).any(axis=1) & (settings.capped_kw_per_evse is not None)
    return make_options(
        sites,
        supply,
        candidates,
        chains,
        capacity_now=now * availability_of(supply, town.decree_places, town.signs, settings, quality),
        capacity_by_poles=capacity_of(most, mix, settings, rules.scenario, rules.risk_share),
        capped=offered,
        priced_eur=_priced(town, rules, candidates),
        settings=settings,
        spots=rules.spots,
    )


def _priced(town: Town, rules: Rules, candidates: gpd.GeoDataFrame) -> Floats:
    """Cost of one pole at each candidate in EUR: the pole, cable beyond the norm, and a crossing, where known."""
    settings = rules.settings
    cost = pd.Series(settings.cost_per_pole_eur, index=candidates.index)
    if town.cable_routes is not None:
        routes = town.cable_routes.reindex(candidates.index)
        beyond_m = (routes["route_m"] - rules.spots.cable_norm_m).clip(lower=0.0).fillna(0.0)
        cost += settings.cost_per_cable_m_eur * beyond_m
        cost += settings.cost_per_crossing_eur * (routes["crossing"] == "ja").fillna(False)
    return np.asarray(cost, dtype=np.float64)


def _rows(
    town: Town,
    rules: Rules,
    candidates: gpd.GeoDataFrame,
    supply: gpd.GeoDataFrame,
    options: Options,
    rooms: pd.DataFrame,
    quality: Quality,
) -> LimitRows:
    rows = LimitRows()
    limit_number(rows, options, rules)
    limit_grid(rows, options, rooms)
    take_bays_once(rows, options)
    keep_apart(rows, options, candidates, rules.settings.spacing_m)
    reach_buurten(rows, options, candidates, town, supply, rules)
    cover_squares(rows, options, candidates, town, rules, quality)
    share_bays(rows, options, town, rules)
    return rows


def _least(options: Options, must: Flags) -> Flags:
    """The option of each site that must be taken which uses least of everything: one pole, capped where offered."""
    first = options.poles == 1
    has_capped = np.zeros(len(must), dtype=bool)
    has_capped[options.site[options.capped]] = True
    return np.asarray(must[options.site] & first & (options.capped == has_capped[options.site]))


def _arcs(town: Town, rules: Rules, asked: gpd.GeoDataFrame, sites: pd.Index, bonus: Floats) -> pd.DataFrame:
    """Arcs in order of site and demand: places ``site`` and ``demand``, and ``worth`` per kWh."""
    site = sites.get_indexer(pd.Index(town.reach["site_id"].to_numpy(), dtype="object"))
    demand = pd.Index(asked.index, dtype="object").get_indexer(
        pd.Index(town.reach["point_id"].to_numpy(), dtype="object")
    )
    known = (site >= 0) & (demand >= 0)
    site, demand = site[known], demand[known]
    share = np.clip(town.reach["walk_m"].to_numpy(dtype=float)[known] / rules.walking.norm_m, 0.0, 1.0)
    worth = 1.0 - (1.0 - rules.settings.far_worth) * share + bonus[site]
    order = np.lexsort([demand, site])
    return pd.DataFrame({"site": site[order], "demand": demand[order], "worth": worth[order]})


def _bonus(sites: pd.Index, candidates: gpd.GeoDataFrame, options: Options, rules: Rules) -> Floats:
    """What the score adds to a kWh, per site."""
    one = options.capacity_kwh[~options.existing & (options.poles == 1) & ~options.capped]
    scores = candidates["score"].reindex(sites).fillna(0.0).to_numpy(dtype=float)
    return np.asarray(rules.settings.score_worth_kwh * scores / max(float(one[0]), 1.0))


def _groups(
    asked: gpd.GeoDataFrame, reached: Wholes, buurten: gpd.GeoDataFrame, rules: Rules
) -> tuple[Wholes, Groups, pd.DataFrame]:
    """Group of each demand point, what each buurt is to be served at least, and the words: equity between buurten.

    Of the demand of a buurt counts what lies within reach of a site: the rest no plan can serve.
    """
    settings = rules.settings
    share = settings.buurt_served_share_min
    if share == 0 or settings.equity_penalty == 0:
        return np.full(len(asked), NONE), Groups((), np.zeros(0), np.zeros(0)), pd.DataFrame()
    codes = pd.Index(sorted(set(asked["buurtcode"].dropna())), dtype="str")
    group = codes.get_indexer(pd.Index(asked["buurtcode"]))
    counts = np.bincount(reached, minlength=len(asked)) > 0
    inside = counts & (group >= 0)
    least = share * np.bincount(group[inside], weights=asked["kwh_year"].to_numpy()[inside], minlength=len(codes))
    names = named_buurten(codes, buurten)
    words = pd.DataFrame(
        {
            "kind": EQUITY,
            "about": [f"ten minste {100 * share:g} % van de bereikbare vraag in {name}" for name in names],
            "unit": "kWh per jaar",
            "is_floor": True,
            "limit": least,
            "fixed": 0.0,
            "row": NONE,
        },
        index=pd.Index([f"{EQUITY}|{code}" for code in codes], dtype="str", name="limit_id"),
    )
    return (
        group,
        Groups(tuple(codes), np.asarray(least, dtype=np.float64), np.full(len(codes), settings.equity_penalty)),
        words,
    )


def _option_ids(sites: pd.Index, options: Options) -> tuple[str, ...]:
    """Id of the site, number of poles, and what is done to them.

    ``c1|2`` two poles, ``c1|2|begrensd`` two capped ones, ``e1|bestaand`` what exists.
    """
    ids = sites.to_numpy()[options.site]
    kinds = np.where(
        options.existing,
        "bestaand",
        np.char.add(options.poles.astype(str), np.where(options.capped, "|begrensd", "")),
    )
    return tuple(f"{site}|{kind}" for site, kind in zip(ids, kinds, strict=True))


def _option_worth(sites: pd.Index, options: Options, rules: Rules) -> Floats:
    """Worth of taking an option: what its poles must bring at least, and that it was in the previous plan."""
    settings = rules.settings
    keep = np.where(sites.isin(settings.previous_plan), settings.keep_worth_kwh, 0.0)
    return np.where(options.existing, 0.0, keep[options.site] - settings.pole_least_kwh * options.poles)


def _report_raised(words: pd.DataFrame, bounds: Floats, quality: Quality) -> None:
    """Tells the limits that existing and decided poles break by themselves."""
    held = words[(words["row"] != NONE) & ~words["is_floor"]]
    left = (held["limit"] - held["fixed"]).to_numpy()
    raised = held.index[bounds[held["row"].to_numpy()] > left + 1e-9]
    if len(raised):
        quality.find(f"Limits that existing and decided poles break by themselves: {some_of(list(raised))}.")
