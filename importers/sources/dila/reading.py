"""How the directory writes: ids, names with lost apostrophes, addresses and telephones in one field of notes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from graph.model.vocabulary import DilaKind, dila_kinds
from importers.french import phone, typographic

ID: Final = re.compile(r"(?P<type>.+)-(?P<insee>[0-9][0-9AB][0-9]{3})-(?P<number>[0-9]+)")
# Independent authorities have a number in place of an INSEE code.
NATIONAL_ID: Final = re.compile(r"(?P<type>.+)_[0-9]+")
NOTES: Final = re.compile(r"Adresse :(?P<address>.*?)(?:\||-) *Tél :(?P<phone>.*?)(?:\||-) *Fax :.*", re.DOTALL)
CODE_AT_THE_END: Final = re.compile(r"\s+[0-9][0-9AB][0-9]{3}-[0-9]+$")
DASH: Final = re.compile(r"\s*-\s+|\s+-\s*")
CEDEX: Final = re.compile(r"\s*\bcedex\b.*", re.IGNORECASE)
# The file went from Windows-1252 to UTF-8 as if it were Latin-1: its apostrophes and œ became control characters.
LOST: Final = {code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}
# Some addresses lost the slash after the host: "hauts-de-seine.frsolidarites".
HOST: Final = re.compile(
    r"(?:https?://)?[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:fr|com|org|net|eu|info|asso|paris|bzh)(?![a-z0-9-])", re.I
)
GLUED: Final = re.compile(r"(?P<host>(?:https?://)?[a-z0-9.-]+\.fr)(?P<rest>[a-z][^.]*)", re.IGNORECASE)

# Long official names that hide the place, which comes last.
SHORTER: Final = {
    "Mission locale pour l’insertion professionnelle et sociale des jeunes (16-25 ans)": "Mission locale",
    "Point d’information local dédié aux personnes âgées": "CLIC, point d’information pour les personnes âgées",
}


@dataclass(frozen=True, slots=True)
class BodyId:
    """What an id of the directory says: `mairie-25056-01` is the first mairie of the commune 25056."""

    dila_type: str
    insee: str
    number: str


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address, as it was written; empty parts when the notes say nothing."""

    street: str = ""
    postcode: str = ""
    city: str = ""


@dataclass(frozen=True, slots=True)
class Notes:
    """What the notes of a body say; `remark` is what stood after its telephone number."""

    address: Address
    phone: str
    remark: str


def body_id(raw: str) -> BodyId | None:
    """The parts of an id, None when it has another shape."""
    found = ID.fullmatch(raw)
    return BodyId(found["type"], found["insee"], found["number"]) if found else None


def known_type(dila_type: str) -> DilaKind | None:
    """What this type of body is for us, None for a type that the vocabulary does not know."""
    return dila_kinds().get(dila_type)


def national_type(raw: str) -> DilaKind | None:
    """The type of a body whose id has no commune, None when it is not such an id."""
    found = NATIONAL_ID.fullmatch(raw)
    return known_type(found["type"]) if found else None


def repaired(text: str) -> str:
    """The text with its lost signs found again, and the apostrophes of print."""
    return typographic(text.translate(LOST))


def name(raw: str) -> str:
    """The name of a body as it is shown: no code at its end, one kind of dash, the longest official ones shortened."""
    found = DASH.sub(" – ", CODE_AT_THE_END.sub("", repaired(raw)))
    for long, short in SHORTER.items():
        if found.startswith(long):
            return short + found.removeprefix(long)
    return found


def notes(raw: str) -> Notes | None:
    """Address, telephone and remark, None when the notes are not written as the others."""
    found = NOTES.fullmatch(repaired(raw))
    if found is None:
        return None
    written, _, remark = found["phone"].partition(" / ")
    number = phone(written)
    return Notes(_address(found["address"].strip()), number, _sentence(remark))


def website(raw: str) -> str:
    """A web address that a browser can open, or "" when what was written is none."""
    found = raw.strip()
    if not HOST.match(found):
        glued = GLUED.fullmatch(found)
        found = glued["host"] if glued else ""
    return found if not found or found.lower().startswith("http") else f"http://{found}"


def town(address: Address, commune: str) -> str:
    """The city to show: `commune` where the directory shouts it ("BESANCON CEDEX")."""
    if not address.city.isupper():
        return address.city
    cedex = CEDEX.search(address.city)
    return commune + (cedex.group().title() if cedex else "")


def _address(written: str) -> Address:
    parts = [part.strip() for part in written.rsplit(",", 2)]
    if len(parts) < 3 or not re.fullmatch(r"[0-9]{4,5}", parts[1]):
        return Address(street=written)
    street, postcode, city = parts
    return Address(DASH.sub(" – ", street), postcode.zfill(5), city)


def _sentence(remark: str) -> str:
    text = remark.strip(" .")
    return f"{text[0].upper()}{text[1:]}." if text else ""
