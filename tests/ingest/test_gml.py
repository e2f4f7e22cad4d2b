import math

import numpy as np
import pytest
import shapely
from hypothesis import assume, example, given
from hypothesis import strategies as st
from lxml import etree

from laadplan.errors import BadInput, WrongCrs
from laadplan.ingest.gml import arc_points, point, polygons
from tests.frames import X, Y, box, few, moved
from tests.ingest.delivery import NAMESPACES, curved, multi, place, polygon, positions, ring, square

TOLERANCE_M = 0.01


def parsed(text):
    return etree.fromstring(f"<a {NAMESPACES}>{text}</a>")


def read(text, tolerance_m=TOLERANCE_M):
    return polygons(parsed(text), tolerance_m)


def from_corner(shape):
    return moved(shape, -X, -Y)


def same(found, expected):
    return shapely.normalize(from_corner(found)).equals_exact(shapely.normalize(expected), 0.0005)


def on_circle(radius, *degrees, centre=(0.0, 0.0)):
    return [
        (centre[0] + radius * math.cos(math.radians(angle)), centre[1] + radius * math.sin(math.radians(angle)))
        for angle in degrees
    ]


@given(
    radius=st.floats(0.2, 300.0),
    begin=st.floats(0, 360),
    sweep=st.floats(10, 350),
    middle=st.floats(0.1, 0.9),
    clockwise=st.booleans(),
    tolerance=st.sampled_from([0.001, 0.01, 0.1]),
)
@example(radius=0.2, begin=1.0, sweep=10.0, middle=0.125, clockwise=False, tolerance=0.001)
@few
def test_an_arc_stays_within_the_tolerance_of_its_exact_circle(radius, begin, sweep, middle, clockwise, tolerance):
    turn = -sweep if clockwise else sweep
    three = np.array(on_circle(radius, begin, begin + middle * turn, begin + turn)) + np.array([X, Y])

    found = arc_points(three, tolerance)

    exact = shapely.LineString(np.array(on_circle(radius, *(begin + np.linspace(0, turn, 2000)))))
    line = shapely.LineString(found - [X, Y])
    assert (found[[0, -1]] == three[[0, 2]]).all()
    assert line.hausdorff_distance(exact) <= tolerance + 0.0005


@given(radius=st.floats(1.0, 100.0), tolerance=st.sampled_from([0.001, 0.01, 0.1]))
@few
def test_an_arc_has_no_more_points_than_the_tolerance_asks_for(radius, tolerance):
    found = arc_points(np.array(on_circle(radius, 0, 45, 90)), tolerance)

    assume(len(found) > 3)
    fewer = np.array(on_circle(radius, *np.linspace(0, 90, len(found) - 1)))
    sagitta = radius - np.hypot(*((fewer[:-1] + fewer[1:]) / 2).T).min()
    assert sagitta > tolerance


@pytest.mark.parametrize("step", [1e-7, 1.0])
def test_three_points_on_a_straight_line_stay_as_they_are(step):
    three = np.array([[0.0, 0.0], [step, step], [3.0, 3.0]])

    assert (arc_points(three, TOLERANCE_M) == three).all()


def test_a_polygon_of_straight_pieces_keeps_its_vertices():
    assert same(read(square(1, 2, 3)), box(1, 2, 4, 5))


def test_a_hole_is_a_hole():
    hole = ring([(2, 2), (3, 2), (3, 3), (2, 3)])

    found = read(polygon(ring([(0, 0), (9, 0), (9, 9), (0, 9)]), hole))

    assert same(found, shapely.Polygon(box(0, 0, 9, 9).exterior, [box(2, 2, 3, 3).exterior]))


def test_several_surfaces_are_one_multipolygon():
    found = read(multi(square(0, 0, 1, crs=None), square(5, 0, 1, crs=None)))

    assert same(found, shapely.MultiPolygon([box(0, 0, 1, 1), box(5, 0, 6, 1)]))


def test_patches_that_adjoin_are_one_valid_surface():
    patches = "".join(square(x, 0, 2, crs=None, tag="PolygonPatch") for x in (0, 2))

    found = read(f"<gml:Surface><gml:patches>{patches}</gml:patches></gml:Surface>")

    assert (found.is_valid, found.area, from_corner(found).bounds) == (True, 8.0, (0.0, 0.0, 4.0, 2.0))


@pytest.mark.parametrize("kind", ["Arc", "ArcString"])
@pytest.mark.parametrize(("middle", "side"), [((0.0, -2.0), -1), ((0.0, 2.0), 1)], ids=["down", "up"])
def test_a_half_circle_is_one_by_its_area(kind, middle, side):
    text = curved(
        (kind, [(-2, 0), middle, (2, 0)]), ("LineStringSegment", [(2, 0), (2, 4 * side), (-2, 4 * side), (-2, 0)])
    )

    found = read(polygon(text), tolerance_m=0.001)

    assert found.area == pytest.approx(16 - math.pi * 2, abs=0.02)


def test_an_arc_string_of_several_arcs_is_each_of_them():
    waves = [(0, 0), (1, 1), (2, 0), (3, -1), (4, 0), (5, 1), (6, 0)]

    found = read(
        polygon(curved(("ArcString", waves), ("LineStringSegment", [(6, 0), (6, -5), (0, -5), (0, 0)]))), 0.001
    )

    assert found.area == pytest.approx(30 + math.pi / 2, abs=0.02)
    assert all(found.exterior.distance(moved(shapely.Point(place))) < 0.001 for place in waves)


def test_a_hole_may_be_curved():
    hole = curved(("Arc", [(4, 5), (5, 6), (6, 5)]), ("Arc", [(6, 5), (5, 4), (4, 5)]))

    found = read(polygon(ring([(0, 0), (9, 0), (9, 9), (0, 9)]), hole), 0.0005)

    assert (len(found.interiors), found.area) == (1, pytest.approx(81 - math.pi, abs=0.01))


def test_a_circle_is_round():
    found = read(polygon(curved(("Circle", [(2, 0), (0, 2), (-2, 0)]))), 0.001)

    assert found.area == pytest.approx(math.pi * 4, abs=0.02)


@pytest.mark.parametrize("segment", ["ArcByCenterPoint", "Geodesic", "Clothoid", "BSpline"])
def test_a_kind_of_segment_that_is_not_known_is_refused(segment):
    text = curved((segment, [(0, 0), (1, 1), (2, 0)]), ("LineStringSegment", [(2, 0), (2, -4), (0, -4), (0, 0)]))

    with pytest.raises(BadInput):
        read(polygon(text))


def test_segments_that_join_do_not_double_their_point():
    text = curved(("LineStringSegment", [(0, 0), (4, 0), (4, 4)]), ("LineStringSegment", [(4, 4), (0, 4), (0, 0)]))

    assert (
        read(polygon(text)).exterior.coords[:]
        == moved(shapely.Polygon([(0, 0), (4, 0), (4, 4), (0, 4)])).exterior.coords[:]
    )


def test_segments_a_metre_apart_both_keep_their_ends():
    text = curved(("LineStringSegment", [(0, 0), (4, 0), (4, 4)]), ("LineStringSegment", [(3, 4.5), (0, 4), (0, 0)]))

    assert same(read(polygon(text)), shapely.Polygon([(0, 0), (4, 0), (4, 4), (3, 4.5), (0, 4)]))


def test_positions_one_by_one_are_read_as_a_list_is():
    ring_of_pos = "".join(f"<gml:pos>{X + x} {Y + y}</gml:pos>" for x, y in [(0, 0), (2, 0), (2, 2), (0, 2), (0, 0)])

    assert same(read(polygon(f"<gml:LinearRing>{ring_of_pos}</gml:LinearRing>")), box(0, 0, 2, 2))


@pytest.mark.parametrize("where", ["list", "polygon"])
def test_heights_are_left_out(where):
    text = " ".join(f"{X + x} {Y + y} 17.5" for x, y in [(0, 0), (2, 0), (2, 2), (0, 2), (0, 0)])
    on_list, on_polygon = (' srsDimension="3"', "") if where == "list" else ("", ' srsDimension="3"')
    rings = f"<gml:exterior><gml:LinearRing><gml:posList{on_list}>{text}</gml:posList></gml:LinearRing></gml:exterior>"

    assert same(read(f"<gml:Polygon{on_polygon}>{rings}</gml:Polygon>"), box(0, 0, 2, 2))


@pytest.mark.parametrize(
    "text",
    [
        "<gml:Polygon><gml:exterior/></gml:Polygon>",
        "<gml:Polygon/>",
        "<gml:Polygon><gml:exterior><gml:LinearRing/></gml:exterior></gml:Polygon>",
        "<gml:Polygon><gml:exterior><gml:Ring/></gml:exterior></gml:Polygon>",
        polygon("<gml:LinearRing><gml:posList>1 2 x 4 5 6</gml:posList></gml:LinearRing>"),
        polygon("<gml:LinearRing><gml:posList>180000 457000 180001 457000 180001</gml:posList></gml:LinearRing>"),
        polygon("<gml:LinearRing><gml:posList>180000 457000 180001 457000</gml:posList></gml:LinearRing>"),
        polygon("<gml:LinearRing><gml:posList></gml:posList></gml:LinearRing>"),
        polygon(curved(("Arc", [(0, 0), (1, 1)]), ("LineStringSegment", [(1, 1), (2, -4), (0, 0)]))),
        polygon(
            curved(("ArcString", [(0, 0), (1, 1), (2, 0), (3, 3)]), ("LineStringSegment", [(3, 3), (2, -4), (0, 0)]))
        ),
    ],
    ids=[
        "no ring",
        "no exterior",
        "no coordinates",
        "no curve",
        "no number",
        "half a point",
        "two points",
        "nothing",
        "arc of two",
        "arcs of four",
    ],
)
def test_a_ring_that_cannot_be_read_is_refused_in_plain_words(text):
    with pytest.raises(BadInput):
        read(text)


@pytest.mark.parametrize(
    "crs",
    [
        "urn:ogc:def:crs:EPSG::4326",
        "EPSG:4258",
        "http://www.opengis.net/def/crs/EPSG/0/3857",
        "urn:ogc:def:crs:EPSG::128992",
    ],
)
def test_another_crs_is_refused_by_name(crs):
    with pytest.raises(WrongCrs, match=r"not EPSG:28992"):
        read(square(crs=crs))
    with pytest.raises(WrongCrs, match=r"not EPSG:28992"):
        point(parsed(place().replace("urn:ogc:def:crs:EPSG::28992", crs)))


@pytest.mark.parametrize(
    "crs",
    [
        None,
        "EPSG:28992",
        "urn:ogc:def:crs:EPSG::28992",
        "http://www.opengis.net/def/crs/EPSG/0/28992",
        "urn:ogc:def:crs:EPSG:9.9:28992",
    ],
)
def test_rd_may_be_spelled_in_several_ways(crs):
    assert same(read(square(crs=crs)), box(0, 0, 2, 2))


def test_gml_3_2_is_read_as_gml_3_1():
    text = f'<a xmlns:gml="http://www.opengis.net/gml/3.2">{square()}</a>'

    assert same(polygons(etree.fromstring(text), TOLERANCE_M), box(0, 0, 2, 2))


def test_a_point_is_read():
    assert from_corner(point(parsed(place(3, 4)))).coords[:] == [(3.0, 4.0)]


@pytest.mark.parametrize("text", ["180000", "", "180000 y"])
def test_a_point_that_cannot_be_read_is_refused(text):
    with pytest.raises(BadInput):
        point(parsed(f"<gml:Point><gml:pos>{text}</gml:pos></gml:Point>"))


def test_an_element_without_geometry_has_none():
    assert (read("<b/>"), point(parsed("<b/>"))) == (None, None)


def test_the_positions_of_the_tests_are_in_rd():
    assert "180001.000 457002.000" in positions([(1, 2)])
