"""Where the network hangs by one body or one tie: without it, some could no longer reach others (Tarjan, 1974)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Cuts:
    """Bodies and ties (each pair in order) of which the loss parts the network. Which way needs go does not count here."""

    points: frozenset[str] = frozenset()
    bridges: frozenset[tuple[str, str]] = frozenset()


@dataclass(slots=True)
class _Walk:
    """How early each body was found, and the earliest that what lies behind it leads back to."""

    found: dict[str, int] = field(default_factory=dict)
    back: dict[str, int] = field(default_factory=dict)
    points: set[str] = field(default_factory=set)
    bridges: set[tuple[str, str]] = field(default_factory=set)

    def meet(self, node: str) -> None:
        """Found now."""
        self.found[node] = self.back[node] = len(self.found)

    def leave(self, parent: str, node: str, root: bool) -> None:
        """Everything behind a body was seen: what it leads back to, its parent leads back to."""
        self.back[parent] = min(self.back[parent], self.back[node])
        if self.back[node] > self.found[parent]:
            self.bridges.add((min(parent, node), max(parent, node)))
        if not root and self.back[node] >= self.found[parent]:
            self.points.add(parent)


def cuts(edges: Iterable[tuple[str, str]]) -> Cuts:
    """Of a network given by its ties, in whichever direction."""
    near: dict[str, set[str]] = {}
    for one, other in edges:
        if one != other:
            near.setdefault(one, set()).add(other)
            near.setdefault(other, set()).add(one)
    walk = _Walk()
    for root in sorted(near):
        if root not in walk.found:
            _walk(root, near, walk)
    return Cuts(frozenset(walk.points), frozenset(walk.bridges))


def _walk(root: str, near: dict[str, set[str]], walk: _Walk) -> None:
    """Depth first, without calls within calls: a chain of bodies may be long."""
    walk.meet(root)
    path: list[tuple[str, str, Iterator[str]]] = [("", root, iter(sorted(near[root])))]
    branches = 0
    while path:
        parent, node, others = path[-1]
        other = next(others, None)
        if other is None:
            path.pop()
            if parent:
                walk.leave(parent, node, parent == root)
        elif other not in walk.found:
            branches += node == root
            walk.meet(other)
            path.append((node, other, iter(sorted(near[other]))))
        elif other != parent:
            walk.back[node] = min(walk.back[node], walk.found[other])
    if branches > 1:
        walk.points.add(root)
