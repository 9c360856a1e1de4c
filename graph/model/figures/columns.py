"""By what facts are told apart in the tables that are published: theme, month, outcome, delay.

What no page reads is not published: each column more can be played against the others (decision 0065).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from graph.model.casework.desk_report import month_of
from graph.model.casework.handoff import ReasonCode
from graph.model.figures.acceptance import answer_of, answer_time
from graph.model.figures.facts import HandoffFact, RequestFact
from graph.model.figures.flows import Ending, category_of
from graph.model.figures.histograms import bucket, days
from graph.model.figures.lattice import Part
from graph.model.figures.periods import Stretch

YES: Final = "yes"
NO: Final = "no"


def by_theme() -> Part:
    """By category, and by competence within."""
    return Part(
        "category", lambda fact: category_of(fact.competence), (Part("competence", lambda fact: fact.competence),)
    )


def by_month(at: Callable[[Any], datetime]) -> Part:
    """By month, as Paris counts them."""
    return Part("month", lambda fact: month_of(at(fact)))


def between(split: str, begin: Callable[[Any], datetime | None], end: Callable[[Any], datetime | None]) -> Part:
    """A delay; "" where one of its ends has not come."""

    def of(fact: Any) -> str:
        first, last = begin(fact), end(fact)
        return str(bucket(days(first, last))) if first and last else ""

    return Part(split, of)


def whether(split: str, of: Callable[[Any], bool]) -> Part:
    """Yes or no."""
    return Part(split, lambda fact: YES if of(fact) else NO)


def sent_columns(_: Stretch) -> tuple[Part, ...]:
    """The theme, the month, and who sends."""
    return by_theme(), by_month(lambda fact: fact.sent), Part("sender", lambda fact: fact.sender)


def answered_columns(_: Stretch) -> tuple[Part, ...]:
    """`delay` is the time from the sending to the answer."""

    def reason(fact: HandoffFact) -> str:
        told = answer_of(fact) in {Ending.DECLINED, Ending.REDIRECTED}
        return (fact.reason or ReasonCode.OTHER).value if told else ""

    return (
        Part("outcome", lambda fact: answer_of(fact) or "", (Part("reason", reason),)),
        by_theme(),
        between("delay", lambda fact: fact.sent, answer_time),
    )


def contacted_columns(_: Stretch) -> tuple[Part, ...]:
    """`delay` is the time from the request to the first contact."""
    return (between("delay", lambda fact: fact.requested, lambda fact: fact.contacted),)


def request_columns(_: Stretch) -> tuple[Part, ...]:
    """The theme is that of the main reason."""

    def reason(request: RequestFact) -> str:
        return request.reasons[0] if request.reasons else ""

    return (
        Part("category", lambda fact: category_of(reason(fact)), (Part("competence", reason),)),
        by_month(lambda fact: fact.at),
        Part("channel", lambda fact: fact.channel.value),
        Part("requester", lambda fact: fact.requester.value),
        Part("sex", lambda fact: fact.sex.value),
        Part("age", lambda fact: fact.age_band.value),
        whether("at_once", lambda fact: fact.at_once),
    )
