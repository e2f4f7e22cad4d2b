"""Walking distances over a network, limited to a norm.

In: a `WalkGraph` and places on it. Out: for each source the targets within the limit and how far one walks. A walk is
the straight way from the source to its edge, the way along edges, and the straight way from the last edge to the
target.

Hard decisions
--------------
Places lie on edges, not on nodes: two on the same edge are as far apart as the edge between them is long, or less where
a way around is shorter. The search (Dijkstra, binary heap) stops at the limit, so that time and memory go with what
lies in reach and not with the size of the town; scratch is stamped with the source instead of cleared. Each source
is searched by itself: results do not depend on the number of threads. Sources are searched a few hundred at a time,
so that a stop from the keyboard is seen in between, and what is not yet put together stays small.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from laadplan.geo.compiled import compiled, compiled_parallel, prange
from laadplan.geo.network import Places, WalkGraph

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


class _Net(NamedTuple):
    """What the kernels take of a `WalkGraph`."""

    tails: np.ndarray
    heads: np.ndarray
    length_m: np.ndarray
    starts: np.ndarray
    arc_heads: np.ndarray
    arc_length_m: np.ndarray
    arc_edges: np.ndarray


class _Sources(NamedTuple):
    """What the kernels take of the places where walks begin."""

    edge: np.ndarray
    along_m: np.ndarray
    off_m: np.ndarray


class _Targets(NamedTuple):
    """Targets by the edge they lie on: those of edge ``e`` stand at ``first[e]`` up to ``first[e + 1]``.

    ``rows`` are their rows. The kernels know them by their place here, which lies near that of their neighbours.
    """

    first: np.ndarray
    rows: np.ndarray
    along_m: np.ndarray
    off_m: np.ndarray


class _Scratch(NamedTuple):
    """What a thread writes in, a row of each: walks to nodes and targets, of which source, targets met, heap."""

    node_m: np.ndarray
    node_seen: np.ndarray
    target_m: np.ndarray
    target_seen: np.ndarray
    met: np.ndarray
    heap_m: np.ndarray
    heap_node: np.ndarray


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
    counts, found, stamp = np.zeros(len(order), dtype=np.int64), [_NOTHING], 0
    for first in range(0, len(order), CHUNK):
        chunk, here = _sources(sources, order[first : first + CHUNK]), counts[first : first + CHUNK]
        while True:
            rows, walks = np.empty((threads, room), dtype=np.int32), np.empty((threads, room))
            totals = _search_chunk(chunk, stamp, net, on_edge, limit_m, scratch, here, rows, walks)
            stamp += CHUNK
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
    _from_all(_sources(sources), _net(graph), limit_m, node_m, *heap)
    return node_m


def nearest_walk(graph: WalkGraph, places: Places, targets: Places) -> np.ndarray:
    """Walk (m) from each place to the nearest target; infinite where the network leads to none, or off it."""
    node_m = walk_to_nodes(graph, targets, np.inf)
    return _nearest(_sources(places), _net(graph), _by_edge(graph, targets), node_m)


_NOTHING = (np.empty(0, dtype=np.int32), np.empty(0))
"""Rows and walks of no source, so that joining them works where there is none."""


def _in_order(order: np.ndarray, counts: np.ndarray, rows: np.ndarray, walks: np.ndarray) -> Walks:
    """The walks of sources in some order, brought back to that of the sources."""
    back = np.argsort(order, kind="stable")
    starts = np.concatenate([[0], np.cumsum(counts[back])])
    begin = (np.cumsum(counts) - counts)[back]
    take = np.arange(len(rows)) + np.repeat(begin - starts[:-1], counts[back])
    return Walks(starts, rows[take], walks[take])


def _net(graph: WalkGraph) -> _Net:
    return _Net(*(getattr(graph, name) for name in _Net._fields))


def _sources(places: Places, some: slice | np.ndarray = slice(None)) -> _Sources:
    return _Sources(places.edge[some], places.along_m[some], places.off_m[some])


def _by_edge(graph: WalkGraph, targets: Places) -> _Targets:
    first, rows = _sorted(targets.edge, len(graph.tails))
    return _Targets(first, rows, targets.along_m[rows], targets.off_m[rows])


def _scratch(graph: WalkGraph, targets: int, threads: int) -> _Scratch:
    """Room for threads; each arc is looked at once and a source puts in two nodes, so the heap needs no more."""
    size = len(graph.arc_heads) + 2
    return _Scratch(
        node_m=np.empty((threads, graph.nodes)),
        node_seen=np.full((threads, graph.nodes), -1, dtype=np.int32),
        target_m=np.empty((threads, targets)),
        target_seen=np.full((threads, targets), -1, dtype=np.int32),
        met=np.empty((threads, targets), dtype=np.int32),
        heap_m=np.empty((threads, size)),
        heap_node=np.empty((threads, size), dtype=np.int32),
    )


@compiled
def _sorted(edge: np.ndarray, edges: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the places on the network by their edge, and where those of each edge begin."""
    first = np.zeros(edges + 1, dtype=np.int32)
    for row in range(len(edge)):
        if edge[row] >= 0:
            first[edge[row] + 1] += 1
    for each in range(edges):
        first[each + 1] += first[each]
    rows, free = np.empty(first[edges], dtype=np.int32), first[:-1].copy()
    for row in range(len(edge)):
        if edge[row] >= 0:
            rows[free[edge[row]]] = row
            free[edge[row]] += 1
    return first, rows


@compiled
def _push(heap_m: np.ndarray, heap_node: np.ndarray, size: int, walk_m: float, node: int) -> int:
    """Puts a node in the heap; its new size."""
    at = size
    while at > 0:
        above = (at - 1) >> 1
        if heap_m[above] <= walk_m:
            break
        heap_m[at], heap_node[at] = heap_m[above], heap_node[above]
        at = above
    heap_m[at], heap_node[at] = walk_m, node
    return size + 1


@compiled
def _pop(heap_m: np.ndarray, heap_node: np.ndarray, size: int) -> int:
    """Takes the first node, which was read already, out of the heap; its new size."""
    size -= 1
    walk_m, node = heap_m[size], heap_node[size]
    at, below = 0, 1
    while below < size:
        if below + 1 < size and heap_m[below + 1] < heap_m[below]:
            below += 1
        if heap_m[below] >= walk_m:
            break
        heap_m[at], heap_node[at] = heap_m[below], heap_node[below]
        at, below = below, 2 * below + 1
    heap_m[at], heap_node[at] = walk_m, node
    return size


@compiled
def _keep(scratch: _Scratch, targets: _Targets, number: int, total: int, rows: np.ndarray, walks: np.ndarray) -> None:
    """Adds the targets met, by row, to those of earlier sources, where there is room for them."""
    if total + number > len(rows):
        return
    keys = np.empty(number, dtype=np.int64)
    for each in range(number):
        keys[each] = (np.int64(targets.rows[scratch.met[each]]) << 32) | scratch.met[each]
    keys.sort()
    for each in range(number):
        rows[total + each] = keys[each] >> 32
        walks[total + each] = scratch.target_m[keys[each] & 0xFFFFFFFF]


@compiled
def _search(
    here: tuple[int, float, float], source: int, net: _Net, targets: _Targets, limit_m: float, scratch: _Scratch
) -> int:
    """Number of targets in reach of one source (edge, along, off); which and how far stands in the scratch.

    One function, and its arrays taken out of their tuples: calls with them in the inner loop cost as much again.
    """
    starts, arc_heads, arc_length_m, arc_edges = net.starts, net.arc_heads, net.arc_length_m, net.arc_edges
    first, there_m, beside_m = targets.first, targets.along_m, targets.off_m
    node_m, node_seen, heap_m, heap_node = scratch.node_m, scratch.node_seen, scratch.heap_m, scratch.heap_node
    target_m, target_seen, met = scratch.target_m, scratch.target_seen, scratch.met
    edge, along_m, off_m = here
    number, size = 0, 0
    for place in range(first[edge], first[edge + 1]):
        walk_m = off_m + abs(along_m - there_m[place]) + beside_m[place]
        if walk_m <= limit_m:
            target_m[place], target_seen[place], met[number] = walk_m, source, place
            number += 1
    for node, way_m in ((net.tails[edge], along_m), (net.heads[edge], net.length_m[edge] - along_m)):
        walk_m = off_m + way_m
        if walk_m <= limit_m and (node_seen[node] != source or walk_m < node_m[node]):
            node_m[node], node_seen[node] = walk_m, source
            size = _push(heap_m, heap_node, size, walk_m, node)
    while size > 0:
        start_m, node = heap_m[0], heap_node[0]
        size = _pop(heap_m, heap_node, size)
        if start_m > node_m[node]:
            continue
        for arc in range(starts[node], starts[node + 1]):
            length_m, on, backward = arc_length_m[arc], arc_edges[arc] >> 1, arc_edges[arc] & 1
            for place in range(first[on], first[on + 1]):
                walk_m = start_m + (length_m - there_m[place] if backward else there_m[place]) + beside_m[place]
                if walk_m <= limit_m and target_seen[place] != source:
                    target_m[place], target_seen[place], met[number] = walk_m, source, place
                    number += 1
                elif walk_m < target_m[place] and walk_m <= limit_m:
                    target_m[place] = walk_m
            walk_m, node = start_m + length_m, arc_heads[arc]
            if walk_m <= limit_m and (node_seen[node] != source or walk_m < node_m[node]):
                node_m[node], node_seen[node] = walk_m, source
                size = _push(heap_m, heap_node, size, walk_m, node)
    return number


@compiled_parallel
def _search_chunk(
    sources: _Sources,
    stamp: int,
    net: _Net,
    targets: _Targets,
    limit_m: float,
    scratch: _Scratch,
    counts: np.ndarray,
    rows: np.ndarray,
    walks: np.ndarray,
) -> np.ndarray:
    """Number of targets in reach of all sources of each thread; ``rows`` takes them as far as there is room."""
    threads = len(rows)
    totals = np.zeros(threads, dtype=np.int64)
    share = (len(sources.edge) + threads - 1) // threads
    for thread in prange(threads):
        mine = _Scratch(
            scratch.node_m[thread],
            scratch.node_seen[thread],
            scratch.target_m[thread],
            scratch.target_seen[thread],
            scratch.met[thread],
            scratch.heap_m[thread],
            scratch.heap_node[thread],
        )
        last = min((thread + 1) * share, len(sources.edge))
        for source in range(thread * share, last):
            if sources.edge[source] < 0:
                continue
            here = (sources.edge[source], sources.along_m[source], sources.off_m[source])
            counts[source] = _search(here, stamp + source, net, targets, limit_m, mine)
            _keep(mine, targets, counts[source], totals[thread], rows[thread], walks[thread])
            totals[thread] += counts[source]
    return totals


@compiled
def _from_all(
    sources: _Sources, net: _Net, limit_m: float, node_m: np.ndarray, heap_m: np.ndarray, heap_node: np.ndarray
) -> None:
    """Writes the shortest walk from any source to each node within the limit in ``node_m``, which holds infinities."""
    size = 0
    for source in range(len(sources.edge)):
        edge, along_m = sources.edge[source], sources.along_m[source]
        if edge < 0:
            continue
        rest_m = net.length_m[edge] - along_m
        for node, way_m in ((net.tails[edge], along_m), (net.heads[edge], rest_m)):
            walk_m = sources.off_m[source] + way_m
            if walk_m <= limit_m and walk_m < node_m[node]:
                node_m[node] = walk_m
                size = _push(heap_m, heap_node, size, walk_m, node)
    while size > 0:
        walk_m, node = heap_m[0], heap_node[0]
        size = _pop(heap_m, heap_node, size)
        if walk_m > node_m[node]:
            continue
        for arc in range(net.starts[node], net.starts[node + 1]):
            there_m, other = walk_m + net.arc_length_m[arc], net.arc_heads[arc]
            if there_m <= limit_m and there_m < node_m[other]:
                node_m[other] = there_m
                size = _push(heap_m, heap_node, size, there_m, other)


@compiled
def _nearest(places: _Sources, net: _Net, targets: _Targets, node_m: np.ndarray) -> np.ndarray:
    """Shortest walk from each place to any target: over an end of its edge, or to one on the same edge."""
    walks = np.full(len(places.edge), np.inf)
    for place in range(len(places.edge)):
        here, along_m = places.edge[place], places.along_m[place]
        if here < 0:
            continue
        rest_m = net.length_m[here] - along_m
        best_m = min(node_m[net.tails[here]] + along_m, node_m[net.heads[here]] + rest_m)
        for other in range(targets.first[here], targets.first[here + 1]):
            best_m = min(best_m, abs(along_m - targets.along_m[other]) + targets.off_m[other])
        walks[place] = places.off_m[place] + best_m
    return walks
