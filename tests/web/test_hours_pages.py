"""The editor of opening hours, sessions outside the walls and posts, as pages: what is asked, what is written, what is refused."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from html import unescape

import httpx2
import pytest

from api.web.timetable_form import TimetableForm
from graph.model.access import VISITOR, Role
from graph.model.directory import Contact, Holder, ListingState, Service
from graph.store.loading import Loader
from graph.store.unit import Graph
from tests import make
from tests.web.keepers import keeper
from tests.web.timetables import fields_of

HOURS = "/mes-fiches/service/t:s/horaires"
SESSIONS = "/mes-fiches/organisme/t:caf/permanences"
POSTS = "/mes-fiches/organisme/t:caf/interlocuteurs"
EMPTY = fields_of(TimetableForm())
TUESDAY = {**EMPTY, "d1.0.de": "09:00", "d1.0.a": "12:00", "f.choix": "ferme"}
STORED = "Mo-Fr 09:00-12:00; PH off"
UNHELD = "Mo-Fr sunrise-sunset"


async def load(graph: Graph, *records: object) -> None:
    loader = Loader(graph, "essai")
    await loader.load(await loader.plan_batch(make.batch(*records)), lambda done: None)  # type: ignore[arg-type]


@pytest.fixture
async def told(empty_graph: Graph) -> Graph:
    loader = Loader(empty_graph, "carte")
    await loader.load(await loader.plan_territories(make.territories()), lambda done: None)
    anne = Holder(professional="t:anne", name="Anne", function="conseillère")
    await load(
        empty_graph,
        make.organisation(place=make.place()),
        make.service(hours=STORED, place=make.place(), contact=Contact(phone="0381000000")),
        make.professional("t:anne", name="Anne"),
        make.professional("t:bruno", name="Bruno"),
        make.post("t:hotel", label="Hôtel", competences=(make.HOTEL,), holders=(anne,)),
        make.post("t:desk", label="Accueil", duty_desk=True, contact=Contact(phone="1")),
    )
    return empty_graph


@pytest.fixture
async def editor(told: Graph) -> AsyncIterator[httpx2.AsyncClient]:
    async with keeper(told, make.viewer()) as client:
        yield client


async def services(graph: Graph) -> dict[str, Service]:
    async with graph.reading() as unit:
        found = (await unit.directory.services_of(["t:caf"]))["t:caf"]
    return {service.name: service for service in found}


async def hours(graph: Graph) -> str:
    return (await services(graph))["Service d’essai"].hours


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return unescape(found[1])


async def test_hours_are_shown_changed_said_and_taken_back(told: Graph, editor: httpx2.AsyncClient) -> None:
    page = (await editor.get(HOURS)).text
    assert 'name="d0.0.de" value="09:00"' in page
    assert "du lundi au vendredi" in page
    fields = {**TUESDAY, "cle": hidden(page, "cle"), "vu": hidden(page, "vu")}
    saved = await editor.post(HOURS, data=fields)
    assert (saved.status_code, saved.headers["location"]) == (303, f"{HOURS}?fait=1")
    assert await hours(told) == "Tu 09:00-12:00; PH off"
    done = (await editor.get(saved.headers["location"])).text
    assert "Horaires enregistrés." in done
    undone = await editor.post(HOURS, data={"cle": hidden(done, "cle"), "defaire": "1"})
    assert undone.status_code == 303
    assert await hours(told) == STORED


async def test_a_button_of_a_row_writes_nothing_and_loses_nothing(told: Graph, editor: httpx2.AsyncClient) -> None:
    typed = {**TUESDAY, "d2.0.de": "25:00", "faire": "ajouter:d1"}
    answer = await editor.get(HOURS, params=typed)
    assert answer.status_code == 200
    assert 'name="d1.1.de"' in answer.text
    assert 'value="25:00"' in answer.text
    assert re.search(r'name="d1\.1\.de"[^>]*autofocus', answer.text)
    assert await hours(told) == STORED


async def test_faults_are_said_by_line_and_nothing_is_written(told: Graph, editor: httpx2.AsyncClient) -> None:
    typed = {**TUESDAY, "d2.0.de": "25:00", "d2.0.a": "12:00", "e0.du": "2020-01-01", "cle": "k1", "vu": "0"}
    answer = await editor.post(HOURS, data=typed)
    assert answer.status_code == 422
    said = unescape(answer.text).replace("\u00a0", " ")
    assert "Mercredi, ligne 1 : « 25:00 » n’est pas une heure." in said
    assert "Exception 1 : le 1er janvier 2020 est passé." in said
    assert 'value="25:00"' in answer.text
    assert 'href="#d2.0.de"' in answer.text
    assert await hours(told) == STORED


async def test_hours_that_no_table_holds_stay_as_they_are_written(told: Graph, editor: httpx2.AsyncClient) -> None:
    await load(told, make.organisation(place=make.place()), make.service(hours=UNHELD, place=make.place()))
    page = (await editor.get(HOURS)).text
    assert f">{UNHELD}</textarea>" in page
    assert 'name="d0.0.de"' not in page
    refused = await editor.post(HOURS, data={"brut": "le matin", "cle": "k1", "vu": "0"})
    assert refused.status_code == 422
    assert ">le matin</textarea>" in refused.text
    assert await hours(told) == UNHELD
    assert (await editor.post(HOURS, data={"brut": f"{UNHELD}; PH off", "cle": "k2", "vu": "0"})).status_code == 303
    assert await hours(told) == f"{UNHELD}; PH off"


async def test_of_two_editors_the_second_sees_both(told: Graph, editor: httpx2.AsyncClient) -> None:
    await editor.post(HOURS, data={**TUESDAY, "cle": "k1", "vu": "0"})
    late = {**EMPTY, "d3.0.de": "14:00", "d3.0.a": "17:00", "cle": "k2", "vu": "0"}
    answer = await editor.post(HOURS, data=late)
    assert answer.status_code == 409
    assert "Quelqu’un a changé ces horaires" in unescape(answer.text)
    assert "<dt>mardi</dt>" in answer.text
    assert 'value="14:00"' in answer.text
    assert await hours(told) == "Tu 09:00-12:00; PH off"
    again = await editor.post(HOURS, data=late | {"vu": hidden(answer.text, "vu"), "cle": "k3"})
    assert again.status_code == 303
    assert await hours(told) == "Th 14:00-17:00"


@pytest.mark.parametrize("path", [HOURS, SESSIONS, f"{SESSIONS}/nouvelle", POSTS, f"{POSTS}/nouveau"])
async def test_only_keepers_come_in(told: Graph, path: str) -> None:
    async with keeper(told, VISITOR) as visitor:
        assert (await visitor.get(path)).headers["location"].startswith("/connexion?retour=")
    async with keeper(told, make.viewer(organisation="t:ville", organisations=("t:ville",))) as stranger:
        assert (await stranger.get(path)).status_code == 404


async def test_a_form_opens_for_none_who_may_not_send_it(told: Graph) -> None:
    async with keeper(told, make.viewer(Role.PROFESSIONAL)) as reader:
        for path in (HOURS, f"{SESSIONS}/nouvelle", f"{SESSIONS}/t:s", f"{POSTS}/nouveau", f"{POSTS}/t:hotel"):
            assert (await reader.get(path)).status_code == 403, path
        assert (await reader.post(HOURS, data={**TUESDAY, "cle": "k1", "vu": "0"})).status_code == 403
        for path in (SESSIONS, POSTS):
            assert (await reader.get(path)).status_code == 200, path
    assert await hours(told) == STORED


async def test_a_session_is_added_changed_and_ended(told: Graph, editor: httpx2.AsyncClient) -> None:
    assert "Aucune permanence" in unescape((await editor.get(SESSIONS)).text)
    where = {"nom": "Permanence à Pontarlier", "comme": "t:s", "ou": "Pontarlier", "adresse": "Mairie, salle 2"}
    added = await editor.post(f"{SESSIONS}/nouvelle", data={**TUESDAY, **where, "cle": "k1"})
    assert added.headers.get("location") == f"{SESSIONS}?fait=ajoutee"
    made = (await services(told))["Permanence à Pontarlier"]
    assert (made.covers, made.competences, made.hours) == (("25462",), (make.RENT,), "Tu 09:00-12:00; PH off")
    assert made.place is not None
    assert (made.place.address, made.place.city, made.place.territory) == ("Mairie, salle 2", "Pontarlier", "25462")
    assert made.contact == Contact(phone="0381000000")

    listed = (await editor.get(SESSIONS)).text
    href = f"{SESSIONS}/{made.id}"
    assert f'href="{href}"' in listed
    page = (await editor.get(href)).text
    assert 'name="d1.0.de" value="09:00"' in page
    moved = {**TUESDAY, **where, "d1.0.a": "11:00", "lieu": "25462", "cle": "k2", "vu": hidden(page, "vu")}
    changed = await editor.post(href, data=moved)
    assert changed.status_code == 303
    assert (await services(told))["Permanence à Pontarlier"].hours == "Tu 09:00-11:00; PH off"
    ended = await editor.post(href, data={"faire": "terminer", "cle": "k3"})
    assert ended.status_code == 303
    assert (await services(told))["Permanence à Pontarlier"].state is ListingState.ARCHIVED
    page = (await editor.get(ended.headers["location"])).text
    back = {"fiche": hidden(page, "fiche"), "entree": hidden(page, "entree"), "cle": "k4"}
    assert (await editor.post(f"{SESSIONS}/annuler", data=back)).status_code == 303
    assert (await services(told))["Permanence à Pontarlier"].state is ListingState.PUBLISHED


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("comme", "Choisissez le service"),
        ("ou", "Choisissez la commune"),
        ("adresse", "Donnez l’adresse"),
        ("d1.0.de", "il manque l’heure"),
    ],
)
async def test_a_session_that_lacks_something_is_not_added(
    told: Graph, editor: httpx2.AsyncClient, missing: str, said: str
) -> None:
    fields = {"nom": "Essai", "comme": "t:s", "ou": "Pontarlier", "adresse": "Mairie", **TUESDAY, "cle": "k1"}
    answer = await editor.post(f"{SESSIONS}/nouvelle", data=fields | {missing: ""})
    assert answer.status_code == 422
    assert said in unescape(answer.text)
    assert 'value="Essai"' in answer.text
    assert list(await services(told)) == ["Service d’essai"]


async def test_posts_are_kept_on_their_page(told: Graph, editor: httpx2.AsyncClient) -> None:
    page = unescape((await editor.get(POSTS)).text)
    assert "Hôtel" in page and "accueil par défaut" in page
    post = {"nom": "Loyers", "titulaire": "t:anne", "tel": "03 81 00 00 00", "problemes": make.RENT, "cle": "k1"}
    added = await editor.post(f"{POSTS}/nouveau", data=post)
    assert added.status_code == 303
    refused = await editor.post(f"{POSTS}/nouveau", data=post | {"cle": "k2"})
    assert refused.status_code == 422
    assert "existe déjà" in unescape(refused.text)

    today = date.today()  # noqa: DTZ011 - the page says today in the field's own time
    until = (today + timedelta(days=7)).isoformat()
    away = {"faire": "absence", "personne": "t:anne", "au": until, "remplacant": "t:bruno", "cle": "k3"}
    said = await editor.post(POSTS, data=away)
    assert said.status_code == 303
    page = unescape((await editor.get(said.headers["location"])).text)
    assert "Absence enregistrée." in page and "Remplacement : Bruno" in page.replace("\u00a0", " ")
    left = await editor.post(POSTS, data={"faire": "partir", "personne": "t:anne", "dernier": until, "cle": "k4"})
    assert left.status_code == 303
    entry = hidden((await editor.get(left.headers["location"])).text, "entree")
    undone = await editor.post(POSTS, data={"faire": "annuler", "entree": entry, "cle": "k5"})
    assert undone.status_code == 303
    assert "Remplacement : Bruno" in unescape((await editor.get(POSTS)).text).replace("\u00a0", " ")


async def test_a_professional_says_her_own_absence_and_nobody_elses(told: Graph) -> None:
    herself = make.viewer(Role.PROFESSIONAL, professional="t:anne")
    async with keeper(told, herself) as client:
        page = (await client.get(POSTS)).text
        assert page.count('value="absence"') == 1
        assert page.count('value="partir"') == 1
        assert (
            await client.post(POSTS, data={"faire": "absence", "personne": "t:anne", "cle": "k1"})
        ).status_code == 303
        other = {"faire": "absence", "personne": "t:bruno", "cle": "k2"}
        assert (await client.post(POSTS, data=other)).status_code == 403
