import hashlib
import json
import traceback
from datetime import date
from types import FunctionType, ModuleType

import pandas as pd
import pytest

from laadplan.config.project import Project
from laadplan.errors import BadInput, ConfigError, ContractBroken, LaadplanError, MissingSource
from laadplan.pipeline import job as steps_of
from laadplan.pipeline import run as runner
from laadplan.store.catalogue import SourceFile
from laadplan.store.frames import read_frame, write_frame
from laadplan.store.projects import read_project
from laadplan.store.runs import digest_of, versions
from tests.pipeline.little_steps import Counts, LittleLetters, Words, little_letters

ALL = {"little_letters", "words", "counts", "summary_txt"}
LOST = "frames/afgevallen/little_letters.parquet"
FRAMES = {f"frames/{name}.parquet" for name in ("LittleLetters", "Words", "Extras", "Counts")}
LATER = date(2027, 1, 1)


def steps(manifest):
    return {step["name"]: step for step in manifest["steps"]}


def test_a_first_run_does_every_step_and_leaves_no_work(little):
    assert little.executed() == ALL

    assert set(little.files()) == FRAMES | {LOST, "summary.txt"}
    assert not (little.out / ".werk").exists()
    assert (little.out / "summary.txt").read_text().startswith("Plankaart laadpalen 2026-11-23\naaa")
    assert read_frame(LittleLetters, little.out / "frames/LittleLetters.parquet")["weight"].to_dict() == {
        "a": 2,
        "b": 2,
    }


def test_a_second_run_does_nothing_and_touches_nothing(little):
    little.run()
    before = {path: path.stat().st_mtime_ns for path in little.out.rglob("*") if path.name != "run.json"}

    again = little.run()

    assert again["executed"] == []
    assert {step["status"] for step in again["steps"]} == {"reused"}
    assert {path: path.stat().st_mtime_ns for path in little.out.rglob("*") if path.name != "run.json"} == before


def test_a_run_elsewhere_gives_the_same_bytes(little, tmp_path):
    little.run()
    here = little.files()

    little.out = tmp_path / "elsewhere"
    little.run()

    assert little.files() == here


def test_another_comment_in_the_config_runs_nothing(little):
    little.run()
    little.config.write_text("# one more remark\n" + little.config.read_text() + "\n# and another\n")

    assert little.executed() == set()


@pytest.mark.parametrize(
    ("section", "values", "expected"),
    [
        ("walking", {"norm_m": 2}, {"words", "summary_txt"}),
        ("scenario", {"year": 2031}, {"counts", "summary_txt"}),
        ("publication", {"title": "Kaart"}, {"summary_txt"}),
        ("optimisation", {"new_poles": 3}, set()),
    ],
)
def test_a_changed_section_runs_what_depends_on_it(little, section, values, expected):
    little.run()
    little.change(section, **values)

    assert little.executed() == expected


def test_another_date_runs_only_what_bears_the_date(little):
    little.run()

    assert little.executed(today=LATER) == {"summary_txt"}
    assert (little.out / "summary.txt").read_text().startswith("Plankaart laadpalen 2027-01-01\n")


def test_a_changed_source_runs_its_reader_and_what_follows(little):
    little.run()
    little.source("abc")

    assert little.executed() == ALL


def test_a_changed_source_that_says_the_same_runs_only_its_reader(little):
    little.run()
    little.source("ab ba 12")

    assert little.executed() == {"little_letters"}


def test_a_source_that_comes_in_runs_its_reader(little):
    little.run()
    (little.config.parent / "trees.txt").write_text("c")
    little.change("sources", trees={"path": "trees.txt"})

    assert little.executed() == ALL


def test_another_version_of_a_library_runs_all(little, monkeypatch):
    little.run()
    monkeypatch.setattr(runner, "versions", lambda: versions() | {"shapely": "99.0"})

    assert little.executed() == ALL


def test_a_frame_that_was_changed_by_hand_is_made_again(little):
    little.run()
    before = little.files()
    path = little.out / "frames/Words.parquet"
    write_frame(read_frame(Words, path).assign(word="changed by hand"), Words, path)

    assert little.executed() == {"words"}
    assert little.files() == before


@pytest.mark.parametrize("name", ["frames/Counts.parquet", "frames/Extras.parquet", "summary.txt", LOST])
@pytest.mark.parametrize("spoil", [lambda path: path.unlink(), lambda path: path.write_bytes(path.read_bytes() + b"x")])
def test_an_output_that_is_gone_or_spoiled_is_made_again(little, name, spoil):
    little.run()
    before = little.files()
    spoil(little.out / name)

    assert len(little.executed()) == 1
    assert little.files() == before


def test_lost_rows_are_kept_with_the_reason(little):
    little.run()

    lost = pd.read_parquet(little.out / LOST)

    pd.testing.assert_frame_equal(lost, pd.DataFrame({"id": ["1", "2"], "rule": ["a digit"] * 2}, dtype="str"))


def test_lost_rows_of_an_earlier_source_do_not_stay(little):
    little.run()
    little.source("abba")

    little.run()

    assert set(little.files()) == FRAMES | {"summary.txt"}


@pytest.mark.parametrize("until", ["Words", "words", "Extras", "extras"])
def test_until_a_frame_runs_only_what_it_needs(little, until):
    manifest = little.run(until=until)

    assert manifest["executed"] == ["little_letters", "words"]
    assert manifest["until"] == until
    assert set(little.files()) == {f"frames/{name}.parquet" for name in ("LittleLetters", "Words", "Extras")} | {LOST}


def test_a_whole_run_goes_on_where_until_stopped(little):
    little.run(until="Words")

    assert little.executed() == {"counts", "summary_txt"}


def test_until_leaves_the_outputs_it_does_not_come_to(little):
    little.run()
    before = little.files()

    manifest = little.run(until="Words")

    assert (manifest["executed"], little.files()) == ([], before)
    assert set(steps(manifest)) == ALL
    assert little.executed() == set()


def test_until_a_frame_that_nobody_makes_is_refused(little):
    with pytest.raises(LaadplanError, match=r"--until: No step makes 'Luchtkastelen'. Frames: LittleLetters, Words"):
        little.run(until="Luchtkastelen")

    assert not little.out.exists()


def test_progress_is_told_at_the_start_of_each_step(little):
    told = []

    little.run(progress=lambda *place: told.append(place))

    assert told == [("little_letters", 0, 4), ("words", 1, 4), ("counts", 2, 4), ("summary_txt", 3, 4)]


# ---- failing and killed ----------------------------------------------------------------------------------------------


def test_a_failure_leaves_earlier_results_as_they_were(little):
    little.run()
    before, manifest = little.files(), (little.out / "run.json").read_bytes()
    little.source("xyz")
    little.change("walking", norm_m=13)

    with pytest.raises(BadInput, match="words: No word has thirteen letters"):
        little.run()

    assert little.files() == before
    assert (little.out / "run.json").read_bytes() == manifest


def test_a_run_goes_on_behind_the_steps_that_were_done_before_a_failure(little):
    little.change("walking", norm_m=13)
    with pytest.raises(BadInput):
        little.run()
    little.change("walking", norm_m=3)

    assert little.executed() == ALL - {"little_letters"}
    assert not (little.out / ".werk").exists()


def test_a_missing_source_leaves_earlier_results_as_they_were(little):
    little.run()
    before = little.files()
    (little.config.parent / "bgt.txt").unlink()

    with pytest.raises(MissingSource, match=r"sources\.bgt\.path"):
        little.run()

    assert little.files() == before


def test_a_frame_that_breaks_its_contract_stops_the_run(little, monkeypatch):
    monkeypatch.setattr(runner, "_called", lambda *_, **__: (pd.DataFrame({"weight": ["many"]}, index=["a"]),))

    with pytest.raises(ContractBroken, match=r"computed \(LittleLetters\)"):
        little.run()

    assert little.files() == {}


@pytest.mark.parametrize(("step", "rest"), [("words", ALL - {"little_letters"}), ("summary_txt", {"summary_txt"})])
def test_a_killed_run_resumes_and_gives_the_same_bytes(little, tmp_path, step, rest):
    little.killed(step)
    assert little.files() == {}

    assert little.executed() == rest
    resumed = little.files()

    little.out = tmp_path / "in one go"
    little.run()
    assert resumed == little.files()


def test_a_run_killed_on_top_of_results_leaves_them(little):
    little.run()
    before, manifest = little.files(), (little.out / "run.json").read_bytes()
    little.source("xyz")

    little.killed("summary_txt")

    assert little.files() == before
    assert (little.out / "run.json").read_bytes() == manifest


@pytest.mark.parametrize("step", ["words", "summary_txt"])
def test_half_made_work_of_a_killed_run_never_replaces_a_result(little, step):
    little.run()
    before = little.files()
    original = little.config.read_text()
    little.change("walking", norm_m=5)
    little.killed(step, today=LATER)
    little.config.write_text(original)

    assert little.executed() == set()
    assert little.files() == before


def test_the_manifest_tells_only_of_outputs_that_are_there(little):
    little.killed("summary_txt")

    manifest = little.run(until="LittleLetters")

    told = {output: digest for step in manifest["steps"] for output, digest in step["outputs"].items()}
    assert told == {name: hashlib.sha256(content).hexdigest() for name, content in little.files().items()}


# ---- the manifest ----------------------------------------------------------------------------------------------------


def test_the_manifest_says_what_the_run_stood_on(little):
    manifest = little.run()

    assert json.loads((little.out / "run.json").read_text()) == json.loads(json.dumps(manifest))
    assert (manifest["name"], manifest["date"], manifest["until"]) == ("little", "2026-11-23", None)
    assert manifest["versions"] == versions()
    assert manifest["config"]["file"] == "little.yaml"
    assert manifest["sources"]["car_stock"]["files"] == [
        {"name": "car_stock.txt", "sha256": hashlib.sha256(b"abba 12").hexdigest()}
    ]
    assert set(manifest["sources"]) == {"bgt", "addresses", "buurten", "charge_points", "car_stock"}
    assert str(little.config.parent) not in (little.out / "run.json").read_text()


def test_the_manifest_has_a_hash_of_the_config_as_it_was_understood(little):
    first = little.run()["config"]["sha256"]
    little.config.write_text("# remark\n" + little.config.read_text())
    with_remark = little.run()["config"]["sha256"]
    little.change("optimisation", new_poles=3)

    assert first == with_remark == digest_of(read_without(little, "optimisation"))
    assert little.run()["config"]["sha256"] != first


def read_without(little, section):
    """The project as plain values, a section at its default."""
    settings = read_project(little.config).project.model_dump(mode="json")
    return settings | {section: Project(schema=1).model_dump(mode="json")[section]}


def test_the_manifest_has_a_record_of_every_step(little):
    found = steps(little.run())

    assert list(found) == ["little_letters", "words", "counts", "summary_txt"]
    assert found["words"]["rows"] == {"Words": 2, "Extras": 1}
    assert found["little_letters"]["quality"]["dropped"] == {"a digit": 2}
    assert all(step["seconds"] >= 0 and step["status"] == "executed" for step in found.values())
    told = {output: digest for step in found.values() for output, digest in step["outputs"].items()}
    assert told == {name: hashlib.sha256(content).hexdigest() for name, content in little.files().items()}


def test_the_manifest_keeps_the_seconds_of_a_step_that_is_not_done_again(little):
    first = steps(little.run())

    again = steps(little.run())

    assert {name: step["seconds"] for name, step in again.items()} == {
        name: step["seconds"] for name, step in first.items()
    }


def test_frames_are_the_same_from_memory_and_from_disk(little):
    """A step gets its frames from the step before it, or from the run folder where that was skipped."""
    little.run()
    before = read_frame(Counts, little.out / "frames/Counts.parquet")
    little.change("scenario", year=2031)
    little.run()
    little.change("scenario", year=2030)

    assert little.executed() == {"counts", "summary_txt"}
    pd.testing.assert_frame_equal(read_frame(Counts, little.out / "frames/Counts.parquet"), before)


def test_what_is_made_from_a_source_that_is_left_out_is_refused_before_anything_is_read(little):
    little.run()
    before = little.files()
    little.change("sources", car_stock=None)

    for options in ({}, {"until": "Counts"}):
        with pytest.raises(ConfigError, match=r"is made from sources that are left out: car_stock\. Give them"):
            little.run(**options)

    assert little.files() == before


def secret_letters(little, monkeypatch, function):
    """The little job with its first step alone, which is confidential."""
    steps = ModuleType("secret_steps")
    function.__module__ = steps.__name__
    steps.little_letters = function
    monkeypatch.setattr(LittleLetters, "_confidential", True)
    monkeypatch.setattr(steps_of, "MODULES", (steps,))


def test_of_a_confidential_frame_no_id_of_what_was_dropped_is_kept(little, monkeypatch):
    little.source("a1b2")
    secret_letters(little, monkeypatch, FunctionType(little_letters.__code__, little_letters.__globals__))
    steps_of.MODULES[0].little_letters.__annotations__ = little_letters.__annotations__
    steps_of.MODULES[0].little_letters.__name__ = "little_letters"

    manifest = little.run(until="LittleLetters")

    assert set(little.files()) == {"frames/LittleLetters.parquet"}
    assert manifest["steps"][0]["quality"]["dropped"] == {"a digit": 2}


def test_the_words_of_an_error_that_nobody_foresaw_do_not_leave_a_confidential_step(little, monkeypatch):
    def little_letters(car_stock: SourceFile) -> LittleLetters:
        raise KeyError("KL9999.secret")

    secret_letters(little, monkeypatch, little_letters)

    with pytest.raises(LaadplanError, match=r"little_letters failed \(KeyError\)") as caught:
        little.run(until="LittleLetters")

    told = "".join(traceback.format_exception(caught.value))
    assert "KL9999" not in told
