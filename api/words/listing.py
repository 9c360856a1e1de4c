"""What is said of any listing: how to reach it, where its door is, whether it has room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from api.words.dates import exact_day, length
from api.words.phone import Phone, phone
from graph.model.directory import Capacity, Contact, Place
from graph.model.freshness import known_capacity


@dataclass(frozen=True, slots=True)
class Reach:
    """How to reach, each part ready for a link or None."""

    phone: Phone | None
    email: str
    url: str

    @property
    def known(self) -> bool:
        """Whether there is any way at all."""
        return bool(self.phone or self.email or self.url)


def reach(*contacts: Contact | None) -> Reach:
    """The first telephone, e-mail and site among these contacts, nearest first."""
    known = [contact for contact in contacts if contact]
    url = next((contact.url for contact in known if contact.url), "")
    return Reach(
        phone=next((found for contact in known if (found := phone(contact.phone))), None),
        email=next((contact.email for contact in known if contact.email), ""),
        # A link is only made of what a browser may safely follow.
        url=url if url.startswith(("https://", "http://")) else "",
    )


@dataclass(frozen=True, slots=True)
class Address:
    """Where the door is, line by line."""

    street: str
    town: str


def address(place: Place | None) -> Address | None:
    """The address of a place, or None when nothing of it is known."""
    if place is None:
        return None
    town = " ".join(part for part in (place.postcode, place.city) if part)
    return Address(place.address, town) if place.address or town else None


def capacity_words(capacity: Capacity | None, answer_days: int | None, today: date) -> tuple[str, ...]:
    """Room and waiting as told; where that is too old to count on, that they are unknown, and since when."""
    lines: list[str] = []
    known = known_capacity(capacity, today)
    if known:
        if known.full_until and known.full_until > today:
            lines.append(f"Complet jusqu’au {exact_day(known.full_until)}")
        elif known.places_free is not None:
            places = known.places_free
            lines.append(
                "Complet"
                if places == 0
                else f"{places} place{'s' if places > 1 else ''} disponible{'s' if places > 1 else ''}"
            )
        if known.waiting_days:
            lines.append(f"Attente d’environ {length(known.waiting_days)}")
    elif capacity:
        lines.append(f"Places inconnues\u00a0: dernière information le {exact_day(capacity.vouched_on)}")
    if answer_days is not None:
        lines.append(f"Répond en {length(answer_days)}" if answer_days else "Répond dans la journée")
    return tuple(lines)
