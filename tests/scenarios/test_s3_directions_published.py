"""S3 whole: a service becomes four territorial directions and its polyvalent service goes to another operator, on a day.

Prepared, tried in two variants, published, run and called off through the doors: GraphQL and the pages.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any, Final, LiteralString

import httpx2
import pytest

from api.actions.reorganising_run import run_due
from graph.model.access import Role
from graph.model.account import Account, Membership
from graph.model.casework.acts import Entry, MemberSet
from graph.model.casework.file import Actor, ActorKind, Identity, Member, MemberRole
from graph.model.relay import Ground, Tie
from graph.model.territory import Territory, TerritoryLevel
from graph.store.loading import Loader
from graph.store.unit import Graph, Unit
from search.embedded import EmbeddedEngine
from tests import make
from tests.api.inside import Inside, inside
from tests.store.casework.lives import Life

AT: Final = datetime.now(UTC).replace(microsecond=0)
ON: Final = (AT + timedelta(days=30)).date()
OLD, OPERATOR, POLYVALENT = "t:direction", "t:operateur", "t:polyvalent"
OLD_NAME: Final = "Direction de l’action sociale"
ROOT: Final = "/coordination/reorganisations"
# Each direction by its commune, with who works there afterwards.
COMMUNES: Final = {"25056": "Nord", "25462": "Sud", "25388": "Est", "25031": "Ouest"}
EACH: Final = 12
LEADS: Final[LiteralString] = "MATCH (f:File) WHERE f.state = 'open' RETURN f.id AS id, f.leadOrganisation AS lead"
PLAN: Final = """
mutation ($input: PlanReorganisationInput!) { planReorganisation(input: $input) {
  __typename ... on Reorganisation { id version state faults { move field text } } ... on Refusal { message } } }
"""
SETTLE: Final = """
mutation ($input: SettleReorganisationInput!) { %s(input: $input) {
  __typename ... on Reorganisation { id state } ... on Refusal { message } } }
"""
SEEN: Final = """
query ($id: ID!) { reorganisation(id: $id) { state on progress { moved { count } left { count } } comparison {
  files { count } handoffs { count } agreementsLapsing servicesWithoutSuccessor peopleWithoutPlace listingsChangingKeepers
  coverage { competence { id } lost gained communes { id } before { name } after { name } }
  units { id before { files { count } professionals } after { files { count } professionals } }
} } }
"""


def places() -> list[Territory]:
    more = [
        Territory(
            id=id_,
            name=name,
            level=TerritoryLevel.COMMUNE,
            zones=(id_, "departement:25", "pays:FR"),
            population=people,
        )
        for id_, name, people in (("25388", "Montbéliard", 26_000), ("25031", "Audincourt", 14_000))
    ]
    return [*make.territories(), *more]


def direction(commune: str) -> str:
    return f"t:direction-{COMMUNES[commune].lower()}"


def moves(*, files_to_operator: bool = False) -> list[dict[str, Any]]:
    """Four directions, the old one split among them by commune; the polyvalent service and its commune's files elsewhere."""
    made = [
        {
            "kind": "CREATE_BODY",
            "organisation": direction(commune),
            "name": f"Direction sociale de territoire {side}",
            "organisationKind": "CCAS",
            "territories": [commune],
        }
        for commune, side in COMMUNES.items()
    ]
    heirs = [{"organisation": direction(one), "scope": COMMUNES[one], "territories": [one]} for one in COMMUNES]
    made.append({"kind": "SPLIT_BODY", "organisation": OLD, "heirs": heirs})
    made += [
        {"kind": "MOVE_PROFESSIONAL", "organisation": OLD, "accounts": [f"pro-{one}"], "to": direction(one)}
        for one in COMMUNES
    ]
    made.append({"kind": "MOVE_SERVICE", "service": POLYVALENT, "to": OPERATOR})
    if files_to_operator:
        made.append(
            {
                "kind": "MOVE_FILES",
                "organisation": OLD,
                "to": OPERATOR,
                "rule": "BY_COMMUNE",
                "territories": ["25031"],
            }
        )
    return made


def lives() -> list[list[Entry]]:
    """Files of the old direction, as many in each commune, each led by who works there."""
    logs: list[list[Entry]] = []
    for commune in COMMUNES:
        by = Actor(kind=ActorKind.PROFESSIONAL, account=f"pro-{commune}", organisation=OLD, name=f"Pro {commune}")
        for _ in range(EACH):
            one = Life(AT - timedelta(hours=2), by).opened()
            member = Member(id="m1", role=MemberRole.ADULT, identity=Identity(name="Odile Martin", commune=commune))
            one.then(MemberSet(member=member))
            logs.append(
                [Entry(file=one.id, seq=seq, at=one.at, by=by, event=event) for seq, event in enumerate(one.events, 1)]
            )
    return logs


@pytest.fixture
async def site(empty_graph: Graph, tmp_path: Path) -> AsyncIterator[Inside]:
    records = [
        make.organisation(OLD, name=OLD_NAME, kind="CCAS", source="dila"),
        make.organisation(OPERATOR, name="Association Relais", kind="ASSOCIATION", source="dila"),
        make.service(POLYVALENT, name="Service social polyvalent", organisation=OLD, source="dila"),
        make.agreement("t:mandat", label="Mandat hôtelier", given_to=OLD, granted_by=(OPERATOR,), source="dila"),
    ]

    async def people(unit: Unit) -> None:
        for commune in COMMUNES:
            name = f"pro-{commune}"
            await unit.accounts.put(Account(id=name, email=f"{name}@example.org", name=f"Pro {commune}"))
            roles = frozenset({Role.PROFESSIONAL})
            await unit.accounts.put_membership(Membership(account=name, organisation=OLD, roles=roles))

    async with inside(empty_graph, tmp_path, *records) as made:
        loader = Loader(empty_graph, "carte")
        await loader.load(await loader.plan_territories(places()), lambda done: None)
        writer = await EmbeddedEngine(tmp_path / "index").aside()
        await writer.keep_places(places())
        elsewhere = make.organisation("t:ailleurs", name="Hôtels du Haut-Doubs")
        ties = (Tie(make.HOTEL, Ground.SPECIALISED),)
        listing = make.listing("organisation:t:ailleurs", organisation=elsewhere, ties=ties, covers=("25462",))
        await writer.replace((), [listing])
        await writer.commit()
        await writer.switch()
        await writer.close()
        await made.rooms.index.follow()
        await empty_graph.write(people)
        logs = lives()
        await empty_graph.write(lambda unit: unit.bulk.put(logs))
        yield made


@pytest.fixture
async def coordinator(site: Inside) -> AsyncIterator[httpx2.AsyncClient]:
    async with await site.signed_in(Role.COORDINATOR) as client:
        yield client


async def asked(client: httpx2.AsyncClient, query: str, **variables: Any) -> dict[str, Any]:
    answer = (await client.post("/graphql", json={"query": query, "variables": variables})).json()
    assert "errors" not in answer, answer["errors"]
    return answer["data"]


async def planned(client: httpx2.AsyncClient, title: str, said: list[dict[str, Any]], on: date = ON) -> str:
    given = {"title": title, "on": on.isoformat(), "moves": said, "idempotencyKey": title}
    made = (await asked(client, PLAN, input=given))["planReorganisation"]
    assert (made["__typename"], made.get("faults")) == ("Reorganisation", []), made
    return made["id"]


async def settled(client: httpx2.AsyncClient, act: str, id_: str) -> dict[str, Any]:
    given = {"reorganisation": id_, "idempotencyKey": f"{act}-{id_}"}
    return (await asked(client, SETTLE % act, input=given))[act]


async def leads(site: Inside) -> Counter[str]:
    """How many files each body leads: each file has one lead, and is there once."""
    async with site.rooms.graph.reading() as unit:
        rows = await unit.run(LEADS)
    assert len({row["id"] for row in rows}) == len(rows) == EACH * len(COMMUNES)
    assert all(row["lead"] for row in rows)
    return Counter(row["lead"] for row in rows)


async def shown(client: httpx2.AsyncClient, path: str) -> str:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text[:500]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.text)).replace("\u00a0", " "))


async def test_published_it_is_done_on_its_day_and_the_old_name_leads_to_the_four(
    site: Inside, coordinator: httpx2.AsyncClient
) -> None:
    id_ = await planned(coordinator, "Quatre directions", moves())
    seen = (await asked(coordinator, SEEN, id=id_))["reorganisation"]["comparison"]
    # Before and after: what each carries, who handles what, what falls.
    units = {one["id"]: one for one in seen["units"]}
    # A split by communes tells no number of files: asked commune by commune, a draft would find people.
    assert units[OLD]["before"] == {"files": {"count": None}, "professionals": 4}
    assert units[OLD]["after"] is None
    for commune in COMMUNES:
        assert units[direction(commune)]["after"] == {"files": {"count": None}, "professionals": 1}
    assert (seen["files"], seen["peopleWithoutPlace"], seen["servicesWithoutSuccessor"]) == (
        {"count": None},
        0,
        [],
    )
    assert seen["agreementsLapsing"] == ["Mandat hôtelier"]
    assert seen["listingsChangingKeepers"] == [POLYVALENT]
    rent = [one for one in seen["coverage"] if one["competence"]["id"] == make.RENT]
    assert all("Association Relais" in [who["name"] for who in one["after"]] for one in rent)
    assert {place["id"] for one in rent for place in one["communes"]} == set(COMMUNES)
    # The mandate ends with who held it: these communes lose their last relay for it, but for the one where another is left.
    lost = [one for one in seen["coverage"] if one["lost"] and one["competence"]["id"] == make.HOTEL]
    assert {place["id"] for one in lost for place in one["communes"]} == set(COMMUNES) - {"25462"}

    assert (await settled(coordinator, "publishReorganisation", id_))["state"] == "PUBLISHED"
    assert await run_due(site.rooms.graph, AT) == 0
    assert await leads(site) == {OLD: 48}
    page = await shown(coordinator, f"{ROOT}/{id_}")
    assert "Jusque-là, rien ne change." in page
    assert "Communes qui perdent un dernier relais, ou en gagnent un premier" in page

    assert await run_due(site.rooms.graph, AT + timedelta(days=30)) == 48
    assert await leads(site) == {direction(one): EACH for one in COMMUNES}
    seen = (await asked(coordinator, SEEN, id=id_))["reorganisation"]
    assert (seen["state"], seen["progress"]) == ("DONE", {"moved": {"count": 50}, "left": {"count": 0}})
    # What was before is no more: there is nothing to compare.
    assert seen["comparison"] is None
    assert (await coordinator.get(f"{ROOT}/{id_}/unites.csv")).status_code == 404
    async with site.rooms.graph.reading() as unit:
        listings = await unit.relays.listings_of([direction(one) for one in COMMUNES])
        formers = {one.organisation.name: {(f.name, f.scope) for f in one.formers} for one in listings}
        service = (await unit.directory.services([POLYVALENT]))[POLYVALENT]
    assert formers == {f"Direction sociale de territoire {side}": {(OLD_NAME, side)} for side in COMMUNES.values()}
    assert service.organisation == OPERATOR
    assert "Tout est fait." in await shown(coordinator, f"{ROOT}/{id_}")
    refused = await settled(coordinator, "callOffReorganisation", id_)
    assert refused["__typename"] == "InvalidInput"


async def test_of_two_variants_one_is_called_off_and_nothing_has_changed(
    site: Inside, coordinator: httpx2.AsyncClient
) -> None:
    one = await planned(coordinator, "Variante A", moves())
    other = await planned(coordinator, "Variante B", moves(files_to_operator=True))
    page = await shown(coordinator, f"{ROOT}/{one}/comparer/{other}")
    assert "Laquelle de ces deux variantes ?" in page
    assert (
        "Confier les dossiers des personnes de Audincourt de Direction de l’action sociale à Association Relais."
        in page
    )
    assert (await settled(coordinator, "publishReorganisation", other))["state"] == "PUBLISHED"
    assert (await settled(coordinator, "callOffReorganisation", other))["state"] == "CALLED_OFF"
    assert await run_due(site.rooms.graph, AT + timedelta(days=31)) == 0
    assert await leads(site) == {OLD: 48}
    assert "Annulée : rien n’a changé." in await shown(coordinator, f"{ROOT}/{other}")


async def test_it_is_prepared_on_the_pages_with_names_alone(site: Inside, coordinator: httpx2.AsyncClient) -> None:
    made = await coordinator.post(ROOT, data={"titre": "À la main", "date": ON.isoformat(), "cle": "k"})
    assert made.status_code == 303
    here = made.headers["location"]
    said = (
        {"geste": "create_body", "nom": "Direction Nord", "type": "CCAS", "territoires": "Besançon"},
        {"geste": "create_body", "nom": "Direction Sud", "type": "CCAS", "territoires": "Pontarlier, Montbéliard"},
        {
            "geste": "split_body",
            "organisme": OLD_NAME,
            "heritiers": "Direction Nord | le reste |\r\nDirection Sud | le Haut-Doubs | Pontarlier, Montbéliard",
        },
        {
            "geste": "move_professional",
            "organisme": OLD_NAME,
            "personnes": "Pro 25462",
            "vers": "Direction Sud",
            "dossiers": "oui",
        },
        {
            "geste": "move_service",
            "organisme": OLD_NAME,
            "objet": "Service social polyvalent",
            "vers": "Association Relais",
        },
        {"geste": "rename_body", "organisme": "Association Relais", "nom": "Association Relais et Territoires"},
    )
    for number, form in enumerate(said):
        answer = await coordinator.post(f"{here}/mouvements", data=form | {"cle": f"m{number}"})
        assert answer.status_code == 303, answer.text[-3000:]
    page = await shown(coordinator, here)
    assert "Confier le service « Service social polyvalent » à Association Relais" in page
    assert "À revoir" not in page
    # Someone who is not there, a second ending of one body: told at their place, in words.
    unknown = await coordinator.post(f"{here}/mouvements", data={"geste": "close_body", "organisme": "Nulle part"})
    assert unknown.status_code == 422
    assert "Aucun organisme ne porte le nom « Nulle part »" in unescape(unknown.text).replace("\u00a0", " ")
    await coordinator.post(f"{here}/mouvements", data={"geste": "close_body", "organisme": OLD_NAME, "cle": "twice"})
    assert "Deux mouvements disent cela de la même chose" in await shown(coordinator, here)
    held = await coordinator.post(f"{here}/publier", data={"confirme": "oui"})
    assert held.status_code == 422
    version = re.search(r'name="version" value="(\d+)"', (await coordinator.get(here)).text)
    assert version
    taken = await coordinator.post(f"{here}/mouvements/retirer", data={"place": "6", "version": version[1]})
    assert taken.status_code == 303
    unsaid = await coordinator.post(f"{here}/publier", data={"cle": "unsaid"})
    assert unsaid.status_code == 422
    assert "Cochez la case pour confirmer" in unsaid.text
    assert (await coordinator.post(f"{here}/publier", data={"confirme": "oui"})).status_code == 303
    assert "Publiée" in await shown(coordinator, here)
    assert "À la main" in await shown(coordinator, ROOT)
    for table, line in (("couverture", "Direction Nord"), ("unites", "Direction Sud;créé")):
        answer = await coordinator.get(f"{here}/{table}.csv")
        assert answer.headers["content-type"].startswith("text/csv")
        assert line in answer.text
    assert await leads(site) == {OLD: 48}
    assert (await coordinator.post(f"{here}/annuler", data={"cle": "off"})).status_code == 303


@pytest.mark.parametrize("role", [Role.HEAD_OF_SERVICE, Role.PROFESSIONAL, Role.VISITOR])
async def test_who_does_not_coordinate_neither_sees_nor_changes_a_plan(
    site: Inside, coordinator: httpx2.AsyncClient, role: Role
) -> None:
    id_ = await planned(coordinator, "Quatre directions", moves())
    async with await site.signed_in(role, OLD) as client:
        for path in (ROOT, f"{ROOT}/{id_}", f"{ROOT}/{id_}/comparer/{id_}", f"{ROOT}/{id_}/unites.csv"):
            assert (await client.get(path)).status_code in {303, 401, 403}, path
        for path in (
            ROOT,
            f"{ROOT}/{id_}",
            *(f"{ROOT}/{id_}/{act}" for act in ("mouvements", "mouvements/retirer", "publier", "annuler")),
        ):
            form = {
                "titre": "x",
                "date": ON.isoformat(),
                "geste": "close_body",
                "organisme": OLD,
                "place": "0",
                "confirme": "oui",
            }
            assert (await client.post(path, data=form)).status_code in {303, 401, 403}, path
    async with site.rooms.graph.reading() as unit:
        [plan] = await unit.reorganisations.all()
    assert (plan.title, plan.version, plan.state) == ("Quatre directions", 1, "draft")
