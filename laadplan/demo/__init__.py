"""An invented municipality in the sources' own formats: nothing in it exists.

``town.make_town`` makes the town in memory, ``sources.write_demo`` writes it as the files a municipality would deliver.
"""
