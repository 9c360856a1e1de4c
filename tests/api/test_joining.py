"""Who takes whom into an organisation: nobody herself, nobody without her word, and no role that is not one's own to give."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.actions.joining import MOST_ASKED, PAUSE_AFTER_REFUSAL_MS, ask_to_join, recognised
from api.actions.memberships import answer, end_membership, prepare_member
from api.auth.provider import Vouched
from api.rooms import Rooms
from api.settings import Settings
from graph.model.access import Role
from graph.model.account import Account, Membership, MembershipState, fold_email
from graph.model.directory import ListingState
from graph.model.errors import InvalidInput, NotAllowed, NotFound
from graph.store.loading import Loader
from graph.store.unit import Graph
from search.embedded import EmbeddedIndex
from tests import make, reading

NOW = 1_700_000_000_000
SIRET_A, SIRET_B = "12345678901234", "12345678901235"
BODIES = ("t:a", "t:b", *(f"t:{n}" for n in range(MOST_ASKED)))
MODERATOR = make.viewer(Role.MODERATOR, account="m", organisation="", organisations=())
ADMINISTRATOR = make.viewer(Role.ORGANISATION_ADMINISTRATOR, account="x", organisation="t:a", organisations=("t:a",))
ROLES_KEPT = ("listing_editor", "head_of_service", "organisation_administrator")


@pytest.fixture
async def rooms(empty_graph: Graph, tmp_path: Path) -> Rooms:
    sirets = {"t:a": SIRET_A, "t:b": SIRET_B}
    bodies = [make.organisation(id_, siret=sirets.get(id_, "")) for id_ in BODIES]
    hidden = [make.organisation(f"t:{state}", state=state) for state in (ListingState.DRAFT, ListingState.ARCHIVED)]
    loader = Loader(empty_graph, "essai")
    await loader.load(await loader.plan_batch(make.batch(*bodies, *hidden)), lambda done: None)
    await empty_graph.write(lambda unit: unit.accounts.put(Account(id="m", email="m@example.org", name="M")))
    return Rooms(Settings(data=tmp_path), empty_graph, EmbeddedIndex(tmp_path), reading.shared())


async def membership(rooms: Rooms, email: str, organisation: str = "t:a") -> tuple[str, frozenset[Role]] | None:
    async with rooms.graph.reading() as unit:
        account = await unit.accounts.by_email(email)
        several = await unit.accounts.memberships(account.id) if account else []
    return next(((one.state.value, one.roles) for one in several if one.organisation == organisation), None)


async def administered(rooms: Rooms) -> None:
    roles = frozenset({Role.ORGANISATION_ADMINISTRATOR})
    await rooms.graph.write(lambda unit: unit.accounts.put(Account(id="x", email="x@example.org", name="X")))
    there = Membership(account="x", organisation="t:a", roles=roles)
    await rooms.graph.write(lambda unit: unit.accounts.put_membership(there))


def told(email: str, siret: str = "") -> Vouched:
    return Vouched(sub=email, sid="", email=email, name="", siret=siret, id_token="")


async def test_a_moderator_takes_in_professionals_and_never_herself(rooms: Rooms) -> None:
    await administered(rooms)
    for role in ROLES_KEPT:
        with pytest.raises(NotAllowed):
            await prepare_member(rooms, MODERATOR, "t:a", "claire@example.org", "", [role], NOW)
    await ask_to_join(rooms, MODERATOR, "t:a", NOW)
    for role in ("professional", *ROLES_KEPT):
        with pytest.raises(NotAllowed):
            await answer(rooms, MODERATOR, "t:a", "m", accept=True, roles=[role], note="", at=NOW)
        with pytest.raises(NotAllowed):
            await prepare_member(rooms, MODERATOR, "t:a", "m@example.org", "", [role], NOW)
    assert await membership(rooms, "claire@example.org") is None
    assert await membership(rooms, "m@example.org") == ("asked", frozenset())
    await prepare_member(rooms, MODERATOR, "t:a", "claire@example.org", "", ["professional"], NOW)
    assert await membership(rooms, "claire@example.org") == ("invited", {Role.PROFESSIONAL})
    await answer(rooms, ADMINISTRATOR, "t:a", "m", accept=True, roles=["listing_editor"], note="", at=NOW)
    assert await membership(rooms, "m@example.org") == ("active", {Role.LISTING_EDITOR})


async def test_a_moderator_names_the_first_administrator_and_not_herself(rooms: Rooms) -> None:
    first = ["organisation_administrator"]
    with pytest.raises(NotAllowed):
        await prepare_member(rooms, MODERATOR, "t:a", "m@example.org", "", first, NOW)
    with pytest.raises(NotAllowed):
        await prepare_member(rooms, MODERATOR, "t:a", "claire@example.org", "", [*first, "listing_editor"], NOW)
    await prepare_member(rooms, MODERATOR, "t:a", "claire@example.org", "", first, NOW)
    assert await membership(rooms, "m@example.org") is None
    assert await membership(rooms, "claire@example.org") == ("invited", {Role.ORGANISATION_ADMINISTRATOR})


async def test_who_is_added_works_there_once_she_says_so(rooms: Rooms) -> None:
    await prepare_member(rooms, ADMINISTRATOR, "t:a", "claire@example.org", "Claire", ["listing_editor"], NOW)
    account = await recognised(rooms, "issuer", told("claire@example.org"), tells_siret=False, at=NOW)
    assert await membership(rooms, "claire@example.org") == ("invited", {Role.LISTING_EDITOR})
    viewer = make.viewer(Role.VISITOR, account=account.id, organisation="", organisations=())
    await ask_to_join(rooms, viewer, "t:a", NOW)
    assert await membership(rooms, "claire@example.org") == ("active", {Role.LISTING_EDITOR})
    await prepare_member(rooms, ADMINISTRATOR, "t:a", "paul@example.org", "", ["listing_editor"], NOW)
    async with rooms.graph.reading() as unit:
        paul = await unit.accounts.by_email("paul@example.org")
    assert paul is not None
    await end_membership(rooms, ADMINISTRATOR, "t:a", paul.id, NOW)
    assert await membership(rooms, "paul@example.org") == ("ended", frozenset())


async def test_an_invitation_of_another_body_locks_nobody_out(rooms: Rooms) -> None:
    for organisation in ("t:a", "t:b"):
        by = make.viewer(
            Role.ORGANISATION_ADMINISTRATOR, account="x", organisation=organisation, organisations=(organisation,)
        )
        await prepare_member(rooms, by, organisation, "claire@example.org", "", ["listing_editor"], NOW)
    await recognised(rooms, "issuer", told("claire@example.org", SIRET_B), tells_siret=True, at=NOW)
    assert await membership(rooms, "claire@example.org", "t:a") == ("invited", {Role.LISTING_EDITOR})
    assert await membership(rooms, "claire@example.org", "t:b") == ("active", {Role.LISTING_EDITOR})
    # From now on she works for B: another identity of her address, which tells A, is not hers.
    with pytest.raises(NotAllowed):
        await recognised(rooms, "other", told("claire@example.org", SIRET_A), tells_siret=True, at=NOW)
    assert await membership(rooms, "claire@example.org", "t:a") == ("invited", {Role.LISTING_EDITOR})


async def test_one_asks_to_join_what_is_shown_and_not_without_end(rooms: Rooms) -> None:
    asking = make.viewer(Role.VISITOR, account="m", organisation="", organisations=())
    for hidden in ("t:draft", "t:archived", "t:rien"):
        with pytest.raises(NotFound):
            await ask_to_join(rooms, asking, hidden, NOW)
    for n in range(MOST_ASKED):
        await ask_to_join(rooms, asking, f"t:{n}", NOW)
    with pytest.raises(NotAllowed):
        await ask_to_join(rooms, asking, "t:a", NOW)
    refused = Membership(
        account="m", organisation="t:0", roles=frozenset(), state=MembershipState.REFUSED, since=NOW, note="Non."
    )
    await rooms.graph.write(lambda unit: unit.accounts.put_membership(refused))
    with pytest.raises(NotAllowed):
        await ask_to_join(rooms, asking, "t:0", NOW + PAUSE_AFTER_REFUSAL_MS - 1)
    assert await membership(rooms, "m@example.org", "t:0") == ("refused", frozenset())
    assert await membership(rooms, "m@example.org", "t:a") is None
    await ask_to_join(rooms, asking, "t:0", NOW + PAUSE_AFTER_REFUSAL_MS)
    assert await membership(rooms, "m@example.org", "t:0") == ("asked", frozenset())


@pytest.mark.parametrize(
    "other", ["strauß@example.org", "ｃlaire@example.org", "claire@straße.example", "a@ｅxample.org"]
)
def test_no_address_is_read_as_another_s(other: str) -> None:
    with pytest.raises(InvalidInput):
        fold_email(other)


def test_an_address_is_one_whatever_its_capitals_or_its_script() -> None:
    assert fold_email(" Claire@Exemple.FR ") == "claire@exemple.fr"
    assert fold_email("a@Bücher.example") == fold_email("a@xn--bcher-kva.example") == "a@xn--bcher-kva.example"
