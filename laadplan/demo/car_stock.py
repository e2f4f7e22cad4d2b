"""Cars per PC4 as KiM delivers them: CSV with points, shares from 0 to 1.

In: the cells of a ``Town`` and the ``Figures`` of its quarters. Out: the text of the table, one row per PC4 with
dwellings, in order. What the demo does not model is of the order of the country's mean.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from laadplan.demo.charging import electric_share
from laadplan.demo.figures import HA_PER_KM2, YEAR, Figures
from laadplan.demo.model import Town

COLUMNS = (
    "pc4",
    "p_gasoline",
    "p_diesel",
    "p_electric",
    "p_hybrid",
    "beginning_2020",
    "beginning_2022",
    "beginning_2023",
    "beginning_2024",
    "avg_car_age",
    "p_cars_10y_older",
    "p_cars_first_owner",
    "p_cars_pre_owned",
    "cars_per_household",
    "yearly_km_household",
    "yearly_km_car",
    "p_company_car",
    "sharing_per_100_inhabitants",
    "cars_per_km2",
    "households_per_km2",
)
"""Columns of KiM's table, in its spelling and order, for which the demo has a figure."""

SHARE_YEARS = (2020, 2022, 2023, 2024)
"""Years of KiM's columns with the share of electric cars at the beginning of a year."""

_FUELS_YEAR = 2022
"""Year of KiM's columns with shares by fuel."""

_DIESEL = 0.07
_HYBRID = 0.03
_CAR_AGE_YEARS = 10.9
_TEN_YEARS_OR_OLDER = 0.52
_FIRST_OWNER = 0.31
_COMPANY_CAR = 0.09
_SHARED_PER_100_INHABITANTS = 0.05
_KM_PER_CAR = 11_800.0
"""Kilometres a car is driven in a year (CBS 2022, the Netherlands)."""


@dataclass(frozen=True)
class _Stock:
    """What is counted in the quarters of one PC4."""

    households: int
    cars: int
    electric_cars: int
    land_ha: float


def car_stock(town: Town, figures: Sequence[Figures]) -> str:
    """The text of the table; a PC4 without households is not in it."""
    rows = [
        ",".join(str(value) for value in _row(pc4, stock))
        for pc4, stock in _stocks(town, figures).items()
        if stock.households and stock.cars
    ]
    return "\n".join([",".join(COLUMNS), *rows]) + "\n"


def _stocks(town: Town, figures: Sequence[Figures]) -> dict[int, _Stock]:
    """Counts per PC4, in order."""
    inside: dict[int, list[Figures]] = {}
    for cell, each in zip(town.cells, figures, strict=True):
        inside.setdefault(cell.pc4, []).append(each)
    return {
        pc4: _Stock(
            households=sum(each.households for each in found),
            cars=sum(each.cars for each in found),
            electric_cars=sum(each.electric_cars for each in found),
            land_ha=sum(each.land_ha for each in found),
        )
        for pc4, found in sorted(inside.items())
    }


def _row(pc4: int, stock: _Stock) -> tuple[float, ...]:
    """The row of one PC4, in the order of `COLUMNS`."""
    cars_per_household = stock.cars / stock.households
    density = stock.households / (stock.land_ha / HA_PER_KM2)
    factor = stock.electric_cars / stock.cars / electric_share(YEAR)
    shares = tuple(round(min(electric_share(year) * factor, 1.0), 6) for year in SHARE_YEARS)
    electric = shares[SHARE_YEARS.index(_FUELS_YEAR)]
    return (
        pc4,
        round(max(1.0 - _DIESEL - _HYBRID - electric, 0.0), 6),
        _DIESEL,
        electric,
        _HYBRID,
        *shares,
        _CAR_AGE_YEARS,
        _TEN_YEARS_OR_OLDER,
        _FIRST_OWNER,
        round(1.0 - _FIRST_OWNER, 6),
        round(cars_per_household, 6),
        round(_KM_PER_CAR * cars_per_household, 1),
        _KM_PER_CAR,
        _COMPANY_CAR,
        _SHARED_PER_100_INHABITANTS,
        round(density * cars_per_household, 2),
        round(density, 2),
    )
