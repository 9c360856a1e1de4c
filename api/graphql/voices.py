"""Who says what of a listing: the claims behind each group of its fields."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import strawberry

from api.graphql.context import Info
from api.graphql.enums import FieldGroup
from graph.model import directory
from graph.model.listing import Claim, merge


@strawberry.type(description="What one source says of one group of fields.")
class Voice:
    """A claim, and what became of it."""

    group: FieldGroup = strawberry.field(description="Which fields.")
    source: str = strawberry.field(description="Who says so.")
    vouched_on: date = strawberry.field(description="The day someone vouched for it.")
    by_partner: bool = strawberry.field(description="Whether it is the body's own word, which always wins.")
    stands: bool = strawberry.field(description="Whether its value is the one that the listing shows.")


async def voices_of(info: Info, record: directory.Organisation | directory.Service) -> list[Voice]:
    """Group by group in the order of a page, the claim that won first, then the others, the most recent first."""
    return voices_among(type(record), await info.context.loaders.claims.load(record))


def voices_among(kind: type[Any], claims: Sequence[Claim]) -> list[Voice]:
    """The same of claims that are at hand."""
    merged = merge(kind, claims)
    if merged is None:
        return []
    return [
        _voice(claim, claim.value == kept.value)
        for group, kept in merged.kept.items()
        for claim in sorted(
            (claim for claim in claims if claim.group is group),
            key=lambda claim: (claim != kept, -claim.vouched_on.toordinal(), claim.source),
        )
    ]


def _voice(claim: Claim, stands: bool) -> Voice:
    return Voice(
        group=claim.group,
        source=claim.source,
        vouched_on=claim.vouched_on,
        by_partner=claim.by_partner,
        stands=stands,
    )
