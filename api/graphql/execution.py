"""One operation, from its text to the bytes of its answer, within the limits."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from http import HTTPStatus
from typing import Any, Final

import orjson
import structlog
from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    VariableValues,
    get_operation_ast,
    get_variable_values,
)

from api.auth.viewer import UNREAD_SESSION
from api.graphql.context import Context
from api.graphql.cost import check_cost
from api.graphql.limits import ERRORS, Gate, Prepared, check_variables, longer_than
from api.graphql.projection import Projection
from api.graphql.schema import schema
from api.graphql.told import told
from api.metrics import GRAPHQL_COST
from graph.model.errors import InvalidInput, Refusal, TooMuch, TooOften, Unavailable
from graph.store.unit import WRITE_SECONDS
from graph.store.watched import part

# Operations that run at the same moment in one process. Each holds its whole answer in memory while it runs.
AT_ONCE: Final = 16
# What reading takes, beside what is asked: a long document takes as long as many values, one that is refused longer.
CHARACTERS_FOR_A_POINT: Final = 4
UNREADABLE: Final = 1_000
# To measure an answer takes ten times as long as to encode it: below so many values it cannot hold much.
MEASURED_FROM: Final = 3_000
FOLLOWED_ELSEWHERE: Final = "Un abonnement se suit par événements : demandez « Accept: text/event-stream »."

log = structlog.get_logger(__name__)
_places: Final = asyncio.Semaphore(AT_ONCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one answer may take. `cost` in field values, `seconds` of execution, `size` of the answer in bytes."""

    cost: int
    seconds: float
    size: int
    introspection: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An operation as it came."""

    query: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    operation_name: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The JSON of the answer; `status` is that of an answer in `application/graphql-response+json`.

    `wait` is in how many seconds to come again, for who came too often.
    """

    body: bytes
    status: HTTPStatus = HTTPStatus.OK
    wait: int = 0


@dataclass(frozen=True, slots=True)
class Paid:
    """An operation that may be executed."""

    prepared: Prepared
    operation: OperationDefinitionNode
    variables: VariableValues
    cost: int


@cache
def gate(*, introspection: bool) -> Gate:
    """The reader of documents, with its memory."""
    return Gate(schema().core, introspection=introspection)


async def answer(context: Context, asked: Asked, limits: Limits) -> Answer:
    """The answer to one operation. Never raises: what goes wrong is an error in the answer."""
    try:
        paid = paid_for(context, asked, limits)
        if isinstance(paid, Answer):
            return paid
        if paid.operation.operation is OperationType.SUBSCRIPTION:
            raise InvalidInput(FOLLOWED_ELSEWHERE, "query")
        operation, variables = paid.operation, paid.variables
        with part("graphql", **{"maillage.fields": _fields(operation), "maillage.cost": paid.cost}):
            projections = paid.prepared.projections
            short = projections.of(operation, variables) if projections else None
            return await _executed(context, short, asked, paid, _patient(limits, operation))
    except Refusal as refusal:
        return refused([GraphQLError(refusal.message, original_error=refusal)], context)


def paid_for(context: Context, asked: Asked, limits: Limits) -> Paid | Answer:
    """An operation that was read, priced and paid for, its document in the context; or the answer that says why it was not read.

    Raises what a refusal is made of.
    """
    context.charge(len(asked.query) // CHARACTERS_FOR_A_POINT)
    with _paid_when_too_much(context):
        check_variables(asked.variables)
    prepared = gate(introspection=limits.introspection).prepare(asked.query)
    if prepared.errors or prepared.document is None or prepared.prices is None:
        context.charge(UNREADABLE)
        return refused(prepared.errors, context)
    operation = _operation(prepared.document, asked.operation_name)
    if context.unread and operation.operation is not OperationType.QUERY:
        raise Unavailable(UNREAD_SESSION)
    variables = _coerced(operation, asked.variables, limits)
    if isinstance(variables, list):
        context.charge(UNREADABLE)
        return refused(variables, context)
    cost = prepared.prices.of(operation, variables.coerced)
    with _paid_when_too_much(context):
        check_cost(cost, limits.cost)
    GRAPHQL_COST.observe(cost)
    context.charge(cost)
    context.document = prepared.document
    return Paid(prepared, operation, variables, cost)


def _patient(limits: Limits, operation: OperationDefinitionNode) -> Limits:
    """A question is given up when it takes long; an act that is under way is waited for, as its transaction is."""
    asks = operation.operation is OperationType.QUERY
    return limits if asks else replace(limits, seconds=max(limits.seconds, WRITE_SECONDS))


@contextmanager
def _paid_when_too_much(context: Context) -> Iterator[None]:
    try:
        yield
    except TooMuch:
        context.charge(UNREADABLE)
        raise


def _coerced(
    operation: OperationDefinitionNode, variables: Mapping[str, Any], limits: Limits
) -> VariableValues | list[GraphQLError]:
    """The variables as the executor will see them (5.0 is 5 where an Int is wanted), or why they cannot be read."""
    return get_variable_values(
        schema().core,
        operation.variable_definitions or (),
        dict(variables),
        max_errors=ERRORS,
        hide_suggestions=not limits.introspection,
    )


async def _executed(context: Context, short: Projection | None, asked: Asked, paid: Paid, limits: Limits) -> Answer:
    try:
        async with asyncio.timeout(limits.seconds), _places:
            content = await _told(context, short, asked, paid.variables)
    except TimeoutError:
        context.loaders.stop()
        late = Unavailable(
            f"La réponse prenait plus de {limits.seconds:g} s : elle a été abandonnée. Demandez-en moins, ou réessayez."
        )
        return refused([GraphQLError(late.message, original_error=late)], context, HTTPStatus.SERVICE_UNAVAILABLE)
    if isinstance(content, list):
        return refused(content, context)
    # What asks for much is measured before it is encoded, all is after: characters first, which are bytes or more.
    measured = paid.cost >= MEASURED_FROM and longer_than(limits.size, content)
    if measured or len(body := orjson.dumps(content)) > limits.size:
        raise TooMuch(
            f"La réponse dépasse {limits.size // 1000} ko. Demandez moins de champs, ou une page plus courte."
        )
    return Answer(body)


async def _told(
    context: Context, short: Projection | None, asked: Asked, variables: VariableValues
) -> dict[str, Any] | list[GraphQLError]:
    """The content of the answer, or why nothing was executed: by the short road, else by the executor."""
    left: Exception | None = None
    if short:
        try:
            return {"data": await short.data(variables, context)}
        except Refusal as refusal:
            data, error = short.refused(refusal)
            return {"data": data, "errors": told([error], context)}
        except Exception as fault:
            # Asked again of the executor, which knows how to say it.
            left = fault
    result = await schema().execute(
        asked.query,
        variable_values=dict(asked.variables),
        context_value=context,
        operation_name=asked.operation_name,
    )
    errors = result.errors or []
    if left and not errors:
        log.warning("short_road_left", request_id=context.request_id, fault=type(left).__name__)
    if result.data is None and errors and not any(error.path for error in errors):
        return errors
    return {"data": result.data} | ({"errors": told(errors, context)} if errors else {})


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    operation = get_operation_ast(document, name)
    if operation is None:
        raise InvalidInput("Dites par `operationName` laquelle des opérations du document exécuter.", "operationName")
    return operation


def _fields(operation: OperationDefinitionNode) -> str:
    """What watchers may know of an operation: the fields of the schema at its root. Its own name is free text."""
    roots = (node.name.value for node in operation.selection_set.selections if isinstance(node, FieldNode))
    return ",".join(dict.fromkeys(roots))


def refused(errors: Sequence[GraphQLError], context: Context, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> Answer:
    """Nothing was executed, or nothing of it is kept."""
    waits = [error.original_error.seconds for error in errors if isinstance(error.original_error, TooOften)]
    return Answer(orjson.dumps({"errors": told(errors, context)}), status, max(waits, default=0))
