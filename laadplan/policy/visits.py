"""The list for the schouw: what is unknown of a site, and what to look at or to ask for.

In: the criteria and their verdicts on one site, and what was measured there. Out: `Visit` lines in Dutch.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from laadplan.config.criteria import Criterion
from laadplan.policy.quantities import UNKNOWN, Quantity

ON_THE_SPOT, ASK = "ter plaatse", "navragen"

DOORS = "Kijk of de paal pal voor een deur of een raam komt, en of hij het uitzicht belemmert."

SOIL = (ASK, "Vraag de afdeling bodem of er een geldig bodemonderzoek is.")
MANAGER = (ASK, "Vraag na wie de weg beheert en wie bevoegd is (WVW 1994, artikel 18).")
ACTIONS: dict[str, tuple[str, str]] = {
    "width": (ON_THE_SPOT, "Meet de vrije breedte van de stoep naast de paal, op het smalste punt."),
    "corridor": (ON_THE_SPOT, "Meet over welke lengte de stoep te smal is, met wat er in de weg staat."),
    "stem": (ON_THE_SPOT, "Meet de dikte van de stam en de afstand van de paal tot het hart van de stam."),
    "crown": (ON_THE_SPOT, "Bepaal tot waar de kroon van de boom reikt."),
    "cable": (
        ASK,
        "Vraag de ligging van de laagspanningskabels op (KLIC-oriëntatieverzoek) en bespreek de aansluiting.",
    ),
    "grid_offtake": (ASK, "Vraag de netbeheerder of er capaciteit is."),
    "regime": (ON_THE_SPOT, "Kijk aan borden en markering wie er op de vakken mag parkeren, en wanneer."),
    "signs": (ON_THE_SPOT, "Noteer de borden en onderborden bij de vakken."),
    "pole_obstacle": (ON_THE_SPOT, "Kijk of er bij de paal een put, kast, mast of brandkraan staat."),
    "pole_surface": (ON_THE_SPOT, "Kijk op welke ondergrond de paal komt te staan."),
    "walkway": (ON_THE_SPOT, "Kijk of er een voetpad langs de paal loopt."),
    "facade_m": (ON_THE_SPOT, "Meet de afstand tot de gevel."),
    "obstacle_m": (ON_THE_SPOT, "Meet de afstand tot masten, putten en kasten."),
    "cabinet_m": (ON_THE_SPOT, "Zoek de dichtstbijzijnde kast en meet de afstand."),
    "junction_m": (ON_THE_SPOT, "Beoordeel het zicht bij het kruispunt."),
    "crossing_m": (ON_THE_SPOT, "Meet de afstand tot oversteken en inritten."),
    "parking_pressure_share": (ON_THE_SPOT, "Tel de geparkeerde auto's op drukke tijden, of gebruik een meting."),
    "owner": (ASK, "Vraag na wie eigenaar van de grond is (Kadaster)."),
    "soil": SOIL,
    "soil_until_on": SOIL,
    "works_until_on": (ASK, "Vraag na of hier werk aan de weg is gepland."),
    "maintainer": MANAGER,
    "road_manager": MANAGER,
    "erfgoed": (ASK, "Vraag na of de plek in beschermd gebied ligt of voor een monument."),
    "trees": (ON_THE_SPOT, "Kijk of er bomen bij de paal staan en meet de afstand."),
    "buildings": (ON_THE_SPOT, "Meet de afstand tot gebouwen."),
    "charge_points": (ASK, "Vraag na waar al laadpalen staan."),
    "spacing": (ASK, "Vraag na waar al laadpalen staan of besloten zijn."),
    "walk": (ASK, "Ga na of er adressen met laadvraag op loopafstand liggen."),
}
"""Column, rule or layer that is unknown to where it is found out, and how."""

ALWAYS_NEEDED = ("regime", "road_manager", "owner", "parking_pressure_share")
"""Quantities that a decree cannot do without: listed when unknown, whether a criterion asks for them or not."""

NOT_KNOWN = "staat niet in de gegevens"


@dataclass(frozen=True)
class Visit:
    """Something to find out: of what, where (ter plaatse or navragen), what to do, and why it is not known."""

    label: str
    where: str
    action: str
    why: str


def visits_of(
    judged: pd.DataFrame, criteria: Iterable[Criterion], spot: pd.Series, quantities: Mapping[str, Quantity]
) -> tuple[Visit, ...]:
    """What must be found out of a site: each unknown verdict, what a decree needs, and what is never measured.

    Parameters
    ----------
    judged
        The site's rows of `Assessments`, indexed by criterion.
    """
    unknown = [each for each in criteria if each.id in judged.index and judged.loc[each.id, "verdict"] == UNKNOWN]
    found = {_subject(each): _visit(each, str(judged.loc[each.id, "reason"])) for each in reversed(unknown)}
    lines = dict(reversed(found.items()))
    for name in ALWAYS_NEEDED:
        if name not in lines and _is_unknown(name, spot, quantities):
            where, action = ACTIONS[name]
            lines[name] = Visit(_label(name, quantities), where, action, NOT_KNOWN)
    lines["doors"] = Visit("Deuren en ramen", ON_THE_SPOT, DOORS, "wordt niet gemeten")
    return tuple(sorted(lines.values(), key=lambda line: line.where != ON_THE_SPOT))


def _visit(criterion: Criterion, reason: str) -> Visit:
    where, action = ACTIONS.get(_subject(criterion), (ON_THE_SPOT, f"Stel vast: {criterion.label.lower()}."))
    why = reason.removeprefix(f"{criterion.label}: ").removeprefix(f"{UNKNOWN}, ").partition(". ")[0]
    return Visit(criterion.label, where, action, why.strip(" .") or NOT_KNOWN)


def _subject(criterion: Criterion) -> str:
    """What a criterion looks at, as `ACTIONS` knows it; its own id where that has no entry."""
    wanted = getattr(criterion, "where", {})
    heritage = "erfgoed" if any("erfgoed" in values for values in wanted.values()) else ""
    names = ("column", "clear_of", "to", "layer", "rule")
    keys = [heritage, *(str(getattr(criterion, name, "")) for name in names)]
    return next((key for key in keys if key in ACTIONS), criterion.id)


def _is_unknown(name: str, spot: pd.Series, quantities: Mapping[str, Quantity]) -> bool:
    if name in quantities:
        return quantities[name].text == UNKNOWN
    return name not in spot.index or pd.isna(spot[name]) or UNKNOWN in str(spot[name])


def _label(name: str, quantities: Mapping[str, Quantity]) -> str:
    own = {
        "regime": "Soort parkeervak",
        "road_manager": "Wegbeheerder",
        "owner": "Eigendom",
        "parking_pressure_share": "Parkeerdruk",
    }
    return own[name]
