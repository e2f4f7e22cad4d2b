"""The plan of the demo town: any size, cells that fit, codes and roads that both neighbours agree on."""

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from laadplan.demo.borders import border_roads, border_vertices
from laadplan.demo.layout import lay_streets
from laadplan.demo.names import FREE_PC4
from laadplan.demo.plan import make_plan
from laadplan.errors import ConfigError

MARKERMEER = shapely.box(133_000, 497_500, 155_000, 518_500)
"""Around the town in RD New; its largest size keeps clear of the shores."""

towns = st.builds(make_plan, st.integers(1_000, 60_000), st.integers(0, 10_000))


@pytest.mark.parametrize(("inhabitants", "seed"), [(-5, 1), (999, 1), (1_000_001, 1), (2000, -1)])
def test_impossible_town_is_refused(inhabitants: int, seed: int) -> None:
    with pytest.raises(ConfigError):
        make_plan(inhabitants, seed)


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "a\x01", "a\udcff", "x" * 81])
def test_impossible_name_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="no name"):
        make_plan(2000, 1, name)


@settings(max_examples=20, deadline=None)
@given(towns)
def test_cells_tile_the_municipality_in_one_piece(town) -> None:
    cells = [cell.polygon for cell in town.cells]
    whole = shapely.union_all(cells)
    assert whole.geom_type == "Polygon"
    assert whole.area == pytest.approx(sum(cell.area for cell in cells), rel=1e-9)
    assert all(cell.is_valid and cell.exterior.is_ccw for cell in cells)


@settings(max_examples=20, deadline=None)
@given(towns)
def test_codes_and_names_are_unique_and_dwellings_add_up(town) -> None:
    cells = town.cells
    assert [cell.index for cell in cells] == list(range(len(cells)))
    assert len({cell.code for cell in cells}) == len({cell.name for cell in cells}) == len(cells)
    assert all(cell.code[2:8] == cell.wijk[2:8] and cell.code.startswith("BU9901") for cell in cells)
    assert sum(cell.wanted for cell in cells) == pytest.approx(town.inhabitants / 2.15, rel=0.02)


@settings(max_examples=20, deadline=None)
@given(towns)
def test_neighbours_agree_on_their_road(town) -> None:
    cells = {(cell.column, cell.row): cell for cell in town.cells}
    for (column, row), cell in cells.items():
        east, north = cells.get((column + 1, row)), cells.get((column, row + 1))
        if east:
            assert (cell.streets[1], cell.numbers_from[1]) == (east.streets[3], east.numbers_from[3])
        if north:
            assert (cell.streets[2], cell.numbers_from[2]) == (north.streets[0], north.numbers_from[0])


@settings(max_examples=12, deadline=None)
@given(towns)
def test_blocks_tile_their_cell_and_keep_to_its_vertices(town) -> None:
    for cell in town.cells[::5]:
        layout = lay_streets(cell, town.lattice, town.seed)
        blocks = [block.polygon for block in layout.blocks]
        border = set(border_vertices(town, cell))
        assert all(block.is_valid and block.exterior.is_ccw for block in blocks)
        assert sum(block.area for block in blocks) == pytest.approx(cell.polygon.area, rel=1e-9)
        ends = {point for segment in layout.segments if segment.is_border for point in segment.line.coords}
        assert ends <= border
        assert len({street.street.name for street in layout.segments}) >= 1 or cell.kind == "landelijk"


def test_border_vertices_have_one_number_each() -> None:
    town = make_plan(20_000, 2)
    places: dict[tuple[float, float], int] = {}
    for cell in town.cells:
        for place, number in border_vertices(town, cell).items():
            assert places.setdefault(place, number) == number
    assert len(set(places.values())) == len(places)
    roads = list(border_roads(town))
    assert all(
        places[point] == number for road in roads for point, number in zip(road.points, road.numbers, strict=True)
    )
    assert len({road.numbers for road in roads}) == len(roads)


def test_largest_town_has_postcodes_enough_and_stays_in_the_water() -> None:
    town = make_plan(1_000_000, 1)
    pc4 = {cell.pc4 for cell in town.cells}
    assert len(pc4) * 3 >= len(town.cells)
    assert pc4 <= set(FREE_PC4)
    assert MARKERMEER.contains(shapely.union_all([cell.polygon for cell in town.cells]))
    assert len({cell.code for cell in town.cells}) == len(town.cells)


def test_seed_decides() -> None:
    one, again, other = make_plan(3000, 1), make_plan(3000, 1), make_plan(3000, 2)
    assert one == again
    assert other.cells != one.cells
