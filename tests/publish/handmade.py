"""A plan of three locations, drawn by hand around one street, as the steps before publication would hand it over.

Location ``strook@0010`` is preferred, ``strook@0120`` stands by, ``strook@0060`` was dropped and shares bays with both.
"""

from __future__ import annotations

from typing import Any

import shapely

from laadplan.config.sources import Source, Sources
from laadplan.contracts.choosing import Isochrones
from laadplan.contracts.planning import Assessments, Balances, Bays, Candidates, Plan, Sites, Solutions, WhiteSpots
from laadplan.contracts.sources import ChargePoints
from tests.frames import BUURT, X, Y, box, make, point

CHOSEN, RESERVE, DROPPED = "strook@0010", "strook@0120", "strook@0060"
PAIRS = {CHOSEN: (1, 2), RESERVE: (3, 4), DROPPED: (2, 3)}
PLACES = {CHOSEN: (5.5, 3.0), RESERVE: (16.5, 3.0), DROPPED: (11.0, 3.0)}
STATUS = {CHOSEN: "voorkeurslocatie", RESERVE: "reservelocatie", DROPPED: "afgevallen"}

SOURCES = Sources(bgt=Source(path="bgt", label="BGT", licence="CC0", reference_on="2024-01-01", note="=1+1"))


def bay_ids(site: str) -> str:
    return " ".join(f"strook#{number}" for number in PAIRS[site])


def bays() -> Any:
    return make(
        Bays,
        {
            f"strook#{number}": {
                "geometry": box(5.5 * number - 5.5, 0, 5.5 * number, 2),
                "road_part_id": "strook",
                "number": number,
                "start_m": 5.5 * number - 5.5,
                "end_m": 5.5 * number,
            }
            for number in range(1, 6)
        },
    )


def candidates() -> Any:
    surfaces = {CHOSEN: "voetpad", RESERVE: None, DROPPED: "voetpad"}
    return make(
        Candidates,
        {
            site: {"geometry": point(*place), "bay_ids": bay_ids(site), "pole_surface": surfaces[site]}
            for site, place in PLACES.items()
        },
    )


def sites() -> Any:
    return make(Sites, {site: _site(site) for site in PLACES})


def _site(site: str) -> dict[str, Any]:
    named = site != RESERVE
    x, y = PLACES[site]
    return {
        "geometry": point(x, y),
        "status": STATUS[site],
        "reden": f"Reserve voor {CHOSEN}." if site == RESERVE else "Voldoet aan alle eisen.",
        "straat": "Dorpsstraat" if named else None,
        "huisnummer": "12A-2" if named else None,
        "postcode": "6731AA" if named else None,
        "woonplaats": "Otterlo" if named else None,
        "bag_nummeraanduiding_id": "0228200000000001" if named else None,
        "bgt_lokaal_id": "strook",
        "buurtcode": BUURT,
        "aantal_laadpunten": 2,
        "aantal_vakken": 2,
        "parkeerwijze": "langs",
        "score": 0.75,
        "verwacht_kwh_jaar": 4500.5 if site == CHOSEN else None,
        "vraag_binnen_bereik_kwh_jaar": 6000.0,
        "wegbeheerder": "G0228",
        "netbeheerder": None,
        "hoort_bij": CHOSEN if site == RESERVE else None,
        "vakken": bay_ids(site),
        "x_rd": X + x,
        "y_rd": Y + y,
    }


def charge_points() -> Any:
    return make(
        ChargePoints,
        {
            "NL*1": {
                "geometry": point(60, 40),
                "name": '=HYPERLINK("http://a.example")',
                "address": "+31 6 1234",
                "operator": "@Stroom",
                "updated_at": "2026-01-01T00:00:00Z",
            },
            "NL*2": {"geometry": point(90, 60), "access": "semi-openbaar", "max_power_kw": None, "evse_count": 1},
        },
    )


def plan() -> Any:
    poles = {CHOSEN: {"chosen": True}, RESERVE: {}, "NL*1": {"existing": True, "chosen": True}}
    return make(Plan, poles)


def balances() -> Any:
    row = {
        "buurtnaam": "Otterlo",
        "aandeel_adressen": 0.5,
        "adressen": 120,
        "huishoudens": 100.0,
        "elektrische_autos": 20.0,
        "vraag_kwh_jaar": 30000.0,
        "laadpunten_nu": 2,
        "laadpunten_buiten_gebied": 0,
        "laadpunten_plan": 2,
        "aanbod_kwh_jaar": 12000.0,
        "bediend_kwh_jaar": 9000.0,
        "tekort_kwh_jaar": 21000.0,
        "onder_ondergrens": False,
    }
    unknown = dict.fromkeys(
        ["aandeel_adressen", "huishoudens", "elektrische_autos", "vraag_kwh_jaar", "tekort_kwh_jaar"]
    )
    parts = shapely.MultiPolygon([box(130, -30, 160, 90), box(170, -30, 200, 90)])
    return make(
        Balances,
        {
            BUURT: {**row, "geometry": box(-20, -30, 120, 90)},
            "BU02280002": {**row, **unknown, "geometry": parts, "buurtnaam": "Zand", "onder_ondergrens": True},
        },
    )


def white_spots() -> Any:
    row = {"toestand": "na plan", "adressen": 8, "vraag_kwh_jaar": 2400.0}
    now = {**row, "toestand": "nu", "adressen": 12, "geometry": box(60, 0, 86, 30)}
    return make(WhiteSpots, {"na plan 1": {**row, "geometry": box(132, 0, 158, 30)}, "nu 1": now})


def isochrones() -> Any:
    row = {"loopafstand_m": 250.0, "schatting": True}
    now = {**row, "toestand": "nu", "adressen": 20, "geometry": point(60, 40).buffer(20)}
    after = {
        **row,
        "toestand": "na plan",
        "adressen": 33,
        "geometry": shapely.union(now["geometry"], box(0, 0, 40, 40)),
    }
    return make(Isochrones, {"nu|250": now, "na plan|250": after})


def said(verdict: str, counts_as: str | None = None) -> dict[str, str]:
    """A verdict and what it counts as."""
    return {"verdict": verdict, "counts_as": counts_as or verdict}


def assessments() -> Any:
    row = {
        "label": "Afstand tot de dichtstbijzijnde boom",
        "grondslag": "plaatsing",
        "unit": "m",
        "source": "+norm",
        "data_source": "BGT",
        "data_on": "2020",
        "margin": None,
        "estimated": False,
        "confidential": False,
    }
    eis = {"criterion_id": "afstand_boom", "kind": "eis", "norm": "ten minste 1,50 m", "contribution": 0.0}
    wens = {"criterion_id": "gevel", "kind": "wens", "norm": "=1+1", "contribution": 1 / 3}
    rows = {}
    for site in PLACES:
        rows[f"{site}|afstand_boom"] = {**row, **eis, "measured": 3.2, "measured_text": "3,20 m"} | said("voldoet")
        rows[f"{site}|gevel"] = {**row, **wens, "measured": None, "measured_text": "onbekend"} | said(
            "onbekend", "schouw"
        )
    return make(
        Assessments,
        {name: {**each, "locatie_id": name.split("|")[0], "reason": "Een reden."} for name, each in rows.items()},
    )


def solutions() -> Any:
    row = {
        "status": "optimal",
        "objective": 1000.0,
        "bound": 1004.2,
        "gap": 0.0042,
        "gap_asked": 0.005,
        "solver": "HiGHS",
        "solver_version": "1.15.1",
        "stopped_by": "gap",
        "poles_allowed": 1,
        "poles_chosen": 1,
        "bound_by": "prices",
        "served_kwh_year": 9000.0,
        "limits_broken": None,
    }
    return make(Solutions, {"plan": row})


def frames() -> tuple[Any, ...]:
    """What the layers are made from, in the order in which `make_layers` takes it."""
    return sites(), bays(), candidates(), charge_points(), plan(), balances(), white_spots(), isochrones()


def nothing() -> tuple[Any, ...]:
    """The same without a row."""
    contracts = (Sites, Bays, Candidates, ChargePoints, Plan, Balances, WhiteSpots, Isochrones)
    return tuple(contract.empty() for contract in contracts)
