"""The account that stands on every output, in plain Dutch: what this is, by when, on what assumptions, how well proven.

In: the proof, the scenario, the walking norm. Out: sentences.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd

from laadplan.config.project import Publication, Scenario, Walking
from laadplan.geo.rd import transformation_note

STOPPED = {
    "gap": "De rekenmethode stopte toen dit bewijs er was.",
    "nodes": "De rekenmethode stopte bij de ingestelde hoeveelheid rekenwerk.",
    "seconds": "De rekenmethode stopte bij de tijdslimiet.",
}
"""What ended the search, as a sentence."""


def account_lines(
    sites: gpd.GeoDataFrame,
    solutions: pd.DataFrame,
    *,
    scenario: Scenario,
    walking: Walking,
    publication: Publication,
    today: date,
) -> list[str]:
    """The account as sentences, in the order in which they are printed."""
    return [
        publication.disclaimer,
        f"Gemaakt op {day(today)}{_for(publication)}.",
        count_line(sites),
        proof_line(solutions.loc["plan"].to_dict()),
        scenario_line(scenario),
        walking_line(walking),
        transformation_note(),
    ]


def _for(publication: Publication) -> str:
    return f" voor de gemeente {publication.municipality}" if publication.municipality else ""


def count_line(sites: gpd.GeoDataFrame) -> str:
    """How many locations have which status."""
    counts = sites["status"].value_counts()
    parts = [f"{counts.get(status, 0)} {name}" for status, name in PLURALS.items()]
    return f"De kaart bevat {parts[0]}, {parts[1]} en {parts[2]}."


PLURALS = {
    "voorkeurslocatie": "voorkeurslocaties",
    "reservelocatie": "reservelocaties",
    "afgevallen": "afgevallen locaties",
}
"""Status of a location to its plural."""


def proof_line(solution: Mapping[Any, Any]) -> str:
    """How close the plan is proven to be to the best possible one."""
    how = f"{solution['solver']} {solution['solver_version']}"
    gap = number(100 * solution["gap"], 2)
    return (
        f"Bewezen met {how}: geen ander plan met dit aantal palen en deze gegevens is meer dan {gap} % beter. "
        f"{STOPPED[solution['stopped_by']]}"
    )


def scenario_line(scenario: Scenario) -> str:
    """What the demand assumes."""
    growth = number(100 * (scenario.electric_share_growth - 1), 0)
    return (
        f"De laadvraag is een scenario voor {scenario.year}, geen prognose: het aandeel elektrische auto's groeit "
        f"{growth} % per jaar, {number(100 * scenario.public_share, 0)} % van de elektrische auto's laadt aan een "
        f"openbare paal, en een auto rijdt {number(scenario.km_per_car_year, 0)} km per jaar. Een laadpunt levert "
        f"{number(scenario.kwh_per_evse_year, 0)} kWh per jaar."
    )


def walking_line(walking: Walking) -> str:
    """How walking distances were taken."""
    return (
        f"Loopafstanden zijn een schatting: de afstand in een rechte lijn maal {number(walking.detour_factor, 1)}. "
        f"De norm is {number(walking.norm_m, 0)} m lopen."
    )


def number(value: float, decimals: int) -> str:
    """A number in Dutch notation.

    >>> number(18500.0, 0), number(0.42, 2)
    ('18.500', '0,42')
    """
    return f"{value:,.{decimals}f}".replace(",", " ").replace(".", ",").replace(" ", ".")


def day(value: date) -> str:
    """A day in Dutch.

    >>> day(date(2026, 11, 23))
    '23 november 2026'
    """
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


MONTHS = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)
