"""A move as it is said at a door: one flat record for all kinds, by ids."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import uuid4

from graph.model.directory import Organisation
from graph.model.errors import InvalidInput
from graph.model.reorganisation import plan as model
from graph.model.reorganisation.plan import SOURCE, FilesRule, Heir, Move


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


def said_of(move: Move) -> Said:
    """How it would be said: `move_of` makes it again."""
    match move:
        case model.CreateBody(record=record):
            return Said(
                kind=MoveKind.CREATE_BODY,
                body=record.id,
                to=record.part_of,
                name=record.name,
                organisation_kind=record.kind,
                territories=record.covers,
            )
        case model.CloseBody():
            return Said(kind=MoveKind.CLOSE_BODY, body=move.id, to=move.successor)
        case model.MergeBodies():
            return Said(kind=MoveKind.MERGE_BODIES, bodies=move.ids, to=move.into)
        case model.SplitBody():
            return Said(kind=MoveKind.SPLIT_BODY, body=move.id, heirs=move.heirs)
        case model.MoveBody():
            return Said(kind=MoveKind.MOVE_BODY, body=move.id, to=move.under)
        case model.RenameBody():
            return Said(kind=MoveKind.RENAME_BODY, body=move.id, name=move.name)
        case model.MoveService():
            return Said(kind=MoveKind.MOVE_SERVICE, body=move.source, thing=move.service, to=move.to)
        case model.MovePost():
            return Said(kind=MoveKind.MOVE_POST, body=move.source, thing=move.post, to=move.to)
        case model.MoveProfessional():
            return Said(
                kind=MoveKind.MOVE_PROFESSIONAL,
                body=move.source,
                to=move.to,
                accounts=(move.account,),
                with_files=move.with_files,
            )
        case model.ChangeTerritory():
            return Said(kind=MoveKind.CHANGE_TERRITORY, body=move.body, territories=move.covers)
        case model.MoveFiles():
            return Said(
                kind=MoveKind.MOVE_FILES,
                body=move.source,
                to=move.to,
                rule=move.rule,
                territories=move.territories,
                accounts=move.accounts,
            )
