"""What an organisation does with its posts: each gesture once, by those who may, ready to be taken back."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from api.actions.posts import PostDraft, desk, history, leave_posts, remove_post, set_absence, set_post, take_back
from api.rooms import Rooms
from api.settings import Settings
from graph.model.access import VISITOR, Role, Viewer
from graph.model.calling import answering
from graph.model.directory import Contact, Holder, Post
from graph.model.errors import Conflict, InvalidInput, NotAllowed, NotFound
from graph.model.posts import PostAct
from graph.store.loading import Loader
from graph.store.unit import Graph
from search.places import Gazetteer
from tests import make
from tests.reading import shared

AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
TODAY = date(2026, 3, 10)
EDITOR = make.viewer()
HERSELF = make.viewer(Role.PROFESSIONAL, account="t:anne-compte", professional="t:anne", name="Anne")
OF_ANOTHER = make.viewer(organisation="t:ville", organisations=("t:ville",), account="t:autre-compte")
DRAFT = PostDraft(
    label="Loyers",
    competences=(make.RENT,),
    covers=("25056",),
    contact=Contact(phone="03 81 00 00 00"),
    hours="Mo-Fr 09:00-12:00",
    holder="t:anne",
)


class Places:
    """The territories of the tests, where an index would have them."""

    places = Gazetteer(make.territories())


@pytest.fixture
async def rooms(empty_graph: Graph) -> Rooms:
    loader = Loader(empty_graph, "carte")
    await loader.load(await loader.plan_territories(make.territories()), lambda done: None)
    anne = Holder(professional="t:anne", name="Anne", function="conseillère")
    loader = Loader(empty_graph, "essai")
    told = make.batch(
        make.organisation(),
        make.organisation("t:ville", name="Ville", kind="COMMUNE"),
        make.professional("t:anne", name="Anne"),
        make.professional("t:bruno", name="Bruno"),
        make.post("t:hotel", label="Hôtel", competences=(make.HOTEL,), holders=(anne,)),
        make.post("t:desk", label="Accueil", duty_desk=True, contact=Contact(phone="1")),
    )
    await loader.load(await loader.plan_batch(told), lambda done: None)
    index: Any = Places()
    return Rooms(settings=Settings(), graph=empty_graph, index=index, reader=shared())


async def posts(rooms: Rooms) -> dict[str, Post]:
    return {post.label: post for post in (await desk(rooms, EDITOR, "t:caf")).posts}


async def refused(rooms: Rooms, gesture: Awaitable[object], error: type[Exception]) -> Any:
    """The refusal, after which everything is as it was."""
    before = await posts(rooms)
    with pytest.raises(error) as raised:
        await gesture
    assert await posts(rooms) == before
    return raised.value


async def test_a_post_is_made_said_anew_and_taken_away_and_each_step_taken_back(rooms: Rooms) -> None:
    before = await posts(rooms)
    made = await set_post(rooms, EDITOR, "t:caf", DRAFT, key="k1", at=AT)
    (post,) = made.posts
    assert (post.label, post.competences, post.covers, post.hours) == ("Loyers", (make.RENT,), ("25056",), DRAFT.hours)
    assert [holder.name for holder in answering(post, TODAY)] == ["Anne"]

    renamed = PostDraft(label="Impayés", holder="t:bruno")
    changed = await set_post(rooms, EDITOR, "t:caf", renamed, key="k2", post=post.id, expected_seq=1, at=AT)
    assert [holder.name for holder in answering(changed.posts[0], TODAY)] == ["Bruno"]
    assert changed.posts[0].competences == ()
    removed = await remove_post(rooms, EDITOR, "t:caf", post.id, key="k3", at=AT)
    assert (removed.posts, await posts(rooms)) == ((), before)

    await take_back(rooms, EDITOR, "t:caf", removed.entry, key="k4", at=AT)
    assert (await posts(rooms))["Impayés"] == changed.posts[0]
    log = await history(rooms, EDITOR, "t:caf", post.id)
    assert [(one.seq, one.act, one.said_by) for one in log] == [
        (4, PostAct.TAKEN_BACK, "Alix Essai"),
        (3, PostAct.REMOVED, "Alix Essai"),
        (2, PostAct.EDITED, "Alix Essai"),
        (1, PostAct.CREATED, "Alix Essai"),
    ]
    # What was changed since is not undone by an old link.
    await set_post(rooms, EDITOR, "t:caf", DRAFT, key="k6", post=post.id, at=AT)
    refusal = await refused(rooms, take_back(rooms, EDITOR, "t:caf", changed.entry, key="k5", at=AT), InvalidInput)
    assert refusal.field == "entry"


async def test_of_several_holders_naming_one_leaves_the_others(rooms: Rooms) -> None:
    two = [
        Holder(professional=id_, name=name, function="conseillère")
        for id_, name in (("t:anne", "Anne"), ("t:bruno", "Bruno"))
    ]
    hotel = replace((await posts(rooms))["Hôtel"], holders=tuple(two))
    await rooms.graph.write(lambda unit: unit.posts.keep([hotel]))
    told = PostDraft(label="Hôtel", holder="t:anne", contact=Contact(phone="3919"))
    done = await set_post(rooms, EDITOR, "t:caf", told, key="k1", post="t:hotel", at=AT)
    assert [holder.name for holder in done.posts[0].holders] == ["Anne", "Bruno"]
    nobody = await set_post(rooms, EDITOR, "t:caf", PostDraft(label="Hôtel"), key="k2", post="t:hotel", at=AT)
    assert answering(nobody.posts[0], TODAY) == ()


async def test_asked_twice_under_one_key_it_is_done_once(rooms: Rooms) -> None:
    first = await set_post(rooms, EDITOR, "t:caf", DRAFT, key="k1", at=AT)
    again = await set_post(rooms, EDITOR, "t:caf", DRAFT, key="k1", at=AT)
    assert again == first
    assert len(await posts(rooms)) == 3


async def test_of_two_who_say_a_post_anew_the_second_sees_both(rooms: Rooms) -> None:
    await set_post(rooms, EDITOR, "t:caf", PostDraft(label="Hôtels"), key="k1", post="t:hotel", expected_seq=0, at=AT)
    late = set_post(rooms, EDITOR, "t:caf", PostDraft(label="Nuits"), key="k2", post="t:hotel", expected_seq=0, at=AT)
    refusal = await refused(rooms, late, Conflict)
    assert refusal.current.label == "Hôtels"


async def test_an_absence_and_its_substitute_are_said_and_taken_back(rooms: Rooms) -> None:
    before = await posts(rooms)
    last = TODAY + timedelta(days=5)
    away = await set_absence(rooms, HERSELF, "t:caf", "t:anne", TODAY, last, key="k1", substitute="t:bruno", at=AT)
    assert [[h.name for h in answering(post, TODAY)] for post in away.posts] == [["Bruno"]]
    assert [h.name for h in answering(away.posts[0], last + timedelta(days=1))] == ["Anne"]
    await take_back(rooms, HERSELF, "t:caf", away.entry, key="k2", at=AT)
    assert await posts(rooms) == before


async def test_whoever_leaves_hands_all_her_posts_over_at_once_and_may_come_back(rooms: Rooms) -> None:
    await set_post(rooms, EDITOR, "t:caf", DRAFT, key="k1", at=AT)
    before = await posts(rooms)
    left = await leave_posts(rooms, EDITOR, "t:caf", "t:anne", TODAY, key="k2", at=AT)
    assert sorted(post.label for post in left.posts) == ["Hôtel", "Loyers"]
    assert [answering(post, TODAY + timedelta(days=1)) for post in left.posts] == [(), ()]
    await take_back(rooms, EDITOR, "t:caf", left.entry, key="k3", at=AT)
    assert await posts(rooms) == before


async def test_she_leaves_her_own_posts_and_thinks_better_of_it(rooms: Rooms) -> None:
    before = await posts(rooms)
    left = await leave_posts(rooms, HERSELF, "t:caf", "t:anne", TODAY, key="k1", at=AT)
    assert [(post.label, answering(post, TODAY + timedelta(days=1))) for post in left.posts] == [("Hôtel", ())]
    await take_back(rooms, HERSELF, "t:caf", left.entry, key="k2", at=AT)
    assert await posts(rooms) == before


async def test_a_right_that_is_gone_undoes_nothing_not_even_ones_own(rooms: Rooms) -> None:
    only_sees = replace(EDITOR, roles=frozenset({Role.AUDITOR}))
    made = await set_post(rooms, EDITOR, "t:caf", DRAFT, key="k1", at=AT)
    away = await set_absence(rooms, EDITOR, "t:caf", "t:anne", TODAY, None, key="k2", at=AT)
    left = await leave_posts(rooms, HERSELF, "t:caf", "t:anne", TODAY, key="k3", at=AT)
    for number, entry in enumerate((made.entry, away.entry)):
        await refused(rooms, take_back(rooms, only_sees, "t:caf", entry, key=f"k4{number}", at=AT), NotAllowed)
    elsewhere = replace(HERSELF, professional="t:bruno")
    await refused(rooms, take_back(rooms, elsewhere, "t:caf", left.entry, key="k5", at=AT), NotAllowed)


async def test_someone_new_is_added_with_her_post(rooms: Rooms) -> None:
    draft = PostDraft(label="Neuf", holder_name="Chloé", holder_function="accueil")
    await set_post(rooms, EDITOR, "t:caf", draft, key="k1", at=AT)
    held = await desk(rooms, EDITOR, "t:caf")
    assert [one.name for one in held.colleagues] == ["Anne", "Bruno", "Chloé"]


@pytest.mark.parametrize(
    ("viewer", "error"),
    [(VISITOR, NotFound), (OF_ANOTHER, NotFound), (HERSELF, NotAllowed), (make.viewer(Role.AUDITOR), NotAllowed)],
)
async def test_only_those_who_keep_posts_move_them(rooms: Rooms, viewer: Viewer, error: type[Exception]) -> None:
    await refused(rooms, set_post(rooms, viewer, "t:caf", DRAFT, key="k1", at=AT), error)
    await refused(rooms, remove_post(rooms, viewer, "t:caf", "t:hotel", key="k2", at=AT), error)
    await refused(rooms, leave_posts(rooms, viewer, "t:caf", "t:bruno", TODAY, key="k3", at=AT), error)
    other = set_absence(rooms, viewer, "t:caf", "t:bruno", TODAY, None, key="k4", at=AT)
    await refused(rooms, other, error)


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (PostDraft(label=""), "label"),
        (PostDraft(label="x", competences=("rien",)), "competences"),
        (PostDraft(label="x", covers=("99999",)), "covers"),
        (PostDraft(label="x", hours="le matin"), "hours"),
        (PostDraft(label="x", contact=Contact(url="javascript:alert(1)")), "url"),
        (PostDraft(label="x", contact=Contact(email="a@b.fr?bcc=z@z.fr")), "email"),
        (PostDraft(label="x", contact=Contact(phone="1" * 2999)), "phone"),
        (PostDraft(label="x", holder="t:inconnue"), "holder"),
        (PostDraft(label="x", holder_name="x" * 201), "holder_name"),
    ],
)
async def test_what_points_nowhere_is_refused(rooms: Rooms, draft: PostDraft, field: str) -> None:
    refusal = await refused(rooms, set_post(rooms, EDITOR, "t:caf", draft, key="k1", at=AT), InvalidInput)
    assert refusal.field == field


async def test_a_post_of_another_organisation_is_none_here(rooms: Rooms) -> None:
    moderator = make.viewer(Role.MODERATOR, organisation="")
    await refused(rooms, remove_post(rooms, moderator, "t:ville", "t:hotel", key="k1", at=AT), NotFound)
