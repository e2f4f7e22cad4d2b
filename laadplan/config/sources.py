"""The sources of a project: where each lies, and what must be printed with every figure that comes from it.

In: the ``sources`` of a config. Out: frozen models. A source that the config leaves out is not
read; what needs it says so.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from laadplan.config.section import Section

NAMELESS = "bron zonder naam"
"""Printed of a source without a label."""

Year = Annotated[int, Field(ge=1900, le=2200, strict=True)]


class Source(Section):
    """One source: where it lies, and what must be printed with every figure that comes from it."""

    path: str = Field(description="file or folder, relative to this config; ${NAME} is taken from the environment")
    layer: str | None = Field(default=None, description="layer in the file; empty: its only layer")
    label: str = Field(default="", description="name of the source as it is printed in outputs")
    reference_on: Year | date | None = Field(
        default=None, description="reference date (peildatum) of the figures; a year alone where the day is unknown"
    )
    licence: str = Field(default="onbekend", description="licence under which the source was delivered")
    note: str = Field(default="", description="what a reader must know, e.g. that shapes are approximate")
    columns: dict[str, str] = Field(
        default_factory=dict, description="our column name: the source's column name, where it is not recognised"
    )

    @property
    def printed(self) -> str:
        """Name as printed in outputs; never the path, for that of a KLIC delivery tells where was dug."""
        return self.label or NAMELESS


class DialectSource(Source):
    """A municipal register, for which there are ready mappings."""

    dialect: str | None = Field(
        default=None, description="ready mapping that goes before recognition, e.g. amsterdam; empty: recognised"
    )


class MappedSource(Source):
    """A source without a standard, read through a mapping of its columns and words."""

    values: dict[str, dict[str, str]] = Field(
        default_factory=dict, description="our column name: {the source's word: ours}, where it is not recognised"
    )


class BaySource(DialectSource, MappedSource):
    """Parking bays: a register with a dialect and words of its own."""


class ZoneSource(MappedSource):
    """A polygon layer and what its polygons mean."""

    kind: Literal["uitsluiting", "eigendom", "erfgoed", "bodem", "werk", "parkeerdruk", "rekengebied"] = Field(
        description="what the polygons are: uitsluiting, eigendom, erfgoed, bodem, werk (planned works), parkeerdruk "
        "or rekengebied (areas that demand and use are counted for, instead of the CBS buurten)"
    )


class ForecastSource(MappedSource):
    """A forecast and the unit of its figures."""

    unit: Literal["EVSE", "kWh"] = Field(description="unit of the figures: EVSE (charging points) or kWh (a year)")


class SessionSource(Source):
    """Charging sessions and, where the file does not say so, the unit of their energy."""

    unit: Literal["kWh", "Wh"] | None = Field(default=None, description="unit of the energy; empty: as the file says")


class Sources(Section):
    """The sources of a run. The plan needs the first five; ``null`` leaves one out, where there is no plan to make."""

    bgt: Source | None = Field(
        default=Source(path="bgt", label="BGT"),
        description="BGT: folder with GML-light (bgt_*.gml), a GeoPackage or SQLite conversion, or OGC API JSON",
    )
    addresses: Source | None = Field(
        default=Source(path="bag_adressen.gpkg", label="BAG-adressen"),
        description="BAG: light GeoPackage, Extract 2.0 (zip), WFS or OGC API JSON, or a GeoPackage with addresses",
    )
    buurten: Source | None = Field(
        default=Source(path="cbs_buurten.gpkg", label="CBS wijken en buurten"),
        description="CBS buurten with households (GeoPackage, JSON)",
    )
    charge_points: MappedSource | None = Field(
        default=MappedSource(path="laadpunten_ocpi.json", label="NDW laadpunten (OCPI)"),
        description="existing charge points: OCPI locations, DOT-NL GeoJSON, OSM, or a list through a mapping",
    )
    car_stock: Source | None = Field(
        default=Source(path="autos_pc4.csv", label="KiM/CBS autobezit per PC4"),
        description="cars per household and share of electric cars per PC4 (CSV)",
    )
    trees: DialectSource | None = Field(
        default=None, description="municipal tree register (CSV, GeoPackage, SHP, GeoJSON); empty: trees from the BGT"
    )
    buurt_figures: Source | None = Field(
        default=None, description="CBS key figures per buurt, wijk and gemeente without shapes (OData, JSON)"
    )
    squares: Source | None = Field(default=None, description="CBS squares of 100 or 500 m")
    postcodes: Source | None = Field(default=None, description="CBS figures per PC4 or PC6")
    registrations: Source | None = Field(default=None, description="RDW open data, aggregated counts (CSV, JSON)")
    municipal_cars: Source | None = Field(default=None, description="totals of cars per municipality (CSV)")
    parking_bays: dict[str, BaySource] = Field(
        default_factory=dict, description="parking bays by a name of your own: municipal registers, OSM"
    )
    cables: dict[str, Source] = Field(
        default_factory=dict,
        description="cable layouts by a name of your own: KLIC deliveries (confidential), grid operators' open data",
    )
    grid_capacity: dict[str, MappedSource] = Field(
        default_factory=dict, description="indications of grid capacity by a name of your own: capacity map, own list"
    )
    signs: Source | None = Field(default=None, description="NDW traffic signs (JSON, GeoJSON, CSV)")
    decrees: Source | None = Field(default=None, description="published traffic decrees (SRU), as rollout history")
    sessions: SessionSource | None = Field(default=None, description="charging sessions: OCPI CDRs or CSV")
    occupancy: MappedSource | None = Field(
        default=None, description="polled status of charge points (folder of snapshots)"
    )
    requests: MappedSource | None = Field(default=None, description="drivers' requests, without names")
    planned_homes: Source | None = Field(default=None, description="planned dwellings")
    jobs: Source | None = Field(default=None, description="jobs (LISA or other)")
    road_managers: MappedSource | None = Field(default=None, description="road managers (NWB wegbehsrt)")
    forecast: ForecastSource | None = Field(default=None, description="official forecast per buurt and year")
    walking: Source | None = Field(
        default=None, description="walking network: OSM (XML, PBF, Overpass JSON), NWB; empty: from the BGT"
    )
    rasters: dict[str, Source] = Field(default_factory=dict, description="rasters by a name of your own (GeoTIFF, COG)")
    zones: dict[str, ZoneSource] = Field(default_factory=dict, description="polygon layers by a name of your own")

    def given(self) -> dict[str, Source]:
        """Every source given, by its dotted name and in the order of the config: ``bgt``, ``cables.klic``."""
        found: dict[str, Source] = {}
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, Source):
                found[name] = value
            elif value:
                found |= {f"{name}.{key}": source for key, source in value.items()}
        return found
