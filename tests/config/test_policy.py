import pytest

from laadplan.config.policy import BASIC_CRITERIA, Policy
from laadplan.config.project import make_project
from laadplan.errors import ConfigError

TREES = {"rule": "distance", "id": "boom", "label": "Boom", "kind": "eis", "to": "trees", "source": "proef"}
SURFACE = {"rule": "attribute", "id": "vlak", "label": "Vlak", "kind": "eis", "column": "pole_surface", "source": "x"}


def refused(*criteria):
    with pytest.raises(ConfigError) as caught:
        make_project({"schema": 1, "policy": {"criteria": list(criteria)}})
    return str(caught.value)


def test_the_basic_profile_has_ids_that_differ():
    ids = [criterion.id for criterion in BASIC_CRITERIA]

    assert len(set(ids)) == len(ids)


def test_every_basic_criterion_says_where_its_norm_comes_from_and_who_owns_it():
    assert all(criterion.source and criterion.owner and criterion.label for criterion in BASIC_CRITERIA)


def test_the_order_of_the_profile_is_kept():
    profile = make_project(
        {"policy": {"criteria": [{**TREES, "id": name, "at_least_m": 1} for name in ("z", "a", "m")]}}
    ).policy

    assert [criterion.id for criterion in profile.criteria] == ["z", "a", "m"]


@pytest.mark.parametrize(
    ("criterion", "words"),
    [
        (TREES, "a distance criterion needs at_least_m or at_most_m"),
        ({**TREES, "at_least_m": -1.5}, "at_least_m': Input should be greater than or equal to 0 (found: -1.5)"),
        ({**TREES, "at_least_m": float("nan")}, "at_least_m': Input should be"),
        ({**TREES, "at_least_m": 5, "at_most_m": 2}, "at_least_m"),
        ({**TREES, "at_least_m": 1, "to": "bomen"}, "'squares', 'terrain', 'trees'"),
        ({**TREES, "at_least_m": 1, "kind": "moet"}, "'eis' or 'wens'"),
        ({**TREES, "at_least_m": 1, "weight": -1}, "weight': Input should be greater than or equal to 0"),
        ({**TREES, "at_least_m": 1, "id": "Boom 1"}, "String should match pattern"),
        ({**TREES, "at_leest_m": 1}, "unknown key; did you mean 'at_least_m'?"),
        ({**TREES, "rule": "afstand"}, "'afstand'"),
        ({key: value for key, value in TREES.items() if key != "rule"}, "'rule'"),
        (SURFACE, "either allowed or forbidden"),
        ({**SURFACE, "allowed": ["voetpad"], "forbidden": ["erf"]}, "either allowed or forbidden"),
        ({"rule": "walk", "id": "l", "label": "L", "kind": "eis", "at_most_m": 0, "source": "x"}, "greater than 0"),
        ({key: value for key, value in {**TREES, "at_least_m": 1}.items() if key != "source"}, "this key is missing"),
    ],
)
def test_a_criterion_that_cannot_be_applied_is_refused(criterion, words):
    assert words in refused(criterion)


def test_the_key_in_a_message_is_the_path_in_the_yaml():
    assert "Key 'policy.criteria.0.at_least_m'" in refused({**TREES, "at_least_m": -1})


def test_an_id_used_twice_is_refused():
    assert "criterion id used twice: boom" in refused({**TREES, "at_least_m": 1}, {**TREES, "at_least_m": 2})


def test_a_profile_without_criteria_is_allowed():
    assert Policy(criteria=()).criteria == ()
