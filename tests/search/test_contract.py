"""One promise (search/backend.py), one suite, every engine: embedded, stand-in, and Meilisearch where MEILI_URL is set."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from graph.model.candidates import NOWHERE, Candidates, candidates_of
from graph.model.directory import Capacity, Mode, Public
from graph.model.facts import Grade, facts_of, lateness, mark
from graph.model.names import NameTier, name_tier, name_words
from graph.model.relay import Ground, Listing, Tie
from graph.model.territory import Territory
from search import document
from search.backend import Engine, Held, Index, NotBuilt, Wanted, Writer
from search.fit import NAME, fits_of
from tests import make

IN_DOUBS = Wanted(zones=("departement:25",), competences=(make.RENT,))
ANYWHERE = Wanted(competences=(make.RENT, make.RSA))


def listing(id_: str, name: str = "Organisme d’essai", **values: object) -> Listing:
    """The organisation itself, under its own key."""
    return make.listing(f"organisation:{id_}", organisation=make.organisation(id_, name=name), **values)


async def build(engine: Engine, *listings: Listing, territories: Sequence[Territory] | None = None) -> Writer:
    """A generation in use with these listings; its writer. Others may run between its steps."""
    writer = await engine.aside()
    await asyncio.sleep(0)
    await writer.keep_places(make.territories() if territories is None else territories)
    await writer.replace((), listings)
    await asyncio.sleep(0)
    await writer.commit()
    await asyncio.sleep(0)
    await writer.switch()
    return writer


async def keys(index: Index, wanted: Wanted = ANYWHERE) -> list[str]:
    await index.follow()
    return [found.key for found in await make.listings(index, wanted)]


async def test_before_there_is_an_index_nothing_answers_and_all_say_so(engine_under_test: Engine) -> None:
    index = engine_under_test.index()
    assert await engine_under_test.in_use() == ""
    assert await engine_under_test.current() is None
    assert not await index.answers()
    with pytest.raises(NotBuilt):
        await index.candidates(ANYWHERE)
    with pytest.raises(NotBuilt):
        await index.held()
    with pytest.raises(NotBuilt):
        _ = index.generation
    with pytest.raises(NotBuilt):
        _ = index.places
    async with index.followed():
        assert not await index.answers()


async def test_an_empty_index_answers(engine_under_test: Engine) -> None:
    writer = await build(engine_under_test, territories=[])
    index = engine_under_test.index()
    assert await index.answers()
    assert await keys(index) == []
    assert await index.held() == {}
    assert index.places.get("25056") is None
    assert not await writer.holds_listings()
    assert await engine_under_test.in_use() == writer.name
    await writer.close()


async def test_what_is_held_is_what_was_given(engine_under_test: Engine) -> None:
    given = [
        listing("t:caf", "CAF du Doubs", ties=(Tie(make.RENT, Ground.LAW, "CCH L821-1", "aides au logement"),)),
        make.listing("service:t:s", organisation=make.organisation("t:caf"), service=make.service()),
    ]
    writer = await build(engine_under_test, *given)
    index = engine_under_test.index()
    assert await make.listings(index, ANYWHERE) == given
    assert await index.held() == {one.key: Held(document.digest(document.encode(one)), "t:caf") for one in given}
    assert await writer.holds_listings()
    await writer.close()


async def test_nothing_shows_before_it_is_committed(engine_under_test: Engine) -> None:
    await (await build(engine_under_test, listing("t:un"))).close()
    index = engine_under_test.index()
    writer = await engine_under_test.current()
    assert writer
    await writer.replace(["t:un"], [])
    await writer.replace((), [listing("t:deux")])
    assert await keys(index) == ["organisation:t:un"]
    await writer.close()

    again = await engine_under_test.current()
    assert again
    await again.commit()
    assert await keys(index) == ["organisation:t:un"]
    await again.replace(["t:un"], [])
    await again.replace((), [listing("t:deux")])
    await again.commit()
    assert await keys(index) == ["organisation:t:deux"]
    await again.close()


async def test_an_organisation_is_replaced_with_all_its_listings_and_no_other(engine_under_test: Engine) -> None:
    def of_caf(service: str) -> Listing:
        return make.listing(
            f"service:t:{service}", organisation=make.organisation("t:caf"), service=make.service(f"t:{service}")
        )

    writer = await build(engine_under_test, of_caf("a"), of_caf("b"), listing("t:cafe"), listing("T:CAF"))
    index = engine_under_test.index()
    await writer.replace(["t:caf"], [of_caf("b"), of_caf("c")])
    await writer.commit()
    others = ["organisation:T:CAF", "organisation:t:cafe"]
    assert await keys(index) == [*others, "service:t:b", "service:t:c"]

    # What was given and taken back within one commit was never there.
    await writer.replace(["t:caf"], [of_caf("d")])
    await writer.replace(["t:caf"], [])
    await writer.commit()
    assert await keys(index) == others
    await writer.close()


@pytest.mark.parametrize("id_", ['a"b', "a\\b", "a b", "l’Œuvre à l'eau", "é" * 300, "x: [y] OR z", "🏠"])
async def test_any_id_can_be_written_and_replaced(engine_under_test: Engine, id_: str) -> None:
    writer = await build(engine_under_test, listing(id_), listing("t:autre"))
    index = engine_under_test.index()
    assert await keys(index) == sorted([f"organisation:{id_}", "organisation:t:autre"])
    await writer.replace([id_], [])
    await writer.commit()
    assert await keys(index) == ["organisation:t:autre"]
    await writer.close()


async def test_territory_and_competence_choose_the_candidates(engine_under_test: Engine) -> None:
    rsa = (Tie(make.RSA, Ground.LAW),)
    writer = await build(
        engine_under_test,
        listing("t:doubs"),
        listing("t:besancon", covers=("25056",)),
        listing("t:pontarlier", covers=("25462",)),
        listing("t:france", covers=("pays:FR",), ties=rsa),
        listing("t:rien", ties=()),
    )
    index = engine_under_test.index()
    zones = make.besancon().zones

    async def found(**wanted: object) -> list[str]:
        return [key.removeprefix("organisation:t:") for key in await keys(index, Wanted(**wanted))]  # type: ignore[arg-type]

    assert await found(zones=zones, competences=(make.RENT,)) == ["besancon", "doubs"]
    assert await found(zones=zones, competences=(make.RENT, make.RSA)) == ["besancon", "doubs", "france"]
    assert await found(inside="departement:25", competences=(make.RENT,)) == ["besancon", "doubs", "pontarlier"]
    assert await found(inside="25462", competences=(make.RENT,)) == ["pontarlier"]
    assert await found(competences=(make.RSA,)) == ["france"]
    assert await found(competences=("inconnue",)) == []
    assert await found(zones=zones) == []
    await writer.close()


async def test_how_many_act_in_a_territory_or_a_part_of_it(engine_under_test: Engine) -> None:
    writer = await build(
        engine_under_test,
        listing("t:doubs"),
        listing("t:besancon", covers=("25056",)),
        listing("t:deux", covers=("25056", "25462")),
        listing("t:rien", covers=()),
    )
    index = engine_under_test.index()
    await index.follow()
    asked = ["pays:FR", "departement:25", "25056", "25462", "75056"]
    assert await index.acting(asked) == dict(zip(asked, [3, 3, 2, 1, 0], strict=True))
    assert await index.acting([]) == {}
    await writer.close()


async def test_a_candidate_tells_its_facts_its_best_way_and_its_nearest_zone(engine_under_test: Engine) -> None:
    lawful = listing(
        "t:loi",
        ties=(Tie(make.RENT, Ground.LAW), Tie(make.RENT, Ground.FIRST_STEP), Tie(make.RSA, Ground.GENERAL)),
        covers=("pays:FR", "25056"),
    )
    offered = make.listing(
        "service:t:s",
        organisation=make.organisation("t:caf", part_of="t:loi"),
        service=make.service(
            publics=(Public.FEMMES, Public.FAMILLES),
            excludes=(Public.JEUNES,),
            modes=(Mode.A_DISTANCE,),
            hours="Mo-Fr 09:00-17:00",
            capacity=Capacity(vouched_on=make.TODAY, places_free=3, waiting_days=21, full_until=date(2026, 6, 1)),
            answer_days=2,
            interpreter=True,
            free=False,
            place=make.place(),
        ),
        ties=(Tie(make.RENT, Ground.SPECIALISED),),
    )
    mandated = make.listing("agreement:t:a", agreement=make.agreement(), ties=(Tie(make.HOTEL, Ground.MANDATE),))
    named = listing("t:nom", "Maison Perrin", ties=(Tie(make.RSA, Ground.LAW),), covers=("departement:25",))
    writer = await build(engine_under_test, lawful, offered, mandated, named)
    index = engine_under_test.index()
    ways = ((make.RENT, Grade.SPECIALISED), (make.RENT, Grade.FIRST_STEP_BY_LAW), (make.HOTEL, Grade.AGREEMENT))
    wanted = Wanted(
        zones=make.besancon().zones, competences=(make.RENT, make.HOTEL), names=(("perrin",),), preferred=ways
    )
    await index.follow()
    found = await index.candidates(wanted)
    expected = [(lawful, 1, 0), (offered, 0, 1), (mandated, 2, 1), (named, NOWHERE, 1)]
    rows = {key: row for row, key in enumerate(found.facts["key"].tolist())}
    in_order = [rows[mark(one.key)] for one, _, _ in expected]
    assert len(found) == 4
    assert found.facts[in_order].tolist() == facts_of(one for one, _, _ in expected).tolist()
    assert list(zip(found.ties[in_order], found.zones[in_order], strict=True)) == [
        (tie, zone) for _, tie, zone in expected
    ]
    assert found.hours[mark("Mo-Fr 09:00-17:00")] == "Mo-Fr 09:00-17:00"
    # Whole where the rest of the listing decides.
    assert [found.whole[row] for row in in_order[2:]] == [mandated, named]
    inside = await index.candidates(Wanted(inside="25056", competences=(make.RENT,), preferred=ways[:2]))
    assert (inside.facts["key"], inside.ties, inside.zones) == ([mark(lawful.key)], [1], [NOWHERE])
    await writer.close()


def crowd(name: str, number: int, **values: object) -> list[Listing]:
    body = make.organisation("t:foule", **values)
    ties = (Tie(make.RENT, Ground.LAW if name == "loi" else Ground.GENERAL),)
    return [make.listing(f"service:t:{name}{place:04}", organisation=body, ties=ties) for place in range(number)]


async def test_of_too_many_those_that_fit_best_are_weighed_and_of_equals_the_latest(engine_under_test: Engine) -> None:
    old = {"vouched_on": date(2024, 5, 31)}
    lawful, fresh, faded = crowd("loi", 400, **old), crowd("frais", 500), crowd("vieux", 300, **old)
    writer = await build(engine_under_test, *lawful, *fresh, *faded)
    index = engine_under_test.index()
    await index.follow()
    found = await index.candidates(IN_DOUBS)
    assert found.cut
    # A hundred of the faded ones have room: which is ours to say, and the same wherever it is asked.
    last = sorted(faded, key=lambda one: lateness(facts_of([one]))[0], reverse=True)[:100]
    assert set(found.facts["key"].tolist()) == {mark(one.key) for one in (*lawful, *fresh, *last)}
    assert len(found) == 1_000
    found = await index.candidates(replace(IN_DOUBS, most=400))
    assert (found.cut, set(found.facts["key"].tolist())) == (True, {mark(one.key) for one in lawful})
    found = await index.candidates(replace(IN_DOUBS, most=1_200))
    assert (found.cut, len(found)) == (False, 1_200)
    await writer.close()


def motley(number: int, chance: random.Random) -> list[Listing]:
    """Listings of several ways, zones and names, many of them alike in all but their day."""
    zones, matters = make.besancon().zones, (make.RENT, make.RSA, make.HOTEL)
    return [
        make.listing(
            f"organisation:t:{place:03}",
            organisation=make.organisation(
                f"t:{place:03}",
                name=chance.choice(("Zibeline", "Essai", "Essai Zibeline")),
                vouched_on=make.TODAY - timedelta(days=chance.randrange(400)),
            ),
            ties=tuple(
                Tie(matter, chance.choice((Ground.LAW, Ground.SPECIALISED, Ground.GENERAL)))
                for matter in chance.sample(matters, chance.randrange(3))
            ),
            covers=tuple(chance.sample(zones, chance.choice((1, 1, 2)))),
        )
        for place in range(number)
    ]


async def test_wherever_the_cut_falls_those_that_fit_best_are_weighed(engine_under_test: Engine) -> None:
    chance = random.Random(77)
    listings = motley(240, chance)
    writer = await build(engine_under_test, *listings)
    await writer.close()
    index = engine_under_test.index()
    await index.follow()
    cuts = 0
    for _ in range(60):
        competences = tuple(chance.sample((make.RENT, make.RSA, make.HOTEL), chance.choice((1, 2, 3))))
        wanted = Wanted(
            zones=make.besancon().zones[chance.randrange(2) :],
            competences=competences,
            names=chance.choice(((), (), (("zibeline",),), (("essai", "zibeline"),))),
            preferred=tuple((id_, grade) for grade in Grade for id_ in competences),
            most=chance.randrange(1, 90),
        )
        whole = candidates_of(listings, wanted.preferred, wanted.zones)
        fits = fits_of(whole, listings, wanted)
        fitting = np.flatnonzero((whole.zones >= 0) & ((whole.ties >= 0) | (fits >= NAME)))
        best = fitting[np.lexsort((lateness(whole.facts)[fitting], fits[fitting]))[::-1]][: wanted.most]
        found = await index.candidates(wanted)
        assert found.cut == (len(fitting) > wanted.most)
        assert where(found) == where(whole.of(best))
        cuts += found.cut
    assert cuts > 30


async def test_of_more_zones_than_a_place_has_none_is_nearer_and_the_ways_stay_right(engine_under_test: Engine) -> None:
    zones = tuple(f"epci:{number}" for number in range(20))
    grounds = (Ground.LAW, Ground.SPECIALISED, Ground.GENERAL)
    listings = [
        make.listing(
            f"organisation:t:{at:03}", ties=(Tie(make.RENT, grounds[at % 3]),), covers=(zones[at % 20], "pays:FR")
        )
        for at in range(60)
    ]
    elsewhere = make.listing("organisation:t:loin", covers=("epci:99",))
    writer = await build(engine_under_test, *listings, elsewhere)
    await writer.close()
    index = engine_under_test.index()
    await index.follow()
    ways = tuple((make.RENT, grade) for grade in Grade)
    for most in (7, 30, 100):
        found = await index.candidates(Wanted(zones=zones, competences=(make.RENT,), preferred=ways, most=most))
        whole = candidates_of(listings, ways, ())
        best = np.lexsort((lateness(whole.facts), -whole.ties))[::-1][:most]
        assert where(found) == where(whole.of(best))
        assert found.cut == (most < 60)


def where(found: Candidates) -> list[tuple[int, int, int]]:
    """The key of each, its way and its zone."""
    return sorted(zip(found.facts["key"].tolist(), found.ties.tolist(), found.zones.tolist(), strict=True))


async def test_listings_come_as_they_were_when_they_were_found_and_by_key_as_they_are(
    engine_under_test: Engine,
) -> None:
    writer = await build(engine_under_test, listing("t:un", "Avant"), listing("t:deux"))
    index = engine_under_test.index()
    await index.follow()
    found = await index.candidates(ANYWHERE)
    await writer.replace(["t:un"], [listing("t:un", "Après")])
    await writer.commit()
    await index.follow()
    names = {one.key: one.organisation.name for one in await index.listings(found, range(2))}
    assert names == {"organisation:t:un": "Avant", "organisation:t:deux": "Organisme d’essai"}
    known = await index.known(["organisation:t:un", "organisation:t:inconnu", "organisation:T:DEUX"])
    assert [one.organisation.name for one in known] == ["Après"]
    assert await index.known([]) == []
    await writer.close()


NAMES = (
    "CAF du Doubs", "Caisse d’allocations familiales du Doubs", "Centre hospitalier spécialisé de Novillars",
    "CSAPA Soléa – Besançon", "ADIL 25", "CCAS de Besançon", "Cœur de l’Œuvre", "L’Échappée", "Pôle emploi Besançon-Témis",
    "France Travail Témis", "Association d’hygiène sociale de Franche-Comté", "CHRS Le Roseau", "115 du Doubs",
)  # fmt: skip
TYPED = (
    "caf", "caf doubs", "caff doubs", "allocations familiales", "alocations familliales", "llocations", "zllocations",
    "xallocations", "lalocations", "alloc famil", "famil alloc", "csapa", "csapaa", "cspaa", "solea", "sola", "zolea",
    "hospit novil", "novillar", "novilasr", "movillars", "hygiene", "ygiene", "higiène sociale", "coeur oeuvre",
    "echappee", "l'échappée", "échapée", "pole emploi", "poel emploi", "polemploi", "adil", "adl", "25", "115", "114",
    "doubs doubs", "temis", "tenis", "france travail", "frnce travial", "chrs", "chrs roseau", "doubs lune", "ccas caf",
)  # fmt: skip


async def test_names_are_found_wherever_names_py_judges_them_near(engine_under_test: Engine) -> None:
    named = {f"organisation:t:{place:02}": name for place, name in enumerate(NAMES)}
    writer = await build(
        engine_under_test, *(listing(key.removeprefix("organisation:"), name, ties=()) for key, name in named.items())
    )
    await writer.close()
    index = engine_under_test.index()
    expected, found = {}, {}
    for typed in TYPED:
        words = name_words(typed)
        expected[typed] = [key for key, name in named.items() if name_tier(words, name) is not NameTier.NONE]
        found[typed] = await keys(index, Wanted(names=(words,)))
    assert found == expected


async def test_several_names_and_competences_add_up(engine_under_test: Engine) -> None:
    writer = await build(
        engine_under_test,
        listing("t:1", "CAF du Doubs", ties=()),
        listing("t:2", "Mission locale", ties=()),
        listing("t:3", "Autre"),
        listing("t:4", "Rien", ties=()),
        make.listing(
            "service:t:5", ties=(), organisation=make.organisation("t:5", name="X", aliases=("Le Relais",)),
            service=make.service("t:5", name="Accueil de jour"),
        ),
    )  # fmt: skip
    index = engine_under_test.index()
    wanted = Wanted(competences=(make.RENT,), names=(("caf",), ("mission", "locale"), ("inconnu",), ()))
    assert await keys(index, wanted) == ["organisation:t:1", "organisation:t:2", "organisation:t:3"]
    assert await keys(index, Wanted(names=(("relais", "accueil"),))) == ["service:t:5"]
    longer = Wanted(names=(("mission", "locale"), ("locale", "autre", "mission"), ("accueil", "inconnu"), ("accueil",)))
    assert await keys(index, longer) == ["organisation:t:2", "service:t:5"]
    assert await keys(index, Wanted(zones=("13055",), names=(("caf",),))) == []
    await writer.close()


async def test_a_name_that_comes_later_is_found_by_those_who_read_before(engine_under_test: Engine) -> None:
    writer = await build(engine_under_test, listing("t:1", "CAF du Doubs"))
    index = engine_under_test.index()
    assert await keys(index, Wanted(names=(("zibeline",),))) == []
    await writer.replace(["t:1"], [listing("t:1", "Zibeline Xylophone")])
    await writer.commit()
    assert await keys(index, Wanted(names=(("zibelin",),))) == ["organisation:t:1"]
    assert await keys(index, Wanted(names=(("caf",),))) == []
    await writer.close()


async def test_more_than_a_thousand_candidates_come_without_loss(engine_under_test: Engine) -> None:
    many = [listing(f"t:{number:04}") for number in range(1203)]
    writer = await build(engine_under_test, *many[:700])
    await writer.replace((), many[700:])
    await writer.commit()
    index = engine_under_test.index()
    await index.follow()
    assert await make.listings(index, replace(IN_DOUBS, most=1_203)) == many
    assert len(await index.held()) == len(many)
    await writer.close()


async def test_the_territories_come_with_the_index_and_are_replaced(engine_under_test: Engine) -> None:
    writer = await build(engine_under_test, listing("t:un"))
    index = engine_under_test.index()
    await index.follow()
    assert [index.places.get(territory.id) for territory in make.territories()] == make.territories()
    before = index.generation

    *kept, _ = make.territories()
    await writer.keep_places(kept)
    await writer.commit()
    await index.follow()
    assert index.places.get("25462") is None
    assert len(index.places) == len(kept)
    assert index.generation != before
    assert await keys(index) == ["organisation:t:un"]
    await writer.close()

    again = await engine_under_test.current()
    assert again
    # Listings written later lie inside what the territories of the generation say.
    await again.replace((), [listing("t:deux", covers=("25056",))])
    await again.commit()
    assert await keys(index, Wanted(inside="departement:25", competences=(make.RENT,))) == [
        "organisation:t:deux",
        "organisation:t:un",
    ]
    await again.close()


async def test_the_generation_changes_with_each_write_and_the_name_with_each_rebuild(engine_under_test: Engine) -> None:
    writer = await build(engine_under_test, listing("t:un"))
    index = engine_under_test.index()
    seen: list[str] = []
    for change in (None, [listing("t:deux")], None, []):
        if change is not None:
            await writer.replace(["t:deux"], change)
            await writer.commit()
        await keys(index)
        seen.append(index.generation)
    assert seen[1] == seen[2]
    assert len(set(seen)) == 3
    assert await engine_under_test.in_use() == writer.name
    await writer.close()

    other = await build(engine_under_test, listing("t:un"))
    await index.follow()
    assert index.generation not in seen
    assert await engine_under_test.in_use() == other.name != writer.name
    await other.close()


async def test_a_rebuild_leaves_no_gap_for_those_who_ask_meanwhile(engine_under_test: Engine) -> None:
    """Whole answers of one generation or the other, at every moment, whatever changes with it: facts, names, territories."""
    old, new = ([listing(f"t:{number:02}", name) for number in range(40)] for name in ("Ancien", "Nouveau"))
    *fewer, pontarlier = make.territories()
    await (await build(engine_under_test, *old, territories=fewer)).close()
    index = engine_under_test.index()
    wanted = Wanted(competences=ANYWHERE.competences, names=(("ancien",), ("nouveau",)))
    seen: list[list[Listing]] = []
    ended = asyncio.Event()

    async def ask() -> None:
        while not ended.is_set():
            seen.append(await make.listings(index, wanted))
            await asyncio.sleep(0)

    async with index.followed():
        asking = [asyncio.create_task(ask()) for _ in range(2)]
        for listings, territories in ((new, [*fewer, pontarlier]), (old, fewer), (new, [*fewer, pontarlier])):
            await (await build(engine_under_test, *listings, territories=territories)).close()
            await index.follow()
            assert await make.listings(index, wanted) == listings
            assert len(index.places) == len(territories)
        ended.set()
        await asyncio.gather(*asking)
    assert len(seen) > 3
    assert [found for found in seen if found not in (old, new)] == []


async def test_a_rebuild_given_up_changes_nothing_and_leaves_nothing(engine_under_test: Engine) -> None:
    writer = await build(engine_under_test, listing("t:un"))
    index = engine_under_test.index()
    await index.follow()
    before = index.generation
    aside = await engine_under_test.aside()
    await aside.keep_places([])
    await aside.replace((), [listing("t:deux")])
    await aside.commit()
    assert await keys(index) == ["organisation:t:un"]
    await aside.discard()
    assert await keys(index) == ["organisation:t:un"]
    assert index.generation == before
    assert await engine_under_test.in_use() == writer.name
    assert await engine_under_test.troubles() == []
    await writer.close()
