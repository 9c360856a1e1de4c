"""The pages of a file: opened, written in, looked at again, ended; what others find there, and who read it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from uuid import uuid4

import httpx2
import pytest
from playwright.async_api import Page, expect

from api.web.pages.casework.dossier import ACTS
from tests.conftest import OpenPage
from tests.signed import sign_in, signed_in
from tests.web.looks import listen, violations, width_of

WORKER, HEAD, STRANGER = "travailleuse.sociale", "responsable.cms", "editrice.ccas"
RSA = "droits-et-prestations--rsa"
NIR = "1 84 12 76 451 089 46"
TODAY = date.today()  # noqa: DTZ011 - the site asks its own clock too
SOON = (TODAY + timedelta(days=7)).isoformat()


@pytest.fixture
async def worker(site: str) -> AsyncIterator[httpx2.AsyncClient]:
    async with signed_in(site, WORKER) as client:
        yield client


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html)).replace("\u00a0", " ")


async def opened(client: httpx2.AsyncClient, **more: str) -> str:
    """The address of a new file."""
    form = {"cle": uuid4().hex, "role": "adult", "name": f"Odile {uuid4().hex[:8]}", "competence": RSA} | more
    answer = await client.post("/dossiers/ouvrir", data=form)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0]


async def written(client: httpx2.AsyncClient, here: str, slug: str, status: int = 303, **form: str) -> str:
    answer = await client.post(f"{here}/{slug}", data={"cle": uuid4().hex, "quoi": ""} | form)
    assert answer.status_code == status, (slug, answer.status_code, text(answer.text))
    return text(answer.text)


async def test_a_life_of_a_file(worker: httpx2.AsyncClient) -> None:
    here = await opened(worker, words="n’a plus rien", due=SOON, due_what="audience")
    await written(worker, here, "note", kind="visit", text="Logement très froid.", with_person="1")
    await written(
        worker,
        here,
        "reunion",
        on=f"{TODAY - timedelta(days=1)}T14:00",
        present="CMS, hygiène",
        decided="Chauffer.",
        came="1",
    )
    await written(
        worker,
        here,
        "decision",
        authority="CAF",
        granted="non",
        on=str(TODAY),
        reasons="Ressources.",
        appeal="Amiable.",
    )
    await written(
        worker, here, "prestation", what="Hôtel", since=str(TODAY), until=SOON, quantity="7", unit="nuits",
        unit_cents="60,50", payer1="Département", part1="400", payer2="La famille", part2="23,50",
    )  # fmt: skip
    await written(worker, here, "information-preoccupante", on=str(TODAY), addressee="CRIP", informed=str(TODAY))
    await written(worker, here, "veille", what="Le chauffage", next=SOON, every_days="7", until=SOON)
    await written(worker, here, "entourage", kind="relative", name="Jean", tie="petit-neveu", may_know="rien")
    await written(worker, here, "autre-referent", organisation="Département", matter="RSA", name="Mme Roy")
    await written(worker, here, "personne", role="child", name="Léo")
    said = text((await worker.get(here)).text)
    for words in (
        "Référent de parcours : vous, depuis le",
        "audience le",
        "vous avez noté une visite à domicile",
        "Logement très froid.",
        "CMS, hygiène ; la personne est venue",
        "Refus — CAF",
        "7 nuits, 423,50 €",
        "Adressée à CRIP",
        "Peut savoir : rien",
        "Léo",
        "○ à orienter",
    ):
        assert words in said, words
    number = re.findall(r'barrer\?quoi=(\d+)"', (await worker.get(here)).text)[-1]
    await written(worker, here, "barrer", quoi=number, why="Autre personne.")
    assert "Barré : Autre personne." in text((await worker.get(here)).text)
    await written(worker, here, "barrer", status=409, quoi=number, why="Encore.")
    need = re.findall(r"besoin-fin\?quoi=(\w+)", (await worker.get(here)).text)[0]
    assert "Dites en quelques mots" in await written(
        worker, here, "besoin-fin", status=422, quoi=need, outcome="right_refused"
    )
    await written(worker, here, "clore", outcome="moved", text="Parti à Dole.")
    said = text((await worker.get(here)).text)
    assert "Clos le" in said and "déménagement" in said
    await written(worker, here, "note", status=403, text="Trop tard.")
    await written(worker, here, "rouvrir", text="Revenu.")
    assert "vous avez rouvert l’accompagnement" in text((await worker.get(here)).text)


async def test_a_health_number_is_refused_and_nothing_typed_is_lost(worker: httpx2.AsyncClient) -> None:
    here = await opened(worker)
    answer = await worker.post(f"{here}/note", data={"cle": "k", "kind": "call", "text": f"Elle dit : {NIR}"})
    assert answer.status_code == 422
    said = text(answer.text)
    assert "« Texte » contient ce qui ressemble à un numéro de sécurité sociale" in said
    assert NIR in said and 'aria-invalid="true"' in answer.text
    assert NIR not in text((await worker.get(here)).text)
    refused = await worker.post("/dossiers/ouvrir", data={"cle": "k", "role": "adult", "name": NIR})
    assert (refused.status_code, "« Nom » contient" in text(refused.text)) == (422, True)


async def test_hidden_and_absent_look_the_same(site: str, worker: httpx2.AsyncClient) -> None:
    here, guess = await opened(worker), f"/dossier/{uuid4().hex}"
    for who in (STRANGER, "moderatrice", "technique", "bailleur"):
        async with signed_in(site, who) as other:
            assert (await other.get("/dossiers")).status_code == 403
            for path in ("", "/lectures", *(f"/{slug}" for slug in ACTS)):
                hidden, absent = await other.get(here + path), await other.get(guess + path)
                assert (hidden.status_code, absent.status_code) == (404, 404), path
                assert shown(hidden.text, here) == shown(absent.text, guess), path
            for slug in ACTS:
                form = {"cle": uuid4().hex, "quoi": "1", "text": "Vu.", "why": "x"}
                assert (await other.post(f"{here}/{slug}", data=form)).status_code == 404, slug
    async with httpx2.AsyncClient(base_url=site, headers={"accept": "text/html"}) as visitor:
        assert (await visitor.get(here)).headers["location"].startswith("/connexion")
    # Nobody of them is among the readers.
    assert "Chloé Hardy" in text((await worker.get(f"{here}/lectures")).text)
    assert text((await worker.get(f"{here}/lectures")).text).count("quart d’heure") == 1
    assert "Claire Monnier" not in text((await worker.get(f"{here}/lectures")).text)


def shown(html: str, path: str) -> str:
    return re.sub(rf"{path}|{path.replace('/', '%2F')}|\d+ h( \d+)?|repère : \w+", "", text(html))


async def test_given_to_a_colleague_and_read_by_her_head(site: str, worker: httpx2.AsyncClient) -> None:
    here = await opened(worker)
    async with signed_in(site, HEAD) as head:
        html = (await head.get(f"{here}/attribuer")).text
        accounts = re.findall(r'<option value="([^"]+)">Sylvie Jacquet', html)
        assert len(accounts) == 1
        await written(head, here, "attribuer", account=accounts[0], text="Je le reprends.")
        assert (await worker.get(here)).status_code == 404
        said = text((await head.get(here)).text)
        assert "Référent de parcours : vous" in said and "Chloé Hardy, " in said
        await written(
            head,
            here,
            "collegues",
            accounts=re.findall(r'value="([^"]+)"[^>]*>Chloé', (await head.get(f"{here}/collegues")).text)[0],
        )
        assert (await worker.get(here)).status_code == 200
        readers = text((await head.get(f"{here}/lectures")).text)
        assert "Sylvie Jacquet, responsable de centre" in readers and "Chloé Hardy, assistante sociale" in readers
        await written(head, here, "attribuer", account="-")
    assert "l’accueil, " in text((await worker.get(here)).text)


async def looked(page: Page, path: str, name: str) -> None:
    await page.goto(path)
    assert await violations(page) == [], path
    assert await width_of(page) == 380, path


async def test_the_pages_are_accessible_and_fit(browser_page: OpenPage) -> None:
    """By keyboard, without JavaScript as with it: forms are forms."""
    async with browser_page(width=380) as page:
        heard = listen(page)
        await sign_in(page, WORKER)
        await looked(page, "/dossiers/ouvrir", "ouvrir")
        await page.get_by_label("Nom et prénom").fill("Odile Martin")
        await page.get_by_label("Besoin", exact=True).select_option(RSA)
        await page.get_by_role("button", name="Ouvrir le dossier").press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("Le dossier est ouvert")
        here = page.url.partition("?")[0]
        await looked(page, f"{here}/note", "note")
        await page.get_by_label("Ce qui s’est dit").fill(f"Numéro {NIR}")
        await page.get_by_role("button", name="Enregistrer la note").press("Enter")
        await expect(page.get_by_role("alert")).to_contain_text("numéro de sécurité sociale")
        assert await violations(page) == []
        await page.get_by_label("Ce qui s’est dit").fill("A rappelé ce matin.")
        await page.get_by_role("button", name="Enregistrer la note").press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("C’est noté.")
        for path, name in ((here, "dossier"), (f"{here}/lectures", "lectures"), ("/dossiers", "dossiers")):
            await looked(page, path, name)
        await page.goto(f"{here}/collegues")
        assert await violations(page) == []
        assert heard == []
    async with browser_page(width=380, javascript=False) as page:
        await sign_in(page, WORKER)
        await page.goto(f"{here}/code")
        await page.get_by_role("button", name="Faire un code").click()
        await expect(page.get_by_role("status")).to_contain_text("Code de rapprochement")
