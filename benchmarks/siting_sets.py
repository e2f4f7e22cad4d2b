"""Cases of `benchmarks.siting` that need data: real cities, real addresses, the literature's sets, and a town.

In: the folder with real data, and a town's config and frames. Out: cases by name. What is compared with what: cities
and p-medians with the best values published; addresses and random sets with the best plan of the same run, which HiGHS
proves where its time allows. The capacitated p-median of Sao Jose dos Campos is not among them: there each point goes
whole to one site, here demand may be split, so its published values are at most an upper bound on the cost.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import geopandas as gpd
import shapely

from benchmarks import instances, literature
from benchmarks.siting import Job, Task, ours
from laadplan.optimise.problem import Problem

ADDRESSES = {
    "ede": ("ede-otterlo/bag/dutch_addresses_28992.gpkg", None),
    "zeeheldenbuurt": ("amsterdam-zeeheldenbuurt/bag/bag.gpkg", "verblijfsobjecten"),
}
"""Files with real addresses, and their layers."""

REACHES = (("ede", 100, 20), ("ede", 200, 20), ("zeeheldenbuurt", 20, 40), ("zeeheldenbuurt", 40, 20))
"""Which addresses, within how many metres, by how many sites."""

RANDOM = ((5.5, 10), (3.25, 20))
"""Radius and number of sites of the random sets, as in the literature."""


def sets(data: Path | None, town: tuple[Path, Path] | None) -> dict[str, Sequence[Task]]:
    """The cases that there is data for."""
    found: dict[str, Sequence[Task]] = {}
    if data:
        found |= {"cities": _cities(data), "random": _random(data), "medians": _medians(data)}
    if town:
        from benchmarks.town import town_problem

        found["municipal"] = (Task("town, all rules", partial(town_problem, *town), "municipal", (ours(290),)),)
    return found


def _cities(data: Path) -> list[Task]:
    folder = data / "optim" / "mclp-cities"
    tasks = []
    for name, (chosen, radius_m, best, _) in literature.city_names(folder).items():
        make = partial(literature.city_problem, folder / f"{name.split('_')[0]}.txt", chosen, radius_m)
        tasks.append(Task(name, make, "coverage", (ours(29),), best_in=partial(_told, float(best))))
    for name, reach_m, many in REACHES:
        make = partial(_addresses, data, name, reach_m, many)
        task = Task(f"{name} p{many} r{reach_m}", make, "coverage", (ours(29), Job("HiGHS", 0.2)), best_of_run=True)
        tasks.append(task)
    return tasks


def _told(best: float, problem: Problem) -> float:
    return best


def _addresses(data: Path, name: str, reach_m: float, many: int) -> Problem:
    path, layer = ADDRESSES[name]
    read = gpd.read_file(data / path, layer=layer) if layer else gpd.read_file(data / path)
    return instances.places(shapely.get_coordinates(read.geometry.to_numpy()), reach_m, many)


def _random(data: Path) -> list[Task]:
    return [
        Task(
            f"{path.stem} p{many} r{reach}",
            partial(literature.random_problem, path, many, reach),
            "coverage",
            (ours(5), Job("HiGHS", 0.1)),
            best_of_run=True,
        )
        for path in sorted((data / "optim" / "mclp-random").glob("*.dat"))
        for reach, many in RANDOM
    ]


def _medians(data: Path) -> list[Task]:
    folder = data / "optim" / "orlib"
    return [
        Task(
            name,
            partial(_median, folder / f"{name}.txt"),
            "median",
            (ours(20), Job("spopt")) if name == "pmed40" else (ours(20),),
            best_in=partial(_worth_of, float(cost)),
        )
        for name, cost in literature.pmed_optima(folder).items()
    ]


def _median(path: Path) -> Problem:
    return literature.pmed_problem(path).problem


def _worth_of(cost: float, problem: Problem) -> float:
    """Worth of a p-median of so much cost: as a problem, a point is worth what is left of the farthest distance."""
    return float(problem.arc_worth.max() * problem.demand_kwh.sum()) - cost
