"""The best plan from the sites of several plans together, by a small exact model.

In: a `Cover` of plain coverage and plans of it. Out: sites. Hard decisions: only sites of some plan may be taken, so
that most points see few sites and many the same ones. Points that see the same are one row; what is left has hundreds
of rows, where the whole problem has ten thousands. The model is handed to HiGHS as arrays, because it is made time and
again.

Formula
-------
maximise ``sum_i weight_i z_i + sum_j given_j y_j`` with ``z_i <= sum of y_j over the sites j of row i``,
``sum_j y_j <= count``, ``y`` in {0, 1}, ``0 <= z <= 1``.
"""

from collections.abc import Sequence

import highspy
import numpy as np

from laadplan.optimise.problem import Floats, Wholes
from laadplan.optimise.ruin import Cover

NODES = 300
"""Branch-and-bound nodes at most: the limit of work."""

SECONDS = 20.0
"""Safety stop of one fusion; with the nodes above it took 0.1 to 3 s on towns of 1,000 to 10,000 points."""

DIFFERING_MOST = 300
"""Plans are fused together as long as so many sites at most are in some and not in others: 0.1 to 4 s each."""

HALF = 0.5


def fuse_all(cover: Cover, plans: Sequence[Wholes], count: int) -> Wholes:
    """Sites of the best plan made of these plans: the first and the others in turn, several at once while few differ.

    Parameters
    ----------
    cover, plans, count
        As `fuse`.
    """
    best, others = plans[0], list(plans[1:])
    while others:
        some = [best, others.pop(0)]
        while others and _differing([*some, others[0]]) <= DIFFERING_MOST:
            some.append(others.pop(0))
        if _differing(some):
            best = fuse(cover, some, count)
    return best


def _differing(plans: Sequence[Wholes]) -> int:
    """How many sites some plans have and others have not."""
    _, plans_of = np.unique(np.concatenate(plans), return_counts=True)
    return int((plans_of < len(plans)).sum())


def fuse(cover: Cover, plans: Sequence[Wholes], count: int, *, nodes: int = NODES, seconds: float = SECONDS) -> Wholes:
    """Sites of the best plan that takes at most ``count`` sites of these plans; the first plan where none is found.

    Parameters
    ----------
    cover
        Plain coverage (``weight`` per point).
    plans
        Sites per plan, without those that are always taken; the first one is the plan to beat.
    """
    sites = np.unique(np.concatenate([*plans, np.zeros(0, np.int64)]))
    if not len(sites):
        return sites
    weight, row, member = _rows(cover, sites)
    solver = _solver(nodes, seconds)
    solver.passModel(_model(weight, row, member, cover.given[sites], count))
    solver.setSolution(_start(np.isin(sites, plans[0]), row, member, len(weight)))
    solver.run()
    highspy.Highs.resetGlobalScheduler(True)
    values = np.asarray(solver.getSolution().col_value)[: len(sites)]
    found = sites[values > HALF]
    return found if len(values) and len(found) <= count else np.sort(plans[0])


def _solver(nodes: int, seconds: float) -> highspy.Highs:
    # HiGHS keeps its threads for the whole process and refuses another number of them: begin anew, and leave none.
    highspy.Highs.resetGlobalScheduler(True)
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, value in (
        ("output_flag", False),
        ("threads", 1),
        ("mip_rel_gap", 0.0),
        ("mip_max_nodes", nodes),
        ("time_limit", seconds),
    ):
        solver.setOptionValue(name, value)
    return solver


def _rows(cover: Cover, sites: Wholes) -> tuple[Floats, Wholes, Wholes]:
    """Weight per row, and row and site of each pair; points that see the same sites are one row."""
    lengths = np.diff(cover.start)[sites]
    member = np.repeat(np.arange(len(sites)), lengths)
    arcs = np.arange(lengths.sum()) + np.repeat(cover.start[sites] - np.cumsum(lengths) + lengths, lengths)
    point = cover.points[arcs].astype(np.int64)
    free = ~_always_served(cover)[point]
    point, member = point[free], member[free]
    order = np.lexsort((member, point))
    point, member = point[order], member[order]
    first = np.flatnonzero(np.diff(point, prepend=-1))
    marks = _marks(len(sites))[member]
    seen = np.bitwise_xor.reduceat(marks, first) if len(first) else marks
    _, kept, row = np.unique(seen, return_index=True, return_inverse=True)
    weight = np.bincount(row, cover.weight[point[first]], minlength=len(kept))
    lengths = np.diff(first, append=len(point))
    own = np.zeros(len(first), dtype=bool)
    own[kept] = True
    wanted = np.repeat(own, lengths)
    return np.asarray(weight, dtype=float), np.repeat(row, lengths)[wanted].astype(np.int64), member[wanted]


def _always_served(cover: Cover) -> np.ndarray:
    """Points served by a site that is always taken."""
    served = np.zeros(len(cover.back) - 1, dtype=bool)
    for site in np.flatnonzero(cover.kept):
        served[cover.points[cover.start[site] : cover.start[site + 1]]] = True
    return served


def _marks(many: int) -> np.ndarray:
    """A number of 64 bits per site, so mixed that different sets of sites have different exclusive-ors (splitmix64).

    Two sets that had the same would be one row by mistake; the plan found would then be worth less than thought, which
    is seen when its worth is counted.
    """
    marks = (np.arange(many, dtype=np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    marks = (marks ^ (marks >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    marks = (marks ^ (marks >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(marks ^ (marks >> np.uint64(31)))


def _model(weight: Floats, row: Wholes, member: Wholes, given: Floats, count: int) -> highspy.HighsLp:
    """The model of the formula above: columns are sites and then rows; the last row is the number of sites."""
    sites, rows = len(given), len(weight)
    order = np.lexsort((member, row))
    lines = np.concatenate([row[order], np.arange(rows), np.full(sites, rows)])
    columns = np.concatenate([member[order], sites + np.arange(rows), np.arange(sites)])
    values = np.concatenate([np.full(len(row), -1.0), np.ones(rows + sites)])
    sorting = np.argsort(lines, kind="stable")
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = sites + rows, rows + 1
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = np.concatenate([given, weight])
    model.col_lower_, model.col_upper_ = np.zeros(sites + rows), np.ones(sites + rows)
    model.row_lower_ = np.full(rows + 1, -highspy.kHighsInf)
    model.row_upper_ = np.append(np.zeros(rows), float(count))
    model.integrality_ = [highspy.HighsVarType.kInteger] * sites + [highspy.HighsVarType.kContinuous] * rows
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.concatenate([[0], np.cumsum(np.bincount(lines, minlength=rows + 1))])
    model.a_matrix_.index_, model.a_matrix_.value_ = columns[sorting], values[sorting]
    return model


def _start(taken: np.ndarray, row: Wholes, member: Wholes, rows: int) -> highspy.HighsSolution:
    served = np.zeros(rows)
    np.maximum.at(served, row, taken[member].astype(float))
    solution = highspy.HighsSolution()
    solution.col_value = [*taken.astype(float), *served]
    return solution
