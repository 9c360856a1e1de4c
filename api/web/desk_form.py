"""The front desk's form as fields: read without losing a word of it, and shown again as it was sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeVar

from api.rooms import Rooms
from api.web.forms import Form
from api.web.place_words import locate, place_name
from graph.model.casework.contact import AgeBand, Cause, Channel, Contact, Requester, Sex
from graph.model.casework.finding_again import LONGEST_NAME, Sought
from graph.model.casework.front_desk import LONGEST_TEXT
from graph.model.casework.grounds import Ground
from graph.model.errors import InvalidInput
from graph.model.vocabulary import button, competence, competences, label

Code = TypeVar("Code", bound=StrEnum)

LONGEST_WORDS: Final = 300
CHOICES: Final[Mapping[str, type[StrEnum]]] = MappingProxyType(
    {"channel": Channel, "requester": Requester, "sex": Sex, "age_band": AgeBand, "ground": Ground, "cause": Cause}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What was typed. `words` say the reasons and are not kept; `reasons` are the chips that were left, `seen` all that were
    shown; `text` is kept, sealed. `name`, `born`, `phone`, `ground` look someone up, and are kept nowhere.
    """

    contact: Contact
    words: str = ""
    seen: tuple[str, ...] = ()
    place: str = ""
    place_id: str = ""
    text: str = ""
    name: str = ""
    born: str = ""
    phone: str = ""
    ground: str = ""
    network: bool = False
    numbers: tuple[str, ...] = ()

    @property
    def chips(self) -> tuple[tuple[str, str], ...]:
        """The reasons as (id, words)."""
        return tuple((reason, competence(reason).label) for reason in self.contact.reasons)


def options(family: str) -> tuple[tuple[str, str], ...]:
    """The codes of a list with their French, as one chooses them."""
    return tuple((code.value, button(family, code)) for code in CHOICES[family])


def read_typed(rooms: Rooms, form: Form) -> Typed:
    """What was sent; the words are read as the search reads them. Raises InvalidInput for what no form of ours sends."""
    words = form.one("mots", LONGEST_WORDS)
    understood = rooms.reader.read(words, rooms.places)
    seen = tuple(dict.fromkeys(one for one in form.every("lu") if one in competences()))
    kept = tuple(one for one in form.every("c") if one in competences())
    new = tuple(match.competence for match in understood.matches if match.competence not in seen)
    reasons = tuple(dict.fromkeys((*kept, *new)))
    contact = Contact(
        channel=_code(form, "canal", Channel, Channel.FREE_NUMBER),
        requester=_code(form, "qui", Requester, Requester.PERSON),
        sex=_code(form, "sexe", Sex, Sex.UNKNOWN),
        age_band=_code(form, "age", AgeBand, AgeBand.UNKNOWN),
        reasons=reasons,
        at_once=form.one("faire") == "repondu",
        danger=bool(understood.emergency) or form.one("danger") == "1",
    )
    return Typed(
        contact=contact,
        words=words,
        seen=tuple(dict.fromkeys((*seen, *reasons))),
        place=form.one("ou", 100),
        place_id=form.one("lieu", 100),
        text=form.one("note", LONGEST_TEXT * 2),
        name=form.one("nom", LONGEST_NAME * 2),
        born=form.one("ne", 10),
        phone=form.one("tel", 60),
        ground=form.one("titre", 40),
        network=form.one("reseau") == "1",
        numbers=understood.emergency,
    )


def with_place(rooms: Rooms, typed: Typed) -> Typed:
    """The same with the commune that was meant. Raises InvalidInput for a place that is none."""
    where = locate(rooms.places, typed.place, typed.place_id)
    if where.unknown:
        near = f" Vouliez-vous dire {', '.join(name for name, _ in where.others)} ?" if where.others else ""
        raise InvalidInput(f"{where.unknown}{near}", "ou")
    commune = where.territory.id if where.territory else ""
    return replace(typed, contact=replace(typed.contact, commune=commune), place_id=commune)


def typed_of(rooms: Rooms, contact: Contact, text: str = "") -> Typed:
    """A contact as the form shows it, to be corrected."""
    territory = rooms.places.get(contact.commune) if contact.commune else None
    return Typed(
        contact=contact,
        seen=contact.reasons,
        place=place_name(rooms.places, territory) if territory else "",
        place_id=contact.commune,
        text=text,
    )


def sought_of(typed: Typed) -> Sought:
    """Who is looked for. Raises InvalidInput for a day that is none."""
    return Sought(name=typed.name, born=day_of(typed.born, "ne"), phone=typed.phone)


def day_of(text: str, field: str) -> date | None:
    """A day as a date field sends it; None when empty. Raises InvalidInput."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"« {text[:20]} » n’est pas une date : jour, mois, année.", field) from None


def ground_of(typed: Typed) -> Ground | None:
    """On which ground the network is asked; None where none was said. Raises InvalidInput."""
    if not typed.ground:
        return None
    try:
        return Ground(typed.ground)
    except ValueError:
        raise InvalidInput("Choisissez un titre dans la liste.", "titre") from None


def said(contact: Contact, place: str) -> Sequence[str]:
    """A contact in a line: how, who, about whom, where; what is unknown is left out."""
    told = [label("channel", contact.channel), label("requester", contact.requester)]
    told += [label("sex", contact.sex)] if contact.sex is not Sex.UNKNOWN else []
    told += [label("age_band", contact.age_band)] if contact.age_band is not AgeBand.UNKNOWN else []
    return [*told, place] if place else told


def _code(form: Form, field: str, codes: type[Code], otherwise: Code) -> Code:
    """Raises InvalidInput for a code that is not in the list."""
    sent = form.one(field)
    if not sent:
        return otherwise
    try:
        return codes(sent)
    except ValueError:
        raise InvalidInput("Ce choix n’est pas dans la liste. Rouvrez la page, puis recommencez.", field) from None
