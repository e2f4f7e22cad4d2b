from pathlib import Path

import pytest

from laadplan.config.project import Project
from laadplan.config.sources import DialectSource, Source
from laadplan.errors import ConfigError
from laadplan.store.projects import ProjectFile, read_project


@pytest.fixture
def config(tmp_path):
    """Function from text to a config file that holds it."""

    def write(text, encoding="utf-8"):
        path = tmp_path / "ede.yaml"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def refused(path):
    """The message with which a config is refused."""
    with pytest.raises(ConfigError) as caught:
        read_project(path)
    return str(caught.value)


def located(path, source):
    return ProjectFile(Project(schema=1), path).located(Source(path=source))


def test_a_config_is_read_with_its_file(config):
    path = config("schema: 1\nname: ede\nwalking: {norm_m: 300}\npublication: {municipality: Súdwest-Fryslân}\n")

    read = read_project(path)

    assert read.path == path
    assert (read.project.name, read.project.walking.norm_m) == ("ede", 300.0)
    assert read.project.publication.municipality == "Súdwest-Fryslân"
    assert read.project.scenario == Project(schema=1).scenario


def test_a_config_with_a_byte_order_mark_is_read(config):
    assert read_project(config("schema: 1\nname: ede\n", encoding="utf-8-sig")).project.name == "ede"


def test_anchors_and_merged_keys_are_read(config):
    text = "schema: 1\nsources:\n  bgt: &base {path: bgt, licence: CC0}\n  trees: {<<: *base, path: bomen.csv}\n"

    trees = read_project(config(text)).project.sources.trees

    assert trees == DialectSource(path="bomen.csv", licence="CC0")


def test_a_path_starts_from_the_folder_of_the_config(tmp_path):
    assert located(tmp_path / "configs" / "ede.yaml", "../data/bgt") == tmp_path / "data" / "bgt"


def test_an_absolute_path_stays_as_it_is(tmp_path):
    assert located(tmp_path / "ede.yaml", "/data/bgt") == Path("/data/bgt")


def test_names_in_a_path_come_from_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("LITTLE_DATA", "/data with \\1 and space")
    monkeypatch.setenv("LITTLE_YEAR", "2024")

    assert located(tmp_path / "ede.yaml", "${LITTLE_DATA}/${LITTLE_YEAR}/bgt") == Path(
        "/data with \\1 and space/2024/bgt"
    )


def test_a_relative_path_from_the_environment_starts_from_the_config(monkeypatch, tmp_path):
    monkeypatch.setenv("LITTLE_DATA", "data")

    assert located(tmp_path / "ede.yaml", "${LITTLE_DATA}/bgt") == tmp_path / "data" / "bgt"


def test_a_name_that_is_not_set_is_an_error(monkeypatch, tmp_path):
    monkeypatch.delenv("LITTLE_DATA", raising=False)

    with pytest.raises(ConfigError) as caught:
        located(tmp_path / "ede.yaml", "${LITTLE_DATA}/bgt")

    assert str(caught.value).startswith(f"{tmp_path / 'ede.yaml'}: The environment variable LITTLE_DATA is not set.")
    assert "${LITTLE_DATA}" in caught.value.todo


def test_a_config_that_is_not_there_is_named(tmp_path):
    assert refused(tmp_path / "ede.yaml").startswith(f"{tmp_path / 'ede.yaml'}: The config does not exist.")


def test_a_folder_is_no_config(tmp_path):
    assert refused(tmp_path).startswith(f"{tmp_path}: ")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("schema: 1\nsources: [unfinished\n\tname: x", "line 3"),
        ("schema: 1\nname: 'open\n", "line 2"),
        ("schema: 1\nwalking: *nowhere\n", "line 2"),
        ("schema: 1\nname: !!python/object:os.system x\n", "line 2"),
        ("schema: 1\n? [a, b]\n: x\n", "line 2"),
    ],
)
def test_broken_yaml_is_named_with_its_line(config, text, words):
    message = refused(config(text))

    assert "ede.yaml: The config is not YAML" in message
    assert words in message
    assert "\n" not in message


def test_a_file_that_is_not_text_is_named(config):
    assert "ede.yaml: The config is not YAML" in refused(config("name: Súdwest", encoding="latin-1"))


@pytest.mark.parametrize("text", ["sources:\n  bgt: {path: x, reference_on: 2024-02-30}\n", "name: 2024-13-01\n"])
def test_a_day_that_does_not_exist_is_named(config, text):
    assert "ede.yaml: " in refused(config("schema: 1\n" + text))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("schema: 1\nname: a\nname: b\n", "line 3"),
        ("schema: 1\nwalking:\n  norm_m: 200\n  norm_m: 300\n", "line 4"),
        ("schema: 1\npolicy:\n  criteria:\n  - {id: a, id: b}\n", "line 4"),
    ],
)
def test_a_key_that_stands_twice_is_named(config, text, line):
    message = refused(config(text))

    assert "ede.yaml: " in message
    assert "stands twice" in message
    assert line in message


@pytest.mark.parametrize("text", ["", "# nothing\n", "[]\n", "ede\n", "- schema: 1\n"])
def test_a_config_without_keys_is_named(config, text):
    assert "ede.yaml: The config holds no keys." in refused(config(text))


def test_an_unknown_key_is_named_with_the_file(config):
    message = refused(config("schema: 1\nwalking: {norm: 250}\n"))

    assert message.startswith(str(config("")))
    assert "Key 'walking.norm': unknown key; did you mean 'norm_m'?" in message


def test_a_key_that_is_a_number_is_named(config):
    assert "ede.yaml: Key '1': " in refused(config("schema: 1\n1: x\n"))
