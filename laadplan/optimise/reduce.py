"""A smaller problem with the same best plans, and the way back.

In: any `Problem`. Out: a `Reduced` that holds the smaller problem and restores its choice and its prices. Nothing is
approximated: what is left out changes no best worth.

Reductions
----------
arcs
    Left out where nothing can be gained over them: no demand, no capacity, or worth nil to a point of no group.
demand
    Points that the same sites reach at the same worth, in the same group, are one point; points nobody reaches go.
options
    Left out where another one of the site has as much capacity, as much worth and no more use of any limit.
sites
    Left out where another one of unbounded capacity reaches all its points at as much worth, costs no more of anything,
    and having both brings nothing; and where they reach nobody and bring nothing. Never a site that must be taken.
"""

from dataclasses import dataclass, replace

import numpy as np

from laadplan.optimise.prices import Prices
from laadplan.optimise.problem import NONE, Choice, Flags, Problem, Wholes
from laadplan.optimise.same_points import same_points
from laadplan.optimise.worse_sites import idle_sites, worse_options, worse_sites


@dataclass(frozen=True)
class Reduced:
    """A smaller problem with what it was made from.

    Attributes
    ----------
    problem, original
        The smaller problem, and the one it stands for.
    point_of
        Per demand point of the original (n): place of the point that stands for it, or -1.
    sites, options
        Per site and option of the smaller problem: its place in the original; rising.
    """

    problem: Problem
    original: Problem
    point_of: Wholes
    sites: Wholes
    options: Wholes

    def restore(self, choice: Choice) -> Choice:
        """The same choice in the original: what one point is served is divided by demand over those it stands for."""
        taken = np.full(len(self.original.site_ids), NONE)
        taken[self.sites] = np.where(choice.taken == NONE, NONE, self.options[choice.taken])
        arcs, place = self._arcs()
        points = self.original.arc_demand[arcs]
        whole = self.problem.demand_kwh[self.point_of[points]]
        share = np.divide(self.original.demand_kwh[points], whole, out=np.zeros(whole.shape), where=whole > 0)
        served = np.zeros((len(self.original.arc_demand), len(self.original.period_worth)))
        served[arcs] = choice.served_kwh[place] * share
        return Choice(taken, served)

    def restore_prices(self, prices: Prices) -> Prices:
        """The same prices in the original; the bound is the same there too, unless sites were left out."""
        demand = np.zeros(self.original.demand_kwh.shape)
        known = self.point_of != NONE
        demand[known] = prices.demand[self.point_of[known]]
        return replace(prices, demand=demand)

    def narrow(self, taken: Wholes) -> Wholes:
        """A choice of options of the original in the smaller problem; what was left out there is not taken."""
        place = np.full(len(self.original.option_ids) + 1, NONE)
        place[self.options] = np.arange(len(self.options))
        return np.asarray(place[taken[self.sites]])

    def _arcs(self) -> tuple[Wholes, Wholes]:
        """Arcs of the original that have one in the smaller problem, and its place."""
        site = np.full(len(self.original.site_ids), NONE)
        site[self.sites] = np.arange(len(self.sites))
        many = max(1, len(self.problem.demand_ids))
        own, point = site[self.original.arc_site], self.point_of[self.original.arc_demand]
        known = np.flatnonzero((own != NONE) & (point != NONE))
        keys = self.problem.arc_site * many + self.problem.arc_demand
        sought = own[known] * many + point[known]
        place = np.minimum(np.searchsorted(keys, sought), max(0, len(keys) - 1))
        there = keys[place] == sought if len(keys) else np.zeros(len(known), dtype=bool)
        return known[there], place[there]


def reduce(problem: Problem, *, sites: bool = True) -> Reduced:
    """A smaller problem of the same best worth.

    Parameters
    ----------
    problem
        Any problem.
    sites
        Whether sites may be left out; without, prices of the smaller problem certify the same bound of the original.
    """
    found = _begin(problem)
    found = _without_options(found, ~worse_options(found.problem))
    found = _merged(_with_arcs(found, _useful_arcs(found.problem)))
    if not sites:
        return found
    kept = ~(idle_sites(found.problem) | worse_sites(found.problem))
    return (
        found if kept.all() else _merged(_without_options(found, np.repeat(kept, np.diff(found.problem.option_start))))
    )


def _begin(problem: Problem) -> Reduced:
    points, sites, options = len(problem.demand_ids), len(problem.site_ids), len(problem.option_ids)
    return Reduced(problem, problem, np.arange(points), np.arange(sites), np.arange(options))


def _starts(start: Wholes, kept: Flags) -> Wholes:
    """Starts of rows of which only some members are kept."""
    return np.asarray(np.concatenate([[0], np.cumsum(kept)])[start])


def _useful_arcs(problem: Problem) -> Flags:
    """Arcs over which something can be gained."""
    grouped = np.append(problem.groups.penalty > 0, False)[problem.demand_group]
    open_in = np.zeros((len(problem.site_ids), len(problem.period_worth)), dtype=bool)
    np.logical_or.at(open_in, problem.option_site, problem.option_capacity > 0)
    point = problem.arc_demand
    some = (open_in[problem.arc_site] & (problem.demand_kwh[point] > 0)).any(axis=1)
    return np.asarray(some & ((problem.arc_worth > 0) | grouped[point]))


def _with_arcs(found: Reduced, kept: Flags) -> Reduced:
    problem = found.problem
    if kept.all():
        return found
    smaller = replace(
        problem,
        arc_start=_starts(problem.arc_start, kept),
        arc_demand=problem.arc_demand[kept],
        arc_worth=problem.arc_worth[kept],
    )
    return replace(found, problem=smaller)


def _merged(found: Reduced) -> Reduced:
    """Points that are alike as one, without those that nobody reaches."""
    problem = found.problem
    many = len(problem.demand_ids)
    first = same_points(problem.arc_start, problem.arc_demand, problem.arc_worth, problem.demand_group)
    kept = (first == np.arange(many)) & (np.bincount(problem.arc_demand, minlength=many) > 0)
    place = np.where(kept, np.cumsum(kept) - 1, NONE)
    total = np.zeros((int(kept.sum()), len(problem.period_worth)))
    for period in range(total.shape[1]):
        total[:, period] = np.bincount(first, weights=problem.demand_kwh[:, period], minlength=many)[kept]
    arcs = kept[problem.arc_demand]
    smaller = replace(
        problem,
        demand_ids=tuple(problem.demand_ids[point] for point in np.flatnonzero(kept)),
        demand_kwh=total,
        demand_group=problem.demand_group[kept],
        arc_start=_starts(problem.arc_start, arcs),
        arc_demand=place[problem.arc_demand[arcs]],
        arc_worth=problem.arc_worth[arcs],
    )
    stands_for = np.append(place[first], NONE)
    return replace(found, problem=smaller, point_of=stands_for[found.point_of])


def _without_options(found: Reduced, kept: Flags) -> Reduced:
    """Only these options, without sites that have none left."""
    problem, limits = found.problem, found.problem.limits
    if kept.all():
        return found
    start = _starts(problem.option_start, kept)
    sites = np.diff(start) > 0
    uses = kept[limits.option]
    arcs = np.repeat(sites, np.diff(problem.arc_start))
    place = np.cumsum(kept) - 1
    smaller = replace(
        problem,
        site_ids=tuple(problem.site_ids[site] for site in np.flatnonzero(sites)),
        must=problem.must[sites],
        arc_start=np.concatenate([[0], np.cumsum(np.diff(problem.arc_start)[sites])]),
        arc_demand=problem.arc_demand[arcs],
        arc_worth=problem.arc_worth[arcs],
        option_start=np.concatenate([[0], np.cumsum(np.diff(start)[sites])]),
        option_ids=tuple(problem.option_ids[option] for option in np.flatnonzero(kept)),
        option_capacity=problem.option_capacity[kept],
        option_worth=problem.option_worth[kept],
        limits=replace(
            limits, start=_starts(limits.start, uses), option=place[limits.option[uses]], use=limits.use[uses]
        ),
    )
    return replace(found, problem=smaller, sites=found.sites[sites], options=found.options[kept])
