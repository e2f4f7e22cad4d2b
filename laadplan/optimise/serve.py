"""The best service of options that are given."""

import numpy as np

from laadplan.optimise import moves
from laadplan.optimise.layout import lay_out
from laadplan.optimise.problem import Floats, Problem, Wholes


def serve(problem: Problem, taken: Wholes) -> Floats:
    layout = lay_out(problem)
    state = moves.empty_state(layout, 0)
    for site in np.flatnonzero(taken >= 0):
        moves.open_option(layout, state, site, taken[site])
        moves.fill_site(layout, state, site)
        state.counts[moves.LOGGED] = 0
    return state.flow
