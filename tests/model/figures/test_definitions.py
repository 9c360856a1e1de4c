"""Every figure is told in words, and nothing is told that is not counted."""

from __future__ import annotations

from graph.model.figures.registry import FIGURES, definitions


def test_each_figure_has_its_definition_and_each_definition_its_figure() -> None:
    assert list(definitions()) == list(FIGURES)
    assert len({one.title for one in definitions().values()}) == len(FIGURES)


def test_definitions_are_sentences() -> None:
    for one in definitions().values():
        assert one.definition.endswith("."), one.id
        assert "'" not in one.title + one.definition + one.unit + one.source, one.id
        for sign in (";", ":", "?", "!"):
            assert f" {sign}" not in one.definition.replace("\N{NO-BREAK SPACE}", ""), (one.id, sign)


def test_rules_say_the_numbers_that_are_counted_with() -> None:
    from graph.model.figures import betweenness, certainty, chains, dead_ends, lattice, network, transitional

    told = {id_: one.definition for id_, one in definitions().items()}
    assert certainty.Z == 2.576
    assert dead_ends.FIFTH == 0.2 and "un cinquième" in told["dead_ends"]
    assert dead_ends.TIMES == network.TIMES == 2
    assert "le double" in told["dead_ends"] and "deux fois" in told["bottlenecks"]
    assert lattice.FEWEST == 11 and "moins de onze" in told["dead_ends"] and "moins de onze" in told["bottlenecks"]
    assert chains.MOST_HOPS == 2 and "plus de deux organismes" in told["bounces"]
    assert f"{betweenness.EXACT_UP_TO:,}".replace(",", "\N{NO-BREAK SPACE}") in told["betweenness"]
    assert f"{betweenness.PIVOTS} points" in told["betweenness"]
    assert f"{transitional.LONG} si rien" in told["transitional"]
