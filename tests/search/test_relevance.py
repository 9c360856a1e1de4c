"""The same questions, the same answers in the same order, whatever engine found the candidates; with the traps of French."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import cast

import pytest

from api.actions.find_relay import Ask, find_relay
from api.rooms import Rooms
from api.settings import Settings
from graph.model.relay import Ground, Listing, Tie
from graph.store.unit import Graph
from search.backend import Engine
from search.understand import Reader
from tests import make, reading

ENERGY = "difficultes-financieres--impayes-denergie-et-deau"
DOLE = "droits-et-prestations--indemnisation-chomage"
SHELTER = "logement-hebergement--mise-a-labri-urgence"
LODGING = "logement-hebergement--rechercher-une-solution-dhebergement-temporaire"
ADDICTIONS = "sante--addictions"
NETWORK = (
    # id, name, kind, by what right, what it handles
    ("adil", "ADIL du Doubs", "ADIL", Ground.FIRST_STEP, (make.RENT,)),
    ("fsl", "Fonds de solidarité pour le logement", "DEPARTEMENT", Ground.LAW, (make.RENT, ENERGY)),
    ("caf", "Caf du Doubs", "CAF", Ground.LAW, (make.RENT, make.RSA)),
    ("ccas", "CCAS de Besançon", "CCAS", Ground.MANDATE, (make.RSA,)),
    ("csapa", "CSAPA Soléa", "CSAPA", Ground.SPECIALISED, (ADDICTIONS,)),
    ("chrs", "CHRS Le Roseau", "CHRS", Ground.SPECIALISED, (LODGING,)),
    ("115", "115 du Doubs", "SAMU_SOCIAL_115", Ground.LAW, (SHELTER, LODGING)),
    ("ft", "France Travail Témis", "FRANCE_TRAVAIL", Ground.LAW, (DOLE,)),
    ("energie", "Espace conseil énergie", "FRANCE_RENOV", Ground.GENERAL, (ENERGY,)),
)
RENT, LODGINGS = ["adil", "caf", "fsl"], ["115", "chrs"]
ANSWERS = {
    "impayés de loyer": RENT, "loyers impayés": RENT, "dettes locatives": RENT, "DETTES LOCATIVES": RENT,
    "RSA": ["caf", "ccas"], "rsa": ["caf", "ccas"],
    "csapa": ["csapa"], "CSAPA": ["csapa"], "csapaa": ["csapa"], "roseau": ["chrs"], "zolea": ["csapa"],
    "CHRS": ["chrs", "115"], "115": ["115"], "sans abri ce soir": ["115"],
    "l’hébergement": LODGINGS, "l'hebergement": LODGINGS, "hebergements": LODGINGS,
    "chomage": ["ft"], "chômage": ["ft"], "france travial": ["ft"],
    "EDF coupé": ["fsl", "energie"],
    "caf doubs": ["caf"], "ccas besancon": ["ccas"], "zzzz": [],
}  # fmt: skip


def network() -> list[Listing]:
    return [
        make.listing(
            f"organisation:t:{id_}",
            organisation=make.organisation(f"t:{id_}", name=name, kind=kind),
            ties=tuple(Tie(competence, ground) for competence in handled),
        )
        for id_, name, kind, ground, handled in NETWORK
    ]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return reading.shared()


@pytest.fixture
async def rooms(engine_under_test: Engine, reader: Reader) -> AsyncIterator[Rooms]:
    """The network in the index, and no graph: a question does not ask it."""
    writer = await engine_under_test.aside()
    await writer.keep_places(make.territories())
    await writer.replace((), network())
    await writer.commit()
    await writer.switch()
    await writer.close()
    index = engine_under_test.index()
    async with index.followed():
        yield Rooms(settings=Settings(), graph=cast(Graph, None), index=index, reader=reader)


async def test_the_main_questions_have_the_same_answers_in_the_same_order(rooms: Rooms) -> None:
    found = {text: await find_relay(rooms, Ask(text=text, territory="25056", at=make.NOW)) for text in ANSWERS}
    assert {
        text: [relay.listing.organisation.id.removeprefix("t:") for relay in answer.relays]
        for text, answer in found.items()
    } == ANSWERS


async def test_the_place_may_be_in_the_words(rooms: Rooms) -> None:
    found = await find_relay(rooms, Ask(text="impayés de loyer à Besançon", at=make.NOW))
    assert found.question.territory == make.besancon()
    assert [relay.listing.organisation.id for relay in found.relays] == ["t:adil", "t:caf", "t:fsl"]
