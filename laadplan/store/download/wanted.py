"""What is wanted of the services: one municipality, in the words that they understand.

In: the area of a project. Out: placeholders filled in, boxes in RD New (m) as text, boxes cut in quarters.
"""

import re
from dataclasses import dataclass
from urllib.parse import quote, urlencode

Box = tuple[float, float, float, float]
"""xmin, ymin, xmax, ymax in RD New (m)."""


@dataclass(frozen=True)
class Wanted:
    """The municipality whose data is fetched: CBS code, name as published, and the box in RD New (m)."""

    municipality_code: str
    municipality: str
    box: Box | None

    def filled(self, text: str) -> str:
        """The text with its placeholders filled in.

        >>> Wanted("GM0228", "Ede", None).filled("code eq {municipality_number}")
        'code eq 228'
        """
        words = {
            "municipality_code": self.municipality_code,
            "municipality_digits": self.municipality_code.removeprefix("GM"),
            "municipality_number": str(int(self.municipality_code.removeprefix("GM"))),
            "municipality": self.municipality,
        }
        return re.sub(r"{(\w+)}", lambda found: words[found[1]], text)


def with_query(address: str, query: dict[str, str]) -> str:
    """The address with a query, in the order given.

    >>> with_query("https://example.nl/items", {"bbox": "1,2,3,4", "q": "a b"})
    'https://example.nl/items?bbox=1,2,3,4&q=a%20b'
    """
    return f"{address}?{urlencode(query, quote_via=quote, safe=',:$/()')}" if query else address


def box_text(box: Box) -> str:
    """The corners as services take them: metres, to the centimetre.

    >>> box_text((180000.0, 456000.5, 182000.0, 458000.0))
    '180000,456000.5,182000,458000'
    """
    return ",".join(f"{value:.2f}".rstrip("0").rstrip(".") for value in box)


def quarters(box: Box) -> list[Box]:
    """The box in four; neighbours share their edge, so that nothing falls between."""
    xmin, ymin, xmax, ymax = box
    x, y = (xmin + xmax) / 2, (ymin + ymax) / 2
    return [(xmin, ymin, x, y), (x, ymin, xmax, y), (xmin, y, x, ymax), (x, y, xmax, ymax)]


def side_m(box: Box) -> float:
    """Longest side of the box (m)."""
    return max(box[2] - box[0], box[3] - box[1])
