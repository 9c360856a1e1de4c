"""What is written in a file by a page: notes, meetings, evaluations, decisions, what was given, worrying information."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from api.actions.casework.reading import Opened
from api.web.act_form import Field, FieldKind, Typed, choices
from api.web.casework_act import Act, recorded
from graph.model.casework.acts import Event
from graph.model.casework.writings import (
    Assessed,
    DecisionTold,
    Delivered,
    Met,
    Noted,
    NoteKind,
    WorryTold,
)
from graph.model.errors import InvalidInput
from graph.model.vocabulary import competence

PAYERS: Final = 3


def needs_of(opened: Opened) -> list[tuple[str, str]]:
    """The needs of a file, for a list to choose from."""
    return [("", "La situation dans son ensemble")] + [
        (need.id, competence(need.competence).label) for need in opened.file.needs.values()
    ]


def _note(opened: Opened, item: str, today: date) -> list[Field]:
    return [
        Field(
            name="kind", label="Quoi", kind=FieldKind.CHOICE, options=choices("note", NoteKind), value=item or "note"
        ),
        Field(name="text", label="Ce qui s’est dit, ce qui s’est fait", kind=FieldKind.TEXT, needed=True),
        Field(name="on", label="Quand", kind=FieldKind.MOMENT, hint="vide : maintenant"),
        Field(name="with_person", label="La personne était là, ou au téléphone", kind=FieldKind.CHECK),
        Field(
            name="to",
            label="Partenaire compétent prévenu",
            hint="obligatoire, avec la date, pour une intervention d’urgence hors de votre domaine",
        ),
    ]


def _noted(typed: Typed, opened: Opened, item: str) -> Event:
    return Noted(
        kind=typed.choice("kind", NoteKind),
        text=typed.line("text"),
        on=typed.moment("on"),
        to=typed.line("to"),
        with_person=typed.ticked("with_person"),
    )


def _meeting(opened: Opened, item: str, today: date) -> list[Field]:
    return [
        Field(name="on", label="Quand", kind=FieldKind.MOMENT, needed=True),
        Field(name="present", label="Qui était là", hint="séparés par des virgules", needed=True),
        Field(name="decided", label="Ce qui a été décidé", kind=FieldKind.TEXT, needed=True),
        Field(name="invited", label="La personne était invitée", kind=FieldKind.CHECK),
        Field(name="came", label="Elle est venue", kind=FieldKind.CHECK),
        Field(name="next", label="Prochaine réunion", kind=FieldKind.DAY),
    ]


def _met(typed: Typed, opened: Opened, item: str) -> Event:
    on = typed.moment("on")
    if on is None:
        raise InvalidInput("Dites quand la réunion a eu lieu.", "on")
    return Met(
        on=on,
        present=tuple(name.strip() for name in typed.line("present").split(",") if name.strip()),
        decided=typed.line("decided"),
        invited=typed.ticked("invited") or typed.ticked("came"),
        came=typed.ticked("came"),
        next=typed.day("next"),
    )


def _assessment(opened: Opened, item: str, today: date) -> list[Field]:
    return [
        Field(name="need", label="De quel besoin", kind=FieldKind.CHOICE, options=needs_of(opened), value=item),
        Field(name="text", label="Évaluation", kind=FieldKind.TEXT, needed=True),
    ]


def _decision(opened: Opened, item: str, today: date) -> list[Field]:
    return [
        Field(name="authority", label="Qui a décidé", hint="CAF, département, préfecture, tribunal…", needed=True),
        Field(
            name="granted",
            label="Réponse",
            kind=FieldKind.CHOICE,
            options=[("", "Choisir"), ("oui", "Accord"), ("non", "Refus")],
            needed=True,
        ),
        Field(name="on", label="Date de la décision", kind=FieldKind.DAY, needed=True),
        Field(name="need", label="Pour quel besoin", kind=FieldKind.CHOICE, options=needs_of(opened), value=item),
        Field(name="reasons", label="Motifs", kind=FieldKind.TEXT, hint="obligatoires pour un refus"),
        Field(name="appeal", label="Voies de recours", kind=FieldKind.TEXT, hint="obligatoires pour un refus"),
        Field(name="appeal_until", label="Dernier jour pour contester", kind=FieldKind.DAY),
    ]


def _decided(typed: Typed, opened: Opened, item: str) -> Event:
    if typed.line("granted") not in {"oui", "non"}:
        raise InvalidInput("Dites si c’est un accord ou un refus.", "granted")
    return DecisionTold(
        authority=typed.line("authority"),
        granted=typed.line("granted") == "oui",
        on=typed.this_day("on", "Dites quand la décision a été prise."),
        need=typed.line("need"),
        reasons=typed.line("reasons"),
        appeal=typed.line("appeal"),
        appeal_until=typed.day("appeal_until"),
    )


def _delivery(opened: Opened, item: str, today: date) -> list[Field]:
    handoffs = [("", "Aucune")] + [
        (one.id, opened.names.get(one.target.organisation, one.target.organisation))
        for one in opened.file.handoffs.values()
    ]
    payers = [
        field
        for number in range(1, PAYERS + 1)
        for field in (
            Field(name=f"payer{number}", label=f"Payeur {number}"),
            Field(name=f"part{number}", label=f"Sa part {number}", hint="en euros"),
        )
    ]
    return [
        Field(name="what", label="Ce qui a été donné", hint="nuits d’hôtel, aide financière…", needed=True),
        Field(name="since", label="Du", kind=FieldKind.DAY, needed=True),
        Field(name="until", label="Au", kind=FieldKind.DAY, needed=True),
        Field(name="quantity", label="Combien", kind=FieldKind.NUMBER, value="1", needed=True),
        Field(name="unit", label="En quoi", hint="nuits, euros, heures", needed=True),
        Field(name="unit_cents", label="Coût de l’unité", hint="en euros"),
        *payers,
        Field(
            name="handoff",
            label="Dans le cadre de quelle demande",
            kind=FieldKind.CHOICE,
            options=handoffs,
            value=item,
        ),
        Field(name="quality", label="Qualité constatée"),
        Field(name="minutes", label="Temps passé", kind=FieldKind.NUMBER, hint="en minutes"),
    ]


def _delivered(typed: Typed, opened: Opened, item: str) -> Event:
    parts = [(typed.line(f"payer{n}"), typed.cents(f"part{n}")) for n in range(1, PAYERS + 1)]
    since = typed.this_day("since", "Dites depuis quand.")
    return Delivered(
        what=typed.line("what"),
        since=since,
        until=typed.day("until") or since,
        quantity=typed.number("quantity"),
        unit=typed.line("unit"),
        unit_cents=typed.cents("unit_cents"),
        payers=tuple((name, cents) for name, cents in parts if name or cents),
        handoff=typed.line("handoff"),
        quality=typed.line("quality"),
        minutes=typed.number("minutes"),
    )


def _worry(opened: Opened, item: str, today: date) -> list[Field]:
    return [
        Field(name="on", label="Date de l’envoi", kind=FieldKind.DAY, value=today.isoformat(), needed=True),
        Field(name="addressee", label="Adressée à", hint="la cellule de recueil du département (CRIP)", needed=True),
        Field(name="acknowledged", label="Accusé de réception le", kind=FieldKind.DAY),
        Field(name="returned", label="Retour reçu le", kind=FieldKind.DAY),
        Field(name="informed", label="Parents informés le", kind=FieldKind.DAY),
        Field(name="why_not", label="Ou pourquoi ils ne l’ont pas été", hint="intérêt de l’enfant"),
    ]


def _worried(typed: Typed, opened: Opened, item: str) -> Event:
    return WorryTold(
        id=item,
        on=typed.this_day("on", "Dites quand elle a été envoyée."),
        addressee=typed.line("addressee"),
        acknowledged=typed.day("acknowledged"),
        returned=typed.day("returned"),
        informed=typed.day("informed"),
        why_not=typed.line("why_not"),
    )


WRITTEN: Final[Mapping[str, Act]] = MappingProxyType(
    {
        "note": Act("Écrire une note", "Enregistrer la note", _note, recorded(_noted), "C’est noté."),
        "reunion": Act(
            "Noter une réunion", "Enregistrer la réunion", _meeting, recorded(_met), "La réunion est notée."
        ),
        "evaluation": Act(
            "Écrire une évaluation sociale",
            "Enregistrer l’évaluation",
            _assessment,
            recorded(lambda typed, opened, item: Assessed(need=typed.line("need"), text=typed.line("text"))),
            "L’évaluation est enregistrée.",
            "Elle n’est transmise à un partenaire que si « Évaluations sociales » fait partie de ce qui lui est dit.",
        ),
        "decision": Act(
            "Noter la décision d’une autorité",
            "Enregistrer la décision",
            _decision,
            recorded(_decided),
            "La décision est notée.",
        ),
        "prestation": Act(
            "Noter ce qui a été donné",
            "Enregistrer",
            _delivery,
            recorded(_delivered),
            "C’est noté, avec ce que cela a coûté.",
        ),
        "information-preoccupante": Act(
            "Noter une information préoccupante",
            "Enregistrer l’envoi",
            _worry,
            recorded(_worried),
            "L’envoi est noté. Ni les partenaires ni la page de la personne ne le montrent.",
            "Seuls sont gardés la date, le destinataire, l’accusé de réception et le retour : écrivez le contenu ailleurs, "
            "à la cellule de recueil.",
        ),
    }
)
