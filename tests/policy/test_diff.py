import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laadplan.contracts.planning import Assessments, Candidates
from laadplan.policy.diff import (
    CHANGES,
    GAINED,
    LOST,
    NO_RULE,
    OTHER_SCORE,
    ROWS,
    SAME,
    SAME_OUT,
    changed_candidates,
    changed_rules,
    changed_verdicts,
)
from tests.frames import few, make, point, shuffled

pytestmark = pytest.mark.slow  # all of them together

NAMES = ("c1", "c2", "c3")
CANDIDATES = make(
    Candidates, {name: {"geometry": point(place, 0), "bay_ids": "b1"} for place, name in enumerate(NAMES)}
)
fewer = settings(few, max_examples=15)
MET, NOT, UNKNOWN = "voldoet", "voldoet niet", "onbekend"


def assessed(*rules):
    """Assessments of the three candidates: id, kind, and a verdict per candidate; wensen weigh alike."""
    rows = [
        {
            "locatie_id": name,
            "criterion_id": identifier,
            "label": identifier.capitalize(),
            "kind": kind,
            "grondslag": "plaatsing",
            "measured": np.nan,
            "measured_text": "1,00 m",
            "norm": "ten minste 2,00 m",
            "unit": "m",
            "margin": np.nan,
            "verdict": verdict,
            "counts_as": {UNKNOWN: "schouw"}.get(verdict, verdict),
            "reason": f"{identifier}: {verdict}.",
            "source": "proef",
            "data_source": None,
            "data_on": None,
            "contribution": 0.5 if kind == "wens" and verdict == MET else 0.0,
            "estimated": False,
            "confidential": False,
        }
        for identifier, kind, verdicts in rules
        for name, verdict in zip(NAMES, verdicts, strict=True)
    ]
    if not rows:
        return Assessments.empty()
    table = pd.DataFrame(rows)
    table.index = pd.Index(table["locatie_id"] + "|" + table["criterion_id"], name=Assessments.index_name())
    kinds = {name: kind for name, kind in Assessments.empty().dtypes.items() if name in table}
    return table.astype(kinds).sort_index()


def test_what_becomes_of_each_candidate_and_through_which_eis():
    before = assessed(("boom", "eis", [MET, NOT, NOT]), ("breed", "eis", [MET, MET, NOT]))
    after = assessed(("boom", "eis", [NOT, MET, MET]), ("breed", "eis", [NOT, MET, NOT]))

    changed = changed_candidates(before, after, CANDIDATES)

    assert changed["change"].to_dict() == {"c1": LOST, "c2": GAINED, "c3": SAME_OUT}
    assert changed["because"].to_dict() == {"c1": "boom, breed", "c2": "boom", "c3": ""}


def test_a_wens_changes_the_score_and_no_more():
    before = assessed(("boom", "eis", [MET, MET, NOT]), ("breed", "wens", [MET, MET, MET]))
    after = assessed(("boom", "eis", [MET, MET, NOT]), ("breed", "wens", [MET, NOT, NOT]))

    changed = changed_candidates(before, after, CANDIDATES)

    assert changed["change"].to_dict() == {"c1": SAME, "c2": OTHER_SCORE, "c3": SAME_OUT}
    assert changed[["score_before", "score_after"]].to_numpy().tolist() == [[0.5, 0.5], [0.5, 0.0], [0.5, 0.0]]


def test_an_unknown_eis_that_must_be_visited_does_not_exclude():
    changed = changed_candidates(
        assessed(("boom", "eis", [MET, NOT, MET])), assessed(("boom", "eis", [UNKNOWN, UNKNOWN, MET])), CANDIDATES
    )

    assert changed["change"].to_list() == [SAME, GAINED, SAME]


def test_every_verdict_that_changed_is_a_row():
    before = assessed(("boom", "eis", [MET, NOT, MET]), ("oud", "wens", [MET, NOT, MET]))
    after = assessed(("boom", "eis", [NOT, NOT, MET]), ("nieuw", "eis", [MET, MET, NOT]))

    rows = changed_verdicts(before, after)

    assert rows[["locatie_id", "criterion_id", "verdict_before", "verdict_after"]].to_numpy().tolist() == [
        ["c1", "boom", MET, NOT],
        ["c1", "nieuw", NO_RULE, MET],
        ["c1", "oud", MET, NO_RULE],
        ["c2", "nieuw", NO_RULE, MET],
        ["c2", "oud", NOT, NO_RULE],
        ["c3", "nieuw", NO_RULE, NOT],
        ["c3", "oud", MET, NO_RULE],
    ]
    assert rows.columns.to_list() == [*ROWS, "measured_text", "reason"]
    assert rows.loc[0, ["label", "reason"]].to_list() == ["Boom", "boom: voldoet niet."]


def test_an_eis_that_becomes_a_wens_is_a_change():
    rows = changed_verdicts(assessed(("boom", "eis", [NOT, MET, MET])), assessed(("boom", "wens", [NOT, MET, MET])))

    assert set(rows["kind_before"] + rows["kind_after"]) == {"eiswens"}
    assert len(rows) == 3


def test_rules_are_counted_with_those_that_decide_first():
    before = assessed(("boom", "eis", [MET, NOT, MET]), ("oud", "wens", [MET, MET, MET]))
    after = assessed(("boom", "eis", [NOT, NOT, MET]))

    table = changed_rules(changed_verdicts(before, after))

    assert table[["criterion_id", "verdict_before", "verdict_after", "candidates"]].to_numpy().tolist() == [
        ["boom", MET, NOT, 1],
        ["oud", MET, NO_RULE, 3],
    ]


verdicts = st.tuples(*[st.sampled_from([MET, NOT, UNKNOWN, "n.v.t."])] * 3)
policies = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.tuples(st.sampled_from(["eis", "wens"]), verdicts)).map(
    lambda rules: assessed(*[(name, *rule) for name, rule in rules.items()])
)


@fewer
@given(policies)
def test_a_policy_does_not_differ_from_itself(assessments):
    changed = changed_candidates(assessments, assessments, CANDIDATES)

    assert changed_verdicts(assessments, assessments).empty
    assert changed_rules(changed_verdicts(assessments, assessments)).empty
    assert set(changed["change"]) <= {SAME, SAME_OUT}


@fewer
@given(policies, policies)
def test_back_again_is_the_reverse(one, other):
    there, back = changed_candidates(one, other, CANDIDATES), changed_candidates(other, one, CANDIDATES)
    reverse = {LOST: GAINED, GAINED: LOST}

    assert there["change"].map(lambda change: reverse.get(change, change)).to_list() == back["change"].to_list()
    assert there["because"].to_list() == back["because"].to_list()
    assert len(changed_verdicts(one, other)) == len(changed_verdicts(other, one))


@fewer
@given(policies, policies)
def test_the_order_of_rows_does_not_matter(one, other):
    rows = changed_verdicts(one, other)
    mixed = changed_verdicts(shuffled(one), shuffled(other, seed=8))

    pd.testing.assert_frame_equal(rows, mixed)
    pd.testing.assert_frame_equal(changed_rules(rows), changed_rules(mixed))


@pytest.mark.parametrize("candidates", [CANDIDATES, Candidates.empty()])
def test_without_assessments_nothing_changes(candidates):
    empty = Assessments.empty()

    assert changed_verdicts(empty, empty).columns.to_list() == [*ROWS, "measured_text", "reason"]
    assert changed_candidates(empty, empty, candidates)["change"].to_list() == [SAME] * len(candidates)
    assert set(CHANGES) == {LOST, GAINED, OTHER_SCORE, SAME, SAME_OUT}
