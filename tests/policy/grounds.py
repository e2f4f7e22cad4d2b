"""Candidates, layers and criteria drawn by hand for the rules, in metres from the corner point."""

from __future__ import annotations

import geopandas as gpd
from pydantic import TypeAdapter

from laadplan.config.criteria import AnyCriterion
from laadplan.config.policy import Policy
from laadplan.contracts.measured import Measurements
from laadplan.contracts.planning import Bays, Candidates
from laadplan.policy.assess import assess
from laadplan.policy.ground import Ground
from tests.frames import box, make, point, shapes

ORDINARY = {"id": "proef", "label": "Proef", "kind": "eis", "source": "proef"}


def criterion(rule, **more):
    """A criterion as a profile gives it."""
    return TypeAdapter(AnyCriterion).validate_python(ORDINARY | {"rule": rule} | more)


def layer(places, **columns):
    """Objects by id, with the same value in every other column or one per object."""
    rows = shapes(places)
    return gpd.GeoDataFrame(columns, geometry=rows, index=rows.index)


def candidates(*places, **more):
    """Poles at places, each with one bay south of it."""
    return make(
        Candidates,
        {
            f"c{number}": {"geometry": point(*place), "bay_ids": f"b{number}", "bay_count": 1} | more
            for number, place in enumerate(places)
        },
    )


def bays_of(poles):
    """The bay south of each pole: 5 m wide, 2 m deep, half a metre away."""
    rows = {}
    for number, pole in enumerate(poles.geometry):
        x, y = pole.x - 180_000, pole.y - 457_000
        rows[f"b{number}"] = {"geometry": box(x - 2.5, y - 2.5, x + 2.5, y - 0.5), "start_m": 0.0, "end_m": 5.0}
    return make(Bays, rows)


def measurements(poles, **columns):
    """What was measured at each pole: the same, or a list with a value per pole."""
    per_pole = {name: value if isinstance(value, list) else [value] * len(poles) for name, value in columns.items()}
    rows = {name: {key: values[row] for key, values in per_pole.items()} for row, name in enumerate(poles.index)}
    return make(Measurements, rows)


def judge(rules, poles, **ground):
    """The assessments of some criteria."""
    rules = rules if isinstance(rules, (list, tuple)) else [rules]
    return assess(poles, Policy(criteria=tuple(rules)), Ground(**ground))


def told(found):
    """Verdict, measured value as printed, and margin of each candidate."""
    return [
        (row.verdict, row.measured_text, None if row.margin != row.margin else row.margin)
        for row in found.sort_values(["criterion_id", "locatie_id"]).itertuples()
    ]
