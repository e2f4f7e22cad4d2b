"""Reads the config of a project from its YAML file.

In: a path. Out: the checked project with the folder its paths start from. ``${NAME}`` in a source's path is taken from
the environment; a name that is not set is an error, not an empty text.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from laadplan.config.project import Project, make_project
from laadplan.config.sources import Source
from laadplan.errors import ConfigError

NAME = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True)
class ProjectFile:
    """A project, the file it was read from, and the folder that its paths start from."""

    project: Project
    path: Path

    def located(self, source: Source) -> Path:
        """Where a source lies: relative to the config, environment names filled in.

        Raises
        ------
        ConfigError
            A ``${NAME}`` in the path is not set in the environment.
        """
        return (self.path.parent / NAME.sub(self._from_environment, source.path)).resolve()

    def _from_environment(self, name: re.Match[str]) -> str:
        if name[1] not in os.environ:
            raise ConfigError(
                f"The environment variable {name[1]} is not set.",
                where=str(self.path),
                todo=f"Set it to the folder that {name[0]} stands for in the paths of the sources.",
            )
        return os.environ[name[1]]


def read_project(path: Path) -> ProjectFile:
    """The project in a YAML file.

    Raises
    ------
    ConfigError
        The file is not there, is not YAML, names a key twice, or does not hold a valid project.
    """
    if not path.is_file():
        raise ConfigError("The config does not exist.", where=str(path), todo="Write one with 'laadplan init'.")
    try:
        settings: Any = yaml.load(path.read_text(encoding="utf-8"), Loader=_UniqueKeys)
    except (yaml.YAMLError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise ConfigError(f"The config is not YAML ({reason}).", where=str(path), todo="Correct that line.") from None
    if not isinstance(settings, Mapping):
        raise ConfigError("The config holds no keys.", where=str(path), todo="Start from configs/default.yaml.")
    return ProjectFile(make_project(settings, where=str(path)), path)


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
