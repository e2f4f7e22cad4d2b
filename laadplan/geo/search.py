"""The loops of the search for walks, compiled.

In: arrays of a network, of sources and of targets. Out: walks. What they mean and how they are called stands in
`laadplan.geo.walks`; here they are only made fast.
"""

from typing import NamedTuple

import numpy as np

from laadplan.geo.compiled import compiled, compiled_parallel, prange


class Net(NamedTuple):
    """What the kernels take of a `WalkGraph`."""

    tails: np.ndarray
    heads: np.ndarray
    length_m: np.ndarray
    starts: np.ndarray
    arc_heads: np.ndarray
    arc_length_m: np.ndarray
    arc_edges: np.ndarray


class Sources(NamedTuple):
    """What the kernels take of the places where walks begin."""

    edge: np.ndarray
    along_m: np.ndarray
    off_m: np.ndarray


class Targets(NamedTuple):
    """Targets by the edge they lie on: those of edge ``e`` stand at ``first[e]`` up to ``first[e + 1]``.

    ``rows`` are their rows. The kernels know them by their place here, which lies near that of their neighbours.
    """

    first: np.ndarray
    rows: np.ndarray
    along_m: np.ndarray
    off_m: np.ndarray


class Scratch(NamedTuple):
    """What a thread writes in, a row of each: walks to nodes and targets, infinite between two sources, the nodes
    entered and targets met by the source, and the heap.
    """

    node_m: np.ndarray
    entered: np.ndarray
    target_m: np.ndarray
    met: np.ndarray
    heap_m: np.ndarray
    heap_node: np.ndarray


@compiled
def rows_by_edge(edge: np.ndarray, edges: int) -> tuple[np.ndarray, np.ndarray]:
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
def _keep(scratch: Scratch, targets: Targets, number: int, total: int, rows: np.ndarray, walks: np.ndarray) -> None:
    """Adds the targets met, by row, to those of earlier sources, where there is room for them, and forgets them."""
    keys = np.empty(number, dtype=np.int64)
    for each in range(number):
        keys[each] = (np.int64(targets.rows[scratch.met[each]]) << 32) | scratch.met[each]
    keys.sort()
    for each in range(number):
        place = keys[each] & 0xFFFFFFFF
        if total + number <= len(rows):
            rows[total + each], walks[total + each] = keys[each] >> 32, scratch.target_m[place]
        scratch.target_m[place] = np.inf


@compiled
def _search(here: tuple[int, float, float], net: Net, targets: Targets, limit_m: float, scratch: Scratch) -> int:
    """Number of targets in reach of one source (edge, along, off); which and how far stands in the scratch.

    One function, and its arrays taken out of their tuples: calls with them in the inner loop cost as much again.
    """
    starts, arc_heads, arc_length_m, arc_edges = net.starts, net.arc_heads, net.arc_length_m, net.arc_edges
    first, there_m, beside_m = targets.first, targets.along_m, targets.off_m
    node_m, entered, heap_m, heap_node = scratch.node_m, scratch.entered, scratch.heap_m, scratch.heap_node
    target_m, met = scratch.target_m, scratch.met
    edge, along_m, off_m = here
    number, size, nodes = 0, 0, 0
    for place in range(first[edge], first[edge + 1]):
        walk_m = off_m + abs(along_m - there_m[place]) + beside_m[place]
        if walk_m <= limit_m:
            target_m[place], met[number] = walk_m, place
            number += 1
    for node, way_m in ((net.tails[edge], along_m), (net.heads[edge], net.length_m[edge] - along_m)):
        walk_m = off_m + way_m
        if walk_m <= limit_m and walk_m < node_m[node]:
            if node_m[node] == np.inf:
                entered[nodes] = node
                nodes += 1
            node_m[node] = walk_m
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
                if walk_m <= limit_m and walk_m < target_m[place]:
                    if target_m[place] == np.inf:
                        met[number] = place
                        number += 1
                    target_m[place] = walk_m
            walk_m, node = start_m + length_m, arc_heads[arc]
            if walk_m <= limit_m and walk_m < node_m[node]:
                if node_m[node] == np.inf:
                    entered[nodes] = node
                    nodes += 1
                node_m[node] = walk_m
                size = _push(heap_m, heap_node, size, walk_m, node)
    for each in range(nodes):
        node_m[entered[each]] = np.inf
    return number


@compiled_parallel
def search_chunk(
    sources: Sources,
    net: Net,
    targets: Targets,
    limit_m: float,
    scratch: Scratch,
    counts: np.ndarray,
    rows: np.ndarray,
    walks: np.ndarray,
) -> np.ndarray:
    """Number of targets in reach of all sources of each thread; ``rows`` takes them as far as there is room."""
    threads = len(rows)
    totals = np.zeros(threads, dtype=np.int64)
    share = (len(sources.edge) + threads - 1) // threads
    for thread in prange(threads):
        mine = Scratch(
            scratch.node_m[thread],
            scratch.entered[thread],
            scratch.target_m[thread],
            scratch.met[thread],
            scratch.heap_m[thread],
            scratch.heap_node[thread],
        )
        last = min((thread + 1) * share, len(sources.edge))
        for source in range(thread * share, last):
            if sources.edge[source] < 0:
                continue
            here = (sources.edge[source], sources.along_m[source], sources.off_m[source])
            counts[source] = _search(here, net, targets, limit_m, mine)
            _keep(mine, targets, counts[source], totals[thread], rows[thread], walks[thread])
            totals[thread] += counts[source]
    return totals


@compiled
def walks_from_all(
    sources: Sources, net: Net, limit_m: float, node_m: np.ndarray, heap_m: np.ndarray, heap_node: np.ndarray
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
def walks_to_nearest(places: Sources, net: Net, targets: Targets, node_m: np.ndarray) -> np.ndarray:
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
