"""Who is of a file and around it, by a page: members, circle, co-referents, those who work on it with the lead."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from api.actions.casework import recording
from api.actions.casework.reading import Opened
from api.rooms import Rooms
from api.web.act_form import Field, FieldKind, Options, Typed, choices
from api.web.casework_act import Act, Doing, iso, recorded
from graph.model.casework.acts import (
    CircleLeft,
    CircleSet,
    CoReferentLeft,
    CoReferentSet,
    Event,
    MemberSet,
    WorkersSet,
)
from graph.model.casework.file import CircleKind, CircleMember, CoReferent, Identity, Member, MemberRole
from graph.model.errors import InvalidInput

SEXES: Final[Options] = (("", "Non précisé"), ("f", "Femme"), ("h", "Homme"), ("x", "Autre"))
AGES: Final[Options] = (
    ("", "Non précisé"),
    *((age, f"{age.replace('-', ' à ')} ans") for age in ("0-2", "3-5", "6-11", "12-17", "18-25", "26-39", "40-59", "60-74")),
    ("75+", "75 ans et plus"),
)  # fmt: skip


def member_fields(member: Member, commune: str) -> list[Field]:
    """What is asked of a member: nothing of it is needed but her place in the household."""
    one = member.identity
    return [
        Field(
            name="role", label="Place dans le foyer", kind=FieldKind.CHOICE,
            options=choices("member_role", MemberRole), value=member.role, needed=True,
        ),
        Field(name="name", label="Nom et prénom", hint="facultatif", value=one.name),
        Field(name="born", label="Date de naissance", kind=FieldKind.DAY, value=iso(one.born)),
        Field(name="sex", label="Sexe", kind=FieldKind.CHOICE, options=SEXES, value=member.sex),
        Field(name="age_band", label="Âge", kind=FieldKind.CHOICE, options=AGES, value=member.age_band),
        Field(name="phone", label="Téléphone", value=one.phone),
        Field(name="safe_hours", label="Heures où appeler sans danger", value=one.safe_hours),
        Field(name="email", label="Courriel", value=one.email),
        Field(name="address", label="Adresse", value=one.address),
        Field(name="commune", label="Commune", value=commune),
        Field(name="language", label="Langue", value=one.language),
        Field(
            name="interpreter", label="Interprète nécessaire", kind=FieldKind.CHECK,
            value="1" if one.interpreter else "",
        ),
        Field(
            name="secret", label="Ses besoins restent secrets pour le reste du foyer", kind=FieldKind.CHECK,
            value="1" if member.secret else "",
        ),
    ]  # fmt: skip


def member_of(typed: Typed, rooms: Rooms, id_: str = "") -> Member:
    """What was typed of a member. Raises InvalidInput."""
    named = typed.line("commune")
    places = rooms.places.complete(named, 1) if named else []
    if named and not places:
        raise InvalidInput(f"« {named} » n’est pas une commune que nous connaissons.", "commune")
    identity = Identity(
        name=typed.line("name"),
        born=typed.day("born"),
        phone=typed.line("phone"),
        email=typed.line("email"),
        address=typed.line("address"),
        commune=places[0].id if places else "",
        language=typed.line("language"),
        interpreter=typed.ticked("interpreter"),
        safe_hours=typed.line("safe_hours"),
    )
    return Member(
        id=id_,
        role=typed.choice("role", MemberRole),
        identity=identity,
        sex=typed.line("sex") if typed.line("sex") in dict(SEXES) else "",
        age_band=typed.line("age_band") if typed.line("age_band") in dict(AGES) else "",
        secret=typed.ticked("secret"),
        since=typed.day("since"),
        left=typed.day("left"),
    )


def _member(opened: Opened, item: str, today: date) -> list[Field]:
    member = opened.file.members.get(item) or Member(id="", role=MemberRole.ADULT)
    return [
        *member_fields(member, opened.names.get(member.identity.commune, member.identity.commune)),
        Field(name="since", label="Dans le foyer depuis", kind=FieldKind.DAY, value=iso(member.since)),
        Field(name="left", label="L’a quitté le", kind=FieldKind.DAY, value=iso(member.left)),
    ]


async def _set_member(doing: Doing) -> str:
    event = MemberSet(member=member_of(doing.typed, doing.rooms, doing.item))
    await recording.record(doing.rooms, doing.viewer, doing.file, event, key=doing.key)
    return ""


def _circle(opened: Opened, item: str, today: date) -> list[Field]:
    one = opened.file.circle.get(item) or CircleMember(id="", kind=CircleKind.RELATIVE, name="")
    return [
        Field(name="kind", label="Qui", kind=FieldKind.CHOICE, options=choices("circle", CircleKind), value=one.kind),
        Field(name="name", label="Nom", value=one.name, needed=True),
        Field(name="tie", label="Lien", hint="petit-neveu, voisine, infirmière", value=one.tie),
        Field(name="phone", label="Téléphone", value=one.phone),
        Field(name="organisation", label="Organisme", value=one.organisation),
        Field(name="may_know", label="Ce qu’elle peut savoir", value=one.may_know, needed=True),
        *([Field(name="gone", label="N’est plus autour du dossier", kind=FieldKind.CHECK)] if item else []),
    ]


def _set_circle(typed: Typed, opened: Opened, item: str) -> Event:
    if item and typed.ticked("gone"):
        return CircleLeft(member=item)
    return CircleSet(
        member=CircleMember(
            id=item,
            kind=typed.choice("kind", CircleKind),
            name=typed.line("name"),
            tie=typed.line("tie"),
            phone=typed.line("phone"),
            organisation=typed.line("organisation"),
            may_know=typed.line("may_know"),
        )
    )


def _co_referent(opened: Opened, item: str, today: date) -> list[Field]:
    one = opened.file.co_referents.get(item) or CoReferent(id="", organisation="", matter="")
    organisation = opened.names.get(one.organisation, one.organisation)
    return [
        Field(name="organisation", label="Organisme", value=organisation, needed=True),
        Field(
            name="matter", label="Pour quoi", hint="droits, RSA, protection de l’enfance", value=one.matter, needed=True
        ),
        Field(name="name", label="Nom", value=one.name),
        Field(name="phone", label="Téléphone", value=one.phone),
        *([Field(name="gone", label="N’est plus référent", kind=FieldKind.CHECK)] if item else []),
    ]


def _set_co_referent(typed: Typed, opened: Opened, item: str) -> Event:
    if item and typed.ticked("gone"):
        return CoReferentLeft(co_referent=item)
    said, before = typed.line("organisation"), opened.file.co_referents.get(item)
    # Its id stays behind the name that the form shows of it.
    kept = before.organisation if before and said == opened.names.get(before.organisation) else said
    return CoReferentSet(
        co_referent=CoReferent(
            id=item, organisation=kept, matter=typed.line("matter"), name=typed.line("name"), phone=typed.line("phone")
        )
    )


def _workers(opened: Opened, item: str, today: date) -> list[Field]:
    lead = opened.file.lead
    colleagues = [(one.id, one.name) for one in opened.colleagues if lead is None or one.id != lead.account]
    return [
        Field(
            name="accounts", label="Travaillent aussi sur ce dossier", kind=FieldKind.SEVERAL,
            options=colleagues, values=opened.file.workers,
        )
    ]  # fmt: skip


AROUND: Final[Mapping[str, Act]] = MappingProxyType(
    {
        "personne": Act(
            "Une personne du dossier",
            "Enregistrer",
            _member,
            _set_member,
            "C’est enregistré.",
            "Jamais de numéro de sécurité sociale, ni de nationalité ou de titre de séjour.",
        ),
        "entourage": Act(
            "Quelqu’un autour du dossier", "Enregistrer", _circle, recorded(_set_circle), "C’est enregistré."
        ),
        "autre-referent": Act(
            "Un autre référent",
            "Enregistrer",
            _co_referent,
            recorded(_set_co_referent),
            "C’est enregistré.",
            "Le référent d’un autre organisme, pour une matière : il est montré, jamais remplacé par nous.",
        ),
        "collegues": Act(
            "Qui travaille sur ce dossier",
            "Enregistrer",
            _workers,
            recorded(lambda typed, opened, item: WorkersSet(accounts=frozenset(typed.several("accounts")))),
            "C’est enregistré.",
            "Ces collègues lisent tout le dossier et peuvent y agir. Le référent reste le même.",
        ),
    }
)
