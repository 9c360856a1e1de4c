from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.model.directory import Capacity, Contact, ListingState, Mode, Organisation, Public, Service
from graph.model.listing import GROUPS, MODERATOR, UNCLASSED, Claim, FieldGroup, merge, split
from tests import make

SOURCES = ("dila", "data-inclusion", "france-travail", "demonstration", "essai", "partner", "partner:t:caf")
days = st.dates(date(2019, 1, 1), date(2026, 12, 31))
anyone = st.sampled_from(SOURCES)
short = st.text("abé ", max_size=4)
contacts = st.builds(Contact, phone=short, email=short)


# A busy machine may stall any example.
patient = settings(deadline=None, max_examples=60)


@st.composite
def services(draw: st.DrawFn, source: st.SearchStrategy[str] = anyone) -> Service:
    return make.service(
        name=draw(st.sampled_from(["A", "B"])),
        source=draw(source),
        vouched_on=draw(days),
        publics=tuple(draw(st.lists(st.sampled_from(Public), max_size=2, unique=True))),
        modes=tuple(draw(st.lists(st.sampled_from(Mode), max_size=2, unique=True))),
        contact=draw(contacts),
        place=draw(st.sampled_from([None, make.place()])),
        capacity=draw(st.sampled_from([None, Capacity(vouched_on=make.TODAY, places_free=2)])),
        free=draw(st.sampled_from([None, True, False])),
        hours=draw(short),
    )


def claims_of(said: list[Service]) -> list[Claim]:
    return [claim for record in said for claim in split(record)]


@pytest.mark.parametrize("kind", GROUPS)
def test_every_field_is_in_one_group(kind: Any) -> None:
    grouped = [name for names in GROUPS[kind].values() for name in names]
    assert sorted([*grouped, "id", "source", "vouched_on"]) == sorted(field.name for field in fields(kind))


@patient
@given(services())
def test_one_source_is_what_it_says(service: Service) -> None:
    merged = merge(Service, split(service))
    assert merged is not None
    assert (merged.record, merged.conflicts) == (service, ())


@patient
@given(contacts, short, days)
def test_one_source_of_a_body_is_what_it_says(contact: Contact, hours: str, day: date) -> None:
    body = make.organisation(contact=contact, hours=hours, vouched_on=day, aliases=("CAF",), siret="1")
    merged = merge(Organisation, split(body))
    assert merged is not None
    assert (merged.record, merged.conflicts) == (body, ())


@patient
@given(st.lists(services(), min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_claims_does_not_matter(said: list[Service], random: Any) -> None:
    claims = claims_of(said)
    shuffled = list(claims)
    random.shuffle(shuffled)
    assert merge(Service, claims) == merge(Service, shuffled)


@patient
@given(st.lists(services(st.sampled_from(SOURCES[:5])), min_size=1, max_size=4), services(st.just("partner:t:caf")))
def test_the_partners_own_word_wins_however_old(others: list[Service], own: Service) -> None:
    merged = merge(Service, claims_of([*others, own]))
    assert merged is not None
    for claim in split(own):
        assert merged.kept[claim.group] == claim
        assert {name: getattr(merged.record, name) for name in claim.value} == claim.value


@patient
@given(services(st.just("dila")), services(st.just("dila")), services(st.just("essai")))
def test_a_later_claim_of_the_same_source_replaces(first: Service, second: Service, other: Service) -> None:
    second = replace(second, vouched_on=date(2027, 1, 1))
    said = claims_of([second, other])
    overtaken = [c for c in split(first) if c.group in {later.group for later in split(second)}]
    assert merge(Service, [*said, *overtaken]) == merge(Service, said)


def test_the_most_recent_wins_group_by_group_and_the_others_are_told() -> None:
    old = make.service(source="dila", vouched_on=date(2019, 1, 1), hours="Mo 09:00-12:00", contact=Contact(phone="1"))
    new = make.service(source="data-inclusion", vouched_on=date(2025, 1, 1), contact=Contact(phone="2"))
    merged = merge(Service, claims_of([old, new]))
    assert merged is not None
    assert (merged.record.source, merged.record.vouched_on) == ("data-inclusion", date(2025, 1, 1))
    assert (merged.record.contact.phone, merged.record.hours) == ("2", "Mo 09:00-12:00")
    (conflict,) = merged.conflicts
    assert (conflict.group, conflict.kept.source) == (FieldGroup.CONTACT, "data-inclusion")
    assert [(c.source, c.vouched_on, c.value) for c in conflict.others] == [
        ("dila", date(2019, 1, 1), {"contact": Contact(phone="1")})
    ]


def test_what_the_winner_leaves_empty_of_what_it_is_comes_from_the_next() -> None:
    old = make.organisation(
        source="dila",
        vouched_on=date(2019, 1, 1),
        name="CAF",
        aliases=("Allocs",),
        siret="1",
        part_of="t:tête",
        description="Ancienne.",
        state=ListingState.ARCHIVED,
        closed_on=date(2018, 1, 1),
    )
    new = make.organisation(
        source="essai", vouched_on=date(2025, 1, 1), name="C.A.F.", kind=UNCLASSED, description="Nouvelle."
    )
    merged = merge(Organisation, [*split(old), *split(new)])
    assert merged is not None
    assert merged.record == replace(new, kind="CAF", aliases=("Allocs",), siret="1", part_of="t:tête")
    assert merged.kept[FieldGroup.IDENTITY].source == "essai"
    # Two that know the kind: the winner's stands.
    other = replace(new, kind="CCAS")
    told = merge(Organisation, [*split(old), *split(other)])
    assert told is not None
    assert told.record.kind == "CCAS"


@pytest.mark.parametrize(
    ("sources", "winner"),
    [
        (("dila", "data-inclusion"), "data-inclusion"),
        (("dila", "demonstration"), "dila"),
        (("zèbre", "dila"), "dila"),
        (("zèbre", "autre"), "autre"),
        (("demonstration", "zèbre"), "zèbre"),
    ],
)
def test_on_one_day_the_order_of_sources_then_their_names_decide(sources: tuple[str, str], winner: str) -> None:
    merged = merge(Service, claims_of([make.service(source=source, name=source) for source in sources]))
    assert merged is not None
    assert (merged.record.name, merged.record.source) == (winner, winner)


def test_a_partner_may_confirm_one_group_and_say_that_there_is_nothing() -> None:
    told = make.service(source="dila", vouched_on=date(2019, 1, 1), publics=(Public.JEUNES,))
    everyone = Claim(
        subject=told.id,
        group=FieldGroup.CONDITIONS,
        source="partner",
        value={"publics": (), "excludes": (), "conditions": "", "fee": "", "free": True},
        vouched_on=date(2026, 1, 1),
    )
    merged = merge(Service, [*split(told), everyone])
    assert merged is not None
    assert (merged.record.publics, merged.record.free, merged.record.name) == ((), True, told.name)
    assert merged.record.vouched_on == date(2026, 1, 1)


def test_nobody_says_what_it_is() -> None:
    contact = [claim for claim in split(make.service(contact=Contact(phone="1"))) if claim.group is FieldGroup.CONTACT]
    assert len(contact) == 1
    assert merge(Service, contact) is None


def word(record: Any, source: str, on: date, group: FieldGroup = FieldGroup.IDENTITY, **values: Any) -> Claim:
    """What a voice says of one group of the record, but for these fields."""
    said = next(claim for claim in split(record) if claim.group is group)
    return replace(said, source=source, vouched_on=on, value={**said.value, **values})


def merged_body(*claims: Claim) -> Organisation:
    merged = merge(Organisation, claims)
    assert merged is not None
    return merged.record


def test_a_moderators_word_yields_to_the_partner_and_to_no_source_however_late() -> None:
    body = make.organisation(source="dila", vouched_on=date(2026, 6, 1), name="Source")
    moderator = word(body, MODERATOR, date(2026, 1, 1), name="Moderation")
    partner = word(body, "partner:t:caf", date(2025, 1, 1), name="Partenaire")
    assert merged_body(*split(body), moderator).name == "Moderation"
    assert merged_body(*split(body), moderator, partner).name == "Partenaire"


@pytest.mark.parametrize(("day", "state"), [(9, "published"), (10, "archived"), (11, "archived")])
def test_a_moderator_may_end_what_the_partner_said_before(day: int, state: str) -> None:
    body = make.organisation(source="dila", vouched_on=date(2025, 1, 1))
    partner = word(body, "partner:t:caf", date(2026, 3, 10), name="Partenaire")
    said = word(body, MODERATOR, date(2026, 3, day), name="Autre", state=ListingState.ARCHIVED)
    found = merged_body(*split(body), partner, said)
    assert (found.state.value, found.name) == (state, "Partenaire")


@pytest.mark.parametrize("voice", ["partner:t:caf", MODERATOR])
def test_what_people_leave_empty_stays_empty(voice: str) -> None:
    body = make.organisation(
        source="dila", aliases=("Allocs",), siret="1", part_of="t:tete", description="Ancienne.", kind="CAF"
    )
    empty = word(body, voice, date(2026, 3, 10), aliases=(), siret="", part_of="", description="")
    found = merged_body(*split(body), empty)
    assert (found.aliases, found.siret, found.part_of, found.description, found.kind) == ((), "", "", "", "CAF")


def test_room_that_was_said_makes_no_listing_fresh() -> None:
    service = make.service(source="dila", vouched_on=date(2024, 1, 1))
    said = Claim(
        subject=service.id,
        group=FieldGroup.CAPACITY,
        source="partner:t:caf",
        value={"capacity": None, "answer_days": 3},
        vouched_on=date(2026, 3, 10),
    )
    merged = merge(Service, [*split(service), said])
    assert merged is not None
    assert (merged.record.vouched_on, merged.record.source) == (date(2024, 1, 1), "dila")
    assert merged.record.answer_days == 3
