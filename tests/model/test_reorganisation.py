"""A reorganisation before it is done: each move with what can be wrong with it, and what becomes of each thing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model.casework.handoff import Side
from graph.model.directory import SuccessionKind
from graph.model.errors import InvalidInput
from graph.model.reorganisation import plan as model
from graph.model.reorganisation.checking import OF_THE_PLAN, checked, hindrances
from graph.model.reorganisation.effects import Carried, Reading, Seat, destination, effects, of_file
from graph.model.reorganisation.facts import DirectoryFacts, FileFacts, HandoffFacts
from graph.model.reorganisation.plan import (
    ChangeTerritory,
    CloseBody,
    CreateBody,
    FilesRule,
    Heir,
    MergeBodies,
    Move,
    MoveBody,
    MoveFiles,
    MovePost,
    MoveProfessional,
    MoveService,
    Plan,
    PlanState,
    RenameBody,
    SplitBody,
    called_off,
    endings,
    of_ended,
)
from tests import make

ON = date(2026, 6, 1)
TODAY = date(2026, 3, 10)
AT = datetime(2026, 3, 10, 9, tzinfo=UTC)
A, B, C, NEW, UNIT = "t:a", "t:b", "t:c", "t:new", "t:unit"
RSA, RENT = make.RSA, make.RENT
BODIES = {
    id_: make.organisation(id_, name=name, part_of=part_of)
    for id_, name, part_of in ((A, "Service A", ""), (B, "Service B", ""), (C, "Service C", ""), (UNIT, "Antenne", A))
}
KNOWN = DirectoryFacts(
    bodies=BODIES,
    services={
        "t:s": make.service("t:s", organisation=A, name="Appui", covers=("25056",)),
        "t:r": make.service("t:r", organisation=A, competences=(RSA,), covers=("25462",)),
    },
    posts={"t:p": make.post("t:p", organisation=A, covers=("25462",))},
    members={A: frozenset({"ana", "ada"}), B: frozenset({"bob"})},
    files={A: 3},
    handoffs={A: 1},
    territories=frozenset({"departement:25", "25056", "25462"}),
)
CREATED = CreateBody(record=make.organisation(NEW, name="Direction Nord"))


def plan(*moves: Move, **told: Any) -> Plan:
    return Plan(id="p", **({"title": "Nouveau Doubs", "on": ON, "moves": moves} | told))


def file(organisation: str = A, account: str = "ana", commune: str = "25056", *handoffs: HandoffFacts) -> FileFacts:
    zones = frozenset({commune, "departement:25"}) if commune else frozenset[str]()
    return FileFacts(id="f", organisation=organisation, account=account, zones=zones, handoffs=handoffs)


def handoff(sender: str = B, target: str = A, **told: Any) -> HandoffFacts:
    said: dict[str, Any] = {"sender_account": "bob"} | told
    return HandoffFacts(id="h", file="f", sender=sender, target=target, **said)


def told(*moves: Move, known: DirectoryFacts = KNOWN) -> list[tuple[int, str]]:
    return [(fault.move, fault.field) for fault in checked(plan(*moves), known, TODAY)]


# ------------------------------------------------------------------ what can be wrong


SOUND: tuple[Move, ...] = (
    CREATED,
    CloseBody(id=A, successor=B),
    MergeBodies(ids=(A, B), into=C),
    SplitBody(id=A, heirs=(Heir(id=B, territories=("25056",)), Heir(id=C, competences=(RSA,)))),
    MoveBody(id=UNIT, under=B),
    MoveBody(id=UNIT),
    RenameBody(id=A, name="Direction Sud"),
    MoveService(service="t:s", to=B),
    MovePost(post="t:p", to=B),
    MoveProfessional(account="ana", source=A, to=B),
    ChangeTerritory(body=A, covers=("25056",)),
    MoveFiles(source=A, to=B),
    MoveFiles(source=A, to=B, rule=FilesRule.BY_COMMUNE, territories=("25056",)),
    MoveFiles(source=A, to=B, rule=FilesRule.BY_PROFESSIONAL, accounts=("ana",)),
)


@pytest.mark.parametrize("move", SOUND, ids=lambda move: type(move).__name__)
def test_each_move_can_be_sound(move: Move) -> None:
    assert told(move) == []


def with_record(**values: Any) -> CreateBody:
    return CreateBody(record=replace(CREATED.record, **values))


@pytest.mark.parametrize(
    ("move", "field"),
    [
        (with_record(id=A), "record.id"),
        (with_record(name=" "), "record.name"),
        (with_record(name="x" * 201), "record.name"),
        (with_record(kind="RIEN"), "record.kind"),
        (with_record(covers=("99999",)), "record.covers"),
        (with_record(part_of="t:rien"), "record.part_of"),
        (CloseBody(id="t:rien", successor=B), "id"),
        (CloseBody(id=A, successor="t:rien"), "successor"),
        (CloseBody(id=A, successor=A), "successor"),
        (MergeBodies(ids=(), into=B), "ids"),
        (MergeBodies(ids=("t:rien",), into=B), "ids"),
        (MergeBodies(ids=(A, B), into=B), "into"),
        (SplitBody(id="t:rien", heirs=(Heir(id=B), Heir(id=C))), "id"),
        (SplitBody(id=A, heirs=(Heir(id=B),)), "heirs"),
        (SplitBody(id=A, heirs=(Heir(id=B), Heir(id=C), Heir(id=B))), "heirs"),
        (SplitBody(id=A, heirs=(Heir(id=B), Heir(id="t:rien"))), "heirs"),
        (SplitBody(id=A, heirs=(Heir(id=B, territories=("99999",)), Heir(id=C))), "heirs"),
        (SplitBody(id=A, heirs=(Heir(id=B, competences=("rien",)), Heir(id=C))), "heirs"),
        (MoveBody(id="t:rien", under=B), "id"),
        (MoveBody(id=A, under="t:rien"), "under"),
        (MoveBody(id=A, under=A), "under"),
        (MoveBody(id=A, under=UNIT), "under"),
        (RenameBody(id="t:rien", name="Autre"), "id"),
        (RenameBody(id=A, name=""), "name"),
        (RenameBody(id=A, name="Service A"), "name"),
        (MoveService(service="t:rien", to=B), "service"),
        (MoveService(service="t:s", to=A), "to"),
        (MoveService(service="t:s", to="t:rien"), "to"),
        (MovePost(post="t:rien", to=B), "post"),
        (MovePost(post="t:p", to=A), "to"),
        (MoveProfessional(account="bob", source=A, to=B), "account"),
        (MoveProfessional(account="ana", source=A, to=A), "to"),
        (ChangeTerritory(body="t:rien", covers=("25056",)), "body"),
        (ChangeTerritory(body=A, covers=()), "covers"),
        (ChangeTerritory(body=A, covers=("99999",)), "covers"),
        (MoveFiles(source="t:rien", to=B), "source"),
        (MoveFiles(source=A, to=A), "to"),
        (MoveFiles(source=A, to=B, rule=FilesRule.BY_COMMUNE), "territories"),
        (MoveFiles(source=A, to=B, rule=FilesRule.BY_COMMUNE, territories=("99999",)), "territories"),
        (MoveFiles(source=A, to=B, rule=FilesRule.BY_PROFESSIONAL), "accounts"),
        (MoveFiles(source=A, to=B, rule=FilesRule.BY_PROFESSIONAL, accounts=("bob",)), "accounts"),
    ],
)
def test_a_fault_names_its_move_and_its_field(move: Move, field: str) -> None:
    # A sound move before it, so that the number says something.
    assert set(told(RenameBody(id=C, name="Autre nom"), move)) == {(1, field)}


@pytest.mark.parametrize("move", SOUND, ids=lambda move: type(move).__name__)
def test_two_moves_of_one_thing_are_one_too_many(move: Move) -> None:
    assert {number for number, _ in told(move, move)} == {1}


def test_a_body_that_holds_something_does_not_end_without_a_successor() -> None:
    assert told(CloseBody(id=A)) == [(0, "successor")] * 3
    # How many is the affair of those who follow them.
    sentences = [fault.text for fault in checked(plan(CloseBody(id=A)), KNOWN, TODAY)][:2]
    assert sentences == [
        "Service A suit encore des dossiers ouverts : dites qui les reprend.",
        "Service A a encore des orientations en cours : dites qui les reprend.",
    ]
    assert told(CloseBody(id=C)) == []


def test_what_ends_receives_nothing_and_what_begins_does_not_end() -> None:
    assert told(CloseBody(id=B, successor=C), CloseBody(id=A, successor=B)) == [(1, "successor")]
    assert told(CloseBody(id=B, successor=C), MoveService(service="t:s", to=B)) == [(1, "to")]
    assert told(CREATED, CloseBody(id=NEW, successor=B)) == [(1, "id")]
    assert told(CREATED, MoveService(service="t:s", to=NEW), CloseBody(id=A, successor=NEW)) == []


def test_two_that_would_be_part_of_each_other() -> None:
    assert told(MoveBody(id=B, under=C), MoveBody(id=C, under=B)) == [(0, "under"), (1, "under")]


def test_a_body_that_has_ended_by_then_is_none() -> None:
    gone = replace(KNOWN, bodies={**BODIES, B: replace(BODIES[B], closed_on=ON)})
    assert told(MoveService(service="t:s", to=B), known=gone) == [(0, "to")]
    later = replace(KNOWN, bodies={**BODIES, B: replace(BODIES[B], closed_on=ON + timedelta(days=1))})
    assert told(MoveService(service="t:s", to=B), known=later) == []
    files = MoveFiles(source=B, to=C)
    assert told(files, known=later) == []
    assert [(fault.move, fault.field) for fault in hindrances(plan(files), gone)] == [(0, "source")]


def test_what_is_gone_by_then_keeps_nothing_from_beginning() -> None:
    moves = (
        CloseBody(id=A, successor=B),
        MoveProfessional(account="ana", source=A, to=C),
        MoveService(service="t:s", to=C),
        MovePost(post="t:p", to=C),
        RenameBody(id=B, name="Autre"),
        MoveFiles(source=A, to=C, rule=FilesRule.BY_PROFESSIONAL, accounts=("ada",)),
    )
    assert hindrances(plan(*moves), KNOWN) == []
    gone = replace(
        KNOWN,
        services={"t:s": replace(KNOWN.services["t:s"], organisation=C)},
        posts={},
        members={},
        bodies={**BODIES, B: replace(BODIES[B], name="Autre")},
    )
    assert {fault.move for fault in checked(plan(*moves), gone, TODAY)} == {1, 2, 3, 4, 5}
    assert hindrances(plan(*moves), gone) == []
    closed = replace(gone, bodies={**gone.bodies, B: replace(BODIES[B], closed_on=TODAY)})
    assert {(fault.move, fault.field) for fault in hindrances(plan(*reversed(moves)), closed)} == {
        (1, "id"),
        (5, "successor"),
    }


def test_the_plan_itself() -> None:
    def of_plan(**values: Any) -> list[tuple[int, str]]:
        made = plan(SOUND[1], **values)
        return [(fault.move, fault.field) for fault in checked(made, KNOWN, TODAY)]

    assert of_plan() == []
    assert of_plan(on=TODAY) == []
    assert of_plan(on=TODAY - timedelta(days=1)) == [(OF_THE_PLAN, "on")]
    assert of_plan(on=date(2032, 1, 1)) == [(OF_THE_PLAN, "on")]
    assert of_plan(title=" ") == [(OF_THE_PLAN, "title")]
    assert of_plan(moves=()) == [(OF_THE_PLAN, "moves")]


# ------------------------------------------------------------------ its life


def test_it_is_called_off_until_it_begins() -> None:
    draft = plan(SOUND[1])
    public = model.published(draft, AT)
    assert called_off(draft, AT).state is called_off(public, AT).state is PlanState.CALLED_OFF
    running = model.begun(public, AT)
    for begun in (running, model.done(running, AT)):
        with pytest.raises(InvalidInput, match="a commencé"):
            called_off(begun, AT)
    with pytest.raises(InvalidInput):
        model.published(public, AT)
    with pytest.raises(InvalidInput):
        model.begun(called_off(public, AT), AT)


# ------------------------------------------------------------------ what becomes of each thing


def test_what_nothing_says_stays() -> None:
    moves = plan(CloseBody(id=C, successor=B), RenameBody(id=A, name="Autre"))
    assert destination(moves, file()) == (A, "ana")
    assert of_file(Reading(moves), file(A, "ana", "25056", handoff())) == (None, [])


def test_those_who_work_there_come_along_with_their_files() -> None:
    assert destination(plan(MergeBodies(ids=(A,), into=B)), file()) == (B, "ana")
    moved = plan(CloseBody(id=A, successor=B), MoveProfessional(account="ana", source=A, to=C, with_files=False))
    assert destination(moved, file()) == (B, "")
    assert destination(moved, file(account="ada")) == (B, "ada")


def test_a_professional_takes_her_files_or_leaves_them_at_the_desk() -> None:
    move = MoveProfessional(account="ana", source=A, to=C)
    assert destination(plan(move), file()) == (C, "ana")
    assert destination(plan(replace(move, with_files=False)), file()) == (A, "")
    assert destination(plan(move), file(account="ada")) == (A, "ada")


def test_files_go_by_commune_by_professional_or_all() -> None:
    there = MoveFiles(source=A, to=B, rule=FilesRule.BY_COMMUNE, territories=("25056",))
    assert destination(plan(there), file()) == (B, "")
    assert destination(plan(there), file(commune="25462")) == (A, "ana")
    assert destination(plan(there), file(commune="")) == (A, "ana")
    whole = replace(there, territories=("departement:25",))
    assert destination(plan(whole), file(commune="25462")) == (B, "")
    hers = MoveFiles(source=A, to=B, rule=FilesRule.BY_PROFESSIONAL, accounts=("ada",))
    assert destination(plan(hers), file()) == (A, "ana")
    assert destination(plan(hers), file(account="ada")) == (B, "")
    # The first that speaks of it has the word.
    assert destination(plan(there, MoveFiles(source=A, to=C)), file()) == (B, "")
    assert destination(plan(there, MoveFiles(source=A, to=C)), file(commune="25462")) == (C, "")


def test_a_split_by_territory_and_by_competence() -> None:
    moves = plan(SplitBody(id=A, heirs=(Heir(id=B), Heir(id=C, territories=("25462",), competences=(RSA,)))))
    assert destination(moves, file(commune="25056"))[0] == B
    assert destination(moves, file(commune="25462"))[0] == B
    assert destination(moves, replace(file(commune="25462"), competences=(RSA,)))[0] == C
    done = effects(moves, KNOWN)
    assert {one.id: one.to for one in done.services} == {"t:s": B, "t:r": C}
    assert done.units == (Carried(id=UNIT, source=A, to=B),)
    assert {one.id: one.to for one in done.members} == {"ana": B, "ada": B}
    assert [(one.id, one.kind) for one in done.endings] == [(A, SuccessionKind.SPLIT)]


def test_a_service_that_moves_takes_what_was_addressed_to_it() -> None:
    moves = plan(MoveService(service="t:s", to=B, source=A), CloseBody(id=A, successor=C))
    one = handoff(C, A, service="t:s", account="ana")
    _, target, service, _ = Reading(moves).handoff(file(C, "", "25056", one), one)
    assert (target, service) == (Seat(B, ""), "t:s")
    other = handoff(B, A, service="t:r", account="ana")
    _, target, service, _ = Reading(moves).handoff(file(B, "", "25056", other), other)
    assert (target, service) == (Seat(C, "ana"), "t:r")


def test_both_ends_of_a_handoff_move_each_its_way() -> None:
    moves = plan(MergeBodies(ids=(A,), into=B))
    one = handoff(A, C, sender_account="ana")
    lead, ends = of_file(Reading(moves), file(A, "ana", "", one))
    assert lead is not None
    assert (lead.before, lead.after) == (Seat(A, "ana"), Seat(B, "ana"))
    assert [(end.side, end.after) for end in ends] == [(Side.SENDER, Seat(B, "ana"))]
    back = handoff(C, A, account="ada", sender_account="cy")
    lead, ends = of_file(Reading(moves), file(C, "cy", "", back))
    assert lead is None
    assert [(end.side, end.after) for end in ends] == [(Side.TARGET, Seat(B, "ada"))]


def test_what_is_left_to_do_speaks_of_what_ends_alone() -> None:
    swap = plan(
        MoveFiles(source=A, to=B), MoveFiles(source=B, to=A), MergeBodies(ids=(C,), into=B), MoveFiles(source=C, to=A)
    )
    left = of_ended(swap)
    assert Reading(swap).sources == {A, B, C}
    assert Reading(left).sources == {C}
    assert destination(left, file(C)) == (A, "")


def test_what_a_plan_makes_of_a_service_is_filled_in() -> None:
    made = model.with_sources(
        plan(MoveService(service="t:s", to=B), MovePost(post="t:p", to=C)), KNOWN.services, KNOWN.posts
    )
    assert [move.source for move in made.moves if isinstance(move, MoveService | MovePost)] == [A, A]
    assert Reading(made).sources == {A}
    # Read again when it begins: it has been given to another since; what is with the receiver keeps its source.
    since = {"t:s": replace(KNOWN.services["t:s"], organisation=C)}
    there = {"t:p": replace(KNOWN.posts["t:p"], organisation=C)}
    again = model.with_sources(made, since, there)
    assert [move.source for move in again.moves if isinstance(move, MoveService | MovePost)] == [C, A]


places = st.sampled_from(("25056", "25462", ""))
accounts = st.sampled_from(("ana", "ada", "bob", ""))
bodies = st.sampled_from((A, B, C))
heirs = st.lists(
    st.builds(
        Heir,
        id=bodies,
        territories=st.sampled_from(((), ("25056",), ("departement:25",))),
        competences=st.sampled_from(((), (RSA,), (RENT,))),
    ),
    min_size=2,
    max_size=3,
    unique_by=lambda heir: heir.id,
).map(tuple)
moves_drawn = st.one_of(
    st.sampled_from(SOUND),
    st.builds(CloseBody, id=bodies, successor=bodies),
    st.builds(MergeBodies, ids=st.lists(bodies, min_size=1, max_size=2, unique=True).map(tuple), into=bodies),
    st.builds(SplitBody, id=bodies, heirs=heirs),
    st.builds(MoveFiles, source=bodies, to=bodies),
    st.builds(MoveProfessional, account=accounts, source=bodies, to=bodies, with_files=st.booleans()),
)
handoffs_drawn = st.builds(
    HandoffFacts,
    id=st.sampled_from(("h1", "h2")),
    file=st.just("f"),
    sender=bodies,
    sender_account=accounts,
    target=bodies,
    account=accounts,
    service=st.sampled_from(("", "t:s", "t:r")),
    of_lead=st.booleans(),
)
files_drawn = st.builds(
    FileFacts,
    id=st.just("f"),
    organisation=bodies,
    account=accounts,
    zones=places.map(lambda place: frozenset({place, "departement:25"} if place else ())),
    competences=st.sampled_from(((), (RSA,), (RENT, RSA))),
    handoffs=st.lists(handoffs_drawn, max_size=2, unique_by=lambda one: one.id).map(tuple),
)


@given(st.lists(moves_drawn, min_size=1, max_size=4).map(tuple), st.lists(files_drawn, max_size=6))
def test_every_file_of_a_sound_plan_has_one_place_which_stands(moves: tuple[Move, ...], files: list[FileFacts]) -> None:
    """Each file moves once or stays; nothing that is open is left with a body that ends; done twice it is done once."""
    made = plan(*moves)
    if checked(made, KNOWN, TODAY):
        return
    files = [replace(one, id=f"f{number}") for number, one in enumerate(files)]
    done, ended, reading = effects(made, KNOWN, files), endings(made), Reading(of_ended(made))
    moved = {one.file: one.after for one in done.files}
    assert len(moved) == len(done.files)
    ends = {(one.file, one.handoff, one.side): one for one in done.handoffs}
    assert len(ends) == len(done.handoffs)
    for one in files:
        seat = moved.get(one.id, Seat(one.organisation, one.account))
        assert (seat.organisation, seat.account) == destination(made, one)
        assert seat.organisation in {*BODIES, NEW}
        assert seat.organisation not in ended
        after = []
        for handed in one.handoffs:
            sent, got = ends.get((one.id, handed.id, Side.SENDER)), ends.get((one.id, handed.id, Side.TARGET))
            sender = sent.after if sent else Seat(handed.sender, handed.sender_account)
            target = got.after if got else Seat(handed.target, handed.account)
            for end in (sender, target):
                assert end.organisation not in ended
            after.append(
                replace(
                    handed,
                    sender=sender.organisation,
                    sender_account=sender.account,
                    target=target.organisation,
                    account=target.account,
                )
            )
        again = replace(one, organisation=seat.organisation, account=seat.account, handoffs=tuple(after))
        assert of_file(reading, again) == (None, [])
