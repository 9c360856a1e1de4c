"""Corrections that anyone suggests, and what whoever keeps the listing answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, TypeAlias

import strawberry

from api.actions import answering
from api.actions import suggestions as actions
from api.graphql.connections import Connection, NameCursor, decode, named_page, page_size
from api.graphql.context import Info
from api.graphql.enums import FieldGroup, Public, SuggestionAbout, SuggestionState
from api.graphql.given import KEY
from api.graphql.refusals import InvalidInput, NotAllowed, NotFound, Refusal, TooMuch
from api.words.differences import field_words
from graph.model import errors, suggestion
from graph.model.directory import Place as PlaceRecord
from graph.model.keeping import Target
from graph.model.suggestion import SuggestionStep
from graph.model.vocabulary import label


@strawberry.type(description="One field as it is suggested.")
class SuggestedValue:
    """A part of a suggestion, which can be taken without the others."""

    field: str = strawberry.field(description="Its name, as `acceptSuggestion` takes it in `parts`.")
    label: str = strawberry.field(description="Its name in French.")
    words: str = strawberry.field(description="The suggested value in French; empty when it would be emptied.")
    taken: bool = strawberry.field(description="Whether it was accepted.")


@strawberry.type(
    description="A correction that waits, or waited, for an answer. The listing shows nothing of it meanwhile."
)
class Suggestion:
    """What someone says is wrong."""

    id: strawberry.ID = strawberry.field(description="Its id.")
    listing: strawberry.ID = strawberry.field(description='What it is about: "service:…" or "organisation:…".')
    about: SuggestionAbout = strawberry.field(description="What is wrong.")
    group: FieldGroup | None = strawberry.field(description="The fields that it would change; null when it only tells.")
    text: str = strawberry.field(description="In the words of whoever suggested; empty a month after the answer.")
    value: list[SuggestedValue] = strawberry.field(description="The fields as they should be.")
    at: datetime = strawberry.field(description="When it was suggested.")
    by: str = strawberry.field(description="Who suggested it; empty for someone without an account.")
    state: SuggestionState = strawberry.field(description="Where it stands.")
    decided_at: datetime | None = strawberry.field(description="When it was last decided; null when never.")
    decided_by: str = strawberry.field(description="Who decided; empty while nobody did.")
    reason: str = strawberry.field(description="Why, as whoever decided wrote it.")

    @classmethod
    def of(cls, info: Info, one: suggestion.Suggestion) -> Suggestion:
        """From the model."""
        places, now = info.context.rooms.places, info.context.now
        return cls(
            id=strawberry.ID(one.id),
            listing=strawberry.ID(one.subject),
            about=one.about,
            group=one.group,
            text=one.text,
            value=[
                SuggestedValue(
                    field=name,
                    label=label("field", name),
                    words=field_words(name, value, places.get, now),
                    taken=name in one.taken,
                )
                for name, value in one.value.items()
            ],
            at=one.at,
            by=one.by_name,
            state=one.state,
            decided_at=one.decided_at,
            decided_by=one.decided_name,
            reason=one.reason,
        )


@strawberry.type(
    description="Someone else decided about it meanwhile, or it can no longer be decided so; nothing was done."
)
class SuggestionConflict(Refusal):
    """Two who decided at once: the second sees what the first decided."""

    current: Suggestion = strawberry.field(description="How it stands now.")


class SuggestionConflictHandler(strawberry.ExceptionHandler[errors.Conflict, SuggestionConflict]):
    """Makes of the model's Conflict the member of the union."""

    def handle(self, exception: errors.Conflict, *, field: object, info: Any) -> SuggestionConflict | None:
        """The refusal as data; None for a conflict about something else."""
        if not isinstance(exception.current, suggestion.Suggestion):
            return None
        current = Suggestion.of(info, exception.current)
        return SuggestionConflict(message=exception.message, code=exception.code, current=current)


@strawberry.input(description="An address.")
class SuggestedPlace:
    """Where the door is."""

    address: str = strawberry.field(default="", description="Number and street.")
    postcode: str = strawberry.field(default="", description="Five digits.")
    city: str = strawberry.field(default="", description="The name of the commune.")
    territory: strawberry.ID = strawberry.field(description="INSEE code of the commune or municipal arrondissement.")


@strawberry.input(description="What is wrong about a listing. Fields that are left out are taken to be right.")
class SuggestCorrectionInput:
    """A correction. Only the fields of `about` may be given."""

    listing: strawberry.ID = strawberry.field(description='"service:…" or "organisation:…".')
    about: SuggestionAbout = strawberry.field(description="What is wrong; `MISSING` is for the page of its own.")
    text: str = strawberry.field(default="", description="In your own words; not shown to anyone but who answers.")
    answer_to: str = strawberry.field(
        default="", description="An e-mail address to be answered; kept apart, then erased."
    )
    phone: str | None = strawberry.field(default=strawberry.UNSET, description="Of `CONTACT`.")
    email: str | None = strawberry.field(default=strawberry.UNSET, description="Of `CONTACT`.")
    url: str | None = strawberry.field(default=strawberry.UNSET, description="Of `CONTACT`.")
    hours: str | None = strawberry.field(default=strawberry.UNSET, description="Of `HOURS`: OSM `opening_hours`.")
    place: SuggestedPlace | None = strawberry.field(default=strawberry.UNSET, description="Of `PLACE`.")
    covers: list[strawberry.ID] | None = strawberry.field(default=strawberry.UNSET, description="Of `TERRITORY`.")
    conditions: str | None = strawberry.field(default=strawberry.UNSET, description="Of `CONDITIONS`.")
    publics: list[Public] | None = strawberry.field(default=strawberry.UNSET, description="Of `CONDITIONS`.")
    fee: str | None = strawberry.field(default=strawberry.UNSET, description="Of `CONDITIONS`.")
    free: bool | None = strawberry.field(default=strawberry.UNSET, description="Of `CONDITIONS`; null when unknown.")
    idempotency_key: str = strawberry.field(description=KEY)

    def value(self) -> dict[str, Any]:
        """The parts that were given; null empties one."""
        texts = {name: getattr(self, name) for name in ("phone", "email", "url", "hours", "conditions", "fee")}
        given: dict[str, Any] = {name: held or "" for name, held in texts.items() if held is not strawberry.UNSET}
        if self.covers is not strawberry.UNSET:
            given["covers"] = tuple(sorted({str(id_) for id_ in self.covers or ()}))
        if self.publics is not strawberry.UNSET:
            given["publics"] = tuple(self.publics or ())
        if self.free is not strawberry.UNSET:
            given["free"] = self.free
        if self.place is not strawberry.UNSET:
            given["place"] = _place(self.place)
        return given


@strawberry.input(description="A suggestion that is taken, in whole or in part.")
class AcceptSuggestionInput:
    """What to accept."""

    suggestion: strawberry.ID = strawberry.field(description="Its id.")
    parts: list[str] | None = strawberry.field(default=None, description="The fields that are taken; all when null.")
    reason: str = strawberry.field(default="", description="A word on it, kept with the decision.")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="A suggestion that is refused.")
class RefuseSuggestionInput:
    """What to refuse, and why."""

    suggestion: strawberry.ID = strawberry.field(description="Its id.")
    reason: str = strawberry.field(description="Why; mandatory.")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="One's own suggestion, taken back.")
class WithdrawSuggestionInput:
    """What to withdraw."""

    suggestion: strawberry.ID = strawberry.field(description="Its id.")
    idempotency_key: str = strawberry.field(description=KEY)


SuggestResult: TypeAlias = Annotated[Suggestion | NotFound | TooMuch | InvalidInput, strawberry.union("SuggestResult")]
AnswerResult: TypeAlias = Annotated[
    Suggestion | SuggestionConflict | NotAllowed | NotFound | InvalidInput, strawberry.union("AnswerResult")
]


@strawberry.type
class SuggestionMutations:
    """Acts on suggestions."""

    @strawberry.mutation(description="Say that a listing is wrong. Open to everyone, a few times an hour.")
    async def suggest_correction(
        self,
        info: Info,
        input: Annotated[SuggestCorrectionInput, strawberry.argument(description="What is wrong, as it should be.")],
    ) -> SuggestResult:
        """It waits for whoever keeps the listing."""
        info.context.pay_suggestion()
        made = await actions.suggest(
            info.context.rooms,
            info.context.viewer,
            Target.named(input.listing),
            input.about,
            value=input.value(),
            text=input.text,
            email=input.answer_to,
            key=input.idempotency_key,
            at=info.context.now,
        )
        return Suggestion.of(info, made)

    @strawberry.mutation(description="Take a suggestion, in whole or in part: the listing then says so, in your name.")
    async def accept_suggestion(
        self, info: Info, input: Annotated[AcceptSuggestionInput, strawberry.argument(description="Which one.")]
    ) -> AnswerResult:
        """For whoever keeps the listing, or a moderator."""
        return await _answer(info, SuggestionStep.ACCEPT, input)

    @strawberry.mutation(description="Refuse a suggestion, with a reason.")
    async def refuse_suggestion(
        self, info: Info, input: Annotated[RefuseSuggestionInput, strawberry.argument(description="Which one, why.")]
    ) -> AnswerResult:
        """For whoever keeps the listing, or a moderator."""
        return await _answer(info, SuggestionStep.REFUSE, input)

    @strawberry.mutation(description="Take one's own suggestion back, before it is answered.")
    async def withdraw_suggestion(
        self, info: Info, input: Annotated[WithdrawSuggestionInput, strawberry.argument(description="Which one.")]
    ) -> AnswerResult:
        """For someone who was signed in when she suggested."""
        made = await actions.withdraw(
            info.context.rooms,
            info.context.viewer,
            input.suggestion,
            key=input.idempotency_key,
            at=info.context.now,
        )
        return Suggestion.of(info, made)


async def suggestions(info: Info, first: int | None, after: str | None) -> Connection[Suggestion] | None:
    """A page of those that the viewer may answer, or read; None when she may neither."""
    size = page_size(first)
    cursor = decode(after, NameCursor).key if after else ("", "")
    try:
        found = await actions.waiting_here(info.context.rooms, info.context.viewer, size + 1, cursor)
    except errors.NotAllowed:
        return None
    shown = found[:size]
    return named_page(
        shown, actions.place, lambda one: Suggestion.of(info, one), more=len(found) > size, started=bool(after)
    )


async def _answer(
    info: Info, what: SuggestionStep, input_: AcceptSuggestionInput | RefuseSuggestionInput
) -> Suggestion:
    made = await answering.answer(
        info.context.rooms,
        info.context.viewer,
        input_.suggestion,
        what,
        parts=input_.parts if isinstance(input_, AcceptSuggestionInput) else None,
        reason=input_.reason,
        key=input_.idempotency_key,
        at=info.context.now,
    )
    return Suggestion.of(info, made)


def _place(given: SuggestedPlace | None) -> PlaceRecord | None:
    if given is None:
        return None
    return PlaceRecord(address=given.address, postcode=given.postcode, city=given.city, territory=str(given.territory))
