"""What an agreement changed and what a copy of it would be elsewhere, with ranges that say how little is known."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import strawberry

from api.actions.figures.agreements import Seen, Simulated, agreement_seen, simulated
from api.graphql.agreements import Agreement
from api.graphql.connections import page_size
from api.graphql.context import Info
from api.graphql.enums import CopyBasis, ImpactCaution, ImpactGauge
from api.graphql.figures.asked import FigureBody, FigureDefinition, must_be_known
from api.graphql.organisations import First
from api.graphql.places import Territory
from api.graphql.refusals import InvalidInput, NotAllowed, NotFound
from graph.model.directory import Organisation
from graph.model.figures import copying_words, impact_words
from graph.model.figures.copying import Estimate
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


@strawberry.type(description="How much of the agreement there would be, by what is known of both places.")
class CopyEstimate:
    """Units a month, there."""

    basis: CopyBasis = strawberry.field(description="On what it stands.")
    words: str = strawberry.field(description="The same with its two numbers, in French.")
    here: int = strawberry.field(description="How many where the agreement holds.")
    there: int = strawberry.field(description="How many in the département.")
    volume: FigureRange = strawberry.field(description="Units a month.")

    @classmethod
    def of(cls, one: Estimate) -> CopyEstimate:
        """From the model."""
        return cls(
            basis=one.basis,
            words=copying_words.basis_words(one),
            here=one.here,
            there=one.there,
            volume=FigureRange.of(one.volume),
        )


@strawberry.type(
    description="An agreement as it would be in another département: a simulation, which nobody is told of."
)
class SimulatedCopy:
    """Of what was measured here for who may read it; of what was agreed for others."""

    agreement: Agreement = strawberry.field(description="Which.")
    departement: Territory = strawberry.field(description="Where it would be.")
    sentence: str = strawberry.field(description="What may be said of it, in French.")
    supposition: str = strawberry.field(description="What it takes for true, in French.")
    estimates: list[CopyEstimate] = strawberry.field(description="Each way to estimate the volume; empty for none.")
    volume: FigureRange = strawberry.field(description="Units a month: the widest range that the estimates leave.")
    volume_measured: bool = strawberry.field(
        description="Whether it stands on what was given; else on what was agreed."
    )
    price: FigureRange = strawberry.field(description="Euros a unit.")
    price_measured: bool = strawberry.field(description="Whether it is what was paid; else what was agreed.")
    cost: FigureRange = strawberry.field(description="Euros a month.")
    found: strawberry.Private[tuple[Organisation, ...]]

    @strawberry.field(description="Who would act: the operators of 115 and the SIAO there that the directory knows.")
    def operators(self, first: First = 20) -> list[FigureBody]:
        """So many of them."""
        return [FigureBody(id=strawberry.ID(one.id), name=one.name) for one in self.found[: page_size(first)]]

    @classmethod
    def of(cls, seen: Seen, found: Simulated) -> SimulatedCopy:
        """From the action."""
        copy = found.copy
        return cls(
            agreement=Agreement.of(seen.agreement),
            departement=Territory.of(found.territory),
            sentence=copying_words.copy_sentence(copy, found.territory, seen.agreement.unit),
            supposition=copying_words.supposition(copy),
            estimates=[CopyEstimate.of(one) for one in copy.estimates],
            volume=FigureRange.of(copy.volume),
            volume_measured=copy.volume_measured,
            price=FigureRange.of(copy.price),
            price_measured=copy.price_measured,
            cost=FigureRange.of(copy.cost),
            found=found.operators,
        )


ImpactResult: TypeAlias = Annotated[AgreementImpact | NotAllowed | NotFound, strawberry.union("ImpactResult")]
SimulatedCopyResult: TypeAlias = Annotated[
    SimulatedCopy | InvalidInput | NotAllowed | NotFound, strawberry.union("SimulatedCopyResult")
]


async def impact(info: Info, agreement: str) -> AgreementImpact:
    """Raises NotAllowed, NotFound."""
    must_be_known(info)
    context = info.context
    return AgreementImpact.of(await agreement_seen(context.rooms, context.viewer, agreement, context.now))


async def simulated_copy(info: Info, agreement: str, departement: str) -> SimulatedCopy:
    """Raises NotAllowed, NotFound, InvalidInput."""
    must_be_known(info)
    context = info.context
    seen = await agreement_seen(context.rooms, context.viewer, agreement, context.now)
    return SimulatedCopy.of(seen, await simulated(context.rooms, context.viewer, seen, departement))
