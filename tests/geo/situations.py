"""Drawn situations: a pole, the walkway round it, and what is left of it by hand.

Metres on squared paper: the kerb is y = 0 and runs to the right, the pole's heart is (0, 0.5), away from the kerb is
up. The pole is 0.30 wide, so that its near side is y = 0.35 and its far side y = 0.65. Sections are judged in
centimetres: 1.795 is 1.80.
"""

from dataclasses import dataclass, field

import shapely
from shapely import Polygon, box

WINDOW_M = 25.0
POLE = shapely.Point(0.0, 0.5)


@dataclass(frozen=True)
class Situation:
    """What is drawn, the widths worked out by hand, and the sum."""

    name: str
    footways: list[Polygon]
    width_m: float
    narrow_m: tuple[float, float, float, float]
    """Length below 0.90, 1.20, 1.50 and 1.80 m."""
    sum: str
    obstacles: list[Polygon] = field(default_factory=list)
    walkway: str = "aangrenzend"
    beyond: bool = False
    gap: tuple[tuple[float, float], tuple[float, float]] | None = None
    """Ends of the gap that decides the width."""
    below_180: tuple[float, float] = (0.0, 0.0)
    """From where to where along the kerb the walkway is narrower than 1.80 m."""


def ring(inner: float, outer: float) -> Polygon:
    """A walkway round the point (0, -inner), so that its inner edge touches (0, 0)."""
    middle = shapely.Point(0.0, -inner)
    return middle.buffer(outer, quad_segs=256) - middle.buffer(inner, quad_segs=256)


NAN = float("nan")

SITUATIONS = [
    Situation(
        "recht trottoir",
        [box(-30, 0, 30, 2)],
        1.35,
        (0, 0, 0.30, 0.30),
        "2.00 - 0.65 = 1.35; narrower than 1.50 along the pole only: 0.30",
        gap=((0, 0.65), (0, 2)),
        below_180=(-0.15, 0.15),
    ),
    Situation(
        "bocht",
        [ring(20, 21.7)],
        1.05,
        (0, 0.30, 0.30, 50.0),
        "21.70 - 20.65 = 1.05; the walkway itself is 1.70: below 1.80 on all 2 x 25 m that are followed",
        gap=((0, 0.65), (0, 1.7)),
        below_180=(-25, 25),
    ),
    Situation(
        "taps toelopend",
        [Polygon([(-30, 0), (30, 0), (30, 0.2), (-30, 3.2)])],
        1.05,
        (0, 0.30, 0.30, 26.9),
        "facade y = 1.70 - x/20; (1.70 - 0.50) / sqrt(1 + 1/400) - 0.15 = 1.0485; "
        "1.70 - x/20 < 1.795 from x = -1.90 up to the 25.00 that are followed",
        gap=((0.01, 0.65), (0.06, 1.697)),
        below_180=(-1.9, 25),
    ),
    Situation(
        "lichtmast ertegenover",
        [box(-30, 0, 30, 3)],
        1.20,
        (0, 0, 0.30, 0.30),
        "before the post 1.60 - 0.65 = 0.95, behind it 3.00 - 1.80 = 1.20: the wider; along the pole: 0.30",
        [box(-0.1, 1.6, 0.1, 1.8)],
        gap=((0, 1.8), (0, 3)),
        below_180=(-0.15, 0.15),
    ),
    Situation(
        "bank",
        [box(-30, 0, 30, 3.5)],
        1.50,
        (0, 0, 0, 1.80),
        "before the bench 1.50 - 0.65 = 0.85, behind it 3.50 - 2.00 = 1.50; as long as the bench: 1.80",
        [box(-0.9, 1.5, 0.9, 2.0)],
        gap=((0, 2), (0, 3.5)),
        below_180=(-0.9, 0.9),
    ),
    Situation(
        "hoek van een pand",
        [Polygon([(-30, 0), (30, 0), (30, 1.6), (0.6, 1.6), (0.6, 3), (-30, 3)])],
        1.10,
        (0, 0.30, 0.30, 0.30),
        "corner (0.60, 1.60): sqrt(0.60^2 + 1.10^2) - 0.15 = 1.103; straight across it is 2.35, so only along the pole",
        gap=((0.072, 0.632), (0.6, 1.6)),
        below_180=(-0.15, 0.15),
    ),
    Situation(
        "paal in de berm",
        [box(-30, 0.9, 30, 2.5)],
        1.60,
        (0, 0, 0, 50.0),
        "the footway begins 0.40 behind the heart, the pole ends at 0.65 before it: 2.50 - 0.90 = 1.60 everywhere",
        gap=((0, 0.9), (0, 2.5)),
        below_180=(-25, 25),
    ),
    Situation(
        "te ver achter de berm",
        [box(-30, 1.2, 30, 2.5)],
        NAN,
        (NAN, NAN, NAN, NAN),
        "the footway begins 0.70 behind the heart, more than 0.60: n.v.t.",
        walkway="geen voetpad",
    ),
    Situation(
        "midden op een plein",
        [box(-20, -20, 20, 20)],
        9.85,
        (0, 0, 0, 0),
        "no wall within 10 m: at least 10.00 - 0.15 = 9.85",
        beyond=True,
    ),
    Situation(
        "twee vlakken",
        [box(-30, 0, 30, 1.2), box(-30, 1.23, 30, 2.4)],
        1.75,
        (0, 0, 0, 0.30),
        "a gap of 0.03 is closed: 2.40 - 0.65 = 1.75",
        gap=((0, 0.65), (0, 2.4)),
        below_180=(-0.15, 0.15),
    ),
    Situation(
        "versmalling ernaast",
        [box(-30, 0, 30, 2.5) - box(2, 1, 3, 2.5)],
        1.85,
        (0, 0, 0, 0),
        "2.50 - 0.65 = 1.85; the neck of 1.00 begins 2.00 further on and is not the pole's",
        gap=((0, 0.65), (0, 2.5)),
    ),
    Situation(
        "kiosk",
        [box(-30, 0, 30, 5)],
        1.70,
        (0, 0, 0, 3.0),
        "before it 1.30 - 0.65 = 0.65, behind it 5.00 - 3.30 = 1.70; as long as the kiosk: 3.00",
        [box(-1.5, 1.3, 1.5, 3.3)],
        gap=((0, 3.3), (0, 5)),
        below_180=(-1.5, 1.5),
    ),
    Situation(
        "voetpad eindigt bij de paal",
        [box(-30, 0, 0.2, 1.7)],
        1.05,
        (0, 0.30, 0.30, 25.2),
        "1.70 - 0.65 = 1.05: the end is no wall; 1.70 wide on 25.00 to the left and 0.20 to the right",
        gap=((0, 0.65), (0, 1.7)),
        below_180=(-25, 0.2),
    ),
]
