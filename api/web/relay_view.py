"""One relay of an answer as the results page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from api.web.listing_view import Desk, Freshness, OpeningWords, desk, freshness, opening_words, source_name
from api.web.place_words import TOWNS
from api.web.render import sheet_path
from api.web.why_view import Why, why
from api.words.listing import Reach, reach
from graph.model import reasons
from graph.model.directory import Mode, Service
from graph.model.relay import Found, Listing, Question, Reason, ReasonKind, Relay, Tie
from graph.model.territory import Point
from graph.model.vocabulary import competence, label
from search.hours import PARIS

# These have a place of their own in the row; the others are the sentences under the name.
SHOWN_ELSEWHERE: Final = frozenset({ReasonKind.OPENING, ReasonKind.FRESHNESS, ReasonKind.DISTANCE})
MOST_SENTENCES: Final = 4


@dataclass(frozen=True, slots=True)
class Sentence:
    """A reason in words; `against` when it pushed the relay down."""

    text: str
    against: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayView:
    """A row. `what` is the line under the name, with its own link when it names the organisation behind a service.

    `key` is that of the listing; `point` where its door is, on the map; `from_afar` how it is reached without going there;
    `addressed` whom a request goes to, "organisation|service|post".
    """

    key: str
    rank: int
    anchor: str
    name: str
    href: str
    what: str
    what_href: str
    sentences: tuple[Sentence, ...]
    why: Why
    opening: OpeningWords | None
    distance: str
    freshness: Freshness
    desk: Desk | None
    reach: Reach
    handles: tuple[str, ...]
    covers: str
    formers: tuple[str, ...]
    source: str
    demonstration: bool
    point: Point | None
    from_afar: str
    addressed: str


def relay_views(found: Found) -> tuple[RelayView, ...]:
    """The relays of this page of the answer, each with its place in the whole."""
    pairs = zip_longest(found.relays, found.relays[1:])
    return tuple(_relay(found.question, relay, found.first + n, behind) for n, (relay, behind) in enumerate(pairs, 1))


def _relay(question: Question, relay: Relay, rank: int, behind: Relay | None) -> RelayView:
    listing = relay.listing
    organisation, service = listing.organisation, listing.service
    subject = service or listing.agreement or organisation
    own_contact = relay.post.contact if relay.post else None
    sentences = tuple(_sentence(reason) for reason in relay.reasons if reason.kind not in SHOWN_ELSEWHERE)
    place = (service.place if service else None) or organisation.place
    reached = reach(own_contact, service.contact if service else None, organisation.contact)
    return RelayView(
        key=listing.key,
        rank=rank,
        anchor=f"relais-{rank}",
        name=service.name if service else organisation.name,
        href=sheet_path("service", service.id) if service else sheet_path("organisme", organisation.id),
        what=_what(listing),
        what_href=sheet_path("organisme", organisation.id) if service else "",
        sentences=sentences[:MOST_SENTENCES],
        why=why(relay, behind),
        opening=opening_words((service.hours if service else "") or organisation.hours, question.at),
        distance=_distance(relay, question),
        freshness=freshness(subject.vouched_on, question.at.astimezone(PARIS).date()),
        desk=_desk(relay, question),
        reach=reached,
        handles=_handles(listing, question),
        covers=listing.covers_name,
        formers=tuple(f"{former.name}, jusqu’au {reasons.full_date(former.on)}" for former in listing.formers),
        source=source_name(subject.source),
        demonstration=subject.demonstration or organisation.demonstration,
        point=place.point if place else None,
        from_afar=_from_afar(service, reached),
        addressed="|".join((organisation.id, service.id if service else "", relay.post.id if relay.post else "")),
    )


def _desk(relay: Relay, question: Question) -> Desk | None:
    """Who to call; the listing still knows the holders who are away, the chosen post only those who answer."""
    if relay.post is None:
        return None
    whole = next((post for post in relay.listing.posts if post.id == relay.post.id), relay.post)
    return desk(relay.post, whole.holders, question.at)


def _distance(relay: Relay, question: Question) -> str:
    """From the town asked for; from the middle of a département it would mean nothing."""
    if question.territory is None or question.territory.level not in TOWNS:
        return ""
    return next((reason.text for reason in relay.reasons if reason.kind is ReasonKind.DISTANCE), "")


def _from_afar(service: Service | None, reached: Reach) -> str:
    ways = ["à distance"] if service and Mode.A_DISTANCE in service.modes else []
    said = " ou ".join([*ways, "par téléphone"] if reached.phone else ways)
    return f"joignable {said}" if said else ""


def _what(listing: Listing) -> str:
    organisation = listing.organisation
    if listing.service:
        return organisation.name
    if listing.agreement:
        return listing.agreement.label
    kind = label("organisation_kind", organisation.kind)
    if listing.part_of:
        return f"{kind} — {listing.part_of}"
    return kind if kind.lower() not in organisation.name.lower() else ""


def _sentence(reason: Reason) -> Sentence:
    """A territory is only ever said when it is not the one asked for."""
    return Sentence(reason.text, reason.weight < 0 or reason.kind is ReasonKind.TERRITORY)


def _handles(listing: Listing, question: Question) -> tuple[str, ...]:
    """Each way that it is competent, once; a bare label says nothing beside the same with its note or its law."""
    said = tuple(dict.fromkeys(_handled(tie) for tie in listing.ties if tie.competence in question.competences))
    return tuple(one for one in said if not any(other.startswith(f"{one} ") for other in said))


def _handled(tie: Tie) -> str:
    said = competence(tie.competence).label
    if tie.note:
        said += f" — {tie.note}"
    return said + (f" ({tie.source})" if tie.source else "")
