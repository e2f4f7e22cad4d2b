"""The code that a step stands on: its own source and every module of laadplan that it reaches.

In: a step function. Out: one hash that changes when any of that code changes. Modules are read, not imported.
"""

import ast
import hashlib
import inspect
import textwrap
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

PACKAGE = "laadplan"
ASSETS = "assets"
"""Folder beside a module whose files belong to its code."""


def code_hash(function: Callable[..., object], also: Iterable[str] = ()) -> str:
    """The sha256 of the function's source and of all laadplan modules it reaches through imports.

    ``also`` names modules that the function stands on without importing them: contracts, and how frames are stored.
    """
    source = textwrap.dedent(inspect.getsource(function))
    digest = hashlib.sha256(source.encode())
    for module in sorted(reached_modules(source) | set(also)):
        digest.update(module.encode())
        for path in _files(module):
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def reached_modules(source: str) -> set[str]:
    """Names of the laadplan modules that the source imports, and those that these import in turn."""
    waiting, reached = set(_imported(source)), set[str]()
    while waiting:
        module = waiting.pop()
        reached.add(module)
        path = _path(module)
        if path is not None:
            waiting |= set(_imported(path.read_text(encoding="utf-8"))) - reached
    return reached


def _imported(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == PACKAGE:
            yield str(node.module)
            yield from (f"{node.module}.{name.name}" for name in node.names if _path(f"{node.module}.{name.name}"))
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name.split(".")[0] == PACKAGE)


@cache
def _path(module: str) -> Path | None:
    """Where the source of a module lies; looked for below the package, so that nothing is imported."""
    package, *parts = module.split(".")
    spec = find_spec(package)
    if spec is None or not spec.origin:
        return None
    place = Path(spec.origin).parent.joinpath(*parts)
    return next((path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file()), None)


def _files(module: str) -> list[Path]:
    path = _path(module)
    if path is None:
        return []
    assets = sorted(each for each in (path.parent / ASSETS).rglob("*") if each.is_file())
    return [path, *assets]
