"""YAML that people write, configs and profiles alike: read into plain values, or refused in plain words.

In: a path. Out: a mapping. A key that stands twice is an error, because YAML itself silently takes the last. A file
that is far larger than anybody writes, or that unfolds into far more, is refused before it fills the memory.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from laadplan.errors import ConfigError

NAME = re.compile(r"\$\{(\w+)\}")

LARGEST_BYTES = 2_000_000
"""Largest file that is read: a profile of a hundred criteria takes 50 kB."""

MOST_VALUES = 200_000
"""Most values a file may hold once its aliases are written out: a config with a hundred criteria holds 3,000."""

DEEPEST = 50
"""Most levels in each other; the config has six."""


def read_settings(path: Path, what: str, *, todo: str) -> Mapping[str, Any]:
    """The keys of a YAML file with their values.

    Parameters
    ----------
    path
        The file.
    what
        What it is, as it is called in messages: config or profile.
    todo
        What to do when there is no such file.

    Raises
    ------
    ConfigError
        The file is not there, cannot be read, is too large, is not YAML, names a key twice or holds no keys.
    """
    settings = _parsed(_text(path, what, todo), path, what)
    if not isinstance(settings, Mapping):
        raise ConfigError(f"The {what} holds no keys.", where=str(path), todo="Start from configs/default.yaml.")
    return settings


def located(text: str, beside: Path) -> Path:
    """Where a path in a file lies: relative to that file, ``${NAME}`` taken from the environment.

    Raises
    ------
    ConfigError
        A ``${NAME}`` is not set in the environment.
    """

    def from_environment(name: re.Match[str]) -> str:
        if name[1] not in os.environ:
            raise ConfigError(
                f"The environment variable {name[1]} is not set.",
                where=str(beside),
                todo=f"Set it to the folder that {name[0]} stands for in the paths of this file.",
            )
        return os.environ[name[1]]

    return (beside.parent / NAME.sub(from_environment, text)).resolve()


def _text(path: Path, what: str, todo: str) -> str:
    if not path.is_file():
        raise ConfigError(f"The {what} does not exist.", where=str(path), todo=todo)
    try:
        if path.stat().st_size > LARGEST_BYTES:
            words = f"The {what} is larger than {LARGEST_BYTES // 1_000_000} MB."
            raise ConfigError(words, where=str(path), todo="Name a file that holds settings, not data.")
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"The {what} is not YAML ({' '.join(str(error).split())}).", where=str(path), todo="Save it as UTF-8."
        ) from None
    except OSError as error:
        raise ConfigError(f"The {what} cannot be read ({error.strerror}).", where=str(path)) from None


def _parsed(text: str, path: Path, what: str) -> Any:
    try:
        loader = _UniqueKeys(text)
        node = loader.get_single_node()
        if node is None:
            return None
        _refuse_too_much(node, path, what)
        return loader.construct_document(node)
    except (yaml.YAMLError, ValueError) as error:
        if isinstance(error, ConfigError):
            raise
        reason = " ".join(str(error).split())
        raise ConfigError(f"The {what} is not YAML ({reason}).", where=str(path), todo="Correct that line.") from None
    except RecursionError:
        raise _too_much(path, what) from None


def _refuse_too_much(node: yaml.Node, path: Path, what: str) -> None:
    """Counts the values as they would be with every alias written out: a few lines can stand for billions."""
    sizes: dict[int, int] = {}

    def size(part: yaml.Node, depth: int) -> int:
        if depth > DEEPEST:
            raise _too_much(path, what)
        if id(part) not in sizes:
            inner = [each for pair in part.value for each in pair] if isinstance(part, yaml.MappingNode) else part.value
            sizes[id(part)] = 1 if isinstance(inner, str) else 1 + sum(size(each, depth + 1) for each in inner)
        return sizes[id(part)]

    if size(node, 0) > MOST_VALUES:
        raise _too_much(path, what)


def _too_much(path: Path, what: str) -> ConfigError:
    words = f"The {what} holds far more values than a {what} can, or values within themselves."
    return ConfigError(words, where=str(path), todo="Write out what its aliases (*name) stand for.")


class _UniqueKeys(yaml.SafeLoader):
    """YAML in which a key that stands twice is an error: YAML itself silently takes the last."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """The mapping, once its keys are seen to differ."""
        seen = []
        for key, _ in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                continue
            name = self.construct_object(key, deep=True)
            if name in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key '{name}' stands twice", key.start_mark)
            seen.append(name)
        return super().construct_mapping(node, deep=deep)
