"""Demand per point: it adds up to that of the buurt, plans count from their year, areas and forecasts of one's own."""

# ruff: noqa: TID252

from __future__ import annotations

import json

import numpy
import pandas
import pytest
import shapely

from .buurtplan import (
    CARS,
    CLUSTERS,
    EAST,
    HOUSEHOLDS,
    OFFICE,
    OFFICIAL,
    PLAN,
    SCENARIOS,
    SCHOOL,
    SECRET,
    WEST,
    WRONG_TOTAL,
    YEARS,
    at,
)
from .reading import RunFolder, default_config
from .streets import in_rd

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("buurtplan")]

GROUPS = ("residents_kwh_year", "visitors_kwh_year", "workers_kwh_year", "kwh_year")
SUMS = (*GROUPS, "electric_cars", "evse", "connected_peak")
WATT_HOUR = 0.001
KM, KWH = (default_config()["scenario"][name] for name in ("km_per_car_year", "kwh_per_km"))


def per_buurt(run: RunFolder) -> tuple[pandas.DataFrame, pandas.DataFrame]:
    """Sums of the demand points, and the forecast itself, by buurt, year and scenario."""
    buurt = run.frame("DemandClusters").set_index("point_id")["buurtcode"]
    points = run.frame("Demand")
    sums = points.assign(buurtcode=points["point_id"].map(buurt)).groupby(["buurtcode", "year", "scenario"])
    wanted = run.frame("BuurtDemand").set_index(["buurtcode", "year", "scenario"])
    return sums[list(SUMS)].sum().sort_index(), wanted[list(SUMS)].sort_index()


@pytest.mark.parametrize("name", ["buurt_run", "areas_run", "demo_run"])
def test_points_add_up_to_their_buurt(request: pytest.FixtureRequest, name: str) -> None:
    """Per group, year and scenario, to the watt-hour: rounded to whole Wh both sums are the same number."""
    sums, wanted = per_buurt(request.getfixturevalue(name))
    known = wanted["kwh_year"].notna()
    joined = wanted[known].join(sums.add_suffix("_of_points"), how="left").fillna(0.0)
    assert len(joined) > 50
    for column in SUMS:
        exact = WATT_HOUR / 2 if column in GROUPS else 1e-6
        off = (joined[column] - joined[f"{column}_of_points"]).abs()
        assert off.max() < exact, (column, joined[off >= exact].head())
    assert (sums.loc[sums.index.isin(wanted.index[~known]), "kwh_year"] == 0).all()


@pytest.mark.parametrize("name", ["Demand", "BuurtDemand"])
def test_groups_add_up_to_the_whole(buurt_run: RunFolder, name: str) -> None:
    rows = buurt_run.frame(name).dropna(subset=["kwh_year"])
    assert numpy.allclose(rows[list(GROUPS[:3])].sum(axis=1), rows["kwh_year"], atol=WATT_HOUR)
    assert (rows[list(GROUPS)] >= 0).all().all()


def test_residents_by_the_stated_shares(buurt_run: RunFolder) -> None:
    """Cars times distance times use, of which each kind of household charges its own share at public poles."""
    stated = default_config()["scenario"]
    home = default_config()["homes"]["usual"]["onbekend"]
    share = home * stated["public_share_driveway"] + (1 - home) * stated["public_share_no_driveway"]
    told = at(buurt_run.frame("BuurtDemand"), buurtcode=EAST)
    assert numpy.allclose(told["driveway_share"], home), "no BGT: the usual share"
    assert numpy.allclose(told["residents_kwh_year"], told["electric_cars"] * KM * KWH * share, rtol=1e-6)
    assert numpy.allclose(told["public_cars"], told["electric_cars"] * (1 - home))


def test_visitors_go_where_the_visits_are(buurt_run: RunFolder) -> None:
    """Their energy is a stated share of that of all cars, spread by visits per dwelling and floor area."""
    stated = default_config()["scenario"]
    told = at(buurt_run.frame("BuurtDemand"), year=2028, scenario="midden").set_index("buurtcode")
    visits = stated["visits"]
    dwellings = {code: sum(n for c, _, _, n in CLUSTERS.values() if c == code) for code in (WEST, EAST, SECRET)}
    weights = {code: n * visits["woning"] for code, n in dwellings.items()}
    weights[EAST] += 9 * visits["onderwijsfunctie"] + 25 * visits["kantoorfunctie"]
    whole = stated["visitor_share"] * told["electric_cars"].sum() * KM * KWH
    for code in (WEST, EAST):
        expected = whole * weights[code] / sum(weights.values())
        assert told.loc[code, "visitors_kwh_year"] == pytest.approx(expected, rel=0.001)


TOGETHER = {"addresses": "sum", "households": "sum", "known": "all", "is_planned": "all"}
"""How figures of the pieces of a postcode are taken together."""


def by_postcode(rows: pandas.DataFrame, *figures: str) -> pandas.DataFrame:
    """Sums of some figures per buurt and postcode, of all its pieces."""
    return rows.groupby(rows["point_id"].str.partition("#")[0])[list(figures)].sum()


def test_workers_charge_where_the_jobs_are(buurt_run: RunFolder) -> None:
    """A hundred jobs at the office, none at the school; the cars of those who drive there are of this area."""
    stated = default_config()["scenario"]
    rows = by_postcode(
        at(buurt_run.frame("Demand"), year=2030, scenario="midden"), "workers_kwh_year", "visitors_kwh_year"
    )
    workers = rows["workers_kwh_year"]
    office = f"{EAST}|{OFFICE[0]}"
    assert set(workers.index[workers > 0]) == {office}
    cars = at(buurt_run.frame("ElectricCars"), year=2030, scenario="midden")["electric_share"].dropna()
    full = 100 * stated["car_commute_share"] * KM * KWH * stated["work_energy_share"] * stated["work_public_share"]
    assert full * cars.min() <= workers[office] <= full * cars.max()
    assert rows.loc[f"{EAST}|{SCHOOL[0]}", "visitors_kwh_year"] > rows.loc[f"{EAST}|6700AD", "visitors_kwh_year"]


def test_a_point_is_a_postcode_of_one_buurt(buurt_run: RunFolder) -> None:
    """A postcode too wide to be walked from its middle is cut into pieces, which together hold all of it."""
    clusters = buurt_run.frame("DemandClusters")
    whole = clusters.assign(point_id=clusters["point_id"].str.partition("#")[0]).dissolve("point_id", aggfunc=TOGETHER)
    whole["geometry"] = whole.centroid
    assert {f"{code}|{pc6}" for pc6, (code, *_) in CLUSTERS.items()} == set(whole.index[~whole["is_planned"]])
    for pc6, (code, east, north, dwellings) in CLUSTERS.items():
        row = whole.loc[f"{code}|{pc6}"]
        assert row["addresses"] == dwellings + (pc6 in (SCHOOL[0], OFFICE[0]))
        assert row.geometry.distance(in_rd(shapely.Point(east, north))) < 40
        assert row["known"] == (code != SECRET)
        if code != SECRET:
            assert row["households"] == pytest.approx(dwellings)


def test_planned_dwellings_count_from_their_year(buurt_run: RunFolder) -> None:
    """Thirty dwellings in 2029: nothing before, and their cars, as many each as those of the buurt, from then on."""
    plan = buurt_run.frame("DemandClusters").query("is_planned")
    assert list(plan["addresses"]) == [0]
    assert list(plan["buurtcode"]) == [PLAN["buurt"]]
    rows = at(buurt_run.frame("Demand"), point_id=plan["point_id"].iloc[0])
    assert (rows.loc[rows["year"] < PLAN["year"], "kwh_year"] == 0).all()
    assert (rows.loc[rows["year"] >= PLAN["year"], "kwh_year"] > 0).all()
    told = at(buurt_run.frame("BuurtDemand"), buurtcode=WEST, scenario="midden").set_index("year")
    assert list(told["planned_households"]) == [PLAN["dwellings"] if year >= PLAN["year"] else 0 for year in told.index]
    assert (told["households"] - told["planned_households"] == HOUSEHOLDS[WEST]).all()
    share = at(buurt_run.frame("ElectricCars"), buurtcode=WEST, scenario="midden").set_index("year")["electric_share"]
    cars = CARS[WEST] * (1 + told["planned_households"] / HOUSEHOLDS[WEST])
    assert numpy.allclose(told["electric_cars"], cars * share, rtol=1e-4)


def test_unknown_demand_is_listed(buurt_run: RunFolder) -> None:
    assert at(buurt_run.frame("BuurtDemand"), buurtcode=SECRET)["kwh_year"].isna().all()
    assert (at(buurt_run.frame("Shortfalls"), area_id=SECRET)["unknown_addresses"] == 10).all()
    assert any(SECRET in str(each) for each in json.loads(buurt_run.stdout)["findings"])


def test_document_on_stdout(buurt_run: RunFolder) -> None:
    told = json.loads(buurt_run.stdout)
    assert {"years", "scenario", "findings", "files"} <= told.keys()
    assert set(YEARS) <= {each["year"] for each in told["years"]}


# --- areas and forecasts of one's own --------------------------------------------------------------------------------


def test_calculation_areas_go_before_buurten(areas_run: RunFolder) -> None:
    """Westveld in two halves: the demand of each is that of the points in it; what lies in no area is in none."""
    areas = areas_run.frame("DemandAreas")
    assert set(areas["kind"]) == {"rekengebied"}
    halves = set(areas["area_id"])
    assert len(halves) == 3
    clusters = areas_run.frame("DemandClusters").set_index("point_id")
    shapes = areas.set_index("area_id").geometry
    for point, row in clusters.iterrows():
        if row["area_id"] in halves:
            assert shapes[row["area_id"]].covers(row.geometry), point
    south = clusters.loc[f"{WEST}|6700AA", "area_id"]
    assert south != clusters.loc[f"{WEST}|6700AC", "area_id"]
    assert pandas.isna(clusters.loc[f"{SECRET}|6701AC", "area_id"])
    points = at(areas_run.frame("Demand"), year=2030, scenario="midden")
    sums = points.groupby(points["point_id"].map(clusters["area_id"]))["kwh_year"].sum()
    told = at(areas_run.frame("Shortfalls"), year=2030, scenario="midden").set_index("area_id")
    for half in halves:
        assert told.loc[half, "kwh_year"] == pytest.approx(sums[half], abs=WATT_HOUR)
        assert sums[half] > 0


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_official_forecast_goes_before_the_model(areas_run: RunFolder, buurt_run: RunFolder, scenario: str) -> None:
    """Used as it is, brought down to the points as the model is, and the model told beside it."""
    official = OFFICIAL[WEST, 2030, scenario]
    told = at(areas_run.frame("BuurtDemand"), buurtcode=WEST, year=2030, scenario=scenario).iloc[0]
    model = at(buurt_run.frame("BuurtDemand"), buurtcode=WEST, year=2030, scenario=scenario).iloc[0]
    assert told["basis"] == "officiële prognose"
    assert told["kwh_year"] == told["official_kwh_year"] == official
    assert told["model_kwh_year"] == pytest.approx(model["kwh_year"], rel=1e-9)
    points, before = (
        at(run.frame("Demand"), year=2030, scenario=scenario).set_index("point_id")["kwh_year"]
        for run in (areas_run, buurt_run)
    )
    mine = [point for point in points.index if point.startswith(WEST) or point.startswith("plan|")]
    assert points[mine].sum() == pytest.approx(official, abs=WATT_HOUR)
    assert numpy.allclose(points[mine] / official, before[mine] / model["kwh_year"], atol=0.02)


def test_what_the_forecast_leaves_out_stays_with_the_model(areas_run: RunFolder, buurt_run: RunFolder) -> None:
    told, model = (
        at(run.frame("BuurtDemand"), buurtcode=EAST, year=2030, scenario="midden").iloc[0]
        for run in (areas_run, buurt_run)
    )
    assert told["basis"] == "model"
    assert told["kwh_year"] == pytest.approx(model["kwh_year"], rel=1e-9)
    assert pandas.isna(told["official_kwh_year"])


def test_forecast_whose_total_disagrees_is_told(areas_run: RunFolder) -> None:
    """The total of the municipality is not the sum of its buurten: somebody must hear of it."""
    told = json.dumps(json.loads(areas_run.stdout), ensure_ascii=False)
    assert "forecast" in told
    assert WRONG_TOTAL in told or "total" in told.lower() or "totaal" in told.lower()


def test_difference_with_the_forecast_is_a_map(areas_run: RunFolder) -> None:
    page = (areas_run.path / "vraag.html").read_text(encoding="utf-8")
    assert "officiële prognose" in page.lower()
    assert "verschil" in page.lower()
