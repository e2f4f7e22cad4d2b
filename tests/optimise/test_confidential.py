"""Of confidential cable routes nothing is in the frames of a plan, but for the choice they may move."""

import pandas as pd
import pytest

from laadplan.contracts.planning import Plan, Service, Solutions
from laadplan.contracts.quality import Quality
from laadplan.optimise.explained import without_price_of_cost
from laadplan.optimise.plan import make_plan, measure_limits
from tests.optimise.test_framing import routes
from tests.optimise.town import ruled, town

SECRET = {"c1": 31.0, "c2": 32.0, "c3": 33.37, "c4": 34.91}
COSTS = {"new_poles": None, "cost_per_cable_m_eur": 97.0, "cost_per_crossing_eur": 1013.0}


def planned(lengths, budget=60_000.0, quality=None):
    rules = ruled(**COSTS, budget_eur=budget)
    return make_plan(town(cable_routes=routes(lengths, "ja")), rules, clock=lambda: 0.0, quality=quality)


def test_other_routes_that_leave_the_choice_alone_change_no_byte():
    one, other = planned(SECRET), planned(dict.fromkeys(SECRET, 26.0))

    assert one.framed.costs_hidden
    for name in ("plan", "service", "solutions"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))


def test_what_the_plan_costs_is_told_in_whole_poles():
    one, other = (
        measure_limits(found.framed, found.solution.choice).loc["budget|plan"]
        for found in (planned(SECRET), planned(dict.fromkeys(SECRET, 26.0)))
    )

    assert one["used"] == other["used"] == 15_000.0


@pytest.mark.parametrize("budget", [6_300.0, 13_000.0])
def test_findings_hold_no_length_and_no_cost_of_a_route(budget):
    quality = Quality()

    planned(SECRET, budget, quality)

    told = str(quality.summary())
    assert not any(
        f"{figure:g}" in told for metres in SECRET.values() for figure in (metres, (metres - 25) * 97 + 6013)
    )


def test_what_a_euro_more_is_worth_is_not_told():
    kinds = ["aantal palen", "budget"]
    limits = pd.DataFrame({"kind": kinds, "worth_per_unit": [5100.0, 0.874]}, index=kinds)

    assert without_price_of_cost(limits)["worth_per_unit"].isna().tolist() == [False, True]
    assert limits["worth_per_unit"].notna().all()


def test_the_frames_are_cleared():
    assert all(contract.is_cleared() for contract in (Plan, Service, Solutions))
