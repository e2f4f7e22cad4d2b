"""Households of a buurt that is cut by the area, spread over its addresses.

In: addresses (all that the source holds), buurten, the area. Out: per address in the area its buurt and its share of
the buurt's households, and per buurt the share of its addresses that lies in the area.

Formula
-------
``share = addresses in the area / max(addresses in the source, households)``. The second term of the maximum is for a
source that holds only part of a buurt: counting its few addresses as the whole buurt would put all households on them.
"""

import geopandas as gpd
import pandas as pd
import shapely

from laadplan.geo.nearest import containing

LIVING = "woonfunctie"
"""Use of what people live in, as the BAG spells it."""

COMPLETE_SHARE = 0.9
"""A source with fewer addresses than this share of the households misses part of the buurt; CBS rounds to fives."""


def buurt_shares(addresses: gpd.GeoDataFrame, buurten: gpd.GeoDataFrame, area: shapely.Geometry | None) -> pd.DataFrame:
    """Per buurt (index ``buurtcode``): ``addresses_in_area``, ``addresses_in_source``, ``share`` and ``households``.

    ``households`` are those in the area; missing where the buurt's figure is.

    Parameters
    ----------
    addresses
        `Addresses`, all that the source holds.
    buurten
        `Buurten` with figures of the whole buurt.
    area
        The area of the plan in RD New; None: everything.
    """
    buurt = containing(addresses.geometry, buurten.geometry)
    inside = inside_area(addresses, area)
    shares = pd.DataFrame(index=buurten.index)
    shares["addresses_in_source"] = buurt.value_counts().reindex(buurten.index).fillna(0).astype(int)
    shares["addresses_in_area"] = buurt[inside].value_counts().reindex(buurten.index).fillna(0).astype(int)
    whole = shares["addresses_in_source"].where(
        shares["addresses_in_source"] >= buurten["households"].fillna(0), buurten["households"]
    )
    shares["share"] = (shares["addresses_in_area"] / whole).where(shares["addresses_in_area"] > 0, 0.0)
    shares["households"] = buurten["households"] * shares["share"]
    return shares


def inside_area(addresses: gpd.GeoDataFrame, area: shapely.Geometry | None) -> pd.Series:
    """Whether each address lies in the area."""
    if area is None:
        return pd.Series(True, index=addresses.index)
    return addresses.within(area)


def incomplete_buurten(shares: pd.DataFrame, buurten: gpd.GeoDataFrame) -> list[str]:
    """Codes of buurten in the area of which the source clearly holds fewer addresses than there are households."""
    fewer = shares["addresses_in_source"] < COMPLETE_SHARE * buurten["households"]
    return sorted(shares.index[fewer & (shares["addresses_in_area"] > 0)])
