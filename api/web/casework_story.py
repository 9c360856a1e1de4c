"""The story of a file as its readers see it: one line an entry, in the words of labels.csv, the latest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.actions.casework.reading import Opened
from api.words.dates import clock, exact_day, relative_moment
from graph.model.access import Viewer
from graph.model.casework import acts, writings
from graph.model.casework.acts import Entry
from graph.model.casework.file import Actor, ActorKind, Lead
from graph.model.casework.handoff import Handoff
from graph.model.casework.story import writing_kind
from graph.model.vocabulary import competence, label

# "a accepté" is "avez accepté" of whoever reads it.
OF_HERSELF: Final = (("a ", "avez "), ("est ", "êtes "))
SAID: Final[Mapping[type, str]] = {
    acts.Opened: "a ouvert le dossier",
    acts.MemberSet: "a complété une personne du dossier",
    acts.NeedSet: "a revu un besoin",
    acts.Rehoused: "a passé une demande à l’organisme qui succède",
    acts.Settled: "a décidé de la suite",
    acts.WorkersSet: "a changé qui travaille sur le dossier",
    acts.ConsentWithdrawn: "a retiré un accord",
    acts.Reviewed: "a relu ce qui a été transmis dans l’urgence",
    acts.CircleSet: "a complété l’entourage",
    acts.CircleLeft: "a retiré quelqu’un de l’entourage",
    acts.CoReferentLeft: "a retiré un autre référent",
    acts.PageSet: "a réglé la page de la personne",
    acts.Kept: "a fait le point sur le dossier",
    acts.Closed: "a clos l’accompagnement",
    acts.Reopened: "a rouvert l’accompagnement",
    acts.Struck: "a barré un écrit",
    writings.WatchSet: "a réglé une veille",
    writings.Looked: "a regardé de nouveau",
    writings.AppointmentSet: "a réglé un rendez-vous",
    writings.OpinionGiven: "a donné son avis",
    writings.NoRelayFound: "n’a pas trouvé de relais",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: when as people say it and exactly, who, what she did, about what, in which words."""

    seq: int
    when: str
    exact: str
    who: str
    verb: str
    about: str
    words: tuple[str, ...]
    struck: str = ""
    may_strike: bool = False


def story(opened: Opened, viewer: Viewer, now: datetime) -> list[Line]:
    """All of it, the latest first."""
    errors = {one.event.entry: one.event.why for one in opened.entries if isinstance(one.event, acts.Struck)}
    return [_line(entry, opened, viewer, now, errors) for entry in reversed(opened.entries)]


def _line(entry: Entry, opened: Opened, viewer: Viewer, now: datetime, errors: Mapping[int, str]) -> Line:
    verb, about, words = _said(entry, opened)
    who, herself = _who(entry.by, opened, viewer)
    if herself:
        for other, own in OF_HERSELF:
            verb = own + verb.removeprefix(other) if verb.startswith(other) else verb
    local = entry.at.astimezone(now.tzinfo)
    return Line(
        seq=entry.seq,
        when=relative_moment(entry.at, now),
        exact=f"{exact_day(local.date())} à {clock(local.time())}",
        who=who,
        verb=verb,
        about=about,
        words=tuple(word for word in words if word),
        struck=errors.get(entry.seq, ""),
        may_strike=writing_kind(entry.event) is not None and entry.seq not in errors and opened.sight.whole,
    )


def _who(by: Actor, opened: Opened, viewer: Viewer) -> tuple[str, bool]:
    """Whoever did it, and whether it is whoever reads: a colleague by her name, another house by its own."""
    if by.kind is ActorKind.PROFESSIONAL and by.account == viewer.account:
        return "vous", True
    if by.kind is ActorKind.PROFESSIONAL and by.organisation == viewer.organisation:
        return by.name or "un collègue", False
    if by.kind in {ActorKind.PROFESSIONAL, ActorKind.ADDRESSEE}:
        return opened.names.get(by.organisation) or by.name or "un partenaire", False
    return {ActorKind.PERSON: "la personne", ActorKind.CLOCK: "le délai"}.get(by.kind, "Maillage"), False


def _said(entry: Entry, opened: Opened) -> tuple[str, str, tuple[str, ...]]:
    """The verb, what it is about, the words."""
    event = entry.event
    if kind := writing_kind(event):
        return (label("writing", kind), "", _written(event))
    match event:
        case acts.Stepped():
            return _step(event, opened)
        case acts.Drafted(handoff=handoff):
            return "a préparé une demande", _towards(handoff, opened), ()
        case acts.NeedAdded(need=need):
            return "a noté un besoin", competence(need.competence).label, (need.words,)
        case acts.NeedEnded(need=id_, outcome=outcome, text=text):
            named = competence(opened.file.needs[id_].competence).label
            return "a terminé un besoin", f"{named} : {label('outcome', outcome)}", (text,)
        case acts.ConsentGiven(consent=consent):
            to = opened.names.get(consent.recipient, "un partenaire")
            how = f"{label('means', consent.means)}" if consent.means else label("ground", consent.ground)
            return "a noté un accord", f"pour {to} : {consent.purpose} ({how})", ()
        case acts.LeadMoved(lead=lead, text=text):
            return "a changé le référent", lead_name(lead, opened), (text,)
        case acts.CoReferentSet(co_referent=one):
            return "a noté un autre référent", one.matter, ()
        case acts.Linked(into=into):
            return ("a réuni ce dossier à un autre" if into else "a réuni un autre dossier à celui-ci"), "", ()
        case acts.Closed(outcome=outcome, text=text):
            return SAID[acts.Closed], label("outcome", outcome), (text,)
        case _:
            return SAID.get(type(event), "a modifié le dossier"), "", (getattr(event, "text", ""),)


def _step(event: acts.Stepped, opened: Opened) -> tuple[str, str, tuple[str, ...]]:
    handoff = opened.file.handoffs[event.handoff]
    verb = label("step", event.step)
    if event.reported:
        verb = f"{verb} : {label('step', event.reported)}"
    about = _towards(handoff, opened)
    reason = label("reason", event.reason) if event.reason else ""
    outcome = label("outcome", event.outcome) if event.outcome else ""
    moved = f"référent : {lead_name(event.lead, opened)}" if event.lead else ""
    return verb, about, (reason, outcome, event.text, event.interim, event.appeal, moved)


def _towards(handoff: Handoff, opened: Opened) -> str:
    target = opened.names.get(handoff.target.organisation, "un partenaire")
    return f"{label('kind', handoff.kind)} — {target}"


def lead_name(lead: Lead, opened: Opened) -> str:
    """A lead as she is named: by her name, the duty desk by its organisation."""
    account = opened.accounts.get(lead.account)
    house = opened.names.get(lead.organisation, "")
    if lead.desk:
        return f"l’accueil, {house}" if house else "l’accueil"
    return ", ".join(part for part in (account.name if account else "un collègue", house) if part)


def _written(event: acts.Event) -> tuple[str, ...]:
    """The words of a writing, each a line."""
    match event:
        case writings.Met(present=present, decided=decided, invited=invited, came=came):
            person = "la personne est venue" if came else "la personne était invitée" if invited else "sans la personne"
            return f"{', '.join(present)} ; {person}", decided
        case writings.DecisionTold():
            answer = "Accord" if event.granted else "Refus"
            last = f"Dernier jour pour contester : {exact_day(event.appeal_until)}" if event.appeal_until else ""
            return f"{answer} — {event.authority}, {exact_day(event.on)}", event.reasons, event.appeal, last
        case writings.Delivered():
            parts = ", ".join(f"{name} {_euros(cents)}" for name, cents in event.payers)
            cost = f", {_euros(event.quantity * event.unit_cents)}" if event.unit_cents else ""
            spent = f"{event.minutes} min de travail" if event.minutes else ""
            dates = f"du {exact_day(event.since)} au {exact_day(event.until)}"
            return f"{event.what} : {event.quantity} {event.unit}{cost}, {dates}", parts, event.quality, spent
        case writings.WorryTold():
            received = f"accusé de réception le {exact_day(event.acknowledged)}" if event.acknowledged else ""
            back = f"retour le {exact_day(event.returned)}" if event.returned else ""
            return f"Adressée à {event.addressee} le {exact_day(event.on)}", received, back
        case writings.Noted(text=text, to=to):
            return text, f"Partenaire prévenu : {to}" if to else ""
        case writings.Assessed(text=text):
            return (text,)
        case _:
            return ()


def _euros(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d} €" if cents % 100 else f"{cents // 100} €"
