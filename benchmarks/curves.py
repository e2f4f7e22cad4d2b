"""Objective and bound over time, read from the logs of solvers.

In: the text of a log and the seconds that had passed before the solver began. Out: a curve: rows of seconds, best
objective and bound, each as known from then on; objective and bound are nan until there is one. All problems here are
maximised with a worth of at least 0; CBC and HiGHS are given the negative and tell so, hence absolute values. SCIP
before its first plan tells none.
"""

import math
import re
from collections.abc import Iterable

Curve = list[tuple[float, float, float]]
"""Seconds, objective, bound."""

MOST_POINTS = 120
"""A curve is kept with so many points at most: more cannot be seen."""

_NUMBER = r"[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?"

_HIGHS = re.compile(
    rf"^.{{3}}[^%]*%\s+(?P<bound>{_NUMBER}|-?inf)\s+(?P<best>{_NUMBER}|-?inf)\s.*\s(?P<seconds>\d+(?:\.\d+)?)s\s*$"
)
_SCIP = re.compile(
    rf"^.\s*(?P<seconds>\d+(?:\.\d+)?)s\|.*\|\s*(?P<bound>{_NUMBER}|--)\s*\|\s*(?P<best>{_NUMBER}|--)\s*\|[^|]*\|[^|]*$"
)
_CBC_NODES = re.compile(
    rf"After \d+ nodes, .* (?P<best>{_NUMBER}) best solution, best possible (?P<bound>{_NUMBER}) "
    rf"\((?P<seconds>{_NUMBER}) seconds\)"
)
_CBC_PLAN = re.compile(
    rf"(?:[Ss]olution of (?P<best>{_NUMBER}) found|Integer solution of (?P<other>{_NUMBER}) found)"
    rf".*\((?P<seconds>{_NUMBER}) seconds\)"
)
_CBC_RELAXED = re.compile(rf"Continuous objective value is (?P<bound>{_NUMBER}) - (?P<seconds>{_NUMBER}) seconds")

PATTERNS = {"HiGHS": (_HIGHS,), "SCIP": (_SCIP,), "CBC": (_CBC_NODES, _CBC_PLAN, _CBC_RELAXED)}
PATTERNS["spopt"] = PATTERNS["CBC"]


def read_curve(solver: str, log: str, began: float) -> Curve:
    """Objective and bound over time by a solver's log; `began` seconds are added."""
    points = []
    for line in log.splitlines():
        match = next(filter(None, (pattern.search(line) for pattern in PATTERNS[solver])), None)
        if match:
            found = match.groupdict()
            best = found.get("best") or found.get("other")
            points.append((began + float(found["seconds"]), _number(best), _number(found.get("bound"))))
    return thinned(settled(points))


def _number(text: str | None) -> float:
    """The absolute value; nan where there is none yet, which CBC writes as 1e+50."""
    if not text or text == "--" or "inf" in text:
        return math.nan
    value = abs(float(text))
    return value if value < 1e40 else math.nan


def settled(points: Iterable[tuple[float, float, float]]) -> Curve:
    """The best objective and bound known at each moment, in order of time."""
    best, bound, curve = math.nan, math.nan, []
    for seconds, found, above in sorted(points, key=lambda point: point[0]):
        best = best if math.isnan(found) else found if math.isnan(best) else max(best, found)
        bound = bound if math.isnan(above) else above if math.isnan(bound) else min(bound, above)
        curve.append((seconds, best, bound))
    return curve


def thinned(curve: Curve, most: int = MOST_POINTS) -> Curve:
    """Only the points where something changed, and of these the last of each equal step of the logarithm of time."""
    changed = [point for place, point in enumerate(curve) if not place or not _same(point, curve[place - 1])]
    if curve and changed[-1] != curve[-1]:
        changed.append(curve[-1])
    if len(changed) <= most:
        return changed
    low, high = (math.log(max(point[0], 1e-3)) for point in (changed[0], changed[-1]))
    step = (high - low) / (most - 2) or 1.0
    last = {int((math.log(max(point[0], 1e-3)) - low) / step): point for point in changed}
    return sorted(last.values())


def _same(one: tuple[float, float, float], other: tuple[float, float, float]) -> bool:
    return all(a == b or (math.isnan(a) and math.isnan(b)) for a, b in zip(one[1:], other[1:], strict=True))


def gap_of(objective: float, bound: float) -> float:
    """Share by which a better plan could be better: (bound - objective) / objective; nan where one is not known."""
    return (bound - objective) / objective if objective > 0 and math.isfinite(bound) else math.nan


def first_with(curve: Curve, *, objective: float = -math.inf, gap: float = math.inf) -> float:
    """Seconds at which the objective was at least, and the gap at most, so much; nan where that was never so."""
    for seconds, best, bound in curve:
        if best >= objective and (gap == math.inf or gap_of(best, bound) <= gap):
            return seconds
    return math.nan
