"""What the person reads: a sentence for every kind in every state, in plain French."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from graph.model.casework.handoff import Handoff, Kind, State, Target
from graph.model.casework.sentences import ASKED, partner_of, sentences, table

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
# Words of the trade, and those that one is not called by.
JARGON = re.compile(
    r"usager|bénéficiaire|public cible|orient|référent|dispositif|accompagnement|prescri|traité|handoff|partenaire",
    re.I,
)


def handoff(kind: Kind, state: State, **values: object) -> Handoff:
    made = Handoff(
        id="h",
        kind=kind,
        state=state,
        sender="o:ici",
        sender_account="a",
        target=Target(organisation="o:la"),
        drafted=AT,
        since=AT,
        due=AT,
    )
    for name, value in values.items():
        object.__setattr__(made, name, value)
    return made


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("state", State)
def test_every_kind_in_every_state_has_its_sentences(kind: Kind, state: State) -> None:
    one = handoff(kind, state)
    where, then = sentences(one)
    assert where[0].isupper() or where.startswith("{partner}")
    assert where.endswith(".")
    assert "{before}" not in where
    if one.open:
        assert "{before}" in then
        assert then.endswith(".")
    filled = f"{where} {then}".format(partner="Le service", before="avant vendredi")
    assert "{" not in filled
    assert not JARGON.search(filled), filled


def test_no_line_is_written_twice_or_for_nothing() -> None:
    general = {state for kind, state in table() if not kind}
    assert general == set(State)
    same = [key for key, said in table().items() if key[0] and said == table()["", key[1]]]
    assert same == []


def test_a_question_that_waits_is_said_first() -> None:
    assert sentences(handoff(Kind.REFER, State.SENT, asked=AT)).next == ASKED


def test_what_the_lead_has_seen_asks_for_nothing_more() -> None:
    assert sentences(handoff(Kind.REFER, State.DECLINED)).next != ""
    assert sentences(handoff(Kind.REFER, State.DECLINED, settled=True)).next == ""


def test_who_offers_to_take_over_is_the_one_who_is_new() -> None:
    assert partner_of(handoff(Kind.TAKE_OVER, State.SENT)) == "o:ici"
    assert partner_of(handoff(Kind.REFER, State.SENT)) == "o:la"
