"""Plain words for what pydantic finds: the key, what is wrong, and what was probably meant."""

from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError

from laadplan.errors import ConfigError

WORDS = {"missing": "this key is missing"}
"""Kind of finding to words that are plainer than pydantic's own."""


def explain_validation(error: ValidationError, model: type[BaseModel], *, where: str) -> ConfigError:
    """The first few findings of a validation as one `ConfigError`."""
    findings = [_finding(dict(item), model) for item in error.errors(include_url=False)]
    todo = "Correct it; configs/default.yaml shows every key with its meaning."
    return ConfigError(" ".join(findings), where=where, todo=todo)


def _finding(item: dict[str, Any], model: type[BaseModel]) -> str:
    key = ".".join(str(part) for part in item["loc"]) or "the whole config"
    if item["type"] == "extra_forbidden":
        return f"Key '{key}': unknown key{_suggestion(item['loc'], model)}."
    words = WORDS.get(item["type"], item["msg"].removeprefix("Value error, "))
    value = "" if isinstance(item.get("input"), dict | BaseModel) else f" (found: {item.get('input')!r})"
    return f"Key '{key}': {words}{value}."


def _suggestion(location: tuple[Any, ...], model: type[BaseModel]) -> str:
    section: Any = model
    for part in location[:-1]:
        field = getattr(section, "model_fields", {}).get(part)
        section = field.annotation if field else None
    near = get_close_matches(str(location[-1]), getattr(section, "model_fields", {}), n=1)
    return f"; did you mean '{near[0]}'?" if near else ""
