"""The scenario: from homes and cars to charging demand at public poles, per year and for low, mid and high growth.

In: the ``scenario``, ``homes`` and ``coverage`` of a config. Out: frozen models. What is an assumption says so; a
figure of the municipality's own goes before it.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from laadplan.config.section import Section

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
Variant = Literal["laag", "midden", "hoog"]


class Curve(Section):
    """Growth of the national share of electric cars: ceiling / (1 + exp(-steepness * (year - middle_year)))."""

    ceiling_share: Share = Field(default=0.95, description="share of electric cars in the end")
    middle_year: float = Field(default=2034.0, ge=2000, le=2100, description="year in which half of it is reached")
    steepness: Positive = Field(default=0.28, description="per year: growth of the odds while the share is small")
    source: str = Field(default="aanname", description="where these three come from")


class Curves(Section):
    """The three scenarios of growth."""

    laag: Curve = Field(default=Curve(middle_year=2037.0, steepness=0.22), description="low")
    midden: Curve = Field(default=Curve(), description="mid")
    hoog: Curve = Field(default=Curve(middle_year=2032.0, steepness=0.34), description="high")


class Scenario(Section):
    """The stated scenario from cars to charging demand at public poles."""

    year: int = Field(default=2030, ge=2025, le=2060, description="year that the plan is made for")
    variant: Variant = Field(default="midden", description="scenario that the plan is made for: laag, midden or hoog")
    until_year: int = Field(default=2035, ge=2025, le=2060, description="last year of the forecast")
    curves: Curves = Field(default=Curves(), description="growth of the national share of electric cars")
    public_share_no_driveway: Share = Field(
        default=0.75,
        description="share of their energy that residents without a driveway of their own charge at public poles "
        "in the neighbourhood; the rest at work, fast and elsewhere (assumption)",
    )
    public_share_driveway: Share = Field(
        default=0.05, description="the same of residents with a driveway of their own (assumption)"
    )
    km_per_car_year: Positive = Field(default=18500.0, description="distance per electric car and year (2022)")
    kwh_per_km: Positive = Field(default=0.20, description="use: 10,000 km is about 2,000 kWh")
    kwh_per_evse_year: Positive = Field(
        default=3000.0, description="energy a public charging point delivers in a year: its capacity in the plan"
    )

    @model_validator(mode="after")
    def _years_in_order(self) -> "Scenario":
        if self.until_year < self.year:
            raise ValueError("until_year must not be before year")
        return self


class HomeRules(Section):
    """How dwellings are typed, and how likely a driveway of their own is."""

    facade_touch_m: Positive = Field(
        default=0.3, description="buildings this near to each other are attached (accuracy of the BGT)"
    )


class Coverage(Section):
    """What supply is held against: coverage, public power, and what makes a pole worth its costs."""

    square_households: int = Field(
        default=125, ge=1, description="households in a CBS square of 500 m from which the NAL asks a public point"
    )
    power_per_car_kw: Positive = Field(
        default=1.3, description="public power per battery electric car (AFIR art. 3; an obligation of the country)"
    )
    power_unknown_kw: Positive = Field(default=11.0, description="power of a point that does not tell it (assumption)")
    break_even_kwh_pole_year: Positive = Field(
        default=4000.0, description="energy a year from which a pole is worth its costs (assumption; ask the CPO)"
    )
