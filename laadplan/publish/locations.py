"""How a location is numbered and named wherever it is published.

In: `Sites`. Out: numbers from west to east, and names such as ``Koeweg, bij nummer 13``.
"""

import re

import geopandas as gpd
import pandas as pd

from laadplan.contracts.dutch import is_known

PREFERRED, RESERVE, DROPPED = "voorkeurslocatie", "reservelocatie", "afgevallen"
LOCATION_ID = re.compile(r"[^\s|]+@\d+")
"""A locatie_id inside a sentence."""


def with_status(sites: gpd.GeoDataFrame, status: str) -> gpd.GeoDataFrame:
    """Sites with a status, from west to east; on a tie in order of id."""
    chosen = sites[sites["status"] == status]
    return chosen.sort_index().sort_values("x_rd", kind="stable")


def numbered(sites: gpd.GeoDataFrame) -> dict[str, int]:
    """Number of each preferred site, from west to east, from 1."""
    return {str(site): place for place, site in enumerate(with_status(sites, PREFERRED).index, start=1)}


def near_address(site: pd.Series) -> str:
    """Street and near house number, or what is known of them."""
    if not is_known(site["straat"]):
        return "Straat onbekend"
    return f"{site['straat']}, bij nummer {site['huisnummer']}" if is_known(site["huisnummer"]) else str(site["straat"])


def readable(sentence: str, numbers: dict[str, int], names: dict[str, str]) -> str:
    """The sentence with the code of a preferred site replaced by its number and name.

    >>> readable("Reserve voor a.b@0012: deelt geen vak.", {"a.b@0012": 3}, {"a.b@0012": "Koeweg, bij nummer 13"})
    'Reserve voor locatie 3 (Koeweg, bij nummer 13): deelt geen vak.'
    """

    def named(match: re.Match[str]) -> str:
        site = match.group(0)
        return f"locatie {numbers[site]} ({names[site]})" if site in numbers else site

    return LOCATION_ID.sub(named, sentence).replace("voorkeurslocatie locatie", "voorkeurslocatie")
