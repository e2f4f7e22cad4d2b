"""What in a siting problem hangs together: sites by demand they both reach, by limits and by groups.

In: any `Problem`. Out: numbers of connected parts, and which of them are to be solved together. Hard decisions: a limit
that no plan can exceed joins nothing, nor does a group that asks nothing; both belong to no part, nor does demand that
nobody reaches. Sites are joined by limits first: as one limit joins most of them, few arcs say anything new.
"""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from laadplan.optimise.problem import NONE, Flags, Problem, Wholes


def connected(problem: Problem) -> tuple[Wholes, Wholes, Wholes, Wholes]:
    """Connected part of each site, demand point, limit and group, as a number; -1: of none."""
    m, n, r, g = (problem.sizes[what] for what in ("sites", "demand", "limits", "groups"))
    rows = np.repeat(np.arange(r), np.diff(problem.limits.start))
    binds, counts = _can_bind(problem, rows), (problem.groups.least_kwh > 0) & (problem.groups.penalty > 0)
    entries = np.flatnonzero(binds[rows] & (problem.limits.use != 0))
    many, first = _joined(m + r, problem.option_site[problem.limits.option[entries]], m + rows[entries])
    of_arc = np.repeat(first[:m], np.diff(problem.arc_start))
    reach = np.full(n, NONE, dtype=first.dtype)
    reach[problem.arc_demand] = of_arc  # one of those that reach it
    other = reach[problem.arc_demand]
    new = np.flatnonzero(of_arc != other)
    asked = np.flatnonzero((reach != NONE) & np.append(counts, False)[problem.demand_group])
    begin = np.concatenate([of_arc[new], reach[asked]])
    label = _joined(many + g, begin, np.concatenate([other[new], many + problem.demand_group[asked]]))[1]
    return (
        label[first[:m]],
        np.append(label, NONE)[reach],
        np.where(binds, label[first[m:]], NONE),
        np.where(counts, label[many:], NONE),
    )


def together(problem: Problem, labels: Sequence[Wholes], least: int) -> tuple[Wholes, int, int]:
    """What is to be solved together: by connected part, how many such there are, and how many have a choice to make.

    Those with a choice come by size, the small ones first and put together to about ``least`` arcs and sites; those
    without are one, the first of all. The last entry stands for -1.
    """
    site = labels[0]
    known = np.unique(np.concatenate(labels))
    known = known[known != NONE]
    many = int(known[-1]) + 1 if len(known) else 0
    size = np.bincount(site, 1 + np.diff(problem.arc_start), minlength=many).astype(np.int64)
    rank = np.empty(many, dtype=np.int64)
    rank[np.argsort(size, kind="stable")] = np.arange(many)
    small = size < least
    key = np.where(small, np.cumsum(np.where(small, size, 0)) // least, many + rank)  # a lump, or a part of its own
    chooses = ~problem.must | (np.diff(problem.option_start) > 1)
    key[np.bincount(site[chooses], minlength=many) == 0] = NONE
    found, place = np.unique(key[known], return_inverse=True)
    part_of = np.full(many + 1, NONE)
    part_of[known] = place
    return part_of, len(found), int((found != NONE).sum())


def _joined(many: int, begin: Wholes, end: Wholes) -> tuple[int, Wholes]:
    """Number of connected parts of so many things, and the part of each."""
    if many == 0:
        return 0, np.zeros(0, dtype=np.int64)
    graph = coo_array((np.ones(len(begin)), (begin, end)), shape=(many, many))
    found, label = connected_components(graph, directed=False)
    return int(found), label


def _can_bind(problem: Problem, rows: Wholes) -> Flags:
    """Per limit, whether a plan can exceed it and that costs something."""
    limits, m = problem.limits, len(problem.site_ids)
    key, place = np.unique(rows * m + problem.option_site[limits.option], return_inverse=True)
    row, site = np.divmod(key, max(m, 1))
    most = np.full(len(key), -np.inf)
    np.maximum.at(most, place, limits.use)
    spared = ~problem.must[site] | (np.bincount(place, minlength=len(key)) < np.diff(problem.option_start)[site])
    used = np.bincount(row, np.where(spared, np.maximum(most, 0.0), most), minlength=len(limits.ids))
    return np.asarray((used > limits.limit) & (limits.penalty > 0))
