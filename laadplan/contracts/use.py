"""Frames of charge points in detail and of their use."""

from typing import Annotated, Any, ClassVar

import pandas as pd
from pandera.typing import Index, Series
from pandera.typing.geopandas import GeoSeries

from laadplan.contracts.frame import Frame, Table, column, index

EVSE_STATUSES = ["AVAILABLE", "BLOCKED", "CHARGING", "INOPERATIVE", "OUTOFORDER", "RESERVED", "UNKNOWN"]
"""Statuses of an EVSE that exists, as OCPI 2.2.1 spells them."""

Moment = Annotated[pd.DatetimeTZDtype, "us", "UTC"]
"""A moment in UTC."""


class Evses(Frame):
    """Existing EVSE: charging points that serve one car at a time, whatever their number of connectors."""

    evse_id: Index[str] = index("EVSE id as the source writes it; without one: location and uid", source="OCPI")
    location_id: Series[str] = column("location, as in ChargePoints", source="OCPI")
    status: Series[str] = column(
        "status when the source was made; UNKNOWN where it is not given", isin=EVSE_STATUSES, source="OCPI"
    )
    connectors: Series[float] = column("connectors, of which one at a time is used", empty="not listed", ge=1)
    current: Series[str] = column("kind of current of its connectors", isin=["AC", "DC", "AC en DC", "onbekend"])
    max_power_kw: Series[float] = column("highest power of a connector", unit="kW", empty="unknown", gt=0)
    access: Series[str] = column("who may charge here", isin=["openbaar", "semi-openbaar", "onbekend"])
    party: Series[str] = column("country and party that publish it, as NL*ABC", empty="not given", source="OCPI")
    geometry: GeoSeries[Any] = column("location", unit="m")


class Sessions(Table):
    """Charging sessions, without anything that tells who charged: of a reader for digests, in no run folder."""

    _confidential: ClassVar[bool] = True

    session_id: Index[str] = index("number in order of time; the source's own id is not taken over")
    evse_id: Series[str] = column("EVSE", empty="not in the source")
    location_id: Series[str] = column("charging location", empty="not in the source")
    started_at: Series[Moment] = column("moment of plugging in", unit="UTC")
    ended_at: Series[Moment] = column("moment of plugging out", unit="UTC")
    connected_h: Series[float] = column("time between the two", unit="h", gt=0)
    charged_h: Series[float] = column("time in which energy flowed", unit="h", empty="not in the source", ge=0)
    energy_kwh: Series[float] = column("energy", unit="kWh", empty="not in the source, or not believed", ge=0)


class Occupancy(Table):
    """Polled status of charging locations: one row per location and moment; what was not polled has no row."""

    poll_id: Index[str] = index("location and moment, as location@2026-06-02T14:00:00Z")
    location_id: Series[str] = column("charging location")
    polled_at: Series[Moment] = column("moment of polling; of hourly figures the beginning of the hour", unit="UTC")
    evses: Series[float] = column("EVSE that the source counts here", unit="EVSE", gt=0)
    occupied: Series[float] = column("EVSE with a car at them", unit="EVSE", ge=0)
    available: Series[float] = column("EVSE free to use", unit="EVSE", empty="not told apart", ge=0)
    out_of_order: Series[float] = column("EVSE out of order", unit="EVSE", empty="not told apart", ge=0)
    unknown: Series[float] = column("EVSE of unknown status", unit="EVSE", empty="not told apart", ge=0)
