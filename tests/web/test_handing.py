"""The pages of handing over: from a relay to a request, the inbox, the request's own page for both its sides."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import httpx2
import pytest

from api.actions.casework import handing, handoffs, inbox
from graph.model.access import Role
from graph.model.casework.clocks import PARIS
from graph.model.casework.deciding import Draft
from graph.model.casework.file import Actor, ActorKind, LeadCause
from graph.model.casework.grounds import Ground
from graph.model.casework.handoff import Kind, Step, Target
from graph.model.casework.leaving import Leave
from graph.model.casework.said import Said, Taking
from graph.model.casework.taking import take
from graph.store.unit import Graph, Unit
from tests import make
from tests.api.casework.world import (
    GROUPS,
    LANDLORD,
    NAME,
    OTHER,
    PARENT,
    PHONE,
    SENDER,
    SERVICE,
    TARGET,
    WORDS,
    World,
    accord,
    world,
)

TO = f"{TARGET}|{SERVICE}|"
PRIVATE = (NAME, PHONE, WORDS)


@pytest.fixture
async def made(empty_graph: Graph, tmp_path: Path) -> AsyncIterator[World]:
    async with world(empty_graph, tmp_path) as world_:
        yield world_


async def client_of(made: World, organisation: str, role: Role = Role.PROFESSIONAL) -> httpx2.AsyncClient:
    return await made.site.signed_in(role, organisation)


def words(page: httpx2.Response) -> str:
    return re.sub(r"\s+", " ", unescape(page.text).replace("\u00a0", " "))


def filled(made: World, **more: Any) -> dict[str, Any]:
    plain = {
        "cle": "k",
        "vers": TO,
        "genre": "refer",
        "besoin": made.need,
        "groupe": ["identity", "need"],
        "pour": "Éviter l’expulsion",
        "titre": "en_cours",
    }
    return plain | more


async def test_three_gestures_from_a_relay_to_a_request_that_left(made: World) -> None:
    path = f"/dossier/{made.file.id}/passer"
    async with await client_of(made, SENDER) as client:
        chosen = await client.get("/passer", params={"genre": "refer", "c": make.RENT, "vers": TO})
        assert chosen.status_code == 200
        assert NAME in chosen.text
        assert path in chosen.text
        form = await client.get(path, params={"vers": TO, "genre": "refer", "c": make.RENT})
        assert f'value="{made.need}" checked' in form.text
        shown = await client.post(path, data=filled(made))
        assert shown.status_code == 200
        told = words(shown)
        assert "Voici exactement ce que Espace budget lira." in told
        assert NAME in told
        assert PHONE not in told
        assert WORDS not in told
        sent = await client.post(path, data=filled(made, envoyer="oui"))
        again = await client.post(path, data=filled(made, envoyer="oui"))
        assert sent.status_code == 303
        assert sent.headers["location"] == again.headers["location"]
    async with await client_of(made, TARGET) as client:
        received = words(await client.get(sent.headers["location"].partition("?")[0]))
        assert NAME in received
        assert PHONE not in received
        assert WORDS not in received
    async with await client_of(made, OTHER) as client:
        assert (await client.get(sent.headers["location"])).status_code == 404


async def test_the_ground_is_noted_in_place_and_nothing_leaves_without_one(made: World) -> None:
    path = f"/dossier/{made.file.id}/passer"
    member = next(iter(made.file.members))
    async with await client_of(made, SENDER) as client:
        unreadable = await client.post(path, data=filled(made, titre="accord", membre=member, moyen="oral", jusque="x"))
        assert (unreadable.status_code, "Rien n’est parti" in words(unreadable)) == (422, True)
        waiting = await client.post(
            path, data=filled(made, vers=f"{OTHER}||", titre="attendre", envoyer="oui", cle="w")
        )
        there = waiting.headers["location"].partition("?")[0]
        assert "En attente d’accord" in words(await client.get(there))
        draft = there.rpartition("/")[2]
        noted = await client.post(
            path,
            data=filled(made, vers=f"{OTHER}||", brouillon=draft, titre="accord", membre=member, moyen="oral", cle="n")
            | {"jusque": "2099-01-01"},
        )
        assert noted.status_code == 303, words(noted)
        assert "Envoyée" in words(await client.get(there))
        landlord = await client.post(path, data=filled(made, vers=f"{LANDLORD}||", titre="attendre"))
        assert landlord.status_code == 422
        assert "éléments pratiques" in words(landlord)


async def test_a_file_is_opened_on_the_way(made: World) -> None:
    async with await client_of(made, SENDER) as client:
        opened = await client.post(f"/passer?genre=orient&vers={TO}", data={"c": make.RSA, "nom": "", "cle": "new"})
        assert opened.status_code == 303
        there = opened.headers["location"]
        assert re.fullmatch(r"/dossier/[0-9a-f]{32}/passer\?genre=orient&vers=.+", there), there
        form = words(await client.get(there))
        assert "Sans nom" in form
        assert 'value="orient" checked' in form


async def test_the_inbox_offers_the_first_gesture_in_place(made: World) -> None:
    handoff = await made.sent()
    async with await client_of(made, TARGET) as client:
        inbox = await client.get("/mes-actions")
        assert inbox.status_code == 200
        assert NAME in inbox.text
        assert "Répondre à la demande" in words(inbox)
        assert (await client.get("/mes-actions/nombre")).json() == {"count": 1, "late": 0}
        given = {"etape": "open", "cle": "o", "retour": "/mes-actions"}
        done = await client.post(f"/demande/{handoff}/etape", data=given)
        assert done.headers["location"] == "/mes-actions?note=fait#fait"
        assert "Réception confirmée" in words(await client.get(f"/demande/{handoff}"))
    async with await client_of(made, OTHER) as client:
        assert "Rien ne vous attend" in words(await client.get("/mes-actions"))
    async with await client_of(made, SENDER, Role.LISTING_EDITOR) as client:
        assert (await client.get("/mes-actions")).status_code == 403
    async with made.site.client() as visitor:
        assert (await visitor.get("/mes-actions")).headers["location"].startswith("/connexion")
        assert (await visitor.get("/mes-actions/nombre")).json() == {"count": 0, "late": 0}


async def test_the_inbox_of_who_stands_in_holds_what_the_absent_one_owes(made: World) -> None:
    absent, head = await made.viewer(SENDER), await made.viewer(SENDER, Role.HEAD_OF_SERVICE)
    today = datetime.now(PARIS).date()
    query = "{ inbox { edges { node { mine insteadOf } } } }"

    async def seen(role: Role) -> tuple[str, dict[str, int], list[Any]]:
        async with made.as_(SENDER, role) as asker:
            page, count = await asker.client.get("/mes-actions"), await asker.client.get("/mes-actions/nombre")
            found = await asker.ask(query)
        return words(page), count.json(), [edge["node"] for edge in found["inbox"]["edges"]]

    hers = await seen(Role.PROFESSIONAL)
    assert (NAME in hers[0], hers[1]["count"] > 0, "à la place" in hers[0]) == (True, True, False)
    assert hers[2] == [{"mine": True, "insteadOf": None}] * hers[1]["count"]
    before = await seen(Role.HEAD_OF_SERVICE)
    assert (NAME in before[0], before[1], before[2]) == (False, {"count": 0, "late": 0}, [])
    for substitute, since in ((head.account, 0), ("", 0), (head.account, 1)):
        leave = Leave(
            account=absent.account,
            organisation=SENDER,
            since=today + timedelta(days=since),
            until=today + timedelta(days=2),
            substitute=substitute,
        )
        await made.site.rooms.graph.write(lambda unit, leave=leave: unit.timing.set_leave(leave))
        own = await seen(Role.PROFESSIONAL)
        assert (NAME in own[0], "à la place" in own[0], own[1:]) == (True, False, hers[1:])
        page, count, nodes = await seen(Role.HEAD_OF_SERVICE)
        if since:
            assert (count, nodes) == (before[1], [])
            continue
        assert (count, NAME in page, f"à la place de {absent.name}" in page) == (hers[1], True, True)
        assert nodes == [{"mine": False, "insteadOf": absent.name}] * hers[1]["count"]
    async with await client_of(made, TARGET) as client:
        assert "Rien ne vous attend" in words(await client.get("/mes-actions"))


async def test_a_refusal_is_said_on_the_page_and_a_no_shows_what_follows(made: World) -> None:
    handoff = await made.sent()
    here = f"/demande/{handoff}"
    async with await client_of(made, TARGET) as client:
        without = await client.post(
            f"{here}/etape", data={"etape": "decline", "motif": "other", "mots": "", "cle": "a"}
        )
        assert without.status_code == 422
        assert "demande quelques mots" in words(without)
        assert (await client.post(f"{here}/etape", data={"etape": "resume", "cle": "b"})).status_code == 409
        assert (await client.post(f"{here}/etape", data={"etape": "x", "cle": "c"})).status_code == 422
        declined = await client.post(f"{here}/etape", data={"etape": "decline", "motif": "no_capacity", "cle": "d"})
        assert declined.status_code == 303
        left = words(await client.get(here))
        assert "Il reste cette trace" in left
        assert not any(word in left for word in PRIVATE)
    async with await client_of(made, SENDER) as client:
        seen = words(await client.get(here))
        assert "Choisir la suite" in seen
        assert "pas de place" in seen.lower()
        settled = await client.post(f"{here}/suite", data={"mots": "Vu avec elle.", "cle": "e"})
        assert settled.status_code == 303
        assert "Choisir la suite" not in words(await client.get(here))


async def test_a_calendar_says_when_and_nothing_else(made: World) -> None:
    handoff = await made.sent()
    here = f"/demande/{handoff}"
    met = (datetime.now(PARIS) + timedelta(days=30)).replace(hour=10, minute=30, second=0)
    async with await client_of(made, TARGET) as client:
        assert (await client.get(f"{here}/rendez-vous.ics")).status_code == 404
        await client.post(f"{here}/etape", data={"etape": "accept", "cle": "a"})
        moment = f"{met:%Y-%m-%dT%H:%M}"
        booked = await client.post(f"{here}/etape", data={"etape": "book", "moment": moment, "cle": "b"})
        assert booked.status_code == 303, words(booked)
        event = await client.get(f"{here}/rendez-vous.ics")
        assert event.headers["content-type"] == "text/calendar; charset=utf-8"
        lines = event.text.split("\r\n")
        assert lines[:3] == ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Maillage//FR"]
        assert f"DTSTART:{met.astimezone(UTC):%Y%m%dT%H%M%SZ}" in lines
        assert "SUMMARY:Rendez-vous" in lines
        assert not any(word in event.text for word in (*PRIVATE, "budget", "LOCATION", "DESCRIPTION"))


async def test_a_waiting_list_shows_in_the_listing(made: World) -> None:
    handoff = await made.sent()
    async with await client_of(made, TARGET) as client:
        given = {
            "etape": "waitlist",
            "jour": _in_days(20),
            "rang": "3",
            "attente": "Un point chaque semaine",
            "cle": "w",
        }
        listed = await client.post(f"/demande/{handoff}/etape", data=given)
        assert listed.status_code == 303, words(listed)
        assert "rang 3" in words(await client.get(f"/demande/{handoff}"))
    async with made.site.rooms.graph.reading() as unit:
        service = (await unit.directory.services([SERVICE]))[SERVICE]
    assert service.capacity is not None
    assert (service.capacity.places_free, str(service.capacity.full_until)) == (0, _in_days(20))


def _in_days(days: int) -> str:
    return (date.today() + timedelta(days=days)).isoformat()  # noqa: DTZ011 - the site asks its own clock too


async def test_what_is_done_outside_the_walls_is_told_to_no_addressee(made: World) -> None:
    await made.sent()
    path = f"/dossier/{made.file.id}/intervention"
    watch = {"faire": "veille", "objet": "Passer le jeudi", "le": _in_days(7), "cle": "w"}
    async with await client_of(made, SENDER) as client:
        assert (await client.post(path, data=watch)).status_code == 303
        assert "Passer le jeudi" in words(await client.get(path))
    async with await client_of(made, TARGET) as client:
        hidden = [await client.get(path), await client.post(path, data=watch | {"le": ""})]
        assert [answer.status_code for answer in hidden] == [404, 404]
        assert not [answer for answer in hidden if "Passer le jeudi" in answer.text]


async def test_what_was_told_in_danger_is_looked_at_by_a_second_person(made: World) -> None:
    rooms, viewer = made.site.rooms, await made.viewer(SENDER)
    ground = replace(accord(made.file, OTHER), ground=Ground.DANGER, member="", means=None, why_not="En danger.")
    await handoffs.give_consent(rooms, viewer, made.file.id, ground, key="danger")
    handoff = await made.sent(target={"organisation": OTHER})
    path, form = f"/demande/{handoff}/relecture", {"avis": "Il le fallait.", "cle": "r"}
    async with await client_of(made, SENDER) as client:
        assert "Noter la relecture" not in (await client.get(f"/demande/{handoff}")).text
        assert (await client.post(path, data=form)).status_code == 409
    async with await client_of(made, OTHER) as client:
        assert "Noter la relecture" not in (await client.get(f"/demande/{handoff}")).text
        assert (await client.post(path, data=form)).status_code == 403
    assert set(await _to_review(made)) == {handoff}
    async with await client_of(made, SENDER, Role.HEAD_OF_SERVICE) as client:
        assert "Noter la relecture" in (await client.get(f"/demande/{handoff}")).text
        assert (await client.post(path, data=form | {"avis": " "})).status_code == 422
        assert set(await _to_review(made)) == {handoff}
        assert (await client.post(path, data=form)).status_code == 303
        assert "Noter la relecture" not in (await client.get(f"/demande/{handoff}")).text
    assert await _to_review(made) == {}


async def _to_review(made: World) -> Mapping[str, Any]:
    async with made.site.rooms.graph.reading() as unit:
        file = await unit.files.load(made.file.id)
    assert file
    return file.to_review


async def test_what_a_head_owes_below_is_seen_above_where_there_is_none(made: World) -> None:
    rooms, viewer = made.site.rooms, await made.viewer(SENDER)
    ground = replace(accord(made.file, OTHER), ground=Ground.DANGER, member="", means=None, why_not="En danger.")
    await handoffs.give_consent(rooms, viewer, made.file.id, ground, key="danger")
    handoff = await made.sent(target={"organisation": OTHER})
    above = await made.viewer(PARENT, Role.HEAD_OF_SERVICE)

    async def looked_at() -> list[str]:
        found, _ = await inbox.page(rooms, above, datetime.now(UTC))
        assert (await inbox.count(rooms, above, datetime.now(UTC)))[0] == len(found)
        return [one.action.about for one in found]

    assert await looked_at() == [handoff]
    async with await client_of(made, PARENT, Role.HEAD_OF_SERVICE) as client:
        assert (await client.get(f"/demande/{handoff}")).status_code == 200
    # A worker above is no head; and where there is a head, it is hers.
    found, _ = await inbox.page(rooms, await made.viewer(PARENT), datetime.now(UTC))
    assert found == []
    await made.viewer(SENDER, Role.HEAD_OF_SERVICE)
    assert await looked_at() == []


async def test_a_substitute_sees_what_was_sent_of_a_file_that_others_lead_now(made: World) -> None:
    rooms, target = made.site.rooms, await made.viewer(TARGET)
    handoff = await made.sent(kind="TRANSFER", needs=[])
    for step in (Step.ACCEPT, Step.CONTACT):
        await handing.step(rooms, target, handoff, step, key=step.value)
    sender, substitute = await made.viewer(SENDER), await made.viewer(SENDER, Role.HEAD_OF_SERVICE)
    async with await client_of(made, SENDER, Role.HEAD_OF_SERVICE) as client:
        assert (await client.get(f"/demande/{handoff}")).status_code == 404
        today = datetime.now(PARIS).date()
        leave = Leave(
            account=sender.account, organisation=SENDER, since=today, until=today, substitute=substitute.account
        )
        await rooms.graph.write(lambda unit: unit.timing.set_leave(leave))
        seen = await client.get(f"/demande/{handoff}")
        assert seen.status_code == 200
        assert not any(word in words(seen) for word in PRIVATE)
        told = words(await client.get(f"/dossier/{made.file.id}"))
        assert not any(word in told for word in PRIVATE)
        taken = await client.post(f"/demande/{handoff}/etape", data={"etape": "void", "mots": "Erreur.", "cle": "v"})
        assert taken.status_code in {403, 409}


async def test_a_measure_that_an_authority_ordered_leaves_by_the_law_and_moves_the_lead(made: World) -> None:
    path, authority = f"/dossier/{made.file.id}/passer", "Juge des enfants de Besançon, 12 mars"
    asked = filled(made, genre="ordered", titre="legal_duty", jusque="2099-01-01", informe="2026-01-05")
    asked |= {"autorite": authority, "ordre": "at_contact"}
    async with await client_of(made, SENDER) as client:
        form = await client.get(path, params={"vers": TO, "genre": "ordered"})
        assert 'name="genre" value="ordered" checked' in form.text
        for wrong, said in (
            ({"autorite": " "}, "quelle autorité a ordonné"),
            ({"titre": "attendre"}, "n’attend pas d’accord"),
            ({"titre": "accord"}, "n’attend pas d’accord"),
            ({"ordre": "demain"}, "Choisissez dans la liste"),
            ({"informe": ""}, "Rien n’est parti"),
        ):
            refused = await client.post(path, data=asked | wrong | {"envoyer": "oui"})
            assert (refused.status_code, said in words(refused)) == (422, True), words(refused)
        shown = words(await client.post(path, data=asked))
        assert f"Ordonnée par</dt><dd>{authority}</dd>" in shown
        assert "le référent change à la première rencontre" in shown
        sent = await client.post(path, data=asked | {"envoyer": "oui"})
        assert sent.status_code == 303, words(sent)
    page = sent.headers["location"].partition("?")[0]
    handoff = page.rpartition("/")[2]
    rooms, target = made.site.rooms, await made.viewer(TARGET)
    async with await client_of(made, TARGET) as client:
        assert authority in words(await client.get(page))
    for step in (Step.ACCEPT, Step.CONTACT):
        await handing.step(rooms, target, handoff, step, key=step.value)
    async with rooms.graph.reading() as unit:
        file = await unit.files.load(made.file.id)
    assert file
    assert file.lead
    assert (file.lead.organisation, file.lead.cause) == (TARGET, LeadCause.ORDERED)
    assert file.consents[file.handoffs[handoff].ground].ground is Ground.LEGAL_DUTY


async def test_what_the_person_contests_is_seen_on_the_request(made: World) -> None:
    rooms, viewer = made.site.rooms, await made.viewer(SENDER)
    draft = Draft(id="", kind=Kind.ORDERED, target=Target(organisation=TARGET), needs=(made.need,), groups=GROUPS)
    handoff = (await handing.prepare(rooms, viewer, made.file.id, draft, key="ordered")).id
    await handing.step(rooms, viewer, handoff, Step.SUBMIT, key="ordered-sent")
    person, at = Actor(kind=ActorKind.PERSON), datetime.now(UTC)

    async def contests(unit: Unit) -> None:
        file = await unit.files.load(made.file.id)
        assert file
        event = take(file, handoff, Step.CONTEST, person, Said(text="Je ne suis pas d’accord."), Taking(at=at))
        await unit.files.append(file, person, at, event)

    await rooms.graph.write(contests)
    async with await client_of(made, SENDER) as client:
        assert "La personne conteste cette demande" in words(await client.get(f"/demande/{handoff}"))
        seen = await client.post(f"/demande/{handoff}/suite", data={"mots": "Vu avec elle.", "cle": "s"})
        assert seen.status_code == 303
        assert "conteste cette demande" not in words(await client.get(f"/demande/{handoff}"))


async def test_an_addressee_offers_moments_and_nobody_else_does(made: World) -> None:
    handoff = await made.sent()
    path, soon = f"/demande/{handoff}", datetime.now(PARIS) + timedelta(days=3)
    offered = {"slot1": f"{soon:%Y-%m-%d}T10:00", "slot2": f"{soon:%Y-%m-%d}T14:00", "minutes": "30", "cle": "m"}
    async with await client_of(made, TARGET) as client:
        assert "Proposer des rendez-vous" not in words(await client.get(path))
        assert (await client.post(f"{path}/creneaux", data=offered)).status_code == 409
        await client.post(f"{path}/etape", data={"etape": "accept", "cle": "a"})
        assert "Proposer des rendez-vous" in words(await client.get(path))
        past = await client.post(f"{path}/creneaux", data=offered | {"slot1": "2020-01-01T10:00", "where": "Hall"})
        assert past.status_code == 422
        assert "Ce moment est passé" in words(past)
        assert 'value="Hall"' in past.text
    for organisation, status in ((SENDER, 403), (OTHER, 404)):
        async with await client_of(made, organisation) as client:
            assert (await client.post(f"{path}/creneaux", data=offered)).status_code == status
    async with made.site.rooms.graph.reading() as unit:
        file = await unit.files.load(made.file.id)
    assert file
    assert not file.appointments
    async with await client_of(made, TARGET) as client:
        first, again = [await client.post(f"{path}/creneaux", data=offered) for _ in range(2)]
        assert (first.status_code, again.status_code) == (303, 303)
        shown = words(await client.get(path))
        assert "Rendez-vous proposé" in shown
        assert "à 10 h" in shown
    async with made.site.rooms.graph.reading() as unit:
        file = await unit.files.load(made.file.id)
    assert file
    assert [(one.organisation, len(one.slots)) for one in file.appointments.values()] == [(TARGET, 2)]
    # Booked by telephone meanwhile: nothing more is offered.
    await handing.step(
        made.site.rooms, await made.viewer(TARGET), handoff, Step.BOOK, Said(on=soon.astimezone(UTC)), key="b"
    )
    async with await client_of(made, TARGET) as client:
        assert "Proposer des rendez-vous" not in words(await client.get(path))
        assert (await client.post(f"{path}/creneaux", data=offered | {"cle": "n"})).status_code == 409


async def test_a_relay_is_found_on_the_way_from_a_file(made: World) -> None:
    path = f"/dossier/{made.file.id}/passer"
    async with await client_of(made, SENDER) as client:
        asked = await client.get(path)
        assert asked.status_code == 200
        assert "Vers qui ?" in words(asked)
        assert f'href="{path}?c={make.RENT}"' in asked.text
        assert (await client.get(path, params={"vers": "t:absente||"})).status_code == 422
        form = await client.get(path, params={"vers": TO, "c": make.RENT})
        assert f'value="{made.need}" checked' in form.text


async def test_who_is_gone_from_the_directory_takes_nothing_of_what_was_typed_along(made: World) -> None:
    path = f"/dossier/{made.file.id}/passer"
    async with await client_of(made, SENDER) as client:
        for more in ({"vers": "t:absente||"}, {"pour": "Éviter l’expulsion " * 60}):
            refused = await client.post(path, data=filled(made, message="Vu hier.", envoyer="oui") | more)
            assert refused.status_code == 422
            assert "Éviter l’expulsion" in refused.text and "Vu hier." in refused.text
        new = {"c": make.RSA, "nom": "Mme Ravel", "mots": "Sans ressources. " * 70, "cle": "new"}
        refused = await client.post(f"/passer?genre=orient&vers={TO}", data=new)
        assert refused.status_code == 422
        assert "Mme Ravel" in refused.text and "Sans ressources." in refused.text
    async with made.site.rooms.graph.reading() as unit:
        assert await unit.files.load(made.file.id) == made.file
