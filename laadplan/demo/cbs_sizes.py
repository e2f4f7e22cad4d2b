"""How people live in each kind of quarter, for the figures that CBS publishes of a buurt.

Orders of magnitude of the Kerncijfers wijken en buurten 2024 (CBS 85984NED) for buurten of that kind; they shape an
invented town and say nothing about a real one. Percentages, but for `value` in thousands of euros.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

MEN = 0.495
"""Share of men among the inhabitants (CBS 2024)."""

FIRMS_AT_HOME = 0.12
"""Firms per household that have no address of their own: most firms have one worker (order of CBS 2024)."""

MOTORCYCLES_PER_CAR = 0.075
"""CBS 2024: 0.7 million motorcycles against 9.1 million cars."""

OF_CORPORATION = 0.68
"""Share of rented dwellings that a woningcorporatie owns (CBS 2024: about two thirds)."""

_PLAY = 0.13
"""Standard deviation, on a log scale, by which a share in one buurt differs from that of its kind."""

URBANITY = (2500.0, 1500.0, 1000.0, 500.0)
"""Addresses per square kilometre from which a region has urbanity class 1, 2, 3 and 4 (CBS)."""

DENSITY_CIRCLE_M = 1000.0
"""Radius around an address within which CBS counts others for the omgevingsadressendichtheid."""

_AGES = (
    "percentage_personen_0_tot_15_jaar",
    "percentage_personen_15_tot_25_jaar",
    "percentage_personen_25_tot_45_jaar",
    "percentage_personen_45_tot_65_jaar",
    "percentage_personen_65_jaar_en_ouder",
)
_STATES = ("percentage_ongehuwd", "percentage_gehuwd", "percentage_gescheid", "percentage_verweduwd")
_ORIGINS = (
    "percentage_met_herkomstland_nederland",
    "percentage_met_herkomstland_uit_europa_excl_nl",
    "percentage_met_herkomstland_buiten_europa",
)
_HOUSEHOLDS = (
    "percentage_eenpersoonshuishoudens",
    "percentage_huishoudens_zonder_kinderen",
    "percentage_huishoudens_met_kinderen",
)


@dataclass(frozen=True)
class Living:
    """Ages, marital states, origins and households in percentages, in CBS's order of columns."""

    ages: tuple[float, ...]
    states: tuple[float, ...]
    origins: tuple[float, ...]
    households: tuple[float, ...]
    single_family: float
    """Dwellings that are a building of their own."""
    value: float
    """Mean WOZ value, thousands of euros."""

    @cached_property
    def shares(self) -> dict[str, dict[str, float]]:
        """Percentages by column, for people and for households."""
        people = zip((*_AGES, *_STATES, *_ORIGINS), (*self.ages, *self.states, *self.origins), strict=True)
        return {"people": dict(people), "households": dict(zip(_HOUSEHOLDS, self.households, strict=True))}


LIVING: dict[str, Living] = {
    "centrum": Living((8, 17, 36, 21, 18), (64, 24, 9, 3), (70, 13, 17), (62, 25, 13), 14, 330),
    "vooroorlogs": Living((13, 13, 38, 23, 13), (62, 27, 8, 3), (68, 13, 19), (51, 25, 24), 34, 370),
    "naoorlogs": Living((15, 12, 27, 23, 23), (50, 35, 10, 5), (66, 9, 25), (45, 25, 30), 45, 275),
    "bloemkool": Living((16, 12, 24, 27, 21), (45, 43, 8, 4), (76, 8, 16), (32, 29, 39), 88, 340),
    "nieuwbouw": Living((22, 12, 30, 26, 10), (49, 43, 6, 2), (74, 9, 17), (23, 24, 53), 82, 450),
    "dorp": Living((16, 12, 21, 28, 23), (43, 46, 6, 5), (89, 6, 5), (28, 34, 38), 93, 420),
    "bedrijven": Living((14, 12, 28, 30, 16), (48, 42, 7, 3), (80, 9, 11), (36, 30, 34), 78, 480),
    "landelijk": Living((16, 13, 19, 32, 20), (42, 50, 5, 3), (92, 5, 3), (22, 35, 43), 99, 560),
}
"""Living per kind of quarter (keys of ``plan_sizes.QUARTERS``)."""


def living_in(kind: str, seed: Sequence[int]) -> Living:
    """How people live in one quarter of a kind: shares differ a little from one quarter to the next."""
    random = np.random.default_rng(list(seed))
    usual = LIVING[kind]
    ages, states, origins, households = (
        _varied(shares, random) for shares in (usual.ages, usual.states, usual.origins, usual.households)
    )
    single = usual.single_family + (100 - usual.single_family) * _PLAY * float(random.uniform(-1.0, 1.0))
    return Living(ages, states, origins, households, single, usual.value * float(random.lognormal(0.0, _PLAY / 2)))


def _varied(shares: Sequence[float], random: np.random.Generator) -> tuple[float, ...]:
    """Shares varied by chance that add up to 100 again."""
    made = np.array(shares) * random.lognormal(0.0, _PLAY, len(shares))
    return tuple(float(share) for share in 100 * made / made.sum())
