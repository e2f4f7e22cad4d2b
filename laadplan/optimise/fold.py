"""A problem without capacity as one of a single period, and the way back.

In: a `Problem` in which nothing runs full. Out: a `Folded`: the same with all periods as one, for the searches of plain
coverage and of the p-median, which know one period and no groups. Nothing is lost: a site that is open can serve all of
a point in each period, so that a point is served by the best open site that reaches it, or not at all.
"""

from dataclasses import dataclass, replace

import numpy as np

from laadplan.optimise.prices import Prices
from laadplan.optimise.problem import NONE, Choice, Floats, Groups, Problem, Wholes

WHOLE = 1e-9
"""Worths this near to whole numbers are whole numbers."""

LARGEST = 1e9
"""Sums of whole worths up to this are exact enough to round by: doubles keep them to 1e-7."""


@dataclass(frozen=True)
class Folded:
    """A problem of one period, and the one it stands for."""

    problem: Problem
    original: Problem

    def restore(self, taken: Wholes) -> Choice:
        """The choice of these options in the original, with its best service."""
        return Choice(taken, covered_kwh(self.original, taken))

    def restore_prices(self, prices: Prices) -> Prices:
        """The same prices in the original, which certify the same bound there."""
        groups = np.zeros(len(self.original.groups.ids))
        return Prices(prices.demand * self.original.period_worth[None, :], prices.limits, groups)


def fold(problem: Problem) -> Folded:
    """The problem with what is asked in all periods as one, each kWh at the worth of its period, without groups.

    Parameters
    ----------
    problem
        One for which `laadplan.optimise.cover.is_uncapacitated` holds.
    """
    single = replace(
        problem,
        demand_kwh=(problem.demand_kwh * problem.period_worth).sum(axis=1, keepdims=True),
        demand_group=np.full(len(problem.demand_ids), NONE),
        period_worth=np.ones(1),
        option_capacity=np.full((len(problem.option_ids), 1), np.inf),
        groups=Groups((), np.zeros(0), np.zeros(0)),
    )
    return Folded(single, problem)


def covered_kwh(problem: Problem, taken: Wholes) -> Floats:
    """Service per arc and period (k, t) of sites without capacity: each point by the first of its best sites taken."""
    site = problem.arc_site
    arcs = np.flatnonzero((taken != NONE)[site])
    order = arcs[np.lexsort((site[arcs], -problem.arc_worth[arcs], problem.arc_demand[arcs]))]
    points, first = np.unique(problem.arc_demand[order], return_index=True)
    served = np.zeros((len(site), len(problem.period_worth)))
    served[order[first]] = problem.demand_kwh[points]
    return served


def whole_step(folded: Folded) -> float:
    """What the worth of every plan is a multiple of, where all that counts is a whole number; else 0.

    A bound may then be rounded down to such a multiple.
    """
    problem = folded.problem
    worths = np.concatenate([problem.arc_worth * problem.demand_kwh[problem.arc_demand, 0], problem.option_worth])
    whole = np.rint(worths)
    if not len(worths) or np.abs(worths - whole).max() > WHOLE or np.abs(whole).sum() > LARGEST:
        return 0.0
    return float(np.gcd.reduce(whole.astype(np.int64)))
