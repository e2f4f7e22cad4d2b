"""Two buurten drawn on squared paper, with sums that can be done by hand.

West has four homes, two with a driveway; east has one home, a shop of 100 m2 and an office of 250 m2.
"""

from typing import Any

import pandas as pd

from laadplan.config.scenario import JobSizes, Scenario, Visits
from laadplan.contracts.demand import DemandAreas, ElectricCars, Homes
from laadplan.contracts.figures import Forecast, Jobs, PlannedHomes
from laadplan.contracts.homes import Dwellings
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import Addresses, Buurten
from laadplan.demand.areas import demand_areas
from laadplan.demand.buurten import demand_per_buurt
from laadplan.demand.points import bring_down
from tests.frames import NAN, box, make, point

WEST, EAST = "BU02280001", "BU02280002"

SCENARIO = Scenario(
    year=2030,
    km_per_car_year=10_000.0,
    kwh_per_km=0.2,
    public_share_no_driveway=0.5,
    public_share_driveway=0.1,
    visitor_share=0.1,
    visits=Visits(woning=1.0, winkelfunctie=10.0, kantoorfunctie=0.0),
    car_commute_share=0.5,
    work_energy_share=0.2,
    work_public_share=0.5,
    job_sizes=JobSizes(winkelfunctie=50.0, kantoorfunctie=25.0),
)
"""A car uses 2,000 kWh a year; a job asks 100 kWh a year when all cars are electric."""

PLACES = {
    "e1": (110, 10, "6731AC"),
    "e2": (120, 10, "6731AC"),
    "e3": (190, 90, None),
    "w1": (10, 10, "6731AA"),
    "w2": (20, 10, "6731AA"),
    "w3": (10, 90, "6731AB"),
    "w4": (40, 90, "6731AB"),
}
LIVED = {"e1": 0.0, "w1": 0.0, "w2": 0.0, "w3": 1.0, "w4": 1.0}
"""Homes and their chance of a driveway."""

BUURTEN = make(
    Buurten,
    {
        EAST: {"geometry": box(100, 0, 200, 100), "households": 1.0, "cars": 2.0, "single_family_share": 0.0},
        WEST: {"geometry": box(0, 0, 100, 100), "households": 4.0, "cars": 4.0, "single_family_share": 0.5},
    },
)
ADDRESSES = make(
    Addresses, {name: {"geometry": point(x, y), "postcode": code} for name, (x, y, code) in PLACES.items()}
)
DWELLINGS = make(
    Dwellings,
    {
        name: {
            "kind": "verblijfsobject",
            "status": "Verblijfsobject in gebruik",
            "uses": uses,
            "area_m2": area,
            "nummeraanduiding_id": None,
            "street": None,
            "house_number": None,
            "postcode": None,
            "town": None,
            "pand_ids": None,
            "building_year": NAN,
            "pand_status": None,
            "geometry": point(*PLACES[name][:2]),
        }
        for name, uses, area in [
            *((home, "woonfunctie", 80.0) for home in LIVED),
            ("e2", "winkelfunctie", 100.0),
            ("e3", "kantoorfunctie", 250.0),
        ]
    },
)
HOMES = make(
    Homes,
    {
        name: {
            "nummeraanduiding_id": None,
            "postcode": PLACES[name][2],
            "buurtcode": WEST if name.startswith("w") else EAST,
            "building_id": None,
            "use_known": True,
            "dwelling_type": "onbekend",
            "driveway_share": share,
            "driveway_measured": True,
            "driveway_reason": "",
            "households": 1.0,
            "geometry": point(*PLACES[name][:2]),
        }
        for name, share in LIVED.items()
    },
)


def electric(
    cars: dict[str, tuple[float, float]] | None = None,
    years: tuple[int, ...] = (2030, 2031),
    scenarios: tuple[str, ...] = ("midden",),
) -> Any:
    """`ElectricCars`: all cars and electric ones per buurt, the same in each year and scenario."""
    cars = {WEST: (4.0, 2.0), EAST: (2.0, 1.0)} if cars is None else cars
    rows = {
        f"{code}|{year}|{name}": {
            "buurtcode": code,
            "year": year,
            "scenario": name,
            "cars": total,
            "electric_share": part / total if total else NAN,
            "electric_cars": part,
            "electric_low": part,
            "electric_high": part,
            "share_from": "PC4",
        }
        for code, (total, part) in cars.items()
        for year in years
        for name in scenarios
    }
    return make(ElectricCars, rows)


def planned(**parts: dict[str, Any]) -> Any:
    """`PlannedHomes` by the name of the part."""
    usual = {
        "name": None,
        "dwellings": 10.0,
        "dwelling_kind": "appartement",
        "delivery_year": 2031.0,
        "parking_norm": NAN,
        "buurtcode": None,
        "x_rd_m": NAN,
        "y_rd_m": NAN,
    }
    return make(PlannedHomes, {name: {**usual, "plan_id": name.split("_")[0], **part} for name, part in parts.items()})


def jobs(*rows: tuple[str, str, float, str | None, float]) -> Any:
    """`Jobs` of kind of area, code, year, sector and jobs."""
    names = ("area_kind", "area_code", "year", "sector", "jobs")
    return make(
        Jobs,
        {"|".join(map(str, row[1:4])): {**dict(zip(names, row, strict=True)), "establishments": NAN} for row in rows},
    )


def official(figures: dict[tuple[str, int, str], float], unit: str = "kwh_year") -> Any:
    """`Forecast` of figures by buurt, year and scenario."""
    other = {"kwh_year": "evse", "evse": "kwh_year"}[unit]
    rows = {
        "|".join(map(str, key)): {
            **dict(zip(("buurtcode", "year", "scenario"), key, strict=True)),
            f"value_{unit}": figure,
            f"value_{other}": NAN,
        }
        for key, figure in figures.items()
    }
    return make(Forecast, rows)


def per_buurt(quality: Quality | None = None, **changed: Any) -> pd.DataFrame:
    """`BuurtDemand` of the two buurten, with what is changed."""
    given: dict[str, Any] = {
        "buurten": BUURTEN,
        "electric_cars": electric(),
        "addresses": ADDRESSES,
        "homes": HOMES,
        "dwellings": DWELLINGS,
        "jobs": None,
        "planned_homes": None,
        "forecast": None,
        "scenario": SCENARIO,
        "risk": 0.05,
        "area": None,
    } | changed
    return demand_per_buurt(given.pop("buurten"), given.pop("electric_cars"), **given, quality=quality or Quality())


def brought_down(quality: Quality | None = None, **changed: Any) -> tuple[Any, Any, Any]:
    """`DemandPoints`, `DemandClusters` and `Demand` of the two buurten, with what is changed."""
    given: dict[str, Any] = {
        "addresses": ADDRESSES,
        "homes": HOMES,
        "buurten": BUURTEN,
        "dwellings": DWELLINGS,
        "jobs": None,
        "planned_homes": None,
        "scenario": SCENARIO,
        "area": None,
    } | changed
    demand = given.pop("buurt_demand", None)
    if demand is None:
        demand = per_buurt(**{name: value for name, value in given.items() if name != "demand_areas"})
    areas = given.pop("demand_areas", None)
    if areas is None:
        areas = DemandAreas.checked(demand_areas(given["buurten"], None, given["area"], quality=Quality()))
    for name in ("electric_cars", "forecast"):
        given.pop(name, None)
    return bring_down(
        given.pop("addresses"),
        given.pop("homes"),
        demand,
        areas,
        given.pop("buurten"),
        **given,
        quality=quality or Quality(),
    )
