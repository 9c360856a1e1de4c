"""Facts from rows: what stands in clear of a handoff, a need, a file, a contact, as the model counts it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec

from graph.model.casework.contact import Cause
from graph.model.casework.file import FileState, Outcome
from graph.model.casework.front_desk import Request
from graph.model.casework.handoff import Kind, ReasonCode, State
from graph.model.figures.facts import FileFact, HandoffFact, NeedFact, RequestFact
from graph.store.casework.rows import moment_of

Row = dict[str, Any]
_TOLD: Final = msgspec.json.Decoder(Request)


class Around(NamedTuple):
    """What a fact says of the file that it is of."""

    requested: datetime
    commune: str


def file_fact(row: Row, asked: Mapping[str, datetime]) -> FileFact:
    """A file; `asked` has the moments of contacts that led to files."""
    opened, closed = moment_of(row["opened"]), _moment(row.get("closed"))
    since = _moment(row.get("leadSince"))
    return FileFact(
        id=row["id"],
        state=FileState(row["state"]),
        organisation=_text(row, "organisation"),
        lead=_text(row, "leadOrganisation") or _text(row, "lastOrganisation"),
        account=_text(row, "leadAccount") or _text(row, "lastAccount"),
        lead_since=since or opened,
        opened=opened,
        requested=asked.get(row.get("request", ""), opened),
        commune=_text(row, "commune"),
        persons=row.get("persons", 1),
        transitional=row.get("transitional", False),
        closed=closed,
        outcome=Outcome(row["outcome"]) if row.get("outcome") else None,
    )


def handoff_fact(row: Row, file: Around) -> HandoffFact:
    """A handoff."""
    return HandoffFact(
        id=row["id"],
        file=row["file"],
        kind=Kind(row["kind"]),
        state=State(row["state"]),
        sender=_text(row, "sender"),
        target=_text(row, "target"),
        requested=file.requested,
        drafted=moment_of(row["drafted"]),
        needs=tuple(row.get("needs", ())),
        competence=_text(row, "competence"),
        commune=sys.intern(file.commune),
        agreement=_text(row, "agreement"),
        service=_text(row, "service"),
        urgent=row.get("urgent", False),
        parent=row.get("parent") or "",
        chain=row.get("chain", 0),
        sent=_moment(row.get("sent")),
        answered=_moment(row.get("answered")),
        contacted=_moment(row.get("contacted")),
        ended=_moment(row.get("ended")),
        reason=ReasonCode(row["reason"]) if row.get("reason") else None,
        outcome=_text(row, "outcome"),
    )


def need_fact(row: Row, file: Around, causes: Mapping[str, Cause]) -> NeedFact:
    """A need; `causes` by file and need."""
    return NeedFact(
        id=row["id"],
        file=row["file"],
        competence=_text(row, "competence"),
        opened=moment_of(row["opened"]),
        commune=sys.intern(file.commune),
        urgent=row.get("urgent", False),
        ended=_moment(row.get("ended")),
        outcome=Outcome(row["outcome"]) if row.get("outcome") else None,
        cause=causes.get(f"{row['file']}|{row['id']}"),
    )


def request_fact(told: str) -> RequestFact | None:
    """A contact; None of one that was taken back."""
    request = _TOLD.decode(told)
    if request.voided:
        return None
    contact = request.contact
    return RequestFact(
        id=request.id,
        organisation=request.organisation,
        at=request.at,
        channel=contact.channel,
        requester=contact.requester,
        sex=contact.sex,
        age_band=contact.age_band,
        commune="" if contact.danger else contact.commune,
        at_once=contact.at_once,
        danger=contact.danger,
        file=request.file,
        reasons=contact.reasons,
        unmet=tuple((need.competence, need.cause) for need in request.unmet if need.cause),
    )


def _moment(number: int | None) -> datetime | None:
    return moment_of(number) if number else None


def _text(row: Row, name: str) -> str:
    """One text for the many rows that say the same."""
    return sys.intern(row.get(name) or "")
