"""The accounts of the demonstration: invented people, signed in to without a password, and only there."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from graph.model.access import SITE_ROLES, Role
from graph.model.account import Account, Membership
from graph.store.unit import Graph, Unit

FILE: Final = Path(__file__).parent / "demonstration.csv"
# The issuer of their sessions, which no identity provider can have: it is no address.
ISSUER: Final = "demonstration"


@dataclass(frozen=True, slots=True)
class Demonstrated:
    """One of them, with her memberships."""

    account: Account
    memberships: tuple[Membership, ...]

    @property
    def roles(self) -> tuple[Role, ...]:
        """What she is, at her organisations or on the platform."""
        return tuple(sorted({role for one in self.memberships for role in one.roles} | self.account.roles))


@cache
def demonstrated() -> dict[str, Demonstrated]:
    """All of them, by e-mail, in the order of the file."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {email: _one([row for row in rows if row["email"] == email]) for email in {row["email"]: 0 for row in rows}}


def _one(rows: list[dict[str, str]]) -> Demonstrated:
    first, id_ = rows[0], f"demo:{rows[0]['email'].partition('@')[0]}"
    account = Account(
        id=id_,
        email=first["email"],
        name=first["name"],
        function=first["function"],
        roles=frozenset({Role(row["role"]) for row in rows}) & SITE_ROLES,
        professional=first["professional"],
        demonstration=True,
    )
    memberships = (
        Membership(account=id_, organisation=row["organisation"], roles=frozenset({Role(row["role"])}))
        for row in rows
        if row["organisation"]
    )
    return Demonstrated(account, tuple(memberships))


async def put_demonstrated(graph: Graph) -> None:
    """Write those that are missing. One that is there stays as people of the demonstration made it."""

    async def write(unit: Unit) -> None:
        every = [one.account.id for one in demonstrated().values()]
        there = await unit.accounts.of(every)
        for one in demonstrated().values():
            if one.account.id in there:
                continue
            await unit.accounts.put(one.account)
            for membership in one.memberships:
                await unit.accounts.put_membership(membership)

    await graph.write(write)
