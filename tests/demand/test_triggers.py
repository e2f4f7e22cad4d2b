from datetime import date

import numpy as np
import pandas as pd
import pytest

from laadplan.config.monitoring import Monitoring
from laadplan.config.project import SpotRules
from laadplan.config.scenario import Scenario
from laadplan.contracts.demand import BuurtDemand, DemandAreas, Shortfalls
from laadplan.contracts.figures import Requests
from laadplan.contracts.monitoring import Laaddruk, Triggers
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import Addresses
from laadplan.demand.ahead import Rate, forecast_rates, look_ahead
from laadplan.demand.erlang import blocking, desired_share, offered_load, points_to_add
from laadplan.demand.requested import open_requests
from laadplan.demand.triggers import find_triggers, has_room
from tests.demand.use_frames import AREAS
from tests.frames import NAN, make, point, shuffled

TODAY = date(2026, 1, 5)
MONITORING = Monitoring()
SPOTS = SpotRules()

ROW = {
    "kind": "gebied",
    "code": "BU1",
    "name": "Buurt BU1",
    "area_id": "BU1",
    "poles": 4,
    "evses": 8.0,
    "first_on": "2025-01-06",
    "last_on": "2026-01-04",
    "weeks": 13,
    "weeks_history": 52,
    "observed_share": 1.0,
    "occupancy_share": 0.3,
    "busiest_hour": "di 19:00",
    "busiest_share": 0.6,
    "desired_share": 0.5395,
    "laaddruk": 1.112,
    "laaddruk_low": 1.05,
    "laaddruk_high": 1.17,
    "kwh_evse_month": 300.0,
    "sessions_evse_month": 20.0,
    "growth_share_year": 0.3,
    "growth_low": 0.2,
    "growth_high": 0.4,
    "passes_on": None,
    "passes_from": None,
    "passes_until": None,
    "level": "actie",
    "reason": "Reden.",
}
BELOW = {"busiest_share": 0.4, "laaddruk": 0.741, "laaddruk_low": 0.7, "laaddruk_high": 0.78, "level": "ruim"}
UNKNOWN = {"level": "onbekend", "laaddruk": NAN, "busiest_share": NAN, "growth_share_year": NAN}


def laaddruk(*rows):
    """Laaddruk of rows with what differs from an overloaded area."""
    found = [ROW | row for row in rows]
    return make(Laaddruk, {f"{row['kind']}|{row['code']}": row for row in found})


def shortfalls(values, here=2):
    """Points lacking by area, year and scenario."""
    zero = dict.fromkeys(Shortfalls.columns(), 0.0)
    return make(
        Shortfalls,
        {
            f"{area}|{year}|{scenario}": zero
            | {"area_id": area, "year": year, "scenario": scenario, "evse_here": here, "far_addresses": 0}
            | {"unknown_addresses": 0, "shortfall_evse": lacking}
            for (area, year, scenario), lacking in values.items()
        },
    )


def buurt_demand(energy):
    """Energy by buurt, year and scenario."""
    zero = dict.fromkeys(BuurtDemand.columns(), 0.0) | {"basis": "model"}
    return make(
        BuurtDemand,
        {
            f"{buurt}|{year}|{scenario}": zero
            | {"buurtcode": buurt, "year": year, "scenario": scenario, "kwh_year": kwh}
            for (buurt, year, scenario), kwh in energy.items()
        },
    )


def requests(pc6s, is_open=True):
    """Requests by PC6."""
    row = {"requested_on": None, "pc4": "6731", "status": "ingediend", "is_open": is_open, "origin": None}
    return make(Requests, {f"r{number}": row | {"pc6": pc6} for number, pc6 in enumerate(pc6s)})


def addresses(places):
    """Addresses by PC6 and place."""
    return make(
        Addresses, {f"a{number}": {"postcode": pc6, "geometry": point(*at)} for number, (pc6, at) in enumerate(places)}
    )


def triggers(frame, *, today=TODAY, monitoring=MONITORING, spots=SPOTS, **given):
    """Triggers with what is given."""
    frames = dict.fromkeys(("shortfalls", "buurt_demand", "requests", "addresses")) | given
    return find_triggers(frame, AREAS, scenario=Scenario(), monitoring=monitoring, spots=spots, today=today, **frames)


def values(row, *names):
    """Values of a row by name; None where it is empty."""
    return [None if pd.isna(value) else value for value in row[list(names)]]


def test_an_overloaded_area_and_a_full_pole_set_off_iii_and_ii():
    pole = {"kind": "paal", "code": "P1", "name": "Dorpsstraat 1", "evses": 2.0, "desired_share": 0.1811}

    found = triggers(laaddruk({}, pole))

    assert found.index.to_list() == ["III|gebied|BU1", "II|paal|P1"]
    row = found.loc["III|gebied|BU1"]
    assert values(row, "level", "need_on", "start_on", "evses") == ["actie", None, None, 3.0]
    assert row["reason"].replace("\u00a0", " ") == (
        "Laaddruk 1,11 (1,05-1,17), boven de actiewaarde van 1: op di 19:00 is 60 % van 8 laadpunten bezet, gewenst is "
        "54 %. Met 3 laadpunten erbij (2 laadpalen) zakt de laaddruk onder de signaalwaarde."
    )
    assert "300\u00a0kWh en 20 laadbeurten per maand" in found.loc["II|paal|P1", "reason"]


@pytest.mark.parametrize("per_pole", [1, 2, 4])
def test_a_full_pole_asks_for_one_pole_near_it_however_full_it_is(per_pole):
    pole = {"kind": "paal", "code": "P1", "evses": 2.0, "desired_share": 0.1811, "busiest_share": 0.95}

    found = triggers(laaddruk(pole), spots=SpotRules(evse_per_pole=per_pole)).loc["II|paal|P1"]

    assert found["evses"] == per_pole
    assert found["reason"].endswith("Variant II: één laadpaal erbij, vlakbij.")


def test_an_area_is_told_in_points_and_in_poles():
    found = triggers(laaddruk({}), spots=SpotRules(evse_per_pole=1)).loc["III|gebied|BU1"]

    assert found["evses"] == 3.0
    assert "Met 3 laadpunten erbij (3 laadpalen)" in found["reason"].replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("kwh", "sessions", "room"),
    [(249.0, 24.0, True), (250.0, 24.0, False), (249.0, 25.0, False), (NAN, NAN, False)],
)
def test_a_pole_with_room_left_sets_nothing_off(kwh, sessions, room):
    pole = {"kind": "paal", "code": "P1", "kwh_evse_month": kwh, "sessions_evse_month": sessions}

    assert has_room(kwh, sessions, MONITORING) == room
    assert len(triggers(laaddruk(pole))) == (0 if room else 1)


def test_between_signal_and_act_value_a_pole_is_planned():
    row = {"laaddruk": 0.9, "level": "signaal", "busiest_share": 0.4856, "growth_share_year": NAN}

    found = triggers(laaddruk(row))

    assert values(found.loc["III|gebied|BU1"], "level", "need_on") == ["signaal", None]


def test_points_to_add_are_the_fewest_that_bring_laaddruk_below_the_signal_value():
    for points, share in [(2, 0.3), (8, 0.6), (20, 0.9), (2, 1.0)]:
        added = points_to_add(points, share, 0.05, 0.8)

        load = offered_load(points, share)
        ratios = [
            load * (1 - blocking(n, load)) / n / desired_share(n, 0.05) for n in (points + added - 1, points + added)
        ]
        assert ratios[0] >= 0.8 > ratios[1]


@pytest.mark.parametrize("points", [1, 2, 8, 40])
def test_the_offered_load_gives_back_its_occupancy(points):
    load = 0.7 * points

    assert offered_load(points, load * (1 - blocking(points, load)) / points) == pytest.approx(load)


def test_a_date_ahead_is_counted_back_with_the_lead_time():
    row = BELOW | {"passes_on": "2027-01-04"}

    found = triggers(laaddruk(row)).loc["IV|gebied|BU1"]
    late = triggers(laaddruk(row), today=date(2026, 8, 1)).loc["IV|gebied|BU1"]

    assert values(found, "level", "need_on", "start_on") == ["signaal", "2027-01-04", "2026-06-08"]
    assert values(late, "level", "need_on", "start_on") == ["actie", "2027-01-04", None]
    assert "gemeten 30\u00a0%" in found["reason"]


def test_measured_and_forecast_growth_are_weighed_by_their_variances():
    energy = {("BU1", 2026, "midden"): 100.0, ("BU1", 2028, "midden"): 100 * np.exp(2 * 0.5)}
    spread = {(b, y, s): k * (0.9 if s == "laag" else 1.1) for (b, y, _), k in energy.items() for s in ("laag", "hoog")}
    rates = forecast_rates(buurt_demand(energy | spread), ["BU1", "zone/1"], "midden", 2026)
    row = next(laaddruk(BELOW | {"passes_on": "2027-01-04"}).itertuples())

    found = look_ahead(row, rates["BU1"], MONITORING)

    assert rates["BU1"] == rates["zone/1"] == Rate(pytest.approx(0.5), 0.10)
    deviation = (np.log(1.4) - np.log(1.2)) / (2 * 1.28155)
    together = (np.log(1.3) / deviation**2 + 0.5 / 0.01) / (1 / deviation**2 + 1 / 0.01)
    assert found.together.growth == pytest.approx(together, rel=1e-4)
    assert (found.on - date(2026, 1, 4)).days == round(365 * np.log(1.3) / together)


def test_without_measured_growth_the_forecast_dates_from_the_middle_of_the_period():
    row = next(laaddruk(BELOW | {"growth_share_year": NAN, "growth_low": NAN, "growth_high": NAN}).itertuples())

    found = look_ahead(row, Rate(0.4, 0.1), MONITORING)

    years = np.log(0.5395 / 0.4) / 0.4 - 6.5 * 7 / 365.25
    assert (found.on - date(2026, 1, 4)).days == round(years * 365.25)
    assert look_ahead(row, None, MONITORING) is None
    assert look_ahead(row, Rate(-0.1, 0.1), MONITORING) is None
    assert look_ahead(row, Rate(0.03, 0.1), MONITORING) is None


def test_rates_are_unknown_without_two_years_of_forecast():
    one = buurt_demand({("BU1", 2026, "midden"): 100.0})

    assert forecast_rates(None, ["BU1"], "midden", 2026) == {"BU1": None}
    assert forecast_rates(BuurtDemand.empty(), ["BU1"], "midden", 2026) == {"BU1": None}
    assert forecast_rates(one, ["BU1"], "midden", 2026) == {"BU1": None}


def test_an_area_without_laaddruk_goes_by_the_forecast():
    lacking = {
        ("BU1", 2027, "midden"): 3.0,
        ("BU2", 2026, "midden"): 1.9,
        ("BU2", 2027, "hoog"): 9.0,
        ("BU2", 2028, "midden"): 2.4,
        ("BU2", 2029, "midden"): 5.0,
    }
    frame = laaddruk({}, UNKNOWN | {"code": "BU2", "area_id": "BU2"})

    found = triggers(frame, shortfalls=shortfalls(lacking))

    assert found.index.to_list() == ["III|gebied|BU1", "I|gebied|BU2"]
    row = found.loc["I|gebied|BU2"]
    assert values(row, "level", "need_on", "start_on", "evses") == ["signaal", "2028-01-01", "2027-06-05", 3.0]
    assert "in 2028 2,4 laadpunten tekort" in row["reason"]


def test_a_shortfall_of_this_year_is_to_be_started_now():
    found = triggers(laaddruk(UNKNOWN), shortfalls=shortfalls({("BU1", 2026, "midden"): 4.0}))

    assert values(found.loc["I|gebied|BU1"], "level", "need_on", "start_on") == ["actie", None, None]


@pytest.mark.parametrize(
    ("number", "here", "level", "evses"),
    [(1, 2, "signaal", 2.0), (4, 2, "actie", 2.0), (7, 2, "actie", 4.0), (1, 0, "actie", 2.0)],
)
def test_open_requests_per_area(number, here, level, evses):
    found = triggers(
        laaddruk(BELOW | {"growth_share_year": NAN}),
        requests=requests(["6731AA"] * number),
        addresses=addresses([("6731AA", (10, 10))]),
        shortfalls=shortfalls({("BU1", 2026, "midden"): 0.0}, here),
    )

    assert found.index.to_list() == ["aanvraag|gebied|BU1"]
    assert found.iloc[0][["level", "evses"]].to_list() == [level, evses]


def test_a_pc6_lies_where_most_of_its_addresses_do():
    quality = Quality()
    places = [
        ("6731AA", (10, 10)),
        ("6731AA", (110, 10)),
        ("6731AA", (120, 10)),
        ("6731AB", (10, 20)),
        ("6731AB", (110, 20)),
    ]

    found = open_requests(requests(["6731AA", "6731AB", "9999ZZ"]), addresses(places), AREAS, quality=quality)

    assert found.to_dict() == {"BU1": 1, "BU2": 1}
    assert quality.skipped == {"open aanvraag waarvan de PC6 in geen rekengebied ligt": 1}


def test_closed_requests_set_nothing_off():
    closed = requests(["6731AA"], is_open=False)

    assert triggers(laaddruk(), requests=closed, addresses=addresses([("6731AA", (10, 10))])).empty


def test_nothing_in_gives_nothing_out():
    found = find_triggers(
        Laaddruk.empty(), DemandAreas.empty(), shortfalls=Shortfalls.empty(), buurt_demand=BuurtDemand.empty(),
        requests=Requests.empty(), addresses=Addresses.empty(), scenario=Scenario(), monitoring=MONITORING, spots=SPOTS,
        today=TODAY,
    )  # fmt: skip

    pd.testing.assert_frame_equal(found, Triggers.empty())


def test_the_order_of_the_rows_does_not_matter():
    frame = laaddruk(BELOW | {"passes_on": "2027-01-04"}, UNKNOWN | {"code": "BU2", "area_id": "BU2"})
    lacking = shortfalls({("BU2", 2027, "midden"): 3.0, ("BU2", 2028, "midden"): 4.0})

    found = triggers(shuffled(frame), shortfalls=shuffled(lacking))

    pd.testing.assert_frame_equal(found, triggers(frame, shortfalls=lacking))
