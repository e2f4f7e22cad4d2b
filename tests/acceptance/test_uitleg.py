"""The explanation page: opens in a browser without a network, and tells what the frames hold."""

# ruff: noqa: TID252

from __future__ import annotations

import re
from dataclasses import replace
from math import ceil

import pytest

from .browsing import Visit, visit
from .reading import RunFolder
from .siting import Counted

pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.slow]


@pytest.fixture(scope="session")
def seen(small_town_run: RunFolder, require_browser: None) -> Visit:
    """What a browser saw of the page."""
    found = visit(small_town_run.path / "uitleg.html")
    return replace(found, text=re.sub(r"\s+", " ", found.text))


@pytest.fixture(scope="session")
def require_browser() -> None:
    """Chromium must be there."""
    from .browsing import chromium

    if chromium() is None:
        pytest.skip("the program chromium is not installed")


@pytest.fixture(scope="session")
def counted(small_town_run: RunFolder) -> Counted:
    """The plan of the small town."""
    return Counted(small_town_run)


def dutch(value: float, decimals: int = 0) -> str:
    """A number as Dutch readers write it."""
    text = f"{value:,.{decimals}f}"
    return text.translate(str.maketrans(",.", ".,"))


def test_the_page_asks_nothing_of_a_network(seen: Visit) -> None:
    assert seen.requests == []
    assert seen.complaints == []
    assert seen.lang == "nl"


def test_the_proof_is_on_the_page(seen: Visit, counted: Counted) -> None:
    assert dutch(counted.solution["objective"]) in seen.text
    assert dutch(counted.solution["bound"]) in seen.text
    assert f"{dutch(ceil(1e4 * counted.solution['gap'] - 1e-6) / 100, 2)} %" in seen.text  # never less than is proven
    assert str(counted.solution["solver"]).lower() in seen.text.lower()


def test_no_smaller_gap_is_promised_than_is_proven(seen: Visit, counted: Counted) -> None:
    promised = re.search(r"geen plan meer dan ([\d,]+) %", seen.text)
    assert promised or counted.solution["status"] == "optimal"
    if promised:
        assert float(promised[1].replace(",", ".")) >= 100 * counted.solution["gap"] - 1e-9


def test_unserved_demand_adds_up_on_the_page(seen: Visit, counted: Counted) -> None:
    rows = counted.run.frame("Unserved")
    assert f"{dutch(rows['unserved_kwh_year'].sum() / 1000, 1)}" in seen.text
    for reason, part in rows.groupby("reason"):
        assert dutch(part["unserved_kwh_year"].sum() / 1000, 1) in seen.text, reason


def test_each_new_site_and_its_alternative_are_on_the_page(seen: Visit, counted: Counted) -> None:
    for row in counted.run.frame("Alternatives").itertuples():
        assert row.locatie_id in seen.text
        for other in str(row.other_ids).split():
            assert other in seen.text
        assert re.search(rf"\b{re.escape(dutch(row.worth_lost))} \S+ {re.escape(row.locatie_id)}", seen.text)


def test_broken_floors_are_named(seen: Visit, counted: Counted) -> None:
    names = counted.run.frame("Buurten").set_index("buurtcode")["name"]
    for key in counted.limits.index[counted.limits["broken_by"] > 0]:
        assert names[str(key).split("|")[1]] in seen.text


def test_walking_is_explained_with_its_source(seen: Visit) -> None:
    assert "OpenStreetMap" in seen.text
    assert "250 m" in seen.text


def test_the_page_speaks_no_english_and_holds_no_holes(seen: Visit) -> None:
    assert re.findall(r"\b(?:nan|None|True|False|null|undefined|within_gap|feasible)\b|\(\)", seen.text) == []


def test_each_assumption_has_a_dutch_name(seen: Visit) -> None:
    """A setting stands behind its name and value, never in place of its name."""
    twice = [
        name for name in re.findall(r"optimisation\.(\w+)", seen.text) if re.search(rf"(?<!\.)\b{name} ", seen.text)
    ]
    known = {"far_worth", "score_worth_kwh", "pole_least_kwh", "floor_penalty_kwh"}  # named in the table of what counts
    assert sorted(set(twice) - known) == []
