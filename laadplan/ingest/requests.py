"""Drivers' requests for a charge point, from a list of the municipality.

In: a table (CSV, xlsx, JSON) with one row per request. Out: `Requests`, confidential. A file that holds who somebody is
or how to reach them (a name, e-mail, telephone, date of birth, BSN, account, number plate) is refused by its columns;
street and house number are never read, because the postcode is enough. No message or log shows a cell of the file.
"""

import re
from collections.abc import Iterable, Mapping

import pandas as pd

from laadplan.contracts.figures import OPEN, STATUSES, Requests
from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput
from laadplan.ingest.columns import match_columns
from laadplan.ingest.delivery import Parts
from laadplan.ingest.mapped import Mapped, known_names, read_rows

SPELLINGS = {
    "request_id": ("aanvraag_id", "aanvraagnummer", "zaaknummer", "request_id", "nummer", "id"),
    "requested_on": ("aanvraagdatum", "datum_aanvraag", "datum aanvraag", "datum", "ingediend_op", "requested_on"),
    "pc6": ("pc6", "postcode", "postcode6"),
    "status": ("status", "aanvraagstatus", "statusnaam"),
    "origin": ("bron", "herkomst", "kanaal"),
}
"""Our name to the spellings seen in deliveries."""

REQUIRED = ("request_id", "requested_on", "pc6", "status")

WORDS = {
    "aangevraagd": "ingediend",
    "nieuw": "ingediend",
    "ontvangen": "ingediend",
    "in onderzoek": "in behandeling",
    "lopend": "in behandeling",
    "goedgekeurd": "toegewezen",
    "toegekend": "toegewezen",
    "gehonoreerd": "toegewezen",
    "geweigerd": "afgewezen",
    "afgekeurd": "afgewezen",
    "geannuleerd": "ingetrokken",
    "vervallen": "ingetrokken",
    "gerealiseerd": "geplaatst",
    "in gebruik": "geplaatst",
    "": "onbekend",
}
"""The source's words for a status, besides our own; empty is not known."""

PERSONAL = (
    *("voorletter", "initialen", "tussenvoegsel", "aanvrager", "bewoner", "contactpersoon", "handtekening"),
    *("email", "mailadres", "telefoon", "mobiel", "geboorte", "geslacht", "burgerservice", "rekening", "rijbewijs"),
    *("kenteken", "persoon"),
)
"""What a column's name holds if it says who somebody is or how to reach them."""

PERSONAL_WORDS = ("mail", "tel", "telnr", "gsm", "phone", "bsn", "iban", "klant")
"""The same, as a whole word."""

THINGS = (
    *("straat", "openbareruimte", "plaats", "woonplaats", "gemeente", "wijk", "buurt", "provincie", "locatie", "paal"),
    *("status", "bron", "bestand", "kanaal", "zaaktype", "type", "project", "leverancier", "cpo"),
)
"""What a name may be of; every other column with names is refused."""

PLACE = ("huisnummer", "huisnr", "huisletter", "toevoeging", "straat", "adres", "latitude", "longitude", "geom")
PLACE_WORDS = ("x", "y", "lat", "lon", "lng")
"""What a column's name holds, and words in it, if it says where somebody lives to the door: never read."""

EMAIL = r"[^\s@;,]@[^\s@;,]+\.[a-zA-Z]{2,}"
"""An e-mail address, whatever the column is called."""

NO_POSTCODE = "zonder geldige postcode"
TWICE = "dezelfde aanvraag nog een keer"
NOT_ASKED = "postcode komt in het gebied niet voor"


def read_requests(
    path: Parts,
    pc4s: Iterable[str] | None = None,
    *,
    layer: str | None = None,
    columns: Mapping[str, str] | None = None,
    values: Mapping[str, Mapping[str, str]] | None = None,
    quality: Quality | None = None,
) -> pd.DataFrame:
    """Requests with date, postcode and status as `Requests`, or those in the given PC4s only.

    Raises
    ------
    MissingSource
        The file or the sheet is not there.
    ConfigError
        The config maps a status to a word that is none of ours.
    BadInput
        The file holds personal data, a column is missing, or a date cannot be read.
    ContractBroken
        An id stands for two different requests.
    """
    quality = quality if quality is not None else Quality()
    known = known_names(SPELLINGS, columns)
    table, where = read_rows(path, layer, header=known)
    _refuse_personal(table, known, where)
    names = match_columns(table.columns, SPELLINGS, config=columns or {}, required=REQUIRED, where=where, secret=True)
    _report_places(table, names, quality)
    quality.read = len(table)
    frame = _frame(Mapped(table, names, where), values or {}, quality)
    frame = _in_postcodes(_count_once(frame, quality), pc4s, quality)
    frame = Requests.checked(frame, source=where)
    quality.facts["open"] = int(frame["is_open"].sum())
    quality.count(frame)
    return frame


def _refuse_personal(table: pd.DataFrame, known: Iterable[str], where: str) -> None:
    """Refuses names and e-mail addresses; says which columns, never what is in them.

    Without a name that is known the first row is no header: columns are then told by their place.
    """
    named = [str(name) for name in table if _is_personal(str(name))]
    filled = [str(name) for name in table if table[name].str.contains(EMAIL, regex=True, na=False).any()]
    found = list(dict.fromkeys(named + filled))
    if not {str(name).lower() for name in table} & {name.lower() for name in known}:
        found = [f"number {place}" for place, name in enumerate(map(str, table), 1) if name in found]
    if found:
        raise BadInput(
            f"The file holds personal data: column {', '.join(found)}.",
            where=where,
            todo="Deliver it without these columns: laadplan needs an id, a date, a postcode and a status.",
        )


def _is_personal(name: str) -> bool:
    """Whether a column says who somebody is.

    >>> [_is_personal(name) for name in ("Naam", "VoorNaam", "E-mail", "Straatnaam", "naam_buurt", "Status")]
    [True, True, True, False, False, False]
    """
    words = _words(name)
    if any(part in "".join(words) for part in PERSONAL) or set(words) & set(PERSONAL_WORDS):
        return True
    stems = {found[1] for word in words if (found := re.fullmatch(r"(.*)(?:naam|namen|name)", word))}
    stems |= {stem.removesuffix("s") for stem in stems}
    return bool(stems) and not (stems | set(words)) & set(THINGS)


def _words(name: str) -> list[str]:
    """The words of a column's name, in small letters."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return re.findall(r"[^\W_]+", parted.lower())


def _report_places(table: pd.DataFrame, names: Mapping[str, str], quality: Quality) -> None:
    exact = [str(name) for name in table if name not in names.values() and _is_place(str(name))]
    if exact:
        quality.find(f"Column {', '.join(exact)} says where somebody lives and was not read: deliver without.")


def _is_place(name: str) -> bool:
    words = _words(name)
    return any(part in "".join(words) for part in PLACE) or bool(set(words) & set(PLACE_WORDS))


def _frame(source: Mapped, values: Mapping[str, Mapping[str, str]], quality: Quality) -> pd.DataFrame:
    postcodes = source.text("pc6").str.upper().str.replace(r"\s", "", regex=True)
    statuses = source.word("status", WORDS, values, STATUSES)
    strange = int(statuses.isna().sum())
    if strange:
        quality.find(f"The status of {strange} requests is not recognised: map their words under 'values'.")
    frame = pd.DataFrame(
        {
            "request_id": source.text("request_id"),
            "requested_on": source.day("requested_on", secret=True),
            "pc6": postcodes,
            "pc4": postcodes.str[:4],
            "status": statuses.fillna("onbekend"),
            "is_open": statuses.isin(OPEN),
            "origin": source.text("origin"),
        }
    )
    known = postcodes.str.fullmatch(r"[1-9][0-9]{3}[A-Z]{2}").fillna(False).astype(bool)
    quality.skip(NO_POSTCODE, int((~known).sum()))
    return frame[known]


def _count_once(frame: pd.DataFrame, quality: Quality) -> pd.DataFrame:
    """The requests without rows that are in every respect the same as another."""
    again = frame.duplicated() & frame["request_id"].notna()
    quality.skip(TWICE, int(again.sum()))
    return frame[~again].set_index("request_id")


def _in_postcodes(frame: pd.DataFrame, pc4s: Iterable[str] | None, quality: Quality) -> pd.DataFrame:
    if pc4s is None:
        return frame
    asked = frame["pc4"].isin(list(pc4s))
    quality.skip(NOT_ASKED, int((~asked).sum()))
    return frame[asked]
