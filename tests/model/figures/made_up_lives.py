"""Made-up lives over some quarters: files with their needs, what is handed over for them and what comes of it; so that what holds
of one figure holds of the others too.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from graph.model.casework.contact import AgeBand, Cause, Channel, Requester, Sex
from graph.model.casework.file import FileState, Outcome
from graph.model.casework.handoff import Kind, ReasonCode, State
from graph.model.figures.facts import Facts, FileFact, HandoffFact, NeedFact, RequestFact
from graph.model.figures.periods import Quarter
from graph.model.vocabulary import competences

FIRST: Final = Quarter(2025, 1)
DAYS_OF_A_QUARTER: Final = 91
COMPETENCES: Final = sorted(competences())


def zones(commune: str) -> tuple[str, ...]:
    """Intercommunalities of two départements: "25011" lies in 01 of 25."""
    return commune, f"epci:{commune[:4]}", f"departement:{commune[:2]}", "region:27", "pays:FR"


@dataclass(frozen=True, slots=True)
class Lives:
    """How many files, over how many quarters, in how many places and themes. `skew` 1 is even, 4 puts nearly all in the first
    part. `answered`, `met`, `unmet`, `over` are the shares of what is answered, met, without a relay, ended; `slow` is how many
    days an answer may take.
    """

    files: int
    quarters: int = 3
    departements: int = 1
    epcis: int = 2
    communes: int = 2
    themes: int = 3
    bodies: int = 3
    skew: float = 2.0
    answered: float = 0.9
    met: float = 0.7
    unmet: float = 0.3
    over: float = 0.5
    slow: int = 30

    def drawn(self, chance: random.Random) -> Facts:
        """So many lives."""
        handoffs: list[HandoffFact] = []
        needs: list[NeedFact] = []
        files: list[FileFact] = []
        requests: list[RequestFact] = []
        for number in range(self.files):
            file = self._file(chance, f"f{number}")
            files.append(file)
            for one in range(chance.choice([1, 1, 2])):
                need = self._need(chance, file, f"n{number}.{one}")
                needs.append(need)
                if need.cause is None and chance.random() < 0.9:
                    handoffs.append(self._handoff(chance, file, need))
            requests.append(self._request(chance, file))
        return Facts(handoffs=tuple(handoffs), needs=tuple(needs), files=tuple(files), requests=tuple(requests))

    def _one(self, chance: random.Random, of: int) -> int:
        return min(int(of * chance.random() ** self.skew), of - 1)

    def _among(self, chance: random.Random, some: Sequence[Any]) -> Any:
        return some[self._one(chance, len(some))]

    def _commune(self, chance: random.Random) -> str:
        departement, epci = self._one(chance, self.departements), self._one(chance, self.epcis)
        return f"{(25, 39)[departement]}{epci:02}{self._one(chance, self.communes)}"

    def _theme(self, chance: random.Random) -> str:
        # Themes of several categories, and several of one.
        return self._among(chance, COMPETENCES[: self.themes + 1 : 2] + COMPETENCES[-self.themes :: 3])

    def _file(self, chance: random.Random, id_: str) -> FileFact:
        opened = FIRST.begin + timedelta(
            days=chance.randrange(DAYS_OF_A_QUARTER * self.quarters), hours=chance.randrange(24)
        )
        over = opened + timedelta(days=chance.randrange(1, 200)) if chance.random() < self.over else None
        lead = f"ccas:{self._one(chance, self.bodies)}"
        return FileFact(
            id=id_,
            state=FileState.CLOSED if over else FileState.OPEN,
            organisation=lead,
            lead=lead,
            lead_since=opened + timedelta(days=chance.randrange(5)),
            opened=opened,
            requested=opened - timedelta(days=chance.randrange(9)),
            commune=self._commune(chance),
            transitional=chance.random() < 0.4,
            closed=over,
            outcome=self._among(chance, list(Outcome)) if over else None,
        )

    def _need(self, chance: random.Random, file: FileFact, id_: str) -> NeedFact:
        opened = file.opened + timedelta(days=chance.choice([0, 0, 0, 20]))
        if file.closed:
            opened = min(opened, file.closed)
        return NeedFact(
            id=id_,
            file=file.id,
            competence=self._theme(chance),
            opened=opened,
            commune=file.commune,
            urgent=chance.random() < 0.2,
            ended=file.closed,
            outcome=file.outcome,
            cause=self._among(chance, list(Cause)[:3]) if chance.random() < self.unmet else None,
        )

    def _handoff(self, chance: random.Random, file: FileFact, need: NeedFact) -> HandoffFact:
        sent = need.opened + timedelta(days=chance.choice([0, 1, 3, 10]))
        answered = sent + timedelta(days=chance.randrange(self.slow)) if chance.random() < self.answered else None
        state, reason = State.SENT, None
        if answered:
            state = chance.choice([State.ACCEPTED, State.ACCEPTED, State.ACCEPTED, State.DECLINED, State.REDIRECTED])
        contacted = None
        if state is State.ACCEPTED and answered:
            contacted = answered + timedelta(days=chance.randrange(30)) if chance.random() < self.met else None
        elif answered:
            reason = self._among(chance, list(ReasonCode))
        return HandoffFact(
            id=f"h{need.id}",
            file=file.id,
            kind=Kind.REFER,
            state=state,
            sender=file.lead,
            target=f"{self._among(chance, ('asso', 'cd'))}:{self._one(chance, self.bodies)}",
            requested=file.requested,
            drafted=sent,
            needs=(need.id,),
            competence=need.competence,
            commune=file.commune,
            sent=sent,
            answered=answered,
            contacted=contacted,
            ended=answered if reason else None,
            reason=reason,
        )

    def _request(self, chance: random.Random, file: FileFact) -> RequestFact:
        return RequestFact(
            id=f"r{file.id}",
            organisation=file.lead,
            at=file.requested if file.requested > FIRST.begin else file.opened,
            channel=self._among(chance, list(Channel)),
            requester=self._among(chance, list(Requester)),
            sex=self._among(chance, list(Sex)),
            age_band=self._among(chance, list(AgeBand)),
            commune=self._commune(chance),
            at_once=chance.random() < 0.5,
            reasons=(self._theme(chance),),
            unmet=((self._theme(chance), self._among(chance, list(Cause))),) if chance.random() < self.unmet else (),
        )


def any_lives(chance: random.Random) -> Lives:
    """Of whatever shape: many that are answered at once, few that stay open, even and skewed."""
    return Lives(
        files=chance.choice([60, 120, 250, 500]),
        quarters=chance.choice([2, 3]),
        departements=chance.choice([1, 1, 2]),
        epcis=chance.choice([1, 2, 3]),
        communes=chance.choice([1, 2, 3]),
        themes=chance.choice([1, 3, 5]),
        bodies=chance.choice([1, 2, 4]),
        skew=chance.choice([1, 1, 2, 4]),
        answered=chance.choice([1, 1, 0.9, 0.6]),
        met=chance.choice([1, 0.8, 0.4]),
        unmet=chance.choice([0.9, 0.3, 0.3]),
        over=chance.choice([0.9, 0.5, 0.1]),
        slow=chance.choice([1, 5, 30, 90]),
    )
