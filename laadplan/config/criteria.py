"""The kinds of criterion: what each measures, its norm, and what every criterion carries whatever it measures.

In: the ``criteria`` of a profile. Out: frozen models that `laadplan.policy` applies. An ``eis`` that is not met
excludes a candidate; a ``wens`` adds to its score. ``grondslag`` keeps the private-law siting rules (``plaatsing``)
apart from the public-law traffic rules (``verkeer``). A norm carries its unit in its name, or beside it where the rule
can measure anything.
"""

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from laadplan.config.section import Section

Layer = Literal[
    "addresses",
    "bays",
    "buildings",
    "buurten",
    "cables",
    "charge_points",
    "decree_places",
    "demand_points",
    "grid_areas",
    "grid_points",
    "obstacles",
    "parking_bays",
    "road_managers",
    "road_parts",
    "signs",
    "squares",
    "terrain",
    "trees",
    "walk_edges",
    "zones",
]
"""Layers a rule may look at: the frames with geometry, in snake case."""

CONFIDENTIAL = ("cables", "grid_points")
"""Layers of which no value may be shown: a rule on them gives its verdict only."""

Metres = Annotated[float, Field(ge=0, le=100_000)]
Text = Annotated[str, Field(min_length=1)]
Verdict = Literal["voldoet", "voldoet niet", "schouw"]
Values = Annotated[tuple[Text, ...], Field(min_length=1)]

CORRIDOR_WIDTHS_M = (0.9, 1.2, 1.5, 1.8)
"""Widths under which the length of a walkway is measured (m): Zwolle's steps."""

WIDEST_M = 20.0
"""No walkway is asked to be wider (m): a larger figure is probably in centimetres."""

_NO_NORM = "needs at_least_m or at_most_m"


class Relaxation(Section):
    """One step of a ladder: what the norm becomes once the municipality relaxes its criteria to this level."""

    level: int = Field(ge=1, le=9, description="level of the profile from which this norm holds")
    because: Text = Field(description="why the norm may be relaxed, and on what condition; printed with the norm")
    kind: Literal["wens"] | None = Field(default=None, description="an eis becomes a wens from this level on")
    at_least: float | None = Field(default=None, description="smallest value from this level on, in the rule's unit")
    at_most: float | None = Field(default=None, description="largest value from this level on, in the rule's unit")
    allowed: tuple[Text, ...] = Field(default=(), description="values allowed from this level on, besides the others")


class Criterion(Section):
    """What every criterion carries, whatever it measures."""

    id: str = Field(pattern=r"^[a-z0-9_]+$", description="name of the criterion, unique in the profile")
    label: str = Field(description="the criterion in Dutch, as printed")
    kind: Literal["eis", "wens"] = Field(description="eis excludes, wens weighs")
    weight: float = Field(default=1.0, ge=0, description="weight of a wens in the score; 0: shown, not weighed")
    grondslag: Literal["plaatsing", "verkeer"] = Field(default="plaatsing", description="legal ground of the criterion")
    source: str = Field(description="document the norm comes from")
    source_on: date | None = Field(default=None, description="date of that document")
    source_page: str = Field(default="", description="page or article of that document")
    owner: str = Field(default="", description="department that owns the criterion")
    if_unknown: Verdict = Field(
        default="schouw",
        description="what onbekend counts as where the data is missing: voldoet, voldoet niet, or schouw "
        "(does not exclude, must be visited)",
    )
    valid_from: date | None = Field(default=None, description="first day on which the criterion holds")
    valid_until: date | None = Field(default=None, description="last day on which the criterion holds")
    ladder: tuple[Relaxation, ...] = Field(default=(), description="norms by level, as the profile is relaxed")
    profile: str = Field(default="", description="profile the criterion came from; filled in by laadplan")
    level: int = Field(default=0, ge=0, le=9, description="level to which it was relaxed; filled in by laadplan")

    _norms: ClassVar[tuple[str, str]] = ("at_least_m", "at_most_m")
    """Names of the fields that hold the smallest and the largest value allowed."""

    @property
    def measured_in(self) -> str:
        """Unit of the measured value and its norm, as printed."""
        return "m"

    @property
    def least(self) -> float | None:
        """Smallest value allowed, in its unit; None where there is none."""
        return getattr(self, self._norms[0], None)

    @property
    def most(self) -> float | None:
        """Largest value allowed, in its unit; None where there is none."""
        return getattr(self, self._norms[1], None)

    @property
    def confidential(self) -> bool:
        """Whether only the verdict may be shown."""
        return getattr(self, "layer", None) in CONFIDENTIAL

    def holds_on(self, day: date) -> bool:
        """Whether the criterion holds on a day."""
        return (self.valid_from or day) <= day <= (self.valid_until or day)

    def at_level(self, level: int) -> "Criterion":
        """The criterion as it stands once the profile is relaxed to a level; itself at level 0."""
        steps = [step for step in self.ladder if step.level <= level]
        changes: dict[str, Any] = {}
        for step in steps:
            norms = {self._norms[0]: step.at_least, self._norms[1]: step.at_most, "kind": step.kind}
            changes |= {name: value for name, value in norms.items() if value is not None}
            if step.allowed:
                changes["allowed"] = (*changes.get("allowed", getattr(self, "allowed", ())), *step.allowed)
        return self.model_copy(update=changes | {"level": level})

    @property
    def applied(self) -> tuple[Relaxation, ...]:
        """Steps of the ladder that this criterion was relaxed by."""
        return tuple(step for step in self.ladder if step.level <= self.level)

    @model_validator(mode="after")
    def _period_in_order(self) -> "Criterion":
        if self.valid_from and self.valid_until and self.valid_from > self.valid_until:
            raise ValueError("valid_from lies after valid_until")
        return self

    @model_validator(mode="after")
    def _norms_in_order(self) -> "Criterion":
        low, high = self.least, self.most
        if low is not None and high is not None and low > high:
            raise ValueError(f"{self._norms[0]} is larger than {self._norms[1]}: no spot can meet this")
        return self

    @model_validator(mode="after")
    def _ladder_relaxes(self) -> "Criterion":
        levels = [step.level for step in self.ladder]
        if levels != sorted(set(levels)):
            raise ValueError("the levels of a ladder must rise, each once")
        low, high = self.least, self.most
        for step in self.ladder:
            if step.at_least is not None and (low is None or step.at_least > low):
                raise ValueError(f"the ladder's at_least at level {step.level} does not relax the norm")
            if step.at_most is not None and (high is None or step.at_most < high):
                raise ValueError(f"the ladder's at_most at level {step.level} does not relax the norm")
            if step.allowed and not getattr(self, "allowed", ()):
                raise ValueError("a ladder may allow more values only where the rule has a list of allowed ones")
            if step == Relaxation(level=step.level, because=step.because):
                raise ValueError(f"the ladder changes nothing at level {step.level}")
            low = step.at_least if step.at_least is not None else low
            high = step.at_most if step.at_most is not None else high
        return self


class _OnLayer(Criterion):
    """A rule that looks at the objects of a layer."""

    layer: Layer = Field(description="layer that is looked at")
    where: dict[str, Values] = Field(
        default_factory=dict, description="only objects of the layer with one of these values, by column"
    )


class DistanceCriterion(Criterion):
    """Straight distance from the pole, or from its bays, to the nearest object of a layer, in metres."""

    rule: Literal["distance"] = "distance"
    to: Layer = Field(description="layer measured to")
    where: dict[str, Values] = Field(
        default_factory=dict, description="only objects of the layer with one of these values, by column"
    )
    of: Literal["pole", "bays"] = Field(default="pole", description="what the distance is measured from")
    at_least_m: Metres | None = Field(default=None, description="smallest distance allowed")
    at_most_m: Metres | None = Field(default=None, description="largest distance allowed")

    @property
    def confidential(self) -> bool:
        """Whether only the verdict may be shown."""
        return self.to in CONFIDENTIAL

    @model_validator(mode="after")
    def _has_a_norm(self) -> "DistanceCriterion":
        if self.at_least_m is None and self.at_most_m is None:
            raise ValueError(f"a distance criterion {_NO_NORM}")
        return self


class SpacingCriterion(Criterion):
    """Distance to the nearest other pole, existing or decreed, in metres."""

    rule: Literal["spacing"] = "spacing"
    at_least_m: Metres = Field(description="smallest distance allowed")


class InsideCriterion(_OnLayer):
    """Whether the pole, or one of its bays, lies inside the polygons of a layer."""

    rule: Literal["inside"] = "inside"
    of: Literal["pole", "bays"] = Field(default="pole", description="what is looked at; bays: any of them")
    wanted: Literal["inside", "outside"] = Field(description="where it must lie")

    @property
    def measured_in(self) -> str:
        """No unit."""
        return ""


class WidthCriterion(Criterion):
    """Free width of the footway beside the pole at its narrowest, in metres; n.v.t. where no footway adjoins."""

    rule: Literal["width"] = "width"
    at_least_m: Metres = Field(description="smallest free width allowed")

    @field_validator("at_least_m")
    @classmethod
    def _is_a_width(cls, width: float) -> float:
        if width > WIDEST_M:
            raise ValueError(f"no walkway is {width:g} m wide: give the norm in metres (0.9 is 90 centimetres)")
        return width


class CorridorCriterion(Criterion):
    """Length of walkway past the pole that is narrower than a width, in metres; n.v.t. where no footway adjoins."""

    rule: Literal["corridor"] = "corridor"
    under_m: float = Field(description="width below which the walkway counts as narrow: 0.9, 1.2, 1.5 or 1.8")
    at_most_m: Metres = Field(description="largest length that may be narrower; 0: nowhere")

    @field_validator("under_m")
    @classmethod
    def _is_measured(cls, width: float) -> float:
        if width not in CORRIDOR_WIDTHS_M:
            raise ValueError("corridors are measured under 0.9, 1.2, 1.5 and 1.8 m: choose one of these")
        return width


class TreeCriterion(Criterion):
    """Room left to the nearest trees, in metres: beyond the crown, or beyond a distance that grows with the stem."""

    rule: Literal["tree"] = "tree"
    clear_of: Literal["crown", "stem"] = Field(description="what the pole must stay clear of")
    at_least_m: Metres = Field(
        default=0.0, description="room beyond the crown's edge; of stems: room beyond the distance in by_stem"
    )
    by_stem: tuple[tuple[float, float], ...] = Field(
        default=(), description="stem diameter up to (m) and the distance it asks for (m), thinnest first"
    )
    unknown_stem_m: float = Field(default=0.4, gt=0, description="diameter taken for a stem that was not measured")

    @model_validator(mode="after")
    def _has_a_table(self) -> "TreeCriterion":
        if (self.clear_of == "stem") != bool(self.by_stem):
            raise ValueError("give by_stem where clear_of is stem, and only there")
        if any(value <= 0 for row in self.by_stem for value in row):
            raise ValueError("by_stem holds diameters and distances above 0, in m")
        if any(list(column) != sorted(set(column)) for column in zip(*self.by_stem, strict=True)):
            raise ValueError("by_stem must rise: thicker stems ask for more room")
        return self


class CableCriterion(Criterion):
    """Length of the way to the nearest low-voltage cable, in metres. Shows its verdict only."""

    rule: Literal["cable"] = "cable"
    at_most_m: Metres | None = Field(default=None, description="largest length of the connection cable")
    crossing: Literal["allowed", "forbidden"] = Field(
        default="allowed", description="whether the way may go beneath a carriageway"
    )

    @property
    def confidential(self) -> bool:
        """Always: cables may come from a KLIC delivery."""
        return True

    @model_validator(mode="after")
    def _has_a_norm(self) -> "CableCriterion":
        if self.at_most_m is None and self.crossing == "allowed":
            raise ValueError("a cable criterion needs at_most_m, or crossing: forbidden")
        return self


class AttributeCriterion(Criterion):
    """A property of the spot that must be one of the values allowed, or none of those forbidden."""

    rule: Literal["attribute"] = "attribute"
    column: Literal[
        "orientation",
        "pole_surface",
        "pole_obstacle",
        "regime",
        "maintainer",
        "side",
        "signs",
        "owner",
        "soil",
        "zones",
        "road_manager",
        "grid_offtake",
        "walkway",
        "street",
        "buurtcode",
    ] = Field(description="property that is looked at")
    allowed: tuple[Text, ...] = Field(default=(), description="values that meet the criterion")
    forbidden: tuple[Text, ...] = Field(default=(), description="values that do not meet the criterion")

    @property
    def measured_in(self) -> str:
        """No unit."""
        return ""

    @model_validator(mode="after")
    def _has_one_list(self) -> "AttributeCriterion":
        if bool(self.allowed) == bool(self.forbidden):
            raise ValueError("an attribute criterion needs either allowed or forbidden values")
        return self


class _Anything(Criterion):
    """A rule whose unit is said beside its norm."""

    at_least: float | None = Field(default=None, description="smallest value allowed")
    at_most: float | None = Field(default=None, description="largest value allowed")

    _norms: ClassVar[tuple[str, str]] = ("at_least", "at_most")

    @model_validator(mode="after")
    def _has_a_norm(self) -> "_Anything":
        if self.at_least is None and self.at_most is None:
            raise ValueError("this criterion needs at_least or at_most")
        return self


MEASURED = {
    "kerb_m": "m",
    "facade_m": "m",
    "cabinet_m": "m",
    "obstacle_m": "m",
    "junction_m": "m",
    "crossing_m": "m",
    "address_distance_m": "m",
    "parking_pressure_share": "share",
}
"""Quantities of a spot that a ``value`` criterion may judge, and the unit that its norm must be in."""


class ValueCriterion(_Anything):
    """A measured quantity of the spot, in its own unit."""

    rule: Literal["value"] = "value"
    column: Literal[
        "kerb_m",
        "facade_m",
        "cabinet_m",
        "obstacle_m",
        "junction_m",
        "crossing_m",
        "address_distance_m",
        "parking_pressure_share",
    ] = Field(description="quantity that is looked at")
    unit: Literal["m", "share"] = Field(
        description="unit of the norm: m, or share (0.85 is 85 %); must be the quantity's own"
    )

    @property
    def measured_in(self) -> str:
        """Unit of the quantity."""
        return self.unit

    @model_validator(mode="after")
    def _in_its_own_unit(self) -> "ValueCriterion":
        own = MEASURED[self.column]
        if self.unit != own:
            raise ValueError(f"{self.column} is measured in {own}, not in {self.unit}: give the norm in {own}")
        return self


class RasterCriterion(_Anything):
    """Value of a raster where the pole stands, in the unit that the raster is in."""

    rule: Literal["raster"] = "raster"
    raster: str = Field(min_length=1, description="name of the raster under sources.rasters")
    unit: Text = Field(description="unit of the raster's values, as printed")

    @property
    def measured_in(self) -> str:
        """Unit of the raster."""
        return self.unit


class CountCriterion(_OnLayer, _Anything):
    """Number of objects of a layer within a distance of the pole."""

    rule: Literal["count"] = "count"
    within_m: Metres = Field(gt=0, description="distance from the pole within which objects count")

    @property
    def measured_in(self) -> str:
        """Objects are counted."""
        return "aantal"


class ShareCriterion(Criterion):
    """Share of the bays around the pole that would be for charging, with those of this spot, 0 to 1."""

    rule: Literal["share"] = "share"
    within_m: Metres = Field(gt=0, description="distance from the pole within which bays count")
    at_most_share: float = Field(ge=0, le=1, description="largest share of charging bays allowed (0.1 is 10 %)")

    _norms: ClassVar[tuple[str, str]] = ("", "at_most_share")

    @property
    def measured_in(self) -> str:
        """A share."""
        return "share"


class WalkCriterion(Criterion):
    """Walking distance to the nearest address with demand, in metres: an estimate until a network is given."""

    rule: Literal["walk"] = "walk"
    at_most_m: float = Field(gt=0, description="largest walking distance allowed")


class ValidCriterion(Criterion):
    """Whether something dated is still valid for some time: the soil survey, or works that must have ended."""

    rule: Literal["valid"] = "valid"
    column: Literal["soil_until_on", "works_until_on"] = Field(
        description="soil_until_on: the survey must be valid; works_until_on: the works must be over"
    )
    days: int = Field(default=0, ge=0, description="days from the date of the run for which it must hold")

    @property
    def measured_in(self) -> str:
        """No unit."""
        return ""


AnyCriterion = Annotated[
    DistanceCriterion
    | SpacingCriterion
    | InsideCriterion
    | WidthCriterion
    | CorridorCriterion
    | TreeCriterion
    | CableCriterion
    | AttributeCriterion
    | ValueCriterion
    | RasterCriterion
    | CountCriterion
    | ShareCriterion
    | WalkCriterion
    | ValidCriterion,
    Field(discriminator="rule"),
]
