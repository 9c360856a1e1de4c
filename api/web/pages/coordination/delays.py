"""How long do people wait?"""

from __future__ import annotations

from dataclasses import replace

from api.actions.figures.delays import HALF, NINE_TENTHS, Delays, Distribution, delays
from api.rooms import Rooms
from api.web.counted_address import to_files
from api.web.pages.coordination.answer import Answer, number
from api.web.pages.coordination.asked import Wish
from api.web.pictures.bars import Delay, marks_of
from api.web.pictures.bars import delays as picture
from api.web.pictures.svg import plural
from api.web.pictures.table import Drawn
from graph.model.access import Viewer
from graph.model.figures.histograms import FROM, in_words
from graph.model.figures.networked import Days
from graph.model.figures.selecting import Counted


async def waiting(rooms: Rooms, viewer: Viewer, wish: Wish) -> Answer:
    """Raises NotSignedIn, NotAllowed."""
    found = await delays(rooms, viewer, wish.scope)
    still = (
        f"{number(found.open, 'besoin attend', 'besoins attendent')} encore"
        if found.open != 0
        else "plus aucun besoin n’attend"
    )
    sentence = f"{wish.begin} : {_said(found.contact)}. À la fin de la période, {still}."
    contact, answer = _drawn(found.contact), _drawn(found.answer)
    if wish.exact:
        contact = replace(contact, to_done=_to(Counted.CONTACTED, wish), to_waiting=_to(Counted.NEEDS_OPEN, wish))
        answer = replace(answer, to_done=_to(Counted.ANSWERED, wish))
    drawn: tuple[Drawn, ...] = (
        picture("contact", "De la demande au premier contact", sentence, contact),
        picture(
            "reponse",
            "De l’envoi à la réponse du partenaire",
            "Le temps que prennent les partenaires pour répondre, délais écoulés sans réponse compris.",
            answer,
        ),
    )
    return Answer(sentence, drawn, _actions(wish), (*_notes(wish), *_estimated(found)))


def _estimated(delays_: Delays) -> tuple[str, ...]:
    """What the quarter's network tells of delays, those who still wait included."""
    found = delays_.estimated
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


def _to(counted: Counted, wish: Wish) -> tuple[str, ...]:
    """The files of each bucket."""
    return tuple(to_files(counted, wish.scope.period, delay=str(number_)) for number_ in range(len(FROM)))


def _drawn(found: Distribution) -> Delay:
    reached = (("médiane", found.within(HALF)), ("neuf sur dix", found.within(NINE_TENTHS)))
    return Delay(found.done, found.waiting, marks_of(reached))


def _said(contact: Distribution) -> str:
    if contact.whole is None:
        return "le délai du premier contact ne peut être dit en entier, des tranches sont masquées"
    middle, late = contact.within(HALF), contact.within(NINE_TENTHS)
    if middle is None or late is None:
        return "aucun premier contact"
    return f"la moitié des premiers contacts ont eu lieu en {_days(middle)}, neuf sur dix en {_days(late)}"


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
