"""The explanation of a plan: uitleg.html.

In: `PlanFrames` and config. Out: a page for readers, in plain Dutch, that works without a network; equal input gives
equal bytes. It says how good the plan is, what it brings, what it cannot serve and why, what binds, what more poles
would bring, and what else could be chosen.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pandas as pd

from laadplan.config.optimisation import Optimisation
from laadplan.config.project import Publication, Walking
from laadplan.config.scenario import Scenario
from laadplan.config.section import Section
from laadplan.config.sources import Sources
from laadplan.contracts.dutch import counted, day, number, percent
from laadplan.publish.about import Figure, assumption_lines, source_table, walk_line
from laadplan.publish.assumptions import assumption_table
from laadplan.publish.chapters import key_figures, report_page, sentences
from laadplan.publish.dekking import ground_on_page
from laadplan.publish.page import Html, joined, tag
from laadplan.publish.plan_frames import PlanFrames
from laadplan.publish.uitleg_proof import counted_part, curve_part, proof_part, status_words
from laadplan.publish.uitleg_why import (
    alternatives_part,
    brings_part,
    coverage_part,
    limits_part,
    shares,
    unserved_part,
)
from laadplan.publish.vraag_map import Ground

TITLE = "Uitleg bij het plan: waarom deze locaties"


def write_explanation(
    target: Path,
    frames: PlanFrames,
    *,
    ground: Ground | None,
    sources: Sources,
    scenario: Scenario,
    optimisation: Optimisation,
    walking: Walking,
    publication: Publication,
    today: date,
    walk: str | None = None,
) -> None:
    """Writes ``uitleg.html``.

    Parameters
    ----------
    target
        File to write.
    frames, ground
        RD New; the ground beneath the maps as its contracts say, or None.
    sources, scenario, optimisation, walking, publication
        What is printed as source and as assumption.
    today
        Date of making, as printed.
    walk
        How walking was taken, as `laadplan.publish.about.walk_line` says it; None: estimated.
    """
    settings: Mapping[str, Section] = {"optimisation": optimisation, "scenario": scenario, "walking": walking}
    drawn = ground_on_page(frames, ground)
    chapters = [
        ("kort", "In het kort", _in_short(frames, scenario)),
        ("bewijs", "Hoe goed is dit plan?", proof_part(frames)),
        ("geteld", "Wat er is geteld", counted_part(frames, optimisation, walking)),
        ("opbrengst", "Wat het plan brengt", brings_part(frames)),
        ("dekking", "Dekking voor en na", coverage_part(frames, drawn, walking.norm_m, walk or walk_line(walking))),
        ("onbediend", "Wat het plan niet kan bedienen, en waarom", unserved_part(frames, drawn)),
        ("grenzen", "Welke grenzen knellen", limits_part(frames)),
        ("kromme", "Wat meer of minder palen zouden brengen", curve_part(frames)),
        ("alternatieven", "Het beste alternatief per locatie", alternatives_part(frames)),
        ("aannames", "Uitgangspunten en aannames", _assumptions(scenario, walking, settings, walk)),
        ("bronnen", "Bronnen", source_table(sources)),
    ]
    subtitle = f"{day(today)}. Laadvraag van {scenario.year}, scenario {scenario.variant}: schattingen."
    text = report_page(TITLE, subtitle, chapters, publication=publication, today=today)
    target.write_text(text, encoding="utf-8", newline="\n")


def _in_short(frames: PlanFrames, scenario: Scenario) -> Html:
    before, after = shares(frames)
    lost = float(frames.unserved["unserved_kwh_year"].sum())
    figures = [
        _new_sites(frames),
        Figure(after, f"van de laadvraag in {scenario.year} bediend", f"nu {before}; schatting"),
        Figure(number(lost / 1000, 0, "MWh"), "per jaar blijft onbediend", _main_reason(frames, lost)),
        *_broken(frames),
    ]
    first = [tag("p", tag("strong", status_words(pd.Series(frames.solutions.loc["plan"]))))] if _proven(frames) else []
    return joined([*first, key_figures(figures)])


def _new_sites(frames: PlanFrames) -> Figure:
    """Locations, poles and charge points are three numbers where there are laadpleinen."""
    sites, points = len(frames.chosen), int(frames.chosen["aantal_laadpunten"].sum())
    poles = int(frames.solutions["poles_chosen"].get("plan", sites))
    told = f"{counted(poles, 'paal', 'palen')} en " if poles != sites else ""
    noun = "nieuwe laadlocatie" if sites == 1 else "nieuwe laadlocaties"
    return Figure(number(sites), noun, f"met {told}{counted(points, 'laadpunt', 'laadpunten')}")


def _proven(frames: PlanFrames) -> bool:
    return "plan" in frames.solutions.index


def _main_reason(frames: PlanFrames, lost: float) -> str:
    """The reason of most that is unserved."""
    if not lost:
        return "het plan bedient alles"
    sums = frames.unserved.groupby("reason", sort=True)["unserved_kwh_year"].sum()
    reason = str(sums.idxmax())
    return f"{percent(float(sums.max()) / lost)} hiervan: {reason}"


def _broken(frames: PlanFrames) -> list[Figure]:
    """Limits that the plan does not keep; none where it keeps all."""
    broken = frames.limits[frames.limits["broken_by"] > 0]
    if broken.empty:
        return []
    kinds = ", ".join(sorted(broken["kind"].unique()))
    noun = "grens die niet wordt gehaald" if len(broken) == 1 else "grenzen die niet worden gehaald"
    return [Figure(number(len(broken)), noun, kinds)]


def _assumptions(scenario: Scenario, walking: Walking, settings: Mapping[str, Section], walk: str | None) -> Html:
    return joined([sentences(assumption_lines(scenario, walking, walk)), assumption_table(settings)])
