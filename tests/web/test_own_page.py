"""A person's own page: a code to come in, what is hers in plain words, what she does, and out without a trace."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from api.actions.casework import own_page as worker
from graph.model.access import Role
from graph.model.casework.file import File
from graph.model.casework.handoff import State, Step
from graph.model.directory import Contact, Holder, HolderRole
from graph.store.casework.reads import ReadPage
from graph.store.unit import Graph
from tests import make
from tests.api.casework.family import ANNE, FATHER, MOTHER, RENT, draft, family, kept, slots
from tests.api.inside import Inside, inside

FILE = "f1"
NOW = datetime.now(UTC)
SOON = NOW + timedelta(days=7)


@pytest.fixture
async def site(empty_graph: Graph, tmp_path: Path) -> AsyncIterator[Inside]:
    today = NOW.date()
    away = Holder(professional="t:pro-anne", name="Anne Leroy", leave_from=today, leave_until=today + timedelta(days=9))
    here = Holder(professional="t:pro-zoe", name="Zoé Blanc", role=HolderRole.SUBSTITUTE)
    records = [
        make.organisation("t:cms", name="Centre médico-social", kind="SERVICE_SOCIAL_DEPARTEMENTAL"),
        make.organisation("t:adil", name="ADIL du Doubs", kind="ADIL", contact=Contact(phone="03 81 61 92 41")),
        make.professional("t:pro-anne", name="Anne Leroy", organisations=("t:cms",)),
        make.professional("t:pro-zoe", name="Zoé Blanc", organisations=("t:cms",)),
        make.post("t:desk", organisation="t:cms", contact=Contact(phone="03 81 25 81 25"), holders=(away, here)),
    ]
    async with inside(empty_graph, tmp_path, *records) as made:
        await made.account(Role.PROFESSIONAL, "t:cms")
        a_family = family()
        a_family.handed(draft(), Step.ACCEPT)
        a_family.add(slots("h-rent", slots=(SOON, SOON + timedelta(days=1))))
        await kept(empty_graph, a_family, FILE, NOW)
        yield made


async def handed(site: Inside, *, confirmed: bool = False) -> tuple[str, str]:
    made = await worker.open_page(site.rooms, ANNE, FILE, MOTHER, key=f"k{datetime.now(UTC)}", confirmed=confirmed)
    return f"/p/{made.token}", made.code


async def inside_it(site: Inside) -> tuple[httpx2.AsyncClient, str]:
    path, code = await handed(site)
    client = site.client()
    assert (await client.post(path, data={"code": code})).status_code == 303
    return client, path


async def stored(site: Inside) -> File:
    async with site.rooms.graph.reading() as unit:
        file = await unit.files.load(FILE)
    assert file is not None
    return file


async def does(client: httpx2.AsyncClient, path: str, **fields: str) -> httpx2.Response:
    return await client.post(f"{path}/faire", data={"cle": f"k{fields}", **fields})


async def test_the_door_is_the_same_for_an_address_that_leads_nowhere(site: Inside) -> None:
    path, _ = await handed(site)
    async with site.client() as client:
        real, none = await client.get(path), await client.get(f"/p/{'x' * 32}")
        wrong, none_wrong = (
            await client.post(path, data={"code": "1"}),
            await client.post(f"/p/{'x' * 32}", data={"code": "1"}),
        )
    assert real.text.replace(path, "") == none.text.replace(f"/p/{'x' * 32}", "")
    assert wrong.text.replace(path, "") == none_wrong.text.replace(f"/p/{'x' * 32}", "")
    assert (real.status_code, none.status_code, wrong.status_code, none_wrong.status_code) == (200, 200, 422, 422)
    for answer in (real, none, wrong):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "<title>Page</title>" in answer.text
        assert "Maillage" not in answer.text


async def test_what_she_reads(site: Inside) -> None:
    client, path = await inside_it(site)
    answer = await client.get(path)
    text = re.sub(r"\s+", " ", answer.text.replace("\u00a0", " "))
    assert answer.status_code == 200
    for said in (
        "Bonjour.",
        "professional.cms",
        "Centre médico-social",
        "ADIL du Doubs a dit oui.",
        "ADIL du Doubs doit vous rencontrer (c’était prévu pour le 16 mars 2026 : vous pouvez le rappeler).",
        "Vous pouvez lire cette page avec quelqu’un.",
        "Demande personnelle",
        "Ce qui a déjà été lu ne peut pas être effacé.",
        "Prendre ce rendez-vous",
    ):
        assert said in text, said
    for unsaid in ("Violences", "Santé sexuelle", "Phone(", "usager", "Odile", "Maillage", "Mes fiches"):
        assert unsaid not in text, unsaid
    assert answer.headers["refresh"] == "905; url=/p/fin?temps"
    assert answer.headers["cache-control"] == "no-store"
    await client.aclose()


async def test_her_referent_is_away_and_who_answers_is_told(site: Inside) -> None:
    account = await site.account(Role.PROFESSIONAL, "t:cms")
    await site.rooms.graph.write(
        lambda unit: unit.accounts.put(replace(account, name="Anne Leroy", professional="t:pro-anne"))
    )
    client, path = await inside_it(site)
    text = (await client.get(path)).text
    assert "Anne Leroy est en congé" in text
    assert "<b>Zoé Blanc</b> répond à sa place." in text
    assert 'href="tel:+33381258125"' in text
    await client.aclose()


async def test_who_read_it_is_told_by_service_and_function_and_no_name(site: Inside) -> None:
    account = await site.account(Role.PROFESSIONAL, "t:cms")
    await site.rooms.graph.write(lambda unit: unit.accounts.put(replace(account, function="assistante sociale")))
    reads = (("f1", "t:cms", 9, 9), ("f1", "t:cms", 9, 15), ("f1", "t:adil", 10, 9), ("f2", "t:other", 11, 9))
    for file, house, day, hour in reads:
        at = datetime(2026, 3, day, hour, tzinfo=UTC)
        await site.rooms.graph.write(
            lambda unit, file=file, house=house, at=at: unit.file_reads.note(
                [file], account.id, house, ReadPage.FILE, (), at
            )
        )
    client, path = await inside_it(site)
    answer = await client.get(path)
    told = answer.text.partition('id="lu"')[2].partition("</section>")[0].replace("\u00a0", " ")
    assert re.findall(r"<p>(.*?)</p>", told) == [
        "ADIL du Doubs, assistante sociale, le 10 mars 2026",
        "Centre médico-social, assistante sociale, le 9 mars 2026",
    ]
    await client.aclose()


async def test_a_session_is_not_a_professionals_and_a_professionals_is_none(site: Inside) -> None:
    path, _ = await handed(site)
    client = await site.signed_in(Role.PROFESSIONAL, "t:cms")
    assert "Votre code" in (await client.get(path)).text
    theirs, _ = await inside_it(site)
    assert (await theirs.get(f"/dossier/{FILE}/page")).status_code == 303
    cookie = theirs.cookies.jar
    assert {(one.name, one.expires) for one in cookie} == {("page", None)}
    await client.aclose()
    await theirs.aclose()


async def test_out_at_once_and_nothing_is_left(site: Inside) -> None:
    client, path = await inside_it(site)
    answer = await client.post(f"{path}/fin")
    assert (answer.status_code, answer.headers["location"]) == (303, "/p/fin")
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    end = await client.get("/p/fin")
    assert "Cette page est fermée." in end.text
    assert "<title>Page fermée</title>" in end.text
    assert "Votre code" in (await client.get(path)).text
    before = (await stored(site)).seq
    assert (await does(client, path, quoi="besoin", sur=RENT)).headers["location"] == path
    assert (await stored(site)).seq == before
    await client.aclose()


async def test_what_she_does_is_done_once(site: Inside) -> None:
    client, path = await inside_it(site)
    for _ in range(2):
        answer = await does(client, path, quoi="rendez-vous", sur="r1", heure=SOON.isoformat())
        assert answer.headers["location"] == f"{path}?fait=rendez-vous"
    file = await stored(site)
    assert file.appointments["r1"].booked == SOON
    assert file.handoffs["h-rent"].appointment is not None
    seq = file.seq
    assert (await does(client, path, quoi="annuler", sur="r1")).headers["location"] == f"{path}?fait=annule"
    assert (await does(client, path, quoi="accord", sur="c-rent")).headers["location"] == f"{path}?fait=accord"
    assert (await does(client, path, quoi="droit", droit="erasure")).headers["location"] == f"{path}?fait=droit"
    assert (await does(client, path, quoi="etape", etape="contact", sur="h-rent")).status_code == 303
    assert (await does(client, path, quoi="etape", etape="dispute", sur="h-rent")).status_code == 303
    assert (await stored(site)).handoffs["h-rent"].state is State.ACCEPTED
    assert (await does(client, path, quoi="besoin", sur=RENT)).headers["location"] == f"{path}?fait=besoin"
    file = await stored(site)
    assert (file.handoffs["h-rent"].state, file.needs[RENT].open) == (State.WITHDRAWN, False)
    assert file.seq == seq + 7
    assert "votre demande est notée" in (await client.get(path)).text
    await client.aclose()


@pytest.mark.parametrize(
    "fields",
    [
        {"quoi": "autre"},
        {"quoi": "etape", "etape": "accept", "sur": "h-rent"},
        {"quoi": "etape", "etape": "contact", "sur": "nope"},
        {"quoi": "besoin", "sur": "n-health"},
        {"quoi": "accord", "sur": "nope"},
        {"quoi": "rendez-vous", "sur": "r1", "heure": "2026-03-09"},
        {"quoi": "rendez-vous", "sur": "r1", "heure": "2031-03-09T09:00:00+00:00"},
        {"quoi": "annuler", "sur": "r1"},
        {"quoi": "avis", "sur": "h-rent", "clear": "5", "timely": "5", "useful": "5"},
        {"quoi": "droit", "droit": "tout"},
    ],
)
async def test_what_is_not_hers_to_do_changes_nothing(site: Inside, fields: dict[str, str]) -> None:
    client, path = await inside_it(site)
    before = await stored(site)
    answer = await does(client, path, **fields)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert await stored(site) == before
    await client.aclose()


async def test_what_is_handed_over_is_seen_once(site: Inside) -> None:
    client = await site.signed_in(Role.PROFESSIONAL, "t:cms")
    form = {"personne": MOTHER, "geste": "ouvrir", "cle": "une-fois"}
    first = await client.post(f"/dossier/{FILE}/page", data=form)
    assert first.headers["cache-control"] == "no-store"
    address, code = re.search(r"http\S+/p/\S+?(?=<)", first.text), re.search(r"\d{4} \d{4}", first.text)
    assert address and code
    assert 'class="qr"' in first.text
    again = await client.post(f"/dossier/{FILE}/page", data=form)
    assert code[0] not in again.text
    assert "n’est montré qu’une fois" in again.text
    theirs = site.client()
    path = urlsplit(address[0]).path
    assert (await theirs.post(path, data={"code": code[0]})).status_code == 303
    assert (await client.post(f"/dossier/{FILE}/page", data={"personne": MOTHER, "geste": "fermer"})).status_code == 303
    assert "Votre code" in (await theirs.get(path)).text
    await client.aclose()
    await theirs.aclose()


async def test_where_there_is_danger_nothing_is_printed_and_the_worker_sees_why(site: Inside) -> None:
    client = await site.signed_in(Role.PROFESSIONAL, "t:cms")
    where = f"/dossier/{FILE}/page"
    assert (await client.post(where, data={"personne": MOTHER, "geste": "danger"})).status_code == 303
    assert "Danger à la maison" in (await client.get(where)).text
    before = await stored(site)
    refused = await client.post(where, data={"personne": MOTHER, "geste": "ouvrir"})
    assert refused.status_code == 409
    assert await stored(site) == before
    given = await client.post(where, data={"personne": MOTHER, "geste": "ouvrir", "confirme": "oui"})
    assert "n’imprimez pas cette feuille" in given.text
    assert 'class="qr"' not in given.text
    code, path = re.search(r"\d{4} \d{4}", given.text), re.search(r"/p/[\w-]+(?=<)", given.text)
    assert code and path
    theirs = site.client()
    await theirs.post(path[0], data={"code": code[0]})
    text = (await theirs.get(path[0])).text
    assert "Cette page ne s’imprime pas." in text
    assert 'class="qr"' not in text
    await client.aclose()
    await theirs.aclose()


async def test_whoever_is_feared_is_told_neither_who_accompanies_nor_where(site: Inside) -> None:
    await worker.close_page(site.rooms, ANNE, FILE, MOTHER, key="danger", danger=True)
    his = await worker.open_page(site.rooms, ANNE, FILE, FATHER, key="his", confirmed=True)
    async with site.client() as client:
        await client.post(f"/p/{his.token}", data={"code": his.code})
        text = (await client.get(f"/p/{his.token}")).text
    assert "Vous pouvez parler à la personne qui vous a remis cette page." in text
    for word in ("Leroy", "Blanc", "médico-social", "81 25", "ADIL", "terminé"):
        assert word not in text, word


@pytest.mark.parametrize("role", [Role.PROFESSIONAL, Role.HEAD_OF_SERVICE, Role.LISTING_EDITOR])
async def test_another_house_knows_nothing_of_it(site: Inside, role: Role) -> None:
    before = await stored(site)
    async with await site.signed_in(role, "t:other") as client:
        for path in (f"/dossier/{FILE}/page", f"/dossier/{FILE}/droits", f"/dossier/{FILE}/copie/{MOTHER}.json"):
            hidden = await client.get(path)
            elsewhere = path.replace(FILE, "f9")
            absent = await client.get(elsewhere)
            assert (hidden.status_code, absent.status_code) == (404, 404)
            # By the whole address: an id this short may stand in the mark of a style sheet too.
            assert hidden.text.replace(path, "") == absent.text.replace(elsewhere, "")
        asked = await client.post(f"/dossier/{FILE}/page", data={"personne": MOTHER, "geste": "ouvrir"})
        assert asked.status_code in (404, 409)
    assert await stored(site) == before


async def test_a_copy_is_read_on_a_page_and_by_programmes(site: Inside) -> None:
    async with await site.signed_in(Role.PROFESSIONAL, "t:cms") as client:
        page = await client.get(f"/dossier/{FILE}/copie/{MOTHER}")
        told = await client.get(f"/dossier/{FILE}/copie/{MOTHER}.json")
    assert "Ce qui est gardé de vous" in page.text
    assert told.json()["member"]["name"] == "Odile Martin"
    assert (page.headers["cache-control"], told.headers["cache-control"]) == ("no-store", "no-store")
    assert "Paul" not in told.text + page.text
