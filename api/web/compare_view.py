"""Relays side by side: what differs, and which of them is best on each line that can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from api.actions.kept import Judged
from api.web.listing_view import Desk, Freshness, OpeningWords, desk, freshness, opening_words, source_name
from api.web.place_words import TOWNS
from api.web.render import listed
from api.web.sheet_view import ease
from api.web.territory_view import listing_path
from api.web.why_view import points
from api.words.hours import hours_in_words
from api.words.listing import Address, Reach, address, capacity_words, reach
from graph.model import reasons
from graph.model.calling import who_to_call
from graph.model.directory import Agreement, Organisation, Service
from graph.model.freshness import known_capacity
from graph.model.relay import Ground, Listing, Question, Tie
from graph.model.vocabulary import competence, label
from search.hours import PARIS

MOST_MATTERS: Final = 4
NOT_IN_ANSWER: Final = "Pas parmi les premiers relais de cette question : ses faits sont montrés sans rang."
UNKNOWN: Final = "Non connu"
GROUND_WORDS: Final = {
    Ground.FIRST_STEP: "première porte",
    Ground.LAW: "par la loi",
    Ground.MANDATE: "par mandat",
    Ground.SPECIALISED: "service consacré à cela",
    Ground.GENERAL: "peut aider",
}
STRONGEST_FIRST: Final = tuple(GROUND_WORDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What one relay says on a line. `best` names what it is best at, empty when it is not, or when nobody can tell."""

    lines: tuple[str, ...] = ()
    points: tuple[tuple[str, str], ...] = ()
    opening: OpeningWords | None = None
    freshness: Freshness | None = None
    reach: Reach | None = None
    desk: Desk | None = None
    address: Address | None = None
    known: bool = True
    best: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table; `same` when every relay says the same."""

    title: str
    cells: tuple[Cell, ...]
    same: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A relay at the head of its column; `place` in the answer, 0 when it is not there."""

    key: str
    name: str
    href: str
    what: str
    place: int
    demonstration: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """The table."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def comparison(chosen: Sequence[Judged], question: Question) -> Comparison:
    """`question` holds the moment, and what was asked when something was."""
    asked = bool(question.competences or question.text)
    made = [
        _row("Pourquoi", [_why(one) for one in chosen], _places(chosen), always=True) if asked else None,
        _row("Compétence et fondement", [_handles(one.listing, question) for one in chosen]),
        _row("Public", [_publics(one.listing) for one in chosen]),
        _row("Conditions", [_conditions(one.listing) for one in chosen]),
        _row("Ouverture", [_opening(one.listing, question.at) for one in chosen]),
        _row("Places et attente", [_room(one.listing, question.at) for one in chosen], _roomiest(chosen, question.at)),
        _row("Délai de réponse", [_answer(one.listing) for one in chosen], _fastest(chosen)),
        _row("Distance", [_distance(one.listing, question) for one in chosen], _nearest(chosen, question)),
        _row("Contact", [_contact(one, question) for one in chosen]),
        _row("Vérifié", [_freshness(one.listing, question.at) for one in chosen], _freshest(chosen)),
        _row("Source", [Cell(lines=(source_name(_subject(one.listing).source),)) for one in chosen]),
    ]
    return Comparison(tuple(_column(one) for one in chosen), tuple(row for row in made if row))


def best(values: Sequence[float | None], words: str) -> list[str]:
    """`words` for the lowest value; nobody is best where fewer than two are known, or where all are equal."""
    known = [value for value in values if value is not None]
    if len(known) < 2 or len(set(known)) == 1:
        return [""] * len(values)
    lowest = min(known)
    said = words if known.count(lowest) == 1 else f"{words}, à égalité"
    return [said if value == lowest else "" for value in values]


def _row(title: str, cells: Sequence[Cell], told: Sequence[str] = (), *, always: bool = False) -> Row | None:
    """None when no relay says anything on this line, unless that too must be said: a table is read across."""
    if not always and not any(cell.known for cell in cells):
        return None
    same = all(cell == cells[0] for cell in cells)
    if told:
        cells = [replace(cell, best=words) for cell, words in zip(cells, told, strict=True)]
    return Row(title, tuple(cells), same)


def _nothing(words: str = UNKNOWN) -> Cell:
    return Cell(lines=(words,), known=False)


def _column(one: Judged) -> Column:
    listing = one.listing
    service, organisation = listing.service, listing.organisation
    return Column(
        key=listing.key,
        name=service.name if service else organisation.name,
        href=listing_path(listing),
        what=organisation.name if service else listing.agreement.label if listing.agreement else "",
        place=one.place,
        demonstration=_subject(listing).demonstration or organisation.demonstration,
    )


def _subject(listing: Listing) -> Service | Agreement | Organisation:
    return listing.service or listing.agreement or listing.organisation


def _places(chosen: Sequence[Judged]) -> list[str]:
    return best([one.place or None for one in chosen], "Le mieux placé")


def _why(one: Judged) -> Cell:
    if one.relay is None:
        return _nothing(NOT_IN_ANSWER)
    return Cell(points=tuple((reason.text, points(reason.weight)) for reason in one.relay.reasons))


def _handles(listing: Listing, question: Question) -> Cell:
    asked = [tie for tie in listing.ties if tie.competence in question.competences]
    grouped: dict[str, list[Tie]] = {}
    for tie in asked or listing.ties:
        grouped.setdefault(tie.competence, []).append(tie)
    said = [_ties(id_, ties) for id_, ties in grouped.items()]
    shown = said if asked else said[:MOST_MATTERS]
    rest = len(said) - len(shown)
    more = (f"et {rest} autre{'s' if rest > 1 else ''}",) if rest else ()
    return Cell(lines=(*shown, *more)) if said else _nothing()


def _ties(id_: str, ties: Sequence[Tie]) -> str:
    """Every right it has, the strongest first; that it can help goes without saying where it must."""
    ordered = sorted(ties, key=lambda tie: STRONGEST_FIRST.index(tie.ground))
    told = [tie for tie in ordered if tie.ground is not Ground.GENERAL] or ordered
    rights = dict.fromkeys(GROUND_WORDS[tie.ground] + (f" ({tie.source})" if tie.source else "") for tie in told)
    return f"{competence(id_).label} : {', '.join(rights)}"


def _publics(listing: Listing) -> Cell:
    service = listing.service
    publics = service.publics if service else listing.agreement.publics if listing.agreement else ()
    lines = [listed([label("public", one.value) for one in publics]) if publics else "Tout le monde"]
    if service and service.excludes:
        lines.append(f"Sauf : {listed([label('public', one.value) for one in service.excludes])}")
    return Cell(lines=tuple(lines))


def _conditions(listing: Listing) -> Cell:
    service = listing.service
    said = (service.conditions, service.fee, *ease(service)) if service else ()
    lines = tuple(line for line in said if line)
    return Cell(lines=lines) if lines else _nothing("Aucune condition connue")


def _opening(listing: Listing, at: datetime) -> Cell:
    written = (listing.service.hours if listing.service else "") or listing.organisation.hours
    said = hours_in_words(written, at)
    lines = tuple(f"{line.days} : {line.times}" for line in said.lines) if said else ()
    return Cell(lines=lines, opening=opening_words(written, at)) if lines else _nothing("Horaires non connus")


def _room(listing: Listing, at: datetime) -> Cell:
    service = listing.service
    lines = capacity_words(service.capacity, None, at.astimezone(PARIS).date()) if service else ()
    return Cell(lines=lines) if lines else _nothing()


def _roomiest(chosen: Sequence[Judged], at: datetime) -> list[str]:
    """By free places where they are told, else by the wait."""
    today = at.astimezone(PARIS).date()
    told = [known_capacity(one.listing.service.capacity if one.listing.service else None, today) for one in chosen]
    free = best(
        [-one.places_free if one and one.places_free is not None else None for one in told], "Le plus de places"
    )
    return free if any(free) else best([one.waiting_days if one else None for one in told], "L’attente la plus courte")


def _answer(listing: Listing) -> Cell:
    days = listing.service.answer_days if listing.service else None
    return _nothing() if days is None else Cell(lines=(reasons.answer_time(days),))


def _fastest(chosen: Sequence[Judged]) -> list[str]:
    days = [one.listing.service.answer_days if one.listing.service else None for one in chosen]
    return best(days, "Répond le plus vite")


def _km(listing: Listing, question: Question) -> float | None:
    """From the town asked for; from the middle of a département it would mean nothing."""
    territory = question.territory
    here = question.near or (territory.point if territory and territory.level in TOWNS else None)
    place = (listing.service.place if listing.service else None) or listing.organisation.place
    there = place.point if place else None
    return round(here.distance_km(there), 1) if here and there else None


def _distance(listing: Listing, question: Question) -> Cell:
    km = _km(listing, question)
    return _nothing() if km is None else Cell(lines=(reasons.distance(km),))


def _nearest(chosen: Sequence[Judged], question: Question) -> list[str]:
    return best([_km(one.listing, question) for one in chosen], "Le plus proche")


def _contact(one: Judged, question: Question) -> Cell:
    listing = one.listing
    service, organisation = listing.service, listing.organisation
    post = one.relay.post if one.relay else who_to_call(question, listing)
    holders = next((known.holders for known in listing.posts if post and known.id == post.id), ())
    found = reach(post.contact if post else None, service.contact if service else None, organisation.contact)
    return Cell(
        reach=found,
        desk=desk(post, holders, question.at) if post else None,
        address=address(service.place if service else None) or address(organisation.place),
        known=found.known,
        lines=() if found.known else ("Aucun contact connu",),
    )


def _freshness(listing: Listing, at: datetime) -> Cell:
    return Cell(freshness=freshness(_subject(listing).vouched_on, at.astimezone(PARIS).date()))


def _freshest(chosen: Sequence[Judged]) -> list[str]:
    return best([-_subject(one.listing).vouched_on.toordinal() for one in chosen], "Vérifié le plus récemment")
