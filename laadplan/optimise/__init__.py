"""Which candidates to choose, with proof."""
