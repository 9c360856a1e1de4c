"""Which acts are whose in the copy that a member is given (exporting.py)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from graph.model.casework import acts, writings
from graph.model.casework.acts import Event

# What is written of everyone at once, with the fields that stay where something of it is secret to the member.
OF_THE_HOUSEHOLD: Final[Mapping[type[Event], tuple[str, ...]]] = {
    acts.LeadMoved: ("organisation",),
    acts.Reopened: ("organisation",),
    acts.Reviewed: (),
    acts.CircleSet: (),
    acts.CoReferentSet: ("organisation",),
    acts.Kept: (),
    acts.Closed: ("outcome",),
    writings.Noted: ("kind", "on"),
    writings.Met: ("on",),
    writings.Assessed: (),
    writings.DecisionTold: ("on",),
    writings.WatchSet: (),
    writings.Looked: (),
    writings.Delivered: ("since", "until"),
    writings.CalledBack: ("reached",),
    writings.Struck: (),
}
# What she did herself, or permitted: told apart by the member already.
HER_OWN: Final = (
    acts.NeedAdded,
    acts.NeedSet,
    acts.NeedEnded,
    acts.Drafted,
    acts.Stepped,
    acts.Reassigned,
    acts.Rehoused,
    acts.Settled,
    acts.ConsentGiven,
    acts.ConsentWithdrawn,
    acts.PageSet,
    writings.AppointmentSet,
    writings.NoRelayFound,
    writings.RightAsked,
    writings.RightAnswered,
)
# These may be about one of her needs.
OF_A_NEED: Final = (writings.Assessed, writings.DecisionTold)
