"""One town for all tests of the demo that need a whole one: 10,000 inhabitants, with every kind of quarter in it."""

from pathlib import Path

import pytest

from laadplan.demo.model import Quarter, Town
from laadplan.demo.plan import make_plan
from laadplan.demo.sources import write_demo
from laadplan.demo.town import make_quarter

INHABITANTS = 10_000
SEED = 1


@pytest.fixture(scope="session")
def town() -> Town:
    """The plan of the town."""
    return make_plan(INHABITANTS, SEED)


@pytest.fixture(scope="session")
def quarters(town: Town) -> list[Quarter]:
    """All its quarters."""
    return [make_quarter(town, cell.index) for cell in town.cells]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the same town."""
    path = tmp_path_factory.mktemp("demo")
    write_demo(path, INHABITANTS, SEED, processes=1)
    return path
