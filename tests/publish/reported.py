"""An invented town of twelve buurten with its demand and its use, for the tests of the reports.

Figures are round and follow a rule that a test can compute again: buurt number n has n times the demand of the first.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache

import lxml.html
import shapely

from laadplan.config.project import Publication
from laadplan.config.sources import Source, Sources
from laadplan.contracts import demand as d
from laadplan.contracts import monitoring as m
from laadplan.contracts.sources import Buurten
from laadplan.publish.report_frames import DemandFrames, UseFrames
from tests.frames import box, make, point

TODAY = date(2026, 11, 23)
NAN = float("nan")
YEARS = range(2025, 2036)
FACTOR = {"laag": 0.7, "midden": 1.0, "hoog": 1.4}
SIDE_M = 600.0
NAMES = (
    "Centrum", "Noord", "Kanaalzone", "De Wilgen", "Zuid", "Stationsbuurt",
    "Oude Haven", "Het Veld", "Molenwijk", "Bosrand", "Nieuwland", "Buitengebied Oost",
)  # fmt: skip
CODES = tuple(f"BU9999{number:04d}" for number in range(1, 13))
UNKNOWN_CODE = CODES[11]
"""The buurt without figures."""

PUBLICATION = Publication(municipality="Voorbeeld")
SOURCES = Sources(
    buurten=Source(path="x", label="CBS buurten", reference_on=date(2024, 1, 1), licence="CC-BY 4.0"),
    addresses=Source(path="x", label="BAG", reference_on=2026, licence="CC0"),
)


def kwh_of(number: int, year: int, scenario: str) -> float:
    """Demand of the buurt with that number (1 to 11), in kWh a year."""
    return 10_000.0 * number * (year - 2024) * (1.0 if year == 2025 else FACTOR[scenario])


def shape_of(place: int) -> shapely.Polygon:
    """Buurten in three rows of four."""
    row, column = divmod(place, 4)
    x, y = column * SIDE_M, row * SIDE_M
    return box(x, y, x + SIDE_M, y + SIDE_M)


def buurten(names: tuple[str, ...] = NAMES):
    rows = {
        code: {
            **{"name": names[place], "municipality_code": "GM9999", "inhabitants": 1000.0, "households": 400.0},
            **{"pc4": "9999", "cars": 450.0, "single_family_share": 0.6, "geometry": shape_of(place)},
        }
        for place, code in enumerate(CODES)
    }
    return make(Buurten, rows)


def areas(names: tuple[str, ...] = NAMES):
    rows = {code: {"name": names[p], "kind": "buurt", "geometry": shape_of(p)} for p, code in enumerate(CODES)}
    return make(d.DemandAreas, rows)


def demand_row(number: int, code: str, year: int, scenario: str, *, official: bool = True) -> dict:
    known = code != UNKNOWN_CODE
    kwh = kwh_of(number, year, scenario) if known else NAN
    return {
        **{"buurtcode": code, "year": year, "scenario": scenario, "area_share": 1.0, "households": 400.0},
        **{"planned_households": 0.0, "driveway_share": 0.25 if known else NAN, "electric_cars": kwh / 2000},
        **{"public_cars": kwh / 2500, "residents_kwh_year": 0.7 * kwh, "visitors_kwh_year": 0.2 * kwh},
        **{"workers_kwh_year": 0.1 * kwh, "kwh_year": kwh, "connected_peak": kwh / 10_000},
        **{"evse": kwh / 2500, "evse_least": kwh / 9000, "basis": "model", "model_kwh_year": kwh},
        "official_kwh_year": kwh * (0.6 + 0.08 * number) if official and known else NAN,
    }


def buurt_demand(*, official: bool = True):
    rows = {
        f"{code}|{year}|{scenario}": demand_row(number, code, year, scenario, official=official)
        for number, code in enumerate(CODES, start=1)
        for year in YEARS
        for scenario in FACTOR
    }
    return make(d.BuurtDemand, rows)


def electric_cars():
    rows = {
        f"{code}|{year}|midden": {
            **{"buurtcode": code, "year": year, "scenario": "midden", "cars": 450.0, "electric_share": 0.1},
            **{"electric_cars": 45.0, "electric_low": 30.0, "electric_high": 60.0, "share_from": "PC4 9999"},
        }
        for code in CODES
        for year in YEARS
    }
    return make(d.ElectricCars, rows)


def clusters():
    rows = {}
    for place, code in enumerate(CODES):
        for spot in range(6):
            x = (place % 4) * SIDE_M + 100 + (spot % 3) * 200
            y = (place // 4) * SIDE_M + 150 + (spot // 3) * 300
            postcode = f"99{place:02d}{'ABCDEF'[spot]}A"
            rows[f"{code}|{postcode}"] = {
                **{"postcode": postcode, "buurtcode": code, "area_id": code, "is_planned": spot == 5 and place == 2},
                **{"addresses": 20 + spot, "households": 18.0, "driveway_share": 0.2, "known": code != UNKNOWN_CODE},
                "geometry": point(x, y),
            }
    return make(d.DemandClusters, rows)


def demand():
    rows = {}
    for point_id in clusters().index:
        code = point_id.split("|")[0]
        number = CODES.index(code) + 1
        spot = "ABCDEF".index(point_id[-2])
        for year in YEARS:
            for scenario in FACTOR:
                kwh = 0.0 if code == UNKNOWN_CODE else kwh_of(number, year, scenario) * (spot + 1) / 21
                rows[f"{point_id}|{year}|{scenario}"] = {
                    **{"point_id": point_id, "year": year, "scenario": scenario, "electric_cars": kwh / 2000},
                    **{
                        "residents_kwh_year": 0.7 * kwh,
                        "visitors_kwh_year": 0.2 * kwh,
                        "evse": kwh / 2500,
                        "evse_least": kwh / 9000,
                    },
                    **{"workers_kwh_year": 0.1 * kwh, "kwh_year": kwh, "connected_peak": kwh / 10_000},
                }
    return make(d.Demand, rows)


def shortfalls():
    rows = {}
    for number, code in enumerate(CODES, start=1):
        for year in YEARS:
            for scenario in FACTOR:
                kwh = 0.0 if code == UNKNOWN_CODE else kwh_of(number, year, scenario)
                served = min(kwh, 60_000.0)
                rows[f"{code}|{year}|{scenario}"] = {
                    **{"area_id": code, "year": year, "scenario": scenario, "kwh_year": kwh, "evse": kwh / 2500},
                    **{"evse_here": 20, "served_kwh_year": served, "shortfall_kwh_year": kwh - served},
                    **{"shortfall_evse": (kwh - served) / 2500, "far_kwh_year": 0.1 * kwh, "far_addresses": 12},
                    "unknown_addresses": 135 if code == UNKNOWN_CODE else 0,
                }
    return make(d.Shortfalls, rows)


def pole_cases():
    rows = {}
    poles = [(f"NL-XXX-{number}", "bestaand", CODES[number % 11]) for number in range(30)]
    poles += [(f"+{code}", "volgende", code) for code in CODES[:11]]
    for place, (pole, kind, code) in enumerate(poles):
        for year in YEARS:
            for scenario, factor in FACTOR.items():
                supply = (1500 + 60 * place) * (1 + 0.3 * (year - 2025)) * factor
                late = kind == "volgende" and year < 2029
                rows[f"{pole}|{year}|{scenario}"] = {
                    **{"pole_id": pole, "kind": kind, "area_id": code, "poles": 1.0, "year": year},
                    **{"scenario": scenario, "supply_kwh_year": supply, "demand_kwh_year": 0.0 if late else supply},
                    **{"supply_from_year": 2031.0 if scenario != "laag" else NAN, "demand_from_year": 2032.0},
                }
    return make(d.PoleCases, rows)


OUTCOMES = ("voldoet", "voldoet niet", "geen eis", "onbekend")


def squares():
    rows = {}
    for row in range(4):
        for column in range(5):
            outcome = OUTCOMES[(row * 5 + column * 3) % 4]
            rows[f"E{column}N{row}"] = {
                "households": {"geen eis": 40.0, "onbekend": NAN}.get(outcome, 200.0 + row),
                **{"evse_public": 4 if outcome == "voldoet" else 0, "evse_other": 1, "outcome": outcome},
                "geometry": box(column * 500, row * 500, column * 500 + 500, row * 500 + 500),
            }
    return make(d.CoverageSquares, rows)


def power():
    rows = {}
    for year in YEARS:
        for scenario, factor in FACTOR.items():
            cars = 330.0 * (year - 2024) * factor
            rows[f"{year}|{scenario}"] = {
                **{"year": year, "scenario": scenario, "electric_cars": cars, "power_kw": 2640.0},
                **{"power_unknown_evse": 3, "kw_per_car": 2640.0 / cars, "wanted_kw": 1.3 * cars},
            }
    return make(d.PublicPower, rows)


@cache
def demand_frames(names: tuple[str, ...] = NAMES) -> DemandFrames:
    """All frames of demand."""
    return DemandFrames(
        buurten(names), areas(names), buurt_demand(), electric_cars=electric_cars(), clusters=clusters(),
        demand=demand(), shortfalls=shortfalls(), pole_cases=pole_cases(), squares=squares(), power=power(),
    )  # fmt: skip


@cache
def least_frames() -> DemandFrames:
    """What a municipality without addresses has: buurten and their demand."""
    return DemandFrames(buurten(), areas(), buurt_demand(official=False))


# --- use --------------------------------------------------------------------------------------------------------------

MONDAY = date(2025, 11, 24)
WEEKS = 52
DRUK = (1.32, 1.06, 0.93, 0.84, 0.71, 0.62, 0.55, 0.44, 0.38, 0.31, 0.24, NAN)
"""Laaddruk of the areas; the last is unknown."""


def level_of(ratio: float) -> str:
    return "onbekend" if ratio != ratio else "actie" if ratio >= 1 else "signaal" if ratio >= 0.8 else "ruim"


def druk_row(kind: str, code: str, name: str, area: str, ratio: float) -> dict:
    known = ratio == ratio
    level = level_of(ratio)
    ahead = level == "signaal"
    return {
        **{"kind": kind, "code": code, "name": name, "area_id": area, "poles": 5 if kind == "gebied" else 1},
        **{"evses": 10.0 if kind == "gebied" else 2.0, "first_on": "2025-11-24", "last_on": "2026-11-22"},
        **{"weeks": 13, "weeks_history": WEEKS if known else 3, "observed_share": 0.96 if known else 0.2},
        **{"occupancy_share": 0.4 * ratio, "busiest_hour": "di 19:00" if known else None},
        **{"busiest_share": 0.59 * ratio, "desired_share": 0.59, "laaddruk": ratio, "laaddruk_low": ratio * 0.93},
        **{"laaddruk_high": ratio * 1.07, "kwh_evse_month": 310 * ratio, "sessions_evse_month": 22 * ratio},
        **{"growth_share_year": 0.3 if known else NAN, "growth_low": 0.2 if known else NAN},
        **{"growth_high": 0.4 if known else NAN, "passes_on": "2027-04-05" if ahead else None},
        **{"passes_from": "2027-02-01" if ahead else None, "passes_until": "2027-08-09" if ahead else None},
        **{
            "level": level,
            "reason": f"Laaddruk {ratio:.2f}: {level}.".replace(".", ",", 1) if known else "Te kort gemeten.",
        },
    }


def laaddruk(names: tuple[str, ...] = NAMES):
    rows = {f"gebied|{code}": druk_row("gebied", code, names[p], code, DRUK[p]) for p, code in enumerate(CODES)}
    for number in range(20):
        code, ratio = f"NL-XXX-{number}", 1.5 - 0.06 * number
        rows[f"paal|{code}"] = druk_row("paal", code, f"Kade {number + 1}", CODES[number % 12], ratio)
    return make(m.Laaddruk, rows)


def weeks():
    rows = {}
    for place, code in enumerate(CODES[:11]):
        for week in range(WEEKS):
            monday = (MONDAY + timedelta(weeks=week)).isoformat()
            share = 0.4 * DRUK[place] * (0.8 + 0.2 * week / WEEKS) * (1 + 0.06 * ((week * 7) % 5 - 2) / 2)
            rows[f"{code}|{monday}"] = {
                **{"area_id": code, "week_on": monday, "evses": 10.0, "occupancy_share": share},
                **{"kwh": 600 * share, "sessions": 40 * share},
            }
    return make(m.LaaddrukWeeks, rows)


def hour_share(place: int, hour: int) -> float:
    clock = hour % 24
    return 0.59 * DRUK[place] * (1.0 if hour == 43 else 0.85 if clock >= 17 or clock < 7 else 0.35)


def hours():
    rows = {
        f"{code}|{hour:03d}": {"area_id": code, "hour_of_week": hour, "occupancy_share": hour_share(place, hour)}
        for place, code in enumerate(CODES[:11])
        for hour in range(168)
    }
    return make(m.LaaddrukHours, rows)


def triggers(names: tuple[str, ...] = NAMES):
    def row(variant, kind, code, name, level, need, start, evses):
        reason = f"Laaddruk 1,06 bij 10 laadpunten in {name}: boven de norm van 1."
        return {
            **{"variant": variant, "kind": kind, "code": code, "name": name, "area_id": CODES[0], "level": level},
            **{"need_on": need, "start_on": start, "evses": evses, "reason": reason},
        }

    given = [
        row("III", "gebied", CODES[0], names[0], "actie", None, None, 4.0),
        row("III", "gebied", CODES[1], names[1], "actie", None, None, 2.0),
        row("II", "paal", "NL-XXX-0", "Kade 1", "actie", None, None, 2.0),
        row("III", "gebied", CODES[3], names[3], "signaal", None, None, 1.0),
        row("IV", "gebied", CODES[2], names[2], "signaal", "2027-07-05", "2026-12-07", 2.0),
        row("I", "gebied", CODES[4], names[4], "signaal", "2028-01-01", "2027-06-05", NAN),
        row("aanvraag", "gebied", CODES[5], names[5], "signaal", None, "2026-12-20", 2.0),
    ]
    return make(m.Triggers, {f"{each['variant']}|{each['kind']}|{each['code']}": each for each in given})


@cache
def use_frames(names: tuple[str, ...] = NAMES) -> UseFrames:
    """All frames of use: a year of measurements."""
    return UseFrames(areas(names), laaddruk(names), weeks(), hours(), triggers(names))


def short_frames() -> UseFrames:
    """Twelve days of measurements: nothing can be said."""
    rows = {
        f"gebied|{code}": druk_row("gebied", code, NAMES[place], code, NAN)
        | {"first_on": "2026-11-01", "last_on": "2026-11-12", "weeks": 1, "weeks_history": 1, "reason": "Te kort."}
        for place, code in enumerate(CODES)
    }
    return UseFrames(
        areas(), make(m.Laaddruk, rows), m.LaaddrukWeeks.empty(), m.LaaddrukHours.empty(), m.Triggers.empty()
    )


# --- reading a page back ----------------------------------------------------------------------------------------------


def tables_of(page: str) -> dict[str, list[list[float | str]]]:
    """Every table of a page by its caption: a list per row, numbers as they are sorted by, else the text."""
    found = {}
    for table in lxml.html.fromstring(page).iter("table"):
        caption = table.find("caption")
        if caption is not None:
            found[caption.text_content()] = [[_value(cell) for cell in row] for row in table.find("tbody")]
    return found


def _value(cell) -> float | str:
    raw = cell.get("data-w")
    return cell.text_content().strip() if raw is None else float(raw)


def chapter_of(page: str, key: str) -> str:
    """The text of a chapter, with ordinary spaces."""
    heading = lxml.html.fromstring(page).get_element_by_id(key)
    return heading.getparent().text_content().replace("\u00a0", " ")


def sheet_rows(workbook, name: str) -> list[dict]:
    """Rows of a sheet as dictionaries by heading."""
    heading, *body = workbook[name].iter_rows(values_only=True)
    return [dict(zip(heading, row, strict=True)) for row in body]


def reaches_out(page: str) -> list[str]:
    """What in a page could make a browser ask something of a network, or run a script that it does not name."""
    return re.findall(r'(?:src|href)="(?!#|data:)[^"]+"|https?://|url\((?!#|data:)|\son\w+=', page)
