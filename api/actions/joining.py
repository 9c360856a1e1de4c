"""Who signs in for the first time, and who may work for whom: an account recognised, a request to join, its answer."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import uuid4

from api.auth.provider import Vouched
from api.rooms import Rooms
from graph.model.access import Operation, Role, Subject, Viewer, check
from graph.model.account import ORGANISATION_ROLES, Account, Membership, MembershipState, fold_email, siret
from graph.model.errors import InvalidInput, NotAllowed, NotFound
from graph.store.unit import Unit

CLOSED = "Ce compte a été fermé : vous n’êtes pas connecté. Adressez-vous à l’administrateur de votre organisme."
UNVERIFIED = (
    "Votre fournisseur d’identité ne garantit pas votre adresse électronique : vous n’êtes pas connecté, et aucun compte "
    "n’a été créé. Vérifiez votre adresse auprès de lui, puis recommencez."
)
ELSEWHERE = (
    "Un compte existe à votre adresse, pour un autre établissement que celui que donne votre fournisseur d’identité : vous "
    "n’êtes pas connecté, et rien n’a changé. L’administrateur de votre organisme peut vous ajouter parmi ses membres."
)


async def recognised(rooms: Rooms, issuer: str, told: Vouched, tells_siret: bool, at: int) -> Account:
    """The account of whom an issuer vouches for, made when there is none; from then on the identity is this account's.

    A verified address leads to the account that an administrator prepared; where the issuer tells the SIRET (`tells_siret`),
    it must be that of an organisation the account works for. Raises NotAllowed: nothing was changed.
    """
    identity = f"{issuer}|{told.sub}"

    async def write(unit: Unit) -> Account:
        account = await unit.accounts.by_identity(identity)
        if account is None:
            account = await _matched(unit, told, tells_siret)
            await unit.accounts.know(identity, account.id, at)
        if not account.active:
            raise NotAllowed(CLOSED)
        return account

    return await rooms.graph.write(write)


async def _matched(unit: Unit, told: Vouched, tells_siret: bool) -> Account:
    if not told.email:
        raise NotAllowed(UNVERIFIED)
    email = fold_email(told.email)
    account = await unit.accounts.by_email(email)
    if account is None:
        account = Account(id=uuid4().hex, email=email, name=told.name or email)
        await unit.accounts.put(account)
        return account
    if account.demonstration:
        raise NotAllowed(ELSEWHERE)
    held = [one.organisation for one in await unit.accounts.memberships(account.id) if _active(one)]
    known = await unit.accounts.with_siret(siret(told.siret)) if siret(told.siret) else []
    if tells_siret and held and not set(held) & set(known):
        raise NotAllowed(ELSEWHERE)
    return account


async def ask_to_join(rooms: Rooms, viewer: Viewer, organisation: str, at: int) -> None:
    """Ask an organisation's administrator. Asked twice it is asked once; who is a member stays one. Raises NotFound."""

    async def write(unit: Unit) -> None:
        if not await unit.accounts.organisation_names([organisation]):
            raise NotFound("Cet organisme n’existe pas : aucune demande n’a été faite.")
        there = await unit.accounts.lock_membership(viewer.account, organisation)
        if there and there.state in {MembershipState.ACTIVE, MembershipState.ASKED}:
            return
        asked = Membership(
            account=viewer.account, organisation=organisation, state=MembershipState.ASKED, since=at, roles=frozenset()
        )
        await unit.accounts.put_membership(asked)

    await rooms.graph.write(write)


async def members(rooms: Rooms, viewer: Viewer, organisation: str) -> list[tuple[Membership, Account]]:
    """Everyone who is, was or asks to be a member. Raises NotFound where the viewer may not see them: it looks the same."""
    async with rooms.graph.reading() as unit:
        await _check(unit, viewer, Operation.READ_MEMBERS, organisation)
        return await unit.accounts.members(organisation)


async def answer(
    rooms: Rooms,
    viewer: Viewer,
    organisation: str,
    account: str,
    *,
    accept: bool,
    roles: Iterable[str],
    note: str,
    at: int,
) -> None:
    """Accept or refuse a request to join. Raises InvalidInput, NotFound, NotAllowed."""

    async def write(unit: Unit) -> None:
        await answer_within(unit, viewer, organisation, account, accept=accept, roles=roles, note=note, at=at)

    await rooms.graph.write(write)


async def answer_within(
    unit: Unit,
    viewer: Viewer,
    organisation: str,
    account: str,
    *,
    accept: bool,
    roles: Iterable[str],
    note: str,
    at: int,
) -> Membership:
    """Answer inside a unit that does more than that; the membership as it was. Raises as `answer`."""
    given = _roles(roles) if accept else frozenset[Role]()
    if not accept and not note:
        raise InvalidInput("Dites pourquoi vous refusez : la personne lira ce motif. Rien n’a été modifié.", "motif")
    await _check(unit, viewer, Operation.ACCEPT_MEMBER, organisation)
    there = await _locked(unit, account, organisation, {MembershipState.ASKED})
    state = MembershipState.ACTIVE if accept else MembershipState.REFUSED
    await unit.accounts.put_membership(_moved(there, state, given, viewer, note, at))
    return there


async def ask_anew_within(
    unit: Unit, viewer: Viewer, organisation: str, account: str, state: MembershipState, since: int
) -> None:
    """A request that was answered (`state`) waits again, inside a unit. Raises NotAllowed, NotFound when it is not so any more."""
    await _check(unit, viewer, Operation.ACCEPT_MEMBER, organisation)
    there = await _locked(unit, account, organisation, {state})
    asked = _moved(there, MembershipState.ASKED, frozenset(), viewer, "", since)
    await unit.accounts.put_membership(asked)


async def give_roles(
    rooms: Rooms, viewer: Viewer, organisation: str, account: str, roles: Iterable[str], at: int
) -> None:
    """Give a member these roles and no others. Raises InvalidInput, NotFound, NotAllowed."""
    given = _roles(roles)

    async def write(unit: Unit) -> None:
        await _check(unit, viewer, Operation.GRANT_ROLE, organisation)
        await unit.accounts.lock_members(organisation)
        there = await _locked(unit, account, organisation, {MembershipState.ACTIVE})
        if Role.ORGANISATION_ADMINISTRATOR in there.roles - given:
            await _not_the_last(unit, account, organisation)
        await unit.accounts.put_membership(_moved(there, there.state, given, viewer, "", at))

    await rooms.graph.write(write)


async def end_membership(rooms: Rooms, viewer: Viewer, organisation: str, account: str, at: int) -> None:
    """She does not work there any more. Raises InvalidInput, NotFound, NotAllowed."""

    async def write(unit: Unit) -> None:
        await _check(unit, viewer, Operation.END_MEMBERSHIP, organisation)
        await unit.accounts.lock_members(organisation)
        there = await _locked(unit, account, organisation, {MembershipState.ACTIVE})
        if Role.ORGANISATION_ADMINISTRATOR in there.roles:
            await _not_the_last(unit, account, organisation)
        await unit.accounts.put_membership(_moved(there, MembershipState.ENDED, frozenset(), viewer, "", at))

    await rooms.graph.write(write)


async def prepare_member(
    rooms: Rooms, viewer: Viewer, organisation: str, email: str, name: str, roles: Iterable[str], at: int
) -> None:
    """Add someone before she ever signs in: her verified address will lead her here. Raises InvalidInput, NotFound, NotAllowed."""
    folded, given = fold_email(email), _roles(roles)

    async def write(unit: Unit) -> None:
        await _check(unit, viewer, Operation.ACCEPT_MEMBER, organisation)
        account = await unit.accounts.by_email(folded)
        if account is None:
            account = Account(id=uuid4().hex, email=folded, name=name or folded)
            await unit.accounts.put(account)
        there = await unit.accounts.lock_membership(account.id, organisation)
        if there and _active(there):
            raise InvalidInput("Cette personne est déjà membre de l’organisme. Rien n’a été modifié.", "email")
        fresh = there or Membership(account=account.id, organisation=organisation)
        await unit.accounts.put_membership(_moved(fresh, MembershipState.ACTIVE, given, viewer, "", at))

    await rooms.graph.write(write)


def _moved(
    there: Membership, state: MembershipState, roles: frozenset[Role], viewer: Viewer, note: str, at: int
) -> Membership:
    return Membership(
        account=there.account,
        organisation=there.organisation,
        roles=roles,
        state=state,
        since=at,
        decided_by=viewer.account,
        note=note,
    )


def _active(membership: Membership) -> bool:
    return membership.state is MembershipState.ACTIVE


def _roles(given: Iterable[str]) -> frozenset[Role]:
    known = {role.value: role for role in ORGANISATION_ROLES}
    chosen = frozenset(known[one] for one in given if one in known)
    if not chosen or len(chosen) != len(set(given)):
        raise InvalidInput("Choisissez au moins un rôle de la liste. Rien n’a été modifié.", "role")
    return chosen


async def _check(unit: Unit, viewer: Viewer, operation: Operation, organisation: str) -> None:
    subject = Subject(organisation=organisation, above=await unit.keeping.above(organisation))
    if operation is Operation.READ_MEMBERS:
        try:
            check(viewer, operation, subject)
        except NotAllowed as refusal:
            raise NotFound("Cette page n’existe pas, ou n’est pas ouverte à votre compte.") from refusal
    check(viewer, operation, subject)


async def _locked(unit: Unit, account: str, organisation: str, states: set[MembershipState]) -> Membership:
    there = await unit.accounts.lock_membership(account, organisation)
    if there is None or there.state not in states:
        raise NotFound("Cette personne n’est plus dans cet état : quelqu’un l’a changé. Relisez la liste.")
    return there


async def _not_the_last(unit: Unit, account: str, organisation: str) -> None:
    """An organisation that nobody administers can take nobody in; someone whose account is closed administers nothing.

    Its memberships are locked: of two administrators who take the role from each other at one moment, the second is refused.
    """
    others = [
        one
        for one, person in await unit.accounts.members(organisation)
        if _active(one) and person.active and one.account != account and Role.ORGANISATION_ADMINISTRATOR in one.roles
    ]
    if not others:
        raise InvalidInput(
            "C’est le seul administrateur de l’organisme : nommez-en un autre d’abord. Rien n’a été modifié.", "role"
        )
