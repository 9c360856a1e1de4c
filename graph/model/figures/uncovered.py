"""Where nobody is competent, looked at each morning: communes that had a relay the day before and have none any more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from graph.model.territory import Territory

# After a year without anybody it is no news: the map of coverage shows it.
NEWS_FOR: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncovered:
    """The communes of a département where nobody handles a competence, by INSEE code; `lost` are those of them that had
    somebody, each with the day on which nobody was left.
    """

    departement: str
    competence: str
    communes: frozenset[str] = frozenset()
    lost: Mapping[str, date] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """One for each département and competence."""
        return f"{self.departement}|{self.competence}"


def uncovered(communes: Iterable[Territory], covered: Set[str]) -> frozenset[str]:
    """Those of these communes of which no zone is covered: "covered" are the territories that somebody acts in as a whole."""
    return frozenset(commune.id for commune in communes if covered.isdisjoint(commune.zones))


def looked_at(before: Uncovered | None, now: Uncovered, today: date) -> Uncovered:
    """What is known after a look. The first look loses nothing; a commune that is covered again is no longer lost."""
    if before is None:
        return now
    lost = {code: day for code, day in before.lost.items() if code in now.communes and today - day <= NEWS_FOR}
    gone = now.communes - before.communes - before.lost.keys()
    lost |= dict.fromkeys(gone, today)
    return Uncovered(departement=now.departement, competence=now.competence, communes=now.communes, lost=lost)
