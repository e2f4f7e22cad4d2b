from datetime import date

import pandas as pd
import pytest

from laadplan.config.base_policy import BASIC_CRITERIA
from laadplan.config.criteria import CONFIDENTIAL
from laadplan.config.policy import Policy
from laadplan.config.project import SpotRules
from laadplan.policy.findings import Finding, in_order
from laadplan.policy.ground import Data
from laadplan.policy.lint import lint, lint_outcomes
from laadplan.policy.measurable import Setting

TODAY = date(2027, 1, 1)
PLAIN = {"source": "beleid", "owner": "Verkeer", "source_on": "2026-01-01", "kind": "eis"}
GIVEN = {
    name: Data(name, "2026")
    for name in ("trees", "bgt", "width", "zones", "charge_points", "facade_m", "kerb_m", "junction_m", "corridor")
}


def rule(name, identifier, **keys):
    return {**PLAIN, "rule": name, "id": identifier, "label": identifier.capitalize(), **keys}


def width(identifier, at_least_m, **keys):
    return rule("width", identifier, at_least_m=at_least_m, **keys)


def distance(identifier, **keys):
    return rule("distance", identifier, **{"to": "trees", **keys})


def facade(identifier, **keys):
    return rule("value", identifier, column="facade_m", unit="m", **keys)


def side(identifier, **keys):
    return rule("attribute", identifier, column="side", **keys)


def heritage(identifier, wanted, **keys):
    return rule("inside", identifier, layer="zones", where={"kind": ["erfgoed"]}, wanted=wanted, **keys)


def setting(**more):
    plain = {"spots": SpotRules(), "margin_m": 100.0, "data": GIVEN, "zone_kinds": frozenset({"erfgoed"})}
    return Setting(**{**plain, **more})


def policy(*criteria, **keys):
    return Policy.model_validate({"criteria": list(criteria), **keys})


def found(*criteria, within=None, **keys):
    """Findings and remarks as kind, ids and text."""
    return [(each.kind, each.about, each.text) for each in lint(policy(*criteria, **keys), TODAY, within)]


def told(rows, ids, kind="finding"):
    return [text for each, about, text in rows if each == kind and about == ids]


CASES = {
    "numbers that exclude each other": (
        [facade("a", at_least=5), facade("b", at_most=4)],
        ("a", "b"),
        "contradict each other",
    ),
    "spacing above a distance": (
        [rule("spacing", "a", at_least_m=75), distance("b", to="charge_points", at_most_m=50)],
        ("a", "b"),
        "contradict each other",
    ),
    "inside and outside": ([heritage("a", "inside"), heritage("b", "outside")], ("a", "b"), "contradict each other"),
    "lists without a value in common": (
        [side("a", allowed=["noordzijde"]), side("b", allowed=["zuidzijde"])],
        ("a", "b"),
        "contradict each other",
    ),
    "allowed and forbidden": (
        [side("a", allowed=["noordzijde"]), side("b", forbidden=["noordzijde"])],
        ("a", "b"),
        "contradict each other",
    ),
    "three lists that together leave nothing": (
        [side("a", allowed=["n", "z"]), side("b", forbidden=["n"]), side("c", forbidden=["z"])],
        ("a", "b", "c"),
        "together leave no value of side",
    ),
    "a wens that no spot can meet": ([facade("a", at_most=4), facade("b", at_least=5, kind="wens")], ("b",), "eis a"),
    "a wens weaker than an eis": ([width("a", 1.2), width("b", 0.9, kind="wens")], ("b",), "says nothing: the eis a"),
    "a wens equal to an eis": ([width("a", 1.2, kind="wens"), width("b", 1.2)], ("a",), "says nothing: the eis b"),
    "a period that is over": ([width("a", 1, valid_until="2026-12-31")], ("a",), "is over on 2027-01-01"),
    "one label twice": (
        [width("a", 1, label="Ruim"), facade("b", at_least=1, label=" ruim")],
        ("a", "b"),
        "same label",
    ),
    "no label": ([width("a", 1, label=" ")], ("a",), "no label"),
    "no source": ([width("a", 1, source=" ")], ("a",), "names no source"),
    "weights of 0": ([width("a", 1, kind="wens", weight=0)], ("a",), "Every wens weighs 0"),
    "centimetres to a kerb": ([rule("value", "a", column="kerb_m", unit="m", at_most=60)], ("a",), "centimetres"),
    "centimetres of cable": ([rule("cable", "a", at_most_m=2500)], ("a",), "asks for 2500 m"),
    "centimetres to a tree": (
        [rule("tree", "a", clear_of="stem", by_stem=[[0.2, 115]])],
        ("a",),
        "asks for 115 m: is that in centimetres?",
    ),
    "a percentage": (
        [rule("value", "a", column="parking_pressure_share", unit="share", at_most=85)],
        ("a",),
        "0.85 is 85 %",
    ),
    "a column that a layer does not have": (
        [distance("a", at_least_m=1, where={"soort": ["eik"]})],
        ("a",),
        "picks trees by soort: no such column",
    ),
    "a column that would tell cables apart": (
        [distance("a", to="cables", at_least_m=1, where={"label": ["x"]})],
        ("a",),
        "confidential",
    ),
    "a kind of zone that does not exist": (
        [rule("inside", "a", layer="zones", where={"kind": ["erfgod"]}, wanted="outside")],
        ("a",),
        "kind erfgod",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_fault_in_the_rules_is_a_finding(case):
    criteria, ids, words = CASES[case]
    texts = told(found(*criteria), ids)

    assert len(texts) == 1
    assert words in texts[0]


REACH = {
    "wider than is looked": ([width("a", 12)], {}, "footway_search_m, 10 m"),
    "longer than is followed": (
        [rule("corridor", "a", under_m=1.2, at_most_m=40)],
        {"corridor_m": 40.0},
        "allows as much as is looked at (40 m)",
    ),
    "further than is read": ([distance("a", at_least_m=150)], {}, "sources are read 100 m outside"),
    "counted further than is read": (
        [rule("count", "a", layer="trees", within_m=101, at_most=3)],
        {},
        "sources are read 100 m outside",
    ),
    "further than is measured": (
        [rule("value", "a", column="junction_m", unit="m", at_least=100.5)],
        {},
        "more than is looked at (100 m)",
    ),
    "a kerb where no pole stands": (
        [rule("value", "a", column="kerb_m", unit="m", at_most=0.45)],
        {},
        "poles are put 0.5 m from the bays",
    ),
    "a raster that is not given": (
        [rule("raster", "a", raster="hitte", unit="°C", at_most=30)],
        {},
        "raster hitte, which is not under sources.rasters",
    ),
    "zones that are not given": ([heritage("a", "outside")], {"zone_kinds": frozenset()}, "zones of kind erfgoed"),
    "soil that is not given": (
        [rule("attribute", "a", column="soil", allowed=["geldig"])],
        {},
        "zones of kind bodem",
    ),
    "a layer that is not given": ([distance("a", to="signs", at_least_m=1)], {}, "a source that this config does not"),
}


@pytest.mark.parametrize("case", REACH)
def test_what_a_project_cannot_measure_is_a_finding(case):
    criteria, more, words = REACH[case]

    texts = told(found(*criteria, within=setting(**more)), ("a",))

    assert [words in text for text in texts] == [True]
    assert words not in str(found(*criteria))


SOUND = {
    "an eis and a stricter wens": [width("a", 0.9), width("b", 1.2, kind="wens")],
    "other layers": [distance("a", at_least_m=5), distance("b", to="charge_points", at_most_m=4)],
    "other objects of a layer": [
        distance("a", at_least_m=5, where={"species": ["eik"]}),
        distance("b", at_most_m=4, where={"species": ["den"]}),
    ],
    "periods one after the other": [
        facade("a", at_least=5, valid_from="2027-01-01", label="Nu"),
        facade("b", at_most=4, valid_from="2027-02-01", valid_until="2027-03-01", label="Straks"),
    ][:1],
    "inside one zone and outside another": [
        heritage("a", "outside"),
        rule("inside", "b", layer="zones", where={"kind": ["eigendom"]}, wanted="inside"),
    ],
    "a norm at the very reach": [width("a", 10.0), distance("b", at_least_m=100), facade("c", at_least=100)],
    "a kerb at the pole": [rule("value", "a", column="kerb_m", unit="m", at_least=0.5, at_most=0.5)],
    "layers that are read wider": [distance("a", to="charge_points", at_least_m=400)],
}


@pytest.mark.parametrize("case", SOUND)
def test_rules_that_are_sound_give_no_finding(case):
    within = setting(zone_kinds=frozenset({"erfgoed", "eigendom"}))

    assert [each for each in found(*SOUND[case], within=within) if each[0] == "finding"] == []


def test_a_missing_date_or_owner_is_a_remark():
    rows = found(width("a", 1, source_on=None), facade("b", at_least=1, owner=""))

    assert told(rows, ("a",), "remark") == ["give no date of their source (source_on)"]
    assert told(rows, ("b",), "remark") == ["name no department that owns them (owner)"]
    assert [each for each in rows if each[0] == "finding"] == []


def test_a_wens_without_data_is_a_remark():
    rows = found(distance("a", to="signs", at_least_m=1, kind="wens"), within=setting())

    assert told(rows, ("a",)) == []
    assert len(told(rows, ("a",), "remark")) == 1


def test_a_period_that_has_not_begun_is_a_remark():
    assert told(found(width("a", 1, valid_from="2027-01-02")), ("a",), "remark") == [
        "holds from 2027-01-02, not yet on 2027-01-01"
    ]


def test_a_relaxation_beyond_the_ladders_is_a_finding():
    step = {"level": 2, "because": "proef", "at_least": 0.9}
    ladder = [width("a", 1.2, ladder=[step])]

    assert "its ladders end at level 2" in told(found(*ladder, relaxation=3), ())[0]
    assert told(found(*ladder, relaxation=2), ()) == []


def test_the_rules_are_looked_at_as_they_stand_at_their_level():
    """At level 1 the eis of 1.20 m has become one of 0.90 m, and the wens of 1.00 m says something again."""
    criteria = [
        width("a", 1.2, ladder=[{"level": 1, "because": "proef", "at_least": 0.9}]),
        width("b", 1.0, kind="wens", label="Ruim"),
    ]

    assert len(told(found(*criteria), ("b",))) == 1
    assert told(found(*criteria, relaxation=1), ("b",)) == []


def test_a_policy_without_rules_is_remarked_upon():
    assert [(kind, about) for kind, about, _ in found()] == [("remark", ()), ("remark", ())]


def test_findings_come_before_remarks_and_stand_once():
    rows = [Finding("remark", "x"), Finding("finding", "y"), Finding("remark", "x")]

    assert in_order(rows) == [Finding("finding", "y"), Finding("remark", "x")]


def test_the_national_base_is_sound():
    assert [each for each in lint(Policy(), TODAY) if each.kind == "finding"] == []
    assert any(criterion.confidential for criterion in BASIC_CRITERIA)
    assert CONFIDENTIAL


def outcomes(**verdicts):
    """Assessments of a few candidates: criterion to its verdicts."""
    rows = [(name, verdict) for name, each in verdicts.items() for verdict in each]
    return pd.DataFrame(rows, columns=["criterion_id", "verdict"])


@pytest.mark.parametrize(
    ("verdicts", "kind", "words"),
    [
        (["voldoet niet", "voldoet niet", "n.v.t."], "finding", "is met by none of 2 candidates"),
        (["voldoet", "n.v.t.", "voldoet"], "remark", "is met by all 2 candidates"),
        (["onbekend", "onbekend"], "finding", "is unknown for all 2 candidates"),
        (["n.v.t."], "remark", "does not apply to any of 1 candidates"),
        (["voldoet", "voldoet niet"], None, ""),
        (["onbekend", "voldoet niet"], None, ""),
        ([], None, ""),
    ],
)
def test_a_rule_that_tells_nothing_apart_is_found(verdicts, kind, words):
    rows = lint_outcomes(policy(width("a", 1)), outcomes(a=verdicts))

    assert rows == ([] if kind is None else [Finding(kind, words, ("a",))])


def test_a_wens_that_is_unknown_everywhere_is_a_remark():
    rows = lint_outcomes(policy(width("a", 1, kind="wens")), outcomes(a=["onbekend"]))

    assert [each.kind for each in rows] == ["remark"]


def test_outcomes_of_no_candidates_say_nothing():
    assert lint_outcomes(Policy(), outcomes()) == []


def test_a_value_that_a_property_never_has_is_found():
    found = lint(
        Policy.model_validate({"criteria": [side("kant", allowed=["dwars"]), side("wel", allowed=["oostzijde"])]}),
        TODAY,
    )

    (odd,) = [each for each in found if "dwars" in each.text]
    assert (odd.kind, odd.about) == ("finding", ("kant",))
    assert "it is one of noordzijde, oostzijde, zuidzijde, westzijde" in odd.text
