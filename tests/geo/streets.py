"""Small walking networks, in metres from the corner point."""

import geopandas as gpd
import pandas as pd
import shapely

from laadplan.contracts.frame import RD_EPSG
from laadplan.contracts.network import WalkEdges, WalkNodes
from tests.frames import moved, point, shapes


def network(nodes, edges):
    """`WalkNodes` and `WalkEdges` of nodes by name with their place, and of edges as names of nodes with via points."""
    lines = {
        f"{number}:{edge[0]}-{edge[-1]}": [nodes.get(each, each) for each in edge] for number, edge in enumerate(edges)
    }
    walk_nodes = gpd.GeoDataFrame(
        {"origin": "OSM"},
        index=pd.Index(list(nodes), name="node_id"),
        geometry=[moved(point(*at)) for at in nodes.values()],
        crs=RD_EPSG,
    )
    walk_edges = gpd.GeoDataFrame(
        {
            "from_node": [edge[0] for edge in edges],
            "to_node": [edge[-1] for edge in edges],
            "length_m": [shapely.LineString(line).length for line in lines.values()],
            "kind": "voetpad",
            "name": None,
            "origin": "OSM",
        },
        index=pd.Index(list(lines), name="edge_id"),
        geometry=[moved(shapely.LineString(line)) for line in lines.values()],
        crs=RD_EPSG,
    )
    walk_nodes = walk_nodes.astype({"origin": "str"})
    walk_edges = walk_edges.astype(dict.fromkeys(["from_node", "to_node", "kind", "name", "origin"], "str"))
    return WalkNodes.checked(walk_nodes), WalkEdges.checked(walk_edges)


BENT = network({"a": (0, 0), "b": (60, 40)}, [("a", (60, 0), "b")])
"""A street of 100 m with a bend: from a to b 60 m east, then 40 m north."""

CANAL = network(
    {"n1": (0, 20), "n2": (400, 20), "s1": (0, 0), "s2": (400, 0)}, [("n1", "n2"), ("s1", "s2"), ("n2", "s2")]
)
"""Two banks of a canal 20 m wide; the only bridge lies 400 m to the east."""

MOTORWAY = network({"n1": (0, 20), "n2": (600, 20), "s1": (0, 0), "s2": (600, 0)}, [("n1", "n2"), ("s1", "s2")])
"""The same without the bridge: a motorway with nobody across."""

COURTS = network(
    {"a": (0, 0), "b": (1000, 0), "c": (100, 20), "d": (160, 20), "e": (100, 200), "f": (160, 200)},
    [("a", "b"), ("c", "d"), ("e", "f")],
)
"""A street of 1,000 m, a path of 60 m in a courtyard 20 m north of it, and another 200 m north of it."""

TOWN = network(
    {f"{x}{y}": (100.0 * x, 100.0 * y) for x in range(4) for y in range(4)},
    [
        *[(f"{x}{y}", f"{x + 1}{y}") for x in range(3) for y in range(4)],
        *[(f"{x}{y}", f"{x}{y + 1}") for x in range(4) for y in range(3) if (x + y) % 3],
    ],
)
DOORS = shapes({f"d{number}": point(37 * number % 300, 53 * number % 300) for number in range(40)})
POLES = shapes({f"p{number}": point(71 * number % 300, 29 * number % 300) for number in range(40)})
