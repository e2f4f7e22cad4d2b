"""Walking distances over a network, limited to a norm.

In: a `WalkGraph` and places on it. Out: for each source the targets within the limit and how far one walks. A walk is
the straight way from the source to its edge, the way along edges, and the straight way from the last edge to the
target.

Hard decisions
--------------
Places lie on edges, not on nodes: two on the same edge are as far apart as the edge between them is long, or less where
a way around is shorter. The search (Dijkstra, binary heap) stops at the limit, so that time and memory go with what
lies in reach and not with the size of the town; of the scratch only what a source wrote is cleared after it. Each
source is searched by itself: results do not depend on the number of threads. Sources are searched a few hundred at a
time, so that a stop from the keyboard is seen in between, and what is not yet put together stays small.
"""

from dataclasses import dataclass

import numpy as np

from laadplan.geo.network import Places, WalkGraph
from laadplan.geo.search import (
    Net,
    Scratch,
    Sources,
    Targets,
    rows_by_edge,
    search_chunk,
    walks_from_all,
    walks_to_nearest,
)

THREADS = 2
"""Threads of a search where none are named: what a small machine has."""

CHUNK = 512
"""Sources searched at a time: a few hundredths of a second at an ordinary norm."""

FOUND_AT_FIRST = 256
"""Targets per source for which room is made before it is known how many there are."""


@dataclass(frozen=True)
class Walks:
    """Targets in reach per source: those of source ``s`` stand at ``starts[s]`` up to ``starts[s + 1]``, by their row.

    ``walk_m`` is the shortest walk to each (m), what lies off the network included, not rounded.
    """

    starts: np.ndarray
    targets: np.ndarray
    walk_m: np.ndarray

    @property
    def sources(self) -> np.ndarray:
        """Row of the source of each walk."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))


def reach_within(
    graph: WalkGraph, sources: Places, targets: Places, limit_m: float, *, threads: int = THREADS
) -> Walks:
    """For each source the targets that one can walk to within the limit.

    Parameters
    ----------
    sources, targets
        Places on this network; those off it reach nothing and are not reached.
    limit_m
        Longest walk (m); exactly that far is within it. May be infinite.
    threads
        Threads that search; they change the time taken, never the result.
    """
    net, on_edge, room = _net(graph), _by_edge(graph, targets), FOUND_AT_FIRST * CHUNK
    scratch = _scratch(graph, len(on_edge.rows), threads)
    # Sources by their edge: those that follow each other look at the same part of the network.
    order = np.argsort(sources.edge, kind="stable")
    counts, found = np.zeros(len(order), dtype=np.int64), [_NOTHING]
    for first in range(0, len(order), CHUNK):
        chunk, here = _sources(sources, order[first : first + CHUNK]), counts[first : first + CHUNK]
        while True:
            rows, walks = np.empty((threads, room), dtype=np.int32), np.empty((threads, room))
            totals = search_chunk(chunk, net, on_edge, limit_m, scratch, here, rows, walks)
            if totals.max() <= room:
                break
            room = 2 * int(totals.max())
        found += [
            (row[:total].copy(), walk[:total].copy()) for row, walk, total in zip(rows, walks, totals, strict=True)
        ]
    all_rows, all_walks = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return _in_order(order, counts, all_rows, all_walks)


def walk_to_nodes(graph: WalkGraph, sources: Places, limit_m: float) -> np.ndarray:
    """Shortest walk (m) from any of the sources to each node; infinite beyond the limit."""
    node_m = np.full(graph.nodes, np.inf)
    size = len(graph.arc_heads) + 2 * len(sources)
    heap = np.empty(size), np.empty(size, dtype=np.int32)
    walks_from_all(_sources(sources), _net(graph), limit_m, node_m, *heap)
    return node_m


def nearest_walk(graph: WalkGraph, places: Places, targets: Places) -> np.ndarray:
    """Walk (m) from each place to the nearest target; infinite where the network leads to none, or off it."""
    node_m = walk_to_nodes(graph, targets, np.inf)
    return walks_to_nearest(_sources(places), _net(graph), _by_edge(graph, targets), node_m)


_NOTHING = (np.empty(0, dtype=np.int32), np.empty(0))
"""Rows and walks of no source, so that joining them works where there is none."""


def _in_order(order: np.ndarray, counts: np.ndarray, rows: np.ndarray, walks: np.ndarray) -> Walks:
    """The walks of sources in some order, brought back to that of the sources."""
    back = np.argsort(order, kind="stable")
    starts = np.concatenate([[0], np.cumsum(counts[back])])
    begin = (np.cumsum(counts) - counts)[back]
    take = np.arange(len(rows)) + np.repeat(begin - starts[:-1], counts[back])
    return Walks(starts, rows[take], walks[take])


def _net(graph: WalkGraph) -> Net:
    return Net(*(getattr(graph, name) for name in Net._fields))


def _sources(places: Places, some: slice | np.ndarray = slice(None)) -> Sources:
    return Sources(places.edge[some], places.along_m[some], places.off_m[some])


def _by_edge(graph: WalkGraph, targets: Places) -> Targets:
    first, rows = rows_by_edge(targets.edge, len(graph.tails))
    return Targets(first, rows, targets.along_m[rows], targets.off_m[rows])


def _scratch(graph: WalkGraph, targets: int, threads: int) -> Scratch:
    """Room for threads; each arc is looked at once and a source puts in two nodes, so the heap needs no more."""
    size = len(graph.arc_heads) + 2
    return Scratch(
        node_m=np.full((threads, graph.nodes), np.inf),
        entered=np.empty((threads, graph.nodes), dtype=np.int32),
        target_m=np.full((threads, targets), np.inf),
        met=np.empty((threads, targets), dtype=np.int32),
        heap_m=np.empty((threads, size)),
        heap_node=np.empty((threads, size), dtype=np.int32),
    )
