import tomllib

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from laadplan.config.base_policy import BASIC_CRITERIA
from laadplan.config.criteria import TreeCriterion, WidthCriterion
from laadplan.config.policy import Profile, base_profile, merge
from laadplan.errors import ConfigError
from laadplan.store import profiles
from laadplan.store.profiles import is_profile, laid_over, presets, read_profile, read_profiles
from laadplan.store.projects import read_project
from tests.frames import few

WIDTH = {"rule": "width", "id": "breed", "label": "Breedte", "kind": "eis", "source": "proef", "owner": "Verkeer"}
PRESETS = ("heiloo", "landelijk", "soest", "wassenaar", "zeist", "zwolle")


def width(at_least_m, **more):
    return {**WIDTH, "at_least_m": at_least_m, **more}


@pytest.fixture
def write(tmp_path):
    """Function from a name and keys to a profile file of that name."""

    def put(name, /, **keys):
        path = tmp_path / f"{name}.yaml"
        path.write_text(yaml.safe_dump({"schema": 1, "name": name, "title": name, **keys}))
        return path

    return put


@pytest.fixture
def project(tmp_path):
    """Function from the policy of a config to the project that is read."""

    def put(**policy):
        path = tmp_path / "ede.yaml"
        path.write_text(yaml.safe_dump({"schema": 1, "name": "ede", "policy": policy}))
        return read_project(path).project

    return put


def refused(call, *args):
    with pytest.raises(ConfigError) as caught:
        call(*args)
    return str(caught.value)


def norms(criteria):
    return {criterion.id: (criterion.least, criterion.profile) for criterion in criteria}


# ---- reading and laying over -----------------------------------------------------------------------------------------


def test_a_profile_comes_after_what_it_is_based_on(write, tmp_path):
    write("a", criteria=[width(1)])
    write("b", based_on="./a.yaml", criteria=[width(2)])
    write("c", based_on="b.yaml", criteria=[width(3, id="ander")])

    read = read_profiles(["c.yaml"], tmp_path / "ede.yaml")

    assert [profile.name for profile in read] == ["a", "b", "c"]
    assert norms(laid_over(read, tmp_path)) == {"breed": (2.0, "b"), "ander": (3.0, "c")}


def test_a_profile_that_two_are_based_on_stands_once(write, tmp_path):
    write("a", criteria=[width(1)])
    write("b", based_on="a.yaml", criteria=[width(2)])
    write("c", based_on="a.yaml")

    read = read_profiles(["b.yaml", "c.yaml", "./a.yaml"], tmp_path / "ede.yaml")

    assert [profile.name for profile in read] == ["a", "b", "c"]
    assert norms(laid_over(read, tmp_path)) == {"breed": (2.0, "b")}


def test_a_path_is_relative_to_the_file_that_names_it(write, tmp_path):
    (tmp_path / "diep").mkdir()
    write("diep/../a", name="a", criteria=[width(1)])
    write("diep/b", name="b", based_on="../a.yaml")

    assert [profile.name for profile in read_profiles(["diep/b.yaml"], tmp_path / "ede.yaml")] == ["a", "b"]


def test_a_name_in_a_path_comes_from_the_environment(write, tmp_path, monkeypatch):
    write("a")
    monkeypatch.setenv("LITTLE_POLICY", str(tmp_path))

    assert len(read_profiles(["${LITTLE_POLICY}/a.yaml"], tmp_path / "elders" / "ede.yaml")) == 1


def test_a_profile_based_on_itself_is_refused_with_the_circle(write, tmp_path):
    write("a", based_on="c.yaml")
    write("b", based_on="a.yaml")
    write("c", based_on="b.yaml")

    assert "(a -> c -> b -> a)" in refused(read_profiles, ["a.yaml"], tmp_path / "ede.yaml")


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (
            {"criteria": [width(1, at_leest_m=3)]},
            "Key 'criteria.0.at_leest_m': unknown key; did you mean 'at_least_m'?",
        ),
        ({"criteria": [width(1), width(2)]}, "criterion id used twice: breed"),
        ({"critera": []}, "Key 'critera': unknown key; did you mean 'criteria'?"),
        ({"name": "anders"}, "The profile is called anders and its file proef."),
        ({"schema": 2}, "Key 'schema'"),
        ({"title": None}, "Key 'title'"),
    ],
)
def test_a_profile_that_is_no_good_is_refused_with_its_file_and_key(write, keys, words):
    path = write("proef", **keys)
    message = refused(read_profile, path)

    assert words in message
    assert str(path) in message


def test_two_profiles_of_one_name_are_refused(write, tmp_path):
    (tmp_path / "diep").mkdir()
    write("a")
    write("diep/a", name="a")

    assert "Two profiles are called a." in refused(read_profiles, ["a.yaml", "diep/a.yaml"], tmp_path / "ede.yaml")


def test_a_preset_that_does_not_exist_is_refused_with_those_that_do(tmp_path):
    message = refused(read_profiles, ["zwole"], tmp_path / "ede.yaml")

    assert "There is no preset 'zwole'." in message
    assert all(name in message for name in PRESETS)


def test_no_names_give_no_profiles(tmp_path):
    assert read_profiles([], tmp_path / "ede.yaml") == []


def test_profiles_and_configs_are_told_apart():
    assert is_profile({"schema": 1, "name": "a", "title": "A"})
    assert not is_profile({"schema": 1, "name": "a", "policy": {}, "area": {}})


# ---- merging: properties ---------------------------------------------------------------------------------------------

ids = st.sampled_from("abcdef")
few_criteria = st.lists(ids, unique=True, max_size=5).map(
    lambda names: tuple(WidthCriterion(id=name, label=name, kind="eis", at_least_m=1, source="proef") for name in names)
)


def made(name, criteria, **more):
    return Profile(schema=1, name=name, title=name, criteria=criteria, **more)


@few
@given(few_criteria, few_criteria)
def test_merging_with_an_empty_profile_changes_nothing(one, other):
    held = [made("een", one), made("twee", other)]
    empty = made("leeg", ())

    assert merge([empty, *held]) == merge([held[0], empty, held[1]]) == merge([*held, empty]) == merge(held)


@few
@given(few_criteria, few_criteria)
def test_the_later_profile_wins_and_every_criterion_says_where_it_came_from(one, other):
    merged = merge([made("een", one), made("twee", other)])

    later = {criterion.id for criterion in other}
    assert {criterion.id: criterion.profile for criterion in merged} == {
        **{criterion.id: "een" for criterion in one if criterion.id not in later},
        **dict.fromkeys(later, "twee"),
    }
    assert [criterion.id for criterion in merged][: len(one)] == [criterion.id for criterion in one]


@few
@given(few_criteria)
def test_a_profile_that_leaves_all_out_leaves_nothing(one):
    names = tuple(criterion.id for criterion in one)

    assert merge([made("een", one), made("twee", (), leave_out=names)]) == ()


# ---- in a project ----------------------------------------------------------------------------------------------------


def test_without_profiles_a_project_has_the_national_base(project):
    assert project().policy.criteria == BASIC_CRITERIA


def test_profiles_and_own_criteria_are_laid_one_over_the_other(project, write):
    write("a", criteria=[width(1), width(2, id="ander"), width(3, id="weg")])

    policy = project(profiles=["a.yaml"], leave_out=["weg"], criteria=[width(5), width(6, id="eigen")]).policy

    assert norms(policy.criteria) == {"breed": (5.0, "config"), "ander": (2.0, "a"), "eigen": (6.0, "config")}
    assert [criterion.id for criterion in policy.criteria] == ["breed", "ander", "eigen"]


def test_a_profile_alone_does_not_bring_the_base(project, write):
    write("a", criteria=[width(1)])

    assert norms(project(profiles=["a.yaml"]).policy.criteria) == {"breed": (1.0, "a")}


def test_a_profile_that_changes_changes_the_project(project, write):
    write("a", criteria=[width(1)])
    before = project(profiles=["a.yaml"]).policy.model_dump(mode="json")
    write("a", criteria=[width(2)])

    assert project(profiles=["a.yaml"]).policy.model_dump(mode="json") != before


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (
            {"profiles": ["landelijk"], "leave_out": ["afstand_bom"]},
            "leaves out what no earlier profile has: afstand_bom",
        ),
        ({"leave_out": ["afstand_boom"]}, "leaves out criteria of no profile"),
        ({"profiles": ["none.yaml"]}, "The profile does not exist."),
        ({"profiles": [""]}, "There is no preset ''"),
    ],
)
def test_a_policy_that_cannot_be_merged_is_refused(project, policy, words):
    with pytest.raises(ConfigError) as caught:
        project(**policy)
    assert words in str(caught.value)


# ---- the presets -----------------------------------------------------------------------------------------------------


def test_the_presets_are_these():
    assert presets() == list(PRESETS)


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_says_what_is_not_known_and_names_a_source_for_every_rule(name, tmp_path):
    read = read_profiles([name], tmp_path / "ede.yaml")

    assert [profile.name for profile in read] == list(dict.fromkeys(["landelijk", name]))
    assert all(criterion.source and criterion.owner for criterion in read[-1].criteria)
    assert all(criterion.source_on is None for criterion in read[-1].criteria)
    assert name == "landelijk" or "zijn niet bekend" in read[-1].note


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_names_its_schema_for_editors(repository, name):
    first = (repository / "configs" / "beleid" / f"{name}.yaml").read_text(encoding="utf-8").splitlines()[0]

    assert first == "# yaml-language-server: $schema=../profile-schema.json"
    assert (repository / "configs" / "profile-schema.json").is_file()


def test_the_file_of_the_national_base_holds_what_is_built_in(repository):
    assert read_profile(repository / "configs" / "beleid" / "landelijk.yaml") == base_profile()


def test_the_figures_of_the_presets_are_those_of_the_municipalities(tmp_path):
    """Walks of 200 m (Heiloo, Wassenaar) and 300 m (Zeist), Zwolle's steps of width, Soest's 1.5 m beyond the crown."""
    held = {name: {each.id: each for each in merge(read_profiles([name], tmp_path / "x"))} for name in PRESETS}

    walks = {name: held[name]["loopafstand_vraag"].most for name in PRESETS}
    assert walks == dict.fromkeys(PRESETS, 250.0) | {"heiloo": 200.0, "wassenaar": 200.0, "zeist": 300.0}
    steps = [held["zwolle"][name] for name in ("stoep_090", "stoep_120", "stoep_150", "smalle_stoep")]
    assert [(each.under_m, each.most, each.kind) for each in steps] == [
        (0.9, 0.0, "eis"),
        (1.2, 0.5, "eis"),
        (1.5, 20.0, "eis"),
        (1.8, 0.0, "wens"),
    ]
    soest = held["soest"]["afstand_boom"]
    assert isinstance(soest, TreeCriterion)
    assert (soest.clear_of, soest.at_least_m) == ("crown", 1.5)
    heiloo = held["heiloo"]
    assert (heiloo["paal_stoeprand"].least, heiloo["paal_stoeprand"].most) == (0.45, 0.6)
    assert (heiloo["vrije_doorgang"].least, heiloo["vrije_doorgang_wens"].least) == (0.9, 1.2)
    assert "afstand_laadpaal" not in heiloo


def test_the_wheel_carries_the_presets_where_an_installed_laadplan_looks(repository):
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))
    carried = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]

    assert (repository / "laadplan" / "config" / "beleid") == profiles.INSTALLED
    assert carried["configs/beleid"] == "laadplan/config/beleid"


def test_an_installed_laadplan_reads_its_presets(monkeypatch, tmp_path, write):
    write("zwolle", criteria=[width(1)])
    monkeypatch.setattr(profiles, "CHECKOUT", tmp_path / "none")
    monkeypatch.setattr(profiles, "INSTALLED", tmp_path)

    assert [profile.title for profile in read_profiles(["zwolle"], tmp_path / "x")] == ["zwolle"]
