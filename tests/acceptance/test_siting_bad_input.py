"""Wishes that contradict each other, towns where nothing can be done, and sources that say the same in other words."""

# ruff: noqa: TID252

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas
import pytest

from .program import Program
from .reading import RunFolder, load_yaml, write_yaml
from .rich import DATE
from .siting import LITTLE_WORK, Counted, variant, varied
from .spoiling import copy_town, rewrite_geopackage

pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.slow]


def refused(laadplan: Program, base: RunFolder, folder: Path, code: int, **optimisation: Any) -> str:
    """What a run says that must fail on its settings."""
    config = varied(base, folder, optimisation)
    done = laadplan("run", config, "--until", "Plan", "--out", folder / "uit", "--date", DATE, cwd=folder)
    assert done.returncode == code, f"exit code {done.returncode}\n{done.stderr}"
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_site_both_decided_and_turned_down_is_refused(
    laadplan: Program, small_town_run: RunFolder, tmp_path: Path
) -> None:
    site = min(small_town_run.chosen())
    said = refused(laadplan, small_town_run, tmp_path, 2, locked_in=[site], locked_out=[site])
    assert site in said
    assert "locked_in" in said
    assert "locked_out" in said


def test_a_decided_site_that_does_not_exist_is_refused(
    laadplan: Program, small_town_run: RunFolder, tmp_path: Path
) -> None:
    said = refused(laadplan, small_town_run, tmp_path, 2, locked_in=["G9901.bestaat-niet@0001"])
    assert "locked_in" in said
    assert "G9901.bestaat-niet@0001" in said


def overlapping(run: RunFolder) -> list[str]:
    """Two candidates that meet the eisen and share a bay."""
    rows = Counted(run)
    offered = rows.candidates[rows.candidates.index.isin(rows.plan.index)]
    by_bay: dict[str, str] = {}
    for key, text in offered["bay_ids"].items():
        for bay in text.split():
            if bay in by_bay:
                return [by_bay[bay], str(key)]
            by_bay[bay] = str(key)
    raise AssertionError("no two candidates share a bay")


@pytest.fixture(scope="session")
def contradictory(
    laadplan: Program, small_town_run: RunFolder, tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[str], Counted]:
    """More decided sites than poles, two of them on one bay and nearer to each other than poles may stand."""
    wanted = [*overlapping(small_town_run), *sorted(small_town_run.chosen())[:2]]
    wishes = {"new_poles": 2, "locked_in": wanted, "spacing_m": 5000.0}
    return wanted, Counted(variant(laadplan, small_town_run, tmp_path_factory.mktemp("tegenspraak"), wishes))


def test_what_was_decided_comes_even_where_it_contradicts(contradictory: tuple[list[str], Counted]) -> None:
    wanted, plan = contradictory
    assert set(wanted) <= set(plan.new.index)


def test_contradictions_are_measured_and_named(contradictory: tuple[list[str], Counted]) -> None:
    _, plan = contradictory
    number = plan.limits.loc["aantal palen|plan"]
    assert number["broken_by"] == plan.new["poles"].sum() - 2
    broken = set(plan.limits.index[plan.limits["broken_by"] > 0])
    kinds = {str(key).split("|")[0] for key in broken}
    assert {"aantal palen", "vak", "afstand"} <= kinds
    said = plan.run.stdout + plan.run.stderr
    for kind in ("aantal palen", "vak", "afstand"):
        assert kind in said


# --- nothing can be done ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def nobody_near(laadplan: Program, small_town_run: RunFolder, tmp_path_factory: pytest.TempPathFactory) -> Counted:
    """A town in which people walk two metres at most."""
    folder = tmp_path_factory.mktemp("niemand")
    return Counted(variant(laadplan, small_town_run, folder, {"poles_per_buurt_min": 0}, walking={"norm_m": 2.0}))


def test_demand_with_no_candidate_in_reach_stays_unserved_and_says_why(nobody_near: Counted) -> None:
    assert nobody_near.solution["served_kwh_year"] == 0
    assert nobody_near.solution["poles_chosen"] == 0
    rows = nobody_near.run.frame("Unserved")
    assert rows["unserved_kwh_year"].sum() == pytest.approx(nobody_near.demand.sum(), abs=0.5)
    assert set(rows["reason"]) == {"geen kandidaat binnen loopafstand"}


@pytest.mark.parametrize(
    ("key", "value"), [("new_poles", -1), ("far_worth", 2.0), ("spacing_m", -5.0), ("gap_share", -0.1)]
)
def test_settings_that_cannot_be_are_refused_by_name(
    laadplan: Program, small_town_run: RunFolder, tmp_path: Path, key: str, value: float
) -> None:
    assert key in refused(laadplan, small_town_run, tmp_path, 2, **{key: value})


# --- the same in other words -----------------------------------------------------------------------------------------


def renamed_addresses(rows: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    """Addresses under other BAG ids, in another order of those ids."""
    changed = rows.copy()
    for name in changed.columns:
        text = changed[name].astype(str)
        if name.endswith("identificatie") and text.str.fullmatch(r"\d{16}").all():
            changed[name] = text.str[:6] + (9_999_999_999 - text.str[6:].astype("int64")).astype(str).str.zfill(10)
    return changed


def other_buurt_names(rows: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    """Buurten under other names."""
    names = [column for column in rows.columns if column == "buurtnaam"]
    return rows.assign(**{name: rows[name].astype(str).str[::-1] for name in names})


def test_other_ids_and_names_choose_the_same_sites(
    laadplan: Program, small_town_run: RunFolder, quick: RunFolder, tmp_path: Path
) -> None:
    town = copy_town(small_town_run.config, tmp_path / "town")
    for key, change in (("addresses", renamed_addresses), ("buurten", other_buurt_names)):
        before = town.source(key).read_bytes()
        rewrite_geopackage(town.source(key), change)
        assert town.source(key).read_bytes() != before
    content = load_yaml(town.config)
    content["optimisation"].update(LITTLE_WORK)
    write_yaml(content, town.config)
    words = ("run", town.config, "--until", "Plan", "--date", DATE)
    done = laadplan(*words, "--out", tmp_path / "anders", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    other = Counted(RunFolder(tmp_path / "anders", town.config, {}, 0, "", ""))
    assert set(other.new.index) == set(Counted(quick).new.index)
    assert other.solution["objective"] == pytest.approx(Counted(quick).solution["objective"], abs=0.5)
