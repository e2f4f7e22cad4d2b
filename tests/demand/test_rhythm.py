import numpy as np
import pytest

from laadplan.config.scenario import Rhythms, Scenario
from laadplan.demand.rhythm import GROUPS, PARTS, connected

HOURS = {"evening_and_night": 107, "working_day": 45, "weekend_day": 16}
"""Hours of the week in each part."""


def test_a_kwh_is_connected_for_its_share_of_a_session():
    scenario = Scenario(connected_h_per_session=8.0, kwh_per_session=20.0)

    found = connected(np.array([[8766.0, 0.0, 0.0]]), scenario)

    assert dict(zip(PARTS, found[0], strict=True)) == pytest.approx(
        {"evening_and_night": 0.4 * 1.3, "working_day": 0.4 * 0.4, "weekend_day": 0.4 * 0.7}
    )


@pytest.mark.parametrize("group", GROUPS)
def test_over_the_week_a_group_is_connected_its_mean(group):
    rhythm = getattr(Rhythms(), group)

    assert sum(HOURS[part] * getattr(rhythm, part) for part in PARTS) / 168 == pytest.approx(1.0, abs=0.01)


def test_the_groups_add_up():
    apart = connected(np.diag([100.0, 200.0, 300.0]), Scenario())
    together = connected(np.array([[100.0, 200.0, 300.0]]), Scenario())

    assert apart.sum(axis=0) == pytest.approx(together[0])
    assert connected(np.empty((0, 3)), Scenario()).shape == (0, 3)
