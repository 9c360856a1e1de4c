"""Suggesting, answering, moderating: over the real site, with the demonstration's accounts."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from tests.signed import sign_in, signed_in
from tests.web.looks import in_turn
from tests.web.test_browser import listen, violations
from tests.web.test_pages import HTML, get, text
from tests.windows import OpenPage

SERVICE = "/service/demo:ccas-besancon--domiciliation"
BODY = "/organisme/demo:ccas-besancon"
HERE, LIST = "/corriger", "/corriger/suggestions"


@pytest.fixture
async def editor(site: str) -> AsyncIterator[httpx2.AsyncClient]:
    async with signed_in(site, "editrice.ccas") as client:
        yield client


@pytest.fixture
async def moderator(site: str) -> AsyncIterator[httpx2.AsyncClient]:
    async with signed_in(site, "moderatrice") as client:
        yield client


@pytest.fixture
async def stranger(site: str) -> AsyncIterator[httpx2.AsyncClient]:
    """Another partner."""
    async with signed_in(site, "bailleur") as client:
        yield client


def typed(**values: Any) -> dict[str, Any]:
    return {"cle": uuid4().hex, "text": "", "answer": ""} | values


async def corrected(client: httpx2.AsyncClient, sheet: str, **values: Any) -> httpx2.Response:
    return await client.post(f"{HERE}{sheet}", data=typed(**values), headers=HTML)


async def listed(client: httpx2.AsyncClient) -> dict[str, str]:
    """Addresses of the suggestions that wait, by what they are about."""
    html = (await client.get(LIST)).text
    return {words: href for href, words in re.findall(rf'<h2><a href="({LIST}/\w+)">([^<]+)', html)}


async def found(client: httpx2.AsyncClient, said: str) -> str:
    """The address of the suggestion that says this."""
    html = (await client.get(LIST)).text
    for href in re.findall(rf'href="({LIST}/\w+)"', html):
        if said in (await client.get(href)).text:
            return href
    return ""


def carried(html: str, name: str) -> str:
    match = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert match
    return match[1]


async def undone(client: httpx2.AsyncClient, reason: str) -> None:
    """Take back the decision that bears this reason, and refuse the suggestion for good."""
    html = (await client.get(LIST)).text
    decision = html[: html.index("annuler", html.index(reason))].rsplit("/corriger/decisions/", 1)[1].split("/")[0]
    answer = await client.post(
        f"/corriger/decisions/{decision}/annuler", data={"motif": "Essai.", "cle": uuid4().hex, "retour": LIST}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, f"{LIST}?fait=annuler")


async def test_every_sheet_leads_to_its_correction(client: httpx2.AsyncClient) -> None:
    for sheet in (SERVICE, BODY):
        assert f'href="{HERE}{sheet}"' in await get(client, sheet)
        said = text(await get(client, f"{HERE}{sheet}"))
        assert "Qu’est-ce qui est faux" in said and "N’existe plus" in said
    assert "Public et conditions" not in text(await get(client, f"{HERE}{BODY}"))
    await get(client, f"{HERE}/service/demo:absent", status=404)
    await get(client, f"{HERE}/ailleurs/demo:ccas-besancon", status=404)


@pytest.mark.parametrize("about", ["contact", "hours", "place", "conditions", "territory", "gone", "other"])
async def test_each_form_is_there(client: httpx2.AsyncClient, about: str) -> None:
    html = await get(client, f"{HERE}{SERVICE}?quoi={about}")
    assert f'name="quoi" value="{about}"' in html
    assert "Elle n’est vue que par la personne qui décide" in text(html)


async def test_a_visitors_correction_is_taken_by_the_partner_and_taken_back(
    client: httpx2.AsyncClient, editor: httpx2.AsyncClient, stranger: httpx2.AsyncClient
) -> None:
    before, mark = text(await get(client, SERVICE)), uuid4().hex
    answer = await corrected(
        client,
        SERVICE,
        quoi="contact",
        phone="03 81 00 00 77",
        email="",
        url="",
        text=f"Faux numéro {mark}",
        answer="moi@example.org",
    )
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/corriger/merci?fiche={SERVICE[1:].replace('/', ':', 1)}",
    )
    assert "03 81 00 00 77" not in text(await get(client, SERVICE)).replace("\u00a0", " ")
    href = await found(editor, mark)
    page = (await editor.get(href)).text
    said = text(page).replace("\u00a0", " ")
    assert "03 81 00 00 77" in said and "moi@example.org" in said and "Quelqu’un sans compte" in said
    # Another partner, and a visitor, find nothing.
    hidden, absent = await stranger.get(href), await stranger.get(f"{LIST}/absent")
    assert (hidden.status_code, text(hidden.text)) == (404, text(absent.text))
    assert (await client.get(href, headers=HTML)).status_code == 303
    reason = f"Vérifié {mark[:6]}"
    chosen = {"choix": "accepter", "partie": "phone", "motif": reason, "cle": carried(page, "cle")}
    assert (await editor.post(href, data=chosen)).headers["location"] == f"{LIST}?fait=accepter"
    now = text(await get(client, SERVICE)).replace("\u00a0", " ")
    assert "03 81 00 00 77" in now
    # The same form again does nothing more.
    assert (await editor.post(href, data=chosen)).status_code == 303
    await undone(editor, reason)
    assert text(await get(client, SERVICE)) == before
    again = (await editor.get(href)).text
    assert "nouveau en attente" in text(again)
    refusal = {"choix": "refuser", "motif": "Essai terminé.", "cle": carried(again, "cle")}
    assert (await editor.post(href, data=refusal)).headers["location"] == f"{LIST}?fait=refuser"
    assert await found(editor, mark) == ""


async def test_what_cannot_be_read_is_told_and_nothing_typed_is_lost(client: httpx2.AsyncClient) -> None:
    answer = await corrected(client, SERVICE, quoi="hours", jour0="le matin", jour1="9h-12h", text="Mes mots")
    assert answer.status_code == 422
    said = text(answer.text)
    assert "Lundi : « le matin » ne se lit pas" in said.replace("\u00a0", " ")
    assert 'value="9h-12h"' in answer.text and "Mes mots" in answer.text
    assert re.search(r'name="jour0"[^>]*aria-invalid="true"', answer.text)
    for values, words in (
        ({"quoi": "other"}, "Dites ce qui est faux"),
        ({"quoi": "contact", "phone": "abc"}, "n’est pas un numéro"),
        ({"quoi": "place", "address": "1 rue", "postcode": "", "city": ""}, "Donnez la commune"),
        ({"quoi": "territory", "ajout": "Nulleparville"}, "n’est pas connu"),
        ({"quoi": "other", "text": "x" * 2001}, "Pas plus de 2000 caractères"),
        ({"quoi": "other", "text": "Faux.", "answer": "moi"}, "n’est pas une adresse e-mail"),
    ):
        refused = await corrected(client, SERVICE, **values)
        assert (refused.status_code, words in text(refused.text).replace("\u00a0", " ")) == (422, True), values
    assert (await corrected(client, SERVICE, quoi="missing", text="x")).status_code == 422


async def test_words_are_shown_as_they_were_typed(client: httpx2.AsyncClient, editor: httpx2.AsyncClient) -> None:
    mark = uuid4().hex
    await corrected(client, BODY, quoi="other", text=f"<script>alert('{mark}')</script>")
    href = await found(editor, mark)
    html = (await editor.get(href)).text
    assert f"&lt;script&gt;alert(&#39;{mark}&#39;)&lt;/script&gt;" in html and "<script>alert" not in html
    refusal = {"choix": "refuser", "motif": "Non.", "cle": carried(html, "cle")}
    await editor.post(href, data=refusal)


async def test_a_missing_organisation_waits_for_the_moderator(
    client: httpx2.AsyncClient, moderator: httpx2.AsyncClient, editor: httpx2.AsyncClient
) -> None:
    name = f"Régie {uuid4().hex[:8]}"
    form = typed(
        name=name, kind="SIAE", city="Besançon", address="2 rue des Essais", postcode="25000", phone="0381000088"
    )
    assert (await client.post("/corriger/organisme-manquant", data=form, headers=HTML)).status_code == 303
    assert name not in (await editor.get(LIST)).text
    queue = (await moderator.get("/moderation?tache=new")).text
    href = re.search(rf'href="([^"]+)">{name}', queue)
    assert href
    page = (await moderator.get(href[1])).text
    assert "à Besançon" in text(page).replace("\u00a0", " ")
    refused = await moderator.post(href[1], data={"choix": "refuser", "motif": "", "cle": carried(page, "cle")})
    assert (refused.status_code, "Dites pourquoi" in refused.text) == (422, True)
    reason = f"Vu {uuid4().hex[:8]}"
    done = await moderator.post(href[1], data={"choix": "accepter", "motif": reason, "cle": uuid4().hex})
    assert done.status_code == 303
    found_ = (await client.get("/chercher", params={"q": name, "ou": "Besançon"}, headers=HTML)).status_code
    assert found_ == 200
    log = text((await moderator.get("/moderation/decisions?miennes=1")).text)
    assert name in log and reason in log
    await undone(moderator, reason)
    again = (await moderator.get("/moderation?tache=new")).text
    assert name in again
    final = {"choix": "refuser", "motif": "Essai terminé.", "cle": uuid4().hex}
    assert (await moderator.post(href[1], data=final)).status_code == 303
    assert name not in (await moderator.get("/moderation")).text


async def test_who_may_see_the_queue(site: str, client: httpx2.AsyncClient) -> None:
    pages = ("/moderation", "/moderation/decisions")
    for path in pages:
        answer = await client.get(path, headers=HTML)
        assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/connexion")
    for email, status in (
        ("animateur", 200),
        ("editrice.ccas", 403),
        ("technique", 403),
        ("travailleuse.sociale", 403),
    ):
        async with signed_in(site, email) as own:
            assert [(await own.get(path)).status_code for path in pages] == [status, status], email


async def test_a_caller_suggests_so_often_and_no_more() -> None:
    from api.rates import Rates
    from graph.model.errors import TooOften

    rates = Rates(pages=0, requests=0, points=0, suggestions=2)
    for caller in ("192.0.2.1", "192.0.2.2"):
        rates.suggest(caller)
        rates.suggest(caller)
        with pytest.raises(TooOften, match="déjà envoyé 2 suggestions") as refused:
            rates.suggest(caller)
        assert 3500 < refused.value.seconds <= 3600


VISITED = [
    f"{HERE}{SERVICE}",
    f"{HERE}{SERVICE}?quoi=conditions",
    f"{HERE}{BODY}?quoi=hours",
    f"{HERE}/organisme-manquant",
]


@pytest.mark.parametrize(("path", "width", "scheme"), in_turn(VISITED))
async def test_a_visitors_page_is_accessible_and_fits(
    browser_page: OpenPage, path: str, width: int, scheme: Any
) -> None:
    async with browser_page(width=width) as page:
        heard = listen(page)
        await page.emulate_media(color_scheme=scheme)
        await page.goto(path)
        assert await violations(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth") == width
        assert heard == []


async def test_the_pages_of_those_who_decide_are_accessible_and_fit(
    browser_page: OpenPage, client: httpx2.AsyncClient
) -> None:
    """With the keyboard alone, and without JavaScript as with it: the form is the form."""
    mark = uuid4().hex
    await corrected(client, SERVICE, quoi="contact", phone="03 81 00 00 78", email="a@example.org", url="", text=mark)
    async with browser_page(width=380) as page:
        await sign_in(page, "moderatrice")
        for path in ("/moderation", LIST):
            await page.goto(path)
            assert await violations(page) == []
            assert await page.evaluate("document.documentElement.scrollWidth") == 380
        # The last one is ours, or one of another test's: all look alike.
        await page.locator(".queue h2 a").last.press("Enter")
        await page.wait_for_url(f"**{LIST}/**")
        assert await violations(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth") == 380
        await page.get_by_label("Motif").fill(f"Essai {mark}")
        await page.get_by_role("button", name="Refuser").press("Enter")
        await page.wait_for_url(f"**{LIST}?fait=refuser")
        assert await page.get_by_role("status").inner_text() == "C’est refusé."
        await page.goto("/moderation/decisions?miennes=1")
        assert await violations(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth") == 380
        assert f"Essai {mark}" in await page.locator("main").inner_text()
