"""The moderators' queue on the real engine: what waits, what a decision changes, hides and gives back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from api.actions import moderation
from api.actions.keeping import change_groups
from api.actions.listings import archive
from api.actions.suggestions import suggest
from api.rooms import Rooms
from api.settings import Settings
from graph.model.access import VISITOR, Role
from graph.model.directory import Contact, Organisation
from graph.model.errors import Conflict, InvalidInput, NotAllowed, NotFound
from graph.model.keeping import ListingKind, Target
from graph.model.listing import FieldGroup
from graph.model.moderation import Choice, Item, Task
from graph.model.suggestion import PATIENCE, About
from graph.store.loading import Loader
from graph.store.unit import Graph
from search.places import Gazetteer
from tests import make
from tests.reading import shared

AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
BODY = Target(ListingKind.ORGANISATION, "t:caf")
EDITOR = make.viewer()
MODERATOR = make.viewer(Role.MODERATOR, account="t:mod", name="Maud", organisation="", organisations=())
SECOND = make.viewer(Role.MODERATOR, account="t:mod2", name="Noé", organisation="", organisations=())
COORDINATOR = make.viewer(Role.COORDINATOR, account="t:anim", organisation="", organisations=())


class Places:
    """The territories of the tests, where an index would have them."""

    places = Gazetteer(make.territories())


@pytest.fixture
async def rooms(empty_graph: Graph) -> Rooms:
    loader = Loader(empty_graph, "carte")
    await loader.load(await loader.plan_territories(make.territories()), lambda done: None)
    index: Any = Places()
    return Rooms(settings=Settings(), graph=empty_graph, index=index, reader=shared())


async def load(rooms: Rooms, source: str, phone: str, on: date, **values: Any) -> None:
    body = make.organisation(source=source, vouched_on=on, contact=Contact(phone=phone), **values)
    loader = Loader(rooms.graph, source)
    await loader.load(await loader.plan_batch(make.batch(body)), lambda done: None)


@pytest.fixture
async def contested(rooms: Rooms) -> Rooms:
    """Two sources that disagree on a telephone; the younger one stands. They say the same of all else."""
    await load(rooms, "dila", "0381000001", date(2025, 1, 1))
    await load(rooms, "data-inclusion", "0381000002", date(2025, 6, 1))
    return rooms


async def conflicts(rooms: Rooms) -> list[Item]:
    return list((await moderation.queue(rooms, MODERATOR, tasks=[Task.CONFLICT], at=AT)).items)


async def phone(rooms: Rooms) -> str:
    async with rooms.graph.reading() as unit:
        return (await unit.directory.organisations(["t:caf"]))["t:caf"].contact.phone


async def state(rooms: Rooms) -> tuple[Any, ...]:
    async with rooms.graph.reading() as unit:
        return await unit.keeping.current(BODY), await unit.decisions.log(10), await unit.outbox.pending()


async def test_sources_that_disagree_wait_and_those_that_read_alike_do_not(contested: Rooms) -> None:
    (item,) = await conflicts(contested)
    assert (item.id, item.name, item.organisation_name) == (
        "conflict|organisation:t:caf|contact",
        "Organisme d’essai",
        "Organisme d’essai",
    )
    await load(contested, "dila", "+33 3 81 00 00 02", date(2025, 1, 1))
    assert await conflicts(contested) == []


async def test_the_older_source_is_chosen_until_one_says_something_else(contested: Rooms) -> None:
    (item,) = await conflicts(contested)
    found = await moderation.conflict(contested, MODERATOR, item.id)
    assert [claim.source for claim in found.said] == ["data-inclusion", "dila"]
    made = await moderation.decide(
        contested,
        MODERATOR,
        item.id,
        Choice.CHOOSE,
        voice="dila",
        mark=item.mark,
        reason="Appelé : le bon.",
        key="d",
        at=AT,
    )
    assert (made.by_name, made.reason, made.before) == ("Maud", "Appelé : le bon.", {"voice": "dila", "seq": 1})
    assert (await phone(contested), await conflicts(contested)) == ("0381000001", [])
    # Loaded again, the sources change nothing; one that says something new is looked at again.
    await load(contested, "data-inclusion", "0381000002", date(2025, 6, 1))
    assert (await phone(contested), await conflicts(contested)) == ("0381000001", [])
    await load(contested, "data-inclusion", "0381000003", date(2025, 7, 1))
    (again,) = await conflicts(contested)
    assert again.mark != item.mark


async def test_what_was_decided_of_a_body_is_found_by_task_and_since(contested: Rooms) -> None:
    (item,) = await conflicts(contested)
    made = await moderation.decide(
        contested, MODERATOR, item.id, Choice.CHOOSE, voice="dila", reason="Appelé.", key="d", at=AT
    )
    async with contested.graph.reading() as unit:
        of = unit.decisions.of_organisations
        assert await of(["t:autre", "t:caf"], Task.CONFLICT, AT) == [made]
        assert await of(["t:caf"], Task.CONFLICT, AT + timedelta(seconds=1)) == []
        assert await of(["t:caf"], Task.SUGGESTION, AT) == await of(["t:autre"], Task.CONFLICT, AT) == []


async def test_the_choice_is_taken_back(contested: Rooms) -> None:
    (item,) = await conflicts(contested)
    before = (await state(contested))[0]
    made = await moderation.decide(
        contested, MODERATOR, item.id, Choice.CHOOSE, voice="dila", reason="Appelé.", key="d", at=AT
    )
    back = await moderation.undo(contested, SECOND, made.id, reason="C’était l’autre.", key="u", at=AT)
    assert (back.by, back.undone_by, back.undone_name) == ("t:mod", "t:mod2", "Noé")
    after = (await state(contested))[0]
    assert (after.record, after.standing, await conflicts(contested)) == (before.record, before.standing, [item])
    held = await state(contested)
    with pytest.raises(Conflict, match="déjà annulée"):
        await moderation.undo(contested, MODERATOR, made.id, reason="Encore.", key="u2", at=AT)
    assert await state(contested) == held


async def test_what_stands_may_be_chosen_and_is_then_vouched_for(contested: Rooms) -> None:
    (item,) = await conflicts(contested)
    await moderation.decide(
        contested, MODERATOR, item.id, Choice.CHOOSE, voice="data-inclusion", reason="Vu.", key="d", at=AT
    )
    assert (await phone(contested), await conflicts(contested)) == ("0381000002", [])


async def test_a_choice_that_cannot_be_made_changes_nothing(contested: Rooms) -> None:
    (item,) = await conflicts(contested)
    before = await state(contested)
    calls: list[tuple[Any, dict[str, Any], type[Exception], str]] = [
        (MODERATOR, {"reason": " "}, InvalidInput, "Dites pourquoi"),
        (MODERATOR, {"voice": "nulle-part"}, InvalidInput, "Choisissez l’une des sources"),
        (MODERATOR, {"choice": Choice.SUSPEND}, InvalidInput, "ne se décide pas ici"),
        (MODERATOR, {"mark": "autre"}, Conflict, "a changé depuis"),
        (MODERATOR, {"item": "conflict|organisation:t:caf|hours"}, NotFound, "déjà fait"),
        (MODERATOR, {"item": "conflict|organisation:t:absent|hours"}, NotFound, "déjà fait"),
        (COORDINATOR, {}, NotAllowed, "rien n’a été modifié"),
        (EDITOR, {}, NotAllowed, "rien n’a été modifié"),
        (VISITOR, {}, NotAllowed, "rien n’a été modifié"),
    ]
    for number, (viewer, values, fault, words) in enumerate(calls):
        plain = {"item": item.id, "choice": Choice.CHOOSE, "voice": "dila", "reason": "Vu.", "key": f"k{number}"}
        asked = plain | values
        with pytest.raises(fault, match=words):
            await moderation.decide(contested, viewer, asked.pop("item"), asked.pop("choice"), at=AT, **asked)
    assert await state(contested) == before


async def test_the_partners_own_word_is_not_the_moderators_to_weigh(contested: Rooms) -> None:
    await change_groups(
        contested, EDITOR, BODY, {FieldGroup.CONTACT: {"contact": Contact(phone="0381000009")}}, key="e", at=AT
    )
    assert (await conflicts(contested), await phone(contested)) == ([], "0381000009")


async def test_a_suggestion_becomes_the_moderators_after_two_weeks(contested: Rooms) -> None:
    value = {"phone": "0381000007"}
    one = await suggest(contested, VISITOR, BODY, About.CONTACT, value=value, key="s", at=AT)
    soon = await moderation.queue(contested, MODERATOR, tasks=[Task.SUGGESTION], at=AT + PATIENCE)
    assert soon.items == ()
    late = AT + PATIENCE + timedelta(hours=1)
    queue = await moderation.queue(contested, MODERATOR, tasks=[Task.SUGGESTION], at=late)
    (item,) = queue.items
    assert (item.subject, item.name) == (one.id, "Organisme d’essai — Téléphone ou contact")
    assert queue.counts == {
        Task.NEW: 0,
        Task.SUGGESTION: 1,
        Task.CONFLICT: 1,
        **dict.fromkeys((Task.SILENT, Task.JOIN), 0),
        Task.ORPHAN: 1,
    }
    made = await moderation.decide(contested, MODERATOR, item.id, Choice.ACCEPT, reason="Appelé.", key="d", at=late)
    assert await phone(contested) == "0381000007"
    own = await moderation.log(contested, MODERATOR, 10, mine=True)
    assert (own, await moderation.log(contested, SECOND, 10, mine=True)) == ([made], [])
    assert await moderation.log(contested, COORDINATOR, 10, task=Task.CONFLICT) == []


async def test_the_queue_and_its_log_are_for_those_who_may_read_them(contested: Rooms) -> None:
    assert len((await moderation.queue(contested, COORDINATOR, at=AT)).items) == 2
    for viewer in (VISITOR, EDITOR, make.viewer(Role.PLATFORM_ADMINISTRATOR)):
        for call in (moderation.queue(contested, viewer), moderation.log(contested, viewer, 10)):
            with pytest.raises(NotAllowed):
                await call


async def test_a_moderators_decision_is_hidden_from_a_partner(contested: Rooms) -> None:
    (item,) = await conflicts(contested)
    made = await moderation.decide(
        contested, MODERATOR, item.id, Choice.CHOOSE, voice="dila", reason="Vu.", key="d", at=AT
    )
    before = await state(contested)
    for viewer in (EDITOR, VISITOR):
        with pytest.raises(NotFound) as hidden:
            await moderation.undo(contested, viewer, made.id, reason="Non.", key="u", at=AT)
        with pytest.raises(NotFound) as absent:
            await moderation.undo(contested, viewer, "nulle-part", reason="Non.", key="u", at=AT)
        assert hidden.value.message == absent.value.message
    with pytest.raises(NotAllowed):
        await moderation.undo(contested, COORDINATOR, made.id, reason="Non.", key="u", at=AT)
    assert await state(contested) == before


async def test_a_choice_stands_though_the_other_source_gives_the_same_word_a_later_day(contested: Rooms) -> None:
    (item,) = await conflicts(contested)
    made = await moderation.decide(
        contested, MODERATOR, item.id, Choice.CHOOSE, voice="data-inclusion", reason="Vu.", key="d", at=AT
    )
    assert made.before == {"voice": "data-inclusion", "seq": 1}
    await load(contested, "dila", "0381000001", date(2026, 6, 1))
    assert (await phone(contested), await conflicts(contested)) == ("0381000002", [])


async def test_a_moderators_word_that_the_partners_overrules_is_refused(contested: Rooms) -> None:
    contact = {FieldGroup.CONTACT: {"contact": Contact(phone="0381000009")}}
    await change_groups(contested, EDITOR, BODY, contact, key="e", at=AT)
    before = await state(contested)
    other = {FieldGroup.CONTACT: {"contact": Contact(phone="0381000008")}}
    with pytest.raises(NotAllowed, match="Envoyez-lui un lien"):
        await change_groups(contested, MODERATOR, BODY, other, key="m", at=AT)
    assert await state(contested) == before
    assert await phone(contested) == "0381000009"
    # Nor by way of a suggestion.
    await suggest(contested, VISITOR, BODY, About.CONTACT, value={"phone": "0381000007"}, key="s", at=AT)
    late = AT + PATIENCE + timedelta(hours=1)
    (item,) = (await moderation.queue(contested, MODERATOR, tasks=[Task.SUGGESTION], at=late)).items
    before = await state(contested)
    with pytest.raises(NotAllowed, match="Envoyez-lui un lien"):
        await moderation.decide(contested, MODERATOR, item.id, Choice.ACCEPT, reason="Appelé.", key="d", at=late)
    assert await state(contested) == before


async def test_a_moderator_ends_a_body_that_once_spoke(contested: Rooms) -> None:
    await change_groups(contested, EDITOR, BODY, {FieldGroup.IDENTITY: {"name": "Nom dit"}}, key="e", at=AT)
    later = AT + timedelta(days=1)
    held = await archive(contested, MODERATOR, BODY, "", key="a", at=later)
    assert isinstance(held.record, Organisation)
    assert (held.record.closed_on, held.record.name) == (later.date(), "Nom dit")
    # The same day she cannot say that it lives; the next day she can.
    alive = {FieldGroup.IDENTITY: {"closed_on": None}}
    with pytest.raises(NotAllowed, match="recommencez demain"):
        await change_groups(contested, EDITOR, BODY, alive, key="l", at=later)
    back = await change_groups(contested, EDITOR, BODY, alive, key="l", at=later + timedelta(days=1))
    assert isinstance(back.record, Organisation) and back.record.closed_on is None


async def test_a_moderator_who_also_works_there_speaks_as_a_moderator(contested: Rooms) -> None:
    both = make.viewer(Role.MODERATOR, Role.PROFESSIONAL)
    contact = {FieldGroup.CONTACT: {"contact": Contact(phone="0381000009")}}
    held = await change_groups(contested, both, BODY, contact, key="e", at=AT)
    assert held.standing[FieldGroup.CONTACT].source == "moderator"
