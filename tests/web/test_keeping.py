"""Keeping a listing through its pages: nothing typed is lost, nothing happens that was not asked, all of it can be undone."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import httpx2
import pytest

from graph.store.unit import Graph
from tests.web.keeping import Desk, a_service, act, form_in, open_desk, post, send
from tests.web.test_pages import text

CCAS = "/mes-fiches/organisme/demo:ccas-besancon"
ABSENT = "/mes-fiches/organisme/demo:nulle-part"


@pytest.fixture
async def desk(empty_graph: Graph, tmp_path: Path) -> Desk:
    return await open_desk(empty_graph, tmp_path)


def seq_of(html: str) -> int:
    found = re.search(r'name="seq" value="(\d+)"', html)
    assert found is not None
    return int(found[1])


async def page(client: httpx2.AsyncClient, path: str) -> str:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


async def said(client: httpx2.AsyncClient, path: str) -> str:
    return text(await page(client, path))


async def test_the_list_asks_what_is_to_be_done_and_says_where(desk: Desk) -> None:
    async with desk("editrice.ccas") as client:
        html = await page(client, "/mes-fiches")
        assert 'href="/mes-fiches/organisme/demo:ccas-besancon"' in html
        assert "Domiciliation" in html
        narrowed = await page(client, "/mes-fiches?q=domiciliation")
        assert "demo:ccas-besancon--" in narrowed
        assert 'href="/mes-fiches/organisme/demo:ccas-besancon"' not in narrowed
        assert "Rien ici" in await said(client, "/mes-fiches?q=zzzz")


async def test_who_acts_for_nobody_is_told_what_will_come(desk: Desk) -> None:
    async with desk("moderatrice") as client:
        assert "Votre compte n’agit pour aucun organisme" in unescape(await page(client, "/mes-fiches"))


async def test_a_visitor_is_led_to_the_door(desk: Desk) -> None:
    async with desk("") as client:
        answer = await client.get(f"{CCAS}/contact")
        assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/connexion")
        assert (await client.post(f"{CCAS}/contact")).status_code == 303


async def test_a_listing_of_others_looks_like_none(desk: Desk) -> None:
    async with desk("bailleur") as client:
        for rest in ("", "/contact", "/suspendre", "/archiver"):
            theirs, none = await client.get(CCAS + rest), await client.get(ABSENT + rest)
            assert (theirs.status_code, none.status_code) == (404, 404)
            assert text(theirs.text) == text(none.text)


async def test_what_is_typed_is_previewed_published_told_and_undone(desk: Desk) -> None:
    async with desk("editrice.ccas") as client, a_service(client) as path:
        before = seq_of(await page(client, path))
        seen = await send(client, f"{path}/contact", phone="0381410000", email="a@exemple.fr", etape="apercu")
        assert seen.status_code == 200
        assert "03 81 41 00 00" in text(seen.text)
        assert seq_of(await page(client, path)) == before
        again = await post(client, f"{path}/contact", form_in(seen.text, f"{path}/contact"), etape="corriger")
        assert 'value="0381410000"' in again.text
        done = await post(client, f"{path}/contact", form_in(seen.text, f"{path}/contact"), etape="publier")
        assert (done.status_code, done.headers["location"]) == (303, f"{path}?fait=modifie&n={before + 1}#fait")
        told = await page(client, done.headers["location"])
        assert "03 81 41 00 00" in text(told)
        assert "l’organisme lui-même" in told and "Claire Monnier" in told
        undone = await post(client, f"{path}/annuler", form_in(told, f"{path}/annuler"))
        assert undone.headers["location"] == f"{path}?fait=annule#fait"
        shown = form_in(await page(client, f"{path}/contact"), f"{path}/contact")
        assert (shown["phone"], shown["email"]) == ([""], [""])


async def test_what_cannot_be_read_is_named_and_stays_typed(desk: Desk) -> None:
    async with desk("editrice.ccas") as client, a_service(client) as path:
        before = seq_of(await page(client, path))
        answer = await send(client, f"{path}/contact", phone="12345678901", email="pas une adresse", etape="publier")
        assert answer.status_code == 422
        assert "2 points à corriger" in text(answer.text)
        assert "« pas une adresse » n’est pas une adresse e-mail" in text(answer.text).replace("\u00a0", " ")
        assert 'value="pas une adresse"' in answer.text and 'value="12345678901"' in answer.text
        assert 'aria-invalid="true"' in answer.text
        assert seq_of(await page(client, path)) == before


async def test_a_form_sent_twice_is_done_once(desk: Desk) -> None:
    async with desk("editrice.ccas") as client, a_service(client) as path:
        fields = form_in(await page(client, f"{path}/contact"), f"{path}/contact") | {"phone": ["115"]}
        first = await post(client, f"{path}/contact", fields)
        second = await post(client, f"{path}/contact", fields)
        assert (first.status_code, second.status_code) == (303, 303)
        assert seq_of(await page(client, path)) == int(fields["seq"][0]) + 1


async def test_the_second_of_two_sees_both_versions_and_chooses(desk: Desk) -> None:
    async with (
        desk("editrice.ccas") as one,
        desk("administrateur.ccas") as other,
        a_service(one) as path,
    ):
        theirs = form_in(await page(other, f"{path}/contact"), f"{path}/contact") | {"phone": ["03 81 00 00 02"]}
        first = await send(one, f"{path}/contact", phone="03 81 00 00 01")
        assert first.status_code == 303
        seq = seq_of(await page(one, path))
        second = await post(other, f"{path}/contact", theirs)
        assert second.status_code == 409
        words = text(second.text).replace("\u00a0", " ")
        assert "03 81 00 00 01" in words and "03 81 00 00 02" in words
        assert "Claire Monnier a modifié cette rubrique pendant que vous écriviez" in words
        assert seq_of(await page(one, path)) == seq
        chosen = await post(other, f"{path}/contact", form_in(second.text, f"{path}/contact"))
        assert chosen.status_code == 303
        assert "03 81 00 00 02" in await said(one, path)


async def test_one_press_says_still_true(desk: Desk) -> None:
    async with desk("editrice.ccas") as client, a_service(client) as path:
        before = seq_of(await page(client, path))
        answer = await act(client, path, "confirmer")
        assert answer.headers["location"] == f"{path}?fait=confirme&n={before + 1}#fait"
        assert "a confirmé" in await page(client, path)


async def test_a_draft_is_published_suspended_resumed_and_copied(desk: Desk) -> None:
    async with desk("editrice.ccas") as client, a_service(client) as path:
        public = path.removeprefix("/mes-fiches")
        assert (await client.get(public)).status_code == 404
        assert (await act(client, path, "publier")).status_code == 303
        assert "Modifier cette fiche" in await page(client, public)
        bad = await send(client, f"{path}/suspendre", depuis="2027-03-10", jusqua="2027-03-01")
        assert (bad.status_code, "finit avant de commencer" in bad.text) == (422, True)
        assert (await send(client, f"{path}/suspendre", motif="Travaux")).status_code == 303
        assert "Accueil suspendu" in await page(client, public)
        assert "Fiche suspendue" in await page(client, path)
        assert (await act(client, path, "reprendre")).status_code == 303
        assert "Accueil suspendu" not in await page(client, public)
        copied = await act(client, path, "dupliquer")
        copy = re.sub(r"[?#].*", "", copied.headers["location"])
        assert "(copie)" in await page(client, copy)
        assert (await client.get(copy.removeprefix("/mes-fiches"))).status_code == 404
        ended = await send(client, f"{copy}/archiver", autre=public, motif="Essai")
        assert ended.status_code == 303
        led = await client.get(copy.removeprefix("/mes-fiches"))
        assert (led.status_code, unescape(led.headers["location"])) == (303, public)


async def test_a_new_service_says_all_that_it_lacks(desk: Desk) -> None:
    async with desk("editrice.ccas") as client:
        answer = await send(client, "/mes-fiches/nouveau-service", name="", covers=[])
        assert answer.status_code == 422
        assert "3 points à corriger" in text(answer.text)
        more = await send(
            client, "/mes-fiches/nouveau-service", name="Essai", competences_texte="impayés", etape="plus"
        )
        assert (more.status_code, more.text.count('name="competences_texte"')) == (200, 2)


async def test_looking_does_nothing_nor_does_another_site(desk: Desk) -> None:
    async with desk("editrice.ccas") as client, a_service(client) as path:
        html = await page(client, path)
        fields = form_in(html, f"{path}/dupliquer") | {"rubrique": ["contact"], "de": ["1"]}
        body = "&".join(f"{name}={values[0]}" for name, values in fields.items())
        form = "application/x-www-form-urlencoded"
        for rest in ("confirmer", "annuler", "publier", "reprendre", "dupliquer"):
            address = f"{path}/{rest}"
            assert (await client.get(address)).status_code == 404
            foreign = {"origin": "https://ailleurs.example", "content-type": form}
            assert (await client.post(address, content=body, headers=foreign)).status_code == 403
            plain = {"content-type": "text/plain"}
            assert (await client.post(address, content=body, headers=plain)).status_code == 422
        assert seq_of(await page(client, path)) == seq_of(html)


async def test_a_worker_says_room_and_may_change_nothing_else(desk: Desk) -> None:
    async with desk("travailleuse.sociale") as client:
        mine = await page(client, "/mes-fiches")
        path = re.findall(r'href="(/mes-fiches/organisme/[^"/]+)"', mine)[0]
        assert "Toujours exact" not in await page(client, path)
        assert (await client.get(f"{path}/contact")).status_code == 403
        assert (await client.get(f"{path}/places")).status_code == 404
        html = await page(client, path)
        for door in ("interlocuteurs", "permanences"):
            assert f'href="{path}/{door}"' in html
            await page(client, f"{path}/{door}")


async def test_room_of_a_service_in_one_form(desk: Desk) -> None:
    async with desk("editrice.ccas") as client, a_service(client) as path:
        nothing = await send(client, f"{path}/places", room="places", places="")
        assert (nothing.status_code, "Dites combien de places" in nothing.text) == (422, True)
        answer = await send(client, f"{path}/places", room="places", places="4", waiting="14")
        assert answer.status_code == 303
        assert "4 places disponibles" in await page(client, path)


async def test_everyone_reads_when_each_group_was_checked_and_nobody_else_may_change_it(desk: Desk) -> None:
    async with desk("") as client:
        html = await said(client, "/organisme/demo:ccas-besancon")
        assert "Vérifié le 10 mars 2026" in html
        assert "Modifier cette fiche" not in html
    async with desk("bailleur") as client:
        assert "Modifier cette fiche" not in await said(client, "/organisme/demo:ccas-besancon")
    async with desk("editrice.ccas") as client:
        assert "Modifier cette fiche" in await said(client, "/organisme/demo:ccas-besancon")
