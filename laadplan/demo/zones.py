"""What may lie between carriageway and footway in the demo town: chances per kind of block, and pieces along a kerb.

In: the kind of a block, its street, stretches of kerb as metres. Out: a zone for a side and, along it, pieces of bays
and green one after the other. Plain numbers only: ``strips`` turns them into ground.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TypeVar

import numpy as np

from laadplan.demo.model import Side
from laadplan.demo.sizes import BLOCK, PARKING, STREETS

Option = TypeVar("Option")
Interval = tuple[float, float]
Chances = tuple[float, float, float, float]

KINDS = ("langs", "haaks", "berm", "geen")
"""Bays along the kerb, bays across, a verge with trees, nothing."""

PUBLIC, DISABLED, LOADING = "openbaar", "gpp", "laden en lossen"

ZONES: dict[str, tuple[Chances, Chances]] = {
    "rijwoningen": ((0.54, 0.05, 0.29, 0.12), (0.25, 0.0, 0.27, 0.48)),
    "rijwoningen met oprit": ((0.25, 0.0, 0.75, 0.0), (0.35, 0.0, 0.3, 0.35)),
    "twee-onder-een-kap": ((0.25, 0.0, 0.45, 0.3), (0.25, 0.0, 0.3, 0.45)),
    "vrijstaand": ((0.08, 0.0, 0.6, 0.32), (0.08, 0.0, 0.4, 0.52)),
    "centrum": ((0.6, 0.0, 0.05, 0.35), (0.35, 0.0, 0.0, 0.65)),
    "gesloten bouwblok": ((0.7, 0.08, 0.05, 0.17), (0.55, 0.0, 0.05, 0.4)),
    "plein": ((0.6, 0.25, 0.15, 0.0), (0.3, 0.1, 0.0, 0.6)),
    "winkels": ((0.5, 0.25, 0.25, 0.0), (0.5, 0.1, 0.2, 0.2)),
    "school": ((0.35, 0.1, 0.55, 0.0), (0.25, 0.0, 0.45, 0.3)),
    "flats": ((0.1, 0.4, 0.5, 0.0), (0.3, 0.0, 0.5, 0.2)),
    "portiekflats": ((0.35, 0.28, 0.37, 0.0), (0.3, 0.0, 0.5, 0.2)),
    "appartementen": ((0.3, 0.1, 0.6, 0.0), (0.2, 0.0, 0.5, 0.3)),
    "hof": ((0.2, 0.02, 0.78, 0.0), (0.1, 0.0, 0.6, 0.3)),
    "park": ((0.4, 0.0, 0.6, 0.0), (0.2, 0.0, 0.5, 0.3)),
    "stadspark": ((0.45, 0.1, 0.45, 0.0), (0.3, 0.0, 0.6, 0.1)),
    "sportvelden": ((0.3, 0.2, 0.5, 0.0), (0.1, 0.0, 0.8, 0.1)),
    "volkstuinen": ((0.2, 0.1, 0.7, 0.0), (0.0, 0.0, 0.8, 0.2)),
    "bedrijven": ((0.4, 0.0, 0.6, 0.0), (0.2, 0.0, 0.6, 0.2)),
    "lint": ((0.18, 0.0, 0.57, 0.25), (0.1, 0.0, 0.5, 0.4)),
    "boerderij": ((0.0, 0.0, 1.0, 0.0), (0.0, 0.0, 1.0, 0.0)),
    "weiland": ((0.0, 0.0, 1.0, 0.0), (0.0, 0.0, 1.0, 0.0)),
    "kanaal": ((0.0, 0.0, 1.0, 0.0), (0.0, 0.0, 1.0, 0.0)),
}
"""Chance of each of `KINDS` along the long and along the short sides of a block, by its kind.

Chosen so that public bays per household of a quarter come out as Dutch counts do: about 0.4 to 0.6 before the war, 0.9
to 1.2 in quarters of 1950 to 1974, 0.6 to 0.9 in later ones and in villages, where many dwellings have a driveway.
"""

_INSTEAD: dict[str, dict[str, str]] = {
    "hoofdweg": {"haaks": "berm", "geen": "berm"},
    "wijkweg": {"haaks": "langs", "geen": "berm"},
    "smalle straat": {"haaks": "langs", "berm": "geen"},
    "bedrijfsweg": {"haaks": "langs"},
    "landweg": {"langs": "berm", "haaks": "berm", "geen": "berm"},
}
"""What a kind of street has instead of a zone that does not go with it."""

_BUSY = ("centrum", "plein", "winkels", "gesloten bouwblok")
"""Kinds of block where a main road has bays rather than a verge."""

_LOADING_STREETS = ("centrumstraat", "bedrijfsweg")


@dataclass(frozen=True)
class Piece:
    """A piece of a zone: bays between neighbouring `marks`, or green where there is no regime; `trees` stand in it.

    All places are metres along the kerb; `regimes` has one entry per bay.
    """

    marks: tuple[float, ...]
    regimes: tuple[str, ...] = ()
    trees: tuple[float, ...] = ()


def pick(random: np.random.Generator, options: Sequence[Option], chances: Sequence[float] = ()) -> Option:
    """One of the options, with equal chances where none are given."""
    if not chances:
        return options[int(random.integers(len(options)))]
    drawn = float(random.random()) * sum(chances)
    return next(
        (option for option, below in zip(options, accumulate(chances), strict=True) if drawn < below), options[-1]
    )


def choose_zone(kind: str, side: Side, *, is_short: bool, random: np.random.Generator) -> tuple[str, float]:
    """The zone along one side of a block of some kind, and its depth in metres."""
    zone = pick(random, KINDS, ZONES[kind][is_short])
    depths = {
        "langs": pick(random, PARKING.along_depth),
        "haaks": PARKING.across_depth,
        "berm": BLOCK.verge,
        "geen": 0.0,
    }
    if side.street is None:
        return zone, 0.0
    if side.street.kind == "hoofdweg" and kind in _BUSY and zone != "berm":
        return "langs", depths["langs"]
    zone = _INSTEAD.get(side.street.kind, {}).get(zone, zone)
    return zone, depths[zone]


def choose_footway(side: Side, zone_depth: float, random: np.random.Generator) -> float:
    """Width of the footway along a side; a woonerf has none, but for a strip behind its bays."""
    if side.street is None:
        return 0.0
    sizes = STREETS[side.street.kind]
    if side.street.kind == "woonerf":
        return PARKING.back_strip if zone_depth else 0.0
    return pick(random, sizes.footways) if sizes.footways else sizes.footway


def free_intervals(stretch: Interval, blocked: Sequence[Interval]) -> list[Interval]:
    """What remains of a stretch without the blocked intervals, in order.

    >>> free_intervals((0.0, 10.0), [(4.0, 5.0), (9.0, 12.0)])
    [(0.0, 4.0), (5.0, 9.0)]
    """
    free: list[Interval] = []
    start = stretch[0]
    for one, other in sorted(blocked):
        if one > start:
            free.append((start, min(one, stretch[1])))
        start = max(start, other)
    if start < stretch[1]:
        free.append((start, stretch[1]))
    return free


def merged(intervals: Sequence[Interval], gap: float) -> list[Interval]:
    """Intervals in order, those less than `gap` apart in one.

    >>> merged([(5.0, 6.0), (0.0, 2.0), (2.2, 3.0)], 0.5)
    [(0.0, 3.0), (5.0, 6.0)]
    """
    found: list[Interval] = []
    for start, end in sorted(intervals):
        if found and start < found[-1][1] + gap:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def green_along(stretch: Interval) -> list[Piece]:
    """One verge with a row of trees; none where there is hardly room."""
    start, end = stretch
    length = end - start
    if length < BLOCK.verge:
        return []
    count = int(length / BLOCK.tree_spacing)
    trees = tuple(start + length * (index + 0.5) / count for index in range(count))
    return [Piece((start, end), trees=trees)]


@dataclass(frozen=True)
class _Row:
    """How bays stand along a stretch of kerb: along or across it, their length on it, and most bays in a strip."""

    along: bool
    length: float
    most: int
    can_load: bool


def bays_along(stretch: Interval, zone: str, street: str, random: np.random.Generator) -> list[Piece]:
    """Strips of bays with a tree between every two, here and there a stretch of green."""
    along = zone == "langs"
    length = pick(random, PARKING.along_length) if along else PARKING.across_width
    most = int(random.integers(*(PARKING.along_most if along else PARKING.across_most)))
    row = _Row(along, length, most, along and street in _LOADING_STREETS)
    green_share = pick(random, PARKING.green_shares)
    pieces: list[Piece] = []
    start, end = stretch
    while end - start >= 2 * length:
        pieces.append(_strip(start, end - start, row, random))
        start = pieces[-1].marks[-1]
        if end - start < PARKING.tree_gap:
            break
        green = float(random.uniform(*PARKING.green_length)) if random.random() < green_share else PARKING.tree_gap
        pieces += _green(start, min(start + green, end))
        start = pieces[-1].marks[-1]
    return pieces


def _green(start: float, end: float) -> list[Piece]:
    """Green between two strips of bays, with one tree or a row."""
    return (
        green_along((start, end))
        if end - start > BLOCK.tree_spacing
        else [Piece((start, end), (), ((start + end) / 2,))]
    )


def _strip(start: float, room: float, row: _Row, random: np.random.Generator) -> Piece:
    """A strip of bays; one of them may be kept for the disabled, at an end, or two joined into one for loading."""
    count = min(row.most, int(room / row.length))
    lengths, regimes = [row.length] * count, [PUBLIC] * count
    loads, end = random.random() < PARKING.loading_share, pick(random, (0, -1))
    wider = 0.0 if row.along else PARKING.gpp_width - row.length
    if row.can_load and loads:
        lengths[:2], regimes[:2] = [2 * row.length], [LOADING]
    elif random.random() < PARKING.gpp_share * count and room >= count * row.length + wider:
        lengths[end] += wider
        regimes[end] = DISABLED
    marks = [start, *(start + metre for metre in accumulate(lengths))]
    return Piece(tuple(marks), tuple(regimes))
