"""What a plan costs by confidential cables stays in the house: nothing of a KLIC delivery is in what a plan tells."""

# ruff: noqa: TID252

from __future__ import annotations

import pytest

from .program import Program
from .reading import RunFolder
from .siting import Counted, variant

pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.slow]

POLE_EUR = 5_000.0


@pytest.fixture(scope="session")
def by_budget(laadplan: Program, boxed_run: RunFolder, tmp_path_factory: pytest.TempPathFactory) -> Counted:
    """A plan of a budget, in which a metre of confidential cable costs dearly."""
    wishes = {
        "new_poles": None,
        "budget_eur": 40_000.0,
        "cost_per_pole_eur": POLE_EUR,
        "cost_per_cable_m_eur": 137.0,
        "cost_per_crossing_eur": 1_013.0,
    }
    return Counted(variant(laadplan, boxed_run, tmp_path_factory.mktemp("geheim"), wishes, until=None))


def test_costs_hold_nothing_of_the_cables(by_budget: Counted) -> None:
    assert len(by_budget.new)
    assert (by_budget.new["cost_eur"] == POLE_EUR * by_budget.new["poles"]).all()


def test_the_budget_is_told_in_whole_poles(by_budget: Counted) -> None:
    told = by_budget.limits.loc["budget|plan"]
    assert told["used"] % POLE_EUR == 0


def test_no_length_of_a_confidential_route_is_in_what_explains_the_plan(by_budget: Counted) -> None:
    routes = by_budget.run.frame("CableRoutes")["route_m"].dropna()
    lengths = {f"{length:.2f}" for length in routes if length > 1} | {
        f"{length:.2f}".replace(".", ",") for length in routes if length > 1
    }
    page = (by_budget.run.path / "uitleg.html").read_text(encoding="utf-8")
    frames = ("Plan", "Unserved", "PlanLimits", "Alternatives", "PoleCurve", "Solutions", "Service")
    told = page + "".join(by_budget.run.frame(name).to_csv() for name in frames)
    assert not {length for length in lengths if f">{length} m<" in told or f" {length} m" in told}
