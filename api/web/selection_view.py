"""A short list of relays, for the screen, for paper, and as the plain text of a mail. Nothing in it is about the person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import quote

from api.web.chosen import selection_path
from api.web.listing_view import Desk, Freshness, desk, freshness
from api.web.render import listed
from api.web.sheet_view import ease
from api.web.territory_view import listing_path
from api.words.dates import exact_day
from api.words.hours import HoursWords, hours_in_words
from api.words.listing import Address, Reach, address, reach
from graph.model.calling import who_to_call
from graph.model.relay import Listing, Question
from graph.model.vocabulary import competence, label
from search.hours import PARIS

MOST_MATTERS: Final = 5
SUBJECT: Final = "Adresses utiles"
CALL_FIRST: Final = "Appelez avant de vous déplacer : horaires et conditions peuvent avoir changé."
# A mail is read in any typeface: plain spaces, and nothing that only tells where a line may break.
PLAIN: Final = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2060": None})


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One relay of the list; `up`, `down`, `away` are the addresses of the list so changed, empty where there is none."""

    name: str
    href: str
    what: str
    matters: tuple[str, ...]
    reach: Reach
    desk: Desk | None
    address: Address | None
    hours: HoursWords | None
    conditions: tuple[str, ...]
    freshness: Freshness
    demonstration: bool
    up: str
    down: str
    away: str


@dataclass(frozen=True, slots=True)
class Selection:
    """The list in its order, the same as text, and the address that opens it as a mail."""

    relays: tuple[Kept, ...]
    text: str
    mail: str


def selection(listings: Sequence[Listing], at: datetime) -> Selection:
    """`at` judges who answers and how fresh it is."""
    keys = [listing.key for listing in listings]
    relays = tuple(_kept(listing, keys, place, at) for place, listing in enumerate(listings))
    text = plain_text(relays, at)
    mail = f"mailto:?subject={quote(SUBJECT)}&body={quote(text.replace(chr(10), chr(13) + chr(10)))}"
    return Selection(relays, text, mail)


def _kept(listing: Listing, keys: Sequence[str], place: int, at: datetime) -> Kept:
    service, organisation = listing.service, listing.organisation
    subject = service or listing.agreement or organisation
    matters = tuple(dict.fromkeys(tie.competence for tie in listing.ties))
    post = who_to_call(Question(at=at, competences=matters), listing)
    holders = next((known.holders for known in listing.posts if post and known.id == post.id), ())
    return Kept(
        name=service.name if service else organisation.name,
        href=listing_path(listing),
        what=organisation.name if service else listing.agreement.label if listing.agreement else "",
        matters=_matters(matters),
        reach=reach(post.contact if post else None, service.contact if service else None, organisation.contact),
        desk=desk(post, holders, at) if post else None,
        address=address(service.place if service else None) or address(organisation.place),
        hours=hours_in_words((service.hours if service else "") or organisation.hours, at),
        conditions=_conditions(listing),
        freshness=freshness(subject.vouched_on, at.astimezone(PARIS).date()),
        demonstration=subject.demonstration or organisation.demonstration,
        up=selection_path(_moved(keys, place, place - 1)) if place else "",
        down=selection_path(_moved(keys, place, place + 1)) if place + 1 < len(keys) else "",
        away=selection_path([key for key in keys if key != listing.key]),
    )


def _moved(keys: Sequence[str], place: int, to: int) -> list[str]:
    moved = [key for number, key in enumerate(keys) if number != place]
    moved.insert(to, keys[place])
    return moved


def _matters(ids: Sequence[str]) -> tuple[str, ...]:
    said = tuple(competence(id_).label for id_ in ids[:MOST_MATTERS])
    rest = len(ids) - len(said)
    return (*said, f"et {rest} autre{'s' if rest > 1 else ''}") if rest else said


def _conditions(listing: Listing) -> tuple[str, ...]:
    service = listing.service
    if service is None:
        return ()
    excluded = listed([label("public", public.value) for public in service.excludes])
    said = (service.conditions, service.fee, *ease(service), f"Sauf : {excluded}" if excluded else "")
    return tuple(line for line in said if line)


def plain_text(relays: Sequence[Kept], at: datetime) -> str:
    """The list as someone would type it: no markup, plain spaces, one relay a block."""
    blocks = ["\n".join(_lines(one, number)) for number, one in enumerate(relays, 1)]
    day = exact_day(at.astimezone(PARIS).date())
    return "\n\n".join([*blocks, f"{CALL_FIRST}\nListe faite le {day}."]).translate(PLAIN)


def _lines(one: Kept, number: int) -> list[str]:
    told = [
        ("Pour", ", ".join(one.matters)),
        ("Téléphone", one.reach.phone.shown if one.reach.phone else ""),
        ("Courriel", one.reach.email),
        ("Site", one.reach.url),
        ("Demander", asked_for(one.desk)),
        ("Adresse", ", ".join(part for part in (one.address.street, one.address.town) if part) if one.address else ""),
        ("Horaires", " ; ".join(f"{line.days} {line.times}" for line in one.hours.lines) if one.hours else ""),
        ("Conditions", " ; ".join(one.conditions)),
        ("Vérifié le", one.freshness.exact),
    ]
    head = f"{number}. {one.name}" + (f" — {one.what}" if one.what else "")
    if one.demonstration:
        head += " (exemple inventé pour la démonstration)"
    return [head, *(f"   {term} : {value}".replace(" le : ", " le ") for term, value in told if value)]


def asked_for(post: Desk | None) -> str:
    """Who to ask for: the desk, and who answers there today."""
    if post is None:
        return ""
    names = ", ".join(person.name for person in post.answerers)
    return f"{post.label} ({names})" if names else post.label
