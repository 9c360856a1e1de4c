"""The pages of a file: opened, written in, looked at again, ended; what others find there, and who read it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
from playwright.async_api import Page, expect

from api.web.pages.casework.dossier import ACTS
from graph.model.access import Role
from graph.store.unit import Graph
from tests import make
from tests.api.inside import Inside, inside
from tests.conftest import OpenPage
from tests.signed import sign_in
from tests.web.looks import listen, violations, width_of

WORKER = "travailleuse.sociale"
HERE, THERE = "t:caf", "t:autre"
RSA = "droits-et-prestations--rsa"
NIR = "1 84 12 76 451 089 46"
TODAY = date.today()  # noqa: DTZ011 - the site asks its own clock too
SOON = (TODAY + timedelta(days=7)).isoformat()


@pytest.fixture
async def house(empty_graph: Graph, tmp_path: Path) -> AsyncIterator[Inside]:
    """Two bodies that are strangers to each other."""
    bodies = [
        make.organisation(HERE, name="Ici", source="dila"),
        make.organisation(THERE, name="Ailleurs", source="dila"),
    ]
    async with inside(empty_graph, tmp_path, *bodies) as made:
        yield made


@pytest.fixture
async def worker(house: Inside) -> AsyncIterator[httpx2.AsyncClient]:
    async with await house.signed_in(Role.PROFESSIONAL, HERE) as client:
        yield client


def text(html: str) -> str:
    said = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html).replace("\u00a0", " "))
    return re.sub(r" (?=[,.)])", "", said)


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
        "Référent de parcours : vous professional.caf, Ici, depuis le",
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


STRANGERS = [
    (Role.PROFESSIONAL, THERE),
    (Role.HEAD_OF_SERVICE, THERE),
    (Role.LISTING_EDITOR, HERE),
    (Role.MODERATOR, ""),
    (Role.COORDINATOR, ""),
    (Role.PLATFORM_ADMINISTRATOR, ""),
]


async def test_hidden_and_absent_look_the_same(house: Inside, worker: httpx2.AsyncClient) -> None:
    here, guess = await opened(worker), f"/dossier/{uuid4().hex}"
    for role, organisation in STRANGERS:
        async with await house.signed_in(role, organisation) as other:
            works = role in {Role.PROFESSIONAL, Role.HEAD_OF_SERVICE}
            assert (await other.get("/dossiers")).status_code == (200 if works else 403)
            assert "Odile" not in (await other.get("/dossiers")).text
            for path in ("", "/lectures", *(f"/{slug}" for slug in ACTS)):
                hidden, absent = await other.get(here + path), await other.get(guess + path)
                assert (hidden.status_code, absent.status_code) == (404, 404), path
                assert shown(hidden.text, here) == shown(absent.text, guess), path
            for slug in ACTS:
                form = {"cle": uuid4().hex, "quoi": "1", "text": "Vu.", "why": "x"}
                assert (await other.post(f"{here}/{slug}", data=form)).status_code == 404, slug
    async with house.client() as visitor:
        assert (await visitor.get(here)).headers["location"].startswith("/connexion")
        assert (await visitor.post(f"{here}/note", data={"text": "x"})).headers["location"].startswith("/connexion")
    # Nobody of them is among the readers, who are asked for before anybody has read it.
    assert "Personne n’a encore lu ce dossier" in text((await worker.get(f"{here}/lectures")).text)
    await worker.get(here)
    said = text((await worker.get(f"{here}/lectures")).text)
    assert said.count("professional.caf — Ici") == 1
    assert "la liste des lectures, le dossier · tout le dossier" in said


def shown(html: str, path: str) -> str:
    return re.sub(rf"{path}|{path.replace('/', '%2F')}|\d+ h( \d+)?|repère : \w+", "", text(html))


async def test_given_to_a_colleague_and_read_by_her_head(house: Inside, worker: httpx2.AsyncClient) -> None:
    here = await opened(worker)
    async with await house.signed_in(Role.HEAD_OF_SERVICE, HERE) as head:
        assert 'value="t:head_of_service.caf"' in (await head.get(f"{here}/attribuer")).text
        assert "Choisissez à qui" in await written(head, here, "attribuer", status=422)
        await written(head, here, "attribuer", account="t:head_of_service.caf", text="Je le reprends.")
        assert (await worker.get(here)).status_code == 404
        said = text((await head.get(here)).text)
        assert "Référent de parcours : vous" in said and "professional.caf, Ici, depuis le" in said
        assert "vous avez envoyé la demande · Attribution — Ici" in said
        await written(head, here, "collegues", accounts="t:professional.caf")
        assert (await worker.get(here)).status_code == 200
        listed = text((await head.get("/dossiers?de=unit")).text)
        assert "Tout le service 1" in listed and "Odile" in listed and "head_of_service.caf" in listed
        await written(head, here, "attribuer", account="-")
    assert "Référent de parcours : l’accueil, Ici l’accueil, Ici, depuis" in text((await worker.get(here)).text)


async def test_a_file_goes_into_another_by_its_code(house: Inside, worker: httpx2.AsyncClient) -> None:
    ours = await opened(worker)
    async with await house.signed_in(Role.PROFESSIONAL, THERE) as partner:
        theirs = await opened(partner, name="Odile M.")
        said = await written(partner, theirs, "code", status=200)
        found = re.search(r"personne : ((?:[A-Z0-9]{4} ?){4})", said)
        assert found
        assert "n’est pas juste" in await written(worker, ours, "reunir", status=422, code="ABCD EFGH JKMN PQRS")
        await written(worker, ours, "reunir", code=found[1])
        assert "Odile M." in text((await worker.get(ours)).text)
        assert "Réuni à un autre dossier" in text((await partner.get(theirs)).text)
        assert (await partner.get(ours)).status_code == 404


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


async def test_slots_are_offered_to_the_person(worker: httpx2.AsyncClient) -> None:
    here = await opened(worker)
    past = await written(worker, here, "rendez-vous", 422, slot1=f"{TODAY - timedelta(days=1)}T10:00", minutes="45")
    assert "Ce moment est passé" in past
    assert "Aucun moment n’est proposé." in text((await worker.get(here)).text)
    await written(worker, here, "rendez-vous", slot1=f"{SOON}T10:00", slot2=f"{SOON}T14:00", minutes="45", where="CMS")
    shown = text((await worker.get(here)).text)
    assert "à 10 h" in shown
    assert "à 14 h" in shown
    assert "proposé" in shown
