"""The walls of the house hold: each contract and each ban is seen to catch a violation planted for it.

Everything is derived from pyproject.toml. A contract or ban that is added there is planted here of itself; one of a
kind that nobody can plant makes the test fail.
"""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
SETTINGS = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
CONTRACTS = {contract["id"]: contract for contract in SETTINGS["importlinter"]["contracts"]}
BANNED = sorted(SETTINGS["ruff"]["lint"]["flake8-tidy-imports"]["banned-api"])
PURE = {"errors", "config", "contracts", "geo", "kerb", "demand", "policy", "optimise", "rollout"}
PURE_HOME = "geo"  # a pure room to plant ruff violations in

# Where a banned name may be used all the same: how paths under laadplan/ begin. Names that are not here have no home.
HOMES = {
    "datetime.datetime.now": ("cli/",),
    "datetime.date.today": ("cli/",),
    "time.time": ("cli/", "store/download.py"),
    "numpy.random.default_rng": ("cli/", "demo/"),
    "geopandas.read_file": ("ingest/vector.py",),
    "geopandas.list_layers": ("ingest/vector.py",),
    "pyogrio.read_dataframe": ("ingest/vector.py",),
    "pyogrio.read_info": ("ingest/vector.py",),
    "pyogrio.list_layers": ("ingest/vector.py",),
    "pyogrio.raw.read": ("ingest/vector.py",),
    "geopandas.read_parquet": ("store/frames.py",),
    "pandas.read_parquet": ("store/frames.py",),
    "pandas.read_csv": ("ingest/",),
    "pandas.read_excel": ("ingest/",),
    "pandas.read_json": ("ingest/",),
    "pandas.read_table": ("ingest/",),
    "numpy.loadtxt": ("ingest/",),
    "numpy.genfromtxt": ("ingest/",),
    "numpy.fromfile": ("ingest/",),
}


@dataclass(frozen=True)
class Plant:
    """One import that breaks a contract: it is written into ``importer`` and must be reported from there."""

    contract: str
    importer: str
    imported: str


def plants_of(contract: dict) -> list[Plant]:
    """One plant for every wall that a contract stands for; none for a kind of contract that is not known here."""
    if contract["type"] == "layers":
        return list(plants_of_layers(contract))
    if contract["type"] == "forbidden":
        return list(plants_of_forbidden(contract))
    return []


def plants_of_layers(contract: dict) -> Iterator[Plant]:
    """Each room reaches for one on the floor above, and for the others on its own floor."""
    floors = [[room.strip(" ()") for room in floor.split("|")] for floor in contract["layers"]]
    for upper, lower in pairwise(floors):
        for room in lower:
            yield Plant(contract["id"], f"laadplan.{room}.planted_up", f"laadplan.{upper[0]}")
    for floor in floors:
        for room in floor:
            for neighbour in sorted(set(floor) - {room}):
                yield Plant(contract["id"], f"laadplan.{room}.planted_beside_{neighbour}", f"laadplan.{neighbour}")


def plants_of_forbidden(contract: dict) -> Iterator[Plant]:
    """Every room that is not let off imports the first forbidden library, and one room imports all the others."""
    rooms = [room for room in all_rooms() if f"laadplan.{room}.** -> *" not in contract["ignore_imports"]]
    first, *others = contract["forbidden_modules"]
    name = contract["id"].replace("-", "_")
    for room in rooms:
        yield Plant(contract["id"], f"laadplan.{room}.planted_{name}", first)
    for library in others:
        yield Plant(contract["id"], f"laadplan.{rooms[0]}.planted_{name}", library)


def all_rooms() -> list[str]:
    """Every room of the house, lowest first, built or not."""
    layers = CONTRACTS["layers"]["layers"]
    return [room.strip(" ()") for floor in reversed(layers) for room in floor.split("|")]


def welcome_plants() -> list[Plant]:
    """Imports at home: each home of a power imports what lives there, and must not be reported."""
    return [
        Plant(
            contract["id"], f"{rule.split(' ')[0].removesuffix('.**')}.planted_home", contract["forbidden_modules"][0]
        )
        for contract in CONTRACTS.values()
        for rule in contract.get("ignore_imports", ())
        if ".**" in rule
    ]


def plant(package: Path, importer: str, imported: str) -> str:
    """Write the import into a new module and return that module's name; a room of one file takes it itself."""
    *folders, _ = importer.split(".")[1:]
    room = package
    for folder in folders:
        if (room / f"{folder}.py").is_file():
            with (room / f"{folder}.py").open("a", encoding="utf-8") as file:
                file.write(f"\nimport {imported}\n")
            return ".".join(importer.split(".")[:-1])
        room = room / folder
        room.mkdir(exist_ok=True)
        (room / "__init__.py").touch()
    with (room / f"{importer.rsplit('.', 1)[1]}.py").open("a", encoding="utf-8") as file:
        file.write(f"import {imported}\n")
    return importer


def copy_house(target: Path) -> Path:
    """Lay a copy of the package with the real configuration in ``target`` and return the package's folder."""
    shutil.copyfile(TOP / "pyproject.toml", target / "pyproject.toml")
    skip = shutil.ignore_patterns("__pycache__", "assets")
    return Path(shutil.copytree(TOP / "laadplan", target / "laadplan", ignore=skip))


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the package in ``folder``."""
    # The folder comes first on the path, so that its copy is looked at and not the installed package.
    code = (
        "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports_command; lint_imports_command()"
    )
    command = [sys.executable, "-c", code, "--config", "pyproject.toml", "--no-cache", "--no-logo"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env={"COLUMNS": "1000"})


def ruff(folder: Path, *arguments: str) -> list[dict]:
    """Findings of ruff in ``folder``, with that folder's own configuration."""
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format", "json", *arguments, "laadplan"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert run.returncode in (0, 1), run.stderr
    return json.loads(run.stdout)


@pytest.fixture(scope="module")
def broken_house(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[Plant]]:
    """Import-linter's report on a copy with every violation planted, and the plants as they were written."""
    folder = tmp_path_factory.mktemp("house")
    package = copy_house(folder)
    for room in all_rooms():
        plant(package, f"laadplan.{room}.planted_nothing", "__future__")
    planted = [
        Plant(wanted.contract, plant(package, wanted.importer, wanted.imported), wanted.imported)
        for contract in CONTRACTS.values()
        for wanted in plants_of(contract)
    ]
    for wanted in welcome_plants():
        plant(package, wanted.importer, wanted.imported)
    run = lint_imports(folder)
    assert run.returncode == 1, run.stdout + run.stderr
    return run.stdout, planted


def section(report: str, title: str) -> str:
    """What the report says of one broken contract."""
    _, _, details = report.partition("Broken contracts")
    heading = re.search(rf"^{re.escape(title)}\n-+$", details, re.MULTILINE)
    assert heading, f"not reported as broken: {title}"
    others = [re.escape(contract["name"]) for contract in CONTRACTS.values()]
    following = re.compile(rf"^(?:{'|'.join(others)})\n-+$", re.MULTILINE).search(details, heading.end())
    return details[heading.end() : following.start() if following else len(details)]


def test_the_house_as_it_stands_keeps_every_contract():
    run = lint_imports(TOP)

    assert run.returncode == 0, run.stdout + run.stderr
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in run.stdout


@pytest.mark.parametrize("identity", CONTRACTS)
def test_a_planted_violation_of_each_contract_is_caught(identity: str, broken_house: tuple[str, list[Plant]]):
    report, planted = broken_house
    mine = [one for one in planted if one.contract == identity]
    assert mine, f"nobody knows how to break the contract {identity}: teach plants_of its type"

    said = section(report, CONTRACTS[identity]["name"])

    missed = [one for one in mine if f"{one.importer} -> {one.imported} (" not in said]
    assert not missed, f"not caught: {missed}"


def test_pure_rooms_are_let_off_nothing_and_the_others_all():
    planted = {one.importer.split(".")[1] for one in plants_of(CONTRACTS["pure"])}

    assert planted == PURE
    assert set(all_rooms()) - PURE == {"cli", "pipeline", "ingest", "publish", "demo", "store"}


def test_a_power_may_be_used_at_home(broken_house: tuple[str, list[Plant]]):
    report, _ = broken_house

    scolded = [
        one
        for one in welcome_plants()
        if f"{one.importer} -> {one.imported} (" in section(report, CONTRACTS[one.contract]["name"])
    ]

    assert welcome_plants()
    assert not scolded


def test_every_room_has_its_floor(tmp_path: Path):
    package = copy_house(tmp_path)
    plant(package, "laadplan.bijkeuken.shelf", "math")

    run = lint_imports(tmp_path)

    assert run.returncode == 1
    assert "laadplan.bijkeuken" in run.stdout


def test_each_banned_name_is_caught_in_a_pure_room(tmp_path: Path):
    package = copy_house(tmp_path)
    lines = [
        f"from {name.rpartition('.')[0]} import {name.rpartition('.')[2]}" for name in BANNED if not in_class(name)
    ]
    lines += [f"import datetime\n{name}()" for name in BANNED if in_class(name)]
    room = package / PURE_HOME
    room.mkdir(exist_ok=True)
    (room / "planted_bans.py").write_text("\n".join(lines), encoding="utf-8")

    said = "\n".join(f"{one['filename']}: {one['message']}" for one in ruff(tmp_path, "--select", "TID251"))

    assert BANNED
    assert [name for name in BANNED if f"planted_bans.py: `{name}` is banned" not in said] == []


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ('open("figures.txt")', "PTH123"),
        ("import numpy\nnumpy.random.rand(3)", "NPY002"),
        ("import datetime\ndatetime.datetime.fromtimestamp(0)", "DTZ006"),
        ('print("to the console")', "T201"),
        ("from . import neighbour", "TID252"),
    ],
)
def test_files_chance_clock_and_console_are_caught_in_a_pure_room(tmp_path: Path, code: str, rule: str):
    shutil.copyfile(TOP / "pyproject.toml", tmp_path / "pyproject.toml")
    room = tmp_path / "laadplan" / PURE_HOME
    room.mkdir(parents=True)
    (room / "planted.py").write_text(code + "\n", encoding="utf-8")

    assert rule in {one["code"] for one in ruff(tmp_path)}


def test_banned_names_are_used_at_home_only():
    findings = ruff(TOP, "--select", "TID251", "--ignore-noqa", "--config", "lint.per-file-ignores={}")

    astray = []
    for finding in findings:
        name = re.match(r"`([\w.]+)` is banned", finding["message"])
        place = Path(finding["filename"]).relative_to(TOP / "laadplan").as_posix()
        assert name, finding["message"]
        if not place.startswith(HOMES.get(name[1], ("nowhere",))):
            astray.append(f"{place}:{finding['location']['row']} {name[1]}")

    assert astray == []


def test_homes_are_given_to_banned_names_only():
    assert set(HOMES) <= set(BANNED)


def in_class(name: str) -> bool:
    """Whether a banned name is a method, which cannot be imported on its own."""
    return name.startswith(("datetime.datetime.", "datetime.date."))
