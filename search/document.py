"""A listing as the index keeps it: the terms it is found by, and its facts. Pure.

What changes here changes what a generation holds: raise `INDEX_FORMAT` with it.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

import msgspec

from graph.model.facts import Grade, facts_of, grades, lateness
from graph.model.names import name_words
from graph.model.relay import Listing
from graph.model.territory import Territory
from search.packing import pack

# To be raised with whatever changes what a generation holds, in either engine: schema, terms, facts, territories.
INDEX_FORMAT: Final = 5
# Decoded listings kept in memory, about 7 kB each.
LISTINGS_KEPT: Final = 8_000

_encoder = msgspec.json.Encoder(order="deterministic")
_decoder = msgspec.json.Decoder(Listing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """`covers` are the territories where the listing acts, `inside` all that contain one of them; `grades` its competences,
    each with its grade; `facts` the whole listing, `packed` what ranking needs
    of it, `lateness` what breaks equals among too many (graph/model/facts.py).
    """

    key: str
    organisation: str
    competences: tuple[str, ...]
    grades: tuple[tuple[str, Grade], ...]
    covers: tuple[str, ...]
    inside: tuple[str, ...]
    names: tuple[str, ...]
    facts: bytes
    packed: tuple[int, ...]
    lateness: int
    digest: str


def document(listing: Listing, territories: dict[str, Territory]) -> Document:
    """The document of a listing; `territories` holds those that it covers."""
    content, facts = encode(listing), facts_of((listing,))
    inside = {zone for id_ in listing.covers if id_ in territories for zone in territories[id_].zones}
    return Document(
        key=listing.key,
        organisation=listing.organisation.id,
        competences=tuple(sorted({tie.competence for tie in listing.ties})),
        grades=tuple(sorted(grades(listing).items())),
        covers=listing.covers,
        inside=tuple(sorted(inside)),
        names=tuple(" ".join(name_words(name)) for name in names_of(listing)),
        facts=content,
        packed=pack(facts[0]),
        lateness=int(lateness(facts)[0]),
        digest=digest(content),
    )


def names_of(listing: Listing) -> list[str]:
    """All that it is found by: its names, those of what it took over from, its service's."""
    names = [listing.organisation.name, *listing.organisation.aliases, *(former.name for former in listing.formers)]
    return [*names, listing.service.name] if listing.service else names


def encode(listing: Listing) -> bytes:
    """The facts as bytes, equal for equal listings."""
    return _encoder.encode(listing)


def decode(facts: bytes) -> Listing:
    """The facts back. Raises msgspec.ValidationError on what another version wrote."""
    return _decoder.decode(facts)


def digest(facts: bytes) -> str:
    """A short fingerprint of the facts."""
    return blake2b(facts, digest_size=12).hexdigest()


class Decoded:
    """Listings decoded once, by their digest or what stands for it: facts never change under the same digest. Those that were
    looked at last stay.
    """

    def __init__(self) -> None:
        self._listings: OrderedDict[object, Listing] = OrderedDict()

    def get(self, stamp: object) -> Listing | None:
        """The listing, if it is still in memory."""
        listing = self._listings.get(stamp)
        if listing is not None:
            self._listings.move_to_end(stamp)
        return listing

    def keep(self, stamp: object, facts: bytes) -> Listing:
        """Decode and remember. Raises msgspec.ValidationError on what another version wrote."""
        listing = self._listings[stamp] = decode(facts)
        if len(self._listings) > LISTINGS_KEPT:
            self._listings.popitem(last=False)
        return listing
