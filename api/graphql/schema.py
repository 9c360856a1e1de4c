"""The schema, put together."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import strawberry
import structlog
from graphql import FieldNode, GraphQLError, GraphQLSchema
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.types.execution import ExecutionContext

from api.graphql.casework.subscription import Subscription
from api.graphql.listings import ListingConflictHandler
from api.graphql.moderation import DecisionConflictHandler
from api.graphql.mutation import Mutation
from api.graphql.post_mutations import PostConflictHandler
from api.graphql.query import Query
from api.graphql.refusals import (
    ConsentMissingHandler,
    InvalidInputHandler,
    NeedsConfirmingHandler,
    NotAllowedHandler,
    NotFoundHandler,
    ReasonMissingHandler,
    StepNotAllowedHandler,
    TooMuchHandler,
)
from api.graphql.reorganisations import ReorganisationConflictHandler
from api.graphql.suggestions import SuggestionConflictHandler
from api.graphql.told import MOST_ERRORS, is_fault
from api.journal import steps_of

log = structlog.get_logger(__name__)


class AlreadyRead(SchemaExtension):
    """The document was parsed and validated by our own gate: nothing is done twice."""

    def on_parse(self) -> Iterator[None]:
        """Hand over what the gate made."""
        self.execution_context.graphql_document = self.execution_context.context.document
        yield

    def on_validate(self) -> Iterator[None]:
        """Say that it was done, and found nothing."""
        self.execution_context.pre_execution_errors = []
        yield


class Schema(strawberry.Schema):
    """Ours: what is logged of a fault says where it happened, never what was asked or answered."""

    @property
    def core(self) -> GraphQLSchema:
        """The same for graphql-core, which reads, prices and prints documents."""
        return self._schema

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """One line for each of the first faults. Refusals and unreadable queries are none."""
        request_id = getattr(execution_context.context, "request_id", "") if execution_context else ""
        for error in [error for error in errors if is_fault(error)][:MOST_ERRORS]:
            log.error(
                "graphql_fault",
                request_id=request_id,
                # Of the schema: the path of an answer is made of aliases, which a client types freely.
                field=",".join(node.name.value for node in error.nodes or () if isinstance(node, FieldNode)),
                fault=type(error.original_error or error).__name__,
                at=steps_of(error.original_error),
            )


@lru_cache(maxsize=1)
def schema() -> Schema:
    """The one schema. Never `sort_schema=True`: it breaks unions at run time."""
    return Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        config=StrawberryConfig(),
        exception_handlers=[
            InvalidInputHandler(),
            NotAllowedHandler(),
            NotFoundHandler(),
            TooMuchHandler(),
            StepNotAllowedHandler(),
            ReasonMissingHandler(),
            ConsentMissingHandler(),
            NeedsConfirmingHandler(),
            ListingConflictHandler(),
            PostConflictHandler(),
            SuggestionConflictHandler(),
            DecisionConflictHandler(),
            ReorganisationConflictHandler(),
        ],
        extensions=[AlreadyRead],
    )
