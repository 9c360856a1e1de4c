"""One subscription, as server-sent events: `next` for each result, `complete` at the end (the graphql-sse protocol, one
connection a subscription). A line of silence now and then keeps the connection through proxies.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any, Final

import orjson
from graphql import GraphQLError, OperationType

from api.graphql.context import Context
from api.graphql.execution import Answer, Asked, Limits, paid_for, refused
from api.graphql.schema import schema
from api.graphql.told import told
from graph.model.errors import InvalidInput, NotSignedIn, Refusal

EVENT_STREAM: Final = "text/event-stream"
SILENCE_SECONDS: Final = 15.0
ONLY_FOLLOWED: Final = "Par événements, seuls les abonnements se demandent : envoyez une question ou un acte en JSON."
SIGN_IN: Final = "Connectez-vous pour suivre ce que vous avez à faire."


async def follow(context: Context, asked: Asked, limits: Limits) -> AsyncGenerator[bytes, None] | Answer:
    """The events of a subscription; or the answer that says why there are none. Never raises."""
    try:
        paid = paid_for(context, asked, limits)
        if isinstance(paid, Answer):
            return paid
        if paid.operation.operation is not OperationType.SUBSCRIPTION:
            raise InvalidInput(ONLY_FOLLOWED, "query")
        if not context.viewer.signed_in:
            raise NotSignedIn(SIGN_IN)
        results = await schema().subscribe(
            asked.query,
            variable_values=dict(asked.variables),
            context_value=context,
            operation_name=asked.operation_name,
        )
    except Refusal as refusal:
        return refused([GraphQLError(refusal.message, original_error=refusal)], context)
    if not isinstance(results, AsyncGenerator):
        return refused(list(results.errors or ()), context)
    return _events(results, context)


async def _events(results: AsyncGenerator[Any, None], context: Context) -> AsyncGenerator[bytes, None]:
    """Ends with the subscription; with the connection, the subscription ends."""
    coming: asyncio.Task[Any] | None = None
    try:
        while True:
            coming = coming or asyncio.ensure_future(anext(results))
            done, _ = await asyncio.wait({coming}, timeout=SILENCE_SECONDS)
            if not done:
                yield b":\n\n"
                continue
            try:
                result = coming.result()
            except StopAsyncIteration:
                break
            coming = None
            errors = told(result.errors, context) if result.errors else []
            body = orjson.dumps({"data": result.data} | ({"errors": errors} if errors else {}))
            yield b"event: next\ndata: " + body + b"\n\n"
        yield b"event: complete\ndata:\n\n"
    finally:
        if coming is not None:
            coming.cancel()
            await asyncio.wait({coming})
        await results.aclose()
