from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from api.actions.find_relay import Ask, find_relay
from api.actions.kept import kept
from api.rooms import Rooms
from api.settings import Settings
from graph.model.candidates import Candidates
from graph.model.directory import Mode, Public
from graph.model.relay import Found, WideningStep
from graph.model.territory import Point, Territory, TerritoryLevel
from graph.store.loading import Loader
from graph.store.unit import Graph
from search.backend import Wanted
from search.embedded import EmbeddedEngine, EmbeddedIndex
from search.indexer import Indexer
from tests import make, reading

BUDGET = "difficultes-financieres--acquerir-une-autonomie-budgetaire"
DEBTS = "difficultes-financieres--situation-dendettement-surendettement"
HOME = (Mode.A_DISTANCE,)
DOOR = (Mode.EN_PRESENTIEL,)


class WatchedIndex(EmbeddedIndex):
    """The real index, which remembers what it was asked."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.asked: list[Wanted] = []

    async def candidates(self, wanted: Wanted) -> Candidates:
        self.asked.append(wanted)
        return await super().candidates(wanted)


def town(id_: str, name: str, level: TerritoryLevel, *around: str) -> Territory:
    # Both share a postcode that is also the INSEE code of another town, as in Marseille.
    zones = (id_, *around, "departement:13", "pays:FR")
    codes = ("13001", "13002") if level is TerritoryLevel.COMMUNE else ("13001",)
    return Territory(id=id_, name=name, level=level, zones=zones, point=Point(43.3, 5.4), postcodes=codes)


def territories() -> list[Territory]:
    zones = ("departement:13", "pays:FR")
    return [
        *make.territories(),
        Territory(
            id="departement:13", name="Bouches-du-Rhône", level=TerritoryLevel.DEPARTEMENT, zones=zones, article="les"
        ),
        town("13055", "Marseille", TerritoryLevel.COMMUNE),
        town("13201", "Marseille 1er arrondissement", TerritoryLevel.ARRONDISSEMENT, "13055"),
        Territory(id="13001", name="Aix-en-Provence", level=TerritoryLevel.COMMUNE, zones=("13001", *zones)),
    ]


def service(id_: str, competence: str, covers: str, **values: Any) -> Any:
    return make.service(f"t:{id_}", competences=(competence,), covers=(covers,), **values)


def records() -> list[Any]:
    local, far = "25056", "25462"
    return [
        make.organisation("t:ville", name="Ville d’essai", kind="COMMUNE", covers=(local,)),
        make.organisation("t:caf", name="Association d’essai", kind="ASSOCIATION", covers=()),
        # Families are served in Pontarlier; in Besançon, only seniors, and one that leaves families out.
        service("familles", make.RENT, far, publics=(Public.FAMILLES,), modes=DOOR),
        service("seniors", make.RENT, local, publics=(Public.SENIORS,), modes=DOOR),
        service("sauf", make.RENT, local, publics=(Public.SENIORS,), excludes=(Public.FAMILLES,), modes=DOOR),
        # The rest is found in the whole Doubs only by loosening.
        service("ici", BUDGET, local, publics=(Public.SENIORS,), modes=DOOR),
        service("loin", DEBTS, far, publics=(Public.SENIORS,), excludes=(Public.JEUNES,), modes=DOOR),
        make.agreement("t:demain", covers=(local,), since=date(2026, 3, 11)),
        make.agreement("t:reserve", covers=(local,), reserved=True),
        make.agreement("t:fini", covers=(local,), until=date(2021, 1, 1)),
        service("marseille", make.RSA, "13055"),
        service("premier", make.RSA, "13201"),
    ]


@pytest.fixture(scope="module")
async def rooms(graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rooms]:
    """A small network in the real graph and the real index; no test here changes it."""
    folder: Path = tmp_path_factory.mktemp("find_relay")
    await graph.write(
        lambda unit: unit.run("MATCH (n) WHERE NOT n:Competence AND NOT n:Migration DETACH DELETE n"),
    )
    loader = Loader(graph, "essai")
    await loader.load(await loader.plan_territories(territories()), lambda done: None)
    await loader.load(await loader.plan_batch(make.batch(*records())), lambda done: None)
    indexer = Indexer(graph, EmbeddedEngine(folder))
    await indexer.rebuild()
    await indexer.close()
    yield Rooms(settings=Settings(), graph=graph, index=WatchedIndex(folder), reader=reading.shared())


async def find(rooms: Rooms, competence: str, territory: str = "25056", **values: Any) -> Found:
    plain: dict[str, Any] = {"at": make.NOW}
    return await find_relay(rooms, Ask(competences=(competence,), territory=territory, **(plain | values)))


def keys(found: Found) -> list[str]:
    return [relay.listing.key for relay in found.relays]


async def test_larger_territories_come_first_with_the_public_and_the_mode_kept(rooms: Rooms) -> None:
    found = await find(rooms, make.RENT, publics=(Public.FAMILLES,), modes=DOOR)
    assert keys(found) == ["service:t:familles"]
    assert found.widened
    assert (found.widened.step, found.widened.text) == (
        WideningStep.LARGER_TERRITORY,
        "Rien à Besançon même : recherche élargie dans le Doubs.",
    )
    assert (found.question.publics, found.question.modes) == ((Public.FAMILLES,), DOOR)
    said = [reason.text for reason in found.relays[0].reasons]
    assert "Hors du territoire demandé : intervient à Pontarlier" in said


CHECK = "vérifiez les conditions avant d’orienter."


@pytest.mark.parametrize(
    ("competence", "publics", "modes", "key", "step", "said"),
    [
        (BUDGET, (), HOME, "ici", WideningStep.OTHER_MODE,
         "Rien sous la forme demandée : voici les autres façons d’être reçu."),
        (BUDGET, (Public.FAMILLES,), DOOR, "ici", WideningStep.OTHER_PUBLIC,
         f"Rien qui s’adresse précisément à ce public : {CHECK}"),
        (BUDGET, (Public.FAMILLES,), HOME, "ici", WideningStep.OTHER_PUBLIC,
         "Rien précisément pour ce public, ni sous la forme demandée : "
         f"voici les autres façons d’être reçu ; {CHECK}"),
        (DEBTS, (), HOME, "loin", WideningStep.LARGER_TERRITORY,
         "Rien à Besançon même : recherche élargie dans le Doubs, toutes formes d’accueil confondues."),
        (DEBTS, (Public.FAMILLES,), (), "loin", WideningStep.LARGER_TERRITORY,
         f"Rien à Besançon même : recherche élargie dans le Doubs, tous publics confondus ; {CHECK}"),
        (DEBTS, (Public.FAMILLES,), HOME, "loin", WideningStep.LARGER_TERRITORY,
         "Rien à Besançon même : recherche élargie dans le Doubs, "
         f"toutes formes d’accueil et tous publics confondus ; {CHECK}"),
    ],
)  # fmt: skip
async def test_all_that_was_loosened_is_said(
    rooms: Rooms,
    competence: str,
    publics: tuple[Public, ...],
    modes: tuple[Mode, ...],
    key: str,
    step: WideningStep,
    said: str,
) -> None:
    found = await find(rooms, competence, publics=publics, modes=modes)
    assert keys(found) == [f"service:t:{key}"]
    assert found.widened
    assert (found.widened.step, found.widened.text) == (step, said)
    assert found.question.publics == publics


async def test_what_leaves_the_public_out_is_not_found_by_widening(rooms: Rooms) -> None:
    found = await find(rooms, DEBTS, publics=(Public.JEUNES,))
    assert (keys(found), found.widened) == ([], None)


async def test_an_agreement_begins_on_the_day_of_paris(rooms: Rooms) -> None:
    before, after = (datetime.fromisoformat(f"2026-03-10T{hour}+00:00") for hour in ("22:30:00", "23:30:00"))
    assert keys(await find(rooms, make.HOTEL, at=before)) == []
    found = await find(rooms, make.HOTEL, at=after)
    assert keys(found) == ["agreement:t:demain"]
    assert found.question.at.isoformat() == "2026-03-11T00:30:00+01:00"


async def test_a_town_of_arrondissements_finds_what_covers_one_of_them_after_what_covers_it_all(rooms: Rooms) -> None:
    asked_since(rooms)
    found = await find(rooms, make.RSA, "Marseille")
    assert (keys(found), found.widened) == (["service:t:marseille", "service:t:premier"], None)
    said = [[reason.text for reason in relay.reasons] for relay in found.relays]
    assert "Intervient dans le 1er arrondissement de Marseille" in said[1]
    assert not any("territoire" in text or "Intervient" in text for text in said[0])
    assert [w.inside for w in asked_since(rooms)] == ["", "13055"]


async def test_a_plain_commune_is_asked_once_and_a_departement_twice(rooms: Rooms) -> None:
    asked_since(rooms)
    await find(rooms, make.RSA, "13201")
    assert [w.inside for w in asked_since(rooms)] == [""]
    await find(rooms, make.RENT)
    assert [w.inside for w in asked_since(rooms)] == [""]
    found = await find(rooms, make.RENT, "departement:25", publics=(Public.FAMILLES,))
    assert [w.inside for w in asked_since(rooms)] == ["", "departement:25"]
    assert [reason.text for reason in found.relays[0].reasons if "territoire" in reason.text] == []


def asked_since(rooms: Rooms) -> list[Wanted]:
    """What the index was asked since last time."""
    index = rooms.index
    assert isinstance(index, WatchedIndex)
    asked, index.asked = index.asked, []
    return asked


async def test_what_was_chosen_is_told_unless_a_visitor_may_not_be_shown_it(rooms: Rooms) -> None:
    keys = ["agreement:t:demain", "agreement:t:reserve", "service:t:ici", "agreement:t:fini", "organisation:t:inconnu"]
    assert [listing.key for listing in await rooms.index.known(keys)] == sorted(keys[:4])
    assert [listing.key for listing in await kept(rooms, keys)] == ["agreement:t:demain", "service:t:ici"]
