"""Telephone numbers as people read them aloud, and as a telephone dials them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

NATIONAL_DIGITS: Final = 10
SHORT_DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class Phone:
    """`shown` in pairs ("03 81 41 22 22"), `href` for a tel: link."""

    shown: str
    href: str


def phone(text: str) -> Phone | None:
    """The first number in `text`, None when there is none. A French one is dialled with +33, a short one as it is."""
    text = re.split(r"[/;]|\bou\b", text)[0]
    digits = re.sub(r"\D", "", text)
    if not digits:
        return None
    if digits.startswith("0033"):
        digits = "0" + digits[4:]
    elif digits.startswith("33") and len(digits) == NATIONAL_DIGITS + 1:
        digits = "0" + digits[2:]
    if len(digits) == NATIONAL_DIGITS and digits.startswith("0"):
        pairs = [digits[i : i + 2] for i in range(0, NATIONAL_DIGITS, 2)]
        return Phone("\u00a0".join(pairs), f"tel:+33{digits[1:]}")
    if len(digits) <= SHORT_DIGITS:
        half = len(digits) // 2
        shown = digits if len(digits) % 2 or half < 2 else f"{digits[:half]}\u00a0{digits[half:]}"
        return Phone(shown, f"tel:{digits}")
    return Phone(text.strip(), f"tel:{'+' if text.strip().startswith('+') else ''}{digits}")
