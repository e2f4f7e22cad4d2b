"""The job of laadplan: all its steps in one graph.

In: the modules in which steps stand. Out: their graph.
"""

from laadplan.pipeline import demand_steps, file_steps, siting_steps, source_steps, steps
from laadplan.pipeline.graph import Graph, read_graph

MODULES = (source_steps, demand_steps, siting_steps, steps, file_steps)
"""Modules in which steps stand."""


def read_job() -> Graph:
    """The graph of all steps."""
    return read_graph(*MODULES)
