"""What is wrong with the moves of a plan, each at its field, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from graph.model.directory import ListingState, Organisation
from graph.model.reorganisation.facts import DirectoryFacts
from graph.model.reorganisation.plan import (
    ChangeTerritory,
    CloseBody,
    CreateBody,
    FilesRule,
    MergeBodies,
    Move,
    MoveBody,
    MoveFiles,
    MovePost,
    MoveProfessional,
    MoveService,
    Plan,
    RenameBody,
    SplitBody,
    created,
    endings,
)
from graph.model.vocabulary import competences, kinds

LONGEST_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong: the number of the move (from 0; -1 for the plan itself), the field, and a sentence."""

    move: int
    field: str
    text: str


class MoveFaults:
    """The moves of one plan beside what is known."""

    def __init__(self, plan: Plan, known: DirectoryFacts) -> None:
        self._plan = plan
        self._known = known
        self._endings = endings(plan)
        self._created = created(plan)
        self._touched: set[tuple[str, ...]] = set()

    def found(self) -> Iterator[Fault]:
        """Of each move in turn."""
        for number, move in enumerate(self._plan.moves):
            for field, text in self._of(move):
                yield Fault(number, field, text)

    def _of(self, move: Move) -> Iterator[tuple[str, str]]:
        match move:
            case CreateBody():
                yield from self._creates(move.record)
            case CloseBody():
                yield from self._closes(move)
            case MergeBodies():
                yield from self._merges(move)
            case SplitBody():
                yield from self._splits(move)
            case MoveBody():
                yield from self._moves_body(move)
            case RenameBody():
                yield from self._renames(move)
            case MoveService():
                yield from self._moves_service(move)
            case MovePost():
                yield from self._moves_post(move)
            case MoveProfessional():
                yield from self._moves_professional(move)
            case ChangeTerritory():
                yield from self._covers(move)
            case MoveFiles():
                yield from self._moves_files(move)

    # -------------------------------------------------------------- bodies

    def _creates(self, record: Organisation) -> Iterator[tuple[str, str]]:
        yield from self._once("create", record.id, field="record.id")
        if record.id in self._known.bodies:
            yield "record.id", f"« {record.id} » existe déjà : choisissez un autre identifiant."
        yield from _name(record.name, "record.name")
        if record.kind not in kinds():
            yield "record.kind", f"Le type d’organisme « {record.kind[:80]} » n’existe pas."
        yield from self._there(record.covers, "record.covers")
        if record.part_of:
            yield from self._receives(record.part_of, "record.part_of")

    def _closes(self, move: CloseBody) -> Iterator[tuple[str, str]]:
        yield from self._ends(move.id, "id")
        if move.successor:
            yield from self._inherits(move.id, move.successor, "successor")
            return
        name = self._name(move.id)
        # Without the figure: whether it may be told is for `carried` to say, which sees all those around it.
        if self._known.files.get(move.id, 0):
            yield "successor", f"{name} suit encore des dossiers ouverts : dites qui les reprend."
        if self._known.handoffs.get(move.id, 0):
            yield "successor", f"{name} a encore des orientations en cours : dites qui les reprend."
        if any(body.part_of == move.id and id_ not in self._endings for id_, body in self._known.bodies.items()):
            yield "successor", f"Des unités font partie de {name} : dites qui les reprend, ou déplacez-les d’abord."

    def _merges(self, move: MergeBodies) -> Iterator[tuple[str, str]]:
        if not move.ids:
            yield "ids", "Dites quels organismes sont réunis."
        for id_ in move.ids:
            yield from self._ends(id_, "ids")
            yield from self._inherits(id_, move.into, "into")

    def _splits(self, move: SplitBody) -> Iterator[tuple[str, str]]:
        yield from self._ends(move.id, "id")
        if len({heir.id for heir in move.heirs}) < 2:
            yield "heirs", "Un organisme se partage entre deux autres au moins."
        if len({heir.id for heir in move.heirs}) < len(move.heirs):
            yield "heirs", "Le même organisme est nommé deux fois."
        for heir in move.heirs:
            yield from self._inherits(move.id, heir.id, "heirs")
            yield from self._there(heir.territories, "heirs")
            for one in heir.competences:
                if one not in competences():
                    yield "heirs", f"La compétence « {one[:80]} » n’existe pas."

    def _moves_body(self, move: MoveBody) -> Iterator[tuple[str, str]]:
        yield from self._once("under", move.id, field="id")
        yield from self._lives(move.id, "id")
        if not move.under:
            return
        yield from self._receives(move.under, "under")
        if move.id in self._line(move.under):
            yield "under", "Un organisme ne peut pas faire partie de lui-même, ni d’une de ses unités."

    def _renames(self, move: RenameBody) -> Iterator[tuple[str, str]]:
        yield from self._once("name", move.id, field="id")
        yield from self._lives(move.id, "id")
        yield from _name(move.name, "name")
        if (body := self._known.bodies.get(move.id)) and body.name == move.name.strip():
            yield "name", "C’est déjà son nom."

    def _covers(self, move: ChangeTerritory) -> Iterator[tuple[str, str]]:
        yield from self._once("covers", move.body, field="body")
        yield from self._lives(move.body, "body")
        if not move.covers:
            yield "covers", "Dites quels territoires l’organisme couvre."
        yield from self._there(move.covers, "covers")

    # -------------------------------------------------------------- what they have

    def _moves_service(self, move: MoveService) -> Iterator[tuple[str, str]]:
        yield from self._once("service", move.service, field="service")
        service = self._known.services.get(move.service)
        if service is None or service.state is ListingState.ARCHIVED:
            yield "service", f"Le service « {move.service[:80]} » n’existe pas, ou a pris fin."
        elif service.organisation == move.to:
            yield "to", f"« {service.name} » est déjà un service de {self._name(move.to)}."
        yield from self._receives(move.to, "to")

    def _moves_post(self, move: MovePost) -> Iterator[tuple[str, str]]:
        yield from self._once("post", move.post, field="post")
        post = self._known.posts.get(move.post)
        if post is None:
            yield "post", f"Le poste « {move.post[:80]} » n’existe pas."
        elif post.organisation == move.to:
            yield "to", f"« {post.label} » est déjà un poste de {self._name(move.to)}."
        yield from self._receives(move.to, "to")

    def _moves_professional(self, move: MoveProfessional) -> Iterator[tuple[str, str]]:
        yield from self._once("account", move.account, move.source, field="account")
        if move.account not in self._known.members.get(move.source, frozenset()):
            yield "account", f"Cette personne ne travaille pas pour {self._name(move.source)}."
        if move.source == move.to:
            yield "to", "Cette personne y travaille déjà."
        yield from self._receives(move.to, "to")

    def _moves_files(self, move: MoveFiles) -> Iterator[tuple[str, str]]:
        names = sorted(move.territories if move.rule is FilesRule.BY_COMMUNE else move.accounts)
        yield from self._once("files", move.source, move.rule, *names, field="source")
        if move.source not in self._known.bodies:
            yield "source", f"L’organisme « {move.source[:80]} » n’existe pas."
        else:
            yield from self._lives(move.source, "source")
        if move.source == move.to:
            yield "to", "Ces dossiers y sont déjà."
        yield from self._receives(move.to, "to")
        if move.rule is FilesRule.BY_COMMUNE:
            if not move.territories:
                yield "territories", "Dites de quelles communes sont les personnes."
            yield from self._there(move.territories, "territories")
        if move.rule is FilesRule.BY_PROFESSIONAL:
            if not move.accounts:
                yield "accounts", "Dites de quels professionnels ces dossiers sont."
            if set(move.accounts) - self._known.members.get(move.source, frozenset()):
                yield "accounts", f"L’une de ces personnes ne travaille pas pour {self._name(move.source)}."

    # -------------------------------------------------------------- what holds of all

    def _once(self, *what: str, field: str) -> Iterator[tuple[str, str]]:
        if what in self._touched:
            yield field, "Deux mouvements disent cela de la même chose : gardez-en un."
        self._touched.add(what)

    def _lives(self, id_: str, field: str) -> Iterator[tuple[str, str]]:
        """There is such a body that day, before the plan is done or by it."""
        body = self._known.bodies.get(id_) or self._created.get(id_)
        if body is None or body.state is ListingState.ARCHIVED:
            yield field, f"L’organisme « {id_[:80]} » n’existe pas."
        elif body.closed_on and body.closed_on <= self._plan.on:
            yield field, f"{body.name} n’existera plus ce jour-là."

    def _receives(self, id_: str, field: str) -> Iterator[tuple[str, str]]:
        """It lives, and the plan does not end it."""
        yield from self._lives(id_, field)
        if id_ in self._endings:
            yield field, f"{self._name(id_)} prend fin dans cette réorganisation : nommez qui lui succède."

    def _ends(self, id_: str, field: str) -> Iterator[tuple[str, str]]:
        yield from self._once("end", id_, field=field)
        if id_ in self._created:
            yield field, f"{self._name(id_)} est créé par cette réorganisation : il ne peut pas y prendre fin."
            return
        yield from self._lives(id_, field)

    def _inherits(self, id_: str, heir: str, field: str) -> Iterator[tuple[str, str]]:
        if heir == id_:
            yield field, f"{self._name(id_)} ne peut pas se succéder à lui-même."
        else:
            yield from self._receives(heir, field)

    def _there(self, territories: tuple[str, ...], field: str) -> Iterator[tuple[str, str]]:
        for one in territories:
            if one not in self._known.territories:
                yield field, f"Le territoire « {one[:80]} » n’existe pas."

    def _line(self, id_: str) -> list[str]:
        """A body and all that it is part of once the plan is done."""
        under = {move.id: move.under for move in self._plan.moves if isinstance(move, MoveBody)}
        line = [id_]
        while line[-1]:
            here = line[-1]
            body = self._known.bodies.get(here) or self._created.get(here)
            up = under.get(here, body.part_of if body else next(iter(self._known.above.get(here, ())), ""))
            if up in line:
                break
            line.append(up)
        return line[:-1] if not line[-1] else line

    def _name(self, id_: str) -> str:
        body = self._known.bodies.get(id_) or self._created.get(id_)
        return body.name if body else f"« {id_[:80]} »"


def _name(name: str, field: str) -> Iterator[tuple[str, str]]:
    if not name.strip():
        yield field, "Le nom ne peut pas être vide."
    elif len(name) > LONGEST_NAME:
        yield field, f"Le nom tient {LONGEST_NAME} caractères, et en a {len(name)}."
