import pytest

from laadplan.ingest.plates import without_plates


@pytest.mark.parametrize("plate", ["AB-12-34", "12-34-AB", "12-AB-34", "AB-123-C", "1-abc-23", "1-AB-234", "123-AB-4"])
def test_a_number_plate_is_left_out(plate):
    assert without_plates(f"GPP {plate} Demostraat 7") == "GPP (weggelaten) Demostraat 7"


@pytest.mark.parametrize(
    "text",
    ["ma-vr 07-19 h", "9-18-UUR", "2024-01-31", "31-01-2024", "gmb-2024-123", "opladen EV", "E8c", "kenteken", ""],
)
def test_what_is_no_number_plate_stays(text):
    assert without_plates(text) == text
