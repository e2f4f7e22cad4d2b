import pandas as pd
import pytest

from laadplan.contracts.planning import Reach
from laadplan.geo.reach import estimated_reach
from tests.frames import make, point, shapes, shuffled

HOMES = shapes({"h1": point(0, 0), "h2": point(300, 0)})
SPOTS = shapes({"spot": point(100, 0)})
POLES = shapes({"pole": point(300, 40)})


def reach(homes=HOMES, spots=SPOTS, poles=POLES, *, norm=250.0, factor=1.3):
    return estimated_reach(homes, spots, poles, norm_m=norm, detour_factor=factor)


def test_reach_is_the_straight_line_times_the_detour_factor():
    expected = make(
        Reach,
        {
            "h1|spot": {"address_id": "h1", "site_id": "spot", "walk_m": 130.0},
            "h2|pole": {"address_id": "h2", "site_id": "pole", "existing": True, "walk_m": 52.0},
        },
    )

    pd.testing.assert_frame_equal(Reach.checked(reach()), expected)


@pytest.mark.parametrize(("norm", "rows"), [(129.9, 1), (130.0, 2), (260.0, 3)])
def test_the_norm_holds_for_the_walk_not_for_the_straight_line(norm, rows):
    assert len(reach(norm=norm)) == rows


def test_no_walk_is_longer_than_the_norm():
    assert (reach(norm=260.0)["walk_m"] <= 260.0).all()


def test_the_order_of_the_rows_does_not_matter():
    pd.testing.assert_frame_equal(reach(shuffled(HOMES)), reach())


@pytest.mark.parametrize("missing", ["homes", "spots", "poles"])
def test_reach_with_an_empty_layer_keeps_its_contract(missing):
    found = reach(**{missing: shapes({})})

    assert len(Reach.checked(found)) == {"homes": 0, "spots": 1, "poles": 1}[missing]


def test_nothing_in_reach_is_an_empty_frame():
    pd.testing.assert_frame_equal(reach(norm=1.0), Reach.empty())
