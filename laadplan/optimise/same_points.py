"""Demand points that nothing tells apart: the same sites reach them, at the same worth, in the same group.

In: arcs by site, and the group of each point. Out: per point the first one like it. Hard decision: points are first put
together by a 128-bit hash of their arcs and then held against each other arc by arc; those that differ stay apart.
"""

import numpy as np
import numpy.typing as npt

from laadplan.geo.compiled import compiled
from laadplan.optimise.problem import Flags, Floats, Wholes

Hashes = npt.NDArray[np.uint64]


def same_points(start: Wholes, points: Wholes, worth: Floats, group: Wholes) -> Wholes:
    """Per point the first one with the same sites at the same worth and the same group; itself where there is none."""
    one, two = _hashes(start, points, (worth + 0.0).view(np.uint64), group.astype(np.int64))
    order = np.argsort(one, kind="stable")
    same = (one[order[1:]] == one[order[:-1]]) & (two[order[1:]] == two[order[:-1]])
    heads = np.concatenate([[True], ~same])[: len(order)]
    first = np.empty(len(group), dtype=np.int64)
    first[order] = order[np.flatnonzero(heads)][np.cumsum(heads) - 1] if len(order) else order
    differs = _differing(start, points, worth, group, first)
    return np.where(differs[first], np.arange(len(first)), first)


@compiled
def _mixed(value: np.uint64) -> np.uint64:
    """A number of which each bit depends on all bits of the value (the finish of splitmix64)."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.uint64(value ^ (value >> np.uint64(31)))


@compiled
def _hashes(start: Wholes, points: Wholes, worth: Hashes, group: Wholes) -> tuple[Hashes, Hashes]:
    """Two hashes of 64 bits of each point's arcs and group; sums, so that the order of the arcs does not matter."""
    one, two = np.empty(len(group), np.uint64), np.empty(len(group), np.uint64)
    for point in range(len(group)):
        one[point] = _mixed(np.uint64(group[point]))
        two[point] = _mixed(one[point])
    for site in range(len(start) - 1):
        of_site = _mixed(np.uint64(site) + np.uint64(0x9E3779B97F4A7C15))
        for at in range(start[site], start[site + 1]):
            of_arc = _mixed(of_site ^ worth[at])
            one[points[at]] += of_arc
            two[points[at]] += _mixed(of_arc + np.uint64(0xD1B54A32D192ED03))
    return one, two


@compiled
def _differing(start: Wholes, points: Wholes, worth: Floats, group: Wholes, first: Wholes) -> Flags:
    """First points of which some that were put with it differ from it after all, by their arcs or group."""
    many = len(first)
    differs = np.zeros(many, np.bool_)
    size, seen, at_worth = np.zeros(many, np.int64), np.zeros(many, np.int64), np.zeros(many)
    for point in range(many):
        size[first[point]] += 1
        if group[point] != group[first[point]]:
            differs[first[point]] = True
    for site in range(len(start) - 1):
        for at in range(start[site], start[site + 1]):
            head = first[points[at]]
            if seen[head] == 0:
                at_worth[head] = worth[at]
            elif worth[at] != at_worth[head]:
                differs[head] = True
            seen[head] += 1
        for at in range(start[site], start[site + 1]):
            head = first[points[at]]
            if seen[head] != 0 and seen[head] != size[head]:
                differs[head] = True
            seen[head] = 0
    return differs
