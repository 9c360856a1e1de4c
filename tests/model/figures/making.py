"""Made-up facts for hypothesis: few bodies and few days, so that they meet often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from graph.model.casework.handoff import ENDED, UNSENT, Kind, ReasonCode, State
from graph.model.figures.facts import HandoffFact

BEGIN = datetime(2025, 1, 6, 9, tzinfo=UTC)
BODIES = ("a", "b", "c", "d", "e")


def day(number: float) -> datetime:
    return BEGIN + timedelta(days=number)


def handoff(id_: str = "h", target: str = "b", state: State = State.SENT, **more: object) -> HandoffFact:
    """One that was sent on the first day."""
    told: dict[str, object] = {
        "file": "f",
        "kind": Kind.REFER,
        "sender": "a",
        "requested": day(0),
        "drafted": day(0),
        "sent": day(0),
        "needs": ("n",),
    }
    return HandoffFact(id=id_, target=target, state=state, **(told | more))  # type: ignore[arg-type]


@st.composite
def handoffs(draw: st.DrawFn) -> list[HandoffFact]:
    """Of a few files; each moment after the one before it, and none without it but where life has it so."""
    found: list[HandoffFact] = []
    for number in range(draw(st.integers(0, 12))):
        state = draw(st.sampled_from(list(State)))
        asked = draw(st.integers(0, 5))
        sent = asked + draw(st.integers(0, 10))
        answered, contacted = sent + draw(st.integers(0, 20)), sent + draw(st.integers(20, 60))
        without = state in {State.SENT, State.RECEIVED} or (
            state in {State.EXPIRED, State.WITHDRAWN} and draw(st.booleans())
        )
        met = state in {State.COMPLETED, State.IN_PROGRESS} and not without
        found.append(
            handoff(
                f"h{number}",
                draw(st.sampled_from(BODIES)),
                state,
                file=f"f{draw(st.integers(0, 5))}",
                sender=draw(st.sampled_from(BODIES)),
                kind=draw(st.sampled_from([Kind.REFER, Kind.ASSIGN, Kind.ORIENT])),
                needs=tuple(draw(st.sets(st.sampled_from(["n1", "n2", "n3"]), max_size=2))),
                requested=day(asked),
                drafted=day(asked),
                sent=None if state in UNSENT else day(sent),
                answered=None if without or state in UNSENT else day(answered),
                contacted=day(contacted) if met else None,
                ended=day(contacted + 1) if state in ENDED else None,
                reason=draw(st.sampled_from(list(ReasonCode))) if state is State.DECLINED else None,
                outcome=draw(st.sampled_from(["met", "partly_met"])) if state is State.COMPLETED else "",
                parent=draw(st.sampled_from(found)).id if found and draw(st.booleans()) else "",
            )
        )
    return found
