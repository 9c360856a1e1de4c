"""The model's closed lists, known to the schema as they are: one home each, nothing spelled twice."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Any, Final, cast

import strawberry

from api.actions.figures.flows import End as FlowEnd
from api.actions.reorganisation_said import MoveKind
from api.actions.reports.registry import ReportKind
from graph.model import vocabulary
from graph.model.access import Operation, Role
from graph.model.alerts import Pace
from graph.model.casework.contact import AgeBand, Channel, Requester, Sequel, Sex
from graph.model.casework.contact import Cause as NoRelayCause
from graph.model.casework.file import CircleKind, FileState, LeadCause, MemberRole, Outcome
from graph.model.casework.grounds import Ground, Means, ShareGroup
from graph.model.casework.handoff import Kind as HandoffKind
from graph.model.casework.handoff import OrderedLead, ReasonCode
from graph.model.casework.handoff import Side as HandoffSide
from graph.model.casework.handoff import State as HandoffState
from graph.model.casework.handoff import Step as HandoffStep
from graph.model.casework.owed import Owed
from graph.model.casework.remembering import Cause as ForgettingCause
from graph.model.casework.story import WritingKind
from graph.model.casework.writings import NoteKind
from graph.model.directory import AgreementKind, HolderRole, ListingState, Mode, Public, SuccessionKind
from graph.model.errors import RefusalCode
from graph.model.figures.alert_words import KIND_WORDS
from graph.model.figures.alerts import AlertKind
from graph.model.figures.alerts import Urgency as AlertUrgency
from graph.model.figures.copying import Basis as CopyBasis
from graph.model.figures.dead_ends import Blockage
from graph.model.figures.flows import Ending as HandoffEnding
from graph.model.figures.impact import Caution as ImpactCaution
from graph.model.figures.impact import Gauge as ImpactGauge
from graph.model.figures.selecting import Counted as CountedFacts
from graph.model.figures.selecting import Split as CountedSplit
from graph.model.keeping import Act as ListingAct
from graph.model.listing import FieldGroup
from graph.model.moderation import Choice as ModerationChoice
from graph.model.moderation import Task as ModerationTask
from graph.model.relay import ReasonKind, WideningStep
from graph.model.suggestion import About as SuggestionAbout
from graph.model.suggestion import SuggestionState
from graph.model.territory import TerritoryLevel
from graph.store.casework.reads import ReadPage

__all__ = [
    "AgeBand",
    "AgreementKind",
    "AlertKind",
    "AlertUrgency",
    "Blockage",
    "Channel",
    "CircleKind",
    "CopyBasis",
    "CountedFacts",
    "CountedSplit",
    "FieldGroup",
    "FileState",
    "FilesRule",
    "FlowEnd",
    "ForgettingCause",
    "Ground",
    "HandoffEnding",
    "HandoffKind",
    "HandoffSide",
    "HandoffState",
    "HandoffStep",
    "HolderRole",
    "ImpactCaution",
    "ImpactGauge",
    "LeadCause",
    "ListingAct",
    "ListingState",
    "Means",
    "MemberRole",
    "Mode",
    "ModerationChoice",
    "ModerationTask",
    "MoveKind",
    "NoRelayCause",
    "NoteKind",
    "Operation",
    "OrderedLead",
    "OrganisationKind",
    "Outcome",
    "Owed",
    "Pace",
    "PlanState",
    "Public",
    "ReadPage",
    "ReasonCode",
    "ReasonKind",
    "RefusalCode",
    "ReportKind",
    "Requester",
    "Role",
    "Sequel",
    "Sex",
    "ShareGroup",
    "SuccessionKind",
    "SuggestionAbout",
    "SuggestionState",
    "TerritoryLevel",
    "WideningStep",
    "WritingKind",
]
from graph.model.reorganisation.plan import FilesRule, PlanState

if TYPE_CHECKING:

    class OrganisationKind(StrEnum):
        """Kinds of bodies and of their units, from the vocabulary."""
else:
    OrganisationKind = StrEnum("OrganisationKind", [(kind, kind) for kind in vocabulary.kinds()])

DESCRIPTIONS: Final[Mapping[type[Enum], str]] = {
    CircleKind: "What someone around a file is to it.",
    FileState: "The life of a file.",
    LeadCause: "By what the lead of a file moved.",
    Means: "How an accord was given.",
    MemberRole: "Who someone is in a file.",
    NoteKind: "What is written down.",
    ReadPage: "Where something of a file was read.",
    AgeBand: "Of whom a contact is about.",
    Channel: "How a contact came to a front door.",
    Ground: "Why something about someone may be told, or asked.",
    NoRelayCause: "Why no relay was found.",
    Requester: "Who asked at a front door.",
    Sequel: "What followed a contact.",
    Sex: "Of whom a contact is about.",
    AlertKind: "What was noticed of the network.",
    CountedFacts: "What is counted of one's own files.",
    CountedSplit: "By what the files behind a figure can be narrowed.",
    AlertUrgency: "How soon an alert asks for something.",
    Blockage: "Why needs stop at a body.",
    CopyBasis: "On what the volume of a copied agreement is estimated.",
    ImpactCaution: "What may mislead in the effect of an agreement.",
    ImpactGauge: "What is measured of an agreement.",
    ReportKind: "Which report.",
    AgreementKind: "What binds the parties of an agreement.",
    FieldGroup: "Fields of a listing that are vouched for together.",
    ForgettingCause: "Why a file is erased.",
    ListingAct: "What an entry of a listing's log did.",
    HandoffKind: "What is handed, and who leads afterwards.",
    HandoffSide: "From which side a step of a handoff came.",
    HandoffState: "Where a handoff is.",
    HandoffStep: "What may be done to a handoff.",
    HolderRole: "Whether someone holds a post or stands in for its holder.",
    ListingState: "The life of a listing; only a published one is found.",
    Mode: "How one is received: the closed list of data·inclusion v1.",
    FlowEnd: "What a band of the picture of flows begins or ends at; HIDDEN are those told together only.",
    HandoffEnding: "What became of a handoff that was sent.",
    ModerationChoice: "What may be decided about what waits for a moderator.",
    ModerationTask: "Why something waits for a moderator.",
    Operation: "One word an act: what the matrix of rights speaks of.",
    OrderedLead: "When the lead moves by an authority's order.",
    OrganisationKind: "Kinds of bodies and of their units.",
    Outcome: "How a need, a file or a partner's work ended.",
    Owed: "What someone owes to someone.",
    FilesRule: "Which open files of an organisation go.",
    MoveKind: "What a move of a reorganisation does.",
    PlanState: "Where a reorganisation is in its life.",
    Pace: "How often someone is told of new relays in a kept search, at most.",
    Public: "For whom: the closed list of data·inclusion v1.",
    ReasonCode: "Why something was not taken, or did not succeed.",
    ReasonKind: "What moved a relay up or down in the answer.",
    RefusalCode: "Expected refusals, the same at every door.",
    Role: "What someone is, at an organisation or for the whole site.",
    ShareGroup: "What of a file is told together, or not at all.",
    SuccessionKind: "How a body was carried to another.",
    SuggestionAbout: "What is wrong about a listing.",
    SuggestionState: "The life of a suggestion; one that was decided and taken back waits again.",
    TerritoryLevel: "Levels of the French map, and sectors drawn by hand.",
    WritingKind: "What was written in a file.",
    WideningStep: "What had to be loosened to find something.",
}


# Names that say in the schema what the model's own say in their module.
NAMES: Final[Mapping[type[Enum], str]] = {
    AlertUrgency: "AlertUrgency",
    CopyBasis: "CopyBasis",
    CountedFacts: "CountedFacts",
    CountedSplit: "CountedSplit",
    FlowEnd: "FlowEnd",
    ImpactCaution: "ImpactCaution",
    ImpactGauge: "ImpactGauge",
    HandoffEnding: "HandoffEnding",
    HandoffKind: "HandoffKind",
    HandoffSide: "HandoffSide",
    HandoffState: "HandoffState",
    HandoffStep: "HandoffStep",
    ForgettingCause: "ForgettingCause",
    ListingAct: "ListingAct",
    NoRelayCause: "NoRelayCause",
    ModerationChoice: "ModerationChoice",
    ModerationTask: "ModerationTask",
    SuggestionAbout: "SuggestionAbout",
}


def _register(enum: type[Enum], description: str, values: Mapping[str, str]) -> None:
    """Make the enum known to the schema; `values` are the descriptions of its members, by value."""
    strawberry.enum(enum, name=NAMES.get(enum), description=description)
    for entry, member in zip(cast("Any", enum).__strawberry_definition__.values, enum, strict=True):
        entry.description = values.get(member.value)


_LABELS: Final[Mapping[type[Enum], Mapping[str, str]]] = {
    HandoffEnding: {member.value: vocabulary.label("ending", member) for member in HandoffEnding},
    HandoffKind: {member.value: vocabulary.label("kind", member) for member in HandoffKind},
    HandoffState: {member.value: vocabulary.label("state", member) for member in HandoffState},
    HandoffStep: {member.value: vocabulary.label("step", member) for member in HandoffStep},
    ReasonCode: {member.value: vocabulary.label("reason", member) for member in ReasonCode},
    Outcome: {member.value: vocabulary.label("outcome", member) for member in Outcome},
    Ground: {member.value: vocabulary.label("ground", member) for member in Ground},
    Means: {member.value: vocabulary.label("means", member) for member in Means},
    MemberRole: {member.value: vocabulary.label("member_role", member) for member in MemberRole},
    CircleKind: {member.value: vocabulary.label("circle", member) for member in CircleKind},
    NoteKind: {member.value: vocabulary.label("note", member) for member in NoteKind},
    LeadCause: {member.value: vocabulary.label("lead_cause", member) for member in LeadCause},
    FileState: {member.value: vocabulary.label("file_state", member) for member in FileState},
    ShareGroup: {member.value: vocabulary.label("share", member) for member in ShareGroup},
    ReadPage: {member.value: vocabulary.label("read_page", member) for member in ReadPage},
    WritingKind: {member.value: vocabulary.label("writing", member) for member in WritingKind},
    OrganisationKind: {kind.id: kind.label for kind in vocabulary.kinds().values()},
    Public: {member.value: vocabulary.label("public", member) for member in Public},
    Mode: {member.value: vocabulary.label("mode", member) for member in Mode},
    ModerationTask: {member.value: vocabulary.label("moderation_task", member) for member in ModerationTask},
    ModerationChoice: {member.value: vocabulary.button("moderation_choice", member) for member in ModerationChoice},
    SuggestionAbout: {member.value: vocabulary.label("suggestion_about", member) for member in SuggestionAbout},
    **{
        enum: {member.value: vocabulary.label(family, member) for member in enum}
        for family, enum in {
            "age_band": AgeBand,
            "channel": Channel,
            "cause": NoRelayCause,
            "ground": Ground,
            "requester": Requester,
            "sequel": Sequel,
            "sex": Sex,
        }.items()
    },
    AlertKind: {member.value: KIND_WORDS[member] for member in AlertKind},
    MoveKind: {member.value: vocabulary.label("move_kind", member) for member in MoveKind},
    PlanState: {member.value: vocabulary.label("plan_state", member) for member in PlanState},
    SuggestionState: {member.value: vocabulary.label("suggestion_state", member) for member in SuggestionState},
}

for _enum, _description in DESCRIPTIONS.items():
    _register(_enum, _description, _LABELS.get(_enum, {}))
