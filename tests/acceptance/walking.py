"""Walks over a network, counted by networkx and shapely alone.

In: frames of a run. Out: the walk from a place to others, and networks with something cut out of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas
import networkx
import shapely
from pyproj import Transformer

TO_RD = Transformer.from_crs(4326, 28992, always_xy=True)


class Network:
    """A walking network of a run, on which places lie at the nearest point of the nearest edge."""

    def __init__(self, edges: geopandas.GeoDataFrame) -> None:
        self.edges = edges.reset_index(drop=True)
        self.tree = shapely.STRtree(self.edges.geometry.to_numpy())
        self.graph = networkx.MultiGraph()
        for row in self.edges.itertuples():
            self.graph.add_edge(row.from_node, row.to_node, length=row.length_m)

    def piece_of(self, place: shapely.Point) -> Any:
        """Nodes of the piece on which a place lies."""
        return networkx.node_connected_component(self.graph, self.edges["from_node"][self.on(place)[0]])

    def on(self, place: shapely.Point) -> tuple[int, float, float]:
        """Edge of a place, how far along it, and how far beside it (m)."""
        edge = int(self.tree.nearest(place))
        line = self.edges.geometry[edge]
        along = line.project(place) * self.edges["length_m"][edge] / line.length
        return edge, along, line.distance(place)

    def walks(
        self, place: shapely.Point, others: Mapping[str, shapely.Point], within_m: float
    ) -> dict[str, tuple[float, float]]:
        """Walk and what of it lies off the network (m), to each other place within a distance."""
        edge, along, off = self.on(place)
        ends = self.edges.loc[edge]
        nodes: dict[Any, float] = {}
        for node, extra in ((ends["from_node"], along), (ends["to_node"], ends["length_m"] - along)):
            reached = networkx.single_source_dijkstra_path_length(self.graph, node, cutoff=within_m, weight="length")
            for other, length in reached.items():
                nodes[other] = min(nodes.get(other, float("inf")), length + extra)
        found = {}
        for name, other_place in others.items():
            there, beside, other_off = self.on(other_place)
            row = self.edges.loc[there]
            far = float("inf")
            walk = min(
                nodes.get(row["from_node"], far) + beside,
                nodes.get(row["to_node"], far) + row["length_m"] - beside,
                abs(along - beside) if there == edge else far,
            )
            if walk + off + other_off <= within_m:
                found[name] = (walk + off + other_off, off + other_off)
        return found


def without_segments(path: Path, is_cut: Callable[[tuple[float, float], tuple[float, float]], bool]) -> int:
    """Number of segments taken out of the ways of an OSM file, whose ways are cut in two there; rewritten in place."""
    text = path.read_text(encoding="utf-8")
    at = {
        key: TO_RD.transform(float(lon), float(lat))
        for key, lat, lon in re.findall(r'<node id="(\d+)" lat="([\d.]+)" lon="([\d.]+)"', text)
    }
    cuts, fresh = 0, 9_000_000

    def rewrite(match: re.Match[str]) -> str:
        nonlocal cuts, fresh
        head, body = match[1], match[2]
        refs = re.findall(r'<nd ref="(\d+)"', body)
        tags = "".join(re.findall(r"<tag [^>]*/>", body))
        parts: list[list[str]] = [[refs[0]]]
        for one, other in pairwise(refs):
            if is_cut(at[one], at[other]):
                cuts += 1
                parts.append([])
            parts[-1].append(other)
        ways = []
        for part in parts:
            if len(part) > 1:
                fresh += 1
                nodes = "".join(f'<nd ref="{ref}"/>' for ref in part)
                ways.append(re.sub(r'id="\d+"', f'id="{fresh}"', head) + nodes + tags + "</way>")
        return "\n".join(ways)

    changed = re.sub(r"(<way [^>]*>)(.*?)</way>", rewrite, text, flags=re.DOTALL)
    path.write_text(changed, encoding="utf-8")
    return cuts
