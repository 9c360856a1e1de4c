"""A list of counted files as its page shows it: the sentence, what narrows it, each file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.actions.casework.reading import FileList
from api.actions.casework.selecting import Line, Selection
from api.actions.figures import names
from api.rooms import Rooms
from api.web.casework_view import Row, rows
from api.web.counted_address import NAMES, NONE, Wish
from api.web.pictures.svg import plural
from api.words.dates import relative_day
from graph.model.access import Viewer
from graph.model.casework.clocks import PARIS
from graph.model.casework.handoff import Kind
from graph.model.figures.facts import HandoffFact
from graph.model.figures.flows import ending_of
from graph.model.figures.histograms import in_words
from graph.model.figures.selecting import ARROW, RECEIVED, SENT, Counted, Split
from graph.model.vocabulary import categories, label

# What is counted, of one and of many; and what a list of it is called.
WORDS: Final[Mapping[Counted, tuple[str, str, str]]] = {
    Counted.SENT: ("demande passée", "demandes passées", "Une demande a été passée"),
    Counted.ANSWERED: ("réponse ou délai écoulé", "réponses ou délais écoulés", "Une réponse est venue, ou a trop tardé"),
    Counted.CONTACTED: ("premier contact", "premiers contacts", "Un partenaire a rencontré la personne"),
    Counted.WAYS: ("besoin passé", "besoins passés", "Un besoin est passé par un partenaire"),
    Counted.NEEDS_OPEN: ("besoin ouvert", "besoins ouverts", "Un besoin est ouvert"),
    Counted.UNMET: ("besoin sans relais", "besoins sans relais", "Aucun relais n’a été trouvé"),
    Counted.FILES_OPEN: ("dossier actif", "dossiers actifs", "L’accompagnement est en cours"),
    Counted.TRANSITIONAL: ("dossier gardé faute de relais", "dossiers gardés faute de relais", "Il est gardé faute de relais"),
    Counted.FILES_CLOSED: ("dossier clos", "dossiers clos", "L’accompagnement s’est terminé"),
}  # fmt: skip
FILES: Final = frozenset({Counted.FILES_OPEN, Counted.TRANSITIONAL, Counted.FILES_CLOSED})
HEADS: Final[Mapping[Split, str]] = {
    Split.TARGET: "Qui reçoit",
    Split.SENDER: "Qui envoie",
    Split.DIRECTION: "Sens",
    Split.OUTCOME: "Suite",
    Split.CATEGORY: "Thème",
    Split.COMPETENCE: "Besoin",
    Split.COMMUNE: "Commune",
    Split.DELAY: "Délai",
    Split.WAY: "Chemin",
    Split.LEAD: "Référent",
}
# A way is followed from its picture: as a choice in a list it reads badly.
UNASKED: Final = frozenset({Split.WAY})
DIRECTIONS: Final = {RECEIVED: "reçues", SENT: "envoyées", "": "entre unités du service"}
LESS: Final = "non précisé"
SINCE: Final = frozenset({Counted.NEEDS_OPEN, Counted.FILES_OPEN, Counted.TRANSITIONAL})


@dataclass(frozen=True, slots=True)
class Chip:
    """One narrowing, in words, and the address without it."""

    words: str
    without: str


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A list to choose from: (value, words with how many files it would leave), the most first."""

    name: str
    head: str
    chosen: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ElsewhereRow:
    """A file that others lead, by its handoff; `href` is "" where not even that is hers to read."""

    href: str
    name: str
    words: str
    why: str


@dataclass(frozen=True, slots=True)
class CountedView:
    """All that the page shows."""

    sentence: str
    chips: tuple[Chip, ...]
    narrowings: tuple[Narrowing, ...]
    rows: tuple[Row | ElsewhereRow, ...]


def counted_view(
    found: Selection, files: FileList, wish: Wish, viewer: Viewer, rooms: Rooms, now: datetime
) -> CountedView:
    """The whole page; `files` are those of it that were opened."""
    opened = {row.href: row for row in rows(files, now)}
    chips = [
        Chip(f"{HEADS[split]} : {_words(found, wish, split, value, rooms)}", wish.address(**{NAMES[split]: ""}))
        for split, value in wish.by.items()
    ]
    asked = [split for split in HEADS if split in found.choices and split not in UNASKED]
    return CountedView(
        sentence=_sentence(found, wish, now),
        chips=tuple(chips),
        narrowings=tuple(one for split in asked if (one := _narrowing(found, wish, split, rooms))),
        rows=tuple(
            opened.get(f"/dossier/{line.found.file}", ERASED) if line.open else _elsewhere(line, found, viewer, now)
            for line in found.lines
        ),
    )


UNTOLD: Final = (
    "orientation que la personne porte elle-même n’est",
    "orientations que les personnes portent elles-mêmes ne sont",
)
ERASED: Final = ElsewhereRow("", "Dossier effacé", "Ce qu’il contenait n’est plus gardé ; il reste compté.", "")


def _sentence(found: Selection, wish: Wish, now: datetime) -> str:
    one, many, _ = WORDS[wish.counted]
    whose = f"pour {found.unit}" if wish.unit else "dans vos dossiers"
    begin = f"{wish.words(now)}, {whose} : {plural(found.counted, one, many)}"
    if not found.counted:
        return f"{wish.words(now)}, {whose} : rien de tel."
    if wish.counted not in FILES:
        begin += f", dans {plural(found.files, 'dossier', 'dossiers')}"
    if found.elsewhere:
        led = "suivi par un autre organisme" if found.elsewhere == 1 else "suivis par d’autres organismes"
        begin += f", dont {found.elsewhere} {led}"
    if found.untold:
        begin += f" ; {plural(found.untold, *UNTOLD)} pas dans la liste"
    return f"{begin}."


def _narrowing(found: Selection, wish: Wish, split: Split, rooms: Rooms) -> Narrowing | None:
    counts = found.choices[split]
    chosen = wish.by.get(split)
    if len(counts) < 2 and chosen is None:
        return None
    every = {**counts, **({chosen: counts.get(chosen, 0)} if chosen is not None else {})}
    told = [(value, _words(found, wish, split, value, rooms), count) for value, count in every.items()]
    # Delays from the shortest on, all else by how many.
    told.sort(key=lambda one: (int(one[0] or -1),) if split is Split.DELAY else (-one[2], one[1]))
    options = tuple((value or NONE, f"{words} ({count})") for value, words, count in told)
    return Narrowing(NAMES[split], HEADS[split], "" if chosen is None else chosen or NONE, options)


def _words(found: Selection, wish: Wish, split: Split, value: str, rooms: Rooms) -> str:
    """A value as people say it."""
    match split:
        case Split.TARGET | Split.SENDER:
            return found.names.get(value, value) or LESS
        case Split.WAY:
            return " → ".join(found.names.get(one, one) for one in value.split(ARROW))
        case Split.DIRECTION:
            return DIRECTIONS.get(value, value)
        case Split.OUTCOME:
            return (
                label("outcome" if wish.counted is Counted.FILES_CLOSED else "ending", value).lower() if value else LESS
            )
        case Split.CATEGORY:
            return categories().get(value, value) or "le dossier entier"
        case Split.COMPETENCE:
            return names.theme(value) if value else "le dossier entier"
        case Split.COMMUNE:
            return names.territory(rooms, value) if value else "non précisée"
        case Split.DELAY:
            return (
                (f"depuis {in_words(int(value))}" if wish.counted in SINCE else in_words(int(value))) if value else LESS
            )
        case Split.LEAD:
            return found.names.get(value, value) if value else "l’accueil du service"


def _elsewhere(line: Line, found: Selection, viewer: Viewer, now: datetime) -> ElsewhereRow:
    if not line.found.handoffs:
        return ERASED
    one = max(line.found.handoffs, key=lambda some: some.sent or some.drafted)
    sender, target = (found.names.get(id_, id_) for id_ in (one.sender, one.target))
    ending = ending_of(one)
    day = relative_day((one.sent or one.drafted).astimezone(PARIS).date(), now.date())
    words = f"Envoyée {day}" + (f" : {label('ending', ending).lower()}" if ending else "")
    return ElsewhereRow(
        f"/demande/{one.id}" if _reads(one, viewer) else "",
        f"{label('kind', one.kind)} : {sender} → {target}",
        words,
        "Dossier suivi par un autre organisme",
    )


def _reads(one: HandoffFact, viewer: Viewer) -> bool:
    """Whether its page is open to her organisation, as `graph.model.casework.sight` has it of the handoff itself."""
    if one.kind is Kind.TAKE_OVER and one.sender == viewer.organisation:
        return True
    return one.kind not in {Kind.ORIENT, Kind.ASSIGN} and one.target == viewer.organisation
