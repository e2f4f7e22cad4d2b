from dataclasses import fields, replace

import numpy as np

from laadplan.optimise.filling import Filler
from laadplan.optimise.layout import lay_out
from tests.optimise.random_problems import random_problem


def sealed(part):
    """The same with arrays that may not be written to, as those from frames are."""
    found = {}
    for field in fields(part):
        value = getattr(part, field.name)
        if isinstance(value, np.ndarray):
            value = value.copy()
            value.flags.writeable = False
        found[field.name] = value
    return type(part)(**found)


def test_arrays_that_may_not_be_written_to_compile_nothing_anew():
    problem = random_problem(3)
    closed = replace(sealed(problem), limits=sealed(problem.limits), groups=sealed(problem.groups))
    filler = Filler.of(closed)

    laid_out = [*lay_out(closed), filler.arc_demand, filler.arc_worth, filler.option_site]
    laid_out += [getattr(filler.problem, name) for name in ("option_capacity", "option_worth", "arc_start")]

    assert all(each.flags.writeable and each.flags.c_contiguous for each in laid_out)
    for name, array in lay_out(problem)._asdict().items():
        assert np.array_equal(array, getattr(lay_out(closed), name))
