import itertools

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from laadplan.config.project import Walking
from laadplan.contracts.network import WalkEdges, WalkNodes
from laadplan.contracts.planning import Reach
from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput, WrongCrs
from laadplan.geo.network import Places, make_graph
from laadplan.geo.reach import nearest_walks, reach_between, walk_graph, walks_between
from laadplan.geo.snapping import report_network, snap
from laadplan.geo.walks import FOUND_AT_FIRST, nearest_walk, reach_within, walk_to_nodes
from tests.frames import few, fewer, moved, point, shapes, shuffled
from tests.geo.streets import BENT, CANAL, COURTS, DOORS, MOTORWAY, POLES, TOWN, network

EVERY = Walking(norm_m=10_000.0, snap_m=50.0)


def walks(frames, places, others=None, walking=EVERY):
    """Walks (m) between places by name, rounded to mm."""
    here, there = shapes({name: point(*at) for name, at in places.items()}), None
    there = here if others is None else shapes({name: point(*at) for name, at in others.items()})
    found = walks_between(here, there, walk_graph(*frames), walking)
    return {
        (here.index[row.point], there.index[row.site]): round(row.walk_m, 3) for row in found.itertuples(index=False)
    }


def test_a_walk_is_the_way_to_the_edge_along_it_and_off_it():
    """3 m to the street, 60 - 10 along its first leg and 25 up the second, 4 m off it."""
    assert walks(BENT, {"door": (10, 3)}, {"pole": (64, 25)}) == {("door", "pole"): 3 + 50 + 25 + 4}


def test_two_places_on_one_edge_take_the_shorter_way_around():
    """A ring of 10 and 300 m between the same two nodes: 5 m from both ends of the long one it is 5 + 10 + 5."""
    ring = network({"a": (0, 0), "b": (10, 0)}, [("a", "b"), ("a", (0, 145), (10, 145), "b")])

    assert walks(ring, {"one": (0, 5)}, {"other": (10, 5), "up": (0, 95)}) == {
        ("one", "other"): 20.0,
        ("one", "up"): 90.0,
    }


def test_a_street_that_ends_where_it_began_is_walked_both_ways():
    """A square of 4 x 100 m from one node: 50 m before its end lies 50 m from it, and 90 from a place 40 m along."""
    square = network({"a": (0, 0)}, [("a", (100, 0), (100, 100), (0, 100), "a")])

    assert walks(square, {"one": (40, 0)}, {"other": (0, 50)}) == {("one", "other"): 90.0}


@pytest.mark.parametrize("barrier", ["water", "motorway", "railway"])
def test_who_stands_on_the_other_side_walks_round_by_the_bridge(barrier):
    """20 m apart over the water; 400 m there, 20 m across and 400 m back by the bridge."""
    assert walks(CANAL, {"north": (0, 20)}, {"south": (0, 0)}) == {("north", "south"): 820.0}


def test_without_a_bridge_nobody_gets_across():
    assert walks(MOTORWAY, {"north": (0, 20)}, {"south": (0, 0)}) == {}


@pytest.mark.parametrize(("norm", "reached"), [(819.9, 0), (820.0, 1), (820.1, 1)])
def test_the_norm_holds_for_the_walk_before_it_is_rounded(norm, reached):
    assert len(walks(CANAL, {"north": (0, 20)}, {"south": (0, 0)}, Walking(norm_m=norm))) == reached


# --- against networkx -------------------------------------------------------------------------------------------------


@st.composite
def towns(draw):
    """A grid of streets of which some are missing, with random lengths, and places on edges."""
    size = draw(st.integers(2, 5))
    corners = list(itertools.product(range(size), repeat=2))
    ways = [((x, y), beside) for x, y in corners for beside in ((x + 1, y), (x, y + 1))]
    streets = [way for way in ways if max(way[1]) < size]
    kept = draw(st.lists(st.sampled_from(streets), min_size=1, unique=True))
    nodes = {f"{x}.{y}": (100.0 * x, 100.0 * y) for x, y in corners}
    frames = network(nodes, [(f"{one[0]}.{one[1]}", f"{other[0]}.{other[1]}") for one, other in kept])
    frames[1]["length_m"] = [draw(st.integers(100, 250)) / 1.0 for _ in kept]
    number = draw(st.integers(1, 8))
    place = st.tuples(st.integers(0, len(kept) - 1), st.integers(0, 100), st.integers(0, 30))
    return frames, [draw(place) for _ in range(number)], [draw(place) for _ in range(number)]


def placed(graph, drawn):
    """Places on the edges of a graph: edge, hundredths along it, and m beside it."""
    edge, share, off = (np.array(column) for column in zip(*drawn, strict=True))
    return Places(edge.astype(np.int32), share / 100 * graph.length_m[edge], off.astype(float))


def by_networkx(graph, sources, targets, limit):
    """The same walks by networkx: each place hangs by what lies off the network on a node of its own."""
    net = nx.MultiGraph()
    for edge, (tail, head, length) in enumerate(zip(graph.tails, graph.heads, graph.length_m, strict=True)):
        here = [
            (kind, at) for kind, each in (("s", sources), ("t", targets)) for at in np.flatnonzero(each.edge == edge)
        ]
        along = {place: (sources if place[0] == "s" else targets).along_m[place[1]] for place in here}
        row = [(0.0, ("n", tail)), *sorted((along[place], (edge, *place)) for place in here), (length, ("n", head))]
        for (start, one), (end, other) in itertools.pairwise(row):
            net.add_edge(one, other, weight=end - start)
        for place in here:
            off = (sources if place[0] == "s" else targets).off_m[place[1]]
            net.add_edge((edge, *place), place, weight=off)
    found = {}
    for source in range(len(sources)):
        reached = nx.single_source_dijkstra_path_length(net, ("s", source), cutoff=limit + 1e-9, weight="weight")
        found |= {(source, at[1]): walk for at, walk in reached.items() if at[0] == "t"}
    return found


@few
@given(towns(), st.integers(0, 600))
def test_walks_are_those_of_networkx(town, limit):
    frames, here, there = town
    graph = make_graph(*frames)
    sources, targets = placed(graph, here), placed(graph, there)

    found = reach_within(graph, sources, targets, limit + 1e-6)

    expected = by_networkx(graph, sources, targets, limit + 1e-6)
    got = dict(zip(zip(found.sources.tolist(), found.targets.tolist(), strict=True), found.walk_m, strict=True))
    assert got == pytest.approx(expected, abs=1e-6)
    everything = by_networkx(graph, sources, targets, 1e6)
    nearest = np.full(len(sources), np.inf)
    for (source, _), walk in everything.items():
        nearest[source] = min(nearest[source], walk)
    assert nearest_walk(graph, sources, targets) == pytest.approx(nearest, abs=1e-6)


@fewer
@given(towns(), st.integers(0, 400))
def test_the_walk_to_a_node_is_that_from_the_nearest_source(town, limit):
    frames, here, _ = town
    graph = make_graph(*frames)
    sources = placed(graph, here)
    # Each node as a place: an end of an edge that it has.
    ends = Places(
        np.concatenate([np.arange(len(graph.tails))] * 2).astype(np.int32),
        np.concatenate([np.zeros(len(graph.tails)), graph.length_m]),
        np.zeros(2 * len(graph.tails)),
    )
    all_walks = reach_within(graph, sources, ends, limit + 1e-6)
    expected = np.full(graph.nodes, np.inf)
    np.minimum.at(expected, np.concatenate([graph.tails, graph.heads])[all_walks.targets], all_walks.walk_m)

    # A walk along one's own edge to its end enters it as well, so both ways of counting agree.
    assert walk_to_nodes(graph, sources, limit + 1e-6) == pytest.approx(expected)


# --- what may not matter ----------------------------------------------------------------------------------------------


def reach(frames=TOWN, doors=DOORS, poles=POLES, walking=Walking(norm_m=250.0), quality=None):  # noqa: B008
    return reach_between(doors, poles, walk_graph(*frames), walking, existing=False, quality=quality)


def test_the_order_of_rows_does_not_matter():
    again = reach((shuffled(TOWN[0], 3), shuffled(TOWN[1], 4)), shuffled(DOORS), shuffled(POLES))

    pd.testing.assert_frame_equal(again, Reach.checked(reach()))


@fewer
@given(st.integers(-20_000, 20_000), st.integers(-20_000, 20_000), st.integers(0, 3))
def test_a_shift_and_a_turn_in_rd_do_not_matter(dx, dy, turns):
    def there(rows):
        origin = moved(shapely.Point(0, 0))
        return rows.set_geometry(rows.rotate(90 * turns, origin=origin).translate(dx, dy)) if isinstance(
            rows, gpd.GeoDataFrame
        ) else rows.rotate(90 * turns, origin=origin).translate(dx, dy)  # fmt: skip

    again = reach(tuple(there(each) for each in TOWN), there(DOORS), there(POLES))

    pd.testing.assert_index_equal(again.index, reach().index)
    pd.testing.assert_frame_equal(again, reach(), atol=0.11)


def test_the_number_of_threads_does_not_matter():
    graph = make_graph(*TOWN)
    sources, targets = snap(graph, DOORS.repeat(30), 50.0), snap(graph, POLES.repeat(30), 50.0)

    found = [reach_within(graph, sources, targets, 300.0, threads=threads) for threads in (1, 2, 4)]

    # More than there was room for at first.
    assert len(found[0].targets) > FOUND_AT_FIRST * len(sources)
    for each in found[1:]:
        np.testing.assert_array_equal(each.starts, found[0].starts)
        np.testing.assert_array_equal(each.targets, found[0].targets)
        np.testing.assert_array_equal(each.walk_m, found[0].walk_m)


# --- off the network, islands, other ground for doubt ----------------------------------------------------------------


def test_a_place_off_the_network_is_estimated_and_named():
    """60 m from the street, 50 m from the pole: 50 x 1.3."""
    quality = Quality()
    doors, poles = shapes({"far": point(30, -60), "near": point(30, -2)}), shapes({"pole": point(30, -10)})

    found = reach(BENT, doors, poles, quality=quality)

    rows = found[["walk_m", "off_network_m", "estimated"]]
    expected = pd.DataFrame(
        {"walk_m": [65.0, 12.0], "off_network_m": [np.nan, 12.0], "estimated": [True, False]},
        index=pd.Index(["far>pole", "near>pole"], name="reach_id"),
    )
    pd.testing.assert_frame_equal(rows, expected)
    assert quality.dropped == {"verder dan 50 m van het loopnetwerk: loopafstand geschat": ["far"]}
    assert quality.facts["demand points: largest snap_m"] == 2.0
    assert quality.facts["candidates: median snap_m"] == 10.0
    assert any("1 of 2 demand points lie farther than 50 m" in each for each in quality.findings)


def test_a_pole_off_the_network_is_estimated_as_well():
    found = reach(BENT, shapes({"door": point(30, 0)}), shapes({"pole": point(30, -60)}))

    assert found[["walk_m", "estimated"]].to_numpy().tolist() == [[78.0, True]]


def test_a_door_in_a_courtyard_without_a_gate_is_snapped_on_the_street():
    """The path lies 5 m away and leads nowhere; the street lies 25 m away."""
    assert walks(COURTS, {"door": (120, 25)}, {"pole": (220, 0)}) == {("door", "pole"): 125.0}


def test_a_door_on_an_island_reaches_what_lies_on_it_and_that_is_told():
    quality = Quality()

    found = reach(
        COURTS,
        shapes({"door": point(120, 200)}),
        shapes({"there": point(150, 200), "no": point(150, 0)}),
        quality=quality,
    )

    assert found[["site_id", "walk_m"]].to_numpy().tolist() == [["there", 30.0]]
    assert quality.facts["demand points: on small loose pieces"] == 1
    assert quality.facts["network_pieces"] == 3
    assert quality.facts["network_share_in_largest_piece"] == round(1000 / 1120, 4)
    assert any("1 of 1 demand points lie on loose pieces" in each for each in quality.findings)


def test_the_only_piece_is_never_a_small_one():
    assert walks(BENT, {"door": (10, 0)}, {"pole": (20, 0)}) == {("door", "pole"): 10.0}


def test_a_norm_longer_than_the_municipality_reaches_all_and_says_so():
    quality = Quality()

    found = reach(walking=Walking(norm_m=50_000.0), quality=quality)

    assert len(found) == len(DOORS) * len(POLES)
    assert any(
        "walking norm of 50000 m is longer than the walking network is wide" in each for each in quality.findings
    )


def test_of_two_edges_as_near_the_first_by_id_is_taken():
    graph = make_graph(*CANAL)

    middle = snap(graph, shapes({"middle": point(100, 10)}), 50.0)

    assert graph.lines[middle.edge[0]].equals(CANAL[1].geometry.iloc[0])


def test_an_empty_network_gives_estimates_only():
    quality = Quality()

    found = reach((WalkNodes.empty(), WalkEdges.empty()), quality=quality)

    pd.testing.assert_frame_equal(found, reach_between(DOORS, POLES, None, Walking(norm_m=250.0), existing=False))
    assert "The walking network is empty here: all walking distances are estimated." in quality.findings


@pytest.mark.parametrize("missing", [{"doors": shapes({})}, {"poles": shapes({})}])
def test_reach_of_nothing_is_an_empty_frame(missing):
    pd.testing.assert_frame_equal(reach(**missing), Reach.empty())


def test_an_edge_to_a_node_that_is_not_there_is_refused():
    with pytest.raises(BadInput, match="0:a-b of the walking network ends at a node that is not there"):
        make_graph(BENT[0].iloc[1:], BENT[1])


def test_a_network_in_degrees_is_refused():
    with pytest.raises(WrongCrs):
        make_graph(BENT[0], BENT[1].to_crs(4326))


def test_what_is_told_of_a_network_of_one_piece():
    quality = Quality()
    report_network(make_graph(*TOWN), 250.0, quality)

    assert (quality.facts, quality.findings) == ({"network_pieces": 1, "network_share_in_largest_piece": 1.0}, [])


# --- the nearest ------------------------------------------------------------------------------------------------------


def nearest(frames, places, others, walking=EVERY):
    graph = None if frames is None else walk_graph(*frames)
    here, there = (shapes({str(n): point(*at) for n, at in enumerate(each)}) for each in (places, others))
    return [tuple(row) for row in nearest_walks(here, there, graph, walking).round(3).itertuples(index=False)]


@pytest.mark.parametrize(
    ("frames", "place", "others", "expected"),
    [
        (CANAL, (0, 20), [(0, 0), (300, 22)], (302.0, False)),
        (CANAL, (0, 20), [(0, 0)], (820.0, False)),
        (MOTORWAY, (0, 20), [(0, 0)], (np.inf, False)),
        (None, (0, 20), [(0, 0), (300, 22)], (26.0, True)),
        (BENT, (0, 0), [(0, -60)], (78.0, True)),
        (BENT, (0, -60), [(0, 0)], (78.0, True)),
        (BENT, (0, 0), [(0, -60), (60, 0)], (60.0, False)),
    ],
)
def test_the_nearest_by_foot(frames, place, others, expected):
    assert nearest(frames, [place], others) == [expected]


def test_the_nearest_of_nothing_is_unknown():
    assert np.isnan(nearest(CANAL, [(0, 0)], [])[0][0])
    assert nearest(CANAL, [], [(0, 0)]) == []
