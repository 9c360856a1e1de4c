"""Searches that someone keeps, as programs see them. Files of listings stay on pages: a preview is for eyes."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import strawberry

from api.actions import alerts as actions
from api.graphql.context import Info
from api.graphql.enums import Mode, OrganisationKind, Pace, Public
from api.graphql.given import KEY
from api.graphql.refusals import InvalidInput, NotAllowed, NotFound
from graph.model import alerts as model


@strawberry.type(description="What was understood of a search. The words that were typed are never kept.")
class SavedSearch:
    """One of the viewer's."""

    id: strawberry.ID = strawberry.field(description="Of the search.")
    name: str = strawberry.field(description="As its owner calls it.")
    competences: list[strawberry.ID] = strawberry.field(description="What is looked for.")
    territory: strawberry.ID = strawberry.field(description="Where.")
    publics: list[Public] = strawberry.field(description="For whom; everyone when empty.")
    modes: list[Mode] = strawberry.field(description="Received how; either when empty.")
    pace: Pace = strawberry.field(description="How often news of it is told.")

    @classmethod
    def of(cls, search: model.SavedSearch) -> SavedSearch:
        """As the model has it."""
        sought = search.sought
        return cls(
            id=strawberry.ID(search.id),
            name=search.name,
            competences=[strawberry.ID(id_) for id_ in sought.competences],
            territory=strawberry.ID(sought.territory),
            publics=list(sought.publics),
            modes=list(sought.modes),
            pace=search.pace,
        )


@strawberry.type(description="It is no longer kept.")
class SearchDeleted:
    """What was taken away."""

    id: strawberry.ID = strawberry.field(description="Of the search.")


@strawberry.input(description="What to keep: no free text, for it may hold a name.")
class SaveSearchInput:
    """What was understood."""

    competences: list[strawberry.ID] = strawberry.field(description="At least one.")
    territory: strawberry.ID = strawberry.field(description="Of the map.")
    publics: list[Public] = strawberry.field(default_factory=list, description="For whom.")
    modes: list[Mode] = strawberry.field(default_factory=list, description="Received how.")
    kinds: list[OrganisationKind] = strawberry.field(default_factory=list, description="Kinds of organisation.")
    name: str = strawberry.field(default="", description="Made of theme and place when empty.")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="Which search is no longer wanted.")
class DeleteSearchInput:
    """Which."""

    search: strawberry.ID = strawberry.field(description="Of the search.")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="How often news of a search is to be told.")
class SetAlertInput:
    """Which, how often."""

    search: strawberry.ID = strawberry.field(description="Of the search.")
    pace: Pace = strawberry.field(description="At most so often.")
    idempotency_key: str = strawberry.field(description=KEY)


SaveSearchResult: TypeAlias = Annotated[
    SavedSearch | NotAllowed | NotFound | InvalidInput, strawberry.union("SaveSearchResult")
]
DeleteSearchResult: TypeAlias = Annotated[
    SearchDeleted | NotAllowed | NotFound | InvalidInput, strawberry.union("DeleteSearchResult")
]


@strawberry.type
class SearchMutations:
    """Acts on kept searches."""

    @strawberry.mutation(description="Keep what was understood of a search.")
    async def save_search(
        self, info: Info, input: Annotated[SaveSearchInput, strawberry.argument(description="What to keep.")]
    ) -> SaveSearchResult:
        """One more, or the one that the key made."""
        sought = model.Sought(
            competences=tuple(str(id_) for id_ in input.competences),
            territory=str(input.territory),
            publics=tuple(input.publics),
            modes=tuple(input.modes),
            kinds=tuple(kind.value for kind in input.kinds),
        )
        context = info.context
        found = await actions.save(context.rooms, context.viewer, sought, key=input.idempotency_key, name=input.name)
        return SavedSearch.of(found)

    @strawberry.mutation(description="Keep a search no longer.")
    async def delete_search(
        self, info: Info, input: Annotated[DeleteSearchInput, strawberry.argument(description="Which search.")]
    ) -> DeleteSearchResult:
        """It can be brought back on the page."""
        await actions.remove(info.context.rooms, info.context.viewer, str(input.search), key=input.idempotency_key)
        return SearchDeleted(id=input.search)

    @strawberry.mutation(description="Be told of new relays in a kept search, or no longer.")
    async def set_alert(
        self, info: Info, input: Annotated[SetAlertInput, strawberry.argument(description="Which search, how often.")]
    ) -> SaveSearchResult:
        """The search as it then is."""
        context = info.context
        found = await actions.set_pace(
            context.rooms, context.viewer, str(input.search), input.pace, key=input.idempotency_key
        )
        return SavedSearch.of(found)
