"""The command that makes a demo town: same bytes, what it refuses, a full disk, a stop half way."""

# ruff: noqa: TID252

from __future__ import annotations

import os
import re
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from . import making
from .conftest import INHABITANTS, ODD_NAME, SEED
from .program import Program, program_environment, program_path, start
from .reading import ROOT, column, fingerprints, load_yaml
from .towns import Town

pytestmark = [pytest.mark.xdist_group("demo-town"), pytest.mark.slow]


def test_same_seed_writes_the_same_bytes_whatever_the_circumstances(town: Town, tmp_path: Path) -> None:
    """Another folder, hash seed, time zone, language, one core, and a terminal: not a byte may move."""
    env: dict[str, str | None] = {"PYTHONHASHSEED": "1", "TZ": "Pacific/Auckland", "LC_ALL": "C"}
    code, seen = making.make_on_a_terminal(tmp_path / "elders" / "stad", INHABITANTS, SEED, env)
    assert code == 0, seen
    first, second = fingerprints(town.folder), fingerprints(tmp_path / "elders" / "stad")
    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []
    assert re.search(r"\d\s?%|━|█|▏|\d+/\d+", seen), f"no progress bar on a terminal: {seen[:300]!r}"


def test_another_seed_is_another_town(town: Town, named: Town) -> None:
    first, second = fingerprints(town.folder / "bgt"), fingerprints(named.folder / "bgt")
    assert first["bgt_wegdeel.gml"] != second["bgt_wegdeel.gml"]
    assert first["bgt_pand.gml"] != second["bgt_pand.gml"]


def test_progress_goes_to_stderr_and_quiet_says_nothing(town: Town, named: Town) -> None:
    assert town.stderr.strip()
    assert named.stderr == ""
    assert named.stdout == ""


def test_no_file_names_this_machine(town: Town) -> None:
    """Bytes that hold the folder or the checkout would differ on another machine."""
    marks = [str(each).encode() for each in (town.folder.parent, ROOT)]
    told = [p.name for p in town.folder.rglob("*") if p.is_file() and any(m in p.read_bytes() for m in marks)]
    assert told == []


def test_name_is_used_and_escaped_everywhere(named: Town) -> None:
    municipality = named.layer("cbs_buurten.gpkg", "gemeenten")
    residence = named.layer("bag-light.gpkg", "woonplaats")
    assert set(municipality[column(municipality, "^gemeentenaam", "naam")]) == {ODD_NAME}
    assert ODD_NAME in set(residence[column(residence, "woonplaats(_?naam)?$", "naam")])
    assert named.truth["naam"] == ODD_NAME
    assert any(ODD_NAME in str(value) for value in load_yaml(named.path("laadplan.yaml"))["publication"].values())
    for name in ("lopen.osm", "bgt/bgt_openbareruimtelabel.gml"):
        etree.parse(named.path(name))


@pytest.mark.parametrize("size", ["999", "1", "0", "-5", "1000001", "20000000", "veel", "1000.5", "nan", ""])
def test_impossible_sizes_are_refused(laadplan: Program, tmp_path: Path, size: str) -> None:
    done = laadplan("demo", tmp_path / "town", f"--inhabitants={size}")
    assert done.returncode == 2
    assert "inhabitants" in one_message(done.stderr)
    assert making.entries(tmp_path) == set()


@pytest.mark.parametrize("size", ["999", "1000001"])
def test_refusal_names_the_bounds(laadplan: Program, tmp_path: Path, size: str) -> None:
    done = laadplan("demo", tmp_path / "town", "--inhabitants", size)
    bound = "1000000" if size == "1000001" else "1000"
    assert re.search(rf"\b{bound}\b", re.sub(r"[.,_](?=\d{{3}})", "", one_message(done.stderr)))


@pytest.mark.parametrize("file", ["aantekening.txt", ".verborgen", "bgt/bgt_wegdeel.gml"])
def test_folder_with_something_in_it_is_refused(laadplan: Program, tmp_path: Path, file: str) -> None:
    own = tmp_path / "town" / file
    own.parent.mkdir(parents=True)
    own.write_text("van mij", encoding="utf-8")
    before = fingerprints(tmp_path)
    done = laadplan("demo", tmp_path / "town", "--inhabitants", 1000)
    message = one_message(done.stderr)
    assert done.returncode == 2
    assert "--force" in message
    assert str(tmp_path / "town") in message
    assert fingerprints(tmp_path) == before


def test_a_file_in_the_place_of_the_folder_is_refused(laadplan: Program, tmp_path: Path) -> None:
    (tmp_path / "town").write_text("van mij", encoding="utf-8")
    for options in ([], ["--force"]):
        done = laadplan("demo", tmp_path / "town", "--inhabitants", 1000, *options)
        assert done.returncode in (2, 3)
        assert str(tmp_path / "town") in one_message(done.stderr)
        assert (tmp_path / "town").read_text(encoding="utf-8") == "van mij"


def test_force_replaces_the_town_and_leaves_other_files(named: Town, laadplan: Program, tmp_path: Path) -> None:
    """Spoiled files of a town lay there, and files of somebody else: the town is fresh again, the others untouched."""
    folder = tmp_path / "town"
    shutil.copytree(named.folder, folder)
    own = {"notities.txt": "van mij", "kaart/eigen.qgz": "ook", ".verborgen": "en dit"}
    for name, text in own.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    for name in ("autos_pc4.csv", "bag-light.gpkg", "waarheid.json", "bgt/bgt_pand.gml"):
        (folder / name).write_text("oud", encoding="utf-8")
    (folder / "bomen.csv").unlink()
    done = laadplan("demo", folder, "--inhabitants", 1000, "--seed", 2, "--name", ODD_NAME, "--force", "--quiet")
    assert done.returncode == 0, done.stderr
    assert {name: (folder / name).read_text(encoding="utf-8") for name in own} == own
    after = {name: digest for name, digest in fingerprints(folder).items() if name not in own}
    assert after == fingerprints(named.folder)


def one_message(stderr: str) -> str:
    """The one message on stderr, lines of progress left out; fails on a traceback or on several messages."""
    assert "Traceback" not in stderr
    found = [line for line in stderr.splitlines() if line.startswith("laadplan: ")]
    assert len(found) == 1, stderr
    return found[0]


# --- no disk space, stopped half way ---------------------------------------------------------------------------------


def test_a_full_disk_leaves_nothing(require_program: Callable[[str], Path], tmp_path: Path) -> None:
    """A disk of three megabytes, mounted where only this process tree sees it."""
    unshare = require_program("unshare")
    script = (
        'mount -t tmpfs -o size=3m tmpfs "$1" || exit 99; '
        '"$2" demo "$1/town" --inhabitants 2000 --seed 1 >/dev/null; code=$?; find "$1" -mindepth 1; exit $code'
    )
    done = subprocess.run(
        [unshare, "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", tmp_path, program_path()],
        env=program_environment({"TMPDIR": str(tmp_path)}),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode == 99 or "unshare failed" in done.stderr:
        pytest.skip("this machine lets nobody mount a disk of his own; the test with a limit on file size remains")
    assert done.returncode not in (0, 1, 5), done.stderr
    assert re.search(r"space|ruimte|disk|schijf|full|vol\b", one_message(done.stderr), re.IGNORECASE)
    assert done.stdout.split() == []


@pytest.mark.parametrize("limit", [40_000, 1_000_000])
def test_a_file_that_may_not_grow_leaves_nothing(tmp_path: Path, limit: int) -> None:
    """The same without leave to mount: no file may be larger than the limit, in bytes."""
    process = making.start_demo(
        *(tmp_path / "town", INHABITANTS, SEED),
        env={"TMPDIR": str(tmp_path)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    _, stderr = process.communicate(timeout=120)
    assert process.returncode not in (0, 1, 5)
    one_message(stderr.decode())
    assert making.entries(tmp_path) == set()


def test_a_full_disk_leaves_the_earlier_town(named: Town, tmp_path: Path) -> None:
    folder = tmp_path / "town"
    shutil.copytree(named.folder, folder)
    process = making.start_demo(
        *(folder, INHABITANTS, SEED, "--force"),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000)),
    )
    _, stderr = process.communicate(timeout=120)
    assert process.returncode != 0
    one_message(stderr.decode())
    assert fingerprints(tmp_path) == {f"town/{name}": digest for name, digest in fingerprints(named.folder).items()}


@pytest.mark.parametrize("inhabitants", [100_000, 1_000_000])
def test_ctrl_c_leaves_nothing(tmp_path: Path, inhabitants: int) -> None:
    """Stopped as soon as something is on disk; a million inhabitants are thereby seen to be accepted."""
    stderr = stopped(tmp_path, tmp_path / "town", "--inhabitants", inhabitants)
    assert making.entries(tmp_path) == set()
    assert "Traceback" not in stderr


def test_ctrl_c_leaves_the_earlier_town(named: Town, tmp_path: Path) -> None:
    folder = tmp_path / "town"
    shutil.copytree(named.folder, folder)
    stderr = stopped(tmp_path, folder, "--inhabitants", 100_000, "--force")
    assert fingerprints(tmp_path) == {f"town/{name}": digest for name, digest in fingerprints(named.folder).items()}
    assert "Traceback" not in stderr


def stopped(watched: Path, *options: object) -> str:
    """What the program says when Ctrl-C reaches its whole process group, as a terminal sends it, amid its writing."""
    before = making.entries(watched)
    process = start("demo", *options, env={"TMPDIR": str(watched)})
    try:
        until = time.monotonic() + 15
        while time.monotonic() < until and process.poll() is None and making.entries(watched) == before:
            time.sleep(0.05)
        time.sleep(0.5)
        assert process.poll() is None, f"ended by itself: {process.communicate()}"
        os.killpg(process.pid, signal.SIGINT)
        _, stderr = process.communicate(timeout=20)
        assert process.returncode in (130, -signal.SIGINT)
        assert making.group_is_gone(process.pid), "processes go on after Ctrl-C"
    finally:
        if not making.group_is_gone(process.pid, within_s=0.2):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return stderr.decode()
