"""One town and one set of files for all tests of the demo; the town is small, so that they stay fast."""

from pathlib import Path

import pytest

from laadplan.demo.model import Town
from laadplan.demo.sources import write_demo
from laadplan.demo.town import make_town

INHABITANTS = 1000


@pytest.fixture(scope="session")
def town() -> Town:
    """A demo town in memory."""
    return make_town(INHABITANTS, 3)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the same town."""
    path = tmp_path_factory.mktemp("demo")
    write_demo(path, INHABITANTS, 3)
    return path
