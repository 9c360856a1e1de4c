"""Who handles this problem, for this person, here, now?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from itertools import chain
from typing import Final, NamedTuple

import numpy as np

from api.metrics import SEARCH_SECONDS
from api.rooms import Rooms
from graph.model.candidates import NOBODY, Candidates, Preference
from graph.model.directory import Mode, Public
from graph.model.errors import InvalidInput
from graph.model.facts import mark
from graph.model.figures.searched import met
from graph.model.names import name_words
from graph.model.narrowing import Narrowing, facets, narrowed
from graph.model.order import Order
from graph.model.ranking import place, relay
from graph.model.relay import CompetenceMatch, Found, Question, Widening, WideningStep
from graph.model.territory import Point, Territory
from graph.model.vocabulary import competences, kinds
from graph.model.weighing import Weighing, preference
from graph.store.watched import part
from search.backend import MOST_WEIGHED, Wanted
from search.hours import HOURS, PARIS

LONGEST_TEXT: Final = 500
AS_ASKED: Final = 1.0
# In words: more of them are no name, and each takes a look at all words of names.
LONGEST_NAME: Final = 12
NOTHING_MORE: Final = Narrowing()
# A point farther than this from every commune's is not in France.
AROUND_KM: Final = 40.0
# Where a choice leaves most of an answer out, more of it is looked at: ten times as many take twenty milliseconds.
MOST_NARROWED: Final = 10_000
TO_CHECK: Final = "vérifiez les conditions avant d’orienter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A question as it comes through a door.

    `competences` given are taken as they are; the words are then only read for names. `refused` are competences that the
    reader understood and the worker took away. `territory` is an id or what someone typed ("Besançon", "75113", "25000").
    `at` is aware, now when absent, and days are those of Paris; `radius_km` only with a point or a territory that has one.
    Where `near` is given alone, the territory is the commune around it. `narrowing` keeps a part of the answer.
    """

    text: str = ""
    competences: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    territory: str = ""
    near: Point | None = None
    radius_km: float | None = None
    publics: tuple[Public, ...] = ()
    modes: tuple[Mode, ...] = ()
    at: datetime | None = None
    urgent: bool = False
    narrowing: Narrowing = NOTHING_MORE


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Which relays of the answer are wanted: `count` from place `first` on, or those behind the listing `after`, which stood
    just before place `first` on an earlier page.
    """

    first: int = 0
    count: int = 20
    after: str = ""


FIRST_PAGE: Final = Page()


async def find_relay(rooms: Rooms, ask: Ask, page: Page = FIRST_PAGE, *, counted: bool = False) -> Found:
    """A page of relays in order, each with its reasons; `counted` where somebody looks for help, and no list is drawn up.

    Raises InvalidInput for an unknown competence or territory, for a question with neither words nor competence, and when
    the listing that the page comes after is no longer in the answer; Unavailable when the index does not answer.
    """
    _check(ask)
    with part("search") as seen, SEARCH_SECONDS.time():
        found = await _found(rooms, ask, page, counted=counted)
        seen.set_attribute("maillage.relays", found.total)
    return found


async def _found(rooms: Rooms, ask: Ask, page: Page, *, counted: bool) -> Found:
    understood = rooms.reader.read(ask.text, rooms.places)
    matches = _matches(ask, understood.matches)
    asked = Question(
        at=(ask.at or datetime.now(UTC)).astimezone(PARIS),
        text=ask.text,
        words=understood.words if not ask.competences else (),
        phrase=() if ask.competences else name_words(understood.subject),
        competences=tuple(match.competence for match in matches),
        certainties=tuple(match.certainty for match in matches),
        territory=_territory(rooms, ask) or understood.territory or _around(rooms, ask.near),
        near=ask.near,
        radius_km=ask.radius_km,
        publics=ask.publics or understood.publics,
        modes=ask.modes,
        urgent=ask.urgent or bool(understood.emergency),
    )
    answer = await _answer(rooms, asked, MOST_WEIGHED if ask.narrowing.empty else MOST_NARROWED)
    kept = narrowed(answer.weighing, answer.order, ask.narrowing)
    first = _start(kept, page)
    shown = kept.page(first, page.count)
    listings = await rooms.index.listings(kept.candidates, [placed.row for placed in shown])
    found = Found(
        question=answer.weighing.question,
        relays=tuple(relay(answer.weighing, one, listing) for one, listing in zip(shown, listings, strict=True)),
        first=first,
        total=len(kept),
        cut=answer.order.candidates.cut,
        understood=matches,
        widened=answer.widened,
        emergency=understood.emergency,
        counting=cache(lambda: facets(answer.weighing, answer.order, ask.narrowing)),
    )
    # What a choice of the asker leaves out is not missing; nor is anything that lies behind the first page.
    if counted and not first and ask.narrowing.empty:
        rooms.tally.note(met(asked, found, datetime.now(PARIS).date()))
    return found


def _start(kept: Order, page: Page) -> int:
    """Where the page starts. On another index, or after a change, it stands after the listing that it was to come after."""
    if not page.after:
        return page.first
    places = np.flatnonzero(kept.keys == mark(page.after)) + 1
    if page.first in places:
        return page.first
    if not len(places):
        raise InvalidInput("La liste a changé depuis cette page, ou la question. Reprenez à la première page.", "after")
    return int(places[0])


class _Answer(NamedTuple):
    """What answers, in order, to which question."""

    weighing: Weighing
    order: Order
    widened: Widening | None = None


async def _answer(rooms: Rooms, asked: Question, most: int) -> _Answer:
    """The question as it was put when it finds something, else the first loosened one that does."""
    held: dict[str, Candidates] = {}
    preferred = preference(asked)
    most = MOST_NARROWED if asked.publics or asked.modes else most
    for question, widening in chain([(asked, None)], _wider(rooms, asked)):
        where = question.territory.id if question.territory else ""
        if where not in held:
            held[where] = await candidates(rooms, question, preferred, most)
        weighing = Weighing(question, HOURS)
        order = place(weighing, held[where])
        if len(order):
            return _Answer(weighing, order, widening)
    weighing = Weighing(asked, HOURS)
    return _Answer(weighing, place(weighing, NOBODY))


async def candidates(rooms: Rooms, question: Question, preferred: Preference, most: int = MOST_WEIGHED) -> Candidates:
    """What may answer, not much more than `most`; `preferred` is the question's own order of the ways to be competent.

    What covers the territory, and what lies inside it when it holds others; beyond the one asked for, only the latter.
    """
    territory = question.territory
    wanted = Wanted(
        competences=question.competences,
        names=tuple(
            words for words in dict.fromkeys((question.words, question.phrase)) if 0 < len(words) <= LONGEST_NAME
        ),
        preferred=preferred,
        most=most,
    )
    if territory is None:
        return await _in_index(rooms, wanted)
    covering, inside = replace(wanted, zones=territory.zones), replace(wanted, inside=territory.id)
    if question.beyond:
        return await _in_index(rooms, inside)
    found = await _in_index(rooms, covering)
    if _is_commune(territory) and not rooms.places.is_divided(territory.id):
        return found
    return found.joined(await _in_index(rooms, inside))


async def _in_index(rooms: Rooms, wanted: Wanted) -> Candidates:
    with part("index"):
        return await rooms.index.candidates(wanted)


def _wider(rooms: Rooms, asked: Question) -> Iterator[tuple[Question, Widening]]:
    """The same question loosened in one way after the other, each with the sentence that says all that was loosened.

    Always from the question as it was put: nothing that an earlier way gave up is given up silently in a later one.
    """
    yield from _in_larger_territories(rooms, asked, [asked])
    loosened = list(_loosened(asked))
    for question in loosened:
        yield question, _widened_here(asked, question)
    yield from _in_larger_territories(rooms, asked, loosened)


def _loosened(asked: Question) -> Iterator[Question]:
    """Received otherwise; then by what is made for others; then both. What leaves out the public asked for stays away."""
    if asked.modes:
        yield replace(asked, modes=())
    if asked.publics:
        yield replace(asked, public_optional=True)
    if asked.modes and asked.publics:
        yield replace(asked, modes=(), public_optional=True)


def _widened_here(asked: Question, question: Question) -> Widening:
    other_ways = "voici les autres façons d’être reçu"
    if not question.public_optional:
        return Widening(WideningStep.OTHER_MODE, f"Rien sous la forme demandée : {other_ways}.")
    if question.modes == asked.modes:
        sentence = f"Rien qui s’adresse précisément à ce public : {TO_CHECK}."
    else:
        sentence = f"Rien précisément pour ce public, ni sous la forme demandée : {other_ways} ; {TO_CHECK}."
    return Widening(WideningStep.OTHER_PUBLIC, sentence)


def _in_larger_territories(
    rooms: Rooms, asked: Question, questions: Sequence[Question]
) -> Iterator[tuple[Question, Widening]]:
    """These questions in each territory around the one asked for, the nearest first."""
    territory = asked.territory
    if territory is None:
        return
    near = asked.near or territory.point
    for id_ in territory.zones[1:]:
        zone = rooms.places.get(id_)
        if zone is None or _is_commune(zone) or id_ == territory.id:
            continue
        for question in questions:
            text = f"Rien {territory.where()} même : recherche élargie {zone.where()}{_also(asked, question)}."
            wider = replace(question, territory=zone, near=near, beyond=True)
            yield wider, Widening(WideningStep.LARGER_TERRITORY, text)


def _also(asked: Question, question: Question) -> str:
    """What is loosened besides the territory."""
    if not question.public_optional:
        return ", toutes formes d’accueil confondues" if question.modes != asked.modes else ""
    if question.modes == asked.modes:
        return f", tous publics confondus ; {TO_CHECK}"
    return f", toutes formes d’accueil et tous publics confondus ; {TO_CHECK}"


def _check(ask: Ask) -> None:
    if not ask.text.strip() and not ask.competences:
        raise InvalidInput("Décrivez le problème en quelques mots, ou choisissez un thème.", "text")
    if len(ask.text) > LONGEST_TEXT:
        raise InvalidInput(f"La question dépasse {LONGEST_TEXT} caractères : quelques mots suffisent.", "text")
    for id_ in (*ask.competences, *ask.refused):
        if id_ not in competences():
            raise InvalidInput(f"La compétence « {id_} » n’existe pas.", "competences")
    for kind in ask.narrowing.kinds:
        if kind not in kinds():
            raise InvalidInput(f"Le type d’organisme « {kind[:80]} » n’existe pas.", "kinds")
    if ask.at and ask.at.tzinfo is None:
        raise InvalidInput("Le moment demandé doit porter son fuseau horaire.", "at")
    if ask.radius_km is not None and not 0 < ask.radius_km <= 1000:
        raise InvalidInput("Le rayon va de 0 à 1 000 km.", "radiusKm")
    if ask.near and not (-90 <= ask.near.lat <= 90 and -180 <= ask.near.lon <= 180):
        raise InvalidInput("Ce point n’est pas sur le globe : latitude de −90 à 90, longitude de −180 à 180.", "near")


def _matches(ask: Ask, understood: tuple[CompetenceMatch, ...]) -> tuple[CompetenceMatch, ...]:
    if not ask.competences:
        return tuple(match for match in understood if match.competence not in ask.refused)
    because = {match.competence: match.because for match in understood}
    return tuple(CompetenceMatch(id_, because.get(id_, "choisi"), AS_ASKED) for id_ in dict.fromkeys(ask.competences))


def _territory(rooms: Rooms, ask: Ask) -> Territory | None:
    typed = ask.territory.strip()
    if not typed:
        return None
    found = rooms.places.get(typed) or rooms.places.locate(typed)
    if found is None:
        sentence = f"Le lieu « {typed[:80]} » est inconnu : tapez une commune, un code postal ou un département."
        raise InvalidInput(sentence, "territory")
    return found


def _around(rooms: Rooms, near: Point | None) -> Territory | None:
    return rooms.places.nearest(near, AROUND_KM) if near else None


def _is_commune(territory: Territory) -> bool:
    return ":" not in territory.id
