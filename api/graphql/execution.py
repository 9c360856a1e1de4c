"""One operation, from its text to the bytes of its answer, within the limits."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from http import HTTPStatus
from typing import Any, Final

import orjson
from graphql import DocumentNode, FieldNode, GraphQLError, OperationDefinitionNode, get_operation_ast

from api.graphql.context import Context
from api.graphql.cost import checked_cost
from api.graphql.limits import Gate
from api.graphql.schema import schema
from api.metrics import GRAPHQL_COST
from graph.model.errors import InvalidInput, Refusal, RefusalCode, TooMuch, Unavailable
from graph.store.watched import part

FAULT: Final = (
    "Une erreur de notre côté a empêché cette réponse. Rien n’a été modifié. "
    "Réessayez ; si cela se répète, donnez-nous ce repère : {request_id}."
)


class FaultCode(StrEnum):
    """What is not a refusal: the mistake is ours."""

    INTERNAL = "internal"


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
    """The JSON of the answer; `status` is that of an answer in `application/graphql-response+json`."""

    body: bytes
    status: HTTPStatus = HTTPStatus.OK


@cache
def gate(*, introspection: bool) -> Gate:
    """The reader of documents, with its memory."""
    return Gate(schema().core, introspection=introspection)


async def answer(context: Context, asked: Asked, limits: Limits) -> Answer:
    """The answer to one operation. Never raises: what goes wrong is an error in the answer."""
    prepared = gate(introspection=limits.introspection).prepare(asked.query)
    if prepared.errors or prepared.document is None:
        return _refused(prepared.errors, context)
    try:
        operation = _operation(prepared.document, asked.operation_name)
        cost = checked_cost(schema().core, prepared.document, operation, asked.variables, limits.cost)
        GRAPHQL_COST.observe(cost)
        with part("graphql", **{"maillage.fields": _fields(operation), "maillage.cost": cost}):
            return await _executed(context, prepared.document, asked, limits)
    except Refusal as refusal:
        return _refused([GraphQLError(refusal.message, original_error=refusal)], context)


async def _executed(context: Context, document: DocumentNode, asked: Asked, limits: Limits) -> Answer:
    context.document = document
    try:
        async with asyncio.timeout(limits.seconds):
            result = await schema().execute(
                asked.query,
                variable_values=dict(asked.variables),
                context_value=context,
                operation_name=asked.operation_name,
            )
    except TimeoutError:
        late = Unavailable(
            f"La réponse prenait plus de {limits.seconds:g} s : elle a été abandonnée. Demandez-en moins, ou réessayez."
        )
        return _refused([GraphQLError(late.message, original_error=late)], context, HTTPStatus.SERVICE_UNAVAILABLE)
    if result.data is None and result.errors and not any(error.path for error in result.errors):
        return _refused(result.errors, context)
    content: dict[str, Any] = {"data": result.data}
    if result.errors:
        content["errors"] = [told(error, context) for error in result.errors]
    body = orjson.dumps(content)
    if len(body) > limits.size:
        raise TooMuch(
            f"La réponse dépasse {limits.size // 1000} ko. Demandez moins de champs, ou une page plus courte."
        )
    return Answer(body)


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    operation = get_operation_ast(document, name)
    if operation is None:
        raise InvalidInput("Dites par `operationName` laquelle des opérations du document exécuter.", "operationName")
    return operation


def _fields(operation: OperationDefinitionNode) -> str:
    """What watchers may know of an operation: the fields of the schema at its root. Its own name is free text."""
    roots = (node.name.value for node in operation.selection_set.selections if isinstance(node, FieldNode))
    return ",".join(dict.fromkeys(roots))


def _refused(errors: Sequence[GraphQLError], context: Context, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> Answer:
    """Nothing was executed, or nothing of it is kept."""
    return Answer(orjson.dumps({"errors": [told(error, context) for error in errors]}), status)


def told(error: GraphQLError, context: Context) -> dict[str, Any]:
    """The error as the client may know it: refusals and unreadable queries in full, faults by their mark alone."""
    shown: dict[str, Any] = {"message": error.message}
    if error.locations:
        shown["locations"] = [location.formatted for location in error.locations]
    if error.path:
        shown["path"] = error.path
    refusal = error.original_error
    if isinstance(refusal, Refusal):
        shown["extensions"] = {"code": refusal.code.name}
        if isinstance(refusal, InvalidInput) and refusal.field:
            shown["extensions"]["field"] = refusal.field
    elif error.path or (refusal is not None and not isinstance(refusal, GraphQLError)):
        shown["message"] = FAULT.format(request_id=context.request_id)
        shown["extensions"] = {"code": FaultCode.INTERNAL.name, "requestId": context.request_id}
    else:
        shown["extensions"] = {"code": RefusalCode.INVALID_INPUT.name}
    return shown
