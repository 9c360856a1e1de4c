"""A move that is changed in its place: by who may plan, once for each key, while the plan is a draft; and changed back."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from api.actions import reorganisation_moves as moves
from api.actions import reorganising
from api.actions.reorganisation_said import MoveKind, Said, said_of
from api.rooms import Rooms
from api.settings import Settings
from graph.model.access import Role
from graph.model.errors import Conflict, InvalidInput, NotAllowed, NotFound, Refusal
from graph.model.reorganisation.plan import Changed, CloseBody, CreateBody, Plan, PlanState, RenameBody
from graph.store.unit import Graph
from search.embedded import EmbeddedIndex
from tests import make
from tests.api.inside import Inside, inside
from tests.api.reorganised import AT, COORDINATOR, MOVES, NORTH, OLD, PARTNER, network
from tests.reading import shared

ON = (AT + timedelta(days=30)).date()
ANOTHER = Said(kind=MoveKind.RENAME_BODY, body=PARTNER, name="Partenaire du Doubs")
THREE = (*MOVES[:2], RenameBody(id=OLD, name="Service d’avant"), RenameBody(id=PARTNER, name="Autre"))


@pytest.fixture
async def rooms(empty_graph: Graph, tmp_path: Path) -> Rooms:
    await network(empty_graph)
    settings = Settings(data=tmp_path)
    return Rooms(settings=settings, graph=empty_graph, index=EmbeddedIndex(tmp_path / "index"), reader=shared())


async def draft(rooms: Rooms) -> Plan:
    return await reorganising.create(rooms, COORDINATOR, "Deux directions", ON, key="draft", moves=THREE)


async def seen(rooms: Rooms, id_: str) -> Plan:
    return (await reorganising.planned(rooms, COORDINATOR, id_, at=AT)).plan


async def test_a_move_is_changed_in_its_place_once_for_a_key_and_back(rooms: Rooms) -> None:
    made = await draft(rooms)

    async def change(key: str, said: Said = ANOTHER) -> Plan:
        return await moves.change_move(rooms, COORDINATOR, made.id, 2, said, key=key, expected_version=1)

    changed = await change("c")
    assert changed.moves == (*THREE[:2], RenameBody(id=PARTNER, name="Partenaire du Doubs"), THREE[3])
    assert (changed.version, changed.changed) == (2, Changed(place=2, before=THREE[2]))
    # Two that name one body: said as a fault of the second, as when it is added.
    faults = (await reorganising.planned(rooms, COORDINATOR, made.id, at=AT)).faults
    assert [(one.move, one.field) for one in faults] == [(3, "id")]
    assert await change("c") == changed
    with pytest.raises(InvalidInput):
        await change("c", replace(ANOTHER, name="Autrement"))
    assert await seen(rooms, made.id) == changed

    async def back(key: str, version: int) -> Plan:
        return await moves.change_back(rooms, COORDINATOR, made.id, key=key, expected_version=version)

    undone = await back("b", 2)
    assert (undone.moves, undone.version) == (THREE, 3)
    assert await back("b", 2) == undone
    again = await back("b2", 3)
    assert again.moves == changed.moves
    # Whatever else is written, there is nothing to go back to.
    titled = await reorganising.edit(rooms, COORDINATOR, made.id, key="t", title="Autre titre")
    assert titled.changed is None
    with pytest.raises(InvalidInput):
        await back("b3", titled.version)
    assert await seen(rooms, made.id) == titled


async def test_a_body_that_is_to_be_created_keeps_its_id(rooms: Rooms) -> None:
    made = await draft(rooms)
    said = replace(said_of(THREE[0]), body="", name="Direction du Nord")
    changed = await moves.change_move(rooms, COORDINATOR, made.id, 0, said, key="c", expected_version=1)
    first = changed.moves[0]
    assert isinstance(first, CreateBody)
    assert (first.record.id, first.record.name) == (NORTH, "Direction du Nord")


def _change(rooms: Rooms, id_: str, place: int = 2, version: int = 1) -> Callable[[str], Awaitable[Plan]]:
    return lambda key: moves.change_move(rooms, COORDINATOR, id_, place, ANOTHER, key=key, expected_version=version)


async def test_what_is_not_to_be_changed_stays(rooms: Rooms) -> None:
    made = await draft(rooms)
    other = await reorganising.edit(rooms, COORDINATOR, made.id, key="e", note="vu")
    refusals: list[tuple[Callable[[str], Awaitable[Plan]], type[Refusal]]] = [
        (_change(rooms, made.id), Conflict),
        (_change(rooms, made.id, 4, 2), InvalidInput),
        (_change(rooms, made.id, -1, 2), InvalidInput),
        (_change(rooms, "rien"), NotFound),
    ]
    for number, (call, refusal) in enumerate(refusals):
        with pytest.raises(refusal):
            await call(f"k{number}")
    for role in (Role.HEAD_OF_SERVICE, Role.MODERATOR, Role.PLATFORM_ADMINISTRATOR, Role.AUDITOR):
        viewer = make.viewer(role, account="x", organisation=OLD, organisations=(OLD,))
        with pytest.raises(NotAllowed):
            await moves.change_move(rooms, viewer, made.id, 2, ANOTHER, key="x", expected_version=2)
        with pytest.raises(NotAllowed):
            await moves.change_back(rooms, viewer, made.id, key="y", expected_version=2)
    assert await seen(rooms, made.id) == other


async def test_once_published_nothing_is_changed_in_it(rooms: Rooms) -> None:
    made = await draft(rooms)
    changed = await _change(rooms, made.id, 3)("c")
    published = await reorganising.publish(rooms, COORDINATOR, made.id, key="p", at=AT)
    assert (published.state, published.changed) == (PlanState.PUBLISHED, None)
    with pytest.raises(InvalidInput) as refused:
        await _change(rooms, made.id, 3, published.version)("d")
    assert refused.value.message == reorganising.FROZEN
    with pytest.raises(InvalidInput):
        await moves.change_back(rooms, COORDINATOR, made.id, key="e", expected_version=published.version)
    assert await seen(rooms, made.id) == published
    assert published.moves == changed.moves


# ------------------------------------------------------------------ its pages


@pytest.fixture
async def site(empty_graph: Graph, tmp_path: Path) -> AsyncIterator[Inside]:
    records = [make.organisation(one, name=name) for one, name in ((OLD, "Ancien service"), (PARTNER, "Partenaire"))]
    async with inside(empty_graph, tmp_path, *records) as made:
        yield made


def values(page: str) -> dict[str, str]:
    """What is in the fields of the form of a move."""
    return dict(re.findall(r'id="[a-z_]+-[a-z]+" name="([a-z]+)"[^>]*? value="([^"]*)"', page))


async def test_the_page_of_a_move_is_filled_in_and_what_is_sent_stands_in_its_place(site: Inside) -> None:
    kept = (RenameBody(id=PARTNER, name="Autre"), CloseBody(id=OLD, successor=PARTNER))
    made = await reorganising.create(site.rooms, COORDINATOR, "Essai", ON, key="d", moves=kept)
    root = f"/coordination/reorganisations/{made.id}"
    async with await site.signed_in(Role.COORDINATOR) as client:
        page = await client.get(f"{root}/mouvements/1")
        assert values(page.text) == {"organisme": "Ancien service", "vers": "Partenaire"}
        form = {"geste": "close_body", "organisme": "Ancien service", "vers": "", "version": "1", "cle": "c"}
        unknown = await client.post(f"{root}/mouvements/1", data=form | {"vers": "Nullepart"})
        assert (unknown.status_code, values(unknown.text)["vers"]) == (422, "Nullepart")
        assert 'name="vers" aria-invalid="true" aria-describedby="refus"' in unknown.text
        assert await seen(site.rooms, made.id) == made

        done = await client.post(f"{root}/mouvements/1", data=form)
        assert (done.status_code, done.headers["location"]) == (303, f"{root}#mouvements")
        assert (await seen(site.rooms, made.id)).moves == (kept[0], CloseBody(id=OLD))
        page = await client.get(root)
        assert "Le mouvement 2 a été modifié. Avant" in page.text
        assert (await client.post(f"{root}/mouvements/1", data=form | {"cle": "d2"})).status_code == 409
        back = await client.post(f"{root}/mouvements/remettre", data={"version": "2", "cle": "b"})
        assert back.status_code == 303
        assert (await seen(site.rooms, made.id)).moves == kept
        for place in ("2", "x", "9" * 5000):
            assert (await client.get(f"{root}/mouvements/{place}")).status_code == 404

        await reorganising.publish(site.rooms, COORDINATOR, made.id, key="p", at=AT)
        published = await seen(site.rooms, made.id)
        for answer in (
            await client.get(f"{root}/mouvements/1"),
            await client.post(f"{root}/mouvements/1", data=form | {"version": "4", "cle": "e"}),
        ):
            assert answer.status_code == 422
            assert "Cette réorganisation est publiée : elle ne se modifie plus." in plain(answer.text)
        assert "/mouvements/1" not in (await client.get(root)).text
        assert await seen(site.rooms, made.id) == published


def plain(html: str) -> str:
    return html.replace("\u00a0", " ").replace("\u202f", " ")
