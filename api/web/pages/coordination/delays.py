"""How long do people wait?"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from api.actions.figures.reading import network
from api.actions.figures.told import AtLeast, Spread, Told, counted_exactly, own, row_of, told
from api.rooms import Rooms
from api.web.counted_address import to_files
from api.web.pages.coordination.answer import Answer, number
from api.web.pages.coordination.asked import Wish
from api.web.pictures.bars import Delay, delays, marks_of
from api.web.pictures.svg import plural
from api.web.pictures.table import Drawn
from graph.model.access import Viewer
from graph.model.figures.histograms import FROM, bucket, in_words, quantile
from graph.model.figures.lattice import WHOLE, Measure, Node
from graph.model.figures.networked import Days
from graph.model.figures.periods import Period
from graph.model.figures.selecting import Counted

HALF: Final = 0.5
NINE_TENTHS: Final = 0.9


async def waiting(rooms: Rooms, viewer: Viewer, wish: Wish) -> Answer:
    """Raises NotSignedIn, NotAllowed."""
    assert wish.period is not None
    found = await _read(rooms, viewer, wish)
    row = WHOLE if wish.exact else row_of(wish.territory)
    # Delays are not told by theme: they are another split of the same numbers.
    contact = _delay(found[Measure.CONTACTED], row, found[Measure.NEEDS_OPEN])
    answer = _delay(found[Measure.ANSWERED], row)
    if wish.exact:
        waits = _to(Counted.NEEDS_OPEN, wish.period)
        contact = replace(contact, to_done=_to(Counted.CONTACTED, wish.period), to_waiting=waits)
        answer = replace(answer, to_done=_to(Counted.ANSWERED, wish.period))
    period = wish.period.words
    first = f"{period[0].upper()}{period[1:]}, {wish.where} : {_said(contact)}."
    open_ = found[Measure.NEEDS_OPEN].count(row)
    still = (
        f"{number(open_, 'besoin attend', 'besoins attendent')} encore" if open_ != 0 else "plus aucun besoin n’attend"
    )
    second = f" À la fin de la période, {still}."
    sentence = first + second
    drawn: tuple[Drawn, ...] = (
        delays("contact", "De la demande au premier contact", sentence, contact),
        delays(
            "reponse",
            "De l’envoi à la réponse du partenaire",
            "Le temps que prennent les partenaires pour répondre, délais écoulés sans réponse compris.",
            answer,
        ),
    )
    return Answer(sentence, drawn, _actions(wish), (*_notes(wish), *await _estimated(rooms, viewer, wish)))


async def _estimated(rooms: Rooms, viewer: Viewer, wish: Wish) -> tuple[str, ...]:
    """What the quarter's network tells of delays, those who still wait included: medians of several quarters do not add up."""
    if wish.exact or wish.period is None or wish.period.first != wish.period.last:
        return ()
    found = await network(rooms, viewer, wish.period.first)
    steps = (
        (("l’envoi", found.sent), ("la réponse", found.answered), ("le premier contact", found.contact))
        if found
        else ()
    )
    said = [f"{step} {words}" for step, days in steps if (words := estimated(days))]
    if not said:
        return ()
    begin = "Dans toute la France, qui attend encore étant compté (méthode de Kaplan-Meier), depuis la demande de la personne"
    return (f"{begin} : {' ; '.join(said)}.",)


def estimated(days: Days) -> str:
    """ "en 4 jours au plus pour la moitié, 21 pour neuf sur dix"; nothing where too few are counted."""
    if days.count is None:
        return ""
    if days.median is None:
        return "pas encore atteint pour la moitié"
    half = f"en {plural(days.median, 'jour')} au plus pour la moitié"
    return half + (f", en {plural(days.p90, 'jour')} pour neuf sur dix" if days.p90 is not None else "")


async def _read(rooms: Rooms, viewer: Viewer, wish: Wish) -> dict[Measure, Told]:
    assert wish.period is not None
    measures = (Measure.CONTACTED, Measure.ANSWERED, Measure.NEEDS_OPEN)
    if wish.exact:
        facts = await own(rooms, viewer, wish.period)
        return {one: counted_exactly(facts, one, wish.period) for one in measures}
    row = row_of(wish.territory)
    return {one: await told(rooms, viewer, one, wish.period, row) for one in measures}


def _to(counted: Counted, period: Period) -> tuple[str, ...]:
    """The files of each bucket."""
    return tuple(to_files(counted, period, delay=str(number_)) for number_ in range(len(FROM)))


def _delay(measured: Told, row: Node, waiting_: Told | None = None) -> Delay:
    spread = measured.parts(row, WHOLE, "delay")
    done = _buckets(spread)
    known = _whole(done)
    marks = ()
    # Of a distribution with a hole in it, the middle is not known.
    if known and sum(known):
        reached = [
            (words, quantile(known, share)) for words, share in (("médiane", HALF), ("neuf sur dix", NINE_TENTHS))
        ]
        marks = marks_of([(words, bucket(found[0])) for words, found in reached if found])
    still = _buckets(waiting_.parts(row, WHOLE, "delay")) if waiting_ else ()
    # Since when needs wait is published of the whole network, and not always.
    if all(count is None for count in still):
        still = ()
    return Delay(done, still, marks)


def _buckets(spread: Spread) -> tuple[int | None, ...]:
    return tuple(spread.get(str(number)) for number in range(len(FROM)))


def _whole(counts: tuple[int | None, ...]) -> list[int] | None:
    """Every bucket, None where one is hidden or could hold more than is told."""
    known = [count for count in counts if count is not None and not isinstance(count, AtLeast)]
    return known if len(known) == len(counts) else None


def _said(contact: Delay) -> str:
    known = _whole(contact.done)
    if known is None:
        return "le délai du premier contact ne peut être dit en entier, des tranches sont masquées"
    middle, late = quantile(known, HALF), quantile(known, NINE_TENTHS)
    if middle is None or late is None:
        return "aucun premier contact"
    half, most = _days(bucket(middle[0])), _days(bucket(late[0]))
    return f"la moitié des premiers contacts ont eu lieu en {half}, neuf sur dix en {most}"


def _days(number_: int) -> str:
    words = in_words(number_)
    return "moins d’un jour" if number_ == 0 else words


def _actions(wish: Wish) -> tuple[tuple[str, str], ...]:
    actions = [("Voir qui ne répond pas", f"/coordination/reseau?{wish.query()}")]
    if wish.exact:
        actions.append(("Ouvrir ce qui attend dans mon équipe", "/equipe"))
    return tuple(actions)


def _notes(wish: Wish) -> tuple[str, ...]:
    notes = (
        "Le délai court de la demande de la personne, pas de l’envoi. Qui attend encore est compté à part : l’oublier ferait "
        "croire que l’on attend moins.",
        "Depuis quand les besoins attendent n’est publié que pour tout le réseau, et seulement si l’on ne peut en déduire un petit "
        "nombre.",
        "Médiane et « neuf sur dix » portent sur les personnes contactées.",
    )
    return (
        (*notes, "Le thème choisi ne change pas ces délais : ils ne sont pas publiés par thème.")
        if wish.category
        else notes
    )
