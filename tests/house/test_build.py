"""The environment and what is built from it: locks without addresses, a wheel that carries the browser libraries."""

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest


@pytest.mark.parametrize("lock", ["requirements.lock", "package.json", "package-lock.json", "Makefile", ".ci/run"])
def test_no_address_of_a_registry_is_written_down(repository: Path, lock: str):
    assert re.findall(r"\w+://\S+", (repository / lock).read_text(encoding="utf-8")) == []


def test_every_locked_library_has_a_hash(repository: Path):
    libraries = re.split(r"\n(?=[a-z0-9])", (repository / "requirements.lock").read_text(encoding="utf-8"))
    assert [one.splitlines()[0] for one in libraries if "--hash=sha256:" not in one] == []

    packages = json.loads((repository / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []


@pytest.mark.slow
def test_a_wheel_carries_leaflet_as_npm_delivered_it(repository: Path, tmp_path: Path):
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index", "--quiet"]
    subprocess.run([*command, "--wheel-dir", str(tmp_path), str(repository)], check=True)
    (wheel,) = tmp_path.glob("laadplan-*.whl")

    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        script = archive.read("laadplan/publish/assets/leaflet/leaflet.js")

    assert script == (repository / "node_modules/leaflet/dist/leaflet.js").read_bytes()
    assert {
        f"laadplan/publish/assets/leaflet/{name}" for name in ("leaflet.css", "LICENSE", "images/layers.png")
    } <= names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    assert "laadplan/store/download/catalogue.yaml" in names
    assert {f"laadplan/config/beleid/{name}.yaml" for name in ("landelijk", "heiloo", "zwolle")} <= names
    assert not [name for name in names if "__pycache__" in name or name.startswith(("tests/", "benchmarks/"))]
