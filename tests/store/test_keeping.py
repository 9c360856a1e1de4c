"""The logs of listings: each change once, with what stood before; what the listing holds is what the voices add up to."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from api.actions.keeping import change_groups, confirm_groups, create_service, history, kept, take_back
from api.actions.outreach import SessionDraft, add_session, outreach
from api.rooms import Rooms
from api.settings import Settings
from graph.model.access import Role
from graph.model.directory import Capacity, Contact, ListingState, Service
from graph.model.errors import Conflict, InvalidInput, NotAllowed, NotFound
from graph.model.keeping import Act, Kept, ListingKind, Target
from graph.model.listing import FieldGroup
from graph.store.loading import Loader
from graph.store.unit import Graph
from search.places import Gazetteer
from tests import make
from tests.reading import shared

IMPORTED, TODAY = date(2025, 1, 1), date(2026, 3, 10)
AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
SERVICE = Target(ListingKind.SERVICE, "t:s")
BODY = Target(ListingKind.ORGANISATION, "t:caf")
EDITOR = make.viewer()
HOURS = {FieldGroup.HOURS: {"hours": "Mo-Fr 09:00-12:00"}}


class Places:
    """The territories of the tests, where an index would have them."""

    places = Gazetteer(make.territories())


@pytest.fixture
async def rooms(empty_graph: Graph) -> Rooms:
    loader = Loader(empty_graph, "carte")
    await loader.load(await loader.plan_territories(make.territories()), lambda done: None)
    await load(empty_graph, "dila", *imported())
    index: Any = Places()
    return Rooms(settings=Settings(), graph=empty_graph, index=index, reader=shared())


def imported(**values: Any) -> tuple[Any, Any]:
    body = make.organisation(source="dila", vouched_on=IMPORTED, hours="Mo 14:00-17:00", contact=Contact(phone="1"))
    return body, make.service(source="dila", vouched_on=IMPORTED, hours="Tu 09:00-12:00", **values)


async def load(graph: Graph, source: str, *records: Any) -> None:
    loader = Loader(graph, source)
    await loader.load(await loader.plan_batch(make.batch(*records)), lambda done: None)


@pytest.mark.parametrize(
    ("part", "text"), [("phone", "1" * 2999), ("email", "a@b.fr?bcc=z@z.fr"), ("url", "javascript:alert(1)")]
)
async def test_a_contact_that_none_can_be_is_refused(rooms: Rooms, part: str, text: str) -> None:
    before = await kept(rooms, EDITOR, BODY)
    with pytest.raises(InvalidInput) as refused:
        value = {FieldGroup.CONTACT: {"contact": Contact(**{part: text})}}
        await change_groups(rooms, EDITOR, BODY, value, key="k")
    assert refused.value.field == part
    assert await kept(rooms, EDITOR, BODY) == before
    # What the source wrote so stays, and the rest is mended beside it.
    mended = {FieldGroup.CONTACT: {"contact": Contact(phone="1", url="www.exemple.fr")}}
    after = await change_groups(rooms, EDITOR, BODY, mended, key="k2")
    assert after.record.contact == Contact(phone="1", url="https://www.exemple.fr")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": "x" * 201}, "name"),
        ({"conditions": "x" * 1501}, "conditions"),
        ({"email": "a@b.fr?bcc=z@z.fr"}, "email"),
    ],
)
async def test_a_session_is_bounded_like_a_service(rooms: Rooms, said: dict[str, str], field: str) -> None:
    plain = {"name": "Permanence", "like": "t:s", "town": "25056", "address": "1 rue", "hours": "Mo 09:00-12:00"}
    with pytest.raises(InvalidInput) as refused:
        await add_session(rooms, EDITOR, "t:caf", SessionDraft(**(plain | said)), key="k")
    assert refused.value.field == field
    assert (await outreach(rooms, EDITOR, "t:caf")).elsewhere == ()


async def waiting(rooms: Rooms) -> int:
    async with rooms.graph.reading() as unit:
        return await unit.outbox.pending()


async def test_the_partners_word_stands_and_the_source_stays(rooms: Rooms) -> None:
    before = await waiting(rooms)
    now = await change_groups(rooms, EDITOR, SERVICE, HOURS, key="k1", at=AT)
    assert now.record.hours == "Mo-Fr 09:00-12:00"
    standing = now.standing[FieldGroup.HOURS]
    assert (standing.source, standing.vouched_on) == ("partner:t:caf", TODAY)
    assert now.standing[FieldGroup.IDENTITY].source == "dila"
    assert [(c.group, c.others[0].value) for c in now.conflicts] == [(FieldGroup.HOURS, {"hours": "Tu 09:00-12:00"})]
    assert await waiting(rooms) == before + 1
    (one,) = await history(rooms, EDITOR, SERVICE)
    assert (one.seq, one.act, one.by, one.said_by, one.at) == (1, Act.EDITED, "t:compte", "Alix Essai", AT)
    step = one.steps[FieldGroup.HOURS]
    assert step.value == {"hours": "Mo-Fr 09:00-12:00"}
    assert step.stood is not None and (step.stood.source, step.stood.value) == ("dila", {"hours": "Tu 09:00-12:00"})
    assert step.own is None


async def test_the_next_import_leaves_it_alone_and_moves_the_rest(rooms: Rooms) -> None:
    await change_groups(rooms, EDITOR, SERVICE, HOURS, key="k1", at=AT)
    await load(rooms.graph, "dila", *imported(description="Du neuf"))
    now = await kept(rooms, EDITOR, SERVICE)
    assert (now.record.hours, now.record.description) == ("Mo-Fr 09:00-12:00", "Du neuf")


async def test_confirmed_is_the_same_value_of_today(rooms: Rooms) -> None:
    now = await confirm_groups(rooms, EDITOR, SERVICE, [FieldGroup.HOURS], key="k1", at=AT)
    standing = now.standing[FieldGroup.HOURS]
    assert (standing.value, standing.vouched_on) == ({"hours": "Tu 09:00-12:00"}, TODAY)
    assert standing.by_partner
    assert now.conflicts == ()


async def test_each_group_keeps_its_own_day(rooms: Rooms) -> None:
    made = await create_service(
        rooms,
        EDITOR,
        "t:caf",
        {"name": "Permanence", "competences": (make.RENT,), "covers": ("25056",), "hours": "Th 09:00-12:00"},
        key="k1",
        at=AT,
    )
    later = AT + timedelta(days=40)
    now = await confirm_groups(rooms, EDITOR, made.target, [FieldGroup.HOURS], key="k2", at=later)
    assert now.standing[FieldGroup.HOURS].vouched_on == later.date()
    assert now.standing[FieldGroup.MATTERS].vouched_on == TODAY
    assert [one.act for one in await history(rooms, EDITOR, made.target)] == [Act.CONFIRMED, Act.CREATED]
    assert now.value(FieldGroup.MATTERS) == {"competences": (make.RENT,)}
    async with rooms.graph.reading() as unit:
        services = (await unit.directory.services_of(["t:caf"]))["t:caf"]
    assert sorted(one.id for one in services) == sorted(["t:s", made.target.id])


async def test_the_same_key_acts_once_and_refuses_another_act(rooms: Rooms) -> None:
    first = await change_groups(rooms, EDITOR, SERVICE, HOURS, key="k1", at=AT)
    again = await change_groups(rooms, EDITOR, SERVICE, HOURS, key="k1", at=AT)
    assert (first.seq, again.seq) == (1, 1)
    with pytest.raises(InvalidInput) as refusal:
        await confirm_groups(rooms, EDITOR, SERVICE, [FieldGroup.HOURS], key="k1", at=AT)
    assert refusal.value.field == "idempotencyKey"
    assert (await kept(rooms, EDITOR, SERVICE)).seq == 1


async def test_nothing_changed_leaves_no_entry(rooms: Rooms) -> None:
    before = await waiting(rooms)
    same = {FieldGroup.HOURS: {"hours": "Tu 09:00-12:00"}}
    assert (await change_groups(rooms, EDITOR, SERVICE, same, key="k1", at=AT)).seq == 0
    assert await waiting(rooms) == before


async def test_the_second_of_two_editors_sees_what_the_first_wrote(rooms: Rooms) -> None:
    seen = (await kept(rooms, EDITOR, SERVICE)).seq
    await change_groups(rooms, EDITOR, SERVICE, HOURS, key="k1", expected_seq=seen, at=AT)
    mine = {FieldGroup.HOURS: {"hours": "Sa 10:00-12:00"}}
    other = make.viewer(account="t:autre")
    with pytest.raises(Conflict) as refusal:
        await change_groups(rooms, other, SERVICE, mine, key="k2", expected_seq=seen, at=AT)
    assert isinstance(refusal.value.current, Kept)
    assert refusal.value.current.record.hours == "Mo-Fr 09:00-12:00"
    elsewhere = {FieldGroup.CONDITIONS: {"conditions": "Sur justificatif"}}
    now = await change_groups(rooms, other, SERVICE, elsewhere, key="k3", expected_seq=seen, at=AT)
    assert (now.record.hours, now.seq) == ("Mo-Fr 09:00-12:00", 2)


async def test_of_many_at_once_each_is_an_entry_and_none_is_lost(rooms: Rooms) -> None:
    def value(n: int) -> dict[FieldGroup, dict[str, Any]]:
        return {FieldGroup.CAPACITY: {"answer_days": n, "capacity": Capacity(vouched_on=TODAY, places_free=n)}}

    done = await asyncio.gather(
        *(change_groups(rooms, EDITOR, SERVICE, value(n), key=f"k{n}", at=AT) for n in range(1, 5))
    )
    log = await history(rooms, EDITOR, SERVICE)
    assert [one.seq for one in log] == [4, 3, 2, 1]
    assert len(done) == 4
    assert {one.steps[FieldGroup.CAPACITY].value["answer_days"] for one in log} == {1, 2, 3, 4}
    last = log[0].steps[FieldGroup.CAPACITY].value["answer_days"]
    assert (await kept(rooms, EDITOR, SERVICE)).value(FieldGroup.CAPACITY)["answer_days"] == last


async def test_taken_back_the_voice_says_what_it_said_before(rooms: Rooms) -> None:
    await change_groups(rooms, EDITOR, SERVICE, HOURS, key="k1", at=AT)
    second = {FieldGroup.HOURS: {"hours": "Sa 10:00-12:00"}}
    await change_groups(rooms, EDITOR, SERVICE, second, key="k2", at=AT)
    with pytest.raises(InvalidInput):
        await take_back(rooms, EDITOR, SERVICE, 1, key="k3", at=AT)
    assert (await take_back(rooms, EDITOR, SERVICE, 2, key="k4", at=AT)).record.hours == "Mo-Fr 09:00-12:00"
    now = await take_back(rooms, EDITOR, SERVICE, 1, key="k5", at=AT)
    assert now.record.hours == "Tu 09:00-12:00"
    assert {claim.source for claim in now.claims} == {"dila"}
    with pytest.raises(InvalidInput):
        await take_back(rooms, EDITOR, SERVICE, 1, key="k6", at=AT)
    assert (await kept(rooms, EDITOR, SERVICE)).seq == 4


@pytest.mark.parametrize(
    ("viewer", "refusal"),
    [
        (make.viewer(organisation="t:autre"), NotFound),
        (make.viewer(Role.VISITOR, account="", organisation=""), NotFound),
        (make.viewer(Role.PROFESSIONAL), NotAllowed),
        (make.viewer(Role.AUDITOR, organisation=""), NotAllowed),
    ],
    ids=["another body", "visitor", "professional", "auditor"],
)
async def test_who_has_not_the_right_changes_nothing(rooms: Rooms, viewer: Any, refusal: type[Exception]) -> None:
    before = await waiting(rooms)
    with pytest.raises(refusal):
        await change_groups(rooms, viewer, SERVICE, HOURS, key="k1", at=AT)
    now = await kept(rooms, EDITOR, SERVICE)
    assert (now.seq, now.record.hours, await waiting(rooms)) == (0, "Tu 09:00-12:00", before)


async def test_a_moderators_word_yields_to_the_partners(rooms: Rooms) -> None:
    moderator = make.viewer(Role.MODERATOR, account="t:mod", organisation="")
    body = {FieldGroup.CONTACT: {"contact": Contact(phone="3919")}}
    assert (await change_groups(rooms, moderator, BODY, body, key="k1", at=AT)).record.contact.phone == "3919"
    own = {FieldGroup.CONTACT: {"contact": Contact(phone="3939")}}
    assert (await change_groups(rooms, EDITOR, BODY, own, key="k1", at=AT)).record.contact.phone == "3939"
    later = {FieldGroup.CONTACT: {"contact": Contact(phone="3949")}}
    before = await kept(rooms, EDITOR, BODY)
    with pytest.raises(NotAllowed, match="sa parole l’emporte"):
        await change_groups(rooms, moderator, BODY, later, key="k2", at=AT + timedelta(days=1))
    assert await kept(rooms, EDITOR, BODY) == before


@pytest.mark.parametrize(
    ("group", "fields", "field"),
    [
        (FieldGroup.HOURS, {"hours": "lundi matin"}, "hours"),
        (FieldGroup.MATTERS, {"competences": ("rien",)}, "competences"),
        (FieldGroup.TERRITORY, {"covers": ("99999",)}, "covers"),
        (FieldGroup.IDENTITY, {"name": " "}, "name"),
        (FieldGroup.HOURS, {"name": "Ailleurs"}, "name"),
    ],
)
async def test_what_cannot_be_is_refused_with_its_field(
    rooms: Rooms, group: FieldGroup, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        await change_groups(rooms, EDITOR, SERVICE, {group: fields}, key="k1", at=AT)
    assert refusal.value.field == field
    assert (await kept(rooms, EDITOR, SERVICE)).seq == 0


async def test_ones_own_change_is_taken_back_only_while_such_a_change_is_allowed(rooms: Rooms) -> None:
    head, team = make.viewer(Role.HEAD_OF_SERVICE), make.viewer(Role.PROFESSIONAL)
    other = make.viewer(Role.HEAD_OF_SERVICE, account="t:collegue")
    changed = await change_groups(rooms, head, SERVICE, HOURS, key="k1", at=AT)
    # The same person, whose right was taken away; a colleague, who may change it but not undo it.
    for viewer in (team, other):
        with pytest.raises(NotAllowed):
            await take_back(rooms, viewer, SERVICE, changed.seq, key="k2", at=AT)
    assert (await kept(rooms, head, SERVICE)).seq == changed.seq
    back = await take_back(rooms, head, SERVICE, changed.seq, key="k3", at=AT)
    assert (back.seq, back.record.hours) == (changed.seq + 1, "Tu 09:00-12:00")


async def test_a_source_that_drops_it_leaves_what_it_last_said_to_the_partner(rooms: Rooms) -> None:
    contact = {FieldGroup.CONTACT: {"contact": Contact(phone="3919")}}
    await change_groups(rooms, EDITOR, SERVICE, contact, key="k1", at=AT)
    await load(rooms.graph, "dila", imported()[0])
    gone = await kept(rooms, EDITOR, SERVICE)
    assert (gone.record.state, gone.record.name, gone.record.hours) == (
        ListingState.ARCHIVED,
        "Service d’essai",
        "Tu 09:00-12:00",
    )
    now = await change_groups(rooms, EDITOR, SERVICE, HOURS, key="k2", at=AT)
    assert (now.record.state, now.record.hours, now.record.contact.phone) == (
        ListingState.ARCHIVED,
        "Mo-Fr 09:00-12:00",
        "3919",
    )
    assert isinstance(now.record, Service) and now.record.competences == imported()[1].competences
    # Told again, it is back, and what was kept for it is gone.
    await load(rooms.graph, "dila", *imported(name="De retour"))
    back = await kept(rooms, EDITOR, SERVICE)
    assert (back.record.state, back.record.name, back.record.hours) == (
        ListingState.PUBLISHED,
        "De retour",
        "Mo-Fr 09:00-12:00",
    )
    async with rooms.graph.reading() as unit:
        origins = [row["origin"] for row in await unit.run("MATCH (c:Claim) RETURN c.origin AS origin ORDER BY origin")]
    assert origins == ["dila", "partner:t:caf"]


async def test_what_a_new_service_lacks_is_said_in_the_words_of_its_form(rooms: Rooms) -> None:
    with pytest.raises(InvalidInput, match=r"« Où intervenez-vous \? » ne peut pas rester vide") as refusal:
        await create_service(rooms, EDITOR, "t:caf", {"name": "Nouveau", "competences": (make.RENT,)}, key="k")
    assert refusal.value.field == "covers"
    async with rooms.graph.reading() as unit:
        assert [one.id for one in (await unit.directory.services_of(["t:caf"]))["t:caf"]] == ["t:s"]
