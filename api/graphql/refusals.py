"""Expected refusals, as the schema shows them."""

from __future__ import annotations

import strawberry

from api.graphql.enums import RefusalCode
from graph.model import errors


@strawberry.interface(description="An expected refusal. Faults, on the contrary, are GraphQL errors.")
class Refusal:
    """What all refusals have."""

    message: str = strawberry.field(description="A sentence in French for the person in front of the screen.")
    code: RefusalCode = strawberry.field(description="The refusal, for programs.")


@strawberry.type(description="The input cannot be read as it stands; nothing was done.")
class InvalidInput(Refusal):
    """The refusal of an input."""

    field: str | None = strawberry.field(description="Which field or argument is at fault; null when it is the whole.")


class InvalidInputHandler(strawberry.ExceptionHandler[errors.InvalidInput, InvalidInput]):
    """Makes of the model's InvalidInput the member of the union, in the fields whose type has it."""

    def handle(self, exception: errors.InvalidInput, *, field: object, info: object) -> InvalidInput:
        """The refusal as data."""
        return InvalidInput(message=exception.message, code=exception.code, field=exception.field or None)


@strawberry.type(description="No such thing, or nothing that the viewer may know of: the two look the same.")
class NotFound(Refusal):
    """The refusal of an id."""


@strawberry.type(description="The viewer may see it, but not do that; nothing was done.")
class NotAllowed(Refusal):
    """The refusal of a right."""


class NotFoundHandler(strawberry.ExceptionHandler[errors.NotFound, NotFound]):
    """Makes of the model's NotFound the member of the union."""

    def handle(self, exception: errors.NotFound, *, field: object, info: object) -> NotFound:
        """The refusal as data."""
        return NotFound(message=exception.message, code=exception.code)


class NotAllowedHandler(strawberry.ExceptionHandler[errors.NotAllowed, NotAllowed]):
    """Makes of the model's NotAllowed the member of the union."""

    def handle(self, exception: errors.NotAllowed, *, field: object, info: object) -> NotAllowed:
        """The refusal as data."""
        return NotAllowed(message=exception.message, code=exception.code)


@strawberry.type(description="A limit was reached: asking less, or later, helps; nothing was done.")
class TooMuch(Refusal):
    """The refusal of one too many."""


class TooMuchHandler(strawberry.ExceptionHandler[errors.TooMuch, TooMuch]):
    """Makes of the model's TooMuch the member of the union."""

    def handle(self, exception: errors.TooMuch, *, field: object, info: object) -> TooMuch:
        """The refusal as data."""
        return TooMuch(message=exception.message, code=exception.code)


@strawberry.type(
    description="The thing is not in a state where this can be done, or not by the viewer; nothing was done."
)
class StepNotAllowed(Refusal):
    """The refusal of a step."""


class StepNotAllowedHandler(strawberry.ExceptionHandler[errors.StepNotAllowed, StepNotAllowed]):
    """Makes of the model's StepNotAllowed the member of the union."""

    def handle(self, exception: errors.StepNotAllowed, *, field: object, info: object) -> StepNotAllowed:
        """The refusal as data."""
        return StepNotAllowed(message=exception.message, code=exception.code)


@strawberry.type(description="What is refused, passed on or ended says why; nothing was done.")
class ReasonMissing(Refusal):
    """The refusal of an act without a reason."""

    field: str | None = strawberry.field(description="Which field is missing; null when it is none of its own.")


class ReasonMissingHandler(strawberry.ExceptionHandler[errors.ReasonMissing, ReasonMissing]):
    """Makes of the model's ReasonMissing the member of the union."""

    def handle(self, exception: errors.ReasonMissing, *, field: object, info: object) -> ReasonMissing:
        """The refusal as data."""
        return ReasonMissing(message=exception.message, code=exception.code, field=exception.field or None)


@strawberry.type(
    description="Neither an accord nor a ground of the law lets this leave to that recipient; nothing left."
)
class ConsentMissing(Refusal):
    """The refusal of a sharing."""

    field: str | None = strawberry.field(description="Which field is missing; null when it is none of its own.")


class ConsentMissingHandler(strawberry.ExceptionHandler[errors.ConsentMissing, ConsentMissing]):
    """Makes of the model's ConsentMissing the member of the union."""

    def handle(self, exception: errors.ConsentMissing, *, field: object, info: object) -> ConsentMissing:
        """The refusal as data."""
        return ConsentMissing(message=exception.message, code=exception.code, field=exception.field or None)


@strawberry.type(description="It can be done, by whoever says with `confirmed` that she knows; nothing was done.")
class NeedsConfirming(Refusal):
    """The refusal of what was done before without success."""


class NeedsConfirmingHandler(strawberry.ExceptionHandler[errors.NeedsConfirming, NeedsConfirming]):
    """Makes of the model's NeedsConfirming the member of the union."""

    def handle(self, exception: errors.NeedsConfirming, *, field: object, info: object) -> NeedsConfirming:
        """The refusal as data."""
        return NeedsConfirming(message=exception.message, code=exception.code)
