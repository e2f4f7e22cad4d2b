"""The model in PuLP: capacitated coverage with existing poles locked in.

In: a `Problem` and what may be built. Out: a PuLP problem with its variables. Variables are named by id, so that equal
inputs give equal models whatever the order of the rows.

Formula
-------
``open_j`` in {0, 1} for a candidate, 1 for an existing location; ``x_ij`` kWh a year of demand i served at site j over
the arcs within walking distance; ``below_b`` >= 0 poles that buurt b lacks to its floor.

maximise  sum (worth_ij + score worth * score_j / capacity_j) x_ij - least * sum open_j - penalty * sum below_b
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace

import numpy as np
import pulp

from laadplan.config.optimisation import Optimisation
from laadplan.optimise.old_problem import Problem

UNWRITABLE = str.maketrans("-+[] ->/", "________")
"""PuLP writes each of these in a name as an underscore."""


@dataclass(frozen=True)
class Model:
    """The PuLP problem with its variables: ``open`` by place of a candidate, ``served`` by arc, ``below`` by buurt."""

    problem: pulp.LpProblem
    open: dict[int, pulp.LpVariable]
    served: list[pulp.LpVariable]
    below: dict[str, pulp.LpVariable]


def build_model(problem: Problem, settings: Optimisation, poles_allowed: int) -> Model:
    """The model of the problem with at most ``poles_allowed`` new poles."""
    lp = pulp.LpProblem("laadplan", pulp.LpMaximize)
    problem = replace(problem, site_ids=_distinct(problem.site_ids), demand_ids=_distinct(problem.demand_ids))
    candidates = [place for place, existing in enumerate(problem.existing) if not existing]
    model = Model(
        problem=lp,
        open={place: lp.add_variable(f"open_{problem.site_ids[place]}", cat="Binary") for place in candidates},
        served=[
            lp.add_variable(f"kwh_{problem.demand_ids[demand]}_{problem.site_ids[site]}", lowBound=0)
            for demand, site in zip(problem.arc_demand, problem.arc_site, strict=True)
        ],
        below={
            code: lp.add_variable(f"below_{code}", lowBound=0, upBound=settings.poles_per_buurt_min)
            for code in sorted(set(problem.floor_buurten) & {problem.buurt[place] for place in candidates})
        },
    )
    lp.setObjective(_worth(problem, model, settings))
    serve_at_most_demand(problem, model)
    serve_at_most_capacity(problem, model)
    place_at_most(model, poles_allowed)
    take_each_bay_once(problem, model)
    reach_floor_or_say_so(problem, model, settings.poles_per_buurt_min)
    return model


def _distinct(ids: tuple[str, ...]) -> tuple[str, ...]:
    """The ids as PuLP writes them in names, numbered where two would be written alike."""
    written = [identifier.translate(UNWRITABLE) for identifier in ids]
    times = Counter(written)
    return tuple(name if times[name] == 1 else f"{name}.{place}" for place, name in enumerate(written))


def serve_at_most_demand(problem: Problem, model: Model) -> None:
    """``sum_j x_ij <= demand_i`` for every demand point."""
    for demand, arcs in _arcs_by(problem.arc_demand).items():
        terms = {model.served[arc]: 1.0 for arc in arcs}
        _at_most(model, terms, float(problem.demand_kwh[demand]), f"demand_{problem.demand_ids[demand]}")


def serve_at_most_capacity(problem: Problem, model: Model) -> None:
    """``sum_i x_ij <= capacity_j * open_j`` for every site; ``open_j`` is 1 where a pole stands already."""
    for site, arcs in _arcs_by(problem.arc_site).items():
        terms = {model.served[arc]: 1.0 for arc in arcs}
        capacity = float(problem.capacity_kwh[site])
        if site in model.open:
            terms[model.open[site]] = -capacity
        _at_most(model, terms, 0.0 if site in model.open else capacity, f"capacity_{problem.site_ids[site]}")


def place_at_most(model: Model, poles_allowed: int) -> None:
    """``sum_j open_j <= poles allowed``."""
    _at_most(model, dict.fromkeys(model.open.values(), 1.0), float(poles_allowed), "poles")


def take_each_bay_once(problem: Problem, model: Model) -> None:
    """``sum of open_j over the candidates that use a bay <= 1`` for every bay."""
    for number, group in enumerate(problem.bay_groups):
        _at_most(model, {model.open[place]: 1.0 for place in group}, 1.0, f"bay_{number:06d}")


def reach_floor_or_say_so(problem: Problem, model: Model, floor: int) -> None:
    """``poles in buurt b + below_b >= floor``: soft, so that a floor that is not met is reported, not fatal.

    A buurt without a candidate has no row: nothing can be chosen there, and its price would only blur the gap.
    """
    for code, below in model.below.items():
        there = sum(1 for place, buurt in enumerate(problem.buurt) if buurt == code and problem.existing[place])
        terms = {variable: -1.0 for place, variable in model.open.items() if problem.buurt[place] == code}
        _at_most(model, {**terms, below: -1.0}, float(there - floor), f"floor_{code}")


def _worth(problem: Problem, model: Model, settings: Optimisation) -> pulp.LpAffineExpression:
    """The score counts per kWh served and a pole costs a little: an idle pole never adds worth."""
    bonus = settings.score_worth_kwh * problem.score / np.maximum(problem.capacity_kwh, 1.0)
    worth = problem.arc_worth + bonus[problem.arc_site]
    terms = {variable: float(value) for variable, value in zip(model.served, worth, strict=True)}
    terms |= dict.fromkeys(model.open.values(), -settings.pole_least_kwh)
    return pulp.LpAffineExpression(terms | dict.fromkeys(model.below.values(), -settings.floor_penalty_kwh))


def _at_most(model: Model, terms: dict[pulp.LpVariable, float], limit: float, name: str) -> None:
    expression = pulp.LpAffineExpression(terms)
    model.problem.addConstraint(pulp.LpConstraint(expression, pulp.LpConstraintLE, name=name, rhs=limit))


def _arcs_by(places: np.ndarray) -> dict[int, list[int]]:
    groups: dict[int, list[int]] = defaultdict(list)
    for arc, place in enumerate(places):
        groups[int(place)].append(arc)
    return groups
