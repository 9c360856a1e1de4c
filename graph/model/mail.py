"""Mails, and the links in them that act without an account."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final

from graph.model.errors import InvalidInput
from graph.model.freshness import Step
from graph.model.keeping import Target
from graph.model.listing import FieldGroup

LONGEST_ADDRESS: Final = 254
# One plain address and nothing else: no name, no list, no line break, nothing that a header could be made of.
ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
LINK_HOLDS_FOR: Final = timedelta(days=14)


class Template(StrEnum):
    """What a mail says; each has its writer in api/mail/templates.py."""

    REMINDER = "reminder"
    LINK = "link"
    NEWS = "news"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail as the graph keeps it: ids only, written when it is sent. `recipient` is that of a correspondent or an account.

    `message_id` is fixed here: a mail that goes twice is one to the programme that receives it.
    """

    id: str
    template: Template
    recipient: str
    organisation: str
    subjects: tuple[str, ...]
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who is written to for an organisation; `email` is personal data, and goes into no journal."""

    id: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Item:
    """One group of one listing, by its key ("service:…"): what is asked about, and what a link may change."""

    listing: str
    group: FieldGroup

    def __str__(self) -> str:
        return f"{self.listing}|{self.group}"

    @property
    def target(self) -> Target:
        """The listing."""
        return Target.named(self.listing)

    @classmethod
    def of(cls, text: str) -> Item:
        """What `str` wrote. Raises InvalidInput on anything else."""
        listing, _, group = text.rpartition("|")
        if group not in set(FieldGroup):
            raise InvalidInput("Cette rubrique n’existe pas. Revenez à la page du lien.", "item")
        return cls(listing=Target.named(listing).key, group=FieldGroup(group))


class LinkState(StrEnum):
    """What can be done with a link now."""

    OPEN = "open"
    ENDED = "ended"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedLink:
    """What a link in a mail may do: act once on each of these groups of an organisation's listings, until `ends`.

    `used` are the groups on which it has acted. `ends` is None before its mail was first written. `renewed` when another was
    asked for in its place.
    """

    id: str
    organisation: str
    recipient: str
    items: tuple[Item, ...]
    made: datetime
    ends: datetime | None
    used: frozenset[Item]
    revoked: bool
    renewed: bool

    def state(self, at: datetime) -> LinkState:
        """What can be done with it at a moment."""
        if self.revoked:
            return LinkState.REVOKED
        return LinkState.OPEN if self.ends and at < self.ends else LinkState.ENDED

    def allows(self, item: Item, at: datetime) -> bool:
        """Whether it may still act on this group."""
        return self.state(at) is LinkState.OPEN and item in self.items and item not in self.used


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded:
    """A reminder that has gone: which step, for which date of which group, on which day."""

    item: Item
    step: Step
    due: date
    on: date


def checked_address(text: str) -> str:
    """An address that can be written to: what stands before the @ is plain ASCII, the domain as the DNS knows it.

    Raises InvalidInput.
    """
    name, at, domain = text.strip().rpartition("@")
    address = f"{name}{at}{domain if domain.isascii() else _ascii(domain)}"
    if len(address) > LONGEST_ADDRESS or not ADDRESS.fullmatch(address):
        raise InvalidInput(
            "Cette adresse ne peut pas être lue : écrivez une seule adresse, comme « accueil@exemple.fr ».", "email"
        )
    return address


def _ascii(domain: str) -> str:
    """An international domain in ASCII; empty when that would make it another's, as of « straße » and « strasse »."""
    try:
        encoded = domain.encode("idna").decode("ascii")
        return encoded if encoded.encode().decode("idna") == domain.lower() else ""
    except UnicodeError:
        return ""


def key_of(token: str) -> str:
    """What the graph keeps of a link's token: whoever reads the graph cannot make the link of it."""
    return sha256(token.encode()).hexdigest()
