"""The solver of siting problems against enumeration, models of our own by scipy, and instances of the literature."""

from __future__ import annotations

import json
import math
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy
import pytest
import scipy.optimize
import scipy.sparse
from scipy.sparse.csgraph import shortest_path

from benchmarks.instances import capacitated, coverage, plain
from laadplan.config.optimisation import Optimisation
from laadplan.errors import LaadplanError
from laadplan.optimise.check import check
from laadplan.optimise.prices import bound_of
from laadplan.optimise.problem import Groups, Limits, Problem
from laadplan.optimise.solve import Solution, solve

SETTINGS = Optimisation(gap_share=0.0, rounds_max=60, nodes_max=2000, seconds_max=60.0)


def small(seed: int) -> Problem:
    """Eight demand points, six sites with two options each, at most three poles, and a floor that may be broken."""
    random = numpy.random.default_rng(seed)
    reach = random.random((6, 8)) < 0.5
    site, point = numpy.nonzero(reach)
    limits = Limits(
        ids=("aantal palen", "ondergrens"),
        kinds=("aantal palen", "ondergrens buurt"),
        start=numpy.array([0, 12, 16]),
        option=numpy.array([*range(12), 8, 9, 10, 11]),
        use=numpy.array([1.0, 2.0] * 6 + [-1.0, -2.0] * 2),
        limit=numpy.array([3.0, -1.0]),
        penalty=numpy.array([math.inf, 4.0]),
    )
    return Problem(
        demand_ids=tuple(f"d{each}" for each in range(8)),
        demand_kwh=random.integers(0, 9, (8, 1)).astype(float),
        demand_group=random.integers(-1, 1, 8),
        period_worth=numpy.ones(1),
        site_ids=tuple(f"s{each}" for each in range(6)),
        must=numpy.array([True, *[False] * 5]),
        arc_start=numpy.concatenate([[0], numpy.cumsum(reach.sum(axis=1))]),
        arc_demand=point,
        arc_worth=random.uniform(0.5, 1.0, len(site)),
        option_start=numpy.arange(7) * 2,
        option_ids=("1", "2") * 6,
        option_capacity=numpy.tile([[6.0], [12.0]], (6, 1)),
        option_worth=numpy.tile([-0.5, -1.0], 6),
        limits=limits,
        groups=Groups(("noord",), numpy.array([9.0]), numpy.array([2.0])),
    )


def best_by_enumeration(problem: Problem) -> float:
    """Worth of the best of all choices, each served by a linear program."""
    best = -math.inf
    choices: list[tuple[int, ...]] = [()]
    for site in range(6):
        own = [2 * site, 2 * site + 1] if problem.must[site] else [-1, 2 * site, 2 * site + 1]
        choices = [(*each, option) for each in choices for option in own]
    for choice in choices:
        taken = [option for option in choice if option >= 0]
        poles = sum(1 + option % 2 for option in taken)
        if poles <= 3:
            best = max(best, worth_of(problem, taken))
    return best


def worth_of(problem: Problem, taken: list[int]) -> float:
    """Worth of options taken: what they serve best, less what they cost and break."""
    site_of = {option // 2: option for option in taken}
    arcs = [arc for arc in range(len(problem.arc_demand)) if problem.arc_site[arc] in site_of]
    rows = numpy.zeros((8 + 6 + 1, len(arcs) + 1))
    for place, arc in enumerate(arcs):
        rows[problem.arc_demand[arc], place] = 1
        rows[8 + problem.arc_site[arc], place] = 1
        rows[14, place] = -1.0 if problem.demand_group[problem.arc_demand[arc]] == 0 else 0.0
    rows[14, -1] = -1
    capacity = [problem.option_capacity[site_of[site], 0] if site in site_of else 0.0 for site in range(6)]
    room = numpy.r_[problem.demand_kwh[:, 0], capacity, -problem.groups.least_kwh]
    price = numpy.r_[-problem.arc_worth[arcs], problem.groups.penalty]
    served = scipy.optimize.linprog(price, A_ub=rows, b_ub=room, method="highs")
    lacking = max(0, 1 - sum(1 + option % 2 for option in taken if option >= 8))
    return float(-served.fun + problem.option_worth[taken].sum() - 4.0 * lacking)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_small_problems_are_solved_to_the_best_of_all_choices(seed: int) -> None:
    problem = small(seed)
    found = solve(problem, SETTINGS)
    assert found.objective == pytest.approx(best_by_enumeration(problem), abs=1e-4)
    assert found.status == "optimal"
    assert_honest(problem, found)
    assert found.choice.taken[0] >= 0


def assert_honest(problem: Problem, found: Solution) -> None:
    """Objective, bound, gap and words of a solution fit, and the bound follows from its prices where it says so."""
    checked = check(problem, found.choice)
    assert checked.objective == pytest.approx(found.objective, rel=1e-6, abs=1e-4)
    assert found.bound >= found.objective - 1e-6 * max(1, abs(found.objective))
    assert found.gap == pytest.approx((found.bound - found.objective) / max(abs(found.objective), 1), abs=1e-6)
    assert (found.status == "optimal") == (found.gap < 1e-6) or found.status != "optimal"
    if found.bound_by == "prices" and found.prices is not None:
        assert bound_of(problem, found.prices) <= found.bound + 1e-4 * max(1, abs(found.bound))


# --- more never serves less, locks, order ----------------------------------------------------------------------------


@pytest.mark.slow
def test_more_poles_never_serve_less() -> None:
    worth = [solve(coverage(300, 60, count), SETTINGS).objective for count in range(1, 12)]
    assert worth == sorted(worth)
    gains = numpy.diff(worth)
    assert (gains >= 0).all()
    assert gains[0] > 0


@pytest.mark.slow
def test_more_poles_with_capacity_never_serve_less() -> None:
    problem = capacitated(300, 60, 8)
    found = []
    for count in range(1, 12, 2):
        limited = replace(problem, limits=replace(problem.limits, limit=numpy.array([float(count)])))
        found.append(solve(limited, SETTINGS))
    assert [each.objective for each in found] == sorted(each.objective for each in found)


@pytest.mark.slow
def test_a_locked_site_is_always_there() -> None:
    problem = coverage(300, 60, 5)
    free = solve(problem, SETTINGS)
    worst = [site for site in range(60) if free.choice.taken[site] < 0][:2]
    locked = solve(replace(problem, must=numpy.isin(numpy.arange(60), worst)), SETTINGS)
    assert all(locked.choice.taken[site] >= 0 for site in worst)
    assert (locked.choice.taken >= 0).sum() <= 5
    assert locked.objective <= free.bound + 1e-6


@pytest.mark.slow
def test_sites_in_another_order_are_worth_the_same() -> None:
    problem = capacitated(200, 40, 6)
    order = numpy.random.default_rng(3).permutation(40)
    parts = [slice(problem.arc_start[site], problem.arc_start[site + 1]) for site in order]
    turned = replace(
        problem,
        arc_start=numpy.concatenate([[0], numpy.cumsum([part.stop - part.start for part in parts])]),
        arc_demand=numpy.concatenate([problem.arc_demand[part] for part in parts]),
        arc_worth=numpy.concatenate([problem.arc_worth[part] for part in parts]),
    )
    one, two = solve(problem, SETTINGS), solve(turned, SETTINGS)
    assert one.objective <= two.bound + 1e-6
    assert two.objective <= one.bound + 1e-6


@pytest.mark.slow
def test_the_same_seed_gives_the_same_plan_whatever_the_threads() -> None:
    problem = capacitated(400, 80, 9)
    few = Optimisation(gap_share=0.0, rounds_max=10, nodes_max=10, threads=1)
    one, two = solve(problem, few), solve(problem, few.model_copy(update={"threads": 2}))
    assert one.choice.taken.tolist() == two.choice.taken.tolist()
    assert one.choice.served_kwh.tobytes() == two.choice.served_kwh.tobytes()
    assert one.bound == two.bound


@pytest.mark.slow
def test_a_search_stopped_by_hand_gives_its_plan_and_bound() -> None:
    problem = capacitated(2000, 500, 40)

    def press(objective: float, bound: float, rounds: int) -> None:
        if rounds >= 1:
            signal.raise_signal(signal.SIGINT)

    found = solve(problem, Optimisation(gap_share=0.0, rounds_max=500, nodes_max=5, seconds_max=60.0), tell=press)
    assert found.stopped_by == "user"
    assert found.status != "optimal"
    assert (found.choice.taken >= 0).sum() == 40
    assert_honest(problem, found)


# --- bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [-1.0, math.nan, math.inf])
def test_demand_that_cannot_be_is_refused_with_its_id(value: float) -> None:
    problem = coverage(50, 10, 2)
    demand = problem.demand_kwh.copy()
    demand[7, 0] = value
    with pytest.raises((LaadplanError, ValueError), match="d0000007"):
        solve(replace(problem, demand_kwh=demand), SETTINGS)


def test_capacity_zero_serves_nothing_and_is_optimal() -> None:
    problem = replace(coverage(50, 10, 2), option_capacity=numpy.zeros((10, 1)))
    found = solve(problem, SETTINGS)
    assert found.objective == 0.0
    assert found.status == "optimal"


def test_no_site_in_reach_of_anything() -> None:
    problem = coverage(50, 10, 2)
    alone = replace(
        problem, arc_start=numpy.zeros(11, dtype=int), arc_demand=numpy.zeros(0, dtype=int), arc_worth=numpy.zeros(0)
    )
    found = solve(alone, SETTINGS)
    assert found.objective == 0.0
    assert found.status == "optimal"


def test_locks_that_no_limit_allows_are_told_or_measured() -> None:
    """Three sites must be taken where two are allowed: a clear refusal, or a plan with them in it that says so."""
    problem = replace(coverage(50, 10, 2), must=numpy.arange(10) < 3)
    assert "aantal palen" in told_or_measured(problem)


def told_or_measured(problem: Problem) -> str:
    """What is said of a problem that contradicts itself: the refusal, or the limits that its plan breaks."""
    try:
        found = solve(problem, SETTINGS)
    except (LaadplanError, ValueError) as refusal:
        return str(refusal)
    return " ".join(check(problem, found.choice).broken)


# --- literature ------------------------------------------------------------------------------------------------------


def best_cover(covers: Any, demand: Any, count: int) -> float:
    """Most demand covered by so many sites: HiGHS by scipy on a model of our own."""
    points, sites = covers.shape
    rows = scipy.sparse.hstack([-scipy.sparse.csr_matrix(covers.astype(float)), scipy.sparse.identity(points)])
    number = scipy.sparse.csr_matrix(numpy.r_[numpy.ones(sites), numpy.zeros(points)])
    solved = scipy.optimize.milp(
        numpy.r_[numpy.zeros(sites), -demand],
        constraints=[
            scipy.optimize.LinearConstraint(rows.tocsr(), -numpy.inf, 0),
            scipy.optimize.LinearConstraint(number, 0, count),
        ],
        integrality=numpy.r_[numpy.ones(sites), numpy.zeros(points)],
        bounds=scipy.optimize.Bounds(0, 1),
    )
    assert solved.status == 0, solved.message
    return float(-solved.fun)


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.parametrize(("name", "radius", "count"), [("n100s1", 3.5, 8), ("n100s3", 5.0, 6), ("n500s2", 2.0, 20)])
def test_random_sets_of_maximal_coverage(real_data: Path, name: str, radius: float, count: int) -> None:
    lines = (real_data / "optim" / "mclp-random" / f"{name}.dat").read_text(encoding="utf-8").splitlines()
    rows = numpy.array([line.split() for line in lines[1:] if len(line.split()) == 5], dtype=float)
    away = numpy.hypot(*(rows[:, None, axis] - rows[None, :, axis] for axis in (1, 2)))
    problem = covering(away <= radius, rows[:, 4], count)
    found = solve(problem, SETTINGS)
    assert found.objective == pytest.approx(best_cover(away <= radius, rows[:, 4], count), abs=1e-6)
    assert found.status == "optimal"
    assert_honest(problem, found)


def covering(covers: Any, demand: Any, count: int) -> Problem:
    """Maximal coverage as a problem: covers is (points, sites)."""
    point, site = numpy.nonzero(covers)
    return plain(demand, covers.shape[1], (point, site, numpy.zeros(len(point))), numpy.ones(len(point)), count)


@pytest.mark.real
@pytest.mark.slow
def test_new_york_within_a_fifth_of_a_percent_in_little_work(real_data: Path) -> None:
    folder = real_data / "optim" / "mclp-cities"
    lines = (folder / "NewYork.txt").read_text(encoding="utf-8").splitlines()
    degrees = numpy.array([line.split() for line in lines[5 : 5 + 2713]], dtype=float)
    demand = numpy.array([line.split()[-1] for line in lines[5 + 2713 :] if line[:1].isdigit()], dtype=float)
    best = json.loads((folder / "best_known.json").read_text(encoding="utf-8"))["NewYork_p50_r400"]["best"]
    lat, lon = numpy.radians(degrees).T
    half = (
        numpy.sin((lat[:, None] - lat) / 2) ** 2
        + numpy.cos(lat[:, None]) * numpy.cos(lat) * numpy.sin((lon[:, None] - lon) / 2) ** 2
    )
    away = (2 * 6_378_100.0 * numpy.arcsin(numpy.sqrt(half))).astype(numpy.float32)
    problem = covering(away <= 400.0, demand, 50)
    found = solve(problem, Optimisation(gap_share=0.002, rounds_max=100, nodes_max=100, seconds_max=60.0))
    assert best * 0.998 <= found.objective <= best
    assert found.bound >= best - 1e-6
    assert_honest(problem, found)


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.parametrize("name", ["pmed1", "pmed4"])
def test_medians_of_the_or_library(real_data: Path, name: str) -> None:
    folder = real_data / "optim" / "orlib"
    lines = (folder / f"{name}.txt").read_text(encoding="utf-8").split("\n")
    points, _, count = (int(word) for word in lines[0].split())
    graph = numpy.full((points, points), numpy.inf)
    for one, other, length in (map(int, line.split()) for line in lines[1:] if line.split()):
        graph[one - 1, other - 1] = graph[other - 1, one - 1] = length
    away = shortest_path(graph, directed=False)
    far = away.max()
    point, site = (each.ravel() for each in numpy.indices((points, points)))
    worth = far - away.ravel()
    problem = plain(numpy.ones(points), points, (point, site, away.ravel()), worth, count)
    found = solve(problem, Optimisation(gap_share=0.0, rounds_max=300, nodes_max=500, seconds_max=60.0))
    told = dict(line.split() for line in (folder / "pmedopt.txt").read_text(encoding="utf-8").splitlines()[1:] if line)
    assert far * points - found.objective == pytest.approx(float(told[name]), abs=1e-6)
    assert_honest(problem, found)


@pytest.mark.slow
def test_set_cover_as_a_special_case() -> None:
    """Fewest sites that cover all: each site costs 1, demand left uncovered costs more than any site."""
    random = numpy.random.default_rng(5)
    covers = random.random((60, 25)) < 0.15
    covers[~covers.any(axis=1), 0] = True
    problem = covering(covers, numpy.full(60, 30.0), 25)
    found = solve(replace(problem, option_worth=numpy.full(25, -1.0)), SETTINGS)
    own = scipy.optimize.milp(
        numpy.ones(25),
        constraints=[scipy.optimize.LinearConstraint(covers.astype(float), 1, numpy.inf)],
        integrality=numpy.ones(25),
        bounds=scipy.optimize.Bounds(0, 1),
    )
    assert 60 * 30.0 - found.objective == pytest.approx(own.fun)
