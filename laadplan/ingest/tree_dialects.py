"""Ready mappings for tree registers: what municipalities call the columns.

Our name to the municipality's. Sizes carry their unit in our name; a class in words may stand in any of them, and with
a unit of its own. Where a register has no id of its own, the id of the layer is taken.
"""

from laadplan.ingest import places

SPELLINGS: dict[str, tuple[str, ...]] = {
    "tree_id": (
        *("Boomnr", "boomnummer", "BOOMNUMMER", "elementnummer", "boom_id", "tree_id", "Objectcode", "ID"),
        *("OBJECTID", "objectnummer", "_id", "fid", "gml_id", "gid"),
    ),
    "species": (
        *("Naam_NL", "nederlandse_boomnaam", "nederlandse_naam", "NEDNAAM", "NEDBOOMSOORT", "Soortnaam_NL"),
        *("Boomsoort", "soortnaam", "latijnse_boomnaam", "LATNAAM", "LATBOOMSOORT", "soortnaam_bomen"),
    ),
    "stem_diameter_cm": ("Stamdiameter_cm", "diameter_in_cm", "diameter", "STAMDIAMETER"),
    "stem_diameter_m": ("stamdiameter_m", "stem_diameter_m"),
    "stem_class_cm": ("STAMDIAMETERKLASSE", "diameterklasse", "stem_class"),
    "crown_diameter_m": ("Kroondiameter_m", "KROONDIAMETER"),
    "crown_class_m": ("kroondiameterklasse", "kroonklasse", "crown_class"),
    "height_m": ("boomhoogte", "hoogte", "height_m"),
    "height_class_m": ("hoogteklasse", "boomhoogteklasse", "CODE_HOOGTE", "height_class"),
    **places.SPELLINGS,
}
"""Our name to the spellings seen in deliveries."""

DIALECTS: dict[str, dict[str, str]] = {
    "alblasserdam": {"species": "Boomsoort Nederlands"},
    "amersfoort": {
        "tree_id": "ID",
        "species": "NEDERLANDSE_NAAM",
        "stem_diameter_cm": "STAMDIAMETER",
        "crown_diameter_m": "KROONDIAMETER",
        "height_m": "BOOMHOOGTE",
    },
    "amsterdam": {
        "tree_id": "OBJECTNUMMER",
        "species": "Soortnaam_NL",
        "height_class_m": "Boomhoogte",
        "longitude": "LNG",
        "latitude": "LAT",
    },
    "arnhem": {"tree_id": "BEHEERCODE", "species": "NEDERLANDSE_NAAM"},
    "assen": {"tree_id": "BOOMNUMMER", "species": "BOOMSOORT", "height_class_m": "CODE_HOOGTE"},
    "barendrecht": {"species": "NEDBOOMSOORT", "stem_diameter_cm": "DIAMETER"},
    "delft": {"tree_id": "ID_VELD", "species": "BOOMSOORT_", "height_m": "BOOMHOOGTE"},
    "den haag": {
        "tree_id": "BOOMNUMMER",
        "species": "BOOMSOORT_WETENSCHAPPELIJ",
        "stem_class_cm": "STAMDIAMETERKLASSE",
    },
    "dordrecht": {
        "tree_id": "elementnummer",
        "species": "nederlandse naam",
        "stem_diameter_cm": "diameter",
        "height_m": "hoogte",
    },
    "eindhoven": {"species": "BOOMSOORT", "stem_diameter_cm": "DIAMETER", "height_m": "HOOGTE"},
    "groningen": {"species": "NEDNAAM"},
    "haarlem": {"tree_id": "boomnummer", "species": "name", "crown_diameter_m": "kroondiameter"},
    "hilversum": {"species": "BOOMSOORT_NEDERLANDS", "height_m": "BOOMHOOGTE"},
    "lelystad": {"species": "SOORT_NED", "height_m": "HOOGTE"},
    "nijmegen": {"tree_id": "ID", "species": "BOOMSOORT"},
    "sliedrecht": {"tree_id": "Objectcode", "species": "Naam_NL"},
    "tilburg": {
        "tree_id": "boomnummer",
        "species": "nederlandse_boomnaam",
        "stem_diameter_cm": "diameter_in_cm",
        "height_m": "boomhoogte",
    },
    "utrecht": {"tree_id": "Boomnr", "species": "Naam_NL"},
    "zaanstad": {"species": "soortnaam_bomen"},
    "zwartewaterland": {"species": "NEDBOOMSOORT"},
}
"""Municipality to our name to its column."""
