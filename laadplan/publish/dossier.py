"""The dossier of a site as a page and as a typeset sheet, in plain Dutch, with the same words in both.

In: a `Paper`: the dossier as data, its picture and what stands around it. Out: an HTML text and the bytes of a PDF. All
that is printed is in the paper, so that a paper kept on disk gives the same page and sheet years later.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from string import ascii_lowercase

from laadplan.contracts.dutch import day, number
from laadplan.policy.dossier import DOUBTFUL, PASSES, Dossier, Judgement, Place
from laadplan.policy.found import quantity
from laadplan.policy.interests import Fact
from laadplan.policy.quantities import NOT_APPLICABLE, UNKNOWN, Quantity
from laadplan.policy.rivals import CHOSEN, RESERVE
from laadplan.policy.visits import Visit
from laadplan.publish.blocks import (
    Beside,
    Block,
    Bullets,
    Facts,
    Grid,
    Heading,
    Notice,
    Paragraph,
    Picture,
    Report,
    Run,
    Style,
    Words,
    blocks_markup,
)
from laadplan.publish.page import asset, page, tag
from laadplan.publish.popups import ORIENTATIONS
from laadplan.publish.sheet import typeset

CONCEPT = "CONCEPT"
SIGNS: dict[str, tuple[str, Style]] = {
    "voldoet": ("✓ voldoet", "good"),
    "voldoet niet": ("✗ voldoet niet", "bad"),
    "onbekend": ("? onbekend", "doubt"),
    "n.v.t.": ("– n.v.t.", "quiet"),
}
"""Verdict to its sign with the word, and its style."""

COUNTED = {"schouw": "(schouw)", "voldoet": "(telt als voldoet)", "voldoet niet": "(telt als niet)"}
"""What an unknown verdict counts as, in short."""

STANDING = (
    "Dit dossier is een concept. Laadplan rekent; de gemeente weegt en besluit. Wat niet gemeten is, heet onbekend en "
    "telt niet als goedkeuring."
)
TWO_SETS = (
    "De criteria staan in twee groepen: regels voor de plaatsing (de gemeente als eigenaar van de grond) en regels "
    "voor het verkeer (het verkeersbesluit). Een eis sluit uit, een wens telt mee in de score. Een norm van een ander "
    "is pas beleid als deze gemeente hem heeft vastgesteld."
)
COMPARED = dict.fromkeys((CHOSEN, RESERVE, PASSES, DOUBTFUL), "Waarom niet voorgesteld")
"""Head over what is said of the alternatives, by the status of the site; another one lost itself."""

WITHOUT_VALUE = (NOT_APPLICABLE, UNKNOWN)
"""Texts of quantities that have no value: these are listed together."""

MAP_SIZE_MM = (98.0, 84.0)
"""Width and height of the map detail."""


@dataclass(frozen=True)
class SourceNote:
    """A source that the dossier stands on: its name, reference date and a hash of its files."""

    name: str
    label: str
    reference_on: str
    sha256: str


@dataclass(frozen=True)
class Paper:
    """A dossier with all that is printed around it; ``version`` is that of laadplan."""

    dossier: Dossier
    picture_svg: str
    municipality: str
    disclaimer: str
    config_sha256: str
    sources: tuple[SourceNote, ...]
    version: str


def make_page(paper: Paper) -> str:
    """The dossier as a self-contained page."""
    report = make_report(paper)
    head = tag("div", tag("span", report.author), tag("strong", report.mark), class_="kop")
    foot = tag("div", tag("span", report.footer), class_="voet")
    body = tag("main", head, blocks_markup(report.blocks), foot)
    return page(report.title, body, styles=[asset("report.css")])


def make_sheet(paper: Paper) -> bytes:
    """The dossier as a PDF."""
    return typeset(make_report(paper))


def make_report(paper: Paper) -> Report:
    """What the page and the sheet say."""
    dossier = paper.dossier
    title = f"Locatiedossier {_address(dossier.place)}"
    return Report(
        title=title,
        blocks=tuple(_blocks(paper)),
        author=paper.municipality or "Gemeente onbekend",
        mark=CONCEPT,
        footer=f"{title} · {dossier.locatie_id} · stand {day(dossier.on)}",
        on=dossier.on,
    )


def _blocks(paper: Paper) -> Iterator[Block]:
    dossier = paper.dossier
    letters = _letters(dossier)
    yield Heading(f"Locatiedossier: {_address(dossier.place)}", 1)
    status = Run(f"{_standing(dossier.status)}. ", "strong")
    yield Notice((status, Run(dossier.reason), *_still_open(dossier)))
    explained = tuple(Paragraph((Run(text, "quiet"),)) for text in (STANDING, TWO_SETS))
    yield Beside((_where(dossier), *explained), (_picture(paper),), share=0.43)
    yield Heading("Getoetst aan de criteria")
    for name, rows in (("Plaatsing", dossier.placing), ("Verkeer", dossier.traffic)):
        yield Heading(name, 3)
        yield _judged(rows, letters) if rows else Paragraph("In deze groep zijn geen criteria vastgesteld.")
    yield from _measured(dossier.measured, letters)
    yield from _alternatives(dossier)
    yield Heading("Belangen om te wegen")
    yield _interests(dossier, letters)
    yield Heading("Onbekend: voor de schouw en om na te vragen")
    lines = tuple(_visit(each) for each in dossier.visits)
    half = (len(lines) + 1) // 2
    yield Beside((Bullets(lines[:half]),), (Bullets(lines[half:]),)) if lines[half:] else Bullets(lines)
    yield Heading("Bronnen en verantwoording")
    yield from _account(paper, letters)


# --- the place --------------------------------------------------------------------------------------------------------


def _address(place: Place) -> str:
    if place.street == UNKNOWN:
        return "straat onbekend"
    return place.street if place.house_number == UNKNOWN else f"{place.street}, bij nummer {place.house_number}"


def _where(dossier: Dossier) -> Facts:
    place = dossier.place
    postcode = f"{place.postcode[:4]} {place.postcode[4:]}" if place.postcode != UNKNOWN else "postcode onbekend"
    count = len(place.bay_ids)
    return Facts(
        (
            ("Plaats", f"{postcode}, {place.town if place.town != UNKNOWN else 'plaats onbekend'}"),
            ("Buurt", place.buurt),
            ("Kant", place.side),
            ("Paal (RD)", f"x {number(place.x_m, 2)}, y {number(place.y_m, 2)}"),
            ("Vakken", f"{count}, {ORIENTATIONS.get(place.orientation, place.orientation)}; nu: {place.regime}"),
            ("Vakcodes", (Run(", ".join(place.bay_ids), "quiet"),)),
            ("Wegdeel", (Run(place.road_part_id, "quiet"),)),
            ("Wegbeheerder", f"{place.road_manager} (NWB); {place.maintainer} (bronhouder BGT)"),
            ("Locatiecode", (Run(dossier.locatie_id, "quiet"),)),
            ("Score (wensen)", f"{quantity(dossier.score, 'share')} van het hoogst haalbare"),
        ),
        label_share=0.28,
    )


def _standing(status: str) -> str:
    """The status as a heading; a place in the plan is a proposal until there is a decree."""
    return f"Voorstel: {status}" if status in (CHOSEN, RESERVE) else f"{status[:1].upper()}{status[1:]}"


def _still_open(dossier: Dossier) -> tuple[Run, ...]:
    """That an eis is unknown stands at the top: such a place is not yet known to meet them."""
    unknown = [row for row in (*dossier.placing, *dossier.traffic) if (row.kind, row.verdict) == ("eis", UNKNOWN)]
    if not unknown:
        return ()
    names = ", ".join(f"{row.label[:1].lower()}{row.label[1:]}" for row in unknown)
    noun = "eis is" if len(unknown) == 1 else "eisen is"
    lost = any(row.kind == "eis" and row.counts_as == "voldoet niet" for row in (*dossier.placing, *dossier.traffic))
    return (
        Run(" Ook onbekend: " if lost else " Eerst een schouw: ", "strong"),
        Run(f"van {len(unknown)} {noun} niet bekend of de plek voldoet ({names})."),
    )


def _picture(paper: Paper) -> Picture:
    what = f"Kaart van de straat rond {_address(paper.dossier.place)} met de vakken, de paal en de alternatieven."
    caption = "Kaartdetail, noord is boven. Letters: alternatieven, zie hieronder. Meters bij een letter: hemelsbreed."
    return Picture(paper.picture_svg, alt=what, caption=caption)


# --- the criteria -----------------------------------------------------------------------------------------------------


def _judged(rows: Iterable[Judgement], letters: dict[tuple[str, str], str]) -> Grid:
    return Grid(
        head=("Criterium", "Gemeten", "Norm", "Verschil", "Oordeel"),
        rows=tuple(_judged_row(row, letters) for row in rows),
        widths=(0.4, 0.17, 0.23, 0.08, 0.12),
    )


def _judged_row(row: Judgement, letters: dict[tuple[str, str], str]) -> tuple[Words, ...]:
    source = Run(f"{row.kind}; norm: {row.source}", "quiet", new_line=True)
    measured = f"{row.measured} (schatting)" if row.estimated and "schatting" not in row.measured else row.measured
    known = row.verdict not in (UNKNOWN, "n.v.t.")
    data = letters.get((row.data_source, row.data_on)) if known else None
    sign, style = SIGNS[row.verdict]
    return (
        (Run(row.label), source),
        (Run(measured), *([Run(f" [{data}]", "quiet")] if data else [])),
        row.norm,
        row.margin,
        (Run(sign, style), *([Run(f" {COUNTED[row.counts_as]}", "quiet")] if row.verdict == UNKNOWN else [])),
    )


def _measured(found: tuple[Quantity, ...], letters: dict[tuple[str, str], str]) -> Iterator[Block]:
    yield Heading("Ook gemeten, zonder norm", 3)
    if not found:
        yield Paragraph("Er is verder niets gemeten.")
        return
    known = [each for each in found if each.text not in WITHOUT_VALUE]
    runs: list[Run] = []
    for each in known:
        letter = letters.get((each.data_source, each.data_on))
        runs += [Run(f"{each.label}: "), Run(each.text, "strong"), Run(f" [{letter}]; " if letter else "; ", "quiet")]
    for text in WITHOUT_VALUE:
        labels = [f"{each.label[:1].lower()}{each.label[1:]}" for each in found if each.text == text]
        runs += [Run(f"{text[:1].upper()}{text[1:]}: {', '.join(labels)}; ")] if labels else []
    yield Paragraph((*runs[:-1], Run(runs[-1].text.removesuffix("; ") + ".")))


# --- alternatives, interests, what is unknown -------------------------------------------------------------------------


def _alternatives(dossier: Dossier) -> Iterator[Block]:
    yield Heading("Alternatieven op loopafstand")
    yield Paragraph(" ".join(dossier.considered))
    if dossier.alternatives:
        yield Grid(
            head=("Nr.", "Plek", "Lopen", "Gevel", "Score", COMPARED.get(dossier.status, "Vergeleken met deze plek")),
            rows=tuple(
                (
                    (Run(each.letter, "strong"),),
                    (Run(each.place), Run(each.locatie_id, "quiet", new_line=True)),
                    f"{number(each.walk_m, 0, 'm')}",
                    each.facade,
                    quantity(each.score, "share"),
                    each.why,
                )
                for each in dossier.alternatives
            ),
            widths=(0.03, 0.27, 0.06, 0.08, 0.06, 0.5),
        )


def _interests(dossier: Dossier, letters: dict[tuple[str, str], str]) -> Grid:
    return Grid(
        head=("Belang", "Wat bekend is op deze plek"),
        rows=tuple(
            ((Run(each.label), Run(each.article, "quiet", new_line=True)), _facts(each.facts, letters))
            for each in dossier.interests
        ),
        widths=(0.32, 0.68),
    )


def _facts(facts: Iterable[Fact], letters: dict[tuple[str, str], str]) -> Words:
    """Sentences with the letters of their sources; what comes from one source has its letter once, at its end."""
    runs: list[Run] = []
    for source, told in groupby(facts, key=lambda each: (each.data_source, each.data_on)):
        letter = letters.get(source)
        runs += [Run(" ".join(each.text for each in told)), Run(f" [{letter}] " if letter else " ", "quiet")]
    return tuple(runs)


def _visit(visit: Visit) -> Words:
    return (Run(f"{visit.label} ({visit.where}). ", "strong"), Run(visit.action), Run(f" Nu: {visit.why}.", "quiet"))


# --- sources ----------------------------------------------------------------------------------------------------------


def _letters(dossier: Dossier) -> dict[tuple[str, str], str]:
    """Letter of each source with its date, in order of first use; several sources together have one letter."""
    used = [(row.data_source, row.data_on) for row in (*dossier.placing, *dossier.traffic)]
    used += [(each.data_source, each.data_on) for each in dossier.measured]
    used += [(each.data_source, each.data_on) for interest in dossier.interests for each in interest.facts]
    named = [each for each in dict.fromkeys(used) if each[0]]
    return {each: ascii_lowercase[place % 26] * (1 + place // 26) for place, each in enumerate(named)}


def _account(paper: Paper, letters: dict[tuple[str, str], str]) -> Iterator[Block]:
    sources = "; ".join(f"[{letter}] {_dated(label, on)}" for (label, on), letter in letters.items())
    yield Paragraph(f"Bron en peildatum van wat is gemeten: {sources}." if sources else "Er is geen bron opgegeven.")
    yield Paragraph(paper.disclaimer)
    if later := _later(paper):
        yield Notice(f"Let op: de peildatum ligt na de stand van dit dossier bij {', '.join(later)}.")
    yield Paragraph(
        (
            Run(
                f"Stand van {day(paper.dossier.on)}. Gemaakt met laadplan {paper.version}; instellingen "
                f"{paper.config_sha256[:12]}. Hash van elke bron: zie het JSON-bestand bij dit dossier. Afstanden zijn "
                "hemelsbreed vanaf het hart van de paal, tenzij er iets anders staat; een rand in de BGT is op één of "
                "twee decimeter nauwkeurig.",
                "quiet",
            ),
        )
    )


def _later(paper: Paper) -> list[str]:
    """Sources whose reference date lies after the day of the dossier: what it says was then not known."""
    on = paper.dossier.on.isoformat()
    return [each.label or each.name for each in paper.sources if each.reference_on > on]


def _dated(labels: str, dates: str) -> str:
    """Names of sources, each with its date."""
    pairs = zip(labels.split("; "), dates.split("; "), strict=False)
    return " en ".join(f"{label}, {_day(on)}" for label, on in pairs)


def _day(on: str) -> str:
    try:
        return day(date.fromisoformat(on))
    except ValueError:
        return "peildatum onbekend" if on == UNKNOWN else on
