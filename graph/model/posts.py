"""Posts as their organisation keeps them: who holds one, who is away and who stands in, what becomes of them when someone leaves.

All pure: a post goes in, the post as it then is comes out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from graph.model.checks import sound_contact
from graph.model.directory import Contact, Holder, HolderRole, Post
from graph.model.errors import InvalidInput

LONGEST_LABEL: Final = 120
ONE_DAY: Final = timedelta(days=1)


def checked(post: Post, posts: Sequence[Post]) -> Post:
    """The post, when it can stand beside the other `posts` of its organisation. Raises InvalidInput with the field."""
    if not post.label.strip():
        raise InvalidInput("Donnez un nom à ce poste, par exemple « Accueil logement ».", "label")
    if len(post.label) > LONGEST_LABEL:
        raise InvalidInput(f"Le nom du poste tient {LONGEST_LABEL} caractères, et en a {len(post.label)}.", "label")
    twin = next((p for p in posts if p.id != post.id and p.label.casefold() == post.label.strip().casefold()), None)
    if twin:
        raise InvalidInput(f"« {twin.label} » existe déjà dans cet organisme : donnez un autre nom.", "label")
    if post.duty_desk and not (post.contact.phone or post.contact.email):
        raise InvalidInput(
            "L’accueil par défaut répond quand personne d’autre ne répond : donnez-lui un téléphone.", "phone"
        )
    stood = next((p.contact for p in posts if p.id == post.id), Contact())
    return replace(post, label=post.label.strip(), contact=sound_contact(post.contact, stood))


def holding(posts: Iterable[Post], professional: str, day: date) -> tuple[Post, ...]:
    """The posts that she holds, or will hold, from this day on; where she only stands in is left out."""
    return tuple(post for post in posts if any(_hers(held, professional, day) for held in post.holders))


def held_by(post: Post, holder: Holder | None, on: date) -> Post:
    """The post once `holder` has it from this day on; those who had it keep their days before. None: nobody has it."""
    others = [_ended(held, on) for held in post.holders if held.role is HolderRole.HOLDER]
    substitutes = [held for held in post.holders if held.role is HolderRole.SUBSTITUTE]
    if holder and any(_hers(held, holder.professional, on) for held in post.holders):
        kept = [held for held in post.holders if _hers(held, holder.professional, on)]
        others = [held for held in others if held and held.professional != holder.professional] + kept
    elif holder:
        others.append(replace(holder, role=HolderRole.HOLDER, since=on, until=None, leave_from=None, leave_until=None))
    return replace(post, holders=tuple(held for held in (*others, *substitutes) if held))


def away(post: Post, professional: str, first: date | None, last: date | None, substitute: Holder | None) -> Post:
    """The post while she is away from `first` to `last`, included (None: until she says), and `substitute` stands in.

    `first` None takes the absence back, and its substitute with it. Raises InvalidInput.
    """
    if first and last and last < first:
        raise InvalidInput("Le retour vient avant le départ.", "until")
    if substitute and substitute.professional == professional:
        raise InvalidInput(
            "Choisissez quelqu’un d’autre pour remplacer : cette personne est celle qui s’absente.", "substitute"
        )
    held = next((h for h in post.holders if h.role is HolderRole.HOLDER and h.professional == professional), None)
    if held is None:
        raise InvalidInput("Cette personne ne tient pas ce poste.", "professional")
    before = (held.leave_from, held.leave_until)
    holders = [
        replace(h, leave_from=first, leave_until=last if first else None) if h is held else h
        for h in post.holders
        # Whoever stood in during the absence that this one takes the place of.
        if not (h.role is HolderRole.SUBSTITUTE and before[0] and (h.since, h.until) == before)
    ]
    if first and substitute:
        holders = [h for h in holders if (h.role, h.professional) != (HolderRole.SUBSTITUTE, substitute.professional)]
        holders.append(
            replace(substitute, role=HolderRole.SUBSTITUTE, since=first, until=last, leave_from=None, leave_until=None)
        )
    return replace(post, holders=tuple(holders))


def leaving(posts: Sequence[Post], professional: str, last_day: date) -> tuple[Post, ...]:
    """The posts that she leaves after this day, as they then are: whoever calls is sent to the duty desk.

    She stays named until that day; a post whose holders are all gone gives way to the desk (`graph/model/calling.py`).
    Where she stands in for a colleague, she does so no more.
    Raises InvalidInput where she holds none, or no desk answers.
    """
    hers = holding(posts, professional, last_day)
    if not hers:
        raise InvalidInput("Cette personne ne tient aucun poste de cet organisme.", "professional")
    if all(_is_left(desk, professional, last_day + ONE_DAY) for desk in posts if desk.duty_desk):
        raise InvalidInput(
            "Aucun accueil par défaut ne reprendrait ces postes : désignez d’abord le poste qui répond quand les autres "
            "ne répondent pas.",
            "desk",
        )
    after = {post.id: _left(post, professional, last_day) for post in posts}
    return tuple(after[post.id] for post in posts if post in hers or after[post.id] != post)


def _left(post: Post, professional: str, last_day: date) -> Post:
    kept = [_ended(h, last_day + ONE_DAY) if h.professional == professional else h for h in post.holders]
    # Without any name a post would answer by itself: those who would never have begun stay, over before they begin.
    holders = tuple(h for h in kept if h) or tuple(replace(h, until=last_day) for h in post.holders)
    return replace(post, holders=holders)


def concerned(entries: Iterable[PostEntry]) -> frozenset[str]:
    """The professionals whose own holding of a post these changed; where one only stands in is left out."""
    return frozenset(
        held.professional
        for entry in entries
        for held in set(entry.before.holders if entry.before else ()) ^ set(entry.after.holders if entry.after else ())
        if held.role is HolderRole.HOLDER
    )


def _is_left(desk: Post, professional: str, day: date) -> bool:
    """Whether nobody answers there once she is gone: a desk without names always answers."""
    remaining = [h for h in desk.holders if h.professional != professional and (h.until is None or h.until >= day)]
    return bool(desk.holders) and not remaining


def _hers(held: Holder, professional: str, day: date) -> bool:
    return (
        held.role is HolderRole.HOLDER
        and held.professional == professional
        and (held.until is None or held.until >= day)
    )


def _ended(held: Holder, on: date) -> Holder | None:
    """The holding once it has ended before this day; None when it would never have begun."""
    if held.since and held.since >= on:
        return None
    return held if held.until and held.until < on else replace(held, until=on - ONE_DAY)


class PostAct(StrEnum):
    """What an entry of a post's log did."""

    CREATED = "created"
    EDITED = "edited"
    REMOVED = "removed"
    ABSENCE = "absence"
    LEFT = "left"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostEntry:
    """One act on one post: how it stood `before` (None: there was none) and `after` (None: there is none any more).

    `by` stands for whoever did it, `said_by` is her name as shown. `together` are the ids of all entries of one gesture.
    """

    post: str
    seq: int
    act: PostAct
    at: datetime
    by: str
    said_by: str
    before: Post | None
    after: Post | None
    together: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Its name in the log, the same kind as a listing's: "post:<id>#<seq>"."""
        return entry_id(self.post, self.seq)


def entry_id(post: str, seq: int) -> str:
    """The name of an entry of a post's log."""
    return f"post:{post}#{seq}"


def taken_back(done: Sequence[PostEntry], standing: Mapping[str, Post]) -> tuple[PostEntry, ...]:
    """The entries of a gesture, when each post still stands as it left it, whatever came and went since.

    Raises InvalidInput: what was changed since would be lost.
    """
    for entry in done:
        if _told(standing.get(entry.post)) != _told(entry.after):
            name = (entry.after or entry.before or Post(id="", label="", organisation="")).label
            raise InvalidInput(f"« {name} » a été modifié depuis : rien n’a été annulé.", "entry")
    return tuple(done)


def _told(post: Post | None) -> Post | None:
    """A post in one order, without the names of its holders: those are said elsewhere."""
    if post is None:
        return None
    holders = sorted((replace(held, name="", function="") for held in post.holders), key=repr)
    competences, covers = tuple(sorted(post.competences)), tuple(sorted(post.covers))
    return replace(post, holders=tuple(holders), competences=competences, covers=covers)
