"""Every other format in which cars, forecasts, requests, plans and jobs are delivered, written from the demo town.

In: the whole town. Out: files below a folder. What each holds is what the main form holds, in another format.
"""

from pathlib import Path

from laadplan.demo.car_stock import car_stock
from laadplan.demo.charging import demand_of
from laadplan.demo.every_files import write_csv, write_json, write_workbook
from laadplan.demo.every_tables_lists import LISTS
from laadplan.demo.figures import YEAR
from laadplan.demo.names import MUNICIPALITY
from laadplan.demo.whole import Form, Whole

FORECAST_YEARS = (2025, 2030, 2035)
SCENARIOS = {"laag": 0.8, "midden": 1.0, "hoog": 1.25}
"""Scenarios with their demand over that of the middle one."""

COMPANY_SHARE = 0.09
"""Cars kept by companies; as in the car stock per PC4."""

_FUELS = {"Diesel": 0.07, "Benzine, Elektriciteit": 0.03}
"""Shares of the fuels besides petrol and electricity alone; as in the car stock per PC4."""

_ADMITTED = (2012, 2016, 2020, 2023)
"""Years of first admission that occur; cars are spread over them evenly."""

_PAGE = 10
"""Rows per page of the RDW's service."""


def fuel_counts(whole: Whole) -> dict[str, int]:
    """Cars of the town by fuel; electric ones are those of the figures."""
    cars = sum(figures.cars for figures in whole.figures)
    electric = sum(figures.electric_cars for figures in whole.figures)
    found = {"Elektriciteit": electric} | {fuel: round(share * cars) for fuel, share in _FUELS.items()}
    return {**found, "Benzine": max(cars - sum(found.values()), 0)}


def company_cars(cars: int) -> int:
    """How many of so many cars companies keep."""
    return round(COMPANY_SHARE * cars)


def _admitted(whole: Whole) -> list[tuple[str, int, int]]:
    """Fuel, year of admission and number of cars, the first years with what is left over."""
    return [
        (fuel, year, count // len(_ADMITTED) + (place < count % len(_ADMITTED)))
        for fuel, count in fuel_counts(whole).items()
        for place, year in enumerate(_ADMITTED)
    ]


def _write_counts(whole: Whole, folder: Path) -> None:
    """Counts per group, as the RDW's service gives CSV: all in quotes."""
    names = ("brandstof_omschrijving", "jaar_eerste_toelating", "aantal")
    lines = [",".join(f'"{cell}"' for cell in row) for row in (names, *_admitted(whole))]
    (folder / "telling.csv").write_bytes(("\n".join(lines) + "\n").encode())


def _write_pages(whole: Whole, folder: Path) -> None:
    """The same as JSON in pages, all values strings."""
    rows = [
        {"brandstof_omschrijving": fuel, "datum_eerste_toelating": f"{year}0101", "count_kenteken": str(count)}
        for fuel, year, count in _admitted(whole)
    ]
    for place in range(0, len(rows), _PAGE):
        write_json(folder / "telling" / f"pagina_{place // _PAGE:03d}.json", rows[place : place + _PAGE])


def _write_vehicles(whole: Whole, folder: Path) -> None:
    """One row per car and fuel, and a motorcycle; the number plates begin with a vowel, which none does."""
    rows: list[tuple[object, ...]] = [("A00000", "Motorfiets", "Benzine", "20200301")]
    serial = 0
    for fuels, year, count in _admitted(whole):
        for _ in range(count):
            serial += 1
            rows += [(f"E{serial:05d}", "Personenauto", fuel, f"{year}0101") for fuel in fuels.split(", ")]
    names = ("kenteken", "voertuigsoort", "brandstof_omschrijving", "datum_eerste_toelating")
    write_csv(folder / "voertuigen.csv", names, rows, delimiter=",")


def _write_municipal_list(whole: Whole, folder: Path) -> None:
    """A list of the municipality's own: its code without letters."""
    names = ("Gemeente_code", "Jaar", "Personenautos", "Volledig elektrisch", "Particulier", "Zakelijk")
    write_csv(folder / "lijst.csv", names, [(MUNICIPALITY, *_totals(whole))])


def _write_municipal_odata(whole: Whole, folder: Path) -> None:
    """The table as CBS OData gives it: codes with blanks, the country and a month among the rows."""
    year, cars, electric, private, company = _totals(whole)
    names = ("TotaalPersonenautoS_1", "Elektriciteit_4", "OpNaamVanParticulieren_7", "OpNaamVanBedrijven_8")
    figures = dict(zip(names, (cars, electric, private, company), strict=True))
    code = f"GM{MUNICIPALITY}  "
    rows = [
        {"ID": 0, "RegioS": "NL01  ", "Perioden": f"{year}JJ00", **figures},
        {"ID": 1, "RegioS": code, "Perioden": f"{year}JJ00", **figures},
        {"ID": 2, "RegioS": code, "Perioden": f"{year}MM06", **figures},
        {"ID": 3, "RegioS": code, "Perioden": f"{year + 1}JJ00", **figures, "Elektriciteit_4": None},
    ]
    write_json(folder / "odata.json", {"odata.metadata": "", "value": rows})


def _totals(whole: Whole) -> tuple[int, int, int, int, int]:
    """Year, all cars, electric ones, those of private persons and those of companies."""
    cars = sum(figures.cars for figures in whole.figures)
    electric = sum(figures.electric_cars for figures in whole.figures)
    return YEAR, cars, electric, cars - company_cars(cars), company_cars(cars)


def _write_raw_stock(whole: Whole, folder: Path) -> None:
    """The car stock per PC4 in the spelling of the raw table."""
    head, _, rows = car_stock(whole.town, whole.figures).partition("\n")
    names = [f"proportion_{name[2:]}" if name.startswith("p_") else name for name in head.split(",")]
    (folder / "kim_ruw.csv").write_bytes(f"{','.join(names)}\n{rows}".encode())


def forecast_rows(whole: Whole) -> list[tuple[str, int, str, float, float]]:
    """Buurt, year, scenario, charge points wanted and kWh a year."""
    return [
        (quarter.cell.code, year, name, round(demand.evse * factor, 2), round(demand.kwh * factor, 1))
        for quarter in whole.quarters
        for year in FORECAST_YEARS
        for demand in [demand_of(quarter, year)]
        for name, factor in SCENARIOS.items()
    ]


def _write_long_forecast(whole: Whole, folder: Path) -> None:
    names = ("Buurtcode", "Jaar", "Scenario", "EVSE")
    rows = [(code, year, name.capitalize(), evse) for code, year, name, evse, _ in forecast_rows(whole)]
    write_csv(folder / "lang.csv", names, rows)


def _write_wide_forecast(whole: Whole, folder: Path) -> None:
    """A workbook with a title above the header and totals below the buurten."""
    rows = _wide(whole, 3)
    totals = [round(sum(row[place] for row in rows), 2) for place in range(1, len(rows[0]))]
    names = ["Buurtcode", *(f"{name.capitalize()} {year}" for year in FORECAST_YEARS for name in SCENARIOS)]
    title = [[f"Prognose laadpunten {whole.town.name}"], ["verzonnen", "aantal laadpunten (EVSE)"], []]
    write_workbook(folder / "breed.xlsx", "Prognose", [*title, names, *rows, ["Totaal", *totals]])


def _write_kwh_forecast(whole: Whole, folder: Path) -> None:
    """In kWh with a decimal comma, and without a figure for the last buurt in the last column."""
    names = ("BU_CODE", *(f"kWh_{year}_{name}" for year in FORECAST_YEARS for name in SCENARIOS))
    rows = [[str(cell).replace(".", ",") for cell in row] for row in _wide(whole, 4)]
    rows[-1][-1] = ""
    write_csv(folder / "kwh.csv", names, rows)


def _wide(whole: Whole, figure: int) -> list[list]:
    """One row per buurt with a figure per year and scenario."""
    found: dict[str, list] = {}
    for row in forecast_rows(whole):
        found.setdefault(row[0], [row[0]]).append(row[figure])
    return list(found.values())


FORMS: dict[str, Form] = {
    "registrations/telling_csv": _write_counts,
    "registrations/telling_json": _write_pages,
    "registrations/voertuigen": _write_vehicles,
    "municipal_cars/lijst": _write_municipal_list,
    "municipal_cars/odata": _write_municipal_odata,
    "car_stock/kim_ruw": _write_raw_stock,
    "forecast/lang": _write_long_forecast,
    "forecast/breed": _write_wide_forecast,
    "forecast/kwh": _write_kwh_forecast,
    **LISTS,
}
"""Path below the folder, without suffix, to what writes it."""
