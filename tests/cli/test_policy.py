"""Policies on the command line: checked, and held against each other on a small town."""

import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import yaml

from laadplan.contracts.planning import Assessments, Candidates
from laadplan.pipeline.judging import DIFF_PAGE, DIFF_TABLE, check_policy, diff_policies
from laadplan.pipeline.run import made_again
from laadplan.policy.diff import CHANGES, GAINED, LOST, SAME, SAME_OUT
from laadplan.store.frames import read_frame
from laadplan.store.profiles import presets
from laadplan.store.projects import ProjectFile, read_project

pytestmark = pytest.mark.slow  # all of them together

DAY = date(2027, 1, 1)
FACADE = {"rule": "distance", "id": "gevel", "label": "Ver van panden", "kind": "eis", "source": "p", "to": "buildings"}


@pytest.fixture(scope="module")
def itself(small_town, tmp_path_factory):
    """What comes of holding the policy of the small town against itself, in a run folder of its own."""
    return diff_policies(small_town, small_town, today=DAY, out=tmp_path_factory.mktemp("judged"))


@pytest.fixture(scope="module")
def judged(itself) -> Path:
    """Run folder of the small town as far as its assessments."""
    return Path(itself["files"][0]).parent


@pytest.fixture
def profile(tmp_path):
    """Function from keys to a profile file called proef."""

    def write(**keys):
        path = tmp_path / "proef.yaml"
        path.write_text(yaml.safe_dump({"schema": 1, "name": "proef", "title": "Proef", **keys}))
        return path

    return write


# ---- check -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", presets())
def test_every_preset_is_sound(call, repository, name):
    answer = call("policy", "check", repository / "configs" / "beleid" / f"{name}.yaml", "--date", "2027-01-01")

    assert (answer.code, answer.err) == (0, "")
    assert "No findings." in answer.out
    assert "give no date of their source" in answer.out


def test_the_merged_rules_say_where_each_came_from(call, repository):
    answer = call("policy", "check", repository / "configs" / "beleid" / "zwolle.yaml", "--json")
    told = json.loads(answer.out)

    assert told["profiles"] == ["landelijk", "zwolle"]
    rows = {row["id"]: (row["profile"], row["norm"]) for row in told["criteria"]}
    assert rows["stoep_150"] == ("zwolle", "ten hoogste 20,00 m smaller dan 1,50 m")
    assert rows["afstand_boom"][0] == "landelijk"
    assert "vrije_doorgang" not in rows


def test_findings_end_in_1(call, profile):
    answer = call("policy", "check", profile(criteria=[{**FACADE, "at_least_m": 5, "source": ""}]))

    assert answer.code == 1
    assert "Finding: gevel names no source: its norm cannot be motivated" in answer.out


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (
            {"criteria": [{**FACADE, "at_least": 5}]},
            "Key 'criteria.0.at_least': unknown key; did you mean 'at_least_m'?",
        ),
        ({"based_on": "zwole"}, "There is no preset 'zwole'."),
        ({"leave_out": ["gevel"]}, "leaves out what no earlier profile has: gevel"),
    ],
)
def test_a_profile_that_cannot_be_used_ends_in_2(call, profile, keys, words):
    answer = call("policy", "check", profile(**keys))

    assert (answer.code, answer.out) == (2, "")
    assert words in answer.err


def test_a_config_without_criteria_has_the_national_base(small_town, tmp_path):
    found = check_policy(small_town, today=DAY, out=tmp_path)

    assert found["profiles"] == ["landelijk"]
    assert {row["profile"] for row in found["criteria"]} == {"landelijk"}
    assert found["assessments"] is None


def test_rules_are_held_against_the_sources_and_outcomes_of_a_config(small_town, judged):
    found = check_policy(small_town, today=DAY, out=judged)

    texts = {(each["kind"], each["text"]) for each in found["findings"] if each["criteria"] == ["erfgoed"]}
    candidates = len(read_frame(Candidates, judged / "frames" / "Candidates.parquet"))
    assert ("remark", "needs zones of kind erfgoed, which this config does not give: it can only be unknown") in texts
    assert ("remark", f"is unknown for all {candidates} candidates") in texts
    assert found["assessments"].endswith("Assessments.parquet")


def test_a_config_with_profiles_names_them_and_its_own(town, profile):
    profile(criteria=[{**FACADE, "at_least_m": 5}])
    settings = yaml.safe_load(town.read_text(encoding="utf-8"))
    own = [{**FACADE, "id": "eigen", "label": "Eigen", "at_least_m": 1}]
    settings["policy"] = {"profiles": ["landelijk", "../proef.yaml"], "criteria": own, "relaxation": 1}
    town.write_text(yaml.safe_dump(settings), encoding="utf-8")

    found = check_policy(town, today=DAY)

    assert found["profiles"] == ["landelijk", "proef", "config"]
    rows = {row["id"]: row for row in found["criteria"]}
    assert (rows["gevel"]["profile"], rows["eigen"]["profile"]) == ("proef", "config")
    assert "versoepeld (niveau 1)" in rows["netcapaciteit"]["norm"]


# ---- diff ------------------------------------------------------------------------------------------------------------


def test_a_policy_does_not_differ_from_itself(itself):
    assert itself["rules"] == []
    assert {change for change, number in itself["candidates"].items() if number} == {SAME, SAME_OUT}


@pytest.mark.slow
def test_a_rule_more_loses_places_and_gains_none(call, judged, small_town, profile):
    """A profile that is based on nothing is laid over the policy of the config, of which the verdicts stay."""
    path = profile(criteria=[{**FACADE, "at_least_m": 6}])
    frame = judged / "frames" / "Assessments.parquet"
    before, count = frame.read_bytes(), len(read_frame(Candidates, frame.with_name("Candidates.parquet")))

    words = ("policy", "diff", small_town, path, "--out", judged, "--date", "2027-01-01")
    answer = call(*words, "--quiet")
    rows = pd.read_csv(judged / DIFF_TABLE, sep=";", encoding="utf-8-sig")
    written = [(judged / name).read_bytes() for name in (DIFF_TABLE, DIFF_PAGE)]
    again = json.loads(call(*words, "--json").out)

    counted = again["candidates"]
    assert answer.code == 0
    assert f"{LOST}: {counted[LOST]}\n" in answer.out
    assert counted[LOST] > 0
    assert counted[GAINED] == 0
    assert sum(counted[change] for change in CHANGES) == count
    assert set(rows["criterium_code"]) == {"gevel"}
    assert set(rows["oordeel_eerst"]) == {"geen regel"}
    assert rows["locatie_id"].is_unique
    assert rows["oordeel_nu"].value_counts()["voldoet niet"] >= counted[LOST]
    assert frame.read_bytes() == before
    assert [(judged / name).read_bytes() for name in (DIFF_TABLE, DIFF_PAGE)] == written


@pytest.mark.slow
def test_a_profile_that_is_based_on_another_stands_by_itself(judged, small_town, profile):
    found = diff_policies(small_town, profile(based_on="landelijk"), today=DAY, out=judged)

    assert found["rules"] == []
    assert found["remarks"] == []


@pytest.mark.slow
def test_of_another_config_only_the_policy_is_taken(judged, small_town, town):
    settings = yaml.safe_load(town.read_text(encoding="utf-8"))
    settings |= {"walking": {"norm_m": 111.0}, "policy": {"criteria": [{**FACADE, "at_least_m": 0}]}}
    town.write_text(yaml.safe_dump(settings), encoding="utf-8")

    found = diff_policies(small_town, town, today=DAY, out=judged)

    assert found["remarks"] == [f"Only the policy of {town.name} is used; it differs in walking as well."]
    assert found["candidates"][LOST] == 0


def test_a_profile_is_no_first_policy(call, profile, small_town):
    answer = call("policy", "diff", profile(criteria=[]), small_town)

    assert answer.code == 2
    assert "proef.yaml" in answer.err


@pytest.mark.slow
def test_every_preset_judges_the_town(judged, small_town, tmp_path):
    candidates = read_frame(Candidates, judged / "frames" / "Candidates.parquet")
    project = read_project(small_town).project
    for name in presets():
        path = tmp_path / "met.yaml"
        path.write_text(yaml.safe_dump({"schema": 1, "policy": {"profiles": [name]}}))
        policy = read_project(path).project.policy

        verdicts = made_again(
            ProjectFile(project.model_copy(update={"policy": policy}), small_town), judged, Assessments, today=DAY
        )

        assert len(verdicts) == len(candidates) * len(policy.criteria)
