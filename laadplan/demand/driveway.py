"""How likely each dwelling has a driveway of its own, and why, in a sentence.

In: the type of each home and what `measure_frontages` found before its building. Out: probability, whether it was
measured, and the reason in Dutch.

Model
-----
``odds = odds(usual share of the type) * ground * inrit``

``ground`` says how much more often a house with such ground has a driveway than one without: `GROUND`. ``inrit`` says
it of an inrit on the map. Where an inrit is drawn before the place it is ``drawn / FALSE_INRIT``, where none is drawn
``(1 - drawn) / (1 - FALSE_INRIT)``. ``drawn`` is the share of driveways at which the BGT draws an inrit, measured per
buurt on houses that almost surely have one: detached and semi with room for a car beside them. Some municipalities draw
every inrit, others only those across a verge; there a missing inrit says little, here it says nearly all.
"""

from collections.abc import Hashable

import numpy as np
import pandas as pd

from laadplan.config.scenario import HomeRules, UsualDriveways
from laadplan.contracts.demand import DWELLING_TYPES

GROUND = {
    "garage": 8.0,
    "naast": 4.0,
    "voor": 2.0,
    "geen plaats": 0.05,
    "geen weg": 0.1,
    "geen weg, twee-onder-een-kap": 0.3,
    "geen weg, vrijstaand": 1.0,
}
"""How many times likelier a driveway is for what lies before the house (assumption; `docs/reference/homes.md`).

A garage behind the place, a place beside the house, a place before it only (it may be a front garden), no place, no
straight way from a street; a detached house, and many a semi, away from the street has a way that is not straight.
"""

FALSE_INRIT = 0.02
"""Share of houses without a driveway that have room and an inrit before it all the same: to a back yard, a car park.

Assumption: none of 1,013 such houses in two demo towns had one, but reality is less tidy.
"""

DRAWN_START = 0.5
"""Share of driveways with an inrit on the map, before any is counted (assumption: it can be either)."""

DRAWN_WEIGHT = 10.0
"""So many houses the municipality's share counts for in a buurt, and the start in the municipality."""

DRAWN_RANGE = (0.0, 0.98)
"""No buurt draws every inrit: a survey misses some."""

SURE_TYPES = ("vrijstaand", "twee-onder-een-kap")

MOST_OBJECTS = 2
"""Buildings with more objects are flats whose ground is shared: it is not measured."""

FOUND = {
    "vrijstaand": "een vrijstaande woning",
    "twee-onder-een-kap": "een twee-onder-een-kapwoning",
    "hoekwoning": "een hoekwoning",
    "tussenwoning": "een tussenwoning",
    "appartement": "een appartement",
    "ligplaats of standplaats": "een ligplaats of standplaats",
    "onbekend": "een woning van onbekend type",
}
"""A type in a sentence."""


def judge_driveways(homes: pd.DataFrame, frontages: pd.DataFrame, rules: HomeRules) -> pd.DataFrame:
    """Per home ``driveway_share`` (0 to 1), ``driveway_measured`` and ``driveway_reason``; index of the homes.

    Parameters
    ----------
    homes
        Columns ``dwelling_type``, ``building_id``, ``buurtcode`` (both may be missing), ``objects``: the number of
        objects with an address in the building, and ``block_type``: how it stands. Two addresses in a building that
        stands alone or in a pair are a split house or a business at home rather than flats: the share for an unknown
        type stands for them.
    frontages
        What `measure_frontages` found, per building.
    rules
        The usual share of each type.
    """
    lie = frontages.reindex(homes["building_id"]).set_axis(homes.index)
    measured = lie["on_ground"].eq(True) & (homes["objects"] <= MOST_OBJECTS)
    usual = homes["dwelling_type"].map(usual_shares(rules.usual)).astype(float)
    usual = usual.mask(homes["objects"].eq(MOST_OBJECTS) & homes["block_type"].isin(SURE_TYPES), rules.usual.onbekend)
    ground = _ground(homes["dwelling_type"], lie).where(measured, "")
    odds = usual / (1 - usual).clip(lower=1e-9) * ground.map(GROUND).fillna(1.0)
    has_inrit = (lie["inrit_m"].gt(0) | (lie["inrit_near"].eq(True) & ~_has_room(lie))) & measured
    drawn = _drawn(homes, odds / (1 + odds), ground, has_inrit)
    says = np.where(has_inrit, drawn / FALSE_INRIT, (1 - drawn) / (1 - FALSE_INRIT))
    odds = odds * np.where(measured, says, 1.0)
    table = homes.assign(**lie, ground=ground, has_inrit=has_inrit, drawn=drawn, measured=measured)
    table = table.assign(car_length_m=rules.car_length_m)
    return pd.DataFrame(
        {
            "driveway_share": np.round(odds / (1 + odds), 4),
            "driveway_measured": measured,
            "driveway_reason": pd.Series(_reasons(table), index=homes.index, dtype="str"),
        },
        index=homes.index,
    )


def usual_shares(usual: UsualDriveways) -> dict[str, float]:
    """Usual share with a driveway per type of dwelling, as the contract spells the types.

    >>> usual_shares(UsualDriveways())["twee-onder-een-kap"]
    0.75
    """
    return {kind: float(getattr(usual, kind.replace("-", "_").replace(" ", "_"))) for kind in DWELLING_TYPES}


def _has_room(lie: pd.DataFrame) -> pd.Series:
    return lie["place_width_m"].gt(0)


def _ground(kinds: pd.Series, lie: pd.DataFrame) -> pd.Series:
    """Which key of `GROUND` fits each home."""
    away = ("geen weg, " + kinds).where(kinds.isin(SURE_TYPES), "geen weg")
    no_way = ~lie["faces_street"].eq(True) | (~_has_room(lie) & lie["unreached"].eq(True) & kinds.isin(SURE_TYPES))
    found = np.select(
        [no_way, ~_has_room(lie), lie["garage_m2"].gt(0), lie["beside"].eq(True)],
        [away, "geen plaats", "garage", "naast"],
        "voor",
    )
    return pd.Series(found, index=kinds.index)


def _drawn(homes: pd.DataFrame, likely: pd.Series, ground: pd.Series, has_inrit: pd.Series) -> pd.Series:
    """Share of driveways at which the BGT draws an inrit, in the buurt of each home."""
    sure = homes["dwelling_type"].isin(SURE_TYPES) & ground.isin(["garage", "naast"])
    buurt = homes["buurtcode"].fillna("")[sure]
    with_inrit, all_likely = has_inrit[sure].astype(float), likely[sure]
    overall = (with_inrit.sum() + DRAWN_WEIGHT * DRAWN_START) / (all_likely.sum() + DRAWN_WEIGHT)
    seen = with_inrit.groupby(buurt).sum() + DRAWN_WEIGHT * overall
    share = seen / (all_likely.groupby(buurt).sum() + DRAWN_WEIGHT)
    return homes["buurtcode"].fillna("").map(share).fillna(overall).astype(float).clip(*DRAWN_RANGE)


def _reasons(table: pd.DataFrame) -> list[str]:
    """One sentence per home."""
    return [_reason(row) for row in table.to_dict("records")]


def _reason(row: dict[Hashable, object]) -> str:
    if not row["measured"]:
        return _unmeasured(row)
    if str(row["ground"]).startswith("geen weg"):
        inrit = "bij de woning ligt een inrit" if row["has_inrit"] else "geen inrit bij de woning"
        return f"Geen rechte weg van een straat naar de woning; {inrit}."
    if row["ground"] == "geen plaats":
        why = "Parkeervakken tussen woning en straat" if row["bays"] else "Woning aan de straat"
        inrit = "; wel ligt er een inrit bij de woning" if row["has_inrit"] else ""
        return f"{why}; geen bereikbare plaats voor een auto op eigen grond{inrit}."
    return _with_room(row)


def _with_room(row: dict[Hashable, object]) -> str:
    where = "naast" if row["beside"] else "voor"
    size = f"{_number(row['place_length_m'])} x {_number(row['place_width_m'])} m"
    garage = f"garage van {_number(row['garage_m2'], 0)} m2" if row["ground"] == "garage" else ""
    if _as_float(row["place_length_m"]) < row["car_length_m"]:  # type: ignore[operator]  # a record holds any value
        what = f"{garage[:1].upper()}{garage[1:]} {where} de woning, bereikbaar van de straat"
    else:
        what = f"Auto past {where} de woning ({size})" + (f", {garage} erachter" if garage else "")
    if row["has_inrit"]:
        return f"{what}; inrit van {_number(row['inrit_m'])} m."
    return f"{what}; geen inrit getekend (in deze buurt wel bij {100 * _as_float(row['drawn']):.0f} % van de opritten)."


def _unmeasured(row: dict[Hashable, object]) -> str:
    kind = FOUND[str(row["dwelling_type"])]
    if pd.isna(row["building_id"]):  # type: ignore[call-overload]  # a record holds any value
        return f"Niet in een pand van de BGT: gangbaar aandeel voor {kind}."
    if _as_float(row["objects"]) > MOST_OBJECTS:
        return f"Pand met {_number(row['objects'], 0)} adressen: gangbaar aandeel voor {kind}."
    return f"Grond rond de woning staat niet in de BGT: gangbaar aandeel voor {kind}."


def _as_float(value: object) -> float:
    return float(str(value))


def _number(value: object, decimals: int = 1) -> str:
    """A number as Dutch writes it.

    >>> _number(6.25)
    '6,2'
    """
    return f"{_as_float(value):.{decimals}f}".replace(".", ",")
