"""Whether two records speak of the same body: what is compared, and the verdict."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from graph.model.directory import Organisation
from graph.model.words import fold

NOT_A_LETTER: Final = re.compile(r"[^a-z0-9]+")
# A French number without its prefix: what +33 3 81 00 00 00 and 03 81 00 00 00 share.
NATIONAL_DIGITS: Final = 9


class Verdict(Enum):
    """What two records are to each other."""

    SAME = "same"
    DOUBTFUL = "doubtful"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What is compared of an organisation; `origins` are the imports that already speak of it. Texts as they were told."""

    id: str
    name: str
    kind: str
    siret: str = ""
    territory: str = ""
    address: str = ""
    phone: str = ""
    origins: frozenset[str] = frozenset()
    demonstration: bool = False


def body_of(organisation: Organisation) -> Body:
    """What is compared of a record."""
    place = organisation.place
    return Body(
        id=organisation.id,
        name=organisation.name,
        kind=organisation.kind,
        siret=organisation.siret,
        territory=place.territory if place else "",
        address=place.address if place else "",
        phone=organisation.contact.phone,
        demonstration=organisation.demonstration,
    )


def likeness(kind: str, territory: str, name: str) -> str:
    """One text for all that share kind, commune and name, however written; empty where the commune is not known."""
    return f"{kind}|{territory}|{_plain(name)}" if territory else ""


def verdict(one: Body, other: Body) -> Verdict:
    """One body, perhaps one body, or two.

    The same number in the same commune, or the same kind, commune and name with the same address or telephone, are one. Half
    of either is a doubt, and so are two different numbers. What is invented never is what is real.
    """
    if one.demonstration != other.demonstration:
        return Verdict.DIFFERENT
    there = bool(one.territory) and one.territory == other.territory
    alike = there and one.kind == other.kind and _plain(one.name) == _plain(other.name)
    if one.siret and other.siret:
        if one.siret == other.siret:
            return Verdict.SAME if there else Verdict.DOUBTFUL
        return Verdict.DOUBTFUL if alike else Verdict.DIFFERENT
    if not alike:
        return Verdict.DIFFERENT
    same_door = bool(_plain(one.address)) and _plain(one.address) == _plain(other.address)
    same_line = bool(_digits(one.phone)) and _digits(one.phone) == _digits(other.phone)
    return Verdict.SAME if same_door or same_line else Verdict.DOUBTFUL


def _plain(text: str) -> str:
    return NOT_A_LETTER.sub(" ", fold(text)).strip()


def _digits(phone: str) -> str:
    return "".join(c for c in phone if c.isdigit())[-NATIONAL_DIGITS:]
