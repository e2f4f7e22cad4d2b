"""Deliveries spoiled by chance: one seed and one number give one spoiled delivery.

In: the bytes of a file and a source of chance. Out: other bytes. What is packed is mostly spoiled inside and packed
again, because a spoiled zip is refused at its door.
"""

import gzip
import io
import random
import re
import zipfile
import zlib
from collections.abc import Callable

NASTY_NUMBERS = (
    *(b"NaN", b"Infinity", b"-Infinity", b"1e999", b"1e-320", b"-1", b"0", b"99999999999999999999", b"-99997"),
    *(b"null", b'""', b"true", b"[]", b"{}", b"0x10", b"1,5", b"2024-02-30", b"\\N"),
)

LAUGHS = b'<!ENTITY l0 "ha"><!ENTITY l1 "&l0;&l0;&l0;&l0;&l0;&l0;&l0;&l0;&l0;&l0;"><!ENTITY l2 "&l1;&l1;&l1;&l1;&l1;">'
DOCTYPES = (
    b"<!DOCTYPE a [" + LAUGHS + b"]>",
    b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">',
    b"<!DOCTYPE a [<!ENTITY % p SYSTEM 'file:///etc/passwd'> %p;]>",
)

TRAVERSALS = ("../outside.txt", "/tmp/outside.txt", "..\\outside.txt", "a/../../outside.txt", "C:\\outside.txt")
BOMB_BYTES = 25_000_000

TAG = re.compile(rb"</?[A-Za-z][\w:.-]*|\"[^\"\n]{1,60}\"(?=\s*:)")
NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
CELL = re.compile(rb"[^,;\t\n]+")


def spoiled(content: bytes, chance: random.Random) -> bytes:
    """The bytes of a file after one to three things went wrong with it."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        content = _spoil(content, chance)
    return content


def _spoil(content: bytes, chance: random.Random) -> bytes:
    if content.startswith(b"PK") and chance.random() < 0.85:
        return _zip_spoiled(content, chance)
    if content.startswith(b"\x1f\x8b") and chance.random() < 0.85:
        return _gzip_spoiled(content, chance)
    return chance.choice(PLAIN)(content, chance)


def _zip_spoiled(content: bytes, chance: random.Random) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {each.filename: archive.read(each) for each in archive.infolist()}
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, RuntimeError, NotImplementedError, EOFError):
        return _flip(content, chance)
    name = chance.choice(sorted(members)) if members else "a"
    kind = chance.random()
    if kind < 0.75:
        members[name] = _spoil(members.get(name, b""), chance)
    elif kind < 0.8:
        members[chance.choice(TRAVERSALS)] = members.get(name, b"")
    elif kind < 0.83:
        members[name] = bytes(BOMB_BYTES)
    elif kind < 0.9:
        members.pop(name, None)
    else:
        members[chance.choice(("x.xml", "é.gml", "a" * 300, name + name))] = members.pop(name, b"")
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, inside in members.items():
            archive.writestr(each, inside)
    return target.getvalue()


def _gzip_spoiled(content: bytes, chance: random.Random) -> bytes:
    try:
        inside = gzip.decompress(content)
    except (OSError, EOFError, zlib.error):
        return _flip(content, chance)
    if chance.random() < 0.03:
        return gzip.compress(bytes(BOMB_BYTES), 9, mtime=0)
    return gzip.compress(chance.choice(PLAIN)(inside, chance), mtime=0)


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _flip(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 8, 64))):
        if changed:
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _piece(content: bytes, chance: random.Random) -> tuple[int, int]:
    begin = chance.randrange(len(content) + 1)
    return begin, min(len(content), begin + chance.choice((1, 4, 30, 400)))


def _without(content: bytes, chance: random.Random) -> bytes:
    begin, end = _piece(content, chance)
    return content[:begin] + content[end:]


def _twice(content: bytes, chance: random.Random) -> bytes:
    begin, end = _piece(content, chance)
    return content[:end] + content[begin:end] * chance.choice((1, 1, 30)) + content[end:]


def _moved(content: bytes, chance: random.Random) -> bytes:
    begin, end = _piece(content, chance)
    rest = content[:begin] + content[end:]
    place = chance.randrange(len(rest) + 1)
    return rest[:place] + content[begin:end] + rest[place:]


def _noise(content: bytes, chance: random.Random) -> bytes:
    begin, end = _piece(content, chance)
    fill = chance.choice((b"\x00", b"\xff", b" ", b"<", b'"', b"&#0;", b"\xed\xa0\x80"))
    return content[:begin] + fill * max(1, (end - begin) // len(fill)) + content[end:]


def _swapped(pattern: re.Pattern[bytes]) -> Callable[[bytes, random.Random], bytes]:
    """Two things that match change places."""

    def swap(content: bytes, chance: random.Random) -> bytes:
        found = list(pattern.finditer(content))
        if len(found) < 2:
            return _flip(content, chance)
        first, second = sorted(chance.sample(found, 2), key=lambda each: each.start())
        return (
            content[: first.start()]
            + second[0]
            + content[first.end() : second.start()]
            + first[0]
            + content[second.end() :]
        )

    return swap


def _nasty(content: bytes, chance: random.Random) -> bytes:
    found = list(NUMBER.finditer(content))
    if not found:
        return _flip(content, chance)
    one = chance.choice(found)
    return content[: one.start()] + chance.choice(NASTY_NUMBERS) + content[one.end() :]


def _renamed(content: bytes, chance: random.Random) -> bytes:
    """One tag or key gets another name, everywhere."""
    found = list(TAG.finditer(content)) or list(CELL.finditer(content[:2000]))
    if not found:
        return _flip(content, chance)
    name = chance.choice(found)[0].strip(b'</"')
    return content.replace(name, chance.choice((b"x", b"", name.upper(), b"\xc3\xa9")))


def _other_encoding(content: bytes, chance: random.Random) -> bytes:
    text = content.decode("utf-8", "replace")
    return text.encode(chance.choice(("utf-16", "latin-1", "utf-8-sig", "utf-32", "cp1252", "utf-7")), "replace")


def _doctype(content: bytes, chance: random.Random) -> bytes:
    place = content.find(b"?>") + 2 if content.startswith(b"<?xml") else 0
    attacked = content[:place] + chance.choice(DOCTYPES) + content[place:]
    begin = attacked.find(b">", place + 200)
    return (
        attacked if begin < 0 else attacked[: begin + 1] + chance.choice((b"&l2;", b"&x;", b"")) + attacked[begin + 1 :]
    )


def _deep(content: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(content) + 1)
    opening = chance.choice((b"[", b'{"a":', b"<a>"))
    return content[:place] + opening * 20_000 + content[place:]


def _nothing(_content: bytes, chance: random.Random) -> bytes:
    return chance.choice(
        (b"", b"\n", b"{}", b"[]", b"null", b"<a/>", b"PK\x03\x04", b"\x1f\x8b", b"SQLite format 3\x00")
    )


PLAIN: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _cut,
    _flip,
    _flip,
    _without,
    _twice,
    _moved,
    _noise,
    _swapped(TAG),
    _swapped(NUMBER),
    _swapped(CELL),
    _nasty,
    _nasty,
    _nasty,
    _renamed,
    _other_encoding,
    _doctype,
    _deep,
    _nothing,
)
"""What goes wrong with a plain file; named twice what happens most."""
