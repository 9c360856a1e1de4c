"""Who comes: an account recognised when someone signs in, and her request to join an organisation."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from api.actions.memberships import admit
from api.auth.provider import Vouched
from api.rooms import Rooms
from graph.model.access import Viewer
from graph.model.account import Account, Membership, MembershipState, fold_email, siret
from graph.model.errors import NotAllowed, NotFound
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
TOO_MANY_ASKED = (
    "Vous avez déjà {} demandes en attente : attendez qu’une réponse vous parvienne. Cette demande n’a pas été faite."
)
REFUSED_LATELY = (
    "Cet organisme a refusé votre demande il y a moins de 30 jours : voyez avec son administrateur, ou redemandez plus tard. "
    "Cette demande n’a pas été faite."
)
MOST_ASKED = 5
PAUSE_AFTER_REFUSAL_MS = 30 * 86_400_000


async def recognised(rooms: Rooms, issuer: str, told: Vouched, tells_siret: bool, at: int) -> Account:
    """The account of whom an issuer vouches for, made when there is none; from then on the identity is this account's.

    A verified address leads to the account that an administrator prepared; where the issuer tells the SIRET (`tells_siret`),
    it must be that of an organisation the account works for, if it works for one. An invitation to the organisation of that
    SIRET is taken. Raises NotAllowed: nothing was changed.
    """
    identity = f"{issuer}|{told.sub}"

    async def write(unit: Unit) -> Account:
        account = await unit.accounts.by_identity(identity)
        if account is None:
            account = await _matched(unit, told, tells_siret, at)
            await unit.accounts.know(identity, account.id, at)
        if not account.active:
            raise NotAllowed(CLOSED)
        return account

    return await rooms.graph.write(write)


async def _matched(unit: Unit, told: Vouched, tells_siret: bool, at: int) -> Account:
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
    several = await unit.accounts.memberships(account.id)
    held = {one.organisation for one in several if one.active}
    known = set(await unit.accounts.with_siret(siret(told.siret))) if siret(told.siret) else set[str]()
    if tells_siret and held and not held & known:
        raise NotAllowed(ELSEWHERE)
    for one in several:
        if tells_siret and one.state is MembershipState.INVITED and one.organisation in known:
            await admit(unit, replace(one, state=MembershipState.ACTIVE, since=at))
    return account


async def ask_to_join(rooms: Rooms, viewer: Viewer, organisation: str, at: int) -> None:
    """Ask an organisation's administrator, or take the invitation that she sent. Asked twice it is asked once; who is a member
    stays one. Raises NotFound, NotAllowed.
    """

    async def write(unit: Unit) -> None:
        if not await unit.accounts.joinable(organisation):
            raise NotFound("Cet organisme n’existe pas : aucune demande n’a été faite.")
        there = await unit.accounts.lock_membership(viewer.account, organisation)
        if there and there.state is MembershipState.INVITED:
            await admit(unit, replace(there, state=MembershipState.ACTIVE, since=at))
            return
        if there and there.state in {MembershipState.ACTIVE, MembershipState.ASKED}:
            return
        if there and there.state is MembershipState.REFUSED and at - there.since < PAUSE_AFTER_REFUSAL_MS:
            raise NotAllowed(REFUSED_LATELY)
        waiting = [one for one in await unit.accounts.memberships(viewer.account) if one.state is MembershipState.ASKED]
        if len(waiting) >= MOST_ASKED:
            raise NotAllowed(TOO_MANY_ASKED.format(MOST_ASKED))
        asked = Membership(
            account=viewer.account, organisation=organisation, state=MembershipState.ASKED, since=at, roles=frozenset()
        )
        await unit.accounts.put_membership(asked)

    await rooms.graph.write(write)
