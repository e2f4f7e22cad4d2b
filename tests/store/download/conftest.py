"""What tests of fetching share: a server on this machine, and a client that never really sleeps."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from laadplan.store.download.cache import Cache
from laadplan.store.download.catalogue import Service
from laadplan.store.download.client import Client, Limits
from laadplan.store.download.pace import Pace
from tests.store.download.server import JSON, Replay, serving

NOW = datetime(2027, 1, 1, 12, 0, tzinfo=UTC)
BOX = (180_000.0, 456_000.0, 182_000.0, 458_000.0)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def replay() -> Iterator[Replay]:
    """A server on this machine."""
    with serving() as server:
        yield server


@pytest.fixture
def slept() -> list[float]:
    """Seconds that were asked to be slept."""
    return []


@pytest.fixture
def make_client(tmp_path: Path, slept: list[float]) -> Iterator[Callable[..., Client]]:
    """Function from limits to a client with a cache below the test's folder; each call is a fetch of its own."""
    made: list[Client] = []

    def make(
        *,
        now: datetime = NOW,
        most_bytes: int = 10_000_000,
        most_requests: int = 500,
        types: Any = None,
        **settings: Any,
    ) -> Client:
        cache = Cache(tmp_path / "cache")
        limits = Limits(most_bytes, most_requests, types or (JSON, "application/gzip", "application/zip", "text/csv"))
        journal = cache.journal("proef", "asked", now)
        made.append(Client(cache, journal, Pace(1e9, 1_000_000), limits, sleep=slept.append, **settings))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture
def make_service() -> Callable[..., Service]:
    """Function from what matters to a service of the catalogue."""

    def make(kind: str, address: str, files: dict[str, str], **settings: Any) -> Service:
        plain = {"label": "Proef", "licence": "CC0", "source": "buurten", "rate_per_second": 1e9, "burst": 1_000_000}
        return Service.model_validate({"kind": kind, "address": address, "files": files} | plain | settings)

    return make
