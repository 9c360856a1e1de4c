"""The chain of a log: any change is found, and what was said can be forgotten."""

from __future__ import annotations

from dataclasses import fields, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.model.casework.chain import START, Link, broken, commitment, linked

SAID = (b"elle appelle", b"elle est venue", b"elle est partie", b"elle revient")


def chain(salts: tuple[bytes, ...]) -> list[Link]:
    links, before = [], START
    for number, (salt, said) in enumerate(zip(salts, SAID, strict=True), 1):
        key, act, at, told = f"f:{number}", "Noted", f"2026-03-{number:02}", commitment(salt, said)
        before = linked(before, key, act, at, told)
        links.append(Link(key=key, act=act, at=at, commitment=told, hash=before))
    return links


SALTS = (b"a" * 16, b"b" * 16, b"c" * 16, b"d" * 16)


@given(
    st.integers(0, 3),
    st.sampled_from([field.name for field in fields(Link)]),
    st.text("0123456789abcdef:-", min_size=1, max_size=64),
)
@settings(max_examples=200)
def test_any_change_of_any_field_is_found(place: int, field: str, value: str):
    links = chain(SALTS)
    changed = [*links]
    changed[place] = replace(links[place], **{field: value})
    if changed == links:
        return
    assert broken(changed) == changed[place].key


def test_what_is_taken_out_put_in_or_turned_round_is_found():
    links = chain(SALTS)
    for place in range(len(links) - 1):
        assert broken(links[:place] + links[place + 1 :]) == links[place + 1].key
        swapped = [*links]
        swapped[place], swapped[place + 1] = links[place + 1], links[place]
        assert broken(swapped) == swapped[place].key
        assert broken([*links[: place + 1], links[place], *links[place + 1 :]]) == links[place].key


def test_one_who_changes_an_entry_must_change_all_that_follow():
    links = chain(SALTS)
    told = commitment(SALTS[1], b"elle n\xe2\x80\x99est pas venue")
    mended = replace(links[1], commitment=told, hash=linked(links[0].hash, links[1].key, "Noted", links[1].at, told))
    assert broken([links[0], mended, *links[2:]]) == "f:3"


def test_the_chain_holds_when_what_was_said_is_forgotten():
    # Neither the salt nor the text is needed to verify, and without them nobody can tell what it was.
    links = chain(SALTS)
    assert broken(links) is None
    assert broken([]) is None
    assert commitment(SALTS[0], SAID[0]) == links[0].commitment
    assert commitment(b"e" * 16, SAID[0]) != links[0].commitment


def test_the_parts_of_a_link_cannot_run_into_one_another():
    assert linked(START, "f:1", "Noted", "2026", "aa") != linked(START, "f:1", "Noted", "2026a", "a")
    assert linked(START, "f:11", "Noted", "2026", "aa") != linked(START, "f:1", "1Noted", "2026", "aa")
