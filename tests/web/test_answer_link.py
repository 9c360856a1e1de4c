"""An addressee without an account: the link alone shows nothing, the code opens once, and what it opens ends."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from api.mail.noticing import tell_some
from api.mail.sending import Post
from graph.model.casework.clocks import PARIS
from graph.store.correspondents import Correspondents
from graph.store.unit import Graph
from tests.api.casework.world import NAME, OTHER, PHONE, SENDER, TARGET, WORDS, World, world
from tests.mail_server import mail_server, sending, text_of
from tests.web.test_handing import PRIVATE, client_of, words

WRONG = "00000000"


@pytest.fixture
async def made(empty_graph: Graph, tmp_path: Path) -> AsyncIterator[World]:
    async with world(empty_graph, tmp_path) as world_:
        yield world_


async def given(made: World, handoff: str) -> tuple[str, str]:
    """The path of a new link, and its code."""
    async with await client_of(made, SENDER) as client:
        page = await client.post(f"/demande/{handoff}/lien")
        assert page.status_code == 200, page.text
    path = re.search(r"/repondre/[\w-]+", page.text)
    code = re.search(r'class="code">(\d{4}) (\d{4})<', page.text)
    assert path
    assert code
    return path[0], code[1] + code[2]


async def entered(client: httpx2.AsyncClient, path: str, code: str) -> str:
    """The cookie of whoever came in."""
    answer = await client.post(path, data={"code": code})
    assert answer.status_code == 303, words(answer)
    assert f"Path={path}" in answer.headers["set-cookie"]
    assert "HttpOnly" in answer.headers["set-cookie"]
    return answer.headers["set-cookie"].partition(";")[0]


async def test_the_link_alone_shows_nothing_and_the_code_opens_what_was_told(made: World) -> None:
    handoff = await made.sent()
    path, code = await given(made, handoff)
    async with made.site.client() as visitor:
        door = await visitor.get(path)
        assert (door.status_code, door.headers["referrer-policy"], door.headers["cache-control"]) == (
            200,
            "no-referrer",
            "no-store",
        )
        assert not any(word in words(door) for word in (*PRIVATE, "Service social", "Espace budget"))
        wrong = await visitor.post(path, data={"code": WRONG if code != WRONG else "11111111"})
        assert wrong.status_code == 403
        blind = await visitor.post(f"{path}/etape", data={"etape": "accept", "cle": "x"})
        assert blind.status_code == 404
        cookie = await entered(visitor, path, code)
        assert (await visitor.post(path, data={"code": code})).status_code == 403
    headers = {"cookie": cookie}
    async with made.site.client() as visitor:
        seen = words(await visitor.get(path, headers=headers))
        assert NAME in seen
        assert PHONE in seen
        assert "Réorienter" not in seen
        done = await visitor.post(f"{path}/etape", data={"etape": "accept", "cle": "a"}, headers=headers)
        assert done.headers["location"] == f"{path}?note=fait#fait"
        assert "Acceptée" in words(await visitor.get(path, headers=headers))
        moment = (datetime.now(PARIS) + timedelta(days=3)).strftime("%Y-%m-%dT10:00")
        offered = {"slot1": moment, "minutes": "30", "where": "1 rue des Essais", "cle": "c"}
        assert "Proposer des rendez-vous" in words(await visitor.get(path, headers=headers))
        blind = await visitor.post(f"{path}/creneaux", data=offered, headers={"cookie": "reponse=x"})
        assert blind.status_code == 404
        done = await visitor.post(f"{path}/creneaux", data=offered, headers=headers)
        assert done.headers["location"] == f"{path}?note=fait#fait"
        assert "Rendez-vous proposé" in words(await visitor.get(path, headers=headers))
        refused = await visitor.post(f"{path}/etape", data={"etape": "recall", "cle": "b"}, headers=headers)
        assert refused.status_code == 409
    async with made.site.rooms.graph.reading() as unit:
        file = await unit.files.load(made.file.id)
        assert file is not None
        assert [(one.handoff, one.organisation) for one in file.appointments.values()] == [(handoff, TARGET)]
        entry = (await unit.files.log(file.id))[-1]
    assert (entry.by.kind.value, entry.by.account, entry.by.organisation) == ("addressee", "", TARGET)


async def mailed(made: World) -> str:
    """The text of the mail that TARGET's correspondent gets of what has arrived."""
    with mail_server() as server:
        graph, settings = made.site.rooms.graph, sending(server)
        while await tell_some(graph, settings, "t"):
            continue
        while await Post(graph, settings).send_one():
            continue
        texts = [text_of(mail) for mail, to in zip(server.taken, server.to, strict=True) if to == ["c@example.org"]]
    (text,) = texts
    return text


def path_in(text: str) -> str:
    found = re.search(r"/repondre/[\w-]+", text)
    assert found
    return found[0]


async def test_the_mail_to_a_correspondent_leads_to_a_page_that_opens_by_the_code_the_sender_reads_out(
    made: World,
) -> None:
    await made.site.rooms.graph.write(lambda unit: Correspondents(unit).appoint(TARGET, "c@example.org", "compte:1"))
    handoff = await made.sent()
    text = await mailed(made)
    path = path_in(text)
    assert "code à huit chiffres" in text
    assert "/mes-actions" not in text
    told = (*PRIVATE, "Service social", "Espace budget", "Éviter", handoff, made.file.id)
    assert not [word for word in told if word in text]
    async with made.site.client() as visitor:
        door = await visitor.get(path)
        assert (door.status_code, [word for word in told if word in words(door)]) == (200, [])
        # Before the sender has a code to read out, none opens it.
        for guess in ("", WRONG):
            assert (await visitor.post(path, data={"code": guess})).status_code in {403, 422}
        assert (await visitor.post(f"{path}/etape", data={"etape": "accept", "cle": "x"})).status_code == 404
    given_path, code = await given(made, handoff)
    async with made.site.client() as visitor:
        cookie = await entered(visitor, path, code)
        assert (await visitor.post(given_path, data={"code": code})).status_code == 403
    headers = {"cookie": cookie}
    async with made.site.client() as visitor:
        assert NAME in words(await visitor.get(path, headers=headers))
        done = await visitor.post(f"{path}/etape", data={"etape": "accept", "cle": "a"}, headers=headers)
        assert done.status_code == 303
    async with await client_of(made, SENDER) as client:
        await client.post(f"/demande/{handoff}/lien/retrait")
    async with made.site.client() as visitor:
        assert (await visitor.get(path, headers=headers)).status_code == 404


async def test_a_link_given_before_the_mail_goes_on_and_its_code_opens_the_mailed_one(made: World) -> None:
    await made.site.rooms.graph.write(lambda unit: Correspondents(unit).appoint(TARGET, "c@example.org", "compte:1"))
    handoff = await made.sent()
    given_path, code = await given(made, handoff)
    path = path_in(await mailed(made))
    async with made.site.client() as visitor:
        assert (await visitor.get(given_path)).status_code == 200
        await entered(visitor, path, code)


async def test_no_mail_leads_to_what_was_taken_back(made: World) -> None:
    await made.site.rooms.graph.write(lambda unit: Correspondents(unit).appoint(TARGET, "c@example.org", "compte:1"))
    handoff = await made.sent()
    with mail_server() as server:
        graph, settings = made.site.rooms.graph, sending(server)
        while await tell_some(graph, settings, "t"):
            continue
        async with made.as_(SENDER) as sender:
            assert (await sender.act("recallHandoff", handoff=handoff))["state"] == "RECALLED"
        while await Post(graph, settings).send_one():
            continue
        assert server.taken == []


async def test_it_ends_when_the_sender_takes_it_back_or_the_person_does(made: World) -> None:
    handoff = await made.sent()
    first, code = await given(made, handoff)
    async with made.site.client() as visitor:
        cookie = await entered(visitor, first, code)
    second, _ = await given(made, handoff)
    headers = {"cookie": cookie}
    async with made.site.client() as visitor:
        assert (await visitor.get(first, headers=headers)).status_code == 404
        assert (await visitor.get(second, headers=headers)).status_code == 200
        assert NAME not in (await visitor.get(second, headers=headers)).text
        assert (await visitor.get("/repondre/inconnu")).status_code == 404
    async with await client_of(made, SENDER) as client:
        await client.post(f"/demande/{handoff}/lien/retrait")
    async with made.site.client() as visitor:
        assert (await visitor.get(second)).status_code == 404
    third, code = await given(made, handoff)
    async with made.site.client() as visitor:
        cookie = await entered(visitor, third, code)
        async with made.as_(SENDER) as sender:
            assert (await sender.act("withdrawHandoff", handoff=handoff))["state"] == "WITHDRAWN"
        left = words(await visitor.get(third, headers={"cookie": cookie}))
        assert "Il reste cette trace" in left
        assert not any(word in left for word in (NAME, PHONE, WORDS))


async def test_five_wrong_codes_are_the_last_and_nobody_else_gives_a_link(made: World) -> None:
    handoff = await made.sent()
    path, code = await given(made, handoff)
    wrong = WRONG if code != WRONG else "11111111"
    async with made.site.client() as visitor:
        tried = [(await visitor.post(path, data={"code": wrong})).status_code for _ in range(5)]
        assert tried == [403] * 5
        assert (await visitor.post(path, data={"code": code})).status_code == 403
    for organisation, status in ((TARGET, 403), (OTHER, 404)):
        async with await client_of(made, organisation) as client:
            assert (await client.post(f"/demande/{handoff}/lien")).status_code == status
            assert (await client.post(f"/demande/{handoff}/lien/retrait")).status_code == status
