"""Every report there is: its name, what it answers, who may ask for it, and how it is made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from api.actions.figures.reading import may_read_exactly, may_read_figures
from api.actions.reports.asking import Asked
from api.actions.reports.front_door import front_door
from api.actions.reports.house import statutory, unit_activity
from api.actions.reports.network import network, returns_published, social_needs
from api.actions.reports.table import Report
from api.rooms import Rooms
from graph.model.access import Operation, Subject, Viewer, may
from graph.model.errors import NotFound, NotSignedIn

Make = Callable[[Rooms, Viewer, Asked], Awaitable[Report]]
ABSENT: Final = "Ce rapport n’existe pas, ou n’existe plus."
SIGN_IN: Final = "Identifiez-vous pour lire un rapport."


def _front_door(viewer: Viewer) -> bool:
    return bool(viewer.organisation) and may(viewer, Operation.READ_REQUESTS, Subject(organisation=viewer.organisation))


class ReportKind(StrEnum):
    """Every report; its value is its name in an address."""

    FRONT_DOOR = "accueil"
    UNIT_ACTIVITY = "activite"
    STATUTORY = "obligations"
    SOCIAL_NEEDS = "besoins"
    NETWORK = "reseau"
    STATUTORY_PUBLISHED = "obligations-reseau"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A report that may be asked for. `back` is how many months it holds where none are named, `published` whether it is made of
    the network's figures: whole quarters, a territory.
    """

    name: ReportKind
    title: str
    answers: str
    may: Callable[[Viewer], bool]
    make: Make
    published: bool = False
    back: int = 12


KINDS: Final = (
    Kind(
        name=ReportKind.FRONT_DOOR,
        title="Rapport de l’accueil",
        answers="Qui a demandé quoi, par quel canal, ce qui a été fait, et combien de dossiers sont gardés faute de relais.",
        may=_front_door,
        make=front_door,
    ),
    Kind(
        name=ReportKind.UNIT_ACTIVITY,
        title="Activité du service",
        answers="Dossiers actifs, entrées et sorties, durée, ce qui attend, qui porte quoi : unité par unité.",
        may=may_read_exactly,
        make=unit_activity,
        back=3,
    ),
    Kind(
        name=ReportKind.STATUTORY,
        title="Décomptes obligatoires",
        answers="Domiciliations, demandes au 115, orientations RSA, enfance en danger, expulsions : pour votre service.",
        may=may_read_exactly,
        make=statutory,
    ),
    Kind(
        name=ReportKind.SOCIAL_NEEDS,
        title="Analyse des besoins sociaux",
        answers="Quels besoins, dans quels territoires, et lesquels restent sans relais.",
        may=may_read_figures,
        make=social_needs,
        published=True,
    ),
    Kind(
        name=ReportKind.NETWORK,
        title="Rapport du réseau",
        answers="Ce qui a circulé entre organismes, trimestre par trimestre, et ce que furent les réponses.",
        may=may_read_figures,
        make=network,
        published=True,
    ),
    Kind(
        name=ReportKind.STATUTORY_PUBLISHED,
        title="Décomptes obligatoires, chiffres publiés",
        answers="Les mêmes décomptes pour un territoire, tels que le réseau peut les publier.",
        may=may_read_figures,
        make=returns_published,
        published=True,
    ),
)


def offered(viewer: Viewer) -> tuple[Kind, ...]:
    """Those that she may ask for, in order. Raises NotSignedIn."""
    if not viewer.signed_in:
        raise NotSignedIn(SIGN_IN)
    return tuple(kind for kind in KINDS if kind.may(viewer))


def kind_of(name: str) -> Kind:
    """The report of this name. Raises NotFound."""
    found = next((kind for kind in KINDS if kind.name == name), None)
    if found is None:
        raise NotFound(ABSENT)
    return found
