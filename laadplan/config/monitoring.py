"""How use is measured against the norm, and when that makes somebody act.

In: the ``monitoring`` of a config. Out: a frozen model.
"""

from typing import Annotated

from pydantic import Field, model_validator

from laadplan.config.section import Section

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]


class Monitoring(Section):
    """Laaddruk: realised occupancy at the busiest hour of the week over the desired occupancy."""

    risk_share: float = Field(
        default=0.05, gt=0, lt=1, description="chance, at the busiest hour, that all points are taken (Erlang B)"
    )
    weeks: int = Field(default=13, ge=4, description="period of measuring: complete weeks before the date (a quarter)")
    weeks_least: int = Field(default=8, ge=2, description="complete weeks below which no laaddruk is told")
    weeks_trend: int = Field(default=26, ge=8, description="complete weeks below which no trend and date are told")
    observed_least_share: Share = Field(
        default=0.8, description="share of the period that must have been observed for its figures to be told"
    )
    signal_ratio: Positive = Field(default=0.8, description="signal value: laaddruk from which a pole is planned")
    act_ratio: Positive = Field(default=1.0, description="act value: laaddruk from which it is started at once")
    lead_weeks: int = Field(
        default=30, ge=0, description="weeks from start to a working pole (gids: often over half a year)"
    )
    ahead_years: int = Field(default=5, ge=1, le=15, description="dates further ahead than this are out of sight")
    interval_share: float = Field(default=0.8, gt=0, lt=1, description="width of the intervals that are told")
    pole_kwh_month: Positive = Field(
        default=250.0, description="a pole is full only from this energy per point a month (Wassenaar)"
    )
    pole_sessions_month: Positive = Field(
        default=25.0, description="or from so many sessions per point a month (Wassenaar)"
    )
    sessions_least: int = Field(
        default=10, ge=1, description="sessions in the period below which a pole is not told of: they are few persons"
    )
    requests_per_pole: Positive = Field(default=3.5, description="requests that one overloaded pole yields (gids: 3-4)")

    @model_validator(mode="after")
    def _in_order(self) -> "Monitoring":
        if self.signal_ratio > self.act_ratio:
            raise ValueError("signal_ratio must not be above act_ratio")
        if self.weeks_least > self.weeks:
            raise ValueError("weeks_least must not be above weeks")
        return self
