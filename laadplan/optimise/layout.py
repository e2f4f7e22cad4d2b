"""The problem laid out for compiled loops: the same arrays, with the limits turned to stand by option.

In: a `Problem`. Out: a `Layout`, which compiled functions take as one argument. Nothing is copied that need not be.
"""

from typing import NamedTuple

import numpy as np

from laadplan.optimise.problem import Flags, Floats, Problem, Wholes


class Layout(NamedTuple):
    """Arrays of a `Problem` under the names they have there; ``row_start``, ``row`` and ``use`` are the limits by option.

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
        demand=np.ascontiguousarray(problem.demand_kwh, dtype=np.float64),
        period_worth=np.asarray(problem.period_worth, dtype=np.float64),
        group=np.asarray(problem.demand_group, dtype=np.int64),
        must=np.asarray(problem.must, dtype=np.bool_),
        arc_start=np.asarray(problem.arc_start, dtype=np.int64),
        arc_demand=np.asarray(problem.arc_demand, dtype=np.int64),
        arc_worth=np.asarray(problem.arc_worth, dtype=np.float64),
        option_start=np.asarray(problem.option_start, dtype=np.int64),
        option_capacity=np.ascontiguousarray(problem.option_capacity, dtype=np.float64),
        option_worth=np.asarray(problem.option_worth, dtype=np.float64),
        row_start=np.concatenate([[0], np.cumsum(many)]).astype(np.int64),
        row=rows[order].astype(np.int64),
        use=np.asarray(limits.use, dtype=np.float64)[order],
        limit=np.asarray(limits.limit, dtype=np.float64),
        penalty=np.asarray(limits.penalty, dtype=np.float64),
        least=np.asarray(problem.groups.least_kwh, dtype=np.float64),
        group_penalty=np.asarray(problem.groups.penalty, dtype=np.float64),
    )
