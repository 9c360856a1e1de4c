"""The filters: their counts, those that are barred, those already chosen, and what to do when they leave nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from api.web.answer import with_fewer_filters
from api.web.filters_view import KINDS_SHOWN, WISH_WORDS, Choice, Picked, filters_view
from api.web.frequent import FREQUENT
from api.web.question import WISHES, Asked
from api.web.render import environment
from graph.model.directory import Mode, Public
from graph.model.narrowing import Narrowing
from graph.model.relay import Facets
from graph.model.vocabulary import competences
from tests.web.test_pages import text

FACETS = Facets(
    publics=((Public.FAMILLES, 7), (Public.FEMMES, 9)),
    modes=((Mode.EN_PRESENTIEL, 11), (Mode.A_DISTANCE, 2)),
    kinds=(("CCAS", 5), ("CAF", 3)),
    open_now=4,
    free=6,
)


def choices(asked: Asked, facets: Facets = FACETS) -> dict[tuple[str, str], Choice]:
    view = filters_view(asked, facets)
    return {(one.name, one.value): one for group in view.groups for one in (*group.shown, *group.more)}


def test_every_choice_says_what_it_would_leave() -> None:
    found = choices(Asked(text="x"))
    counts = {key: one.count for key, one in found.items() if one.count}
    assert counts == {
        ("ouvert", "1"): 4,
        ("gratuit", "1"): 6,
        ("mode", "en-presentiel"): 11,
        ("mode", "a-distance"): 2,
        ("qui", "familles"): 7,
        ("qui", "femmes"): 9,
        ("type", "CCAS"): 5,
        ("type", "CAF"): 3,
    }
    assert {name for name, _ in found} >= set(WISHES)
    assert set(WISH_WORDS) == set(WISHES)
    assert ("qui", "tous-publics") not in found


def test_what_would_leave_nothing_cannot_be_ticked_unless_it_is_already() -> None:
    free = choices(Asked(text="x"))[("interprete", "1")]
    assert (free.count, free.chosen, free.barred) == (0, False, True)
    ticked = choices(Asked(text="x", narrowing=Narrowing(interpreter=True)))[("interprete", "1")]
    assert (ticked.count, ticked.chosen, ticked.barred) == (0, True, False)


def test_where_not_all_was_counted_nothing_is_barred() -> None:
    view = filters_view(Asked(text="x"), FACETS, cut=True)
    every = [one for group in view.groups for one in (*group.shown, *group.more)]
    assert view.cut is True
    assert any(one.count == 0 for one in every)
    assert not any(one.barred for one in every)


def test_nothing_left_of_a_part_does_not_say_that_there_is_nothing() -> None:
    macros: Any = environment().get_template("components/messages.html").module
    part, whole = (text(macros.nothing_left((), "/chercher?q=x", cut=cut)) for cut in (True, False))
    assert "Aucun relais avec ces filtres parmi ceux qui sont classés" in part
    assert "D’autres existent peut-être : précisez d’abord le problème ou le lieu." in part
    assert "classés" not in whole
    assert "D’autres existent" not in whole


def test_a_kind_that_was_chosen_and_answers_no_more_can_still_be_taken_back() -> None:
    found = choices(Asked(text="x", narrowing=Narrowing(kinds=("ADIL",))))
    assert (found[("type", "ADIL")].count, found[("type", "ADIL")].barred) == (0, False)


def test_of_a_long_list_the_chosen_and_the_most_frequent_are_in_sight() -> None:
    publics = [public for public in Public if public is not Public.TOUS_PUBLICS]
    facets = replace(FACETS, publics=tuple((public, number) for number, public in enumerate(publics)))
    view = filters_view(Asked(text="x", publics=(publics[0],)), facets)
    group = next(group for group in view.groups if group.title == "Public")
    assert len(group.shown) == KINDS_SHOWN
    assert group.shown[0].value == publics[0].value
    assert [one.count for one in group.shown[1:]] == sorted((one.count for one in group.shown[1:]), reverse=True)
    assert max(one.count for one in group.more) < min(one.count for one in group.shown[1:])
    assert {one.value for one in (*group.shown, *group.more)} == {public.value for public in publics}


def test_a_box_keeps_its_id_whatever_its_count() -> None:
    before, after = choices(Asked(text="x")), choices(Asked(text="x"), replace(FACETS, open_now=1))
    assert {key: one.id for key, one in before.items()} == {key: one.id for key, one in after.items()}
    assert len({one.id for one in before.values()}) == len(before)


def test_each_choice_made_leads_back() -> None:
    asked = Asked(text="x", publics=(Public.FEMMES,), narrowing=Narrowing(kinds=("CAF",), free=True), first=20)
    view = filters_view(asked, FACETS)
    assert view.picked == (
        Picked("Femmes", "/chercher?q=x&type=CAF&gratuit=1"),
        Picked("Caisse d’allocations familiales", "/chercher?q=x&qui=femmes&gratuit=1"),
        Picked("Gratuit", "/chercher?q=x&qui=femmes&type=CAF"),
    )
    assert view.cleared == "/chercher?q=x"


def test_when_nothing_is_left_the_way_back_that_gives_most_comes_first() -> None:
    one, other, useless = (Picked(name, f"/{name}") for name in ("un", "deux", "trois"))
    assert with_fewer_filters([(one, 2), (useless, 0), (other, 5)]) == (
        Picked("deux", "/deux", 5),
        Picked("un", "/un", 2),
    )


def test_frequent_problems_are_of_the_closed_list() -> None:
    assert [id_ for _, id_ in FREQUENT if id_ not in competences()] == []
    assert len({id_ for _, id_ in FREQUENT}) == len(FREQUENT)
