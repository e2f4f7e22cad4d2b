import pulp
import pytest

from laadplan.optimise.old_model import build_model
from laadplan.optimise.old_solve import solve
from tests.optimise.old_oracle import random_problem, settings, small_problem

CANDIDATE, EXISTING = (False, 3000.0, 0.5, "B1"), (True, 1500.0, 0.0, "B1")


def by_cbc(problem, asked, poles):
    """Worth of the best plan as CBC finds it."""
    model = build_model(problem, asked, poles)
    model.problem.solve(pulp.PULP_CBC_CMD(msg=False, gapRel=0.0, threads=1))
    return pulp.value(model.problem.objective)


@pytest.mark.filterwarnings("ignore:PULP_CBC_CMD:DeprecationWarning")
@pytest.mark.parametrize("seed", range(8))
def test_a_second_solver_finds_the_same_worth(seed):
    problem, asked = random_problem(seed, homes=12, candidates=12, existing=3), settings()

    assert solve(problem, asked, 4).objective == pytest.approx(by_cbc(problem, asked, 4), rel=1e-6, abs=0.01)


def test_the_model_holds_each_constraint_as_its_formula_says():
    problem = small_problem(
        {"h1": 2000, "h2": 500},
        {"c1": CANDIDATE, "c2": CANDIDATE, "e1": EXISTING},
        {("h1", "c1"): 1.0, ("h1", "e1"): 0.75, ("h2", "c2"): 0.5},
        groups=[{"c1", "c2"}],
        buurten=("B1", "B9"),
    )

    model = build_model(problem, settings(poles_per_buurt_min=2), 1).problem

    rows = {row.name: row for row in model.constraints()}
    written = {name: {variable.name: factor for variable, factor in row.items()} for name, row in rows.items()}
    limits = {name: row.getUb() for name, row in rows.items()}
    assert written == {
        "demand_h1": {"kwh_h1_c1": 1.0, "kwh_h1_e1": 1.0},
        "demand_h2": {"kwh_h2_c2": 1.0},
        "capacity_c1": {"kwh_h1_c1": 1.0, "open_c1": -3000.0},
        "capacity_c2": {"kwh_h2_c2": 1.0, "open_c2": -3000.0},
        "capacity_e1": {"kwh_h1_e1": 1.0},
        "poles": {"open_c1": 1.0, "open_c2": 1.0},
        "bay_000000": {"open_c1": 1.0, "open_c2": 1.0},
        "floor_B1": {"open_c1": -1.0, "open_c2": -1.0, "below_B1": -1.0},
    }
    assert limits == {
        "demand_h1": 2000.0,
        "demand_h2": 500.0,
        "capacity_c1": 0.0,
        "capacity_c2": 0.0,
        "capacity_e1": 1500.0,
        "poles": 1.0,
        "bay_000000": 1.0,
        "floor_B1": -1.0,
    }
    assert {variable.name: factor for variable, factor in model.objective.items()} == {
        "kwh_h1_c1": 1.0 + 300.0 * 0.5 / 3000.0,
        "kwh_h1_e1": 0.75,
        "kwh_h2_c2": 0.5 + 300.0 * 0.5 / 3000.0,
        "open_c1": -100.0,
        "open_c2": -100.0,
        "below_B1": -20_000.0,
    }
    assert model.sense == pulp.LpMaximize


def test_variables_are_named_by_id_so_that_equal_problems_give_equal_models():
    names = [
        [variable.name for variable in build_model(random_problem(4), settings(), 2).problem.variables()]
        for _ in range(2)
    ]

    assert names[0] == names[1]
