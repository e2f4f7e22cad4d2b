"""Policy profiles from their files, and the criteria of a project once they are laid one over the other.

In: names of presets and paths of YAML files. Out: checked profiles, each after the one it is based on. ``landelijk`` is
built in; the other presets lie in ``configs/beleid/`` of a checkout and beside the config models in an installed wheel.
A path is relative to the file that names it.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from laadplan.config.base_policy import BASE_NAME
from laadplan.config.explain import explain_validation
from laadplan.config.policy import OWN, Policy, Profile, base_profile, merge
from laadplan.errors import ConfigError
from laadplan.store.settings import located, read_settings

CHECKOUT = Path(__file__).parents[2] / "configs" / "beleid"
INSTALLED = Path(__file__).parents[1] / "config" / "beleid"

PROFILE_KEYS = frozenset({"title", "criteria", "based_on", "leave_out", "note"})
"""Keys at the top of a profile that no config has."""


def read_profiles(names: Iterable[str], beside: Path) -> list[Profile]:
    """The profiles named, in order, each with what it is based on before it; one that is needed twice stands once.

    Parameters
    ----------
    names
        Names of presets, or paths (with a ``/`` or a suffix) relative to ``beside``, ``${NAME}`` filled in.
    beside
        The file that names them.

    Raises
    ------
    ConfigError
        A profile is not there, is not valid, is based on itself, or carries the name of another.
    """
    found: dict[str, Profile] = {}
    for name in names:
        _add(_place(name, beside), found, ())
    profiles = list(found.values())
    called = [profile.name for profile in profiles]
    twice = sorted({name for name in called if called.count(name) > 1})
    if twice:
        todo = "Call one of the files, and the name in it, otherwise."
        raise ConfigError(f"Two profiles are called {', '.join(twice)}.", where=str(beside), todo=todo)
    return profiles


def read_profile(path: Path) -> Profile:
    """The profile in a YAML file.

    Raises
    ------
    ConfigError
        The file is not there, is not YAML, or does not hold a valid profile; names the key.
    """
    settings = read_settings(path, "profile", todo=f"Presets are {', '.join(presets())}; others are paths.")
    try:
        profile = Profile.model_validate(dict(settings))
    except ValidationError as error:
        raise explain_validation(error, Profile, where=str(path), shown_in="docs/reference/criteria.md") from None
    if profile.name != path.stem:
        words = f"The profile is called {profile.name} and its file {path.stem}."
        raise ConfigError(words, where=str(path), todo="Give both the same name, so that a rule can be traced.")
    return profile


def presets() -> list[str]:
    """Names of the presets that come with laadplan, in alphabetical order."""
    return sorted({BASE_NAME, *(path.stem for path in _folder().glob("*.yaml"))})


def with_profiles(policy: Policy, path: Path) -> Policy:
    """A policy with the criteria of its profiles, what it leaves out left out, and its own criteria over them.

    Without profiles the policy as it is: the national base where the config holds no criteria.

    Raises
    ------
    ConfigError
        A profile cannot be read, or a criterion is left out that none has.
    """
    own = policy.criteria if "criteria" in policy.model_fields_set else ()
    if not policy.profiles:
        if policy.leave_out:
            todo = f"Name a profile, such as profiles: [{BASE_NAME}]."
            raise ConfigError("policy.leave_out leaves out criteria of no profile.", where=str(path), todo=todo)
        return policy
    last = Profile(schema=1, name=OWN, title="", criteria=own, leave_out=policy.leave_out)
    return policy.model_copy(update={"criteria": laid_over([*read_profiles(policy.profiles, path), last], path)})


def laid_over(profiles: Iterable[Profile], path: Path) -> tuple[Any, ...]:
    """The criteria of profiles laid one over the other, each with the profile it came from.

    Raises
    ------
    ConfigError
        A profile leaves out what no earlier one has; names the file that was read.
    """
    try:
        return merge(profiles)
    except ValueError as error:
        words = f"{str(error)[0].upper()}{str(error)[1:]}."
        raise ConfigError(
            words, where=str(path), todo="Correct leave_out: 'laadplan policy check' lists ids."
        ) from None


def is_profile(settings: Mapping[str, Any]) -> bool:
    """Whether the keys of a YAML file are those of a profile, and not of a config."""
    return bool(PROFILE_KEYS & set(settings))


def _add(place: str | Path, found: dict[str, Profile], after: tuple[str, ...]) -> None:
    """Adds a profile behind what it is based on; ``after`` holds the profiles that led here."""
    key = str(place)
    if key in after:
        circle = " -> ".join(Path(each).stem for each in (*after[after.index(key) :], key))
        raise ConfigError(f"The profile is based on itself ({circle}).", where=key, todo="Take one based_on out.")
    if key in found:
        return
    profile = base_profile() if isinstance(place, str) else read_profile(place)
    if profile.based_on is not None and isinstance(place, Path):
        _add(_place(profile.based_on, place), found, (*after, key))
    found[key] = profile


def _place(name: str, beside: Path) -> str | Path:
    """Where a profile lies: the name itself for the built-in base."""
    if name == BASE_NAME:
        return name
    if "/" in name or "\\" in name or Path(name).suffix:
        return located(name, beside)
    path = _folder() / f"{name}.yaml"
    if not path.is_file():
        todo = f"Presets are {', '.join(presets())}; a file of your own is a path, such as ./{name}.yaml."
        raise ConfigError(f"There is no preset '{name}'.", where=str(beside), todo=todo)
    return path


def _folder() -> Path:
    return (CHECKOUT if CHECKOUT.is_dir() else INSTALLED).resolve()
