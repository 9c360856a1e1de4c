"""What an operator does from the command line: accounts, roles, tokens."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.auth.cookie import digest
from api.enrolling import enrol, issue_token, revoke_token
from api.settings import Settings
from graph.model.access import Role
from graph.model.account import Membership, MembershipState, Session
from graph.model.errors import InvalidInput, NotFound
from graph.store.engine import Address
from graph.store.unit import Graph

WHO = "Anne@Essai.example"
FAR = 4_000_000_000_000


@pytest.fixture
async def settings(empty_graph: Graph, engine: Address, tmp_path: Path) -> Settings:
    body = "CREATE (:Organisation {id: 't:a', name: 'CCAS d’essai', state: 'published'})"
    await empty_graph.write(lambda unit: unit.run(body))
    return Settings(
        data=tmp_path,
        graph_uri=engine.uri,
        graph_user=engine.user,
        graph_password=engine.password,  # pyright: ignore[reportArgumentType] - made a secret
        graph_database=engine.database,
    )


async def test_the_first_administrator_is_made_and_her_account_closed(empty_graph: Graph, settings: Settings) -> None:
    await enrol(settings, WHO, "Anne Roy", "t:a", ["organisation_administrator"], close=False)
    await enrol(settings, WHO, "", "", ["moderator"], close=False)
    async with empty_graph.reading() as unit:
        account = await unit.accounts.by_email("anne@essai.example")
        assert account and (account.name, account.active, account.roles) == ("Anne Roy", True, {Role.MODERATOR})
        held = await unit.accounts.memberships(account.id)
        assert [(one.organisation, one.roles, one.state) for one in held] == [
            ("t:a", {Role.ORGANISATION_ADMINISTRATOR}, MembershipState.ACTIVE)
        ]
    session = Session(id="s", account=account.id, issuer="x", started=1, seen=1, ends=FAR)
    await empty_graph.write(lambda unit: unit.sessions.open(session))
    await enrol(settings, WHO, "", "", [], close=True)
    async with empty_graph.reading() as unit:
        closed = await unit.accounts.by_email("anne@essai.example")
        assert closed and (closed.active, await unit.sessions.count(account.id)) == (False, 0)


async def test_what_is_not_so_changes_nothing(empty_graph: Graph, settings: Settings) -> None:
    for organisation, roles in (("t:a", ["chef"]), ("", ["listing_editor"]), ("t:a", []), ("t:a", ["visitor"])):
        with pytest.raises(InvalidInput):
            await enrol(settings, WHO, "", organisation, roles, close=False)
    with pytest.raises(NotFound):
        await enrol(settings, WHO, "", "t:rien", ["listing_editor"], close=False)
    with pytest.raises(InvalidInput):
        await enrol(settings, "anne", "", "", ["moderator"], close=False)
    async with empty_graph.reading() as unit:
        assert await unit.accounts.by_email("anne@essai.example") is None


async def test_a_token_is_shown_once_and_taken_back(
    empty_graph: Graph, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(NotFound):
        await issue_token(settings, WHO, 30, "")
    await enrol(settings, WHO, "Anne Roy", "t:a", ["listing_editor"], close=False)
    capsys.readouterr()
    with pytest.raises(NotFound):
        await issue_token(settings, WHO, 30, "t:b")
    await issue_token(settings, WHO, 30, "")
    token = capsys.readouterr().out.split()[0]

    async def holder(now: int) -> str:
        async with empty_graph.reading() as unit:
            viewer = await unit.tokens.holder(digest(token), now)
        return viewer.organisation if viewer and viewer.machine else ""

    assert await holder(1) == "t:a"
    assert await holder(FAR) == ""
    with pytest.raises(InvalidInput):
        await revoke_token(settings, digest(token)[:4])
    with pytest.raises(NotFound):
        await revoke_token(settings, "0" * 64)
    assert await holder(1) == "t:a"
    await revoke_token(settings, token)
    assert await holder(1) == ""


async def test_a_token_for_two_organisations_says_for_which(empty_graph: Graph, settings: Settings) -> None:
    await enrol(settings, WHO, "", "t:a", ["listing_editor"], close=False)
    async with empty_graph.reading() as unit:
        account = await unit.accounts.by_email("anne@essai.example")
        assert account
    await empty_graph.write(
        lambda unit: unit.accounts.put_membership(Membership(account=account.id, organisation="t:b"))
    )
    with pytest.raises(InvalidInput):
        await issue_token(settings, WHO, 30, "")
    async with empty_graph.reading() as unit:
        assert await unit.tokens.of_account(account.id) == []
