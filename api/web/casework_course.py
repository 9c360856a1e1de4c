"""The course of a file, by a page: needs, accords, whom it is given to, its end, its joining with another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Final

from api.actions.casework import following, linking, opening
from api.actions.casework.reading import Opened
from api.web.act_form import Field, FieldKind, Options, choices
from api.web.casework_act import Act, Doing, iso
from graph.model.casework.file import Outcome
from graph.model.errors import InvalidInput
from graph.model.vocabulary import competences


def competence_field(value: str = "") -> Field:
    """Which problem: all those of the list, by category."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for one in sorted(competences().values(), key=lambda one: (one.category_label, one.label)):
        groups.setdefault(one.category_label, []).append((one.id, one.label))
    return Field(
        name="competence", label="Besoin", kind=FieldKind.CHOICE, options=[("", "Choisir")], groups=groups,
        value=value, needed=True,
    )  # fmt: skip


def need_fields() -> list[Field]:
    """What is asked of a need."""
    return [
        competence_field(),
        Field(name="words", label="Avec les mots de la personne", kind=FieldKind.TEXT),
        *when_fields(),
    ]


def when_fields(urgent: bool = False, due: date | None = None, due_what: str = "", secret: bool = False) -> list[Field]:
    """How urgent, by when, for whose eyes."""
    return [
        Field(name="urgent", label="Urgent", kind=FieldKind.CHECK, value="1" if urgent else "", hint="délais en heures"),
        Field(name="due", label="Échéance qui vient d’ailleurs", kind=FieldKind.DAY, value=iso(due)),
        Field(name="due_what", label="Laquelle", hint="audience, sortie d’hôpital, expulsion", value=due_what),
        Field(
            name="secret", label="Secret pour le reste du foyer", kind=FieldKind.CHECK, value="1" if secret else "",
            hint="toujours pour la contraception, l’IVG et les violences",
        ),
    ]  # fmt: skip


def _members(opened: Opened) -> Options:
    named = [(one.id, one.identity.name or f"Personne {n}") for n, one in enumerate(opened.file.members.values(), 1)]
    return [("", "Le foyer"), *named]


def _need(opened: Opened, item: str, today: date) -> list[Field]:
    before = opened.file.needs.get(item)
    if before is not None:
        return when_fields(before.urgent, before.due, before.due_what, before.secret)
    whose = Field(name="member", label="De qui", kind=FieldKind.CHOICE, options=_members(opened))
    first, *rest = need_fields()
    return [first, whose, *rest]


async def _set_need(doing: Doing) -> str:
    typed = doing.typed
    urgent, due, due_what, secret = (
        typed.ticked("urgent"),
        typed.day("due"),
        typed.line("due_what"),
        typed.ticked("secret"),
    )
    if doing.item:
        await following.set_need(
            doing.rooms, doing.viewer, doing.file, doing.item, urgent=urgent, due=due, due_what=due_what, secret=secret,
            key=doing.key,
        )  # fmt: skip
        return ""
    need = opening.need_of(
        typed.line("competence"), datetime.now(UTC), words=typed.line("words"), member=typed.line("member"),
        urgent=urgent, due=due, due_what=due_what, secret=secret,
    )  # fmt: skip
    await opening.add_need(doing.rooms, doing.viewer, doing.file, need, key=doing.key)
    return ""


def _outcome(words: str) -> list[Field]:
    return [
        Field(
            name="outcome", label="Comment cela se termine", kind=FieldKind.CHOICE,
            options=choices("outcome", Outcome, nothing="Choisir"), needed=True,
        ),
        Field(name="text", label="En quelques mots", kind=FieldKind.TEXT, hint=words),
    ]  # fmt: skip


async def _end_need(doing: Doing) -> str:
    typed, outcome = doing.typed, doing.typed.choice("outcome", Outcome)
    await opening.end_need(
        doing.rooms, doing.viewer, doing.file, doing.item, outcome, typed.line("text"), key=doing.key
    )
    return ""


async def _close(doing: Doing) -> str:
    typed, outcome = doing.typed, doing.typed.choice("outcome", Outcome)
    await following.close(doing.rooms, doing.viewer, doing.file, outcome, typed.line("text"), key=doing.key)
    return ""


async def _reopen(doing: Doing) -> str:
    await following.reopen(doing.rooms, doing.viewer, doing.file, doing.typed.line("text"), key=doing.key)
    return ""


async def _withdraw(doing: Doing) -> str:
    text = doing.typed.line("text")
    await following.withdraw_consent(doing.rooms, doing.viewer, doing.file, doing.item, text, key=doing.key)
    return ""


def _assign(opened: Opened, item: str, today: date) -> list[Field]:
    lead = opened.file.lead
    people = [(one.id, f"{one.name}, {one.function}".rstrip(", ")) for one in opened.colleagues]
    options = [("", "Choisir"), *(one for one in people if lead is None or one[0] != lead.account)]
    if lead and not lead.desk:
        options.append(("-", "L’accueil du service"))
    return [
        Field(name="account", label="À qui", kind=FieldKind.CHOICE, options=options, needed=True),
        Field(name="text", label="Un mot pour elle ou lui", kind=FieldKind.TEXT),
    ]


async def _give(doing: Doing) -> str:
    account = doing.typed.line("account")
    if not account:
        raise InvalidInput("Choisissez à qui vous confiez ce dossier.", "account")
    to = "" if account == "-" else account
    await following.assign(doing.rooms, doing.viewer, doing.file, to, doing.typed.line("text"), key=doing.key)
    return ""


async def _join(doing: Doing) -> str:
    await linking.link_by_code(doing.rooms, doing.viewer, doing.file, doing.typed.line("code"), key=doing.key)
    return ""


async def _offer(doing: Doing) -> str:
    code = await linking.offer_link(doing.rooms, doing.viewer, doing.file, key=doing.key)
    parts = [code[at : at + 4] for at in range(0, len(code), 4)]
    return f"Code de rapprochement à remettre à la personne : {' '.join(parts)}. Il n’est plus montré ensuite."


def _text(label: str, hint: str = "") -> Field:
    return Field(name="text", label=label, kind=FieldKind.TEXT, hint=hint)


COURSE: Final[Mapping[str, Act]] = MappingProxyType(
    {
        "besoin": Act("Un besoin", "Enregistrer le besoin", _need, _set_need, "Le besoin est enregistré."),
        "besoin-fin": Act(
            "Comment ce besoin se termine",
            "Terminer ce besoin",
            lambda opened, item, today: _outcome("facultatif s’il est satisfait"),
            _end_need,
            "Le besoin est terminé. Il peut être repris.",
        ),
        "attribuer": Act(
            "Attribuer le dossier", "Attribuer", _assign, _give, "Le dossier a changé de référent.",
            "Dans le service, le référent change tout de suite. Vers un autre organisme, passez le relais.",
        ),
        "accord-fin": Act(
            "Retirer un accord", "Retirer cet accord",
            lambda opened, item, today: [_text("En quelques mots", "facultatif")], _withdraw,
            "L’accord est retiré : plus rien n’est montré par lui. Ce qui a déjà été lu ne peut pas être effacé.",
        ),
        "clore": Act(
            "Clore l’accompagnement", "Clore",
            lambda opened, item, today: _outcome("obligatoire"), _close,
            "L’accompagnement est clos. Il peut être rouvert.",
            "Les besoins encore ouverts se terminent avec lui, et les demandes que personne n’a commencées sont retirées.",
        ),
        "rouvrir": Act(
            "Rouvrir l’accompagnement", "Rouvrir",
            lambda opened, item, today: [_text("Pourquoi", "facultatif")], _reopen,
            "L’accompagnement reprend, et vous en êtes le référent.",
        ),
        "reunir": Act(
            "Réunir deux dossiers", "Réunir les dossiers",
            lambda opened, item, today: [Field(name="code", label="Code remis à la personne", needed=True)], _join,
            "Les deux dossiers n’en font plus qu’un, et vous en restez le référent.",
            "Ce dossier reste, avec son référent ; l’autre y apporte ses personnes et ses besoins ouverts.",
        ),
        "code": Act(
            "Confier ce dossier par un code", "Faire un code", lambda opened, item, today: [], _offer, "",
            "La personne est aussi suivie ailleurs, et souhaite n’avoir qu’un référent. Avec son accord, remettez-lui un "
            "code : son autre référent le tape, et ce dossier rejoint le sien. Il sert une fois, pendant sept jours.",
        ),
    }
)  # fmt: skip
