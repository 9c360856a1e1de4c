"""Addresses of the pages on which a listing is kept, and back from an address to a listing and a group."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from graph.model.errors import NotFound
from graph.model.keeping import ListingKind, Target
from graph.model.listing import GROUPS, FieldGroup

MINE: Final = "/mes-fiches"
KINDS: Final = MappingProxyType({"service": ListingKind.SERVICE, "organisme": ListingKind.ORGANISATION})
KIND_SLUGS: Final = MappingProxyType({kind: slug for slug, kind in KINDS.items()})
SLUGS: Final = MappingProxyType(
    {
        FieldGroup.IDENTITY: "presentation",
        FieldGroup.MATTERS: "problemes",
        FieldGroup.CONDITIONS: "conditions",
        FieldGroup.TERRITORY: "territoire",
        FieldGroup.RECEPTION: "accueil",
        FieldGroup.CAPACITY: "places",
        FieldGroup.CONTACT: "contact",
        FieldGroup.PLACE: "adresse",
        FieldGroup.HOURS: "horaires",
    }
)
GROUPS_BY_SLUG: Final = MappingProxyType({slug: group for group, slug in SLUGS.items()})


def kept_path(target: Target, *rest: str) -> str:
    """ "/mes-fiches/service/demo:ccas-accueil/contact"."""
    return "/".join((MINE, KIND_SLUGS[target.kind], quote(target.id, safe=":@!$,"), *rest))


def group_path(target: Target, group: FieldGroup) -> str:
    """Where a group is changed."""
    return kept_path(target, SLUGS[group])


def public_path(target: Target) -> str:
    """The sheet that everyone sees."""
    return f"/{KIND_SLUGS[target.kind]}/{quote(target.id, safe=':@!$,')}"


def target_of(kind: str, id_: str) -> Target:
    """The listing that an address names. Raises NotFound."""
    if kind not in KINDS or not id_:
        raise NotFound("Cette page n’existe pas.")
    return Target(KINDS[kind], id_)


def group_of(target: Target, slug: str) -> FieldGroup:
    """The group that an address names. Raises NotFound for one that this kind of listing has not."""
    group = GROUPS_BY_SLUG.get(slug)
    if group is None or group not in GROUPS[target.kind.type]:
        raise NotFound("Cette rubrique n’existe pas.")
    return group
