"""How many shortest ways lead through each node of a weighted directed graph: Brandes' algorithm, over whole lengths.

Brandes, U. (2001), A faster algorithm for betweenness centrality; Brandes, U. and Pich, C. (2007), Centrality estimation in large
networks, for the pivots.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import heappop, heappush
from random import Random
from typing import Final

# As many nodes are each taken as a beginning; of more, so many drawn ones stand for all.
EXACT_UP_TO: Final = 2_000
PIVOTS: Final = 256
UNIT: Final = 1_000_000


def length(count: int) -> int:
    """How far apart two bodies are between which so many needs went: near where many did. Whole, so that equal ways are equal."""
    return max(1, UNIT // count)


def betweenness(edges: Mapping[tuple[str, str], int], pivots: int = PIVOTS) -> dict[str, float]:
    """For each node the number of ordered pairs of others whose shortest way leads through it, ways of the same length sharing
    the pair. `edges` count what goes from one to another; what stays with itself is no way. Exact up to EXACT_UP_TO nodes;
    beyond, estimated from pivots, the same ones for the same nodes.
    """
    kept = {pair: count for pair, count in edges.items() if count > 0 and pair[0] != pair[1]}
    nodes = sorted({node for pair in kept for node in pair})
    place = {node: number for number, node in enumerate(nodes)}
    ways: list[list[tuple[int, int]]] = [[] for _ in nodes]
    for (begin, end), count in sorted(kept.items()):
        ways[place[begin]].append((place[end], length(count)))
    # Nothing begins at a node that nothing leaves.
    beginnings = [number for number, out in enumerate(ways) if out]
    factor = 1.0
    if len(nodes) > EXACT_UP_TO and len(beginnings) > pivots:
        factor = len(beginnings) / pivots
        beginnings = sorted(Random(len(nodes)).sample(beginnings, pivots))  # noqa: S311
    through = [0.0] * len(nodes)
    for beginning in beginnings:
        _from(beginning, ways, through)
    return {node: through[number] * factor for number, node in enumerate(nodes)}


def _from(source: int, ways: Sequence[Sequence[tuple[int, int]]], through: list[float]) -> None:
    """Add what one beginning gives: the shortest ways from it, then, from the farthest back, how many lead through each."""
    far = {source: 0}
    number = {source: 1}
    before: dict[int, list[int]] = {source: []}
    order: list[int] = []
    waiting = [(0, source)]
    while waiting:
        distance, node = heappop(waiting)
        if distance != far[node]:
            continue
        order.append(node)
        here = number[node]
        for other, step in ways[node]:
            there = distance + step
            known = far.get(other)
            if known is None or there < known:
                far[other], number[other], before[other] = there, here, [node]
                heappush(waiting, (there, other))
            elif there == known:
                number[other] += here
                before[other].append(node)
    part = dict.fromkeys(order, 0.0)
    while len(order) > 1:
        node = order.pop()
        each = (1 + part[node]) / number[node]
        for prior in before[node]:
            part[prior] += number[prior] * each
        through[node] += part[node]
