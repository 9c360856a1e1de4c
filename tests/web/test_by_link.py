"""A signed link: who looks changes nothing, who acts does so once on each group, until it ends or is taken away."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from structlog.testing import capture_logs

from api.actions.by_link import using
from api.actions.keeping import confirm_groups
from api.app import create_app
from api.gateway import LINKS_PER_MINUTE
from api.rooms import Rooms
from api.settings import Settings
from graph.model.directory import Capacity, Service
from graph.model.errors import NotAllowed, NotFound
from graph.model.freshness import vouched
from graph.model.keeping import Kept, Target
from graph.model.life import PARIS
from graph.model.listing import FieldGroup
from graph.model.mail import Item, Template, key_of
from graph.store.correspondents import Correspondents
from graph.store.loading import Loader
from graph.store.mails import Mails
from graph.store.outbox import MAIL_KINDS
from graph.store.signed_links import SignedLinks
from graph.store.unit import Graph, Unit
from search.embedded import EmbeddedIndex
from tests import make, reading
from tests.web.rooms import index_of

READER = reading.shared()
NOW = datetime.now(UTC)
# As the partner counts days.
TODAY = NOW.astimezone(PARIS).date()
OLD = TODAY - timedelta(days=200)
SERVICE = "service:t:s"
HOURS = Item(listing=SERVICE, group=FieldGroup.HOURS)
CONTACT = Item(listing=SERVICE, group=FieldGroup.CONTACT)
CAPACITY = Item(listing=SERVICE, group=FieldGroup.CAPACITY)
BODY = Item(listing="organisation:t:caf", group=FieldGroup.IDENTITY)
# The other service of the same organisation, of which the link says nothing.
OTHER = Item(listing="service:t:other", group=FieldGroup.HOURS)
TOKEN = "T" * 43
HERE = f"/lien/{TOKEN}"


@pytest.fixture(scope="module")
async def index(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedIndex:
    folder = tmp_path_factory.mktemp("link")
    await index_of(folder, ())
    return EmbeddedIndex(folder)


@pytest.fixture
async def rooms(empty_graph: Graph, index: EmbeddedIndex, tmp_path: Path) -> Rooms:
    """A service whose words are old, and a link to some of its groups."""
    loader = Loader(empty_graph, "carte")
    await loader.load(await loader.plan_territories(make.territories()), lambda done: None)
    loader = Loader(empty_graph, "essai")
    body = make.organisation(vouched_on=OLD, name="Caisse d’essai")
    service = make.service(
        vouched_on=OLD, hours="Mo 09:00-12:00", capacity=Capacity(vouched_on=OLD, places_free=3, waiting_days=10)
    )
    other = make.service("t:other", vouched_on=OLD, hours="Mo 09:00-12:00")
    await loader.load(await loader.plan_batch(make.batch(body, service, other)), lambda done: None)

    async def link(unit: Unit) -> None:
        recipient = await Correspondents(unit).appoint("t:caf", "horaires@example.org", "compte:1")
        made = await SignedLinks(unit).make("t:caf", recipient, [BODY, HOURS, CAPACITY, CONTACT], NOW)
        await SignedLinks(unit).open_by(made, key_of(TOKEN), NOW)

    await empty_graph.write(link)
    settings = Settings(data=tmp_path, smtp_host="127.0.0.1", smtp_tls="none", sender="maillage@example.org")
    return Rooms(settings=settings, graph=empty_graph, index=index, reader=READER)


@pytest.fixture
async def client(rooms: Rooms) -> AsyncIterator[httpx2.AsyncClient]:
    app = create_app(rooms.settings)
    app.state.rooms = rooms
    transport = httpx2.ASGITransport(app=app)
    headers = {"accept": "text/html"}
    async with httpx2.AsyncClient(transport=transport, base_url="http://m.example", headers=headers) as client:
        yield client


async def held(rooms: Rooms, listing: str = SERVICE) -> Kept:
    async with rooms.graph.reading() as unit:
        kept = await unit.keeping.current(Target.named(listing))
    assert kept is not None
    return kept


async def used(rooms: Rooms) -> set[str]:
    async with rooms.graph.reading() as unit:
        link = await SignedLinks(unit).opened_by(key_of(TOKEN))
    assert link is not None
    return {str(item) for item in link.used}


async def everything(rooms: Rooms) -> list[Any]:
    """All that the graph holds, but for what counts connections."""
    async with rooms.graph.reading() as unit:
        rows = await unit.run("MATCH (n) WHERE NOT n:Mark RETURN n{.*} AS node ORDER BY n.id")
    return [row["node"] for row in rows]


async def set_link(rooms: Rooms, **values: Any) -> None:
    await rooms.graph.write(lambda unit: unit.run("MATCH (l:SignedLink) SET l += $values", values=values))


def day_of(kept: Kept, group: FieldGroup) -> Any:
    return vouched(kept.record, kept.claims)[group].on


async def test_who_looks_changes_nothing_and_the_address_is_told_to_nobody(
    rooms: Rooms, client: httpx2.AsyncClient
) -> None:
    before = await everything(rooms)
    paths = [HERE, f"{HERE}/corriger?item={HOURS}", f"{HERE}/arret", f"/lien/{'x' * 43}", f"{HERE}/corriger?item=x"]
    with capture_logs() as journal:
        for path in paths:
            for method in ("GET", "HEAD"):
                answer = await client.request(method, path)
                assert answer.headers["referrer-policy"] == "no-referrer"
                assert answer.headers["cache-control"] == "no-store"
                assert answer.headers["x-robots-tag"] == "noindex, nofollow, noarchive"
        for path in ("exact", "nouveau"):
            assert (await client.get(f"{HERE}/{path}")).status_code == 405
    assert await everything(rooms) == before
    assert "/lien/{token}" in {line.get("route") for line in journal}
    assert TOKEN not in str(journal)


async def test_the_page_says_what_stands_and_since_when(client: httpx2.AsyncClient) -> None:
    answer = await client.get(HERE)
    assert answer.status_code == 200
    said = " ".join(re.sub(r"<[^>]*>", " ", answer.text).replace("\u00a0", " ").split())
    assert "Horaires lundi 9 h – 12 h À vérifier. Vérifié le" in said.replace("\u202f", " ").replace("\u2060", "")
    assert "Places inconnues" in said
    assert "Rien n’en est dit. Non renseigné" in said
    assert answer.text.count(f'value="{BODY}"') == 1
    assert answer.text.count(f'value="{HOURS}"') == 2


async def test_still_true_counts_from_today_once_and_is_the_body_s_own_word(
    rooms: Rooms, client: httpx2.AsyncClient
) -> None:
    answer = await client.post(f"{HERE}/exact", data={"item": str(HOURS), "seq": "0"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{HERE}?fait=exact")
    kept = await held(rooms)
    assert day_of(kept, FieldGroup.HOURS) == TODAY
    assert day_of(kept, FieldGroup.MATTERS) == OLD
    assert kept.standing[FieldGroup.HOURS].source == "partner:t:caf"
    assert await used(rooms) == {str(HOURS)}
    again = await client.post(f"{HERE}/exact", data={"item": str(HOURS), "seq": "1"})
    assert again.headers["location"] == f"{HERE}?fait=deja"
    corrected = await client.post(f"{HERE}/corriger", data={"item": str(HOURS), "seq": "1", "hours": "24/7"})
    assert corrected.headers["location"] == f"{HERE}?fait=deja"
    assert (await held(rooms)).seq == kept.seq == 1
    shown = await client.get(f"{HERE}?fait=exact")
    assert "la rubrique est vérifiée à ce jour" in shown.text
    assert "Fait, merci." in shown.text


async def test_all_of_a_listing_in_one_gesture_room_included(rooms: Rooms, client: httpx2.AsyncClient) -> None:
    await client.post(f"{HERE}/exact", data={"item": [str(HOURS), str(CAPACITY)], "seq": "0"})
    kept = await held(rooms)
    assert isinstance(kept.record, Service)
    assert kept.record.capacity == Capacity(vouched_on=TODAY, places_free=3, waiting_days=10)
    assert await used(rooms) == {str(HOURS), str(CAPACITY)}


async def test_a_correction_is_the_listing_s_own_from_then_on(rooms: Rooms, client: httpx2.AsyncClient) -> None:
    form = await client.get(f"{HERE}/corriger?item={HOURS}")
    assert 'value="Mo 09:00-12:00"' in form.text
    data = {"item": str(HOURS), "seq": "0", "hours": "Tu 14:00-17:00"}
    seen = await client.post(f"{HERE}/corriger", data={**data, "voir": "1"})
    assert seen.status_code == 200
    assert "<dt>mardi</dt>" in seen.text
    assert (await held(rooms)).seq == 0
    answer = await client.post(f"{HERE}/corriger", data=data)
    assert answer.headers["location"] == f"{HERE}?fait=corrige"
    kept = await held(rooms)
    assert kept.record.hours == "Tu 14:00-17:00"
    async with rooms.graph.reading() as unit:
        (entry,) = await unit.keeping.history(Target.named(SERVICE))
        assert await unit.outbox.pending(("index_listings",)) > 0
    assert (entry.voice, entry.said_by) == ("partner:t:caf", "Correspondant de l’organisme, par un lien reçu")
    assert entry.by.startswith("link:")


async def test_what_cannot_be_read_comes_back_as_it_was_typed(rooms: Rooms, client: httpx2.AsyncClient) -> None:
    hostile = [
        (HOURS, {"hours": "lundi matin"}),
        (CONTACT, {"phone": "appelez", "email": "", "url": ""}),
        (CONTACT, {"email": "x"}),
        (CONTACT, {"url": "javascript:alert(1)"}),
        (CAPACITY, {"places_free": "-1"}),
        (CAPACITY, {"full_until": "demain"}),
    ]
    before = await everything(rooms)
    for item, typed in hostile:
        answer = await client.post(f"{HERE}/corriger", data={"item": str(item), "seq": "0", **typed})
        assert answer.status_code == 422
        name, value = next(iter(typed.items()))
        (box,) = re.findall(rf'<input [^>]*\bid="{name}(?:-champ)?"[^>]*>', answer.text)
        assert f'value="{value}"' in box
        assert 'aria-invalid="true"' in box
    too_long = {"item": str(HOURS), "seq": "0", "hours": "x" * 501}
    assert (await client.post(f"{HERE}/corriger", data=too_long)).status_code == 422
    assert await everything(rooms) == before


async def test_room_and_contact_are_corrected_too(rooms: Rooms, client: httpx2.AsyncClient) -> None:
    until = TODAY + timedelta(days=40)
    room = {"places_free": "", "waiting_days": "21", "full_until": until.isoformat()}
    await client.post(f"{HERE}/corriger", data={"item": str(CAPACITY), "seq": "0", **room})
    contact = {"phone": "03 81 00 00 00", "email": "a@example.org", "url": "https://example.org"}
    await client.post(f"{HERE}/corriger", data={"item": str(CONTACT), "seq": "1", **contact})
    record = (await held(rooms)).record
    assert isinstance(record, Service)
    assert record.capacity == Capacity(vouched_on=TODAY, waiting_days=21, full_until=until)
    assert (record.contact.phone, record.contact.email) == ("03 81 00 00 00", "a@example.org")


async def test_any_group_is_corrected_with_the_form_that_keeping_a_listing_has(
    rooms: Rooms, client: httpx2.AsyncClient
) -> None:
    form = await client.get(f"{HERE}/corriger?item={BODY}")
    assert 'id="name-champ" name="name" value="' in form.text
    data = {"item": str(BODY), "seq": "0", "aliases": "La Caf", "description": "", "siret": ""}
    refused = await client.post(f"{HERE}/corriger", data={**data, "name": ""})
    assert refused.status_code == 422
    assert "ne peut pas rester vide" in refused.text and "La Caf" in refused.text
    assert str(BODY) not in await used(rooms)
    answer = await client.post(f"{HERE}/corriger", data={**data, "name": "Nouveau nom"})
    assert answer.headers["location"] == f"{HERE}?fait=corrige"
    async with rooms.graph.reading() as unit:
        kept = await unit.keeping.current(BODY.target)
    assert kept is not None
    assert (kept.record.name, kept.standing[FieldGroup.IDENTITY].source) == ("Nouveau nom", "partner:t:caf")


async def test_a_link_acts_on_nothing_else(rooms: Rooms, client: httpx2.AsyncClient) -> None:
    before = await everything(rooms)
    for items in ([OTHER], [HOURS, OTHER], [HOURS, BODY], [], [Item(listing=SERVICE, group=FieldGroup.MATTERS)]):
        data = {"item": [str(item) for item in items], "seq": "0"}
        assert (await client.post(f"{HERE}/exact", data=data)).status_code == 422
    form = {"item": str(OTHER), "seq": "0", "hours": "24/7"}
    assert (await client.post(f"{HERE}/corriger", data=form)).headers["location"] == f"{HERE}?fait=deja"
    assert await everything(rooms) == before


@pytest.mark.parametrize("way", ["ended", "revoked", "removed"])
async def test_an_ended_or_revoked_link_says_so_and_changes_nothing(
    rooms: Rooms, client: httpx2.AsyncClient, way: str
) -> None:
    if way == "ended":
        await set_link(rooms, ends=int(NOW.timestamp() * 1000))
    elif way == "revoked":
        await set_link(rooms, revoked=True)
    else:
        await rooms.graph.write(lambda unit: Correspondents(unit).remove("t:caf"))
    before = await everything(rooms)
    shown = await client.get(HERE)
    assert shown.status_code == 410
    assert ("14 jours sont passés" if way == "ended" else "a été retiré") in shown.text.replace("\u00a0", " ")
    assert ("Recevoir un nouveau lien" in shown.text) == (way == "ended")
    if way != "ended":
        assert (await client.post(f"{HERE}/nouveau")).headers["location"] == f"{HERE}?fait=deja"
    for path, data in (("exact", {"item": str(HOURS)}), ("corriger", {"item": str(HOURS), "hours": "24/7"})):
        answer = await client.post(f"{HERE}/{path}", data=data)
        assert answer.headers["location"] == f"{HERE}?fait=deja"
    assert await everything(rooms) == before


async def test_a_new_link_goes_to_the_same_person_once(rooms: Rooms, client: httpx2.AsyncClient) -> None:
    await client.post(f"{HERE}/exact", data={"item": str(HOURS), "seq": "0"})
    await client.post(f"{HERE}/nouveau")
    await set_link(rooms, ends=1)
    for _ in range(3):
        answer = await client.post(f"{HERE}/nouveau")
        assert answer.headers["location"] == f"{HERE}?fait=lien"
    async with rooms.graph.reading() as unit:
        (waiting,) = await unit.outbox.waiting(MAIL_KINDS)
        rows = await unit.run("MATCH (o:Outbox {id: $id}) RETURN o.subjects[0] AS mail", id=waiting)
        mail = await Mails(unit).read(rows[0]["mail"])
        assert mail is not None
        first, second = await SignedLinks(unit).opened_by(key_of(TOKEN)), await SignedLinks(unit).read(mail.subjects[0])
    assert first is not None
    assert second is not None
    assert (mail.template, mail.recipient) == (Template.LINK, first.recipient)
    assert second.items == (BODY, CAPACITY, CONTACT)


async def test_two_answers_at_once_are_one(rooms: Rooms, client: httpx2.AsyncClient) -> None:
    exact = client.post(f"{HERE}/exact", data={"item": str(HOURS), "seq": "0"})
    corrections = [
        client.post(f"{HERE}/corriger", data={"item": str(HOURS), "seq": "0", "hours": hours})
        for hours in ("Tu 09:00-12:00", "We 09:00-12:00")
    ]
    answers = await asyncio.gather(exact, *corrections)
    ends = sorted(answer.headers["location"].partition("?fait=")[2] for answer in answers)
    assert ends.count("deja") + ends.count("entretemps") == 2
    assert (await held(rooms)).seq == 1


@pytest.mark.parametrize("gone", ["link", "listing"])
async def test_what_is_taken_away_between_the_look_and_the_act_is_not_acted_on(rooms: Rooms, gone: str) -> None:
    async with rooms.graph.reading() as unit:
        link = await SignedLinks(unit).opened_by(key_of(TOKEN))
    assert link is not None
    if gone == "link":
        await set_link(rooms, revoked=True)
    else:
        await rooms.graph.write(lambda unit: unit.run("MATCH (s:Service {id: 't:s'}) SET s.state = 'archived'"))
    viewer = make.viewer(by_link=link.id, account="", listing=SERVICE, groups=frozenset({FieldGroup.HOURS}))
    with pytest.raises(NotAllowed if gone == "link" else NotFound):
        await confirm_groups(rooms, viewer, HOURS.target, [HOURS.group], key="k", at=NOW, first=using(link, HOURS, NOW))
    assert (await held(rooms)).seq == 0
    assert await used(rooms) == set()


async def test_what_changed_meanwhile_is_not_vouched_for_unseen(rooms: Rooms, client: httpx2.AsyncClient) -> None:
    await client.post(f"{HERE}/corriger", data={"item": str(HOURS), "seq": "0", "hours": "Tu 14:00-17:00"})
    await set_link(rooms, used=[])
    await rooms.graph.write(lambda unit: unit.run("MATCH (r:Reply) DELETE r"))
    answer = await client.post(f"{HERE}/exact", data={"item": str(HOURS), "seq": "0"})
    assert answer.headers["location"] == f"{HERE}?fait=entretemps"
    assert (await held(rooms)).seq == 1
    assert await used(rooms) == set()


async def test_mails_stop_by_a_button_or_by_a_mail_programme_even_when_the_link_has_ended(
    rooms: Rooms, client: httpx2.AsyncClient
) -> None:
    await set_link(rooms, ends=1)
    bodies: list[dict[str, Any]] = [
        {"data": {"List-Unsubscribe": "One-Click"}},
        {"files": {"List-Unsubscribe": (None, "One-Click")}},
    ]
    for body in bodies:
        one_click = await client.post(f"{HERE}/arret", headers={"accept": "*/*"}, **body)
        assert one_click.status_code == 200
    async with rooms.graph.reading() as unit:
        assert await Correspondents(unit).of(["t:caf"]) == {}
    assert "Recevoir un nouveau lien" not in (await client.get(HERE)).text
    by_hand = await client.post(f"{HERE}/arret")
    assert by_hand.headers["location"] == f"{HERE}/arret?fait=arret"
    assert "ne vous écrira plus" in (await client.get(by_hand.headers["location"])).text


async def test_links_are_counted_apart_and_another_site_cannot_press_the_button(
    rooms: Rooms, client: httpx2.AsyncClient
) -> None:
    before = await everything(rooms)
    data = {"item": str(HOURS), "seq": "0"}
    refused = [
        {"origin": "https://autre.example"},
        {"origin": "null", "sec-fetch-site": "cross-site"},
        {"origin": "null"},
    ]
    for headers in refused:
        assert (await client.post(f"{HERE}/exact", data=data, headers=headers)).status_code == 403
    assert await everything(rooms) == before
    from_here = {"origin": "null", "sec-fetch-site": "same-origin"}
    assert (await client.post(f"{HERE}/exact", data=data, headers=from_here)).status_code == 303
    codes = [(await client.get(f"/lien/{number:043}")).status_code for number in range(LINKS_PER_MINUTE)]
    assert codes[0] == 404
    assert codes[-1] == 429
    assert (await client.get("/aide")).status_code == 200
