"""Every file of the real data is read, or refused with a reason that a person understands.

A table says of each file what must happen to it. The folder is walked: a file that no line of the table is about fails,
and so does a line about a file that is not there. Numbers of rows are those counted in the files with `json` and `csv`,
or of the readers' own tests on these files; those of edges of walking networks are what the reader gave.
"""

import re
from collections.abc import Callable, Sized
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from laadplan.errors import BadInput
from laadplan.ingest import bgt
from laadplan.ingest.addresses import read_addresses
from laadplan.ingest.bag import read_dwellings
from laadplan.ingest.cables import read_cables
from laadplan.ingest.car_stock import read_vehicles
from laadplan.ingest.cbs import read_buurten
from laadplan.ingest.cbs_figures import read_buurt_figures
from laadplan.ingest.cbs_tables import read_postcodes
from laadplan.ingest.charge_points import read_charge_points
from laadplan.ingest.grid_capacity import read_grid_capacity
from laadplan.ingest.occupancy import read_occupancy
from laadplan.ingest.parking_bays import read_parking_bays
from laadplan.ingest.raster import read_raster
from laadplan.ingest.rdw import read_registrations
from laadplan.ingest.sessions import read_sessions
from laadplan.ingest.signs import read_signs
from laadplan.ingest.tree_register import read_trees
from laadplan.ingest.walking import read_walking
from laadplan.ingest.zones import read_zones

pytestmark = pytest.mark.real

Reader = Callable[..., Any]

ADVICE = r"\b(?:[Nn]ame|[Dd]eliver|[Pp]ut|[Cc]orrect|[Ss]ave|[Uu]npack|[Dd]ownload|[Ff]etch)\b"
"""What a refusal asks somebody to do."""

LONGEST_MESSAGE = 1_000
"""Characters of a refusal that somebody still reads; a list of the columns of a wide table is long."""


@dataclass(frozen=True)
class Read:
    """Files that are read by a reader: the rows there must be."""

    files: str
    reader: Reader
    rows: int
    options: tuple[tuple[str, Any], ...] = ()
    whole_folder: bool = False
    """Whether the folder of the files is read at once; else each file is."""


@dataclass(frozen=True)
class Refused:
    """Files that are refused by the reader that they would be given to, in these words."""

    files: str
    reader: Reader
    words: str


@dataclass(frozen=True)
class NoSource:
    """Files that are no source."""

    files: str


def walked(path: Path) -> Sized:
    """Edges of a walking network."""
    return read_walking(path)[1]


def zones(path: Path, **options: Any) -> Sized:
    """Polygons of which the config says that they exclude."""
    return read_zones(path, kind="uitsluiting", **options)


def cells(path: Path, **options: Any) -> Sized:
    """Rows of cells of a raster."""
    return read_raster(path, **options).values


def bgt_frames(folder: Path) -> Sized:
    """Rows of all frames of the BGT."""
    readers = (bgt.read_road_parts, bgt.read_terrain, bgt.read_buildings, bgt.read_trees, bgt.read_obstacles)
    return [row for reader in readers for row in reader(folder).index]


AMSTERDAM, OTTERLO, WESSEM = "amsterdam-zeeheldenbuurt", "ede-otterlo", "maasgouw-wessem"
PARKING = f"{AMSTERDAM}/parking/amsterdam_zeeheldenbuurt_parkeren.gpkg"

TABLE: tuple[Read | Refused | NoSource, ...] = (
    NoSource("README.md"),
    NoSource("optim/*"),
    # Otterlo
    Read(f"{OTTERLO}/bgt/bgt_*.gml", bgt_frames, 1252 + 1988 + 1711 + 2088 + 1999, whole_folder=True),
    Read(f"{OTTERLO}/bag/dutch_addresses_28992.gpkg", read_addresses, 2481),
    Read(f"{OTTERLO}/cbs/cbs_buurten2024_ede_DERIVED.gpkg", read_buurten, 71),
    Read(f"{OTTERLO}/cbs/GM0228.json", read_buurt_figures, 89),
    Read(f"{OTTERLO}/cbs/gemeentegrens_ede.gpkg", zones, 1),
    Read(f"{OTTERLO}/chargers/ede.details.json", read_charge_points, 507),
    Read(f"{OTTERLO}/chargers/ede.geojson", read_charge_points, 679),
    Read(f"{OTTERLO}/chargers/snapshots/2026-06-*.json", read_occupancy, 53_219, whole_folder=True),
    Read(f"{OTTERLO}/osm/osm_parking_spaces_ede.geojson", read_parking_bays, 100),
    # Wessem
    Read(f"{WESSEM}/cbs/cbs_buurten2024_maasgouw_DERIVED.gpkg", read_buurten, 16),
    Read(f"{WESSEM}/cbs/GM1641.json", read_buurt_figures, 25),
    Read(f"{WESSEM}/cbs/gemeentegrens_maasgouw.gpkg", zones, 1),
    Read(f"{WESSEM}/chargers/maasgouw.details.json", read_charge_points, 59),
    Read(f"{WESSEM}/chargers/maasgouw.geojson", read_charge_points, 62),
    Read(f"{WESSEM}/chargers/snapshots/2026-06-*.json", read_occupancy, 4_832, whole_folder=True),
    Read(f"{WESSEM}/klic/Levering_*.zip", read_cables, 949, whole_folder=True),
    Read(f"{WESSEM}/osm/osm_parking_spaces_maasgouw.geojson", read_parking_bays, 21),
    # Amsterdam
    Read(f"{AMSTERDAM}/areas/GM0363.json", read_buurt_figures, 628),
    Read(f"{AMSTERDAM}/areas/gemeentegrens_amsterdam.gpkg", zones, 1),
    Read(f"{AMSTERDAM}/areas/slimshady_neighborhoods.geojson", zones, 518),
    Read(f"{AMSTERDAM}/bag/bag.gpkg", read_dwellings, 1904),
    Read(f"{AMSTERDAM}/chargers/amsterdam.geojson", read_charge_points, 626),
    Read(PARKING, read_parking_bays, 207, (("layer", "parkeervakken"),)),
    Read(f"{AMSTERDAM}/parking/vakken.csv", read_parking_bays, 207),
    Read(f"{AMSTERDAM}/parking/wegdeel.csv", read_parking_bays, 37),
    Read(f"{AMSTERDAM}/parking/buurt.csv", zones, 7),
    Refused(f"{AMSTERDAM}/parking/scans*.csv", read_parking_bays, "parked cars seen by scan cars"),
    Read(f"{AMSTERDAM}/surfaces/EB08_sidewalks.geojson", walked, 794),
    Read(f"{AMSTERDAM}/surfaces/EC01_sidewalks.geojson", walked, 559),
    Read(f"{AMSTERDAM}/surfaces/EC02_sidewalks.geojson", walked, 29),
    Read(f"{AMSTERDAM}/trees/ijburg_trees.csv", read_trees, 2216),
    # of all three
    Refused("*/chargers/*.status.json", read_occupancy, "does not say how many EVSE were in use at what time"),
    # the country
    Read("national/bag-extract/BAGNLDL-15092020-small.zip", read_dwellings, 6),
    Refused("national/bag-extract/GEM-WPL-RELATIE-*.zip", read_dwellings, "it holds no objects"),
    Read("national/cbs-odata/2024_cbs_data_*.json", read_buurt_figures, 3735, whole_folder=True),
    Refused("national/grid/alliander_service_area.fgb", read_cables, "No layer of an electricity grid"),
    Read("national/grid/im_capaciteitskaart_dso_example_fictief.json", read_grid_capacity, 4),
    Refused("national/grid/im_capaciteitskaart.schema.json", read_grid_capacity, "the schema of the capacity map"),
    Refused("national/grid/westland-infra-*.csv", read_grid_capacity, "kleinverbruiksgegevens"),
    Read("national/klic-liander/Levering_22C001969_3.zip", read_cables, 125),
    Refused("national/klic-liander/IMKL-Waardelijsten-2.0.xlsx", read_cables, "This is a workbook"),
    Read("national/ocm/ocm_nl_opencharge_2023.csv", read_charge_points, 7899),
    Read("national/osm/overpass_ouder-amstel_3.json", walked, 8531),
    Refused("national/osm/overpass_ouder-amstel_[124].json", walked, "Nominatim"),
    Read("national/pc4/Data_*_KIM.csv", read_vehicles, 4050),
    Read("national/pc4/Data_Cleaned_CBS_PC4.csv", read_postcodes, 4070),
    Read("national/pc4/pc4_gemeente_2023_addresscounts.csv", read_postcodes, 4071),
    Refused("national/pc4/Data_Raw_CBS_*2025.csv", read_buurten, "it holds no shapes"),
    Refused("national/pc4/Data_Geo_CBS_NBH_HEAD_10.csv", read_buurten, "it holds no shapes"),
    Refused("national/pc4/Data_Raw_CONVERSION_PC6_HEAD_100.csv", read_postcodes, "A column is missing: postcode"),
    Refused("national/pc4/georef-netherlands-postcode-pc4.geojson", read_postcodes, "The file has no figures"),
    Read("national/raster/pytest_example_suitability_raster.tif", cells, 2127),
    Read("national/raster/raster_2496_9727.tif", cells, 100, (("layer", "hag"),)),
    Read("national/rdw/cumulatief.csv", read_registrations, 44),
    Read("national/rdw/merken_brandstof_counts.csv", read_registrations, 1183),
    Read("national/rdw/rdw_models_aggregated.csv", read_registrations, 8301),
    Refused("national/rdw/voorspelling.csv", read_registrations, "not a count of cars but a calculated figure"),
    Read("national/sessions/laadpaaldata_2018.csv", read_sessions, 10_187),
    Read("national/signs/ndw_signs_amersfoort_v3.json", read_signs, 212),
    Read("national/signs/ndw_signs_amersfoort_v4.geojson", read_signs, 255),
    Refused("national/signs/traffic-sign-api-spec.json", read_signs, "a description of the service"),
)
"""What must happen to the files; a pattern is matched against the path below the folder."""

NAMES = [each.files for each in TABLE]


def files_in(folder: Path) -> list[str]:
    """Every file, as a path below the folder."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def matching(folder: Path, pattern: str) -> list[Path]:
    """The files that a pattern is about."""
    return [folder / name for name in files_in(folder) if fnmatchcase(name, pattern)]


def test_each_file_stands_in_the_table_once(real_data):
    lines = {name: [pattern for pattern in NAMES if fnmatchcase(name, pattern)] for name in files_in(real_data)}

    wrong = {name: patterns for name, patterns in lines.items() if len(patterns) != 1}

    assert wrong == {}


@pytest.mark.parametrize("pattern", NAMES)
def test_each_line_of_the_table_is_about_a_file(real_data, pattern):
    assert matching(real_data, pattern)


@pytest.mark.parametrize("line", [each for each in TABLE if isinstance(each, Read)], ids=lambda line: line.files)
def test_what_belongs_to_a_source_is_read(real_data, line):
    files = matching(real_data, line.files)
    paths = {file.parent for file in files} if line.whole_folder else files

    rows = [len(line.reader(path, **dict(line.options))) for path in paths]

    assert rows == [line.rows] * len(paths)


@pytest.mark.parametrize("line", [each for each in TABLE if isinstance(each, Refused)], ids=lambda line: line.files)
def test_what_is_refused_is_refused_in_plain_words(real_data, line):
    for path in matching(real_data, line.files):
        with pytest.raises(BadInput, match=re.escape(line.words)) as caught:
            line.reader(path)

        error = caught.value
        assert error.where.startswith(str(path)), "it says where"
        assert re.search(ADVICE, error.todo), f"it says what to do: {error.todo}"
        assert "\n" not in error.message
        assert len(error.message) < LONGEST_MESSAGE
        assert not re.search(r"Traceback|Error\b|Exception|<class|0x", error.message), error.message
