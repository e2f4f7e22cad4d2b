"""The real steps on a demo town."""

import json
from datetime import date
from types import SimpleNamespace

import pytest

from laadplan.config.sources import Sources
from laadplan.contracts.choosing import Alternatives, PlanLimits, PoleCurve, Unserved
from laadplan.contracts.dictionary import all_contracts
from laadplan.contracts.planning import Plan, Service, Solutions
from laadplan.pipeline import run as runner
from laadplan.pipeline.job import read_job
from laadplan.store.frames import read_frame
from laadplan.store.projects import read_project
from tests.pipeline.conftest import TODAY

pytestmark = [pytest.mark.xdist_group("town"), pytest.mark.slow]

GRAPH = read_job()
PRODUCTS = {name for name, step in GRAPH.steps.items() if step.writes_file} - set(runner.BESIDE)

DEMAND = {"electric_cars", "buurt_demand", "demand_points"}


def steps_done(job):
    """The steps whose sources the config gives, in their order."""
    given = {name.partition(".")[0] for name in read_project(job.config).project.sources.given()}
    idle = GRAPH.idle(set(Sources.model_fields) - given)
    goals = [step for name, step in GRAPH.steps.items() if step.sources or name in PRODUCTS]
    return [step for step in GRAPH.needed_for(goals) if step.name not in idle]


def test_the_town_is_run_whole(town_run):
    manifest = json.loads((town_run.out / "run.json").read_text())

    done = steps_done(town_run)
    made = {made.__name__: made for step in done for made in step.makes}
    assert manifest["executed"] == [step.name for step in done]
    assert {"cables", "walking", "obstacles", "dwellings", "evses"} <= set(manifest["executed"])
    assert {path.stem for path in (town_run.out / "frames").glob("*.parquet")} == set(made)
    assert {name.replace("_", ".") for name in PRODUCTS} <= set(town_run.files())
    for name, contract in made.items():
        read_frame(contract, town_run.out / "frames" / f"{name}.parquet")


def test_every_contract_of_sources_and_planning_is_made_by_a_step():
    made = {made for step in GRAPH.steps.values() for made in step.makes}

    pure = [each for each in all_contracts() if each.__module__.split(".")[-1] not in ("published", "reports", "frame")]
    assert [each.__name__ for each in pure if each not in made] == ["Sessions"]  # of any number none is kept


def test_the_proof_stands_in_the_manifest(town_run):
    solution = json.loads((town_run.out / "run.json").read_text())["solution"]

    assert {"status", "objective", "bound", "gap", "solver", "solver_version", "seconds"} <= set(solution)
    assert solution["gap"] <= 0.005
    assert solution["bound"] >= solution["objective"]
    assert solution["poles_chosen"] <= solution["poles_allowed"] == 6


def test_the_manifest_is_plain_json(town_run):
    """Readers of other makes know no NaN."""

    def refuse(word):
        raise AssertionError(word)

    json.loads((town_run.out / "run.json").read_text(), parse_constant=refuse)


def test_another_comment_in_the_config_runs_nothing(town):
    before = town.files()
    town.config.write_text("# remark\n" + town.config.read_text().replace("# The area", "# Het gebied"))

    assert town.executed() == set()
    assert town.files() == before


def test_another_date_runs_only_the_products(town, without_products):
    """The products bear the date; a KLIC delivery, a criterion and sessions have a term, which it is held against."""
    assert town.executed(today=date(2027, 1, 1)) == PRODUCTS | {"cables", "assessments", "use_weeks"}


def test_an_edited_criterion_runs_only_the_assessments_and_what_follows(town, without_products, monkeypatch):
    """The solver is left out: the earlier plan comes back a little changed, so that all that follows must run."""
    plan, service, solutions = (
        read_frame(contract, town.out / f"frames/{contract.__name__}.parquet")
        for contract in (Plan, Service, Solutions)
    )
    explained = [each.empty() for each in (Unserved, PlanLimits, Alternatives, PoleCurve)]

    def make_plan(*_, quality, **__):
        quality.facts["solver_seconds"] = 0.0
        changed = service.assign(served_kwh_year=service["served_kwh_year"] * 0.99)
        planned = plan.assign(served_kwh_year=plan["served_kwh_year"] * 0.99)
        return SimpleNamespace(plan=planned, service=changed, solutions=solutions)

    monkeypatch.setattr("laadplan.optimise.plan.make_plan", make_plan)
    monkeypatch.setattr("laadplan.optimise.explained.explain_plan", lambda *_, **__: explained)
    text = town.config.read_text()
    town.config.write_text(text.replace("at_least_m: 0.9\n", "at_least_m: 0.85\n"))
    assert town.config.read_text() != text

    assert town.executed() == {"assessments", "plan", "sites", "balances", "isochrones", "white_spots"} | PRODUCTS


def test_assessments_that_come_out_the_same_stop_what_follows(town, without_products):
    """Who owns a criterion changes no frame: the assessments are looked at again, and what names the policy itself."""
    text = town.config.read_text()
    town.config.write_text(text.replace("owner: Groen\n", "owner: Groen en water\n"))
    assert town.config.read_text() != text

    named = {name for name, step in GRAPH.steps.items() if "policy" in step.sections}
    assert town.executed() == named - set(runner.BESIDE)


@pytest.mark.parametrize(
    ("until", "section", "values", "expected"),
    [
        ("Assessments", "walking", {"norm_m": 240.0}, {"charge_points", "assessments"}),
        ("Reach", "walking", {"norm_m": 240.0}, {"charge_points", "reach"}),
        ("Assessments", "scenario", {"km_per_car_year": 18000.0}, DEMAND | {"assessments"}),
        ("Assessments", "optimisation", {"new_poles": 2}, set()),
        ("Assessments", "publication", {"title": "Kaart"}, set()),
    ],
)
def test_an_edited_section_runs_the_steps_that_name_it(town, until, section, values, expected):
    town.change(section, **values)

    assert town.executed(until=until) == expected


def test_a_check_looks_at_every_source_and_writes_nothing(town_run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = town_run.files()

    found = runner.check(read_project(town_run.config), today=TODAY)

    readers = {step.name for step in steps_done(town_run) if step.sources}
    needed = GRAPH.needed_for([*(GRAPH.steps[name] for name in readers), GRAPH.maker_of("DemandPoints")])
    assert set(found) == {step.name for step in needed} & {step.name for step in steps_done(town_run)}
    kept = {name for name in readers if found[name]["read"] and found[name]["kept"]}
    assert readers - kept == {"obstacles"}  # the main delivery of the town has none
    assert list(tmp_path.iterdir()) == []
    assert town_run.files() == before


def test_a_check_tells_progress(town_run):
    told = []

    runner.check(read_project(town_run.config), today=TODAY, progress=lambda *place: told.append(place))

    assert [place for _, place, _ in told] == list(range(len(told)))
    assert {total for *_, total in told} == {len(told)}
