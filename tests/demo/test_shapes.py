"""Shapes beside and between lines, edges with the corners of their neighbours."""

import numpy as np
import pytest
import shapely
from shapely import LineString, Polygon, box

from laadplan.demo.shapes import Axis, Ruler, box_beside, midline, noded, polygons


def test_box_lies_left_of_its_line() -> None:
    line = LineString([(0, 0), (10, 0)])
    assert box_beside(line, 2.0, 5.0, 1.0, 4.0).equals(box(2, 1, 5, 4))


def test_midline_runs_between_opposite_lines() -> None:
    middle = midline(LineString([(0, 0), (8, 0)]), LineString([(8, 4), (0, 4)]))
    assert {y for _, y in middle.coords} == {2.0}


def test_slivers_and_threads_are_no_polygons() -> None:
    whole = box(200, 0, 201, 1)
    found = polygons(shapely.union_all([box(0, 0, 0.1, 0.1), box(5, 0, 105, 0.01), whole]))
    assert [part.equals(whole) for part in found] == [True]
    assert polygons(Polygon()) == []


def test_ruler_sets_out_even_steps_around_a_bend() -> None:
    angles = np.linspace(0.0, np.pi / 2, 9)
    circle = LineString(np.column_stack([60 * np.sin(angles), -60 * np.cos(angles)]))
    ruler = Ruler.of(circle)
    inner = ruler.at(np.arange(0.0, 90.0, 2.5), 5.0)
    steps = np.hypot(*np.diff(inner, axis=0).T)
    assert steps == pytest.approx(2.5 * 55 / 60, rel=0.05)
    assert np.hypot(*inner.T) == pytest.approx(55.0, abs=0.4)


def test_axis_that_would_fold_over_gives_a_smooth_line() -> None:
    hook = Axis.of(LineString([(0, 0), (10, 0), (11, 1), (11, 11)]))
    assert hook.folds_m[0] == pytest.approx(1 / (2 * np.tan(np.pi / 8)) * np.sqrt(2), rel=1e-6)
    assert hook.line(-3.0).coords[1] == pytest.approx((10 + 3 * np.tan(np.pi / 8), -3))
    assert hook.line(4.0).is_simple


def test_noded_edge_has_the_corners_of_its_neighbour() -> None:
    square = shapely.box(0, 0, 10, 10).difference(shapely.box(4, 4, 6, 6))
    found = noded(square, np.array([(3.0, 0.0), (3.0, 0.0), (5.0, 4.0), (10.0, 10.0), (5.0, 5.0)]))
    assert isinstance(found, Polygon)
    assert found.equals(square)
    assert len(found.exterior.coords) == 6
    assert len(found.interiors[0].coords) == 6
