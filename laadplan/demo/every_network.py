"""Every other format in which the walking network, signs and decrees are delivered, written from the demo town.

In: the whole town. Out: files below a folder. What each holds is what the main form holds, in another format, with what
real files have besides: ways where nobody walks, signs that are gone, publications of another kind.
"""

from laadplan.demo.every_network_decrees import write_decrees_json, write_decrees_xml
from laadplan.demo.every_network_signs import write_signs_csv, write_signs_rd, write_signs_v3, write_signs_v4
from laadplan.demo.every_network_walking import write_nwb, write_overpass, write_pbf
from laadplan.demo.whole import Form

FORMS: dict[str, Form] = {
    "walking/pbf": write_pbf,
    "walking/overpass": write_overpass,
    "walking/nwb": write_nwb,
    "signs/v3": write_signs_v3,
    "signs/v4": write_signs_v4,
    "signs/rd": write_signs_rd,
    "signs/csv": write_signs_csv,
    "decrees/json": write_decrees_json,
    "decrees/xml": write_decrees_xml,
}
"""Path below the folder, without suffix, to what writes it."""
