"""Types of dwellings: rows laid out by hand, and the shares of a whole town."""

from collections import Counter
from dataclasses import replace

from shapely import Point, box

from laadplan.demo.dwelling_types import TYPES, dwelling_types
from laadplan.demo.model import Address, Building, Quarter
from tests.demo.street_grid import make_quarter


def laid_out(*buildings: tuple[float, int]) -> Quarter:
    """Houses of 6 x 9 m by the place of their west side and their number of addresses."""
    walls = [Building(box(west, 0, west + 6, 9), bag_id=f"pand {west:g}") for west, _ in buildings]
    homes = [
        Address(f"{west:g}-{unit}", "Demo", 1, "", "6751AA", f"pand {west:g}", "woonfunctie", Point(west, 1), False)
        for west, units in buildings
        for unit in range(units)
    ]
    return replace(make_quarter(columns=0, rows=0), buildings=tuple(walls), addresses=tuple(homes))


def test_rows_by_hand() -> None:
    """A row of four with a shed, a pair, a house alone, and a pand with two homes."""
    quarter = laid_out((0, 1), (6, 1), (12, 1), (18, 1), (24, 0), (40, 1), (46, 1), (60, 1), (80, 2))

    assert dwelling_types(quarter) == {
        "0-0": "hoekwoning",
        "6-0": "tussenwoning",
        "12-0": "tussenwoning",
        "18-0": "hoekwoning",
        "40-0": "twee-onder-een-kap",
        "46-0": "twee-onder-een-kap",
        "60-0": "vrijstaand",
        "80-0": "appartement",
        "80-1": "appartement",
    }


def test_all_dwellings_of_a_town_have_a_type(quarters: list[Quarter]) -> None:
    found = [dwelling_types(quarter) for quarter in quarters]

    homes = [address.number_id for quarter in quarters for address in quarter.addresses if address.is_dwelling]
    assert [number for each in found for number in each] == homes
    assert set(Counter(kind for each in found for kind in each.values())) == set(TYPES)


def test_no_dwellings_have_no_types() -> None:
    assert dwelling_types(make_quarter(columns=0, rows=0)) == {}
