"""The best service in a neighbourhood, all else staying as it is: what a change of one site costs, exactly there.

In: how a choice stands, the open sites and the demand of a neighbourhood. Out: the worth of serving it, and the kWh
served. A linear problem of some hundred arcs; what the sites serve elsewhere is taken off their room. Since any service
is allowed, a worth found here is one that can be had: the best over the whole town is never less.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

from laadplan.optimise.problem import Floats, Problem, Wholes
from laadplan.optimise.standing import Standing, served_by_group


def spans(starts: Wholes, sizes: Wholes) -> Wholes:
    """The places from each start on, as many as its size, one after the other.

    >>> spans(np.array([10, 20]), np.array([2, 3])).tolist()
    [10, 11, 20, 21, 22]
    """
    return np.repeat(starts - (np.cumsum(sizes) - sizes), sizes) + np.arange(int(sizes.sum()))


def arcs_of(problem: Problem, sites: Wholes) -> Wholes:
    """Places of the arcs of the sites, in order of site and arc."""
    return spans(problem.arc_start[sites], problem.arc_start[sites + 1] - problem.arc_start[sites])


def served_worth(standing: Standing, arcs: Wholes) -> tuple[float, float]:
    """Worth and kWh of what the choice serves over the arcs."""
    problem, served = standing.problem, standing.choice.served_kwh[arcs]
    worth = served * problem.arc_worth[arcs, None] * problem.period_worth[None, :]
    return float(worth.sum()), float(served.sum())


def best_service(standing: Standing, demand: Wholes, arcs: Wholes, room_kwh: Floats) -> tuple[float, float]:
    """Most worth over the arcs, what groups of demand then lack taken off, and the kWh served for it.

    Parameters
    ----------
    standing
        How the choice stands: it tells what the groups get from elsewhere.
    demand
        Places of the demand of the neighbourhood: what no arc reaches is served by none of them.
    arcs
        All arcs from the open sites of the neighbourhood to its demand, in rising order.
    room_kwh
        Per site and period (m, t): what it can serve here, infinite where unbounded.
    """
    problem = standing.problem
    groups = _grouped(standing, demand)
    if not len(arcs):
        return -float(groups.penalty @ np.maximum(groups.asked, 0.0)), 0.0
    whole = [
        _rows(problem.arc_demand[arcs], problem.demand_kwh),
        _rows(standing.arc_site[arcs], np.maximum(room_kwh, 0.0)),
    ]
    matrix, limits = _stacked(
        whole, len(arcs) * len(problem.period_worth), groups, problem.demand_group[problem.arc_demand[arcs]]
    )
    gain = (problem.arc_worth[arcs, None] * problem.period_worth[None, :]).ravel()
    found = linprog(np.concatenate([-gain, groups.penalty]), A_ub=matrix, b_ub=limits, method="highs-ds")
    return -float(found.fun), float(found.x[: len(gain)].sum())


@dataclass(frozen=True)
class _Groups:
    """Groups of the demand here: their places, kWh they still ask from here, and worth lost per kWh below it."""

    places: Wholes
    asked: Floats
    penalty: Floats


def _grouped(standing: Standing, demand: Wholes) -> _Groups:
    problem = standing.problem
    own = problem.demand_group[demand]
    places = np.unique(own[own >= 0])
    served = (problem.demand_kwh - standing.left_kwh).sum(axis=1)[demand]
    here = np.bincount(own[own >= 0], served[own >= 0], minlength=len(problem.groups.ids))
    asked = problem.groups.least_kwh - (served_by_group(standing) - here)
    return _Groups(places, asked[places], problem.groups.penalty[places])


def lack_of(standing: Standing, demand: Wholes) -> float:
    """Worth lost, as the choice stands, by what the groups of this demand lack."""
    problem = standing.problem
    own = problem.demand_group[demand]
    places = np.unique(own[own >= 0])
    short = np.maximum(problem.groups.least_kwh - served_by_group(standing), 0.0)
    return float((problem.groups.penalty * short)[places].sum())


def _rows(places: Wholes, room_kwh: Floats) -> tuple[Wholes, Wholes, Floats]:
    """A row per place and period: rows and columns of its arcs, and its room; what is unbounded has no row."""
    used, own = np.unique(places, return_inverse=True)
    periods = room_kwh.shape[1]
    row = (own[:, None] * periods + np.arange(periods)[None, :]).ravel()
    room = room_kwh[used].ravel()
    bounded = np.isfinite(room)
    kept = bounded[row]
    return (np.cumsum(bounded) - 1)[row[kept]], np.flatnonzero(kept), room[bounded]


def _stacked(
    parts: list[tuple[Wholes, Wholes, Floats]], columns: int, groups: _Groups, group_of_arc: Wholes
) -> tuple[coo_array, Floats]:
    """One matrix of all rows: rooms, then what each group asks with a lack of its own as column."""
    rows, places, limits = [], [], [room for _, _, room in parts]
    above = 0
    for row, column, room in parts:
        rows.append(row + above)
        places.append(column)
        above += len(room)
    values = [np.ones(sum(map(len, rows)))]
    if len(groups.places):
        of_arc = np.repeat(group_of_arc, columns // len(group_of_arc))
        member = np.flatnonzero(of_arc >= 0)
        lack = np.arange(len(groups.places))
        rows += [above + np.searchsorted(groups.places, of_arc[member]), above + lack]
        places += [member, columns + lack]
        values.append(-np.ones(len(member) + len(lack)))
        limits.append(-groups.asked)
    shape = (above + len(groups.places), columns + len(groups.places))
    matrix = coo_array((np.concatenate(values), (np.concatenate(rows), np.concatenate(places))), shape=shape)
    return matrix.tocsr(), np.concatenate(limits)
