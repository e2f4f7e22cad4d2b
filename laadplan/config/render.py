"""The config as text: the commented YAML and the JSON schema, rendered from the models.

In: the models, a project or a profile. Out: text. ``configs/default.yaml``, ``configs/beleid/landelijk.yaml`` and the
two schemas are made here and a test fails when they are stale.
"""

import json
import textwrap
from typing import Any

import yaml
from pydantic import BaseModel

from laadplan.config.policy import Profile
from laadplan.config.project import Project

WIDTH = 110
"""Width of a comment line, in characters."""

HEAD = """\
# Config of laadplan: one municipality, one plan. Every key, its default and what it is for.
# Paths are relative to this file; ${NAME} in a path is taken from the environment.
# Numbers without a norm of your own are assumptions: they say so, and yours go before them.
"""

FILLED_IN = ("profile", "level")
"""Keys of a criterion that laadplan fills in itself: nobody writes them."""

PROFILE_HEAD = """\
# yaml-language-server: $schema=../profile-schema.json
# Policy profile of laadplan: criteria as data. docs/howto/write-a-policy.md says how to write one.
"""


def default_yaml() -> str:
    """The commented YAML of a project with every default."""
    return render_yaml(Project(schema=1))


def render_yaml(project: Project, *, notes: dict[str, str] | None = None) -> str:
    """A project as commented YAML that reads back as the same project.

    Parameters
    ----------
    project
        The project.
    notes
        Dotted key to an extra comment above it, e.g. what was found in a folder.
    """
    return HEAD + "\n" + "\n".join(_lines(project, "", notes or {}, set())) + "\n"


def json_schema() -> str:
    """The JSON schema of a config, for editors that complete and check YAML."""
    return json.dumps(Project.model_json_schema(by_alias=True), indent=2, ensure_ascii=False) + "\n"


def render_profile(profile: Profile) -> str:
    """A profile as commented YAML that reads back as the same profile."""
    return PROFILE_HEAD + "\n" + "\n".join(_lines(profile, "", {}, set())) + "\n"


def profile_schema() -> str:
    """The JSON schema of a profile, for editors that complete and check YAML."""
    return json.dumps(Profile.model_json_schema(by_alias=True), indent=2, ensure_ascii=False) + "\n"


def _lines(section: BaseModel, path: str, notes: dict[str, str], explained: set[type[BaseModel]]) -> list[str]:
    """Keys with their comments; of sections that stand several times only the first is commented."""
    lines: list[str] = []
    told = type(section) in explained
    explained.add(type(section))
    for name, field in type(section).model_fields.items():
        key = field.alias or name
        dotted = f"{path}{key}"
        value = getattr(section, name)
        lines += [""] if not path and lines else []
        for comment in ("" if told else field.description or "", notes.get(dotted, "")):
            lines += textwrap.wrap(comment, WIDTH, initial_indent="# ", subsequent_indent="# ")
        if isinstance(value, BaseModel):
            lines += [f"{key}:", *_lines(value, f"{dotted}.", notes, explained)]
        else:
            lines += _dumped(key, value)
    return [f"  {line}".rstrip() if path else line for line in lines]


def _dumped(key: str, value: Any) -> list[str]:
    """A key with its value: a list of plain values on one line, anything else as a block."""
    plain = _plain(value)
    options: dict[str, Any] = {"sort_keys": False, "allow_unicode": True, "width": WIDTH}
    if isinstance(plain, list) and not any(isinstance(item, dict) for item in plain):
        text = f"{key}: " + yaml.safe_dump(plain, default_flow_style=True, **options)
    else:
        text = yaml.safe_dump({key: plain}, **options)
    return str(text).rstrip("\n").split("\n")


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return {name: _plain(getattr(value, name)) for name in _keys_in_reading_order(value)}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return value


def _keys_in_reading_order(section: BaseModel) -> list[str]:
    """Keys with a value; for a criterion the ones that say what it is first."""
    first = [name for name in ("id", "label", "rule", "kind") if name in type(section).model_fields]
    fields = type(section).model_fields
    order = [*first, *(name for name in fields if name not in first)]
    said = {name for name in order if name not in FILLED_IN and getattr(section, name) not in (None, (), "", {})}
    return [name for name in order if fields[name].is_required() or name in said]
