"""The interests to weigh at a site, each with what was measured there. Weighing them is for the municipality.

In: the row of a candidate and what was measured. Out: `Interest` values in Dutch. A traffic decree must rest on an
interest of WVW 1994 art. 2 lid 1 or lid 2 (BABW art. 21); energy is lid 3 and only stands beside these. The choice of
location must weigh the neighbours' interests (ECLI:NL:RVS:2024:2128).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from laadplan.policy.found import quantity
from laadplan.policy.quantities import UNKNOWN, Quantity

TO_FILL_IN = "Participatie en reacties van omwonenden: niet in de gegevens; vult de gemeente in."
ONLY_BESIDE = "Mag naast andere belangen worden genoemd, nooit als enige."


@dataclass(frozen=True)
class Interest:
    """An interest, the article it stands in, and what is known of it at this site."""

    name: str
    label: str
    article: str
    facts: tuple[str, ...]


def interests_of(spot: pd.Series, quantities: Mapping[str, Quantity], demand_kwh: float | None) -> tuple[Interest, ...]:
    """The interests at a site, always the same six in the same order.

    Parameters
    ----------
    demand_kwh
        Demand within walking distance (kWh a year); None where no plan was made.
    """

    def told(*names: str) -> tuple[str, ...]:
        found = [f"{quantities[name].label}: {quantities[name].text}" for name in names if name in quantities]
        return tuple(f"{each.removesuffix('.')}." for each in found)

    bays = int(spot["bay_count"])
    noun = "vak is" if bays == 1 else "vakken zijn"
    taken = f"{bays} {noun} dan alleen voor laden; nu: {spot['regime']}."
    pressure = quantities.get("parking_pressure_share")
    parking = f"Parkeerdruk: {pressure.text if pressure else UNKNOWN}."
    demand = UNKNOWN if demand_kwh is None or pd.isna(demand_kwh) else f"{_whole(demand_kwh)} kWh per jaar (schatting)"
    return (
        Interest(
            "veiligheid",
            "Veilig en vrij kunnen gaan",
            "WVW 1994 art. 2 lid 1, onder a, b en d",
            told("walkway", "walkway_width_m", "junction_m", "crossing_m") or (f"Metingen: {UNKNOWN}.",),
        ),
        Interest("bruikbaarheid", "Bruikbaarheid van de weg", "WVW 1994 art. 2 lid 1, onder c", (taken, parking)),
        Interest(
            "omwonenden",
            "Omwonenden",
            "WVW 1994 art. 2 lid 2, onder a; ECLI:NL:RVS:2024:2128",
            (_neighbour(spot), *told("facade_m"), TO_FILL_IN),
        ),
        Interest(
            "groen",
            "Bomen en groen",
            "WVW 1994 art. 2 lid 2, onder a",
            told("tree_m", "crown_m") or (f"Bomen: {UNKNOWN}.",),
        ),
        Interest(
            "erfgoed", "Erfgoed en karakter", "WVW 1994 art. 2 lid 2, onder b", told("zones") or (f"Zones: {UNKNOWN}.",)
        ),
        Interest(
            "energie",
            "Energie",
            "WVW 1994 art. 2 lid 3",
            (ONLY_BESIDE, *told("charge_point_m"), f"Laadvraag op loopafstand: {demand}."),
        ),
    )


def _neighbour(spot: pd.Series) -> str:
    if pd.isna(spot["street"]) or pd.isna(spot["address_distance_m"]):
        return f"Dichtstbijzijnd adres: {UNKNOWN}."
    number = "" if pd.isna(spot["house_number"]) else f" {spot['house_number']}"
    return f"Dichtstbijzijnd adres: {spot['street']}{number}, op {quantity(spot['address_distance_m'], 'm')}."


def _whole(value: float) -> str:
    return f"{value:,.0f}".replace(",", ".")
