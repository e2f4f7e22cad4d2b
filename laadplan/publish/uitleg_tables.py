"""What explains a plan, as tables of the workbook of the plankaart.

In: frames of `laadplan.contracts.choosing`. Out: tables under Dutch names, each keeping its contract, by name of the
sheet.
"""

import pandas as pd

from laadplan.contracts.reports import AlternatievenPerLocatie, Grenzen, Kromme, Onbediend, renamed

FROM_UNSERVED = {
    "buurtcode": "buurtcode",
    "kwh_year": "laadvraag_kwh_jaar",
    "unserved_kwh_year": "onbediend_kwh_jaar",
    "reason": "reden",
    "detail": "uitleg",
}
FROM_LIMITS = {
    "kind": "soort",
    "about": "waarvan",
    "unit": "eenheid",
    "is_floor": "ondergrens",
    "limit": "grens",
    "used": "gebruikt",
    "binds": "bereikt",
    "broken_by": "niet_gehaald",
    "why_broken": "waarom_niet",
    "worth_per_unit": "waarde_per_eenheid",
}
FROM_ALTERNATIVES = {
    "other_ids": "in_de_plaats",
    "worth_lost": "verlies_kwh_jaar",
    "served_lost_kwh_year": "minder_bediend_kwh_jaar",
    "detail": "uitleg",
}
FROM_CURVE = {
    "poles_allowed": "palen_toegestaan",
    "poles_chosen": "palen_gekozen",
    "served_kwh_year": "bediend_kwh_jaar",
    "served_share": "aandeel_bediend",
    "objective": "waarde",
    "bound": "bovengrens",
    "is_plan": "dit_plan",
}
"""Columns of our frames to those of the sheets."""

ROUNDED = 4
"""Decimals in a workbook: more would be false precision."""


def plan_tables(
    unserved: pd.DataFrame, limits: pd.DataFrame, alternatives: pd.DataFrame, curve: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """`Unserved`, `PlanLimits`, `Alternatives` and `PoleCurve` as tables of the workbook."""
    found = {
        "onbediend": renamed(unserved, FROM_UNSERVED, Onbediend),
        "grenzen": renamed(limits, FROM_LIMITS, Grenzen),
        "alternatieven": renamed(alternatives, FROM_ALTERNATIVES, AlternatievenPerLocatie),
        "kromme": renamed(curve, FROM_CURVE, Kromme),
    }
    return {name: table.round(ROUNDED) for name, table in found.items()}
