"""What an agreement changed, before and after it, with ranges that say how little is known."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import strawberry

from api.actions.figures.agreements import Seen, agreement_seen
from api.graphql.agreements import Agreement
from api.graphql.context import Info
from api.graphql.enums import ImpactCaution, ImpactGauge
from api.graphql.figures.asked import FigureDefinition, must_be_known
from api.graphql.refusals import NotAllowed, NotFound
from graph.model.figures import impact_words
from graph.model.figures.impact import Effect
from graph.model.figures.impact import Impact as Measured
from graph.model.figures.ranges import Range


@strawberry.type(description="A figure with its 95 % interval.")
class FigureRange:
    """What is known of it."""

    point: float | None = strawberry.field(description="The figure; null when there is none.")
    low: float | None = strawberry.field(description="Null when too little is known.")
    high: float | None = strawberry.field(description="Null when too little is known.")

    @classmethod
    def of(cls, one: Range) -> FigureRange:
        """From the model."""
        return cls(point=one.point, low=one.low, high=one.high)


@strawberry.type(description="One measure, before the agreement and since.")
class AgreementEffect:
    """With its difference."""

    gauge: ImpactGauge = strawberry.field(description="What is measured.")
    name: str = strawberry.field(description="The same, in French.")
    words: str = strawberry.field(description="How it is counted, in French.")
    unit: str = strawberry.field(description="In what, in French.")
    before: FigureRange = strawberry.field(description="The same months, a year earlier.")
    after: FigureRange = strawberry.field(description="Since it holds.")
    difference: FigureRange = strawberry.field(description="How much more the second is.")
    settled: bool = strawberry.field(description="Whether they differ by more than chance does.")
    says: str = strawberry.field(description="What may be concluded, in French.")

    @classmethod
    def of(cls, one: Effect, unit: str) -> AgreementEffect:
        """From the model; `unit` is what the agreement counts."""
        told = impact_words.effect_words(one, unit)
        return cls(
            gauge=one.gauge,
            name=told.name,
            words=told.definition,
            unit=told.unit,
            before=FigureRange.of(one.before),
            after=FigureRange.of(one.after),
            difference=FigureRange.of(one.difference),
            settled=one.settled,
            says=told.says,
        )


@strawberry.type(description="What may mislead in an effect.")
class EffectCaution:
    """For programs and in words."""

    caution: ImpactCaution = strawberry.field(description="What.")
    words: str = strawberry.field(description="In French.")


@strawberry.type(description="The effect of an agreement: exact, for who heads a body on whose behalf it acts.")
class AgreementImpact:
    """Nothing of it proves a cause."""

    definition: FigureDefinition = strawberry.field(description="What is counted, in words.")
    agreement: Agreement = strawberry.field(description="Which.")
    sentence: str = strawberry.field(
        description="What may be said of it, in French, or why there is no effect to tell."
    )
    told: bool = strawberry.field(description="Whether there is an effect to tell.")
    effects: list[AgreementEffect] = strawberry.field(description="Empty when there is none to tell.")
    files_before: int = strawberry.field(description="Files that the earlier months hold.")
    files_after: int = strawberry.field(description="Files that the months since hold.")
    under: int = strawberry.field(description="Needs that were handed under it.")
    cautions: list[EffectCaution] = strawberry.field(description="What may mislead.")

    @classmethod
    def of(cls, seen: Seen) -> AgreementImpact:
        """From the action."""
        found: Measured | None = seen.effect
        before, after = found.files if found else (0, 0)
        return cls(
            definition=FigureDefinition.named("impact"),
            agreement=Agreement.of(seen.agreement),
            sentence=impact_words.sentence(found) if found else seen.why,
            told=found is not None,
            effects=[AgreementEffect.of(one, seen.agreement.unit) for one in found.effects] if found else [],
            files_before=before,
            files_after=after,
            under=found.under if found else 0,
            cautions=[EffectCaution(caution=one, words=impact_words.CAUTIONS[one]) for one in found.cautions]
            if found
            else [],
        )


ImpactResult: TypeAlias = Annotated[AgreementImpact | NotAllowed | NotFound, strawberry.union("ImpactResult")]


async def impact(info: Info, agreement: str) -> AgreementImpact:
    """Raises NotAllowed, NotFound."""
    must_be_known(info)
    context = info.context
    return AgreementImpact.of(await agreement_seen(context.rooms, context.viewer, agreement, context.now))
