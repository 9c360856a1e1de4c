"""What a handoff tells of a file: exactly the groups that were consented, of exactly those concerned."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from itertools import chain, combinations

import pytest

from graph.model.access import Role, Viewer
from graph.model.casework import deciding
from graph.model.casework.acts import Entry, Event
from graph.model.casework.applying import applied
from graph.model.casework.file import (
    Actor,
    ActorKind,
    CircleKind,
    CircleMember,
    File,
    Identity,
    Member,
    MemberRole,
    Need,
)
from graph.model.casework.grounds import Consent, Ground, Means, ShareGroup
from graph.model.casework.handoff import Handoff, Kind, State, Target
from graph.model.casework.secrecy import SECRET_BY_NATURE, kept_secret
from graph.model.casework.sight import sight
from graph.model.casework.telling import NOTHING, Told, through, told
from graph.model.casework.writings import Assessed, Struck
from graph.model.errors import InvalidInput
from graph.model.vocabulary import competences

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ANNE = Actor(kind=ActorKind.PROFESSIONAL, account="anne", organisation="o:desk", name="Anne")
PARTNER = Viewer(account="ben", organisation="o:cms", roles=frozenset({Role.PROFESSIONAL}))
LEAD = Viewer(account="anne", organisation="o:desk", roles=frozenset({Role.PROFESSIONAL}))
MOTHER = Member(
    id="mother",
    role=MemberRole.ADULT,
    identity=Identity(name="Odile", phone="0600000000", language="dari", safe_hours="le matin"),
    age_band="26-39",
)
SON = Member(id="son", role=MemberRole.CHILD, identity=Identity(name="Léo"))
HIDDEN = Member(id="hidden", role=MemberRole.ADULT, identity=Identity(name="Zoé"), secret=True)
GONE = Member(id="gone", role=MemberRole.ADULT, identity=Identity(name="Paul"), left=date(2025, 1, 1))


def need(id_: str, competence: str = "droits-et-prestations--rsa", **more: object) -> Need:
    return Need(id=id_, competence=competence, opened=AT, review=AT, words=f"mots {id_}", **more)  # type: ignore[arg-type]


HERS = need("hers", member="mother")
ALL = need("all")
HIS = need("his", member="son")
SECRET = need("secret", "sante--sante-sexuelle", member="son", secret=True)
OF_HIDDEN = need("of-hidden", member="hidden")
FRIEND = CircleMember(id="c", kind=CircleKind.NEIGHBOUR, name="M. Petit", may_know="rien")
WRITTEN = tuple(
    Entry(file="f", seq=seq, at=AT, by=ANNE, event=event)
    for seq, event in enumerate(
        (Assessed(need="hers", text="La sienne."), Assessed(text="Du foyer."), Assessed(need="his", text="La fausse.")),
        10,
    )
)


def file(*handoffs: Handoff, until: date = date(2027, 1, 1), withdrawn: datetime | None = None) -> File:
    members = (MOTHER, SON, HIDDEN, GONE)
    made = applied(None, Entry(file="f", seq=1, at=AT, by=ANNE, event=deciding.opened(ANNE, members, AT)))
    consents = {
        one.ground: Consent(
            id=one.ground,
            ground=Ground.ACCORD,
            recipient="o:cms",
            purpose="x",
            groups=one.groups,
            until=until,
            given=AT,
            member="mother",
            means=Means.ORAL,
            withdrawn=withdrawn,
        )
        for one in handoffs
    }
    return replace(
        made,
        needs={one.id: one for one in (HERS, ALL, HIS, SECRET, OF_HIDDEN)},
        handoffs={one.id: one for one in handoffs},
        consents=consents,
        circle={"c": FRIEND},
        struck=frozenset({12}),
    )


def handoff(
    *needs: str, groups: frozenset[ShareGroup] = frozenset(ShareGroup), state: State = State.SENT, id_: str = "h"
) -> Handoff:
    return Handoff(
        id=id_,
        kind=Kind.REFER if needs else Kind.TRANSFER,
        state=state,
        sender="o:desk",
        sender_account="anne",
        target=Target(organisation="o:cms"),
        needs=needs,
        message="Merci.",
        groups=groups,
        ground=f"ground-{id_}",
        drafted=AT,
        since=AT,
        due=AT,
        sent=AT,
    )


def shown(found: Told) -> set[ShareGroup]:
    """Which groups something is told of."""
    members = found.members or ()
    kinds = {
        ShareGroup.PRACTICAL: any(one.practical for one in members),
        ShareGroup.IDENTITY: any(one.identity for one in members),
        ShareGroup.CONTACT: any(one.contact for one in members),
        ShareGroup.HOUSEHOLD: any(one.household for one in members),
        ShareGroup.NEED: found.needs is not None,
        ShareGroup.SITUATION: found.situation is not None,
        ShareGroup.ASSESSMENTS: found.assessments is not None,
        ShareGroup.CIRCLE: found.circle is not None,
    }
    return {group for group, there in kinds.items() if there}


EVERY = list(chain.from_iterable(combinations(sorted(ShareGroup), n) for n in range(len(ShareGroup) + 1)))


def test_each_set_of_groups_tells_itself_and_nothing_else() -> None:
    for some in EVERY:
        groups = frozenset(some)
        one = handoff("hers", groups=groups)
        known = file(one)
        found = told(known, one, AT, WRITTEN)
        assert (found.groups, shown(found)) == (groups, groups), some
        assert told(known, sight(known, PARTNER, AT), AT, WRITTEN) == found
        assert through(known, one, groups, WRITTEN) == found


@pytest.mark.parametrize("state", sorted(State))
def test_nothing_is_told_before_it_is_sent_nor_after_its_end(state: State) -> None:
    one = handoff("hers", state=state)
    open_ = state not in {State.DRAFT, State.AWAITING_CONSENT} and one.open
    assert shown(told(file(one), one, AT, WRITTEN)) == (set(ShareGroup) if open_ else set())


def test_nothing_is_told_once_its_ground_is_gone() -> None:
    one = handoff("hers")
    for known, at in ((file(one, withdrawn=AT), AT), (file(one, until=date(2026, 3, 2)), AT + timedelta(days=1))):
        assert told(known, one, at, WRITTEN) == NOTHING
        assert told(known, sight(known, PARTNER, at), at, WRITTEN) == NOTHING


def test_who_gave_the_file_away_reads_nothing_of_it_through_what_she_sent() -> None:
    one = handoff("hers")
    given = file(one)
    assert given.lead is not None
    given = replace(given, lead=replace(given.lead, organisation="o:other", account="zoe"))
    hers = sight(given, LEAD, AT)
    assert (hers.handoffs, hers.written) == ({"h"}, {"h"})
    assert told(given, hers, AT, WRITTEN) == NOTHING
    assert shown(told(given, sight(given, PARTNER, AT), AT, WRITTEN)) == set(ShareGroup)


def names(found: Told) -> list[str]:
    return [one.identity.name for one in found.members or () if one.identity]


def test_only_those_concerned_are_named() -> None:
    one, both, his = handoff("hers"), handoff("hers", "all"), handoff("of-hidden")
    assert names(told(file(one), one, AT)) == ["Odile"]
    # The others of the household by their place in it; neither who asked for secrecy, nor who left.
    assert [member.id for member in told(file(one), one, AT).members or ()] == ["mother", "son"]
    assert names(told(file(both), both, AT)) == ["Odile", "Léo"]
    assert names(told(file(his), his, AT)) == ["Zoé"]


def test_what_is_secret_goes_only_where_it_is_named() -> None:
    whole, his = handoff(), handoff("secret")
    found = told(file(whole), whole, AT, WRITTEN)
    assert [one.id for one in found.needs or ()] == ["hers", "all", "his"]
    assert found.situation == ("Merci.", "mots hers", "mots all", "mots his")
    assert [one.id for one in told(file(his), his, AT).needs or ()] == ["secret"]


def test_evaluations_of_its_needs_are_told_and_no_struck_one() -> None:
    one, his, whole = handoff("hers"), handoff("his"), handoff()
    assert [it.text for it in told(file(one), one, AT, WRITTEN).assessments or ()] == ["La sienne."]
    assert told(file(his), his, AT, WRITTEN).assessments == ()
    assert [it.text for it in told(file(whole), whole, AT, WRITTEN).assessments or ()] == ["La sienne.", "Du foyer."]


def test_what_each_may_know_is_for_those_who_work_on_it() -> None:
    one = handoff("hers")
    known = file(one)
    assert [it.may_know for it in told(known, one, AT).circle or ()] == [""]
    assert [it.may_know for it in told(known, sight(known, LEAD, AT), AT).circle or ()] == ["rien"]


def test_two_requests_tell_together_what_each_tells() -> None:
    first = handoff("hers", groups=frozenset({ShareGroup.IDENTITY}), id_="h1")
    second = handoff("his", groups=frozenset({ShareGroup.NEED, ShareGroup.CONTACT}), id_="h2")
    known = file(first, second)
    found = told(known, sight(known, PARTNER, AT), AT)
    assert [(one.id, one.identity is not None, one.contact is not None) for one in found.members or ()] == [
        ("mother", True, False),
        ("son", False, True),
    ]
    assert [one.id for one in found.needs or ()] == ["his"]
    assert found.circle is None


def test_who_sees_nothing_is_told_nothing() -> None:
    known = file(handoff("hers"))
    stranger = replace(PARTNER, organisation="o:else")
    assert told(known, sight(known, stranger, AT), AT, WRITTEN) == NOTHING
    assert {one.name for one in fields(NOTHING) if getattr(NOTHING, one.name) is not None} == {"groups"}


def test_matters_that_are_secret_by_nature_are_in_the_list_and_stay_secret() -> None:
    assert set(competences()) >= SECRET_BY_NATURE
    known = file()
    for competence in SECRET_BY_NATURE:
        added = deciding.need_added(known, need("new", competence, member="son"))
        assert added.need.secret
        kept = replace(known, needs={"new": added.need})
        assert deciding.need_set(kept, replace(added.need, secret=False)).need.secret
    assert not kept_secret(HERS).secret


def test_of_a_childs_affairs_the_parents_were_told_or_it_is_said_why_not() -> None:
    known = file()
    consent = Consent(
        id="c",
        ground=Ground.ACCORD,
        recipient="o:cms",
        purpose="soins",
        groups=frozenset({ShareGroup.NEED}),
        until=date(2027, 1, 1),
        given=AT,
        member="mother",
        means=Means.ORAL,
    )
    assert deciding.consent_given(known, consent)
    for about in (replace(consent, needs=("his",)), replace(consent, member="son")):
        with pytest.raises(InvalidInput, match="autorité parentale") as refused:
            deciding.consent_given(known, about)
        assert refused.value.field == "informed"
        assert deciding.consent_given(known, replace(about, informed=date(2026, 3, 1)))
        assert deciding.consent_given(known, replace(about, why_not="intérêt de l’enfant"))


def test_a_struck_entry_is_remembered() -> None:
    events: list[Event] = [Struck(entry=1, why="x"), Struck(entry=2, why="y")]
    known = file()
    for event in events:
        known = applied(known, Entry(file="f", seq=known.seq + 1, at=AT, by=ANNE, event=event))
    assert known.struck == {12, 1, 2}
