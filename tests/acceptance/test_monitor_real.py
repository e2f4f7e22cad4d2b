"""Twelve days of polled use in Ede: digested, and told to be too short; its demand from figures alone, as estimate."""

# ruff: noqa: TID252

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .program import Program
from .reading import ROOT, RunFolder

pytestmark = [pytest.mark.slow, pytest.mark.real, pytest.mark.xdist_group("ede")]

DATE = "2026-06-15"


def ede(laadplan: Program, command: str, out: Path) -> RunFolder:
    config = ROOT / "configs" / "ede.yaml"
    done = laadplan(command, config, "--out", out, "--date", DATE, "--json", cwd=out.parent)
    assert done.returncode == 0, done.stderr
    manifest = json.loads((out / "run.json").read_text(encoding="utf-8"))
    return RunFolder(out, config, manifest, 0, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def monitored(laadplan: Program, real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    assert real_data.is_dir()
    return ede(laadplan, "monitor", tmp_path_factory.mktemp("ede") / "druk")


@pytest.fixture(scope="module")
def forecast(laadplan: Program, real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    assert real_data.is_dir()
    return ede(laadplan, "demand", tmp_path_factory.mktemp("ede") / "vraag")


def test_short_history_of_ede_is_said(monitored: RunFolder) -> None:
    rows = monitored.frame("Laaddruk")
    assert len(rows)
    assert set(rows["level"]) == {"onbekend"}
    assert rows[["laaddruk", "busiest_share", "passes_on"]].isna().all().all()
    assert rows["reason"].str.contains("weken|gemeten|sessies|geen gebruik").all(), set(rows["reason"])
    assert rows["reason"].str.startswith("Te kort gemeten").any()
    page = (monitored.path / "monitor.html").read_text(encoding="utf-8")
    assert "te kort" in page.lower()
    assert not len(monitored.frame("Triggers").query("variant in ['II', 'III', 'IV']"))


def test_what_was_polled_is_what_is_counted(monitored: RunFolder, real_data: Path) -> None:
    """Hours of EVSE observed and taken over the weeks are those of the snapshots, what was not polled left out."""
    observed = taken = 0.0
    for file in sorted((real_data / "ede-otterlo/chargers/snapshots").glob("*.json")):
        for item in json.loads(file.read_text(encoding="utf-8"))["locations"].values():
            polled = [value for value in item["occ"] if value is not None]
            observed += item["n"] * len(polled)
            taken += sum(item["n"] * value / 100 for value in polled)
    weeks = monitored.frame("UseWeeks")
    assert 0 < weeks["observed_h"].sum() <= observed * 1.001
    assert weeks["observed_h"].sum() > 0.5 * observed, "whole weeks alone count, but one there is"
    share = weeks["connected_h"].sum() / weeks["observed_h"].sum()
    assert share == pytest.approx(taken / observed, abs=0.05)


def test_demand_of_every_buurt_of_ede(forecast: RunFolder, real_data: Path) -> None:
    """From figures of the CBS and the national car stock alone: per buurt, to 2035, in three scenarios."""
    rows = forecast.frame("BuurtDemand")
    assert set(range(2026, 2036)) <= set(rows["year"])
    wide = rows.pivot_table(index=["buurtcode", "year"], columns="scenario", values="kwh_year").dropna()
    later = wide[wide.index.get_level_values("year") > 2026]
    assert (later["laag"] <= later["midden"]).all()
    assert (later["midden"] <= later["hoog"]).all()
    known = rows.groupby("buurtcode")["kwh_year"].apply(lambda values: values.notna().any())
    assert known.mean() > 0.9
    assert len(known) > 70


def test_electric_cars_of_ede_are_those_of_the_country_in_size(forecast: RunFolder, real_data: Path) -> None:
    """About 55,000 cars, of which a few percent electric in 2024; in 2035 by the middle scenario about half."""
    rows = forecast.frame("ElectricCars").query("scenario == 'midden'").dropna(subset=["electric_cars"])
    sums = rows.groupby("year")[["electric_cars", "cars"]].sum()
    share = sums["electric_cars"] / sums["cars"]
    assert 0.02 < share.iloc[0] < 0.10
    assert 0.35 < share.loc[2035] < 0.65


def test_picture_and_page_of_ede_say_estimate(forecast: RunFolder) -> None:
    page = (forecast.path / "vraag.html").read_text(encoding="utf-8")
    assert "schatting" in page.lower()
    assert (forecast.path / "vraag.png").stat().st_size > 20_000
    assert "benaderd" in page, "the shapes of the buurten are approximate and the report must say so"
