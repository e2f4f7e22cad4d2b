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


def part_of(layout: Layout, sites: Wholes) -> tuple[Layout, Wholes]:
    """The layout with only these sites, whose demand and limits are those of the whole; and the options kept."""
    arcs = _places(layout.arc_start, sites)
    options = _places(layout.option_start, sites)
    entries = _places(layout.row_start, options)
    part = layout._replace(
        must=layout.must[sites],
        arc_start=_starts(layout.arc_start, sites),
        arc_demand=layout.arc_demand[arcs],
        arc_worth=layout.arc_worth[arcs],
        option_start=_starts(layout.option_start, sites),
        option_capacity=layout.option_capacity[options],
        option_worth=layout.option_worth[options],
        row_start=_starts(layout.row_start, options),
        row=layout.row[entries],
        use=layout.use[entries],
    )
    return part, options


def _starts(start: Wholes, kept: Wholes) -> Wholes:
    """Where the places of what is kept begin when they stand close together."""
    return np.concatenate([[0], np.cumsum(start[kept + 1] - start[kept])])


def _places(start: Wholes, kept: Wholes) -> Wholes:
    """The places of what is kept, in turn."""
    begins = _starts(start, kept)
    return np.repeat(start[kept] - begins[:-1], np.diff(begins)) + np.arange(begins[-1])


def _floats(values: Floats) -> Floats:
    return np.ascontiguousarray(values, dtype=np.float64)


def _wholes(values: Wholes) -> Wholes:
    return np.ascontiguousarray(values, dtype=np.int64)
