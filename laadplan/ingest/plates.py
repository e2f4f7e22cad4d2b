"""Number plates in free text, which tell of a person: nothing here needs them.

In: the text of a sign, a register or a publication. Out: the text without plates. A bay for one disabled driver has the
plate on its sign, in the register and in the decree.
"""

import re

FORMS = (
    *("LL-DD-DD", "DD-DD-LL", "DD-LL-DD", "LL-DD-LL", "LL-LL-DD", "DD-LL-LL", "DD-LLL-D", "D-LLL-DD"),
    *("LL-DDD-L", "L-DDD-LL", "LLL-DD-L", "L-DD-LLL", "D-LL-DDD", "DDD-LL-D"),
)
"""The ways in which Dutch plates are made up (sidecodes of the RDW): L a letter, D a digit."""

DASHED = r"\b(?:" + "|".join(form.replace("L", "[A-Z]").replace("D", r"\d") for form in FORMS) + r")\b"
NAMED = r"(?<=kenteken)\W{1,3}(?=[A-Z\d]{0,5}\d)(?=[A-Z\d]{0,5}[A-Z])[A-Z\d]{6}\b"
"""A plate without dashes, known by the word before it."""

PLATE = re.compile(f"{DASHED}|{NAMED}", re.IGNORECASE)
INSTEAD = " (weggelaten)"


def without_plates(text: str) -> str:
    """The text with every number plate left out.

    >>> without_plates("alleen 12-ABC-3"), without_plates("GPP kenteken: 12ABC3"), without_plates("ma-vr 9-18 h")
    ('alleen (weggelaten)', 'GPP kenteken (weggelaten)', 'ma-vr 9-18 h')
    """
    return re.sub(r"\s+\(w", " (w", PLATE.sub(INSTEAD, text)).strip()
