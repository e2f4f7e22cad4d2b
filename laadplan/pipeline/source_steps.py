"""The steps that only read: one per frame that ingest delivers and that the main job does not read itself.

In: sources and sections of the config. Out: one frame or several. Imports stand inside, so that a step's code is just
what it reaches. A step whose source is left out of the config does not run.
"""
