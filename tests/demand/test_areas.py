import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from laadplan.contracts.demand import DemandAreas
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import Buurten
from laadplan.contracts.street import Zones
from laadplan.demand.areas import area_of, demand_areas
from laadplan.errors import BadInput
from tests.demand.district import BUURTEN, EAST, WEST
from tests.frames import box, few, make, moved, point, shapes, shuffled


def zones(kind="rekengebied", **boxes):
    rest = {"category": None, "parking_pressure_share": float("nan"), "from_on": None, "until_on": None}
    return make(
        Zones,
        {name: {"kind": kind, "name": None, **rest, "geometry": shape} for name, shape in boxes.items()},
    )


def areas(buurten=BUURTEN, zones=None, area=None, quality=None):
    return DemandAreas.checked(demand_areas(buurten, zones, area, quality=quality or Quality()))


def test_without_zones_the_buurten_are_the_calculation_areas():
    named = {"name": "Otterlo", "kind": "buurt"}
    places = {WEST: box(0, 0, 100, 100), EAST: box(100, 0, 200, 100)}
    expected = make(DemandAreas, {code: {**named, "geometry": shape} for code, shape in places.items()})

    pd.testing.assert_frame_equal(areas(), expected)
    pd.testing.assert_frame_equal(areas(zones=zones("eigendom", a=box(0, 0, 9, 9))), expected)


def test_zones_take_the_place_of_all_buurten_and_are_named_by_id_where_they_have_no_name():
    quality = Quality()

    found = areas(zones=zones(noord=box(0, 50, 200, 100), zuid=box(0, 0, 200, 50)), quality=quality)

    assert found[["name", "kind"]].to_dict("index") == {
        "noord": {"name": "noord", "kind": "rekengebied"},
        "zuid": {"name": "zuid", "kind": "rekengebied"},
    }
    assert (quality.findings, quality.facts) == ([], {"areas": 2})


def test_areas_that_overlap_or_leave_land_out_are_told():
    quality = Quality()

    areas(zones=zones(a=box(0, 0, 60, 100), b=box(50, 0, 100, 100), c=box(100, 0, 110, 100)), quality=quality)

    assert quality.findings == [
        "Calculation areas overlap: a, b. An address in several belongs to the smallest of them.",
        "The calculation areas leave 45% of the buurten in the area uncovered: demand there counts in its buurt and in "
        "no calculation area.",
    ]


def test_only_areas_that_touch_the_area_of_the_plan_are_given():
    assert areas(area=moved(box(10, 10, 20, 20))).index.to_list() == [WEST]
    assert areas(area=moved(box(900, 900, 901, 901))).index.to_list() == []
    assert len(areas(Buurten.empty())) == 0


def test_an_address_belongs_to_the_smallest_area_it_lies_in():
    layer = areas(zones=zones(a=box(0, 0, 100, 100), b=box(0, 0, 10, 10), c=box(0, 0, 10, 10)))

    found = area_of(shapes({"in": point(5, 5), "out": point(500, 5), "wide": point(50, 50)}), layer)

    assert found.isna().to_dict() == {"in": False, "out": True, "wide": False}
    assert found.dropna().to_dict() == {"in": "b", "wide": "a"}
    assert area_of(shapes({}), layer).to_dict() == {}
    assert area_of(shapes({"in": point(5, 5)}), DemandAreas.empty()).isna().all()


@given(
    boxes=st.lists(
        st.tuples(st.integers(0, 80), st.integers(0, 80), st.integers(1, 40), st.integers(1, 40)),
        min_size=1,
        max_size=6,
    )
)
@few
def test_the_area_is_that_of_a_look_at_each_one_in_any_order(boxes):
    layer = areas(zones=zones(**{f"z{n}": box(x, y, x + w, y + h) for n, (x, y, w, h) in enumerate(boxes)}))
    places = shapes({f"p{n:02d}": point(10 * x + 5, 10 * y + 5) for n, (x, y) in enumerate(np.ndindex(10, 10))})

    found = area_of(places, shuffled(layer))

    surface = layer.geometry.area.round(2)
    for name, place in places.items():
        held = sorted((surface[code], code) for code in layer.index if place.intersects(layer.geometry[code]))
        assert (held[0][1] if held else None) == (None if pd.isna(found[name]) else found[name])


def test_a_layer_that_is_no_polygon_is_refused():
    broken = BUURTEN.set_geometry([moved(shapely.Point(0, 0))] * 2, crs=BUURTEN.crs)

    with pytest.raises(BadInput, match="geometry Point"):
        DemandAreas.checked(demand_areas(broken, None, None, quality=Quality()))
