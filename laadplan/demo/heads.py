"""The short sides of blocks of terraces: public green with trees, a transformer house, a row of garages.

In: the ``Frontage`` of a block. Out: what is added to its ``Ground`` (EPSG:28992), and the strips of land taken by it.
"""

import numpy as np
import shapely

from laadplan.demo.frames import Frame, frame_on, points_at
from laadplan.demo.frontage import Frontage
from laadplan.demo.ground import GREEN, PLAYGROUND, Ground, note_driveway, street_sides
from laadplan.demo.land_sizes import TERRACE
from laadplan.demo.model import Building
from laadplan.demo.shapes import Areal, clip, free_stretch, strip_along, subtract

_HEADS = ("groen", "garages", "tuin")

_TRANSFORMER_ALONG_M = (2.0, 2.0 + TERRACE.transformer[0])
_TRANSFORMER_EDGE_M = 2.0
_BEHIND_M = 0.6
_BESIDE_M = 4.0
"""Room behind garages, and at their sides together."""

_WIDEST_DRIVE_M = 12.0

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
    length, frame = _base(frontage, place, 0.0)
    start = 0.0
    if float(random.uniform()) < TERRACE.transformers and width > TERRACE.transformer[1] + _TRANSFORMER_EDGE_M:
        house = frame.box(*_TRANSFORMER_ALONG_M, 1.0, 1.0 + TERRACE.transformer[1])
        if strip.contains(house) and ground.has_room(np.array([house]), 0.0).all():
            ground.buildings.append(Building(house))
            start = _TRANSFORMER_ALONG_M[1]
    places = np.arange(start + TERRACE.tree_spacing / 2, length, TERRACE.tree_spacing)
    trees = points_at(frame.coordinates(places, width / 2))
    ground.trees += [tree for tree in trees.tolist() if strip.contains(tree)]
    ground.cover(strip, GREEN, is_clear=True)
    return strip


def _garage_head(ground: Ground, frontage: Frontage, place: int, random: np.random.Generator) -> Areal:
    """A row of garages behind an apron, in green."""
    width, depth = TERRACE.garage
    strip = _strip(frontage, place, TERRACE.apron + depth + _BEHIND_M)
    length, frame = _base(frontage, place, TERRACE.apron)
    count = min(int(random.integers(*TERRACE.garages, endpoint=True)), int((length - _BESIDE_M) / width))
    first = (length - count * width) / 2
    starts = first + np.arange(max(count, 0)) * width
    boxes = frame.boxes(starts, starts + width, 0.0, depth) if starts.size else np.empty(0, dtype=object)
    boxes = boxes[ground.has_room(boxes, 0.0)]
    if boxes.size < TERRACE.garages[0] // 2 or not shapely.contains(strip, boxes).all():
        return _green_head(ground, frontage, place, random)
    ground.buildings += [Building(box) for box in boxes.tolist()]
    apron = frame.box(first, first + count * width, -TERRACE.apron - 1.0, 0.0)
    ground.cover(clip(apron, frontage.land), PLAYGROUND, is_clear=True)
    ground.cover(subtract(strip, apron), GREEN, is_clear=True)
    middle = frame.point(first + count * width / 2, 0.0)
    note_driveway(frontage, place, middle, min(count * width, _WIDEST_DRIVE_M))
    return strip


def _base(frontage: Frontage, place: int, inward_m: float) -> tuple[float, Frame]:
    """Length and frame of the line some metres within the land of a side, as far as it lies on the land."""
    line = frontage.land_line(place, inward_m)
    start, end = free_stretch(line, frontage.land.buffer(0.02))
    return end - start, frame_on(line, start, max(end, start + 1.0))
