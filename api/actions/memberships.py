"""Who works for whom, as an organisation's administrator decides it: requests answered, people invited, roles given, ends."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import uuid4

from api.actions.casework.filing import actor_of
from api.actions.casework.leaving import handed_to_desk, switched_off
from api.rooms import Rooms
from graph.model.access import Operation, Role, Subject, Viewer, check, may
from graph.model.account import ORGANISATION_ROLES, Account, Membership, MembershipState, fold_email
from graph.model.errors import InvalidInput, NotAllowed, NotFound
from graph.store.unit import Unit

NOT_YOURS_TO_GIVE = (
    "Vous pouvez accueillir un professionnel, ou le premier administrateur d’un organisme qui n’en a pas ; les autres rôles "
    "sont donnés par l’administrateur de l’organisme, et personne ne s’accueille soi-même. Rien n’a été modifié."
)
# What whoever may not give roles takes someone in as, where nobody administers (the first alone where somebody does).
TAKEN_IN_AS = (Role.PROFESSIONAL, Role.ORGANISATION_ADMINISTRATOR)


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
    if accept:
        await _may_give(unit, viewer, organisation, account, given)
    there = await _locked(unit, account, organisation, {MembershipState.ASKED})
    state = MembershipState.ACTIVE if accept else MembershipState.REFUSED
    await admit(unit, _moved(there, state, given, viewer, note, at))
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
    """She does not work there any more, or is not invited any more. What she leads goes to the duty desk first, file by file.

    Raises InvalidInput, NotFound, NotAllowed.
    """

    async def checked(unit: Unit) -> Membership:
        await _check(unit, viewer, Operation.END_MEMBERSHIP, organisation)
        await unit.accounts.lock_members(organisation)
        there = await _locked(unit, account, organisation, {MembershipState.ACTIVE, MembershipState.INVITED})
        if there.active and Role.ORGANISATION_ADMINISTRATOR in there.roles:
            await _not_the_last(unit, account, organisation)
        return there

    async def ended(unit: Unit) -> None:
        there = await checked(unit)
        await switched_off(unit, organisation, account)
        await unit.accounts.put_membership(_moved(there, MembershipState.ENDED, frozenset(), viewer, "", at))

    await handed_to_desk(rooms.graph, actor_of(viewer), organisation, account, checked, at)
    await rooms.graph.write(ended)


async def admit(unit: Unit, membership: Membership) -> None:
    """Write a membership; who works there from now on takes work."""
    await unit.accounts.put_membership(membership)
    if membership.state is MembershipState.ACTIVE:
        await unit.seats.welcome(membership.organisation, membership.account)


async def prepare_member(
    rooms: Rooms, viewer: Viewer, organisation: str, email: str, name: str, roles: Iterable[str], at: int
) -> None:
    """Invite someone, who need not have signed in yet: her verified address will lead her here, and she says yes. Who has asked
    to join is taken in. Raises InvalidInput, NotFound, NotAllowed.
    """
    folded, given = fold_email(email), _roles(roles)

    async def write(unit: Unit) -> None:
        await _check(unit, viewer, Operation.ACCEPT_MEMBER, organisation)
        account = await unit.accounts.by_email(folded)
        if account is None:
            account = Account(id=uuid4().hex, email=folded, name=name or folded)
            await unit.accounts.put(account)
        await _may_give(unit, viewer, organisation, account.id, given)
        there = await unit.accounts.lock_membership(account.id, organisation)
        if there and there.active:
            raise InvalidInput("Cette personne est déjà membre de l’organisme. Rien n’a été modifié.", "email")
        fresh = there or Membership(account=account.id, organisation=organisation)
        asked = there is not None and there.state is MembershipState.ASKED
        state = MembershipState.ACTIVE if asked else MembershipState.INVITED
        await admit(unit, _moved(fresh, state, given, viewer, "", at))

    await rooms.graph.write(write)


async def _may_give(unit: Unit, viewer: Viewer, organisation: str, account: str, roles: frozenset[Role]) -> None:
    """Whoever takes members in without the right to give roles takes in professionals, and a first administrator; never
    herself. Raises NotAllowed.
    """
    subject = Subject(organisation=organisation, above=await unit.keeping.above(organisation))
    if may(viewer, Operation.GRANT_ROLE, subject):
        return
    first = roles == {Role.ORGANISATION_ADMINISTRATOR} and not await _administrators(unit, organisation)
    if account == viewer.account or not (first or roles == {Role.PROFESSIONAL}):
        raise NotAllowed(NOT_YOURS_TO_GIVE)


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
        post=there.post if state is there.state is MembershipState.ACTIVE else "",
    )


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


async def _administrators(unit: Unit, organisation: str) -> set[str]:
    """The accounts that administer it."""
    return {
        one.account
        for one, person in await unit.accounts.members(organisation)
        if one.active and person.active and Role.ORGANISATION_ADMINISTRATOR in one.roles
    }


async def _not_the_last(unit: Unit, account: str, organisation: str) -> None:
    """An organisation that nobody administers can take nobody in; someone whose account is closed administers nothing.

    Its memberships are locked: of two administrators who take the role from each other at one moment, the second is refused.
    """
    if await _administrators(unit, organisation) <= {account}:
        raise InvalidInput(
            "C’est le seul administrateur de l’organisme : nommez-en un autre d’abord. Rien n’a été modifié.", "role"
        )
