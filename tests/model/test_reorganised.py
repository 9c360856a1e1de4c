"""Before and after a reorganisation: who handles what where, what units carry, who has no successor; and nobody told apart."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from graph.model.reorganisation.afterwards import afterwards, coverage_changes, handlings
from graph.model.reorganisation.carried import Advance, Around, Flows, advance, around, of_persons
from graph.model.reorganisation.comparing import Comparison, Load, comparison
from graph.model.reorganisation.facts import DirectoryFacts, FileFacts, HandoffFacts
from graph.model.reorganisation.plan import (
    ChangeTerritory,
    CloseBody,
    CreateBody,
    FilesRule,
    Heir,
    MergeBodies,
    Move,
    MoveFiles,
    MoveProfessional,
    MoveService,
    Plan,
    RenameBody,
    SplitBody,
)
from tests import make

ON = date(2026, 9, 1)
OLD, NORTH, SOUTH, OTHER = "t:ancien", "t:nord", "t:sud", "t:autre"
BESANCON, PONTARLIER = make.besancon(), make.pontarlier()
# A kind without a rule of its own: only what its services say counts.
PLAIN = "AUTRE"


def plan(*moves: Move) -> Plan:
    return Plan(id="p", title="Essai", on=ON, moves=moves)


def known(**more: object) -> DirectoryFacts:
    plain: dict[str, object] = {
        "bodies": {
            OLD: make.organisation(OLD, name="Ancien", kind=PLAIN),
            OTHER: make.organisation(OTHER, name="Autre", kind=PLAIN),
        },
        "services": {
            "s1": make.service("s1", name="Loyers", organisation=OLD, covers=("25056",)),
            "s2": make.service("s2", name="RSA", organisation=OLD, covers=("25462",), competences=(make.RSA,)),
        },
        "posts": {"p1": make.post("p1", label="Accueil", organisation=OLD)},
        "members": {OLD: frozenset({"ben", "cleo"}), OTHER: frozenset({"anne"})},
        "files": {OLD: 60, OTHER: 30},
        "handoffs": {OLD: 0, OTHER: 0},
    }
    return DirectoryFacts(**(plain | more))  # type: ignore[arg-type]


def files(north: int, south: int) -> list[FileFacts]:
    """Of the old body: so many in Besançon, so many in Pontarlier."""
    return [
        FileFacts(id=f"f{n}", organisation=OLD, account="ben", zones=frozenset(place.zones))
        for n, place in enumerate([BESANCON] * north + [PONTARLIER] * south)
    ]


def split() -> tuple[Move, ...]:
    return (
        CreateBody(record=make.organisation(NORTH, name="Nord", kind=PLAIN)),
        CreateBody(record=make.organisation(SOUTH, name="Sud", kind=PLAIN)),
        SplitBody(id=OLD, heirs=(Heir(id=NORTH, scope="le reste"), Heir(id=SOUTH, territories=("25462",)))),
        MoveProfessional(account="cleo", source=OLD, to=SOUTH),
    )


def compared(one: Plan, some: list[FileFacts], facts: DirectoryFacts | None = None) -> Comparison:
    facts = facts or known()
    was, will = handlings(facts, (), make.TODAY), handlings(afterwards(one, facts), (), ON)
    return comparison(one, facts, some, (), coverage_changes(was, will, [BESANCON, PONTARLIER], {}))


def test_each_thing_is_where_the_plan_has_it() -> None:
    after = afterwards(plan(*split()), known())
    assert set(after.bodies) == {NORTH, SOUTH, OTHER}
    assert {id_: one.organisation for id_, one in after.services.items()} == {"s1": NORTH, "s2": SOUTH}
    assert after.posts["p1"].organisation == NORTH
    assert after.members == {NORTH: frozenset({"ben"}), SOUTH: frozenset({"cleo"}), OTHER: frozenset({"anne"})}


def test_a_new_name_and_a_new_territory_are_seen() -> None:
    one = plan(RenameBody(id=OTHER, name="Neuf"), ChangeTerritory(body=OTHER, covers=("25462",)))
    body = afterwards(one, known()).bodies[OTHER]
    assert (body.name, body.covers, body.aliases) == ("Neuf", ("25462",), ("Autre",))


def test_coverage_says_who_handles_what_where_before_and_after() -> None:
    changes = compared(plan(*split()), []).coverage
    told = {
        (one.competence, tuple(place.id for place in one.communes)): (
            [handler.name for handler in one.before],
            [handler.name for handler in one.after],
        )
        for one in changes
    }
    assert told == {(make.RENT, ("25056",)): (["Ancien"], ["Nord"]), (make.RSA, ("25462",)): (["Ancien"], ["Sud"])}
    assert not any(one.lost or one.gained for one in changes)


def test_a_commune_that_loses_its_last_relay_comes_first_with_its_population() -> None:
    changes = compared(plan(CloseBody(id=OLD)), []).coverage
    assert [(one.competence, one.lost, one.population) for one in changes] == [
        (make.RENT, True, 118_489),
        (make.RSA, True, 17_000),
    ]


def test_it_is_not_the_last_where_another_body_covers_it_at_whatever_level() -> None:
    facts, one = known(), plan(CloseBody(id=OLD))
    was, will = handlings(facts, (), make.TODAY), handlings(afterwards(one, facts), (), ON)
    others = {make.RENT: frozenset({"departement:25"})}
    changes = coverage_changes(was, will, [BESANCON, PONTARLIER], others)
    assert {one.competence: one.lost for one in changes} == {make.RENT: False, make.RSA: True}


def test_a_first_relay_is_gained() -> None:
    facts = known()
    record = make.organisation(NORTH, name="Nord", kind="CAF", covers=("25462",))
    one = plan(CreateBody(record=record))
    was, will = handlings(facts, (), make.TODAY), handlings(afterwards(one, facts), (), ON)
    changes = coverage_changes(was, will, [BESANCON, PONTARLIER], {})
    assert changes
    assert all(one.gained == (not one.before) for one in changes)
    assert {place.id for one in changes for place in one.communes} == {"25462"}
    # A kind's right is told with the text that gives it.
    assert any(handler.source for one in changes for handler in one.after)


def test_an_agreement_counts_while_it_stands_and_lapses_with_its_party() -> None:
    facts = known()
    mandate = make.agreement(given_to=OLD, covers=("25462",), until=date(2027, 1, 1))
    one = plan(CloseBody(id=OLD, successor=OTHER))
    was = handlings(facts, (mandate,), make.TODAY)
    assert make.HOTEL in {handling.competence for handling in was}
    assert comparison(one, facts, [], (mandate,), ()).lapsing == (mandate,)
    assert comparison(plan(RenameBody(id=OLD, name="N")), facts, [], (mandate,), ()).lapsing == ()


def whole(one: Comparison) -> dict[str, tuple[Around | None, Around | None]]:
    """By unit, the files that it is told to have before and after."""
    return {unit.id: (led(unit.before), led(unit.after)) for unit in one.units}


def led(load: Load | None) -> Around | None:
    return load and load.files


def test_units_are_told_what_they_carry_before_and_after() -> None:
    found = compared(plan(MergeBodies(ids=(OLD,), into=OTHER)), files(40, 20))
    assert whole(found) == {OLD: (Around(60), None), OTHER: (Around(30), Around(90))}
    (other,) = [one.after for one in found.units if one.id == OTHER]
    assert other is not None
    assert (other.professionals, other.each) == (3, 30)
    assert found.files == Around(60)


def test_few_are_hidden_and_what_would_give_them_away_too() -> None:
    found = compared(plan(CloseBody(id=OLD, successor=OTHER)), files(4, 3), known(files={OLD: 7, OTHER: 30}))
    # What the other one has is known: with its sum these would be too.
    assert whole(found) == {OLD: (Around(None), None), OTHER: (Around(None), Around(None))}
    assert [one.files for one in found.carried] == [Around(None)]
    assert found.files == Around(None)


CLEO = MoveProfessional(account="cleo", source=OLD, to=OTHER)
IN_PONTARLIER = MoveFiles(source=OLD, to=OTHER, rule=FilesRule.BY_COMMUNE, territories=("25462",))
OF_CLEO = MoveFiles(source=OLD, to=OTHER, rule=FilesRule.BY_PROFESSIONAL, accounts=("cleo",))
FOR_RSA = SplitBody(id=OLD, heirs=(Heir(id=NORTH), Heir(id=OTHER, competences=(make.RSA,))))


@pytest.mark.parametrize("move", [CLEO, IN_PONTARLIER, OF_CLEO, FOR_RSA], ids=lambda move: type(move).__name__)
@pytest.mark.parametrize("south", [0, 1, 30])
def test_of_what_a_move_selects_nothing_is_told(move: Move, south: int) -> None:
    """Not even that there is nobody: that would say of a figure that is hidden that there is someone."""
    facts = known(bodies={**known().bodies, NORTH: make.organisation(NORTH, name="Nord", kind=PLAIN)})
    found = compared(plan(move), [replace(one, account="cleo") for one in files(0, south)], facts)
    heirs = {OTHER, NORTH} if move is FOR_RSA else {OTHER}
    assert {(one.source, one.to): (one.files, one.handoffs) for one in found.carried} == {
        (OLD, heir): (Around(None), Around(None)) for heir in heirs
    }
    after = {one.id: led(one.after) for one in found.units}
    assert after == {OLD: None if move is FOR_RSA else Around(None), **{heir: Around(None) for heir in heirs}}
    assert (found.files, found.handoffs) == (Around(None), Around(None))
    # What it has itself is another unit's figure, and stays told.
    assert [led(one.before) for one in found.units if one.id == OTHER] == [Around(30)]


def test_what_is_told_is_told_to_the_nearest_ten() -> None:
    assert [around(n).count for n in (0, 11, 14, 15, 96, 104, 105)] == [0, 10, 10, 20, 100, 100, 110]
    assert around(None).hidden


@pytest.mark.parametrize("seed", range(40))
def test_no_figure_of_fewer_than_eleven_is_told(seed: int) -> None:
    drawn = random.Random(seed)
    units = [f"u{n}" for n in range(drawn.randint(2, 6))]
    pairs = [(a, b) for a in units for b in units]
    counts = Counter({pair: drawn.choice((1, 3, 7, 10, 12, 40, 300)) for pair in pairs if drawn.random() < 0.6})
    flows = Flows.of(counts)
    for pair in pairs:
        told = flows.cell(*pair).count
        assert told == 0 if not counts[pair] else told is None or counts[pair] >= 11
    for unit in units:
        before = sum(count for (source, _), count in counts.items() if source == unit)
        assert flows.before(unit).count in (
            {0} if not before else {None} if before < 11 else {None, around(before).count}
        )
    # Who knows the sum of a line, and where nothing goes, finds no hidden part of it; and a sum is told with all its parts alone.
    for line in ([(unit, to) for to in units] for unit in units):
        hidden = [pair for pair in line if flows.cell(*pair).hidden]
        assert len(hidden) != 1 or sum(counts[pair] > 0 for pair in line) == 1
        assert flows.before(line[0][0]).hidden == bool(hidden)
    for line in ([(source, unit) for source in units] for unit in units):
        hidden = [pair for pair in line if flows.cell(*pair).hidden]
        assert len(hidden) != 1 or sum(counts[pair] > 0 for pair in line) == 1
        assert flows.after(line[0][1]).hidden == bool(hidden)


def test_handoffs_on_their_way_follow_their_body() -> None:
    some = [
        FileFacts(
            id=f"f{n}",
            organisation=OTHER,
            zones=frozenset(PONTARLIER.zones),
            handoffs=(HandoffFacts(id=f"h{n}", file=f"f{n}", sender=OTHER, sender_account="", target=OLD),),
        )
        for n in range(20)
    ]
    one = plan(CloseBody(id=OLD, successor=NORTH), split()[0])
    found = compared(one, some, known(handoffs={OLD: 20, OTHER: 20}, files={OLD: 0, OTHER: 30}))
    assert [(one.source, one.to, one.handoffs.count) for one in found.carried] == [(OLD, NORTH, 20)]
    assert found.handoffs == Around(20)
    assert found.files == Around(0)


def test_who_and_what_has_no_successor_is_named() -> None:
    found = compared(plan(CloseBody(id=OLD)), [])
    without = found.without
    assert [one.id for one in without.bodies] == [OLD]
    assert [one.id for one in without.services] == ["s1", "s2"]
    assert [one.id for one in without.posts] == ["p1"]
    assert without.people == (("ben", OLD), ("cleo", OLD))
    kept = compared(plan(CloseBody(id=OLD, successor=OTHER)), []).without
    assert not kept


def test_an_heir_where_nobody_works_is_told() -> None:
    moves = [move for move in split() if not isinstance(move, MoveProfessional)]
    assert [one.id for one in compared(plan(*moves), []).without.nobody_there] == [SOUTH]


def test_listings_whose_keepers_change_are_told() -> None:
    found = compared(plan(MoveService(service="s1", to=OTHER, source=OLD)), [])
    assert [(one.id, one.source, one.to) for one in found.keepers] == [("s1", OLD, OTHER)]


def test_two_variants_of_one_change_differ_where_they_should() -> None:
    some, other = files(40, 20), MoveFiles(source=OLD, to=OTHER)
    assert compared(plan(IN_PONTARLIER), some).files == Around(None)
    assert compared(plan(other), some).files == Around(60)


def test_a_figure_that_stands_by_itself_is_hidden_below_eleven() -> None:
    counts = (0, 1, 10, 11, 14, 15, 48)
    assert [of_persons(count).count for count in counts] == [0, None, None, 10, 10, 20, 50]


# ------------------------------------------------------------------ how far it has come


@pytest.mark.parametrize(
    ("moved", "left", "told"),
    [
        (0, 0, Advance(moved=Around(0), left=Around(0))),
        (5, 40, Advance(moved=Around(None), left=Around(40))),
        (44, 40, Advance(moved=Around(40), left=Around(40))),
        (91, 109, Advance(moved=Around(90), left=Around(110), percent=45)),
        # A hundredth is a file or more, and no number of persons below eleven is told by it.
        (99, 1, Advance(moved=Around(100), left=Around(None))),
        (199, 11, Advance(moved=Around(200), left=Around(10), percent=94)),
        (200, 0, Advance(moved=Around(200), left=Around(0), percent=100)),
    ],
)
def test_how_far_it_has_come_is_told_by_the_hundredth_where_there_are_many(
    moved: int, left: int, told: Advance
) -> None:
    assert advance(Plan(id="p", title="", on=ON, moves=(CloseBody(id="a", successor="b"),)), moved, left) == told


def test_how_much_of_a_selection_has_gone_is_not_told() -> None:
    chosen = MoveFiles(source="a", to="b", rule=FilesRule.BY_COMMUNE, territories=("25056",))
    plan = Plan(id="p", title="", on=ON, moves=(chosen,))
    assert advance(plan, 120, 0) == Advance(moved=Around(None), left=Around(0), selected=True)
    # Of a body that ends all goes, whoever takes what.
    whole = replace(plan, moves=(chosen, CloseBody(id="a", successor="b")))
    assert advance(whole, 120, 0) == Advance(moved=Around(120), left=Around(0), percent=100)
