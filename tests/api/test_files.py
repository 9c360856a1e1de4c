"""Many listings by one file: seen first, all or nothing, once; taken back whole."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.actions import files_undone
from api.actions import posts as gestures
from api.actions.files import Moved, confirm, look_at, seen
from api.actions.files_work import begin
from api.actions.keeping import change_groups
from api.rooms import Rooms
from api.settings import Settings
from graph.model.access import Role, Viewer
from graph.model.directory import Contact, ListingState, Post, Service
from graph.model.errors import InvalidInput, NotAllowed, NotFound
from graph.model.keeping import Act, ListingKind, Target
from graph.model.listing import FieldGroup
from graph.model.posts import PostAct
from graph.model.uploads import Upload, UploadState
from graph.store.loading import Loader
from graph.store.unit import Graph, Unit
from importers.sheets.columns import Sheet
from search.places import Gazetteer
from tests import make
from tests.importers.sheets import csv_of
from tests.reading import shared

AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
EDITOR = make.viewer()
FILE = csv_of(
    "Identifiant;Organisme;Nom;Aide pour;Territoire;Téléphone;Gratuit",
    "t:a;;Accueil;;;03 81 61 50 50;oui",
    "t:b;;;;;0381000000;",
    ";t:unit;Permanence;RSA;25056;;",
)


class Places:
    """The territories of the tests, where an index would have them."""

    places = Gazetteer(make.territories())


@pytest.fixture
async def rooms(empty_graph: Graph) -> Rooms:
    loader = Loader(empty_graph, "carte")
    await loader.load(await loader.plan_territories(make.territories()), lambda done: None)
    await load(
        empty_graph,
        make.organisation(),
        make.organisation("t:unit", part_of="t:caf"),
        make.organisation("t:other"),
        make.service("t:a", name="Ancien nom"),
        make.service("t:b", contact=Contact(email="b@b.example")),
        make.service("t:c", organisation="t:other"),
        make.post("t:p", contact=Contact(phone="03 81 00 00 01")),
    )
    index: Any = Places()
    return Rooms(settings=Settings(), graph=empty_graph, index=index, reader=shared())


async def load(graph: Graph, *records: Any) -> None:
    loader = Loader(graph, "essai")
    await loader.load(await loader.plan_batch(make.batch(*records)), lambda done: None)


async def services(rooms: Rooms, *organisations: str) -> dict[str, Service]:
    async with rooms.graph.reading() as unit:
        found = await unit.directory.services_of(organisations or ("t:caf", "t:unit", "t:other"))
    return {one.id: one for some in found.values() for one in some}


async def posts(rooms: Rooms) -> dict[str, Post]:
    async with rooms.graph.reading() as unit:
        return {one.id: one for some in (await unit.directory.posts_of(["t:caf"])).values() for one in some}


async def effects(rooms: Rooms) -> int:
    async with rooms.graph.reading() as unit:
        return await unit.outbox.pending()


async def lines_of(rooms: Rooms, upload: Any) -> Sequence[Any]:
    async with rooms.graph.reading() as unit:
        return await unit.uploads.lines(upload)


async def test_a_file_is_seen_then_done_once(rooms: Rooms) -> None:
    before, waiting = await services(rooms), await effects(rooms)
    upload = await look_at(rooms, EDITOR, "mes\tfiches.csv", FILE, AT)
    assert (upload.state, upload.created, upload.changed, upload.unchanged, upload.faults) == (
        UploadState.WAITING,
        1,
        2,
        0,
        0,
    )
    assert (upload.file, upload.by, upload.organisation) == ("mes fiches.csv", "t:compte", "t:caf")
    assert await services(rooms) == before and await effects(rooms) == waiting
    done = await confirm(rooms, EDITOR, upload.id, AT)
    assert (done.state, done.ended) == (UploadState.APPLIED, AT)
    after = await services(rooms)
    (new,) = after.keys() - before.keys()
    assert after["t:a"] == replace(
        before["t:a"],
        name="Accueil",
        free=True,
        contact=Contact(phone="03 81 61 50 50"),
        source="partner:t:caf",
        vouched_on=make.TODAY,
    )
    assert after["t:b"].contact == Contact(phone="03 81 00 00 00", email="b@b.example")
    assert after["t:c"] == before["t:c"]
    assert (after[new].name, after[new].organisation, after[new].competences, after[new].covers) == (
        "Permanence",
        "t:unit",
        (make.RSA,),
        ("25056",),
    )
    assert await effects(rooms) == waiting + 1
    async with rooms.graph.reading() as unit:
        (entry,) = await unit.keeping.history(Target(ListingKind.SERVICE, "t:a"))
        (made,) = await unit.keeping.history(Target(ListingKind.SERVICE, new))
    assert (entry.act, set(entry.steps), entry.note) == (
        Act.EDITED,
        {FieldGroup.IDENTITY, FieldGroup.CONDITIONS, FieldGroup.CONTACT},
        "Fichier « mes fiches.csv »",
    )
    assert (made.act, made.voice, made.said_by) == (Act.CREATED, "partner:t:unit", "Alix Essai")


async def test_done_twice_or_sent_again_it_is_done_once(rooms: Rooms) -> None:
    upload = await look_at(rooms, EDITOR, "f.csv", FILE, AT)
    twice = await asyncio.gather(*(confirm(rooms, EDITOR, upload.id, AT) for _ in range(4)))
    assert {one.state for one in twice} == {UploadState.APPLIED}
    after = await services(rooms)
    assert sorted(one.name for one in after.values()) == ["Accueil", "Permanence", "Service d’essai", "Service d’essai"]
    again = await look_at(rooms, EDITOR, "autre nom.csv", FILE, AT)
    assert (again.id, again.state) == (upload.id, UploadState.APPLIED)
    async with rooms.graph.reading() as unit:
        assert len(await unit.keeping.history(Target(ListingKind.SERVICE, "t:a"))) == 1


async def test_two_files_of_the_same_bytes_confirmed_at_once_are_done_once(rooms: Rooms) -> None:
    one, two = [await look_at(rooms, EDITOR, "f.csv", FILE, AT) for _ in range(2)]
    assert one.id != two.id
    ends = await asyncio.gather(
        *(confirm(rooms, EDITOR, upload.id, AT) for upload in (one, two)), return_exceptions=True
    )
    assert sorted(type(end).__name__ for end in ends) == ["Moved", "Upload"]
    async with rooms.graph.reading() as unit:
        assert len(await unit.keeping.history(Target(ListingKind.SERVICE, "t:a"))) == 1


async def test_with_one_error_nothing_is_done(rooms: Rooms) -> None:
    before = await services(rooms)
    upload = await look_at(rooms, EDITOR, "f.csv", FILE + b"t:c;;Autre;;;;\r\nt:none;;;;;;\r\n", AT)
    assert (upload.state, upload.faults, upload.lines) == (UploadState.REFUSED, 2, 3)
    async with rooms.graph.reading() as unit:
        told = await unit.uploads.faults(upload)
    assert [(fault.sheet, fault.line, fault.column, fault.value) for fault in told] == [
        ("Services", 5, "Identifiant", "t:c"),
        ("Services", 6, "Identifiant", "t:none"),
    ]
    # Another organisation's listing and one that is not there look the same.
    assert len({fault.message for fault in told}) == 1
    assert (await confirm(rooms, EDITOR, upload.id, AT)).state is UploadState.REFUSED
    assert await services(rooms) == before


async def test_what_moved_since_the_preview_is_told_by_line(rooms: Rooms) -> None:
    upload = await look_at(rooms, EDITOR, "f.csv", FILE, AT)
    target = Target(ListingKind.SERVICE, "t:b")
    await change_groups(
        rooms, EDITOR, target, {FieldGroup.CONTACT: {"contact": Contact(phone="03 81 22 22 22")}}, key="k", at=AT
    )
    before = await services(rooms)
    with pytest.raises(Moved) as moved:
        await confirm(rooms, EDITOR, upload.id, AT)
    assert moved.value.message == (
        "L’annuaire a changé depuis l’aperçu : ligne 3 (Service d’essai). Rien n’a été modifié. Envoyez le fichier à nouveau "
        "pour voir ce qui diffère."
    )
    assert await services(rooms) == before
    assert (await seen(rooms, EDITOR, upload.id, AT)).state is UploadState.WAITING


async def test_another_group_that_moved_is_no_obstacle(rooms: Rooms) -> None:
    upload = await look_at(rooms, EDITOR, "f.csv", FILE, AT)
    await change_groups(
        rooms, EDITOR, Target(ListingKind.SERVICE, "t:b"), {FieldGroup.HOURS: {"hours": "24/7"}}, key="k", at=AT
    )
    assert (await confirm(rooms, EDITOR, upload.id, AT)).state is UploadState.APPLIED
    after = (await services(rooms))["t:b"]
    assert (after.hours, after.contact.phone) == ("24/7", "03 81 00 00 00")


async def test_a_preview_is_hers_and_lasts_an_hour(rooms: Rooms) -> None:
    upload = await look_at(rooms, EDITOR, "f.csv", FILE, AT)
    before = await services(rooms)
    colleague = make.viewer(account="t:autre")
    stranger = make.viewer(organisation="t:other")
    late = AT + timedelta(hours=1)
    for viewer, at in ((colleague, AT), (stranger, AT), (EDITOR, late)):
        with pytest.raises(NotFound):
            await seen(rooms, viewer, upload.id, at)
        with pytest.raises(NotFound):
            await confirm(rooms, viewer, upload.id, at)
    assert await services(rooms) == before
    await confirm(rooms, EDITOR, upload.id, AT)
    assert (await seen(rooms, colleague, upload.id, late)).state is UploadState.APPLIED
    with pytest.raises(NotFound):
        await seen(rooms, stranger, upload.id, AT)


async def test_what_nobody_confirmed_is_forgotten(rooms: Rooms) -> None:
    old = await look_at(rooms, EDITOR, "f.csv", FILE, AT)
    new = await look_at(rooms, EDITOR, "g.csv", FILE + b"\r\n", AT + timedelta(hours=2))
    async with rooms.graph.reading() as unit:
        assert await unit.uploads.get(old.id) is None
        assert (await unit.run("MATCH (p:UploadPart) RETURN count(p) AS n"))[0]["n"] == 1
        assert await unit.uploads.get(new.id) == new


@pytest.mark.parametrize("role", [Role.VISITOR, Role.PROFESSIONAL, Role.HEAD_OF_SERVICE, Role.MODERATOR])
async def test_others_send_no_files(rooms: Rooms, role: Role) -> None:
    viewer: Viewer = make.viewer(role)
    with pytest.raises(NotAllowed):
        await look_at(rooms, viewer, "f.csv", FILE, AT)
    async with rooms.graph.reading() as unit:
        assert (await unit.run("MATCH (u:Upload) RETURN count(u) AS n"))[0]["n"] == 0


async def test_a_right_taken_away_acts_before_the_confirmation(rooms: Rooms) -> None:
    upload = await look_at(rooms, EDITOR, "f.csv", FILE, AT)
    before = await services(rooms)
    with pytest.raises(NotFound):
        await confirm(rooms, make.viewer(Role.PROFESSIONAL), upload.id, AT)
    assert await services(rooms) == before


async def test_taken_back_all_says_again_what_it_said(rooms: Rooms) -> None:
    before = await services(rooms)
    upload = await look_at(rooms, EDITOR, "f.csv", FILE, AT)
    await confirm(rooms, EDITOR, upload.id, AT)
    undone = await files_undone.take_back(rooms, EDITOR, upload.id, AT)
    assert undone.state is UploadState.TAKEN_BACK
    after = await services(rooms)
    (new,) = after.keys() - before.keys()
    assert after[new].state is ListingState.ARCHIVED
    assert {id_: one for id_, one in after.items() if id_ != new} == before
    # Once more changes nothing; and the same file may come again.
    await files_undone.take_back(rooms, EDITOR, upload.id, AT)
    assert await services(rooms) == after
    again = await look_at(rooms, EDITOR, "f.csv", FILE, AT)
    assert again.id != upload.id


async def test_what_was_changed_since_stands_in_the_way_and_is_listed(rooms: Rooms) -> None:
    upload = await look_at(rooms, EDITOR, "f.csv", FILE, AT)
    await confirm(rooms, EDITOR, upload.id, AT)
    await change_groups(
        rooms, EDITOR, Target(ListingKind.SERVICE, "t:a"), {FieldGroup.IDENTITY: {"name": "Encore"}}, key="k", at=AT
    )
    before = await services(rooms)
    with pytest.raises(Moved) as moved:
        await files_undone.take_back(rooms, EDITOR, upload.id, AT)
    assert moved.value.lines == ("ligne 2 (Accueil)",)
    assert await services(rooms) == before
    assert (await seen(rooms, EDITOR, upload.id, AT)).state is UploadState.APPLIED


async def test_posts_are_done_and_taken_back_like_services(rooms: Rooms) -> None:
    before = await posts(rooms)
    content = csv_of("Identifiant;Intitulé;Téléphone;Aide pour", "t:p;Accueil social;-;RSA", ";Secrétariat;0381000002;")
    upload = await look_at(rooms, EDITOR, "p.csv", content, AT)
    assert (upload.created, upload.changed, upload.faults) == (1, 1, 0)
    await confirm(rooms, EDITOR, upload.id, AT)
    after = await posts(rooms)
    assert after["t:p"] == replace(before["t:p"], label="Accueil social", contact=Contact(), competences=(make.RSA,))
    assert sorted(post.label for post in after.values()) == ["Accueil social", "Secrétariat"]
    async with rooms.graph.reading() as unit:
        (entry,) = await unit.posts.history("t:p")
    assert (entry.seq, entry.act, entry.by) == (1, PostAct.EDITED, EDITOR.account)
    await files_undone.take_back(rooms, EDITOR, upload.id, AT)
    assert await posts(rooms) == before


async def test_a_file_after_a_gesture_is_not_lost_when_that_is_taken_back(rooms: Rooms) -> None:
    (post,) = (await posts(rooms)).values()
    draft = gestures.PostDraft(label="Accueil du lundi", contact=post.contact)
    done = await gestures.set_post(rooms, EDITOR, "t:caf", draft, post="t:p", key="k1", at=AT)
    upload = await look_at(rooms, EDITOR, "p.csv", csv_of("Identifiant;Intitulé", "t:p;Accueil social"), AT)
    await confirm(rooms, EDITOR, upload.id, AT)
    after = await posts(rooms)
    with pytest.raises(InvalidInput, match="modifié depuis"):
        await gestures.take_back(rooms, EDITOR, "t:caf", done.entry, key="k2", at=AT)
    assert await posts(rooms) == after
    assert [one.label for one in after.values()] == ["Accueil social"]


async def test_what_is_given_out_and_sent_back_changes_nothing(rooms: Rooms) -> None:
    for sheet in (None, *Sheet):
        content = await files_undone.given_out(rooms, EDITOR, sheet, AT)
        upload = await look_at(rooms, EDITOR, "f", content, AT)
        assert (upload.faults, upload.lines) == (0, 0)
        assert upload.unchanged == {None: 3, Sheet.SERVICES: 2, Sheet.POSTS: 1}[sheet]


async def test_others_files_are_not_given_out(rooms: Rooms) -> None:
    text = (await files_undone.given_out(rooms, EDITOR, Sheet.SERVICES, AT)).decode("utf-8-sig")
    assert [line.split(";")[0] for line in text.splitlines()] == ["Identifiant", "t:a", "t:b"]
    with pytest.raises(NotAllowed):
        await files_undone.given_out(rooms, make.viewer(Role.PROFESSIONAL), None, AT)


async def test_a_transaction_that_breaks_in_the_middle_leaves_nothing(rooms: Rooms) -> None:
    """The last statement of a confirmation meets a seal that is there already: all that was written before goes with it."""
    upload = await look_at(rooms, EDITOR, "f.csv", FILE, AT)
    before = await services(rooms)

    async def seal(unit: Unit) -> None:
        await unit.run("CREATE (f:AppliedFile {id: $id, upload: 'x'})", id=f"t:caf|{upload.digest}")

    await rooms.graph.write(seal)
    with pytest.raises(Exception, match=r"(?i)constraint|duplicate|already"):
        await confirm(rooms, EDITOR, upload.id, AT)
    assert await services(rooms) == before
    async with rooms.graph.reading() as unit:
        assert await unit.keeping.history(Target(ListingKind.SERVICE, "t:a")) == []
    assert (await seen(rooms, EDITOR, upload.id, AT)).state is UploadState.WAITING


async def test_of_the_previews_of_one_person_the_last_five_wait(rooms: Rooms) -> None:
    other = replace(EDITOR, account="t:autre-compte")
    theirs = await look_at(rooms, other, "f.csv", FILE, AT)
    kept = [await look_at(rooms, EDITOR, f"{n}.csv", FILE, AT + timedelta(seconds=n)) for n in range(7)]
    async with rooms.graph.reading() as unit:
        still = [one.file for one in kept if await unit.uploads.get(one.id)]
        (parts,) = await unit.run("MATCH (p:UploadPart) RETURN count(DISTINCT p.upload) AS n")
        assert await unit.uploads.get(theirs.id) == theirs
    assert (still, parts["n"]) == (["2.csv", "3.csv", "4.csv", "5.csv", "6.csv"], 6)


async def test_what_comes_to_nothing_is_told_and_the_work_is_over(rooms: Rooms) -> None:
    upload = await look_at(rooms, EDITOR, "f.csv", FILE, datetime.now(UTC))
    target = Target(ListingKind.SERVICE, "t:b")
    await change_groups(
        rooms, EDITOR, target, {FieldGroup.CONTACT: {"contact": Contact(phone="03 81 22 22 22")}}, key="k"
    )
    await begin(rooms, EDITOR, upload.id, confirm)
    now = await until_told(rooms, upload.id)
    assert (now.state, now.started) == (UploadState.WAITING, None)
    assert now.told.startswith("L’annuaire a changé depuis l’aperçu : ligne 3")


async def until_told(rooms: Rooms, id_: str) -> Upload:
    while True:
        now = await seen(rooms, EDITOR, id_)
        if now.started is None:
            return now
        await asyncio.sleep(0.05)
