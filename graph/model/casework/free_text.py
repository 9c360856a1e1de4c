"""What people type into a file: bounded, and never with a health-insurance number in it (NIR: nowhere kept, by no one)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any, Final

from graph.model.casework.file import CircleMember, CoReferent
from graph.model.errors import InvalidInput
from graph.model.vocabulary import labels

LONGEST: Final = 500
# What is written at length; the rest is a line.
LONGER: Final[Mapping[str, int]] = MappingProxyType(
    {
        "text": 4000,
        "decided": 4000,
        "message": 4000,
        "reasons": 4000,
        "appeal": 2000,
        "words": 1000,
        "purpose": 1000,
        "interim": 1000,
        "question": 4000,
        "outcome_text": 4000,
    }
)
# Ids and codes of ours: nobody types them.
CODES: Final = frozenset(
    {
        "id", "account", "accounts", "organisation", "member", "need", "needs", "handoff", "service", "post", "agreement",
        "professional", "recipient", "recorded_by", "sender", "sender_account", "consent", "ground", "parent", "chain", "watch",
        "other", "request", "token", "code", "competence", "co_referent", "lead",
    }
)  # fmt: skip

# But an organisation around a file may be one that no directory knows.
TYPED: Final = frozenset({(CircleMember, "organisation"), (CoReferent, "organisation")})

# Sex, year, month, département, commune, order, and the key: as it is printed, each part whole.
GROUPED: Final = re.compile(
    r"(?<!\w)([1-478])S?(\d\d)S?(\d\d)S?(\d\d|2[AB])S?(\d{3})S?(\d{3})(?:S?(\d\d))?(?!\d)".replace(
        "S?", "[\\s.\\-/]{0,2}"
    ),
    re.IGNORECASE,
)
# In pieces of any length, standing alone; here the key must be right, for phones and bank accounts are written so too.
ANYHOW: Final = re.compile(
    r"(?<!\w)(?<!\d[\s.\-/])[1-478](?:S?\d){4}S?(?:\dS?\d|2S?[AB])(?:S?\d){6}S?\dS?\d(?!\w)(?![\s.\-/]?\d)".replace(
        "S?", "[\\s.\\-/]{0,2}"
    ),
    re.IGNORECASE,
)
BARE: Final = 13
CORSICA: Final = (("2A", "19"), ("2B", "18"))


def no_health_number(text: str, field: str = "") -> None:
    """Raises InvalidInput, which names the field, where a health-insurance number can be read in the text.

    Fifteen digits by their control key, or thirteen in the parts that the number is made of.
    """
    if any(map(_is_number, GROUPED.finditer(text))) or any(
        _key_is_right(_digits(found[0])) for found in ANYHOW.finditer(text)
    ):
        named = labels().get(("text", field))
        where = f"« {named.reading} » contient" if named else "Ce texte contient"
        raise InvalidInput(
            f"{where} ce qui ressemble à un numéro de sécurité sociale : retirez-le, il n’est gardé nulle part. "
            "Rien n’a été enregistré.",
            field,
        )


def checked_texts(thing: object) -> None:
    """Raises InvalidInput, which names the field, for a text of an act that is too long or holds a health-insurance number."""
    for field, text in _texts(thing, ""):
        checked_text(text, field)


def checked_text(text: str, field: str) -> None:
    """The same for one text."""
    most = LONGER.get(field, LONGEST)
    if len(text) > most:
        raise InvalidInput(f"Ce texte tient en {most} caractères, et en a {len(text)}. Rien n’a été enregistré.", field)
    no_health_number(text, field)


def _texts(thing: Any, field: str) -> Iterator[tuple[str, str]]:
    """Each text that someone typed, with the name of its field."""
    if isinstance(thing, str):
        if thing and field not in CODES and not isinstance(thing, Enum):
            yield field, thing
    elif is_dataclass(thing):
        for one in fields(thing):
            value = getattr(thing, one.name)
            if (type(thing), one.name) in TYPED:
                yield one.name, value
            else:
                yield from _texts(value, one.name)
    elif isinstance(thing, Mapping):
        for value in thing.values():
            yield from _texts(value, field)
    elif isinstance(thing, tuple | list | frozenset):
        for value in thing:
            yield from _texts(value, field)


def _digits(text: str) -> str:
    return re.sub(r"[\s.\-/]", "", text).upper()


def _is_number(found: re.Match[str]) -> bool:
    """Whether these parts are those of a number. Fifteen digits in one piece need the right key; what is written in parts, with
    another number behind it, does not.
    """
    whole = _digits(found[0])
    if _key_is_right(whole):
        return True
    _, _, month, department, _, order, key = found.groups("")
    # 20 to 42 are the months of people whose month of birth is not known.
    born = int(month)
    possible = (1 <= born <= 12 or 20 <= born <= 42) and department != "00" and order != "000"
    return possible and (not key or found[0] != whole)


def _key_is_right(whole: str) -> bool:
    """Whether the last two of fifteen are the complement to 97 of what is before them."""
    bare, key = whole[:BARE], whole[BARE:]
    for department, number in CORSICA:
        if bare[5:7] == department:
            bare = bare[:5] + number + bare[7:]
    return bare.isdigit() and key.isdigit() and 97 - int(bare) % 97 == int(key)
