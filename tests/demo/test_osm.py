"""The walking network of a quarter made by hand: connected, every crossing a shared node, and OpenStreetMap XML."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from lxml import etree
from shapely import LineString

from laadplan.demo import osm
from laadplan.demo.model import Quarter, Segment, Street, Town
from laadplan.demo.walkways import Network, Vertex, walking_network
from tests.demo.handmade import EAST, NORTH, make_cell, make_empty_quarter, make_quarter, make_town
from tests.demo.joined import neighbours, reached_from


def border_of(quarter: Quarter) -> dict[Vertex, int]:
    """Numbers of the vertices of the roads on the border of a quarter."""
    found: dict[Vertex, int] = {}
    for segment in quarter.segments:
        if segment.is_border:
            for x, y in segment.line.coords:
                found.setdefault((x, y), len(found) + 1)
    return found


def groups(network: Network) -> int:
    """Number of pieces that do not hang together."""
    near = neighbours(pair for way in network.ways for pair in pairwise(way.nodes))
    left, count = set(near), 0
    while left:
        left -= reached_from(next(iter(left)), near)
        count += 1
    return count


def footpaths(network: Network) -> list[list[Vertex]]:
    """Vertices of the footpaths, in metres from the corner of the cell."""
    places = [
        (network.points[list(way.nodes)] - (EAST, NORTH)).round(3).tolist() for way in network.ways if not way.street
    ]
    return [[(x, y) for x, y in row] for row in places]


def document(quarter: Quarter) -> str:
    """A file of one quarter with its border roads."""
    network = walking_network(quarter, {})
    return osm.head(make_town()) + osm.quarter_nodes(quarter, network) + osm.quarter_ways(quarter, network) + osm.TAIL


def test_the_network_of_a_quarter_hangs_together() -> None:
    network = walking_network(make_quarter(), {})

    assert groups(network) == 1
    assert len(network.ways) == 12 + 3
    assert len(np.unique(network.points, axis=0)) == len(network.points)


def test_a_path_is_drawn_on_to_the_streets_it_ends_at() -> None:
    through, _, _ = footpaths(walking_network(make_quarter(), {}))

    assert through == [(66.0, 80.0), (66.0, 77.4), (64.0, 40.0), (67.0, 3.2), (67.0, 0.0)]


def test_paths_that_meet_share_a_node_and_one_that_meets_nothing_is_left_out() -> None:
    through, joined, across = footpaths(walking_network(make_quarter(), {}))

    assert joined[0] in through
    assert len(set(joined) & set(across)) == 1


def test_a_street_gets_a_node_where_a_path_ends() -> None:
    network = walking_network(make_quarter(), {})

    ends = {way.nodes[0] for way in network.ways if not way.street}
    street_nodes = {node for way in network.ways if way.street for node in way.nodes}
    assert len(ends & street_nodes) == 1


def test_streets_keep_their_length() -> None:
    quarter = make_quarter()
    network = walking_network(quarter, {})

    drawn = sum(LineString(network.points[list(way.nodes)]).length for way in network.ways if way.street)
    assert drawn == pytest.approx(sum(segment.line.length for segment in quarter.segments), abs=0.01)


def test_roads_on_the_border_are_met_in_their_own_vertices_and_not_written() -> None:
    quarter = make_quarter()
    border = border_of(quarter)
    points = {number: vertex for vertex, number in border.items()}

    network = walking_network(quarter, border)

    shared = [
        (number, tuple(point)) for number, point in zip(network.shared, network.points.tolist(), strict=True) if number
    ]
    assert shared
    assert all(points[number] == point for number, point in shared)
    assert len([way for way in network.ways if way.street]) == 4
    assert footpaths(network)[0][-1] == (60.0, 0.0)


def test_a_path_along_a_road_on_the_border_alone_is_kept() -> None:
    quarter = make_quarter()
    lonely = replace(
        quarter, segments=tuple(each for each in quarter.segments if each.is_border), paths=quarter.paths[:1]
    )

    assert len(walking_network(lonely, border_of(quarter)).ways) == 1


def test_a_quarter_without_streets_has_no_network() -> None:
    paths = make_quarter().paths

    assert walking_network(make_empty_quarter(), {}).ways == ()
    assert walking_network(replace(make_empty_quarter(), paths=paths), {}).ways == ()
    assert osm.quarter_nodes(make_empty_quarter(), walking_network(make_empty_quarter(), {})) == ""


def test_streets_that_cross_without_a_vertex_get_one() -> None:
    street = Street("Demo-Kade", "kade")
    lines = [
        LineString([(EAST, NORTH), (EAST + 100, NORTH)]),
        LineString([(EAST + 40, NORTH - 30), (EAST + 40, NORTH + 30)]),
    ]
    quarter = replace(make_empty_quarter(), segments=tuple(Segment(line, street) for line in lines))

    network = walking_network(quarter, {})

    assert (groups(network), len(network.points)) == (1, 5)


def test_ids_are_unique_over_quarters_and_ascend() -> None:
    roots = [etree.fromstring(document(make_quarter(make_cell(cell))).encode()) for cell in (0, 1)]

    for kind in ("node", "way"):
        ids = [int(item.get("id")) for root in roots for item in root.iter(kind)]
        assert ids == sorted(set(ids))


def test_every_way_refers_to_nodes_of_the_file_and_has_the_tags_of_its_kind() -> None:
    root = etree.fromstring(document(make_quarter()).encode())

    known = {item.get("id") for item in root.iter("node")}
    assert all(item.get("ref") in known for item in root.iter("nd"))
    tags = [{tag.get("k"): tag.get("v") for tag in way.iter("tag")} for way in root.iter("way")]
    classes = {tag.get("name"): tag["highway"] for tag in tags}
    assert classes == {
        "Demo-Lindestraat": "residential",
        "Demo-Merelhof": "living_street",
        "Demo-Hoofdstraat": "secondary",
        "Demo-'s-Gravenlaan & Zn": "tertiary",
        None: "footway",
    }
    assert all(tag["cycleway:both"] == "separate" for tag in tags if tag["highway"] == "secondary")
    assert all(tag["sidewalk"] == "both" for tag in tags if tag["highway"] == "residential")


def test_equal_quarters_give_equal_text() -> None:
    assert document(make_quarter()) == document(make_quarter())


def test_gdal_reads_the_ways_as_lines(tmp_path: Path) -> None:
    path = tmp_path / "lopen.osm"
    path.write_text(document(make_quarter()), encoding="utf-8")

    assert {"points", "lines"} <= set(pyogrio.list_layers(path)[:, 0])
    lines = pyogrio.read_dataframe(path, layer="lines")

    assert len(lines) == 15
    assert lines.crs.to_epsg() == 4326
    assert lines.to_crs(28992).length.sum() == pytest.approx(
        sum(segment.line.length for segment in make_quarter().segments)
        + sum(LineString(path).length for path in footpaths(walking_network(make_quarter(), {}))),
        rel=1e-3,
    )


@pytest.mark.slow
def test_osmnx_makes_one_connected_graph_of_it(tmp_path: Path) -> None:
    osmnx = pytest.importorskip("osmnx", reason="osmnx is not installed: its reader is the second opinion here")
    networkx = pytest.importorskip("networkx")
    path = tmp_path / "lopen.osm"
    path.write_text(document(make_quarter()), encoding="utf-8")

    graph = osmnx.graph_from_xml(path, bidirectional=True, simplify=False, retain_all=True)

    network = walking_network(make_quarter(), {})
    lengths = sum(length for _, _, length in graph.edges(data="length")) / 2
    drawn = sum(LineString(network.points[list(way.nodes)]).length for way in network.ways)
    assert networkx.is_strongly_connected(graph)
    assert len(graph) == len(network.points)
    assert lengths == pytest.approx(drawn, rel=0.01)
    assert shapely.box(5.2, 52.5, 5.3, 52.6).contains(
        shapely.MultiPoint([(data["x"], data["y"]) for _, data in graph.nodes(data=True)])
    )


@pytest.mark.slow
@pytest.mark.xdist_group("demo-room")
def test_quarters_of_a_planned_town_hang_together_over_their_borders(town: Town, quarters: list[Quarter]) -> None:
    nodes, ways = zip(*(osm.parts(town, quarter) for quarter in quarters), strict=True)
    parts = [osm.head(town), osm.border_nodes(town), *nodes, osm.border_ways(town), *ways, osm.TAIL]

    root = etree.fromstring("".join(parts).encode())

    ids = [int(item.get("id")) for item in root.iter("node")]
    assert ids == sorted(set(ids))
    ways = [[item.get("ref") for item in way.iter("nd")] for way in root.iter("way")]
    near = neighbours(pair for refs in ways for pair in pairwise(refs))
    assert set(near) <= {str(each) for each in ids}
    assert len(reached_from(next(iter(near)), near)) > 0.98 * len(near)
