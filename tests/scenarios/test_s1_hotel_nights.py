"""S1, after the search: the family's request goes to the operator under the mandate, and each stay is counted with its payers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from graph.model.casework import deciding
from graph.model.casework.deciding import Draft
from graph.model.casework.file import Need, Outcome
from graph.model.casework.grounds import Consent, Ground, ShareGroup
from graph.model.casework.handoff import Kind, State, Step, Target
from graph.model.casework.owed import Owed, owed
from graph.model.casework.said import Said, Taking
from graph.model.casework.taking import take
from graph.model.casework.writings import Delivered
from graph.store.unit import Graph
from importers.invented.doubs import directory
from tests.cases import MEMBER, Log, lead_of, worker

HOTEL = "logement-hebergement--hebergement-hotelier-des-familles"
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
NIGHTS, CENTS = 30, 7_000
NEED = Need(id="hotel", competence=HOTEL, opened=AT, review=deciding.need_review(AT, False), words="Une chambre")
GROUPS = frozenset({ShareGroup.IDENTITY, ShareGroup.HOUSEHOLD, ShareGroup.NEED})


async def test_a_family_is_lodged_under_the_mandate(empty_graph: Graph) -> None:
    [mandate] = [one for one in directory().agreements if HOTEL in one.competences and one.kind == "mandat_de_gestion"]
    assert mandate.capacity == 30_000
    giver, operator = mandate.granted_by[0], mandate.given_to
    us, them, log = worker("agathe", giver), worker("basile", operator), Log(empty_graph)
    file = await log.append(None, us, deciding.opened(us, (MEMBER,), AT), at=AT)
    need = deciding.need_added(file, NEED)
    consent = Consent(
        id="mandat",
        ground=Ground.CASF_L121_6_2,
        recipient=operator,
        purpose="Loger la famille",
        groups=GROUPS,
        until=date(2026, 12, 31),
        given=AT,
        informed=AT.date(),
    )
    file = await log.append(file, us, need, deciding.consent_given(file, consent), at=AT)
    draft = Draft(
        id="nuits",
        kind=Kind.REFER,
        target=Target(organisation=operator, agreement=mandate.id),
        needs=("hotel",),
        groups=GROUPS,
    )
    file = await log.append(file, us, deciding.drafted(file, draft, us, Taking(at=AT)), at=AT)
    file = await log.step(file, "nuits", Step.SUBMIT, us, at=AT)
    for step in (Step.OPEN, Step.ACCEPT, Step.CONTACT):
        file = await log.step(file, "nuits", step, them, at=AT + timedelta(hours=2))
    # The operator finds the room; who accompanies the family goes on doing so.
    assert (lead_of(file), file.handoffs["nuits"].state) == ((giver, "agathe"), State.IN_PROGRESS)
    stay = Delivered(
        what="nuitées d’hôtel",
        since=date(2026, 3, 2),
        until=date(2026, 4, 1),
        quantity=NIGHTS,
        unit="nuitée",
        unit_cents=CENTS,
        payers=((giver, NIGHTS * CENTS * 3 // 4), ("État", NIGHTS * CENTS // 4)),
        handoff="nuits",
        agreement=mandate.id,
    )
    after = AT + timedelta(days=30)
    file = await log.append(file, them, stay, at=after)
    done = take(file, "nuits", Step.COMPLETE, them, Said(outcome=Outcome.MET.value), Taking(at=after))
    file = await log.append(file, them, done, at=after)
    file = await log.append(file, us, deciding.need_ended(file, "hotel", Outcome.MET, ""), at=after)
    assert {one.what for one in owed(file)} == {Owed.REVIEW_FILE}
    async with empty_graph.reading() as unit:
        kept = [entry.event for entry in await unit.files.log(file.id) if isinstance(entry.event, Delivered)]
        rows = await unit.run("MATCH (h:Handoff {id: 'nuits'}) RETURN h.agreement AS agreement")
    assert kept == [stay]
    assert sum(share for _, share in kept[0].payers) == NIGHTS * CENTS
    assert rows == [{"agreement": mandate.id}]
