"""The harness of the siting benchmarks: logs read, plans counted anew, processes measured, rows kept and told."""

import inspect
import itertools
import math
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from benchmarks import curves, instances, recount, siting, siting_cases, siting_sets
from benchmarks.processes import ran
from benchmarks.siting import Job, Measured, Task, keep, measure, read
from benchmarks.siting_page import GOALS, siting_page
from laadplan.optimise.problem import Groups, Problem
from laadplan.optimise.solve import solve

NAN = math.nan

HIGHS_LOG = """\
Src  Proc. InQueue |  Leaves   Expl. | BestBound       BestSol              Gap |   Cuts   InLp Confl. | LpIters     Time

 z       0       0         0   0.00%   -inf            0                  Large        0      0      0         0     0.1s
 T       0       0         0   0.00%   -5509           -3881.5           41.95%        0      0      0      2113     2.5s
         1       0         1 100.00%   -4000           -3881.5            3.05%        0      0      0      2113    12.0s
"""  # noqa: E501 (as HiGHS writes it)
CBC_LOG = """\
Continuous objective value is -4000.5 - 0.05 seconds
Cbc0012I Integer solution of -3881 found by DiveCoefficient after 0 iterations and 0 nodes (0.07 seconds)
Cbc0038I Solution of -3900 found by combine (0.30 seconds)
Cbc0010I After 100 nodes, 12 on tree, -3950 best solution, best possible -3990.25 (4.50 seconds)
Cbc0010I After 200 nodes, 12 on tree, 1e+50 best solution, best possible -3980 (5.50 seconds)
"""
SCIP_LOG = """\
 time | node  | left  |LP iter|LP it/n|mem/heur|mdpt |vars |cons |rows |cuts |sepa|confs|strbr|  dualbound   | primalbound  |  gap   | compl.
  0.0s|     1 |     0 |     0 |     - |  oneopt|   0 |1707 |1001 |1001 |   0 |  0 |   0 |   0 | 5.509000e+03 |      --      |  Large | unknown
* 0.3s|     1 |     0 |  7577 |     - |    LP  |   0 |1707 |1001 |1001 |   0 |  0 |   0 |   0 | 4.000000e+03 | 3.881000e+03 |   3.07%| unknown
"""  # noqa: E501 (as SCIP writes it)


def _assert_curve(found: curves.Curve, expected: curves.Curve) -> None:
    np.testing.assert_allclose(np.array(found), np.array(expected), rtol=1e-12)


def test_curve_is_read_from_the_log_of_each_solver() -> None:
    _assert_curve(
        curves.read_curve("HiGHS", HIGHS_LOG, 1.0), [(1.1, 0, NAN), (3.5, 3881.5, 5509), (13.0, 3881.5, 4000)]
    )
    cbc = [(0.05, NAN, 4000.5), (0.07, 3881, 4000.5), (0.3, 3900, 4000.5), (4.5, 3950, 3990.25), (5.5, 3950, 3980)]
    _assert_curve(curves.read_curve("CBC", CBC_LOG, 0.0), cbc)
    _assert_curve(curves.read_curve("spopt", CBC_LOG, 2.0), [(time + 2, *rest) for time, *rest in cbc])
    _assert_curve(curves.read_curve("SCIP", SCIP_LOG, 0.0), [(0.0, NAN, 5509), (0.3, 3881, 4000)])
    assert curves.read_curve("HiGHS", "", 0.0) == []


def test_curve_keeps_the_best_known_and_is_thinned_to_what_can_be_seen() -> None:
    noisy = [(3.0, 4.0, 9.0), (1.0, 5.0, 10.0), (2.0, NAN, 8.0), (4.0, 5.0, 8.0)]
    assert curves.settled(noisy) == [(1.0, 5.0, 10.0), (2.0, 5.0, 8.0), (3.0, 5.0, 8.0), (4.0, 5.0, 8.0)]
    assert curves.thinned(curves.settled(noisy)) == [(1.0, 5.0, 10.0), (2.0, 5.0, 8.0), (4.0, 5.0, 8.0)]
    long = [(0.1 * step, float(step), 2000.0) for step in range(1, 1001)]
    short = curves.thinned(long, most=40)
    assert len(short) <= 40
    assert set(short) <= set(long)
    assert short[-1] == long[-1]
    assert curves.thinned([]) == []


def test_first_with_is_when_both_objective_and_gap_were_there() -> None:
    curve = [(1.0, 90.0, NAN), (2.0, 90.0, 99.0), (3.0, 95.0, 99.0), (4.0, 95.0, 95.0)]
    assert curves.first_with(curve, objective=90) == 1.0
    assert curves.first_with(curve, gap=0.1) == 2.0
    assert curves.first_with(curve, objective=91, gap=0.05) == 3.0
    assert curves.first_with(curve, gap=0.0) == 4.0
    assert math.isnan(curves.first_with(curve, objective=96))


def _tiny() -> Problem:
    return instances.coverage(12, 6, 2, seed=3)


def test_covered_is_the_demand_of_the_union() -> None:
    problem = instances.plain(
        np.array([5.0, 3.0, 2.0]), 2, (np.array([0, 1, 1]), np.array([0, 0, 1]), np.zeros(3)), np.ones(3), 2
    )
    for taken, expected in (((-1, -1), 0), ((0, -1), 8), ((-1, 1), 3), ((0, 1), 8)):
        assert recount.covered(problem, np.array(taken)) == expected


def test_covered_refuses_a_plan_that_breaks_a_rule() -> None:
    problem = _tiny()
    for wrong, words in (
        (np.arange(6), "may not be exceeded"),
        (np.array([1, -1, -1, -1, -1, -1]), "does not have it"),
        (np.array([0]), "of each site"),
    ):
        with pytest.raises(ValueError, match=words):
            recount.covered(problem, wrong)
    with pytest.raises(ValueError, match="must be taken"):
        recount.covered(replace(problem, must=np.arange(6) == 2), np.full(6, -1))
    with pytest.raises(ValueError, match="must be told"):
        recount.covered(instances.capacitated(10, 4, 2), np.full(4, -1))


def _served() -> Problem:
    """Points of 4 and 6 kWh and a site of capacity 7, worth 1 and 0.5; a group that wants 5 of the 6 kWh."""
    problem = instances.plain(
        np.array([4.0, 6.0]),
        1,
        (np.array([0, 1]), np.array([0, 0]), np.zeros(2)),
        np.array([1.0, 0.5]),
        1,
        capacity=7.0,
    )
    groups = Groups(("g",), np.array([5.0]), np.array([2.0]))
    return replace(problem, demand_group=np.array([-1, 0]), groups=groups, option_worth=np.array([-1.0]))


def test_counted_adds_worth_of_service_and_options_less_penalties() -> None:
    found = recount.counted(_served(), np.array([0]), np.array([[4.0], [3.0]]))
    assert found == pytest.approx(4 * 1 + 3 * 0.5 - 1 - 2 * (5 - 3))
    assert recount.counted(_served(), np.array([-1]), np.zeros((2, 1))) == -10


def test_counted_prices_soft_limits() -> None:
    soft = replace(_served().limits, limit=np.array([0.0]), penalty=np.array([3.0]))
    found = recount.counted(replace(_served(), limits=soft), np.array([0]), np.array([[0.0], [6.0]]))
    assert found == pytest.approx(6 * 0.5 - 1 - 3)


@pytest.mark.parametrize(
    ("taken", "served", "words"),
    [
        (0, (5.0, 0.0), "than the demand"),
        (0, (4.0, 4.0), "than it can"),
        (-1, (1.0, 0.0), "than it can"),
        (0, (-1.0, 0.0), "negative"),
    ],
)
def test_counted_refuses_service_that_cannot_be(taken: int, served: tuple[float, float], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        recount.counted(_served(), np.array([taken]), np.array(served)[:, None])


def test_process_is_measured_with_what_it_starts() -> None:
    script = "import subprocess, sys, time; held = bytearray(60_000_000); {}"
    grow = "subprocess.run([sys.executable, '-c', 'import time; held = bytearray(80_000_000); time.sleep(0.4)'])"
    found = ran([sys.executable, "-c", script.format(grow + "; print('done')")])
    assert found.said == "done\n"
    assert found.peak_mb > 140
    assert found.seconds >= 0.4
    with pytest.raises(RuntimeError, match=r"ended with 3: .*no good"):
        ran([sys.executable, "-c", "import sys; print('no good', file=sys.stderr); sys.exit(3)"])


def test_arrays_for_rivals_refuse_what_plain_models_do_not_know() -> None:
    assert instances.rival_arrays(_tiny())["chosen"] == 2
    with pytest.raises(ValueError, match="plain models"):
        instances.rival_arrays(instances.streets(40, 30, 6, 2, quarters=2))


def _measured(task: Task, seconds: float = 20.0) -> list[Measured]:
    return next(measure({"smoke": [task]}, seconds=seconds, threads=1, lanes=1))


@pytest.mark.slow
def test_solvers_find_the_optimum_by_enumeration(tmp_path: Path) -> None:
    problem = _tiny()
    best = max(
        recount.covered(problem, np.where(np.isin(np.arange(6), pair), np.arange(6), -1))
        for pair in itertools.combinations(range(6), 2)
    )
    rows = _measured(Task("tiny", _tiny, "coverage", (Job("CBC"), Job("HiGHS")), best_of_run=True))
    assert [(row.by, row.objective, row.best_known, row.status) for row in rows] == [
        ("CBC", best, best, "optimal"),
        ("HiGHS", best, best, "optimal"),
    ]
    assert all(row.gap == pytest.approx(0, abs=1e-9) and row.peak_mb > 30 and row.seconds > 0 for row in rows)
    keep(tmp_path / "siting.json", rows)
    keep(tmp_path / "siting.json", [replace(rows[0], name="another")])
    assert [row["name"] for row in read(tmp_path / "siting.json")] == ["another", "smoke", "smoke"]


@pytest.mark.slow
def test_solvers_agree_on_a_problem_with_capacity() -> None:
    task = Task("small", partial(instances.capacitated, 60, 20, 4), "capacitated", (Job("CBC"), Job("HiGHS")))
    first, second = _measured(task)
    assert first.objective == pytest.approx(second.objective, rel=1e-4)
    assert first.objective > 0
    assert first.bound is not None
    assert first.bound >= second.objective * (1 - 1e-9)


@pytest.mark.slow
@pytest.mark.skipif(
    "clock" not in inspect.signature(solve).parameters, reason="the optimiser of whole towns is not there"
)
def test_laadplan_is_measured_beside_highs() -> None:
    task = Task("small", partial(instances.coverage, 200, 40, 6), "coverage", (Job("laadplan", 0.1), Job("HiGHS")))
    own, peer = _measured(task)
    assert own.objective <= peer.objective
    assert own.curve[-1][1] == pytest.approx(own.objective)
    assert own.bound is not None
    assert own.bound >= peer.objective * (1 - 1e-9)


def test_peer_that_is_not_there_is_left_out_and_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(siting.PEERS, raising=False)
    assert _measured(Task("tiny", _tiny, "coverage", (Job("spopt"),))) == []
    assert "tiny: spopt is left out, LAADPLAN_PEERS" in capsys.readouterr().err


def _row(case: str, by: str, **told: object) -> dict[str, object]:
    row: dict[str, object] = {
        "name": case, "task": case, "by": by, "limit_s": 300, "threads": 2, "seconds": 300.0, "build_seconds": 1.0,
        "cpu_seconds": 300.0, "peak_mb": 500, "load": 1.0, "status": "time limit", "objective": 1000.0, "bound": 1001.0,
        "gap": 0.001, "checked": False, "best_known": None, "curve": [], "versions": {},
    }  # fmt: skip
    return row | told


def _goals(rows: list[dict[str, object]]) -> dict[str, str]:
    page = siting_page(rows, versions="nothing")
    lines = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| ")]
    return {" ".join(cells[:2]): " ".join(cells[2:]) for cells in lines if len(cells) in (3, 4)}


def test_page_tells_which_goals_were_reached() -> None:
    curve = [[1.0, 999.0, None], [2.0, 999.6, 1003.0]]
    own = _row("coverage-10k", "laadplan", limit_s=3, seconds=2.9, gap=0.003, objective=999.6, curve=curve)
    rows = [
        own,
        _row("coverage-10k", "HiGHS", curve=[[200.0, 1000.0, 1001.0]]),
        _row("streets-200k", "laadplan", seconds=31),
    ]
    told = _goals(rows)
    soon = "coverage 10k x 2k 99.95 % with a gap of 0.4 %, 50 times sooner than the best solver"
    assert told[soon] == "2.0 s; HiGHS ends after 300 s (150 times) and is as far after 200 s (100 times) yes"
    assert told["200k addresses x 20k sites x 2,000 gap 0.1 % in 30 s"].endswith("no")
    assert sum(words == "not measured" for words in told.values()) == len(GOALS) - 2


def test_page_adds_up_problems_with_a_best_known() -> None:
    rows = [
        _row("cities", "laadplan", task="a", best_known=1000.0, seconds=20.0),
        _row("cities", "laadplan", task="b", best_known=1001.0, seconds=30.0),
    ]
    assert "| cities | laadplan | 2 | 1 | 0.0500 | 0.0999 | 0.100 | 25.0 | 500 |" in siting_page(rows, versions="x")
    assert siting_page([], versions="x") == ""


def test_cases_are_listed_with_their_duration(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(siting_cases.REAL_DATA, raising=False)
    siting_cases.main(["--list", "--case", "coverage-50k", "--only", "laadplan"])
    assert capsys.readouterr().out.startswith("coverage-50k ")
    with pytest.raises(SystemExit):
        siting_cases.main(["--case", "nothing"])
    assert "no case nothing" in capsys.readouterr().err


@pytest.mark.real
def test_cases_of_the_literature_can_be_made(real_data: Path) -> None:
    """One of each set, with the best objective that was published: 5,819 is the optimum of pmed1."""
    cases = siting_sets.sets(real_data, None)
    assert {name: len(tasks) for name, tasks in cases.items()} == {"cities": 16, "random": 30, "medians": 40}

    city, random, median = (cases[name][0] for name in ("cities", "random", "medians"))
    for task in (city, random, median):
        assert len(task.make().demand_ids)
    assert city.best_in is not None
    assert city.best_in(city.make()) <= city.make().demand_kwh.sum()
    problem = median.make()
    assert median.best_in is not None
    assert problem.arc_worth.max() * problem.demand_kwh.sum() - median.best_in(problem) == 5819
