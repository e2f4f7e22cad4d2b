import json
from pathlib import Path

import pytest

from laadplan.cli.report import StepProgress, print_json, print_quality, run_summary
from laadplan.contracts.quality import Quality

SOLUTION = {
    "status": "within_gap",
    "objective": 100_000.0,
    "bound": 100_371.2,
    "gap": 0.003712,
    "poles_chosen": 5,
    "poles_allowed": 6,
    "solver": "HiGHS",
    "solver_version": "1.15.1",
}
QUALITY = Quality(read=3, kept=2, dropped={"no place": ["a"]}, missing={"species": 2}, facts={"area_m2": 12}).summary()
SOURCE = {
    "label": "Bomenregister",
    "reference_on": "2026-01-01",
    "licence": "CC0",
    "files": [{"name": "bomen.csv", "sha256": "0123456789abcdef"}],
}


def test_a_summary_says_what_was_made_and_how_good_it_is():
    steps = [{"status": status} for status in ("executed", "reused", "reused", "earlier")]
    manifest = {"solution": SOLUTION, "executed": ["plan"], "steps": steps, "findings": ["plan: Too few poles."]}

    assert run_summary(manifest, Path("maps/ede")) == (
        "Executed 1 of 3 steps; the rest was unchanged.\n"
        "5 of 6 new poles placed; within 0.38 % of the best possible (HiGHS 1.15.1).\n"
        "Note: plan: Too few poles.\n"
        "Results are in maps/ede."
    )


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "within 0.38 % of the best possible (HiGHS 1.15.1)."),
        ({"status": "optimal", "gap": 0.0}, "proven the best possible (HiGHS 1.15.1)."),
        ({"objective": -900.0, "bound": -100.4}, "at most 800 kWh a year from the best possible (HiGHS 1.15.1)."),
        ({"bound": float("inf")}, "not proven to be near the best possible (HiGHS 1.15.1)."),
    ],
)
def test_a_summary_promises_no_more_than_was_proven(changed, expected):
    manifest = {"solution": {**SOLUTION, **changed}, "executed": [], "steps": [], "findings": []}

    assert run_summary(manifest, Path("x")).splitlines()[1] == f"5 of 6 new poles placed; {expected}"


def test_a_summary_without_a_plan_says_nothing_of_poles():
    manifest = {"solution": None, "executed": [], "steps": [{"status": "reused"}], "findings": []}

    assert run_summary(manifest, Path("plan")) == "Executed 0 of 1 steps; the rest was unchanged.\nResults are in plan."


def test_progress_is_a_line_on_stderr(capsys):
    StepProgress(quiet=False)("road_parts", 0, 12)

    assert capsys.readouterr() == ("", "[1/12] road_parts\n")


def test_quiet_progress_is_silent(capsys):
    StepProgress(quiet=True)("road_parts", 0, 12)

    assert capsys.readouterr() == ("", "")


def test_json_is_one_document_with_an_end_of_line(capsys):
    print_json({"naam": "Súdwest"})

    out = capsys.readouterr().out
    assert out.endswith("}\n")
    assert json.loads(out) == {"naam": "Súdwest"}


def test_a_report_shows_rows_rules_and_dates(capsys):
    print_quality({"trees": QUALITY}, {"trees": SOURCE})

    out = capsys.readouterr().out
    words = ("Bomenregister", "2026-01-01", "CC0", "0123456789ab", "trees", "1 no place", "2 species", "No findings.")
    assert [word for word in words if word not in out] == []


def test_a_report_shows_what_is_not_known(capsys):
    source = {"label": "", "reference_on": None, "licence": "onbekend", "files": []}

    print_quality({"bays": QUALITY | {"read": None, "dropped": {}, "missing": {}}}, {"trees": source})

    out = capsys.readouterr().out
    assert "onbekend" in out
    assert "trees" in out
    assert "None" not in out


def test_findings_are_listed_by_frame(capsys):
    print_quality({"trees": QUALITY | {"findings": ["One is gone.", "Two [are] old."]}}, {})

    out = capsys.readouterr().out
    assert out.endswith("Findings:\ntrees: One is gone.\ntrees: Two [are] old.\n")


def test_square_brackets_in_a_name_are_shown(capsys):
    rules = QUALITY | {"dropped": {"soort [struik]": 1}}

    print_quality({"trees": rules}, {"trees": SOURCE | {"label": "Bomen [concept]"}})

    out = capsys.readouterr().out
    assert "Bomen [concept]" in out
    assert "soort [struik]" in out


def test_a_long_name_is_folded_and_not_cut(capsys):
    name = "longest_minutes_between_polls_of_a_location_that_is_in_the_area"

    print_quality({"occupancy": QUALITY | {"facts": {name: 12}, "dropped": {"een regel die lang is": 1}}}, {})

    out = capsys.readouterr().out
    assert "…" not in out
    assert out.count("\n") > 5
