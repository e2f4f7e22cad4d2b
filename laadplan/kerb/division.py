"""Standard bays, and how many of them fit a stretch of kerb.

In: the depth of a strip at places along its kerb. Out: stretches with the way cars park there, and the begin and end of
each bay. Sizes are those of NEN 2443: langs 5.5 to 6.0 m long, haaks 2.5 m wide; a schuin vak is as much longer along
the kerb as its angle asks for.
"""

from dataclasses import dataclass

import numpy as np

from laadplan.config.project import BayRules

LENGTHENED_SHARE = 0.15
"""A bay is drawn at most this much longer than the standard to fill its stretch."""

LANGS_DEPTH_M = 2.0
"""Standard width of a langs bay (m, NEN 2443): a strip that is deeper has room to spare."""

ACROSS_DEPTH_M = 5.0
"""Standard length of a haaks or schuin bay (m, NEN 2443)."""


BITE_M = 1.5
"""A bite out of a strip up to this long (m) may lie where two bays meet: a tree pit and its kerbs."""


@dataclass(frozen=True)
class Standard:
    """Standard size of a bay along the kerb for one way of parking (m), and the depths that are taken for it.

    Lengths from ``length_m`` to ``length_max_m`` are standard; none below ``length_min_m`` is counted. ``slack_m`` is
    how much longer or shorter a whole stretch may be than the map says. A bay needs ``needed_m2`` per metre of kerb.
    """

    orientation: str
    length_m: float
    length_min_m: float
    length_max_m: float
    depth_m: tuple[float, float]
    needed_m: float
    slack_m: float = 0.0


@dataclass(frozen=True)
class Stretch:
    """Begin and end along the kerb (m), the way cars park between them, and the median depth there (m)."""

    begin_m: float
    end_m: float
    standard: Standard
    depth_m: float


def langs(rules: BayRules) -> Standard:
    """The standard of bays along the kerb."""
    return Standard(
        "langs",
        rules.parallel_length_m,
        rules.parallel_length_min_m,
        rules.parallel_length_max_m,
        rules.parallel_depth_m,
        LANGS_DEPTH_M,
        rules.touching_m,
    )


def across(rules: BayRules, lean_deg: float) -> Standard:
    """The standard of bays across the kerb: haaks, or schuin where they lean over far enough (degrees from square)."""
    share = float(np.cos(np.radians(lean_deg)))
    angled = rules.angled_deg[0] <= round(90 - abs(lean_deg)) <= rules.angled_deg[1]
    return Standard(
        "schuin" if angled else "haaks",
        rules.perpendicular_width_m / share,
        rules.perpendicular_width_min_m / share,
        rules.perpendicular_width_m / share,
        rules.angled_depth_m if angled else rules.perpendicular_depth_m,
        ACROSS_DEPTH_M * share,
        rules.touching_m,
    )


def stretches(
    along_m: np.ndarray, depth_m: np.ndarray, length_m: float, standards: tuple[Standard, Standard]
) -> list[Stretch]:
    """The stretches of a kerb along which cars park one way.

    Parameters
    ----------
    along_m, depth_m
        Places at equal steps along the kerb and the depth there (m), shape (n,).
    length_m
        Length of the kerb.
    standards
        Langs, and haaks or schuin. A strip is across where it is deep enough for that, langs where it is less deep; a
        stretch counts when its median depth is not too deep. A langs row runs on past the mouth of another leg.
    """
    shallow, deep = standards
    is_deep = depth_m >= deep.depth_m[0]
    is_langs = (depth_m >= shallow.depth_m[0]) & ~is_deep
    half = length_m / max(len(along_m), 1) / 2
    mouths = [run for run in _runs(is_deep) if _is_mouth(run, depth_m, half, standards)]
    for first, last in mouths:
        is_langs[first:last] = True
        is_deep[first:last] = False
    found = []
    for standard, usable in ((shallow, is_langs), (deep, is_deep)):
        for first, last in _runs(usable):
            median = float(np.median(depth_m[first:last]))
            if median <= standard.depth_m[1]:
                found.append(
                    Stretch(max(0.0, along_m[first] - half), min(length_m, along_m[last - 1] + half), standard, median)
                )
    return sorted(found, key=lambda stretch: stretch.begin_m)


def bridged(found: list[Stretch]) -> list[list[Stretch]]:
    """Stretches that one row may span: those with only a bite (a tree pit, a lamp post) between them, in groups."""
    groups: list[list[Stretch]] = []
    last: dict[Standard, list[Stretch]] = {}
    for stretch in found:
        group = last.get(stretch.standard)
        if group and stretch.begin_m - group[-1].end_m <= BITE_M:
            group.append(stretch)
        else:
            group = last[stretch.standard] = [stretch]
            groups.append(group)
    return groups


def divide(begin_m: float, end_m: float, standard: Standard) -> list[tuple[float, float]]:
    """Begin and end of the bays in a stretch: the number whose length is standard, else nearest to it.

    What is left over after bays of at most 15 % above the standard stays unused at the end.

    >>> divide(0.0, 23.0, Standard("langs", 5.5, 5.0, 6.0, (1.6, 3.0), 2.0))
    [(0.0, 5.75), (5.75, 11.5), (11.5, 17.25), (17.25, 23.0)]
    """
    length = end_m - begin_m
    count = _count(length, standard)
    if not count:
        return []
    size = min(length / count, standard.length_m * (1 + LENGTHENED_SHARE))
    return [(begin_m + place * size, begin_m + (place + 1) * size) for place in range(count)]


def _count(length_m: float, standard: Standard) -> int:
    """Number of bays: the most that are of standard length; one more where that comes nearer to the standard."""
    long = round(length_m + standard.slack_m, 2)
    fewer = int(long / standard.length_m + 1e-9)
    if fewer and (length_m - standard.slack_m) / fewer <= standard.length_max_m:
        return fewer
    more_fit = long / (fewer + 1) >= standard.length_min_m
    nearer = not fewer or length_m / fewer - standard.length_m >= standard.length_m - length_m / (fewer + 1)
    return fewer + 1 if more_fit and nearer else fewer


def _is_mouth(run: tuple[int, int], depth_m: np.ndarray, half_m: float, standards: tuple[Standard, Standard]) -> bool:
    """Whether a deep stretch is where a langs leg leaves: no wider than one, and deeper than any bay."""
    first, last = run
    shallow, deep = standards
    is_narrow = (last - first) * 2 * half_m <= shallow.depth_m[1] + 2 * half_m
    return is_narrow and bool(np.median(depth_m[first:last]) > deep.depth_m[1])


def _runs(wanted: np.ndarray) -> list[tuple[int, int]]:
    """First and one past the last place of each run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], wanted.astype(int), [0]])))
    return [(int(first), int(last)) for first, last in edges.reshape(-1, 2)]
