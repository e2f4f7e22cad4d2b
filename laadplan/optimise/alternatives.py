"""The best other choice for each chosen site, would that one not be allowed.

In: how a choice stands. Out: `Alternatives`. The site is closed and one other option is taken in its place, near by or
wherever a free one is worth most, or none; the service round both is made the best there is. All else stays as it is,
so the worth lost is one that can be had: the true loss is not larger.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from laadplan.contracts.choosing import Alternatives
from laadplan.contracts.dutch import figures
from laadplan.optimise.filling import Filler
from laadplan.optimise.neighbourhood import arcs_of, best_service, lack_of, served_worth, spans
from laadplan.optimise.problem import NONE, Flags, Floats, Problem, Wholes
from laadplan.optimise.standing import SAME, Standing, penalties

LOOKED_AT = 2
"""Options whose service is made the best there is, of those that look best at first sight; more hardly ever helps."""

DIGITS = 6
"""Worths are compared in so many: what sums of floats leave behind that decides nothing."""

ELSEWHERE = 20
"""Free options anywhere, the best at first sight, that also count as a place for the pole that comes free."""


@dataclass(frozen=True)
class Repair:
    """What is done instead of a site: the option taken (-1: none), worth lost, and kWh served less.

    ``worth_alone`` is the worth lost when nothing is done instead: what the site itself is worth to the plan.
    """

    option: int
    worth_lost: float
    served_lost_kwh: float
    worth_alone: float = 0.0


def alternatives(standing: Standing, repairs: dict[int, Repair], names: dict[str, str] | None = None) -> pd.DataFrame:
    """The best other choice for each chosen site, as `Alternatives`.

    Parameters
    ----------
    standing
        How the choice stands.
    repairs
        Place of a site to what is done instead of it, as `best_repairs` finds it.
    names
        Id of a site to its address, for the sentence; its id where none is given.
    """
    problem, called = standing.problem, names or {}
    rows = {}
    for site, repair in repairs.items():
        other = None if repair.option == NONE else problem.site_ids[standing.option_site[repair.option]]
        rows[problem.site_ids[site]] = {
            "other_ids": other,
            "worth_lost": round(max(repair.worth_lost, 0.0), 3) + 0.0,
            "served_lost_kwh_year": round(repair.served_lost_kwh, 3) + 0.0,
            "detail": _sentence(repair, None if other is None else called.get(other, other)),
        }
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=Alternatives.columns())
    frame.index = pd.Index(frame.index.astype("str"), dtype="str", name=Alternatives.index_name())
    return Alternatives.checked(frame.astype(Alternatives.kinds()))


def _silent(words: str) -> None:
    """Tells nobody."""


def best_repairs(standing: Standing, sites: Wholes, *, say: Callable[[str], None] = _silent) -> dict[int, Repair]:
    """Place of each of the sites to the best that can be done instead of it; Ctrl-C leaves those that were found.

    Parameters
    ----------
    standing
        How the choice stands.
    sites
        Places of sites that are taken.
    say
        Is told in words how far it is.
    """
    problem = standing.problem
    filler = Filler.of(problem)
    free = np.flatnonzero(standing.choice.taken[problem.option_site] == NONE)
    first_sight = filler.worth(free, standing.left_kwh)
    elsewhere = free[np.lexsort((free, -first_sight.round(DIGITS)))][:ELSEWHERE]
    reached = _by_demand(standing)
    found: dict[int, Repair] = {}
    with suppress(KeyboardInterrupt):
        for site in sites.tolist():
            found[site] = _best_repair(standing, site, filler, elsewhere, reached)
            say(f"other choices: {len(found):,} of {len(sites):,} locations")
    return found


def _best_repair(
    standing: Standing, site: int, filler: Filler, elsewhere: Wholes, reached: tuple[Wholes, Wholes]
) -> Repair:
    """Closes the site and tries what stands in its place."""
    problem, taken = standing.problem, int(standing.choice.taken[site])
    rows, use = standing.use_of(taken)
    without = standing.used.copy()
    without[rows] -= use
    saved = float((penalties(problem, standing.used, rows) - penalties(problem, without, rows)).sum())
    own = slice(problem.arc_start[site], problem.arc_start[site + 1])
    left = standing.left_kwh.copy()
    np.add.at(left, problem.arc_demand[own], standing.choice.served_kwh[own])
    near = np.unique(_sites_at(reached, problem.arc_demand[own]))
    near = near[(standing.choice.taken[near] == NONE) & (near != site)]
    options = np.union1d(_options_of(problem, near), elsewhere)
    cost = _cost_of(standing, without, options)
    options, cost = options[np.isfinite(cost)], cost[np.isfinite(cost)]
    sight = filler.worth(options, left) - cost
    best = np.lexsort((options, -sight.round(DIGITS)))[:LOOKED_AT]
    base = -float(problem.option_worth[taken]) + saved
    tried = [_served_without(standing, site, NONE, base, reached)]
    for place in best[sight[best] > 0]:
        option = int(options[place])
        worth = base + float(problem.option_worth[option]) - float(cost[place])
        tried.append(_served_without(standing, site, option, worth, reached))
    repair: Repair = min(tried, key=lambda each: round(each.worth_lost, DIGITS))
    return replace(repair, worth_alone=tried[0].worth_lost)


def _served_without(standing: Standing, site: int, option: int, worth: float, reached: tuple[Wholes, Wholes]) -> Repair:
    """What is lost when the site is closed and the option is taken, with the best service round both."""
    problem, choice = standing.problem, standing.choice
    new = int(standing.option_site[option]) if option != NONE else NONE
    changed = np.array([site] if new == NONE else [site, new])
    demand = np.unique(problem.arc_demand[arcs_of(problem, changed)])
    around = np.unique(_sites_at(reached, demand))
    open_now = around[choice.taken[around] != NONE]
    inside = np.zeros(len(problem.demand_ids), dtype=bool)
    inside[demand] = True
    before = arcs_of(problem, open_now)
    before = before[inside[problem.arc_demand[before]]]
    old_worth, old_kwh = served_worth(standing, before)
    after = np.union1d(open_now[open_now != site], changed[1:])
    arcs = arcs_of(problem, after)
    outside = arcs[~inside[problem.arc_demand[arcs]]]
    room = standing.capacity_kwh.copy()
    np.subtract.at(room, standing.arc_site[outside], choice.served_kwh[outside])
    if new != NONE:
        room[new] = problem.option_capacity[option]
    new_worth, new_kwh = best_service(standing, demand, arcs[inside[problem.arc_demand[arcs]]], room)
    old_worth -= lack_of(standing, demand)
    return Repair(option, old_worth - new_worth - worth, old_kwh - new_kwh)


def _cost_of(standing: Standing, without: Floats, options: Wholes) -> Floats:
    """Penalty that each option adds to what is used; infinite where a limit does not allow it."""
    problem = standing.problem
    start, row, use = standing.rows
    sizes = start[options + 1] - start[options]
    entry = spans(start[options], sizes)
    limit, penalty = problem.limits.limit[row[entry]], problem.limits.penalty[row[entry]]
    base = without[row[entry]]
    more = np.maximum(base + use[entry] - limit, 0.0) - np.maximum(base - limit, 0.0)
    more[np.abs(more) <= SAME * np.maximum(np.abs(limit), 1.0)] = 0.0
    soft = np.isfinite(penalty)
    cost = np.where(soft, np.where(soft, penalty, 0.0) * more, np.where(more > 0, np.inf, 0.0))
    return np.bincount(np.repeat(np.arange(len(options)), sizes), cost, minlength=len(options)).astype(float)


def _by_demand(standing: Standing) -> tuple[Wholes, Wholes]:
    """Sites by demand: point i is reached from ``site[start[i]:start[i + 1]]``."""
    problem = standing.problem
    order = np.argsort(problem.arc_demand, kind="stable")
    counts = np.bincount(problem.arc_demand, minlength=len(problem.demand_ids))
    return np.concatenate([[0], np.cumsum(counts)]), standing.arc_site[order]


def _sites_at(reached: tuple[Wholes, Wholes], demand: Wholes) -> Wholes:
    start, site = reached
    return site[spans(start[demand], start[demand + 1] - start[demand])]


def _options_of(problem: Problem, sites: Wholes) -> Wholes:
    return spans(problem.option_start[sites], problem.option_start[sites + 1] - problem.option_start[sites])


def new_sites(problem: Problem, taken: Wholes, existing: Flags) -> Wholes:
    """Places of the chosen sites that do not exist yet."""
    return np.flatnonzero((taken != NONE) & ~existing)


def _sentence(repair: Repair, other: str | None) -> str:
    lost, served = figures(max(repair.worth_lost, 0.0)), repair.served_lost_kwh
    change = (
        f"het plan bedient dan {figures(abs(served))} kWh per jaar {'minder' if served > 0 else 'meer'}"
        if round(served) != 0
        else "het plan bedient dan evenveel"
    )
    if other is None:
        return (
            f"Zonder deze plek komt er geen andere voor terug: {change}; het verlies is hoogstens {lost} kWh per jaar."
        )
    if round(max(repair.worth_lost, 0.0)) == 0:
        return f"{other} is even goed: {change}."
    return f"De beste andere plek is {other}: {change}; het verlies is hoogstens {lost} kWh per jaar."
