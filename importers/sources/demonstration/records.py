"""From one table to one record of the directory. Every function raises EntryError and names the field at fault."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zlib import crc32

from graph.model.directory import (
    Agreement,
    AgreementKind,
    Capacity,
    Contact,
    Holder,
    HolderRole,
    ListingState,
    Mode,
    Organisation,
    Place,
    Post,
    Public,
    Service,
    Succession,
    SuccessionKind,
)
from graph.model.territory import Point
from graph.model.vocabulary import competences, kinds
from importers.sources.demonstration.entry import Entry, EntryError

SOURCE: Final = "demonstration"

# Streets are invented: an address gets a point of its own within about 450 m of its commune's, the same at each import.
SPREAD_LAT: Final = 0.004
SPREAD_LON: Final = 0.006


@dataclass(frozen=True, slots=True)
class Commune:
    """Where an address can be."""

    name: str
    postcode: str
    point: Point


def demo_id(local: str) -> str:
    """The id in the graph of something that this folder calls `local`."""
    return f"demo:{local}"


def commune(entry: Entry) -> Commune:
    """Reads `name`, `postcode`, `lat`, `lon` (WGS 84, degrees)."""
    lat, lon = entry.number("lat"), entry.number("lon")
    if lat is None or lon is None:
        raise EntryError("lat" if lat is None else "lon", None, "Cette information est obligatoire.")
    return Commune(entry.text("name"), entry.text("postcode"), Point(lat, lon))


def organisation(entry: Entry, communes: Mapping[str, Commune]) -> Organisation:
    """A body or a unit; `vouched_days_ago` counts back from the day of the import."""
    return Organisation(
        id=demo_id(entry.text("id")),
        name=entry.text("name"),
        kind=entry.text("kind", among=kinds()),
        source=SOURCE,
        vouched_on=_vouched_on(entry),
        description=entry.text("description", ""),
        aliases=entry.texts("aliases", ()),
        part_of=demo_id(entry.text("part_of")) if entry.has("part_of") else "",
        covers=entry.texts("covers"),
        place=_place(entry, communes),
        contact=_contact(entry),
        hours=entry.text("hours", ""),
        state=entry.choice("state", ListingState, ListingState.PUBLISHED),
        closed_on=entry.day("closed_on"),
        demonstration=True,
    )


def succession(entry: Entry) -> Succession:
    """Where a closed body was carried to; the day is that of its closing unless it says another."""
    entry.text("id")
    on = entry.day("on")
    if on is None or on == date.min:
        raise EntryError("on", None, "Une succession a besoin d’une date, ou l’organisation d’une date de fermeture.")
    return Succession(
        predecessor=demo_id(entry.text("predecessor")),
        successor=demo_id(entry.text("organisation")),
        on=on,
        kind=entry.choice("kind", SuccessionKind, SuccessionKind.MERGED),
        scope=entry.text("scope", ""),
    )


def service(entry: Entry, communes: Mapping[str, Commune]) -> Service:
    """What an organisation offers. One that is given only at a distance has no place."""
    modes = entry.choices("modes", Mode, (Mode.EN_PRESENTIEL,))
    place = _place(entry, communes)
    return Service(
        id=demo_id(entry.text("id")),
        name=entry.text("name"),
        organisation=demo_id(entry.text("organisation")),
        competences=entry.texts("competences", among=competences()),
        covers=entry.texts("covers"),
        source=SOURCE,
        vouched_on=_vouched_on(entry),
        description=entry.text("description", ""),
        conditions=entry.text("conditions", ""),
        fee=entry.text("fee", ""),
        publics=entry.choices("publics", Public),
        excludes=entry.choices("excludes", Public),
        modes=modes,
        place=place if Mode.EN_PRESENTIEL in modes else None,
        contact=_contact(entry),
        hours=entry.text("hours", ""),
        capacity=_capacity(entry.entry("capacity")),
        answer_days=entry.whole("answer_days"),
        without_residence_condition=entry.flag("without_residence_condition"),
        interpreter=entry.flag("interpreter"),
        accessible=entry.flag("accessible"),
        free=entry.flag("free"),
        state=entry.choice("state", ListingState, ListingState.PUBLISHED),
        demonstration=True,
    )


def post(entry: Entry) -> Post:
    """Who to call, with holders whose leave is counted from the day of the import."""
    return Post(
        id=demo_id(entry.text("id")),
        label=entry.text("label"),
        organisation=demo_id(entry.text("organisation")),
        competences=entry.texts("competences", (), among=competences()),
        covers=entry.texts("covers", ()),
        contact=_contact(entry),
        hours=entry.text("hours", ""),
        holders=tuple(_holder(holder) for holder in entry.entries("holders")),
        duty_desk=entry.flag("duty_desk") or False,
        demonstration=True,
    )


def agreement(entry: Entry) -> Agreement:
    """Who may act for whom; `until_in_days` counts from the day of the import, open-ended without it."""
    since = entry.day("since") or entry.days_ago("since_days_ago")
    if since is None:
        raise EntryError("since", None, "Cette information est obligatoire.")
    return Agreement(
        id=demo_id(entry.text("id")),
        label=entry.text("label"),
        kind=entry.choice("kind", AgreementKind, AgreementKind.CONVENTION),
        granted_by=tuple(demo_id(local) for local in entry.texts("granted_by")),
        given_to=demo_id(entry.text("given_to")),
        competences=entry.texts("competences", among=competences()),
        covers=entry.texts("covers"),
        since=since,
        source=SOURCE,
        vouched_on=_vouched_on(entry),
        publics=entry.choices("publics", Public),
        until=entry.days_ahead("until_in_days"),
        capacity=entry.whole("capacity"),
        unit=entry.text("unit", ""),
        unit_price=entry.number("unit_price"),
        payers=entry.texts("payers", ()),
        note=entry.text("note", ""),
        reserved=entry.flag("reserved") or False,
        demonstration=True,
    )


def professional_id(name: str) -> str:
    """The same name is the same person throughout this folder, who may so work in two organisations."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return demo_id("professionnel-" + re.sub(r"[^a-z]+", "-", plain).strip("-"))


def _vouched_on(entry: Entry) -> date:
    vouched_on = entry.days_ago("vouched_days_ago")
    if vouched_on is None:
        raise EntryError("vouched_days_ago", None, "Cette information est obligatoire.")
    return vouched_on


def _contact(entry: Entry) -> Contact:
    return Contact(phone=entry.text("phone", ""), email=entry.text("email", ""), url=entry.text("url", ""))


def _place(entry: Entry, communes: Mapping[str, Commune]) -> Place | None:
    code, address = entry.text("commune", ""), entry.text("address", "")
    if not code:
        if address:
            raise EntryError("commune", None, "Une adresse a besoin de sa commune.")
        return None
    if code not in communes:
        raise EntryError("commune", code, "Cette commune n’est pas dans la table des communes.")
    found = communes[code]
    return Place(
        address=address, postcode=found.postcode, city=found.name, territory=code, point=_near(found.point, address)
    )


def _near(centre: Point, address: str) -> Point:
    if not address:
        return centre
    spread = crc32(address.encode())
    north, east = (spread & 0xFFFF) / 0xFFFF * 2 - 1, (spread >> 16) / 0xFFFF * 2 - 1
    return Point(round(centre.lat + north * SPREAD_LAT, 5), round(centre.lon + east * SPREAD_LON, 5))


def _capacity(entry: Entry | None) -> Capacity | None:
    if entry is None:
        return None
    capacity = Capacity(
        vouched_on=_vouched_on(entry),
        places_free=entry.whole("places_free"),
        waiting_days=entry.whole("waiting_days"),
        full_until=entry.days_ahead("full_for_days"),
    )
    entry.finish()
    return capacity


def _holder(entry: Entry) -> Holder:
    name = entry.text("name")
    leave_from, leave_days = entry.days_ahead("leave_in_days"), entry.whole("leave_days")
    if (leave_from is None) != (leave_days is None):
        raise EntryError("leave_in_days", leave_days, "Un congé a besoin de son début et de sa durée.")
    holder = Holder(
        professional=professional_id(name),
        name=name,
        function=entry.text("function"),
        role=entry.choice("role", HolderRole, HolderRole.HOLDER),
        since=entry.days_ago("since_days_ago"),
        until=entry.days_ahead("until_in_days"),
        leave_from=leave_from,
        leave_until=leave_from + timedelta(days=leave_days - 1) if leave_from and leave_days else None,
    )
    entry.finish()
    return holder
