"""The peers of `benchmarks.reach`: run as a script by a Python that has them, which needs nothing of laadplan.

In: the name of the peer, a file of arrays, the file to write. Out: that file: pairs within the limit with their
distance, seconds, seconds of making the network, version. Exit code 3: the peer is not there.
"""

import importlib
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

TURNS, LEAST_S = 3, 3.0
"""As in `benchmarks.reach`."""

Found = tuple[Any, Any, Any]
"""Row of the source, node, distance (m)."""


def by_networkx(given: Any, library: Any) -> tuple[str, Callable[[], Found]]:
    """Dijkstra from each source up to the limit."""
    graph = library.Graph()
    graph.add_weighted_edges_from(
        zip(given["tail"].tolist(), given["head"].tolist(), given["length_m"].tolist(), strict=True)
    )
    sources, limit = given["sources"].tolist(), float(given["limit_m"])

    def search() -> Found:
        found = [library.single_source_dijkstra_path_length(graph, source, cutoff=limit) for source in sources]
        rows = np.repeat(np.arange(len(found)), [len(each) for each in found])
        nodes = np.concatenate([np.fromiter(each.keys(), dtype=np.int64) for each in found])
        return rows, nodes, np.concatenate([np.fromiter(each.values(), dtype=float) for each in found])

    return "single_source_dijkstra_path_length(cutoff=300)", search


def by_pandana(given: Any, library: Any) -> tuple[str, Callable[[], Found]]:
    """All nodes in range of each source, on a network prepared for that range."""
    pandas = importlib.import_module("pandas")
    x, y = given["places"].T
    table = pandas.DataFrame({name: given[name] for name in ("tail", "head", "length_m")})
    network = library.Network(
        pandas.Series(x), pandas.Series(y), table["tail"], table["head"], table[["length_m"]], twoway=True
    )
    limit = float(given["limit_m"])
    network.precompute(limit)
    sources = given["sources"]

    def search() -> Found:
        found = network.nodes_in_range(sources.tolist(), limit)
        order = np.argsort(sources)
        row = order[np.searchsorted(sources[order], found["source"].to_numpy())]
        return row, found["destination"].to_numpy(), found["length_m"].to_numpy()

    return "nodes_in_range(300) after precompute(300)", search


def main(peer: str, given: str, target: str) -> None:
    """Times a peer and writes what it found."""
    try:
        library = importlib.import_module(peer)
    except ImportError:
        sys.exit(3)
    arrays = dict(np.load(given))
    begin = time.perf_counter()
    called, search = {"networkx": by_networkx, "pandana": by_pandana}[peer](arrays, library)
    making = time.perf_counter() - begin
    seconds: list[float] = []
    while len(seconds) < TURNS or sum(seconds) < LEAST_S:
        begin = time.perf_counter()
        row, node, walk_m = search()
        seconds.append(time.perf_counter() - begin)
    np.savez(
        target,
        source=row,
        target=node,
        walk_m=walk_m,
        seconds=min(seconds),
        making=making,
        called=f"{peer}.{called}",
        version=importlib.import_module("importlib.metadata").version(peer),
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
