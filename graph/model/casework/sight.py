"""Who may see what of a file. What may not be seen is absent, and looks like what does not exist."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from graph.model.access import Operation, Subject, Viewer, may
from graph.model.casework.clocks import PARIS
from graph.model.casework.file import File
from graph.model.casework.grounds import ShareGroup
from graph.model.casework.handoff import Handoff, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What a viewer sees: the whole file, or the handoffs addressed to her organisation, each with the groups that it shares, and
    those that she sent herself and that are open (`written`): of these she reads what she wrote, nothing of the file.

    `works` says whether she may act on the file itself, `escalated` whether she sees it because it was escalated to her.
    """

    whole: bool = False
    works: bool = False
    escalated: bool = False
    handoffs: frozenset[str] = frozenset()
    written: frozenset[str] = frozenset()
    groups: frozenset[ShareGroup] = frozenset()

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to see, not even that it exists."""
        return not (self.whole or self.handoffs or self.escalated)

    @property
    def follows(self) -> bool:
        """Whether how the file stands is still hers to know: after the end of her last request its tombstone is, and no more."""
        return self.whole or self.escalated or bool(self.groups)


NOTHING = Sight()


def subject_of(file: File, viewer: Viewer, above: tuple[str, ...] = ()) -> Subject:
    """What an act on it is about: its lead's organisation; the viewer herself where she leads, works on it or keeps the desk."""
    lead = file.lead or (file.leads[-1] if file.leads else None)
    if lead is None:
        return Subject()
    keeps = lead.organisation == viewer.organisation and (
        lead.desk or viewer.account == lead.account or viewer.account in file.workers
    )
    return Subject(organisation=lead.organisation, above=above, account=viewer.account if keeps else "")


def sight(file: File, viewer: Viewer, at: datetime, above: tuple[str, ...] = ()) -> Sight:
    """What `viewer` sees of the file at this moment; `above` are the bodies that the lead's organisation is part of."""
    subject = subject_of(file, viewer, above)
    if may(viewer, Operation.READ_FILE, subject):
        return Sight(
            whole=True,
            works=file.open and may(viewer, Operation.WORK_ON_FILE, subject),
            handoffs=frozenset(file.handoffs),
            groups=frozenset(ShareGroup),
        )
    addressed = {id_: handoff for id_, handoff in file.handoffs.items() if _addressed(handoff, viewer)}
    written = frozenset(id_ for id_, one in file.handoffs.items() if id_ not in addressed and _written(one, viewer))
    escalated = may(viewer, Operation.READ_ESCALATED) and _escalated(file)
    groups = frozenset[ShareGroup]().union(*(shared_groups(file, handoff, at) for handoff in addressed.values()))
    return Sight(handoffs=frozenset(addressed) | written, written=written, groups=groups, escalated=escalated)


def acting_for(file: File, found: Sight) -> str:
    """The organisation in whose name one who works on the file acts on it: its lead's, also for who stands above it."""
    return file.lead.organisation if found.works and file.lead else ""


def shared_groups(file: File, handoff: Handoff, at: datetime) -> frozenset[ShareGroup]:
    """What its target reads of the file through this handoff: nothing before it is sent, after its end, or without its ground."""
    consent = file.consents.get(handoff.ground)
    if not handoff.shared or consent is None or not consent.stands(at.astimezone(PARIS).date()):
        return frozenset()
    return handoff.groups & consent.groups


def _addressed(handoff: Handoff, viewer: Viewer) -> bool:
    """Whether its existence is known to her organisation: what was sent to it (a tombstone stays), or what it asked for. Where the
    person goes alone, nothing is sent.
    """
    # Within the house a file is seen by who leads it, works on it, keeps the desk: being given about says nothing to the others.
    if not viewer.organisation or handoff.kind in {Kind.ORIENT, Kind.ASSIGN}:
        return False
    target = Subject(organisation=handoff.target.organisation)
    if handoff.sent is not None and may(viewer, Operation.ANSWER_HANDOFF, target):
        return handoff.kind is not Kind.TAKE_OVER or handoff.target.organisation == viewer.organisation
    asked = handoff.kind is Kind.TAKE_OVER and handoff.sender == viewer.organisation
    return asked and may(viewer, Operation.ANSWER_HANDOFF, Subject(organisation=handoff.sender))


def _written(handoff: Handoff, viewer: Viewer) -> bool:
    """Whether she sent it herself: though the file has left her, she may mend her error while it is open."""
    if not handoff.open or (handoff.sender, handoff.sender_account) != (viewer.organisation, viewer.account):
        return False
    return may(viewer, Operation.WORK_ON_FILE, Subject(organisation=handoff.sender, account=viewer.account))


def _escalated(file: File) -> bool:
    return any(handoff.open and handoff.passed_around for handoff in file.handoffs.values())
