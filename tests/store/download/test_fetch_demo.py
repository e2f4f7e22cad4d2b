"""The show: `laadplan fetch` of the demo town from a server on this machine, killed half-way, and resumed."""

import gzip
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import geopandas as gpd
import pytest
import yaml

from laadplan.config.render import render_yaml
from laadplan.demo.sources import write_demo
from laadplan.ingest.bgt import read_road_parts
from laadplan.ingest.cbs import read_buurten
from laadplan.ingest.charge_points import read_charge_points
from laadplan.pipeline.begin import demo_project
from laadplan.store.download.client import CHUNK
from tests.store.download.demo_services import serve_town, write_catalogue, write_config
from tests.store.download.server import Replay, hang, serving, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("fetch-demo")]

HOMES, POINTS = "/bag/wfs", "/ndw/ocpi.json.gz"


@dataclass(frozen=True)
class Place:
    """A demo town behind services, and a folder to fetch it in."""

    replay: Replay
    town: Path
    config: Path
    catalogue: Path
    folder: Path

    @property
    def command(self) -> list[str]:
        program = [sys.executable, "-m", "laadplan", "fetch", str(self.config)]
        return [*program, "--catalogue", str(self.catalogue), "--out", str(self.folder / "data")]

    def start(self, *words: str) -> subprocess.Popen[str]:
        environment = {**os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1", "COLUMNS": "200"}
        pipe = subprocess.PIPE
        return subprocess.Popen([*self.command, *words], text=True, stdout=pipe, stderr=pipe, env=environment)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        with self.start(*words) as process:
            stdout, stderr = process.communicate(timeout=120)
        return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)

    def kill_when_it_hangs(self, path: str, requests: int) -> None:
        """Starts, waits until so many requests of a path came in, and kills without warning."""
        with self.start() as process:
            wait_until(lambda: len(self.replay.asked(path)) == requests or process.poll() is not None)
            wait_until(lambda: bool(list(self.folder.rglob("*.part"))) or requests != 1)
            wait_until(lambda: requests != 1 or self.part_bytes() > 0)
            assert process.poll() is None, process.communicate()
            process.send_signal(signal.SIGKILL)
            process.communicate()

    def part_bytes(self) -> int:
        return sum(path.stat().st_size for path in self.folder.rglob("*.part"))

    def laid_down(self) -> dict[str, bytes]:
        """What was fetched, without what is kept of it and the table of when."""
        data = self.folder / "data" / "demodorp"
        return {
            path.relative_to(data).as_posix(): path.read_bytes() for path in sorted(data.rglob("*")) if path.is_file()
        }


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    config = {"laadplan.yaml": render_yaml(demo_project(1000, "Demodorp"))}
    write_demo(folder / "town", 1000, 1, "Demodorp", beside=config)
    locations = folder / "town" / "laadpunten_ocpi.json"
    every = json.loads(locations.read_text(encoding="utf-8"))
    noise = [
        {**every[0], "id": f"VER{number:06d}", "name": sha256(b"%d" % number).hexdigest()} for number in range(4000)
    ]
    for each in noise:
        each["coordinates"] = {"latitude": "50.8500000", "longitude": "5.6900000"}
        each["evses"] = [{**evse, "evse_id": f"{each['id']}*{evse['uid']}"} for evse in each["evses"]]
    locations.write_text(json.dumps([*every, *noise]), encoding="utf-8")
    return folder / "town"


@pytest.fixture
def place(town: Path, tmp_path: Path) -> Iterator[Place]:
    with serving() as replay:
        catalogue = write_catalogue(tmp_path / "catalogue.yaml", serve_town(replay, town))
        config = write_config(tmp_path / "demodorp.yaml", town)
        yield Place(replay, town, config, catalogue, tmp_path)


def test_a_fetch_that_is_killed_twice_and_resumed_gives_the_same_bytes_and_asks_nothing_twice(
    place: Place, tmp_path_factory: pytest.TempPathFactory
):
    undisturbed = Place(place.replay, place.town, place.config, place.catalogue, tmp_path_factory.mktemp("whole"))
    done = undisturbed.run()
    assert done.returncode == 0, done.stderr
    once = Counter(each.words for each in place.replay.log)
    place.replay.log.clear()

    place.replay.fail(HOMES, None, None, hang())  # two pages come, the third does not
    place.kill_when_it_hangs(HOMES, 3)
    had_pages = [each.words for each in place.replay.asked(HOMES)[:2]]
    place.replay.fail(POINTS, hang(0.4))  # 40 % of the file comes
    place.kill_when_it_hangs(POINTS, 1)
    had_bytes = place.part_bytes()
    resumed = place.run()

    asked = Counter(each.words for each in place.replay.log)
    twice = {words: number for words, number in (asked - once).items() if words in once}
    interrupted = [place.replay.asked(HOMES)[2].words, place.replay.asked(POINTS)[0].words]
    assert resumed.returncode == 0, resumed.stderr
    assert place.laid_down() == undisturbed.laid_down()
    assert [words for words in had_pages if asked[words] != 1] == []
    assert twice == dict.fromkeys(interrupted, 1)
    size = len(gzip.compress((place.town / "laadpunten_ocpi.json").read_bytes(), mtime=0))
    assert 0.4 * size - CHUNK < had_bytes <= 0.4 * size
    assert place.replay.asked(POINTS)[-1].headers["range"] == f"bytes={had_bytes}-"


def test_what_was_fetched_is_read_by_the_readers_and_named_for_the_config(place: Place):
    done = place.run()

    sources = yaml.safe_load(done.stdout.partition("Put in the config")[2].partition("\n\n")[2])["sources"]
    paths = {name: (place.config.parent / each["path"]).resolve() for name, each in sources.items() if "path" in each}
    buurten = read_buurten(paths["buurten"])
    expected = read_buurten(place.town / "cbs_buurten.gpkg", layer="buurten")
    roads = read_road_parts(paths["bgt"])
    unpacked = place.folder / "ocpi.json"
    unpacked.write_bytes(gzip.decompress(paths["charge_points"].read_bytes()))
    assert done.returncode == 0, done.stderr
    assert buurten.drop(columns="geometry").equals(expected.drop(columns="geometry"))
    assert buurten.geometry.geom_equals_exact(expected.geometry, 0.001).all()
    assert list(roads.index) == list(read_road_parts(place.town / "bgt").index)
    assert read_charge_points(unpacked).equals(read_charge_points(place.town / "laadpunten_ocpi.json"))
    assert sources["cables"]["liander"]["licence"] == "verzonnen gegevens"


def test_tiles_of_a_service_that_pages_wrongly_give_every_cable_once(place: Place):
    done = place.run("--source", "liander")

    content = json.loads(place.laid_down()["liander/laagspanning.json"])
    cables = gpd.read_file(place.folder / "data/demodorp/liander/laagspanning.json")
    expected = gpd.read_file(place.town / "elektriciteitsnet.gpkg", layer="laagspanningskabels")
    numbers = [each["attributes"]["OBJECTID"] for each in content["features"]]
    assert done.returncode == 0, done.stderr
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    assert len(numbers) > 300
    assert cables.crs == "EPSG:28992"
    assert cables.length.sum() == pytest.approx(expected.length.sum(), rel=1e-6)


def test_a_second_fetch_is_told_that_nothing_changed(place: Place):
    place.run("--source", "buurten", "--source", "decrees")
    before = place.laid_down()
    place.replay.log.clear()

    done = place.run("--source", "buurten", "--source", "decrees", "--json")

    assert [each["status"] for each in json.loads(done.stdout)] == ["unchanged", "unchanged"]
    assert {"if-none-match" in each.headers for each in place.replay.log} == {True}
    assert place.laid_down() == before


def test_a_source_that_is_gone_leaves_the_rest_and_has_exit_code_seven(place: Place):
    del place.replay.routes["/sru"]

    done = place.run("--source", "decrees", "--source", "buurten", "--quiet")

    assert (done.returncode, done.stdout) == (7, "")
    assert "laadplan: 1 of 2 sources failed: decrees." in done.stderr
    assert list(place.laid_down()) == ["buurten/buurten.geojson"]


def test_nothing_that_could_be_reached_has_exit_code_six(place: Place):
    place.replay.routes.clear()

    done = place.run("--source", "decrees", "--source", "buurten")

    assert done.returncode == 6
    assert "status 404" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_dry_run_asks_nothing_and_writes_nothing(place: Place):
    done = place.run("--dry-run")

    assert done.returncode == 0, done.stderr
    assert (place.replay.log, (place.folder / "data").exists()) == ([], False)
    assert "verzonnen gegevens" in done.stdout
    assert "/bag/wfs?service=WFS" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [(["--source", "bomen"], "no source 'bomen'"), (["--catalogue", "nergens.yaml"], "does not exist")],
)
def test_wrong_use_has_exit_code_two(place: Place, words: list[str], said: str):
    done = place.run(*words)

    assert done.returncode == 2
    assert said in done.stderr
