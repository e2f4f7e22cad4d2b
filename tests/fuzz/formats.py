"""All formats that are fuzzed, from the families."""

from tests.fuzz import (
    formats_grid,
    formats_ground,
    formats_homes,
    formats_network,
    formats_street,
    formats_tables,
    formats_use,
)
from tests.fuzz.format import Format
from tests.fuzz.harness import Summary, fuzz

FORMATS: tuple[Format, ...] = (
    *formats_ground.FORMATS,
    *formats_homes.FORMATS,
    *formats_tables.FORMATS,
    *formats_street.FORMATS,
    *formats_grid.FORMATS,
    *formats_use.FORMATS,
    *formats_network.FORMATS,
)


def fuzz_named(name: str, numbers: range) -> Summary:
    """By name: what makes a seed cannot go from one process to another."""
    return fuzz(next(each for each in FORMATS if each.name == name), numbers)
