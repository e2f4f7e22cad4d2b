"""Buurten and postcodes of the demo town, with figures as CBS and KiM publish them.

In: the blocks and the addresses. Out: ``Neighbourhood`` (EPSG:28992) and ``Postcode``. Figures are rounded as CBS does
(to 5), and suppressed where CBS would (fewer than 50 inhabitants: no figure on cars).
"""

from collections.abc import Sequence

import numpy as np
from shapely import MultiPolygon, Polygon

from laadplan.demo.model import Address, Block, Neighbourhood, Postcode
from laadplan.demo.names import neighbourhood_code
from laadplan.demo.people import QUARTERS
from laadplan.demo.shapes import Areal, join, polygons, subtract
from laadplan.demo.sizes import TOWN

SUPPRESSED_BELOW = 50
"""Inhabitants below which CBS gives no figure on cars in a buurt."""

ELECTRIC_SHARES = (0.014, 0.034, 0.047, 0.062)
"""Share of electric cars at the beginning of 2020, 2022, 2023 and 2024: of the order of KiM's for a small town."""

_CAR_FACTOR = {"Centrum": 0.8, "Noord": 1.05, "Zuid": 1.1, "Bedrijvenpark": 1.3, "Buitengebied": 1.4}
"""Cars per household in a buurt against the town's mean: fewer in a centre."""


def make_neighbourhoods(
    name: str, blocks: Sequence[Block], edge: Polygon, addresses: Sequence[Address], inhabitants: int
) -> tuple[Neighbourhood, ...]:
    """The buurten of the municipality, which tile it; inhabitants are shared out by dwellings."""
    total = sum(address.is_dwelling for address in addresses)
    built = join(block.polygon for block in blocks)
    made = []
    for serial, quarter in enumerate(QUARTERS, start=1):
        shape = _shape(quarter, blocks, edge, built)
        inside = [address for address in addresses if address.neighbourhood == quarter]
        households = sum(address.is_dwelling for address in inside)
        people = _to_five(inhabitants * households / total)
        rate = round(TOWN.cars_per_household * _CAR_FACTOR[quarter], 1)
        shown = people >= SUPPRESSED_BELOW
        made.append(
            Neighbourhood(
                code=neighbourhood_code(serial),
                name=f"{name}-{quarter}",
                polygon=shape,
                inhabitants=people,
                households=_to_five(households),
                cars=_to_five(households * rate) if shown else None,
                cars_per_household=rate if shown else None,
                addresses_per_km2=round(len(inside) / (shape.area / 1e6)),
            )
        )
    return tuple(made)


def _shape(quarter: str, blocks: Sequence[Block], edge: Polygon, built: Areal) -> MultiPolygon:
    """The ground of a buurt; the rim of the town is one of them."""
    if quarter == "Buitengebied":
        return MultiPolygon(polygons(subtract(edge, built)))
    return MultiPolygon(polygons(join(block.polygon for block in blocks if block.neighbourhood == quarter)))


def _to_five(value: float) -> int:
    """A figure rounded to 5, as CBS does."""
    return 5 * round(value / 5)


def make_postcodes(
    addresses: Sequence[Address], neighbourhoods: Sequence[Neighbourhood], seed: int
) -> tuple[Postcode, ...]:
    """The car stock of each PC4 that has dwellings, in order; a PC4 covers one buurt."""
    random = np.random.default_rng([seed, 2])
    made = []
    for pc4 in sorted({address.postcode[:4] for address in addresses}):
        inside = [address for address in addresses if address.postcode.startswith(pc4)]
        quarter = inside[0].neighbourhood
        area = next(place.polygon.area for place in neighbourhoods if place.name.endswith(quarter))
        factor = float(random.uniform(0.8, 1.25))
        made.append(
            Postcode(
                pc4=int(pc4),
                households=sum(address.is_dwelling for address in inside),
                area_km2=area / 1e6,
                cars_per_household=TOWN.cars_per_household * _CAR_FACTOR[quarter],
                electric_shares=tuple(round(share * factor, 6) for share in ELECTRIC_SHARES),
            )
        )
    return tuple(made)
