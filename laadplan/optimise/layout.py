"""The problem laid out for compiled loops: the same arrays, with the limits turned to stand by option.

In: a `Problem`. Out: a `Layout`, which compiled functions take as one argument. Nothing is copied that need not be; all
arrays are laid out in one way, so that loops are compiled once.
"""

from typing import NamedTuple

import numpy as np

from laadplan.geo.compiled import plain
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
        demand=plain(problem.demand_kwh, np.float64),
        period_worth=plain(problem.period_worth, np.float64),
        group=plain(problem.demand_group, np.int64),
        must=plain(problem.must, np.bool_),
        arc_start=plain(problem.arc_start, np.int64),
        arc_demand=plain(problem.arc_demand, np.int64),
        arc_worth=plain(problem.arc_worth, np.float64),
        option_start=plain(problem.option_start, np.int64),
        option_capacity=plain(problem.option_capacity, np.float64),
        option_worth=plain(problem.option_worth, np.float64),
        row_start=plain(np.concatenate([[0], np.cumsum(many)]), np.int64),
        row=plain(rows[order], np.int64),
        use=plain(np.asarray(limits.use)[order], np.float64),
        limit=plain(limits.limit, np.float64),
        penalty=plain(limits.penalty, np.float64),
        least=plain(problem.groups.least_kwh, np.float64),
        group_penalty=plain(problem.groups.penalty, np.float64),
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
