"""What one more option would be worth, were nothing else to change: the first look at every free spot.

In: arrays of a `Problem` and the demand that is left. Out: worth per option. Compiled, because every alternative to
every chosen site is looked at.
"""

from dataclasses import dataclass, replace

import numpy as np

from laadplan.geo.compiled import compiled, plain
from laadplan.optimise.problem import Floats, Problem, Wholes


@dataclass(frozen=True)
class Filler:
    """A problem with the arcs of each site in order of falling worth; of equal worth in their own order."""

    problem: Problem
    option_site: Wholes
    arc_demand: Wholes
    arc_worth: Floats

    @classmethod
    def of(cls, problem: Problem) -> "Filler":
        """The filler of a problem."""
        order = np.lexsort((np.arange(len(problem.arc_worth)), -problem.arc_worth, problem.arc_site))
        laid_out = replace(
            problem,
            arc_start=plain(problem.arc_start, np.int64),
            option_capacity=plain(problem.option_capacity, np.float64),
            option_worth=plain(problem.option_worth, np.float64),
            period_worth=plain(problem.period_worth, np.float64),
        )
        return cls(laid_out, problem.option_site, problem.arc_demand[order], problem.arc_worth[order])

    def worth(self, options: Wholes, left_kwh: Floats) -> Floats:
        """Worth of taking each option alone and filling it with demand that is left, the best arcs first.

        Parameters
        ----------
        options
            Places of the options to look at.
        left_kwh
            Demand that is left per point and period (n, t), in kWh.
        """
        return np.asarray(
            _filled(
                options,
                self.option_site,
                self.problem.option_capacity,
                self.problem.option_worth,
                self.problem.arc_start,
                self.arc_demand,
                self.arc_worth,
                self.problem.period_worth,
                left_kwh,
            )
        )


@compiled
def _filled(
    options: Wholes,
    option_site: Wholes,
    capacity: Floats,
    option_worth: Floats,
    arc_start: Wholes,
    arc_demand: Wholes,
    arc_worth: Floats,
    period_worth: Floats,
    left_kwh: Floats,
) -> Floats:
    found = np.empty(len(options))
    for place in range(len(options)):
        option = options[place]
        site = option_site[option]
        worth = option_worth[option]
        for period in range(len(period_worth)):
            room = capacity[option, period]
            for arc in range(arc_start[site], arc_start[site + 1]):
                if room <= 0:
                    break
                amount = min(room, left_kwh[arc_demand[arc], period])
                worth += amount * arc_worth[arc] * period_worth[period]
                room -= amount
        found[place] = worth
    return found
