"""What may be recorded in a file, and what is refused: each act against a file that is open, and one that ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from graph.model.casework import deciding
from graph.model.casework.acts import (
    CircleLeft,
    CircleSet,
    CoReferentLeft,
    CoReferentSet,
    Entry,
    Event,
    Kept,
    MemberSet,
    WorkersSet,
)
from graph.model.casework.applying import applied
from graph.model.casework.file import (
    Actor,
    ActorKind,
    CircleKind,
    CircleMember,
    CoReferent,
    File,
    FileState,
    Identity,
    Member,
    MemberRole,
    Need,
    Outcome,
    Watch,
)
from graph.model.casework.linking import CODE_LENGTH, CODE_LETTERS, code_of
from graph.model.casework.recording import named, next_look, recorded
from graph.model.casework.story import WritingKind, writing_kind
from graph.model.casework.writings import (
    Assessed,
    DecisionTold,
    Delivered,
    Looked,
    Met,
    Noted,
    NoteKind,
    Struck,
    WatchSet,
    WorryTold,
)
from graph.model.errors import InvalidInput, ReasonMissing, StepNotAllowed

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
TODAY = date(2026, 3, 2)
ANNE = Actor(kind=ActorKind.PROFESSIONAL, account="anne", organisation="o:desk", name="Anne")
MEMBER = Member(id="m1", role=MemberRole.ADULT)
WATCH = Watch(id="w1", what="Chauffage", next=TODAY, every_days=7, until=date(2026, 4, 1))
NEED = Need(id="n1", competence="droits-et-prestations--rsa", opened=AT, review=AT)


def file(id_: str = "f", *, state: FileState = FileState.OPEN) -> File:
    opened = deciding.opened(ANNE, (MEMBER,), AT)
    made = applied(None, Entry(file=id_, seq=1, at=AT, by=ANNE, event=opened))
    return replace(made, state=state, needs={"n1": NEED}, watches={"w1": WATCH}, seq=5)


NOTE = Noted(kind=NoteKind.CALL, text="A appelé.")
MET = Met(on=AT, present=("Anne",), decided="Se revoir.", invited=True, came=True, next=date(2026, 3, 9))
DECISION = DecisionTold(
    authority="CAF",
    granted=False,
    on=TODAY,
    need="n1",
    reasons="Ressources.",
    appeal="Amiable.",
    appeal_until=date(2026, 5, 2),
)
GIVEN = Delivered(
    what="Hôtel",
    since=TODAY,
    until=TODAY,
    quantity=2,
    unit="nuits",
    unit_cents=6050,
    payers=(("D", 10000), ("F", 2100)),
)
WORRY = WorryTold(id="i", on=TODAY, addressee="CRIP", informed=TODAY)
GOOD: list[Event] = [
    MemberSet(member=MEMBER),
    WorkersSet(accounts=frozenset({"ben"})),
    CircleSet(member=CircleMember(id="", kind=CircleKind.RELATIVE, name="Jean", may_know="rien")),
    CoReferentSet(co_referent=CoReferent(id="", organisation="Département", matter="RSA")),
    NOTE,
    Noted(kind=NoteKind.EMERGENCY, text="Fuite de gaz.", to="Pompiers", on=AT),
    MET,
    Assessed(text="Stable."),
    DECISION,
    replace(DECISION, granted=True, reasons="", appeal=""),
    GIVEN,
    WORRY,
    Struck(entry=5, why="Erreur."),
    WatchSet(watch=WATCH),
    Looked(watch="w1", text="Chaud.", next=date(2026, 3, 9)),
    Kept(review=AT + timedelta(days=90)),
]
BAD: list[tuple[Event, type[Exception], str]] = [
    (MemberSet(member=replace(MEMBER, identity=Identity(born=date(2026, 3, 3)))), InvalidInput, "born"),
    (MemberSet(member=replace(MEMBER, since=TODAY, left=date(2026, 3, 1))), InvalidInput, "left"),
    (MemberSet(member=replace(MEMBER, left=TODAY)), InvalidInput, "left"),
    (WorkersSet(accounts=frozenset(map(str, range(21)))), InvalidInput, "accounts"),
    (CircleSet(member=CircleMember(id="", kind=CircleKind.RELATIVE, name=" ", may_know="x")), InvalidInput, "name"),
    (CircleSet(member=CircleMember(id="", kind=CircleKind.RELATIVE, name="x")), InvalidInput, "may_know"),
    (CircleLeft(member="c"), InvalidInput, "member"),
    (CoReferentSet(co_referent=CoReferent(id="", organisation="", matter="x")), InvalidInput, "organisation"),
    (CoReferentSet(co_referent=CoReferent(id="", organisation="x", matter="")), InvalidInput, "matter"),
    (CoReferentLeft(co_referent="c"), InvalidInput, "co_referent"),
    (replace(NOTE, text="  "), InvalidInput, "text"),
    (replace(NOTE, on=AT + timedelta(hours=1)), InvalidInput, "on"),
    (Noted(kind=NoteKind.EMERGENCY, text="x", on=AT), ReasonMissing, "to"),
    (Noted(kind=NoteKind.EMERGENCY, text="x", to="Pompiers"), ReasonMissing, "on"),
    (replace(MET, decided=""), InvalidInput, "decided"),
    (replace(MET, present=(" ",)), InvalidInput, "present"),
    (replace(MET, on=AT + timedelta(days=1)), InvalidInput, "on"),
    (replace(MET, invited=False), InvalidInput, "invited"),
    (replace(MET, next=date(2026, 3, 1)), InvalidInput, "next"),
    (Assessed(text=""), InvalidInput, "text"),
    (Assessed(text="x", need="n2"), InvalidInput, "need"),
    (replace(DECISION, authority=""), InvalidInput, "authority"),
    (replace(DECISION, need="n2"), InvalidInput, "need"),
    (replace(DECISION, on=date(2026, 3, 3)), InvalidInput, "on"),
    (replace(DECISION, reasons=""), InvalidInput, "reasons"),
    (replace(DECISION, appeal=""), InvalidInput, "appeal"),
    (replace(DECISION, appeal_until=date(2026, 3, 1)), InvalidInput, "appeal_until"),
    (replace(GIVEN, what=""), InvalidInput, "what"),
    (replace(GIVEN, until=date(2026, 3, 1)), InvalidInput, "until"),
    (replace(GIVEN, quantity=0), InvalidInput, "quantity"),
    (replace(GIVEN, payers=(("D", 10000),)), InvalidInput, "payers"),
    (replace(GIVEN, handoff="h"), InvalidInput, "handoff"),
    (replace(WORRY, addressee=""), InvalidInput, "addressee"),
    (replace(WORRY, on=date(2026, 3, 3)), InvalidInput, "on"),
    (replace(WORRY, acknowledged=date(2026, 3, 1)), InvalidInput, "acknowledged"),
    (replace(WORRY, returned=date(2026, 3, 1)), InvalidInput, "returned"),
    (replace(WORRY, informed=None), ReasonMissing, "informed"),
    (Struck(entry=5, why=""), InvalidInput, "why"),
    (Struck(entry=6, why="x"), StepNotAllowed, ""),
    (Struck(entry=0, why="x"), StepNotAllowed, ""),
    (WatchSet(watch=replace(WATCH, what="")), InvalidInput, "what"),
    (WatchSet(watch=replace(WATCH, every_days=0)), InvalidInput, "every_days"),
    (WatchSet(watch=replace(WATCH, next=date(2026, 3, 1))), InvalidInput, "next"),
    (WatchSet(watch=replace(WATCH, until=date(2026, 3, 1))), InvalidInput, "until"),
    (WatchSet(watch=replace(WATCH, until=date(2028, 4, 1))), InvalidInput, "until"),
    (Looked(watch="w2", text="x"), InvalidInput, "watch"),
    (Looked(watch="w1", text=""), InvalidInput, "text"),
    (Looked(watch="w1", text="x", next=date(2026, 3, 1)), InvalidInput, "next"),
    (Kept(review=AT), InvalidInput, "review"),
    (Kept(review=AT + timedelta(days=181)), InvalidInput, "review"),
    (Kept(review=AT + timedelta(days=9), transitional=True), ReasonMissing, "text"),
]


@pytest.mark.parametrize("event", GOOD, ids=lambda event: type(event).__name__)
def test_what_is_well_said_is_kept_as_it_is(event: Event) -> None:
    assert recorded(file(), event, AT) == event
    if isinstance(event, WorryTold | Struck):
        assert recorded(file(state=FileState.CLOSED), event, AT) == event
    else:
        with pytest.raises(StepNotAllowed, match="clos"):
            recorded(file(state=FileState.CLOSED), event, AT)


@pytest.mark.parametrize(("event", "kind", "field"), BAD)
def test_what_cannot_be_is_refused_and_names_its_field(event: Event, kind: type[Exception], field: str) -> None:
    with pytest.raises(kind) as refused:
        recorded(file(), event, AT)
    assert getattr(refused.value, "field", "") == field


def test_a_watch_ends_with_its_last_day() -> None:
    past = Looked(watch="w1", text="Chaud.", next=date(2026, 4, 2))
    assert recorded(file(), past, AT) == replace(past, next=None)
    assert next_look(file(), "w1", TODAY) == date(2026, 3, 9)
    assert next_look(file(), "w1", date(2026, 3, 26)) is None
    assert next_look(file(), "w2", TODAY) is None


def test_what_is_new_is_given_an_id_and_no_id_is_made_up() -> None:
    for event in (GOOD[0], GOOD[2], GOOD[3], GOOD[13]):
        field = (
            "watch" if isinstance(event, WatchSet) else "co_referent" if isinstance(event, CoReferentSet) else "member"
        )
        without = replace(event, **{field: replace(getattr(event, field), id="")})  # type: ignore[type-var]
        assert getattr(named(file(), without, "new"), field).id == "new"
        with pytest.raises(InvalidInput):
            named(file(), replace(event, **{field: replace(getattr(event, field), id="zz")}), "new")  # type: ignore[type-var]
    assert named(file(), NOTE, "new") == NOTE
    assert named(file(), replace(WORRY, id=""), "new") == replace(WORRY, id="new")


def test_only_writings_have_a_kind() -> None:
    assert [writing_kind(event) for event in (NOTE, MET, DECISION, GIVEN, WORRY)] == [
        WritingKind.CALL,
        WritingKind.MEETING,
        WritingKind.DECISION,
        WritingKind.DELIVERY,
        WritingKind.WORRY,
    ]
    assert writing_kind(GOOD[0]) is None


def test_a_code_is_read_as_it_is_said() -> None:
    code = "".join(CODE_LETTERS[:CODE_LENGTH])
    assert code_of(f" {code[:4].lower()}-{code[4:8]} {code[8:]} ") == code
    for wrong in ("", code[:-1], code + "A", code[:-1] + "O", "é" * CODE_LENGTH):
        with pytest.raises(InvalidInput, match="code de rapprochement"):
            code_of(wrong)


def test_a_need_that_ended_is_taken_up_again() -> None:
    ended = applied(
        file(), Entry(file="f", seq=6, at=AT, by=ANNE, event=deciding.need_ended(file(), "n1", Outcome.MET, ""))
    )
    again = deciding.need_set(ended, replace(ended.needs["n1"], urgent=True))
    assert (again.need.open, again.need.urgent, again.need.outcome) == (True, True, None)
