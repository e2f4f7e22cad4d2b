"""What the BGT calls its objects and their properties, in every form in which it is delivered.

In: a name as a file, layer, element or column has it. Out: our name for the object type or the property. Names are
compared by their letters and digits alone, so that ``bgt-status``, ``bgt_status`` and ``BGT_STATUS`` are one.
"""

import re
from functools import lru_cache

from laadplan.contracts.ground import OBSTACLES

SURFACES = ("wegdeel", "ondersteunendwegdeel", "begroeidterreindeel", "onbegroeidterreindeel", "waterdeel", "pand")
"""Object types that are surfaces and nothing else."""

TYPES = (*SURFACES, "vegetatieobject", *OBSTACLES)
"""Object types that are read."""

CITYGML = {
    "trafficarea": "wegdeel",
    "auxiliarytrafficarea": "ondersteunendwegdeel",
    "plantcover": "begroeidterreindeel",
    "solitaryvegetationobject": "vegetatieobject",
    "buildingpart": "pand",
    "buildinginstallation": "gebouwinstallatie",
}
"""Element of CityGML to object type; the files of 2015 and their conversions are named after it."""

_LAYER = re.compile(
    r"(?:bgt_?)?(?P<name>[a-z_]+?)(?:_?2d)?(?:actueel)?(?:bestaand)?"
    r"(?:_(?:v|l|p|vlak|lijn|punt|multivlak|multilijn|multipunt|polygon|line|linestring|point|surface|curve))?"
)
"""Names of layers and files: ``wegdeel``, ``bgt_wegdeel``, ``wegdeel_vlak``, ``bgt_wegdeel_V``, ``wegdeel_2d``."""

SPELLINGS = {
    "local_id": ("lokaalid", "identificatielokaalid", "nen3610idlokaalid", "bgtid"),
    "ended": ("eindregistratie", "eindregist"),
    "status": ("bgtstatus", "status"),
    "plus_status": ("plusstatus",),
    "level": ("relatievehoogteligging", "relatieveh"),
    "maintainer": ("bronhouder",),
    "registered": ("tijdstipregistratie", "tijdstipre"),
    "function": ("function", "functie", "bgtfunctie", "func"),
    "material": ("surfacematerial", "bgtfysiekvoorkomen", "fysiekvoorkomen", "surfacemat"),
    "class": ("class", "klasse"),
    "type": ("bgttype", "type"),
    "plus_function": ("plusfunctie", "plusfunctiewegdeel", "plusfunctieondersteunendwegdeel"),
    "plus_material": ("plusfysiekvoorkomen", "plusfysiekvoorkomenwegdeel", "plusfysiekvoorkomenondersteunendwegdeel"),
    "plus_type": ("plustype", "plustypegebouwinstallatie"),
    "bag_id": ("identificatiebagpnd", "bagpnd", "identificatiebag"),
}
"""Our property to its spellings: GML-light, conversions by ogr2ogr (shapefiles cut names off), NLExtract, OGC API;
Amsterdam calls lokaalID ``bgt_id``."""

FIELDS = tuple(SPELLINGS)
_FIELD_OF = {spelling: field for field, spellings in SPELLINGS.items() for spelling in spellings}

NO_VALUE = ("geenWaarde", "waardeOnbekend", "niet-bgt", "")
"""What the BGT writes where there is no value."""


def field_of(name: str) -> str | None:
    """Our name for a property; None for one that is not read.

    >>> field_of("plus-functieWegdeel"), field_of("relatieve_hoogteligging"), field_of("inOnderzoek")
    ('plus_function', 'level', None)
    """
    return _FIELD_OF.get(_letters(name))


def type_of_element(name: str) -> str:
    """Object type of an element by its local name, in lower case; an unknown one keeps its name.

    >>> type_of_element("TrafficArea"), type_of_element("Paal")
    ('wegdeel', 'paal')
    """
    return CITYGML.get(name.lower(), name.lower())


@lru_cache(maxsize=4096)
def type_of_layer(name: str) -> str | None:
    """Object type that a layer or a file holds by its name; None for one that is not read.

    >>> type_of_layer("bgt_wegdeel_V"), type_of_layer("BGT_TrafficArea"), type_of_layer("wegdeel_kruinlijn")
    ('wegdeel', 'wegdeel', None)
    """
    found = _LAYER.fullmatch(name.lower())
    kind = type_of_element(_letters(found["name"])) if found else ""
    return kind if kind in TYPES else None


def _letters(name: str) -> str:
    return "".join(each for each in name.lower() if each.isalnum())
