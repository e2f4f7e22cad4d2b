"""A policy profile: the municipality's criteria as data, each with its source and owner.

In: the ``policy`` section of a config. Out: frozen models that `laadplan.policy` applies. An ``eis`` that is not met
excludes a candidate; a ``wens`` adds to its score by its weight. ``grondslag`` keeps the private-law siting rules
(``plaatsing``) apart from the public-law traffic rules (``verkeer``).
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from laadplan.config.section import Section


class Criterion(Section):
    """What every criterion carries, whatever it measures."""

    id: str = Field(pattern=r"^[a-z0-9_]+$", description="name of the criterion, unique in the profile")
    label: str = Field(description="the criterion in Dutch, as printed")
    kind: Literal["eis", "wens"] = Field(description="eis excludes, wens weighs")
    weight: float = Field(default=1.0, ge=0, description="weight of a wens in the score; 0: shown, not weighed")
    grondslag: Literal["plaatsing", "verkeer"] = Field(default="plaatsing", description="legal ground of the criterion")
    source: str = Field(description="document the norm comes from")
    source_on: date | None = Field(default=None, description="date of that document")
    owner: str = Field(default="", description="department that owns the criterion")


class DistanceCriterion(Criterion):
    """Straight distance from the pole to the nearest object of a layer, in metres."""

    rule: Literal["distance"] = "distance"
    to: Literal["trees", "buildings", "charge_points"] = Field(description="layer measured to")
    at_least_m: float | None = Field(default=None, ge=0, description="smallest distance allowed")
    at_most_m: float | None = Field(default=None, ge=0, description="largest distance allowed")

    @model_validator(mode="after")
    def _has_a_norm(self) -> "DistanceCriterion":
        if self.at_least_m is None and self.at_most_m is None:
            raise ValueError("a distance criterion needs at_least_m or at_most_m")
        if self.at_least_m is not None and self.at_most_m is not None and self.at_least_m > self.at_most_m:
            raise ValueError("at_least_m is larger than at_most_m")
        return self


class WidthCriterion(Criterion):
    """Free width of the footway beside the pole, in metres; n.v.t. where no footway adjoins."""

    rule: Literal["width"] = "width"
    at_least_m: float = Field(ge=0, description="smallest free width allowed")


class AttributeCriterion(Criterion):
    """A property of the candidate that must be one of the values allowed, or none of those forbidden."""

    rule: Literal["attribute"] = "attribute"
    column: Literal["orientation", "pole_surface"] = Field(description="property that is looked at")
    allowed: tuple[str, ...] = Field(default=(), description="values that meet the criterion")
    forbidden: tuple[str, ...] = Field(default=(), description="values that do not meet the criterion")

    @model_validator(mode="after")
    def _has_one_list(self) -> "AttributeCriterion":
        if bool(self.allowed) == bool(self.forbidden):
            raise ValueError("an attribute criterion needs either allowed or forbidden values")
        return self


class WalkCriterion(Criterion):
    """Walking distance to the nearest address with demand, in metres: an estimate until a network is given."""

    rule: Literal["walk"] = "walk"
    at_most_m: float = Field(gt=0, description="largest walking distance allowed")


AnyCriterion = Annotated[
    DistanceCriterion | WidthCriterion | AttributeCriterion | WalkCriterion, Field(discriminator="rule")
]

NKL = "NKL, richtlijn plaatsing laadpalen; zo ook Heiloo"
OWN_START = "uitgangspunt laadplan, door de gemeente vast te stellen"

BASIC_CRITERIA: tuple[AnyCriterion, ...] = (
    AttributeCriterion(
        id="ondergrond_paal",
        label="Ondergrond van de paal",
        kind="eis",
        column="pole_surface",
        forbidden=(
            "rijbaan lokale weg",
            "rijbaan regionale weg",
            "rijbaan autoweg",
            "rijbaan autosnelweg",
            "OV-baan",
            "fietspad",
            "parkeervlak",
            "inrit",
            "pand",
            "erf",
            "water",
        ),
        source=OWN_START,
        owner="Wegbeheer",
    ),
    DistanceCriterion(
        id="afstand_boom",
        label="Afstand tot de dichtstbijzijnde boom",
        kind="eis",
        to="trees",
        at_least_m=1.5,
        source="tabel stamdiameter: 40 cm geeft 1,50 m; hart stam",
        owner="Groen",
    ),
    DistanceCriterion(
        id="afstand_gevel",
        label="Afstand tot de gevel",
        kind="wens",
        weight=1.0,
        to="buildings",
        at_least_m=2.0,
        source=OWN_START,
        owner="Stedenbouw",
    ),
    WidthCriterion(
        id="vrije_doorgang",
        label="Vrije doorgang naast de paal",
        kind="eis",
        at_least_m=0.90,
        source=NKL,
        owner="Verkeer",
    ),
    WidthCriterion(
        id="vrije_doorgang_wens",
        label="Ruime doorgang naast de paal",
        kind="wens",
        weight=1.0,
        at_least_m=1.20,
        source=NKL,
        owner="Verkeer",
    ),
    AttributeCriterion(
        id="parkeerwijze",
        label="Parkeerwijze van de vakken",
        kind="wens",
        weight=1.0,
        grondslag="verkeer",
        column="orientation",
        allowed=("haaks",),
        source="Heiloo en Utrecht: eerst parkeerterrein, dan haakse vakken",
        owner="Verkeer",
    ),
    DistanceCriterion(
        id="afstand_laadpaal",
        label="Afstand tot een bestaande laadpaal",
        kind="wens",
        weight=0.5,
        to="charge_points",
        at_least_m=75.0,
        source=OWN_START + "; er is geen landelijke norm",
        owner="Mobiliteit",
    ),
    WalkCriterion(
        id="loopafstand_vraag",
        label="Loopafstand tot het dichtstbijzijnde adres met vraag",
        kind="eis",
        at_most_m=250.0,
        source="Westerwolde: ongeveer 250 m",
        owner="Mobiliteit",
    ),
)


class Policy(Section):
    """The profile: the criteria in the order in which they are shown."""

    criteria: tuple[AnyCriterion, ...] = Field(default=BASIC_CRITERIA, description="the criteria")

    @model_validator(mode="after")
    def _ids_differ(self) -> "Policy":
        ids = [criterion.id for criterion in self.criteria]
        twice = sorted({identifier for identifier in ids if ids.count(identifier) > 1})
        if twice:
            raise ValueError(f"criterion id used twice: {', '.join(twice)}")
        return self
