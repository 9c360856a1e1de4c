"""What an operator does from the command line: first accounts, roles, tokens of machines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from uuid import uuid4

from api.auth.bearer import OURS, new_machine_token
from api.auth.cookie import digest
from api.auth.signed_in import now_ms
from api.premises import premises
from api.settings import Settings
from api.telling import console
from graph.model.access import SITE_ROLES, Role
from graph.model.account import ORGANISATION_ROLES, Account, MachineToken, Membership, fold_email
from graph.model.errors import InvalidInput, NotFound
from graph.store.unit import Unit

DAY_MS: Final = 86_400_000
SHOWN: Final = 12
FEWEST: Final = 8


async def enrol(
    settings: Settings, email: str, name: str, organisation: str, roles: Sequence[str], *, close: bool
) -> None:
    """Make or change an account. Roles are those given and no others, at the organisation and for the site; `close` shuts it.

    Raises InvalidInput, NotFound, Unavailable.
    """
    folded, given = fold_email(email), _roles(roles)
    at_organisation, for_site = given & ORGANISATION_ROLES, given & SITE_ROLES
    if at_organisation and not organisation:
        raise InvalidInput("Ce rôle se tient dans un organisme : ajoutez --organisation. Rien n’a été modifié.", "role")
    if organisation and not at_organisation and not close:
        raise InvalidInput(
            "Dites quel rôle elle tient dans cet organisme : ajoutez --role. Rien n’a été modifié.", "role"
        )
    at = now_ms()

    async def write(unit: Unit) -> Account:
        there = await unit.accounts.by_email(folded)
        account = there or Account(id=uuid4().hex, email=folded, name=name or folded)
        kept = for_site if given else account.roles
        account = replace(account, name=name or account.name, active=not close, roles=kept)
        await unit.accounts.put(account)
        if close:
            await unit.sessions.end_all(account.id)
        elif organisation:
            if not await unit.accounts.organisation_names([organisation]):
                raise NotFound(f"L’organisme « {organisation} » n’existe pas. Rien n’a été modifié.")
            membership = Membership(account=account.id, organisation=organisation, roles=at_organisation, since=at)
            await unit.accounts.put_membership(membership)
        return account

    async with premises(settings) as house:
        account = await house.graph.write(write)
        async with house.graph.reading() as unit:
            held = await unit.accounts.memberships(account.id)
    active = [one for one in held if one.active]
    console.print(f"{account.name} <{account.email}> : {'ouvert' if account.active else 'fermé'}.", markup=False)
    for one in active:
        console.print(f"  {one.organisation} : {', '.join(sorted(one.roles))}", markup=False)
    if account.roles:
        console.print(f"  sur le site : {', '.join(sorted(account.roles))}", markup=False)


async def issue_token(settings: Settings, email: str, days: int, organisation: str) -> None:
    """Make a token for this account and print it, this once. Raises InvalidInput, NotFound, Unavailable."""
    folded, token, at = fold_email(email), new_machine_token(), now_ms()

    async def write(unit: Unit) -> None:
        account = await unit.accounts.by_email(folded)
        if account is None or not account.active:
            raise NotFound(f"Aucun compte ouvert n’a l’adresse « {folded} » : aucun jeton n’a été fait.")
        held = await unit.accounts.memberships(account.id)
        active = [one.organisation for one in held if one.active]
        if organisation and organisation not in active:
            raise NotFound(f"Ce compte n’est pas membre de « {organisation} » : aucun jeton n’a été fait.")
        if not organisation and len(active) > 1:
            raise InvalidInput(
                f"Ce compte agit pour plusieurs organismes, choisissez : --organisation {active[0]}.", "for"
            )
        made = MachineToken(
            id=digest(token), account=account.id, issued=at, ends=at + days * DAY_MS, organisation=organisation
        )
        await unit.tokens.issue(made)

    async with premises(settings) as house:
        await house.graph.write(write)
    console.print(token, markup=False, highlight=False, soft_wrap=True)
    console.print(
        f"Gardez-le : il ne sera plus montré. Il vaut {days} jours ; pour le reprendre avant : "
        f"maillage token --revoke {digest(token)[:SHOWN]}",
        markup=False,
        soft_wrap=True,
    )


async def revoke_token(settings: Settings, named: str) -> None:
    """Take a token back, by itself or by the beginning of its mark. Raises InvalidInput, NotFound, Unavailable."""
    start = digest(named) if named.startswith(OURS) else named.lower()
    if len(start) < FEWEST:
        raise InvalidInput(
            f"Donnez le jeton, ou au moins {FEWEST} signes de son repère. Rien n’a été repris.", "revoke"
        )
    async with premises(settings) as house:
        revoked = await house.graph.write(lambda unit: unit.tokens.revoke(start))
    if not revoked:
        raise NotFound("Aucun jeton ne porte ce repère. Rien n’a été repris.")
    console.print("Jeton repris : il n’ouvre plus rien." if revoked == 1 else f"{revoked} jetons repris.")


def _roles(given: Sequence[str]) -> frozenset[Role]:
    known = {role.value: role for role in SITE_ROLES | ORGANISATION_ROLES}
    for one in given:
        if one not in known:
            raise InvalidInput(f"« {one} » n’est pas un rôle. Rôles : {', '.join(sorted(known))}.", "role")
    return frozenset(known[one] for one in given)
