"""What is exact: a service seen by its head, and the returns that it owes."""

from __future__ import annotations

from datetime import datetime

from api.actions.figures.house import House, house_seen
from api.actions.figures.reading import exact, unit_of
from api.actions.reports.asking import Asked
from api.actions.reports.table import Cell, Column, Mark, Report, Table, numbers, words
from api.rooms import Rooms
from graph.model.access import Viewer
from graph.model.figures.statutory import Counted, counted, returns
from graph.model.figures.unit_activity import Activity
from graph.model.life import PARIS
from graph.model.vocabulary import competence, label

WHOLE: str = "Ensemble"
ACTIVE = (
    "Dossiers actifs : suivis par le service à la fin de la période. Entrées : dossiers ouverts par le service, et dossiers "
    "reçus d’un autre (premier contact d’un passage de relais, reprise acceptée). Sorties : dossiers clos, et dossiers passés "
    "à un autre. Durée : médiane, de l’ouverture à la clôture, des dossiers clos dans la période. Faute de relais : dossiers "
    "actifs que le service garde parce qu’aucun relais n’a été trouvé. Attendent une réponse : demandes reçues auxquelles le "
    "service n’avait pas répondu à la fin de la période ; en attente ailleurs : celles qu’il a envoyées. Entre unités du "
    "service, rien n’est compté sur la ligne « Ensemble »."
)
RETURNS = (
    "Demandes reçues d’autres organismes et envoyées dans la période, selon ce qu’elles sont devenues aujourd’hui ; besoins "
    "ouverts dans les dossiers suivis par le service ; contacts de l’accueil qui en parlent ; besoins et contacts pour "
    "lesquels aucun relais n’a été trouvé. Chaque ligne nomme le texte dont relève ce décompte ; une référence "
    "qui n’a pas été revue depuis deux ans est à vérifier."
)


async def unit_activity(rooms: Rooms, viewer: Viewer, asked: Asked) -> Report:
    """Her own service, or a unit below it, line by line. Raises NotSignedIn, NotAllowed."""
    house = await house_seen(rooms, viewer, asked)
    return Report(
        name="activite",
        title="Activité du service",
        scope=house.unit.name,
        period=asked.words,
        sentence=_sentence(house.whole),
        tables=(_bodies(house), *_by_post(house), _carried(house)),
        exact=True,
        notes=("Chiffres exacts, pour votre service seul : ne les publiez pas tels quels.",),
    )


def _sentence(whole: Activity) -> str:
    entered, left = whole.opened + whole.received, whole.closed + whole.passed_on
    waiting = "rien n’attend de réponse" if not whole.waiting else f"{whole.waiting} attendent une réponse du service"
    return (
        f"{whole.active} dossier{'s' if whole.active > 1 else ''} actif{'s' if whole.active > 1 else ''}, "
        f"{entered} entré{'s' if entered > 1 else ''}, {left} sorti{'s' if left > 1 else ''} ; {waiting}."
    )


def _bodies(house: House) -> Table:
    columns = (
        words("Unité"),
        *numbers("Dossiers actifs", "Personnes", "Ouverts", "Reçus", "Clos", "Passés"),
        Column("Durée", unit="jours"),
        *numbers("Faute de relais", "Demandes reçues", "Attendent une réponse"),
        *numbers("Demandes envoyées", "En attente ailleurs", "Contacts"),
    )
    lines = [_line(WHOLE, house.whole)]
    if len(house.bodies) > 1:
        lines += [_line(name, one) for _, name, one in house.bodies]
    return Table(slug="unites", title="Unité par unité", columns=columns, lines=tuple(lines), definition=ACTIVE)


def _line(name: str, one: Activity) -> tuple[Cell, ...]:
    return (
        name,
        one.active,
        one.persons,
        one.opened,
        one.received,
        one.closed,
        one.passed_on,
        Mark.UNKNOWN if one.days is None else float(one.days),
        one.transitional,
        one.asked,
        one.waiting,
        one.sent,
        one.expecting,
        one.requests,
    )


def _by_post(house: House) -> tuple[Table, ...]:
    """Load per post, where posts were said."""
    if not house.by_post:
        return ()
    return (
        Table(
            slug="postes",
            title="Charge par poste",
            columns=(words("Poste"), *numbers("Professionnels", "Dossiers", "Personnes", "Dossiers par professionnel")),
            lines=tuple(
                (
                    name or "Sans poste connu",
                    one.professionals,
                    one.files,
                    one.persons,
                    Mark.UNKNOWN if one.each is None else one.each,
                )
                for name, one in house.by_post
            ),
            definition=(
                "Dossiers actifs à la fin de la période, par poste de leur référent, tel que l’administrateur du service l’a dit "
                "sur la page des membres. « Sans poste connu » : les autres référents, et l’accueil du service."
            ),
        ),
    )


def _carried(house: House) -> Table:
    """Who carries how much, when the period ended, with what each owes today."""
    lines = tuple(
        (one.name or "Accueil du service", one.files, one.persons, one.actions, one.late) for one in house.carried
    )
    return Table(
        slug="charge",
        title="Qui porte quoi",
        columns=(words("Professionnel"), *numbers("Dossiers", "Personnes", "Actions à faire", "En retard")),
        lines=lines,
        definition=(
            "Dossiers actifs à la fin de la période, par référent ; les dossiers sans référent nommé sont à l’accueil du "
            "service. Actions à faire et en retard : aujourd’hui."
        ),
        leads=tuple(one.account for one in house.carried),
    )


async def statutory(rooms: Rooms, viewer: Viewer, asked: Asked) -> Report:
    """The returns that her service owes. Raises NotSignedIn, NotAllowed."""
    house = await unit_of(rooms, viewer, asked.organisation)
    facts = await exact(rooms, viewer, asked.begin, asked.end, asked.organisation)
    today = datetime.now(PARIS).date()
    found = [(one, counted(facts, one.competence, house.ids, asked.begin, asked.end)) for one in returns()]
    owed = [one.words.split(" : ")[0] for one, told in found if told.asked or told.needs or told.requests]
    return Report(
        name="obligations",
        title="Décomptes obligatoires",
        scope=house.name,
        period=asked.words,
        sentence=f"De quoi répondre : {', '.join(owed).lower()}." if owed else "Rien à déclarer sur cette période.",
        tables=(
            Table(
                slug="decomptes",
                title="Décomptes",
                columns=(
                    words("Décompte"),
                    words("Compte comme tel"),
                    words("Texte"),
                    *numbers("Besoins", "Contacts", "Sans relais", "Demandes reçues", "Acceptées", "Refusées"),
                    *numbers("Réorientées", "Sans réponse", "Retirées", "En attente", "Demandes envoyées"),
                ),
                lines=tuple(
                    (one.words, competence(one.competence).label, one.reference(today), *_counts(told))
                    for one, told in found
                ),
                definition=RETURNS,
            ),
            Table(
                slug="motifs",
                title="Motifs notés en réponse",
                columns=(words("Décompte"), words("Motif"), *numbers("Demandes")),
                lines=tuple(
                    (one.words, label("reason", code), many) for one, told in found for code, many in told.reasons
                ),
                definition="Motifs donnés avec un refus, une réorientation ou un échec, pour les demandes reçues de la période.",
            ),
        ),
        exact=True,
        notes=(
            "Informations préoccupantes : leur contenu n’est pas gardé ici ; seuls besoins et demandes sont comptés.",
        ),
    )


def _counts(one: Counted) -> tuple[Cell, ...]:
    return (
        one.needs,
        one.requests,
        one.unmet,
        one.asked,
        one.taken,
        one.declined,
        one.redirected,
        one.unanswered,
        one.withdrawn,
        one.waiting,
        one.sent,
    )
