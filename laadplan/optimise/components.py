"""The connected parts of a siting problem, each a problem of its own, and the way back.

In: any `Problem`. Out: `Part`s that can be solved apart: their best plans together are the best plan of the whole, and
their bounds together bound it. Hard decisions: what is in no part has a price of nil; parts with nothing to choose are
one part, and small parts are put together until they are worth a search of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from laadplan.optimise.connected import connected, together
from laadplan.optimise.prices import Prices
from laadplan.optimise.problem import NONE, Choice, Groups, Limits, Problem, Wholes


@dataclass(frozen=True)
class Part:
    """A part of a problem, with the whole and the places of what is in it there; all rising."""

    problem: Problem
    whole: Problem
    sites: Wholes
    demand: Wholes
    limits: Wholes
    groups: Wholes

    @property
    def options(self) -> Wholes:
        """Places of its options in the whole."""
        return _members(self.whole.option_start, self.sites)

    @property
    def arcs(self) -> Wholes:
        """Places of its arcs in the whole."""
        return _members(self.whole.arc_start, self.sites)


def split(problem: Problem, *, least: int = 1) -> list[Part]:
    """The parts of a problem, the smallest first; the problem itself where at most one of them has a choice to make.

    Parameters
    ----------
    problem
        Any problem.
    least
        Parts of fewer arcs and sites than this are put together, about so many at a time.
    """
    labels = connected(problem)
    part_of, many, free = together(problem, labels, least)
    sizes = problem.sizes
    if free < 2:
        return [Part(problem, problem, *(np.arange(sizes[what]) for what in ("sites", "demand", "limits", "groups")))]
    rank = {what: np.full(sizes[what] + 1, NONE) for what in ("demand", "options", "groups")}
    dealt = zip(*(_dealt(part_of[label], many) for label in labels), strict=True)
    return [_part(problem, rank, *places) for places in dealt]


def join_choices(problem: Problem, parts: Sequence[Part], choices: Sequence[Choice]) -> Choice:
    """The choices of the parts as one of the whole."""
    taken = np.full(len(problem.site_ids), NONE)
    served = np.zeros((len(problem.arc_demand), len(problem.period_worth)))
    for part, choice in zip(parts, choices, strict=True):
        taken[part.sites] = np.where(choice.taken == NONE, NONE, part.options[choice.taken])
        served[part.arcs] = choice.served_kwh
    return Choice(taken, served)


def join_prices(problem: Problem, parts: Sequence[Part], prices: Sequence[Prices]) -> Prices:
    """The prices of the parts as those of the whole, whose bound is the sum of theirs."""
    demand, limits = np.zeros(problem.demand_kwh.shape), np.zeros(len(problem.limits.ids))
    groups = np.zeros(len(problem.groups.ids))
    for part, found in zip(parts, prices, strict=True):
        demand[part.demand], limits[part.limits], groups[part.groups] = found.demand, found.limits, found.groups
    return Prices(demand, limits, groups)


def _dealt(part: Wholes, many: int) -> list[Wholes]:
    """Places of each part, rising."""
    order = np.argsort(part, kind="stable")
    cuts = np.searchsorted(part[order], np.arange(many + 1))
    return [order[begin:end] for begin, end in pairwise(cuts)]


def _part(
    problem: Problem, rank: dict[str, Wholes], sites: Wholes, demand: Wholes, limits: Wholes, groups: Wholes
) -> Part:
    """A part of these sites, demand, limits and groups; ``rank`` is where places in the part are kept on the way."""
    rows = problem.limits
    options, arcs = _members(problem.option_start, sites), _members(problem.arc_start, sites)
    entries = _members(rows.start, limits)
    used = rows.use[entries] != 0
    row = np.repeat(np.arange(len(limits)), _counts(rows.start, limits))[used]
    for what, places in (("demand", demand), ("options", options), ("groups", groups)):
        rank[what][places] = np.arange(len(places))
    smaller = Problem(
        demand_ids=_chosen(problem.demand_ids, demand),
        demand_kwh=problem.demand_kwh[demand],
        demand_group=rank["groups"][problem.demand_group[demand]],
        period_worth=problem.period_worth,
        site_ids=_chosen(problem.site_ids, sites),
        must=problem.must[sites],
        arc_start=_starts(_counts(problem.arc_start, sites)),
        arc_demand=rank["demand"][problem.arc_demand[arcs]],
        arc_worth=problem.arc_worth[arcs],
        option_start=_starts(_counts(problem.option_start, sites)),
        option_ids=_chosen(problem.option_ids, options),
        option_capacity=problem.option_capacity[options],
        option_worth=problem.option_worth[options],
        limits=Limits(
            ids=_chosen(rows.ids, limits),
            kinds=_chosen(rows.kinds, limits),
            start=_starts(np.bincount(row, minlength=len(limits))),
            option=rank["options"][rows.option[entries[used]]],
            use=rows.use[entries[used]],
            limit=rows.limit[limits],
            penalty=rows.penalty[limits],
        ),
        groups=Groups(
            _chosen(problem.groups.ids, groups), problem.groups.least_kwh[groups], problem.groups.penalty[groups]
        ),
    )
    return Part(smaller, problem, sites, demand, limits, groups)


def _members(start: Wholes, rows: Wholes) -> Wholes:
    """Places of the members of these rows."""
    counts = _counts(start, rows)
    return np.asarray(np.repeat(start[rows] - _starts(counts)[:-1], counts) + np.arange(counts.sum()))


def _counts(start: Wholes, rows: Wholes) -> Wholes:
    return np.asarray(start[rows + 1] - start[rows])


def _starts(counts: Wholes) -> Wholes:
    return np.concatenate([[0], np.cumsum(counts)])


def _chosen(ids: tuple[str, ...], places: Wholes) -> tuple[str, ...]:
    return tuple(ids[place] for place in places.tolist())
