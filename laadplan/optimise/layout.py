"""The problem laid out for compiled loops: the same arrays, with the limits turned to stand by option.

In: a `Problem`. Out: a `Layout`, which compiled functions take as one argument. Nothing is copied that need not be; all
arrays are laid out in one way, so that loops are compiled once.
"""

from typing import NamedTuple

import numpy as np

from laadplan.optimise.problem import Flags, Floats, Problem, Wholes


class Layout(NamedTuple):
    """Arrays of a `Problem` under their names there; ``row_start``, ``row`` and ``use`` are the limits by option.

    Option o uses ``use[e]`` of limit ``row[e]`` for e in ``row_start[o]:row_start[o + 1]``.
    """

    demand: Floats
    period_worth: Floats
    group: Wholes
    must: Flags
    arc_start: Wholes
    arc_demand: Wholes
    arc_worth: Floats
    option_start: Wholes
    option_capacity: Floats
    option_worth: Floats
    row_start: Wholes
    row: Wholes
    use: Floats
    limit: Floats
    penalty: Floats
    least: Floats
    group_penalty: Floats


def lay_out(problem: Problem) -> Layout:
    """The arrays of the problem for compiled loops."""
    limits = problem.limits
    rows = np.repeat(np.arange(len(limits.ids)), np.diff(limits.start))
    order = np.argsort(limits.option, kind="stable")
    many = np.bincount(limits.option, minlength=len(problem.option_ids))
    return Layout(
        demand=_floats(problem.demand_kwh),
        period_worth=_floats(problem.period_worth),
        group=_wholes(problem.demand_group),
        must=np.ascontiguousarray(problem.must, dtype=np.bool_),
        arc_start=_wholes(problem.arc_start),
        arc_demand=_wholes(problem.arc_demand),
        arc_worth=_floats(problem.arc_worth),
        option_start=_wholes(problem.option_start),
        option_capacity=_floats(problem.option_capacity),
        option_worth=_floats(problem.option_worth),
        row_start=_wholes(np.concatenate([[0], np.cumsum(many)])),
        row=_wholes(rows[order]),
        use=_floats(np.asarray(limits.use)[order]),
        limit=_floats(limits.limit),
        penalty=_floats(limits.penalty),
        least=_floats(problem.groups.least_kwh),
        group_penalty=_floats(problem.groups.penalty),
    )


def _floats(values: Floats) -> Floats:
    return np.ascontiguousarray(values, dtype=np.float64)


def _wholes(values: Wholes) -> Wholes:
    return np.ascontiguousarray(values, dtype=np.int64)
