"""The results page over a small network made for it: filters, place, map, and what is said when a part is missing."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import httpx2
import pytest
from pydantic import ValidationError

from api.settings import Settings
from graph.model.directory import Contact, Mode, Public
from graph.model.relay import Listing
from graph.model.territory import Point
from graph.model.vocabulary import label
from graph.model.wording import emergency_numbers
from tests import make
from tests.web.rooms import asked_twice, index_of, site_over
from tests.web.test_pages import addresses, names, text

ASK = f"/chercher?c={make.RENT}&ou=Besan%C3%A7on"
TILES = "https://fond.example/{z}/{x}/{y}.png"


def of(id_: str, kind: str, **service: object) -> Listing:
    body = make.organisation(f"t:{id_}", name=f"Maison {id_}", kind=kind, place=None)
    offered = make.service(f"t:s-{id_}", name=f"Permanence {id_}", organisation=body.id, **service)
    return make.listing(f"service:t:s-{id_}", organisation=body, service=offered)


def network() -> list[Listing]:
    return [
        of("une", "CAF", hours="24/7", interpreter=True, place=make.place(), contact=Contact(phone="0381000001")),
        of("deux", "CCAS", free=True, modes=(Mode.A_DISTANCE,), publics=(Public.FEMMES,)),
        of("trois", "CCAS", free=True, modes=(Mode.EN_PRESENTIEL,), place=make.place(point=Point(47.25, 6.03))),
    ]


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    await index_of(tmp_path / "index", network())
    async with site_over(Settings(data=tmp_path)) as client:
        yield client


async def get(client: httpx2.AsyncClient, path: str, status: int = 200) -> str:
    answer = await client.get(path)
    assert answer.status_code == status, path
    return answer.text


def boxes(html: str) -> dict[str, tuple[str, int, bool, bool]]:
    """Each box of the filters: its value, count, whether it is ticked, whether it is barred."""
    found = re.findall(
        r'<input type="checkbox" id="(filtre-[^"]+)" name="[^"]+" value="([^"]+)"([^>]*)>.*?choice__count">(\d+)<',
        html,
        flags=re.S,
    )
    return {id_: (value, int(count), "checked" in more, "disabled" in more) for id_, value, more, count in found}


async def test_each_filter_says_what_it_would_leave_and_leaves_it(client: httpx2.AsyncClient) -> None:
    html = await get(client, ASK)
    assert sorted(names(html)) == ["Permanence deux", "Permanence trois", "Permanence une"]
    shown = boxes(html)
    assert shown["filtre-ouvert-1"] == ("1", 1, False, False)
    assert shown["filtre-gratuit-1"] == ("1", 2, False, False)
    assert shown["filtre-type-ccas"] == ("CCAS", 2, False, False)
    assert shown["filtre-sans-condition-1"] == ("1", 0, False, True)
    assert names(await get(client, f"{ASK}&ouvert=1")) == ["Permanence une"]
    free = await get(client, f"{ASK}&gratuit=1&type=CCAS")
    assert sorted(names(free)) == ["Permanence deux", "Permanence trois"]
    assert boxes(free)["filtre-gratuit-1"] == ("1", 2, True, False)
    assert "2 relais" in text(free)


async def test_the_form_of_filters_keeps_the_question(client: httpx2.AsyncClient) -> None:
    html = await get(client, f"{ASK}&urgent=1&gratuit=1")
    form = html[html.index("data-filters") : html.index("Appliquer")]
    kept = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]+)"', form))
    assert kept == {"ou": "Besançon (Doubs)", "lieu": "25056", "c": make.RENT, "urgent": "1"}


async def test_a_filter_chosen_is_taken_back_by_its_chip(client: httpx2.AsyncClient) -> None:
    html = await get(client, f"{ASK}&gratuit=1&type=CCAS")
    chips = html[html.index('class="picked"') :]
    away = [unescape(found) for found in re.findall(r'chip__away" href="([^"]+)"', chips)]
    assert len(away) == 2
    assert len(names(await get(client, away[0]))) == 2
    cleared = re.findall(r'href="([^"]+)"[^>]*>Tout effacer', html)
    assert len(names(await get(client, unescape(cleared[0])))) == 3


async def test_filters_that_leave_nothing_say_what_taking_one_back_gives(client: httpx2.AsyncClient) -> None:
    html = await get(client, f"{ASK}&interprete=1&type=CCAS")
    assert names(html) == []
    said = text(html)
    assert "Aucun relais avec ces filtres" in said
    assert "sans « Interprète » : 2 relais" in said
    assert f"sans « {label('organisation_kind', 'CCAS')} » : 1 relais" in said
    assert said.index("sans « Interprète »") < said.index(f"sans « {label('organisation_kind', 'CCAS')} »")
    assert "Rien trouvé" not in said


async def test_when_no_single_filter_is_to_blame_all_are_offered(client: httpx2.AsyncClient) -> None:
    said = text(await get(client, f"{ASK}&place=1&accessible=1&interprete=1"))
    assert "En retirer un seul ne suffit pas" in said


async def test_a_page_past_the_end_leads_back_to_the_first(client: httpx2.AsyncClient) -> None:
    answer = await client.get(f"{ASK}&debut=40")
    assert answer.status_code == 303
    assert "debut" not in answer.headers["location"]
    assert len(names(await get(client, answer.headers["location"]))) == 3


async def test_around_me_is_the_town_where_one_stands(client: httpx2.AsyncClient) -> None:
    html = await get(client, f"/chercher?c={make.RENT}&ici=47.2510,6.0310")
    assert "autour de vous, Besançon (Doubs)" in text(html)
    assert 'name="ici" value="47.251,6.031"' in html
    row = text(html[html.index(">Permanence trois<") :])
    assert "À moins d’un kilomètre" in row[: row.index("Pourquoi ?")]
    far = await get(client, f"/chercher?c={make.RENT}&ici=0.000,0.000", 422)
    assert "Aucune commune de France n’est près de votre position" in text(far)


async def test_a_place_written_in_the_problem_comes_before_where_one_stands(client: httpx2.AsyncClient) -> None:
    here = "ici=47.251,6.031"
    elsewhere = text(await get(client, f"/chercher?q=impay%C3%A9s+de+loyer+%C3%A0+Pontarlier&{here}"))
    assert "Lieu : Pontarlier (Doubs)" in elsewhere
    assert "autour de vous" not in elsewhere
    same = text(await get(client, f"/chercher?q=impay%C3%A9s+de+loyer+%C3%A0+Besan%C3%A7on&{here}"))
    assert "Lieu : autour de vous, Besançon (Doubs)" in same
    html = await get(client, "/chercher?q=impay%C3%A9s+de+loyer+%C3%A0+Pontarlier&ici=0.000,0.000")
    assert "Lieu : Pontarlier (Doubs)" in text(html)
    assert len(names(html)) == 3


@pytest.mark.parametrize("broken", ["c=nulle--part", "qui=martiens", "mode=fus%C3%A9e", "type=inconnu"])
async def test_an_address_that_is_refused_leaves_what_was_typed_in_the_form(
    client: httpx2.AsyncClient, broken: str
) -> None:
    html = await get(client, f"/chercher?q=impay%C3%A9s&ou=Besan%C3%A7on&urgent=1&{broken}", 422)
    assert 'id="q" name="q" value="impayés"' in html
    assert 'id="ou" name="ou" value="Besançon"' in html
    assert 'name="urgent" value="1" checked' in html
    long = await get(client, f"/chercher?q={'a' * 400}", 422)
    assert f'value="{"a" * 300}"' in long


@pytest.mark.parametrize("path", ["/chercher?{}&ou=Besan%C3%A7on", "/comparer?r=service:t:s-une&r=service:t:s-deux&{}"])
async def test_a_page_that_tells_of_danger_is_not_kept_by_the_browser(client: httpx2.AsyncClient, path: str) -> None:
    danger = await client.get(path.format("q=mon+mari+me+frappe"))
    assert (danger.status_code, danger.headers["cache-control"]) == (200, "private, no-store")
    assert "etag" not in danger.headers
    assert 'class="danger"' in danger.text
    calm = await client.get(path.format("q=impay%C3%A9s+de+loyer"))
    assert calm.headers["cache-control"] == "private, no-cache"
    assert "etag" in calm.headers


async def test_danger_is_told_where_the_question_is_refused_too(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/chercher?q=mon+mari+me+frappe&ou=Xyzzyx")
    assert (answer.status_code, answer.headers["cache-control"]) == (422, "private, no-store")
    assert answer.text.index('href="tel:3919"') < answer.text.index('id="question"')


COMPARED = "/comparer?r=service:t:s-une&r=service:t:s-deux&r=service:t:s-trois"


async def test_a_comparison_asks_what_the_results_asked(client: httpx2.AsyncClient) -> None:
    """Where one stands, how one is received and the filters place the relays as they did there."""
    for question in (f"c={make.RENT}&ici=47.251,6.031", f"c={make.RENT}&ou=Besan%C3%A7on&gratuit=1&mode=en-presentiel"):
        found = await get(client, f"/chercher?{question}")
        table = await get(client, f"{COMPARED}&{question}")
        head = table[table.index("<thead>") : table.index("</thead>")]
        places = dict(re.findall(r"(\d)<sup>er?</sup> de la réponse</span>\s*<a href=\"[^\"]+\">(.*?)</a>", head))
        assert [places[str(number)] for number in range(1, len(places) + 1)] == names(found)
        assert len(places) == len(names(found)) > 0
    assert "À moins d’un kilomètre" in text(await get(client, f"{COMPARED}&c={make.RENT}&ici=47.251,6.031"))
    nowhere = text(await get(client, f"{COMPARED}&c={make.RENT}&ici=0,0"))
    assert "Aucune commune de France n’est près de votre position" in nowhere
    assert "La question n’a pas pu être lue" in nowhere


async def test_a_comparison_leads_back_to_the_page_it_came_from(client: httpx2.AsyncClient) -> None:
    html = await get(client, f"{ASK}&vue=carte")
    form = html[html.index('class="picks"') : html.index("picks__bar")]
    assert '<input type="hidden" name="vue" value="carte">' in form
    back = f"/chercher?{urlencode([('ou', 'Besançon'), ('c', make.RENT), ('vue', 'carte'), ('debut', '20')])}"
    compared = await get(client, f"{COMPARED}&{back.partition('?')[2]}")
    assert back in addresses(compared, "/chercher")
    without = addresses(compared, "/comparer?")
    assert len(without) == 3
    assert all("vue=carte&debut=20" in address for address in without)


async def test_relays_can_be_kept_and_compared(client: httpx2.AsyncClient) -> None:
    html = await get(client, f"{ASK}&gratuit=1")
    form = html[html.index('class="picks"') : html.index("picks__bar")]
    keys = re.findall(r'data-key="([^"]+)"><input type="checkbox" name="r" value="([^"]+)"', form)
    assert sorted(keys) == [("service:t:s-deux",) * 2, ("service:t:s-trois",) * 2]
    carried = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]+)"', form))
    assert carried == {"ou": "Besançon (Doubs)", "lieu": "25056", "c": make.RENT, "gratuit": "1"}
    assert re.findall(r'formaction="([^"]+)"', html) == ["/comparer", "/selection"]


async def test_the_map_has_every_door_and_names_those_without(client: httpx2.AsyncClient) -> None:
    html = await get(client, f"{ASK}&vue=carte")
    assert len(names(html)) == 3
    assert sorted(re.findall(r'data-lat="([\d.]+)" data-lon="([\d.]+)"', html)) == [
        ("47.24", "6.02"),
        ("47.24", "6.02"),
        ("47.25", "6.03"),
    ]
    assert "Fond de carte non configuré" in text(html)
    without = text(html)[text(html).index("Absents de la carte") :]
    assert re.match(
        r"Absents de la carte, faute d’adresse située : \d\. Permanence deux \(joignable à distance\)\. ", without
    )
    assert "/static/" in html and "leaflet.js" in html
    assert "leaflet" not in await get(client, ASK)


async def test_tiles_are_let_in_from_their_host_alone(tmp_path: Path) -> None:
    await index_of(tmp_path / "index", network())
    async with site_over(Settings(data=tmp_path, tiles=TILES, tiles_attribution="© <Exemple>")) as client:
        answer = await client.get(f"{ASK}&vue=carte")
    policy = answer.headers["content-security-policy"].split("; ")
    assert [rule for rule in policy if "fond" in rule] == ["img-src 'self' data: https://fond.example"]
    assert f'data-tiles="{TILES}"' in answer.text
    assert 'data-attribution="© &lt;Exemple&gt;"' in answer.text
    assert "Fond de carte non configuré" not in text(answer.text)


def test_a_part_of_the_address_that_the_map_does_not_fill_is_named() -> None:
    for name in ("s", "cle", "-y", " z "):
        with pytest.raises(ValidationError, match=re.escape(f"« {{{name}}} » n’y a pas de sens")):
            Settings(tiles=f"https://fond.example/{{{name}}}/{{z}}/{{x}}/{{y}}.png", tiles_attribution="©")
    fine = "https://fond.example/{z}/{x}/{y}{r}.png"
    assert Settings(tiles=fine, tiles_attribution="©").tiles == fine


@pytest.mark.parametrize(
    ("tiles", "attribution"),
    [
        ("fond.example/{z}/{x}/{y}.png", "©"),
        ("https://{s}.fond.example/{z}/{x}/{y}.png", "©"),
        ("https://fond.example/{z}/{x}.png", "©"),
        ("https://moi:secret@fond.example/{z}/{x}/{y}.png", "©"),
        ("https://fond.example; script-src */{z}/{x}/{y}.png", "©"),
        (TILES, ""),
        ("", "©"),
    ],
)
def test_tiles_that_cannot_be_let_in_are_refused_at_start(tiles: str, attribution: str) -> None:
    with pytest.raises(ValidationError):
        Settings(tiles=tiles, tiles_attribution=attribution)


async def test_without_an_index_the_page_says_what_still_works(tmp_path: Path) -> None:
    async with site_over(Settings(data=tmp_path)) as client:
        answer = await client.get(ASK)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
        assert "etag" not in answer.headers
        said = text(answer.text)
        assert "La recherche ne répond pas en ce moment" in said
        assert "Les numéros d’urgence, la liste des thèmes" in said
        called = re.findall(r'href="tel:(\d+)"', answer.text)
        assert called == list(emergency_numbers())
        assert 'value="Besançon"' in answer.text
        data = await client.get(ASK, headers={"accept": "application/json"})
        assert (data.status_code, data.json()["code"]) == (503, "unavailable")
        assert (await client.get("/")).status_code == 200
        assert (await client.get("/themes")).status_code == 200


async def test_a_page_is_made_again_once_the_index_has_moved(tmp_path: Path) -> None:
    await index_of(tmp_path / "index", network()[:2])
    async with site_over(Settings(data=tmp_path)) as client:
        first, _ = await asked_twice(client, ASK)
        assert len(names(first.text)) == 2
        await index_of(tmp_path / "index", network())
    async with site_over(Settings(data=tmp_path)) as client:
        moved = await client.get(ASK, headers={"if-none-match": first.headers["etag"]})
    assert (moved.status_code, len(names(moved.text))) == (200, 3)
    assert moved.headers["etag"] != first.headers["etag"]


async def test_why_is_told_in_words_points_and_what_would_change_it(client: httpx2.AsyncClient) -> None:
    html = await get(client, ASK)
    assert html.count("<summary>Pourquoi") == 3
    said = text(html)
    assert said.count("Ce qui a compté") == 3
    assert said.count("Ce qui changerait l’ordre") == 2
    assert "devant le suivant" in said


async def test_the_service_worker_keeps_the_shell_and_no_answer(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/service-worker.js")
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == (
        "text/javascript; charset=utf-8",
        "no-cache",
    )
    kept = re.findall(r'"(/[^"]*)"', answer.text.partition("self.addEventListener")[0])
    assert {"/", "/aide", "/hors-ligne"} < set(kept)
    assert [path for path in kept if path.startswith(("/chercher", "/service/", "/organisme/"))] == []
    assert [path for path in kept if (await client.get(path)).status_code != 200] == []
    offline = text((await client.get("/hors-ligne")).text)
    for said in (offline, text((await client.get("/aide")).text)):
        assert "L’historique et le cache du navigateur peuvent en garder la trace : une fenêtre privée l’évite." in said
    assert "self.skipWaiting()" in answer.text
    typed = await client.get("/completer/problemes?q=expuls")
    assert (typed.status_code, typed.headers["cache-control"]) == (200, "private, no-store")
