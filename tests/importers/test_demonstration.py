"""The made network is whole, harmless, and says what the scenarios need; a bad entry is set aside alone."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from pathlib import Path

import opening_hours
import pytest

from graph.model.directory import (
    AgreementKind,
    Batch,
    Contact,
    HolderRole,
    Mode,
    Organisation,
    Post,
    Public,
    Service,
    SuccessionKind,
)
from graph.model.territory import Point, Territory
from graph.model.vocabulary import competences, kinds, rules_for
from graph.model.wording import emergency_numbers
from importers.report import Refused
from importers.sources.demonstration.get import HERE, Document, read
from importers.sources.demonstration.transform import transform
from importers.sources.territory import get as territory_get
from importers.sources.territory import transform as territory_transform

TODAY = date(2026, 3, 2)
FICTION = re.compile(r"(01 99 00|02 61 91|03 53 01|04 65 71|05 36 49) \d\d \d\d")
HAUTS_DE_SEINE = "departement:92"
HOTEL = "logement-hebergement--hebergement-hotelier-des-familles"

GOOD = """
[communes.25056]
name = "Besançon"
postcode = "25000"
lat = 47.24
lon = 6.02

[defaults]
covers = ["departement:25"]

[[organisation]]
id = "caf"
name = "CAF du Doubs"
kind = "CAF"
address = "1 rue du Test"
commune = "25056"
hours = "Mo-Fr 09:00-12:00"
phone = "03 53 01 00 01"
vouched_days_ago = 10

[[organisation.service]]
id = "rsa"
name = "RSA"
competences = ["droits-et-prestations--rsa"]

[[organisation.post]]
id = "accueil"
label = "Accueil"
holders = [{ name = "Zoé Essai", function = "accueillante", leave_in_days = -1, leave_days = 3 }]
"""


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    return read()


@pytest.fixture(scope="module")
def batch(documents: list[Document]) -> Batch:
    made, refused = transform(documents, TODAY)
    assert refused == ()
    return made


@pytest.fixture(scope="module")
def territories() -> dict[str, Territory]:
    found, _ = territory_transform.transform(territory_get.read())
    return {territory.id: territory for territory in found}


def by_id(batch: Batch) -> dict[str, Organisation]:
    return {organisation.id: organisation for organisation in batch.organisations}


def services_of(batch: Batch, organisation: str) -> list[Service]:
    return [service for service in batch.services if service.organisation == organisation]


def posts_of(batch: Batch, organisation: str) -> list[Post]:
    return [post for post in batch.posts if post.organisation == organisation]


def listed(batch: Batch) -> list[Organisation | Service | Post]:
    return [*batch.organisations, *batch.services, *batch.posts]


def texts(record: object) -> list[str]:
    """Every text inside a record, however deep."""
    if isinstance(record, str):
        return [record]
    if isinstance(record, tuple):
        return [text for element in record for text in texts(element)]
    if is_dataclass(record):
        return [text for field in fields(record) for text in texts(getattr(record, field.name))]
    return []


def taken(folder: Path, document: str, name: str = "essai.toml") -> tuple[Batch, tuple[Refused, ...]]:
    (folder / name).write_text(document, encoding="utf-8")
    return transform(read(folder), TODAY)


def test_it_is_as_rich_as_the_product_shows(batch: Batch) -> None:
    sizes = {field.name: len(getattr(batch, field.name)) for field in fields(batch)}
    assert sizes == {
        "organisations": 348,
        "successions": 54,
        "services": 420,
        "professionals": 424,
        "posts": 224,
        "agreements": 5,
    }


def test_competences_kinds_and_territories_are_in_the_closed_lists(
    batch: Batch, territories: dict[str, Territory]
) -> None:
    placed = [record.place.territory for record in (*batch.organisations, *batch.services) if record.place]
    covered = [code for record in (*listed(batch), *batch.agreements) for code in record.covers]
    handled = [
        competence for record in (*batch.services, *batch.posts, *batch.agreements) for competence in record.competences
    ]
    assert set(placed) | set(covered) <= territories.keys()
    assert set(handled) <= competences().keys()
    assert {organisation.kind for organisation in batch.organisations} <= kinds().keys()


def test_communes_agree_with_the_territories(documents: list[Document], territories: dict[str, Territory]) -> None:
    tables = next(document.tables["communes"] for document in documents if document.name == "communes.toml")
    assert isinstance(tables, dict)
    for code, table in tables.items():
        territory = territories[code]
        assert territory.name.startswith(table["name"])
        assert table["postcode"] in territory.postcodes
        assert territory.point is not None
        assert territory.point.distance_km(Point(table["lat"], table["lon"])) < 2


def test_ids_are_unique_and_references_resolve(batch: Batch) -> None:
    everything = (*listed(batch), *batch.professionals, *batch.agreements)
    assert [id_ for id_, times in Counter(record.id for record in everything).items() if times > 1] == []
    assert all(record.id.startswith("demo:") for record in everything)
    organisations = by_id(batch).keys()
    named = {organisation.part_of for organisation in batch.organisations} - {""}
    named |= {record.organisation for record in (*batch.services, *batch.posts)}
    named |= {id_ for succession in batch.successions for id_ in (succession.predecessor, succession.successor)}
    named |= {id_ for agreement in batch.agreements for id_ in (*agreement.granted_by, agreement.given_to)}
    named |= {id_ for professional in batch.professionals for id_ in professional.organisations}
    assert named <= organisations
    holders = {holder.professional for post in batch.posts for holder in post.holders}
    assert holders == {professional.id for professional in batch.professionals}


def test_nothing_in_it_reaches_anyone(batch: Batch) -> None:
    contacts = [record.contact for record in listed(batch)]
    phones = {contact.phone for contact in contacts} - {""}
    assert [phone for phone in phones if not FICTION.fullmatch(phone) and phone not in emergency_numbers()] == []
    emails = {contact.email for contact in contacts} - {""}
    assert [email for email in emails if not re.fullmatch(r"[a-z0-9.-]+@example\.org", email)] == []
    urls = {contact.url for contact in contacts} - {""}
    assert [url for url in urls if not re.fullmatch(r"https://[a-z0-9-]+\.example\.org", url)] == []
    assert all(record.demonstration for record in (*listed(batch), *batch.professionals, *batch.agreements))


def test_every_opening_hours_string_parses(batch: Batch) -> None:
    hours = {record.hours for record in listed(batch)} - {""}
    assert [one for one in hours if not opening_hours.validate(one)] == []


def test_what_is_read_on_screen_is_typeset(batch: Batch) -> None:
    sloppy = re.compile(r"'|\.\.\.|\w[;:!?](\s|$)|\{|  ")
    said = [text for field in fields(batch) for record in getattr(batch, field.name) for text in texts(record)]
    hours = {record.hours for record in listed(batch)}
    assert [text for text in said if sloppy.search(text) and text not in hours] == []


def test_every_competence_has_an_answer_in_besancon(batch: Batch) -> None:
    zones = {"25056", "epci:242500361", "departement:25", "region:27", "pays:FR"}
    offered = {
        competence for service in batch.services if zones & {*service.covers} for competence in service.competences
    }
    by_law = {
        rule.competence
        for organisation in batch.organisations
        if zones & {*organisation.covers} and organisation.closed_on is None
        for rule in rules_for(organisation.kind)
    }
    assert competences().keys() - offered - by_law == set()
    assert competences().keys() - offered == {"souvrir-a-linternational--sorganiser-suite-a-son-retour-en-france"}


def test_sessions_outside_the_walls_have_their_own_place_and_days(batch: Batch) -> None:
    session = next(service for service in batch.services if service.id == "demo:cpam-doubs--permanence-pontarlier")
    assert session.place is not None
    assert (session.place.territory, session.place.city, session.hours) == (
        "25462",
        "Pontarlier",
        "Tu 09:00-12:00,13:30-16:30; PH off",
    )
    assert session.contact == by_id(batch)["demo:cpam-doubs"].contact


def test_what_is_given_only_at_a_distance_has_no_place(batch: Batch) -> None:
    remote = [service for service in batch.services if service.modes == (Mode.A_DISTANCE,)]
    assert len(remote) == 31
    assert {service.place for service in remote} == {None}


def test_the_hotel_mandate_of_paris(batch: Batch) -> None:
    [mandate] = [agreement for agreement in batch.agreements if agreement.kind is AgreementKind.MANDAT_DE_GESTION]
    assert mandate.granted_by == ("demo:ase-paris",)
    assert mandate.given_to == "demo:samu-social-paris"
    assert (mandate.competences, mandate.covers, mandate.publics) == ((HOTEL,), ("departement:75",), (Public.FAMILLES,))
    assert (mandate.since, mandate.until) == (TODAY - timedelta(days=900), TODAY + timedelta(days=560))
    assert (mandate.capacity, mandate.unit, mandate.unit_price) == (30_000, "nuitées par jour", 18.2)
    assert len(mandate.payers) == 3
    operator = by_id(batch)["demo:samu-social-paris"]
    assert (operator.kind, operator.part_of) == ("SAMU_SOCIAL_115", "demo:siao-paris")
    rooms = next(service for service in batch.services if service.id == "demo:samu-social-paris--reservation")
    assert rooms.capacity is not None
    assert rooms.capacity.places_free == 140


def test_the_polyvalent_services_of_paris_lead_to_the_new_ones(batch: Batch) -> None:
    carried = {step.predecessor: step for step in batch.successions if step.predecessor.startswith("demo:ssdp-")}
    assert len(carried) == 17
    organisations = by_id(batch)
    for old, step in carried.items():
        assert (step.kind, step.on) == (SuccessionKind.TRANSFERRED, date(2016, 1, 1))
        assert organisations[old].closed_on == step.on
        assert organisations[step.successor].covers == organisations[old].covers
    directions = [id_ for id_ in organisations if id_.startswith("demo:dst-")]
    assert len(directions) == 4
    under = Counter(organisations[step.successor].part_of for step in carried.values())
    assert under.keys() == set(directions)


def test_a_direction_carved_into_four_leaves_each_arrondissement_to_one(batch: Batch) -> None:
    old = "demo:direction-action-sociale"
    steps = [step for step in batch.successions if step.predecessor == old]
    organisations = by_id(batch)
    assert {(step.kind, step.on) for step in steps} == {(SuccessionKind.SPLIT, organisations[old].closed_on)}
    left = Counter(code for step in steps for code in organisations[step.successor].covers)
    assert left == {f"751{number:02}": 1 for number in range(1, 21)}
    assert len({step.scope for step in steps}) == 4


def territorial_services(batch: Batch) -> list[Organisation]:
    return [one for one in batch.organisations if one.id.startswith("demo:sst-") and one.id.count("--") == 0]


def test_thirteen_territorial_services_cover_each_commune_once(batch: Batch, territories: dict[str, Territory]) -> None:
    communes = {id_ for id_, territory in territories.items() if HAUTS_DE_SEINE in territory.zones and id_.isdigit()}
    covered = Counter(code for service in territorial_services(batch) for code in service.covers)
    assert len(territorial_services(batch)) == 13
    assert covered == dict.fromkeys(communes, 1)
    assert len(covered) == 36


def test_each_territorial_service_has_three_units_and_two_kinds_of_referent(batch: Batch) -> None:
    for service in territorial_services(batch):
        units = [unit for unit in batch.organisations if unit.part_of == service.id]
        assert [unit.id.removeprefix(service.id) for unit in units] == ["--accueil", "--evaluation", "--accompagnement"]
        assert {(unit.covers, unit.place, unit.kind) for unit in units} == {
            (service.covers, service.place, service.kind)
        }
        reception, _, accompaniment = units
        [paperwork] = posts_of(batch, reception.id)
        assert paperwork.label == "Référent unique administratif"
        assert [holder.role for holder in paperwork.holders] == [HolderRole.HOLDER] * 5
        [path] = posts_of(batch, accompaniment.id)
        assert path.label == "Référent de parcours"
        assert len(path.holders) >= 2


def test_county_wide_services_cover_the_county(batch: Batch) -> None:
    organisations = by_id(batch)
    wide = {
        organisations[f"demo:departement-hauts-de-seine--{unit}"].kind: services_of(
            batch, f"demo:departement-hauts-de-seine--{unit}"
        )
        for unit in ("cellule", "mna")
    }
    assert {kind: len(services) for kind, services in wide.items()} == {"CRIP": 2, "SERVICE_EVALUATION_MNA": 1}
    assert {service.covers for services in wide.values() for service in services} == {(HAUTS_DE_SEINE,)}


def test_the_edas_lead_to_the_service_of_their_communes(batch: Batch) -> None:
    organisations = by_id(batch)
    closed = [one for one in batch.organisations if one.id.startswith("demo:edas-")]
    assert len(closed) == 30
    assert {one.closed_on for one in closed} == {date(2019, 7, 1)}
    for old in closed:
        steps = [step for step in batch.successions if step.predecessor == old.id]
        assert {step.on for step in steps} == {old.closed_on}
        heirs = {code for step in steps for code in organisations[step.successor].covers}
        assert {*old.covers} <= heirs
    [chatillon] = [step for step in batch.successions if step.predecessor == "demo:edas-chatillon"]
    assert organisations[chatillon.predecessor].name == "EDAS de Châtillon"
    assert chatillon.kind is SuccessionKind.MERGED
    assert "92020" in organisations[chatillon.successor].covers


def test_days_are_counted_from_the_day_of_the_import(documents: list[Document]) -> None:
    later = TODAY + timedelta(days=200)
    (before, _), (after, _) = transform(documents, TODAY), transform(documents, later)
    moved = {
        now.vouched_on - then.vouched_on
        for then, now in zip(
            (*before.organisations, *before.services), (*after.organisations, *after.services), strict=True
        )
    }
    assert moved == {timedelta(days=200)}
    desk = next(post for post in after.posts if post.id == "demo:ccas-besancon--poste-domiciliation")
    assert (desk.holders[1].leave_from, desk.holders[1].leave_until) == (
        later - timedelta(days=3),
        later + timedelta(days=8),
    )
    assert desk.holders[2].role is HolderRole.SUBSTITUTE


def test_whoever_is_named_twice_works_in_two_organisations(batch: Batch) -> None:
    both = [professional for professional in batch.professionals if len(professional.organisations) > 1]
    assert [professional.name for professional in both] == ["Maud Perrey"]
    assert both[0].organisations == ("demo:udaf-doubs--pcb", "demo:energie-solidaire")


def test_one_document_gives_its_records(tmp_path: Path) -> None:
    batch, refused = taken(tmp_path, GOOD)
    assert refused == ()
    [organisation], [service], [post], [professional] = (
        batch.organisations,
        batch.services,
        batch.posts,
        batch.professionals,
    )
    assert (organisation.id, organisation.vouched_on) == ("demo:caf", date(2026, 2, 20))
    assert (service.id, service.place, service.hours) == ("demo:caf--rsa", organisation.place, "Mo-Fr 09:00-12:00")
    assert service.contact == Contact(phone="03 53 01 00 01")
    assert (post.holders[0].leave_from, post.holders[0].leave_until) == (date(2026, 3, 1), date(2026, 3, 3))
    assert (professional.id, professional.organisations) == ("demo:professionnel-zoe-essai", ("demo:caf",))


@pytest.mark.parametrize(
    ("wrong", "entry", "field", "value"),
    [
        ('kind = "MAIRIE_CENTRALE"', "organisation autre", "kind", "MAIRIE_CENTRALE"),
        ('kind = "CAF"\ncommune = "99999"', "organisation autre", "commune", "99999"),
        ('kind = "CAF"\nhorairs = "Mo"', "organisation autre", "horairs", "Mo"),
        ('kind = "CAF"\npart_of = "nulle-part"', "organisation autre", "part_of", "demo:nulle-part"),
        ('kind = "CAF"\nstate = "fermé"', "organisation autre", "state", "fermé"),
        ('kind = "CAF"\ntemplate = "rien"', "organisation autre", "template", "rien"),
        ('kind = "CAF"\nservice = "RSA"', "organisation autre", "service", "RSA"),
        (
            'kind = "CAF"\nservice = [{ id = "x", name = "X", competences = ["voler"] }]',
            "service autre--x",
            "competences",
            "voler",
        ),
        (
            'kind = "CAF"\nclosed_on = 2020-01-01\nsucceeded_by = [{ organisation = "absente" }]',
            "succession autre--absente",
            "organisation",
            "demo:absente",
        ),
        ('kind = "CAF"\npost = [{ id = "p" }]', "post autre--poste-p", "label", ""),
    ],
)
def test_a_refused_entry_names_its_place_and_loses_nothing_else(
    tmp_path: Path, wrong: str, entry: str, field: str, value: str
) -> None:
    alone, _ = taken(tmp_path, GOOD)
    added = f'\n[[organisation]]\nid = "autre"\nname = "Autre"\nvouched_days_ago = 3\n{wrong}\n'
    batch, refused = taken(tmp_path, GOOD + added)
    [only] = refused
    assert (only.line, only.field, only.value) == (f"essai.toml › {entry}", field, value)
    assert only.message.endswith(".")
    kept = [one for one in batch.organisations if one.id != "demo:autre"]
    assert (tuple(kept), batch.services, batch.posts) == (alone.organisations, alone.services, alone.posts)
    assert ("demo:autre" in by_id(batch)) is not entry.startswith("organisation")


def test_what_belongs_to_a_refused_organisation_is_refused_with_it(tmp_path: Path) -> None:
    batch, refused = taken(tmp_path, GOOD.replace('kind = "CAF"', 'kind = "CAFE"'))
    assert [(one.line, one.field, one.value) for one in refused] == [
        ("essai.toml › organisation caf", "kind", "CAFE"),
        ("essai.toml › post caf--poste-accueil", "organisation", "demo:caf"),
        ("essai.toml › service caf--rsa", "organisation", "demo:caf"),
    ]
    assert batch == Batch()


def test_the_second_of_two_with_the_same_id_is_refused(tmp_path: Path) -> None:
    twin = '\n[[organisation]]\nid = "caf"\nname = "Une autre CAF"\nkind = "CAF"\nvouched_days_ago = 1\n'
    batch, refused = taken(tmp_path, GOOD + twin)
    assert [(one.line, one.field, one.value) for one in refused] == [("essai.toml › organisation caf", "id", "caf")]
    assert [organisation.name for organisation in batch.organisations] == ["CAF du Doubs"]


def test_a_file_that_is_not_toml_loses_nothing_of_the_others(tmp_path: Path) -> None:
    alone, _ = taken(tmp_path, GOOD)
    batch, refused = taken(tmp_path, "[[organisation\nid = 1", "casse.toml")
    assert batch == alone
    [only] = refused
    assert only.line == "casse.toml"
    assert "line 1" in only.message


def test_a_template_that_lacks_a_word_refuses_the_organisation(tmp_path: Path) -> None:
    formed = '\n[template.forme]\nkind = "CAF"\nname = "CAF {ou}"\n[[organisation]]\nid = "autre"\ntemplate = "forme"\n'
    batch, refused = taken(tmp_path, GOOD + formed)
    assert [(one.line, one.field, one.value) for one in refused] == [("essai.toml › organisation autre", "words", "ou")]
    assert [organisation.id for organisation in batch.organisations] == ["demo:caf"]


def test_every_file_of_the_folder_is_read(documents: list[Document]) -> None:
    names = [document.name for document in documents]
    assert names == sorted(path.name for path in HERE.glob("*.toml"))
    assert {"besancon.toml", "paris.toml", "hauts_de_seine.toml"} <= {*names}
    assert [document.fault for document in documents if document.fault] == []
    assert documents[0].tables == tomllib.loads((HERE / names[0]).read_text(encoding="utf-8"))
