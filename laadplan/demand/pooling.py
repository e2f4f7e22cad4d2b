"""Growth of poles leans on that of their area, and this on the municipality's.

In: slopes of poles and areas with what they stand on. Out: slopes drawn together, with their variance.

Hard decision: how far slopes may differ is taken from the slopes themselves (empirical Bayes): where they differ no
more than chance makes them, all become one.

Formula
-------
``weight = between / (between + variance)``; ``slope = weight * own + (1 - weight) * middle``; ``between`` by the method
of moments of DerSimonian and Laird (1986).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Slopes = tuple[Floats, Floats]


@dataclass(frozen=True)
class Pooled:
    """Slope and variance of poles and areas after they were drawn together."""

    poles: tuple[Floats, Floats]
    areas: tuple[Floats, Floats]


def pool_slopes(own: Slopes, shared: Slopes, dispersion: Slopes, area: Ints) -> Pooled:
    """Slopes of areas drawn towards their mean, and of poles towards their area.

    Parameters
    ----------
    own
        Slope of each pole alone, and the information it stands on (before its dispersion).
    shared
        Slope of each area, and the information that each pole gave to it.
    dispersion
        Per pole: variance of its weeks over their mean, and the same of the weeks of its area.
    area
        Number of the area of each pole.
    """
    known = own[1] > 0
    variance = np.full(len(area), np.inf)
    variance[known] = dispersion[0][known] / own[1][known]
    between = _between(own[0], variance, shared[0][area], int(known.sum() - len(set(area[known]))))
    parts = np.bincount(area, shared[1] * dispersion[1] + shared[1] ** 2 * between, len(shared[0]))
    sums = np.bincount(area, shared[1], len(shared[0]))
    area_variance = np.full(len(sums), np.inf)
    area_variance[sums > 0] = parts[sums > 0] / sums[sums > 0] ** 2
    told = np.isfinite(area_variance)
    middle = _mean(shared[0], area_variance)
    apart = _between(shared[0], area_variance, np.full(len(sums), middle), int(told.sum()) - 1)
    middle = _mean(shared[0], area_variance + apart)
    of_middle = 1 / (1 / (area_variance + apart)).sum() if told.any() else np.nan
    areas = _drawn(shared[0], area_variance, np.full(len(sums), middle), apart, of_middle, alone=told.sum() < 2)
    poles = _drawn(own[0], variance, areas[0][area], between, areas[1][area], alone=False)
    return Pooled(poles, areas)


def _between(slope: Floats, variance: Floats, middle: Floats, freedom: int) -> float:
    """Variance of true slopes around their middle (DerSimonian and Laird 1986)."""
    if freedom < 1:
        return 0.0
    weight = 1 / variance
    excess = float((weight * (slope - middle) ** 2).sum()) - freedom
    return max(0.0, excess / float(weight.sum() - (weight**2).sum() / weight.sum()))


def _mean(slope: Floats, variance: Floats) -> float:
    weight = 1 / variance
    return float((weight * slope).sum() / weight.sum()) if weight.sum() else np.nan


def _drawn(
    slope: Floats, variance: Floats, middle: Floats, between: float, of_middle: Floats | float, *, alone: bool
) -> tuple[Floats, Floats]:
    """Slope and variance, drawn towards a middle that is itself uncertain."""
    if alone:
        return slope, variance
    weight = np.where(np.isfinite(variance), between / (between + np.where(np.isfinite(variance), variance, 1.0)), 0.0)
    found = weight * slope + (1 - weight) * middle
    return found, weight * np.where(weight > 0, variance, 0.0) + (1 - weight) ** 2 * of_middle
