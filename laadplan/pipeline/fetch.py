"""Fetches what is open for one municipality, source by source; one that fails does not hold up the others.

In: a project, a catalogue of services and a data folder. Out: a folder per source, the table ``sources.csv``, and what
became of each source. Files that the config names are never touched: whoever wants the new ones puts their path there.
"""

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout

from laadplan.config.project import Area
from laadplan.errors import ConfigError, LaadplanError, PartlyFailed, SourceChanged, SourceUnreachable
from laadplan.store.download.cache import Cache
from laadplan.store.download.catalogue import Service
from laadplan.store.download.fetch import Fetched, fetch_service, first_requests, journal_name
from laadplan.store.download.record import Row, record
from laadplan.store.download.wanted import Box, Wanted
from laadplan.store.projects import ProjectFile

CACHE, LOCK = ".cache", "bezig.lock"
Status = Literal["fetched", "unchanged", "empty", "failed"]


@dataclass(frozen=True)
class Outcome:
    """What became of one source: its files, or why it failed."""

    name: str
    service: Service
    status: Status
    path: Path
    fetched: Fetched | None = None
    error: LaadplanError | None = None

    def record(self) -> dict[str, Any]:
        """The outcome as plain values."""
        return {
            "name": self.name,
            "source": self.service.source,
            "status": self.status,
            "path": str(self.path) if self.fetched and self.fetched.files else None,
            "files": list(self.fetched.files) if self.fetched else [],
            "bytes": self.fetched.bytes if self.fetched else 0,
            "requests": self.fetched.requests if self.fetched else 0,
            "sha256": self.fetched.sha256 if self.fetched else None,
            "licence": self.service.licence,
            "error": self.error.message if self.error else None,
        }


def wanted_of(project_file: ProjectFile, services: dict[str, Service]) -> Wanted:
    """What the services are asked for.

    Raises
    ------
    ConfigError
        A service needs a box, the municipality's code or its name, and the config does not give it.
    """
    project = project_file.project
    name = re.sub(r"\(.*?\)|[\"\\]", "", project.publication.municipality).strip()
    wanted = Wanted(project.area.municipality_code, name, _box(project.area))
    code = wanted.municipality_code if wanted.municipality_code != "GM0000" else ""
    asks = {
        "area.bbox_rd": [key for key, each in services.items() if each.spatial and not wanted.box],
        "area.municipality_code": [
            key
            for key, each in services.items()
            if not code and any(map(each.mentions, ("municipality_code", "municipality_digits", "municipality_number")))
        ],
        "publication.municipality": [
            key for key, each in services.items() if not name and each.mentions("municipality")
        ],
    }
    for setting, needing in asks.items():
        if needing:
            words = f"{setting} is empty, and {', '.join(needing)} cannot be fetched without it."
            todo = "Fill it in, or choose with --source what does not need it."
            raise ConfigError(words, where=str(project_file.path), todo=todo)
    return wanted


def _box(area: Area) -> Box | None:
    """The area with its margin, RD New (m), as sources are read."""
    if area.bbox_rd is None:
        return None
    xmin, ymin, xmax, ymax = area.bbox_rd
    return xmin - area.margin_m, ymin - area.margin_m, xmax + area.margin_m, ymax + area.margin_m


def requests_planned(services: dict[str, Service], wanted: Wanted) -> list[dict[str, Any]]:
    """What would be asked of each service, without touching the network."""
    return [
        {
            "name": name,
            "source": service.source,
            "kind": service.kind,
            "licence": service.licence,
            "most_bytes": service.most_bytes,
            "requests": first_requests(service, wanted),
            "note": service.note,
        }
        for name, service in services.items()
    ]


def fetch(
    project_file: ProjectFile,
    services: dict[str, Service],
    data: Path,
    *,
    now: datetime,
    progress: Callable[[str, int, int], None],
    told: Callable[[int, int], None],
    sleep: Callable[[float], None] = time.sleep,
) -> list[Outcome]:
    """Fetches the services into ``data/<project>/<name>/``; returns what became of each.

    A fetch that was killed, or of which part failed, goes on where it was for a day: what came in then counts as
    fetched at the moment it began.

    Raises
    ------
    ConfigError
        Something that a service needs is not in the config, or the folder cannot be used.
    """
    wanted = wanted_of(project_file, services)
    folder = data / project_file.project.name
    outcomes: list[Outcome] = []
    with _held(data):
        cache = Cache(data / CACHE)
        for place, (name, service) in enumerate(services.items()):
            progress(name, place, len(services))
            outcome = _fetch_one(name, service, wanted, folder / name, cache, now, told, sleep)
            if outcome.fetched:
                record(data, [_row(project_file.project.name, outcome)])
            outcomes.append(outcome)
        if not any(outcome.error for outcome in outcomes):
            for outcome in outcomes:
                cache.end(journal_name(folder / outcome.name))
    return outcomes


def failure_of(outcomes: list[Outcome]) -> LaadplanError | None:
    """The error that the command ends with: none, part failed (7), all failed (6; 3 where all have changed shape)."""
    failed = [outcome for outcome in outcomes if outcome.error]
    if not failed:
        return None
    names = ", ".join(outcome.name for outcome in failed)
    if len(failed) < len(outcomes):
        words = f"{len(failed)} of {len(outcomes)} sources failed: {names}."
        return PartlyFailed(words, todo="The others are in place; the same command tries again.")
    changed = all(isinstance(outcome.error, SourceChanged) for outcome in failed)
    kind = SourceChanged if changed else SourceUnreachable
    return kind(f"Nothing could be fetched: {names}.", todo="What was fetched before is as it was.")


def config_lines(outcomes: list[Outcome], config: Path) -> str:
    """The part of a config that names what was fetched, as YAML, paths relative to the config."""
    import yaml

    sources: dict[str, Any] = {}
    for outcome in outcomes:
        if not (outcome.fetched and outcome.fetched.files):
            continue
        service = outcome.service
        settings: dict[str, Any] = {
            "path": Path(os.path.relpath(outcome.path.resolve(), config.parent.resolve())).as_posix(),
            "label": service.label,
            "licence": service.licence,
        }
        day = datetime.fromisoformat(
            outcome.fetched.begun_at
        ).date()  # a service without a fixed year gives what is now
        settings["reference_on"] = service.reference_on or day
        name, _, key = service.source.partition(".")
        if key:
            sources.setdefault(name, {})[key] = settings
        else:
            sources.setdefault(name, settings)
    return yaml.safe_dump({"sources": sources}, sort_keys=False, allow_unicode=True, width=120) if sources else ""


def _fetch_one(
    name: str,
    service: Service,
    wanted: Wanted,
    target: Path,
    cache: Cache,
    now: datetime,
    told: Callable[[int, int], None],
    sleep: Callable[[float], None],
) -> Outcome:
    try:
        fetched = fetch_service(service, wanted, target, cache=cache, now=now, told=told, sleep=sleep)
    except (SourceUnreachable, SourceChanged) as error:
        return Outcome(name, service, "failed", target, error=error)
    except OSError as error:
        words = f"The data folder cannot be used ({error.strerror})."
        raise ConfigError(words, where=str(target), todo="Make room, or choose another --out.") from None
    status: Status = "empty" if not fetched.files else "unchanged" if fetched.unchanged else "fetched"
    path = target / fetched.files[0] if len(fetched.files) == 1 else target
    return Outcome(name, service, status, path, fetched)


def _row(project: str, outcome: Outcome) -> Row:
    service, fetched = outcome.service, outcome.fetched
    if fetched is None:
        raise AssertionError("only what was fetched is recorded")
    return Row(
        project=project,
        name=outcome.name,
        fetched_at=fetched.begun_at,
        label=service.label,
        url=service.address,
        reference_on=str(service.reference_on or ""),
        licence=service.licence,
        bytes=fetched.bytes,
        sha256=fetched.sha256,
        etag=fetched.etag,
        files=" ".join(fetched.files),
    )


@contextmanager
def _held(data: Path) -> Iterator[None]:
    """Keeps another fetch out of the data folder while the block runs."""
    try:
        (data / CACHE).mkdir(parents=True, exist_ok=True)
        with FileLock(data / CACHE / LOCK, blocking=False):
            yield
    except Timeout:
        words = "Another fetch is at work in this folder."
        raise ConfigError(words, where=str(data), todo="Wait for it, or choose another --out.") from None
    except OSError as error:
        words = f"The data folder cannot be used ({error.strerror})."
        raise ConfigError(words, where=str(data), todo="Make room, or choose another --out.") from None
