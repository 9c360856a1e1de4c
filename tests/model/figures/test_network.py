"""The ways of needs: betweenness, cut points and bridges against networkx; where bottlenecks are, and where not."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model.casework.handoff import Kind, State
from graph.model.figures import betweenness as counting
from graph.model.figures.betweenness import betweenness, length
from graph.model.figures.cuts import Cuts, cuts
from graph.model.figures.network import bottlenecks, edges
from tests.model.figures.making import day, handoff

NODES = "abcdefghij"
EDGES = st.dictionaries(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)), st.integers(0, 6), max_size=45)


def known(edges: dict[tuple[str, str], int]) -> dict[str, float]:
    graph: nx.DiGraph[str] = nx.DiGraph()
    for (begin, end), count in edges.items():
        if count and begin != end:
            graph.add_edge(begin, end, length=length(count))
    return nx.betweenness_centrality(graph, weight="length", normalized=False) if graph else {}


@given(EDGES)
def test_betweenness_is_that_of_networkx(edges: dict[tuple[str, str], int]) -> None:
    assert betweenness(edges) == pytest.approx(known(edges))


def test_a_large_network_is_estimated_the_same_way_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """All nodes as pivots give the exact number; half of them come near it for what most ways lead through."""
    graph = nx.gnp_random_graph(150, 0.04, seed=4, directed=True)
    graph.add_edges_from((node, 150) for node in range(75))
    graph.add_edges_from((150, node) for node in range(75, 150))
    edges = {(f"{a:03}", f"{b:03}"): 9 if 150 in (a, b) else 1 + (a + b) % 3 for a, b in graph.edges}
    exact = betweenness(edges)
    monkeypatch.setattr(counting, "EXACT_UP_TO", 100)
    assert betweenness(edges, pivots=1_000) == exact
    estimated = betweenness(edges, pivots=75)
    assert estimated == betweenness(dict(reversed(edges.items())), pivots=75)
    assert estimated != exact
    assert max(estimated, key=estimated.__getitem__) == max(exact, key=exact.__getitem__) == "150"
    assert estimated["150"] == pytest.approx(exact["150"], rel=0.2)


@given(EDGES)
def test_cut_points_and_bridges_are_those_of_networkx(edges: dict[tuple[str, str], int]) -> None:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_edges_from(pair for pair in edges if pair[0] != pair[1])
    found = cuts(edges)
    assert found.points == set(nx.articulation_points(graph))
    assert found.bridges == {(min(pair), max(pair)) for pair in nx.bridges(graph)}


def test_a_long_chain_of_bodies_is_walked() -> None:
    pairs = [(f"{number:05}", f"{number + 1:05}") for number in range(5_000)]
    assert len(cuts(pairs).points) == 4_999
    assert cuts(pairs).bridges == set(pairs)
    assert cuts([]) == Cuts()


def test_what_is_passed_on_comes_from_who_passes_it_on() -> None:
    first = handoff("1", "b", State.REDIRECTED, answered=day(2), ended=day(2))
    then = handoff("2", "c", State.DECLINED, parent="1", sent=day(2), answered=day(4), ended=day(4))
    last = handoff("3", "d", State.ACCEPTED, parent="2", sent=day(5), answered=day(6))
    house = handoff("4", "a", State.ACCEPTED, kind=Kind.ASSIGN)
    error = handoff("5", "e", State.VOIDED)
    assert edges([first, then, last, house, error]) == {("a", "b"): 1, ("b", "c"): 1, ("a", "d"): 1}


def test_a_body_that_is_slow_and_passes_on_is_a_bottleneck_and_a_slow_or_a_passing_one_alone_is_not() -> None:
    some = []
    for number in range(60):
        for middle, days in (("gate", 25), ("quick", 3)):
            first = f"{middle}{number}"
            some.append(
                handoff(first, middle, State.REDIRECTED, file=first, answered=day(days), ended=day(days), sent=day(0))
            )
            some.append(
                handoff(
                    f"{first}+", "end", State.ACCEPTED, file=first, parent=first, sent=day(days), answered=day(days + 3)
                )
            )
        some.append(handoff(f"slow{number}", "slow", State.ACCEPTED, file=f"slow{number}", answered=day(30)))
        some.append(handoff(f"plain{number}", "plain", State.ACCEPTED, file=f"plain{number}", answered=day(3)))
        some.append(handoff(f"other{number}", "other", State.ACCEPTED, file=f"other{number}", answered=day(4)))
    found = bottlenecks(some)
    assert [one.id for one in found if one.is_one] == ["gate"]
    assert (found[0].id, found[0].wait, found[0].received, found[0].passed) == ("gate", 25, 60, 60)
    assert "slow" not in {one.id for one in found}
    assert bottlenecks([]) == []


def test_two_of_three_accuse_nobody() -> None:
    some = [
        handoff("1", "gate", State.REDIRECTED, answered=day(40), ended=day(40)),
        handoff("2", "end", State.ACCEPTED, parent="1", sent=day(40), answered=day(41)),
        handoff("3", "other", State.ACCEPTED, file="g", answered=day(1)),
    ]
    assert [(one.id, one.is_one) for one in bottlenecks(some)] == [("gate", False)]
