"""The reports opened in a browser without a network: they fit, are accessible, and their tables sort."""

from __future__ import annotations

import pytest
from playwright.sync_api import sync_playwright

from tests.conftest import absent, find_program
from tests.publish.reported import NAMES, demand_frames, use_frames
from tests.publish.test_monitor import page_of as monitor_page
from tests.publish.test_uitleg import page_of as plan_page
from tests.publish.test_vraag import page_of as demand_page

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_program("chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports")
    demand_page(folder, demand_frames())
    monitor_page(folder, use_frames())
    plan_page(folder)
    return folder


def opened(browser, path, width=1280):
    page = browser.new_context(viewport={"width": width, "height": 900}, offline=True).new_page()
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("requestfailed", lambda request: page.complaints.append(request.url))
    page.goto(path.as_uri())
    return page


@pytest.mark.parametrize("name", ["vraag", "monitor", "uitleg"])
@pytest.mark.parametrize("width", [1280, 400])
def test_a_report_fits_the_screen_and_axe_finds_nothing(browser, folder, repository, name, width):
    axe = repository / "node_modules/axe-core/axe.min.js"
    if not axe.is_file():
        absent("axe-core is not installed")
    page = opened(browser, folder / f"{name}.html", width)

    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.evaluate(axe.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run().then(result => result.violations)")
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == []
    assert page.complaints == []


def column_of(page, table, place):
    return [row.locator("th, td").nth(place).inner_text() for row in table.locator("tbody tr").all()]


def test_a_table_sorts_by_number_and_what_is_unknown_stays_last(browser, folder):
    page = opened(browser, folder / "vraag.html")
    table = page.locator("table", has=page.locator("caption", has_text="Per buurt, scenario midden"))
    button = table.locator("th[data-kolom='4'] button")

    button.click()
    falling = column_of(page, table, 0)
    button.click()
    rising = column_of(page, table, 0)

    assert falling == [*reversed(NAMES[:11]), NAMES[11]]
    assert rising == list(NAMES)
    assert table.locator("th[aria-sort='ascending']").count() == 1


def test_a_table_sorts_by_day(browser, folder):
    page = opened(browser, folder / "monitor.html")
    table = page.locator("table", has=page.locator("caption", has_text="Later dit kwartaal starten"))

    table.locator("th[data-kolom='3'] button").click()

    assert column_of(page, table, 3) == ["7 dec 2026", "20 dec 2026"]
    table.locator("th[data-kolom='3'] button").click()
    assert column_of(page, table, 3) == ["20 dec 2026", "7 dec 2026"]
