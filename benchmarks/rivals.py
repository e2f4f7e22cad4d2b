"""What laadplan's optimiser is measured beside: solvers on a plain model, and spopt; run as a script of its own.

In: a folder with `arrays.npz` (see `benchmarks.instances.rival_arrays`) and a job as JSON on the command line. Out: the
plan in `plan.npz`, the solver's log in `log.txt`, and on stdout seconds, bound and versions as JSON. The script imports
nothing of laadplan, so that the peers' own Python can run it. The plain model is built in PuLP as anyone would who
knows that a matrix is sparse: one expression per row, no loop over pairs out of reach. Seconds run from arrays in
memory to values in memory: model building, handing over, solving and reading back; importing libraries is not in them.

Models
------
coverage
    maximise ``sum_i demand_i z_i``; ``z_i <= sum of y_j in reach``; ``sum_j y_j <= p``; y binary, z in [0, 1].
capacitated
    maximise ``sum_a demand_i worth_a x_a``; per point ``sum x <= 1``, per site ``sum demand_i x_a <= capacity y_j``,
    per arc ``x_a <= y_j`` (strong linking); ``sum_j y_j <= p``; y binary, x in [0, 1].
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pulp

Arrays = dict[str, Any]

OUT_OF_REACH = 2.0
"""Cost in spopt's matrix of a pair out of reach; its service radius is 1 and pairs in reach cost 0."""

SPOPT_COST = 8
"""Bytes of a number in spopt's matrix."""


def main(folder: Path, job: dict[str, Any]) -> None:
    """Runs a job and tells what came of it."""
    os.sched_setaffinity(0, job["cores"])
    arrays = dict(np.load(folder / "arrays.npz"))
    if job["solver"] == "spopt":
        import spopt.locate  # noqa: F401 (importing is not measured)
    begin, at_work = time.perf_counter(), cpu_seconds()
    model, taken = BUILDERS[job["solver"] == "spopt", job["model"]](arrays, job)
    built = time.perf_counter()
    bound, status = SOLVERS["CBC" if job["solver"] == "spopt" else job["solver"]](model, job, folder / "log.txt")
    if job["model"] == "median":  # spopt minimises cost: worth is what is left of the farthest
        bound = float(arrays["arc_worth"].max() * arrays["demand"].sum()) - bound
    values, served = taken()
    told = {
        "build_seconds": built - begin,
        "seconds": time.perf_counter() - begin,
        "cpu_seconds": cpu_seconds() - at_work,
        "bound": bound,
        "status": status,
        "versions": {name: version(name) for name in ("pulp", *LIBRARY.get(job["solver"], ()))},
    }
    np.savez(folder / "plan.npz", taken=values, served=served)
    print(json.dumps(told))


def cpu_seconds() -> float:
    """Seconds at work so far, of this process and of what it started and saw end."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


LIBRARY = {"HiGHS": ("highspy",), "SCIP": ("pyscipopt",), "spopt": ("spopt",)}

Taken = Callable[[], tuple[np.ndarray, np.ndarray]]
"""Gives the sites taken and, with capacity, the share of each arc that is served; to be called after solving."""


def _coverage(arrays: Arrays, job: dict[str, Any]) -> tuple[pulp.LpProblem, Taken]:
    demand, sites = arrays["demand"], len(arrays["arc_start"]) - 1
    order = np.argsort(arrays["arc_demand"], kind="stable")
    by_point = np.split(_arc_site(arrays)[order], np.cumsum(np.bincount(arrays["arc_demand"], minlength=len(demand))))
    opened = [pulp.LpVariable(f"y{site}", cat="Binary") for site in range(sites)]
    covered = [pulp.LpVariable(f"z{point}", 0, 1) for point in range(len(demand))]
    model = pulp.LpProblem("coverage", pulp.LpMaximize)
    model.setObjective(pulp.LpAffineExpression(dict(zip(covered, demand.tolist(), strict=True))))
    for point, near in enumerate(by_point[: len(demand)]):
        _at_most(model, {covered[point]: 1.0} | dict.fromkeys((opened[site] for site in near.tolist()), -1.0), 0)
    _at_most(model, dict.fromkeys(opened, 1.0), int(arrays["chosen"]))
    return model, lambda: (_values(opened) > 0.5, np.zeros(0))


def _capacitated(arrays: Arrays, job: dict[str, Any]) -> tuple[pulp.LpProblem, Taken]:
    demand, points, worth = arrays["demand"], arrays["arc_demand"], arrays["arc_worth"]
    site_of, capacity = _arc_site(arrays), float(arrays["capacity"])
    opened = [pulp.LpVariable(f"y{site}", cat="Binary") for site in range(len(arrays["arc_start"]) - 1)]
    share = [pulp.LpVariable(f"x{arc}", 0, 1) for arc in range(len(points))]
    model = pulp.LpProblem("capacitated", pulp.LpMaximize)
    model.setObjective(pulp.LpAffineExpression(dict(zip(share, (demand[points] * worth).tolist(), strict=True))))
    for arc, site in enumerate(site_of.tolist()):
        _at_most(model, {share[arc]: 1.0, opened[site]: -1.0}, 0)
    for arcs in _groups(points, len(demand)):
        _at_most(model, dict.fromkeys((share[arc] for arc in arcs), 1.0), 1)
    for site, arcs in enumerate(_groups(site_of, len(opened))):
        _at_most(model, {share[arc]: float(demand[points[arc]]) for arc in arcs} | {opened[site]: -capacity}, 0)
    _at_most(model, dict.fromkeys(opened, 1.0), int(arrays["chosen"]))
    return model, lambda: (_values(opened) > 0.5, _values(share))


def _spopt_coverage(arrays: Arrays, job: dict[str, Any]) -> tuple[pulp.LpProblem, Taken]:
    from spopt.locate import MCLP

    cost = np.full((len(arrays["demand"]), len(arrays["arc_start"]) - 1), OUT_OF_REACH)
    cost[arrays["arc_demand"], _arc_site(arrays)] = 0.0
    made = MCLP.from_cost_matrix(cost, arrays["demand"], service_radius=1, p_facilities=int(arrays["chosen"]))
    return made.problem, lambda: (_values(made.fac_vars) > 0.5, np.zeros(0))


def _spopt_median(arrays: Arrays, job: dict[str, Any]) -> tuple[pulp.LpProblem, Taken]:
    """A point out of reach is as far as the worth of nothing; cost is what is lost of the most worth."""
    from spopt.locate import PMedian

    far = arrays["arc_worth"].max()
    cost = np.full((len(arrays["demand"]), len(arrays["arc_start"]) - 1), far)
    cost[arrays["arc_demand"], _arc_site(arrays)] = far - arrays["arc_worth"]
    made = PMedian.from_cost_matrix(cost, arrays["demand"], p_facilities=int(arrays["chosen"]))
    return made.problem, lambda: (_values(made.fac_vars) > 0.5, np.zeros(0))


BUILDERS: dict[tuple[bool, str], Callable[[Arrays, dict[str, Any]], tuple[pulp.LpProblem, Taken]]] = {
    (False, "coverage"): _coverage,
    (False, "capacitated"): _capacitated,
    (True, "coverage"): _spopt_coverage,
    (True, "median"): _spopt_median,
}
"""By whether it is spopt, and by model."""


def _at_most(model: pulp.LpProblem, row: dict[pulp.LpVariable, float], limit: float) -> None:
    model.addConstraint(pulp.LpConstraint(pulp.LpAffineExpression(row), pulp.LpConstraintLE, rhs=limit))


def _arc_site(arrays: Arrays) -> np.ndarray:
    return np.repeat(np.arange(len(arrays["arc_start"]) - 1), np.diff(arrays["arc_start"]))


def _groups(member_of: np.ndarray, groups: int) -> list[list[int]]:
    """Places of the members of each group."""
    order = np.argsort(member_of, kind="stable")
    ends = np.cumsum(np.bincount(member_of, minlength=groups))
    return [part.tolist() for part in np.split(order, ends)[:groups]]


def _values(variables: Sequence[pulp.LpVariable]) -> np.ndarray:
    return np.array([variable.varValue or 0.0 for variable in variables])


def _cbc(model: pulp.LpProblem, job: dict[str, Any], log: Path) -> tuple[float, str]:
    """Bound and status as CBC's log tells them; PuLP calls a search that was stopped optimal."""
    solver = pulp.PULP_CBC_CMD(msg=False, timeLimit=job["seconds"], threads=job["threads"], logPath=str(log))
    model.solve(solver)
    text = log.read_text(encoding="utf-8", errors="replace")
    told = [line.split(":")[1] for line in text.splitlines() if line.startswith(("Upper bound:", "Lower bound:"))]
    proven = "Result - Optimal solution found" in text
    objective = float(pulp.value(model.objective) or 0.0)
    return (abs(float(told[-1])) if told and not proven else objective if proven else np.inf), _stopped(proven)


def _highs(model: pulp.LpProblem, job: dict[str, Any], log: Path) -> tuple[float, str]:
    solver = pulp.HiGHS(
        msg=True, timeLimit=job["seconds"], threads=job["threads"], log_file=str(log), log_to_console=False
    )
    model.solve(solver)
    proven = "Optimal" in model.solverModel.modelStatusToString(model.solverModel.getModelStatus())
    return abs(model.solverModel.getInfo().mip_dual_bound), _stopped(proven)


def _scip(model: pulp.LpProblem, job: dict[str, Any], log: Path) -> tuple[float, str]:
    solver = pulp.SCIP_PY(msg=False, timeLimit=job["seconds"], logPath=str(log))
    model.solve(solver)
    return abs(model.solverModel.getDualbound()), _stopped(model.solverModel.getStatus() == "optimal")


def _stopped(proven: bool) -> str:
    return "optimal" if proven else "time limit"


SOLVERS = {"CBC": _cbc, "HiGHS": _highs, "SCIP": _scip}


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(sys.argv[2]))
