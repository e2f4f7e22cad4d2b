"""The BGT by its asynchronous download service: ordered, waited for, fetched and unpacked.

In: a service and a box in RD New (m). Out: the files of the delivery in a folder, as if they had been delivered so. The
zip is not believed: names that lead outside, and files that grow without measure, are refused.
"""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from laadplan.errors import SourceChanged, SourceUnreachable
from laadplan.store.download.answers import Refused
from laadplan.store.download.cache import Blob
from laadplan.store.download.catalogue import Service
from laadplan.store.download.client import Client
from laadplan.store.download.refusals import changed, own_link
from laadplan.store.download.wanted import Box

POLL_S = 5.0
MOST_POLLS = 720
"""An hour of waiting."""

BUSY = ("PENDING", "RUNNING")
DONE = "COMPLETED"
SUFFIXES = (".gml", ".xml", ".json")
MOST_GROWTH = 200
BELIEVED_BYTES = 20_000_000
"""Whatever the growth, a delivery of this size is unpacked."""

CHUNK = 1 << 20


def order_of(service: Service, what: str, box: Box) -> dict[str, Any]:
    """The order: feature types, format and area."""
    xmin, ymin, xmax, ymax = (round(value, 2) for value in box)
    ring = f"{xmin} {ymin},{xmax} {ymin},{xmax} {ymax},{xmin} {ymax},{xmin} {ymin}"
    types = [name.strip() for name in what.split(",")]
    return {"featuretypes": types, "format": service.query.get("format", "gmllight"), "geofilter": f"POLYGON(({ring}))"}


def fetch_delivery(client: Client, service: Service, what: str, box: Box) -> Blob:
    """The zip of a delivery.

    Raises
    ------
    SourceUnreachable
        The service does not answer, refuses, or is not ready in an hour.
    SourceChanged
        Its answers lack what they must have.
    """
    url, order = f"{service.address}/full/custom", order_of(service, what, box)
    stands = client.had(url, order)
    try:
        return client.file(_ready(client, f"{url}/{_ordered(client, url, order)}/status"))
    except Refused:
        if not stands:
            raise
        client.forget(url, order)  # the service has forgotten an order of before this fetch was cut off
        return client.file(_ready(client, f"{url}/{_ordered(client, url, order)}/status"))


def unpack(blob: Blob, folder: Path) -> list[str]:
    """Names of the files unpacked into the folder, sorted.

    Raises
    ------
    SourceChanged
        It is no zip, names a file outside itself, grows without measure, or holds nothing that is expected.
    """
    with _distrusting():
        archive = zipfile.ZipFile(blob.path)
    with archive:
        members = [member for member in archive.infolist() if member.filename.lower().endswith(SUFFIXES)]
        left = max(BELIEVED_BYTES, blob.path.stat().st_size * MOST_GROWTH)
        for member in members:
            left = _unpack_one(archive, member, folder, left)
    if not members:
        raise _distrusted(f"The delivery holds no {' or '.join(SUFFIXES)} file.")
    return sorted(path.name for path in folder.iterdir())


def _ordered(client: Client, url: str, order: dict[str, Any]) -> str:
    content = client.page(url, body=order)[0]
    identifier = content.get("downloadRequestId") if isinstance(content, dict) else None
    if not isinstance(identifier, str) or not identifier.replace("-", "").isalnum():
        raise changed("'downloadRequestId'", content, url)
    return identifier


def _ready(client: Client, url: str) -> str:
    """Address of the delivery, once it is ready."""
    for _ in range(MOST_POLLS):
        content = client.live(url, _is_done)
        status = content.get("status") if isinstance(content, dict) else None
        if _is_done(content):
            return own_link(_link(content, url), url)
        if status not in BUSY:
            raise changed(f"'status' {DONE} or {' or '.join(BUSY)}", {f"status {status}": 0}, url)
        client.sleep(POLL_S)
    words = f"The delivery is not ready after {MOST_POLLS * POLL_S / 60:.0f} minutes."
    raise SourceUnreachable(words, where=url, todo="Try again later: the order stands.")


def _is_done(content: Any) -> bool:
    return isinstance(content, dict) and content.get("status") == DONE


def _link(content: dict[str, Any], url: str) -> str:
    links = content.get("_links")
    download = links.get("download") if isinstance(links, dict) else None
    link = download.get("href") if isinstance(download, dict) else None
    if not isinstance(link, str):
        raise changed("'_links.download.href'", content, url)
    return link


def _unpack_one(archive: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path, left: int) -> int:
    """Unpacks a file; returns how many bytes the delivery may still grow to."""
    place = PurePosixPath(member.filename.replace("\\", "/"))
    target = folder / place.name
    if place.is_absolute() or ".." in place.parts or ":" in member.filename or target.exists():
        raise _distrusted(f"The delivery names a file outside itself, or one twice ({member.filename[:60]}).")
    with target.open("wb") as stream:
        for chunk in _chunks(archive, member):
            left -= len(chunk)
            if left < 0:
                raise _distrusted(f"The delivery unpacks to more than {MOST_GROWTH} times its size.")
            stream.write(chunk)
    return left


def _chunks(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    with _distrusting():
        packed = archive.open(member)
    with packed:
        while True:
            with _distrusting():
                chunk = packed.read(CHUNK)
            if not chunk:
                return
            yield chunk


@contextmanager
def _distrusting() -> Iterator[None]:
    """Whatever the reading of a damaged zip raises, in plain words."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, ValueError, OSError) as error:
        raise _distrusted(f"The delivery is no whole zip ({error}).") from None


def _distrusted(words: str) -> SourceChanged:
    return SourceChanged(words, where="BGT", todo="Do not trust it: try again later, or ask the service.")
