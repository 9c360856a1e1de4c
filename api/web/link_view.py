"""A signed link as its page shows it: each group with what it says now, since when, and what may be done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.actions.by_link import NO_LONGER, AskedGroup, AskedListing, Opened
from api.web.link_forms import FORMS
from api.web.voices_view import claim_words
from api.words.dates import exact_day
from graph.model.fields import FORMS as FIELDS
from graph.model.freshness import FreshnessState
from graph.model.keeping import Kept
from graph.model.listing import Claim, FieldGroup
from graph.model.mail import LinkState
from graph.model.territory import Territory
from graph.model.vocabulary import label
from search.hours import PARIS

DONE: Final[Mapping[str, str]] = {
    "exact": "Merci. C’est noté : la rubrique est vérifiée à ce jour.",
    "corrige": "Merci. La correction est enregistrée : les recherches la montrent dans quelques secondes.",
    "deja": "Ce lien a déjà servi pour cette rubrique, ou ne sert plus. Rien n’a été modifié cette fois.",
    "entretemps": "Quelqu’un d’autre a modifié cette fiche pendant ce temps. Rien n’a été modifié : relisez, puis recommencez.",
    "lien": "Si cette adresse répond toujours pour l’organisme, un nouveau lien vient de lui être envoyé.",
}
STATES: Final = {
    FreshnessState.FRESH: ("fresh", "À jour"),
    FreshnessState.DUE_SOON: ("fresh", "Bientôt à vérifier"),
    FreshnessState.DUE: ("fading", "À vérifier"),
    FreshnessState.FADING: ("fading", "À vérifier"),
    FreshnessState.STALE: ("stale", "Ancien"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """One group. `item` and `listing_seq` go back with the form; `correctable` where there is a form for it."""

    item: str
    label: str
    words: str
    said: str
    signal: str
    state: str
    used: bool
    correctable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingView:
    """One listing; `left` are the groups on which the link may still act."""

    name: str
    href: str
    seq: int
    groups: tuple[GroupView, ...]
    left: tuple[GroupView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """The page of a link. `why` says why it no longer acts; `ends` is its last day."""

    organisation: str
    listings: tuple[ListingView, ...]
    open: bool
    why: str
    renewable: bool
    ends: str
    all_done: bool


def link_view(opened: Opened, territory: Callable[[str], Territory | None], at: datetime) -> LinkView:
    """`at` judges how old each word is."""
    listings = tuple(_listing(one, territory, at) for one in opened.listings)
    ends = opened.link.ends
    return LinkView(
        organisation=opened.organisation,
        listings=listings,
        open=opened.state is LinkState.OPEN,
        why="" if opened.state is LinkState.OPEN else NO_LONGER[opened.state],
        renewable=opened.renewable,
        ends=exact_day(ends.astimezone(PARIS).date()) if ends else "",
        all_done=all(not one.left for one in listings),
    )


def _listing(asked: AskedListing, territory: Callable[[str], Territory | None], at: datetime) -> ListingView:
    kept = asked.kept
    groups = tuple(_group(kept, one, territory, at) for one in asked.groups)
    return ListingView(
        name=kept.record.name,
        href=f"/{'service' if kept.target.kind == 'service' else 'organisme'}/{kept.target.id}",
        seq=kept.seq,
        groups=groups,
        left=tuple(group for group in groups if not group.used),
    )


def _group(kept: Kept, asked: AskedGroup, territory: Callable[[str], Territory | None], at: datetime) -> GroupView:
    group, vouched = asked.item.group, asked.vouched
    signal, state = STATES[vouched.state(at.astimezone(PARIS).date())] if vouched else ("stale", "Non renseigné")
    return GroupView(
        item=str(asked.item),
        label=label("field_group", group.value),
        words=_words(kept, group, territory, at) or "Rien n’en est dit.",
        said=f"Vérifié le {exact_day(vouched.on)}" if vouched else "",
        signal=signal,
        state=state,
        used=asked.used,
        correctable=group in FORMS or group in FIELDS[kept.target.kind.type],
    )


def _words(kept: Kept, group: FieldGroup, territory: Callable[[str], Territory | None], at: datetime) -> str:
    claim = Claim(
        subject=kept.target.id,
        group=group,
        source=kept.record.source,
        value=kept.value(group),
        vouched_on=kept.record.vouched_on,
    )
    return claim_words(claim, territory, at)
