"""Contacts at a front door: their log, what is refused, and the month that they add up to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model.casework import front_desk as desk
from graph.model.casework import interventions
from graph.model.casework.acts import CircleSet, CoReferentSet, Entry
from graph.model.casework.applying import applied
from graph.model.casework.contact import AgeBand, Cause, Channel, Contact, Requester, Sequel, Sex
from graph.model.casework.deciding import closed, need_ended, opened
from graph.model.casework.desk_report import FieldWork, beside, read_month, report
from graph.model.casework.file import (
    Actor,
    ActorKind,
    CircleKind,
    CircleMember,
    CoReferent,
    File,
    Identity,
    Member,
    MemberRole,
    Outcome,
    PersonPage,
    Watch,
)
from graph.model.casework.finding_again import (
    Sought,
    holder,
    marks,
    marks_of,
    may_ask_others,
    sought_marks,
    told_to_others,
)
from graph.model.casework.front_desk import Recorded, Request, RequestEntry, RequestEvent
from graph.model.casework.grounds import Ground
from graph.model.casework.handoff import Kind, Step
from graph.model.casework.linking import linked
from graph.model.casework.owed import Owed, owed
from graph.model.casework.writings import CalledBack, ContactTold, NoRelayFound, NoteKind, WatchSet
from graph.model.errors import InvalidInput, ReasonMissing, StepNotAllowed, TooMuch
from tests.make import RENT, RSA
from tests.model.casework import cases

AT = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
HERE = "t:desk"


def recorded(**told: object) -> Request:
    contact = Contact(**told)  # type: ignore[arg-type]
    return desk.applied(None, entry(1, Recorded(organisation=HERE, contact=contact)))


def entry(seq: int, event: RequestEvent, at: datetime = AT, id_: str = "r") -> RequestEntry:
    return RequestEntry(request=id_, seq=seq, at=at, account="a", event=event)


def then(request: Request, event: RequestEvent) -> Request:
    return desk.applied(request, entry(request.seq + 1, event))


def file(**identity: object) -> File:
    by = Actor(kind=ActorKind.PROFESSIONAL, account="a", organisation=HERE)
    member = Member(id="m", role=MemberRole.ADULT, identity=Identity(**identity))  # type: ignore[arg-type]
    return applied(None, Entry(file="f", seq=1, at=AT, by=by, event=opened(by, (member,), AT)))


def after(before: File, event: object, at: datetime = AT) -> File:
    by = Actor(kind=ActorKind.PROFESSIONAL, account="b", organisation="t:other")
    return applied(before, Entry(file="f", seq=before.seq + 1, at=at, by=by, event=event))  # type: ignore[arg-type]


def test_a_contact_without_anything_is_a_contact() -> None:
    request = recorded()
    assert (request.organisation, request.contact, request.needs, request.file) == (HERE, Contact(), {}, "")


def test_a_reason_is_of_the_closed_list_and_said_once() -> None:
    assert desk.checked(Contact(reasons=(RENT, RSA, RENT))).reasons == (RENT, RSA)
    with pytest.raises(InvalidInput, match="« autre » n’est pas dans la liste"):
        desk.checked(Contact(reasons=("autre",)))


def test_a_slip_is_undone_and_done_again() -> None:
    request = then(recorded(), desk.voided(recorded()))
    assert request.voided
    for refused in (
        lambda: desk.voided(request),
        lambda: desk.corrected(request, Contact()),
        lambda: desk.need_noted(request, RENT),
        lambda: desk.nothing_found(request, RENT, Cause.NO_CAPACITY),
        lambda: desk.followed(request, Sequel.ANSWERED),
    ):
        with pytest.raises(StepNotAllowed):
            refused()
    assert then(request, desk.restored(request)).voided is False
    with pytest.raises(StepNotAllowed):
        desk.restored(recorded())


def test_what_led_to_a_file_is_no_slip() -> None:
    request = then(recorded(), desk.followed(recorded(), Sequel.FILE_OPENED, file="f1"))
    assert request.file == "f1"
    with pytest.raises(StepNotAllowed, match="un dossier a été ouvert"):
        desk.voided(request)
    with pytest.raises(StepNotAllowed, match="déjà"):
        desk.followed(request, Sequel.FILE_OPENED, file="f2")


def test_a_need_hangs_on_a_contact_until_something_follows() -> None:
    request = then(recorded(reasons=(RENT, RSA)), desk.need_noted(recorded(), RENT, urgent=True))
    request = then(request, desk.nothing_found(request, RSA, Cause.OUT_OF_AREA))
    assert {name: (need.urgent, need.cause) for name, need in request.needs.items()} == {
        RENT: (True, None),
        RSA: (False, Cause.OUT_OF_AREA),
    }
    sent = then(request, desk.followed(request, Sequel.ORIENTED, to="service:s", competence=RENT))
    assert [need.competence for need in sent.needs.values()] == [RSA]
    # What was not found stays known, even where a file takes the rest.
    assert [need.competence for need in then(request, desk.followed(request, Sequel.FILE_OPENED, file="f")).unmet] == [
        RSA
    ]
    with pytest.raises(InvalidInput, match="Dites vers qui"):
        desk.followed(request, Sequel.ORIENTED)


ACTS: dict[str, Callable[[Request], RequestEvent]] = {
    "correct": lambda request: desk.corrected(request, Contact(channel=Channel.DESK, reasons=(RENT,))),
    "void": desk.voided,
    "restore": desk.restored,
    "need": lambda request: desk.need_noted(request, RENT),
    "nothing": lambda request: desk.nothing_found(request, RENT, Cause.REFUSED),
    "follow": lambda request: desk.followed(request, Sequel.ANSWERED),
    "file": lambda request: desk.followed(request, Sequel.FILE_OPENED, file="f"),
}


@given(st.lists(st.sampled_from(sorted(ACTS)), max_size=12))
def test_the_log_makes_the_contact_whatever_happened(acts: list[str]) -> None:
    entries = [entry(1, Recorded(organisation=HERE, contact=Contact()))]
    request = desk.applied(None, entries[0])
    for number, act in enumerate(acts):
        try:
            event = ACTS[act](request)
        except StepNotAllowed:
            continue
        entries.append(entry(request.seq + 1, event, AT + timedelta(minutes=number)))
        request = desk.applied(request, entries[-1])
    assert desk.replayed(entries) == request
    assert request.seq == len(entries)


def test_a_log_has_no_gap() -> None:
    with pytest.raises(ValueError, match="does not follow"):
        desk.applied(recorded(), entry(3, Recorded(organisation=HERE, contact=Contact())))
    with pytest.raises(ValueError, match="begins"):
        desk.applied(None, entry(1, desk.voided(recorded())))


# ------------------------------------------------------------------ the month


def test_the_month_is_exact() -> None:
    man = Contact(
        channel=Channel.ON_CALL,
        requester=Requester.AUTHORITY,
        sex=Sex.MAN,
        age_band=AgeBand.FROM_85,
        commune="25056",
        reasons=(RENT, RSA),
        danger=True,
    )
    woman = Contact(sex=Sex.WOMAN, at_once=True, reasons=(RENT,), commune="25056")
    first = desk.applied(None, entry(1, Recorded(organisation=HERE, contact=man)))
    first = then(first, desk.nothing_found(first, RSA, Cause.NO_CAPACITY))
    first = then(first, desk.followed(first, Sequel.WATCHED, file="f"))
    second = desk.applied(None, entry(1, Recorded(organisation=HERE, contact=woman)))
    visit = desk.applied(None, entry(1, Recorded(organisation=HERE, contact=Contact(channel=Channel.VISIT))))
    slip = then(second, desk.voided(second))
    found = report("2026-03", [first, second, visit, slip], FieldWork(visits=2, watches_set=1))
    assert (found.total, found.at_once, found.danger, found.voided, found.no_reason) == (3, 1, 1, 1, 1)
    assert dict(found.channels) == {c.value: 1 if c in {"on_call", "free_number", "visit"} else 0 for c in Channel}
    assert dict(found.requesters)["authority"] == 1 and dict(found.requesters)["person"] == 2
    assert dict(found.sexes) == {"woman": 1, "man": 1, "several": 0, "unknown": 1}
    assert dict(found.age_bands)["from_85"] == 1
    assert found.reasons == ((RENT, 2), (RSA, 1))
    assert found.communes == (("25056", 2), ("", 1))
    assert dict(found.sequels)["watched"] == 1
    assert dict(found.unmet)["no_capacity"] == 1
    assert found.home_visits == 3
    assert found.days == ((5, 3),)
    assert sum(dict(found.channels).values()) == sum(dict(found.sexes).values()) == found.total


def test_months_are_read_and_follow_one_another() -> None:
    assert (read_month("2026-03"), beside("2026-01", -1), beside("2025-12", 1)) == ("2026-03", "2025-12", "2026-01")
    for wrong in ("2026", "2026-13", "1999-01", "٢٠٢٦-03", "2026-3", "2026-00"):
        with pytest.raises(InvalidInput, match="n’est pas un mois"):
            read_month(wrong)


# ------------------------------------------------------------------ found again


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name": "Marie DUPONT", "born": date(1935, 2, 3)}, {"name": "Dupont, Marie", "born": date(1935, 2, 3)}),
        ({"name": "Hélène Lœuf", "born": date(1980, 1, 1)}, {"name": "loeuf helene", "born": date(1980, 1, 1)}),
        ({"name": "Jean-Pierre Roy", "born": date(1980, 1, 1)}, {"name": "ROY Jean Pierre", "born": date(1980, 1, 1)}),
        ({"phone": "03 81 00 00 01"}, {"phone": "+33 3 81 00 00 01"}),
        ({"phone": "0033381000001"}, {"phone": "03.81.00.00.01"}),
        ({"phone": "+33 (0)3 81 00 00 01"}, {"phone": "0381000001"}),
    ],
)
def test_the_same_person_has_the_same_marks_however_she_is_written(
    one: dict[str, object], other: dict[str, object]
) -> None:
    assert marks(Identity(**one)) == marks(Identity(**other)) != frozenset()  # type: ignore[arg-type]


def test_another_birth_date_is_another_person_and_a_name_alone_nobody() -> None:
    born = Identity(name="Marie Dupont", born=date(1935, 2, 3))
    assert marks(born).isdisjoint(marks(replace(born, born=date(1936, 2, 3))))
    assert marks(replace(born, born=None)) == frozenset()
    for sought in (Sought(), Sought(name="Marie Dupont"), Sought(phone="12"), Sought(name="!", born=date(1935, 2, 3))):
        with pytest.raises(InvalidInput):
            sought_marks(sought)
    assert len(sought_marks(Sought(name="Marie Dupont", born=date(1935, 2, 3), phone="0381000001"))) == 2


def test_a_file_tells_others_nothing_where_home_is_the_danger() -> None:
    here = file(name="Marie Dupont", born=date(1935, 2, 3))
    assert told_to_others(here) and holder(here) == HERE and len(marks_of(here)) == 1
    assert not told_to_others(replace(here, pages={"m": PersonPage(danger_at_home=True)}))


def test_the_network_is_asked_on_a_ground_and_not_without_end() -> None:
    may_ask_others(Ground.ACCORD, 29)
    with pytest.raises(ReasonMissing):
        may_ask_others(None, 0)
    with pytest.raises(TooMuch, match="30 fois"):
        may_ask_others(Ground.ACCORD, 30)


# ------------------------------------------------------------------ outside the walls


def test_an_emergency_names_the_competent_partner_and_the_moment() -> None:
    here = file()
    done = interventions.intervened(
        here, "Chauffage coupé, chauffage d’appoint porté.", "organisation:t:hygiene", AT, AT
    )
    assert (done.kind, done.to, done.on) == (NoteKind.EMERGENCY, "organisation:t:hygiene", AT)
    for to, on in (("", AT), (" ", AT), ("organisation:t:hygiene", None), ("x", AT + timedelta(hours=1))):
        with pytest.raises(InvalidInput):
            interventions.intervened(here, "Chauffage coupé.", to, on, AT)
    with pytest.raises(InvalidInput, match="quelques mots"):
        interventions.intervened(here, " ", "x", AT, AT)


def test_a_watch_has_a_next_day_and_an_end() -> None:
    sound = Watch(id="w", what="Appeler", next=date(2026, 3, 12), every_days=7, until=date(2026, 6, 30))
    assert interventions.watch_set(file(), sound, AT).watch == sound
    for wrong in (
        replace(sound, what=" "),
        replace(sound, next=date(2026, 3, 4)),
        replace(sound, until=date(2026, 3, 11)),
        replace(sound, every_days=0),
    ):
        with pytest.raises(InvalidInput):
            interventions.watch_set(file(), wrong, AT)


def test_a_call_is_owed_by_the_lead_until_it_is_made() -> None:
    told = after(file(), ContactTold(id="c", organisation="t:other", due=AT + timedelta(days=1)))
    (call,) = [action for action in owed(told) if action.what is Owed.CALL_BACK]
    assert (call.organisation, call.account, call.about, call.due) == (HERE, "a", "c", AT + timedelta(days=1))
    done = after(told, CalledBack(contact="c", text="Vue."), AT + timedelta(hours=3))
    assert [action for action in owed(done) if action.what is Owed.CALL_BACK] == []
    assert done.last_contact == AT + timedelta(hours=3)
    with pytest.raises(StepNotAllowed):
        interventions.called_back(done, "c", "Vue.", reached=True)


def test_the_cause_for_want_of_a_relay_stays_with_the_file() -> None:
    assert after(file(), NoRelayFound(need="n", cause=Cause.NO_CAPACITY)).no_relay == {"n": "no_capacity"}


def test_a_cause_ends_with_its_need_or_once_a_relay_has_it() -> None:
    here = cases.write(cases.file(), NoRelayFound(need="rent", cause=Cause.NO_CAPACITY))
    drafted = cases.draft(here, Kind.REFER, cases.THEIRS)
    assert drafted.no_relay == {"rent": "no_capacity"}
    assert cases.step(drafted, Step.SUBMIT, cases.US).no_relay == {}
    assert cases.write(here, need_ended(here, "rent", Outcome.MET, "")).no_relay == {}
    assert cases.write(here, closed(here, Outcome.MET, "Fini.")).no_relay == {}


def test_a_cause_that_a_file_took_over_waits_at_the_door_no_longer() -> None:
    request = then(recorded(), desk.nothing_found(recorded(), RSA, Cause.REFUSED))
    assert not request.needs[RSA].carried
    taken = then(request, desk.followed(request, Sequel.FILE_OPENED, file="f"))
    assert taken.needs[RSA].carried and taken.unmet == (taken.needs[RSA],)
    assert not then(taken, desk.nothing_found(taken, RSA, Cause.REFUSED)).needs[RSA].carried


def test_an_urgent_call_is_made_before_a_file_is_closed_and_goes_where_the_file_goes() -> None:
    told = ContactTold(id="c", organisation="t:other", due=AT + timedelta(hours=4), urgent=True)
    other = replace(cases.file(id="g"), last_contact=cases.NOW + timedelta(days=1))
    watch = Watch(id="w", what="Appeler", next=date(2026, 3, 12), every_days=7, until=date(2026, 6, 30), account="a")
    around = CircleMember(id="v", kind=CircleKind.NEIGHBOUR, name="Lou")
    referent = CoReferent(id="r", organisation="t:caf", matter="RSA")
    for number, event in enumerate((
        told, WatchSet(watch=watch), CircleSet(member=around), CoReferentSet(co_referent=referent),
        NoRelayFound(need="rent", cause=Cause.REFUSED),
    ), 2):  # fmt: skip
        other = applied(other, Entry(file="g", seq=number, at=cases.NOW, by=cases.US, event=event))
    with pytest.raises(StepNotAllowed, match="rappelée d’urgence"):
        closed(other, Outcome.DECEASED, "Fini.")
    kept, gone = linked(cases.file(), other, lambda: "new")
    here = cases.write(cases.file(), kept)
    assert (here.watches, here.to_call, here.circle) == (other.watches, other.to_call, {"v": around})
    assert (here.co_referents, here.no_relay) == ({"r": referent}, {"new": "refused"})
    assert here.last_contact == other.last_contact
    left = applied(other, Entry(file="g", seq=other.seq + 1, at=cases.NOW, by=cases.US, event=gone))
    assert (left.watches, left.to_call, left.no_relay) == ({}, {}, {})
    called = cases.write(here, CalledBack(contact="c", text="Vue."))
    assert closed(called, Outcome.MET, "Fini.").outcome is Outcome.MET
