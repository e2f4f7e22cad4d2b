"""A village of seven places drawn by hand: one to make a dossier of, and what became of the others.

``weg@0010`` is the site. In metres from the corner point: ``weg@0065`` shares a bay with it, ``weg@0200`` stands in the
same row, ``plein@0010`` scores higher, ``gracht@0010`` as high and is its reserve, ``laan@0010`` has a walkway that is
too narrow, ``ver@0010`` is too far to walk. The cable to each is confidential: ``17.31`` m and ``kabel-geheim`` may
stand nowhere.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd

from laadplan.config.policy import Policy
from laadplan.config.project import Walking
from laadplan.contracts.planning import Candidates, Sites
from laadplan.contracts.sources import Addresses, Buurten
from laadplan.policy.assess import assess
from laadplan.policy.dossier import Dossier, make_dossier
from laadplan.policy.ground import Data, Ground
from tests.frames import BUURT, NAN, X, Y, box, make, point, shapes
from tests.policy.grounds import criterion, layer, measurements

SITE, SHARES, SAME_ROW, HIGHER = "weg@0010", "weg@0065", "weg@0200", "plein@0010"
EQUAL, FAILS, FAR = "gracht@0010", "laan@0010", "ver@0010"
TODAY = date(2027, 1, 4)
SECRETS = ("17.31", "17,31", "kabel-geheim")
"""What is known of the cables and must stay out of every dossier."""

PLACES: dict[str, dict[str, Any]] = {
    SITE: {"at": (0, 0), "bays": "w#1 w#2", "row": "w", "facade_m": 4.94},
    SHARES: {"at": (5.5, 0), "bays": "w#2 w#3", "row": "w", "facade_m": 4.94},
    SAME_ROW: {"at": (20, 0), "bays": "w#5 w#6", "row": "w", "facade_m": 1.2},
    HIGHER: {"at": (0, 150), "bays": "p#1 p#2", "row": "p", "facade_m": 6.0, "orientation": "haaks"},
    EQUAL: {"at": (0, 100), "bays": "g#1 g#2", "row": "g", "facade_m": 3.0},
    FAILS: {"at": (100, 0), "bays": "l#1 l#2", "row": "l", "facade_m": 3.0, "width": 0.7},
    FAR: {"at": (200, 0), "bays": "v#1 v#2", "row": "v", "facade_m": 9.0, "orientation": "haaks"},
}
POLICY = Policy(
    criteria=(
        criterion("width", id="doorgang", label="Vrije doorgang", at_least_m=0.9, owner="Verkeer"),
        criterion("value", id="gevel", label="Gevel", kind="wens", column="facade_m", unit="m", at_least=2.0),
        criterion(
            "attribute",
            id="haaks",
            label="Haaks",
            kind="wens",
            grondslag="verkeer",
            column="orientation",
            allowed=("haaks",),
        ),
        criterion("cable", id="kabel", label="Aansluitkabel", kind="wens", at_most_m=25.0),
        criterion("attribute", id="bodem", label="Bodem", kind="wens", column="soil", allowed=("geldig",)),
    )
)
DATA = {
    "width": Data("BGT", "2025-01-01"),
    "bgt": Data("BGT", "2025-01-01"),
    "facade_m": Data("BGT", "2025-01-01"),
    "trees": Data("Bomenregister", "2026-05-01"),
    "cable": Data("Kabels", "2024-01-01"),
}


def candidates(street: str = "Dorpsstraat") -> gpd.GeoDataFrame:
    """The seven places."""
    return make(
        Candidates,
        {
            name: {
                "geometry": point(*place["at"]),
                "bay_ids": place["bays"],
                "row_id": place["row"],
                "orientation": place.get("orientation", "langs"),
                "street": street,
                "house_number": str(number),
                "address_id": "adres-1",
                "address_distance_m": 9.96,
            }
            for number, (name, place) in enumerate(PLACES.items(), start=1)
        },
    )


def measured(poles: gpd.GeoDataFrame) -> pd.DataFrame:
    """What was measured at them."""
    facades = [PLACES[name]["facade_m"] for name in poles.index]
    widths = [PLACES[name].get("width", 1.15) for name in poles.index]
    return measurements(poles, facade_m=facades, walkway_width_m=widths, tree_m=7.4)


def cables(poles: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The way from each to its cable."""
    row = {"cable_id": "kabel-geheim", "route_m": 17.31, "crosses_carriageway": False, "crossing": "nee", "known": True}
    lines = shapes({name: box(0, 0, 1, 1).exterior for name in poles.index})
    return gpd.GeoDataFrame([row] * len(poles), geometry=lines.to_numpy(), index=poles.index, crs=poles.crs)


def sites(poles: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """What the plan made of them."""
    told: dict[str, tuple[str, str, str | None]] = {
        SITE: ("voorkeurslocatie", "Gekozen: bedient 6.000 kWh per jaar.", None),
        SHARES: ("afgevallen", f"Deelt een parkeervak met voorkeurslocatie {SITE}.", None),
        SAME_ROW: ("afgevallen", "Niet gekozen binnen het aantal van 3 palen.", None),
        HIGHER: ("afgevallen", "Niet gekozen binnen het aantal van 3 palen.", None),
        EQUAL: ("reservelocatie", f"Reserve voor {SITE}: deelt geen vak.", SITE),
        FAILS: ("afgevallen", "Vrije doorgang: 0,70 m.", None),
        FAR: ("voorkeurslocatie", "Gekozen.", None),
    }
    rows = {}
    for name in poles.index:
        status, reason, owner = told[name]
        place = poles.geometry.loc[name]
        rows[name] = {
            "geometry": point(place.x - X, place.y - Y), "status": status, "reden": reason, "hoort_bij": owner,
            "straat": "x", "huisnummer": "1", "postcode": "6731AA", "woonplaats": "Otterlo",
            "bag_nummeraanduiding_id": None, "bgt_lokaal_id": "strip", "buurtcode": BUURT, "aantal_laadpunten": 2,
            "aantal_vakken": 2, "parkeerwijze": "langs", "score": 0.5, "verwacht_kwh_jaar": NAN,
            "vraag_binnen_bereik_kwh_jaar": 1000.0 * (list(PLACES).index(name) + 1),
            "wegbeheerder": "G0228",
            "netbeheerder": None, "vakken": poles.loc[name, "bay_ids"], "x_rd": place.x, "y_rd": place.y,
        }  # fmt: skip
    return make(Sites, rows)


def judged(poles: gpd.GeoDataFrame, policy: Policy = POLICY) -> pd.DataFrame:
    """The places against the criteria."""
    layers = {"obstacles": layer({"lamp": point(500, 500)}, type="lichtmast")}
    ground = Ground(layers, measured(poles), cables(poles), today=TODAY, data=DATA)
    return assess(poles, policy, ground)


def frames(street: str = "Dorpsstraat") -> dict[str, Any]:
    """All that a dossier is made from, under the names that `make_dossier` takes."""
    poles = candidates(street)
    return {
        "candidates": poles,
        "assessments": judged(poles),
        "policy": POLICY,
        "walking": Walking(),
        "today": TODAY,
        "measurements": measured(poles),
        "sites": sites(poles),
        "addresses": make(Addresses, {"adres-1": {"geometry": point(0, 10)}}),
        "buurten": make(Buurten, {BUURT: {"geometry": box(-300, -300, 300, 300)}}),
        "data": DATA,
    }


def dossier(site: str = SITE, street: str = "Dorpsstraat", **other: Any) -> Dossier:
    """The dossier of a place, with other frames where a test gives them."""
    return make_dossier(site, **(frames(street) | other))
