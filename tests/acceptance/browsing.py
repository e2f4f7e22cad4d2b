"""The plankaart page opened in a real browser that may not reach anything.

In: a page on disk. Out: what the browser saw: requests, complaints, texts, popups and how many colours were drawn.
"""

from __future__ import annotations

import io
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

FIND_TARGETS = """
() => {
  if (typeof L === 'undefined') return [];
  const maps = Object.values(window).filter(value => value instanceof L.Map);
  const found = [];
  for (const map of maps) {
    const box = map.getContainer().getBoundingClientRect();
    map.eachLayer(layer => {
      if (!layer.getPopup || !layer.getPopup()) return;
      const place = layer.getLatLng ? layer.getLatLng()
        : layer.getBounds ? layer.getBounds().getCenter() : null;
      if (!place || !map.getBounds().contains(place)) return;
      const at = map.latLngToContainerPoint(place);
      found.push([at.x + box.x, at.y + box.y, layer.getLatLng ? 0 : 1]);
    });
  }
  return found.sort((a, b) => a[2] - b[2]).slice(0, 12);
}
"""
SHAPES = ".leaflet-marker-icon, path.leaflet-interactive"
POPUP = ".leaflet-popup-content, .maplibregl-popup-content, [role=dialog]"


@dataclass(frozen=True)
class Visit:
    """What a browser saw of a page."""

    requests: list[str]
    complaints: list[str]
    lang: str
    title: str
    text: str
    popup: str
    colours: int


def chromium() -> str | None:
    """Path of Debian's browser, None where it is not installed."""
    return shutil.which("chromium")


def visit(page_file: Path) -> Visit:
    """Open a page with every request but the page itself refused, and click until a popup shows."""
    from playwright.sync_api import sync_playwright

    requests: list[str] = []
    complaints: list[str] = []
    address = page_file.resolve().as_uri()

    def decide(route: Any) -> None:
        if route.request.url.split("#")[0] == address:
            route.continue_()
        else:
            requests.append(route.request.url)
            route.abort()

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--use-angle=swiftshader"]
        )
        page = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True).new_page()
        page.route("**/*", decide)
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", lambda request: complaints.append(f"failed: {request.url}"))
        page.goto(address, wait_until="load")
        page.wait_for_timeout(700)
        shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        seen = Visit(
            requests,
            complaints,
            page.evaluate("document.documentElement.lang"),
            page.title(),
            page.evaluate("document.body.innerText"),
            _popup(page),
            len(shot.getcolors(maxcolors=1280 * 900) or []),
        )
        browser.close()
    return seen


def _popup(page: Any) -> str:
    for x, y, _ in page.evaluate(FIND_TARGETS):
        page.mouse.click(x, y)
        if text := _shown(page):
            return text
    for shape in page.query_selector_all(SHAPES)[:12]:
        shape.dispatch_event("click")
        if text := _shown(page):
            return text
    return ""


def _shown(page: Any) -> str:
    page.wait_for_timeout(250)
    return next((node.inner_text() for node in page.query_selector_all(POPUP) if node.is_visible()), "")
