"""What someone owes as its page shows it: late, today, this week, later; each with its first gesture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from api.actions.casework.filing import actor_of
from api.web.handing_words import moment_words, people
from api.words.dates import relative_day, relative_moment
from graph.model.access import Viewer
from graph.model.casework.file import File
from graph.model.casework.handoff import Handoff, State, Step
from graph.model.casework.inbox import Band
from graph.model.casework.owed import Holder, Owed
from graph.model.casework.sight import sight
from graph.model.casework.taking import allowed_steps
from graph.model.casework.telling import told
from graph.model.vocabulary import button, competence, label
from graph.store.casework.inbox import Owing

BANDS: Final[Mapping[Band, str]] = MappingProxyType(
    {Band.LATE: "En retard", Band.TODAY: "Aujourd’hui", Band.THIS_WEEK: "Cette semaine", Band.LATER: "Plus tard"}
)
# The gesture that needs no more than a button, where it is allowed.
FIRST: Final[Mapping[Owed, tuple[Step, ...]]] = MappingProxyType(
    {
        Owed.ANSWER: (Step.OPEN,),
        Owed.MEET: (Step.CONTACT,),
        Owed.CONFIRM_CONTACT: (Step.CONTACT,),
        Owed.RESUME: (Step.RESUME,),
        Owed.SEE_LATE: (Step.REMIND,),
    }
)
HOLDERS: Final[Mapping[Holder, str]] = MappingProxyType(
    {Holder.WORKER: "", Holder.HEAD: "responsable", Holder.COORDINATOR: "réseau"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedView:
    """One thing owed. `step` is its first gesture, empty where opening it is; `whose` says that the desk, the head, or a
    colleague who is away owes it.
    """

    what: str
    about: str
    people: str
    due: str
    exact: str
    urgent: bool
    whose: str
    href: str
    handoff: str
    step: str
    gesture: str
    seq: int


@dataclass(frozen=True, slots=True)
class BandView:
    """A band with what is in it."""

    code: str
    name: str
    items: tuple[OwedView, ...]


def bands(found: Sequence[Owing], viewer: Viewer, at: datetime) -> tuple[BandView, ...]:
    """The bands of a page that have something in them, in order."""
    views = [(Band(one.place.band), _owed(one, viewer, at)) for one in found]
    return tuple(
        BandView(band.name.lower(), name, tuple(view for of, view in views if of is band))
        for band, name in BANDS.items()
        if any(of is band for of, _ in views)
    )


def _owed(one: Owing, viewer: Viewer, at: datetime) -> OwedView:
    action, file = one.action, _as_worked_on(one, viewer)
    one = replace(one, file=file)
    handoff = file.handoffs.get(action.about) if file else None
    step = _first(file, handoff, action.what, viewer, at)
    desk = action.holder is Holder.WORKER and not action.account
    return OwedView(
        what=button("owed", action.what),
        about=_about(one, handoff, viewer, at),
        people=people(told(file, sight(file, viewer, at), at)) if file else "",
        due=_due(action.due, at),
        exact=moment_words(action.due),
        urgent=action.urgent,
        whose=f"à la place de {one.instead or 'quelqu’un'}"
        if one.instead is not None
        else "accueil du service"
        if desk
        else HOLDERS[action.holder],
        href=_href(one, handoff, viewer, at),
        handoff=handoff.id if handoff else "",
        step=step.value if step else "",
        gesture=button("step", step) if step else "",
        seq=file.seq if file else 0,
    )


def _as_worked_on(one: Owing, viewer: Viewer) -> File | None:
    """Whoever stands in for one who works on a file works on it (api/actions/casework/filing.py)."""
    file, away = one.file, one.action.account
    if one.instead is None or file is None or file.lead is None or file.lead.organisation != viewer.organisation:
        return file
    hers = away in file.workers or away == file.lead.account
    return replace(file, workers=file.workers | {viewer.account}) if hers else file


def _first(file: File | None, handoff: Handoff | None, what: Owed, viewer: Viewer, at: datetime) -> Step | None:
    if file is None or handoff is None:
        return None
    allowed = allowed_steps(file, handoff, actor_of(viewer), at)
    if what is Owed.ANSWER and handoff.state is State.RECEIVED:
        return None
    return next((step for step in FIRST.get(what, ()) if step in allowed), None)


def _about(one: Owing, handoff: Handoff | None, viewer: Viewer, at: datetime) -> str:
    """The need, and the house on the other side."""
    file, about = one.file, one.action.about
    said = []
    needs = file.needs if file else {}
    seen = told(file, sight(file, viewer, at), at).needs or () if file else ()
    ids = handoff.needs if handoff else (about,)
    readable = {need.id for need in seen}
    said += [competence(needs[id_].competence).label for id_ in ids if id_ in needs and id_ in readable]
    if handoff is not None:
        other = one.sender if handoff.target.organisation == viewer.organisation else one.target
        said.insert(0, label("kind", handoff.kind))
        said += [other] if other else []
    return " — ".join(said)


def _href(one: Owing, handoff: Handoff | None, viewer: Viewer, at: datetime) -> str:
    if handoff is None or one.file is None:
        return f"/dossier/{one.action.file}"
    seen = sight(one.file, viewer, at)
    # To whom it was escalated the file's page tells its way; the request's own is for its two sides.
    if seen.escalated and handoff.id not in seen.handoffs:
        return f"/dossier/{one.action.file}"
    return f"/demande/{handoff.id}"


def _due(due: datetime, at: datetime) -> str:
    """By the hour for today, by the day else: "depuis 9 jours" is what is late."""
    local = due.astimezone(at.tzinfo)
    days = (local.date() - at.date()).days
    if due < at and days:
        return relative_day(local.date(), at.date())
    return relative_moment(due, at) if not days else relative_day(local.date(), at.date())
