"""The worker's post: takes mails from the outbox one by one, writes them from the graph, hands them to the mail server.

A mail is marked only once the server has taken it: who is killed between the two has sent it, and sends it once more, under
the same Message-ID. A server that is away makes mails wait, each time longer; only one that refuses a mail for good, or is
away for five days, has it put aside, and counted. So is, at once, a mail that cannot be written: the others go on.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Final
from uuid import uuid4

import aiosmtplib
import structlog
from aiosmtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from prometheus_client import Counter

from api.mail.message import host_of, message
from api.mail.templates import Pen, write
from api.settings import Settings
from graph.model.errors import InvalidInput, NotFound, Refusal, Unavailable
from graph.store.correspondents import Correspondents
from graph.store.mails import Mails
from graph.store.outbox import LEASE_SECONDS, MAIL_KINDS, Effect
from graph.store.unit import Graph, Unit
from graph.store.watched import span

# Well within the lease: who is this slow gives up before another may take the mail.
SEND_SECONDS: Final = LEASE_SECONDS / 2
POLL_SECONDS: Final = 2.0
# The server is away, or does not want us: the next mail would fare no better.
PAUSE_AFTER_FAULT_SECONDS: Final = 15.0
PAUSES: Final = (60, 120, 300, 600, 1200, 2400, 3600)
# With those pauses, about five days.
MOST_ATTEMPTS: Final = 125
PERMANENT: Final = 500
# What writing a mail raises of itself: it would be raised again as often as one tries.
UNWRITABLE: Final = (InvalidInput, NotFound, ValueError, LookupError, TypeError)

MAILS: Final = Counter("maillage_mails_total", "Mails taken up, by what became of them.", ("end",))

log = structlog.get_logger()


class RefusedForGood(Exception):
    """The server will not take this mail however often it is asked; `code` is its answer's."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


class Unwritable(Exception):
    """The graph holds something of which this mail cannot be made; the text is the fault's class."""


class Post:
    """Sends what waits. Several may work at once: a mail is claimed by one."""

    def __init__(
        self, graph: Graph, settings: Settings, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._graph = graph
        self._settings = settings
        self._clock = clock
        self._by = f"post:{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"

    async def work(self) -> None:
        """For ever. Faults are logged by their class, and tried again."""
        while True:
            try:
                busy = await self.send_one()
            except (SMTPException, OSError, TimeoutError, Unavailable):
                await asyncio.sleep(PAUSE_AFTER_FAULT_SECONDS)
            except Exception as fault:
                log.error("mail_failed", fault=type(fault).__name__)
                await asyncio.sleep(PAUSE_AFTER_FAULT_SECONDS)
            else:
                await asyncio.sleep(0 if busy else POLL_SECONDS)

    async def send_one(self) -> bool:
        """Send one mail that is due; False when there is none. Raises what kept it from being sent, once it is postponed."""
        effects = await self._graph.write(lambda unit: unit.outbox.claim(self._by, 1, MAIL_KINDS))
        if not effects:
            return False
        (effect,) = effects
        with span("mail"):
            try:
                written = await self._written(effect.subjects[0])
                if written:
                    await self._hand_over(written)
            except RefusedForGood as refused:
                log.warning("mail_refused", mail=effect.subjects[0], code=refused.code)
                MAILS.labels("refused").inc()
                await self._graph.write(lambda unit: unit.outbox.park([effect]))
            except Unwritable as fault:
                log.error("mail_unwritable", mail=effect.subjects[0], fault=str(fault))
                MAILS.labels("unwritable").inc()
                await self._graph.write(lambda unit: unit.outbox.park([effect]))
            except Exception as fault:
                await self._postpone(effect, fault)
                raise
            else:
                await self._graph.write(lambda unit: _settle(unit, effect, sent=written is not None))
                MAILS.labels("sent" if written else "dropped").inc()
        return True

    async def _written(self, id_: str) -> EmailMessage | None:
        """The message, as the graph would have it now; None when there is nothing to send. Raises Unwritable."""
        at = self._clock()

        async def compose(unit: Unit) -> EmailMessage | None:
            mail = await Mails(unit).read(id_)
            address = await Correspondents(unit).address(mail.recipient, mail.organisation) if mail else ""
            if not mail or not address:
                return None
            try:
                said = await write(Pen(unit, self._settings.public_site, at), mail)
                return message(mail, said, address, self._settings, at) if said else None
            except UNWRITABLE as fault:
                raise Unwritable(type(fault).__name__) from fault

        return await self._graph.write(compose)

    async def _hand_over(self, made: EmailMessage) -> None:
        """Until the server has said that it keeps the message. Raises RefusedForGood, or what may pass."""
        settings = self._settings
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await aiosmtplib.send(
                    made,
                    hostname=settings.smtp_host,
                    port=settings.smtp_port,
                    username=settings.smtp_user or None,
                    password=settings.smtp_password.get_secret_value() or None,
                    use_tls=settings.smtp_tls == "tls",
                    start_tls=settings.smtp_tls == "starttls",
                    local_hostname=host_of(settings),
                    timeout=SEND_SECONDS,
                )
        except aiosmtplib.SMTPAuthenticationError:
            # It is us that it does not want, not this mail.
            raise
        except SMTPRecipientsRefused as refused:
            codes = [one.code for one in refused.recipients]
            if all(code >= PERMANENT for code in codes):
                raise RefusedForGood(codes[0]) from refused
            raise
        except (aiosmtplib.SMTPRecipientRefused, aiosmtplib.SMTPDataError) as refused:
            if refused.code >= PERMANENT:
                raise RefusedForGood(refused.code) from refused
            raise

    async def _postpone(self, effect: Effect, fault: Exception) -> None:
        """When the graph does not answer either, its lease ends by itself."""
        code = fault.code if isinstance(fault, SMTPResponseException) else 0
        log.warning("mail_postponed", mail=effect.subjects[0], fault=type(fault).__name__, code=code)
        MAILS.labels("postponed").inc()
        with suppress(Refusal, TimeoutError):
            parked = await self._graph.write(lambda unit: unit.outbox.postpone([effect], PAUSES, MOST_ATTEMPTS))
            if parked:
                log.warning("mail_parked", mail=effect.subjects[0], fault=type(fault).__name__)


async def _settle(unit: Unit, effect: Effect, *, sent: bool) -> None:
    mails = Mails(unit)
    await (mails.sent(effect.subjects[0]) if sent else mails.dropped(effect.subjects[0]))
    await unit.outbox.done([effect])
