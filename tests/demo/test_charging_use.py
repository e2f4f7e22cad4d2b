"""What is planted at the poles: clear of the norm, growing, and passing it on the day that the formula says."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point

from laadplan.demo.charging import norm_occupancy
from laadplan.demo.charging_use import (
    CLEAR,
    LEVEL_ON,
    MOST,
    ROLES,
    PoleUse,
    busiest_share,
    is_overloaded,
    measured_share,
    passes_on,
    use_of,
)
from laadplan.demo.model import Quarter
from tests.demo.street_grid import make_quarter

BUSY = [ROLES.index(role) for role in ("overbelast", "groeit", "ruim")]


def in_turn(turn: int, poles: int, seed: int = 0) -> Quarter:
    """A quarter with its place among those of the town."""
    quarter = make_quarter(poles=poles)
    return replace(quarter, seed=seed, cell=replace(quarter.cell, turn=turn))


def test_every_buurt_of_a_town_is_clear_of_its_norm(quarters: list[Quarter]) -> None:
    town = [use_of(quarter, quarter.poles) for quarter in quarters if quarter.poles]
    ratios = [measured_share(uses) / norm_occupancy(sum(use.evse for use in uses)) for uses in town]
    assert [ratio for ratio in ratios if 0.92 < ratio < 1.1] == []
    assert min(ratios) < 0.92
    assert max(ratios) > 1.1


@pytest.mark.parametrize(("turn", "low", "high"), [(BUSY[0], 1.15, 1.7), (BUSY[1], 0.3, 0.92), (BUSY[2], 0.2, 0.45)])
def test_what_is_planted_in_a_buurt(turn: int, low: float, high: float) -> None:
    uses = use_of(in_turn(turn, 4), in_turn(turn, 4).poles)

    ratio = measured_share(uses) / norm_occupancy(8)

    assert low < ratio < high
    assert is_overloaded(uses) == (ratio > 1)
    assert all(0 < use.level <= MOST and 0.1 < use.growth < 0.65 for use in uses)


def test_hardly_any_single_pole_is_near_the_norm() -> None:
    uses = [use for seed in range(20) for use in use_of(in_turn(seed, 4, seed), in_turn(seed, 4).poles)]

    ratios = np.array([use.level / norm_occupancy(2) for use in uses])

    assert ((ratios > CLEAR[0]) & (ratios < CLEAR[1])).mean() < 0.03


def test_the_day_of_passing_by_hand() -> None:
    """A pole at half its norm that doubles in a year passes it in a year."""
    use = PoleUse("paal", 2, "straat", norm_occupancy(2) / 2, 1.0)

    day = passes_on([use])

    assert day is not None
    assert abs((day - LEVEL_ON).days - 365.25) < 2
    assert busiest_share([use], day) == pytest.approx(norm_occupancy(2), rel=0.003)
    assert not is_overloaded([use])


@given(st.lists(st.tuples(st.floats(0.05, 0.9), st.floats(0.1, 0.6)), min_size=1, max_size=5), st.integers(0, 700))
def test_occupancy_grows_and_passes_once(poles: list[tuple[float, float]], days: int) -> None:
    uses = [PoleUse(f"paal {place}", 2, "straat", *pole) for place, pole in enumerate(poles)]
    day = LEVEL_ON + timedelta(days=days)
    norm = norm_occupancy(2 * len(uses))

    passes = passes_on(uses)

    assert busiest_share(uses, day) < busiest_share(uses, day + timedelta(days=30))
    mean = np.mean([use.level_on(day) for use in uses])
    assert busiest_share(uses, day) == pytest.approx(mean)
    assert passes is None or (busiest_share(uses, day) >= norm) == (day >= passes)


def test_fast_chargers_are_never_overloaded() -> None:
    quarter = in_turn(BUSY[0], 4)
    fast = [replace(pole, fast=True) for pole in quarter.poles]

    uses = use_of(quarter, fast)

    assert {use.kind for use in uses} == {"snel"}
    assert not any(is_overloaded([use]) for use in uses)
    assert 0 < busiest_share(uses, LEVEL_ON) < 0.12


def test_poles_amid_homes_without_driveway_are_busier() -> None:
    quarter = in_turn(BUSY[0], 6)
    lonely = [replace(pole, point=Point(pole.point.x + 5_000, pole.point.y)) for pole in quarter.poles[::2]]

    uses = use_of(quarter, [*quarter.poles[1::2], *lonely])

    assert min(use.level for use in uses[:3]) >= max(use.level for use in uses[3:])


def test_use_depends_on_the_seed_alone() -> None:
    quarter = in_turn(1, 5)
    assert use_of(quarter, quarter.poles) == use_of(quarter, quarter.poles)
    assert use_of(replace(quarter, seed=7), quarter.poles) != use_of(quarter, quarter.poles)


def test_nothing_is_known_of_no_poles() -> None:
    assert (busiest_share([], LEVEL_ON), measured_share([]), is_overloaded([])) == (0, 0, False)
    assert passes_on([]) is None
