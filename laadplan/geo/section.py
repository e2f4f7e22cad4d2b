"""Sections across a walkway: the stretches that can be walked, between two corners of its edges.

In: edges in the frame of who walks (s along, t across, the free surface on their left), clipped to one step. Out: the
step cut at every corner, and between two cuts the stretches, whose ends run straight from the one cut to the other.
"""

from dataclasses import dataclass

import numpy as np

from laadplan.geo.passage import Pieces
from laadplan.geo.walkway import EXACT_M

BESIDE_M = 1.0
"""A section belongs to the walkway that is followed when it lies no further aside than this (m)."""


@dataclass(frozen=True)
class Sections:
    """Cuts of steps, sorted: per section its walker, and where along the step it begins and ends (m)."""

    walker: np.ndarray
    begin: np.ndarray
    end: np.ndarray


@dataclass(frozen=True)
class Stretches:
    """Stretches across sections; ``low`` and ``high`` are t (n, 2) at the begin and the end of the section (m).

    Stretches of one ``group`` are parted by islands only. ``section`` is the number of the section.
    """

    section: np.ndarray
    group: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @classmethod
    def whole(cls, section: np.ndarray, half_m: float) -> "Stretches":
        """One stretch in each of the sections, so far to either side."""
        edge = np.full((len(section), 2), half_m)
        return cls(section, np.arange(len(section)), -edge, edge)

    def pick(self, rows: np.ndarray) -> "Stretches":
        """The stretches of these rows."""
        return Stretches(self.section[rows], self.group[rows], self.low[rows], self.high[rows])

    def join(self, others: "Stretches") -> "Stretches":
        """Both, groups kept apart."""
        beyond = int(self.group.max(initial=-1)) + 1
        return Stretches(
            np.concatenate([self.section, others.section]),
            np.concatenate([self.group, others.group + beyond]),
            np.concatenate([self.low, others.low]),
            np.concatenate([self.high, others.high]),
        )

    def lengths(self, block_m: np.ndarray, *, below: bool) -> tuple[np.ndarray, np.ndarray]:
        """Length (m) at begin and end, below or above what blocks t from -block_m to block_m; all of it where 0."""
        block = np.where(block_m > 0, block_m, -np.inf)[:, None]
        if below:
            length = np.where(np.isfinite(block), np.minimum(self.high, -block) - self.low, self.high - self.low)
        else:
            length = self.high - np.maximum(self.low, block)
        return np.maximum(length[:, 0], 0.0), np.maximum(length[:, 1], 0.0)


def cut_sections(pieces: Pieces, block_m: np.ndarray, step_m: float) -> Sections:
    """The steps of all walkers cut where an edge begins or ends, and where what stands at the place ends."""
    everyone = np.arange(len(block_m))
    walker = np.concatenate([everyone, everyone, everyone, pieces.place, pieces.place])
    fixed = [np.zeros(len(block_m)), np.minimum(block_m, step_m), np.full(len(block_m), step_m)]
    at = np.concatenate([*fixed, pieces.begin[:, 0], pieces.end[:, 0]])
    order = np.lexsort((at, walker))
    walker, at = walker[order], np.clip(at[order], 0.0, step_m)
    real = (walker[1:] == walker[:-1]) & (at[1:] - at[:-1] > EXACT_M)
    return Sections(walker[:-1][real], at[:-1][real], at[1:][real])


def cut_stretches(pieces: Pieces, is_island: np.ndarray, sections: Sections, half_m: float) -> Stretches:
    """What can be walked in each section, from wall or island to wall or island; at most ``half_m`` to either side."""
    row, section = _spans(pieces, sections)
    low, high = pieces.begin[row], pieces.end[row]
    slope = ((high[:, 1] - low[:, 1]) / (high[:, 0] - low[:, 0]))[:, None]
    places = np.column_stack([sections.begin[section], sections.end[section]])
    t = low[:, 1:] + (places - low[:, :1]) * slope
    order = np.lexsort((t.sum(axis=1), section))
    section, t, row = section[order], t[order], row[order]
    enters = (high[:, 0] > low[:, 0])[order]
    return _between(section, t, enters, is_island[pieces.edge[row]], half_m)


def followed_groups(stretches: Stretches, number: int) -> np.ndarray:
    """Per section the group of the stretch nearest to the line that is followed; -1 where none is near enough."""
    middle_low, middle_high = stretches.low.mean(axis=1), stretches.high.mean(axis=1)
    aside = np.maximum(np.maximum(middle_low, -middle_high), 0.0)
    order = np.lexsort((middle_low, aside, stretches.section))
    order = order[aside[order] <= BESIDE_M]
    section, first = np.unique(stretches.section[order], return_index=True)
    group = np.full(number, -1)
    group[section] = stretches.group[order[first]]
    return group


def _spans(pieces: Pieces, sections: Sections) -> tuple[np.ndarray, np.ndarray]:
    """Every pair of a piece and a section that it runs through: their numbers."""
    from_s = np.minimum(pieces.begin[:, 0], pieces.end[:, 0])
    to_s = np.maximum(pieces.begin[:, 0], pieces.end[:, 0])
    apart = sections.end.max(initial=0.0) + 1.0
    middles = sections.walker * apart + (sections.begin + sections.end) / 2
    first = np.searchsorted(middles, pieces.place * apart + from_s)
    count = np.searchsorted(middles, pieces.place * apart + to_s) - first
    row = np.repeat(np.arange(len(count)), count)
    return row, np.repeat(first - np.cumsum(count) + count, count) + np.arange(len(row))


def _between(section: np.ndarray, t: np.ndarray, enters: np.ndarray, of_island: np.ndarray, half_m: float) -> Stretches:
    """The stretches between edges that are sorted by section and t; ``enters`` where the free surface lies beyond."""
    edge = np.full((1, 2), half_m)
    same = np.r_[section[1:] == section[:-1], False] if len(section) else np.empty(0, dtype=bool)
    first = ~np.r_[False, same[:-1]] if len(section) else same
    closes = np.r_[~enters[1:], False] if len(section) else same
    above = np.r_[t[1:], edge]
    high = np.where((same & closes)[:, None], above, edge) if len(section) else np.empty((0, 2))
    opened = np.flatnonzero(enters)
    under = np.flatnonzero(first & ~enters)
    joins = np.r_[of_island[1:], False] & same & closes if len(section) else same
    rows = np.concatenate([opened, under])
    low = np.concatenate([t[opened], np.repeat(-edge, len(under), axis=0)])
    top = np.concatenate([high[opened], t[under]])
    from_island = np.concatenate([of_island[opened], np.zeros(len(under), dtype=bool)])
    to_island = np.concatenate([joins[opened], of_island[under]])
    order = np.lexsort((low.sum(axis=1), section[rows]))
    rows, low, top = rows[order], low[order], top[order]
    goes_on = (section[rows][1:] == section[rows][:-1]) & to_island[order][:-1] & from_island[order][1:]
    group = np.cumsum(np.r_[True, ~goes_on]) if len(rows) else np.empty(0, dtype=int)
    return Stretches(section[rows], group, low, top)
