"""Published plans and optima, recounted on the problems as they are read."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.literature import (
    city_names,
    city_plan,
    city_problem,
    median_problem,
    pmed_optima,
    pmed_problem,
    random_problem,
    sjc_problem,
)
from laadplan.optimise.cover import is_cover, is_uncapacitated, plans_of_cover
from laadplan.optimise.median import bound_median
from laadplan.optimise.prices import bound_of

RADII = {"NewYork": 400, "Bronx": 600}


def covered(problem, sites):
    chosen = np.zeros(len(problem.site_ids), dtype=bool)
    chosen[sites] = True
    reached = np.zeros(len(problem.demand_ids), dtype=bool)
    reached[problem.arc_demand[chosen[problem.arc_site]]] = True
    return float(problem.demand_kwh[reached].sum())


@pytest.mark.slow
@pytest.mark.real
def test_published_plans_of_cities_are_worth_what_is_published(real_data: Path) -> None:
    folder = real_data / "optim" / "mclp-cities"
    names = city_names(folder)

    towns = {town: city_problem(folder / f"{town}.txt", 50, radius) for town, radius in RADII.items()}
    for name, (chosen, radius, best, _) in names.items():
        town = name.split("_")[0]
        problem = towns[town]
        assert radius == RADII[town]
        worth, sites = city_plan(folder / f"{name}.txt")
        assert (covered(problem, sites), worth, len(sites)) == (best, best, chosen), name
        assert is_cover(problem)
    assert len(names) == 12


@pytest.mark.real
@pytest.mark.parametrize("name", ["pmed1", "pmed4", "pmed8", "pmed13"])
def test_optima_of_the_or_library_are_found(real_data: Path, name: str) -> None:
    folder = real_data / "optim" / "orlib"
    median = pmed_problem(folder / f"{name}.txt")

    *_, last = plans_of_cover(median.problem, rounds=60_000)

    sites = np.flatnonzero(last.taken >= 0)
    assert median.distances[:, sites].min(axis=1).sum() == pmed_optima(folder)[name]
    assert median.distance_of(last.objective) == pytest.approx(pmed_optima(folder)[name])


@pytest.mark.real
@pytest.mark.parametrize("name", ["pmed4", "pmed10", "pmed40"])
def test_optima_of_the_or_library_are_proven_by_prices(real_data: Path, name: str) -> None:
    folder = real_data / "optim" / "orlib"
    median, optimum = pmed_problem(folder / f"{name}.txt"), pmed_optima(folder)[name]
    worth = median.distance_of(optimum)

    prices = bound_median(median.problem, worth, rounds=2_000, enough=1 - 1e-6)

    assert median.distance_of(bound_of(median.problem, prices)) > optimum - 1
    assert median.distance_of(bound_of(median.problem, prices)) <= optimum


def test_of_an_edge_given_twice_the_last_one_counts(tmp_path: Path) -> None:
    path = tmp_path / "pmed.txt"
    path.write_text(" 3 3 1\n 1 2 50\n 2 3 4\n 2 1 7\n")

    median = pmed_problem(path)

    assert median.distances.tolist() == [[0, 7, 11], [7, 0, 4], [11, 4, 0]]
    assert (median.far, median.problem.limits.limit.tolist()) == (11.0, [1.0])


def test_worth_of_a_median_is_what_its_distance_leaves() -> None:
    median = median_problem(np.array([[0.0, 6.0], [2.0, 1.0]]), np.array([1.0, 3.0]), 1)

    *_, last = plans_of_cover(median.problem, rounds=50)

    assert is_uncapacitated(median.problem)
    assert not is_cover(median.problem)
    assert last.taken.tolist() == [0, -1]
    assert median.distance_of(last.objective) == pytest.approx(0 + 3 * 2)


def test_random_points_cover_what_lies_within_the_radius(tmp_path: Path) -> None:
    path = tmp_path / "points.dat"
    path.write_text("3\t\n0 0.0 0.0 1 5\n1 3.0 4.0 1 7\n2 9.0 9.0 1 2\n")

    problem = random_problem(path, 1, 5.0)

    assert problem.demand_kwh[:, 0].tolist() == [5.0, 7.0, 2.0]
    assert problem.arc_demand.tolist() == [0, 1, 0, 1, 2]


@pytest.mark.real
def test_capacity_of_sjc_suffices_for_its_demand(real_data: Path) -> None:
    median = sjc_problem(real_data / "optim" / "cpmp-sjc" / "SJC1.dat")

    capacity = np.sort(median.problem.option_capacity[:, 0])[::-1]
    assert not is_uncapacitated(median.problem)
    assert (len(capacity), median.problem.limits.limit.tolist()) == (100, [10.0])
    assert capacity[:10].sum() >= median.problem.demand_kwh.sum()
