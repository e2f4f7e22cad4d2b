"""Records of the SRU service, whichever of its two forms they come in.

In: one answer, JSON or XML. Out: one `Record` per publication. The JSON is the XML turned over: an element with
attributes is an object with its text under ``$``, one that repeats a list. Both are looked through by local name, so
that prefixes and the depth at which a field stands do not matter.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput
from laadplan.ingest.files import opened, read_json, text_start
from laadplan.ingest.plates import without_plates
from laadplan.ingest.xml import elements, local_name

ROOT = "searchRetrieveResponse"
MOST_DEPTH = 40
"""Depth to which an answer is looked through; a real one has about ten levels."""

DATE_LENGTH = len("2024-01-31")


@dataclass(frozen=True)
class Record:
    """One publication; what is not given is empty. `marks` have ``kind, point, region, geometry, label``."""

    identifier: str
    published_on: str
    creator: str
    title: str
    kind: str
    decree_type: str
    url: str
    marks: tuple[dict[str, str], ...]


def records_of(path: Path, quality: Quality) -> Iterator[Record]:
    """The publications in one answer.

    Parameters
    ----------
    path
        JSON or XML, gzip or plain.
    quality
        Where it is noted that a search found more than its last page holds.

    Raises
    ------
    MissingSource
        The file is not there.
    BadInput
        It is not whole, or is no answer of the service.
    """
    start = text_start(path)
    if start.startswith(b"<"):
        yield from _xml_records(path, quality)
        return
    content = read_json(path)
    answer = content.get(ROOT) if isinstance(content, dict) else None
    if not isinstance(answer, dict):
        words = f"This is no answer of the SRU service: '{ROOT}' is missing."
        raise BadInput(words, where=str(path), todo="Fetch it from https://repository.overheid.nl/sru.")
    _refuse_diagnostics(" ".join(_texts(answer.get("diagnostics"), "message")), path)
    _note_more(answer.get("nextRecordPosition"), path, quality)
    for data in _values(answer.get("records"), "recordData"):
        yield _record(data)


def _xml_records(path: Path, quality: Quality) -> Iterator[Record]:
    names = ("record", "nextRecordPosition", "diagnostics")
    with opened(path) as stream:
        for element in elements(stream, names, str(path), roots=(ROOT,)):
            if local_name(element) == "record":
                yield _record(_plain(element))
            elif local_name(element) == "diagnostics":
                _refuse_diagnostics(" ".join(_texts(_plain(element), "message")) or "no reason given", path)
            else:
                _note_more(element.text, path, quality)


def _plain(element: etree._Element, depth: int = 0) -> Any:
    """An element as the JSON of the service has it: an object of lists, or text."""
    children = [child for child in element if isinstance(child.tag, str)]
    if not children or depth > MOST_DEPTH:
        return (element.text or "").strip()
    found: dict[str, Any] = {}
    for child in children:
        found.setdefault(local_name(child), []).append(_plain(child, depth + 1))
    return found


def _record(data: Any) -> Record:
    meta = {"meta": list(_values(data, "originalData"))}
    enriched = {"enriched": list(_values(data, "enrichedData"))}
    return Record(
        identifier=_first(meta, "identifier"),
        published_on=(_first(meta, "available") or _first(meta, "issued"))[:DATE_LENGTH],
        creator=_first(meta, "creator"),
        title=without_plates(_first(meta, "title") or _first(meta, "abstract")),
        kind=" | ".join(dict.fromkeys(_texts(meta, "type"))),
        decree_type=_first(meta, "typeVerkeersbesluit") or _first(meta, "typeverkeersbesluit"),
        url=_first(enriched, "preferredUrl") or _first(enriched, "url"),
        marks=tuple(mark for group in _values(meta, "gebiedsmarkering") for mark in _marks(group)),
    )


def _marks(group: Any) -> Iterator[dict[str, str]]:
    """The marks in a gebiedsmarkering: objects named after their kind, with their places."""
    for part in group if isinstance(group, list) else [group]:
        for name, content in part.items() if isinstance(part, dict) else ():
            for each in content if isinstance(content, list) else [content]:
                yield {
                    "kind": _local(name).lower() or "onbekend",
                    "point": _first(each, "locatiepunt"),
                    "region": _first(each, "locatiegebied"),
                    "geometry": _first(each, "geometrie"),
                    "label": without_plates(_first(each, "geometrielabel") or _first(each, "label")),
                }


def _values(value: Any, name: str, depth: int = 0) -> Iterator[Any]:
    """What stands under a name, at whatever depth, in the order of the document."""
    if depth > MOST_DEPTH:
        return
    if isinstance(value, list):
        for item in value:
            yield from _values(item, name, depth + 1)
    elif isinstance(value, dict):
        for key, content in value.items():
            if _local(key) == name:
                yield from content if isinstance(content, list) else [content]
            else:
                yield from _values(content, name, depth + 1)


def _texts(value: Any, name: str) -> Iterator[str]:
    """The texts under a name; that of an element with attributes stands under ``$``."""
    for found in _values(value, name):
        text = found.get("$") if isinstance(found, dict) else found
        if isinstance(text, str | int | float) and not isinstance(text, bool) and str(text).strip():
            yield str(text).strip()


def _first(value: Any, name: str) -> str:
    return next(_texts(value, name), "")


def _local(name: str) -> str:
    """A name without its prefix."""
    return name.rpartition(":")[2]


def _refuse_diagnostics(reason: str, path: Path) -> None:
    if reason:
        words = f"The service answered with an error ({reason[:120]})."
        raise BadInput(words, where=str(path), todo="Correct the search, and fetch it again.")


def _note_more(position: Any, path: Path, quality: Quality) -> None:
    """Notes where the next page of the search begins, so that a page that was not fetched does not go unseen."""
    try:
        begins = int(position)
    except (TypeError, ValueError, OverflowError):
        return
    quality.facts["next_record"] = max(begins, int(quality.facts.get("next_record", 0)))
