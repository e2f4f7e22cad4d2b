"""The interests to weigh at a site, each with what was measured there. Weighing them is for the municipality.

In: the row of a candidate and what was measured. Out: `Interest` values in Dutch. A traffic decree must rest on an
interest of WVW 1994 art. 2 lid 1 or lid 2 (BABW art. 21); energy is lid 3 and only stands beside these. The choice of
location must weigh the neighbours' interests (ECLI:NL:RVS:2024:2128).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from laadplan.policy.found import estimated_kwh, quantity
from laadplan.policy.ground import Data, zone_key
from laadplan.policy.quantities import UNKNOWN, Quantity


@dataclass(frozen=True)
class Fact:
    """What is known, as a sentence, with its source and date; both empty where it comes from no source."""

    text: str
    data_source: str = ""
    data_on: str = ""


TO_FILL_IN = Fact("Participatie en reacties van omwonenden: niet in de gegevens; vult de gemeente in.")
BESIDE_OTHERS = Fact("Gevels bij andere plekken: zie de alternatieven.")
ONLY_BESIDE = Fact("Mag naast andere belangen worden genoemd, nooit als enige.")


@dataclass(frozen=True)
class Interest:
    """An interest, the article it stands in, and what is known of it at this site."""

    name: str
    label: str
    article: str
    facts: tuple[Fact, ...]


def interests_of(
    spot: pd.Series, quantities: Mapping[str, Quantity], demand_kwh: float | None, data: Mapping[str, Data]
) -> tuple[Interest, ...]:
    """The interests at a site, always the same six in the same order.

    Parameters
    ----------
    demand_kwh
        Demand within walking distance (kWh a year); None where no plan was made.
    data
        Key of a source, layer or quantity to what must be printed of it.
    """

    def told(*names: str) -> tuple[Fact, ...]:
        found = [quantities[name] for name in names if name in quantities]
        return tuple(
            Fact(f"{each.label}: {each.text.removesuffix('.')}.", *_source(each, each.text == UNKNOWN))
            for each in found
        )

    def known(text: str, key: str) -> Fact:
        printed = data.get(key, Data())
        return Fact(text, printed.label, printed.on)

    bays = int(spot["bay_count"])
    noun = "vak is" if bays == 1 else "vakken zijn"
    taken = known(f"{bays} {noun} dan alleen voor laden; nu: {spot['regime']}.", "bays")
    parking = told("parking_pressure_share") or (Fact(f"Parkeerdruk: {UNKNOWN}."),)
    heritage = told("zones") if data.get(zone_key("erfgoed"), Data()) != Data() else ()
    return (
        Interest(
            "veiligheid",
            "Veilig en vrij kunnen gaan",
            "WVW 1994 art. 2 lid 1, onder a, b en d",
            told("walkway", "walkway_width_m", "junction_m", "crossing_m") or (Fact(f"Metingen: {UNKNOWN}."),),
        ),
        Interest("bruikbaarheid", "Bruikbaarheid van de weg", "WVW 1994 art. 2 lid 1, onder c", (taken, *parking)),
        Interest(
            "omwonenden",
            "Omwonenden",
            "WVW 1994 art. 2 lid 2, onder a; ECLI:NL:RVS:2024:2128",
            (_neighbour(spot, data), *told("facade_m"), BESIDE_OTHERS, TO_FILL_IN),
        ),
        Interest(
            "groen",
            "Bomen en groen",
            "WVW 1994 art. 2 lid 2, onder a",
            told("tree_m", "crown_m") or (Fact(f"Bomen: {UNKNOWN}."),),
        ),
        Interest(
            "erfgoed",
            "Erfgoed en karakter",
            "WVW 1994 art. 2 lid 2, onder b",
            heritage or (Fact(f"Beschermd erfgoed: {UNKNOWN}, niet in de gegevens."),),
        ),
        Interest(
            "energie",
            "Energie",
            "WVW 1994 art. 2 lid 3",
            (ONLY_BESIDE, *told("charge_point_m"), _demand(demand_kwh, data)),
        ),
    )


def _source(each: Quantity, nothing: bool) -> tuple[str, str]:
    """Source and date of a quantity; none where nothing is known of it."""
    return ("", "") if nothing else (each.data_source, each.data_on)


def _neighbour(spot: pd.Series, data: Mapping[str, Data]) -> Fact:
    if pd.isna(spot["street"]) or pd.isna(spot["address_distance_m"]):
        return Fact(f"Dichtstbijzijnd adres: {UNKNOWN}.")
    number = "" if pd.isna(spot["house_number"]) else f" {spot['house_number']}"
    text = f"Dichtstbijzijnd adres: {spot['street']}{number}, op {quantity(spot['address_distance_m'], 'm')}."
    printed = data.get("addresses", Data())
    return Fact(text, printed.label, printed.on)


def _demand(demand_kwh: float | None, data: Mapping[str, Data]) -> Fact:
    """Demand, to three figures: it is an estimate."""
    if demand_kwh is None or pd.isna(demand_kwh):
        return Fact(f"Laadvraag op loopafstand: {UNKNOWN}.")
    printed = data.get("walk", Data())
    return Fact(
        f"Laadvraag op loopafstand: {estimated_kwh(demand_kwh)} per jaar (schatting).", printed.label, printed.on
    )
