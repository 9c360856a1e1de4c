"""Errors as the client may know them: refusals and unreadable queries in full, faults by their mark alone."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final

from graphql import GraphQLError

from api.graphql.context import Context
from graph.model.errors import InvalidInput, Refusal, RefusalCode

FAULT: Final = (
    "Une erreur de notre côté a empêché cette réponse. Rien n’a été modifié. "
    "Réessayez ; si cela se répète, donnez-nous ce repère : {request_id}."
)
UNREADABLE_VALUE: Final = "Une valeur de la requête ne peut pas être lue : elle est trop longue, ou d’une autre forme."
# An error quotes what was sent, and a thousand nodes may fail in the same way.
MESSAGE_LENGTH: Final = 500
MOST_ERRORS: Final = 20


class FaultCode(StrEnum):
    """What is not a refusal: the mistake is ours."""

    INTERNAL = "internal"


def told(errors: Sequence[GraphQLError], context: Context) -> list[dict[str, Any]]:
    """The `errors` of an answer, the first twenty; the last one then says how many others there are."""
    shown = [_told(error, context) for error in errors[:MOST_ERRORS]]
    if len(errors) > MOST_ERRORS:
        more = len(errors) - MOST_ERRORS
        shown.append({"message": f"Et {more} autres.", "extensions": {"code": shown[-1]["extensions"]["code"]}})
    return shown


def is_fault(error: GraphQLError) -> bool:
    """Whether the mistake is ours: something broke while a field was answered."""
    cause = error.original_error
    return bool(error.path) and not isinstance(cause, Refusal | GraphQLError)


def _told(error: GraphQLError, context: Context) -> dict[str, Any]:
    shown: dict[str, Any] = {"message": error.message}
    if error.locations:
        shown["locations"] = [location.formatted for location in error.locations]
    if error.path:
        shown["path"] = error.path
    cause = error.original_error
    if is_fault(error):
        shown["message"] = FAULT.format(request_id=context.request_id)
        shown["extensions"] = {"code": FaultCode.INTERNAL.name, "requestId": context.request_id}
        return shown
    if isinstance(cause, Refusal):
        shown["extensions"] = {"code": cause.code.name}
        if isinstance(cause, InvalidInput) and cause.field:
            shown["extensions"]["field"] = cause.field
    else:
        # The text of a Python exception says more of us than of the value.
        unreadable = cause is not None and not isinstance(cause, GraphQLError)
        shown["message"] = UNREADABLE_VALUE if unreadable else error.message
        shown["extensions"] = {"code": RefusalCode.INVALID_INPUT.name}
    if len(shown["message"]) > MESSAGE_LENGTH:
        shown["message"] = shown["message"][:MESSAGE_LENGTH] + "…"
    return shown
