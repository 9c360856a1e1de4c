"""How people speak of what they need: the words behind competences, publics and danger, each list a CSV file beside this."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Final

from graph.model.directory import Public
from graph.model.sheets import Row, rows
from graph.model.vocabulary import competences

# What an expression of danger calls a list of words.
NAMED_LIST: Final = re.compile(r"<(\w+)>")


class Register(StrEnum):
    """Who speaks so: professionals, people themselves, or people who tell what happens to them."""

    PRO = "pro"
    SAID = "said"
    SITUATION = "situation"


@dataclass(frozen=True, slots=True)
class Expression:
    """One way to say a competence."""

    competence: str
    text: str
    register: Register


@dataclass(frozen=True, slots=True)
class DangerWords:
    """Words that put emergency numbers on top; without numbers, a turn of phrase that only sounds like danger.

    `text` may leave choices open: "il|elle me frappe|tape" stands for four phrases, an empty choice for no word.
    """

    text: str
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PublicWords:
    """Words that say whom the question is about."""

    public: Public
    text: str


@cache
def expressions() -> tuple[Expression, ...]:
    """How each competence is said, by professionals and by people."""
    return tuple(
        Expression(row.known("competence", competences()), row.required("expression"), row.enum("register", Register))
        for row in rows("expressions.csv")
    )


@cache
def emergency_numbers() -> Mapping[str, str]:
    """What each emergency number is for."""
    return MappingProxyType({row.required("number"): row.required("label") for row in rows("emergency_numbers.csv")})


@cache
def danger_words() -> tuple[DangerWords, ...]:
    """Words of danger, with the numbers to call first; a list that an expression names is written out."""
    lists = {row.required("list"): row.required("words") for row in rows("emergency_lists.csv")}
    return tuple(
        DangerWords(_written_out(row, lists), row.several("numbers", emergency_numbers()))
        for row in rows("emergency.csv")
    )


def _written_out(row: Row, lists: Mapping[str, str]) -> str:
    expression = row.required("expression")
    for name in NAMED_LIST.findall(expression):
        if name not in lists:
            raise row.refuse("expression", f"there is no list <{name}>")
        expression = expression.replace(f"<{name}>", lists[name])
    return expression


@cache
def word_classes() -> Mapping[str, tuple[str, ...]]:
    """Words that stand for one another when a problem is told ("boulot", "taf", "emploi"), by the name of their class."""
    return MappingProxyType({row.required("class"): row.several("words") for row in rows("word_classes.csv")})


@cache
def public_words() -> tuple[PublicWords, ...]:
    """Words that say whom the question is about."""
    return tuple(PublicWords(row.enum("public", Public), row.required("expression")) for row in rows("publics.csv"))


@cache
def off_topic() -> tuple[str, ...]:
    """Phrases of other fields (sport, cooking, weather …), against which a question is weighed."""
    return tuple(row.required("phrase") for row in rows("off_topic.csv"))
