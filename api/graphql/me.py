"""Who asks, as GraphQL tells it to herself."""

from __future__ import annotations

import strawberry

from api.graphql.context import Info
from api.graphql.enums import Operation, Role
from api.graphql.references import OrganisationType, organisation_of, organisations_of
from graph.model import access

__all__ = ["Viewer"]


@strawberry.type(description="Who asks, and what she may do.")
class Viewer:
    """Herself."""

    record: strawberry.Private[access.Viewer]
    name: str = strawberry.field(description="As colleagues see it.")
    email: str = strawberry.field(description="The address of the account.")
    roles: list[Role] = strawberry.field(description="At the organisation that acts, and for the whole site.")
    machine: bool = strawberry.field(description="Whether a token acts, and not a person.")

    @classmethod
    def of(cls, viewer: access.Viewer) -> Viewer:
        """As the request knows her."""
        return cls(
            record=viewer,
            name=viewer.name,
            email=viewer.email,
            roles=sorted(viewer.roles),
            machine=viewer.machine,
        )

    @strawberry.field(description="The organisation that acts; null until one is chosen.")
    async def organisation(self, info: Info) -> OrganisationType | None:
        """The acting one."""
        return await organisation_of(info, self.record.organisation)

    @strawberry.field(
        description="Acts that the matrix opens to her at the organisation that acts, or about herself; where one is open for some "
        "groups of fields only, it is here too. Each act is judged again when it is done."
    )
    def may(self) -> list[Operation]:
        """In the order of the matrix's operations; nothing about an organisation until one is chosen."""
        subject = access.Subject(organisation=self.record.organisation, account=self.record.account)
        return [operation for operation in access.Operation if access.may(self.record, operation, subject)]

    @strawberry.field(description="All organisations that she may act for.")
    async def organisations(self, info: Info) -> list[OrganisationType]:
        """Hers."""
        return await organisations_of(info, self.record.organisations)
