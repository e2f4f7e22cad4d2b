"""A block made by hand: four curved sides on RD coordinates, with the street that a test asks for on each."""

from collections.abc import Sequence

import numpy as np
from shapely import LineString, Polygon

from laadplan.demo.model import Block, Side, Street

SOUTH_WEST = (144_000.0, 508_000.0)
"""Corner of the block in RD New."""

STEP = 12.0
"""Vertices of a street lie about this far apart, in metres."""


def curved_block(
    kind: str = "rijwoningen",
    streets: Sequence[str | None] = ("woonstraat",) * 4,
    *,
    size: tuple[float, float] = (110.0, 65.0),
    skew: float = 6.0,
    bend: float = 3.0,
    index: int = 1,
) -> Block:
    """A block of `size` metres with its sides south, east, north, west; long sides bend by up to `bend` metres."""
    random = np.random.default_rng(index)
    wide, deep = size
    corners = np.array([(0, 0), (wide, 0.3 * skew), (wide + skew, deep), (0.5 * skew, deep - 0.4 * skew)])
    turn = float(random.uniform(0, 2 * np.pi))
    lines = []
    for place in range(4):
        height = bend * float(random.uniform(-1, 1)) * (1.0 if place % 2 == 0 else 0.4)
        lines.append(_turned(_arch(corners[place], corners[(place + 1) % 4], height), turn))
    named = [Street(f"Demo-Zijde{place}", street) if street else None for place, street in enumerate(streets)]
    sides = [
        Side(LineString(line), street, place < 2) for place, (line, street) in enumerate(zip(lines, named, strict=True))
    ]
    return Block(index, kind, Polygon(np.concatenate([line[:-1] for line in lines])), tuple(sides))


def _arch(start: np.ndarray, end: np.ndarray, height: float) -> np.ndarray:
    """Points from start to end along a bow of some height."""
    step = end - start
    length = float(np.hypot(*step))
    shares = np.linspace(0.0, 1.0, max(int(length / STEP), 2) + 1)
    normal = np.array([-step[1], step[0]]) / length
    return start + shares[:, None] * step + (height * np.sin(shares * np.pi))[:, None] * normal


def _turned(line: np.ndarray, turn: float) -> np.ndarray:
    """Points turned about the origin and laid down in RD New, on the millimetre grid."""
    cosine, sine = np.cos(turn), np.sin(turn)
    return np.round(line @ np.array([[cosine, sine], [-sine, cosine]]) + SOUTH_WEST, 3)
