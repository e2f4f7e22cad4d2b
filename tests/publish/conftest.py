"""A plan of one street, small enough to check by eye: a preferred site, a reserve, a dropped one, a pole, a buurt."""

from __future__ import annotations

from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from laadplan.config.project import Publication, Walking
from laadplan.config.sources import Source, Sources
from laadplan.contracts.planning import Assessments, Balances, Bays, Plan, Sites, Solutions, WhiteSpots
from laadplan.contracts.sources import Addresses, Buildings, ChargePoints, RoadParts, Terrain

RD = 28992
X, Y = 173000.0, 451000.0
HOSTILE = "<script>window.gehackt=1</script><img src=x onerror=window.gehackt=2>"
"""A text that would run if a page took it for markup."""


def framed(rows: list[dict[str, Any]], contract: Any) -> Any:
    """Rows as a frame that keeps its contract; columns that are not given are empty."""
    name = contract.index_name()
    table = pd.DataFrame(rows)
    for column in contract.columns():
        if column not in table:
            kind = str(contract.to_schema().columns[column].dtype)
            table[column] = float("nan") if "float" in kind else {"int64": 0, "bool": False}.get(kind)
    for column, spec in contract.to_schema().columns.items():
        if "str" in str(spec.dtype):
            table[column] = table[column].astype("str")
    table = table.set_index(pd.Index(table[name], dtype="str", name=name))
    if "geometry" in contract.columns():
        table = gpd.GeoDataFrame(table, geometry="geometry", crs=RD)
    return contract.checked(table[contract.columns()])


def make_frames(street: str = "Voorbeeldlaan") -> dict[str, Any]:
    """The frames of the street, under the names that the writers take."""
    return {
        "sites": _sites(street),
        "bays": _bays(),
        "assessments": _assessments(),
        "charge_points": framed([_charge_point(street), _charge_point_behind_a_gate()], ChargePoints),
        "plan": framed([_pole("paal-1", existing=True), _pole("weg.a@0010"), _pole("weg.a@0060", chosen=False)], Plan),
        "balances": framed([_balance(street)], Balances),
        "white_spots": framed([_white_spot("nu", 80), _white_spot("na plan", 40)], WhiteSpots),
        "solutions": framed([PROOF], Solutions),
        "road_parts": framed(
            [
                _surface("weg", X - 100, Y - 3, X + 100, Y + 3, function="rijbaan lokale weg"),
                _surface("stoep", X - 100, Y + 5, X + 100, Y + 7, function="voetpad"),
            ],
            RoadParts,
        ),
        "terrain": framed([_surface("gras", X - 100, Y - 40, X + 100, Y - 4, kind="begroeid", cover="gras")], Terrain),
        "buildings": framed([_surface("huis", X - 20, Y + 12, X - 10, Y + 22)], Buildings),
        "addresses": framed([_address(street, number) for number in range(1, 6)], Addresses),
    }


def make_empty_frames() -> dict[str, Any]:
    """The same plan with nothing chosen: no reserve, no white spot, no pole, no criterion."""
    frames = make_frames()
    frames["sites"] = frames["sites"][frames["sites"]["status"] == "afgevallen"]
    for name, contract in (
        ("assessments", Assessments),
        ("charge_points", ChargePoints),
        ("plan", Plan),
        ("white_spots", WhiteSpots),
        ("solutions", Solutions),
        ("terrain", Terrain),
    ):
        frames[name] = contract.empty()
    return frames


def make_words(title: str = "Plankaart laadpalen Voorbeeld") -> dict[str, Any]:
    """Sections of the config and the date, under the names that the writers take."""
    label = Source(
        path="bgt", label="BGT van het voorbeeld", reference_on=date(2026, 1, 2), licence="CC0", note="Let op."
    )
    return {
        "publication": Publication(title=title, municipality="Voorbeeld"),
        "sources": Sources(bgt=label),
        "walking": Walking(),
        "today": date(2026, 11, 23),
    }


PROOF = {
    "solve_id": "plan", "status": "within_gap", "objective": 1000.0, "bound": 1004.0, "gap": 0.004, "gap_asked": 0.005,
    "solver": "HiGHS", "solver_version": "1.15.1", "stopped_by": "gap", "poles_allowed": 3, "poles_chosen": 1,
    "bound_by": "prices",
    "served_kwh_year": 900.0, "limits_broken": "ondergrens buurt|BU00010001",
}  # fmt: skip


def _sites(street: str) -> gpd.GeoDataFrame:
    chosen = {
        "status": "voorkeurslocatie",
        "reden": "Gekozen: bedient 4.321 kWh per jaar.",
        "verwacht_kwh_jaar": 4321.0,
    }
    reserve = {
        "status": "reservelocatie",
        "reden": "Reserve voor weg.a@0010: bereikt 80 % van dezelfde vraag (schatting), ligt 60 m verderop en deelt "
        "geen vak.",
        "hoort_bij": "weg.a@0010",
        "verwacht_kwh_jaar": float("nan"),
    }
    dropped = {"status": "afgevallen", "reden": "Te dicht bij een boom.", "verwacht_kwh_jaar": float("nan")}
    places = [
        ("weg.a@0010", X, chosen, street),
        ("weg.a@0060", X + 60, reserve, street),
        ("weg.a@0090", X - 60, dropped, None),
    ]
    return framed([_site(code, x, facts, name) for code, x, facts, name in places], Sites)


def _site(code: str, x: float, facts: dict[str, Any], street: str | None) -> dict[str, Any]:
    return {
        "locatie_id": code, "straat": street, "huisnummer": "12" if street else None,
        "postcode": "1234AB" if street else None, "woonplaats": "Voorbeeld" if street else None,
        "bgt_lokaal_id": "weg.a", "buurtcode": "BU00010001", "aantal_laadpunten": 2, "aantal_vakken": 2,
        "parkeerwijze": "langs", "score": 0.75, "vraag_binnen_bereik_kwh_jaar": 9876.0, "wegbeheerder": "G0001",
        "vakken": f"{code}#1 {code}#2", "x_rd": x, "y_rd": Y + 4.5, "geometry": shapely.Point(x, Y + 4.5), **facts,
    }  # fmt: skip


def _bays() -> gpd.GeoDataFrame:
    rows = [
        {
            "bay_id": f"{code}#{place}", "road_part_id": "weg.a", "row_id": "weg.a", "number": place,
            "regime": "onbekend", "origin": "BGT", "orientation": "langs",
            "start_m": 0.0, "end_m": 5.5, "kerb_x_m": x, "kerb_y_m": Y + 4, "away_deg": 90.0,
            "geometry": shapely.box(x + 6 * (place - 2), Y + 2, x + 6 * (place - 2) + 5.5, Y + 4),
        }
        for code, x in (("weg.a@0010", X), ("weg.a@0060", X + 60), ("weg.a@0090", X - 60))
        for place in (1, 2)
    ]  # fmt: skip
    return framed(rows, Bays)


def _assessments() -> pd.DataFrame:
    rows = [
        ("afstand_boom", "Afstand tot de boom", "eis", "9,28 m", "ten minste 1,50 m", "voldoet", False),
        ("doorgang", "Vrije doorgang", "eis", "niet gemeten", "ten minste 0,90 m", "n.v.t.", False),
        ("gevel", "Afstand tot de gevel", "wens", "1,10 m", "ten minste 2,00 m", "voldoet niet", False),
        ("loop", "Loopafstand", "wens", "onbekend", "ten hoogste 250 m", "onbekend", True),
    ]
    return framed(
        [
            {
                "assessment_id": f"{site}|{name}", "locatie_id": site, "criterion_id": name, "label": label,
                "kind": kind, "grondslag": "plaatsing", "measured": 1.0, "measured_text": measured, "norm": norm,
                "unit": "m", "verdict": verdict, "reason": "x", "source": f"bron van {name}", "contribution": 0.0,
                "estimated": estimated, "counts_as": verdict.replace("onbekend", "schouw"), "confidential": False,
            }
            for site in ("weg.a@0010", "weg.a@0060", "weg.a@0090")
            for name, label, kind, measured, norm, verdict, estimated in rows
        ],
        Assessments,
    )  # fmt: skip


def _charge_point(street: str) -> dict[str, Any]:
    return {
        "location_id": "paal-1", "name": street, "address": f"{street} 3", "operator": "R&D <b>",
        "access": "openbaar", "evse_count": 2, "max_power_kw": 11.0, "in_area": True,
        "geometry": shapely.Point(X - 30, Y + 5),
    }  # fmt: skip


def _charge_point_behind_a_gate() -> dict[str, Any]:
    """A pole that the plan does not take for supply."""
    return {
        "location_id": "paal-2", "name": "Garage", "access": "semi-openbaar", "evse_count": 4, "in_area": True,
        "geometry": shapely.Point(X + 35, Y + 8),
    }  # fmt: skip


def _pole(name: str, *, existing: bool = False, chosen: bool = True) -> dict[str, Any]:
    return {
        "site_id": name,
        "existing": existing,
        "chosen": chosen,
        "capacity_kwh_year": 6000.0,
        "served_kwh_year": 4321.0,
    }


def _balance(name: str) -> dict[str, Any]:
    return {
        "buurtcode": "BU00010001", "buurtnaam": name, "aandeel_adressen": 0.5, "adressen": 40, "huishoudens": 35.0,
        "elektrische_autos": 9.0, "vraag_kwh_jaar": 20000.0, "laadpunten_nu": 2, "laadpunten_buiten_gebied": 0,
        "laadpunten_plan": 2,
        "aanbod_kwh_jaar": 12000.0, "bediend_kwh_jaar": 10000.0, "tekort_kwh_jaar": 10000.0, "onder_ondergrens": False,
        "geometry": shapely.box(X - 300, Y - 30, X + 300, Y + 60),
    }  # fmt: skip


def _white_spot(when: str, reach: float) -> dict[str, Any]:
    shape = shapely.Point(X + 120, Y + 90).buffer(reach)
    return {
        "vlek_id": when.replace(" ", "-"),
        "toestand": when,
        "adressen": 7,
        "vraag_kwh_jaar": 800.0,
        "geometry": shape,
    }


def _surface(name: str, west: float, south: float, east: float, north: float, **facts: str) -> dict[str, Any]:
    return {
        "local_id": name,
        "level": 0,
        "status": "bestaand",
        "geometry": shapely.box(west, south, east, north),
        **facts,
    }


def _address(street: str, number: int) -> dict[str, Any]:
    return {
        "address_id": f"adres-{number}", "street": street, "house_number": str(number), "postcode": "1234AB",
        "town": "Voorbeeld", "geometry": shapely.Point(X - 60 + 20 * number, Y + 15),
    }  # fmt: skip
