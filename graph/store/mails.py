"""Mails to be sent: written with the row of the outbox that sends them, holding ids only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, LiteralString
from uuid import uuid4

from graph.model.mail import Mail, Template
from graph.store.outbox import MAIL

if TYPE_CHECKING:
    from graph.store.unit import Unit

KEEP_DAYS: Final = 90
SWEPT_AT_ONCE: Final = 1000

WRITE: Final[LiteralString] = """
CREATE (:Mail {id: $id, template: $template, recipient: $recipient, organisation: $organisation, subjects: $subjects,
               messageId: $message_id, made: timestamp()})
"""
READ: Final[LiteralString] = """
MATCH (m:Mail {id: $id})
RETURN m.id AS id, m.template AS template, m.recipient AS recipient, m.organisation AS organisation,
       m.subjects AS subjects, m.messageId AS message_id
"""
SENT: Final[LiteralString] = "MATCH (m:Mail {id: $id}) SET m.sent = timestamp()"
DROPPED: Final[LiteralString] = "MATCH (m:Mail {id: $id}) SET m.dropped = timestamp()"
SWEEP: Final[LiteralString] = """
MATCH (m:Mail) WHERE coalesce(m.sent, m.dropped) < timestamp() - $kept
WITH m LIMIT $most
DELETE m
RETURN count(*) AS swept
"""


class Mails:
    """Mails within one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def write(
        self, template: Template, recipient: str, *, organisation: str = "", subjects: Sequence[str] = (), site: str
    ) -> str:
        """A mail to be sent once this unit has committed; its id. `site` is the name of the host that its Message-ID bears."""
        id_ = uuid4().hex
        await self._unit.run(
            WRITE,
            id=id_,
            template=template.value,
            recipient=recipient,
            organisation=organisation,
            subjects=list(subjects),
            message_id=f"<{id_}@{site}>",
        )
        await self._unit.outbox.add(MAIL, [id_])
        return id_

    async def read(self, id_: str) -> Mail | None:
        """One mail; None when it was swept."""
        rows = await self._unit.run(READ, id=id_)
        if not rows:
            return None
        row = rows[0] | {"template": Template(rows[0]["template"]), "subjects": tuple(rows[0]["subjects"])}
        return Mail(**row)

    async def sent(self, id_: str) -> None:
        """A mail server has taken it."""
        await self._unit.run(SENT, id=id_)

    async def dropped(self, id_: str) -> None:
        """There was no longer anything to say, or anyone to say it to."""
        await self._unit.run(DROPPED, id=id_)

    async def sweep(self) -> int:
        """Forget some of those sent more than three months ago; how many."""
        rows = await self._unit.run(SWEEP, kept=KEEP_DAYS * 86_400_000, most=SWEPT_AT_ONCE)
        return rows[0]["swept"]
