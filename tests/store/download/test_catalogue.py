from pathlib import Path

import pytest
import yaml

from laadplan.config.sources import Sources
from laadplan.errors import ConfigError
from laadplan.store.download.catalogue import CHECKOUT, Catalogue, read_catalogue

SERVICE = {
    "kind": "file",
    "source": "buurten",
    "address": "https://example.nl/a",
    "files": {"a.json": ""},
    "label": "A",
    "licence": "CC0",
}


def written(folder: Path, **changes: object) -> Path:
    path = folder / "catalogue.yaml"
    path.write_text(yaml.safe_dump({"services": {"a": SERVICE | changes}}), encoding="utf-8")
    return path


def refused(path: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        read_catalogue(path)
    return caught.value.message


def test_the_catalogue_of_the_checkout_names_sources_that_exist():
    services = read_catalogue().services

    strange = [each.source for each in services.values() if each.source.partition(".")[0] not in Sources.model_fields]
    assert strange == []
    assert {each.kind for each in services.values()} >= {"bgt_download", "wfs", "arcgis", "odata", "socrata", "sru"}


def test_the_catalogue_of_the_checkout_asks_over_https_alone():
    services = read_catalogue().services

    assert [each.address for each in services.values() if not each.address.startswith("https://")] == []


def test_no_address_of_a_service_stands_in_the_code(repository: Path):
    code = "".join(path.read_text(encoding="utf-8") for path in (repository / "laadplan/store/download").glob("*.py"))
    hosts = {each.address.split("/")[2] for each in read_catalogue(CHECKOUT).services.values()}

    assert [host for host in hosts if host in code] == []


def test_without_names_the_services_by_default_are_chosen_in_order():
    catalogue = Catalogue.model_validate(
        {"services": {"a": SERVICE, "b": SERVICE | {"by_default": False}, "c": SERVICE}}
    )

    assert (list(catalogue.chosen([])), list(catalogue.chosen(["b", "a"]))) == (["a", "c"], ["a", "b"])


def test_a_name_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(ConfigError, match=r"no source 'bomen'.*Choose from: bgt, addresses"):
        read_catalogue().chosen(["bomen"])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"adress": "x"}, "'services.a.adress': unknown key"),
        ({"address": "ftp://example.nl"}, "services.a.address"),
        ({"files": {"../a.json": ""}}, "services.a.files"),
        ({"files": {}}, "services.a.files"),
        ({"kind": "soap"}, "services.a.kind"),
        ({"key_env": "KEY"}, "both key_env and key_header"),
        ({"query": {"q": "{password}"}}, "unknown placeholder password"),
        ({"source": "buurten.a.b"}, "services.a.source"),
    ],
)
def test_what_does_not_belong_is_refused(tmp_path: Path, changes: dict[str, object], words: str):
    assert words in refused(written(tmp_path, **changes))


@pytest.mark.parametrize(("text", "words"), [("a: [", "not YAML"), ("- a", "holds no services"), ("\x00", "not YAML")])
def test_what_is_no_catalogue_is_refused(tmp_path: Path, text: str, words: str):
    path = tmp_path / "catalogue.yaml"
    path.write_text(text)

    assert words in refused(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    assert "nergens.yaml" in refused(tmp_path / "nergens.yaml")
