"""HiGHS for PuLP, with the model handed over in one piece and a plan to begin from.

In: a PuLP problem. Out: the values of its variables. PuLP's own interface adds columns and rows one by one, knows no
outcome for a search that stopped at its node limit, and begins from nothing whatever it is told; this subclass mends
that, keeps the solver's bound readable, and stops at Ctrl-C with what was found.
"""

from typing import Any

import highspy
import numpy as np
import pulp
from pulp import constants

STOPPED = {
    highspy.HighsModelStatus.kOptimal: "gap",
    highspy.HighsModelStatus.kModelEmpty: "gap",
    highspy.HighsModelStatus.kSolutionLimit: "nodes",
    highspy.HighsModelStatus.kTimeLimit: "seconds",
    highspy.HighsModelStatus.kInterrupt: "user",
}
"""HiGHS's outcome to what ended the search; anything else has no plan."""

NO_PLAN = {
    highspy.HighsModelStatus.kInfeasible,
    highspy.HighsModelStatus.kUnboundedOrInfeasible,
    highspy.HighsModelStatus.kObjectiveBound,
}
"""Outcomes that prove that no plan exists, or none above the cutoff; a siting problem is never unbounded."""

LOOK_S = 0.1
"""Between two looks at whether the search ended or Ctrl-C was pressed (s)."""


class BulkHighs(pulp.HiGHS):  # type: ignore[misc]  # PuLP carries no types for it
    """PuLP's HiGHS with the model passed as one sparse matrix.

    Parameters
    ----------
    begin
        Whether the values of the variables are a plan to begin from.
    options
        Those of `pulp.HiGHS` and of HiGHS itself.
    """

    def __init__(self, *, begin: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.begin = begin

    def buildSolverModel(self, lp: pulp.LpProblem) -> None:  # noqa: N802 (PuLP's name)
        """Hands the model to HiGHS as arrays, in PuLP's order of variables and constraints."""
        variables = lp.variables()
        for place, variable in enumerate(variables):
            variable.index = place
        rows = list(lp._constraints.values())
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(variables), len(rows)
        sign = -1.0 if lp.sense == constants.LpMaximize else 1.0
        model.col_cost_ = np.array([sign * lp.objective.get(variable, 0.0) for variable in variables])
        model.col_lower_ = np.array([_or(variable.lowBound, -highspy.kHighsInf) for variable in variables])
        model.col_upper_ = np.array([_or(variable.upBound, highspy.kHighsInf) for variable in variables])
        model.row_lower_ = np.array([_or(row.getLb(), -highspy.kHighsInf) for row in rows])
        model.row_upper_ = np.array([_or(row.getUb(), highspy.kHighsInf) for row in rows])
        model.integrality_ = [
            highspy.HighsVarType.kInteger if variable.cat == constants.LpInteger else highspy.HighsVarType.kContinuous
            for variable in variables
        ]
        _fill_matrix(model, rows)
        lp.solverModel.passModel(model)
        if self.begin:
            start = highspy.HighsSolution()
            start.col_value = [_or(variable.varValue, 0.0) for variable in variables]
            lp.solverModel.setSolution(start)

    def callSolver(self, lp: pulp.LpProblem) -> None:  # noqa: N802 (PuLP's name)
        """Runs HiGHS so that Ctrl-C ends the search with what was found; pressed again, without.

        HiGHS does not listen while it solves a linear problem. It is waited for: what is left behind would keep the
        next search from starting.
        """
        solver = lp.solverModel
        solver.HandleUserInterrupt = True
        solver.startSolve()
        try:
            _await(solver)
        except KeyboardInterrupt:
            solver.cancelSolve()
            _await(solver)

    def findSolutionValues(self, lp: pulp.LpProblem) -> tuple[int, int]:  # noqa: N802 (PuLP's name)
        """Puts the values into the variables; PuLP's own status is not to be used."""
        if not has_point(lp):
            return constants.LpStatusNotSolved, constants.LpSolutionNoSolutionFound
        for variable, value in zip(lp.variables(), lp.solverModel.getSolution().col_value, strict=True):
            variable.varValue = value
        proven = stopped_by(lp) == "gap"
        return constants.LpStatusOptimal, (
            constants.LpSolutionOptimal if proven else constants.LpSolutionIntegerFeasible
        )


def stopped_by(lp: pulp.LpProblem) -> str:
    """What ended the search: gap, nodes, seconds or user; empty when there is no solution."""
    return STOPPED.get(lp.solverModel.getModelStatus(), "")


def has_point(lp: pulp.LpProblem) -> bool:
    """Whether HiGHS holds values that keep all rows."""
    info = lp.solverModel.getInfo()
    feasible = info.primal_solution_status == int(highspy.SolutionStatus.kSolutionStatusFeasible)
    return bool(feasible and np.isfinite(info.objective_function_value))


def _await(solver: highspy.Highs) -> None:
    while not solver.wait(LOOK_S)[0]:
        pass


def _fill_matrix(model: highspy.HighsLp, rows: list[pulp.LpConstraint]) -> None:
    lengths = [len(row) for row in rows]
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    model.a_matrix_.index_ = np.array([variable.index for row in rows for variable in row], dtype=np.int32)
    model.a_matrix_.value_ = np.array([value for row in rows for value in row.values()], dtype=float)


def _or(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else float(value)
