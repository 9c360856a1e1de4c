"""A handoff from an organisation to itself, step by step: what each mutation says, for tests that send every one of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from api.actions.casework import handing, handoffs, opening
from api.actions.casework.handing import Handed
from graph.model.access import Role, Viewer
from graph.model.casework.deciding import Draft
from graph.model.casework.file import File, Identity, Member, MemberRole
from graph.model.casework.grounds import Ground, ShareGroup
from graph.model.casework.handoff import Kind, Step, Target
from tests import make
from tests.api.casework.world import accord
from tests.api.inside import Inside

Says = Callable[[dict[str, Any]], dict[str, Any]]
TOLD: Final = {"Handoff": "id seq"}
SOON: Final = (datetime.now(UTC) + timedelta(days=10)).isoformat()
GROUPS: Final = frozenset({ShareGroup.NEED})


def first(**more: Any) -> Says:
    """Of the handoff that `draftHandoff` made."""
    return lambda said: {"handoff": said["draftHandoff"]["id"]} | more


def other(name: str, **more: Any) -> Says:
    """Of one that `prepared` made."""
    return lambda said: {"handoff": said["handed"][name]} | more


def _draft(said: dict[str, Any]) -> dict[str, Any]:
    handed = said["handed"]
    target = {"organisation": handed["organisation"]}
    return {"file": handed["file"], "kind": "REFER", "target": target, "needs": [handed["need"]], "groups": ["NEED"]}


def _redirect(said: dict[str, Any]) -> dict[str, Any]:
    to = {"organisation": said["handed"]["organisation"]}
    return {"handoff": said["handed"]["sent_5"], "reason": "NOT_OFFERED", "to": to, "confirmed": True}


# One after the other: (name, what is said, what is answered, whether anything changes).
PASSING: Final[tuple[tuple[str, Says, str, bool], ...]] = (
    ("draftHandoff", _draft, "Handoff", True),
    ("submitHandoff", first(), "Handoff", True),
    ("remindHandoff", first(), "Handoff", True),
    ("escalateHandoff", first(), "Handoff", True),
    ("openHandoff", first(), "Handoff", True),
    ("askHandoff", first(text="Depuis quand ?"), "Handoff", True),
    ("answerHandoff", first(text="Deux mois."), "Handoff", True),
    ("waitlistHandoff", first(on=SOON, position=2), "Handoff", True),
    ("acceptHandoff", first(), "Handoff", True),
    ("offerSlots", first(slots=[SOON]), "Handoff", True),
    ("bookHandoff", first(on=SOON), "Handoff", True),
    # Nobody is missed before the hour.
    ("missHandoff", first(), "StepNotAllowed", False),
    ("contactHandoff", first(), "Handoff", True),
    ("pauseHandoff", first(on=SOON, reason="UNREACHABLE"), "Handoff", True),
    ("resumeHandoff", first(), "Handoff", True),
    # The person's to say: a professional is refused, always.
    ("disputeHandoff", first(text="Personne."), "StepNotAllowed", False),
    ("completeHandoff", first(outcome="MET"), "Handoff", True),
    ("fileForDecisionHandoff", other("sent_0"), "Handoff", True),
    ("decideHandoff", other("sent_0", granted=True), "Handoff", True),
    ("recallHandoff", other("sent_1"), "Handoff", True),
    ("withdrawHandoff", other("sent_2"), "Handoff", True),
    ("reportHandoff", other("sent_3", reported="ACCEPT"), "Handoff", True),
    ("contestHandoff", other("sent_3", text="Jamais dit."), "Handoff", True),
    ("declineHandoff", other("sent_4", reason="NO_CAPACITY"), "Handoff", True),
    ("settleHandoff", other("sent_4"), "Handoff", True),
    ("redirectHandoff", _redirect, "Handoff", True),
    ("failHandoff", other("begun", reason="UNREACHABLE"), "Handoff", True),
    ("voidHandoff", other("sent_6", text="Erreur."), "Handoff", True),
    ("consentHandoff", other("waits_0"), "Handoff", True),
    ("refuseHandoff", other("waits_1"), "Handoff", True),
)


async def prepared(site: Inside, organisation: str) -> dict[str, Any]:
    """A file that the organisation's professional leads, with handoffs in the states from which `PASSING` goes on."""
    account = await site.account(Role.PROFESSIONAL, organisation)
    viewer = Viewer(
        account=account.id, name=account.name, organisation=organisation, roles=frozenset({Role.PROFESSIONAL})
    )
    member = Member(id="", role=MemberRole.ADULT, identity=Identity(name="Odile Marchand"))
    need = opening.need_of(make.RENT, datetime.now(UTC))
    file = await opening.open_file(site.rooms, viewer, [member], [need], key="passing")
    names = [*(f"waits_{number}" for number in range(2)), *(f"sent_{number}" for number in range(7)), "begun"]
    found: dict[str, Any] = {"organisation": organisation, "file": file.id, "need": need.id}
    for name in names:
        if name == "sent_0":
            await handoffs.give_consent(
                site.rooms, viewer, file.id, accord(file, organisation, GROUPS), key="passing-accord"
            )
        found[name] = (await _sent(site, viewer, file.id, need.id, name)).id
    found["danger"] = (await _in_danger(site, viewer, file, need.id)).id
    for step in (Step.ACCEPT, Step.CONTACT):
        await handing.step(site.rooms, viewer, found["begun"], step, key=f"passing-{step}")
    return {"handed": found}


async def _in_danger(site: Inside, viewer: Viewer, file: File, need: str) -> Handed:
    """One that left in danger: a second person is to look at it."""
    groups = GROUPS | {ShareGroup.PRACTICAL}
    ground = replace(
        accord(file, viewer.organisation, groups), ground=Ground.DANGER, member="", means=None, why_not="En danger."
    )
    await handoffs.give_consent(site.rooms, viewer, file.id, ground, key="passing-danger")
    draft = Draft(id="", kind=Kind.REFER, target=Target(organisation=viewer.organisation), needs=(need,), groups=groups)
    made = await handing.prepare(site.rooms, viewer, file.id, draft, key="draft-danger")
    return await handing.step(site.rooms, viewer, made.id, Step.SUBMIT, key="submit-danger")


async def _sent(site: Inside, viewer: Viewer, file: str, need: str, name: str) -> Handed:
    target = Target(organisation=viewer.organisation)
    draft = Draft(id="", kind=Kind.REFER, target=target, needs=(need,), groups=GROUPS)
    made = await handing.prepare(site.rooms, viewer, file, draft, key=f"draft-{name}")
    return await handing.step(site.rooms, viewer, made.id, Step.SUBMIT, key=f"submit-{name}")
