"""The project of one municipality: everything a run needs to know, as frozen models.

In: a mapping read from YAML. Out: a `Project`, or a `ConfigError` that names the key. Numbers carry their unit in
their name and their source in their description; what a number is for stands beside it, because a norm that cannot be
motivated does not hold before a judge. The commented ``configs/default.yaml`` and the JSON schema are rendered from
these models in `laadplan.config.render`.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from laadplan.config.monitoring import Monitoring
from laadplan.config.optimisation import Optimisation
from laadplan.config.policy import Policy
from laadplan.config.scenario import Coverage, HomeRules, Scenario
from laadplan.config.section import Section
from laadplan.config.sources import Sources
from laadplan.errors import ConfigError

SCHEMA: Literal[1] = 1
"""Version of the config; an older one gets a named upgrade."""

LARGEST_DEGREES = 360.0
"""A box whose corners are all below this is in degrees: RD coordinates in the Netherlands are above 10,000."""

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]


class Area(Section):
    """The area the plan is made for."""

    municipality_code: str = Field(
        default="GM0000", pattern=r"^GM\d{4}$", description="CBS code of the municipality, GM and four digits"
    )
    bbox_rd: tuple[float, float, float, float] | None = Field(
        default=None, description="xmin, ymin, xmax, ymax in RD New (m); empty: everything the sources hold"
    )

    margin_m: float = Field(
        default=100.0,
        ge=0,
        description="sources are read this far outside the area, so that what stands just over its edge counts",
    )

    @model_validator(mode="after")
    def _corners_in_order(self) -> "Area":
        if self.bbox_rd and not (self.bbox_rd[0] < self.bbox_rd[2] and self.bbox_rd[1] < self.bbox_rd[3]):
            raise ValueError("bbox_rd must be [xmin, ymin, xmax, ymax] with xmin < xmax and ymin < ymax")
        if self.bbox_rd and max(self.bbox_rd) <= LARGEST_DEGREES:
            raise ValueError("bbox_rd is in degrees; give metres in RD New")
        return self


class Surfaces(Section):
    """How surfaces are read and named."""

    arc_tolerance_m: Positive = Field(
        default=0.01, description="largest distance between an arc and the straight pieces it is replaced by"
    )
    driveable: tuple[str, ...] = Field(
        default=("rijbaan lokale weg", "rijbaan regionale weg", "rijbaan autoweg", "rijbaan autosnelweg", "OV-baan"),
        description="BGT functions of a carriageway along which cars park",
    )
    aisle: tuple[str, ...] = Field(
        default=("inrit", "woonerf"), description="BGT functions taken as the driving side where no carriageway adjoins"
    )
    footway: tuple[str, ...] = Field(
        default=("voetpad", "voetgangersgebied"), description="BGT functions that count as footway for the free width"
    )
    no_pole: tuple[str, ...] = Field(
        default=(
            "rijbaan lokale weg",
            "rijbaan regionale weg",
            "rijbaan autoweg",
            "rijbaan autosnelweg",
            "OV-baan",
            "spoorbaan",
            "inrit",
            "erf",
            "overweg",
            "fietspad",
            "ruiterpad",
            "parkeervlak",
            "voetpad op trap",
            "pand",
            "water",
        ),
        description="BGT functions, covers, pand and water on which no pole is put",
    )


class BayRules(Section):
    """Standard bays and the tolerances of the cut. Sizes follow NEN 2443; the tolerances are what Otterlo showed."""

    parallel_length_m: Positive = Field(default=5.5, description="standard length of a langs bay (NEN 2443)")
    parallel_length_min_m: Positive = Field(default=5.0, description="shortest langs bay that is still counted")
    parallel_length_max_m: Positive = Field(default=6.0, description="longest standard langs bay (NEN 2443)")
    parallel_depth_m: tuple[float, float] = Field(
        default=(1.6, 3.0), description="depth of a strip taken as langs; often 1.7 to 2.1 in the BGT"
    )
    perpendicular_width_m: Positive = Field(default=2.5, description="standard width of a haaks bay (NEN 2443)")
    perpendicular_width_min_m: Positive = Field(default=2.25, description="narrowest haaks bay that is still counted")
    perpendicular_depth_m: tuple[float, float] = Field(
        default=(4.0, 6.3), description="depth of a strip taken as haaks; deeper ones are listed as parkeerterrein"
    )
    perpendicular_length_m: Positive = Field(
        default=5.0, description="length of a haaks bay in a car park, square to its aisle (CROW ASVV 2021)"
    )
    aisle_width_m: Positive = Field(
        default=6.0, description="aisle of a car park along haaks bays of 2.50 m (CROW ASVV 2021)"
    )
    aisle_width_min_m: Positive = Field(
        default=5.5,
        description="narrowest aisle that a car park is laid out with (assumption: half a metre for older car parks "
        "and for the accuracy of the BGT)",
    )
    angled_deg: tuple[float, float] = Field(
        default=(30.0, 75.0), description="angle of bays to the kerb taken as schuin; steeper ones are haaks"
    )
    angled_depth_m: tuple[float, float] = Field(
        default=(3.5, 6.3), description="depth across the kerb of a strip taken as schuin"
    )
    touching_m: Positive = Field(
        default=0.10, description="largest gap between a strip and the carriageway it lies along (BGT accuracy)"
    )
    step_m: Positive = Field(default=0.25, description="distance between two depth measurements along the kerb")
    filled_min_share: Share = Field(default=0.90, description="share of a bay that must lie within the strip")

    @model_validator(mode="after")
    def _depths_in_order(self) -> "BayRules":
        for name in ("parallel_depth_m", "perpendicular_depth_m", "angled_deg", "angled_depth_m"):
            low, high = getattr(self, name)
            if not 0 < low < high:
                raise ValueError(f"{name} must be [least, most], both above 0")
        if self.aisle_width_min_m > self.aisle_width_m:
            raise ValueError("aisle_width_min_m must not be above aisle_width_m")
        if not self.parallel_length_min_m <= self.parallel_length_m <= self.parallel_length_max_m:
            raise ValueError("parallel_length_min_m, parallel_length_m and parallel_length_max_m must go up")
        return self


class SpotRules(Section):
    """A spot: the bays that one pole serves, and where the pole stands."""

    bays_per_pole: int = Field(default=2, ge=1, le=4, description="adjacent bays served by one pole")
    evse_per_pole: int = Field(default=2, ge=1, le=4, description="charging points (EVSE) on one pole")
    pole_to_kerb_m: Positive = Field(
        default=0.50, description="heart of the pole to the kerb (NKL 0.50-0.60; Heiloo 0.45-0.60)"
    )
    pole_to_bay_max_m: Positive = Field(default=0.60, description="heart of the pole to its bays at most (NKL 0.60)")
    pole_clear_m: float = Field(
        default=0.50,
        ge=0,
        description="kept free round the heart of the pole (NKL 0.50)",
    )
    pole_width_m: Positive = Field(default=0.30, description="width of the pole across the footway (assumption)")
    footway_reach_m: Positive = Field(
        default=0.60, description="a footway adjoins when it starts within this distance of the pole"
    )
    footway_search_m: Positive = Field(default=10.0, description="free width is measured up to this distance")
    corridor_within_m: Positive = Field(
        default=25.0, description="the walkway is followed this far to either side of the pole"
    )
    address_within_m: Positive = Field(default=100.0, description="largest distance to an address a spot is named by")
    charging_bay_within_m: Positive = Field(
        default=3.0,
        description="an existing charging location or sign this near to a bay takes bays there: published places are "
        "off by a metre or so",
    )
    cable_norm_m: Positive = Field(
        default=25.0,
        description="within this length a cable route that leaves carriageways alone goes before a shorter one below "
        "them (connection cable: Heiloo, gids G)",
    )
    cable_reach_m: Positive = Field(
        default=40.0, description="cable routes are looked for up to this length; at least cable_norm_m"
    )

    @model_validator(mode="after")
    def _within_reach(self) -> "SpotRules":
        if self.pole_to_kerb_m > self.pole_to_bay_max_m:
            raise ValueError("pole_to_kerb_m is larger than pole_to_bay_max_m: no pole would be within reach")
        if self.cable_reach_m < self.cable_norm_m:
            raise ValueError("cable_reach_m must be at least cable_norm_m")
        return self


class Walking(Section):
    """How far people walk to a pole, and how that distance is taken."""

    norm_m: Positive = Field(
        default=250.0, description="largest walking distance to a pole (200 Heiloo, 250 Westerwolde, 300 Zeist)"
    )
    detour_factor: float = Field(
        default=1.3,
        ge=1,
        description="walking distance divided by the straight line, used where no walking network is given, or where a "
        "place lies too far from it (assumption)",
    )
    snap_m: Positive = Field(
        default=50.0,
        description="largest distance from a front door or a pole to the walking network, never more than a quarter of "
        "norm_m; what lies farther is estimated",
    )

    @property
    def snap_cap_m(self) -> float:
        """Largest distance to the network that is used: a walk is not to lie mainly off it."""
        return min(self.snap_m, self.norm_m / 4)


class Publication(Section):
    """What is printed on everything that leaves the building."""

    title: str = Field(default="Plankaart laadpalen", description="title on the map and the tables")
    municipality: str = Field(default="", description="name of the municipality as printed")
    disclaimer: str = Field(
        default="Concept. Locaties zijn pas definitief na een besluit van de gemeente.",
        description="sentence printed on every output",
    )


class Project(Section):
    """One municipality, one plan."""

    schema_version: Literal[1] = Field(default=SCHEMA, alias="schema", description="version of this config")
    name: str = Field(default="mijn-gemeente", pattern=r"^[a-z0-9][a-z0-9-]*$", description="name of the run folder")
    area: Area = Field(default=Area(), description="the area the plan is made for")
    sources: Sources = Field(default=Sources(), description="where the data lies, and what must be printed with it")
    surfaces: Surfaces = Field(default=Surfaces(), description="how surfaces are read and named")
    bays: BayRules = Field(default=BayRules(), description="how parking strips are cut into bays")
    spots: SpotRules = Field(default=SpotRules(), description="bays served by one pole, and where the pole stands")
    walking: Walking = Field(default=Walking(), description="how far people walk to a pole")
    homes: HomeRules = Field(default=HomeRules(), description="dwellings and their driveways")
    scenario: Scenario = Field(default=Scenario(), description="from cars to charging demand")
    coverage: Coverage = Field(default=Coverage(), description="what supply is held against")
    monitoring: Monitoring = Field(default=Monitoring(), description="use against the norm, and when to act")
    policy: Policy = Field(default=Policy(), description="the municipality's criteria, as data")
    optimisation: Optimisation = Field(default=Optimisation(), description="what may be built")
    publication: Publication = Field(default=Publication(), description="what is printed on the outputs")


def make_project(settings: Mapping[str, Any], *, where: str = "config") -> Project:
    """A checked project from a mapping, as YAML gives it.

    Raises
    ------
    ConfigError
        With the key, what is wrong with it, and a near key name where one is likely to be meant.

    >>> make_project({"schema": 1, "name": "otterlo"}).optimisation.poles_allowed
    10
    """
    from laadplan.config.explain import explain_validation

    if not isinstance(settings, Mapping):
        raise ConfigError("The config holds no keys.", where=where, todo="Start from configs/default.yaml.")
    try:
        return Project.model_validate(dict(settings))
    except ValidationError as error:
        raise explain_validation(error, Project, where=where) from None
