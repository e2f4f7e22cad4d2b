"""Problems of the literature, read from their published files.

In: paths of the files as their makers give them. Out: a `laadplan.optimise.problem.Problem` each. Hard decisions: the
p-median, which asks for least distance, becomes worth that falls with distance: a unit of demand at distance d is worth
``far - d``, where ``far`` is the largest distance of all; so least distance is ``far * demand - worth``.

Sources
-------
p-median
    OR-Library (Beasley 1990): edges of a graph; of an edge given twice the last one counts.
cities
    New York and Bronx (Maximo, Cordeau and Nascimento 2023): places in degrees and demand; covered within so many
    metres over a sphere of 6,378,100 m, reckoned in float64 and kept in float32: reckoned in float32 or from degrees in
    float32, half of the published plans are worth up to 0.1 % less than published.
random
    Points in a square of 30 with a demand each (Cordeau, Furini and Ljubic 2019).
sjc
    Capacitated p-median of Sao Jose dos Campos (Lorena and Senne 2004).
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from benchmarks.instances import plain
from laadplan.optimise.problem import Floats, Problem, Wholes

SPHERE_M = 6_378_100.0


@dataclass(frozen=True)
class Median:
    """A p-median problem: the problem, the distances (points, sites), and the largest of them."""

    problem: Problem
    distances: Floats
    far: float

    def distance_of(self, worth: float) -> float:
        """Total distance of a plan of so much worth."""
        return self.far * float(self.problem.demand_kwh.sum()) - worth


def pmed_problem(path: Path) -> Median:
    """One of the 40 p-median problems of OR-Library."""
    points, _, chosen = (int(word) for word in path.read_text().split()[:3])
    edges = np.array(path.read_text().split()[3:], dtype=np.int64).reshape(-1, 3)
    last = {(min(one, other), max(one, other)): length for one, other, length in edges.tolist()}
    ends = np.array(list(last)) - 1
    lengths = np.array(list(last.values()), dtype=float)
    graph = csr_matrix((lengths, (ends[:, 0], ends[:, 1])), shape=(points, points))
    return median_problem(dijkstra(graph, directed=False), np.ones(points), chosen)


def pmed_optima(folder: Path) -> dict[str, int]:
    """The published optimum by name, e.g. ``pmed1``."""
    rows = (line.split() for line in (folder / "pmedopt.txt").read_text().splitlines()[1:])
    return {row[0]: int(row[1]) for row in rows if len(row) == 2}


def median_problem(distances: Floats, demand: Floats, chosen: int) -> Median:
    """A p-median as a `Problem`: worth ``far - distance`` per unit of demand; distances (points, sites)."""
    far = float(distances.max(initial=0.0))
    point, site = np.divmod(np.arange(distances.size), max(distances.shape[1], 1))
    problem = plain(demand, distances.shape[1], (point, site, distances.ravel()), far - distances.ravel(), chosen)
    return Median(problem, distances, far)


def city_problem(points: Path, chosen: int, radius_m: float) -> Problem:
    """Maximal coverage of a city: each place is demand and may be a site."""
    places, demand = read_city(points)
    return _covering(_city_distances(places) <= radius_m, demand, chosen)


def city_plan(path: Path) -> tuple[int, Wholes]:
    """Best known worth, and the places chosen, in a published plan."""
    first, second = path.read_text().splitlines()[:2]
    return int(first.split(":")[1]), np.array(second.split(":")[1].split(), dtype=np.int64)


def city_names(folder: Path) -> dict[str, tuple[int, int, int, bool]]:
    """Per plan, e.g. ``NewYork_50_400``: number chosen, radius (m), best known worth, and whether it is proven."""
    known = json.loads((folder / "best_known.json").read_text())
    found = {}
    for name in sorted(known):
        town, chosen, radius = name.split("_")
        key = f"{town}_{chosen[1:]}_{radius[1:]}"
        found[key] = (int(chosen[1:]), int(radius[1:]), int(known[name]["best"]), bool(known[name]["flag_otimo"]))
    return found


def read_city(path: Path) -> tuple[Floats, Floats]:
    """Places in degrees (n, 2), and demand (n)."""
    lines = [line.strip() for line in path.read_text().replace("EOF", "\n").splitlines()]
    many = int(next(line for line in lines if line.startswith("DIMENSION")).split(":")[1])
    first, second = lines.index("NODE_COORD_SECTION") + 1, lines.index("DEMAND_SECTION") + 1
    places = np.array([line.split()[-2:] for line in lines[first : first + many]], dtype=float)
    return places, np.array([line.split()[-1] for line in lines[second : second + many]], dtype=float)


def _city_distances(degrees: Floats) -> np.ndarray:
    """Metres over the sphere between all places (haversine)."""
    north, east = np.radians(degrees).T
    half = (
        np.sin((north[:, None] - north) / 2) ** 2
        + np.cos(north)[:, None] * np.cos(north) * np.sin((east[:, None] - east) / 2) ** 2
    )
    return np.asarray(2 * SPHERE_M * np.arcsin(np.sqrt(half)), dtype=np.float32)


def random_problem(path: Path, chosen: int, radius: float) -> Problem:
    """Maximal coverage of random points; each is demand and may be a site."""
    rows = np.array([line.split() for line in path.read_text().splitlines()[1:] if line.strip()], dtype=float)
    apart = np.hypot(*(rows[:, None, column] - rows[None, :, column] for column in (1, 2)))
    return _covering(apart <= radius, rows[:, 4], chosen)


def sjc_problem(path: Path) -> Median:
    """A capacitated p-median; its optimum when demand may be split is at most the published one."""
    words = path.read_text().split()
    chosen = int(words[1])
    rows = np.array(words[2:], dtype=float).reshape(-1, 4)
    apart = np.hypot(*(rows[:, None, column] - rows[None, :, column] for column in (0, 1)))
    made = median_problem(apart, rows[:, 3], chosen)
    return replace(made, problem=replace(made.problem, option_capacity=rows[:, 2:3].copy()))


def _covering(covers: np.ndarray, demand: Floats, chosen: int) -> Problem:
    point, site = np.nonzero(covers)
    return plain(demand, covers.shape[1], (point, site, np.zeros(len(point))), np.ones(len(point)), chosen)
