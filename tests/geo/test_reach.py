import pandas as pd
import pytest

from laadplan.config.project import Walking
from laadplan.contracts.planning import Reach
from laadplan.geo.reach import reach_between
from tests.frames import NAN, make, point, shapes, shuffled

HOMES = shapes({"h1": point(0, 0), "h2": point(300, 0)})
SPOTS = shapes({"spot": point(100, 0), "other": point(300, 40)})


def reach(homes=HOMES, spots=SPOTS, *, existing=False, norm=250.0, factor=1.3):
    walking = Walking(norm_m=norm, detour_factor=factor)
    return reach_between(homes, spots, None, walking, existing=existing)


def test_reach_is_the_straight_line_times_the_detour_factor():
    ordinary = {"off_network_m": NAN, "estimated": True}
    expected = make(
        Reach,
        {
            "h1>spot": {"point_id": "h1", "site_id": "spot", "walk_m": 130.0} | ordinary,
            "h2>other": {"point_id": "h2", "site_id": "other", "walk_m": 52.0} | ordinary,
        },
    )

    pd.testing.assert_frame_equal(Reach.checked(reach()), expected)


def test_existing_locations_are_marked():
    assert reach(existing=True)["existing"].all()


@pytest.mark.parametrize(("norm", "rows"), [(129.9, 1), (130.0, 2), (260.0, 3)])
def test_the_norm_holds_for_the_walk_not_for_the_straight_line(norm, rows):
    assert len(reach(norm=norm)) == rows


def test_the_order_of_the_rows_does_not_matter():
    pd.testing.assert_frame_equal(reach(shuffled(HOMES), shuffled(SPOTS)), reach())


@pytest.mark.parametrize("missing", ["homes", "spots"])
def test_reach_with_an_empty_layer_keeps_its_contract(missing):
    pd.testing.assert_frame_equal(reach(**{missing: shapes({})}), Reach.empty())


def test_nothing_in_reach_is_an_empty_frame():
    pd.testing.assert_frame_equal(reach(norm=1.0), Reach.empty())
