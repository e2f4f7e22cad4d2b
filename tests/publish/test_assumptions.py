"""Settings as a reader sees them: in Dutch, never as the program writes them."""

from __future__ import annotations

import re

import pytest

from laadplan.config.monitoring import Monitoring
from laadplan.config.optimisation import Optimisation
from laadplan.config.project import Walking
from laadplan.config.scenario import Coverage, HomeRules, Scenario
from laadplan.publish.assumptions import TOLD, assumption_rows

RICH = Optimisation(
    new_poles=None,
    budget_eur=90_000,
    locked_in=("a@0010", "b@0020"),
    cover_squares=True,
    grid_room_kw={"WK01": 44.0, "vol": 0},
    capped_kw_per_evse=5.5,
)


def written(settings: Optimisation) -> dict[str, str]:
    rows = assumption_rows({"optimisation": settings})
    return {key.removeprefix("optimisation."): value.replace("\u00a0", " ") for _, value, key in rows}


@pytest.mark.parametrize(
    ("key", "of_defaults", "of_rich"),
    [
        ("new_poles", "10", "geen"),
        ("budget_eur", "geen", "90.000 EUR"),
        ("locked_in", "geen", "a@0010, b@0020"),
        ("cover_squares", "nee", "ja"),
        ("grid_room_kw", "geen", "WK01: 44 kW; vol: 0 kW"),
        ("capped_kw_per_evse", "geen", "5,5 kW"),
    ],
)
def test_a_setting_is_written_for_a_reader(key, of_defaults, of_rich):
    assert (written(Optimisation())[key], written(RICH)[key]) == (of_defaults, of_rich)


def test_no_setting_is_written_as_the_program_holds_it():
    sections = {"optimisation": RICH, "scenario": Scenario(), "walking": Walking(), "homes": HomeRules()}
    values = [value for _, value, _ in assumption_rows({**sections, "x": Monitoring(), "y": Coverage()})]
    assert not [value for value in values if re.search(r"None|True|False|\(\)|\[\]|\{\}|'", value)]


def test_every_name_is_of_a_setting_that_exists():
    keys = {f"optimisation.{name}" for name in Optimisation.model_fields}
    assert {key for key in TOLD if key.startswith("optimisation.")} <= keys
