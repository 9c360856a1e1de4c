"""What someone types into one field, read as what it means: telephone, e-mail, web site, SIRET, postcode, number, day.

Each takes the text as typed, which is not empty, and raises InvalidInput with a sentence that names it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Final
from urllib.parse import urlsplit

from graph.model.directory import Contact
from graph.model.errors import InvalidInput
from graph.model.reasons import MONTHS
from graph.model.words import fold

NATIONAL_DIGITS: Final = 10
SHORTEST_NUMBER, LONGEST_SHORT_NUMBER = 2, 6
INTERNATIONAL_DIGITS: Final = range(8, 16)
LONGEST_EMAIL: Final = 254
LONGEST_PHONE: Final = 40
LONGEST_URL: Final = 500
SIRET_DIGITS: Final = 14
# Its establishments are too many for Luhn's check: the sum of the digits is a multiple of five.
LA_POSTE: Final = "356000000"
EMAIL: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+'-]*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}")
HOST: Final = re.compile(r"(?:[\w](?:[\w-]*[\w])?\.)+[^\W\d_]{2,}")
SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|(?:javascript|data|mailto|tel|file):", re.IGNORECASE)
DAY_IN_FIGURES: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
DAY_IN_WORDS: Final = re.compile(r"(\d{1,2})(?:er)? ([^\W\d_]+) (\d{4})")
FOLDED_MONTHS: Final = tuple(fold(month) for month in MONTHS)


def phone_number(text: str) -> str:
    """ "03 81 41 22 22", "3919", "+41 32 000 00 00": as people read it aloud."""
    digits = re.sub(r"[\s.\-()/\u2010-\u2015]", "", text.replace("(0)", ""))
    if not re.fullmatch(r"\+?\d+", digits):
        raise InvalidInput(
            f"« {text} » n’est pas un numéro de téléphone. Écrivez un seul numéro, par exemple 03 81 00 00 00 ou 115."
        )
    digits = re.sub(r"^(?:\+|00)33(?=[1-9]\d{8}$)", "0", digits)
    if digits.startswith("+") and len(digits) - 1 in INTERNATIONAL_DIGITS:
        return digits
    if len(digits) == NATIONAL_DIGITS and re.match(r"0[1-9]", digits):
        return " ".join(digits[start : start + 2] for start in range(0, NATIONAL_DIGITS, 2))
    if digits.isdigit() and SHORTEST_NUMBER <= len(digits) <= LONGEST_SHORT_NUMBER:
        return digits
    raise InvalidInput(
        f"« {text} » n’est pas un numéro de téléphone : un numéro français compte 10 chiffres, un numéro court de 2 à 6."
    )


def email_address(text: str) -> str:
    """Its domain in small letters."""
    if len(text) > LONGEST_EMAIL or not EMAIL.fullmatch(text) or ".." in text:
        raise InvalidInput(f"« {text} » n’est pas une adresse e-mail. Exemple : accueil@exemple.fr.")
    name, _, domain = text.rpartition("@")
    return f"{name}@{domain.lower()}"


def web_address(text: str) -> str:
    """With its scheme: https where none was typed. Nothing but http and https, without a name or a password in it."""
    written = text if SCHEME.match(text) else f"https://{text}"
    try:
        parts = urlsplit(written)
        host, sound = parts.hostname or "", parts.port is None or parts.port > 0
    except ValueError:
        host, sound, parts = "", False, urlsplit("")
    odd = parts.scheme.lower() not in {"http", "https"} or "@" in parts.netloc or not HOST.fullmatch(host)
    if odd or not sound or len(written) > LONGEST_URL or re.search(r"[\s<>\"\\]", written):
        raise InvalidInput(f"« {text} » n’est pas l’adresse d’un site. Exemple : https://www.exemple.fr.")
    return written


def sound_parts(said: Mapping[str, str], before: Contact) -> dict[str, str]:
    """The parts of a contact as they may be shown to call, to write to and to open.

    One that is as `before` passes: what a source wrote in its own way is nobody's fault here. Raises InvalidInput with the part.
    """
    return {name: _sound(name, text) if text != getattr(before, name) else text for name, text in said.items()}


def sound_contact(said: Contact, before: Contact) -> Contact:
    """The same, of a whole one."""
    return Contact(**sound_parts(asdict(said), before))


def _sound(name: str, text: str) -> str:
    check = {"email": email_address, "url": web_address}.get(name)
    try:
        if text and check:
            return check(text)
        if text and (len(text) > LONGEST_PHONE or not phone_number(text)):
            raise InvalidInput(
                f"Un numéro de téléphone tient {LONGEST_PHONE} caractères, et celui-ci en a {len(text)}."
            )
    except InvalidInput as refusal:
        raise InvalidInput(refusal.message, name) from None
    return text


def siret_number(text: str) -> str:
    """14 digits that hold together."""
    digits = re.sub(r"[\s.\-]", "", text)
    if not (digits.isascii() and digits.isdigit() and len(digits) == SIRET_DIGITS):
        raise InvalidInput(f"« {text} » n’est pas un numéro SIRET : il en faut 14 chiffres.")
    if not (_luhn(digits) or (digits.startswith(LA_POSTE) and sum(map(int, digits)) % 5 == 0)):
        raise InvalidInput(f"Le numéro SIRET « {text} » n’existe pas : un chiffre au moins est faux.")
    return digits


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def post_code(text: str) -> str:
    """5 digits."""
    digits = re.sub(r"\s", "", text)
    if not re.fullmatch(r"[0-9]{5}", digits):
        raise InvalidInput(f"« {text} » n’est pas un code postal : il compte 5 chiffres.")
    return digits


def whole_number(text: str, most: int) -> int:
    """From 0 to `most`."""
    digits = re.sub(r"[\s\u202f]", "", text)
    if not re.fullmatch(r"[0-9]{1,9}", digits):
        raise InvalidInput(f"« {text} » n’est pas un nombre entier.")
    if int(digits) > most:
        raise InvalidInput(f"« {text} » est trop grand : {most} au plus.")
    return int(digits)


def calendar_day(text: str) -> date:
    """ "2027-03-01", "1/3/2027" or "1er mars 2027"."""
    try:
        if found := DAY_IN_FIGURES.fullmatch(text):
            return date(int(found[3]), int(found[2]), int(found[1]))
        if found := DAY_IN_WORDS.fullmatch(text.replace("\u00a0", " ")):
            return date(int(found[3]), FOLDED_MONTHS.index(fold(found[2])) + 1, int(found[1]))
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"« {text} » n’est pas une date. Exemple : 01/03/2027.") from None
