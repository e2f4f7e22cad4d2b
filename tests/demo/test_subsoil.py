"""Height, soil surveys, zones and road works of a quarter."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
import shapely

from laadplan.demo.model import Quarter, Street
from laadplan.demo.plan_sizes import QUARTERS
from laadplan.demo.subsoil import REFERENCE_DAY, VALID_YEARS, height_m, soil_surveys, works, zones
from tests.demo.street_grid import make_quarter


def grid_of(step_m: float) -> tuple[np.ndarray, np.ndarray]:
    x, y = np.meshgrid(np.arange(140_000.0, 148_000.0, step_m), np.arange(504_000.0, 512_000.0, step_m))
    return x, y


@pytest.mark.parametrize("seed", range(6))
def test_height_is_smooth_and_in_range(seed: int) -> None:
    heights = height_m(*grid_of(50.0), seed)
    assert heights.shape == (160, 160)
    assert heights.min() > -5
    assert heights.max() < 2
    assert np.ptp(heights) > 1.5
    slopes = np.concatenate([np.abs(np.diff(heights, axis=axis)).ravel() for axis in (0, 1)]) / 50.0
    assert slopes.max() < 0.015


def test_height_depends_on_place_and_seed_alone() -> None:
    x, y = grid_of(500.0)
    whole = height_m(x, y, 1)
    assert np.array_equal(whole[3:5, 2:7], height_m(x[3:5, 2:7], y[3:5, 2:7], 1))
    assert not np.allclose(whole, height_m(x, y, 2))


@pytest.mark.parametrize("kind", sorted(QUARTERS))
def test_soil_surveys_tile_the_quarter(kind: str) -> None:
    quarter = make_quarter(kind)
    areas = np.array([survey.polygon for survey in soil_surveys(quarter)])
    assert len(areas) >= 2
    assert shapely.area(areas).sum() == pytest.approx(quarter.cell.polygon.area, rel=1e-6)
    assert shapely.union_all(areas).symmetric_difference(quarter.cell.polygon).area < 1.0


def surveys_of(count: int) -> list[tuple[str, date | None]]:
    quarters = [make_quarter(index=index, columns=1, rows=1) for index in range(count)]
    return [(survey.status, survey.surveyed_on) for quarter in quarters for survey in soil_surveys(quarter)]


def test_status_follows_the_age_of_a_survey() -> None:
    found = surveys_of(60)
    assert set(Counter(status for status, _ in found)) == {"geldig", "verlopen", "ontbreekt"}
    for status, day in found:
        if day is None:
            assert status == "ontbreekt"
        else:
            is_valid = day > REFERENCE_DAY - timedelta(days=VALID_YEARS * 365.25)
            assert status == ("geldig" if is_valid else "verlopen")
            assert day < REFERENCE_DAY


def with_streets(quarter: Quarter, kind: str, every: int = 4) -> Quarter:
    """The same quarter with some of its streets of another kind."""
    names = sorted({segment.street.name for segment in quarter.segments})[::every]
    segments = tuple(
        replace(segment, street=Street(segment.street.name, kind)) if segment.street.name in names else segment
        for segment in quarter.segments
    )
    return replace(quarter, segments=segments)


def test_centre_has_heritage_and_parking_zones_apart() -> None:
    quarter = with_streets(make_quarter("centrum"), "centrumstraat")
    found = zones(quarter)
    kinds = {zone.kind for zone in found}
    assert {"beschermd stadsgezicht", "blauwe zone", "vergunninghouders"} <= kinds
    blue = shapely.union_all([zone.polygon for zone in found if zone.kind == "blauwe zone"])
    permits = shapely.union_all([zone.polygon for zone in found if zone.kind == "vergunninghouders"])
    assert blue.intersection(permits).area < 1e-3
    assert blue.area + permits.area == pytest.approx(quarter.cell.polygon.area, rel=0.01)


def test_main_trees_stand_along_the_main_road_only() -> None:
    quarter = make_quarter()
    found = [zone for zone in zones(quarter) if zone.kind == "hoofdbomenstructuur"]
    assert found
    road = shapely.union_all([segment.line for segment in quarter.segments if segment.street.kind == "hoofdweg"])
    assert all(zone.polygon.hausdorff_distance(road) < 120 for zone in found)
    assert all(zone.polygon.within(road.buffer(10)) for zone in found)
    plain = with_streets(quarter, "woonstraat", every=1)
    assert {zone.kind for zone in zones(plain)} == set()


def test_zones_lie_within_the_quarter_and_have_ids() -> None:
    for kind in sorted(QUARTERS):
        quarter = with_streets(make_quarter(kind), "centrumstraat")
        found = zones(quarter)
        assert all(zone.polygon.within(quarter.cell.polygon.buffer(0.01)) for zone in found)
        assert len({zone.local_id for zone in found}) == len(found)
        assert ("beschermd stadsgezicht" in {zone.kind for zone in found}) == (kind == "centrum")


def test_some_pre_war_quarters_are_for_permit_holders() -> None:
    has = [
        "vergunninghouders" in {zone.kind for zone in zones(make_quarter("vooroorlogs", index=index, columns=1))}
        for index in range(40)
    ]
    assert 0.3 < np.mean(has) < 0.9


def test_road_works_lie_along_a_street_of_the_quarter() -> None:
    everything = [
        (quarter, work) for index in range(30) for quarter in [make_quarter(index=index)] for work in works(quarter)
    ]
    assert 5 < len(everything) < 200
    for quarter, work in everything:
        axes = [segment for segment in quarter.segments if segment.street.name == work.street]
        assert axes
        assert any(segment.line.intersects(work.polygon) for segment in axes if not segment.is_border)
        assert work.polygon.is_valid
        assert work.from_on < work.to_on < work.from_on + timedelta(weeks=41)
        assert work.from_on.weekday() == 0
        assert work.to_on.weekday() == 4


def test_equal_quarters_have_equal_ground() -> None:
    one, other = make_quarter("centrum", seed=7), make_quarter("centrum", seed=7)
    assert (soil_surveys(one), zones(one), works(one)) == (soil_surveys(other), zones(other), works(other))
