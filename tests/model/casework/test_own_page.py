"""The door of a person's page: one address, one code, off where there is danger at home."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from graph.model.casework import deciding, own_page
from graph.model.casework.acts import MemberSet, PageSet
from graph.model.casework.file import FileState, Outcome, PersonPage
from graph.model.errors import InvalidInput, NeedsConfirming, StepNotAllowed
from tests.api.casework.family import AT, FATHER, MOTHER, ODILE, Making, family

TOKEN, CODE = "T" * 32, "12345678"


def open_to(made: Making, member: str = MOTHER, *, confirmed: bool = False) -> PersonPage:
    assert made.file is not None
    page = own_page.opened(made.file, member, own_page.digest(TOKEN), own_page.hashed(CODE), AT, confirmed=confirmed)
    made.add(PageSet(page=page))
    return page


def test_the_code_is_kept_salted_and_slow_and_opens_as_it_is_typed() -> None:
    kept = own_page.hashed(CODE)
    assert CODE not in kept
    assert kept != own_page.hashed(CODE)
    assert own_page.opens(kept, " 1234 5678 ")
    assert not own_page.opens(kept, "12345679")
    assert not own_page.opens("", "")
    assert not own_page.opens("", CODE)


def test_tokens_and_codes_are_long_enough() -> None:
    assert len(own_page.new_token()) == 32
    assert len(own_page.new_code()) == own_page.CODE_DIGITS == 8
    assert own_page.new_code().isdigit()


def test_an_address_opens_her_page_until_its_day() -> None:
    made = family()
    page = open_to(made)
    assert page.until == AT + own_page.LASTS
    assert own_page.of_token(made.file, TOKEN, AT) == page
    assert own_page.of_token(made.file, "U" * 32, AT) is None
    assert own_page.of_token(made.file, TOKEN, AT + own_page.LASTS) is None
    assert own_page.of_token(None, TOKEN, AT) is None


def test_it_opens_no_longer_once_closed_or_once_she_has_left() -> None:
    made = family()
    open_to(made)
    assert made.file is not None
    closed = own_page.closed(made.file, MOTHER)
    left = replace(ODILE, left=AT.date())
    assert own_page.of_token(made.add(PageSet(page=closed)), TOKEN, AT) is None
    open_to(made)
    assert own_page.of_token(made.add(MemberSet(member=left)), TOKEN, AT) is None
    with pytest.raises(InvalidInput):
        open_to(made)


def test_it_stays_off_where_there_is_danger_at_home_unless_she_asks() -> None:
    made = family()
    open_to(made)
    assert made.file is not None
    off = own_page.closed(made.file, MOTHER, danger=True)
    assert off == PersonPage(member=MOTHER, danger_at_home=True)
    file = made.add(PageSet(page=off))
    assert file.danger_at_home
    for member in (MOTHER, FATHER):
        with pytest.raises(NeedsConfirming):
            own_page.opened(file, member, "t", "c", AT)
    assert open_to(made, confirmed=True).danger_at_home
    file = made.add(PageSet(page=own_page.closed(file, MOTHER, danger=False)))
    assert not file.danger_at_home


def test_after_the_end_it_is_read_for_a_while_and_no_new_one_is_opened() -> None:
    made = family()
    open_to(made)
    assert made.file is not None
    file = made.add(deciding.closed(made.file, Outcome.MET, "fini"))
    assert file.state is FileState.CLOSED
    assert own_page.of_token(file, TOKEN, AT + timedelta(days=59)) is not None
    assert own_page.of_token(file, TOKEN, AT + own_page.AFTER_THE_END) is None
    with pytest.raises(StepNotAllowed):
        own_page.opened(file, MOTHER, "t", "c", AT)
