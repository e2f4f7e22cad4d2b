"""Which bays stand beside each other, and in what order along the kerb.

In: surfaces of single bays with how cars park in them. Out: rows of bays, in order, each with the direction of the kerb
at the bay. Bays are neighbours when they nearly touch, lie beside each other across the sides that cars do not drive in
over, and hardly turn; every bay has one neighbour at most on either hand, so that rows follow curves and never fork.
"""

from dataclasses import dataclass

import numpy as np
import shapely

GAP_M = 0.30
"""Bays further apart than this are not neighbours (m): as for the bays of one pole."""

TURN_DEG = 20.0
"""Neighbours turn no more than this from each other (degrees): haaks bays round a kerb of 8 m do."""

OFFSET_SHARE = 0.5
"""Neighbours lie no more than this share of their depth in front of or behind each other."""

APART_SHARE = 0.5
"""Middles of neighbours lie at least this share of their width apart along the kerb."""


@dataclass(frozen=True)
class Forms:
    """Bays as boxes: arrays over the bays, in m RD."""

    middle: np.ndarray
    along: np.ndarray
    """Unit vector along the kerb, of either sign; of schuin bays across the bay."""
    along_m: np.ndarray
    across_m: np.ndarray


@dataclass(frozen=True)
class Rows:
    """Rows of bays, one after another: arrays over the bays in that order."""

    bay: np.ndarray
    """Place of the bay among the bays that came in."""
    row: np.ndarray
    """Number of its row."""
    forward: np.ndarray
    """Unit vector along the kerb in the order of the row (n, 2)."""


def box_axes(surfaces: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Unit vector (n, 2) along the long side of the least box round each surface, and both sides (m)."""
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(surfaces)).reshape(-1, 5, 2)
    sides = np.diff(corners[:, :3], axis=1)
    size = np.hypot(sides[..., 0], sides[..., 1])
    longest = np.argmax(np.round(size, 2), axis=1)
    each = np.arange(len(surfaces))
    return sides[each, longest] / size[each, longest, None], size[each, longest], size[each, 1 - longest]


def forms(surfaces: np.ndarray, orientation: np.ndarray) -> Forms:
    """Bays as boxes, by their surfaces (m RD) and how cars park in them: langs, haaks or schuin."""
    long, length, width = box_axes(surfaces)
    langs = orientation == "langs"
    across = np.column_stack([-long[:, 1], long[:, 0]])
    return Forms(
        shapely.get_coordinates(shapely.centroid(surfaces)),
        np.where(langs[:, None], long, across),
        np.where(langs, length, width),
        np.where(langs, width, length),
    )


def in_rows(surfaces: np.ndarray, orientation: np.ndarray) -> Rows:
    """All bays in rows, in order along the kerb; the rows in order of their first bay among those that came in.

    Parameters
    ----------
    surfaces, orientation
        Polygons (m RD) and how cars park in them, in a fixed order: the order decides at which end a row begins.
    """
    shape = forms(surfaces, orientation)
    links = _links(surfaces, orientation, shape)
    bay, row = _walked(links)
    return Rows(bay, row, _forward(shape, orientation, bay, row))


def turned(rows: Rows, back: np.ndarray) -> Rows:
    """The rows with those for which ``back`` is true (per row) in the opposite order and direction."""
    each = np.arange(len(rows.row))
    place = np.where(back[rows.row], -each, each)
    order = np.lexsort((place, rows.row))
    sign = np.where(back[rows.row], -1.0, 1.0)[:, None]
    return Rows(rows.bay[order], rows.row[order], (rows.forward * sign)[order])


def _links(surfaces: np.ndarray, orientation: np.ndarray, shape: Forms) -> np.ndarray:
    """The neighbour of each bay on either hand (n, 2); -1 where there is none."""
    here, there = shapely.STRtree(surfaces).query(surfaces, predicate="dwithin", distance=GAP_M)
    apart = shape.middle[there] - shape.middle[here]
    turn = np.abs(np.sum(shape.along[here] * shape.along[there], axis=1))
    beside = _beside(shape, here, apart) & _beside(shape, there, apart)
    kept = (here != there) & (orientation[here] == orientation[there]) & beside
    kept &= turn >= np.cos(np.radians(TURN_DEG))
    here, there, apart = here[kept], there[kept], apart[kept]
    hand = (np.sum(apart * shape.along[here], axis=1) > 0).astype(int)
    return _mutual(here, there, hand, np.round(np.hypot(apart[:, 0], apart[:, 1]), 2), len(surfaces))


def _beside(shape: Forms, bay: np.ndarray, apart: np.ndarray) -> np.ndarray:
    along = np.abs(np.sum(apart * shape.along[bay], axis=1))
    across = np.sqrt(np.maximum(np.sum(apart**2, axis=1) - along**2, 0))
    return np.asarray((along >= APART_SHARE * shape.along_m[bay]) & (across <= OFFSET_SHARE * shape.across_m[bay]))


def _mutual(here: np.ndarray, there: np.ndarray, hand: np.ndarray, apart_m: np.ndarray, number: int) -> np.ndarray:
    """The nearest on each hand, where both are each other's."""
    order = np.lexsort((there, apart_m, hand, here))
    here, there, hand = here[order], there[order], hand[order]
    first = np.unique(2 * here + hand, return_index=True)[1]
    links = np.full((number, 2), -1)
    links[here[first], hand[first]] = there[first]
    other = links[links]  # the links of each neighbour; those of -1 are not looked at
    back = (other == np.arange(number)[:, None, None]).any(axis=2)
    return np.where(back, links, -1)


def _walked(links: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Bays from end to end of each row, and the number of the row; a ring begins at its first bay."""
    ends = np.flatnonzero((links >= 0).sum(axis=1) < 2)
    pairs = links.tolist()
    seen = [False] * len(pairs)
    bays: list[int] = []
    rows: list[int] = []
    number = 0
    for start in [*ends.tolist(), *range(len(pairs))]:
        if seen[start]:
            continue
        here = start
        while here >= 0:
            seen[here] = True
            bays.append(here)
            rows.append(number)
            here = next((each for each in pairs[here] if each >= 0 and not seen[each]), -1)
        number += 1
    return np.array(bays, dtype=int), np.array(rows, dtype=int)


def _forward(shape: Forms, orientation: np.ndarray, bay: np.ndarray, row: np.ndarray) -> np.ndarray:
    """Direction of the kerb at each bay, in the order of the row; of schuin bays from neighbour to neighbour."""
    middle, along = shape.middle[bay], shape.along[bay]
    same = np.concatenate([[False], row[1:] == row[:-1], [False]])[: len(row) + 1]
    each = np.arange(len(bay))
    chord = (
        middle[np.where(same[1:], each + 1, each).clip(max=len(bay) - 1)] - middle[np.where(same[:-1], each - 1, each)]
    )
    length = np.hypot(chord[:, 0], chord[:, 1])
    alone = length == 0
    canonical = np.where(np.round(along[:, 0], 6) != 0, along[:, 0], along[:, 1])
    sign = np.where(alone, np.sign(canonical), np.sign(np.sum(chord * along, axis=1)))
    straight = along * np.where(sign == 0, 1, sign)[:, None]
    slanting = (orientation[bay] == "schuin") & ~alone
    return np.asarray(np.where(slanting[:, None], chord / np.where(alone, 1, length)[:, None], straight))
