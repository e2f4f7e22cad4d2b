"""Every other format in which BAG and CBS are delivered, written from the demo town.

In: the whole town. Out: files below a folder. What each holds is what the main form holds, in another format.
"""

from laadplan.demo.whole import Form

FORMS: dict[str, Form] = {}
"""Path below the folder, without suffix, to what writes it."""
