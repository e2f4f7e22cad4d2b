"""The scenario: from homes and cars to charging demand at public poles, per year and for low, mid and high growth.

In: the ``scenario``, ``homes`` and ``coverage`` of a config. Out: frozen models. What is an assumption says so; a
figure of the municipality's own goes before it.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from laadplan.config.section import Section

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Variant = Literal["laag", "midden", "hoog"]


class Curve(Section):
    """Growth of the national share of electric cars: ceiling / (1 + exp(-steepness * (year - middle_year))).

    A postcode grows along it from a share of its own, so only ceiling and steepness act on it; the middle year places
    the curve of the country.
    """

    ceiling_share: Share = Field(default=0.95, gt=0, description="share of electric cars in the end")
    middle_year: float = Field(default=2034.6, ge=2000, le=2100, description="year in which half of it is reached")
    steepness: Positive = Field(default=0.28, description="per year: growth of the odds share / (ceiling - share)")
    source: str = Field(default="aanname", description="where these three come from")


_NOW = (
    "alle drie gaan door 6,1 % op 1-1-2025 (RAI Vereniging en BOVAG, in AutoWeek van 19-11-2025: 0,25 % in 2018, "
    "1,21 % in 2020, 4,91 % in 2024); plafond 0,95 is een aanname"
)


class Curves(Section):
    """The three scenarios of growth: through the share of 2025, each with a steepness of its own."""

    laag: Curve = Field(
        default=Curve(
            middle_year=2037.2,
            steepness=0.22,
            source=f"iets onder de groei in 2024 (0,23 per jaar): 16 % in 2030, 36 % in 2035; {_NOW}",
        ),
        description="low",
    )
    midden: Curve = Field(
        default=Curve(source=f"21 % in 2030, 50 % in 2035 zoals ElaadNL verwacht (Tweakers, nieuws 218564); {_NOW}"),
        description="mid",
    )
    hoog: Curve = Field(
        default=Curve(
            middle_year=2033.1,
            steepness=0.33,
            source=f"de groei van 2020 tot 2025 (0,33 per jaar) houdt aan: 25 % in 2030, 62 % in 2035; {_NOW}",
        ),
        description="high",
    )


class Visits(Section):
    """Visits by car in a day, to spread the energy of visitors: only their ratio counts. All are assumptions."""

    woning: NotNegative = Field(default=0.3, description="per dwelling (assumption)")
    winkelfunctie: NotNegative = Field(default=10.0, description="per 100 m2 of shop (assumption)")
    bijeenkomstfunctie: NotNegative = Field(
        default=5.0, description="per 100 m2 of restaurant, theatre or hall (assumption)"
    )
    gezondheidszorgfunctie: NotNegative = Field(default=4.0, description="per 100 m2 of health care (assumption)")
    sportfunctie: NotNegative = Field(default=3.0, description="per 100 m2 of sports hall (assumption)")
    logiesfunctie: NotNegative = Field(default=2.0, description="per 100 m2 of lodging (assumption)")
    onderwijsfunctie: NotNegative = Field(default=1.0, description="per 100 m2 of school (assumption)")
    kantoorfunctie: NotNegative = Field(default=0.5, description="per 100 m2 of office (assumption)")
    industriefunctie: NotNegative = Field(default=0.3, description="per 100 m2 of industry (assumption)")
    celfunctie: NotNegative = Field(default=0.3, description="per 100 m2 of prison (assumption)")
    overige_gebruiksfunctie: NotNegative = Field(default=0.3, description="per 100 m2 of any other use (assumption)")


class JobSizes(Section):
    """Floor area per job (m2), used where no jobs are given. All are assumptions."""

    kantoorfunctie: Positive = Field(default=25.0, description="office (assumption)")
    winkelfunctie: Positive = Field(default=60.0, description="shop (assumption)")
    bijeenkomstfunctie: Positive = Field(default=80.0, description="restaurant, theatre or hall (assumption)")
    gezondheidszorgfunctie: Positive = Field(default=60.0, description="health care (assumption)")
    sportfunctie: Positive = Field(default=250.0, description="sports hall (assumption)")
    logiesfunctie: Positive = Field(default=150.0, description="lodging (assumption)")
    onderwijsfunctie: Positive = Field(default=90.0, description="school (assumption)")
    industriefunctie: Positive = Field(default=110.0, description="industry and storage (assumption)")
    celfunctie: Positive = Field(default=100.0, description="prison (assumption)")
    overige_gebruiksfunctie: Positive = Field(default=250.0, description="any other use (assumption)")


class Rhythm(Section):
    """Cars connected in three parts of the week, over the mean of the week."""

    evening_and_night: NotNegative = Field(default=1.0, description="every day from 18 to 9 h")
    working_day: NotNegative = Field(default=1.0, description="Monday to Friday from 9 to 18 h")
    weekend_day: NotNegative = Field(default=1.0, description="Saturday and Sunday from 10 to 18 h")


class Rhythms(Section):
    """When residents, visitors and workers are connected (assumptions; over the week each is about 1 on average)."""

    residents: Rhythm = Field(
        default=Rhythm(evening_and_night=1.3, working_day=0.4, weekend_day=0.7), description="residents"
    )
    visitors: Rhythm = Field(
        default=Rhythm(evening_and_night=0.55, working_day=1.5, weekend_day=2.6), description="visitors"
    )
    workers: Rhythm = Field(
        default=Rhythm(evening_and_night=0.1, working_day=3.3, weekend_day=0.5), description="workers"
    )


class Scenario(Section):
    """The stated scenario from cars to charging demand at public poles."""

    year: int = Field(default=2030, ge=2025, le=2060, description="year that the plan is made for")
    variant: Variant = Field(default="midden", description="scenario that the plan is made for: laag, midden or hoog")
    until_year: int = Field(default=2035, ge=2025, le=2060, description="last year of the forecast")
    curves: Curves = Field(default=Curves(), description="growth of the national share of electric cars")
    public_share_no_driveway: Share = Field(
        default=0.40,
        description="share of their energy that residents without a driveway of their own charge at public poles "
        "in the neighbourhood; the rest at work, fast and elsewhere (assumption: 4.6 electric cars per public point "
        "and 3,000 kWh per point, 2021, make 0.3 to 0.5; the use polled in Ede in June 2026 fits 0.3)",
    )
    public_share_driveway: Share = Field(
        default=0.05, description="the same of residents with a driveway of their own (assumption)"
    )
    km_per_car_year: Positive = Field(default=18500.0, description="distance per electric car and year (2022)")
    kwh_per_km: Positive = Field(default=0.20, description="use: 10,000 km is about 2,000 kWh")
    kwh_per_evse_year: Positive = Field(
        default=3000.0, description="energy a public charging point delivers in a year: its capacity in the plan"
    )
    driveway_share_houses: Share = Field(
        default=0.4,
        description="houses (no flats) with a driveway of their own where no dwelling was looked at, and of planned "
        "ones; planned flats have none (assumption: some 28 % of all dwellings over 64 % houses)",
    )
    visitor_share: Share = Field(
        default=0.05,
        description="energy that visitors charge at public poles, over all energy of the electric cars of the area's "
        "residents (assumption)",
    )
    visits: Visits = Field(default=Visits(), description="where visitors go")
    car_commute_share: Share = Field(default=0.6, description="jobs to which somebody drives (assumption)")
    work_energy_share: Share = Field(
        default=0.2, description="energy of an electric car that is driven to work, charged there (assumption)"
    )
    work_public_share: Share = Field(
        default=0.25, description="of which at public poles, not on the employer's ground (assumption)"
    )
    job_sizes: JobSizes = Field(default=JobSizes(), description="floor area per job where no jobs are given")
    floor_area_unknown_m2: Positive = Field(
        default=150.0, description="floor area of an address whose use is known and its area not (assumption)"
    )
    connected_h_per_session: Positive = Field(
        default=8.0, description="time a car stays connected at a public point (2025)"
    )
    kwh_per_session: Positive = Field(
        default=18.0, description="energy of a session at a public point (assumption; 9.4 kWh in sessions of 2018)"
    )
    rhythms: Rhythms = Field(default=Rhythms(), description="when they are connected")

    @model_validator(mode="after")
    def _years_in_order(self) -> "Scenario":
        if self.until_year < self.year:
            raise ValueError("until_year must not be before year")
        return self


class UsualDriveways(Section):
    """Share of dwellings with a driveway of their own per type, before the ground around them is looked at.

    Assumptions: no open figures per type are known. With the national stock of 2021 (CBS: 13 % detached, 9 % semi,
    42 % terrace, 36 % flat) they come to a quarter with a driveway, as the rule of thumb that 70 to 75 % have none.
    """

    vrijstaand: Share = Field(default=0.90, description="detached (assumption)")
    twee_onder_een_kap: Share = Field(default=0.75, description="semi (assumption)")
    hoekwoning: Share = Field(default=0.25, description="end of a terrace (assumption)")
    tussenwoning: Share = Field(default=0.10, description="within a terrace (assumption)")
    appartement: Share = Field(default=0.02, description="flat: a shared car park is nobody's own (assumption)")
    ligplaats_of_standplaats: Share = Field(default=0.20, description="mooring or pitch (assumption)")
    onbekend: Share = Field(default=0.25, description="type unknown: the mix of the country (assumption)")


class HomeRules(Section):
    """How dwellings are typed, and how likely a driveway of their own is."""

    facade_touch_m: Positive = Field(
        default=0.3, description="buildings this near to each other are attached (accuracy of the BGT)"
    )
    car_length_m: Positive = Field(default=5.0, description="length of a place for a car on own ground (NEN 2443)")
    car_width_m: Positive = Field(
        default=2.3, description="width of a place for a car on own ground (assumption: a car, and a door on one side)"
    )
    usual: UsualDriveways = Field(default=UsualDriveways(), description="share with a driveway per type of dwelling")


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
