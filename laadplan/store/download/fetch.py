"""One service fetched: asked, written aside, and moved into place when all of it is in.

In: a service of the catalogue and what is wanted. Out: a folder with its files, as the readers take them; an earlier
fetch stays whole until then, and a fetch that is killed goes on where it was.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from laadplan.errors import SourceChanged, SourceUnreachable
from laadplan.store.catalogue import sha256_of
from laadplan.store.download.bgt import fetch_delivery, order_of, unpack
from laadplan.store.download.cache import Blob, Cache
from laadplan.store.download.catalogue import SPATIAL, Service
from laadplan.store.download.client import Client, Limits
from laadplan.store.download.features import RD_URN, Page, identity, pages_of
from laadplan.store.download.pace import Pace
from laadplan.store.download.refusals import SERVICE_TODO, json_text
from laadplan.store.download.tables import odata_rows, socrata_rows, sru_pages
from laadplan.store.download.wanted import Wanted, with_query
from laadplan.store.runs import digest_of

ASIDE, EARLIER = ".nieuw", ".eerder"
"""Behind the name of a folder that is being made, and of one that is being replaced."""

SNIFFED_BYTES = 1 << 16
"""Start of a file in which its fields must occur."""


@dataclass(frozen=True)
class Fetched:
    """What a service gave: files in its folder, bytes, one sha256 for all, and the version where it is one file.

    `begun_at` is the moment (ISO 8601) at which the fetch began, also when it was killed and went on later.
    """

    begun_at: str
    files: tuple[str, ...]
    bytes: int
    sha256: str
    etag: str
    requests: int
    unchanged: bool


def fetch_service(
    service: Service,
    wanted: Wanted,
    target: Path,
    *,
    cache: Cache,
    now: datetime,
    told: Callable[[int, int], None],
    sleep: Callable[[float], None],
) -> Fetched:
    """Everything that is wanted of a service, in the folder `target`; no files when nothing lies in the area.

    Its journal stays until the caller ends it, so that sources that are done are not asked again when a later one is
    cut off.

    Raises
    ------
    SourceUnreachable
        It does not answer, refuses, wants a key that is not set, or gives more than the limits allow.
    SourceChanged
        It answers in another shape than the catalogue says.
    """
    aside = target.with_name(f"{target.name}{ASIDE}")
    _restore(target, aside)
    asked = digest_of([service.model_dump(mode="json"), asdict(wanted)])
    journal = cache.journal(journal_name(target), asked, now)
    client = Client(
        cache,
        journal,
        Pace(service.rate_per_second, service.burst, sleep=sleep),
        Limits(service.most_bytes, service.most_requests, service.content_types),
        key=_key(service),
        sleep=sleep,
        told=told,
    )
    try:
        aside.mkdir(parents=True)
        etag = _write(client, service, wanted, aside)
        return _placed(aside, target, etag, client.requests, journal.begun_at)
    except SourceChanged:
        cache.end(journal_name(target))  # what it holds does not add up: the next fetch starts anew
        raise
    finally:
        client.close()
        shutil.rmtree(aside, ignore_errors=True)


def journal_name(target: Path) -> str:
    """Name of the journal of the fetch that fills a folder."""
    return f"{target.parent.name}-{target.name}"


def first_requests(service: Service, wanted: Wanted) -> list[str]:
    """What would be asked first for each file of the service, without asking it."""
    return [_first_request(service, wanted, what) for what in service.files.values()]


def folder_digest(folder: Path) -> str:
    """One sha256 over the names and contents of the files in a folder; empty where there is none."""
    if not folder.is_dir():
        return ""
    return digest_of({path.name: sha256_of(path) for path in sorted(folder.iterdir()) if path.is_file()})


def _write(client: Client, service: Service, wanted: Wanted, folder: Path) -> str:
    """Writes every file of the service; returns the version (etag) where it is one file as delivered."""
    etags = [_write_one(client, service, wanted, file, what, folder) for file, what in service.files.items()]
    return etags[0] if len(etags) == 1 else ""


def _write_one(client: Client, service: Service, wanted: Wanted, file: str, what: str, folder: Path) -> str:
    path, what = folder / file, wanted.filled(what)
    if service.kind == "bgt_download" and wanted.box:
        unpack(fetch_delivery(client, service, what, wanted.box), folder)
    elif service.kind in SPATIAL and wanted.box:
        _write_features(path, pages_of(client, service, what, wanted.box))
    elif service.kind == "odata":
        _write_rows(path, odata_rows(client, service, what, wanted), '{"value":[', "]}")
    elif service.kind == "socrata":
        _write_rows(path, socrata_rows(client, service, what, wanted), "[", "]")
    elif service.kind == "sru":
        for number, blob in enumerate(sru_pages(client, service, wanted), start=1):
            shutil.copyfile(blob.path, path.with_name(f"{path.stem}-{number:04d}{path.suffix}"))
    else:
        blob = client.file(_file_url(service, wanted, what))
        _require_words(blob, service)
        shutil.copyfile(blob.path, path)
        return blob.etag
    return ""


def _file_url(service: Service, wanted: Wanted, what: str) -> str:
    address = f"{service.address}/{what}" if what else service.address
    return with_query(address, {key: wanted.filled(value) for key, value in service.query.items()})


def _write_features(path: Path, pages: Iterable[Page]) -> None:
    """All features in one file, each once and on a line of its own; no file when there are none."""
    seen: set[str] = set()
    with path.open("w", encoding="utf-8", newline="") as stream:
        for page in pages:
            for feature in page.features:
                name = identity(feature, page.head)
                if name not in seen:
                    stream.write(",\n" if seen else _head(page, path))
                    stream.write(json_text(feature))
                    seen.add(name)
        stream.write("\n]}\n" if seen else "")
    if not seen:
        path.unlink()


def _head(page: Page, path: Path) -> str:
    """Start of the file: as ArcGIS gives it, or a GeoJSON collection that names its CRS, as GDAL understands it."""
    crs = {"type": "name", "properties": {"name": RD_URN}}
    head = page.head or {"type": "FeatureCollection", "name": path.stem, "crs": crs}
    return json_text(head).removesuffix("}") + ', "features": [\n'


def _write_rows(path: Path, pages: Iterator[list[dict[str, Any]]], head: str, tail: str) -> None:
    """All rows in one JSON document, each on a line of its own; no file when there are none."""
    number = 0
    with path.open("w", encoding="utf-8", newline="") as stream:
        for rows in pages:
            for row in rows:
                stream.write((",\n" if number else f"{head}\n") + json_text(row))
                number += 1
        stream.write(f"\n{tail}\n" if number else "")
    if not number:
        path.unlink()


def _require_words(blob: Blob, service: Service) -> None:
    """Nothing, once every field occurs in the start of a file, unpacked where it is gzip."""
    import gzip

    with blob.path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        start = (gzip.GzipFile(fileobj=raw) if packed else raw).read(SNIFFED_BYTES)
    missing = [name for name in service.fields if f'"{name}"'.encode() not in start and name.encode() not in start]
    if missing:
        words = f"Expected field '{missing[0]}' in the file; it begins with {start[:60]!r}."
        raise SourceChanged(words, where=service.address, todo=SERVICE_TODO)


def _key(service: Service) -> tuple[str, str] | None:
    if not service.key_env or not service.key_header:
        return None
    if not os.environ.get(service.key_env):
        words = "It asks for a key."
        raise SourceUnreachable(
            words, where=service.address, todo=f"Set the environment variable {service.key_env} to your key."
        )
    return service.key_header, os.environ[service.key_env]


def _restore(target: Path, aside: Path) -> None:
    """The state before a fetch that was killed while it moved things."""
    earlier = target.with_name(f"{target.name}{EARLIER}")
    shutil.rmtree(aside, ignore_errors=True)
    if earlier.is_dir() and not target.exists():
        earlier.replace(target)
    shutil.rmtree(earlier, ignore_errors=True)


def _placed(aside: Path, target: Path, etag: str, requests: int, begun_at: str) -> Fetched:
    """The folder moved into place, unless it holds what is there already, or nothing."""
    files = sorted(aside.iterdir())
    size, digest = sum(path.stat().st_size for path in files), folder_digest(aside)
    names = tuple(path.name for path in files)
    unchanged = bool(names) and folder_digest(target) == digest
    if names and not unchanged:
        earlier = target.with_name(f"{target.name}{EARLIER}")
        if target.exists():
            target.replace(earlier)
        aside.replace(target)
        shutil.rmtree(earlier, ignore_errors=True)
    one = sha256_of(target / names[0]) if len(names) == 1 else digest
    return Fetched(begun_at, names, size, one, etag, requests, unchanged)


class _Asked(Exception):
    """What would have been asked."""


class _Paper:
    """A client that asks nothing and says what it was asked."""

    def page(self, url: str) -> Any:
        """Never returns."""
        raise _Asked(url)


def _first_request(service: Service, wanted: Wanted, what: str) -> str:
    paper: Any = _Paper()
    try:
        _ask(paper, service, wanted, wanted.filled(what))
    except _Asked as asked:
        return str(asked)
    return _file_url(service, wanted, wanted.filled(what))


def _ask(paper: Any, service: Service, wanted: Wanted, what: str) -> None:
    if service.kind == "bgt_download" and wanted.box:
        raise _Asked(f"{service.address}/full/custom {json.dumps(order_of(service, what, wanted.box))}")
    elif service.kind in SPATIAL and wanted.box:
        next(pages_of(paper, service, what, wanted.box))
    elif service.kind == "odata":
        next(odata_rows(paper, service, what, wanted))
    elif service.kind == "socrata":
        next(socrata_rows(paper, service, what, wanted))
    elif service.kind == "sru":
        next(sru_pages(paper, service, wanted))
