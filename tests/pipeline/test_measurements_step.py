import numpy as np
import pytest
import rasterio
from affine import Affine

from laadplan.config.project import Area, SpotRules, Surfaces
from laadplan.config.sources import Source
from laadplan.contracts.measured import Measurements, RasterValues
from laadplan.contracts.quality import Quality
from laadplan.pipeline.siting_steps import measurements, raster_values
from laadplan.store.catalogue import SourceFile
from tests.frames import X, Y
from tests.kerb.surroundings import bays_of, spots

PLACES = {"a": (5, 15), "b": (15, 5), "c": (500, 500)}
SPOTS = spots(PLACES)
BAYS = bays_of(SPOTS, PLACES)
NONE = dict.fromkeys(
    (
        *("road_parts", "buildings", "obstacles", "trees", "charge_points", "addresses", "signs", "zones"),
        *("road_managers", "grid_capacity", "grid_areas"),
    )
)


@pytest.mark.parametrize(
    ("area", "told"),
    [
        (Area(bbox_rd=(X, Y, X + 1000, Y + 1000), margin_m=20.0), 1),
        (Area(bbox_rd=(X, Y, X + 1000, Y + 1000)), 0),
        (Area(margin_m=0.0), 0),
    ],
    ids=["narrow margin", "wide enough", "no edge"],
)
def test_spots_are_measured_whatever_is_missing_and_a_narrow_margin_is_told(area, told):
    quality = Quality()

    found = measurements(SPOTS, BAYS, **NONE, spots=SpotRules(), surfaces=Surfaces(), area=area, quality=quality)

    assert Measurements.checked(found).index.tolist() == ["a", "b", "c"]
    assert sum("20 m outside the area" in finding for finding in quality.findings) == told


def test_rasters_are_read_where_poles_stand(tmp_path):
    path = tmp_path / "geluid.tif"
    values = np.array([[[1, 2], [3, 4]], [[50.1, 60], [70, 80]]], dtype=np.float32)
    profile = {"width": 2, "height": 2, "count": 2, "dtype": "float32", "crs": "EPSG:28992"}
    with rasterio.open(path, "w", driver="GTiff", transform=Affine(10, 0, X, 0, -10, Y + 20), **profile) as target:
        target.write(values)
    rasters = {"geluid": SourceFile("rasters.geluid", Source(path=str(path), layer="2"), path, {})}
    quality = Quality()

    found = RasterValues.checked(raster_values(SPOTS, rasters, quality))

    assert found["value"].fillna(-1).to_dict() == {"a|geluid": 50.1, "b|geluid": 80.0, "c|geluid": -1.0}
    assert quality.facts == {"spots with a value of geluid": 2}
