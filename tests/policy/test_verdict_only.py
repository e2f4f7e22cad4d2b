"""That `Assessments` may be called cleared: of what was measured on confidential data it holds the verdict only."""

from datetime import date

import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from laadplan.config.policy import Policy
from laadplan.config.sources import Sources
from laadplan.contracts.measured import CableRoutes
from laadplan.contracts.quality import Quality
from laadplan.pipeline.job import read_job
from laadplan.pipeline.looking import data_of_layers
from laadplan.policy.assess import assess, report
from laadplan.policy.ground import Ground
from laadplan.publish.about import source_line, source_table
from laadplan.publish.layers import source_rows
from tests.frames import fewer, make, point
from tests.policy.grounds import candidates, criterion, layer

pytestmark = pytest.mark.slow  # all of them together

POLES = candidates((0, 0), (500, 0))
RULES = (
    criterion("cable", id="kabel", at_most_m=25),
    criterion("cable", id="kruising", crossing="forbidden"),
    criterion("distance", id="ver", to="cables", at_least_m=100),
    criterion("distance", id="kast", to="grid_points", where={"kind": ["kast"]}, at_most_m=100, kind="wens"),
    criterion("count", id="tel", layer="grid_points", within_m=100, at_most=0),
    criterion("inside", id="in", layer="cables", wanted="outside"),
)


def world(name, route_m, away_m):
    """A cable and a cabinet near the first pole, none near the second."""
    line = shapely.LineString([(-9, away_m), (9, away_m)])
    routes = make(
        CableRoutes,
        {
            "c0": {"cable_id": name, "route_m": route_m, "straight_m": route_m, "geometry": line, "known": True},
            "c1": {"route_kind": "geen", "cable_id": None, "known": True, "geometry": line},
        },
    )
    return Ground(
        layers={
            "cables": layer({name: line}, voltage_level="laagspanning"),
            "grid_points": layer({f"{name}.kast": point(0, away_m)}, kind="kast"),
        },
        cable_routes=routes,
    )


@given(
    name=st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12),
    route_m=st.floats(0, 24.9),
    away_m=st.floats(0.5, 24.9),
)
@fewer
def test_two_worlds_with_the_same_verdicts_cannot_be_told_apart(name, route_m, away_m):
    """Not a value, a margin, an id or a word differs: only what decides the verdict shows."""
    one, other = world("kb.1", 12.0, 12.0), world(name, route_m, away_m)

    judged = [assess(POLES, Policy(criteria=RULES), ground) for ground in (one, other)]
    told = [Quality(), Quality()]
    for found, quality in zip(judged, told, strict=True):
        report(found, Policy(criteria=RULES), date(2027, 1, 1), quality)

    pd.testing.assert_frame_equal(*judged)
    assert told[0] == told[1]
    assert judged[0].loc["c0|kabel", "verdict"] == "voldoet"
    assert judged[0].loc["c1|kabel", "verdict"] == "voldoet niet"


def test_every_rule_on_confidential_data_says_so():
    found = assess(POLES, Policy(criteria=RULES), world("kb.1", 12.0, 12.0))

    assert found["confidential"].all()
    assert found[["measured", "margin"]].isna().all(axis=None)
    assert set(found["measured_text"]) == {"vertrouwelijk"}


def test_assessments_are_made_of_confidential_frames_and_public_themselves():
    graph = read_job()

    maker = graph.maker_of("Assessments")

    assert {name for name, contract in maker.frames.items() if graph.hidden(contract)} == {
        "cable_routes",
        "cables",
        "grid_points",
    }
    assert graph.confidential(maker)
    assert not graph.hidden(maker.makes[0])


def test_path_of_a_delivery_is_printed_nowhere():
    """The name of a KLIC delivery tells where was dug, and for which request."""
    sources = Sources.model_validate({"cables": {"klic": {"path": "klic/Levering_26O990001_1.zip"}}})

    told = [source_line(sources), str(source_table(sources)), source_rows(sources.given().values()).to_csv()]

    assert not [text for text in told if "Levering" in text or "klic/" in text]
    assert data_of_layers(sources)["cable"].label == "bron zonder naam"
