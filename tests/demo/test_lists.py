"""Lists of the demo town: read back by the readers, requests near overloaded poles, and squares that add up."""

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from laadplan.contracts.quality import Quality
from laadplan.demo import lists
from laadplan.demo.cbs_squares import layer_rows
from laadplan.demo.charging_use import ROLES, is_overloaded, use_of
from laadplan.demo.figures import figures_of
from laadplan.demo.model import Quarter, Town
from laadplan.ingest.cbs_tables import read_squares
from laadplan.ingest.jobs import read_jobs
from laadplan.ingest.planned_homes import read_planned_homes
from laadplan.ingest.requests import read_requests
from laadplan.ingest.sessions import read_sessions
from tests.demo.street_grid import make_quarter


def test_all_lists_of_a_town_are_read_without_loss(folder: Path, quarters: list[Quarter]) -> None:
    told = [Quality() for _ in range(4)]

    requests = read_requests(folder / "aanvragen.csv", quality=told[0])
    plans = read_planned_homes(folder / "woningbouw.csv", quality=told[1])
    jobs = read_jobs(folder / "banen.csv", quality=told[2])
    squares = read_squares(folder / "cbs_vierkanten.gpkg", quality=told[3])

    assert all(not quality.dropped and not quality.skipped for quality in told)
    assert len(requests) == sum(lists.requests(quarter).count("\n") for quarter in quarters) > 20
    assert requests["pc6"].isin([home.postcode for quarter in quarters for home in quarter.addresses]).all()
    assert plans["dwellings"].sum() == 84 * plans["plan_id"].nunique() > 0
    assert jobs["establishments"].sum() == sum(len(quarter.addresses) - quarter.dwellings for quarter in quarters)
    assert squares["dwellings"].sum() == pytest.approx(sum(quarter.dwellings for quarter in quarters), rel=0.03)


def test_the_table_of_sessions_is_read(folder: Path) -> None:
    found = read_sessions(folder / "sessies.csv")

    assert len(found) > 10_000
    assert set(found["started_at"].dt.year) == {2024, 2025}


def test_squares_hold_the_dwellings_that_lie_in_them(town: Town, quarters: list[Quarter]) -> None:
    figures = [figures_of(quarter) for quarter in quarters]

    [rows] = layer_rows(town, figures).values()

    homes = [home.point for quarter in quarters for home in quarter.addresses if home.is_dwelling]
    inside = shapely.STRtree(homes).query(rows.geometry, predicate="contains")[0]
    for place, row in enumerate(rows.itertuples()):
        count = int((inside == place).sum())
        assert row.aantal_woningen == -99997 if count < 4 else abs(row.aantal_woningen - count) <= 3 + 0.01 * count
    assert isinstance(rows, gpd.GeoDataFrame)
    assert not rows["crs28992res500m"].duplicated().any()


def test_drivers_ask_near_overloaded_poles() -> None:
    plain = make_quarter(poles=4)
    busy, quiet = (
        replace(plain, seed=0, cell=replace(plain.cell, turn=ROLES.index(role))) for role in ("overbelast", "ruim")
    )
    crowded = sum(is_overloaded([use]) for use in use_of(busy, busy.poles))

    asked, hardly = (lists.requests(quarter).count("\n") for quarter in (busy, quiet))

    assert crowded > 0
    assert 3 * crowded <= asked <= 4 * crowded + 8
    assert hardly < asked


def test_empty_quarters_have_no_rows() -> None:
    empty = make_quarter(columns=0, rows=0)
    assert (lists.requests(empty), lists.jobs(empty)) == ("", "")
    country = replace(empty, cell=replace(empty.cell, kind="landelijk"))
    assert (lists.plans(country), lists.planned_homes(country)) == ("", ())
