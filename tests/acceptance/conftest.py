"""Fixtures that start the program and keep the costly runs: one demo town, one Otterlo."""

# ruff: noqa: TID252

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from . import buurtplan, drawn_use, making, rich, siting
from .program import Program, program_environment, program_path
from .reading import ROOT, RunFolder, fingerprints
from .towns import Town

DATE = "2026-11-23"
INHABITANTS, SEED = 2000, 1
ODD_NAME = "Sint-Ánna & 't <Zand>"


@pytest.fixture(scope="session")
def laadplan() -> Program:
    """Call the program with arguments; get the finished process with text output."""

    def call(
        *args: object,
        cwd: Path | None = None,
        env: dict[str, str | None] | None = None,
        timeout: float = 300,
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(program_path()), *map(str, args)],
            cwd=cwd,
            env=program_environment(env),
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    return call


@pytest.fixture(scope="session")
def run_to(laadplan: Program) -> Callable[..., RunFolder]:
    """Run a config into a folder, insist that it succeeds, and get what it left."""

    def run(config: Path, out: Path, *options: object, env: dict[str, str | None] | None = None) -> RunFolder:
        begin = time.perf_counter()
        done = laadplan("run", config, "--out", out, "--date", DATE, *options, env=env, cwd=out.parent)
        seconds = time.perf_counter() - begin
        assert done.returncode == 0, f"exit code {done.returncode}\n{done.stderr}"
        manifest = json.loads((out / "run.json").read_text(encoding="utf-8"))
        return RunFolder(out, config, manifest, seconds, done.stdout, done.stderr)

    return run


@pytest.fixture(scope="session")
def make_town(laadplan: Program) -> Callable[..., Path]:
    """Write a demo town and get its config."""

    def make(folder: Path, inhabitants: int, seed: int = 1) -> Path:
        done = laadplan("demo", folder, "--inhabitants", inhabitants, "--seed", seed, cwd=folder.parent)
        assert done.returncode == 0, done.stderr
        return folder / "laadplan.yaml"

    return make


@pytest.fixture(scope="session")
def demo_config(make_town: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Config of the demo town of a thousand inhabitants."""
    return make_town(tmp_path_factory.mktemp("demo") / "town", 1000)


@pytest.fixture(scope="session")
def demo_run(
    demo_config: Path, run_to: Callable[..., RunFolder], tmp_path_factory: pytest.TempPathFactory
) -> RunFolder:
    """The demo town, run on a cold cache."""
    return run_to(demo_config, tmp_path_factory.mktemp("demo-run") / "plan")


@pytest.fixture(scope="session")
def small_town_config(make_town: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Config of a demo town of a thousand inhabitants and another seed, for tests that spoil copies of it."""
    return make_town(tmp_path_factory.mktemp("small") / "town", 1000, seed=2)


@pytest.fixture(scope="session")
def small_town_run(
    small_town_config: Path, run_to: Callable[..., RunFolder], tmp_path_factory: pytest.TempPathFactory
) -> RunFolder:
    """The small town, run once: the earlier results that failures must leave alone."""
    return run_to(small_town_config, tmp_path_factory.mktemp("small-run") / "plan")


@pytest.fixture(scope="session")
def quick(laadplan: Program, small_town_run: RunFolder, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """The small town with little work for the search, on one thread, as far as its plan."""
    return siting.variant(laadplan, small_town_run, tmp_path_factory.mktemp("vlug"), {"threads": 1})


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """The town of two thousand inhabitants that most tests look at."""
    return making.make(tmp_path_factory.mktemp("demo-town") / "town", INHABITANTS, SEED)


@pytest.fixture(scope="session")
def named(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """The smallest town, with a name that needs escaping, made quietly in a folder that exists and is empty."""
    folder = tmp_path_factory.mktemp("named")
    return making.make(folder, 1000, 2, "--name", ODD_NAME, "--quiet")


@pytest.fixture(scope="session")
def every_town(laadplan: Program, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a town of a thousand inhabitants with each source in every form; tests read it and leave it alone."""
    folder = tmp_path_factory.mktemp("vormen") / "town"
    done = laadplan("demo", folder, "--inhabitants", 1000, "--every-format", "--quiet")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def rich_config(every_town: Path) -> Path:
    """Config of that town with all that siting asks for: registered bays, a KLIC delivery, zones, a raster, signs."""
    return rich.config(every_town, every_town.parent / "rijk" / "laadplan.yaml")


@pytest.fixture(scope="session")
def rich_run(laadplan: Program, rich_config: Path) -> RunFolder:
    """That town, as far as its candidates are judged."""
    return rich.run(laadplan, rich_config, rich_config.parent / "uit")


@pytest.fixture(scope="session")
def boxed_run(laadplan: Program, every_town: Path, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A part of that town, run as a whole and assessed; tests copy its folder."""
    folder = tmp_path_factory.mktemp("deel") / "plan"
    config = rich.boxed(every_town, folder)
    run = rich.run(laadplan, config, folder / "uit", None)
    done = laadplan("assess", config, "--out", run.path, "--date", DATE, cwd=folder)
    assert done.returncode == 0, done.stderr
    return RunFolder(run.path, config, run.manifest, 0, run.stdout + done.stdout, run.stderr + done.stderr)


@pytest.fixture(scope="session")
def otterlo_config() -> Path:
    """The config of Otterlo that the checkout carries."""
    return ROOT / "configs" / "otterlo.yaml"


@pytest.fixture(scope="session")
def otterlo_sources_before(real_data: Path) -> dict[str, str]:
    """Digests of the source folders before anything is run on them."""
    return source_fingerprints(real_data)


def source_fingerprints(real_data: Path) -> dict[str, str]:
    """Digest per file of the folders that Otterlo is made from."""
    folders = ("ede-otterlo", "national/pc4")
    return {f"{name}/{file}": digest for name in folders for file, digest in fingerprints(real_data / name).items()}


@pytest.fixture(scope="session")
def otterlo_run(
    otterlo_config: Path,
    otterlo_sources_before: dict[str, str],
    run_to: Callable[..., RunFolder],
    tmp_path_factory: pytest.TempPathFactory,
) -> RunFolder:
    """Otterlo, run on a cold cache."""
    return run_to(otterlo_config, tmp_path_factory.mktemp("otterlo") / "plan")


@pytest.fixture(
    scope="session",
    params=[
        pytest.param("demo_run", id="demo", marks=pytest.mark.xdist_group("demo")),
        pytest.param("otterlo_run", id="otterlo", marks=[pytest.mark.xdist_group("otterlo"), pytest.mark.real]),
    ],
)
def plan(request: pytest.FixtureRequest) -> RunFolder:
    """A finished run, of the demo town and of Otterlo in turn."""
    return request.getfixturevalue(request.param)


# --- demand and use --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def buurt_sources(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Sources of the municipality of our own drawing."""
    return buurtplan.sources(tmp_path_factory.mktemp("veld") / "bron")


@pytest.fixture(scope="session")
def buurt_run(laadplan: Program, buurt_sources: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """Demand of that municipality."""
    return buurtplan.demand(laadplan, buurtplan.project(tmp_path_factory.mktemp("veld") / "plan", buurt_sources))


@pytest.fixture(scope="session")
def areas_run(laadplan: Program, buurt_sources: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """Its demand in calculation areas of its own, with an official forecast."""
    folder = tmp_path_factory.mktemp("veld")
    given = buurtplan.with_areas(folder, buurt_sources)
    return buurtplan.demand(laadplan, buurtplan.project(folder / "plan", given))


@pytest.fixture(scope="session")
def backwards_run(laadplan: Program, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """Its demand from sources with all rows in the opposite order, on a machine elsewhere in the world."""
    folder = tmp_path_factory.mktemp("veld")
    given = buurtplan.sources(folder / "bron", backwards=True)
    config = buurtplan.project(folder / "plan", given)
    return buurtplan.demand(laadplan, config, env={"TZ": "America/New_York", "LC_ALL": "C"})


@pytest.fixture(scope="session")
def drawn() -> list[drawn_use.Session]:
    """Sessions of our own drawing."""
    return drawn_use.every_session()


@pytest.fixture(scope="session")
def use_run(laadplan: Program, drawn: list[drawn_use.Session], tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """Use of the poles of our own drawing."""
    folder = tmp_path_factory.mktemp("gebruik")
    sessions = drawn_use.as_csv(folder / "sessies.csv", drawn)
    return buurtplan.monitor(laadplan, drawn_use.project(folder / "plan", sessions))


@pytest.fixture(scope="session")
def cards_run(
    laadplan: Program,
    drawn: list[drawn_use.Session],
    use_run: RunFolder,
    tmp_path_factory: pytest.TempPathFactory,
) -> RunFolder:
    """The same use from three files of records with the cards of the drivers, in no order, far away."""
    folder = tmp_path_factory.mktemp("kaarten")
    sessions = drawn_use.as_cdrs(folder / "cdrs", drawn_use.shuffled(drawn))
    env: dict[str, str | None] = {"TZ": "Pacific/Auckland"}
    return buurtplan.monitor(laadplan, use_run.config, "--sessions", sessions, env=env, out=folder / "uit")


@pytest.fixture(scope="session")
def big_town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """The one town of twenty thousand inhabitants: figures on planted use ask for so many poles."""
    return making.make(tmp_path_factory.mktemp("stad") / "town", 20_000, 7, "--quiet")


@pytest.fixture(scope="session")
def big_monitor(laadplan: Program, big_town: Town, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """Its use."""
    config = big_town.folder / "laadplan.yaml"
    return buurtplan.monitor(laadplan, config, out=tmp_path_factory.mktemp("stad-druk") / "uit")
