from datetime import date

import pytest

from laadplan.config.sources import MappedSource, Source
from laadplan.errors import ConfigError, MissingSource
from laadplan.pipeline.begin import demo_project, write_config, write_demo_town
from laadplan.store.catalogue import catalogue
from laadplan.store.projects import read_project

EMPTY_GML = '<CityModel xmlns="http://www.opengis.net/citygml/2.0"></CityModel>'
PAGE = '{{"locations": {{}}, "date": "2026-06-0{day}", "tz": "Europe/Amsterdam"}}'


@pytest.fixture
def sources(tmp_path):
    """A folder in which two sources can be found."""
    folder = tmp_path / "Bronnen van Ede (2024)"
    (folder / "bgt").mkdir(parents=True)
    (folder / "bgt" / "bgt_wegdeel.gml").write_text(EMPTY_GML)
    (folder / "laadpalen.json").write_text('[{"id": "a", "evses": []}]')
    return folder


def test_a_config_is_written_for_what_is_found(sources, tmp_path):
    path, missing = write_config("GM0228", sources, sources / "laadplan.yaml")

    project = read_project(path).project
    assert missing == ["addresses", "buurten", "car_stock"]
    assert (project.name, project.area.municipality_code) == ("bronnen-van-ede-2024", "GM0228")
    assert (project.sources.bgt.path, project.sources.charge_points.path) == ("bgt", "laadpalen.json")
    assert project.sources.trees is None
    assert project.sources.addresses is None


def test_sources_with_names_of_the_users_own_are_written(sources):
    for layer in ("LS-kabel", "MS-kabel"):
        (sources / "liander").mkdir(exist_ok=True)
        feature = '{"geometryType": "esriGeometryPolyline", "features": [{"attributes": {"ID": "1"}, "geometry": {}}]}'
        (sources / "liander" / f"{layer}.json").write_text(feature)

    path, _ = write_config("GM0228", sources, sources / "laadplan.yaml")

    found = read_project(path).project.sources
    assert found.cables == {"liander": Source(path="liander", label="Kabels en leidingen")}
    assert list(found.given()) == ["bgt", "charge_points", "cables.liander"]


def test_a_folder_of_polls_is_written(sources):
    (sources / "polls").mkdir()
    for day in (1, 2):
        (sources / "polls" / f"{day}.json").write_text(PAGE.format(day=day))

    path, _ = write_config("GM0228", sources, sources / "laadplan.yaml")

    assert read_project(path).project.sources.occupancy == MappedSource(path="polls", label="Gepeilde bezetting")


def test_a_forecast_is_left_out_until_its_unit_is_said(sources):
    (sources / "prognose.csv").write_text("Buurtcode;Jaar;Scenario;Waarde\nBU02280205;2030;laag;4\n")

    path, _ = write_config("GM0228", sources, sources / "laadplan.yaml")

    lines = path.read_text().splitlines()
    place = lines.index("  forecast: null")
    assert "Found in prognose.csv, and left out: say the unit of its figures" in lines[place - 1]
    assert read_project(path).project.sources.forecast is None


def test_what_is_not_found_is_said_in_the_config(sources):
    path, _ = write_config("GM0228", sources, sources / "laadplan.yaml")

    lines = path.read_text().splitlines()
    marked = [lines[place + 1].strip() for place, line in enumerate(lines) if "NOT FOUND in the folder" in line]
    assert marked == ["addresses: null", "buurten: null", "car_stock: null"]


def test_paths_in_a_config_elsewhere_lead_to_the_sources(sources, tmp_path):
    path, _ = write_config("GM0228", sources, tmp_path / "configs" / "deep" / "ede.yaml")

    file = read_project(path)
    assert file.project.sources.bgt.path == "../../Bronnen van Ede (2024)/bgt"
    assert file.located(file.project.sources.bgt) == sources / "bgt"


def test_a_config_that_exists_is_not_overwritten(sources):
    target = sources / "laadplan.yaml"
    target.write_text("mine")

    with pytest.raises(ConfigError, match=r"laadplan.yaml: The config exists already."):
        write_config("GM0228", sources, target)

    assert target.read_text() == "mine"


@pytest.mark.parametrize("code", ["0228", "GM228", "GM02288", "gm0228", "GM0228 ", "GM022\n8", "GM0228\n", ""])
def test_what_is_no_code_of_a_municipality_is_refused(sources, code):
    with pytest.raises(ConfigError, match=r"is not a CBS code\. Write it as GM0228\."):
        write_config(code, sources, sources / "laadplan.yaml")

    assert not (sources / "laadplan.yaml").exists()


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(MissingSource, match="nowhere"):
        write_config("GM0228", tmp_path / "nowhere", tmp_path / "laadplan.yaml")

    assert list(tmp_path.iterdir()) == []


def test_a_config_that_cannot_be_written_is_named(sources):
    with pytest.raises(ConfigError, match="The config cannot be written"):
        write_config("GM0228", sources, sources / "laadpalen.json" / "laadplan.yaml")


def test_a_demo_town_has_a_config_with_sources_that_are_all_there(tmp_path):
    path = write_demo_town(tmp_path / "town", inhabitants=1000, seed=2, name="Klein Dorp")

    file = read_project(path)
    assert path == tmp_path / "town" / "laadplan.yaml"
    assert file.project == demo_project(1000, "Klein Dorp")
    given = [name for name, source in catalogue(file).items() if source]
    plan = ["bgt", "addresses", "buurten", "charge_points", "car_stock", "trees", "cables", "walking"]
    assert set(given) == {*plan, "squares", "sessions", "requests", "planned_homes", "jobs"}
    assert list(file.project.sources.cables) == ["liander"]


def test_everything_about_the_demo_says_that_it_is_invented():
    project = demo_project(2000, "Klein Dorp")

    sources = project.sources.given().values()
    assert {source.licence for source in sources} == {"verzonnen gegevens"}
    assert {source.note for source in sources} == {"Demo: niets hiervan bestaat."}
    assert all(date(2024, 1, 1) <= source.reference_on <= date(2025, 12, 31) for source in sources)
    assert project.publication.municipality == "Klein Dorp (verzonnen)"
    assert (project.name, project.area.municipality_code) == ("klein-dorp", "GM9901")


@pytest.mark.parametrize(("inhabitants", "poles"), [(200, 3), (450, 3), (1000, 6), (2000, 13)])
def test_a_larger_demo_gets_more_poles(inhabitants, poles):
    assert demo_project(inhabitants, "Klein Dorp").optimisation.new_poles == poles


def test_a_demo_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(ConfigError, match="cannot be written"):
        write_demo_town(tmp_path / "file" / "town", inhabitants=1000, seed=1, name="Demodorp")


def test_labels_of_the_defaults_stay_where_sources_are_found(sources):
    path, _ = write_config("GM0228", sources, sources / "laadplan.yaml")

    assert read_project(path).project.sources.bgt == Source(path="bgt", label="BGT")
