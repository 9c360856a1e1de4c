"""What a file tells through a handoff, in words: for its addressee, for the preview before it leaves, for its sender."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from api.words.dates import exact_day
from graph.model.casework.grounds import ShareGroup
from graph.model.casework.telling import Told, ToldMember
from graph.model.vocabulary import competence, label
from search.hours import PARIS


@dataclass(frozen=True, slots=True)
class ToldView:
    """One group: its name, and (name, words) of what it tells; nothing in it says that nothing is known."""

    name: str
    lines: tuple[tuple[str, str], ...]


def told_views(told: Told) -> tuple[ToldView, ...]:
    """The groups that are told, in their order; what is not told is not there."""
    return tuple(
        ToldView(label("share", group), tuple(_lines(told, group))) for group in ShareGroup if group in told.groups
    )


def people(told: Told) -> str:
    """Who it is about, by name where names are told: "Odile Marchand et Paul Marchand"."""
    names = [one.identity.name for one in told.members or () if one.identity and one.identity.name]
    return " et ".join(names)


def _lines(told: Told, group: ShareGroup) -> Iterator[tuple[str, str]]:
    match group:
        case ShareGroup.NEED:
            for need in told.needs or ():
                yield competence(need.competence).label, _need(need.urgent, need.due_what, need.due)
        case ShareGroup.SITUATION:
            for words in told.situation or ():
                yield "", words
        case ShareGroup.ASSESSMENTS:
            for one in told.assessments or ():
                yield "", one.text
        case ShareGroup.CIRCLE:
            for person in told.circle or ():
                yield person.name, ", ".join(filter(None, (person.tie, person.phone)))
        case _:
            for member in told.members or ():
                yield from _of_member(member, group)


def _need(urgent: bool, what: str, due: date | None) -> str:
    said = [words for words in ("urgent" if urgent else "", what) if words]
    if due is not None:
        said.append(f"échéance le {exact_day(due)}")
    return ", ".join(said)


def _of_member(member: ToldMember, group: ShareGroup) -> Iterator[tuple[str, str]]:
    who = member.identity.name if member.identity and member.identity.name else ""
    if group is ShareGroup.PRACTICAL and (practical := member.practical):
        yield "Langue", practical.language + (" (interprète nécessaire)" if practical.interpreter else "")
        yield "Heures sûres pour appeler", practical.safe_hours
        yield "Commune", practical.commune
    if group is ShareGroup.IDENTITY and (named := member.identity):
        yield "Nom", named.name
        yield "Date de naissance", exact_day(named.born) if named.born else ""
    if group is ShareGroup.CONTACT and (reach := member.contact):
        yield f"Téléphone{_of(who)}", reach.phone
        yield f"Courriel{_of(who)}", reach.email
        yield f"Adresse{_of(who)}", reach.address
    if group is ShareGroup.HOUSEHOLD and (place := member.household):
        yield who or "Une personne", ", ".join(filter(None, (label("member_role", place.role), place.age_band)))


def _of(who: str) -> str:
    return f" ({who})" if who else ""


def moment_words(at: datetime) -> str:
    """The exact moment, for hover and print: "3 mars 2026, 14:10"."""
    local = at.astimezone(PARIS)
    return f"{exact_day(local.date())}, {local:%H:%M}"
