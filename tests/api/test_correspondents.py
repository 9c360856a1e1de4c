"""Whom an organisation is written to by: who may say so, and what becomes of links that were sent before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.actions.by_link import opened, resume_mails, stop_mails
from api.actions.correspondents import appoint, revoke, send, standing
from api.rooms import Rooms
from api.settings import Settings
from graph.model.access import VISITOR, Role, Viewer
from graph.model.account import Account, Membership
from graph.model.errors import InvalidInput, NotAllowed, NotFound
from graph.model.mail import LinkState, Recipient, key_of
from graph.store.correspondents import Correspondents
from graph.store.loading import Loader
from graph.store.outbox import MAIL_KINDS
from graph.store.signed_links import SignedLinks
from graph.store.unit import Graph, Unit
from search.embedded import EmbeddedIndex
from tests import make, reading

AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
MODERATOR = make.viewer(Role.MODERATOR, organisation="", organisations=())
ADMINISTRATOR = make.viewer(Role.ORGANISATION_ADMINISTRATOR)
EDITOR = make.viewer(Role.LISTING_EDITOR)
ELSEWHERE = make.viewer(Role.ORGANISATION_ADMINISTRATOR, organisation="t:other", organisations=("t:other",))


@pytest.fixture
async def rooms(empty_graph: Graph, tmp_path: Path) -> Rooms:
    loader = Loader(empty_graph, "essai")
    await loader.load(await loader.plan_batch(make.batch(make.organisation(), make.service())), lambda done: None)
    settings = Settings(data=tmp_path, smtp_host="127.0.0.1", smtp_tls="none", sender="maillage@example.org")
    return Rooms(settings, empty_graph, EmbeddedIndex(tmp_path), reading.shared())


async def mails(rooms: Rooms) -> int:
    async with rooms.graph.reading() as unit:
        return await unit.outbox.pending(MAIL_KINDS)


async def recipients(rooms: Rooms) -> list[str]:
    async with rooms.graph.reading() as unit:
        return [one.email for one in (await Correspondents(unit).of(["t:caf"])).get("t:caf", ())]


async def the_link(rooms: Rooms, viewer: Viewer = MODERATOR) -> str:
    """The one link that acts, opened by the token "t"."""
    async with rooms.graph.reading() as unit:
        rows = await unit.run("MATCH (l:SignedLink) RETURN l.id AS id ORDER BY l.id")
    (row,) = rows
    await rooms.graph.write(lambda unit: SignedLinks(unit).open_by(row["id"], key_of("t"), AT))
    (link,) = (await standing(rooms, viewer, "t:caf", AT)).links
    return link.id


async def state(rooms: Rooms) -> LinkState:
    return (await opened(rooms, "t", AT)).state


async def test_a_moderator_and_the_administrator_give_an_address_and_send_a_link(rooms: Rooms) -> None:
    for viewer, address in ((MODERATOR, "un@example.org"), (ADMINISTRATOR, " deux@example.org ")):
        await appoint(rooms, viewer, "t:caf", address)
        assert await recipients(rooms) == [address.strip()]
    assert await send(rooms, ADMINISTRATOR, "t:caf", AT, key="k") == 1
    assert await mails(rooms) == 1
    now = await standing(rooms, MODERATOR, "t:caf", AT)
    assert (now.address, now.editors, now.stopped, now.may_send) == ("deux@example.org", 0, False, True)


async def test_others_may_not_and_an_editor_may_only_take_links_away(rooms: Rooms) -> None:
    await appoint(rooms, MODERATOR, "t:caf", "un@example.org")
    await send(rooms, MODERATOR, "t:caf", AT, key="k")
    link = await the_link(rooms, EDITOR)
    for viewer in (VISITOR, ELSEWHERE, make.viewer(Role.PROFESSIONAL), make.viewer(Role.COORDINATOR)):
        with pytest.raises(NotFound):
            await standing(rooms, viewer, "t:caf", AT)
        with pytest.raises(NotFound):
            await appoint(rooms, viewer, "t:caf", "intrus@example.org")
        with pytest.raises(NotFound):
            await send(rooms, viewer, "t:caf", AT, key="k")
        with pytest.raises(NotFound):
            await revoke(rooms, viewer, link)
    with pytest.raises(NotAllowed):
        await appoint(rooms, EDITOR, "t:caf", "intrus@example.org")
    with pytest.raises(NotAllowed):
        await send(rooms, EDITOR, "t:caf", AT, key="k")
    assert await recipients(rooms) == ["un@example.org"]
    assert await mails(rooms) == 1
    assert await state(rooms) is LinkState.OPEN
    assert await revoke(rooms, EDITOR, link) == "t:caf"
    assert await state(rooms) is LinkState.REVOKED
    assert (await standing(rooms, EDITOR, "t:caf", AT)).links == ()


@pytest.mark.parametrize("address", ["", "autre@example.org"])
async def test_a_link_ends_with_the_address_it_was_sent_to(rooms: Rooms, address: str) -> None:
    await appoint(rooms, MODERATOR, "t:caf", "un@example.org")
    await send(rooms, MODERATOR, "t:caf", AT, key="k")
    await the_link(rooms)
    await appoint(rooms, MODERATOR, "t:caf", "un@example.org")
    assert await state(rooms) is LinkState.OPEN
    await appoint(rooms, MODERATOR, "t:caf", address)
    assert await state(rooms) is LinkState.REVOKED
    assert not (await opened(rooms, "t", AT)).renewable


async def test_no_link_is_sent_to_nobody_nor_without_a_server(rooms: Rooms) -> None:
    with pytest.raises(InvalidInput) as refused:
        await send(rooms, MODERATOR, "t:caf", AT, key="k")
    assert refused.value.field == "adresse"
    with pytest.raises(InvalidInput):
        await appoint(rooms, MODERATOR, "t:caf", "un@example.org, deux@example.org")
    await appoint(rooms, MODERATOR, "t:caf", "un@example.org")
    silent = Rooms(Settings(data=rooms.settings.data), rooms.graph, rooms.index, rooms.reader)
    with pytest.raises(NotAllowed):
        await send(silent, MODERATOR, "t:caf", AT, key="k")
    assert await mails(rooms) == 0


async def test_editors_come_before_the_correspondent_and_leave_with_their_rights(rooms: Rooms) -> None:
    await appoint(rooms, MODERATOR, "t:caf", "un@example.org")

    async def join(unit: Unit) -> None:
        for id_, role, demonstration in (
            ("a", Role.LISTING_EDITOR, False),
            ("b", Role.PROFESSIONAL, False),
            ("c", Role.LISTING_EDITOR, True),
        ):
            account = Account(id=id_, email=f"{id_}@example.org", name=id_, demonstration=demonstration)
            await unit.accounts.put(account)
            roles = frozenset({role})
            await unit.accounts.put_membership(Membership(account=id_, organisation="t:caf", roles=roles))

    await rooms.graph.write(join)
    assert await recipients(rooms) == ["a@example.org"]
    assert (await standing(rooms, MODERATOR, "t:caf", AT)).editors == 1
    async with rooms.graph.reading() as unit:
        assert await Correspondents(unit).kept("", 10) == ["t:caf"]
        assert await Correspondents(unit).answering(["t:caf"]) == {"t:caf": (Recipient(id="a", email="a@example.org"),)}
    await send(rooms, MODERATOR, "t:caf", AT, key="k")
    await the_link(rooms)
    assert await state(rooms) is LinkState.OPEN
    gone = Membership(account="a", organisation="t:caf", roles=frozenset({Role.PROFESSIONAL}))
    await rooms.graph.write(lambda unit: unit.accounts.put_membership(gone))
    assert await state(rooms) is LinkState.REVOKED
    assert await recipients(rooms) == ["un@example.org"]


async def test_a_link_that_has_ended_is_no_longer_among_those_that_act(rooms: Rooms) -> None:
    await appoint(rooms, MODERATOR, "t:caf", "un@example.org")
    await send(rooms, MODERATOR, "t:caf", AT, key="k")
    await the_link(rooms)
    assert (await standing(rooms, MODERATOR, "t:caf", AT + timedelta(days=14))).links == ()


async def test_a_link_is_sent_once_whoever_presses_again_and_never_in_a_stream(rooms: Rooms) -> None:
    await appoint(rooms, MODERATOR, "t:caf", "un@example.org")
    assert await send(rooms, MODERATOR, "t:caf", AT, key="k") == 1
    first = await the_link(rooms)
    assert await send(rooms, MODERATOR, "t:caf", AT, key="k") == 1
    other = make.viewer(Role.MODERATOR, account="t:other", organisation="", organisations=())
    for viewer, key in ((MODERATOR, "l"), (other, "k")):
        with pytest.raises(InvalidInput) as refused:
            await send(rooms, viewer, "t:caf", AT + timedelta(minutes=14), key=key)
        assert refused.value.field == "lien"
    assert await mails(rooms) == 1
    assert await state(rooms) is LinkState.OPEN
    for n in range(1, 5):
        await send(rooms, MODERATOR, "t:caf", AT + n * timedelta(minutes=15), key=str(n))
    # Of several one acts: the last.
    assert await state(rooms) is LinkState.REVOKED
    assert first not in [link.id for link in (await standing(rooms, MODERATOR, "t:caf", AT)).links]
    with pytest.raises(InvalidInput):
        await send(rooms, MODERATOR, "t:caf", AT + timedelta(hours=23), key="m")
    assert await mails(rooms) == 5
    assert await send(rooms, MODERATOR, "t:caf", AT + timedelta(hours=26), key="m") == 1


async def test_who_wants_no_mail_is_written_to_again_when_she_says_so_and_not_before(rooms: Rooms) -> None:
    await appoint(rooms, MODERATOR, "t:caf", "Un@example.org")
    await send(rooms, MODERATOR, "t:caf", AT, key="k")
    await the_link(rooms)
    await stop_mails(rooms, "t")
    for address in ("Un@example.org", "", "un@example.org"):
        await appoint(rooms, MODERATOR, "t:caf", address)
        assert await recipients(rooms) == []
    assert (await standing(rooms, MODERATOR, "t:caf", AT)).stopped
    await appoint(rooms, MODERATOR, "t:caf", "deux@example.org")
    assert await recipients(rooms) == ["deux@example.org"]
    async with rooms.graph.reading() as unit:
        rows = await unit.run("MATCH (n:NoMail) RETURN n{.*} AS node")
    assert "un@example.org" not in str(rows).lower()
    later = AT + timedelta(hours=1)
    await send(rooms, MODERATOR, "t:caf", later, key="l")
    async with rooms.graph.reading() as unit:
        (link,) = await SignedLinks(unit).made_since("t:caf", AT)
    await rooms.graph.write(lambda unit: SignedLinks(unit).open_by(link.id, key_of("u"), later))
    await stop_mails(rooms, "u")
    assert await recipients(rooms) == []
    await resume_mails(rooms, "u")
    assert await recipients(rooms) == ["deux@example.org"]
