"""An organisation among its neighbours: groups around it, its history step by step, and the same in sentences.

Above: what it is part of. Below: its units. Left: for whom it acts. Right: who acts for it. Then what came before and after.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from api.web.render import sheet_path
from api.words.dates import exact_day
from graph.model.directory import Body, Link, LinkKind, OrganisationSheet, Step, SuccessionKind
from graph.model.vocabulary import label

# What is shown of a group; the rest is opened in place. One more than this is shown too: a fold for one is no gain.
MOST_UNITS: Final = 12
MOST_OTHERWISE: Final = 5
MOST_IN_A_STEP: Final = 6


class Side(StrEnum):
    """Where a group stands."""

    ABOVE = "above"
    LEFT = "left"
    RIGHT = "right"
    BELOW = "below"


# In reading order: the title, where it stands, what the rest is called, and the verb of the sentence.
GROUPS: Final = {
    LinkKind.PART_OF: ("Fait partie de", Side.ABOVE, "organismes", "fait partie de"),
    LinkKind.RECEIVES: ("Agit pour", Side.LEFT, "organismes", "agit pour"),
    LinkKind.GRANTS: ("A confié à", Side.RIGHT, "organismes", "a confié une mission à"),
    LinkKind.UNIT: ("Ses unités", Side.BELOW, "unités", "a pour unité"),
}
TITLES: Final = {
    SuccessionKind.RENAMED: "Changement de nom",
    SuccessionKind.MERGED: "Regroupement",
    SuccessionKind.SPLIT: "Partage",
    SuccessionKind.TRANSFERRED: "Transfert d’activité",
}
# One, several.
VERBS: Final = {
    SuccessionKind.RENAMED: ("devient", "deviennent"),
    SuccessionKind.MERGED: ("rejoint", "rejoignent"),
    SuccessionKind.SPLIT: ("est partagé entre", "sont partagés entre"),
    SuccessionKind.TRANSFERRED: ("passe le relais à", "passent le relais à"),
}


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A body beside this one; `note` is the agreement or the scope, `when` its dates, `past` that it or its agreement ended.

    In the history the organisation itself is one of them, without an address.
    """

    name: str
    href: str
    kind: str = ""
    note: str = ""
    when: str = ""
    past: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbours bound in the same way: those shown, those behind a fold, and what the fold is called."""

    title: str
    side: Side
    shown: tuple[Neighbour, ...]
    rest: tuple[Neighbour, ...]
    rest_words: str


@dataclass(frozen=True, slots=True)
class Several:
    """Bodies on one side of a step: those shown, those behind a fold, and what the fold is called."""

    shown: tuple[Neighbour, ...] = ()
    rest: tuple[Neighbour, ...] = ()
    rest_words: str = ""

    @property
    def all(self) -> tuple[Neighbour, ...]:
        """Nothing folded away."""
        return self.shown + self.rest


@dataclass(frozen=True, slots=True)
class Moment:
    """One step of the history; `here` marks the moment of today instead."""

    title: str
    iso: str
    day: str
    verb: str = ""
    before: Several = Several()
    after: Several = Several()
    here: str = ""


@dataclass(frozen=True, slots=True)
class Network:
    """The picture, the history and the sentences."""

    name: str
    gone: bool
    groups: tuple[Group, ...]
    history: tuple[Moment, ...]
    sentences: tuple[str, ...]


def network(sheet: OrganisationSheet, today: date) -> Network | None:
    """The neighbourhood of the organisation, or None when it has none."""
    groups = tuple(
        _group(kind, found)
        for kind in GROUPS
        if (found := [_neighbour(link, today) for link in sheet.links if link.kind is kind])
    )
    if not groups and not sheet.history:
        return None
    organisation = sheet.organisation
    gone = bool(organisation.closed_on and organisation.closed_on <= today)
    history = tuple(_history(sheet, today, gone))
    return Network(organisation.name, gone, groups, history, tuple(_sentences(sheet, today, history)))


def _group(kind: LinkKind, found: Sequence[Neighbour]) -> Group:
    title, side, words, _ = GROUPS[kind]
    most = MOST_UNITS if kind is LinkKind.UNIT else MOST_OTHERWISE
    several = _several(found, most, f" {words}")
    return Group(title, side, several.shown, several.rest, several.rest_words)


def _several(found: Sequence[Neighbour], most: int, words: str = "") -> Several:
    cut = most if len(found) > most + 1 else len(found)
    return Several(tuple(found[:cut]), tuple(found[cut:]), f"et {len(found) - cut} autres{words}")


def _neighbour(link: Link, today: date) -> Neighbour:
    return Neighbour(
        name=link.name,
        href=sheet_path("organisme", link.id),
        kind=label("organisation_kind", link.organisation_kind),
        note=link.detail,
        when=_when(link.on, link.until),
        past=_ended(link.closed_on, today) or ("Terminé" if link.until and link.until < today else ""),
    )


def _when(since: date | None, until: date | None) -> str:
    said = [f"depuis le {exact_day(since)}"] if since else []
    return ", ".join([*said, f"jusqu’au {exact_day(until)}"] if until else said)


def _ended(closed_on: date | None, today: date) -> str:
    return "N’existe plus" if closed_on and closed_on <= today else ""


def _history(sheet: OrganisationSheet, today: date, gone: bool) -> Iterable[Moment]:
    """The steps in order of day, and today among them where the organisation is alive."""
    steps = _together(sheet.history)
    done = [group for group in steps if group[0].on <= today]
    own = sheet.organisation.id
    yield from (_moment(group, own, today) for group in done)
    if steps and not gone:
        yield Moment("Aujourd’hui", today.isoformat(), "", here=sheet.organisation.name)
    yield from (_moment(group, own, today) for group in steps[len(done) :])


def _together(history: Sequence[Step]) -> list[list[Step]]:
    """Steps of one day that are one event: what was split, what was brought together, what was carried to one body."""
    groups: dict[tuple[date, SuccessionKind, str], list[Step]] = {}
    for step in history:
        shared = step.before.id if step.kind is SuccessionKind.SPLIT else step.after.id
        groups.setdefault((step.on, step.kind, shared), []).append(step)
    return list(groups.values())


def _moment(steps: Sequence[Step], own: str, today: date) -> Moment:
    first = steps[0]
    split = first.kind is SuccessionKind.SPLIT
    before = [(first.before, "")] if split else [(one.before, one.scope) for one in steps]
    after = [(one.after, one.scope) for one in steps] if split else [(first.after, "")]
    verb = VERBS[first.kind][len(before) > 1]
    # "est partagé entre" asks for two: the others may not be published.
    if split and len(after) == 1:
        verb = "passe en partie à"

    def named(bodies: Iterable[tuple[Body, str]]) -> Several:
        found = [
            Neighbour(
                body.name,
                "" if body.id == own else sheet_path("organisme", body.id),
                note=scope,
                past=_ended(body.closed_on, today),
            )
            for body, scope in bodies
        ]
        return _several(found, MOST_IN_A_STEP)

    return Moment(TITLES[first.kind], first.on.isoformat(), exact_day(first.on), verb, named(before), named(after))


def _sentences(sheet: OrganisationSheet, today: date, history: Sequence[Moment]) -> Iterable[str]:
    """All of it for who reads in lines: nothing is folded away."""
    name = sheet.organisation.name
    for kind, (_, _, _, verb) in GROUPS.items():
        for link in (link for link in sheet.links if link.kind is kind):
            one = _neighbour(link, today)
            told = ", ".join(part for part in (one.note, one.when, one.past.lower()) if part)
            yield f"{name} {verb} {one.name}" + (f" ({told})." if told else ".")
    for moment in history:
        if not moment.here:
            yield f"Le {moment.day}, {_listed(moment.before.all)} {moment.verb} {_listed(moment.after.all)}."


def _listed(bodies: Sequence[Neighbour]) -> str:
    said = [f"{one.name} ({one.note})" if one.note else one.name for one in bodies]
    return " et ".join((", ".join(said[:-1]), said[-1])) if len(said) > 1 else said[0]
