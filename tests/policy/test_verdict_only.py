"""That `Assessments` may be called cleared: of a confidential measurement it holds the verdict only."""

from laadplan.pipeline import source_steps, steps
from laadplan.pipeline.graph import read_graph


def test_no_confidential_frame_is_assessed():
    """As long as this holds there is nothing to leave out. When `assessments` takes one: show here that it does."""
    graph = read_graph(source_steps, steps)

    assert not [name for name, contract in graph.maker_of("Assessments").frames.items() if graph.hidden(contract)]
