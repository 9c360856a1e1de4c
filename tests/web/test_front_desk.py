"""The front desk's pages: a contact in one send, followed from its page; who follows someone; the month; and nothing in clear."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from api.actions.casework import front_desk, looking_up
from graph.model.access import Role, Viewer
from graph.model.casework.acts import Closed, Erased, LeadMoved, MemberSet, PageSet
from graph.model.casework.contact import Contact, Sequel
from graph.model.casework.deciding import opened as decided
from graph.model.casework.file import (
    Actor,
    ActorKind,
    File,
    Identity,
    Lead,
    LeadCause,
    Member,
    MemberRole,
    Outcome,
    PersonPage,
)
from graph.model.casework.finding_again import MOST_AN_HOUR, MOST_OF_OWN_AN_HOUR, Sought
from graph.model.casework.grounds import Ground
from graph.model.directory import Contact as Reach
from graph.model.errors import InvalidInput, NotAllowed, NotFound, ReasonMissing, TooMuch
from graph.store import records
from graph.store.unit import Graph, Unit
from search.hours import PARIS
from tests import make
from tests.api.inside import Inside, inside

HERE, THERE = "t:caf", "t:autre"
NAME, BORN, PHONE = "Zébulon Quaresme", "1935-02-03", "03 81 55 66 77"
EVERYTHING = "MATCH (n) WHERE NOT n:Competence RETURN labels(n) AS labels, n{.*} AS node"


@pytest.fixture
async def site(empty_graph: Graph, tmp_path: Path) -> AsyncIterator[Inside]:
    """Two bodies; the second has a duty desk with a telephone of its own."""
    records = [
        make.organisation(HERE, name="Ici", source="dila", contact=Reach(phone="0381000001")),
        make.organisation(THERE, name="Ailleurs", source="dila", contact=Reach(phone="0381000002")),
        make.post("t:desk", organisation=THERE, duty_desk=True, contact=Reach(phone="0381000003")),
    ]
    async with inside(empty_graph, tmp_path, *records) as made:
        yield made


async def held(site: Inside) -> list[str]:
    async with site.rooms.graph.reading() as unit:
        return sorted(json.dumps(dict(row), default=str, sort_keys=True) for row in await unit.run(EVERYTHING))


async def rows(site: Inside, label: str) -> list[dict[str, Any]]:
    found = [json.loads(one) for one in await held(site)]
    return [one["node"] for one in found if label in one["labels"]]


def said(answer: httpx2.Response) -> str:
    text = re.sub(r"<[^>]+>", " ", answer.text)
    return " ".join(text.replace("\u00a0", " ").split())


def viewer(organisation: str, account: str) -> Viewer:
    return Viewer(
        account=account,
        name="Alix Essai",
        organisation=organisation,
        organisations=(organisation,),
        roles=frozenset({Role.PROFESSIONAL}),
    )


async def opened(site: Inside, organisation: str, account: str, *events: Any) -> File:
    """A file of Zébulon's there."""
    by = Actor(kind=ActorKind.PROFESSIONAL, account=account, organisation=organisation)
    at = datetime.now(UTC)
    who = Identity(name=NAME, born=datetime.fromisoformat(BORN).date(), phone=PHONE)

    async def write(unit: Unit) -> File:
        first = decided(by, (Member(id="m", role=MemberRole.ADULT, identity=who),), at)
        return await unit.files.append(None, by, at, first, *events)

    return await site.rooms.graph.write(write)


async def test_a_contact_takes_one_send_and_no_name(site: Inside) -> None:
    async with await site.signed_in(Role.PROFESSIONAL, HERE) as client:
        empty = await client.get("/accueil")
        assert "Les contacts du jour viendront ici" in said(empty)
        form = {"canal": "desk", "qui": "neighbour", "sexe": "woman", "age": "from_75", "ou": "Besançon"}
        form |= {"mots": "impayés de loyer", "faire": "repondu", "cle": "k1", "note": "Voisine inquiète."}
        answers = [await client.post("/accueil", data=form) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [303, 303]
        assert len({answer.headers["location"] for answer in answers}) == 1
        after = said(await client.get(answers[0].headers["location"]))
        assert "Contact noté. Accueil · Un voisin · Femme · 75 à 84 ans · Besançon (Doubs)" in after
        assert "répondu tout de suite" in after
    (request,) = await rows(site, "Request")
    assert (request["commune"], request["reasons"]) == ("25056", [make.RENT])
    # Neither the words that were read nor those that are kept are in the open.
    assert not [one for one in await held(site) if "inquiète" in one or "impayés de loyer" in one]


async def test_reasons_are_chips_and_one_that_was_unticked_stays_away(site: Inside) -> None:
    async with await site.signed_in(Role.PROFESSIONAL, HERE) as client:
        read = await client.post("/accueil/lire", data={"mots": "impayés de loyer", "ou": "Besançon", "cle": "k"})
        assert f'name="c" value="{make.RENT}" checked' in read.text
        assert 'value="Besançon"' in read.text and 'name="cle" value="k"' in read.text
        told = await client.post("/accueil/mots", data={"mots": "impayés de loyer"})
        assert make.RENT in [reason["id"] for reason in told.json()["reasons"]]
        form = {"mots": "impayés de loyer", "lu": make.RENT, "faire": "suite", "cle": "k"}
        answer = await client.post("/accueil", data=form)
    assert answer.headers["location"].startswith("/accueil/contact/")
    (request,) = await rows(site, "Request")
    assert make.RENT not in request["reasons"]


async def test_danger_puts_the_numbers_first_and_keeps_what_was_typed(site: Inside) -> None:
    async with await site.signed_in(Role.PROFESSIONAL, HERE) as client:
        for path, words in (("/accueil/danger", "il est tombé"), ("/accueil/lire", "il veut se suicider")):
            shown = await client.post(path, data={"mots": words, "qui": "relative", "cle": "k"})
            assert shown.text.index('href="tel:15"') < shown.text.index('id="contact"')
            assert 'value="relative" selected' in shown.text and f'value="{words}"' in shown.text
            assert 'name="danger" value="1"' in shown.text
        answer = await client.post("/accueil", data={"danger": "1", "faire": "suite", "cle": "k"})
        page = await client.get(answer.headers["location"])
        assert page.text.index('href="tel:15"') < page.text.index("Déjà suivi")


async def test_a_wrong_field_is_named_and_nothing_is_lost(site: Inside) -> None:
    async with await site.signed_in(Role.PROFESSIONAL, HERE) as client:
        before = await held(site)
        refused = await client.post("/accueil", data={"ou": "Nullepart-les-Bains", "sexe": "man", "cle": "k"})
        assert refused.status_code == 422
        assert "« Nullepart-les-Bains » n’est pas connu" in said(refused)
        assert 'value="man" checked' in refused.text
        assert (await client.post("/accueil", data={"canal": "fumée", "cle": "k"})).status_code == 422
        assert await held(site) == before


async def test_corrected_voided_and_back(site: Inside) -> None:
    async with await site.signed_in(Role.PROFESSIONAL, HERE) as client:
        where = (await client.post("/accueil", data={"faire": "suite", "cle": "a"})).headers["location"]
        fixed = await client.post(f"{where}/corriger", data={"sexe": "man", "mots": "RSA", "cle": "b"})
        assert fixed.status_code == 303
        assert "Homme" in said(await client.get(where))
        assert (await client.post(f"{where}/annuler", data={"cle": "c"})).status_code == 303
        gone = await client.get(where)
        assert "il ne compte nulle part" in said(gone)
        month = f"{datetime.now(PARIS):%Y-%m}"
        assert "Aucun contact noté" in said(await client.get(f"/accueil/rapport/{month}"))
        assert (await client.post(f"{where}/annuler", data={"cle": "d"})).status_code == 409
        assert (await client.post(f"{where}/retablir", data={"cle": "e"})).status_code == 303
        assert "1 contact noté" in said(await client.get(f"/accueil/rapport/{month}"))
    async with site.rooms.graph.reading() as unit:
        (request,) = await rows(site, "Request")
        log = await unit.requests.log(request["id"])
    assert [type(one.event).__name__ for one in log] == ["Recorded", "Corrected", "Voided", "Restored"]


async def test_what_was_not_found_hangs_on_the_contact(site: Inside) -> None:
    async with await site.signed_in(Role.PROFESSIONAL, HERE) as client:
        form = {"mots": "impayés de loyer", "ou": "Besançon", "faire": "suite", "cle": "a"}
        where = (await client.post("/accueil", data=form)).headers["location"]
        without = await client.post(f"{where}/suite", data={"faire": "sans-relais", "motif": make.RENT, "cle": "b"})
        assert without.status_code == 422 and await rows(site, "NoRelay") == []
        form = {"faire": "sans-relais", "motif": make.RENT, "cause": "no_capacity", "cle": "c"}
        assert (await client.post(f"{where}/suite", data=form)).status_code == 303
        assert "pas de place" in said(await client.get(where))
        (found,) = await rows(site, "NoRelay")
        assert (found["cause"], found["competence"], found["commune"]) == ("no_capacity", make.RENT, "25056")
        await client.post(f"{where}/corriger", data={"mots": "impayés de loyer", "ou": "", "cle": "c2"})
        assert [one.get("commune") for one in await rows(site, "NoRelay")] == [""]
        form = {"faire": "orienter", "relais": f"organisation:{THERE}", "motif": make.RENT, "cle": "d"}
        await client.post(f"{where}/suite", data=form)
        assert "Orienté : Ailleurs" in said(await client.get(where))
        await client.post(f"{where}/annuler", data={"cle": "e"})
        assert await rows(site, "NoRelay") == []


async def test_a_contact_becomes_a_file_and_its_watch_is_owed(site: Inside) -> None:
    async with await site.signed_in(Role.PROFESSIONAL, HERE) as client:
        form = {"mots": "impayés de loyer", "ou": "Besançon", "sexe": "man", "faire": "suite", "cle": "a"}
        where = (await client.post("/accueil", data=form)).headers["location"]
        day = (datetime.now(UTC) + timedelta(days=7)).date().isoformat()
        none = {"faire": "sans-relais", "motif": make.RENT, "cause": "no_capacity", "cle": "n"}
        await client.post(f"{where}/suite", data=none)
        form = {"faire": "veille", "nom": NAME, "ne": BORN, "objet": "Appeler le jeudi", "le": day, "cle": "b"}
        form |= {"transitoire": "1"}
        assert (await client.post(f"{where}/suite", data=form | {"le": ""})).status_code == 422
        assert await rows(site, "File") == []
        wrong = await client.post(f"{where}/suite", data=form | {"ne": "hier", "adresse": "3 rue Battant"})
        assert wrong.status_code == 422
        assert all(f'value="{typed}"' in wrong.text for typed in (NAME, "3 rue Battant", "Appeler le jeudi", day))
        assert await rows(site, "File") == []
        there = [(await client.post(f"{where}/suite", data=form)).headers["location"] for _ in range(2)]
        assert there[0] == there[1]
        # Another attempt opens no second file; the cause went into the first.
        assert (await client.post(f"{where}/suite", data=form | {"cle": "b2"})).status_code == 409
        assert len(await rows(site, "File")) == 1
        assert [one.get("request") for one in await rows(site, "NoRelay")] == [None]
        id_ = there[0].removeprefix("/dossier/")
        assert "Un dossier a été ouvert" in said(await client.get(where))
        assert (await client.post(f"{where}/annuler", data={"cle": "c"})).status_code == 409
        listed = said(await client.get("/accueil/transitoires"))
        assert "0 jour" in listed and "Réduire les impayés de loyer : pas de place" in listed
        outside = await client.get(f"/dossier/{id_}/intervention")
        assert "Veille : Appeler le jeudi" in said(outside)
    (file,) = await rows(site, "File")
    assert (file["id"], file["transitional"]) == (id_, True)
    assert sorted(one["what"] for one in await rows(site, "NextAction")) == ["look_again", "place_need", "review_file"]
    assert not [one for one in await held(site) if "Zébulon" in one or "Quaresme" in one or "jeudi" in one]


async def test_an_emergency_without_the_competent_partner_is_refused(site: Inside) -> None:
    account = (await site.account(Role.PROFESSIONAL, HERE)).id
    file = await opened(site, HERE, account)
    path = f"/dossier/{file.id}/intervention"
    async with await site.signed_in(Role.PROFESSIONAL, HERE) as client:
        form = {"faire": "urgence", "texte": "Chauffage d’appoint porté.", "cle": "a"}
        for more in ({}, {"partenaire": "Service d’hygiène"}, {"prevenu": "2026-03-05T10:00"}):
            refused = await client.post(path, data=form | more)
            assert refused.status_code == 422 and "Chauffage d’appoint porté." in refused.text
        whole = form | {"partenaire": "Service d’hygiène", "prevenu": "2026-03-05T10:00"}
        assert (await client.post(path, data=whole)).status_code == 303
        visit = {"faire": "visite", "texte": "Vu chez lui.", "vue": "1", "cle": "b"}
        assert (await client.post(path, data=visit)).status_code == 303
        report = await client.get(f"/accueil/rapport/{datetime.now(PARIS):%Y-%m}.csv")
    lines = report.text.removeprefix("\ufeff").split("\r\n")
    assert "activite;Visites;1" in lines and "activite;Interventions d’urgence;1" in lines
    assert "activite;Dossiers ouverts dans le mois;1" in lines
    async with site.rooms.graph.reading() as unit:
        log = await unit.files.log(file.id)
    assert [one.act for one in log] == ["Opened", "Noted", "Noted"]
    assert getattr(log[1].event, "to", "") == "Service d’hygiène"


# ------------------------------------------------------------------ already followed? by whom?


async def test_ones_own_files_are_found_by_name_or_telephone(site: Inside) -> None:
    account = (await site.account(Role.PROFESSIONAL, HERE)).id
    file = await opened(site, HERE, account)
    async with await site.signed_in(Role.PROFESSIONAL, HERE) as client:
        for who in ({"nom": "QUARESME Zebulon", "ne": BORN}, {"tel": "+33 3 81 55 66 77"}):
            found = await client.post("/accueil/suivi", data=who | {"mots": "loyer", "cle": "k"})
            assert "Suivi par Ici , professional.caf" in said(found) and f'href="/dossier/{file.id}"' in found.text
            assert 'name="mots" value="loyer"' in found.text
        nobody = await client.post("/accueil/suivi", data={"tel": "03 81 00 00 99"})
        assert "Personne ne suit" in said(nobody)
        assert (await client.post("/accueil/suivi", data={"nom": NAME})).status_code == 422
    assert len(await rows(site, "Lookup")) == 3


async def test_the_list_of_files_finds_the_houses_own_and_no_other(site: Inside) -> None:
    account = (await site.account(Role.PROFESSIONAL, HERE)).id
    file = await opened(site, HERE, account)
    elsewhere = await opened(site, THERE, "someone")
    async with await site.signed_in(Role.PROFESSIONAL, HERE) as client:
        for who in ({"nom": "QUARESME Zebulon", "ne": BORN}, {"tel": PHONE}):
            found = await client.post("/dossiers/chercher", data=who)
            told = found.text.partition('id="chercher"')[2].partition("</details>")[0]
            assert re.findall(r'href="(/dossier/\w+)"', told) == [f"/dossier/{file.id}"]
            assert elsewhere.id not in found.text
            assert found.headers["cache-control"] == "private, no-store"
        assert "Personne ne suit" in said(await client.post("/dossiers/chercher", data={"tel": "03 81 00 00 99"}))
        looks = await rows(site, "Lookup")
        for wrong in ({"nom": NAME}, {"nom": NAME, "ne": "hier"}):
            refused = await client.post("/dossiers/chercher", data=wrong)
            assert refused.status_code == 422
            assert f'value="{NAME}"' in refused.text and "La recherche n’a pas été faite" in said(refused)
        assert await rows(site, "Lookup") == looks
        reads = await client.get(f"/dossier/{file.id}/lectures")
        assert said(reads).count("dans son propre service") == 2
    assert (len(looks), {one["file"] for one in await rows(site, "LookupHit")}) == (3, {file.id})


async def test_another_organisations_file_is_told_on_a_ground_and_no_more_than_whom_to_call(site: Inside) -> None:
    file = await opened(site, THERE, "t:else")
    async with await site.signed_in(Role.PROFESSIONAL, HERE) as client:
        who = {"nom": NAME, "ne": BORN}
        assert "Personne ne suit" in said(await client.post("/accueil/suivi", data=who))
        refused = await client.post("/accueil/suivi", data=who | {"reseau": "1"})
        assert refused.status_code == 422 and "dites à quel titre" in said(refused)
        told = await client.post("/accueil/suivi", data=who | {"reseau": "1", "titre": "accord"})
        assert "Suivi par Ailleurs" in said(told) and "03 81 00 00 03" in said(told)
        assert file.id not in told.text
        hit = re.search(r'name="lien" value="(\w+)"', told.text)
        assert hit
        done = await client.post("/accueil", data={"lien": hit[1], "faire": "", "cle": "k"})
        assert done.status_code == 303
        assert "remis en lien" in said(await client.get(done.headers["location"]))
    async with site.rooms.graph.reading() as unit:
        (told_hit,) = await unit.lookups.hits_on(file.id)
        after = await unit.files.load(file.id)
    assert (told_hit.organisation, told_hit.ground) == (HERE, "accord")
    assert after and [one.organisation for one in after.to_call.values()] == [HERE]
    assert [one["organisation"] for one in await rows(site, "NextAction") if one["what"] == "call_back"] == [THERE]


async def test_a_contact_is_noted_even_where_the_call_could_not_be_asked_for(site: Inside) -> None:
    async with await site.signed_in(Role.PROFESSIONAL, HERE) as client:
        answer = await client.post("/accueil", data={"lien": "0" * 32, "cle": "k"})
        assert answer.status_code == 404
        assert "Contact noté." in said(answer) and "Le rappel n’a pas été demandé" in said(answer)
    (request,) = await rows(site, "Request")
    assert json.loads(request["told"])["sequels"] == []


async def test_nothing_is_told_where_home_is_the_danger_nor_of_what_is_closed(site: Inside) -> None:
    asker = viewer(HERE, "t:asker")
    sought = Sought(name=NAME, born=datetime.fromisoformat(BORN).date())
    await opened(site, THERE, "t:else", PageSet(page=PersonPage(danger_at_home=True)))
    await opened(site, THERE, "t:else", Closed(outcome=Outcome.MET, text="Fini."))
    assert await looking_up.look_up(site.rooms, asker, sought, network=True, ground=Ground.ACCORD) == []
    own = viewer(THERE, "t:else")
    assert len(await looking_up.look_up(site.rooms, own, sought)) == 2


async def test_tokens_follow_who_leads_and_go_with_the_person(site: Inside) -> None:
    file = await opened(site, THERE, "t:else")
    here, there = viewer(HERE, "t:asker"), viewer(THERE, "t:else")
    sought = Sought(phone=PHONE)
    assert [len(await looking_up.look_up(site.rooms, one, sought)) for one in (here, there)] == [0, 1]
    by = Actor(kind=ActorKind.SYSTEM)

    async def write(event: Any) -> None:
        async def act(unit: Unit) -> None:
            now = await unit.files.load(file.id)
            await unit.files.append(now, by, datetime.now(UTC), event)

        await site.rooms.graph.write(act)

    moved = Lead(organisation=HERE, since=datetime.now(UTC), cause=LeadCause.REORGANISED)
    await write(LeadMoved(lead=moved))
    assert [len(await looking_up.look_up(site.rooms, one, sought)) for one in (here, there)] == [1, 0]
    await write(MemberSet(member=Member(id="m", role=MemberRole.ADULT, identity=Identity(name=NAME))))
    assert await rows(site, "LookupToken") == []
    await write(MemberSet(member=Member(id="m", role=MemberRole.ADULT, identity=Identity(phone=PHONE))))
    assert len(await rows(site, "LookupToken")) == 1
    await write(Erased())
    assert await rows(site, "LookupToken") == []


async def test_who_may_not_look_learns_nothing_and_writes_nothing(site: Inside) -> None:
    await opened(site, THERE, "t:else")
    sought = Sought(phone=PHONE)
    before = await held(site)
    machine = Viewer(account="t:m", organisation=HERE, roles=frozenset({Role.PROFESSIONAL}), machine=True)
    keeper = make.viewer()
    for asker in (Viewer(), machine, keeper):
        with pytest.raises(NotAllowed):
            await looking_up.look_up(site.rooms, asker, sought, network=True, ground=Ground.ACCORD)
    asker = viewer(HERE, "t:asker")
    with pytest.raises(ReasonMissing):
        await looking_up.look_up(site.rooms, asker, sought, network=True)
    with pytest.raises(InvalidInput):
        await looking_up.look_up(site.rooms, asker, Sought(name=NAME))
    assert await held(site) == before


async def test_a_list_of_names_is_not_tried_out(site: Inside) -> None:
    asker = viewer(HERE, "t:asker")

    async def look(_: int) -> bool:
        try:
            await looking_up.look_up(site.rooms, asker, Sought(phone=PHONE), network=True, ground=Ground.ACCORD)
        except TooMuch:
            return False
        return True

    assert all([await look(number) for number in range(MOST_AN_HOUR)])
    before = await held(site)
    with pytest.raises(TooMuch):
        await looking_up.look_up(site.rooms, asker, Sought(phone=PHONE), network=True, ground=Ground.ACCORD)
    assert await held(site) == before
    # In one's own files one may go on, for longer.
    assert await looking_up.look_up(site.rooms, asker, Sought(phone=PHONE)) == []


@pytest.mark.parametrize(("network", "most"), [(True, MOST_AN_HOUR), (False, MOST_OF_OWN_AN_HOUR)])
async def test_a_list_is_not_tried_out_side_by_side_either(site: Inside, network: bool, most: int) -> None:
    asker = viewer(HERE, "t:asker")

    async def look(_: int) -> bool:
        try:
            await looking_up.look_up(
                site.rooms, asker, Sought(phone=PHONE), network=network, ground=Ground.ACCORD if network else None
            )
        except TooMuch:
            return False
        return True

    # All but five one after the other: what races is the edge.
    assert all([await look(number) for number in range(most - 5)])
    told = await asyncio.gather(*(look(number) for number in range(20)))
    assert sum(told) == 5
    assert len(await rows(site, "Lookup")) == most


async def test_a_look_is_for_a_contact_of_ones_own_house(site: Inside) -> None:
    contacts = [
        await front_desk.record(site.rooms, viewer(one, f"t:{one}"), Contact(), key="k") for one in (HERE, THERE)
    ]
    own, other = (contact.id for contact in contacts)
    asker = viewer(HERE, "t:asker")
    before = await held(site)
    for request in (other, "0" * 32):
        with pytest.raises(InvalidInput) as refused:
            await looking_up.look_up(site.rooms, asker, Sought(phone=PHONE), request=request)
        assert refused.value.field == "request"
    assert await held(site) == before
    await looking_up.look_up(site.rooms, asker, Sought(phone=PHONE), request=own)
    assert [one["request"] for one in await rows(site, "Lookup")] == [own]


async def test_a_health_number_is_kept_nowhere_and_words_leave_no_digest(site: Inside) -> None:
    desk, number = viewer(HERE, "t:desk"), "1 84 12 76 451 089 46"
    words = "Voisine inquiète."
    made = await front_desk.record(site.rooms, desk, Contact(), key="k", words=words)
    before = await held(site)
    with pytest.raises(InvalidInput, match="sécurité sociale"):
        await front_desk.record(site.rooms, desk, Contact(), key="k2", words=number)
    with pytest.raises(InvalidInput, match="sécurité sociale"):
        await front_desk.correct(site.rooms, desk, made.id, Contact(), key="k3", words=number)
    with pytest.raises(InvalidInput, match="sécurité sociale"):
        await front_desk.follow(site.rooms, desk, made.id, Sequel.ORIENTED, key="k4", to=number)
    assert await held(site) == before
    (reply,) = await rows(site, "Reply")
    assert reply["input"] != records.digest(("request", Contact(), words))
    assert (await front_desk.record(site.rooms, desk, Contact(), key="k", words=words)).id == made.id


async def test_an_answer_is_good_for_whoever_asked_and_not_for_long(site: Inside) -> None:
    file = await opened(site, THERE, "t:else")
    asker = viewer(HERE, "t:asker")
    found = await looking_up.look_up(site.rooms, asker, Sought(phone=PHONE), network=True, ground=Ground.DANGER)
    (answer,) = found
    for other in (viewer(HERE, "t:colleague"), viewer("t:third", "t:asker")):
        with pytest.raises(NotFound):
            await looking_up.relink(site.rooms, other, answer.hit, key="k")
    later = datetime.now(UTC) + timedelta(hours=13)
    with pytest.raises(InvalidInput):
        await looking_up.relink(site.rooms, asker, answer.hit, key="k", at=later)
    told = [await looking_up.relink(site.rooms, asker, answer.hit, key="k") for _ in range(2)]
    assert told == [THERE, THERE]
    async with site.rooms.graph.reading() as unit:
        after = await unit.files.load(file.id)
    assert after and len(after.to_call) == 1


async def test_another_doors_contacts_look_like_none(site: Inside) -> None:
    async with await site.signed_in(Role.PROFESSIONAL, HERE) as client:
        where = (await client.post("/accueil", data={"faire": "suite", "cle": "a"})).headers["location"]
    before = await held(site)
    absent = "/accueil/contact/" + "0" * 32
    async with await site.signed_in(Role.PROFESSIONAL, THERE) as stranger:
        pages = [await stranger.get(path) for path in (where, absent)]
        assert [page.status_code for page in pages] == [404, 404]
        for gesture in ("corriger", "annuler", "retablir", "suivi", "suite"):
            form = {"cle": "k", "faire": "repondu", "tel": PHONE}
            assert (await stranger.post(f"{where}/{gesture}", data=form)).status_code == 404
    async with site.client() as visitor:
        for path in ("/accueil", where, "/accueil/rapport/2026-03", "/accueil/transitoires"):
            assert (await visitor.get(path)).headers["location"].startswith("/connexion")
        for path in ("/accueil", "/accueil/suivi", "/accueil/lire", "/accueil/mots", f"{where}/annuler"):
            assert (await visitor.post(path, data={"cle": "k"})).headers["location"].startswith("/connexion")
    async with await site.signed_in(Role.LISTING_EDITOR, HERE) as editor:
        assert (await editor.get("/accueil")).status_code == 403
        assert (await editor.post("/accueil", data={"cle": "k"})).status_code in {403, 422}
    kept = [one for one in await held(site) if '"Session"' not in one and "listing_editor" not in one]
    assert [one for one in kept if '"Request' in one] == [one for one in before if '"Request' in one]
