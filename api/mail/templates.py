"""What each mail says, read from the graph at the moment it is sent: what was settled meanwhile is not asked again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from api.mail.message import Written
from api.mail.noticing import notice
from api.mail.pen import Pen, environment
from api.words.dates import exact_day
from graph.model.alerts import Pace
from graph.model.freshness import FreshnessState, Vouched, vouched
from graph.model.listing import FieldGroup
from graph.model.mail import LINK_HOLDS_FOR, Item, Mail, Template
from graph.model.vocabulary import label
from graph.store.listings_kept import named
from graph.store.signed_links import SignedLinks
from search.hours import PARIS

REMINDS: Final = (
    "Maillage, l’annuaire des partenaires de l’action sociale, présente vos fiches aux professionnels qui orientent des "
    "personnes. Ces rubriques sont à vérifier :"
)
ASKED: Final = "Voici le lien demandé pour tenir à jour vos fiches dans Maillage. Il sert pour ces rubriques :"


@dataclass(frozen=True, slots=True)
class Group:
    """One group in a mail, and how old what it says is."""

    label: str
    said: str


@dataclass(frozen=True, slots=True)
class Listed:
    """One listing in a mail."""

    name: str
    groups: tuple[Group, ...]


Writer = Callable[[Pen, Mail], Awaitable[Written | None]]


async def write(pen: Pen, mail: Mail) -> Written | None:
    """What this mail says now; None when there is no longer anything to say."""
    return await WRITERS[mail.template](pen, mail)


async def reminder(pen: Pen, mail: Mail) -> Written | None:
    """The groups of an organisation that are due: `mail.subjects` is the link that acts on them."""
    return await _about_link(pen, mail, REMINDS, only_due=True)


async def asked_link(pen: Pen, mail: Mail) -> Written | None:
    """A link that someone asked for, to all the groups that it was made for."""
    return await _about_link(pen, mail, ASKED, only_due=False)


async def news(pen: Pen, mail: Mail) -> Written | None:
    """What is new in a kept search: `mail.subjects` are the search and the new listings, none in the first mail about it.

    Neither its name nor its place: someone may have written a name there, and a mail is read over shoulders.
    """
    search = await pen.unit.searches.get(mail.subjects[0])
    if search is None or search.removed or search.pace is Pace.NEVER:
        return None
    count = len(mail.subjects) - 1
    if count:
        plural = "s" if count > 1 else ""
        what = f"{count} nouvelle{plural} solution{plural} dans votre secteur"
        said = f"{what}, pour une recherche que vous avez enregistrée dans Maillage :"
    else:
        count = len(search.told)
        what = f"{count or 'aucune'} solution{'s' if count > 1 else ''} dans votre secteur aujourd’hui"
        said = f"Vous serez prévenu quand il y a du nouveau pour une recherche enregistrée dans Maillage ; {what} :"
    stop = f"{pen.site}/alertes/arret/{search.id}/{search.key}"
    text = environment().get_template("news.txt").render(said=said, address=f"{pen.site}/alertes", stop=stop)
    return Written(subject=f"Maillage : {what}", text=text, stop=stop)


async def _about_link(pen: Pen, mail: Mail, opening: str, *, only_due: bool) -> Written | None:
    link = await SignedLinks(pen.unit).read(mail.subjects[0])
    if link is None or link.revoked:
        return None
    listed, count = await _listed(pen, [item for item in link.items if item not in link.used], only_due=only_due)
    if not count:
        return None
    address = await pen.draw(link.id)
    stop = f"{address}/arret"
    text = (
        environment()
        .get_template("link.txt")
        .render(
            opening=opening,
            listings=listed,
            address=address,
            stop=stop,
            ends=exact_day((pen.at + LINK_HOLDS_FOR).astimezone(PARIS).date()),
        )
    )
    plural = "s" if count > 1 else ""
    return Written(subject=f"Vos fiches dans Maillage : {count} rubrique{plural} à vérifier", text=text, stop=stop)


async def _listed(pen: Pen, items: Sequence[Item], *, only_due: bool) -> tuple[list[Listed], int]:
    """The listings of these items with their groups, and how many groups there are."""
    found: list[Listed] = []
    for listing, (record, claims) in (await named(pen.unit, items)).items():
        days = vouched(record, claims)
        asked = {item.group for item in items if item.listing == listing}
        groups = tuple(
            Group(label("field_group", group.value), _said(days.get(group)))
            for group in FieldGroup
            if group in asked
            and (not only_due or (group in days and days[group].state(pen.today) is not FreshnessState.FRESH))
        )
        if groups:
            found.append(Listed(" ".join(record.name.split()), groups))
    return found, sum(len(listing.groups) for listing in found)


def _said(one: Vouched | None) -> str:
    return f"vérifié le {exact_day(one.on)}" if one else "rien n’en est dit"


WRITERS: Final[Mapping[Template, Writer]] = {
    Template.REMINDER: reminder,
    Template.LINK: asked_link,
    Template.NEWS: news,
    Template.NOTICE: notice,
}
