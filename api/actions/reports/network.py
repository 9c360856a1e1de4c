"""What is published: the network of a period, the needs of a territory. Whole quarters, as they were published once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from api.actions.figures.lacking import by_cause
from api.actions.figures.reading import must_read_figures
from api.actions.reports.asking import Asked
from api.actions.reports.table import Cell, Report, Table, counted, numbers, said, words
from api.actions.reports.told import Told, read, row_of
from api.rooms import Rooms
from graph.model.access import Viewer
from graph.model.errors import InvalidInput
from graph.model.figures.flows import Ending
from graph.model.figures.lattice import Measure, Node, part, value_of
from graph.model.figures.statutory import returns
from graph.model.life import PARIS
from graph.model.territory import COUNTRY, TerritoryLevel
from graph.model.vocabulary import categories, competence, competences, label

SPLITS: Final = ("region", "departement", "epci")
FRANCE: Final = "Tout le réseau"
PUBLISHED: Final = (
    "Chiffres publiés une fois chaque trimestre clos, et qui ne changent plus. Un nombre de 1 à 10, ou dont on pourrait en "
    "déduire un, est masqué ; zéro est dit. « Au moins » : un trimestre de la période est masqué. Les mois demandés sont "
    "étendus aux trimestres entiers."
)
COLUMNS: Final = (
    (Measure.REQUESTS, "Contacts en accueil"),
    (Measure.FILES_OPENED, "Dossiers ouverts"),
    (Measure.FILES_CLOSED, "Dossiers clos"),
    (Measure.NEEDS_OPENED, "Besoins ouverts"),
    (Measure.NEEDS_ENDED, "Besoins terminés"),
    (Measure.SENT, "Demandes envoyées"),
    (Measure.ANSWERED, "Réponses"),
    (Measure.CONTACTED, "Premiers contacts"),
    (Measure.UNMET, "Sans relais"),
    (Measure.FILES_OPEN, "Dossiers actifs en fin"),
    (Measure.TRANSITIONAL, "Gardés faute de relais en fin"),
)
BY_THEME: Final = (
    (Measure.NEEDS_OPENED, "Besoins ouverts"),
    (Measure.NEEDS_ENDED, "Besoins terminés"),
    (Measure.NEEDS_OPEN, "Ouverts en fin de période"),
    (Measure.SENT, "Demandes envoyées"),
    (Measure.UNMET, "Sans relais"),
)
BY_PLACE: Final = (
    (Measure.NEEDS_OPENED, "Besoins ouverts"),
    (Measure.NEEDS_OPEN, "Ouverts en fin de période"),
    (Measure.UNMET, "Sans relais"),
    (Measure.TRANSITIONAL, "Gardés faute de relais en fin"),
)
OF_RETURN: Final = (
    (Measure.NEEDS_OPENED, "Besoins ouverts"),
    (Measure.NEEDS_ENDED, "Besoins terminés"),
    (Measure.SENT, "Demandes envoyées"),
    (Measure.ANSWERED, "Réponses"),
    (Measure.UNMET, "Sans relais"),
)


async def network(rooms: Rooms, viewer: Viewer, asked: Asked) -> Report:
    """The network of a period. Raises NotSignedIn, NotAllowed, InvalidInput."""
    told, place = await _told(rooms, viewer, asked, [measure for measure, _ in COLUMNS])
    quarters = tuple(
        (quarter.words, *(told.of(measure, only=quarter) for measure, _ in COLUMNS)) for quarter in told.quarters
    )
    endings = tuple(
        (ENDINGS[ending], told.of(Measure.ANSWERED, (part("outcome", ending.value),))) for ending in ENDINGS
    )
    themes = tuple((name, *_cells(told, (part("category", id_),), BY_THEME)) for id_, name in categories().items())
    return _report(
        "reseau",
        "Rapport du réseau",
        place,
        asked,
        told,
        f"{said(told.of(Measure.SENT))} demandes envoyées d’un organisme à un autre, {said(told.of(Measure.CONTACTED))} "
        "premiers contacts.",
        (
            _table("trimestres", "Trimestre par trimestre", "Trimestre", COLUMNS, quarters),
            Table(
                slug="reponses",
                title="Ce que furent les réponses",
                columns=(words("Réponse"), *numbers("Demandes")),
                lines=endings,
                definition="Première réponse à une demande, ou délai passé sans réponse, au moment où cela est arrivé.",
            ),
            _table("themes", "Par thème", "Thème", BY_THEME, themes),
        ),
    )


ENDINGS: Final = {
    Ending.TAKEN: "Acceptée",
    Ending.DECLINED: "Refusée",
    Ending.REDIRECTED: "Réorientée",
    Ending.WAITING: "Sur liste d’attente",
    Ending.EXPIRED: "Sans réponse",
}


async def social_needs(rooms: Rooms, viewer: Viewer, asked: Asked) -> Report:
    """The analysis of social needs of a territory. Raises NotSignedIn, NotAllowed, InvalidInput."""
    measures = sorted({measure for measure, _ in (*BY_THEME, *BY_PLACE)})
    told, place = await _told(rooms, viewer, asked, measures)
    lines: list[tuple[Cell, ...]] = []
    for category, name in categories().items():
        lines.append((name, "ensemble du thème", *_cells(told, (part("category", category),), BY_THEME)))
        lines += [
            (name, one.label, *_cells(told, (part("category", category), part("competence", one.id)), BY_THEME))
            for one in competences().values()
            if one.category == category
        ]
    causes = tuple(
        (label("cause", cause.value), counted(count))
        for cause, count in by_cause(told.measured(Measure.UNMET), told.row)
    )
    themes = _table("themes", "Besoins par thème", "Thème", BY_THEME, [line for line in lines if _said(line)])
    return _report(
        "besoins",
        "Analyse des besoins sociaux",
        place,
        asked,
        told,
        f"{said(told.of(Measure.NEEDS_OPENED))} besoins ouverts, {said(told.of(Measure.UNMET))} restés sans relais.",
        (
            Table(
                slug=themes.slug,
                title=themes.title,
                columns=(words("Thème"), words("Besoin"), *themes.columns[1:]),
                lines=themes.lines,
                definition=themes.definition + " Les lignes où tout est masqué ou nul ne sont pas montrées.",
            ),
            Table(
                slug="causes",
                title="Sans relais, par cause",
                columns=(words("Cause"), *numbers("Besoins")),
                lines=causes,
                definition="Besoins ouverts à la fin d’un trimestre, et contacts, pour lesquels aucun relais n’a été trouvé.",
            ),
            _places(rooms, told),
        ),
    )


async def returns_published(rooms: Rooms, viewer: Viewer, asked: Asked) -> Report:
    """Statutory returns of a territory, from what is published. Raises NotSignedIn, NotAllowed, InvalidInput."""
    told, place = await _told(rooms, viewer, asked, [measure for measure, _ in OF_RETURN])
    today = datetime.now(PARIS).date()
    lines = tuple(
        (
            one.words,
            f"{competence(one.competence).label} ({one.reference(today)})",
            *_cells(told, _column(one.competence), OF_RETURN),
        )
        for one in returns()
    )
    table = _table("decomptes", "Décomptes", "Décompte", OF_RETURN, lines)
    return _report(
        "obligations-reseau",
        "Décomptes obligatoires, chiffres publiés",
        place,
        asked,
        told,
        "Ce que le réseau peut publier ; les chiffres exacts sont ceux de chaque service.",
        (
            Table(
                slug=table.slug,
                title=table.title,
                columns=(words("Décompte"), words("Compte comme tel"), *table.columns[1:]),
                lines=table.lines,
                definition=table.definition,
            ),
        ),
    )


def _column(id_: str) -> Node:
    return part("category", competence(id_).category), part("competence", id_)


async def _told(rooms: Rooms, viewer: Viewer, asked: Asked, measures: Sequence[Measure]) -> tuple[Told, str]:
    must_read_figures(viewer)
    territory = rooms.places.get(asked.territory) if asked.territory else None
    if asked.territory and territory is None:
        raise InvalidInput("Ce territoire n’est pas dans la carte.", "territoire")
    told = await read(rooms, viewer, asked.quarters.quarters, measures, row_of(territory))
    return told, territory.name if territory else FRANCE


def _cells(told: Told, column: Node, among: Sequence[tuple[Measure, str]]) -> tuple[Cell, ...]:
    return tuple(told.of(measure, column) for measure, _ in among)


def _table(
    slug: str, title: str, head: str, among: Sequence[tuple[Measure, str]], lines: Sequence[tuple[Cell, ...]]
) -> Table:
    return Table(
        slug=slug,
        title=title,
        columns=(words(head), *numbers(*(name for _, name in among))),
        lines=tuple(lines),
        definition=_definition(among),
    )


def _definition(among: Sequence[tuple[Measure, str]]) -> str:
    return " ".join(f"{name} : {DEFINITIONS[measure]}." for measure, name in among)


DEFINITIONS: Final[dict[Measure, str]] = {
    Measure.REQUESTS: "contacts notés à une porte d’entrée dans la période",
    Measure.FILES_OPENED: "dossiers ouverts dans la période",
    Measure.FILES_CLOSED: "dossiers clos dans la période",
    Measure.NEEDS_OPENED: "besoins notés dans un dossier dans la période",
    Measure.NEEDS_ENDED: "besoins terminés dans la période, quelle qu’en soit l’issue",
    Measure.SENT: "demandes envoyées d’un organisme à un autre, au moment de l’envoi",
    Measure.ANSWERED: "premières réponses, ou délais passés sans réponse, au moment où cela est arrivé",
    Measure.CONTACTED: "premiers contacts confirmés avec la personne, dans la période",
    Measure.UNMET: (
        "besoins ouverts en fin de trimestre, et contacts, pour lesquels aucun relais n’a été trouvé ; un besoin resté ouvert "
        "compte à chaque trimestre"
    ),
    Measure.FILES_OPEN: "dossiers ouverts au dernier jour de la période",
    Measure.NEEDS_OPEN: "besoins ouverts au dernier jour de la période",
    Measure.TRANSITIONAL: "dossiers que l’accueil garde faute de relais, au dernier jour de la période",
}


def _said(line: tuple[Cell, ...]) -> bool:
    return any(not isinstance(cell, str) and cell != 0 for cell in line)


def _places(rooms: Rooms, told: Told) -> Table:
    """What is told of the parts of this territory, with its population."""
    lines = [
        (name, population, *(told.of(measure, row=(*told.row, step)) for measure, _ in BY_PLACE))
        for name, population, step in sorted(_parts(rooms, told.row))
    ]
    return Table(
        slug="territoires",
        title="Par territoire",
        columns=(words("Territoire"), *numbers("Population", *(name for _, name in BY_PLACE))),
        lines=tuple(line for line in lines if _said(line[2:])),
        definition=_definition(BY_PLACE)
        + " Population : recensement. Les lignes où tout est nul ne sont pas montrées.",
    )


def _parts(rooms: Rooms, row: Node) -> Iterator[tuple[str, int, str]]:
    """The parts of a row: name, population, step. An intercommunality counts for its communes in the département."""
    below = rooms.places.within(value_of(row) if row else COUNTRY)
    if len(row) < len(SPLITS) - 1:
        split = SPLITS[len(row)]
        yield from ((one.name, one.population, part(split, one.id)) for one in below if one.level == split)
        return
    population = Counter[str]()
    for one in below:
        if one.level is TerritoryLevel.COMMUNE:
            population[next((zone for zone in one.zones if zone.startswith("epci:")), "")] += one.population
    for epci, many in population.items():
        found = rooms.places.get(epci) if epci else None
        yield (found.name if found else "Hors intercommunalité", many, part(SPLITS[2], epci))


def _report(
    name: str, title: str, place: str, asked: Asked, told: Told, sentence: str, tables: tuple[Table, ...]
) -> Report:
    missing = [one.words for one in asked.quarters.quarters if one not in told.quarters]
    notes = (PUBLISHED, *((f"Pas encore publié : {', '.join(missing)}.",) if missing else ()))
    if not told.quarters:
        sentence = "Rien n’est encore publié de cette période."
    return Report(
        name=name,
        title=title,
        scope=place,
        period=asked.quarters.words,
        sentence=sentence,
        tables=tables,
        exact=False,
        notes=notes,
    )
