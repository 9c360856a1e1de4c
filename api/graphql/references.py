"""From a service, a post, an agreement back to an organisation: the one place where the schema goes in circles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, TypeAlias

import strawberry

from api.graphql.context import Info
from graph.model import directory

if TYPE_CHECKING:
    from api.graphql.organisations import Organisation

OrganisationType: TypeAlias = Annotated["Organisation", strawberry.lazy("api.graphql.organisations")]


def shown(record: directory.Organisation | directory.Service) -> bool:
    """Whether the directory may show it to everyone: a listing that is published, even of a body now closed."""
    return record.state is directory.ListingState.PUBLISHED


async def organisation_of(info: Info, organisation_id: str) -> Organisation | None:
    """The organisation of this id; None when there is none, or none that may be shown: the two look the same."""
    found = await organisations_of(info, [organisation_id] if organisation_id else [])
    return found[0] if found else None


async def organisations_of(info: Info, ids: Sequence[str]) -> list[Organisation]:
    """Those of these ids that may be shown, in the same order."""
    from api.graphql.organisations import Organisation  # circular at import time, not here

    records = await info.context.loaders.organisations.load_many(ids)
    return [Organisation.of(record) for record in records if record and shown(record)]
