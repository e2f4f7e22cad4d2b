"""Every other format in which charge points and their use are delivered, written from the demo town.

In: the whole town. Out: files below a folder. What each holds is what the main form holds, in another format.
"""

from laadplan.demo import every_use_places as places
from laadplan.demo import every_use_sessions as sessions
from laadplan.demo.whole import Form

FORMS: dict[str, Form] = {
    "charge_points/ocpi_pages": places.write_ocpi_pages,
    "charge_points/ocpi_gz": places.write_ocpi_gz,
    "charge_points/dot_nl": places.write_dot_nl,
    "charge_points/republished": places.write_republished,
    "charge_points/overpass": places.write_overpass,
    "charge_points/osm": places.write_osm,
    "charge_points/open_charge_map": places.write_open_charge_map,
    "charge_points/own_list": places.write_own_list,
    "sessions/cdrs": sessions.write_cdrs,
    "sessions/elaad": sessions.write_elaad,
    "sessions/utrecht": sessions.write_utrecht,
    "occupancy/snapshots": sessions.write_snapshots,
    "occupancy/ocpi": sessions.write_polled_ocpi,
    "occupancy/log": sessions.write_poll_log,
}
"""Path below the folder, without suffix, to what writes it."""
