"""Solves a model with HiGHS, CBC or SCIP, and says what was proven in words that do not depend on which.

In: a `Model`, limits of work, and a plan to begin from. Out: a `Solved`. Hard decisions: PuLP calls a search that hit
its limit optimal, so its word is not used and each solver's own bound is read; CBC tells no bound when it is stopped,
so there it is unknown (infinite); a solver that is missing, fails or finds nothing is an outcome and never an error, so
that whoever has a plan keeps it.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pulp
from pulp import constants

from laadplan.optimise.answers import choice_of, values_of, worth_of
from laadplan.optimise.columns import Model
from laadplan.optimise.highs import NO_PLAN, BulkHighs, has_point, stopped_by
from laadplan.optimise.problem import Choice

Name = Literal["highs", "cbc", "scip"]

NAMES: dict[str, str] = {"highs": "HiGHS", "cbc": "CBC", "scip": "SCIP"}

CBC_INCREMENT = 1e-4
"""CBC calls a plan optimal when no other is better by more than this (its own default)."""

CBC_SAME_EACH_TIME = 100
"""Added to the number of threads, CBC divides its work the same way each time."""

HUGE = 1e19
"""An amount above this is infinite: SCIP writes infinity as 1e20."""

SCIP_STOPS = {
    "optimal": "gap",
    "gaplimit": "gap",
    "infeasible": "gap",
    "inforunbd": "gap",
    "nodelimit": "work",
    "totalnodelimit": "work",
    "timelimit": "seconds",
    "userinterrupt": "user",
}
"""SCIP's outcome to what ended the search; anything else is a failure."""


@dataclass(frozen=True)
class Limit:
    """How far a solver searches: proven gap, nodes, seconds (a safety stop), threads, seed; the worth to exceed."""

    gap: float
    nodes: int
    seconds: float
    threads: int
    seed: int
    cutoff: float | None


@dataclass(frozen=True)
class Solved:
    """What a solver found and proved.

    Attributes
    ----------
    choice, objective
        The plan and its worth; None and minus infinity when there is none.
    bound
        What no plan of the model exceeds, by the solver's word; infinite when it does not say, minus infinity when the
        model has no plan.
    stopped_by
        gap, work (nodes), seconds, user or failure.
    solver, version
        Which solver it was.
    message
        Why there is no plan, or what failed; empty when all went well.
    """

    choice: Choice | None
    objective: float
    bound: float
    stopped_by: str
    solver: str
    version: str
    message: str = ""


def solve_model(
    model: Model,
    solver: Name = "highs",
    *,
    start: Choice | None = None,
    gap: float = 0.0,
    nodes: int = 2_000_000_000,
    seconds: float = 300.0,
    threads: int = 1,
    seed: int = 0,
    cutoff: float | None = None,
) -> Solved:
    """The best plan that a solver finds within the limits, with its bound.

    Parameters
    ----------
    start
        A plan to begin from; it takes no option that the model leaves out.
    gap
        Proven share of the worth at which the search ends.
    cutoff
        Only a plan worth more is sought and given; when the search ends without one, the bound is the cutoff.

    Raises
    ------
    ValueError
        No such solver, or the plan to begin from does not fit the model.
    """
    if solver not in NAMES:
        raise ValueError(f"No solver is called {solver}; there are {', '.join(NAMES)}.")
    values = [None] * len(model.variables) if start is None else values_of(model, start).tolist()
    for variable, value in zip(model.variables, values, strict=True):
        variable.varValue = value
    limit = Limit(gap, nodes, seconds, threads, seed, cutoff)
    try:
        return RUNS[solver](model, limit, start is not None)
    except KeyboardInterrupt:
        return _nothing(solver, "user", "Stopped by hand.")
    except MemoryError:
        return _nothing(solver, "failure", f"{NAMES[solver]} ran out of memory.")
    except Exception as broken:  # noqa: BLE001 (pyscipopt raises nothing finer, and the plan so far must be kept)
        return _nothing(solver, "failure", f"{NAMES[solver]} failed: {_first_line(broken)}")


class Cbc(pulp.COIN_CMD):  # type: ignore[misc]  # PuLP carries no types for it
    """CBC as PuLP brings it, without the notice that PuLP 4 will not, and with its files gone also when it fails."""

    def create_tmp_files(self, name: str, *endings: str) -> tuple[str, ...]:
        """Names of the files between PuLP and CBC, remembered."""
        self.files = tuple(super().create_tmp_files(name, *endings))
        return self.files

    def actualSolve(self, lp: pulp.LpProblem, **more: Any) -> int:  # noqa: N802 (PuLP's name)
        """Runs CBC and leaves no file behind; it is given a cost to minimise.

        Told to maximise, CBC 2.10.3 calls a plan to begin from that is worth less than nothing the best there is.
        """
        self.files, worth = (), lp.objective
        lp.objective, lp.sense = -worth, constants.LpMinimize
        try:
            return int(super().actualSolve(lp, **more))
        finally:
            lp.objective, lp.sense = worth, constants.LpMaximize
            self.delete_tmp_files(*self.files)


class Scip(pulp.SCIP_PY):  # type: ignore[misc]  # PuLP carries no types for it
    """SCIP for PuLP with a worth to exceed and a plan to begin from that counts from the first node."""

    def __init__(self, *, begin: bool, cutoff: float | None, **options: Any) -> None:
        super().__init__(**options)
        self.begin, self.cutoff = begin, cutoff

    def buildSolverModel(self, lp: pulp.LpProblem) -> None:  # noqa: N802 (PuLP's name)
        """Hands the model to SCIP, with the cutoff and the plan."""
        super().buildSolverModel(lp)
        if self.cutoff is not None:
            lp.solverModel.setObjlimit(self.cutoff)
        if self.begin:
            plan = lp.solverModel.createSol()
            for variable in lp.variables():
                lp.solverModel.setSolVal(plan, variable.solverVar, variable.varValue or 0.0)
            lp.solverModel.addSol(plan)

    def callSolver(self, lp: pulp.LpProblem) -> None:  # noqa: N802 (PuLP's name)
        """Runs SCIP, which ends at Ctrl-C by itself; what it found is kept."""
        with suppress(KeyboardInterrupt):
            super().callSolver(lp)


def _by_highs(model: Model, limit: Limit, begin: bool) -> Solved:
    more = {} if limit.cutoff is None else {"objective_bound": -limit.cutoff}
    runner = BulkHighs(
        begin=begin,
        msg=False,
        threads=limit.threads,
        gapRel=limit.gap,
        timeLimit=limit.seconds,
        mip_max_nodes=limit.nodes,
        random_seed=limit.seed,
        **more,
    )
    model.lp.solve(runner)
    solver, version = model.lp.solverModel, model.lp.solverModel.version()
    if solver.getModelStatus() in NO_PLAN:
        return _no_plan("highs", version, limit)
    ended = {"nodes": "work"}.get(stopped_by(model.lp), stopped_by(model.lp))
    linear = not len(model.options)
    found = has_point(model.lp) and (not linear or ended == "gap")
    info = solver.getInfo()
    bound = np.inf if linear and not found else -info.objective_function_value if linear else -info.mip_dual_bound
    if not ended:
        words = f"HiGHS ended with: {solver.modelStatusToString(solver.getModelStatus())}."
        return _solved(model, "highs", version, limit, found=found, bound=np.inf, ended="failure", message=words)
    return _solved(model, "highs", version, limit, found=found, bound=bound, ended=ended)


def _by_cbc(model: Model, limit: Limit, begin: bool) -> Solved:
    runner = Cbc(
        path=pulp.PULP_CBC_CMD.pulp_cbc_path,
        msg=False,
        gapRel=limit.gap,
        timeLimit=limit.seconds,
        maxNodes=limit.nodes,
        threads=None if limit.threads == 1 else CBC_SAME_EACH_TIME + limit.threads,
        warmStart=begin,
        options=[f"randomSeed {limit.seed + 1}", f"randomCbcSeed {limit.seed + 1}"],  # to CBC 0 is the time of day
    )
    version = f"of PuLP {pulp.__version__}"
    if not runner.available():
        return _nothing("cbc", "failure", "CBC is not there, or may not be run.")
    model.lp.solve(runner)
    if model.lp.sol_status == constants.LpSolutionInfeasible:
        return _no_plan("cbc", version, limit)
    if model.lp.sol_status == constants.LpSolutionOptimal:
        worth = float(model.lp.objective.value())
        bound = worth + abs(worth) * limit.gap / (1.0 - min(limit.gap, 0.5)) + CBC_INCREMENT
        return _solved(model, "cbc", version, limit, found=True, bound=bound, ended="gap")
    found = model.lp.sol_status == constants.LpSolutionIntegerFeasible
    ended = "seconds" if model.lp.solutionTime >= limit.seconds else "work"
    return _solved(model, "cbc", version, limit, found=found, bound=np.inf, ended=ended)


def _by_scip(model: Model, limit: Limit, begin: bool) -> Solved:
    if not pulp.SCIP_PY(msg=False).available():
        return _nothing("scip", "failure", "SCIP is not installed; it comes with the extra 'scip'.")
    runner = Scip(
        begin=begin,
        cutoff=limit.cutoff,
        msg=False,
        gapRel=limit.gap,
        timeLimit=limit.seconds,
        maxNodes=limit.nodes,
        options=[f"lp/threads={limit.threads}", f"randomization/randomseedshift={limit.seed}"],
    )
    model.lp.solve(runner)
    solver, version = model.lp.solverModel, str(model.lp.solverModel.version())
    status = solver.getStatus()
    if status in ("infeasible", "inforunbd"):
        return _no_plan("scip", version, limit)
    ended = SCIP_STOPS.get(status, "failure")
    words = f"SCIP ended with: {status}." if ended == "failure" else ""
    bound = float(solver.getDualbound())
    found = solver.getNSols() > 0
    return _solved(model, "scip", version, limit, found=found, bound=bound, ended=ended, message=words)


RUNS: dict[str, Callable[[Model, Limit, bool], Solved]] = {"highs": _by_highs, "cbc": _by_cbc, "scip": _by_scip}


def _solved(
    model: Model,
    solver: str,
    version: str,
    limit: Limit,
    *,
    found: bool,
    bound: float,
    ended: str,
    message: str = "",
) -> Solved:
    """The outcome with the plan read from the variables, where there is one."""
    bound = bound if np.isfinite(bound) and abs(bound) < HUGE else np.inf
    bound = bound if limit.cutoff is None else max(bound, limit.cutoff)
    values = np.array([_value(variable) for variable in model.variables]) if found else np.zeros(0)
    choice = choice_of(model, values) if found else None
    if found and choice is None:
        words = message or "The values it gave are no plan."
        return Solved(None, -np.inf, bound, "failure", NAMES[solver], version, words)
    worth = -np.inf if choice is None else worth_of(model.problem, choice)
    if limit.cutoff is not None and worth <= limit.cutoff and ended == "gap":
        return _no_plan(solver, version, limit)
    if choice is None or (limit.cutoff is not None and worth <= limit.cutoff):
        words = message or "It found no plan within its limits."
        return Solved(None, -np.inf, bound, ended, NAMES[solver], version, words)
    return Solved(choice, worth, max(bound, worth), ended, NAMES[solver], version, message)


def _value(variable: pulp.LpVariable) -> float:
    return float("nan") if variable.varValue is None else float(variable.varValue)


def _no_plan(solver: str, version: str, limit: Limit) -> Solved:
    if limit.cutoff is None:
        words, bound = "No plan keeps all hard limits.", -np.inf
    else:
        words, bound = "No plan is worth more than the cutoff.", limit.cutoff
    return Solved(None, -np.inf, bound, "gap", NAMES[solver], version, words)


def _nothing(solver: str, ended: str, message: str) -> Solved:
    return Solved(None, -np.inf, np.inf, ended, NAMES[solver], "", message)


def _first_line(broken: Exception) -> str:
    return (str(broken).splitlines() or [type(broken).__name__])[0]
