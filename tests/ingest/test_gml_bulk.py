"""Shapes made in bulk are those that are made one by one, to the bit."""

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from laadplan.errors import BadInput
from laadplan.ingest import gml, gml_bulk
from tests.frames import few
from tests.ingest.delivery import NAMESPACES, curved, multi, place, polygon, ring, square

ARC = ("Arc", [(0, 0), (10, 10), (20, 0)])
BACK = ("LineStringSegment", [(20, 0), (0, 0)])
BENT = ("Arc", [(20, 0), (10, -3), (0, 0)])
HOLE = ring([(9, 2), (11, 2), (11, 4)])
SHAPES = [
    square(),
    multi(square(crs=None)),
    multi(square(crs=None), square(5, 5, crs=None)),
    place(3, 4),
    polygon(ring([(0, 0), (9, 0), (9, 9), (0, 9)]), ring([(1, 1), (2, 1), (2, 2)]), ring([(4, 4), (5, 4), (5, 5)])),
    polygon(curved(ARC, BACK)),
    polygon(curved(ARC, BENT)),
    polygon(curved(ARC, BENT), HOLE),
    polygon(curved(("LineStringSegment", [(0, 0), (9, 0), (9, 9), (0, 0)]))),
    polygon(curved(("Arc", [(0, 0), (5, 0), (10, 0)]), ("LineStringSegment", [(10, 0), (5, 5), (0, 0)]))),
    square().replace("urn:ogc:def:crs:EPSG::28992", "http://www.opengis.net/def/crs/EPSG/0/28992"),
    square().replace(" ", "\n  "),
    "<gml:LineString><gml:posList>180000 457000 180010 457000</gml:posList></gml:LineString>",
    "",
]


def holder(text):
    return etree.fromstring(f"<geometrie2dWegdeel {NAMESPACES}>{text}</geometrie2dWegdeel>")


@few
@given(st.lists(st.sampled_from(SHAPES), max_size=12), st.sampled_from([0.001, 0.01, 0.5]))
def test_bulk_gives_what_one_by_one_gives(texts, tolerance):
    elements = [holder(text) for text in texts]

    found = gml_bulk.made([gml_bulk.noted(each, tolerance) for each in elements], tolerance)

    expected = [gml.shape(each, tolerance) for each in elements]
    assert [shapely.to_wkb(each) for each in found] == [shapely.to_wkb(each) for each in expected]


def test_an_absent_element_has_no_shape():
    assert gml_bulk.made([gml_bulk.noted(None, 0.01)], 0.01) == [None]


@pytest.mark.parametrize("text", SHAPES[:2])
def test_coordinates_that_are_no_numbers_are_refused(text):
    with pytest.raises(BadInput, match="not numbers"):
        gml_bulk.made([gml_bulk.noted(holder(text.replace("180000.000", "x")), 0.01)], 0.01)


@pytest.mark.real
def test_bulk_gives_what_one_by_one_gives_for_all_of_otterlo(real_data):
    root = etree.parse(real_data / "ede-otterlo" / "bgt" / "bgt_wegdeel.gml").getroot()
    elements = list(root.iter("{http://www.geostandaarden.nl/imgeo/2.1}geometrie2dWegdeel"))[::4]

    notes = [gml_bulk.noted(each, 0.01) for each in elements]

    assert {type(note) for note in notes} == {list}
    expected = [shapely.to_wkb(gml.shape(each, 0.01)) for each in elements]
    assert [shapely.to_wkb(each) for each in gml_bulk.made(notes, 0.01)] == expected
