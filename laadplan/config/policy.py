"""A policy profile: the municipality's criteria as data, and how profiles are laid one over the other.

In: the ``policy`` section of a config, and profile files. Out: frozen models. A later profile replaces criteria of the
same id, adds others, and may leave some out; every criterion keeps the name of the profile it came from.
"""

from collections.abc import Iterable
from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from laadplan.config.base_policy import BASE_NAME, BASE_NOTE, BASE_TITLE, BASIC_CRITERIA
from laadplan.config.criteria import AnyCriterion, Criterion
from laadplan.config.section import Section

OWN = "config"
"""Name under which criteria of the config itself are printed."""


class Profile(Section):
    """A profile in a file of its own: the criteria of one municipality or document."""

    schema_version: Literal[1] = Field(default=1, alias="schema", description="version of the profile")
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", description="name of the profile, as its file is called")
    title: str = Field(description="what it is, in Dutch, as printed")
    note: str = Field(default="", description="what a reader must know, e.g. what the municipality has not yet fixed")
    based_on: str | None = Field(
        default=None, description="profile that comes first: a name among the presets, or a path beside this file"
    )
    criteria: tuple[AnyCriterion, ...] = Field(default=(), description="the criteria")
    leave_out: tuple[str, ...] = Field(default=(), description="ids of earlier profiles that do not hold here")

    @model_validator(mode="after")
    def _ids_differ(self) -> "Profile":
        refuse_doubles(self.criteria)
        return self


class Policy(Section):
    """The criteria of a project, in the order in which they are shown."""

    profiles: tuple[str, ...] = Field(
        default=(),
        description="profiles, laid one over the other: names of presets (landelijk, heiloo, ...) or paths relative to "
        "this config; the criteria below come last. Without profiles only the criteria below hold",
    )
    leave_out: tuple[str, ...] = Field(default=(), description="ids of the profiles' criteria that do not hold here")
    relaxation: int = Field(
        default=0, ge=0, le=9, description="level to which criteria with a ladder are relaxed; 0: not at all"
    )
    scoring: Literal["weight", "order"] = Field(
        default="weight",
        description="weight: a wens counts by its weight; order: an earlier wens outweighs all later ones together",
    )
    criteria: tuple[AnyCriterion, ...] = Field(default=BASIC_CRITERIA, description="the criteria")

    @model_validator(mode="after")
    def _ids_differ(self) -> "Policy":
        refuse_doubles(self.criteria)
        return self

    def in_force(self, day: date) -> "Policy":
        """The policy on a day, at its level of relaxation: criteria that do not hold are gone, ladders are applied."""
        held = [criterion.at_level(self.relaxation) for criterion in self.criteria if criterion.holds_on(day)]
        return self.model_copy(update={"criteria": tuple(held)})

    def weights(self) -> dict[str, float]:
        """Weight of each wens by id, by its own weight or by its place in the order (halved from one to the next)."""
        wensen = [criterion for criterion in self.criteria if criterion.kind == "wens"]
        if self.scoring == "weight":
            return {criterion.id: criterion.weight for criterion in wensen}
        weighed = [criterion for criterion in wensen if criterion.weight > 0]
        return {criterion.id: 0.0 for criterion in wensen} | {
            criterion.id: 0.5 ** (place + 1) for place, criterion in enumerate(weighed)
        }


def merge(profiles: Iterable[Profile]) -> tuple[Criterion, ...]:
    """The criteria of profiles laid one over the other, each with the profile it came from.

    A later criterion takes the place of an earlier one with its id; others follow in order.

    Raises
    ------
    ValueError
        A profile leaves out a criterion that no earlier profile has.
    """
    merged: dict[str, Criterion] = {}
    for profile in profiles:
        unknown = [name for name in profile.leave_out if name not in merged]
        if unknown:
            raise ValueError(f"profile {profile.name} leaves out what no earlier profile has: {', '.join(unknown)}")
        for name in profile.leave_out:
            del merged[name]
        for criterion in profile.criteria:
            merged[criterion.id] = criterion.model_copy(update={"profile": profile.name})
    return tuple(merged.values())


def base_profile() -> Profile:
    """The national base as a profile."""
    return Profile(schema=1, name=BASE_NAME, title=BASE_TITLE, note=BASE_NOTE, criteria=BASIC_CRITERIA)


def refuse_doubles(criteria: Iterable[Criterion]) -> None:
    """Raises a ValueError that names ids which occur twice."""
    ids = [criterion.id for criterion in criteria]
    twice = sorted({identifier for identifier in ids if ids.count(identifier) > 1})
    if twice:
        raise ValueError(f"criterion id used twice: {', '.join(twice)}")
