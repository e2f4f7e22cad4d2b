"""Every other format in which BAG and CBS are delivered, written from the demo town.

In: the whole town. Out: files below a folder. What each holds is what the main form holds, in another format.
"""

from laadplan.demo import every_homes_bag as bag
from laadplan.demo import every_homes_cbs as cbs
from laadplan.demo.whole import Form

FORMS: dict[str, Form] = {
    "bag/extract": bag.write_extract,
    "bag/wfs": bag.write_wfs,
    "bag/ogc": bag.write_ogc,
    "bag/adressen": bag.write_addresses,
    "cbs/wijkenbuurten": cbs.write_wfs,
    "cbs/odata": cbs.write_odata,
    "cbs/gemeente": cbs.write_municipality,
    "cbs/vierkant_100m": cbs.write_squares_100,
    "cbs/vierkant_500m": cbs.write_squares_500,
    "cbs/pc4": cbs.write_pc4,
    "cbs/pc6": cbs.write_pc6,
}
"""Path below the folder, without suffix, to what writes it."""
