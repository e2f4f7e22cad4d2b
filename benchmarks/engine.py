"""laadplan's optimiser on one problem, in a process of its own: seconds, objective and bound over time, and the plan.

In: a folder with `problem.pickle` and a job as JSON on the command line. Out: the plan with its prices in `plan.npz`,
and on stdout what the optimiser says of it, with the curve of objective and bound over time, as JSON. Seconds run from
the problem in memory to the solution in memory. Loops are compiled once per installation; a first call on a small
problem sees to it that this is not measured.
"""

import json
import os
import pickle
import sys
import time
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.curves import Curve, thinned
from benchmarks.rivals import SOLVERS, cpu_seconds
from laadplan.config.optimisation import Optimisation
from laadplan.optimise.problem import Problem

BUILDER = "laadplan model"
"""Who builds laadplan's model in PuLP and has CBC solve it."""

FIRST_S = 900.0
"""Safety stop of the first call (s), in which every loop is compiled: on a new machine that takes minutes."""

FIRST_ROUNDS = 20
"""Work of the first call."""

NO_LIMIT = 10**9
"""Limit of work of a search that is measured by the clock."""


def main(folder: Path, job: dict[str, Any]) -> None:
    """Runs a job and tells what came of it."""
    os.sched_setaffinity(0, job["cores"])
    with (folder / "problem.pickle").open("rb") as file:
        problem = pickle.load(file)
    work = _build if job["solver"] == BUILDER else _solve
    print(json.dumps(work(problem, job, folder)))


def settings(job: dict[str, Any], seconds: float) -> Optimisation:
    """Settings of a search that only the clock or a proof ends."""
    return Optimisation(
        gap_share=0, rounds_max=NO_LIMIT, nodes_max=NO_LIMIT, seconds_max=seconds, threads=job["threads"], seed=0
    )


def _solve(problem: Problem, job: dict[str, Any], folder: Path) -> dict[str, Any]:
    from laadplan.optimise.solve import solve

    first = settings(job, FIRST_S).model_copy(update={"rounds_max": FIRST_ROUNDS})
    solve(_small(job["model"]), first, clock=time.perf_counter, tell=_hear_nothing)
    curve: Curve = []
    begin, at_work = time.perf_counter(), cpu_seconds()

    def hear(objective: float, bound: float, rounds_done: int) -> None:
        curve.append((time.perf_counter() - begin, objective, bound))

    found = solve(problem, settings(job, job["seconds"]), clock=time.perf_counter, tell=hear)
    seconds, worked = time.perf_counter() - begin, cpu_seconds() - at_work
    hear(found.objective, found.bound, 0)
    keep_plan(folder, found)
    told = {"build_seconds": 0.0, "seconds": seconds, "cpu_seconds": worked, "bound": found.bound}
    return told | {"status": str(found.status), "curve": thinned(curve), "versions": {}}


def _build(problem: Problem, job: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Builds the model, and has CBC solve it as it solves the peers'."""
    from laadplan.optimise.model import build_model

    begin, at_work = time.perf_counter(), cpu_seconds()
    model = build_model(problem)
    built = time.perf_counter()
    bound, status = SOLVERS["CBC"](model.lp, job, folder / "log.txt")
    opened = np.array([variable.varValue or 0.0 for variable in model.variables[: len(model.options)]]) > 0.5
    seconds = time.perf_counter() - begin
    np.savez(folder / "plan.npz", taken=np.isin(problem.option_start[:-1], model.options[opened]))
    told = {"build_seconds": built - begin, "seconds": seconds, "cpu_seconds": cpu_seconds() - at_work}
    return told | {"bound": bound, "status": status, "curve": [], "versions": {"pulp": version("pulp")}}


def keep_plan(folder: Path, found: Any) -> None:
    """Keeps what was taken and served, and the prices that certify the bound."""
    prices = found.prices
    certificate = (
        {} if prices is None else {"p_demand": prices.demand, "p_limits": prices.limits, "p_groups": prices.groups}
    )
    np.savez(folder / "plan.npz", taken=found.choice.taken, served_kwh=found.choice.served_kwh, **certificate)


def _hear_nothing(objective: float, bound: float, rounds_done: int) -> None:
    pass


def _small(model: str) -> Problem:
    """A small problem that calls the same loops."""
    from benchmarks import instances

    if model == "quarters":
        return instances.streets(400, 300, 60, 8, quarters=2)
    small = instances.coverage(300, 60, 8) if model == "coverage" else instances.capacitated(300, 60, 8)
    return replace(small, option_capacity=np.full((60, 1), np.inf)) if model == "median" else small


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(sys.argv[2]))
