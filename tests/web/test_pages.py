"""The pages over the real graph, the real index, the shipped data, as a client without JavaScript sees them."""

from __future__ import annotations

import hashlib
import re
from html import unescape
from pathlib import Path

import httpx2
import pytest

from api.web.headers import SECURITY_HEADERS
from graph.model.vocabulary import competences, label

HTML = {"accept": "text/html"}
PAGES = ("/", "/chercher?q=rsa&ou=Nanterre", "/themes", "/aide", "/accessibilite", "/galerie")
VENDOR = (
    Path(__file__).parents[2] / "api" / "web" / "static" / "vendor",
    Path(__file__).parent / "vendor",
)


async def get(client: httpx2.AsyncClient, path: str, status: int = 200) -> str:
    answer = await client.get(path, headers=HTML)
    assert answer.status_code == status, path
    return answer.text


def text(html: str) -> str:
    """What is read: no tags, plain spaces."""
    bare = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", html, flags=re.S)
    return re.sub(r"[\s\u00a0\u202f\u2060]+", " ", unescape(re.sub(r"<[^>]+>", " ", bare)))


def names(html: str) -> list[str]:
    """The names of the relays, in order."""
    return [unescape(name) for name in re.findall(r"data-result>(.*?)</a>", html)]


def addresses(html: str, start: str) -> list[str]:
    found = (unescape(address) for address in re.findall(r'href="([^"]*)"', html))
    return [address for address in found if address.startswith(start)]


async def first_sheet(client: httpx2.AsyncClient, query: str, kind: str) -> str:
    return addresses(await get(client, query), f"/{kind}/")[0]


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_keeps_to_itself(client: httpx2.AsyncClient, path: str) -> None:
    answer = await client.get(path, headers=HTML)
    assert answer.status_code == 200
    assert {name: answer.headers[name] for name in SECURITY_HEADERS} == dict(SECURITY_HEADERS)
    assert answer.headers["cache-control"] == "private, no-cache"
    html = answer.text
    assert re.findall(r'\sstyle="', html) == []
    assert re.findall(r"<script(?![^>]*\ssrc=)", html) == []
    assert re.findall(r'\son\w+="', html) == []
    loaded = re.findall(r'<(?:link|script|img|source)[^>]*?(?:href|src)="([^"]+)"', html)
    assert [address for address in loaded if not address.startswith("/static/")] == []
    assert '<html lang="fr">' in html
    assert len(re.findall(r"<h1", html)) == 1


async def test_every_asset_of_a_page_is_served_for_ever(client: httpx2.AsyncClient) -> None:
    html = await get(client, "/")
    assets = sorted(set(re.findall(r'"(/static/[^"]+)"', html)))
    assert len(assets) == 15
    for address in assets:
        answer = await client.get(address)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
        again = await client.get(address, headers={"if-none-match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


async def test_an_older_version_of_an_asset_is_not_kept(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/static/older/css/base.css")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")
    assert (await client.get("/static/older/../../render.py")).status_code == 404


def test_vendored_files_are_those_that_were_reviewed() -> None:
    for folder in VENDOR:
        written = dict(re.findall(r"^([0-9a-f]{64})  (\S+)$", (folder / "README.md").read_text(), flags=re.M))
        digests = {name: value for value, name in written.items()}
        held = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
        del held["README.md"]
        assert {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in held.items()} == digests


async def test_the_search_page_shows_numbers_and_themes(client: httpx2.AsyncClient) -> None:
    html = await get(client, "/")
    assert re.findall(r'href="tel:(\d+)"', html) == ["15", "17", "18", "114", "115", "119", "3114", "3919", "3977"]
    assert 'action="/chercher"' in html
    assert "La personne est-elle déjà suivie ?" in text(html)


async def test_an_answer_says_what_was_understood_and_why(client: httpx2.AsyncClient) -> None:
    html = await get(client, "/chercher?q=impay%C3%A9s+de+loyer&ou=Besan%C3%A7on")
    said = text(html)
    assert "Besançon (Doubs)" in said
    assert names(html) != []
    assert html.count('class="relay"') == len(names(html)) == html.count("<summary>Pourquoi")
    assert "Retirer" in said
    assert html.count('<ul class="reasons">') == len(names(html))


async def test_a_chip_taken_away_changes_the_question(client: httpx2.AsyncClient) -> None:
    html = await get(client, "/chercher?q=impay%C3%A9s+de+loyer&ou=Besan%C3%A7on")
    chips = re.findall(r'chip__away" href="([^"]+)"', html)
    without = await get(client, unescape(chips[0]))
    assert len(re.findall("chip__away", without)) == len(chips) - 1


async def test_a_chip_added_stays_with_the_others(client: httpx2.AsyncClient) -> None:
    html = await get(client, "/chercher?q=RSA&ou=Nanterre")
    more = re.findall(r'chip--add" href="([^"]+)"', html)
    chips = len(re.findall("chip__away", html))
    added = await get(client, unescape(more[0]))
    assert len(re.findall("chip__away", added)) == chips + 1


async def test_a_theme_leads_to_an_answer(client: httpx2.AsyncClient) -> None:
    themes = await get(client, "/themes")
    links = addresses(themes, "/chercher?c=")
    assert len(links) == len(competences())
    html = await get(client, "/chercher?c=droits-et-prestations--rsa&ou=92050")
    assert "Nanterre (Hauts-de-Seine)" in text(html)
    assert "Revenu de solidarité active" in text(html)
    assert names(html) != []


async def test_nonsense_finds_nothing_and_says_it(client: httpx2.AsyncClient) -> None:
    html = await get(client, "/chercher?q=zzzz&ou=Besan%C3%A7on")
    assert names(html) == []
    assert "Rien trouvé pour « zzzz » à Besançon" in text(html)
    assert "Aucun relais" in text(html)
    assert "chercher dans le Doubs" in text(html)
    door = [found for found in addresses(html, "/chercher?ou=") if "social-global" in found]
    assert names(await get(client, unescape(door[0]))) != []


async def test_without_a_problem_the_themes_keep_the_place(client: httpx2.AsyncClient) -> None:
    html = await get(client, "/chercher?ou=Nanterre", 422)
    assert "Il manque le problème" in text(html)
    themes = [found for found in addresses(html, "/chercher?ou=Nanterre") if "c=" in found]
    assert "Nanterre (Hauts-de-Seine)" in text(await get(client, unescape(themes[0])))


@pytest.mark.parametrize(
    ("query", "sentence", "field"),
    [
        ("q=rsa&ou=Xyzzyx", "Le lieu « Xyzzyx » n’est pas connu. Donnez le nom d’une commune ou un code postal.", "ou"),
        ("ou=Besan%C3%A7on", "Dites le problème en quelques mots, ou choisissez un thème.", "q"),
        ("q=rsa&qui=martiens", "Ce public n’existe pas dans la liste. Choisissez-en un autre.", "qui"),
        ("c=nulle--part", "Ce thème n’existe pas ou n’existe plus. Repartez de la page des thèmes.", ""),
    ],
)
async def test_a_question_that_cannot_be_read_is_answered_in_words(
    client: httpx2.AsyncClient, query: str, sentence: str, field: str
) -> None:
    html = await get(client, f"/chercher?{query}", 422)
    assert sentence in text(html)
    faulty = re.findall(r'name="(\w+)"[^>]*aria-invalid="true"', html)
    assert faulty == ([field] if field else [])
    assert names(html) == []


async def test_a_misspelt_place_is_followed_by_suggestions(client: httpx2.AsyncClient) -> None:
    html = await get(client, "/chercher?q=rsa&ou=Besan%C3%A7onn", 422)
    suggested = addresses(html, "/chercher?q=rsa&ou=Besan")
    assert "lieu=25056" in suggested[0]
    assert "Besançon (Doubs)" in text(await get(client, suggested[0]))


async def test_a_letter_missing_inside_still_finds_the_town(client: httpx2.AsyncClient) -> None:
    html = await get(client, "/chercher?q=rsa&ou=Besncon", 422)
    assert "lieu=25056" in addresses(html, "/chercher?q=rsa&ou=Besan")[0]


async def test_namesakes_are_offered(client: httpx2.AsyncClient) -> None:
    html = await get(client, "/chercher?q=rsa&ou=Saint-Denis")
    others = [address for address in addresses(html, "/chercher?q=rsa&ou=Saint-Denis") if "lieu=" in address]
    assert others != []
    assert "Un autre ?" in text(html)


async def test_a_choice_in_the_list_counts_only_while_the_text_says_it(client: httpx2.AsyncClient) -> None:
    kept = await get(client, "/chercher?q=rsa&ou=Besan%C3%A7on+(Doubs)&lieu=25056")
    assert "Besançon (Doubs)" in text(kept)
    changed = await get(client, "/chercher?q=rsa&ou=Nanterre&lieu=25056")
    assert "Nanterre (Hauts-de-Seine)" in text(changed)
    assert "Besançon" not in text(changed)


async def test_danger_puts_the_numbers_on_top(client: httpx2.AsyncClient) -> None:
    html = await get(client, "/chercher?q=elle+veut+se+suicider&ou=Besan%C3%A7on")
    assert html.index('class="danger"') < html.index('id="q"') < html.index('id="resultats"')
    assert 'href="tel:3114"' in html[html.index('class="danger"') :]


async def test_a_service_sheet_says_what_for_whom_where_and_who(client: httpx2.AsyncClient) -> None:
    path = await first_sheet(client, "/chercher?q=impay%C3%A9s+de+loyer&ou=Besan%C3%A7on", "service")
    said = text(await get(client, path))
    for heading in ("Aide pour", "Pour qui, à quelles conditions", "Joindre", "Horaires", "Source :", "À remettre"):
        assert heading in said, heading


async def test_an_organisation_sheet_shows_its_neighbourhood_twice(client: httpx2.AsyncClient) -> None:
    paths = addresses(await get(client, "/chercher?q=EDAS&ou=Ch%C3%A2tillon+(92)"), "/organisme/")
    html = await get(client, paths[0])
    assert "Dans le réseau" in text(html)
    picture = html[html.index('<figure class="network"') : html.index('<details class="network__twin')]
    twin = html[html.index('<details class="network__twin') : html.index("</figure>")]
    drawn = re.findall(r'href="/organisme/[^"]+">(.*?)</a>', picture)
    assert drawn != []
    assert [name for name in drawn if name not in twin] == []


@pytest.mark.parametrize("path", ["/service/nulle:part", "/organisme/nulle:part", "/rien"])
async def test_what_does_not_exist_says_so(client: httpx2.AsyncClient, path: str) -> None:
    assert "Cette page n’existe pas" in text(await get(client, path, 404))
    answer = await client.get(path, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("attack", ['<script>alert("x")</script>', '"><img src=x onerror=alert(1)>', "{{ 7*7 }}"])
async def test_what_is_typed_is_shown_and_never_run(client: httpx2.AsyncClient, attack: str) -> None:
    answer = await client.get("/chercher", params={"q": attack, "ou": attack}, headers=HTML)
    assert attack in unescape(answer.text)
    assert attack not in answer.text or "<" not in attack
    assert "49" not in names(answer.text)


async def test_problems_are_completed(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/completer/problemes", params={"q": "expuls"})
    assert answer.headers["cache-control"] == "private, no-store"
    options = answer.json()
    assert options[0]["text"] == label("competence", options[0]["id"])
    assert "logement-hebergement--prevenir-une-expulsion" in [option["id"] for option in options]
    assert len(options) <= 10


async def test_places_are_completed_with_what_tells_them_apart(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/completer/lieux", params={"q": "besan"})
    assert answer.headers["cache-control"] == "public, max-age=300"
    options = answer.json()
    assert options[0] == {"id": "25056", "text": "Besançon (Doubs)", "hint": "25000"}
    assert (await client.get("/completer/lieux", params={"q": "  "})).json() == []
    assert len((await client.get("/completer/lieux", params={"q": "saint"})).json()) == 10
