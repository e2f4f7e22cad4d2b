"""What stands in each block of a quarter of the demo town.

In: the blocks of a cell by their place (band, place in the band) with their lengths and sides. Out: a kind per block.
"""

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from laadplan.demo.model import Cell, Side

Spot = tuple[int, int]

_MIXTURES: dict[str, dict[str, float]] = {
    "centrum": {"centrum": 1.0},
    "vooroorlogs": {"gesloten bouwblok": 0.93, "appartementen": 0.07},
    "naoorlogs": {
        "rijwoningen": 0.5,
        "portiekflats": 0.22,
        "rijwoningen met oprit": 0.14,
        "twee-onder-een-kap": 0.1,
        "park": 0.04,
    },
    "bloemkool": {"hof": 0.5, "rijwoningen": 0.12, "rijwoningen met oprit": 0.22, "twee-onder-een-kap": 0.16},
    "nieuwbouw": {
        "rijwoningen": 0.26,
        "rijwoningen met oprit": 0.38,
        "twee-onder-een-kap": 0.22,
        "vrijstaand": 0.08,
        "appartementen": 0.06,
    },
    "dorp": {
        "lint": 0.3,
        "rijwoningen": 0.26,
        "twee-onder-een-kap": 0.26,
        "rijwoningen met oprit": 0.12,
        "vrijstaand": 0.06,
    },
    "bedrijven": {"bedrijven": 1.0},
    "landelijk": {"weiland": 0.84, "sportvelden": 0.06, "volkstuinen": 0.04, "stadspark": 0.06},
}
"""Shares of the kinds of block per kind of quarter."""

_SPECIALS: dict[str, tuple[str, ...]] = {
    "centrum": ("plein",),
    "vooroorlogs": ("park", "school"),
    "naoorlogs": ("flats", "winkels", "school", "flats"),
    "bloemkool": ("park", "school"),
    "nieuwbouw": ("park", "school", "appartementen"),
    "dorp": ("plein", "winkels", "school"),
}
"""What a quarter has once, in this order of importance: as many as one in three blocks."""

_LONG_ENOUGH_M = 78.0
"""A block shorter than this has no room for a special."""

_FIRST_IN_MIDDLE = ("centrum", "dorp")
_FARM_SHARE = 0.5


def choose_kinds(
    cell: Cell,
    lengths: Mapping[Spot, float],
    wet: Collection[Spot],
    sides: Mapping[Spot, Sequence[Side]],
    random: np.random.Generator,
) -> dict[Spot, str]:
    """The kind of each block of a cell: water in the thin bands, what a quarter has once, a mixture for the rest."""
    mixture = _MIXTURES[cell.kind]
    kinds = {spot: str(random.choice(list(mixture), p=list(mixture.values()))) for spot in lengths}
    kinds |= dict.fromkeys(wet, "kanaal")
    dry = [spot for spot in lengths if spot not in wet]
    for kind, spot in zip(_SPECIALS.get(cell.kind, ()), _special_spots(cell, dry, lengths, random), strict=False):
        kinds[spot] = kind
    if cell.kind == "landelijk":
        _place_farms(kinds, dry, sides, random)
    return kinds


def _special_spots(
    cell: Cell, dry: Sequence[Spot], lengths: Mapping[Spot, float], random: np.random.Generator
) -> list[Spot]:
    """Blocks for what a quarter has once, no two side by side; the square of a centre lies in its middle."""
    middle = np.mean(np.array(dry), axis=0)
    order = [dry[index] for index in random.permutation(len(dry)).tolist()]
    if cell.kind in _FIRST_IN_MIDDLE:
        first = min(dry, key=lambda spot: (abs(spot[0] - middle[0]) + abs(spot[1] - middle[1]), spot))
        order = [first, *(spot for spot in order if spot != first)]
    else:
        order = [spot for spot in order if lengths[spot] > _LONG_ENOUGH_M]
    taken: list[Spot] = []
    for spot in order:
        near = any(abs(spot[0] - other[0]) <= 1 and abs(spot[1] - other[1]) <= 1 for other in taken)
        if not near and len(taken) < len(dry) // 3:
            taken.append(spot)
    return taken


def _place_farms(
    kinds: dict[Spot, str], dry: Sequence[Spot], sides: Mapping[Spot, Sequence[Side]], random: np.random.Generator
) -> None:
    """Farms in meadows along a road; what needs a road and has none becomes a meadow (changes `kinds`)."""
    for spot in dry:
        has_road = any(side.street for side in sides[spot])
        if kinds[spot] == "weiland" and has_road and float(random.uniform()) < _FARM_SHARE:
            kinds[spot] = "boerderij"
        if not has_road:
            kinds[spot] = "weiland"
