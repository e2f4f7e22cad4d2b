"""The short sides of blocks of terraces: public green with trees, a transformer house, a row of garages.

In: the ``Frontage`` of a block. Out: what is added to its ``Ground`` (EPSG:28992), and the strips of land taken by it.
"""

import numpy as np
import shapely

from laadplan.demo.frames import Frame, frame_on
from laadplan.demo.ground import GREEN, PLAYGROUND, Ground, note_driveway, street_sides
from laadplan.demo.kerb import Frontage
from laadplan.demo.land_sizes import TERRACE
from laadplan.demo.model import Building
from laadplan.demo.shapes import Areal, clip, free_stretch, strip_along, subtract

_HEADS = ("groen", "garages", "tuin")

_LEAST_LENGTH_M = 62.0
"""A shorter block has no room for green at its short sides."""


def lay_heads(ground: Ground, frontage: Frontage, random: np.random.Generator) -> list[Areal]:
    """Green or garages at the short sides that have a street (adds to `ground`); gives the strips of land taken."""
    strips: list[Areal] = []
    if frontage.land_line(0, 0.0).length < _LEAST_LENGTH_M:
        return strips
    for place in street_sides(frontage, (1, 3)):
        head = str(random.choice(_HEADS, p=TERRACE.head_shares))
        if head == "groen":
            strips.append(_green_head(ground, frontage, place, random))
        elif head == "garages":
            strips.append(_garage_head(ground, frontage, place, random))
    return strips


def _strip(frontage: Frontage, place: int, width: float) -> Areal:
    """The land within some metres of the footway of a side."""
    kerb = frontage.kerbs[place]
    return clip(strip_along(kerb.side.line, kerb.depth + width), frontage.land)


def _green_head(ground: Ground, frontage: Frontage, place: int, random: np.random.Generator) -> Areal:
    """Public green with a row of trees, now and then with a transformer house."""
    width = float(random.uniform(*TERRACE.head_green))
    strip = _strip(frontage, place, width)
    start, end, frame = _base(frontage, place, 0.0)
    if float(random.uniform()) < TERRACE.transformers and width > TERRACE.transformer[1] + 2.0:
        house = frame.box(2.0, 2.0 + TERRACE.transformer[0], 1.0, 1.0 + TERRACE.transformer[1])
        if strip.contains(house):
            ground.buildings.append(Building(house))
            start += 6.0
    count = int((end - start) / TERRACE.tree_spacing)
    places = start - _base(frontage, place, 0.0)[0] + TERRACE.tree_spacing * (np.arange(count) + 0.5)
    trees = shapely.points(frame.coordinates(places, width / 2))
    ground.trees += [tree for tree in np.atleast_1d(trees).tolist() if strip.contains(tree)]
    ground.cover(strip, GREEN, is_clear=True)
    return strip


def _garage_head(ground: Ground, frontage: Frontage, place: int, random: np.random.Generator) -> Areal:
    """A row of garages behind an apron, in green."""
    width, depth = TERRACE.garage
    strip = _strip(frontage, place, TERRACE.apron + depth + 0.6)
    start, end, frame = _base(frontage, place, TERRACE.apron)
    count = min(int(random.integers(*TERRACE.garages, endpoint=True)), int((end - start - 4.0) / width))
    if count < TERRACE.garages[0] // 2:
        return _green_head(ground, frontage, place, random)
    first = (end - start - count * width) / 2
    starts = first + np.arange(count) * width
    boxes = frame.boxes(starts, starts + width, 0.0, depth)
    fits = shapely.contains(strip, boxes)
    ground.buildings += [Building(box) for box in boxes[fits].tolist()]
    apron = frame.box(first, first + count * width, -TERRACE.apron - 1.0, 0.0)
    ground.cover(clip(apron, frontage.land), PLAYGROUND, is_clear=True)
    ground.cover(subtract(strip, apron), GREEN, is_clear=True)
    note_driveway(frontage, place, frame.point(first + count * width / 2, 0.0), min(count * width, 12.0))
    return strip


def _base(frontage: Frontage, place: int, inward_m: float) -> tuple[float, float, Frame]:
    """Stations and frame of the line some metres within the land of a side, as far as it lies on the land."""
    line = frontage.land_line(place, inward_m)
    start, end = free_stretch(line, frontage.land.buffer(0.02))
    return start, end, frame_on(line, start, max(end, start + 1.0))


