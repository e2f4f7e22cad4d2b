"""Chapters of the explanation of a plan: how good it is, what was counted, and what one pole more would bring.

In: `PlanFrames`, config. Out: `Html`. The proof is told in plain words first, in figures after that. How many seconds
it took is not told: the same plan gives the same page.
"""

from collections.abc import Iterator
from math import ceil, isfinite

import pandas as pd

from laadplan.config.optimisation import Optimisation
from laadplan.config.project import Walking
from laadplan.contracts.dutch import NBSP, counted, is_known, number, percent, short_number
from laadplan.publish.about import ROUNDING, STOPPED, computed_with, how_good, proof_lines, proven_gap
from laadplan.publish.chapters import Column, data_table, rolling, sentences
from laadplan.publish.charts import draw_curve
from laadplan.publish.page import Html, joined, tag
from laadplan.publish.plan_frames import BOOK, MWH, PlanFrames

BOUND_BY = {
    "prices": "met prijzen per kWh: daaruit is de bovengrens apart nagerekend, zonder de zoeker",
    "solver": "door de oplosser zelf",
}
"""What proves the bound, in words."""

STATUS = {
    "optimal": "aantoonbaar het beste plan",
    "within_gap": "bewezen binnen de gevraagde marge",
    "feasible": "niet bewezen binnen de gevraagde marge",
}
"""Status of a solution in words."""


BELOW_NIL = (
    "De waarde is lager dan nul doordat wensen die het plan niet haalt, als verlies meetellen. Ook dan is een hogere "
    "waarde beter."
)
"""What must be said of a plan that is worth less than nothing."""


def status_words(proof: pd.Series) -> str:
    """How good the plan is, in one sentence."""
    if proof["status"] == "optimal":
        return f"Dit plan is aantoonbaar het beste. {how_good(proof)}"
    return how_good(proof)


def proof_part(frames: PlanFrames) -> Html:
    """How good the plan is, and how that is known."""
    lines = list(proof_lines(frames.solutions, frames.balances))
    if "plan" not in frames.solutions.index:
        return sentences(lines)
    proof = pd.Series(frames.solutions.loc["plan"])
    words = (
        "Elk plan krijgt één getal: de waarde, in kWh per jaar. Van de bovengrens is bewezen dat geen enkel plan er "
        "boven komt. Het verschil tussen die twee is alles wat er nog te winnen kan zijn."
    )
    rows: list[list[object]] = [
        ["Oordeel", STATUS[str(proof["status"])]],
        ["Waarde van het plan", number(proof["objective"], 0, "kWh per jaar")],
        ["Bovengrens: meer kan niet", _bound(proof)],
        ["Verschil: meer is er niet te winnen", proven_gap(proof)],
        ["Gevraagde marge", percent(proof["gap_asked"], 2)],
        ["Bovengrens bewezen", BOUND_BY[str(proof["bound_by"])]],
        ["Gestopt", STOPPED[str(proof["stopped_by"])]],
        ["Berekend met", computed_with(proof)],
        ["Nieuwe palen", f"{number(proof['poles_chosen'])} van de {number(proof['poles_allowed'])} die mochten"],
    ]
    table = data_table("Bewijs", [Column("Wat"), Column("Uitkomst")], rows, workbook=BOOK)
    below = tag("p", BELOW_NIL) if float(str(proof["objective"])) < 0 else None
    return joined([tag("p", tag("strong", status_words(proof))), tag("p", words), below, table])


def _bound(proof: pd.Series) -> str:
    bound = float(str(proof["bound"]))
    return number(ceil(bound), 0, "kWh per jaar") if isfinite(bound) else "niet bekend"


def counted_part(frames: PlanFrames, optimisation: Optimisation, walking: Walking) -> Html:
    """What counts in the worth of a plan, each with its price."""
    words = (
        "De waarde is één gewogen som. Alles is uitgedrukt in kWh per jaar die aan de deur wordt bediend, zodat elke "
        "wens een prijs heeft die iedereen kan zien en veranderen."
    )
    columns = [Column("Wat telt"), Column("Waarde"), Column("Instelling")]
    rows = [[what, worth, tag("code", key)] for what, worth, key in _terms(optimisation, walking)]
    return joined([tag("p", words), data_table("Wat er is geteld", columns, rows, workbook=BOOK)])


def _terms(optimisation: Optimisation, walking: Walking) -> Iterator[tuple[str, str, str]]:
    def kwh(value: float) -> str:
        return f"{short_number(value)}{NBSP}kWh per jaar"

    norm = f"{short_number(walking.norm_m)}{NBSP}m"
    yield "Een kWh die aan de deur wordt bediend", f"1{NBSP}kWh", ""
    yield f"Een kWh die op {norm} lopen wordt bediend", f"{short_number(optimisation.far_worth)}{NBSP}kWh", "far_worth"
    yield (
        "Hoogste score op de wensen, bij een paal in vol gebruik",
        kwh(optimisation.score_worth_kwh),
        "score_worth_kwh",
    )
    yield "Elke nieuwe paal, zodat er geen ongebruikt staat", f"−{kwh(optimisation.pole_least_kwh)}", "pole_least_kwh"
    if optimisation.poles_per_buurt_min or optimisation.cover_squares:
        penalty = f"−{kwh(optimisation.floor_penalty_kwh)}"
        yield "Elke paal die onder een ondergrens ontbreekt", penalty, "floor_penalty_kwh"
    if optimisation.buurt_served_share_min > 0:
        share = percent(optimisation.buurt_served_share_min)
        what = f"Elke kWh waarmee een buurt onder {share} bediend blijft"
        yield what, f"−{short_number(optimisation.equity_penalty)}{NBSP}kWh", "equity_penalty"
    if optimisation.previous_plan:
        yield "Elke locatie van het vorige plan die blijft", kwh(optimisation.keep_worth_kwh), "keep_worth_kwh"


def curve_part(frames: PlanFrames) -> Html:
    """Demand served against number of poles."""
    curve = frames.curve.sort_values("poles_allowed")
    if curve.empty:
        return tag("p", "Er zijn geen plannen met andere aantallen berekend.")
    shown = pd.DataFrame(
        {
            "poles": curve["poles_allowed"],
            "served": curve["served_kwh_year"] * MWH,
            "worth": curve["objective"] * MWH,
            "bound": curve["bound"] * MWH,
            "is_plan": curve["is_plan"],
        }
    )
    words = (
        "Elk punt is een eigen plan: met meer palen kunnen ook andere plekken worden gekozen. De bewezen bovengrens "
        "hoort bij de waarde van een plan, niet bij de bediende kWh: een kWh verder van de deur telt voor minder. Aan "
        "dit plan is het meest gerekend; hoeveel beter elk van de andere nog kan zijn, staat in de laatste kolom."
    )
    drawing = draw_curve("kromme", "Bediende laadvraag (MWh per jaar) tegen aantal nieuwe palen", shown)
    columns = [Column("Nieuwe palen"), Column("Gekozen", "number"), Column("Bediend (MWh per jaar)", "number", 1)]
    columns += [Column("Deel van de laadvraag", "share", 1), Column("Erbij per paal (kWh per jaar)", "number")]
    columns += [Column("Waarde (kWh per jaar)", "number"), Column("Bovengrens (kWh per jaar)", "number")]
    columns += [Column("Hoogstens beter", "share", 2)]
    more = curve["served_kwh_year"].diff() / curve["poles_allowed"].diff()
    rows = [
        [
            f"{row['poles_allowed']} (dit plan)" if row["is_plan"] else str(row["poles_allowed"]),
            row["poles_chosen"],
            row["served_kwh_year"] * MWH,
            row["served_share"],
            extra if is_known(extra) else Html(""),
            row["objective"],
            ceil(row["bound"] - ROUNDING) if isfinite(row["bound"]) else None,
            _gap(row["objective"], row["bound"]),
        ]
        for (_, row), extra in zip(curve.iterrows(), more, strict=True)
    ]
    table = data_table("Plannen van andere aantallen", columns, rows, workbook=BOOK)
    return joined([tag("p", words), *_next_pole(curve), rolling(drawing, "Kromme van bediende laadvraag"), table])


def _gap(objective: float, bound: float) -> float | None:
    """Share by which a plan may be better at most, rounded up; None where that is not known."""
    if not isfinite(bound):
        return None
    return ceil(10_000 * max(bound - objective, 0.0) / max(abs(objective), 1.0) - ROUNDING) / 10_000


def _next_pole(curve: pd.DataFrame) -> list[Html]:
    """What the next poles bring, in a sentence."""
    place = int(curve["is_plan"].to_numpy().argmax())
    if not curve["is_plan"].any() or place + 1 >= len(curve):
        return []
    now, later = curve.iloc[place], curve.iloc[place + 1]
    poles = int(later["poles_allowed"] - now["poles_allowed"])
    more = float(later["served_kwh_year"] - now["served_kwh_year"])
    if more < 1.0:
        words = "Het plan met meer palen bedient niet meer: niet hun aantal lijkt hier de grens."
        return [tag("p", tag("strong", words))]
    words = (
        f"{counted(poles, 'paal', 'palen')} meer dan in dit plan {'bedient' if poles == 1 else 'bedienen'} samen "
        f"{number(more, 0, 'kWh')} per jaar extra: {number(more / poles, 0, 'kWh')} per paal."
    )
    return [tag("p", tag("strong", words))]
