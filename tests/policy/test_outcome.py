"""Outcomes of candidates over all criteria, against a table worked out by hand."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laadplan.config.base_policy import BASIC_CRITERIA
from laadplan.contracts.planning import Assessments, Candidates
from laadplan.policy.outcome import joined, outcomes, tally, to_visit
from tests.frames import few, make, point, shuffled

ROWS = {
    "a": {"eis1": "voldoet", "eis2": "voldoet", "wens": "schouw"},
    "b": {"eis1": "voldoet", "eis2": "schouw", "wens": "voldoet niet"},
    "c": {"eis1": "voldoet niet", "eis2": "schouw", "wens": "voldoet"},
    "d": {"eis1": "voldoet niet", "eis2": "voldoet niet", "wens": "n.v.t."},
}
"""What each criterion counts as, per candidate."""

CRITERIA = [BASIC_CRITERIA[0].model_copy(update={"id": name}) for name in ("wens", "eis2", "nooit", "eis1")]


def candidates():
    return make(Candidates, {name: {"geometry": point(5, 5), "bay_ids": "v"} for name in ROWS})


def assessments(rows=None):
    row = {
        "grondslag": "plaatsing",
        "measured": None,
        "measured_text": "",
        "norm": "",
        "unit": "m",
        "margin": None,
        "reason": "Zo.",
        "source": "",
        "data_source": None,
        "data_on": None,
        "contribution": 0.0,
        "estimated": False,
        "confidential": False,
    }
    return make(
        Assessments,
        {
            f"{site}|{name}": row
            | {"locatie_id": site, "criterion_id": name, "label": name.title(), "counts_as": counted}
            | {"kind": "wens" if name == "wens" else "eis", "verdict": "onbekend" if counted == "schouw" else counted}
            for site, found in (ROWS if rows is None else rows).items()
            for name, counted in found.items()
        },
    )


def test_a_broken_eis_weighs_more_than_one_to_be_visited_and_a_wens_decides_nothing():
    expected = {"a": "voldoet", "b": "schouw", "c": "voldoet niet", "d": "voldoet niet"}

    assert outcomes(assessments(), candidates()).to_dict() == expected


def test_what_must_be_visited_is_listed_for_eisen_and_wensen():
    assert to_visit(assessments()).to_dict() == {"a": "Wens", "b": "Eis2", "c": "Eis2"}


def counted(name, met, broken, apart, unknown):
    verdicts = {"voldoet": met, "voldoet niet": broken, "n.v.t.": apart, "onbekend": unknown}
    return {"id": name, "label": name.title(), "kind": "wens" if name == "wens" else "eis"} | verdicts


def test_counts_are_those_of_the_table_in_the_order_of_the_profile():
    found = tally(assessments(), candidates(), CRITERIA)

    assert found == {
        "candidates": 4,
        "outcomes": {"voldoet": 1, "schouw": 1, "voldoet niet": 2},
        "criteria": [
            {
                "id": "wens",
                "label": "Wens",
                "kind": "wens",
                "voldoet": 1,
                "voldoet niet": 1,
                "n.v.t.": 1,
                "onbekend": 1,
            },
            {"id": "eis2", "label": "Eis2", "kind": "eis", "voldoet": 1, "voldoet niet": 1, "n.v.t.": 0, "onbekend": 2},
            {"id": "eis1", "label": "Eis1", "kind": "eis", "voldoet": 2, "voldoet niet": 2, "n.v.t.": 0, "onbekend": 0},
        ],
        "excluded_by": [
            {"id": "eis2", "label": "Eis2", "count": 1, "alone": 0},
            {"id": "eis1", "label": "Eis1", "count": 2, "alone": 1},
        ],
    }


def test_nothing_assessed_excludes_nobody():
    none = Assessments.empty()

    assert set(outcomes(none, candidates())) == {"voldoet"}
    assert to_visit(none).empty
    assert tally(none, Candidates.empty(), CRITERIA) == {
        "candidates": 0,
        "outcomes": {"voldoet": 0, "schouw": 0, "voldoet niet": 0},
        "criteria": [],
        "excluded_by": [],
    }


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_rows_does_not_matter(seed):
    mixed = shuffled(assessments(), seed)

    pd.testing.assert_series_equal(outcomes(mixed, candidates()), outcomes(assessments(), candidates()))
    assert tally(mixed, candidates(), CRITERIA) == tally(assessments(), candidates(), CRITERIA)


@few
@given(st.lists(st.tuples(st.sampled_from("abc"), st.text("xyz", max_size=3))))
def test_texts_are_joined_as_a_group_by_joins_them(pairs):
    ids, texts = [name for name, _ in pairs], [text for _, text in pairs]

    expected = pd.Series(texts, dtype="object").groupby(pd.Series(ids, dtype="object")).agg("; ".join)

    assert joined(ids, texts, "; ").to_dict() == expected.to_dict()
