from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laadplan.config.criteria import (
    AttributeCriterion,
    DistanceCriterion,
    WalkCriterion,
    WidthCriterion,
)
from laadplan.config.policy import BASIC_CRITERIA, Policy
from laadplan.config.project import Walking
from laadplan.contracts.planning import Assessments, Candidates
from laadplan.contracts.quality import Quality
from laadplan.policy.assess import assess, failed_reasons, passing, ranks, report, scores
from laadplan.policy.ground import Data, Ground
from tests.frames import NAN, box, fewer, make, point, shuffled
from tests.policy.grounds import criterion, layer, measurements

ORDINARY = {"label": "Proef", "source": "proef"}
CANDIDATES = make(
    Candidates,
    {
        "c1": {"geometry": point(1, 0), "bay_ids": "b1 b2", "orientation": "langs"},
        "c2": {"geometry": point(5, 0), "bay_ids": "b2 b3", "orientation": "haaks"},
        "c3": {"geometry": point(40, 0), "bay_ids": "b3 b4", "orientation": "langs", "pole_surface": None},
    },
)

GROUND = Ground(
    layers={
        "trees": layer({"t": point(0, 0)}, stem_max_m=NAN, stem_diameter_m=NAN),
        "buildings": layer({"p": box(0, 20, 50, 30)}),
        "demand_points": layer({"h": point(0, 25)}),
    },
    measurements=measurements(
        CANDIDATES,
        walkway=["aangrenzend", "aangrenzend", "geen voetpad"],
        walkway_width_m=[1.85, 1.85, NAN],
    ),
    walking=Walking(detour_factor=1.3),
    today=date(2027, 1, 1),
    data={"trees": Data("Bomen", "2026-05-01")},
)

weights = st.floats(0, 5)
kinds = st.sampled_from(["eis", "wens"])
criteria = st.lists(
    st.one_of(
        st.builds(
            DistanceCriterion,
            id=st.just("x"),
            label=st.just("Boom"),
            source=st.just("s"),
            kind=kinds,
            weight=weights,
            to=st.sampled_from(["trees", "buildings", "charge_points"]),
            at_least_m=st.integers(0, 45),
        ),
        st.builds(
            WidthCriterion,
            id=st.just("x"),
            label=st.just("Breedte"),
            source=st.just("s"),
            kind=kinds,
            weight=weights,
            at_least_m=st.sampled_from([0.5, 1.85, 3.0]),
        ),
        st.builds(
            AttributeCriterion,
            id=st.just("x"),
            label=st.just("Vlak"),
            source=st.just("s"),
            kind=kinds,
            weight=weights,
            column=st.sampled_from(["orientation", "pole_surface"]),
            allowed=st.sampled_from([("haaks",), ("voetpad",)]),
        ),
        st.builds(
            WalkCriterion,
            id=st.just("x"),
            label=st.just("Loop"),
            source=st.just("s"),
            kind=kinds,
            weight=weights,
            at_most_m=st.integers(20, 80),
        ),
    ),
    min_size=1,
    max_size=5,
)


def profile(found):
    """The criteria with ids that differ."""
    return Policy(criteria=tuple(each.model_copy(update={"id": f"k{n}"}) for n, each in enumerate(found)))


def tree(name, at_least_m, kind="eis", **more):
    return DistanceCriterion(**ORDINARY | {"id": name, "kind": kind, "to": "trees", "at_least_m": at_least_m} | more)


def judge(*found, candidates=CANDIDATES, ground=GROUND, **more):
    return assess(candidates, Policy(criteria=found, **more), ground)


def test_every_candidate_is_held_against_every_criterion():
    profile = (
        tree("boom", 1.5, source="tabel", grondslag="plaatsing", label="Boom"),
        AttributeCriterion(
            id="wijze",
            label="Wijze",
            kind="wens",
            column="orientation",
            allowed=("haaks",),
            source="u",
            grondslag="verkeer",
        ),
    )

    found = Assessments.checked(judge(*profile))

    boom = {"criterion_id": "boom", "label": "Boom", "kind": "eis", "grondslag": "plaatsing", "unit": "m"}
    boom |= {"norm": "ten minste 1,50 m", "source": "tabel", "contribution": 0.0, "estimated": False}
    boom |= {"confidential": False, "data_source": "Bomen", "data_on": "2026-05-01"}
    wijze = {"criterion_id": "wijze", "label": "Wijze", "kind": "wens", "grondslag": "verkeer", "unit": None}
    wijze |= {"norm": "haaks", "source": "u", "estimated": False, "measured": NAN}
    wijze |= {"margin": NAN, "confidential": False, "data_source": None, "data_on": None}
    rows = {}
    for name, metres, text, verdict in [
        ("c1", 1.0, "1,00 m", "voldoet niet"),
        ("c2", 5.0, "5,00 m", "voldoet"),
        ("c3", 40.0, "40,00 m", "voldoet"),
    ]:
        rows[f"{name}|boom"] = boom | {
            "locatie_id": name,
            "measured": metres,
            "measured_text": text,
            "margin": metres - 1.5,
            "verdict": verdict,
            "counts_as": verdict,
            "reason": f"Boom: {text}; {verdict} aan de norm (ten minste 1,50 m).",
        }
    for name, value, verdict, part in [
        ("c1", "langs", "voldoet niet", 0.0),
        ("c2", "haaks", "voldoet", 1.0),
        ("c3", "langs", "voldoet niet", 0.0),
    ]:
        rows[f"{name}|wijze"] = wijze | {
            "locatie_id": name,
            "measured_text": value,
            "verdict": verdict,
            "counts_as": verdict,
            "contribution": part,
            "reason": f"Wijze: {value}; {verdict} aan de norm (haaks).",
        }
    pd.testing.assert_frame_equal(found, make(Assessments, rows))


@pytest.mark.parametrize(
    ("criterion", "verdict", "reason"),
    [
        (
            WidthCriterion(**ORDINARY, id="b", kind="eis", at_least_m=0.9),
            "n.v.t.",
            "Proef: niet van toepassing, er grenst geen voetpad aan de paal.",
        ),
        (
            DistanceCriterion(**ORDINARY, id="p", kind="eis", to="charge_points", at_least_m=75),
            "onbekend",
            "Proef: onbekend, de bron met bestaande laadpalen ontbreekt. Moet bij een schouw worden bekeken.",
        ),
        (
            AttributeCriterion(**ORDINARY, id="v", kind="eis", column="pole_surface", allowed=("voetpad",)),
            "onbekend",
            "Proef: onbekend, de bron zegt het niet. Moet bij een schouw worden bekeken.",
        ),
    ],
)
def test_what_cannot_be_judged_does_not_exclude_but_is_said(criterion, verdict, reason):
    found = judge(criterion, candidates=CANDIDATES.loc[["c3"]])

    assert (found[["verdict", "reason"]].to_numpy().tolist(), passing(found, CANDIDATES.loc[["c3"]]).all()) == (
        [[verdict, reason]],
        True,
    )


def test_an_eis_that_is_not_met_excludes_and_a_wens_does_not():
    found = judge(tree("e", 3.0), tree("w", 30.0, "wens"))

    assert passing(found, CANDIDATES).to_dict() == {"c1": False, "c2": True, "c3": True}


def test_the_score_is_the_weight_of_the_wensen_met_over_those_that_apply():
    found = judge(
        tree("a", 3.0, "wens", weight=2.0),
        WidthCriterion(**ORDINARY, id="b", kind="wens", weight=1.0, at_least_m=1.0),
        AttributeCriterion(**ORDINARY, id="c", kind="wens", weight=1.0, column="pole_surface", allowed=("erf",)),
        tree("d", 3.0, "eis"),
    )

    assert scores(found, CANDIDATES).to_dict() == {"c1": 0.25, "c2": 0.75, "c3": 1.0}


def test_a_wens_of_weight_nil_is_shown_and_not_weighed():
    found = judge(tree("a", 3.0, "wens", weight=0.0), tree("b", 0.5, "wens"))

    assert (len(found), scores(found, CANDIDATES).to_dict()) == (6, {"c1": 1.0, "c2": 1.0, "c3": 1.0})


def test_without_wensen_that_apply_the_score_is_nil():
    found = judge(WidthCriterion(**ORDINARY, id="b", kind="wens", at_least_m=1.0), candidates=CANDIDATES.loc[["c3"]])

    assert scores(found, CANDIDATES.loc[["c3"]]).to_dict() == {"c3": 0.0}


@given(found=criteria)
@fewer
def test_contributions_lie_between_nil_and_one_and_so_does_their_sum(found):
    assessments = Assessments.checked(assess(CANDIDATES, profile(found), GROUND))

    total = assessments.groupby("locatie_id")["contribution"].sum()
    assert assessments["contribution"].between(0, 1).all()
    assert total.between(0, 1 + 1e-9).all()
    assert scores(assessments, CANDIDATES).between(0, 1).all()
    assert (assessments.loc[assessments["kind"] == "eis", "contribution"] == 0).all()


@given(found=criteria, more=criteria)
@fewer
def test_one_more_eis_never_adds_candidates(found, more):
    before = passing(assess(CANDIDATES, profile(found), GROUND), CANDIDATES)
    added = [each.model_copy(update={"kind": "eis"}) for each in more]

    after = passing(assess(CANDIDATES, profile([*found, *added]), GROUND), CANDIDATES)

    assert not (after & ~before).any()


@given(found=criteria, seed=st.integers(0, 99))
@fewer
def test_the_order_of_the_candidates_does_not_matter(found, seed):
    judged = Assessments.checked(assess(CANDIDATES, profile(found), GROUND))

    again = Assessments.checked(assess(shuffled(CANDIDATES, seed), profile(found), GROUND))

    pd.testing.assert_frame_equal(again, judged)
    pd.testing.assert_series_equal(passing(again, CANDIDATES), passing(judged, CANDIDATES))


def test_blocks_give_what_judging_at_once_gives_in_order_of_id(monkeypatch):
    ids = pd.Index(["r@01", "r@0", "r@012"], name=Candidates.index_name(), dtype="str")  # each begins as another does
    spots, measured = CANDIDATES.set_axis(ids, axis=0), GROUND.measurements.set_axis(ids, axis=0)
    ground = Ground(**{**vars(GROUND), "measurements": measured})
    at_once = assess(spots, Policy(), ground)

    monkeypatch.setattr("laadplan.policy.assess.BLOCK", 1)
    found = assess(spots, Policy(), ground)

    pd.testing.assert_frame_equal(found, at_once)
    assert found.index.is_monotonic_increasing
    assert len(found) == 3 * len(BASIC_CRITERIA)


def test_reasons_come_in_order_of_criterion_whatever_the_order_of_the_profile():
    order = ["z_eerst", "a_daarna", "m_laatst"]

    found = judge(*(tree(name, 3.0, label=name) for name in order))

    reasons = failed_reasons(Assessments.checked(found))["c1"]

    assert sorted(order, key=reasons.index) == sorted(order)


def test_the_reasons_are_those_of_the_eisen_not_met():
    found = judge(tree("e", 3.0, label="Boom"), tree("w", 30.0, "wens"), tree("m", 0.5))

    assert failed_reasons(found).to_dict() == {"c1": "Boom: 1,00 m; voldoet niet aan de norm (ten minste 3,00 m)."}


def test_the_basic_profile_judges_and_keeps_the_contract():
    found = Assessments.checked(assess(CANDIDATES, Policy(), GROUND))

    assert len(found) == len(BASIC_CRITERIA) * len(CANDIDATES)


def test_a_profile_of_attributes_alone_keeps_the_contract():
    criterion = AttributeCriterion(**ORDINARY, id="v", kind="eis", column="orientation", allowed=("haaks",))

    found = Assessments.checked(judge(criterion))

    assert found["verdict"].to_list() == ["voldoet niet", "voldoet", "voldoet niet"]


@pytest.mark.parametrize(
    ("candidates", "policy"),
    [(Candidates.empty(), Policy()), (CANDIDATES, Policy(criteria=())), (Candidates.empty(), Policy(criteria=()))],
)
def test_without_candidates_or_criteria_nothing_is_judged_and_all_pass(candidates, policy):
    found = assess(candidates, policy, GROUND)

    pd.testing.assert_frame_equal(found, Assessments.empty())
    assert passing(found, candidates).to_list() == [True] * len(candidates)
    assert scores(found, candidates).to_list() == [0.0] * len(candidates)
    assert len(failed_reasons(found)) == 0


@pytest.mark.parametrize(
    ("if_unknown", "counts_as", "passes", "words"),
    [
        ("schouw", "schouw", True, "Moet bij een schouw worden bekeken."),
        ("voldoet", "voldoet", True, "Telt als voldoet."),
        ("voldoet niet", "voldoet niet", False, "Telt als voldoet niet."),
    ],
)
def test_what_is_unknown_counts_as_the_criterion_says(if_unknown, counts_as, passes, words):
    rule = criterion("spacing", at_least_m=75, if_unknown=if_unknown)

    found = judge(rule)

    assert set(found["verdict"]) == {"onbekend"}
    assert set(found["counts_as"]) == {counts_as}
    assert set(passing(found, CANDIDATES)) == {passes}
    assert found["reason"].str.endswith(words).all()


def test_a_criterion_outside_its_period_is_left_out_and_told():
    rules = (
        criterion("spacing", id="later", at_least_m=75, valid_from="2027-01-02"),
        criterion("spacing", id="vandaag", at_least_m=75, valid_from="2027-01-01", valid_until="2027-01-01"),
        criterion("spacing", id="voorbij", at_least_m=75, valid_until="2026-12-31"),
    )
    quality = Quality()

    found = judge(*rules)
    report(found, Policy(criteria=rules), date(2027, 1, 1), quality)

    assert set(found["criterion_id"]) == {"vandaag"}
    assert "Criteria that do not hold on 2027-01-01 and were left out: later, voorbij." in quality.findings


LADDER = [
    {"level": 1, "because": "slim laden", "at_least": 1.0},
    {"level": 3, "because": "proef", "kind": "wens"},
]


@pytest.mark.parametrize(
    ("level", "kind", "verdict", "norm"),
    [
        (0, "eis", "voldoet niet", "ten minste 1,50 m"),
        (1, "eis", "voldoet", "ten minste 1,00 m, versoepeld (niveau 1): slim laden"),
        (2, "eis", "voldoet", "ten minste 1,00 m, versoepeld (niveau 1): slim laden"),
        (
            3,
            "wens",
            "voldoet",
            "ten minste 1,00 m, versoepeld (niveau 1): slim laden, versoepeld (niveau 3, van eis naar wens): proef",
        ),
    ],
)
def test_a_ladder_relaxes_the_norm_level_by_level_and_says_why(level, kind, verdict, norm):
    rule = criterion("distance", to="trees", at_least_m=1.5, ladder=LADDER)

    found = judge(rule, candidates=CANDIDATES.loc[["c1"]], relaxation=level)

    assert found[["kind", "verdict", "norm"]].to_numpy().tolist() == [[kind, verdict, norm]]


def test_in_order_an_earlier_wens_outweighs_all_later_ones_together():
    rules = [tree("eerst", 30.0, "wens"), *(tree(f"later{n}", 3.0, "wens") for n in range(6))]

    found = scores(judge(*rules, scoring="order"), CANDIDATES)

    assert found["c1"] == 0.0
    assert found["c2"] < 0.5 < found["c3"]


def test_ranks_go_by_score_then_by_what_is_unknown_then_by_id():
    unknown = criterion("attribute", id="vlak", column="pole_surface", allowed=["voetpad"])
    same = judge(tree("w", 0.5, "wens"), unknown)

    assert ranks(same, CANDIDATES).to_dict() == {"c1": 1, "c2": 2, "c3": 3}
    assert ranks(judge(tree("w", 3.0, "wens"), unknown), CANDIDATES).to_dict() == {"c2": 1, "c3": 2, "c1": 3}


def test_who_does_not_pass_has_no_rank():
    assert ranks(judge(tree("e", 3.0)), CANDIDATES).isna().to_dict() == {"c1": True, "c2": False, "c3": False}


@given(found=criteria, dx=st.integers(-500, 500), dy=st.integers(-500, 500))
@fewer
def test_shifting_everything_changes_no_verdict(found, dx, dy):
    policy = profile(found)
    shifted = {name: rows.set_geometry(rows.geometry.translate(dx, dy)) for name, rows in GROUND.layers.items()}
    moved = CANDIDATES.set_geometry(CANDIDATES.geometry.translate(dx, dy))

    again = assess(moved, policy, Ground(**{**vars(GROUND), "layers": shifted}))

    pd.testing.assert_frame_equal(again, assess(CANDIDATES, policy, GROUND))


@given(found=criteria, text=st.text(max_size=5))
@fewer
def test_what_no_criterion_looks_at_changes_nothing(found, text):
    policy = profile(found)
    other = CANDIDATES.assign(street=text, house_number=text, address_id=text, kerb_m=0.1, maintainer=text)

    pd.testing.assert_frame_equal(assess(other, policy, GROUND), assess(CANDIDATES, policy, GROUND))


def test_of_equal_scores_the_place_with_fewest_unknown_verdicts_comes_first():
    places = CANDIDATES.assign(pole_surface=[None, "voetpad", "voetpad"])
    rule = AttributeCriterion(**ORDINARY, id="v", kind="eis", column="pole_surface", allowed=("voetpad",))

    assert ranks(judge(rule, candidates=places), places).to_dict() == {"c1": 3, "c2": 1, "c3": 2}
