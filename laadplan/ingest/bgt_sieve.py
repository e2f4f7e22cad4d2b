"""What is kept of a BGT delivery and what is lost by which rule, while it streams past.

In: objects as they are read. Out: those that exist today and touch the area; the losses go to a quality report in one
go at the end. Of each rule the first ids are kept, so that they can be looked up, and the others counted: history alone
is half of a delivery, and a country has millions.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import shapely

from laadplan.contracts.quality import Quality

HISTORY = "historie (eindRegistratie gevuld)"
PLANNED = "status plan: bestaat nog niet"
OUTSIDE = "buiten het gebied"
NO_SURFACE = "zonder vlak"
NO_SHAPE = "zonder geometrie"
PLAN = "plan"

MOST_IDS = 100_000
"""Ids kept per rule: some 10 MB, and more than anyone looks up."""


class Sieve:
    """Keeps what exists today and touches the area (m RD; None: everything), and counts the rest."""

    def __init__(self, area: shapely.Geometry | None) -> None:
        self.read = 0
        self._area = area
        self._lost: dict[str, list[str]] = {}
        self._more: dict[str, int] = {}
        if area is not None:
            shapely.prepare(area)

    def lose(self, rule: str, ids: Iterable[str | None]) -> None:
        """Notes objects dropped by a rule."""
        gone = [each or "" for each in ids]
        kept = self._lost.setdefault(rule, [])
        room = MOST_IDS - len(kept)
        kept += gone[:room]
        if len(gone) > room:
            self._more[rule] = self._more.get(rule, 0) + len(gone) - room

    def current(self, table: pd.DataFrame) -> pd.DataFrame:
        """The rows that are no history and no plan; columns ``local_id``, ``ended``, ``status``."""
        ended = table["ended"].fillna("").ne("").to_numpy(dtype=bool)
        planned = table["status"].eq(PLAN).to_numpy(dtype=bool) & ~ended
        self.lose(HISTORY, table["local_id"][ended])
        self.lose(PLANNED, table["local_id"][planned])
        return table[~ended & ~planned]

    def inside(self, table: pd.DataFrame, kinds: tuple[str, ...], without: str) -> pd.DataFrame:
        """The rows whose ``geometry`` is of one of the kinds (others are lost by the rule) and touches the area."""
        shape = table["geometry"].to_numpy(dtype=object)
        number = shapely.get_type_id(shape)
        wanted = np.isin(number, [shapely.GeometryType[kind.upper()].value for kind in kinds])
        wanted &= ~shapely.is_empty(shape)
        self.lose(without, table["local_id"][~wanted])
        if self._area is None:
            return table[wanted]
        touches = wanted & _touching(self._area, shape)
        self.lose(OUTSIDE, table["local_id"][wanted & ~touches])
        return table[touches]

    def report(self, quality: Quality) -> None:
        """Hands the numbers to the report."""
        quality.read = (quality.read or 0) + self.read
        for rule, ids in self._lost.items():
            quality.drop(rule, ids)
        for rule, number in self._more.items():
            quality.skip(rule, number)


def _touching(area: shapely.Geometry, shape: np.ndarray) -> np.ndarray:
    """Which shapes touch the area; all where one is so broken that it cannot be told: the contract refuses it."""
    try:
        return np.asarray(shapely.intersects(area, shape))
    except shapely.errors.GEOSException:
        return np.ones(len(shape), dtype=bool)
