import json
from dataclasses import asdict

import pytest

import laadplan
from laadplan.store.catalogue import sha256_of
from laadplan.store.runs import LIBRARIES, RunFolder, StepRecord, digest_of, versions, write_json


@pytest.fixture
def folder(tmp_path):
    """A run folder that is not there yet."""
    return RunFolder(tmp_path / "maps" / "ede")


def made(folder, content, output="frames/Trees.parquet", name="trees"):
    """The record of a step that wrote this content aside."""
    folder.aside(output).write_text(content)
    record = StepRecord(
        name, f"print of {content}", outputs={output: sha256_of(folder.aside(output))}, rows={"Trees": 1}
    )
    folder.done(record)
    return record


def published(folder, *records):
    folder.publish(list(records), {"steps": [asdict(record) for record in records]})


def files(folder):
    """Text of every file in a run folder by its path, the manifest left out."""
    paths = [path for path in folder.folder.rglob("*") if path.is_file() and path.name != "run.json"]
    return {str(path.relative_to(folder.folder)): path.read_text() for path in sorted(paths)}


def test_a_folder_that_is_not_there_has_no_records(folder):
    assert folder.earlier() == {}


def test_work_in_progress_lies_apart(folder):
    record = made(folder, "new")

    assert not (folder.folder / "frames").exists()
    assert folder.earlier() == {"trees": [record]}
    assert folder.locate("frames/Trees.parquet", record.outputs["frames/Trees.parquet"]).read_text() == "new"


def test_publishing_moves_outputs_into_place_and_clears_the_work(folder):
    record = made(folder, "new")

    published(folder, record)

    assert files(folder) == {"frames/Trees.parquet": "new"}
    assert json.loads((folder.folder / "run.json").read_text())["steps"] == [asdict(record)]
    assert RunFolder(folder.folder).earlier() == {"trees": [record]}


def test_publishing_replaces_what_was_there(folder):
    published(folder, made(folder, "old"))

    published(folder, made(folder, "new"))

    assert files(folder) == {"frames/Trees.parquet": "new"}


def test_records_of_the_last_run_and_of_one_that_was_killed_are_both_known(folder):
    old = made(folder, "old")
    published(folder, old)

    new = made(folder, "new")

    assert folder.earlier() == {"trees": [old, new]}


def test_an_output_is_found_by_its_content(folder):
    old = made(folder, "old")
    published(folder, old)
    new = made(folder, "new")

    where = [folder.locate("frames/Trees.parquet", record.outputs["frames/Trees.parquet"]) for record in (old, new)]

    assert where == [folder.folder / "frames/Trees.parquet", folder.work / "frames/Trees.parquet"]


def test_a_changed_output_is_not_found(folder):
    record = made(folder, "old")
    published(folder, record)
    (folder.folder / "frames/Trees.parquet").write_text("changed by hand")

    assert folder.locate("frames/Trees.parquet", record.outputs["frames/Trees.parquet"]) is None


def test_work_of_another_run_does_not_replace_a_result_that_was_used_again(folder):
    old = made(folder, "old")
    published(folder, old)
    made(folder, "of a run that was killed, on another config")

    published(folder, old)

    assert files(folder) == {"frames/Trees.parquet": "old"}


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"'])
def test_a_record_cut_off_by_a_kill_is_left_out(folder, text):
    record = made(folder, "new")
    (folder.work / "bays.json").write_text(text)

    assert folder.earlier() == {"trees": [record]}


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"steps": null}', '{"steps": [{"name": "trees"}]}', '{"steps": [{"name": "trees", "shape": 1}]}'],
)
def test_a_manifest_that_is_not_understood_is_left_out(folder, content):
    folder.folder.mkdir(parents=True)
    (folder.folder / "run.json").write_text(content)

    assert folder.earlier() == {}


def test_equal_values_give_equal_hashes_whatever_their_order():
    assert digest_of({"a": 1, "b": {"c": 2, "d": [3]}}) == digest_of({"b": {"d": [3], "c": 2}, "a": 1})


@pytest.mark.parametrize("other", [{"a": 2}, {"b": 1}, {"a": "1"}, {"a": 1.5}, {"a": [1]}, {}])
def test_other_values_give_another_hash(other):
    assert digest_of(other) != digest_of({"a": 1})


def test_json_is_replaced_whole(tmp_path):
    path = tmp_path / "deeper" / "run.json"
    write_json(path, {"naam": "Súdwest"})
    circle = {}
    circle["it"] = circle

    with pytest.raises(ValueError, match="Circular"):
        write_json(path, circle)

    assert json.loads(path.read_text(encoding="utf-8")) == {"naam": "Súdwest"}
    assert "Súdwest" in path.read_text(encoding="utf-8")


def test_versions_name_laadplan_python_and_the_libraries():
    found = versions()

    assert set(found) == {"laadplan", "python", *LIBRARIES}
    assert found["laadplan"] == laadplan.__version__
    assert "not installed" not in found.values()
