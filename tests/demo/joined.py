"""What hangs together in a network, worked out from the two ends of each of its links."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def neighbours(links: Iterable[tuple[Node, Node]]) -> dict[Node, set[Node]]:
    """Nodes at the other end of the links of each node."""
    found: dict[Node, set[Node]] = defaultdict(set)
    for one, other in links:
        found[one].add(other)
        found[other].add(one)
    return dict(found)


def reached_from(start: Node, near: Mapping[Node, set[Node]]) -> set[Node]:
    """All nodes that hang together with a node, itself among them."""
    reached, waiting = {start}, [start]
    while waiting:
        fresh = near.get(waiting.pop(), set()) - reached
        reached |= fresh
        waiting += fresh
    return reached
