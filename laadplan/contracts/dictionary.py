"""The data dictionary: every column of every frame and layer with its meaning, unit, source and what empty means.

In: the contracts. Out: one row per column. The docs page, ``laadplan columns`` and the sheet with explanations in the
plankaart are made from it.
"""

from collections.abc import Iterable

import pandas as pd

from laadplan.contracts import (
    choosing,
    demand,
    figures,
    grid,
    ground,
    homes,
    measured,
    monitoring,
    network,
    planning,
    published,
    reports,
    sources,
    street,
    use,
)
from laadplan.contracts.frame import Frame, Table

PUBLISHED = (
    "Sites",
    "Balances",
    "WhiteSpots",
    "Vakken",
    "Paalposities",
    "Laadpalen",
    "Beoordelingen",
    "Kandidaten",
    "Parkeervakken",
    "Stroken",
    "Criteria",
    "Isochrones",
    "Onbediend",
    "Grenzen",
    "AlternatievenPerLocatie",
    "Kromme",
    "LaadvraagBuurten",
    "ElektrischeAutos",
    "LaadvraagPunten",
    "Tekorten",
    "GebruikPerPaal",
    "DekkingVierkanten",
    "PubliekVermogen",
    "Laaddrukken",
    "GebruikWeken",
    "GebruikUren",
    "TeStarten",
)
"""Contracts whose columns leave the building, with Dutch meanings."""


ALL = (
    *(sources, ground, homes, figures, street, grid, use, network),
    *(demand, monitoring, planning, choosing, measured, published, reports),
)
"""Modules with contracts, in the order in which they are told of."""


def all_contracts() -> list[type[Table]]:
    """Every contract, in the order in which it is defined: sources, planning, published."""
    found: dict[str, type[Table]] = {}
    for module in ALL:
        for name, value in vars(module).items():
            if isinstance(value, type) and issubclass(value, Table) and value not in (Table, Frame):
                found.setdefault(name, value)
    return list(found.values())


def describe(contracts: Iterable[type[Table]]) -> pd.DataFrame:
    """One row per column: ``frame, column, meaning, unit, source, empty, type``."""
    return pd.DataFrame([row for contract in contracts for row in _rows(contract)])


def _rows(contract: type[Table]) -> list[dict[str, str]]:
    schema = contract.to_schema()
    parts = [(contract.index_name(), schema.index), *schema.columns.items()]
    return [
        {
            "frame": contract.__name__,
            "column": name,
            "meaning": part.description or "",
            "unit": part.metadata["unit"],
            "source": part.metadata["source"],
            "empty": part.metadata["empty"] or "never empty",
            "type": str(part.dtype),
        }
        for name, part in parts
    ]
