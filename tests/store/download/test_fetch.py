"""A whole fetch: several sources, some of which fail; what was there stays, and what happened is written down."""

import csv
import errno
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from filelock import FileLock

from laadplan.config.project import make_project
from laadplan.errors import ConfigError, LaadplanError, PartlyFailed, SourceChanged, SourceUnreachable
from laadplan.pipeline.fetch import Outcome, config_lines, failure_of, fetch, requests_planned, wanted_of
from laadplan.store.download.catalogue import Service
from laadplan.store.projects import ProjectFile
from tests.store.download.conftest import BOX, NOW
from tests.store.download.protocols import points, serve_odata, serve_ogc_api, serve_sru, serve_wfs
from tests.store.download.server import Replay, instead, status

MakeService = Callable[..., Service]
Services = dict[str, Service]


def project_file(folder: Path, **area: Any) -> ProjectFile:
    settings = {"municipality_code": "GM0228", "bbox_rd": list(BOX), "margin_m": 0} | area
    project = make_project(
        {"schema": 1, "name": "ede", "area": settings, "publication": {"municipality": "Ede (concept)"}}
    )
    return ProjectFile(project, folder / "ede.yaml")


@pytest.fixture
def services(replay: Replay, make_service: MakeService) -> Services:
    """Three services: features, rows, and a file."""
    wfs = serve_wfs(replay, "/wfs", {"d": points(1200)})
    file = replay.serve("/laadpunten.json", [{"evses": [], "coordinates": {}}])
    return {
        "buurten": make_service("wfs", wfs, {"buurten.geojson": "d"}, fields=["naam"], reference_on=2024),
        "charge_points": make_service(
            "ocpi", file, {"ocpi.json": ""}, source="charge_points", fields=["evses", "coordinates"]
        ),
        "decrees": make_service(
            "sru", serve_sru(replay, "/sru", [{"a": 1}] * 7), {"v.json": ""}, source="decrees", page_size=500
        ),
    }


@pytest.fixture
def fetched(tmp_path: Path) -> Callable[..., list[Outcome]]:
    """Function from services to what became of them; waits for nothing."""

    def call(services: Services, **area: Any) -> list[Outcome]:
        return fetch(
            project_file(tmp_path, **area),
            services,
            tmp_path / "data",
            now=NOW,
            progress=lambda *_: None,
            told=lambda *_: None,
            sleep=lambda _: None,
        )

    return call


def laid_down(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".cache" not in path.parts
    }


def test_each_source_gets_a_folder_and_a_row(fetched: Any, services: Services, tmp_path: Path):
    outcomes = fetched(services)

    assert [each.status for each in outcomes] == ["fetched"] * 3
    assert list(laid_down(tmp_path / "data")) == [
        "ede/buurten/buurten.geojson",
        "ede/charge_points/ocpi.json",
        "ede/decrees/v-0001.json",
        "sources.csv",
    ]
    with (tmp_path / "data" / "sources.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["name"], row["fetched_at"], row["files"]) for row in rows] == [
        ("buurten", "2027-01-01T12:00:00+00:00", "buurten.geojson"),
        ("charge_points", "2027-01-01T12:00:00+00:00", "ocpi.json"),
        ("decrees", "2027-01-01T12:00:00+00:00", "v-0001.json"),
    ]
    assert rows[0]["reference_on"] == "2024"
    assert failure_of(outcomes) is None


def test_features_are_one_geojson_that_names_its_crs(fetched: Any, services: Services, tmp_path: Path):
    fetched({"buurten": services["buurten"]})

    content = json.loads((tmp_path / "data/ede/buurten/buurten.geojson").read_bytes())
    assert content["crs"]["properties"]["name"] == "urn:ogc:def:crs:EPSG::28992"
    assert content["features"] == points(1200)


def test_features_on_the_seam_of_tiles_stand_once(
    fetched: Any, replay: Replay, make_service: MakeService, tmp_path: Path
):
    middle = points(1, west=181_000, south=457_000)
    address = serve_ogc_api(replay, "/ogc", [*points(30), *middle], cap=10, silent=True)

    fetched({"a": make_service("ogc_api", address, {"a.geojson": "dingen"}, page_size=10)})

    content = json.loads((tmp_path / "data/ede/a/a.geojson").read_bytes())
    assert len(content["features"]) == len({json.dumps(each) for each in content["features"]}) == 30


def test_one_that_fails_does_not_hold_up_the_others(fetched: Any, services: Services, replay: Replay, tmp_path: Path):
    replay.fail("/laadpunten.json", *[status(500)] * 6)

    outcomes = fetched(services)

    error = failure_of(outcomes)
    assert [each.status for each in outcomes] == ["fetched", "failed", "fetched"]
    assert isinstance(error, PartlyFailed)
    assert (error.exit_code, "1 of 3 sources failed: charge_points" in error.message) == (7, True)
    assert not (tmp_path / "data/ede/charge_points").exists()


def test_a_text_that_is_no_unicode_is_refused(fetched: Any, services: Services, replay: Replay):
    replay.serve("/wfs", b'{"type": "FeatureCollection", "features": [{"properties": {"naam": "\\ud800"}}]}')

    (outcome,) = fetched({"buurten": services["buurten"]})

    assert outcome.error
    assert "no Unicode" in outcome.error.message


@pytest.mark.parametrize(("depth", "status_then"), [(100, "fetched"), (5000, "failed")])
def test_an_answer_that_is_nested_too_deep_ends_in_plain_words(
    fetched: Any, services: Services, replay: Replay, depth: int, status_then: str
):
    nested = b"[" * depth + b"]" * depth
    replay.serve("/wfs", b'{"type": "FeatureCollection", "features": [{"properties": {"naam": %s}}]}' % nested)

    (outcome,) = fetched({"buurten": services["buurten"]})

    assert outcome.status == status_then


def test_after_part_failed_only_the_rest_is_asked_again(fetched: Any, services: Services, replay: Replay):
    replay.fail("/sru", status(404))
    fetched(services)
    replay.log.clear()

    outcomes = fetched(services)

    assert [each.status for each in outcomes] == ["unchanged", "unchanged", "fetched"]
    assert {each.path for each in replay.log} == {"/sru"}


def test_what_was_fetched_before_stays_when_it_fails_now(
    fetched: Any, services: Services, replay: Replay, tmp_path: Path
):
    fetched(services)
    before = laid_down(tmp_path / "data" / "ede")

    replay.fail("/wfs", instead({"items": []}))
    replay.fail("/laadpunten.json", status(404))
    replay.fail("/sru", *[status(503)] * 6)
    outcomes = fetched(services)

    error = failure_of(outcomes)
    assert laid_down(tmp_path / "data" / "ede") == before
    assert isinstance(error, SourceUnreachable)
    assert error.exit_code == 6


def test_where_every_answer_has_changed_shape_it_is_bad_input(fetched: Any, services: Services, replay: Replay):
    replay.serve("/wfs", {"items": []})

    error = failure_of(fetched({"buurten": services["buurten"]}))

    assert isinstance(error, SourceChanged)
    assert error.exit_code == 3


def test_a_page_that_did_not_add_up_is_asked_anew_the_next_time(fetched: Any, services: Services, replay: Replay):
    replay.fail(
        "/wfs",
        instead({"type": "FeatureCollection", "features": points(1000), "numberMatched": 1200}),
        instead({"type": "FeatureCollection", "features": points(1000), "numberMatched": 1200}),
    )

    first, second = fetched({"buurten": services["buurten"]}), fetched({"buurten": services["buurten"]})

    assert (first[0].status, second[0].status) == ("failed", "fetched")


def test_what_did_not_change_is_left_as_it_is(fetched: Any, services: Services, tmp_path: Path):
    fetched(services)
    path = tmp_path / "data/ede/buurten/buurten.geojson"
    before = path.stat().st_mtime_ns

    outcomes = fetched(services)

    assert [each.status for each in outcomes] == ["unchanged"] * 3
    assert path.stat().st_mtime_ns == before


def test_what_changed_replaces_all_of_what_was_there(fetched: Any, services: Services, replay: Replay, tmp_path: Path):
    serve_sru(replay, "/sru", [{"a": index} for index in range(1200)])
    fetched({"decrees": services["decrees"]})
    serve_sru(replay, "/sru", [{"b": 1}])

    fetched({"decrees": services["decrees"]})

    assert list(laid_down(tmp_path / "data/ede")) == ["decrees/v-0001.json"]


def test_nothing_in_the_area_is_said_and_nothing_is_written(fetched: Any, services: Services, tmp_path: Path):
    outcomes = fetched({"buurten": services["buurten"]}, bbox_rd=[100_000, 400_000, 100_100, 400_100])

    assert (outcomes[0].status, failure_of(outcomes)) == ("empty", None)
    assert list(laid_down(tmp_path / "data/ede")) == []


def test_a_folder_that_was_being_replaced_when_killed_is_put_back(
    fetched: Any, services: Services, replay: Replay, tmp_path: Path
):
    fetched({"buurten": services["buurten"]})
    folder = tmp_path / "data/ede/buurten"
    before = laid_down(folder)
    folder.replace(folder.with_name("buurten.eerder"))
    (tmp_path / "data/ede/buurten.nieuw").mkdir()
    (tmp_path / "data/ede/buurten.nieuw/half").write_text("half")

    replay.fail("/wfs", status(404))
    fetched({"buurten": services["buurten"]})

    assert laid_down(tmp_path / "data/ede") == {f"buurten/{name}": content for name, content in before.items()}


def test_a_file_of_another_shape_is_refused(fetched: Any, services: Services, replay: Replay):
    replay.serve("/laadpunten.json", {"stations": []})

    (outcome,) = fetched({"charge_points": services["charge_points"]})

    assert outcome.error
    assert "Expected field 'evses'" in outcome.error.message


def test_a_key_comes_from_the_environment_and_is_asked_for_by_name(
    fetched: Any, make_service: MakeService, replay: Replay, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    key = {"key_env": "PROEF_SLEUTEL", "key_header": "X-Api-Key"}
    service = make_service("file", replay.serve("/a.json", {"a": 1}), {"a.json": ""}, **key)

    (without,) = fetched({"a": service})
    monkeypatch.setenv("PROEF_SLEUTEL", "geheim-123")
    (outcome,) = fetched({"a": service})

    assert without.error
    assert "environment variable PROEF_SLEUTEL" in without.error.message
    assert outcome.status == "fetched"
    assert [path for path in tmp_path.rglob("*") if path.is_file() and b"geheim-123" in path.read_bytes()] == []


def test_cbs_comes_as_two_tables_in_one_folder(fetched: Any, make_service: MakeService, replay: Replay, tmp_path: Path):
    tables = {"TypedDataSet": [{"WijkenEnBuurten": "BU02280205  "}], "DataProperties": [{"Key": "ID"}]}
    files = {f"{name}.json": name for name in tables}
    service = make_service("odata", serve_odata(replay, "/cbs", tables), files, fields=["WijkenEnBuurten"])

    (outcome,) = fetched({"figures": service})

    assert outcome.path == tmp_path / "data/ede/figures"
    assert {name: json.loads(content)["value"] for name, content in laid_down(outcome.path).items()} == {
        f"{name}.json": rows for name, rows in tables.items()
    }


# --- what is asked before anything is asked --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("area", "query", "words"),
    [
        ({"bbox_rd": None}, {}, "area.bbox_rd is empty, and a cannot be fetched"),
        ({"municipality_code": "GM0000"}, {"q": "{municipality_number}"}, "area.municipality_code is empty"),
    ],
)
def test_what_the_config_lacks_is_said_at_once(
    fetched: Any, make_service: MakeService, replay: Replay, area: dict, query: dict, words: str
):
    service = make_service("wfs", f"{replay.url}/wfs", {"a.geojson": "d"}, query=query)

    with pytest.raises(ConfigError) as caught:
        fetched({"a": service}, **area)

    assert words in caught.value.message
    assert replay.log == []


def test_planning_asks_nothing_and_says_what_would_be_asked(services: Services, replay: Replay, tmp_path: Path):
    planned = requests_planned(services, wanted_of(project_file(tmp_path), services))

    assert replay.log == []
    assert [each["name"] for each in planned] == list(services)
    assert "bbox=180000,456000,182000,458000" in planned[0]["requests"][0]
    assert planned[1]["requests"] == [f"{replay.url}/laadpunten.json"]


def test_what_is_planned_is_what_is_asked(fetched: Any, services: Services, replay: Replay, tmp_path: Path):
    planned = requests_planned(services, wanted_of(project_file(tmp_path), services))

    fetched(services)

    first = {each.path: each for each in reversed(replay.log)}
    assert {request.partition("?")[0] for each in planned for request in each["requests"]} == {
        f"{replay.url}{path}" for path in first
    }


def test_the_name_of_the_municipality_cannot_break_out_of_a_query(tmp_path: Path, make_service: MakeService):
    file = project_file(tmp_path)
    publication = file.project.publication.model_copy(update={"municipality": 'Ede" OR "1"="1\\'})
    odd = ProjectFile(file.project.model_copy(update={"publication": publication}), file.path)

    wanted = wanted_of(odd, {})

    assert '"' not in wanted.filled("{municipality}")
    assert "\\" not in wanted.filled("{municipality}")


def test_two_fetches_do_not_work_in_one_folder(fetched: Any, services: Services, tmp_path: Path):
    (tmp_path / "data/.cache").mkdir(parents=True)

    with FileLock(tmp_path / "data/.cache/bezig.lock"), pytest.raises(ConfigError, match="Another fetch"):
        fetched(services)


def test_a_data_folder_that_is_a_file_is_refused(fetched: Any, services: Services, tmp_path: Path):
    (tmp_path / "data").write_text("in the way")

    with pytest.raises(LaadplanError) as caught:
        fetched(services)

    assert caught.value.exit_code == 2


def test_a_disk_that_is_full_when_it_is_recorded_ends_in_plain_words(
    fetched: Any, services: Services, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("laadplan.pipeline.fetch.record", full)

    with pytest.raises(ConfigError, match=r"cannot be used \(No space left on device\)\. Make room"):
        fetched(services)


def test_the_lines_for_the_config_are_relative_to_it(fetched: Any, services: Services, tmp_path: Path):
    services["charge_points"] = services["charge_points"].model_copy(update={"source": "cables.proef"})

    lines = config_lines(fetched(services), tmp_path / "configs" / "ede.yaml")

    assert "path: ../data/ede/buurten/buurten.geojson" in lines
    assert "  cables:\n    proef:\n      path: ../data/ede/charge_points/ocpi.json" in lines
    assert "reference_on: 2024" in lines


def test_what_has_no_fixed_year_is_dated_on_the_day_of_the_fetch(fetched: Any, services: Services, tmp_path: Path):
    outcomes = fetched(services)

    sources = yaml.safe_load(config_lines(outcomes, tmp_path / "ede.yaml"))["sources"]

    begun = {each.name: datetime.fromisoformat(each.fetched.begun_at).date() for each in outcomes}
    assert sources["charge_points"]["reference_on"] == begun["charge_points"]
    assert sources["buurten"]["reference_on"] == 2024
