"""The walking network as arrays.

In: `WalkNodes` and `WalkEdges`. Out: `WalkGraph`, which knows its connected pieces; `Places` are what
`laadplan.geo.snapping` makes of points. People walk both ways on every edge.
"""

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from laadplan.contracts.frame import require_rd
from laadplan.errors import BadInput


@dataclass(frozen=True)
class WalkGraph:
    """A walking network as arrays; nodes and edges in the order of their place, so that neighbours lie together.

    ``id_rank`` is the place of each edge in the order of ids, which settles ties.

    ``tails`` and ``heads`` are the nodes at both ends of each edge, ``length_m`` its length and ``lines`` its shape (RD
    New). Arcs are edges as left from a node: those of node ``n`` stand at ``starts[n]`` up to ``starts[n + 1]``, each
    with the node it leads to, its length, and its edge (``2 * edge``, plus one where it is walked from head to tail).
    ``piece`` numbers the connected pieces per edge, the longest first; ``piece_m`` are their lengths.
    """

    id_rank: np.ndarray
    lines: np.ndarray
    tails: np.ndarray
    heads: np.ndarray
    length_m: np.ndarray
    starts: np.ndarray
    arc_heads: np.ndarray
    arc_length_m: np.ndarray
    arc_edges: np.ndarray
    piece: np.ndarray
    piece_m: np.ndarray

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return len(self.starts) - 1

    @cached_property
    def width_m(self) -> float:
        """Diagonal (m) of the box around the network; 0 where it is empty."""
        if not len(self.lines):
            return 0.0
        x_min, y_min, x_max, y_max = shapely.total_bounds(self.lines)
        return float(np.hypot(x_max - x_min, y_max - y_min))


@dataclass(frozen=True)
class Places:
    """Places on edges: edge (-1: off the network), how far along it from its tail (m), and how far beside it (m)."""

    edge: np.ndarray
    along_m: np.ndarray
    off_m: np.ndarray

    def __len__(self) -> int:
        return len(self.edge)

    @property
    def on_network(self) -> np.ndarray:
        """Whether each place lies on the network."""
        return np.asarray(self.edge >= 0)


def make_graph(walk_nodes: gpd.GeoDataFrame, walk_edges: gpd.GeoDataFrame) -> WalkGraph:
    """The network as arrays; row order of the frames does not matter.

    Parameters
    ----------
    walk_nodes, walk_edges
        `WalkNodes` and `WalkEdges`, RD New.

    Raises
    ------
    WrongCrs
        One of the two is not in RD New.
    BadInput
        An edge names a node that is not there.
    """
    require_rd(walk_nodes, "walk_nodes")
    require_rd(walk_edges, "walk_edges")
    edges = gpd.GeoDataFrame(walk_edges.sort_index())
    names = _in_place_order(walk_nodes)
    ends = np.stack([names.get_indexer(pd.Index(edges[name])) for name in ("from_node", "to_node")])
    if (ends < 0).any():
        lost = edges.index[int(np.flatnonzero((ends < 0).any(axis=0))[0])]
        raise BadInput(f"Edge {lost} of the walking network ends at a node that is not there.", where="WalkEdges")
    order = np.lexsort((np.arange(len(edges)), ends.max(axis=0), ends.min(axis=0)))
    tails, heads = (each[order].astype(np.int32) for each in ends)
    length_m = edges["length_m"].to_numpy(dtype=float)[order]
    return _graph(order, edges.geometry.to_numpy()[order], tails, heads, length_m, len(names))


def _in_place_order(walk_nodes: gpd.GeoDataFrame) -> pd.Index:
    """Ids of the nodes along a curve that keeps neighbours together; of nodes in one place the smallest id first."""
    nodes = walk_nodes.sort_index()
    if nodes.empty:
        return nodes.index
    return nodes.index[np.argsort(nodes.geometry.hilbert_distance().to_numpy(), kind="stable")]


def _graph(
    id_rank: np.ndarray, lines: np.ndarray, tails: np.ndarray, heads: np.ndarray, length_m: np.ndarray, nodes: int
) -> WalkGraph:
    number = np.arange(len(tails))
    leaves = np.concatenate([tails, heads])
    order = np.argsort(leaves, kind="stable")
    links = coo_array((np.ones(len(tails), dtype=bool), (tails, heads)), shape=(nodes, nodes))
    label = connected_components(links, directed=False)[1][tails] if len(tails) else number
    total = np.bincount(label, weights=length_m) if len(tails) else np.empty(0)
    # Of pieces that are as long, the one that comes first in the order of places.
    longest = np.argsort(-total.round(2), kind="stable")
    rank = np.argsort(longest, kind="stable")
    return WalkGraph(
        id_rank=id_rank,
        lines=lines,
        tails=tails,
        heads=heads,
        length_m=length_m,
        starts=np.concatenate([[0], np.cumsum(np.bincount(leaves, minlength=nodes))]).astype(np.int32),
        arc_heads=np.concatenate([heads, tails])[order].astype(np.int32),
        arc_length_m=np.concatenate([length_m, length_m])[order],
        arc_edges=np.concatenate([2 * number, 2 * number + 1])[order].astype(np.int32),
        piece=rank[label].astype(np.int32),
        piece_m=total[longest][total[longest] > 0],
    )
