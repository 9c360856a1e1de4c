"""A take-over is proposed by a house that does not see the file: what it must know to ask, and that it learns nothing by asking."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from api.actions.casework.looking_up import look_up
from graph.model.access import Role
from graph.model.casework.acts import Entry, Stepped
from graph.model.casework.file import File, LeadCause
from graph.model.casework.finding_again import Sought
from graph.model.casework.grounds import Ground
from graph.store.unit import Graph
from tests.api.casework.world import NAME, OTHER, PARENT, PHONE, SENDER, TARGET, WORDS, Asker, World, world
from tests.web.test_handing import client_of, words

WHY = "Nous la suivons déjà pour son budget."
GUESSED = "0" * 32


@pytest.fixture
async def made(empty_graph: Graph, tmp_path: Path) -> AsyncIterator[World]:
    async with world(empty_graph, tmp_path) as world_:
        yield world_


async def stands(made: World) -> File:
    async with made.site.rooms.graph.reading() as unit:
        file = await unit.files.load(made.file.id)
    assert file is not None
    return file


async def last(made: World) -> Entry:
    async with made.site.rooms.graph.reading() as unit:
        return (await unit.files.log(made.file.id))[-1]


async def proposes(asker: Asker, **given: Any) -> dict[str, Any]:
    return await asker.act("draftHandoff", **({"kind": "TAKE_OVER", "purpose": WHY} | given))


async def test_an_addressee_proposes_and_the_lead_answers(made: World) -> None:
    support = await made.sent()
    async with made.as_(TARGET) as target:
        await target.act("declineHandoff", handoff=support, reason="NO_CAPACITY")
        # Of the request that ended a trace is left: that is reason enough to ask.
        drafted = await proposes(target, file=made.file.id)
        assert (drafted["__typename"], drafted["kind"], drafted["state"]) == ("Handoff", "TAKE_OVER", "DRAFT")
        again = await proposes(target, file=made.file.id)
        assert again["__typename"] == "StepNotAllowed"
        sent = await target.act("submitHandoff", handoff=drafted["id"])
        assert (sent["state"], "ACCEPT" in sent["allowed"]) == ("SENT", False)
        seen = words(await target.client.get(f"/demande/{drafted['id']}"))
        assert WHY in seen
        assert not [word for word in (NAME, PHONE, WORDS) if word in seen]
        partner = words(await target.client.get(f"/dossier/{made.file.id}"))
        assert not [word for word in (NAME, PHONE, WORDS) if word in partner]
    async with made.as_(SENDER) as lead:
        page = words(await lead.client.get(f"/demande/{drafted['id']}"))
        assert WHY in page
        assert "Espace budget" in page
        assert (await lead.act("acceptHandoff", handoff=drafted["id"]))["state"] == "ACCEPTED"
    after = await stands(made)
    assert after.lead is not None
    assert (after.lead.organisation, after.lead.account, after.lead.cause) == (
        TARGET,
        (await made.viewer(TARGET)).account,
        LeadCause.TAKEN_OVER,
    )


async def test_without_a_reason_a_file_that_exists_is_as_absent_as_one_that_does_not(made: World) -> None:
    async with made.as_(TARGET) as target:
        unsent = [await proposes(target, file=file) for file in (made.file.id, GUESSED)]
    # What is prepared for a house and has not left tells it nothing yet.
    async with made.as_(SENDER) as lead:
        await made.drafted(lead)
        assert (await proposes(lead, file=made.file.id))["__typename"] == "InvalidInput"
    async with made.as_(TARGET) as target:
        unsent += [await proposes(target, file=file) for file in (made.file.id, GUESSED)]
    support = await made.sent(confirmed=True)
    before = (await stands(made)).seq
    async with made.as_(OTHER) as other:
        for given in ({"file": made.file.id}, {"file": GUESSED}, {"file": support}):
            unsent.append(await proposes(other, **given))
        assert (await proposes(other, hit=GUESSED))["__typename"] == "NotFound"
        assert (await proposes(other))["field"] == "file"
    async with made.as_(TARGET, Role.LISTING_EDITOR) as editor:
        assert (await proposes(editor, file=made.file.id))["__typename"] == "NotAllowed"
    assert {tuple(sorted(one.items())) for one in unsent} == {tuple(sorted(unsent[0].items()))}
    assert unsent[0]["__typename"] == "NotFound"
    async with made.as_(TARGET) as target:
        assert (await proposes(target, file=made.file.id, purpose=" "))["__typename"] == "ReasonMissing"
        named = await proposes(target, file=made.file.id, needs=[made.need])
        elsewhere = await proposes(target, file=made.file.id, target={"organisation": OTHER})
        assert (named["field"], elsewhere["field"]) == ("needs", "target")
    assert (await stands(made)).seq == before


async def test_a_house_that_a_look_up_told_of_the_file_proposes_by_that_answer_and_nobody_else_does(
    made: World,
) -> None:
    await made.sent()
    asker, colleague = await made.viewer(OTHER), await made.viewer(OTHER, Role.HEAD_OF_SERVICE)
    (answer,) = await look_up(
        made.site.rooms, asker, Sought(name=NAME, phone=PHONE), ground=Ground.ACCORD, network=True
    )
    before = (await stands(made)).seq
    async with made.as_(TARGET) as target:
        assert (await proposes(target, hit=answer.hit))["__typename"] == "NotFound"
    async with made.as_(OTHER, Role.HEAD_OF_SERVICE) as head:
        assert colleague.account != asker.account
        assert (await proposes(head, hit=answer.hit))["__typename"] == "NotFound"
    assert (await stands(made)).seq == before
    async with made.as_(OTHER) as other:
        first = await proposes(other, hit=answer.hit, key="h")
        assert (first["__typename"], first["state"]) == ("Handoff", "DRAFT")
        assert (await proposes(other, hit=answer.hit, key="h"))["id"] == first["id"]
        assert (await other.act("submitHandoff", handoff=first["id"]))["state"] == "SENT"
    assert (await stands(made)).handoffs[first["id"]].target.organisation == SENDER


async def test_the_page_of_a_request_that_was_accepted_offers_it(made: World) -> None:
    handoff = await made.sent()
    offer = "Proposer de reprendre"
    here = f"/demande/{handoff}"
    async with await client_of(made, TARGET) as client:
        assert offer not in words(await client.get(here))
        await client.post(f"{here}/etape", data={"etape": "accept", "cle": "a"})
        assert offer in words(await client.get(here))
        empty = await client.post(f"{here}/reprise", data={"pour": "", "reprise": "oui", "cle": "b"})
        assert (empty.status_code, "Dites pourquoi" in words(empty)) == (422, True)
        form = {"pour": WHY, "reprise": "oui", "cle": "c"}
        sent = await client.post(f"{here}/reprise", data=form)
        assert sent.status_code == 303, words(sent)
        again = await client.post(f"{here}/reprise", data=form)
        assert again.headers["location"] == sent.headers["location"]
        assert offer not in words(await client.get(here))
        assert WHY in words(await client.get(sent.headers["location"].partition("?")[0]))
    before = (await stands(made)).seq
    async with await client_of(made, SENDER) as client:
        assert offer not in words(await client.get(here))
    async with await client_of(made, OTHER) as client:
        asked = [await client.post(f"/demande/{id_}/reprise", data=form) for id_ in (handoff, GUESSED)]
        assert [one.status_code for one in asked] == [404, 404]
    assert (await stands(made)).seq == before
    (proposal,) = (one for one in (await stands(made)).handoffs.values() if one.kind == "take_over")
    assert (proposal.state, proposal.sender, proposal.purpose) == ("sent", TARGET, WHY)


async def test_the_head_of_a_parent_body_takes_the_sender_s_steps_of_the_unit_below(made: World) -> None:
    handoff = await made.sent()
    async with made.as_(PARENT, Role.HEAD_OF_SERVICE) as head:
        recalled = await head.act("recallHandoff", handoff=handoff)
        assert (recalled["__typename"], recalled.get("state")) == ("Handoff", "RECALLED")
    entry = await last(made)
    assert isinstance(entry.event, Stepped)
    assert (entry.by.organisation, entry.event.step) == (PARENT, "recall")
    other = await made.sent(confirmed=True)
    before = (await stands(made)).seq
    # She stands above the sender's unit, not above the addressee's: what it answers is not hers to say.
    async with made.as_(PARENT, Role.HEAD_OF_SERVICE) as head:
        assert (await head.act("acceptHandoff", handoff=other))["__typename"] == "StepNotAllowed"
        seen = (await head.ask("query($id: ID!) { handoff(id: $id) { allowed } }", id=other))["handoff"]["allowed"]
        assert ("RECALL" in seen, "ACCEPT" in seen) == (True, False)
        assert 'value="recall"' in (await head.client.get(f"/demande/{other}")).text
    async with made.as_(PARENT) as worker:
        assert (await worker.act("recallHandoff", handoff=other))["__typename"] == "NotFound"
    assert (await stands(made)).seq == before
