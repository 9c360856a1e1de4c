"""The moves of a draft, one by one: added, changed in place, taken out; names read as ids where people type them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from api.actions import reorganising
from api.actions.reorganisation_said import MoveKind, Said, move_of
from api.rooms import Rooms
from graph.model.access import Viewer
from graph.model.errors import InvalidInput
from graph.model.reorganisation import plan as model
from graph.model.reorganisation.plan import Changed, Heir, Move, Plan, created
from graph.model.words import fold
from graph.store.unit import Unit

MOST_ALIKE: Final = 20


async def add_move(
    rooms: Rooms, viewer: Viewer, id_: str, said: Said, *, key: str, expected_version: int | None = None
) -> Plan:
    """One move more, at the end of a draft. Raises as `reorganising.edit`."""
    return await reorganising.edit(
        rooms,
        viewer,
        id_,
        key=key,
        change=lambda plan: replace(plan, moves=(*plan.moves, move_of(said, plan.on)), changed=None),
        said=("add", said),
        expected_version=expected_version,
    )


async def remove_move(
    rooms: Rooms, viewer: Viewer, id_: str, place: int, *, key: str, expected_version: int | None
) -> Plan:
    """One move less: the one at this place (from 0) of the version that was seen. Raises as `reorganising.edit`."""

    def without(plan: Plan) -> Plan:
        _at(plan, place)
        return replace(plan, moves=(*plan.moves[:place], *plan.moves[place + 1 :]), changed=None)

    return await reorganising.edit(
        rooms, viewer, id_, key=key, change=without, said=("remove", place), expected_version=expected_version
    )


async def change_move(
    rooms: Rooms, viewer: Viewer, id_: str, place: int, said: Said, *, key: str, expected_version: int | None
) -> Plan:
    """Another move at this place (from 0) of the version that was seen; the others keep theirs. A body that is to be created keeps
    its id where none is said. Raises as `reorganising.edit`.
    """

    def changed(plan: Plan) -> Plan:
        before = _at(plan, place)
        kept = before.record.id if isinstance(before, model.CreateBody) and said.kind is MoveKind.CREATE_BODY else ""
        return _with(plan, place, move_of(replace(said, body=said.body or kept), plan.on))

    return await reorganising.edit(
        rooms, viewer, id_, key=key, change=changed, said=("change", place, said), expected_version=expected_version
    )


async def change_back(rooms: Rooms, viewer: Viewer, id_: str, *, key: str, expected_version: int | None) -> Plan:
    """The move that was changed last, as it was; that is a change too, and can be taken back. Raises as `reorganising.edit`."""

    def back(plan: Plan) -> Plan:
        if plan.changed is None:
            raise InvalidInput("Il n’y a pas de modification à reprendre : rien n’a été modifié.", "move")
        return _with(plan, plan.changed.place, plan.changed.before)

    return await reorganising.edit(
        rooms, viewer, id_, key=key, change=back, said=("change back",), expected_version=expected_version
    )


def _with(plan: Plan, place: int, move: Move) -> Plan:
    moves = (*plan.moves[:place], move, *plan.moves[place + 1 :])
    return replace(plan, moves=moves, changed=Changed(place=place, before=plan.moves[place]))


def _at(plan: Plan, place: int) -> Move:
    if not 0 <= place < len(plan.moves):
        raise InvalidInput("Il n’y a pas de mouvement à cette place : rien n’a été modifié.", "move")
    return plan.moves[place]


@dataclass(frozen=True, slots=True)
class Called:
    """What is shown for the ids of a move, by id: typed again it is the same thing, whoever else bears that name."""

    bodies: Mapping[str, str]
    things: Mapping[str, str]
    people: Mapping[str, str]


async def read(rooms: Rooms, viewer: Viewer, plan: Plan, said: Said, called: Called | None = None) -> Said:
    """The same with ids, where names were typed. Raises InvalidInput, which names the field, for what is not found or is several.

    Nothing is read for who may not plan: the action before this one has refused her.
    """
    async with rooms.graph.reading() as unit:
        named = _Names(rooms, unit, plan, called or Called({}, {}, {}))
        create = said.kind is MoveKind.CREATE_BODY
        body = said.body if create else await named.body(said.body, "organisme")
        return replace(
            said,
            body=body,
            to=await named.body(said.to, "vers"),
            bodies=tuple([await named.body(one, "organismes") for one in said.bodies]),
            territories=named.territories(said.territories, "territoires"),
            heirs=tuple([await named.heir(one) for one in said.heirs]),
            thing=await named.thing(said.kind, said.thing, body),
            accounts=tuple([await named.account(one, body) for one in said.accounts]),
        )


class _Names:
    """Names as people type them."""

    def __init__(self, rooms: Rooms, unit: Unit, plan: Plan, called: Called) -> None:
        self._rooms, self._unit = rooms, unit
        self._created = created(plan)
        self._bodies, self._things, self._people = map(_by_name, (called.bodies, called.things, called.people))

    async def body(self, typed: str, field: str) -> str:
        """By its id, or the whole of its name."""
        typed = self._bodies.get(typed, typed)
        if not typed or typed in self._created or await self._unit.directory.organisations([typed]):
            return typed
        found = {id_: one.name for id_, one in self._created.items()}
        page = await self._unit.directory.page(text=typed, kind="", territory="", first=MOST_ALIKE)
        found |= {one.id: one.name for one in page}
        return _one(typed, found, field, "organisme")

    def territories(self, typed: Sequence[str], field: str) -> tuple[str, ...]:
        """By id or name."""
        found: list[str] = []
        for one in typed:
            place = self._rooms.places.get(one) or self._rooms.places.locate(one)
            if place is None:
                raise InvalidInput(
                    f"Le territoire « {one[:80]} » n’est pas sur la carte : donnez son nom ou son code.", field
                )
            found.append(place.id)
        return tuple(found)

    async def heir(self, heir: Heir) -> Heir:
        """One of those among whom a body is split."""
        territories = self.territories(heir.territories, "heritiers")
        return replace(heir, id=await self.body(heir.id, "heritiers"), territories=territories)

    async def thing(self, kind: MoveKind, typed: str, body: str) -> str:
        """A service or a post of a body, by id or name."""
        if not typed:
            return ""
        if typed in self._things:
            return self._things[typed]
        if kind is MoveKind.MOVE_SERVICE:
            if await self._unit.directory.services([typed]):
                return typed
            services = (await self._unit.directory.services_of([body])).get(body, ())
            return _one(typed, {one.id: one.name for one in services}, "objet", "service de cet organisme")
        posts = (await self._unit.directory.posts_of([body])).get(body, ())
        return _one(typed, {one.id: one.label for one in posts}, "objet", "poste de cet organisme")

    async def account(self, typed: str, body: str) -> str:
        """Someone who works there, by account, e-mail address or name."""
        if typed in self._people:
            return self._people[typed]
        people = {account.id: account for _, account in await self._unit.accounts.members(body)}
        by_mail = next((id_ for id_, one in people.items() if one.email and fold(one.email) == fold(typed)), "")
        return by_mail or _one(
            typed, {id_: one.name for id_, one in people.items()}, "personnes", "membre de cet organisme"
        )


def _by_name(names: Mapping[str, str]) -> dict[str, str]:
    return {name: id_ for id_, name in names.items()}


def _one(typed: str, found: dict[str, str], field: str, what: str) -> str:
    if typed in found:
        return typed
    same = [id_ for id_, name in found.items() if fold(name) == fold(typed)]
    if len(same) == 1:
        return same[0]
    if same:
        raise InvalidInput(f"Plusieurs portent ce nom : « {typed[:80]} ». Donnez l’identifiant de sa fiche.", field)
    near = ", ".join(f"« {name} »" for name in list(found.values())[:3])
    asked = f" Peut-être : {near} ?" if near else ""
    raise InvalidInput(f"Aucun {what} ne porte le nom « {typed[:80]} ».{asked}", field)
