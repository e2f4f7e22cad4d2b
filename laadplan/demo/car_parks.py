"""Car parks and pockets of bays on the building land, away from the kerb.

In: a ``Frame`` whose base lies towards the street. Out: ``ParkingStrip`` and the road to it (EPSG:28992). A car park is
two rows of bays and an aisle between them in one surface, entered through the row nearest to the street; a pocket is
one row of bays on a piece of road.
"""

import numpy as np

from laadplan.demo.frames import Frame, points_at
from laadplan.demo.frontage import Frontage
from laadplan.demo.ground import ROAD, Ground, note_driveway
from laadplan.demo.model import ParkingStrip
from laadplan.demo.shapes import clip, subtract
from laadplan.demo.sizes import PARKING
from laadplan.demo.zones import DISABLED, PUBLIC

_ROAD_OVERLAP_M = 1.0
"""A road runs on this far under what it leads to, and is cut there."""

_POCKET_FIRST_M = 2.0
_POCKET_LAST_M = 1.0
"""A dead end begins so far before its first bay and runs on so far after its last."""


def add_car_park(
    ground: Ground, frontage: Frontage, place: int, frame: Frame, count: int, *, disabled: int = 0
) -> None:
    """A car park with `count` bays in its far row, its base on that of the frame, and its entry from the street of a
    side (adds to `ground` and the frontage); `disabled` bays beside the entry are kept for the disabled.
    """
    strip = _car_park(frame, count, disabled)
    entry = count // 2 * PARKING.across_width
    half = PARKING.entry_width / 2
    spot = frame.point(entry, 0.0)
    reach = spot.distance(frontage.kerbs[place].side.line) + _ROAD_OVERLAP_M
    road = clip(frame.box(entry - half, entry + half, -reach, _ROAD_OVERLAP_M), frontage.land)
    ground.cover(subtract(road, strip.polygon), ROAD, is_clear=True)
    ground.strips.append(strip)
    note_driveway(frontage, place, spot, PARKING.entry_width)


def _car_park(frame: Frame, count: int, disabled: int) -> ParkingStrip:
    """The bays of both rows, two left out at the entry, and the places for poles between two open ones."""
    width, far = PARKING.across_width, PARKING.car_park_depth
    entry = count // 2
    near_row = np.array([index for index in range(count) if index not in (entry - 1, entry)])
    is_near = np.concatenate([np.ones(near_row.size, bool), np.zeros(count, bool)])
    index = np.concatenate([near_row, np.arange(count)])
    near = np.where(is_near, 0.0, far - PARKING.across_depth)
    bays = frame.boxes(index * width, (index + 1) * width, near, near + PARKING.across_depth)
    first = np.flatnonzero(is_near & (index > entry))[:disabled]
    kept = np.isin(np.arange(index.size), first)
    pairs = (np.diff(index) == 1) & (is_near[:-1] == is_near[1:]) & ~kept[:-1] & ~kept[1:]
    left = np.where(is_near[:-1], -PARKING.pole_behind_bay, far + PARKING.pole_behind_bay)[pairs]
    places = points_at(frame.coordinates(index[1:][pairs] * width, left))
    return ParkingStrip(
        "parkeerterrein",
        frame.box(0.0, count * width, 0.0, far),
        tuple(bays.tolist()),
        tuple(places.tolist()),
        tuple(DISABLED if is_kept else PUBLIC for is_kept in kept.tolist()),
    )


def row_of_bays(frame: Frame, count: int) -> ParkingStrip:
    """Bays across, side by side on the base of a frame and to the left of it, with poles behind them."""
    index = np.arange(float(count))
    bays = frame.boxes(index * PARKING.across_width, (index + 1) * PARKING.across_width, 0.0, PARKING.across_depth)
    behind = PARKING.across_depth + PARKING.pole_behind_bay
    places = tuple(frame.point(at * PARKING.across_width, behind) for at in range(1, count))
    outline = frame.box(0.0, count * PARKING.across_width, 0.0, PARKING.across_depth)
    return ParkingStrip("haaks", outline, tuple(bays.tolist()), places, (PUBLIC,) * count)


def add_pocket(ground: Ground, frontage: Frontage, place: int, frame: Frame, count: int, *, is_left: bool) -> None:
    """A dead end from the street of a side straight into the block, with a row of bays at its left or right hand.

    The frame runs along the street, with the middle of the mouth of the road as its origin (adds to `ground` and the
    frontage).
    """
    half = PARKING.aisle / 2
    far = _POCKET_FIRST_M + count * PARKING.across_width
    road = clip(frame.box(-half, half, -_ROAD_OVERLAP_M, far + _POCKET_LAST_M), frontage.land)
    base = frame.moved(-half, _POCKET_FIRST_M).turned(1) if is_left else frame.moved(half, far).turned(3)
    ground.strips.append(row_of_bays(base, count))
    ground.cover(road, ROAD, is_clear=True)
    note_driveway(frontage, place, frame.point(0.0, 0.0), PARKING.entry_width)
