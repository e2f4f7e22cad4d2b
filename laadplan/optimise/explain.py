"""Why the plan is as it is: what stays unserved, what binds, and the best other choice for each spot.

In: the problem as arrays, the choice and its prices, and the frames that tell what the arrays are about. Out: frames of
`laadplan.contracts.choosing`. Nothing here searches: it looks at the choice that was made.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import pandas as pd

from laadplan.optimise.alternatives import alternatives, best_repairs, new_sites
from laadplan.optimise.binding import plan_limits
from laadplan.optimise.prices import Prices
from laadplan.optimise.problem import Choice, Flags, Problem
from laadplan.optimise.standing import stand
from laadplan.optimise.unserved import why_unserved
from laadplan.policy.words import NOT_MET


def _silent(words: str) -> None:
    """Tells nobody."""


class Explanation(NamedTuple):
    """`Unserved`, `PlanLimits` and `Alternatives` of one plan; of the last not all rows when Ctrl-C came."""

    unserved: pd.DataFrame
    limits: pd.DataFrame
    alternatives: pd.DataFrame


def explain(
    problem: Problem,
    choice: Choice,
    prices: Prices | None,
    *,
    existing: Flags,
    asked: pd.DataFrame,
    reach: pd.DataFrame,
    assessments: pd.DataFrame,
    norm_m: float,
    measured: pd.DataFrame | None = None,
    names: Mapping[str, str] | None = None,
    say: Callable[[str], None] = _silent,
) -> Explanation:
    """What explains a plan.

    Parameters
    ----------
    problem, choice, prices
        The problem, its answer, and the certificate of the bound (None: there is none).
    existing
        Per site (m): whether it exists already.
    asked
        The demand points, with ``buurtcode`` and ``kwh_year`` (kWh a year).
    reach
        `Reach` between the demand points and all candidates, those that fell off too.
    assessments
        `Assessments` of all candidates.
    norm_m
        Walking norm, in m.
    measured
        What is used of each limit and what it is about, see `laadplan.optimise.binding.plan_limits`.
    names
        Id of a site to its address; its id where none is given.
    say
        Is told in words how far it is.
    """
    standing, sites = stand(problem, choice), new_sites(problem, choice.taken, existing)
    repairs = best_repairs(standing, sites, say=say)
    failed = assessments.loc[
        (assessments["kind"] == "eis") & (assessments["counts_as"] == NOT_MET), ["locatie_id", "label"]
    ]
    unserved = why_unserved(
        standing,
        asked,
        reach,
        failed,
        norm_m=norm_m,
        least_worth=min([repair.worth_alone for repair in repairs.values()], default=0.0),
        measured=measured,
    )
    limits = plan_limits(standing, prices, measured=measured)
    return Explanation(unserved, limits, alternatives(standing, repairs, dict(names or {})))
