"""Plain words for what pydantic finds: the key, what is wrong, and what was probably meant."""

from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from laadplan.errors import ConfigError

WORDS = {
    "missing": "this key is missing",
    "model_type": "keys are expected here, as in 'path: ...'; a source of which there may be several first has a name "
    "of your own, as in 'klic: {path: ...}'",
}
"""Kind of finding to words that are plainer than pydantic's own."""


GONE = {
    "scenario.electric_share_growth": "growth now follows scenario.curves",
    "scenario.electric_share_max": "the ceiling now stands in scenario.curves",
    "scenario.public_share": "who has no driveway is now computed; see scenario.public_share_no_driveway and "
    "scenario.public_share_driveway",
}
"""Keys of earlier versions, and what came in their place."""


def explain_validation(
    error: ValidationError, model: type[BaseModel], *, where: str, shown_in: str = "configs/default.yaml"
) -> ConfigError:
    """The first few findings of a validation as one `ConfigError`."""
    findings = [_finding(dict(item), model) for item in error.errors(include_url=False)]
    todo = f"Correct it; {shown_in} shows every key with its meaning."
    return ConfigError(" ".join(findings), where=where, todo=todo)


def _finding(item: dict[str, Any], model: type[BaseModel]) -> str:
    path, holders = _walk(item["loc"], model)
    key = ".".join(path) or "the whole config"
    if key in GONE:
        return f"Key '{key}' is gone: {GONE[key]}."
    if item["type"] == "extra_forbidden":
        return f"Key '{key}': unknown key{_suggestion(path[-1], holders)}"
    words = WORDS.get(item["type"], item["msg"].removeprefix("Value error, "))
    value = "" if isinstance(item.get("input"), dict | BaseModel) else f" (found: {item.get('input')!r})"
    return f"Key '{key}': {words}{value}."


def _walk(location: tuple[Any, ...], model: type[BaseModel]) -> tuple[list[str], list[type[BaseModel]]]:
    """The path as it stands in the YAML, and the models that may hold its last key: a rule's tag is not a key."""
    path: list[str] = []
    holders, inner = [model], [model]
    for part in location:
        tagged = [each for each in inner if "rule" in each.model_fields and each.model_fields["rule"].default == part]
        if tagged:
            inner = tagged
            continue
        path.append(str(part))
        holders = inner
        if isinstance(part, str):
            fields = [each.model_fields[part] for each in inner if part in each.model_fields]
            inner = [found for field in fields for found in _models_in(field.annotation)]
    return path, holders


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for part in get_args(annotation) for found in _models_in(part)]


def _suggestion(key: str, holders: list[type[BaseModel]]) -> str:
    names = {name: field.alias or name for each in holders for name, field in each.model_fields.items()}
    near = get_close_matches(key, [*names, *names.values()], n=1)
    return f"; did you mean '{names.get(near[0], near[0])}'?" if near else "."
