"""Versions of BGT objects: what was there before, what is gone, what is planned."""

from collections import Counter
from dataclasses import replace

import pytest
import shapely

from laadplan.demo.gml import LAYERS
from laadplan.demo.model import Quarter, Tree
from laadplan.demo.names import local_id
from laadplan.demo.records import is_current, planned_buildings, records
from tests.demo.handmade import make_cell, make_empty_quarter, make_quarter

MANY = 1500


def many_trees() -> Quarter:
    """A quarter with so many trees that shares can be counted."""
    trees = tuple(
        Tree(
            shapely.Point(144000 + place, 508000), "Tilia", "Linde", 1990, 20, 5.0, local_id=local_id(1, "boom", place)
        )
        for place in range(MANY)
    )
    return replace(make_quarter(), trees=trees)


def test_one_object_in_nine_has_an_earlier_version_and_one_in_thirty_one_is_gone() -> None:
    found = records(many_trees(), "vegetatieobject")

    versions = Counter(record.local_id for record in found)
    earlier = [record for record in found if record.ended and not record.is_terminated]
    gone = [record for record in found if record.is_terminated]
    assert len(earlier) / MANY == pytest.approx(1 / 9, rel=0.2)
    assert len(gone) / MANY == pytest.approx(1 / 31, rel=0.3)
    assert {versions[record.local_id] for record in earlier} == {2}
    assert {versions[record.local_id] for record in gone} == {1}


def test_former_versions_come_before_the_present_one_and_lie_beside_it() -> None:
    found = records(many_trees(), "vegetatieobject")
    places = [place for place, record in enumerate(found) if record.ended and not record.is_terminated]

    for place in places:
        before, now = found[place], found[place + 1]
        assert (before.local_id, now.ended) == (now.local_id, "")
        assert before.shape.distance(now.shape) == pytest.approx(0.3 * 2**0.5, abs=1e-3)
        assert before.ended[:10] == now.registered


@pytest.mark.parametrize("layer", LAYERS)
def test_equal_quarters_have_equal_records(layer: str) -> None:
    assert records(make_quarter(), layer) == records(make_quarter(), layer)
    assert records(make_empty_quarter(), layer) == []


def test_plans_lie_in_the_green_of_some_quarters_and_have_ids_that_no_building_has() -> None:
    quarter = make_quarter()

    planned = planned_buildings(quarter)

    built = {building.bag_id for building in quarter.buildings}
    greens = shapely.union_all([each.polygon for each in quarter.surfaces if each.layer == "begroeidterreindeel"])
    assert len(planned) == 2
    assert not built & {identifier for identifier, _ in planned}
    assert all(greens.contains(shape) for _, shape in planned)
    assert planned_buildings(make_quarter(make_cell(1))) == []
    assert [record.bag_id for record in records(quarter, "pand") if record.is_planned] == [each for each, _ in planned]


def test_buildings_name_their_lowest_and_highest_address() -> None:
    quarter = make_quarter()
    flat = quarter.buildings[-2]

    found = next(record for record in records(quarter, "pand") if record.bag_id == flat.bag_id and is_current(record))

    serials = sorted(address.number_id for address in quarter.addresses if address.building_id == flat.bag_id)
    assert (found.label, found.lowest[-10:], found.highest[-10:]) == ("2", serials[0][-10:], serials[-1][-10:])
    assert found.label_point is not None
    assert flat.polygon.contains(found.label_point)


def test_a_deck_is_what_lies_on_level_one() -> None:
    quarter = make_quarter()

    found = [record.shape for record in records(quarter, "overbruggingsdeel") if is_current(record)]

    raised = [surface.polygon for surface in quarter.surfaces if surface.level == 1]
    assert shapely.equals(shapely.union_all(found), shapely.union_all(raised))
