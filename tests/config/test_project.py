from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from laadplan.config.optimisation import Optimisation
from laadplan.config.project import Area, Project, make_project
from laadplan.errors import ConfigError
from tests.frames import few

INFINITE = float("inf")


def refused(**settings):
    """The message with which these settings are refused."""
    with pytest.raises(ConfigError) as caught:
        make_project({"schema": 1, **settings}, where="ede.yaml")
    return str(caught.value)


def test_an_empty_mapping_gives_all_defaults():
    assert make_project({}) == Project()


@pytest.mark.parametrize("nothing", [None, [], "schema: 1"])
def test_what_is_no_mapping_is_refused(nothing):
    with pytest.raises(ConfigError, match=r"ede.yaml: The config holds no keys. Start from configs/default.yaml."):
        make_project(nothing, where="ede.yaml")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"walking": {"norm": 250}}, "Key 'walking.norm': unknown key; did you mean 'norm_m'?"),
        (
            {"scenario": {"public_share": 0.7}},
            "Key 'scenario.public_share' is gone: who has no driveway is now computed;",
        ),
        ({"optimisaton": {}}, "Key 'optimisaton': unknown key; did you mean 'optimisation'?"),
        ({"sources": {"adresses": {}}}, "Key 'sources.adresses': unknown key; did you mean 'addresses'?"),
        ({"sources": {"jobs": {"path": "b", "values": {}}}}, "Key 'sources.jobs.values': unknown key"),
        ({"sources": {"cables": {"a": {"path": "b", "dialect": "x"}}}}, "Key 'sources.cables.a.dialect': unknown key"),
        ({"sources": {"bgt": {"path": "b", "licens": "x"}}}, "Key 'sources.bgt.licens': unknown key; did you mean"),
        ({"sources": {"trees": {"path": "t", "colums": {}}}}, "'sources.trees.colums': unknown key; did you mean 'col"),
        ({"zzzzz": 1}, "Key 'zzzzz': unknown key."),
        ({"schema_version": 1}, "did you mean 'schema'?"),
    ],
)
def test_an_unknown_key_is_named_with_what_was_probably_meant(settings, words):
    assert words in refused(**settings)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"walking": {"norm_m": -250}}, "Key 'walking.norm_m': Input should be greater than 0 (found: -250)"),
        (
            {"spots": {"pole_to_kerb_m": -0.5}},
            "Key 'spots.pole_to_kerb_m': Input should be greater than 0 (found: -0.5)",
        ),
        (
            {"spots": {"pole_to_kerb_m": 0.75}},
            "Key 'spots': pole_to_kerb_m is larger than pole_to_bay_max_m: no pole would be within reach",
        ),
        ({"surfaces": {"arc_tolerance_m": 0}}, "Key 'surfaces.arc_tolerance_m': Input should be greater than 0"),
        (
            {"scenario": {"public_share_driveway": 1.2}},
            "Key 'scenario.public_share_driveway': Input should be less than or equal to 1",
        ),
        ({"scenario": {"year": 1999}}, "Key 'scenario.year': Input should be greater than or equal to 2025"),
        ({"walking": {"norm_m": "far"}}, "Key 'walking.norm_m': Input should be a valid number"),
        ({"area": {"municipality_code": "0228"}}, "Key 'area.municipality_code':"),
        ({"name": "Ede (proef)"}, "Key 'name':"),
    ],
)
def test_a_wrong_value_is_named_with_its_key(settings, words):
    assert words in refused(**settings)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (2020, 2020),
        (date(2024, 1, 31), date(2024, 1, 31)),
        ("2024-01-31", date(2024, 1, 31)),
        (None, None),
    ],
)
def test_a_reference_date_is_a_day_or_a_year_alone(given, expected):
    found = make_project({"sources": {"bgt": {"path": "b", "reference_on": given}}}).sources.bgt.reference_on

    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize("wrong", [20200131, 20, -2020, True, 2020.5, "2020-02-30", "onlangs"])
def test_what_is_neither_a_day_nor_a_year_is_refused_as_reference_date(wrong):
    assert "Key 'sources.bgt.reference_on" in refused(sources={"bgt": {"path": "b", "reference_on": wrong}})


def test_a_config_of_another_schema_is_refused():
    assert "Key 'schema': Input should be 1 (found: 2)" in refused(**{"schema": 2})


@pytest.mark.parametrize("name", ["parallel_depth_m", "perpendicular_depth_m", "angled_depth_m", "angled_deg"])
@pytest.mark.parametrize("depths", [(-1.0, 3.0), (3.0, 1.6)])
def test_depths_of_a_strip_are_positive_and_in_order(name, depths):
    assert name in refused(bays={name: depths})


@pytest.mark.parametrize("sizes", [{"parallel_length_min_m": 5.6}, {"parallel_length_max_m": 5.4}])
def test_lengths_of_a_langs_bay_go_up(sizes):
    assert "parallel_length_min_m, parallel_length_m and parallel_length_max_m must go up" in refused(bays=sizes)


@pytest.mark.parametrize(
    "section", [{"walking": {"norm_m": INFINITE}}, {"spots": {"footway_search_m": INFINITE}}], ids=str
)
def test_a_distance_without_end_is_refused(section):
    assert "_m'" in refused(**section)


@pytest.mark.parametrize("bbox", [(182000, 456000, 180000, 458000), (180000, 456000, 180000, 458000)])
def test_the_corners_of_the_area_are_in_order(bbox):
    assert "Key 'area': bbox_rd must be [xmin, ymin, xmax, ymax]" in refused(area={"bbox_rd": bbox})


def test_an_area_in_degrees_is_refused():
    assert "bbox_rd" in refused(area={"bbox_rd": [5.77, 52.09, 5.80, 52.11]})


def test_both_a_number_of_poles_and_a_budget_are_refused():
    assert "give either new_poles or budget_eur" in refused(optimisation={"new_poles": 3, "budget_eur": 50000})


def test_neither_a_number_of_poles_nor_a_budget_is_refused():
    assert "give either new_poles or budget_eur" in refused(optimisation={"new_poles": None})


@pytest.mark.parametrize(
    ("budget", "words"),
    [
        (0, "Key 'optimisation.budget_eur': Input should be greater than 0 (found: 0)"),
        (-1, "Key 'optimisation.budget_eur': Input should be greater than 0 (found: -1)"),
        (4999, "budget_eur 4999 does not pay for one pole of 5000"),
        (INFINITE, "Key 'optimisation.budget_eur'"),
    ],
)
def test_a_budget_that_pays_for_nothing_is_refused(budget, words):
    assert words in refused(optimisation={"new_poles": None, "budget_eur": budget})


def test_no_poles_at_all_is_refused():
    assert "Key 'optimisation.new_poles': Input should be greater than or equal to 1" in refused(
        optimisation={"new_poles": 0}
    )


@given(budget=st.integers(5000, 10**6), cost=st.integers(1, 5000))
@few
def test_a_budget_pays_for_whole_poles_only(budget, cost):
    poles = Optimisation(new_poles=None, budget_eur=budget, cost_per_pole_eur=cost).poles_allowed

    assert poles * cost <= budget < (poles + 1) * cost


def test_a_number_of_poles_is_what_may_be_placed():
    assert Optimisation(new_poles=12).poles_allowed == 12


def test_a_project_cannot_be_changed():
    project = make_project({"schema": 1})

    with pytest.raises(ValidationError, match="frozen"):
        project.walking.norm_m = 300


def test_equal_settings_give_equal_projects_that_write_and_read_back():
    project = make_project({"schema": 1, "name": "ede", "area": {"bbox_rd": [0, 0, 1000, 1000]}})

    again = make_project(project.model_dump(mode="json", by_alias=True))

    assert again == project


def test_an_area_without_a_box_is_everything():
    assert Area().bbox_rd is None


def test_sources_without_a_name_of_their_own_are_told_how_to_get_one():
    words = refused(sources={"cables": {"path": "klic"}})

    assert "Key 'sources.cables.path': keys are expected here" in words
    assert "'klic: {path: ...}' (found: 'klic')" in words
