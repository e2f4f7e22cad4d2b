import numpy as np
import pytest

from laadplan.demand.profiles import Courses, drawn_towards, whole_course

FLAT = Courses(np.ones((1, 168)), np.zeros((1, 168)), np.ones(1))
WAVE = 1 + 0.5 * np.sin(2 * np.pi * np.arange(168) / 24)


def test_groups_that_differ_by_chance_take_the_greater_course():
    random = np.random.default_rng(1)
    observed = np.full((40, 168), 26.0)
    connected = random.poisson(observed * 0.2).astype(float)

    found = drawn_towards(connected, observed, FLAT)

    assert found.shape.max() < 1.15 < (connected / observed / 0.2).max() / 2
    assert found.level == pytest.approx(connected.sum(axis=1) / observed.sum(axis=1))


def test_groups_that_differ_by_nature_keep_their_own():
    observed = np.full((2, 168), 10_000.0)
    connected = observed * 0.2 * np.array([WAVE, 2 - WAVE])

    found = drawn_towards(connected, observed, FLAT)

    assert found.occupancy() == pytest.approx(connected / observed, rel=0.01)


def test_a_course_by_hand():
    # two groups, expected 10 in each hour; off by 5 in half the hours: tau2 = (0.5 * 25 + 0.5 * 25 - 10) / 100 = 0.15
    observed = np.full((2, 168), 100.0)
    off = np.where(np.arange(168) % 2 == 0, 5.0, -5.0)
    connected = 10.0 + np.array([off, -off])

    found = drawn_towards(connected, observed, FLAT)

    weight = 10 * 0.15 / (1 + 10 * 0.15)
    assert found.shape[0, :2] == pytest.approx([1 + weight * 0.5, 1 - weight * 0.5])
    assert found.variance[0, 0] == pytest.approx(0.15 * (1 - weight))


def test_a_group_without_hours_takes_the_greater_course():
    observed = np.array([np.full(168, 100.0), np.zeros(168)])

    found = drawn_towards(observed * 0.1 * WAVE, observed, Courses(WAVE[None, :], np.zeros((1, 168)), np.ones(1)))

    assert found.shape[1] == pytest.approx(WAVE)
    assert found.level[1] == 0.0


def test_no_groups_and_no_use():
    none = drawn_towards(np.zeros((0, 168)), np.zeros((0, 168)), FLAT)
    idle = whole_course(np.zeros(168), np.full(168, 10.0))
    unseen = whole_course(np.zeros(168), np.zeros(168))

    assert none.shape.shape == (0, 168)
    assert idle.occupancy().max() == unseen.occupancy().max() == 0.0


def test_the_whole_course_keeps_a_smooth_wave():
    observed = np.full(168, 5000.0)

    found = whole_course(observed * 0.3 * WAVE, observed)

    assert found.occupancy()[0] == pytest.approx(0.3 * WAVE, abs=0.007)


def test_hours_never_polled_lie_between_those_around_them():
    observed = np.where(np.arange(168) % 3 == 0, 100.0, 0.0)

    found = whole_course(observed * 0.3 * WAVE, observed)

    assert found.occupancy()[0] == pytest.approx(0.3 * WAVE, abs=0.06)
