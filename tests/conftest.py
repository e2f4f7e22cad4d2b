"""What all tests share: where the real data lies, which programs they need, and what may be missing where."""

import os
import shutil
from pathlib import Path

import pytest

REAL_DATA = "LAADPLAN_REAL_DATA"

os.environ.setdefault("OMP_NUM_THREADS", "1")  # as the command line does: small fits are slow on many threads


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder with the real open data, read-only; its README says what lies where."""
    folder = os.environ.get(REAL_DATA)
    if not folder:
        absent(f"{REAL_DATA} is not set: it must name the folder with the real open data")
    elif not Path(folder).is_dir():
        absent(f"{REAL_DATA} names {folder}, which is not a folder")
    return Path(folder or "").resolve()


@pytest.fixture(scope="session")
def repository() -> Path:
    """Top folder of the checkout."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture
def require_program():
    """Function from the name of a program to its path; skips where it is not installed."""
    return find_program


def find_program(name: str) -> Path:
    """Path of a program that comes from the operating system, such as ``chromium`` or ``qgis_process``."""
    found = shutil.which(name)
    if found is None:
        absent(f"the program {name} is not installed")
    return Path(found or "")


def absent(reason: str) -> None:
    """Skip a test that lacks something, saying what; with CI=true nothing may be lacking, so fail."""
    if os.environ.get("CI", "").lower() in {"true", "1"}:
        pytest.fail(f"{reason}; with CI=true that may not be", pytrace=False)
    pytest.skip(reason)
