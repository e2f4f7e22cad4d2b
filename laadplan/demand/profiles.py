"""The course of a week: how busy each of its 168 hours is, of poles that alone tell too little.

In: connected and observed hours per group and hour of the week. Out: occupancy per group and hour, with its variance.

Hard decision: the busiest of 168 noisy hours is busier by luck than it is by nature. So the course of a group is drawn
towards that of the greater group it lies in (empirical Bayes), and the hour is chosen afterwards. A pole leans on its
area, an area on the municipality, the municipality on workdays, Saturdays and Sundays.

Formula
-------
``E = level * observed * course of the greater group``; ``tau2 = max(0, sum((C - E)^2 - E) / sum(E^2))`` over all groups
of a kind, or of one group where that is certainly more; ``w = E tau2 / (1 + E tau2)``;
``course = greater course * (1 + w (C / E - 1))``, with the connected hours C. This is the mean of a gamma-Poisson
model; its variance over its square is ``tau2 (1 - w) + (1 - w)^2 * greater``.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from laadplan.contracts.monitoring import HOURS_OF_WEEK
from laadplan.demand.division import over

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

HOURS_OF_DAY = 24
DAY_KINDS = np.array([0, 0, 0, 0, 0, 1, 2])
"""Monday to Friday, Saturday, Sunday: what the course of a whole municipality is drawn towards."""

WINDOW = np.array([1.0, 2.0, 3.0, 2.0, 1.0])
"""Weights of the hours around an hour in the course of a day kind: cars stay about eight hours (2025), so that a real
course has no narrower peak."""


COURSES = HOURS_OF_WEEK / 8
"""Hours of a week that stand apart: a car stays about eight (2025)."""

CERTAIN = 2.0
"""Standard deviations by which a group must differ before it is believed more than others are."""


@dataclass(frozen=True)
class Courses:
    """Courses of the week: one row per group, 168 columns; the mean over observed hours is one."""

    shape: Floats
    variance: Floats
    """Of the shape, over its square."""
    level: Floats
    """Occupancy per group at a shape of one."""

    def occupancy(self) -> Floats:
        """Occupancy per group and hour of the week, at most one."""
        return np.minimum(self.level[:, None] * self.shape, 1.0)

    def at(self, groups: Ints) -> "Courses":
        """The courses of groups by number."""
        return Courses(self.shape[groups], self.variance[groups], self.level[groups])


def whole_course(connected: Floats, observed: Floats) -> Courses:
    """The course of all poles together, drawn towards that of its kinds of day: one row.

    Parameters
    ----------
    connected, observed
        Hours of EVSE per hour of the week (168).
    """
    kinds = _of_day_kinds(connected, observed)
    greater = Courses(kinds[None, :], np.zeros((1, HOURS_OF_WEEK)), np.ones(1))
    return drawn_towards(connected[None, :], observed[None, :], greater)


def drawn_towards(connected: Floats, observed: Floats, greater: Courses) -> Courses:
    """The courses of groups, drawn towards those of the greater group of each (one row, or one per group).

    Parameters
    ----------
    connected, observed
        Hours of EVSE, one row per group and 168 columns.
    greater
        What a group without any hours of its own looks like.
    """
    level = over(connected.sum(axis=1), (observed * greater.shape).sum(axis=1))
    expected = level[:, None] * observed * greater.shape
    spread = _spread(connected, expected)
    weight = expected * spread / (1 + expected * spread)
    ratio = 1 + weight * (over(connected, expected, 1.0) - 1)
    variance = spread * (1 - weight) + (1 - weight) ** 2 * greater.variance
    return Courses(greater.shape * ratio, np.broadcast_to(variance, connected.shape), level)


def _spread(connected: Floats, expected: Floats) -> Floats:
    """How much each group differs from its greater group beyond chance: variance over the square, one column.

    That of all groups together, or a group's own where that is certainly more: what is left of it after twice its own
    uncertainty. Hours that follow each other hold the same cars, so that a week is no more than `COURSES` observations.
    """
    squares = (expected**2).sum(axis=1)
    excess = ((connected - expected) ** 2 - expected).sum(axis=1)
    together = max(0.0, float(over(excess.sum(), squares.sum())))
    chance = CERTAIN * np.sqrt(2 / COURSES) * over(expected.sum(axis=1), squares)
    return np.asarray(np.maximum(together, over(excess, squares) - chance)[:, None])


def _of_day_kinds(connected: Floats, observed: Floats) -> Floats:
    """Course of the week in which all days of a kind are alike, and hours run into each other."""
    totals = np.zeros((2, 3, HOURS_OF_DAY))
    for part, hours in enumerate((connected, observed)):
        np.add.at(totals[part], DAY_KINDS, hours.reshape(-1, HOURS_OF_DAY))
    smooth = sum(
        weight * np.roll(totals, shift, axis=2) for weight, shift in zip(WINDOW, (-2, -1, 0, 1, 2), strict=True)
    )
    overall = float(connected.sum()) / max(float(observed.sum()), 1e-9)
    kinds = over(smooth[0], smooth[1], overall)
    return np.asarray((kinds / overall if overall else np.ones_like(kinds))[DAY_KINDS].ravel())
