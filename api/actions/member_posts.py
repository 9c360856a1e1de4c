"""Which post of her organisation someone who works there holds: what a service's load is told by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from api.rooms import Rooms
from graph.model.access import Operation, Subject, Viewer, check
from graph.model.account import MembershipState
from graph.model.directory import Post
from graph.model.errors import InvalidInput, NotFound
from graph.store.unit import Unit


async def posts_of(unit: Unit, organisation: str) -> Sequence[Post]:
    """The posts that can be held there, by name."""
    found = (await unit.directory.posts_of([organisation])).get(organisation, ())
    return sorted(found, key=lambda post: (post.label.casefold(), post.id))


async def give_post(rooms: Rooms, viewer: Viewer, organisation: str, account: str, post: str, *, key: str) -> None:
    """Say which post a member holds; "" none. Under one key it is said once. Raises InvalidInput, NotFound, NotAllowed."""
    asked = ("member_post", organisation, account, post)

    async def write(unit: Unit) -> None:
        about = Subject(organisation=organisation, above=await unit.keeping.above(organisation))
        check(viewer, Operation.GRANT_ROLE, about)
        if await unit.replies.found(viewer.key, key, asked) is not None:
            return
        there = await unit.accounts.lock_membership(account, organisation)
        if there is None or there.state is not MembershipState.ACTIVE:
            raise NotFound("Cette personne ne travaille plus dans cet organisme. Rien n’a été modifié.")
        if post and post not in {one.id for one in await posts_of(unit, organisation)}:
            raise InvalidInput("Ce poste n’est plus dans l’organisme : relisez la page. Rien n’a été modifié.", "post")
        await unit.accounts.put_membership(replace(there, post=post))
        await unit.replies.keep(viewer.key, key, asked, {"post": post})

    await rooms.graph.write(write)
