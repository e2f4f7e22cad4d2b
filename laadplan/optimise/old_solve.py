"""Solves the siting problem and returns the plan with its proof.

In: a `Problem`. Out: a `Solution`: what is open, what is served where, and status, objective, bound and gap as the
solver proved them. PuLP calls a solve that hit its limit optimal; here only a plan without a gap is.
"""

import logging
from collections import Counter
from dataclasses import dataclass

import highspy
import numpy as np

from laadplan.config.optimisation import Optimisation
from laadplan.errors import NoFeasiblePlan
from laadplan.optimise.highs import BulkHighs, stopped_by
from laadplan.optimise.old_model import Model, build_model
from laadplan.optimise.old_problem import Problem

logger = logging.getLogger(__name__)

OPEN_FROM = 0.5
"""A binary variable above this is 1: the solver keeps it within 1e-6 of 0 or 1."""

NO_GAP = 1e-6
"""A gap below this is nil: what is left of it is the solver's tolerance."""

NOTHING_KWH = 1e-6
"""Served energy below this is nil (kWh a year)."""


@dataclass(frozen=True)
class Solution:
    """A plan with its proof.

    Attributes
    ----------
    chosen
        Per site (m): whether a pole stands there in the plan.
    served_kwh
        Per arc (k): kWh a year served.
    status
        ``optimal`` only when the gap is nil, ``within_gap`` when it is within the one asked for, else ``feasible``.
    objective, bound, gap
        Worth of the plan and its proven upper bound in kWh a year; (bound - objective) / max(|objective|, 1).
    stopped_by
        What ended the search: gap, nodes or seconds.
    below_floor
        Codes of the buurten with demand that have fewer poles than the floor, also where no candidate could help.
    """

    chosen: np.ndarray
    served_kwh: np.ndarray
    below_floor: tuple[str, ...]
    status: str
    objective: float
    bound: float
    gap: float
    seconds: float
    solver: str
    solver_version: str
    stopped_by: str


def solve(problem: Problem, settings: Optimisation, poles_allowed: int) -> Solution:
    """The best plan that could be proven within the limits.

    Raises
    ------
    NoFeasiblePlan
        The solver found no plan at all within its limits.
    """
    model = build_model(problem, settings, poles_allowed)
    solver = BulkHighs(
        msg=False,
        threads=1,
        gapRel=settings.gap_share,
        timeLimit=settings.seconds_max,
        mip_max_nodes=settings.nodes_max,
        random_seed=0,
    )
    model.problem.solve(solver)
    ended = stopped_by(model.problem)
    if not _has_plan(model, ended):
        raise NoFeasiblePlan(
            "The solver found no plan.",
            where="optimisation",
            todo="Raise nodes_max or seconds_max, or lower poles_per_buurt_min.",
        )
    return _solution(problem, model, settings, ended=ended)


def _has_plan(model: Model, ended: str) -> bool:
    """Whether the solver holds a feasible plan; a linear problem must also have been solved to its end."""
    info = model.problem.solverModel.getInfo()
    feasible = info.primal_solution_status == int(highspy.SolutionStatus.kSolutionStatusFeasible)
    finite = bool(np.isfinite([info.objective_function_value, info.mip_dual_bound if model.open else 0.0]).all())
    return feasible and finite and (ended == "gap" or (ended != "" and bool(model.open)))


def _solution(problem: Problem, model: Model, settings: Optimisation, *, ended: str) -> Solution:
    info = model.problem.solverModel.getInfo()
    objective = -float(info.objective_function_value)
    bound = -float(info.mip_dual_bound) if model.open else objective
    gap = max(0.0, bound - objective) / max(abs(objective), 1.0)
    chosen = problem.existing.copy()
    for place, variable in model.open.items():
        chosen[place] = (variable.value() or 0.0) > OPEN_FROM
    served = np.array([variable.value() or 0.0 for variable in model.served], dtype=float)
    below = _below_floor(problem, chosen, settings.poles_per_buurt_min)
    logger.info("Solved: objective %.0f, bound %.0f, gap %.4f %%, ended by %s", objective, bound, 100 * gap, ended)
    return Solution(
        chosen=chosen,
        served_kwh=np.where(served > NOTHING_KWH, served, 0.0),
        below_floor=below,
        status=_status(gap, settings.gap_share),
        objective=objective,
        bound=bound,
        gap=gap,
        seconds=float(model.problem.solverModel.getRunTime()),
        solver="HiGHS",
        solver_version=str(model.problem.solverModel.version()),
        stopped_by=ended,
    )


def _status(gap: float, gap_asked: float) -> str:
    if gap <= NO_GAP:
        return "optimal"
    return "within_gap" if gap <= gap_asked + NO_GAP else "feasible"


def _below_floor(problem: Problem, chosen: np.ndarray, floor: int) -> tuple[str, ...]:
    there = Counter(buurt for buurt, stands in zip(problem.buurt, chosen, strict=True) if stands)
    return tuple(code for code in problem.floor_buurten if there[code] < floor)
