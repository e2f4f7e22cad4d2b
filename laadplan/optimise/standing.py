"""How a choice stands against its problem: what is left of demand and of every limit.

In: a `Problem` and a `Choice`. Out: a `Standing` of plain arrays, and the worth of the choice. What explains a plan is
computed from these, never from the search, so that it holds for a plan of any origin.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from laadplan.optimise.problem import NONE, Choice, Floats, Problem, Wholes

SAME = 1e-6
"""Amounts that differ by less, as a share of their size, are the same: a solver keeps no more."""


@dataclass(frozen=True)
class Standing:
    """What a choice leaves.

    Attributes
    ----------
    used
        Per limit (r): what the options taken use of it together.
    left_kwh
        Per demand point and period (n, t): demand that is not served.
    load_kwh, capacity_kwh
        Per site and period (m, t): kWh served there, and what the option taken can serve.
    """

    problem: Problem
    choice: Choice
    used: Floats
    left_kwh: Floats
    load_kwh: Floats
    capacity_kwh: Floats

    @cached_property
    def rows(self) -> tuple[Wholes, Wholes, Floats]:
        """Limits by option: option o uses ``use[e]`` of limit ``row[e]`` for e in ``start[o]:start[o + 1]``."""
        limits = self.problem.limits
        order = np.argsort(limits.option, kind="stable")
        row = np.repeat(np.arange(len(limits.ids)), np.diff(limits.start))
        counts = np.bincount(limits.option, minlength=len(self.problem.option_ids))
        return np.concatenate([[0], np.cumsum(counts)]), row[order], limits.use[order]

    @cached_property
    def arc_site(self) -> Wholes:
        """Site of each arc (k)."""
        return self.problem.arc_site

    @cached_property
    def option_site(self) -> Wholes:
        """Site of each option (o)."""
        return self.problem.option_site

    def use_of(self, option: int) -> tuple[Wholes, Floats]:
        """Limits that an option uses, and how much of each; none where no option is meant."""
        if option == NONE:
            return np.empty(0, dtype=np.int64), np.empty(0)
        start, row, use = self.rows
        part = slice(start[option], start[option + 1])
        return row[part], use[part]

    @property
    def room(self) -> Floats:
        """Per limit (r): what is left of it; below 0: how far the choice is beyond it."""
        return self.problem.limits.limit - self.used


def stand(problem: Problem, choice: Choice) -> Standing:
    """How the choice stands against the problem."""
    taken = choice.taken[choice.taken != NONE]
    is_taken = np.zeros(len(problem.option_ids), dtype=bool)
    is_taken[taken] = True
    limits = problem.limits
    row = np.repeat(np.arange(len(limits.ids)), np.diff(limits.start))
    own = is_taken[limits.option]
    capacity = np.zeros((len(problem.site_ids), len(problem.period_worth)))
    capacity[choice.taken != NONE] = problem.option_capacity[taken]
    return Standing(
        problem=problem,
        choice=choice,
        used=np.bincount(row[own], limits.use[own], minlength=len(limits.ids)).astype(float),
        left_kwh=np.maximum(problem.demand_kwh - _summed(problem.arc_demand, choice, len(problem.demand_ids)), 0.0),
        load_kwh=_summed(problem.arc_site, choice, len(problem.site_ids)),
        capacity_kwh=capacity,
    )


def worth_of(standing: Standing) -> float:
    """Worth of the choice: what it serves and takes, less the penalties of limits and groups that it breaks."""
    problem, choice = standing.problem, standing.choice
    served = float((choice.served_kwh * problem.arc_worth[:, None] * problem.period_worth[None, :]).sum())
    taken = choice.taken[choice.taken != NONE]
    lacking = np.maximum(problem.groups.least_kwh - served_by_group(standing), 0.0)
    return (
        served
        + float(problem.option_worth[taken].sum())
        - float(penalties(problem, standing.used).sum())
        - float(problem.groups.penalty @ lacking)
    )


def penalties(problem: Problem, used: Floats, rows: Wholes | None = None) -> Floats:
    """Per limit, of all or of the rows given: worth lost by what is used above it; none where that may not be."""
    own = slice(None) if rows is None else rows
    limit, penalty = problem.limits.limit[own], problem.limits.penalty[own]
    over = np.maximum(used[own] - limit, 0.0)
    over[over <= SAME * np.maximum(np.abs(limit), 1.0)] = 0.0
    penalty = np.where(np.isfinite(penalty), penalty, 0.0)
    return np.asarray(over * penalty)


def served_by_group(standing: Standing) -> Floats:
    """Per group (g): kWh served to its demand over all periods."""
    problem = standing.problem
    served = (problem.demand_kwh - standing.left_kwh).sum(axis=1)
    own = problem.demand_group >= 0
    return np.bincount(problem.demand_group[own], served[own], minlength=len(problem.groups.ids)).astype(float)


def _summed(places: Wholes, choice: Choice, size: int) -> Floats:
    """What is served over the arcs, summed by place, per period."""
    periods = choice.served_kwh.shape[1]
    return np.stack([np.bincount(places, choice.served_kwh[:, t], minlength=size) for t in range(periods)], axis=1)
