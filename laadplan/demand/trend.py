"""Growth of use per pole and area, and the line that use runs along.

In: sessions, connected and observed hours per pole and week. Out: growth per year with its variance, and the level it
leads to. Time is in years, with the end of the data as nought.

Hard decisions: a pole is only compared with itself (each has a level of its own), so that new poles are no growth; the
growth of a pole is drawn towards that of its area and this towards the municipality's, as far as they differ no more
than by chance; weeks that fit badly weigh less (Huber); the season is learnt of the whole municipality when there are
two years, and else it is not known: it then widens the intervals. Growth is that of sessions, for hours scatter more.

Formula
-------
``expected sessions = level of the pole * observed * season * exp(growth * time)``, variance ``dispersion * expected``
(quasi-Poisson); the same for hours, given the growth.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from laadplan.demand.division import over
from laadplan.demand.pooling import pool_slopes

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

ROUNDS = 20
"""Newton steps of a fit; it settles in less than ten."""

FIRST_ROUNDS = 4
"""Steps before bad weeks are looked for."""

STEEPEST = 3.0
"""Growth (log per year) beyond which no step goes: twenty times as much use in a year."""

HUBER = 2.0
"""Standard deviations from which a week weighs less."""

HUBER_SQUARE = 0.9205
"""Mean of the square of a normal deviate that is cut at `HUBER`."""

PRIOR_WEEKS = 20.0
"""Weeks that the dispersion of all poles counts for beside a pole's own."""

SEASON_WEEKS = 104
"""Weeks from which a season is learnt: with fewer, growth and season are the same thing."""

SEASON_SWING = 0.05
"""Half the difference between the busiest and the quietest time of the year, where it is not known (assumption)."""

HARMONICS = 2
"""Waves per year that a learnt season is made of."""

YEAR = 2 * np.pi
"""A year on the circle."""


@dataclass(frozen=True)
class Weeks:
    """Use per pole (row) and week (column)."""

    connected_h: Floats
    observed_h: Floats
    sessions: Floats
    """Sessions that began; NaN where they are not counted."""
    time: Floats
    """Middle of each week, in years; the end of the data is 0."""

    @property
    def counts(self) -> Floats:
        """What growth is measured by: sessions, or connected hours where any are not counted."""
        return self.connected_h if np.isnan(self.sessions).any() else self.sessions


@dataclass(frozen=True)
class Growth:
    """Growth per subject, as the logarithm per year, and where its line runs."""

    slope: Floats
    slope_variance: Floats
    level: Floats
    """Occupancy, without the season, at `time`."""
    level_variance: Floats
    """Of the logarithm of the level."""
    time: Floats
    """Weighted middle of the weeks, in years: there level and slope do not lean on each other."""


@dataclass(frozen=True)
class Fit:
    """Growth of poles and of areas, and how much the weeks of a pole scatter."""

    poles: Growth
    areas: Growth
    dispersion: Floats
    """Per pole, in hours: variance of the hours of a week over their mean."""
    of_areas: Floats
    """The same per area."""
    season_known: bool


def fit_growth(weeks: Weeks, area: Ints, evses: Floats, points: Floats) -> Fit:
    """Growth per pole and per area.

    Parameters
    ----------
    weeks
        Use; each pole has some.
    area
        Number of the area of each pole: its place in ``points``.
    evses
        Points of each pole.
    points
        Points of each area, among them those of poles that are not here. An area without poles has NaN.
    """
    areas = len(points)
    alone = np.arange(len(area))
    season = _season(weeks)
    known = season is not None
    exposure = weeks.observed_h if season is None else weeks.observed_h * season
    counted = _Counts(weeks.counts, exposure, weeks.time)
    each = _common_slopes(counted, alone, len(area))
    shared = _common_slopes(counted, area, areas, each.dispersion)
    scatter = (each.dispersion, _scatter(counted, shared, area, areas)[area])
    steps = pool_slopes((each.slope, each.information), (shared.slope, shared.information), scatter, area)
    timed = _Counts(weeks.connected_h, exposure, weeks.time)
    own = _common_slopes(timed, alone, len(area))
    of_areas = _scatter(timed, _common_slopes(timed, area, areas, own.dispersion), area, areas)
    lines = _Lines(timed, own, evses, known)
    poles = lines.of(steps.poles, alone, evses, own.dispersion)
    return Fit(poles, lines.of(steps.areas, area, points, of_areas[area]), own.dispersion, of_areas, known)


@dataclass(frozen=True)
class _Counts:
    """What is fitted: sessions or hours per pole and week, what they are to be held against, and when."""

    number: Floats
    exposure: Floats
    time: Floats


@dataclass(frozen=True)
class _Slopes:
    """Slopes of groups of poles that share one, and what they stand on."""

    slope: Floats
    information: Floats
    """Per pole, before it is divided by its dispersion."""
    weights: Floats
    """Per pole and week."""
    dispersion: Floats
    """Per pole."""


def _common_slopes(counts: _Counts, group: Ints, groups: int, dispersion: Floats | None = None) -> _Slopes:
    """One slope per group; each pole keeps a level of its own."""
    slope = np.zeros(groups)
    weights = np.ones_like(counts.number)
    scatter = np.ones(len(group)) if dispersion is None else dispersion
    information = np.zeros(len(group))
    for step in range(ROUNDS):
        expected = _expected(counts, weights, slope[group])
        if step >= FIRST_ROUNDS:
            if dispersion is None:
                scatter = _dispersion(counts, expected, scatter if step > FIRST_ROUNDS else None)
            weights = _huber(counts, expected, scatter)
        mean_time = over((weights * expected * counts.time).sum(axis=1), (weights * expected).sum(axis=1))
        off = counts.time - mean_time[:, None]
        score = _summed(group, (weights * (counts.number - expected) * off).sum(axis=1), groups)
        information = (weights * expected * off**2).sum(axis=1)
        change = over(score, _summed(group, information, groups))
        slope = np.clip(slope + np.clip(change, -1.0, 1.0), -STEEPEST, STEEPEST)
    return _Slopes(slope, information, weights, scatter)


def _expected(counts: _Counts, weights: Floats, slope: Floats) -> Floats:
    shape = counts.exposure * np.exp(slope[:, None] * counts.time)
    level = over((weights * counts.number).sum(axis=1), (weights * shape).sum(axis=1))
    return np.asarray(level[:, None] * shape)


def _dispersion(counts: _Counts, expected: Floats, before: Floats | None) -> Floats:
    """Variance over the mean per pole; bad weeks are cut, and poles of few weeks lean on all others."""
    squares = over((counts.number - expected) ** 2, expected)
    counted = expected > 0
    if before is None:
        before = np.full(len(expected), float(np.median(squares[counted])) / 0.455 if counted.any() else 1.0)
    cut = np.minimum(squares, (HUBER**2 * before)[:, None]) * counted / HUBER_SQUARE
    number = counted.sum(axis=1)
    freedom = np.maximum(number - 2.0, 0.0)
    own = over(cut.sum(axis=1), np.maximum(freedom, 1.0))
    whole = float((own * freedom).sum() / max(freedom.sum(), 1.0))
    return np.asarray(np.maximum((own * freedom + whole * PRIOR_WEEKS) / (freedom + PRIOR_WEEKS), 1e-6))


def _scatter(counts: _Counts, fit: _Slopes, group: Ints, groups: int) -> Floats:
    """Dispersion of the sums of groups: poles have their busy weeks together, or take over from each other."""
    expected = _expected(counts, fit.weights, fit.slope[group])
    number, sums = np.zeros((2, groups, len(counts.time)))
    np.add.at(number, group, counts.number)
    np.add.at(sums, group, expected)
    whole = _Counts(number, sums, counts.time)
    return _dispersion(whole, sums, _dispersion(whole, sums, None))


def _huber(counts: _Counts, expected: Floats, dispersion: Floats) -> Floats:
    scale = np.sqrt(dispersion[:, None] * expected)
    off = np.abs(counts.number - expected)
    return np.asarray(np.minimum(1.0, over(HUBER * scale, off, 1.0)))


def _season(weeks: Weeks) -> Floats | None:
    """Use per week over what growth alone would give, as waves of a year; None with less than two years."""
    seen = weeks.observed_h.sum(axis=0) > 0
    if seen.sum() < SEASON_WEEKS:
        return None
    import statsmodels.api as sm

    together = np.zeros(len(weeks.counts), dtype=np.int64)
    counts = _Counts(weeks.counts, weeks.observed_h, weeks.time)
    whole = _common_slopes(counts, together, 1)
    expected = _expected(counts, whole.weights, np.repeat(whole.slope, len(together)))
    swing = over((whole.weights * counts.number).sum(axis=0), (whole.weights * expected).sum(axis=0), 1.0)
    waves = np.column_stack([each(YEAR * k * weeks.time) for k in range(1, HARMONICS + 1) for each in (np.sin, np.cos)])
    given = seen & (swing > 0)
    line = sm.add_constant(np.column_stack([weeks.time, waves]), has_constant="add")
    found = sm.RLM(np.log(swing[given]), line[given], M=sm.robust.norms.HuberT()).fit()
    return np.asarray(np.exp(waves @ found.params[2:]))


@dataclass(frozen=True)
class _Lines:
    """What lines are drawn through."""

    counts: _Counts
    own: _Slopes
    evses: Floats
    season_known: bool

    def of(self, found: tuple[Floats, Floats], group: Ints, points: Floats, dispersion: Floats) -> Growth:
        """Where the line of each group runs, given its slope, the variance of that and how its poles scatter."""
        slope, variance = found
        groups, when = len(points), self.counts.time
        mass = self.own.weights * _expected(self.counts, self.own.weights, slope[group])
        used = mass.sum(axis=1)
        time = over(_summed(group, (mass * when).sum(axis=1), groups), _summed(group, used, groups), np.nan)
        course = np.exp(slope[group][:, None] * (when - time[group][:, None]))
        hours = self.evses * over(used, (self.own.weights * self.counts.exposure * course).sum(axis=1))
        whole = _summed(group, hours, groups)
        scatter = over(_summed(group, hours**2 * over(dispersion, used), groups), whole**2, np.nan)
        if not self.season_known:
            swings = _swings(mass, when, group, time)
            variance, scatter = variance + swings[0], scatter + swings[1]
        return Growth(slope, variance, over(whole, points, np.nan), scatter, time)


def _swings(mass: Floats, when: Floats, group: Ints, middle: Floats) -> tuple[Floats, Floats]:
    """Variance that a season of unknown phase gives to slope and level."""
    by_week = np.zeros((len(middle), len(when)))
    np.add.at(by_week, group, mass)
    by_week = over(by_week, np.broadcast_to(by_week.sum(axis=1, keepdims=True), by_week.shape))
    off = when[None, :] - np.nan_to_num(middle)[:, None]
    spread = (by_week * off**2).sum(axis=1)
    waves = [each(YEAR * when)[None, :] for each in (np.sin, np.cos)]
    slopes = sum(over((by_week * off * wave).sum(axis=1), spread) ** 2 for wave in waves)
    levels = sum((by_week * wave).sum(axis=1) ** 2 for wave in waves)
    return SEASON_SWING**2 / 2 * np.asarray(slopes), SEASON_SWING**2 / 2 * np.asarray(levels)


def _summed(group: Ints, values: Floats, groups: int) -> Floats:
    return np.bincount(group, values, groups).astype(float)
