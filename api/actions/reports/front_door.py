"""The front door over months: contacts, what was done for its files, and how many files it keeps for want of a relay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from api.actions.casework.front_desk import Transitional, monthly, transitional
from api.actions.reports.asking import Asked, month_name
from api.actions.reports.table import Cell, Report, Table, numbers, words
from api.rooms import Rooms
from graph.model.access import Viewer
from graph.model.casework.desk_report import Report as Month
from graph.model.casework.desk_report import beside
from graph.model.casework.file import Outcome
from graph.model.errors import InvalidInput
from graph.model.figures.facts import NeedFact
from graph.model.figures.periods import month_begin
from graph.model.vocabulary import competence, competences, label

RIGHTS: Final = "droits-et-prestations"
MOST_MONTHS: Final = 24
BOUNDS: Final = ((30, "Moins de 30 jours"), (90, "De 30 à 89 jours"), (180, "De 90 à 179 jours"))
LONGER: Final = "180 jours et plus"


async def front_door(rooms: Rooms, viewer: Viewer, asked: Asked) -> Report:
    """The report of her own front door. Raises NotAllowed, InvalidInput."""
    if len(asked.months) > MOST_MONTHS:
        raise InvalidInput(f"Ce rapport porte sur {MOST_MONTHS} mois au plus.", "au")
    months = [await monthly(rooms, viewer, month) for month in asked.months]
    held = await transitional(rooms, viewer, datetime.now(UTC))
    async with rooms.graph.reading() as unit:
        files = await unit.facts.files_led([viewer.organisation], asked.begin, asked.end)
        needs = await unit.facts.needs_of([file.id for file in files])
        names = await unit.accounts.organisation_names([viewer.organisation])
    many = sum(month.total for month in months)
    at_once = sum(month.at_once for month in months)
    return Report(
        name="accueil",
        title="Rapport de l’accueil",
        scope=names.get(viewer.organisation, ""),
        period=asked.words,
        sentence=_sentence(many, at_once, len(held)),
        tables=(_trend(months, needs), *_kinds(months), _held([one.days for one in held]), _why(held_causes(held))),
        exact=True,
    )


def held_causes(held: Iterable[Transitional]) -> Counter[tuple[str, str]]:
    """How many of these files wait for each (competence, cause)."""
    return Counter(cause for one in held for cause in one.causes)


def _sentence(many: int, at_once: int, held: int) -> str:
    if not many and not held:
        return "Aucun contact noté sur ces mois."
    share = f" ({round(100 * at_once / many)} %)" if many else ""
    return (
        f"{many} contact{'s' if many > 1 else ''}, dont {at_once} avec une réponse tout de suite{share} ; "
        f"{held} dossier{'s' if held > 1 else ''} gardé{'s' if held > 1 else ''} aujourd’hui faute de relais."
    )


def _trend(months: list[Month], needs: list[NeedFact]) -> Table:
    names = ("Contacts", "Répondu tout de suite", "En danger", "Sans relais trouvé", "Visites", "Urgences hors champ")
    more = ("Veilles ouvertes", "Nouvelles prises", "Dossiers ouverts", "Droits ouverts", "Rendez-vous manqués")
    lines = tuple(
        (
            month_name(month.month),
            month.total,
            month.at_once,
            month.danger,
            sum(count for _, count in month.unmet),
            month.home_visits,
            month.work.emergencies,
            month.work.watches_set,
            month.work.looks,
            month.work.opened,
            rights_opened(needs, month.month),
            month.work.no_shows,
        )
        for month in months
    )
    return Table(
        slug="mois",
        title="Mois par mois",
        columns=(words("Mois"), *numbers(*names, *more)),
        lines=lines,
        definition=(
            "Contacts notés à l’accueil, sans les saisies annulées. Visites : notées dans un dossier, ou contact pris en "
            "visite. Droits ouverts : besoins du thème « droits et prestations » terminés dans le mois avec « besoin "
            "satisfait », dans les dossiers suivis par le service. Rendez-vous manqués : notés par le service."
        ),
    )


def rights_opened(needs: Iterable[NeedFact], month: str) -> int:
    """Needs about rights and benefits that were met in the month."""
    begin, end = month_begin(month), month_begin(beside(month, 1))
    return sum(
        need.outcome is Outcome.MET
        and need.ended is not None
        and begin <= need.ended < end
        and competences()[need.competence].category == RIGHTS
        for need in needs
        if need.competence in competences()
    )


def _kinds(months: list[Month]) -> Iterable[Table]:
    about = "Contacts de la période ; les lignes font ensemble le total."
    parts = (
        ("canal", "Par canal", "channel", "channels"),
        ("demandeur", "Qui a demandé", "requester", "requesters"),
        ("sexe", "Sexe", "sex", "sexes"),
        ("age", "Âge", "age_band", "age_bands"),
    )
    for slug, title, family, name in parts:
        counts = _sum(getattr(month, name) for month in months)
        lines = tuple((label(family, code), many) for code, many in counts.items())
        yield Table(slug=slug, title=title, columns=(words(title), *numbers("Contacts")), lines=lines, definition=about)
    reasons = sorted(_sum(month.reasons for month in months).items(), key=lambda one: (-one[1], one[0]))
    yield Table(
        slug="motif",
        title="Motifs",
        columns=(words("Motif"), *numbers("Contacts")),
        lines=tuple((competence(id_).label, many) for id_, many in reasons),
        definition="Un contact peut avoir plusieurs motifs : les lignes peuvent dépasser le total.",
    )


def _sum(counts: Iterable[Iterable[tuple[str, int]]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in counts:
        for code, many in some:
            found[code] = found.get(code, 0) + many
    return found


def _held(days: list[int]) -> Table:
    named = Counter(next((name for bound, name in BOUNDS if many < bound), LONGER) for many in days)
    return Table(
        slug="transitoires",
        title="Gardés faute de relais, par durée",
        columns=(words("Depuis"), *numbers("Dossiers")),
        lines=tuple((name, named[name]) for name in (*(name for _, name in BOUNDS), LONGER)),
        definition="Dossiers que l’accueil suit aujourd’hui parce qu’aucun relais n’a été trouvé, par durée du dossier.",
    )


def _why(causes: Counter[tuple[str, str]]) -> Table:
    lines: list[tuple[Cell, ...]] = [
        (competence(id_).label if id_ else "Non précisé", label("cause", cause), many)
        for (id_, cause), many in causes.most_common()
    ]
    return Table(
        slug="pourquoi",
        title="Gardés faute de relais, par cause",
        columns=(words("Besoin"), words("Cause"), *numbers("Dossiers")),
        lines=tuple(lines),
        definition="Pour chaque besoin sans relais d’un dossier gardé, la cause notée.",
    )
