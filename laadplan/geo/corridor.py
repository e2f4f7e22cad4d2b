"""The length over which a walkway past a place is narrower than so much.

In: places with a direction across the walkway. Out: metres along it, per width asked for. The walkway is followed from
the place to either side in steps, each in line with the kerb there, so that a bend is followed. Across the walkway,
at right angles to the kerb, a **section** holds the stretches between the walls and the islands in it; its width is
that of the widest stretch. The length is that of the unbroken run of sections narrower than asked for that holds the
place itself:

    length(w) = a + b,  a and b the least distances, to the left and to the right, to a section of at least w

No sampling: between two corners the stretches of a section change linearly, so that the first section that is wide
enough is found exactly. The run also ends where the walkway ends, turns by more than 45 degrees at once, or has been
followed as far as was asked for.
"""

from dataclasses import dataclass, fields, replace

import numpy as np
import shapely

from laadplan.geo.passage import Pieces, clipped, nearby, placed
from laadplan.geo.section import Sections, Stretches, cut_sections, cut_stretches, followed_groups
from laadplan.geo.walkway import EXACT_M, Walkway

STEP_M = 2.5
"""The walkway is followed in steps of so much (m): on a bend of 20 m a section is then at most 4 degrees askew."""

HALF_SECTION_M = 6.0
"""A section is looked at so far to either side (m): room for twice the widest norm (1.80 m) and a kiosk between."""

KERB_WITHIN_M = 2.5
"""Edges of the kerb side at most so far on the near side of what is followed give the direction (m)."""

BEFORE_KERB_M = 0.75
"""And at most so far on its other side (m): a pole in a verge stands before the walkway."""

KERB_TURN = np.cos(np.pi / 4)
"""Least cosine between the kerb and the direction followed so far (45 degrees)."""

CENTIMETRE_M = 0.01
"""Widths are judged in centimetres (m), as they are printed."""

CHUNK = 20_000
"""Places followed at once, so that memory does not grow with their number."""


@dataclass(frozen=True)
class Walkers:
    """Where the followers of a walkway are: one per place and side.

    Attributes
    ----------
    at
        Coordinates (n, 2) in m RD.
    angle
        Direction straight across (n), radians from east.
    part
        Piece of the walkway (n).
    side
        1 to the right, -1 to the left (n).
    block_m
        Half the width of what stands at the place (n); 0 further on.
    width_m
        Width to pass what stands there (n).
    """

    at: np.ndarray
    angle: np.ndarray
    part: np.ndarray
    side: np.ndarray
    block_m: np.ndarray
    width_m: np.ndarray

    def pick(self, rows: np.ndarray) -> "Walkers":
        """The walkers of these rows."""
        return Walkers(*(getattr(self, each.name)[rows] for each in fields(self)))


def narrow_length(
    walkway: Walkway,
    places: np.ndarray,
    angle: np.ndarray,
    part: np.ndarray,
    block_m: np.ndarray,
    width_m: np.ndarray,
    *,
    widths_m: tuple[float, ...],
    within_m: float,
) -> np.ndarray:
    """Length (m) of walkway past each place that is narrower than each width: (n, number of widths).

    Parameters
    ----------
    walkway
        The free walkway.
    places
        Coordinates (n, 2) in m RD.
    angle
        Direction straight across the walkway (n), in radians from east, anticlockwise.
    part
        Piece of the walkway that each place is on or at (n).
    block_m
        At each place stands a square of twice this width (n).
    width_m
        Width to pass it (n), see `laadplan.geo.passage`: the walkway is no wider along that square.
    widths_m
        Widths asked for, from narrow to wide.
    within_m
        The walkway is followed so far to either side: no length is more than twice this.
    """
    found = np.zeros((len(places), len(widths_m)))
    for rows in np.array_split(np.arange(len(places)), max(1, -(-len(places) // CHUNK))):
        for side in (-1, 1):
            sides = np.full(len(rows), side)
            walkers = Walkers(places[rows], angle[rows], part[rows], sides, block_m[rows], width_m[rows])
            found[rows] += _followed(walkway, walkers, np.array(widths_m), within_m)
    return found


def _followed(walkway: Walkway, walkers: Walkers, widths_m: np.ndarray, within_m: float) -> np.ndarray:
    """Length (m) per walker and width until the walkway is wide enough or ends."""
    length = np.zeros((len(walkers.side), len(widths_m)))
    rows, going = np.arange(len(walkers.side)), np.ones(length.shape, dtype=bool)
    gone = 0.0
    while len(rows) and gone < within_m - EXACT_M:
        step = min(STEP_M, within_m - gone)
        narrow, walkers = _step(walkway, walkers, widths_m, step)
        length[rows] += np.where(going, narrow, 0.0)
        going &= narrow >= step - EXACT_M
        on = going.any(axis=1)
        rows, going, walkers = rows[on], going[on], walkers.pick(np.flatnonzero(on))
        gone += step
    return length


def _step(walkway: Walkway, walkers: Walkers, widths_m: np.ndarray, step: float) -> tuple[np.ndarray, Walkers]:
    """Length (m) in this step until wide enough, per walker and width; and the walkers at the end of the step."""
    pieces, walkers = _in_line(walkway, walkers, step)
    sections = cut_sections(pieces, walkers.block_m, step)
    stretches = cut_stretches(pieces, walkway.is_island, sections, HALF_SECTION_M)
    stretches = stretches.join(_open_ground(walkway, walkers, stretches, sections))
    group = followed_groups(stretches, len(sections.walker))
    stretches = stretches.pick(np.flatnonzero(group[stretches.section] == stretches.group))
    narrow = np.full((len(walkers.side), len(widths_m)), step)
    for number, width_m in enumerate(widths_m):
        _note_wide(narrow[:, number], stretches, sections, walkers, width_m - CENTIMETRE_M / 2)
        ended = group < 0
        np.minimum.at(narrow[:, number], sections.walker[ended], sections.begin[ended])
    return narrow, _moved(walkers, stretches, sections, step)


def _in_line(walkway: Walkway, walkers: Walkers, step: float) -> tuple[Pieces, Walkers]:
    """The edges within this step, in frames that are in line with the kerb; and the walkers so turned."""
    reach = np.hypot(step, HALF_SECTION_M)
    corners = walkers.at[:, None, :] + np.array([[-reach, -reach], [reach, reach]])
    pieces = _mirrored(nearby(walkway, corners, walkers.at, walkers.angle, walkers.part), walkers.side)
    turn = _kerb_turn(pieces, walkway.is_island, len(walkers.side), step)
    cosine, sine = np.cos(turn)[pieces.place], np.sin(turn)[pieces.place]
    begin, end = (
        np.column_stack([xy[:, 0] * cosine + xy[:, 1] * sine, xy[:, 1] * cosine - xy[:, 0] * sine])
        for xy in (pieces.begin, pieces.end)
    )
    limits = [(-1.0, 0.0, 0.0), (1.0, 0.0, step), (0.0, 1.0, HALF_SECTION_M), (0.0, -1.0, HALF_SECTION_M)]
    aligned = clipped(Pieces(pieces.place, pieces.edge, begin, end), limits)
    return aligned, replace(walkers, angle=walkers.angle + walkers.side * turn)


def _mirrored(pieces: Pieces, side: np.ndarray) -> Pieces:
    """Pieces with s counted from the place outwards, the free surface still on their left."""
    left = (side[pieces.place] < 0)[:, None]
    flip = np.array([-1.0, 1.0])
    begin = np.where(left, pieces.end * flip, pieces.begin)
    return Pieces(pieces.place, pieces.edge, begin, np.where(left, pieces.begin * flip, pieces.end))


def _kerb_turn(pieces: Pieces, is_island: np.ndarray, number: int, step: float) -> np.ndarray:
    """Angle (radians) from each walker's direction to that of the kerb: the median along the kerb; 0 without one."""
    run = pieces.end - pieces.begin
    kerb = ~is_island[pieces.edge] & (run[:, 0] >= KERB_TURN * np.hypot(run[:, 0], run[:, 1])) & (run[:, 0] > 0)
    limits = [(-1.0, 0.0, 0.0), (1.0, 0.0, step), (0.0, 1.0, BEFORE_KERB_M), (0.0, -1.0, KERB_WITHIN_M)]
    kerbs = clipped(pieces.pick(np.flatnonzero(kerb)), limits)
    run = kerbs.end - kerbs.begin
    length, angle = np.hypot(run[:, 0], run[:, 1]), np.arctan2(run[:, 1], run[:, 0])
    real = length > EXACT_M
    return _weighted_median(kerbs.place[real], angle[real], length[real], number)


def _weighted_median(group: np.ndarray, value: np.ndarray, weight: np.ndarray, number: int) -> np.ndarray:
    """Per group the value at which half of the weight is reached; 0 for a group without values."""
    order = np.lexsort((value, group))
    group, value, weight = group[order], value[order], weight[order]
    total = np.bincount(group, weight, minlength=number)
    before = np.concatenate([[0.0], np.cumsum(total)[:-1]])[group]
    half = np.cumsum(weight) - before >= total[group] / 2 - EXACT_M
    first = half & np.r_[True, ~(half[:-1] & (group[1:] == group[:-1]))][: len(group)]
    median = np.zeros(number)
    median[group[first]] = value[first]
    return median


def _open_ground(walkway: Walkway, walkers: Walkers, stretches: Stretches, sections: Sections) -> Stretches:
    """One stretch as wide as is looked at for each section without any edge that lies on the walkway."""
    bare = np.flatnonzero(np.bincount(stretches.section, minlength=len(sections.walker)) == 0)
    walker = sections.walker[bare]
    middle = walkers.side[walker] * (sections.begin[bare] + sections.end[bare]) / 2
    frame = np.column_stack([middle, np.zeros(len(bare))])[:, None, :]
    xy = placed(frame, walkers.at[walker], walkers.angle[walker])[:, 0, :]
    on_it = shapely.intersects_xy(walkway.parts[walkers.part[walker]], xy[:, 0], xy[:, 1])
    return Stretches.whole(bare[on_it], HALF_SECTION_M)


def _note_wide(narrow: np.ndarray, stretches: Stretches, sections: Sections, walkers: Walkers, width_m: float) -> None:
    """Lowers the length per walker to where the first of its stretches is so wide."""
    begin, end = sections.begin[stretches.section], sections.end[stretches.section]
    walker = sections.walker[stretches.section]
    at_place = end <= walkers.block_m[walker] + EXACT_M
    block = np.where(at_place, walkers.block_m[walker], 0.0)
    narrowed = at_place & (walkers.width_m[walker] < width_m)
    for below in (True, False):
        at_begin, at_end = stretches.lengths(block, below=below)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(at_begin >= width_m, 0.0, (width_m - at_begin) / (at_end - at_begin))
        wide = ((at_begin >= width_m) | (at_end >= width_m)) & ~narrowed
        np.minimum.at(narrow, walker[wide], (begin + share * (end - begin))[wide])


def _moved(walkers: Walkers, stretches: Stretches, sections: Sections, step: float) -> Walkers:
    """The walkers at the end of the step, halfway between the outermost edges of the section there."""
    last = sections.end[stretches.section] >= step - EXACT_M
    walker = sections.walker[stretches.section[last]]
    low, high = np.full(len(walkers.side), np.inf), np.full(len(walkers.side), -np.inf)
    np.minimum.at(low, walker, stretches.low[last, 1])
    np.maximum.at(high, walker, stretches.high[last, 1])
    low, high = np.where(np.isfinite(low), low, 0.0), np.where(np.isfinite(high), high, 0.0)
    middle = (low + high) / 2
    frame = np.column_stack([walkers.side * step, middle])
    at = placed(frame[:, None, :], walkers.at, walkers.angle)[:, 0, :]
    return replace(walkers, at=at, block_m=np.zeros(len(walkers.side)))
