"""What was fetched, kept by its content: each answer once, under its sha256.

In: answers as they come in. Out: blobs, what is known of an address (to ask whether it changed), the parts of answers
that were cut off, and the journal of a fetch in progress. Everything in it may be thrown away at any time: what is
found is checked against its sha256 before it is used.
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from laadplan.store.catalogue import sha256_of
from laadplan.store.runs import write_json

JOURNAL_AGE = timedelta(hours=24)
"""A fetch that was cut off longer ago than this starts anew: pages of different days do not make one state."""


@dataclass(frozen=True)
class Blob:
    """An answer that is kept: its file and its sha256, with what the service calls this version."""

    path: Path
    sha256: str
    etag: str = ""
    last_modified: str = ""


@dataclass
class Part:
    """An answer that is coming in: its bytes so far, and the version they belong to."""

    path: Path
    url: str
    etag: str = ""
    last_modified: str = ""

    @property
    def size(self) -> int:
        """Bytes so far."""
        return self.path.stat().st_size if self.path.is_file() else 0

    @property
    def validator(self) -> str:
        """What tells this version from another: a strong etag, or the day it was last changed; empty: nothing does."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.last_modified

    @property
    def resumable(self) -> bool:
        """Whether the rest can be asked for."""
        return bool(self.size and self.validator)

    def begin(self, etag: str, last_modified: str) -> None:
        """Starts over for this version."""
        self.drop()
        self.etag, self.last_modified = etag, last_modified
        state = {"url": self.url, "etag": etag, "last_modified": last_modified}
        write_json(self.path.with_suffix(".json"), state)
        self.path.touch()

    def drop(self) -> None:
        """Forgets the bytes."""
        self.path.unlink(missing_ok=True)
        self.path.with_suffix(".json").unlink(missing_ok=True)
        self.etag = self.last_modified = ""


class Cache:
    """The folder with blobs, their index, parts and journals."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def known(self, url: str) -> Blob | None:
        """The last answer of this address that is still here, unchanged."""
        entry = _read(self._index(url))
        if entry.get("url") != url:
            return None
        blob = self.blob(str(entry.get("sha256")))
        return blob and Blob(blob.path, blob.sha256, str(entry.get("etag")), str(entry.get("last_modified")))

    def blob(self, digest: str) -> Blob | None:
        """The blob with this sha256; None when it is not here, or is not what it was."""
        path = self._blob(digest)
        return Blob(path, digest) if path.is_file() and sha256_of(path) == digest else None

    def part(self, url: str) -> Part:
        """What has come in of this address so far."""
        path = self.folder / "parts" / f"{_named(url)}.part"
        path.parent.mkdir(parents=True, exist_ok=True)
        state = _read(path.with_suffix(".json"))
        part = Part(path, url)
        if state.get("url") == url and path.is_file():
            part.etag, part.last_modified = str(state.get("etag", "")), str(state.get("last_modified", ""))
        return part

    def keep(self, part: Part) -> Blob:
        """Moves a whole answer to its place and notes its address."""
        digest = sha256_of(part.path)
        target = self._blob(digest)
        target.parent.mkdir(parents=True, exist_ok=True)
        blob = Blob(target, digest, part.etag, part.last_modified)
        part.path.replace(target)
        part.drop()
        entry = {"url": part.url, **asdict(blob)}
        del entry["path"]
        write_json(self._index(part.url), entry)
        return blob

    def journal(self, name: str, asked: str, now: datetime) -> "Journal":
        """The journal of a fetch: that of a fetch of the same that was cut off not long ago, or a new one."""
        return Journal(self, self._journal(name), asked, now)

    def end(self, name: str) -> None:
        """Ends a fetch: the next one asks anew."""
        self._journal(name).unlink(missing_ok=True)

    def _journal(self, name: str) -> Path:
        return self.folder / "journals" / f"{name}.jsonl"

    def _blob(self, digest: str) -> Path:
        safe = digest if len(digest) == 64 and digest.isalnum() else _named(digest)
        return self.folder / "blobs" / safe[:2] / safe

    def _index(self, url: str) -> Path:
        name = _named(url)
        return self.folder / "index" / name[:2] / f"{name}.json"


class Journal:
    """What a fetch has had since it began (`begun_at`), so that a fetch that is killed goes on behind it."""

    def __init__(self, cache: Cache, path: Path, asked: str, now: datetime) -> None:
        self._cache, self._path = cache, path
        head = {"asked": asked, "at": now.isoformat()}
        lines = _lines(path)
        if lines and lines[0].get("asked") == asked and _young(lines[0], now):
            self._had = {str(line.get("url")): str(line.get("sha256")) for line in lines[1:]}
            self.begun_at = str(lines[0]["at"])
            self._write(lines)
        else:
            self._had = {}
            self.begun_at = str(head["at"])
            self._write([head])

    def had(self, url: str) -> Blob | None:
        """The answer of this address that this fetch has had."""
        digest = self._had.get(url)
        return self._cache.blob(digest) if digest else None

    def note(self, url: str, blob: Blob) -> None:
        """Notes that an answer is in."""
        self._had[url] = blob.sha256
        with self._path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps({"url": url, "sha256": blob.sha256}) + "\n")
            stream.flush()
            os.fsync(stream.fileno())

    def forget(self, url: str) -> None:
        """Forgets an answer that turned out to be of no use any more."""
        self._had.pop(url, None)

    def _write(self, lines: list[dict[str, Any]]) -> None:
        """Lays down the lines that are whole: the last one may have been cut off."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        aside = self._path.with_suffix(".aside")
        aside.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        aside.replace(self._path)


def _named(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _lines(path: Path) -> list[dict[str, Any]]:
    """The lines of a journal that are whole."""
    found: list[dict[str, Any]] = []
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return found
    for line in text.splitlines():
        try:
            content = json.loads(line)
        except ValueError:
            break
        if not isinstance(content, dict):
            break
        found.append(content)
    return found


def _young(head: dict[str, Any], now: datetime) -> bool:
    try:
        return abs(now - datetime.fromisoformat(str(head.get("at")))) <= JOURNAL_AGE
    except (ValueError, TypeError):
        return False
