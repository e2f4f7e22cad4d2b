from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from laadplan.config.scenario import Scenario
from laadplan.publish.about import NORMS, UNTESTED
from laadplan.publish.popups import charge_point_popup, site_popup, white_spot_popup
from laadplan.publish.webmap import SHOWN, write_webmap
from tests.conftest import absent, find_program
from tests.publish.conftest import HOSTILE, make_empty_frames, make_frames, make_words
from tests.publish.handmade import isochrones

pytestmark = pytest.mark.slow

LAYERS = [
    "Voorkeurslocaties", "Reservelocaties", "Bestaande laadlocaties", "Parkeervakken bij een locatie",
    "Witte vlekken nu: geen paal op loopafstand", "Witte vlekken na uitvoering van het plan",
    "Buurten: vraag, aanbod en tekort", "Afgevallen locaties",
]  # fmt: skip


RESET = """() => {
  window[kaart.gegevens.kaart].closePopup().fitBounds(first, { animate: false });
  document.querySelector('.over').open = false;
}"""
OPEN = """(kind) => window[kaart.gegevens.kaart].eachLayer(layer => {
  if (layer.feature && layer.feature.properties.soort === kind && layer.getPopup()) layer.openPopup();
})"""
"""Opens the popup of the last feature of a kind."""
REST = """() => new Promise(done => {
  let last = '', same = 0;
  const look = () => {
    const popup = [...document.querySelectorAll('.leaflet-popup')].pop();
    const { x, y, width } = popup.getBoundingClientRect();
    const now = [x, y, width, getComputedStyle(popup).opacity].join();
    const panning = document.querySelector('.leaflet-pan-anim') !== null;
    same = now === last && !panning ? same + 1 : 0;
    last = now;
    same < 5 ? setTimeout(look, 100) : requestAnimationFrame(() => done(now));
  };
  look();
})"""
"""Waits until the map no longer pans, and the last popup stands still and is no longer fading in."""
POPUPS = """(kind) => {
  const found = {};
  window[kaart.gegevens.kaart].eachLayer(layer => {
    if (layer.feature && layer.feature.properties.soort === kind) {
      found[layer.feature.properties.titel] = layer.feature.properties.rijen;
    }
  });
  return Object.entries(found);
}"""
"""Title and rows of every feature of a kind."""


WATCH = """window.zoomed = false;
new MutationObserver(() => { window.zoomed ||= document.querySelector('.leaflet-zoom-anim') !== null; })
  .observe(document, { subtree: true, attributes: true });"""
"""Notes whether the map ever zooms with an animation."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = find_program("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--use-angle=swiftshader"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the street."""
    return written(tmp_path_factory.mktemp("kaart"), make_frames())


@pytest.fixture(scope="module")
def desk(browser: Browser, page_file: Path) -> Iterator[Page]:
    page = open_page(browser, page_file)
    page.evaluate("() => { window.first = window[kaart.gegevens.kaart].getBounds(); }")
    yield page
    page.close()


@pytest.fixture
def opened(desk: Page) -> Page:
    """The page of the street on a desk, as it looked at first."""
    desk.evaluate(RESET)
    return desk


def written(folder: Path, frames: dict[str, Any], title: str = "Plankaart laadpalen Voorbeeld") -> Path:
    target = folder / "plankaart.html"
    write_webmap(target, **frames, **make_words(title), scenario=Scenario())
    return target


def open_page(browser: Browser, path: Path, width: int = 1280, height: int = 900) -> Page:
    """The page in a browser without a network; what it asked for and complained of stands in its attributes."""
    page = browser.new_context(viewport={"width": width, "height": height}, offline=True).new_page()
    page.asked, page.complaints = [], []  # type: ignore[attr-defined]
    address = path.resolve().as_uri()
    page.on("request", lambda request: request.url == address or page.asked.append(request.url))  # type: ignore[attr-defined]
    page.on("console", lambda message: page.complaints.append(message.text))  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.complaints.append(str(error)))  # type: ignore[attr-defined]
    page.goto(address)
    page.wait_for_selector(".noord")
    return page


def click_site(page: Page, kind: str = "voorkeurslocaties") -> str:
    """Text of the popup that a click on the first sign of a layer opens."""
    page.locator(f".merk.{kind}").first.click()
    return page.locator(".uitleg").last.inner_text()


def test_page_asks_nothing_and_complains_of_nothing(opened: Page) -> None:
    click_site(opened)
    assert opened.asked == []  # type: ignore[attr-defined]
    assert opened.complaints == []  # type: ignore[attr-defined]


def test_page_holds_no_library_but_leaflet(page_file: Path) -> None:
    text = page_file.read_text(encoding="utf-8")
    assert re.findall(r"cdn\.|jquery|bootstrap|font-?awesome|<link", text, re.IGNORECASE) == []


def test_legend_names_every_layer_with_a_sign(opened: Page) -> None:
    rows = opened.locator(".legenda label")
    assert [row.locator(".laag").inner_text() for row in rows.all()] == LAYERS
    assert all(row.locator("svg.teken").count() == 1 for row in rows.all())
    assert opened.locator("h2", has_text="Legenda").is_visible()


def test_dropped_sites_are_off_until_asked_for(opened: Page) -> None:
    crosses = opened.locator(".leaflet-afgevallen-pane path")
    assert crosses.count() == 0
    opened.get_by_label("Afgevallen locaties").focus()
    opened.keyboard.press("Space")
    assert crosses.count() == 1
    opened.keyboard.press("Space")


def test_click_on_a_site_shows_street_facts_and_verdicts(opened: Page) -> None:
    text = click_site(opened).replace("\u00a0", " ")
    for told in (
        "1. Voorbeeldlaan, bij nummer 12",
        "Voorkeurslocatie",
        "1234 AB, Voorbeeld",
        "langs de stoeprand",
        "4.321 kWh per jaar (rekenwaarde, ten hoogste wat de paal aankan)",
        "gemeente (G0001, bronhouder in de BGT)",
        "weg.a@0010",
    ):
        assert told in text
    cells = opened.locator(".uitleg").last.locator(".oordeel").all_inner_texts()
    assert cells == ["voldoet", "n.v.t.", "voldoet niet", "onbekend"]
    assert "9,28 m" in text
    assert "Bron: bron van afstand_boom" in text
    assert re.search(r"Toegewezen laadvraag in 2030\s+4\.321 kWh", text)
    assert re.search(r"Vraag op loopafstand\s+9\.876 kWh per jaar \(schatting\)", text)
    assert re.search(r"Wegbeheerder \(niet getoetst\)\s+gemeente \(G0001", text)
    assert re.search(r"Netbeheerder\s+onbekend", text)
    assert not re.search(r"\b(nan|None|null|undefined)\b", text)


def test_reserve_says_whose_reserve_it_is(opened: Page) -> None:
    text = click_site(opened, "reservelocaties")
    assert (
        "Reserve voor locatie 1 (Voorbeeldlaan, bij nummer 12): bereikt 80 % van dezelfde vraag (schatting), "
        "ligt 60 m verderop en deelt geen vak."
    ) in text
    assert re.search(r"Toegewezen laadvraag in 2030\s+niet in het plan", text)


def test_charge_points_say_whether_they_count_as_supply(opened: Page) -> None:
    """One of two counts: the plan names it among the existing poles."""
    names = opened.evaluate(POPUPS, "laadpaal")
    assert {name: [text for told, text in rows if told == "Telt mee als aanbod"] for name, rows in names} == {
        "Voorbeeldlaan": ["ja"],
        "Garage": ["nee (semi-openbaar)"],
    }
    opened.evaluate(OPEN, "laadpaal")
    text = opened.locator(".uitleg").last.inner_text()
    assert "Bestaande laadlocatie" in text
    assert re.search(r"Telt mee als aanbod\s+nee \(semi-openbaar\)", text)


def test_site_opens_with_the_keyboard_and_gives_focus_back(opened: Page) -> None:
    page = opened
    page.locator(".merk.voorkeurslocaties").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".uitleg")
    assert page.evaluate("document.activeElement.className") == "uitleg"
    page.keyboard.press("Escape")
    page.wait_for_selector(".uitleg", state="detached")
    assert "voorkeurslocaties" in page.evaluate("document.activeElement.className")


def test_buurt_and_white_spot_explain_themselves(opened: Page) -> None:
    page = opened
    page.evaluate(OPEN, "buurt")
    text = page.locator(".uitleg").last.inner_text().replace("\u00a0", " ")
    assert re.search(r"Tekort\s+10\.000 kWh per jaar \(schatting\)", text)
    assert re.search(r"Aanbod van alle laadpunten\s+12\.000 kWh per jaar \(schatting\)", text)
    assert "het deel van de buurt op deze kaart: 50,0 % van de buurt." in text
    page.evaluate(OPEN, "witte-vlek")
    spot = page.locator(".uitleg", has_text="Witte vlek").last.inner_text().replace("\u00a0", " ")
    assert re.search(r"Adressen met vraag\s+7", spot)
    assert "geen laadpaal binnen 250 m lopen (schatting). De omtrek is bij benadering." in spot


def test_explanation_tells_sources_scenario_and_proof(opened: Page) -> None:
    opened.locator(".over summary").click()
    text = opened.locator(".over").inner_text().replace("\u00a0", " ")
    for told in (
        "BGT van het voorbeeld", "2 januari 2026", "CC0", "Let op.", "Concept.", "voor 2030", "250 m",
        "omwegfactor 1,3",
        "schatting", "Binnen dit rekenmodel en met deze aannames is geen plan meer dan 0,40 % (4 kWh per jaar) beter.",
        "HiGHS, versie 1.15.1", "1 van de 3", "Voorbeeldlaan",
        "zeven parameters", "23 november 2026", "Niet getoetst", NORMS, *UNTESTED,
        "Afstand tot de boom (eis: moet; grondslag: plaatsing). Norm: ten minste 1,50 m.",
        "Loopafstand (wens: telt mee in de score; grondslag: plaatsing). Norm: ten hoogste 250 m.",
    ):  # fmt: skip
        assert told in text, told
    assert "bewezen" not in text.lower()


def test_list_of_sites_leads_to_the_map(opened: Page) -> None:
    page = opened
    page.locator(".locaties button").first.click()
    page.wait_for_selector(".uitleg")
    assert page.evaluate("window[kaart.gegevens.kaart].getZoom()") >= 18


@pytest.mark.parametrize("width", [1280, 390])
def test_page_fits_desk_and_phone_and_axe_finds_nothing_serious(
    browser: Browser, opened: Page, page_file: Path, repository: Path, width: int
) -> None:
    page = opened if width == 1280 else open_page(browser, page_file, width=width, height=800)
    click_site(page)
    page.evaluate(REST)
    box = page.locator(".uitleg").last.bounding_box()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert violations(page, repository / "node_modules/axe-core/axe.min.js") == []


def violations(page: Page, axe: Path) -> list[tuple[str, str]]:
    """Serious faults that axe finds, each with the first element at fault."""
    if not axe.is_file():
        absent("axe-core is not installed")
    page.evaluate("() => { document.querySelector('.over').open = true; }")
    page.evaluate(axe.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run().then(result => result.violations)")
    return [(rule["id"], rule["nodes"][0]["html"]) for rule in found if rule["impact"] in ("serious", "critical")]


def test_map_opens_at_its_place_without_zooming_there(browser: Browser, page_file: Path) -> None:
    """A click while the map zooms is lost."""
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.add_init_script(WATCH)
    page.goto(page_file.resolve().as_uri())
    page.wait_for_selector(".noord")
    assert page.evaluate("() => new Promise(done => setTimeout(() => done(window.zoomed), 500))") is False
    page.close()


def test_hostile_text_stays_text(browser: Browser, tmp_path: Path) -> None:
    path = written(tmp_path, make_frames(HOSTILE), title=HOSTILE)
    page = open_page(browser, path)
    shown = click_site(page) + click_site(page, "laadpalen")
    assert HOSTILE in shown
    assert page.locator("h1").inner_text() == HOSTILE
    assert page.evaluate("window.gehackt") is None
    assert page.locator("img").count() == 0
    assert page.complaints == []  # type: ignore[attr-defined]


def test_empty_plan_gives_a_page(browser: Browser, tmp_path: Path) -> None:
    page = open_page(browser, written(tmp_path, make_empty_frames()))
    assert page.locator("text=Dit plan heeft geen voorkeurslocaties.").is_visible()
    assert page.complaints == []  # type: ignore[attr-defined]


def test_unknown_address_is_said_to_be_unknown() -> None:
    site = make_frames()["sites"].iloc[0].copy()
    site[["straat", "huisnummer", "postcode", "woonplaats", "wegbeheerder"]] = None
    told = site_popup(site, numbers={}, names={}, scenario=Scenario(), verdicts=[])
    unknown = {name for name, text in told["rijen"] if text == "onbekend"}
    assert told["titel"] == "Straat onbekend"
    assert {"Postcode en plaats", "Wegbeheerder (niet getoetst)", "Netbeheerder"} <= unknown


@pytest.mark.parametrize(("access", "counts", "told"), [
    ("openbaar", True, "ja"), ("semi-openbaar", False, "nee (semi-openbaar)"), ("onbekend", False, "nee (onbekend)"),
    ("onbekend", True, "ja"),
])  # fmt: skip
def test_charge_point_says_why_it_does_not_count(access: str, counts: bool, told: str) -> None:
    point = make_frames()["charge_points"].iloc[0].copy()
    point[["access", "name", "address"]] = [access, None, None]
    popup = charge_point_popup(point, counts=counts)
    assert dict(map(tuple, popup["rijen"]))["Telt mee als aanbod"] == told
    assert (popup["titel"], popup["label"]) == ("Bestaande laadlocatie", "Bestaande laadlocatie")


@pytest.mark.parametrize(("place", "when"), [(0, "na uitvoering van het plan"), (1, "nu")])
def test_white_spot_says_that_its_outline_is_rough(place: int, when: str) -> None:
    told = white_spot_popup(make_frames()["white_spots"].iloc[place], 250.0)["tekst"].replace("\u00a0", " ")
    assert told == f"Hier is {when} geen laadpaal binnen 250 m lopen (schatting). De omtrek is bij benadering."


def test_bytes_are_equal_in_two_processes_and_for_shuffled_rows(
    page_file: Path, tmp_path: Path, repository: Path
) -> None:
    program = """
import sys; from pathlib import Path; from laadplan.config.scenario import Scenario
from laadplan.publish.webmap import write_webmap; from tests.publish.conftest import make_frames, make_words
frames = {name: frame.sample(frac=1, random_state=3) for name, frame in make_frames().items()}
write_webmap(Path(sys.argv[1]), **frames, **make_words(), scenario=Scenario())
"""
    other = tmp_path / "nog-eens.html"
    environment = os.environ | {"PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, "-c", program, str(other)], check=True, cwd=repository, env=environment)
    assert other.read_bytes() == page_file.read_bytes()


def test_coverage_is_a_layer_of_its_own_that_is_off_at_first(tmp_path):
    target = written(tmp_path, make_frames() | {"isochrones": isochrones()})
    text = target.read_text(encoding="utf-8")

    assert [text.count(label) for label in ("Dekking nu: een paal", "Dekking na uitvoering")] == [1, 1]
    assert "Dekking nu" not in written(tmp_path, make_frames()).read_text(encoding="utf-8")
    assert not [layer for layer in SHOWN if layer.startswith("dekking")]
