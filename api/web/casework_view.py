"""A file as its page shows it: plain values in French, made once from the model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from api.actions.casework.reading import FileList, Opened
from api.web.casework_story import lead_name
from api.words.dates import exact_day, relative_day
from graph.model.casework.clocks import PARIS
from graph.model.casework.file import File, Lead, Member, Need
from graph.model.casework.grounds import Consent
from graph.model.casework.handoff import Handoff
from graph.model.casework.owed import NextAction, owed
from graph.model.vocabulary import competence, label

NAMELESS: Final = "Dossier sans nom"
SHOWN_OWED: Final = 6


@dataclass(frozen=True, slots=True)
class Row:
    """A file in a list."""

    href: str
    name: str
    needs: str
    lead: str
    owed: str
    due: str
    late: bool


@dataclass(frozen=True, slots=True)
class NeedView:
    """A need with what is under way for it: (state in words, towards whom, address of the request)."""

    id: str
    label: str
    whose: str
    words: str
    due: str
    urgent: bool
    secret: bool
    ended: str
    under_way: tuple[tuple[str, str, str], ...]


def file_name(file: File) -> str:
    """The names of those who are accompanied, adults first as they came; a file without one says so."""
    named = [one.identity.name for one in file.members.values() if one.identity.name and one.left is None]
    if not named:
        return NAMELESS
    return named[0] if len(named) == 1 else f"{named[0]} et {len(named) - 1} autre{'s' if len(named) > 2 else ''}"


def rows(found: FileList, now: datetime) -> list[Row]:
    """The lines of a list, in its order."""
    return [_row(file, action, found, now) for file, action in found.files]


def _row(file: File, action: NextAction | None, found: FileList, now: datetime) -> Row:
    lead = file.lead or file.leads[-1]
    account = found.accounts.get(lead.account)
    who = account.name if account else f"l’accueil, {found.names.get(lead.organisation, '')}".rstrip(", ")
    needs = [competence(need.competence).label for need in file.needs.values() if need.open]
    due, late = "", False
    if action is not None:
        day = action.due.astimezone(PARIS).date()
        due, late = relative_day(day, now.date()), action.due < now
    elif file.closed:
        due = f"clos {relative_day(file.closed.astimezone(PARIS).date(), now.date())}"
    owed = label("owed", action.what) if action else (label("outcome", file.outcome) if file.outcome else "")
    return Row(f"/dossier/{file.id}", file_name(file), ", ".join(needs), who, owed, due, late)


def needs(opened: Opened, today: date) -> list[NeedView]:
    """Open ones first, what is due first before the others."""
    far = date.max
    ordered = sorted(opened.file.needs.values(), key=lambda need: (not need.open, need.due or far, need.opened))
    return [_need(need, opened, today) for need in ordered]


def _need(need: Need, opened: Opened, today: date) -> NeedView:
    member = opened.file.members.get(need.member)
    due = ""
    if need.due:
        what = f"{need.due_what} " if need.due_what else ""
        due = f"{what}le {exact_day(need.due)} ({relative_day(need.due, today)})"
    way = [
        (_state(one), opened.names.get(one.target.organisation, "un partenaire"), f"/demande/{one.id}")
        for one in opened.file.handing(need.id)
    ]
    return NeedView(
        id=need.id,
        label=competence(need.competence).label,
        whose=member_name(member, opened) if member else "",
        words=need.words,
        due=due,
        urgent=need.urgent and need.open,
        secret=need.secret,
        ended=label("outcome", need.outcome) if need.outcome else "terminé" if not need.open else "",
        under_way=tuple(way),
    )


def _state(handoff: Handoff) -> str:
    said = f"{label('kind', handoff.kind)} : {label('state', handoff.state).lower()}"
    return f"{said}, non confirmée" if handoff.reported else said


def member_name(member: Member, opened: Opened) -> str:
    """Her name; without one, her place in the household and her rank in it."""
    if member.identity.name:
        return member.identity.name
    return f"{label('member_role', member.role)} {list(opened.file.members).index(member.id) + 1}"


def member_facts(member: Member, place: str, today: date) -> list[str]:
    """What is known of her, each in a phrase."""
    one = member.identity
    born = f"né·e le {exact_day(one.born)}" if one.born else f"{member.age_band.replace('-', ' à ')} ans"
    facts = [
        label("member_role", member.role),
        born if one.born or member.age_band else "",
        one.phone,
        f"à appeler : {one.safe_hours}" if one.safe_hours else "",
        one.email,
        ", ".join(part for part in (one.address, place) if part),
        f"parle {one.language}" if one.language else "",
        "interprète nécessaire" if one.interpreter else "",
        "ses besoins restent secrets" if member.secret else "",
        f"a quitté le foyer le {exact_day(member.left)}" if member.left else "",
    ]
    return [fact for fact in facts if fact]


def leads(opened: Opened) -> list[tuple[str, str, str]]:
    """Those before, the latest first: who, since when, by what."""
    return [_lead(lead, opened) for lead in reversed(opened.file.leads)]


def _lead(lead: Lead, opened: Opened) -> tuple[str, str, str]:
    since = exact_day(lead.since.astimezone(PARIS).date())
    return lead_name(lead, opened), since, label("lead_cause", lead.cause)


def lead_now(opened: Opened, account: str) -> tuple[str, str, str, str] | None:
    """Who leads, "vous" to herself, since when, by what, and her name; None of a file that is not open."""
    lead = opened.file.lead
    if lead is None:
        return None
    name, since, cause = _lead(lead, opened)
    return ("vous" if lead.account and lead.account == account else name), since, cause, name


def consent_words(consent: Consent, opened: Opened) -> str:
    """What may be told to whom, for what, until when, on which ground."""
    to = opened.names.get(consent.recipient, "un partenaire")
    groups = ", ".join(label("share", group).lower() for group in sorted(consent.groups))
    how = f", {label('means', consent.means)}" if consent.means else ""
    ground = label("ground", consent.ground)
    return f"{to} : {groups}. Pour {consent.purpose}, jusqu’au {exact_day(consent.until)} ({ground}{how})"


def owed_lines(file: File, now: datetime) -> list[tuple[str, str, bool]]:
    """What is owed first: in words, by when, whether it is late."""
    return [
        (label("owed", one.what), relative_day(one.due.astimezone(PARIS).date(), now.date()), one.due < now)
        for one in owed(file)[:SHOWN_OWED]
    ]


def around(opened: Opened, today: date, place: Callable[[str], str]) -> dict[str, Any]:
    """Who is of it and around it, what is watched, what may be told; `place` names a commune by its code."""
    file, names = opened.file, opened.names
    return {
        "members": [
            (one.id, member_name(one, opened), member_facts(one, place(one.identity.commune), today))
            for one in file.members.values()
        ],
        "co_referents": [
            (one.id, one.matter, _phrase(one.name, names.get(one.organisation, one.organisation), one.phone))
            for one in file.co_referents.values()
        ],
        "circle": [
            (one.id, one.name, _phrase(label("circle", one.kind), one.tie, one.organisation, one.phone), one.may_know)
            for one in file.circle.values()
        ],
        "watches": [
            (one.id, one.what, relative_day(one.next, today), exact_day(one.until)) for one in file.watches.values()
        ],
        "consents": [
            (one.id, consent_words(one, opened), one.withdrawn is not None, one.stands(today))
            for one in file.consents.values()
        ],
    }


def _phrase(*parts: str) -> str:
    return ", ".join(part for part in parts if part)
