"""Bodies of 2019 that have since been replaced, carried to those that took over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Final

from graph.model.directory import Contact, Organisation, Place, Succession, SuccessionKind
from graph.model.territory import Territory, TerritoryLevel
from graph.model.vocabulary import DilaKind
from importers.french import of
from importers.sources.territory.atlas import Atlas

TO_BE_CHECKED: Final = "Adresse et téléphone de l’organisme de 2019, à vérifier."
# Paris and the three départements around it have no DDETS: units of the regional directorate do its work.
UNITS_OF_DRIEETS: Final = frozenset({"departement:75", "departement:92", "departement:93", "departement:94"})


@dataclass(frozen=True, slots=True)
class Closed:
    """A body that has ended, with what the directory said of it."""

    organisation: Organisation
    dila: DilaKind
    commune: Territory


class Gathered(Enum):
    """Which bodies of one type go to one successor."""

    ALONE = auto()
    BY_COMMUNE = auto()
    BY_DEPARTEMENT = auto()


@dataclass(frozen=True, slots=True)
class Takeover:
    """How a type of body was carried over. `stays` when the successor is still where the body was.

    `keeps_site` is false where the website closed with the old name.
    """

    kind: SuccessionKind
    gathered: Gathered
    stays: bool
    local_id: str
    name: Callable[[Sequence[Closed], Atlas], str]
    note: str
    keeps_site: bool = True


def _instead_of(old: str, new: str) -> Callable[[Sequence[Closed], Atlas], str]:
    return lambda bodies, _: bodies[0].organisation.name.replace(old, new)


def _departement(body: Closed, atlas: Atlas) -> Territory:
    return atlas[atlas.around(body.commune, TerritoryLevel.DEPARTEMENT)]


def _ddets(bodies: Sequence[Closed], atlas: Atlas) -> str:
    departement = _departement(bodies[0], atlas)
    if departement.id in UNITS_OF_DRIEETS:
        return f"DRIEETS d’Île-de-France – unité départementale {of(departement)}"
    with_protection = any(body.dila.dila_type == "ddcspp" for body in bodies)
    return f"{'DDETSPP' if with_protection else 'DDETS'} {of(departement)}"


def _chamber(bodies: Sequence[Closed], atlas: Atlas) -> str:
    region = atlas[atlas.around(bodies[0].commune, TerritoryLevel.REGION)]
    return f"Chambre de métiers et de l’artisanat de région {region.name} – {_departement(bodies[0], atlas).name}"


def _court(bodies: Sequence[Closed], atlas: Atlas) -> str:
    del atlas
    seat = any(body.dila.dila_type == "tgi" for body in bodies)
    return f"{'Tribunal judiciaire' if seat else 'Tribunal de proximité'} – {bodies[0].commune.name}"


DDETS: Final = Takeover(
    SuccessionKind.MERGED,
    Gathered.BY_DEPARTEMENT,
    False,
    "ddets",
    _ddets,
    "Service de l’État pour l’emploi, le travail et les solidarités (hébergement, accès au logement, prévention des "
    "expulsions), né le 1er avril 2021. Adresse à compléter.",
)
COURT: Final = Takeover(SuccessionKind.MERGED, Gathered.BY_COMMUNE, True, "tribunal", _court, TO_BE_CHECKED)
TAKEOVERS: Final = {
    "ddcs": DDETS,
    "ddcspp": DDETS,
    "direccte_ut": DDETS,
    "tgi": COURT,
    "ti": COURT,
    "msap": Takeover(
        SuccessionKind.RENAMED,
        Gathered.ALONE,
        True,
        "suite",
        _instead_of("Maison de services au public", "France services"),
        f"{TO_BE_CHECKED} Toutes les maisons de services au public n’ont pas été labellisées France services.",
        keeps_site=False,
    ),
    "onac": Takeover(
        SuccessionKind.RENAMED,
        Gathered.ALONE,
        True,
        "suite",
        _instead_of(
            "Office national des anciens combattants et victimes de guerre (ONACVG)",
            "Office national des combattants et des victimes de guerre (ONaCVG)",
        ),
        TO_BE_CHECKED,
    ),
    "chambre_metier": Takeover(
        SuccessionKind.MERGED, Gathered.BY_DEPARTEMENT, True, "chambre-metiers", _chamber, TO_BE_CHECKED
    ),
}


def carry_over(closed: Iterable[Closed], atlas: Atlas) -> tuple[list[Organisation], list[Succession]]:
    """The bodies that took over, one for each group of closed ones, and the links to them.

    Raises KeyError for a type that the vocabulary says was replaced and that TAKEOVERS does not know.
    """
    groups: dict[str, list[Closed]] = defaultdict(list)
    for body in closed:
        groups[_successor_id(body, atlas)].append(body)
    successors, links = [], []
    for id_, bodies in groups.items():
        successors.append(_successor(id_, bodies, atlas))
        links += [_link(body, id_, len(bodies)) for body in bodies]
    return successors, links


def _successor_id(body: Closed, atlas: Atlas) -> str:
    takeover = TAKEOVERS[body.dila.dila_type]
    match takeover.gathered:
        case Gathered.ALONE:
            return f"{body.organisation.id}:{takeover.local_id}"
        case Gathered.BY_COMMUNE:
            return f"dila:{takeover.local_id}-{body.commune.id}"
        case Gathered.BY_DEPARTEMENT:
            return f"dila:{takeover.local_id}-{_departement(body, atlas).id.partition(':')[2]}"


def _successor(id_: str, bodies: Sequence[Closed], atlas: Atlas) -> Organisation:
    takeover = TAKEOVERS[bodies[0].dila.dila_type]
    # A court of first instance stays in the larger of the two houses.
    seat = min(bodies, key=lambda body: body.dila.dila_type).organisation
    place = seat.place
    return replace(
        seat,
        id=id_,
        name=takeover.name(bodies, atlas),
        kind=bodies[0].dila.successor_kind,
        description=takeover.note,
        aliases=(),
        covers=tuple(dict.fromkeys(zone for body in bodies for zone in body.organisation.covers)),
        place=place if takeover.stays else _somewhere_in(place),
        contact=_contact(seat.contact, takeover),
        closed_on=None,
    )


def _somewhere_in(place: Place | None) -> Place | None:
    """The commune alone: the street of the old body would send people to the wrong door."""
    return replace(place, address="", postcode="", city=place.city.partition(" Cedex")[0]) if place else None


def _contact(contact: Contact, takeover: Takeover) -> Contact:
    if not takeover.stays:
        return Contact()
    return contact if takeover.keeps_site else replace(contact, url="")


def _link(body: Closed, successor: str, gathered: int) -> Succession:
    if body.dila.replaced_on is None:
        raise ValueError(f"{body.organisation.id} was not replaced")
    kind = TAKEOVERS[body.dila.dila_type].kind
    # A court of a town without a larger one took another name and merged with nobody.
    alone = body.dila.dila_type == "ti" and gathered == 1
    return Succession(
        predecessor=body.organisation.id,
        successor=successor,
        on=body.dila.replaced_on,
        kind=SuccessionKind.RENAMED if alone else kind,
    )
