"""The same body from two sources: what is one, what is two, what is a doubt."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from graph.model.directory import Contact, Organisation, Place, Succession
from graph.model.likeness import Body, Verdict, body_of, verdict
from importers.merge import Doubt, bodies_named, matches, renamed, sought
from tests import make

SIRET = "12345678900011"


def caf(id_: str = "a:caf", **values: Any) -> Organisation:
    plain: dict[str, Any] = {
        "name": "CAF du Doubs",
        "place": Place(address="3, rue Léon-Blum", city="Besançon", territory="25056"),
        "contact": Contact(phone="03 81 00 00 00"),
    }
    return make.organisation(id_, **(plain | values))


def known(organisation: Organisation, *origins: str) -> Body:
    return replace(body_of(organisation), origins=frozenset(origins))


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({"name": "C.A.F. DU DOUBS"}, Verdict.DIFFERENT),
        ({"name": "Caf  du DOUBS"}, Verdict.SAME),
        ({"contact": Contact(), "place": Place(address="3 RUE LEON BLUM", territory="25056")}, Verdict.SAME),
        ({"contact": Contact(phone="+33381000000"), "place": Place(territory="25056")}, Verdict.SAME),
        ({"contact": Contact(), "place": Place(territory="25056")}, Verdict.DOUBTFUL),
        (
            {"contact": Contact(phone="0381999999"), "place": Place(address="9 quai", territory="25056")},
            Verdict.DOUBTFUL,
        ),
        ({"place": Place(address="3, rue Léon-Blum", territory="25462")}, Verdict.DIFFERENT),
        ({"place": None}, Verdict.DIFFERENT),
        ({"kind": "CCAS"}, Verdict.DIFFERENT),
        ({"demonstration": True}, Verdict.DIFFERENT),
    ],
)
def test_without_a_number(other: dict[str, Any], expected: Verdict) -> None:
    one, two = body_of(caf()), body_of(caf("b:1", **other))
    assert verdict(one, two) is expected
    assert verdict(two, one) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"siret": SIRET}, {"siret": SIRET, "name": "Autre nom", "kind": "ASSOCIATION"}, Verdict.SAME),
        ({"siret": SIRET}, {"siret": SIRET, "place": Place(territory="25462")}, Verdict.DOUBTFUL),
        ({"siret": SIRET}, {"siret": SIRET, "place": None}, Verdict.DOUBTFUL),
        ({"siret": SIRET}, {"siret": "12345678900029"}, Verdict.DOUBTFUL),
        ({"siret": SIRET}, {"siret": "12345678900029", "name": "Autre nom"}, Verdict.DIFFERENT),
        ({"siret": SIRET}, {}, Verdict.SAME),
        ({"siret": SIRET}, {"siret": SIRET, "demonstration": True}, Verdict.DIFFERENT),
    ],
)
def test_with_a_number(one: dict[str, Any], other: dict[str, Any], expected: Verdict) -> None:
    bodies = body_of(caf(**one)), body_of(caf("b:1", **other))
    assert verdict(*bodies) is expected
    assert verdict(bodies[1], bodies[0]) is expected


def test_a_body_of_another_source_is_recognised() -> None:
    found = matches("b", [caf("b:1")], [known(caf(), "a")])
    assert (dict(found.same), found.doubts) == ({"b:1": "a:caf"}, ())


def test_two_bodies_of_one_source_are_never_one() -> None:
    found = matches("b", [caf("b:2")], [known(caf("b:1"), "b"), known(caf("a:1"), "a", "b")])
    assert (dict(found.same), found.doubts) == ({}, ())


def test_two_that_could_be_one_known_body_are_doubts() -> None:
    found = matches(
        "b", [caf("b:1", siret=SIRET), caf("b:2", siret=SIRET, name="Antenne")], [known(caf(siret=SIRET), "a")]
    )
    assert dict(found.same) == {}
    assert set(found.doubts) == {Doubt("b:1", "a:caf", "CAF du Doubs"), Doubt("b:2", "a:caf", "Antenne")}


def test_one_that_could_be_two_known_bodies_is_a_doubt() -> None:
    found = matches("b", [caf("b:1")], [known(caf("a:1"), "a"), known(caf("c:1"), "c")])
    assert dict(found.same) == {}
    assert [(doubt.told, doubt.known) for doubt in found.doubts] == [("b:1", "a:1"), ("b:1", "c:1")]


def test_what_is_looked_for() -> None:
    assert sought([caf(siret=SIRET), caf("a:2", place=None)]) == ([SIRET], ["CAF|25056|caf du doubs"])


def test_a_body_is_renamed_wherever_it_is_named() -> None:
    batch = make.batch(
        caf("b:1", part_of="b:2"),
        make.service("b:s", organisation="b:1"),
        make.professional("b:p", organisations=("b:1", "b:3")),
        make.post("b:t", organisation="b:1"),
        make.agreement("b:a", granted_by=("b:2",), given_to="b:1"),
        make.succession("b:3", "b:1"),
    )
    subjects = {"b:1": "a:1", "b:2": "a:2"}
    after = renamed(batch, subjects)
    assert bodies_named(after) == {"a:1", "a:2", "b:3"}
    assert after.organisations == (caf("a:1", part_of="a:2"),)
    assert after.services == (make.service("b:s", organisation="a:1"),)
    assert after.professionals[0].organisations == ("a:1", "b:3")
    assert after.posts[0].organisation == "a:1"
    assert (after.agreements[0].granted_by, after.agreements[0].given_to) == (("a:2",), "a:1")
    assert after.successions == (Succession(**{**_said(batch.successions[0]), "successor": "a:1"}),)
    assert renamed(batch, {}) is batch


def _said(succession: Succession) -> dict[str, Any]:
    return {name: getattr(succession, name) for name in ("predecessor", "successor", "on", "kind", "scope")}
