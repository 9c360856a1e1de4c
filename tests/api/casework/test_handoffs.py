"""Handoffs through GraphQL: a step a mutation, each refusal a member of the union, each seen by whoever may see it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from graph.model.access import Role
from graph.store.unit import Graph
from tests.api.casework.world import GROUPS, LANDLORD, OTHER, SENDER, TARGET, WORDS, World, world

SEEN = """query($id: ID!) { handoff(id: $id) { id state kind told purpose message needs sender { id } target { id }
  service { id } allowed nextAction { what mine desk urgent organisation { id } }
  steps { edges { node { seq step side state text by organisation { id } } } pageInfo { hasNextPage } }
  parent { id } children { id state } } }"""
INBOX = "{ inbox(first: 10) { edges { node { what about mine desk } cursor } pageInfo { hasNextPage endCursor } } }"
SOON = (datetime.now(UTC) + timedelta(days=10)).isoformat()


@pytest.fixture
async def made(empty_graph: Graph, tmp_path: Path) -> AsyncIterator[World]:
    async with world(empty_graph, tmp_path) as world_:
        yield world_


async def test_a_support_from_the_draft_to_its_end(made: World) -> None:
    handoff = await made.sent()
    async with made.as_(TARGET) as target:
        seen = (await target.ask(SEEN, id=handoff))["handoff"]
        # Her words are of the situation, which this accord does not tell.
        assert (seen["state"], seen["message"]) == ("SENT", None)
        assert seen["told"] == sorted(group.name for group in GROUPS)
        assert (seen["needs"], seen["sender"]["id"], seen["target"]["id"]) == (None, SENDER, TARGET)
        assert seen["nextAction"] == {
            "what": "ANSWER", "mine": False, "desk": True, "urgent": False, "organisation": {"id": TARGET},
        }  # fmt: skip
        assert "ACCEPT" in seen["allowed"]
        assert "RECALL" not in seen["allowed"]
        steps = [
            ("openHandoff", {}, "RECEIVED"),
            ("askHandoff", {"text": "Depuis quand ?"}, "RECEIVED"),
            ("acceptHandoff", {}, "ACCEPTED"),
            ("bookHandoff", {"on": SOON}, "ACCEPTED"),
            ("contactHandoff", {}, "IN_PROGRESS"),
            ("pauseHandoff", {"on": SOON, "reason": "UNREACHABLE"}, "ON_HOLD"),
            ("resumeHandoff", {}, "IN_PROGRESS"),
            ("completeHandoff", {"outcome": "MET", "text": "Plan d’apurement signé."}, "COMPLETED"),
        ]
        for name, said, state in steps:
            done = await target.act(name, handoff=handoff, **said)
            assert (done["__typename"], done.get("state")) == ("Handoff", state), (name, done)
        over = (await target.ask(SEEN, id=handoff))["handoff"]
        assert (over["message"], over["told"], over["nextAction"], over["allowed"]) == (None, None, None, [])
        assert {edge["node"]["text"] for edge in over["steps"]["edges"]} == {None}
    async with made.as_(SENDER) as sender:
        seen = (await sender.ask(SEEN, id=handoff))["handoff"]
        assert [edge["node"]["step"] for edge in seen["steps"]["edges"]] == [
            None, "SUBMIT", "OPEN", "ASK", "ACCEPT", "BOOK", "CONTACT", "PAUSE", "RESUME", "COMPLETE",
        ]  # fmt: skip
        assert seen["steps"]["edges"][3]["node"]["text"] == "Depuis quand ?"
        assert (seen["needs"], seen["message"]) == ([made.need], WORDS)


async def test_the_same_key_is_one_step_and_two_who_act_at_once_are_told(made: World) -> None:
    handoff = await made.sent()
    async with made.as_(TARGET) as target:
        seq = (await target.act("openHandoff", key="k", handoff=handoff))["seq"]
        again = await target.act("openHandoff", key="k", handoff=handoff)
        assert (again["__typename"], again["seq"]) == ("Handoff", seq)
        other = await target.act("acceptHandoff", key="k", handoff=handoff)
        assert (other["__typename"], other["field"]) == ("InvalidInput", "idempotencyKey")
        assert (await target.act("acceptHandoff", handoff=handoff, expectedSeq=seq))["state"] == "ACCEPTED"
        late = await target.act("declineHandoff", handoff=handoff, expectedSeq=seq, reason="NO_CAPACITY")
        assert (late["__typename"], late["current"]["state"], late["current"]["seq"]) == (
            "Conflict",
            "ACCEPTED",
            seq + 1,
        )


async def test_each_refusal_is_a_member_of_the_union_and_nothing_changes(made: World) -> None:
    handoff = await made.sent()
    async with made.as_(TARGET) as target:
        expected = [
            ("resumeHandoff", {}, "StepNotAllowed", None),
            ("declineHandoff", {}, "ReasonMissing", None),
            ("declineHandoff", {"reason": "OTHER"}, "ReasonMissing", None),
            ("waitlistHandoff", {}, "InvalidInput", "on"),
            ("waitlistHandoff", {"on": "2020-01-01T10:00:00"}, "InvalidInput", "on"),
            ("waitlistHandoff", {"on": "9999-12-31T10:00:00Z"}, "InvalidInput", "on"),
            ("waitlistHandoff", {"on": SOON, "position": 0}, "InvalidInput", "position"),
            ("recallHandoff", {}, "StepNotAllowed", None),
            ("disputeHandoff", {"text": "Personne."}, "StepNotAllowed", None),
            ("reportHandoff", {"reported": "ACCEPT"}, "StepNotAllowed", None),
            (
                "redirectHandoff",
                {"reason": "NOT_OFFERED", "to": {"organisation": "t:absente"}},
                "InvalidInput",
                "target",
            ),
            ("redirectHandoff", {"reason": "NOT_OFFERED", "to": {"organisation": LANDLORD}}, "InvalidInput", "to"),
            ("acceptHandoff", {"handoff": "inconnue"}, "NotFound", None),
            ("settleHandoff", {}, "NotAllowed", None),
        ]
        before = (await target.ask(SEEN, id=handoff))["handoff"]
        for name, said, kind, field in expected:
            done = await target.act(name, **({"handoff": handoff} | said))
            assert (done["__typename"], done.get("field")) == (kind, field), (name, done)
        assert (await target.ask(SEEN, id=handoff))["handoff"] == before


async def test_nothing_leaves_without_a_ground(made: World) -> None:
    async with made.as_(SENDER) as sender:
        drafted = await made.drafted(sender, target={"organisation": OTHER})
        waiting = await sender.act("submitHandoff", handoff=drafted["id"])
        assert waiting["state"] == "AWAITING_CONSENT"
        missing = await sender.act("consentHandoff", handoff=drafted["id"])
        assert missing["__typename"] == "ConsentMissing"
    async with made.as_(OTHER) as other:
        assert (await other.ask(SEEN, id=drafted["id"]))["handoff"] is None
    async with made.as_(SENDER) as sender:
        told_too_much = await made.drafted(sender, target={"organisation": LANDLORD})
        assert (told_too_much["__typename"], told_too_much["field"]) == ("InvalidInput", "groups")


async def test_the_lead_moves_at_the_first_contact_of_a_transfer(made: World) -> None:
    handoff = await made.sent(kind="TRANSFER", needs=[])
    async with made.as_(TARGET) as target:
        assert (await target.act("acceptHandoff", handoff=handoff))["state"] == "ACCEPTED"
        assert (await target.act("contactHandoff", handoff=handoff))["state"] == "IN_PROGRESS"
    async with made.site.rooms.graph.reading() as unit:
        file = await unit.files.load(made.file.id)
    assert file is not None
    assert file.lead is not None
    assert (file.lead.organisation, file.lead.account) == (TARGET, (await made.viewer(TARGET)).account)
    async with made.as_(SENDER) as sender:
        left = (await sender.ask(SEEN, id=handoff))["handoff"]
        # The house that gave the file away reads nothing of it any more.
        assert left is None or (left["told"], left["message"]) == (None, None)


async def test_an_answer_by_telephone_is_unconfirmed_and_may_be_contested(made: World) -> None:
    handoff = await made.sent()
    async with made.as_(SENDER) as sender:
        noted = await sender.act("reportHandoff", handoff=handoff, reported="ACCEPT", text="Madame Roy, à 10 h.")
        assert (noted["state"], noted["unconfirmed"]) == ("ACCEPTED", True)
    async with made.as_(TARGET) as target:
        back = await target.act("contestHandoff", handoff=handoff, text="Nous n’avons rien dit de tel.")
        assert (back["state"], back["unconfirmed"]) == ("SENT", False)


async def test_a_redirect_makes_a_child_and_a_refusal_is_settled(made: World) -> None:
    handoff = await made.sent()
    async with made.as_(TARGET) as target:
        said = {"handoff": handoff, "reason": "NOT_OFFERED", "to": {"organisation": OTHER}}
        assert (await target.act("redirectHandoff", key="r", **said))["state"] == "REDIRECTED"
        assert (await target.act("redirectHandoff", key="r", **said))["state"] == "REDIRECTED"
    async with made.as_(SENDER) as sender:
        seen = (await sender.ask(SEEN, id=handoff))["handoff"]
        (child,) = seen["children"]
        assert child["state"] == "AWAITING_CONSENT"
        assert (await sender.ask(SEEN, id=child["id"]))["handoff"]["parent"]["id"] == handoff
        again = await made.drafted(sender, target={"organisation": TARGET})
        declined = again["id"]
        await sender.act("submitHandoff", handoff=declined)
    async with made.as_(TARGET) as target:
        assert (await target.act("declineHandoff", handoff=declined, reason="NO_CAPACITY"))["state"] == "DECLINED"
    async with made.as_(SENDER) as sender:
        assert (await sender.ask(SEEN, id=declined))["handoff"]["nextAction"]["what"] == "CHOOSE_NEXT"
        assert (await made.drafted(sender))["__typename"] == "NeedsConfirming"
        assert (await made.drafted(sender, confirmed=True))["__typename"] == "Handoff"
        settled = await sender.act("settleHandoff", handoff=declined, text="Autre demande envoyée.")
        assert settled["state"] == "DECLINED"
        assert (await sender.ask(SEEN, id=declined))["handoff"]["nextAction"] is None


async def test_the_inbox_holds_what_is_owed_in_pages(made: World) -> None:
    handoff = await made.sent(urgent=True)
    async with made.as_(TARGET) as target:
        found = (await target.ask(INBOX))["inbox"]
        assert [edge["node"] for edge in found["edges"]] == [
            {"what": "ANSWER", "about": handoff, "mine": False, "desk": True}
        ]
        await target.act("acceptHandoff", handoff=handoff)
        assert (await target.ask(INBOX))["inbox"]["edges"][0]["node"]["mine"] is True
    async with made.as_(TARGET, Role.HEAD_OF_SERVICE) as head:
        assert (await head.ask(INBOX))["inbox"]["edges"] == []
    async with made.as_(OTHER) as other:
        assert (await other.ask(INBOX))["inbox"]["edges"] == []
    async with made.as_(SENDER) as sender:
        paged = INBOX.replace("first: 10", "first: 1")
        first = (await sender.ask(paged))["inbox"]
        assert first["pageInfo"]["hasNextPage"] is False
        assert [edge["node"]["what"] for edge in first["edges"]] == ["REVIEW_FILE"]
