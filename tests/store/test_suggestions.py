"""Suggestions and what is decided about them, on the real engine: one transaction each, nothing half done."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from api.actions import moderation
from api.actions.answering import answer
from api.actions.listings import mine
from api.actions.suggestions import MOST_WAITING, counts_for, propose, shown, suggest, waiting_here, withdraw
from api.rooms import Rooms
from api.settings import Settings
from graph.model.access import VISITOR, Role, Viewer
from graph.model.attention import Need
from graph.model.directory import Contact, ListingState, Organisation, Place
from graph.model.errors import Conflict, InvalidInput, NotAllowed, NotFound, TooMuch
from graph.model.keeping import Act, ListingKind, Target
from graph.model.listing import FieldGroup
from graph.model.moderation import Choice, Task
from graph.model.suggestion import (
    ADDRESS_KEPT,
    LONGEST_KEPT,
    UNDO_WITHIN,
    About,
    Suggestion,
    SuggestionState,
    SuggestionStep,
)
from graph.store.loading import Loader
from graph.store.unit import Graph
from search.places import Gazetteer
from tests import make
from tests.reading import shared

AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
SERVICE = Target(ListingKind.SERVICE, "t:s")
BODY = Target(ListingKind.ORGANISATION, "t:caf")
EDITOR = make.viewer()
STRANGER = make.viewer(account="t:autre", organisation="t:ailleurs", organisations=("t:ailleurs",))
MODERATOR = make.viewer(Role.MODERATOR, account="t:mod", name="Maud", organisation="", organisations=())
COORDINATOR = make.viewer(Role.COORDINATOR, account="t:anim", organisation="", organisations=())
PHONE = {"phone": "03 81 00 00 09"}
ACCEPT, REFUSE = SuggestionStep.ACCEPT, SuggestionStep.REFUSE


class Places:
    """The territories of the tests, where an index would have them."""

    places = Gazetteer(make.territories())


@pytest.fixture
async def rooms(empty_graph: Graph) -> Rooms:
    loader = Loader(empty_graph, "carte")
    await loader.load(await loader.plan_territories(make.territories()), lambda done: None)
    body = make.organisation(
        source="dila", vouched_on=date(2025, 1, 1), contact=Contact(phone="1", email="a@example.org")
    )
    await load(
        empty_graph, "dila", body, make.service(source="dila", vouched_on=date(2025, 1, 1), contact=Contact(phone="2"))
    )
    index: Any = Places()
    return Rooms(settings=Settings(), graph=empty_graph, index=index, reader=shared())


async def load(graph: Graph, source: str, *records: Any) -> None:
    loader = Loader(graph, source)
    await loader.load(await loader.plan_batch(make.batch(*records)), lambda done: None)


async def said(rooms: Rooms, viewer: Viewer = VISITOR, key: str = "k", **values: Any) -> Suggestion:
    plain: dict[str, Any] = {"value": PHONE, "text": "Le numéro a changé.", "email": "moi@example.org", "at": AT}
    about = values.pop("about", About.CONTACT)
    target = values.pop("target", SERVICE)
    return await suggest(rooms, viewer, target, about, key=key, **(plain | values))


async def listing(rooms: Rooms, target: Target = SERVICE) -> Any:
    async with rooms.graph.reading() as unit:
        found = await unit.keeping.current(target)
    assert found is not None
    return found


async def state(rooms: Rooms) -> tuple[Any, ...]:
    """All that an act could have changed."""
    async with rooms.graph.reading() as unit:
        held = [await unit.keeping.current(target) for target in (SERVICE, BODY)]
        return (
            [(one.record, one.seq) for one in held if one],
            await unit.suggestions.waiting(100),
            await unit.decisions.log(100),
            await unit.outbox.pending(),
        )


async def test_a_strangers_correction_waits_and_changes_nothing_of_the_listing(rooms: Rooms) -> None:
    before, queued = await listing(rooms), (await state(rooms))[3]
    one = await said(rooms)
    assert (one.state, one.organisation, one.by, dict(one.value)) == (SuggestionState.WAITING, "t:caf", "", PHONE)
    assert await listing(rooms) == before
    assert (await state(rooms))[3] == queued
    assert await waiting_here(rooms, EDITOR, 10) == [one]
    assert await waiting_here(rooms, MODERATOR, 10) == [one]
    seen = await shown(rooms, EDITOR, one.id)
    assert (seen.email, seen.may_answer, seen.listing) == ("moi@example.org", True, before)


async def test_the_partner_takes_it_and_the_listing_says_so(rooms: Rooms) -> None:
    one = await said(rooms)
    done = await answer(rooms, EDITOR, one.id, ACCEPT, key="a", at=AT + timedelta(hours=1))
    assert (done.state, done.taken, done.change, done.decided_by) == (
        SuggestionState.ACCEPTED,
        ("phone",),
        1,
        "t:compte",
    )
    held = await listing(rooms)
    assert held.record.contact == Contact(phone="03 81 00 00 09")
    assert held.standing[FieldGroup.CONTACT].source == "partner:t:caf"
    async with rooms.graph.reading() as unit:
        (entry,) = await unit.keeping.history(SERVICE)
        (decision,) = await unit.decisions.log(10)
    assert (entry.act, entry.by, entry.note) == (
        Act.EDITED,
        "t:compte",
        "Suggestion du 10 mars 2026",
    )
    assert (decision.task, decision.choice, decision.subject) == (Task.SUGGESTION, Choice.ACCEPT, one.id)
    assert await waiting_here(rooms, EDITOR, 10) == []


async def test_a_part_of_it_is_taken(rooms: Rooms) -> None:
    one = await said(rooms, target=BODY, value={"phone": "03 81 00 00 09", "email": "b@example.org"})
    done = await answer(rooms, EDITOR, one.id, ACCEPT, parts=["email"], key="a", at=AT)
    assert done.taken == ("email",)
    assert (await listing(rooms, BODY)).record.contact == Contact(phone="1", email="b@example.org")


async def test_it_is_refused_with_a_reason(rooms: Rooms) -> None:
    one = await said(rooms)
    before = await state(rooms)
    with pytest.raises(InvalidInput, match="Dites pourquoi"):
        await answer(rooms, EDITOR, one.id, REFUSE, key="a", at=AT)
    assert await state(rooms) == before
    done = await answer(rooms, EDITOR, one.id, REFUSE, reason="Ce numéro est celui du siège.", key="b", at=AT)
    assert (done.state, done.reason) == (SuggestionState.REFUSED, "Ce numéro est celui du siège.")
    assert (await state(rooms))[0] == before[0]


@pytest.mark.parametrize("what", [ACCEPT, REFUSE])
async def test_a_decision_is_taken_back_and_it_waits_again(rooms: Rooms, what: SuggestionStep) -> None:
    one, before = await said(rooms), await listing(rooms)
    await answer(rooms, EDITOR, one.id, what, reason="Vu.", key="a", at=AT)
    async with rooms.graph.reading() as unit:
        (decision,) = await unit.decisions.log(10)
    back = await moderation.undo(rooms, EDITOR, decision.id, reason="Erreur de ma part.", key="u", at=AT)
    assert (back.undone_by, back.undone_reason) == ("t:compte", "Erreur de ma part.")
    held = await listing(rooms)
    assert (held.record, held.standing) == (before.record, before.standing)
    (again,) = await waiting_here(rooms, EDITOR, 10)
    assert (again.state, again.decisions) == (SuggestionState.UNDONE, 2)
    assert (await shown(rooms, EDITOR, one.id)).email == "moi@example.org"
    # And it can be decided anew.
    done = await answer(rooms, MODERATOR, one.id, ACCEPT, key="a2", at=AT + timedelta(days=1))
    assert (done.state, (await listing(rooms)).record.contact.phone) == (SuggestionState.ACCEPTED, "03 81 00 00 09")


async def test_after_thirty_days_a_decision_stays(rooms: Rooms) -> None:
    one = await said(rooms)
    await answer(rooms, EDITOR, one.id, ACCEPT, key="a", at=AT)
    before = await state(rooms)
    (decision,) = before[2]
    late = AT + UNDO_WITHIN + timedelta(seconds=1)
    with pytest.raises(Conflict, match="plus de trente jours"):
        await moderation.undo(rooms, EDITOR, decision.id, reason="Trop tard.", key="u", at=late)
    assert await state(rooms) == before


async def test_who_may_not_see_it_finds_nothing_and_who_may_not_answer_is_told(rooms: Rooms) -> None:
    one = await said(rooms)
    before = await state(rooms)
    for viewer in (VISITOR, STRANGER, make.viewer(Role.PROFESSIONAL), make.viewer(Role.PLATFORM_ADMINISTRATOR)):
        with pytest.raises(NotFound) as absent:
            await shown(rooms, viewer, "nulle-part")
        for call in (
            shown(rooms, viewer, one.id),
            answer(rooms, viewer, one.id, ACCEPT, key="x", at=AT),
            withdraw(rooms, viewer, one.id, key="y", at=AT),
        ):
            with pytest.raises(NotFound) as hidden:
                await call
            assert hidden.value.message == absent.value.message
    for viewer in (COORDINATOR, make.viewer(Role.AUDITOR)):
        seen = await shown(rooms, viewer, one.id)
        assert (seen.may_answer, seen.email) == (False, "")
        with pytest.raises(NotAllowed):
            await answer(rooms, viewer, one.id, ACCEPT, key="x", at=AT)
    assert await state(rooms) == before


async def test_of_two_who_decide_at_once_one_is_told(rooms: Rooms) -> None:
    one = await said(rooms)
    results = await asyncio.gather(
        answer(rooms, EDITOR, one.id, ACCEPT, key="a", at=AT),
        answer(rooms, MODERATOR, one.id, REFUSE, reason="Non.", key="b", at=AT),
        return_exceptions=True,
    )
    won = [result for result in results if isinstance(result, Suggestion)]
    lost = [result for result in results if isinstance(result, Conflict)]
    assert (len(won), len(lost)) == (1, 1)
    _, waiting, decisions, _ = await state(rooms)
    assert (waiting, len(decisions)) == ([], 1)
    accepted = won[0].state is SuggestionState.ACCEPTED
    assert (await listing(rooms)).record.contact.phone == ("03 81 00 00 09" if accepted else "2")


async def test_what_is_asked_twice_is_done_once(rooms: Rooms) -> None:
    one, again = await said(rooms), await said(rooms)
    assert one == again
    with pytest.raises(InvalidInput, match="déjà servi"):
        await said(rooms, text="Autre chose.")
    done = await answer(rooms, EDITOR, one.id, ACCEPT, key="a", at=AT)
    assert await answer(rooms, EDITOR, one.id, ACCEPT, key="a", at=AT) == done
    assert (done.decisions, (await listing(rooms)).seq, len((await state(rooms))[2])) == (1, 1, 1)


async def test_what_is_right_already_is_no_suggestion(rooms: Rooms) -> None:
    before = await state(rooms)
    with pytest.raises(InvalidInput, match="Dites ce qui est faux"):
        await said(rooms, value={"phone": "2"}, text="")
    with pytest.raises(InvalidInput, match="n’est pas une adresse e-mail"):
        await said(rooms, email="moi\nBcc: tous@example.org")
    with pytest.raises(InvalidInput, match="horaires"):
        await said(rooms, about=About.HOURS, value={"hours": "quand on veut"})
    with pytest.raises(InvalidInput, match="territoire"):
        await said(rooms, about=About.TERRITORY, value={"covers": ("nulle-part",)})
    with pytest.raises(NotFound):
        await said(rooms, target=Target(ListingKind.SERVICE, "t:absent"))
    assert await state(rooms) == before


async def test_a_listing_takes_so_many_and_no_more(rooms: Rooms) -> None:
    for number in range(MOST_WAITING):
        await said(rooms, key=f"k{number}", text=f"Faux {number}")
    before = await state(rooms)
    assert len(before[1]) == MOST_WAITING
    with pytest.raises(TooMuch, match="attendent déjà"):
        await said(rooms, key="de trop")
    assert await state(rooms) == before
    assert (await said(rooms, target=BODY, key="ailleurs")).organisation == "t:caf"


@pytest.mark.parametrize(("target", "field"), [(SERVICE, "state"), (BODY, "closed_on")])
async def test_what_is_no_more_leaves_when_it_is_confirmed(rooms: Rooms, target: Target, field: str) -> None:
    one = await said(rooms, target=target, about=About.GONE, value={})
    assert (await listing(rooms, target)).record.state is ListingState.PUBLISHED
    await answer(rooms, MODERATOR, one.id, ACCEPT, key="a", at=AT)
    record = (await listing(rooms, target)).record
    assert getattr(record, field) == (ListingState.ARCHIVED if field == "state" else date(2026, 3, 10))


async def test_ones_own_is_withdrawn(rooms: Rooms) -> None:
    own = make.viewer(Role.PROFESSIONAL, account="t:pro", organisation="t:ailleurs")
    one = await said(rooms, own)
    with pytest.raises(NotFound):
        await withdraw(rooms, EDITOR, one.id, key="w", at=AT)
    assert (await withdraw(rooms, own, one.id, key="w", at=AT)).state is SuggestionState.WITHDRAWN
    with pytest.raises(Conflict, match="retirée par son auteur"):
        await answer(rooms, EDITOR, one.id, ACCEPT, key="a", at=AT)
    assert (await listing(rooms)).record.contact.phone == "2"


async def test_address_and_words_are_forgotten_thirty_days_after(rooms: Rooms) -> None:
    one, waits = await said(rooms, EDITOR), await said(rooms, key="attend")
    await answer(rooms, EDITOR, one.id, REFUSE, reason="Non.", key="a", at=AT)

    async def swept(now: datetime) -> int:
        return await rooms.graph.write(lambda unit: unit.suggestions.sweep(now))

    assert await swept(AT + ADDRESS_KEPT - timedelta(seconds=1)) == 0
    assert await swept(AT + ADDRESS_KEPT) == 2
    assert await swept(AT + ADDRESS_KEPT) == 0
    async with rooms.graph.reading() as unit:
        assert await unit.suggestions.addresses([one.id, waits.id]) == {waits.id: "moi@example.org"}
        found = await unit.suggestions.find([one.id, waits.id])
    assert (found[one.id].text, found[one.id].by_name, found[one.id].reason) == ("", "", "Non.")
    assert found[waits.id].text == "Le numéro a changé."
    # Nobody ever answered that one.
    assert (await swept(AT + LONGEST_KEPT - timedelta(seconds=1)), await swept(AT + LONGEST_KEPT)) == (0, 2)
    async with rooms.graph.reading() as unit:
        assert await unit.suggestions.addresses([waits.id]) == {}
        found = await unit.suggestions.find([waits.id])
    assert (found[waits.id].text, found[waits.id].state) == ("", SuggestionState.WAITING)


MISSING: dict[str, Any] = {
    "name": "Régie de quartier",
    "kind": "SIAE",
    "covers": ("25056",),
    "phone": "03 81 00 00 02",
    "place": Place(address="2 rue des Essais", postcode="25000", city="Besançon", territory="25056"),
}


async def test_a_missing_organisation_is_published_by_a_moderator_and_taken_off_again(rooms: Rooms) -> None:
    one = await propose(rooms, VISITOR, value=MISSING, text="Elle vient d’ouvrir.", key="p", at=AT)
    made = Target.named(one.subject)
    with pytest.raises(NotFound):
        await answer(rooms, EDITOR, one.id, ACCEPT, key="x", at=AT)
    async with rooms.graph.reading() as unit:
        assert await unit.keeping.current(made) is None
    (item,) = (await moderation.queue(rooms, MODERATOR, tasks=[Task.NEW], at=AT)).items
    assert (item.task, item.name, item.subject) == (Task.NEW, "Régie de quartier", one.id)
    first = await moderation.decide(rooms, MODERATOR, item.id, Choice.PUBLISH, reason="Appelée.", key="d", at=AT)
    record = (await listing(rooms, made)).record
    assert isinstance(record, Organisation)
    assert (record.name, record.covers, record.contact.phone, record.state, record.source) == (
        "Régie de quartier",
        ("25056",),
        "03 81 00 00 02",
        ListingState.PUBLISHED,
        "moderator",
    )
    assert record.place and record.place.address == "2 rue des Essais"
    await moderation.undo(rooms, MODERATOR, first.id, reason="En double.", key="u", at=AT)
    assert (await listing(rooms, made)).record.state is ListingState.ARCHIVED
    (again,) = (await moderation.queue(rooms, MODERATOR, tasks=[Task.NEW], at=AT)).items
    await moderation.decide(rooms, MODERATOR, again.id, Choice.PUBLISH, reason="Finalement non.", key="d2", at=AT)
    assert (await listing(rooms, made)).record.state is ListingState.PUBLISHED


async def test_a_missing_organisation_of_no_known_kind_is_not_kept(rooms: Rooms) -> None:
    before = await state(rooms)
    with pytest.raises(InvalidInput) as refused:
        await propose(rooms, VISITOR, value=MISSING | {"kind": "INCONNU"}, key="p", at=AT)
    assert refused.value.field == "kind"
    assert await state(rooms) == before


async def test_what_waits_stands_first_in_the_list_of_who_answers_it_alone(rooms: Rooms) -> None:
    await said(rooms)
    await said(rooms, key="k2", value={"phone": "03 81 00 00 08"})
    waits = {}
    for viewer in (EDITOR, make.viewer(Role.PROFESSIONAL)):
        counted = partial(counts_for, viewer=viewer)
        found = await mine(rooms, viewer, AT.date(), lambda unit, keys, counted=counted: counted(unit, keys=keys))
        waits[viewer] = {
            one.target: ask.count for one in found.listings for ask in one.attention.asks if ask.need is Need.SUGGESTION
        }
    assert list(waits.values()) == [{SERVICE: 2}, {}]
