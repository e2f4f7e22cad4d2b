"""What stands beside the map on the page: figures in short, legend, list of sites, explanation.

In: figures, sites, an explanation. Out: `Html`.
"""

from collections.abc import Iterable

import geopandas as gpd

from laadplan.publish.about import Figure
from laadplan.publish.locations import PREFERRED, near_address, with_status
from laadplan.publish.page import Html, joined, tag
from laadplan.publish.palette import GROUND
from laadplan.publish.symbols import ground_symbol

GROUND_LABELS = {
    "pand": "Gebouw",
    "rijbaan": "Rijbaan en parkeervak",
    "voetpad": "Stoep, fietspad, inrit",
    "groen": "Groen",
    "water": "Water",
}
"""Class of the ground to its name in the legend."""


def side_panel(figures: Iterable[Figure], sites: gpd.GeoDataFrame, about: Html) -> Html:
    """The whole column beside the map."""
    return joined([_figures(figures), _legend(), _list_of_sites(sites), _about(about)])


def _figures(figures: Iterable[Figure]) -> Html:
    items = [
        tag("li", tag("strong", figure.value), " ", tag("span", figure.label), " ", tag("small", figure.remark))
        for figure in figures
    ]
    return tag("section", tag("h2", "In het kort"), tag("ul", *items, class_="cijfers"))


def _legend() -> Html:
    """The legend: the layers, filled in by the page, and the ground."""
    ground = [tag("li", ground_symbol(GROUND[name]), " ", label) for name, label in GROUND_LABELS.items()]
    return tag(
        "section",
        tag("h2", "Legenda"),
        tag("p", "Zet een laag aan of uit. Klik op een teken op de kaart voor uitleg.", class_="hulp"),
        tag("div", id="lagen"),
        tag("ul", *ground, class_="grond"),
        class_="legenda",
    )


def _list_of_sites(sites: gpd.GeoDataFrame) -> Html:
    chosen = with_status(sites, PREFERRED)
    items = [
        tag("li", tag("button", tag("b", place), " ", near_address(site), type="button", data_locatie=identifier))
        for place, (identifier, site) in enumerate(chosen.iterrows(), start=1)
    ]
    none = tag("p", "Dit plan heeft geen voorkeurslocaties.") if not items else None
    return tag("section", tag("h2", "Voorkeurslocaties"), none or tag("ol", *items, class_="locaties"))


def _about(about: Html) -> Html:
    return tag("details", tag("summary", "Over deze kaart"), about, class_="over")
