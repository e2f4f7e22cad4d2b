"""What was measured at a site, in Dutch, each with its unit, source and date.

In: the row of a candidate and of its measurements, and what must be printed of the sources. Out: `Quantity` values. A
value that is missing says so in words; nothing here comes from a confidential source.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from laadplan.config.criteria import CorridorCriterion, Criterion, TreeCriterion
from laadplan.contracts.dutch import is_known
from laadplan.contracts.measured import CHARGE_POINTS_LOOKED_M, CORRIDORS, LOOKED_M
from laadplan.policy.found import on_day, quantity, rounded
from laadplan.policy.ground import Data

UNKNOWN, NOT_APPLICABLE = "onbekend", "n.v.t."


@dataclass(frozen=True)
class Quantity:
    """A measured value: its column, its name in Dutch, the value as printed with its unit, its source and date."""

    name: str
    label: str
    text: str
    data_source: str
    data_on: str


@dataclass(frozen=True)
class _Kind:
    """How a column is printed: its name, the key of its source, and the text of a value that is missing."""

    label: str
    source: str
    unit: str = "m"
    missing: str = UNKNOWN


KINDS: dict[str, _Kind] = {
    "walkway": _Kind("Voetpad naast de paal", "bgt", unit=""),
    "walkway_width_m": _Kind("Vrije breedte van de stoep naast de paal", "bgt"),
    "narrow_090_m": _Kind("Lengte waarover de stoep smaller is dan 0,90 m", "bgt"),
    "narrow_120_m": _Kind("Lengte waarover de stoep smaller is dan 1,20 m", "bgt"),
    "narrow_150_m": _Kind("Lengte waarover de stoep smaller is dan 1,50 m", "bgt"),
    "narrow_180_m": _Kind("Lengte waarover de stoep smaller is dan 1,80 m", "bgt"),
    "kerb_m": _Kind("Hart van de paal tot de parkeervakken", "kerb_m"),
    "pole_surface": _Kind("Ondergrond van de paal", "pole_surface", unit=""),
    "tree_m": _Kind("Afstand tot de dichtstbijzijnde stam", "trees"),
    "crown_m": _Kind("Afstand tot de dichtstbijzijnde kroon", "trees"),
    "facade_m": _Kind("Afstand tot de dichtstbijzijnde gevel", "bgt"),
    "cabinet_m": _Kind("Afstand tot de dichtstbijzijnde kast (BGT)", "bgt"),
    "obstacle_m": _Kind("Afstand tot het dichtstbijzijnde obstakel", "bgt"),
    "manhole_m": _Kind("Afstand tot de dichtstbijzijnde put", "bgt"),
    "charge_point_m": _Kind("Afstand tot de dichtstbijzijnde laadlocatie", "charge_points"),
    "junction_m": _Kind("Afstand tot het kruispunt", "bgt"),
    "crossing_m": _Kind("Afstand tot een inrit, drempel of overweg", "bgt"),
    "parking_pressure_share": _Kind("Parkeerdruk", "parking_pressure_share", unit="share"),
    "signs": _Kind("Borden bij de vakken", "signs", unit="", missing="geen"),
    "zones": _Kind("Zones waarin de paal staat (uitsluiting, erfgoed)", "zones_here", unit="", missing="geen"),
    "owner": _Kind("Eigenaar van de grond", "owner", unit=""),
    "soil": _Kind("Bodem: klasse of status", "soil", unit=""),
    "soil_until_on": _Kind("Bodemgegeven geldig tot en met", "soil_until_on", unit=""),
    "works_until_on": _Kind("Gepland werk tot en met", "works_until_on", unit="", missing="geen"),
    "road_manager": _Kind("Wegbeheerder (NWB)", "road_managers", unit=""),
    "grid_offtake": _Kind("Indicatie van de netcapaciteit", "grid_capacity", unit=""),
}
"""Column of `Candidates` or `Measurements` to how it is printed, in the order of printing."""

LOOKED = ("tree_m", "crown_m", "facade_m", "cabinet_m", "obstacle_m", "manhole_m", "junction_m", "crossing_m")
LOOKED_SO_FAR = dict.fromkeys(LOOKED, LOOKED_M) | {"charge_point_m": CHARGE_POINTS_LOOKED_M}
"""Distance to how far it is looked for (m): that value means that much or more."""

WALKWAY_COLUMNS = ("walkway_width_m", *CORRIDORS.values())


def row_of(frame: pd.DataFrame, name: object) -> pd.Series:
    """The row with an id."""
    rows: Any = frame.loc
    return pd.Series(rows[name])


def quantities_of(spot: pd.Series, data: Mapping[str, Data]) -> dict[str, Quantity]:
    """All that was measured at a spot, by column, in the order of printing.

    Parameters
    ----------
    spot
        Row of `Candidates`, and of `Measurements` where these were made.
    data
        Key of a source, layer or quantity to what must be printed of it.
    """
    return {name: _quantity(name, kind, spot, data) for name, kind in KINDS.items() if name in spot.index}


def judged_columns(criteria: Iterable[Criterion]) -> set[str]:
    """Columns that a criterion already shows against its norm."""
    found = set()
    for criterion in criteria:
        rule = str(getattr(criterion, "rule", ""))
        if isinstance(criterion, CorridorCriterion):
            found.add(CORRIDORS[criterion.under_m])
        elif isinstance(criterion, TreeCriterion):
            found.add("crown_m" if criterion.clear_of == "crown" else "tree_m")
        elif rule in ("width", "spacing"):
            found |= {"walkway_width_m", "walkway"} if rule == "width" else {"charge_point_m"}
        else:
            found.add(str(getattr(criterion, "column", "")))
    return found


def _quantity(name: str, kind: _Kind, spot: pd.Series, data: Mapping[str, Data]) -> Quantity:
    printed = data.get(kind.source, Data())
    return Quantity(name, kind.label, _text(name, kind, spot), printed.label, printed.on)


def _text(name: str, kind: _Kind, spot: pd.Series) -> str:
    value = spot[name]
    if pd.isna(value):
        without = name in WALKWAY_COLUMNS and spot.get("walkway") == "geen voetpad"
        return NOT_APPLICABLE if without else kind.missing
    if not kind.unit:
        return on_day(value)
    text = quantity(float(rounded(pd.Series([value]), kind.unit).iloc[0]), kind.unit)
    if name == "walkway_width_m" and spot.get("walkway_beyond"):
        return f"meer dan {text}"
    if name == "crown_m" and spot.get("crown_unknown"):
        return f"{text} (van een andere boom is de kroon onbekend)"
    if name in LOOKED_SO_FAR and value >= LOOKED_SO_FAR[name]:
        return f"ten minste {text}"
    told = spot.get(f"{name.removesuffix('_m')}_type")
    return f"{text} ({told})" if is_known(told) else text
