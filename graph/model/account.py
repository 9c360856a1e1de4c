"""Accounts: who may sign in, for whom she works, and what keeps her signed in. Moments are milliseconds since 1970."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from graph.model.access import SITE_ROLES, VISITOR, Role, Viewer
from graph.model.mail import checked_address

# What someone is at one organisation.
ORGANISATION_ROLES: Final = frozenset(Role) - SITE_ROLES - {Role.VISITOR}
SIRET: Final = re.compile(r"\d{14}")


class MembershipState(StrEnum):
    """The life of a membership: asked by a professional, or offered by an administrator, and taken by the other; refused, ended."""

    ASKED = "asked"
    INVITED = "invited"
    ACTIVE = "active"
    REFUSED = "refused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Someone who may sign in. `email` is folded; `roles` are those on the platform; `professional` her record in the directory.

    A demonstration's account can only be signed in to from the demonstration's own page.
    """

    id: str
    email: str
    name: str
    function: str = ""
    active: bool = True
    roles: frozenset[Role] = frozenset()
    professional: str = ""
    demonstration: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """An account at an organisation. `since` is when its state began, `decided_by` the account that decided, `note` why; `post` is
    the id of the post that she holds there, "" where it was not said.
    """

    account: str
    organisation: str
    roles: frozenset[Role] = frozenset({Role.PROFESSIONAL})
    state: MembershipState = MembershipState.ACTIVE
    since: int = 0
    decided_by: str = ""
    note: str = ""
    post: str = ""

    @property
    def id(self) -> str:
        """One for each account and organisation."""
        return f"{self.account}|{self.organisation}"

    @property
    def active(self) -> bool:
        """Whether she works there."""
        return self.state is MembershipState.ACTIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What keeps someone signed in. `id` is the SHA-256 of the token that her browser holds; the token itself is nowhere here.

    `issuer`, `sub`, `sid` and `id_token` are the identity provider's: with them it can end the session, or be told of its end.
    """

    id: str
    account: str
    issuer: str
    started: int
    seen: int
    ends: int
    organisation: str = ""
    sub: str = ""
    sid: str = ""
    id_token: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningIn:
    """A sign-in under way, or a sign-out with `id_token`. `id` and `browser` are digests of the state and of what the browser
    holds; `nonce` and `verifier` are the flow's secrets, `back` the path to go to at its end, `until` when it is too late.
    """

    id: str
    issuer: str
    browser: str
    until: int
    nonce: str = ""
    verifier: str = ""
    back: str = "/"
    id_token: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineToken:
    """A token that an operator made for an account. `id` is its digest; `organisation` the one it acts for, if several may be."""

    id: str
    account: str
    issued: int
    ends: int
    organisation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A session as a request needs it: who acts, the names of the organisations she may act for, and when it ends. `unread` when
    there may be one, and the graph did not say.
    """

    viewer: Viewer = VISITOR
    names: Mapping[str, str] = field(default_factory=dict)
    issuer: str = ""
    seen: int = 0
    ends: int = 0
    unread: bool = False


NOBODY: Final = SignedIn()
UNREAD: Final = SignedIn(unread=True)


def signed_in(session: Session, account: Account, held: Mapping[str, frozenset[Role]]) -> Viewer:
    """Who acts in this session; `held` are the roles of the account's memberships that are active, by organisation.

    The organisation that the session acts for counts only while she is a member of it; while none was chosen, the only one.
    """
    chosen = session.organisation or (next(iter(held)) if len(held) == 1 else "")
    organisation = chosen if chosen in held else ""
    roles = held.get(organisation, frozenset()) | account.roles
    return Viewer(
        account=account.id,
        name=account.name,
        email=account.email,
        organisation=organisation,
        organisations=tuple(sorted(held)),
        roles=roles or frozenset({Role.VISITOR}),
        professional=account.professional,
        session=session.id,
    )


def fold_email(text: str) -> str:
    """An address as accounts are looked for by it, two addresses of one mailbox only ever being one. Raises InvalidInput."""
    return checked_address(text).lower()


def siret(text: object) -> str:
    """The 14 digits of an establishment's number, from text with blanks; empty when it is none."""
    digits = re.sub(r"\s", "", str(text or ""))
    return digits if SIRET.fullmatch(digits) else ""
