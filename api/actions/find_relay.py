"""Who handles this problem, for this person, here, now?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from api.rooms import Rooms
from graph.model.directory import Mode, Public
from graph.model.errors import InvalidInput
from graph.model.names import name_words
from graph.model.ranking import rank
from graph.model.relay import CompetenceMatch, Found, Question, Relay, Widening, WideningStep
from graph.model.territory import Point, Territory
from graph.model.vocabulary import competences
from search.backend import Wanted
from search.hours import opening

LONGEST_TEXT: Final = 500
AS_ASKED: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A question as it comes through a door.

    `competences` given are taken as they are; the words are then only read for names. `refused` are competences that the
    reader understood and the worker took away. `territory` is an id or what someone typed ("Besançon", "75113", "25000").
    `at` is aware, now when absent; `radius_km` only with a point or a territory that has one.
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


async def find_relay(rooms: Rooms, ask: Ask) -> Found:
    """The relays in order, each with its reasons.

    Raises InvalidInput for an unknown competence or territory, or for a question with neither words nor competence;
    Unavailable when the index does not answer.
    """
    _check(ask)
    understood = rooms.reader.read(ask.text, rooms.places)
    matches = _matches(ask, understood.matches)
    named = understood.words if not ask.competences else ()
    question = Question(
        at=ask.at or datetime.now(UTC),
        text=ask.text,
        words=named,
        phrase=() if ask.competences else name_words(understood.subject),
        competences=tuple(match.competence for match in matches),
        certainties=tuple(match.certainty for match in matches),
        territory=_territory(rooms, ask) or understood.territory,
        near=ask.near,
        radius_km=ask.radius_km,
        publics=ask.publics or understood.publics,
        modes=ask.modes,
        urgent=ask.urgent or bool(understood.emergency),
    )
    relays = await _ranked(rooms, question)
    widened = None
    if not relays:
        for wider, step in _wider(rooms, question):
            relays = await _ranked(rooms, wider, inside=step.step is WideningStep.LARGER_TERRITORY)
            if relays:
                widened, question = step, wider
                break
    return Found(
        question=question,
        relays=tuple(relays),
        understood=matches,
        widened=widened,
        emergency=understood.emergency,
        generation=rooms.index.generation,
    )


async def _ranked(rooms: Rooms, question: Question, *, inside: bool = False) -> list[Relay]:
    territory = question.territory
    wanted = Wanted(
        zones=territory.zones if territory and not inside else (),
        inside=territory.id if territory and inside else "",
        competences=question.competences,
        names=tuple(words for words in dict.fromkeys((question.words, question.phrase)) if words),
    )
    found = await rooms.index.candidates(wanted)
    if territory and not inside and not _is_commune(territory):
        lying_inside = await rooms.index.candidates(replace(wanted, zones=(), inside=territory.id))
        found = list({listing.key: listing for listing in (*found, *lying_inside)}.values())
    return rank(question, found, opening)


def _wider(rooms: Rooms, question: Question) -> Iterator[tuple[Question, Widening]]:
    """The same question loosened, one step after the other, each with the sentence that says so."""
    if question.modes:
        question = replace(question, modes=())
        yield (
            question,
            Widening(WideningStep.OTHER_MODE, "Rien sous la forme demandée : voici les autres façons d’être reçu."),
        )
    if question.publics:
        question = replace(question, publics=())
        yield (
            question,
            Widening(
                WideningStep.OTHER_PUBLIC,
                "Rien qui s’adresse précisément à ce public : vérifiez les conditions avant d’orienter.",
            ),
        )
    if question.territory is None:
        return
    for id_ in question.territory.zones[1:]:
        zone = rooms.places.get(id_)
        if zone and not _is_commune(zone) and question.territory.id != id_:
            near = question.near or question.territory.point
            sentence = f"Rien {question.territory.where()} même : recherche élargie {zone.where()}."
            yield replace(question, territory=zone, near=near), Widening(WideningStep.LARGER_TERRITORY, sentence)


def _check(ask: Ask) -> None:
    if not ask.text.strip() and not ask.competences:
        raise InvalidInput("Décrivez le problème en quelques mots, ou choisissez un thème.", "text")
    if len(ask.text) > LONGEST_TEXT:
        raise InvalidInput(f"La question dépasse {LONGEST_TEXT} caractères : quelques mots suffisent.", "text")
    for id_ in (*ask.competences, *ask.refused):
        if id_ not in competences():
            raise InvalidInput(f"La compétence « {id_} » n’existe pas.", "competences")
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


def _is_commune(territory: Territory) -> bool:
    return ":" not in territory.id
