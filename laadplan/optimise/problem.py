"""The siting problem as frozen arrays: demand, sites with their options, arcs between them, and limits.

In: nothing but arrays; `laadplan.optimise.framing` makes them from frames. Out: a `Problem`, and the `Choice` that
answers it. Hard decisions: a site is taken with one of its *options* (two poles, two capped poles, opened in the third
quarter), so number, kind and moment are one choice; every limit on what is taken is a row of one sparse table; demand
may be split over sites, because one address is many sessions. The plain problems of the literature are special cases:
unbounded capacity and worth 1 is maximal coverage, worth that falls with distance is the p-median.

Formula
-------
``y_o`` in {0, 1}: option o is taken; ``x_at`` >= 0: kWh over arc a = (i, j) in period t; ``over_r``, ``short_g`` >= 0.

maximise ``sum_at worth_t worth_a x_at + sum_o worth_o y_o - sum_r penalty_r over_r - sum_g penalty_g short_g``
where

=================  ================================================================
demand             ``sum_j x_ijt <= demand_it``
capacity           ``sum_i x_ijt <= sum_{o of j} capacity_ot y_o``
linking            ``x_ijt <= demand_it sum_{o of j: capacity_ot > 0} y_o``
one option         ``sum_{o of j} y_o <= 1``; ``= 1`` where the site must be taken
limits             ``sum_o use_ro y_o - over_r <= limit_r``; ``over_r = 0`` where the penalty is infinite
groups             ``sum of x over the demand of group g + short_g >= least_g``
=================  ================================================================
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Wholes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

NONE = -1
"""Where a place in an array is meant and there is none: no option taken, demand in no group."""


@dataclass(frozen=True)
class Limits:
    """Limits on what is taken, one row each: the use of the options taken together is at most the limit.

    A floor is a row with negative use and a negative limit.

    Attributes
    ----------
    ids, kinds
        Per row (r): its id, e.g. ``vak|L0001#3``, and what kind of limit it is, e.g. ``vak``.
    start, option, use
        Row r uses ``use[e]`` of option ``option[e]`` for e in ``start[r]:start[r + 1]``; (r + 1), (e), (e).
    limit, penalty
        Per row: the limit, and worth lost per unit above it; infinite: it may not be exceeded.
    """

    ids: tuple[str, ...]
    kinds: tuple[str, ...]
    start: Wholes
    option: Wholes
    use: Floats
    limit: Floats
    penalty: Floats


@dataclass(frozen=True)
class Groups:
    """Demand that is to be served to a least amount together, e.g. that of a buurt.

    Attributes
    ----------
    ids
        Per group (g): its id.
    least_kwh, penalty
        Per group: kWh to be served over all periods together, and worth lost per kWh below it (finite).
    """

    ids: tuple[str, ...]
    least_kwh: Floats
    penalty: Floats


@dataclass(frozen=True)
class Problem:
    """Demand, sites with options, and the arcs between them; each id stands once.

    Attributes
    ----------
    demand_ids, demand_kwh, demand_group
        Per demand point (n): id; demand in kWh per period (n, t), at least 0; place of its group, or -1.
    period_worth
        Per period (t): what a kWh then is worth; 1 for a plan of one year.
    site_ids, must
        Per site (m): id, and whether one of its options must be taken (existing or decided).
    arc_start, arc_demand, arc_worth
        Site j reaches demand ``arc_demand[a]`` for a in ``arc_start[j]:arc_start[j + 1]``, in rising order, where a kWh
        served is worth ``arc_worth[a]`` (at least 0); (m + 1), (k), (k).
    option_start, option_ids
        Site j has options ``option_start[j]:option_start[j + 1]``, at least one; (m + 1), (o).
    option_capacity, option_worth
        Per option: kWh it can serve per period (o, t), infinite where unbounded; and worth of taking it (o), negative
        for a cost.
    limits, groups
        Limits on what is taken, and least service of groups of demand.
    """

    demand_ids: tuple[str, ...]
    demand_kwh: Floats
    demand_group: Wholes
    period_worth: Floats
    site_ids: tuple[str, ...]
    must: Flags
    arc_start: Wholes
    arc_demand: Wholes
    arc_worth: Floats
    option_start: Wholes
    option_ids: tuple[str, ...]
    option_capacity: Floats
    option_worth: Floats
    limits: Limits
    groups: Groups

    @property
    def sizes(self) -> dict[str, int]:
        """Numbers of demand points, sites, options, arcs, periods, limits and groups."""
        return {
            "demand": len(self.demand_ids),
            "sites": len(self.site_ids),
            "options": len(self.option_ids),
            "arcs": len(self.arc_demand),
            "periods": len(self.period_worth),
            "limits": len(self.limits.ids),
            "groups": len(self.groups.ids),
        }

    @property
    def arc_site(self) -> Wholes:
        """Site of each arc (k)."""
        return np.repeat(np.arange(len(self.site_ids)), np.diff(self.arc_start))

    @property
    def option_site(self) -> Wholes:
        """Site of each option (o)."""
        return np.repeat(np.arange(len(self.site_ids)), np.diff(self.option_start))


@dataclass(frozen=True)
class Choice:
    """An answer to a problem.

    Attributes
    ----------
    taken
        Per site (m): place of the option taken, or -1.
    served_kwh
        Per arc and period (k, t): kWh served.
    """

    taken: Wholes
    served_kwh: Floats
