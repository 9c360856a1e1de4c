"""Posts of an organisation, as it keeps them: who answers for what, who is away, who leaves. Each gesture can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Final
from uuid import uuid4

from api.actions.post_gesture import NO_ONE, Desk, Done, desk_of, entries_of, once
from api.rooms import Rooms
from graph.model import posts as model
from graph.model.access import Operation, Viewer, check
from graph.model.directory import Contact, Holder, Post, Professional
from graph.model.errors import Conflict, InvalidInput
from graph.model.listing import PARTNER
from graph.model.posts import PostAct, PostEntry
from graph.model.vocabulary import competences
from graph.store.unit import Unit
from search.hours import PARIS, readable

MOVED: Final = "Quelqu’un d’autre a modifié ce poste pendant ce temps : rien n’est perdu. Comparez, puis choisissez."
LONGEST: Final = 200
# Acts on someone's posts rather than on what a post is.
UNDONE_BY: Final = {PostAct.ABSENCE: Operation.SET_ABSENCE, PostAct.LEFT: Operation.LEAVE_POSTS}


@dataclass(frozen=True, slots=True, kw_only=True)
class PostDraft:
    """A post as someone says it. `holder` is a professional's id, empty for nobody; or `holder_name` someone new."""

    label: str
    competences: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    contact: Contact = field(default_factory=Contact)
    hours: str = ""
    duty_desk: bool = False
    holder: str = ""
    holder_name: str = ""
    holder_function: str = ""


async def desk(rooms: Rooms, viewer: Viewer, organisation: str) -> Desk:
    """The posts that the viewer may see as their keeper. Raises NotFound: hidden and absent look the same."""
    async with rooms.graph.reading() as unit:
        return await desk_of(unit, viewer, organisation)


async def history(rooms: Rooms, viewer: Viewer, organisation: str, post: str) -> list[PostEntry]:
    """What was done to a post, the most recent first. Raises NotFound."""
    async with rooms.graph.reading() as unit:
        await desk_of(unit, viewer, organisation)
        entries = await unit.posts.history(post)
        return [entry for entry in entries if (entry.after or entry.before or NO_ONE).organisation == organisation]


async def set_post(
    rooms: Rooms,
    viewer: Viewer,
    organisation: str,
    draft: PostDraft,
    *,
    key: str,
    post: str = "",
    expected_seq: int | None = None,
    at: datetime | None = None,
) -> Done:
    """Make a post (`post` empty), or say anew what one is. Raises NotFound, NotAllowed, InvalidInput, Conflict (a Post)."""
    _checked(rooms, draft)
    moment = _moment(at)

    async def make(unit: Unit, held: Desk) -> tuple[PostAct, list[Post]]:
        check(viewer, Operation.EDIT_POST, held.subject)
        before = held.post(post) if post else _new(held)
        if expected_seq is not None and held.seqs.get(post, 0) > expected_seq:
            raise Conflict(MOVED, before)
        holder = await _holder(unit, held, draft)
        values = ("label", "competences", "covers", "contact", "hours", "duty_desk")
        told = replace(before, **{name: getattr(draft, name) for name in values})
        # Of several who hold it, naming one of them is no change.
        present = {h.professional for h in before.holders if model.holding([before], h.professional, _day(moment))}
        if (holder and holder.professional not in present) or (not holder and present):
            told = model.held_by(told, holder, _day(moment))
        return (PostAct.EDITED if post else PostAct.CREATED), [model.checked(told, held.posts)]

    asked = ("post", organisation, post, draft, expected_seq)
    return await once(rooms, viewer, organisation, key, asked, make, moment)


async def remove_post(
    rooms: Rooms, viewer: Viewer, organisation: str, post: str, *, key: str, at: datetime | None = None
) -> Done:
    """This post is none any more. Raises NotFound, NotAllowed."""

    async def make(unit: Unit, held: Desk) -> tuple[PostAct, list[Post]]:
        check(viewer, Operation.EDIT_POST, held.subject)
        return PostAct.REMOVED, [held.post(post)]

    return await once(rooms, viewer, organisation, key, ("remove", organisation, post), make, _moment(at))


async def set_absence(
    rooms: Rooms,
    viewer: Viewer,
    organisation: str,
    professional: str,
    first: date | None,
    last: date | None,
    *,
    key: str,
    substitute: str = "",
    at: datetime | None = None,
) -> Done:
    """She is away from all her posts of this organisation, `first` None to take it back. Her own absence, or a colleague's.

    Raises NotFound, NotAllowed, InvalidInput.
    """
    moment = _moment(at)

    async def make(unit: Unit, held: Desk) -> tuple[PostAct, list[Post]]:
        check(viewer, Operation.SET_ABSENCE, held.about(viewer, professional))
        hers = model.holding(held.posts, professional, _day(moment))
        if not hers:
            raise InvalidInput("Cette personne ne tient aucun poste de cet organisme.", "professional")
        if last and last < _day(moment):
            raise InvalidInput("Cette absence est déjà finie : donnez une date de retour à venir.", "until")
        stand_in = _known(held, substitute, "substitute") if substitute else None
        return PostAct.ABSENCE, [model.away(post, professional, first, last, stand_in) for post in hers]

    asked = ("absence", organisation, professional, first, last, substitute)
    return await once(rooms, viewer, organisation, key, asked, make, moment)


async def leave_posts(
    rooms: Rooms,
    viewer: Viewer,
    organisation: str,
    professional: str,
    last_day: date,
    *,
    key: str,
    at: datetime | None = None,
) -> Done:
    """She leaves: after her last day each of her posts is answered by the duty desk. Raises NotFound, NotAllowed, InvalidInput."""

    async def make(unit: Unit, held: Desk) -> tuple[PostAct, list[Post]]:
        check(viewer, Operation.LEAVE_POSTS, held.about(viewer, professional))
        return PostAct.LEFT, list(model.leaving(held.posts, professional, last_day))

    asked = ("leave", organisation, professional, last_day)
    return await once(rooms, viewer, organisation, key, asked, make, _moment(at))


async def take_back(
    rooms: Rooms, viewer: Viewer, organisation: str, entry: str, *, key: str, at: datetime | None = None
) -> Done:
    """Undo one gesture, on all the posts that it moved. Raises NotFound, NotAllowed, InvalidInput where one moved since."""
    moment = _moment(at)

    async def act(unit: Unit) -> list[str]:
        asked = ("undo", organisation, entry)
        if before := await unit.replies.found(viewer.key, key, asked):
            return before["posts"]
        held = await desk_of(unit, viewer, organisation)
        done = await unit.posts.gesture(entry)
        if not done or any((one.after or one.before or NO_ONE).organisation != organisation for one in done):
            raise InvalidInput("Ce changement n’est pas dans l’historique de ces postes.", "entry")
        _check_undo(viewer, held, done)
        ids = [one.post for one in done]
        last = await unit.posts.last(ids)
        undone = model.taken_back(done, {post.id: post for post in held.posts})
        moves = [(one.after, one.before) for one in undone]
        await unit.posts.append(entries_of(viewer, PostAct.TAKEN_BACK, moves, last, moment))
        await unit.replies.keep(viewer.key, key, asked, {"posts": ids})
        return ids

    ids = await rooms.graph.write(act)
    async with rooms.graph.reading() as unit:
        held = await desk_of(unit, viewer, organisation)
    return Done(tuple(post for post in held.posts if post.id in ids), "")


def _check_undo(viewer: Viewer, held: Desk, done: Sequence[PostEntry]) -> None:
    """Her own slip of a moment ago, as long as she may still do such a thing; or the right to keep the posts."""
    operation = UNDONE_BY.get(done[0].act) if done[0].by == viewer.key else None
    about = model.concerned(done)
    if operation is None or len(about) != 1:
        check(viewer, Operation.EDIT_POST, held.subject)
    else:
        check(viewer, operation, held.about(viewer, next(iter(about))))


def _new(held: Desk) -> Post:
    return Post(
        id=f"{PARTNER}:{uuid4().hex}",
        label="",
        organisation=held.organisation.id,
        demonstration=held.organisation.demonstration,
    )


async def _holder(unit: Unit, held: Desk, draft: PostDraft) -> Holder | None:
    """Whom the draft names; someone new is added to those who work there."""
    if not draft.holder_name:
        return _known(held, draft.holder, "holder") if draft.holder else None
    new = Professional(
        id=f"{PARTNER}:{uuid4().hex}",
        name=draft.holder_name,
        function=draft.holder_function,
        organisations=(held.organisation.id,),
        demonstration=held.organisation.demonstration,
    )
    await unit.posts.add_professional(new)
    return Holder(professional=new.id, name=new.name, function=new.function)


def _known(held: Desk, professional: str, field: str) -> Holder:
    found = next((one for one in held.colleagues if one.id == professional), None)
    if found is None:
        raise InvalidInput("Cette personne ne travaille pas dans cet organisme.", field)
    return Holder(professional=found.id, name=found.name, function=found.function)


def _checked(rooms: Rooms, draft: PostDraft) -> None:
    for id_ in draft.competences:
        if id_ not in competences():
            raise InvalidInput(f"La compétence « {id_[:80]} » n’existe pas.", "competences")
    for id_ in draft.covers:
        if rooms.places.get(id_) is None:
            raise InvalidInput(f"Le territoire « {id_[:80]} » n’existe pas.", "covers")
    if draft.hours and not readable(draft.hours):
        raise InvalidInput(f"Les horaires « {draft.hours[:80]} » ne peuvent pas être lus.", "hours")
    for name in ("holder_name", "holder_function"):
        if len(getattr(draft, name)) > LONGEST:
            raise InvalidInput(f"Ce champ tient {LONGEST} caractères.", name)


def _day(moment: datetime) -> date:
    return moment.astimezone(PARIS).date()


def _moment(at: datetime | None) -> datetime:
    return (at or datetime.now(UTC)).astimezone(UTC)
