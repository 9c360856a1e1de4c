"""One gesture on the posts of an organisation: what stands there and what it becomes, written once, ready to be taken back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from api.rooms import Rooms
from graph.model import posts as model
from graph.model.access import Operation, Subject, Viewer, may
from graph.model.directory import Organisation, Post, Professional
from graph.model.errors import NotFound
from graph.model.posts import PostAct, PostEntry
from graph.store.unit import Unit

ABSENT: Final = "Cet organisme n’existe pas, ou n’est pas de ceux que vous tenez."
NO_POST: Final = "Ce poste n’existe pas, ou n’existe plus."


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The posts of an organisation as those who keep it see them; `seqs` numbers the last entry of each post's log."""

    organisation: Organisation
    above: tuple[str, ...]
    posts: tuple[Post, ...]
    seqs: Mapping[str, int]
    colleagues: tuple[Professional, ...]

    @property
    def subject(self) -> Subject:
        """What an act on its posts is about."""
        return Subject(organisation=self.organisation.id, above=self.above)

    def about(self, viewer: Viewer, professional: str) -> Subject:
        """The same, of one who works there: the viewer herself, perhaps."""
        own = bool(professional) and professional == viewer.professional
        return replace(self.subject, account=viewer.account if own else "")

    def post(self, id_: str) -> Post:
        """One of them. Raises NotFound."""
        found = next((post for post in self.posts if post.id == id_), None)
        if found is None:
            raise NotFound(NO_POST)
        return found


@dataclass(frozen=True, slots=True)
class Done:
    """What a gesture made: the posts as they are now, and the entry by which it is taken back (empty when nothing moved)."""

    posts: tuple[Post, ...]
    entry: str


Make = Callable[[Unit, Desk], Awaitable[tuple[PostAct, Sequence[Post]]]]
NO_ONE: Final = Post(id="", label="", organisation="")


async def once(
    rooms: Rooms, viewer: Viewer, organisation: str, key: str, asked: object, make: Make, moment: datetime
) -> Done:
    """Make the posts of one gesture and write them with their entries, once for each key; then the posts as they stand."""

    async def act(unit: Unit) -> tuple[list[str], str]:
        if before := await unit.replies.found(viewer.key, key, asked):
            return before["posts"], before["entry"]
        held = await desk_of(unit, viewer, organisation)
        made, told = await make(unit, held)
        stood = {post.id: post for post in held.posts}
        moves = [(stood.get(post.id), None if made is PostAct.REMOVED else post) for post in told]
        entries = entries_of(viewer, made, [(a, b) for a, b in moves if a != b], held.seqs, moment)
        if entries:
            await unit.posts.append(entries)
        ids, entry = [post.id for post in told], entries[0].id if entries else ""
        await unit.replies.keep(viewer.key, key, asked, {"posts": ids, "entry": entry})
        return ids, entry

    ids, entry = await rooms.graph.write(act)
    async with rooms.graph.reading() as unit:
        held = await desk_of(unit, viewer, organisation)
    return Done(tuple(post for post in held.posts if post.id in ids), entry)


def entries_of(
    viewer: Viewer,
    act: PostAct,
    moves: Sequence[tuple[Post | None, Post | None]],
    seqs: Mapping[str, int],
    at: datetime,
) -> list[PostEntry]:
    """The next entry of each post moved, from (before, after); `seqs` numbers the last ones."""
    named = [((after or before or NO_ONE).id, before, after) for before, after in moves]
    together = tuple(model.entry_id(id_, seqs.get(id_, 0) + 1) for id_, _, _ in named)
    return [
        PostEntry(
            post=id_,
            seq=seqs.get(id_, 0) + 1,
            act=act,
            at=at,
            by=viewer.key,
            said_by=viewer.name,
            before=before,
            after=after,
            together=together,
        )
        for id_, before, after in named
    ]


async def write_many(
    unit: Unit, viewer: Viewer, moves: Sequence[tuple[Post | None, Post | None]], at: datetime
) -> None:
    """Write posts of several organisations, from (before, after), each with its entry: those of one body are one gesture."""
    by_body: dict[str, list[tuple[Post | None, Post | None]]] = {}
    for before, after in moves:
        by_body.setdefault((after or before or NO_ONE).organisation, []).append((before, after))
    for some in by_body.values():
        seqs = await unit.posts.last([(after or before or NO_ONE).id for before, after in some])
        made = {PostAct.CREATED: [], PostAct.EDITED: [], PostAct.REMOVED: []}
        for before, after in some:
            act = PostAct.CREATED if before is None else PostAct.REMOVED if after is None else PostAct.EDITED
            made[act].append((before, after))
        for act, these in made.items():
            if these:
                await unit.posts.append(entries_of(viewer, act, these, seqs, at))


async def desk_of(unit: Unit, viewer: Viewer, organisation: str) -> Desk:
    """The posts within a unit. Raises NotFound: hidden and absent look the same."""
    found = (await unit.directory.organisations([organisation])).get(organisation)
    above = await unit.keeping.above(organisation)
    if found is None or not may(viewer, Operation.READ_HISTORY, Subject(organisation=organisation, above=above)):
        raise NotFound(ABSENT)
    posts = (await unit.directory.posts_of([organisation])).get(organisation, ())
    return Desk(
        organisation=found,
        above=above,
        posts=posts,
        seqs=await unit.posts.last([post.id for post in posts]),
        colleagues=await unit.posts.colleagues(organisation),
    )
