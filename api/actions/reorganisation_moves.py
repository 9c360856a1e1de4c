"""A move as it is said at a door: one flat record for all kinds, names read as ids where people type them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import uuid4

from api.actions import reorganising
from api.rooms import Rooms
from graph.model.access import Viewer
from graph.model.directory import Organisation
from graph.model.errors import InvalidInput
from graph.model.reorganisation import plan as model
from graph.model.reorganisation.plan import SOURCE, FilesRule, Heir, Move, Plan, created
from graph.model.words import fold
from graph.store.unit import Unit

MOST_ALIKE: Final = 20


class MoveKind(StrEnum):
    """What a move does."""

    CREATE_BODY = "create_body"
    CLOSE_BODY = "close_body"
    MERGE_BODIES = "merge_bodies"
    SPLIT_BODY = "split_body"
    MOVE_BODY = "move_body"
    RENAME_BODY = "rename_body"
    MOVE_SERVICE = "move_service"
    MOVE_POST = "move_post"
    MOVE_PROFESSIONAL = "move_professional"
    CHANGE_TERRITORY = "change_territory"
    MOVE_FILES = "move_files"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A move as it was said; each kind uses some of it. `body` is what it is about, `to` who receives."""

    kind: MoveKind
    body: str = ""
    to: str = ""
    bodies: tuple[str, ...] = ()
    name: str = ""
    organisation_kind: str = ""
    territories: tuple[str, ...] = ()
    heirs: tuple[Heir, ...] = ()
    thing: str = ""
    accounts: tuple[str, ...] = ()
    with_files: bool = True
    rule: FilesRule = FilesRule.ALL


def move_of(said: Said, on: date) -> Move:
    """The move itself; what is wrong with it is said with the plan's faults. Raises InvalidInput where it would be several."""
    match said.kind:
        case MoveKind.CREATE_BODY:
            record = Organisation(
                id=said.body or f"{SOURCE}:{uuid4().hex[:12]}",
                name=said.name,
                kind=said.organisation_kind,
                source=SOURCE,
                vouched_on=on,
                covers=said.territories,
                part_of=said.to,
            )
            return model.CreateBody(record=record)
        case MoveKind.CLOSE_BODY:
            return model.CloseBody(id=said.body, successor=said.to)
        case MoveKind.MERGE_BODIES:
            return model.MergeBodies(ids=said.bodies, into=said.to)
        case MoveKind.SPLIT_BODY:
            return model.SplitBody(id=said.body, heirs=said.heirs)
        case MoveKind.MOVE_BODY:
            return model.MoveBody(id=said.body, under=said.to)
        case MoveKind.RENAME_BODY:
            return model.RenameBody(id=said.body, name=said.name)
        case MoveKind.MOVE_SERVICE:
            return model.MoveService(service=said.thing, to=said.to)
        case MoveKind.MOVE_POST:
            return model.MovePost(post=said.thing, to=said.to)
        case MoveKind.MOVE_PROFESSIONAL:
            if len(said.accounts) > 1:
                raise InvalidInput("Un mouvement déplace une seule personne : faites-en un par personne.", "accounts")
            account = next(iter(said.accounts), "")
            return model.MoveProfessional(account=account, source=said.body, to=said.to, with_files=said.with_files)
        case MoveKind.CHANGE_TERRITORY:
            return model.ChangeTerritory(body=said.body, covers=said.territories)
        case MoveKind.MOVE_FILES:
            return model.MoveFiles(
                source=said.body, to=said.to, rule=said.rule, territories=said.territories, accounts=said.accounts
            )


async def add_move(
    rooms: Rooms, viewer: Viewer, id_: str, said: Said, *, key: str, expected_version: int | None = None
) -> Plan:
    """One move more, at the end of a draft. Raises as `reorganising.edit`."""
    return await reorganising.edit(
        rooms,
        viewer,
        id_,
        key=key,
        change=lambda plan: (*plan.moves, move_of(said, plan.on)),
        said=("add", said),
        expected_version=expected_version,
    )


async def remove_move(
    rooms: Rooms, viewer: Viewer, id_: str, place: int, *, key: str, expected_version: int | None
) -> Plan:
    """One move less: the one at this place (from 0) of the version that was seen. Raises as `reorganising.edit`."""

    def without(plan: Plan) -> tuple[Move, ...]:
        if not 0 <= place < len(plan.moves):
            raise InvalidInput("Il n’y a pas de mouvement à cette place : rien n’a été modifié.", "move")
        return tuple(one for at, one in enumerate(plan.moves) if at != place)

    return await reorganising.edit(
        rooms, viewer, id_, key=key, change=without, said=("remove", place), expected_version=expected_version
    )


async def read(rooms: Rooms, viewer: Viewer, plan: Plan, said: Said) -> Said:
    """The same with ids, where names were typed. Raises InvalidInput, which names the field, for what is not found or is several.

    Nothing is read for who may not plan: the action before this one has refused her.
    """
    async with rooms.graph.reading() as unit:
        named = _Names(rooms, unit, plan)
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

    def __init__(self, rooms: Rooms, unit: Unit, plan: Plan) -> None:
        self._rooms, self._unit = rooms, unit
        self._created = created(plan)

    async def body(self, typed: str, field: str) -> str:
        """By its id, or the whole of its name."""
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
        if kind is MoveKind.MOVE_SERVICE:
            if await self._unit.directory.services([typed]):
                return typed
            services = (await self._unit.directory.services_of([body])).get(body, ())
            return _one(typed, {one.id: one.name for one in services}, "objet", "service de cet organisme")
        posts = (await self._unit.directory.posts_of([body])).get(body, ())
        return _one(typed, {one.id: one.label for one in posts}, "objet", "poste de cet organisme")

    async def account(self, typed: str, body: str) -> str:
        """Someone who works there, by account, e-mail address or name."""
        people = {account.id: account for _, account in await self._unit.accounts.members(body)}
        by_mail = next((id_ for id_, one in people.items() if one.email and fold(one.email) == fold(typed)), "")
        return by_mail or _one(
            typed, {id_: one.name for id_, one in people.items()}, "personnes", "membre de cet organisme"
        )


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
