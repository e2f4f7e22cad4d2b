"""What may be built, what must be covered, what counts for how much, and how far is searched.

In: part of a config. Out: `Optimisation`. Everything that counts in the objective is in kWh a year of demand served at
the door: one weighted sum, so that each wish has a stated price. Wishes that cannot be met are broken at that price and
reported; they never make a plan impossible.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from laadplan.config.section import Section

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]


class Optimisation(Section):
    """What may be built, what must be covered, and how long may be searched."""

    new_poles: int | None = Field(default=10, ge=1, description="number of new poles; empty when a budget is given")
    budget_eur: float | None = Field(default=None, gt=0, description="budget in euro; empty when a number is given")
    cost_per_pole_eur: Positive = Field(
        default=5000.0, description="cost of one pole with connection, only used with a budget (assumption)"
    )
    cost_per_cable_m_eur: NotNegative = Field(
        default=0.0,
        description="cost of each metre of cable beyond spots.cable_norm_m, where the route is known (assumption)",
    )
    cost_per_crossing_eur: NotNegative = Field(
        default=0.0, description="cost of a cable route beneath a carriageway, where that is known (assumption)"
    )
    poles_per_spot_max: int = Field(
        default=1, ge=1, le=6, description="poles side by side on one spot; above 1: laadpleinen where bays allow"
    )
    capacity_by: Literal["energie", "bezetting"] = Field(
        default="energie",
        description="capacity of a charge point: scenario.kwh_per_evse_year, or the energy at which it is as busy as "
        "the desired occupancy of a spot of its size, by which points side by side carry more each",
    )
    availability_without_decree: Share = Field(
        default=1.0,
        description="share of the time that bays without a verkeersbesluit are free for charging: anyone may park "
        "there; lowers the capacity of existing poles without a known decree or sign, where such a source is given",
    )
    locked_in: tuple[str, ...] = Field(default=(), description="locatie_ids that were decided: a pole comes there")
    locked_out: tuple[str, ...] = Field(
        default=(), description="locatie_ids that were turned down: no pole comes there"
    )
    previous_plan: tuple[str, ...] = Field(
        default=(),
        description="locatie_ids of an earlier plan that are kept where they lose no more than keep_worth_kwh",
    )
    keep_worth_kwh: NotNegative = Field(
        default=500.0, description="kWh a year that keeping a location of the previous plan is worth"
    )
    poles_per_buurt_min: int = Field(
        default=1, ge=0, description="coverage floor: poles per buurt with demand (gids K); broken only with a message"
    )
    floor_penalty_kwh: Positive = Field(
        default=20000.0, description="kWh a year that a pole below a floor costs: above what one pole can serve"
    )
    cover_squares: bool = Field(
        default=False, description="coverage floor of the NAL: a charge point in each square that asks one (coverage)"
    )
    buurt_served_share_min: Share = Field(
        default=0.0, description="share of its demand that each buurt is served at least, as far as can be (equity)"
    )
    equity_penalty: NotNegative = Field(
        default=1.0, description="kWh lost per kWh that a buurt is served below that share, on top of its own worth"
    )
    spacing_m: NotNegative = Field(default=0.0, description="new poles stand at least this far apart; 0: no such rule")
    bay_share_street_max: Share = Field(
        default=1.0, description="largest share of the bays of a street that is given to charging, existing included"
    )
    bay_share_buurt_max: Share = Field(default=1.0, description="the same for a buurt")
    kw_per_evse: Positive = Field(default=11.0, description="power that a new charge point asks of the net (kW)")
    capped_kw_per_evse: float | None = Field(
        default=None, gt=0, description="power of a smart-charging point below full power (kW); empty: not offered"
    )
    capped_capacity_share: Share = Field(
        default=0.9, gt=0, description="energy that such a point still delivers in a year, of a full one (assumption)"
    )
    grid_room_kw: dict[str, NotNegative] = Field(
        default_factory=dict,
        description="power for new poles (kW) per feeding area, by its code or by the class of its indication (ruim, "
        "beperkt, vol, onbekend); what is not listed is not limited",
    )
    far_worth: Share = Field(
        default=0.5, description="worth of a kWh served at the walking norm, against 1 at the door; linear between"
    )
    score_worth_kwh: NotNegative = Field(
        default=300.0, description="kWh a year that a full score on the wensen is worth for a pole in full use"
    )
    pole_least_kwh: NotNegative = Field(
        default=100.0, description="kWh a year below which a pole is not worth placing, so that none stands idle"
    )
    existing_access: tuple[Literal["openbaar", "semi-openbaar", "onbekend"], ...] = Field(
        default=("openbaar", "onbekend"), description="existing charge points that count as supply, by their access"
    )
    reserves_per_site: int = Field(default=1, ge=0, description="reservelocaties sought for each voorkeurslocatie")
    reserve_within_m: Positive = Field(default=200.0, description="a reservelocatie lies within this distance")
    solver: Literal["highs", "cbc", "scip"] = Field(
        default="highs",
        description="solver of the model in PuLP; cbc and scip are second opinions (scip: extra 'scip')",
    )
    gap_share: Share = Field(
        default=0.005,
        description="proven gap at which the search may stop; the demand itself is known far less precisely",
    )
    rounds_max: int = Field(default=600, ge=1, description="work limit of the search: rounds of pricing and improving")
    nodes_max: int = Field(default=2000, ge=1, description="work limit of a solver: branch-and-bound nodes")
    seconds_max: Positive = Field(default=300.0, description="safety stop; a run that reached it says so in run.json")
    threads: int = Field(default=2, ge=1, le=64, description="threads of the search; results do not depend on them")
    seed: int = Field(default=0, ge=0, description="seed of the search and the solver")

    @model_validator(mode="after")
    def _one_of_two(self) -> "Optimisation":
        if (self.new_poles is None) == (self.budget_eur is None):
            raise ValueError("give either new_poles or budget_eur, not both and not neither")
        if self.poles_allowed < 1:
            raise ValueError(f"budget_eur {self.budget_eur:g} does not pay for one pole of {self.cost_per_pole_eur:g}")
        both = sorted(set(self.locked_in) & set(self.locked_out))
        if both:
            raise ValueError(
                f"locked_in and locked_out both hold {', '.join(both)}: a location is decided or turned down"
            )
        if self.capped_kw_per_evse is not None and self.capped_kw_per_evse >= self.kw_per_evse:
            raise ValueError("capped_kw_per_evse must be below kw_per_evse")
        return self

    @property
    def poles_allowed(self) -> int:
        """Number of new poles that may be placed; of a budget what it pays at most."""
        if self.new_poles is not None:
            return self.new_poles
        return int((self.budget_eur or 0) // self.cost_per_pole_eur)
