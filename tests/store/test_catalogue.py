import hashlib

import pytest

from laadplan.config.project import Project
from laadplan.config.sources import DialectSource, Source, Sources
from laadplan.errors import ConfigError, MissingSource
from laadplan.store.catalogue import CHUNK, SourceFile, catalogue, sha256_of
from laadplan.store.projects import ProjectFile


def hashed(content):
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def project_file(tmp_path):
    """Function from changes of its sources to a project of which every source is there."""
    for name in ("bag_adressen.gpkg", "cbs_buurten.gpkg", "laadpunten_ocpi.json", "autos_pc4.csv"):
        (tmp_path / name).write_text(name)
    (tmp_path / "bgt" / "deeper").mkdir(parents=True)
    for name in ("bgt_wegdeel.gml", "bgt_pand.gml", "deeper/left_out.txt"):
        (tmp_path / "bgt" / name).write_text(name)

    def make(**sources):
        return ProjectFile(Project(schema=1, sources=Sources(**sources)), tmp_path / "ede.yaml")

    return make


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1])
def test_the_hash_is_that_of_hashlib(tmp_path, size):
    content = bytes(number % 251 for number in range(1000)) * (size // 1000 + 1)
    (tmp_path / "it").write_bytes(content[:size])

    assert sha256_of(tmp_path / "it") == hashed(content[:size])


def test_every_source_is_listed_with_its_files(project_file, tmp_path):
    found = catalogue(project_file())

    assert list(found) == list(Sources.model_fields)
    assert found["car_stock"] == SourceFile(
        "car_stock", Sources().car_stock, tmp_path / "autos_pc4.csv", {"autos_pc4.csv": hashed(b"autos_pc4.csv")}
    )
    assert found["bgt"].path == tmp_path / "bgt"
    assert found["bgt"].files == {name: hashed(name.encode()) for name in ("bgt_pand.gml", "bgt_wegdeel.gml")}


def test_a_source_that_is_left_out_is_none(project_file):
    assert catalogue(project_file())["trees"] is None


def test_a_record_holds_the_settings_and_the_hashes_but_no_path_of_this_machine(project_file, tmp_path):
    settings = Source(path="autos_pc4.csv", label="KiM", reference_on="2024-01-01", licence="CC BY 4.0", note="Let op.")

    record = catalogue(project_file(car_stock=settings))["car_stock"].record()

    assert record == {
        "path": "autos_pc4.csv",
        "layer": None,
        "label": "KiM",
        "reference_on": "2024-01-01",
        "licence": "CC BY 4.0",
        "note": "Let op.",
        "columns": {},
        "files": [{"name": "autos_pc4.csv", "sha256": hashed(b"autos_pc4.csv")}],
    }
    assert str(tmp_path) not in str(record)


def test_a_record_holds_a_year_as_it_was_given(project_file):
    settings = Source(path="autos_pc4.csv", reference_on=2020)

    assert catalogue(project_file(car_stock=settings))["car_stock"].record()["reference_on"] == 2020


def test_files_of_a_record_stand_in_order_of_name(project_file):
    record = catalogue(project_file())["bgt"].record()

    assert [each["name"] for each in record["files"]] == ["bgt_pand.gml", "bgt_wegdeel.gml"]


@pytest.mark.parametrize(("name", "kind"), [("bgt", Source), ("addresses", Source), ("trees", DialectSource)])
def test_a_source_that_is_not_there_is_named(project_file, tmp_path, name, kind):
    with pytest.raises(MissingSource) as caught:
        catalogue(
            project_file(
                **{
                    name: DialectSource(path="nowhere/file.gpkg")
                    if name == "trees"
                    else Source(path="nowhere/file.gpkg")
                }
            )
        )

    assert str(caught.value) == (
        f"{tmp_path / 'nowhere/file.gpkg'}: The source does not exist. Correct sources.{name}.path in the config."
    )


def test_a_source_in_a_folder_that_is_not_set_is_named(project_file, monkeypatch):
    monkeypatch.delenv("LITTLE_DATA", raising=False)

    with pytest.raises(ConfigError, match="LITTLE_DATA is not set"):
        catalogue(project_file(bgt=Source(path="${LITTLE_DATA}/bgt")))
