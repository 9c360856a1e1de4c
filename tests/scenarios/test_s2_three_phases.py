"""S2, after the search: reception, evaluation, accompaniment are three units of one service; one leads at each moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from graph.model.casework import deciding
from graph.model.casework.acts import CoReferentSet
from graph.model.casework.deciding import Draft
from graph.model.casework.file import Actor, CoReferent, File, LeadCause, Need
from graph.model.casework.grounds import Consent, Ground, ShareGroup
from graph.model.casework.handoff import Kind, State, Step, Target
from graph.model.casework.said import Taking
from graph.model.casework.sight import sight
from graph.model.casework.writings import Assessed
from graph.store.unit import Graph
from importers.invented.doubs import directory
from tests import make
from tests.cases import MEMBER, Log, lead_of, worker

SERVICE: Final = "demo:sst-chatillon"
PHASES: Final = ("accueil", "evaluation", "accompagnement")
AT: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)
RIGHTS: Final = "difficultes-administratives-ou-juridiques--accompagnement-pour-lacces-aux-droits"
GROUPS: Final = frozenset({ShareGroup.IDENTITY, ShareGroup.NEED, ShareGroup.ASSESSMENTS})


async def passed_on(log: Log, file: File, by: Actor, to: Actor, at: datetime) -> File:
    """From one unit to the next: the lead moves when the next one meets the person, not before."""
    law = Consent(
        id=f"law-{to.account}",
        ground=Ground.CASF_L121_6_2,
        recipient=to.organisation,
        purpose="Continuer l’accompagnement",
        groups=GROUPS,
        until=(at + timedelta(days=180)).date(),
        given=at,
        informed=at.date(),
    )
    file = await log.append(file, by, deciding.consent_given(file, law), at=at)
    draft = Draft(id=f"to-{to.account}", kind=Kind.TRANSFER, target=Target(organisation=to.organisation), groups=GROUPS)
    file = await log.append(file, by, deciding.drafted(file, draft, by, Taking(at=at)), at=at)
    file = await log.step(file, draft.id, Step.SUBMIT, by, at=at)
    file = await log.step(file, draft.id, Step.ACCEPT, to, at=at + timedelta(days=1))
    assert lead_of(file) == (by.organisation, by.account)
    return await log.step(file, draft.id, Step.CONTACT, to, at=at + timedelta(days=2))


async def test_three_units_one_after_the_other(empty_graph: Graph) -> None:
    units = [f"{SERVICE}--{phase}" for phase in PHASES]
    assert set(units) <= {one.id for one in directory().organisations}
    desk, evaluator, referent = (worker(name, unit) for name, unit in zip(("ana", "eve", "paul"), units, strict=True))
    log = Log(empty_graph)
    file = await log.append(None, desk, deciding.opened(desk, (MEMBER,), AT), at=AT)
    need = Need(id="rights", competence=RIGHTS, opened=AT, review=deciding.need_review(AT, False))
    # The single referent for paperwork stays at the desk, and is shown all along.
    paperwork = CoReferent(id="papiers", organisation=units[0], matter="démarches")
    file = await log.append(file, desk, deciding.need_added(file, need), CoReferentSet(co_referent=paperwork), at=AT)
    file = await passed_on(log, file, desk, evaluator, AT)
    second = AT + timedelta(days=10)
    file = await log.append(
        file, evaluator, Assessed(need="rights", text="Situation vue en deux entretiens."), at=second
    )
    file = await passed_on(log, file, evaluator, referent, second)
    leads = [(one.organisation, one.cause) for one in (*file.leads, file.lead) if one]
    assert leads == [
        (units[0], LeadCause.OPENED),
        (units[1], LeadCause.FIRST_CONTACT),
        (units[2], LeadCause.FIRST_CONTACT),
    ]
    assert file.co_referents == {"papiers": paperwork}
    assert file.needs["rights"].open
    # Whoever has passed it on no longer reads it; planned phases are no chain of refusals.
    former = make.viewer(account="ana", organisation=units[0], organisations=(units[0],))
    assert not sight(file, former, second + timedelta(days=3)).whole
    assert [(one.state, one.chain) for one in file.handoffs.values()] == [(State.IN_PROGRESS, ())] * 2
