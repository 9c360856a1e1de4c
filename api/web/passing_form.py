"""The form of a request that is to leave: what is handed, for what, what is told, on which ground."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final, TypeVar
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from api.actions.casework.passing_on import Sending
from api.web.forms import Form
from graph.model.casework.deciding import Draft
from graph.model.casework.file import File, MemberRole
from graph.model.casework.free_text import LONGEST
from graph.model.casework.grounds import Consent, Ground, Means, ShareGroup
from graph.model.casework.handoff import OF_THE_FILE, Kind, OrderedLead, Target
from graph.model.errors import InvalidInput
from graph.model.vocabulary import button

CodeT = TypeVar("CodeT", bound=StrEnum)

# What one hands from a search result; the others are made elsewhere.
KINDS: Final = (Kind.ORIENT, Kind.REFER, Kind.TRANSFER, Kind.RELINK, Kind.ORDERED)
LASTS: Final = timedelta(days=182)
STANDING, LATER = "en_cours", "attendre"


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What was typed, or what the page proposes. `to` is "organisation|service|post"; `ground` a Ground, or that one stands
    already, or that it is waited for; days are as they were typed.
    """

    to: str = ""
    kind: str = Kind.REFER.value
    needs: tuple[str, ...] = ()
    groups: tuple[str, ...] = (ShareGroup.IDENTITY.value, ShareGroup.CONTACT.value, ShareGroup.NEED.value)
    purpose: str = ""
    message: str = ""
    urgent: bool = False
    until: str = ""
    ground: str = Ground.ACCORD.value
    member: str = ""
    means: str = Means.ORAL.value
    informed: str = ""
    why_not: str = ""
    confirmed: bool = False
    follows: str = ""
    authority: str = ""
    order: str = OrderedLead.UNCHANGED.value

    @property
    def target(self) -> Target:
        """Whom it is for."""
        organisation, _, rest = self.to.partition("|")
        service, _, post = rest.partition("|")
        return Target(organisation=organisation, service=service, post=post)

    @property
    def told(self) -> bool:
        """Whether something of the file is told: one who is oriented takes the way alone."""
        return self.kind != Kind.ORIENT.value

    @property
    def ordered(self) -> bool:
        """Whether an authority ordered it."""
        return self.kind == Kind.ORDERED.value


def proposed(file: File, asked: QueryParams, today: date) -> Typed:
    """What the page proposes: the need that was searched for, or what was sent before to another."""
    before = file.handoffs.get(asked.get("apres", ""))
    adults = [one.id for one in file.members.values() if one.role is not MemberRole.CHILD and one.left is None]
    common = Typed(to=asked.get("vers", ""), until=(today + LASTS).isoformat(), member=(adults or [""])[0])
    if before is not None:
        return _again(common, before.id, file)
    kind = asked.get("genre", "")
    open_ = [need for need in file.needs.values() if need.open]
    searched = [need.id for need in open_ if need.competence in asked.getlist("c")]
    needs = searched or [need.id for need in open_ if len(open_) == 1]
    known = kind if kind in {one.value for one in KINDS} else common.kind
    ground = Ground.LEGAL_DUTY if known == Kind.ORDERED.value else Ground.ACCORD
    return replace(common, kind=known, needs=tuple(needs), ground=ground.value)


def _again(common: Typed, before: str, file: File) -> Typed:
    one = file.handoffs[before]
    return replace(
        common,
        kind=one.kind.value,
        needs=tuple(need for need in one.needs if file.needs[need].open),
        groups=tuple(sorted(one.groups)),
        purpose=one.purpose,
        message=one.message,
        urgent=one.urgent,
        follows=before,
        ground=Ground.LEGAL_DUTY.value if one.kind is Kind.ORDERED else common.ground,
        authority=one.authority,
        order=one.order.value,
    )


def typed_in(form: Form) -> Typed:
    """As it was typed. Raises InvalidInput for what is too long."""
    return _typed(form, form.one)


def as_typed(form: Form) -> Typed:
    """The same however long it is, to be shown again."""
    first = form.first()
    return _typed(form, lambda name, _: first.get(name, ""))


def _typed(form: Form, one: Callable[[str, int], str]) -> Typed:
    return Typed(
        to=one("vers", 600),
        kind=one("genre", 40),
        needs=form.every("besoin"),
        groups=form.every("groupe"),
        purpose=one("pour", 1000),
        message=one("message", 4000),
        urgent=one("urgent", 5) == "oui",
        until=one("jusque", 20),
        ground=one("titre", 40),
        member=one("membre", 60),
        means=one("moyen", 40),
        informed=one("informe", 20),
        why_not=one("pourquoi", 500),
        confirmed=one("confirme", 5) == "oui",
        follows=one("apres", 60),
        authority=one("autorite", LONGEST),
        order=one("ordre", 40) or OrderedLead.UNCHANGED.value,
    )


def sending(typed: Typed, file: File) -> Sending:
    """What is to be sent. Raises InvalidInput, which names the field of the form."""
    kind = _code(Kind, typed.kind, "genre")
    if kind not in KINDS:
        raise InvalidInput("Choisissez ce que vous demandez.", "genre")
    groups = frozenset(_code(ShareGroup, code, "groupe") for code in typed.groups) if typed.told else frozenset()
    if typed.told and not groups:
        raise InvalidInput("Choisissez ce que le destinataire lira.", "groupe")
    if typed.ordered:
        _check_order(typed)
    draft = Draft(
        id="",
        kind=kind,
        target=typed.target,
        needs=() if kind in OF_THE_FILE and not typed.needs else typed.needs,
        purpose=typed.purpose,
        message=typed.message if typed.told else "",
        groups=groups,
        urgent=typed.urgent,
        confirmed=typed.confirmed,
        order=_code(OrderedLead, typed.order, "ordre") if typed.ordered else OrderedLead.UNCHANGED,
        authority=typed.authority if typed.ordered else "",
    )
    return Sending(draft=draft, consent=consent_of(typed, groups), follows=typed.follows)


def _check_order(typed: Typed) -> None:
    if not typed.authority.strip():
        raise InvalidInput("Dites quelle autorité a ordonné cette mesure, et quand.", "autorite")
    if typed.ground in {Ground.ACCORD.value, LATER}:
        raise InvalidInput(
            f"Une mesure ordonnée n’attend pas d’accord : choisissez « {button('ground', Ground.LEGAL_DUTY)} ».",
            "titre",
        )


def consent_of(typed: Typed, groups: frozenset[ShareGroup]) -> Consent | None:
    """The ground as it is noted; None where one stands already, or is waited for. Raises InvalidInput."""
    if not typed.told or typed.ground in {STANDING, LATER}:
        return None
    ground = _code(Ground, typed.ground, "titre")
    accord = ground is Ground.ACCORD
    return Consent(
        id="",
        ground=ground,
        recipient=typed.target.organisation,
        purpose=typed.purpose,
        groups=groups,
        until=_day(typed.until, "jusque"),
        given=datetime(1970, 1, 1, tzinfo=UTC),
        member=typed.member if accord else "",
        means=_code(Means, typed.means, "moyen") if accord else None,
        needs=typed.needs,
        informed=_day(typed.informed, "informe") if typed.informed else None,
        why_not=typed.why_not,
    )


def fields(typed: Typed) -> list[tuple[str, str]]:
    """The same as the hidden fields of the preview."""
    alone = {
        "vers": typed.to,
        "genre": typed.kind,
        "pour": typed.purpose,
        "message": typed.message,
        "urgent": "oui" if typed.urgent else "",
        "jusque": typed.until,
        "titre": typed.ground,
        "membre": typed.member,
        "moyen": typed.means,
        "informe": typed.informed,
        "pourquoi": typed.why_not,
        "confirme": "oui" if typed.confirmed else "",
        "apres": typed.follows,
        "autorite": typed.authority,
        "ordre": typed.order if typed.ordered else "",
    }
    found = [(name, value) for name, value in alone.items() if value]
    found += [("besoin", need) for need in typed.needs]
    return found + [("groupe", group) for group in typed.groups]


def passing_path(file: str, asked: QueryParams) -> str:
    """The page on which it is prepared, with what was chosen on the way."""
    kept = [(name, value) for name, value in asked.multi_items() if name in {"vers", "genre", "c", "apres"}]
    return f"/dossier/{file}/passer?{urlencode(kept)}"


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput("Cette date ne peut pas être lue.", field) from None


def _code(kind: type[CodeT], code: str, field: str) -> CodeT:
    try:
        return kind(code)
    except ValueError:
        raise InvalidInput("Choisissez dans la liste.", field) from None
