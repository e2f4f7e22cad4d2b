"""Key figures of a region in CBS's columns: secret where they are small, rounded by chance, some not published yet.

In: an ``Area`` of cells with their figures. Out: the columns of one row. Thresholds are those of CBS's explanation of
the Kerncijfers wijken en buurten 2022-2024.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from laadplan.demo.cbs_sizes import FIRMS_AT_HOME, MEN, MOTORCYCLES_PER_CAR, OF_CORPORATION, Living
from laadplan.demo.figures import HA_PER_KM2, Figures
from laadplan.demo.model import Cell
from laadplan.demo.plan_sizes import QUARTERS

SECRET = -99997
"""CBS writes this where a figure is secret."""

UNPUBLISHED = -99995
"""CBS writes this where a figure is not, or not yet, known."""

UNPUBLISHED_COLUMNS = (
    "gemiddeld_inkomen_per_inkomensontvanger",
    "gemiddeld_inkomen_per_inwoner",
    "percentage_huishoudens_met_laag_inkomen",
    "gemiddeld_gasverbruik_totaal",
    "gemiddeld_elektriciteitsverbruik_totaal",
)
"""Columns that the first release of a year has no figures for."""

LEAST_PEOPLE = 50
"""Inhabitants below which shares of them are secret."""

_LEAST_COUNTED = 10
"""Inhabitants or households below which nothing that is derived from them is shown."""

_LEAST_HOUSEHOLDS = 50
"""Households below which cars per household are secret."""

_MOST_CARS = 2.5
"""Cars per household above which the figure is secret: lease firms spoil it."""

_LEAST_DWELLINGS = 20

_ROUNDED_TO = 5


@dataclass(frozen=True)
class Part:
    """A cell with its figures, how people live in it, and the density of addresses around its middle."""

    cell: Cell
    figures: Figures
    living: Living
    density: float


@dataclass(frozen=True)
class Area:
    """A region of one layer: its naming columns and the cells it consists of."""

    code: str
    names: dict[str, object]
    parts: tuple[Part, ...]

    def total(self, figure: Callable[[Figures], float]) -> float:
        """A figure of all cells together."""
        return sum(figure(part.figures) for part in self.parts)

    def mean(self, value: Callable[[Part], float], weight: Callable[[Figures], float]) -> float:
        """A value averaged over the cells by weight; plainly where all weights are nought."""
        values, weights = [value(part) for part in self.parts], [weight(part.figures) for part in self.parts]
        return float(np.average(values, weights=weights if sum(weights) else None))


def key_figures(area: Area, random: np.random.Generator) -> dict[str, object]:
    """The figures of one region, secret where CBS would keep them so."""
    return {
        **_people(area, random),
        **_households(area),
        **_dwellings(area, random),
        **dict.fromkeys(UNPUBLISHED_COLUMNS, UNPUBLISHED),
        **_firms_and_cars(area, random),
        **_ground(area),
    }


def _people(area: Area, random: np.random.Generator) -> dict[str, object]:
    people = area.total(lambda figures: figures.inhabitants)
    density = round(people / _land_km2(area))
    return {
        "bevolkingsdichtheid_inwoners_per_km2": _shown(density, people >= _LEAST_COUNTED),
        "aantal_inwoners": _rounded(people, random),
        "mannen": _rounded(MEN * people, random),
        "vrouwen": _rounded((1 - MEN) * people, random),
        **_shares(area, "people", people >= LEAST_PEOPLE),
    }


def _households(area: Area) -> dict[str, object]:
    people = area.total(lambda figures: figures.inhabitants)
    households = area.total(lambda figures: figures.households)
    is_shown = households >= _LEAST_COUNTED
    return {
        "aantal_huishoudens": _down(households),
        **_shares(area, "households", is_shown),
        "gemiddelde_huishoudsgrootte": float(_shown(round(people / max(households, 1), 1), is_shown)),
    }


def _dwellings(area: Area, random: np.random.Generator) -> dict[str, object]:
    """Dwellings, their value, and percentages of them by type and by who owns them."""
    dwellings = area.total(lambda figures: figures.dwellings)
    value, single, bought = (
        round(area.mean(of, lambda figures: figures.dwellings)) for of in (_value_of, _single_family_of, _bought_of)
    )
    corporation = round(OF_CORPORATION * (100 - bought))
    figures = {
        "gemiddelde_woningwaarde": value,
        "percentage_eengezinswoning": single,
        "percentage_meergezinswoning": 100 - single,
        "percentage_koopwoningen": bought,
        "percentage_huurwoningen": 100 - bought,
        "perc_huurwoningen_in_bezit_woningcorporaties": corporation,
        "perc_huurwoningen_in_bezit_overige_verhuurders": 100 - bought - corporation,
    }
    is_shown = dwellings >= _LEAST_DWELLINGS
    return {
        "woningvoorraad": _rounded(dwellings, random),
        **{name: _shown(figure, is_shown) for name, figure in figures.items()},
    }


def _value_of(part: Part) -> float:
    return part.living.value


def _single_family_of(part: Part) -> float:
    return part.living.single_family


def _bought_of(part: Part) -> float:
    return 100 * QUARTERS[part.cell.kind].owned


def _firms_and_cars(area: Area, random: np.random.Generator) -> dict[str, object]:
    people, households, cars, firms = (
        area.total(of)
        for of in (
            lambda figures: figures.inhabitants,
            lambda figures: figures.households,
            lambda figures: figures.cars,
            lambda figures: figures.firms,
        )
    )
    rate = cars / households if households else 0.0
    has_people, has_rate = people >= LEAST_PEOPLE, households >= _LEAST_HOUSEHOLDS and rate <= _MOST_CARS
    return {
        "aantal_bedrijfsvestigingen": _rounded(firms + FIRMS_AT_HOME * households, random),
        "personenautos_totaal": _shown(_rounded(cars, random), has_people),
        "personenautos_per_huishouden": float(_shown(round(rate, 1), has_rate)),
        "personenautos_per_km2": _shown(round(cars / _land_km2(area)), has_rate),
        "motortweewielers_totaal": _shown(_rounded(MOTORCYCLES_PER_CAR * cars, random), has_people),
    }


def _ground(area: Area) -> dict[str, object]:
    land, water = (round(area.total(of)) for of in (lambda figures: figures.land_ha, lambda figures: figures.water_ha))
    return {"oppervlakte_totaal_in_ha": land + water, "oppervlakte_land_in_ha": land, "oppervlakte_water_in_ha": water}


def _land_km2(area: Area) -> float:
    return max(area.total(lambda figures: figures.land_ha), 1.0) / HA_PER_KM2


def _shown(figure: float, is_shown: bool) -> float:
    return figure if is_shown else SECRET


def _down(count: float) -> int:
    """A count rounded down to 5: a small buurt never has more households than addresses."""
    return _ROUNDED_TO * int(count // _ROUNDED_TO)


def _rounded(count: float, random: np.random.Generator) -> int:
    """A count rounded to a multiple of 5 by chance, so that it is right on average: CBS's aselect afronden."""
    below = int(count // _ROUNDED_TO)
    return _ROUNDED_TO * (below + bool(random.random() < count / _ROUNDED_TO - below))


def _shares(area: Area, of: str, is_shown: bool) -> dict[str, float]:
    """Percentages of people or of households by column, each set of which adds up to about 100."""
    found = {}
    for column in area.parts[0].living.shares[of]:

        def share(part: Part, column: str = column) -> float:
            return part.living.shares[of][column]

        found[column] = _shown(round(area.mean(share, lambda figures: figures.households)), is_shown)
    return found
