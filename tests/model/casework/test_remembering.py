"""Two years after the last contact, told thirty days before; a public body needs its archive's visa."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from graph.model.casework import deciding, remembering
from graph.model.casework.acts import Erased
from graph.model.casework.file import File, FileState, Outcome
from graph.model.casework.owed import Holder, Owed, owed
from graph.model.casework.remembering import Cause
from graph.model.casework.writings import Noted, NoteKind
from graph.model.errors import InvalidInput, ReasonMissing, StepNotAllowed
from tests.api.casework.family import AT, WORKER, Making, family

DAY = timedelta(days=1)
END = AT.replace(year=2028)


def closed() -> Making:
    made = family()
    assert made.file is not None
    made.add(deciding.closed(made.file, Outcome.MET, "fini"))
    return made


def file_of(made: Making) -> File:
    assert made.file is not None
    return made.file


def test_it_is_told_thirty_days_before_and_not_twice() -> None:
    made = closed()
    assert remembering.forgetting_told(file_of(made), END - 31 * DAY) is None
    told = remembering.forgetting_told(file_of(made), END - 30 * DAY)
    assert told is not None
    assert told.on == END
    file = made.add(told)
    assert remembering.forgetting_told(file, END) is None
    assert [(one.what, one.holder, one.due) for one in owed(file)] == [(Owed.SEE_ERASURE, Holder.HEAD, END)]


def test_told_late_it_waits_its_thirty_days() -> None:
    told = remembering.forgetting_told(file_of(closed()), END + 90 * DAY)
    assert told is not None
    assert told.on == END + 120 * DAY


def test_it_may_be_forgotten_once_told_and_silent() -> None:
    made = closed()
    assert not remembering.may_be_forgotten(file_of(made), END)
    told = remembering.forgetting_told(file_of(made), END - DAY)
    assert told is not None
    made.add(told)
    assert not remembering.may_be_forgotten(file_of(made), END)
    assert remembering.may_be_forgotten(file_of(made), END + 29 * DAY)


def test_whoever_comes_back_is_not_forgotten() -> None:
    made = closed()
    told = remembering.forgetting_told(file_of(made), END - 30 * DAY)
    assert told is not None
    made.add(told)
    file = made.add(Noted(kind=NoteKind.CALL, text="rappel", with_person=True), at=END - DAY)
    assert not remembering.may_be_forgotten(file, END)
    file = made.add(deciding.reopened(file, WORKER, END, "revient"), at=END)
    assert (file.state, file.forgotten_on) == (FileState.OPEN, None)


def test_an_open_file_is_never_told_nor_forgotten() -> None:
    made = family()
    assert remembering.forgetting_told(file_of(made), END + 90 * DAY) is None
    assert not remembering.may_be_forgotten(file_of(made), END + 90 * DAY)
    with pytest.raises(StepNotAllowed):
        remembering.erased(file_of(made), ["CHRS"], "", Cause.ASKED)


def test_a_public_body_needs_its_visa_and_so_does_one_of_an_unknown_kind() -> None:
    file = file_of(closed())
    for kind in ("CCAS", "DEPARTEMENT", "CAF", "", "INCONNU"):
        with pytest.raises(ReasonMissing):
            remembering.erased(file, ["CHRS", kind], "  ", Cause.TIME)
    assert remembering.erased(file, ["CHRS"], "", Cause.TIME) == Erased(visa="", why="time")
    assert remembering.erased(file, ["CCAS"], " 25-2028/12 ", Cause.ASKED) == Erased(visa="25-2028/12", why="asked")
    with pytest.raises(InvalidInput):
        remembering.erased(file, ["CCAS"], "x" * 101, Cause.ASKED)


def test_a_day_that_is_not_in_every_year() -> None:
    leap = datetime(2024, 2, 29, 9, tzinfo=UTC)
    assert remembering.kept_until(leap) == datetime(2026, 2, 28, 9, tzinfo=UTC)
    assert remembering.silent_since(datetime(2028, 2, 29, 9, tzinfo=UTC)) == datetime(2026, 2, 28, 9, tzinfo=UTC)
