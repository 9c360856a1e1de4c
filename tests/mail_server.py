"""A mail server that a test owns: real SMTP on loopback, which keeps what it takes and answers as it is told to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as AS_SMTP
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from api.settings import Settings
from tests.outside import free_port

TAKEN = "250 OK"


class MailServer:
    """`taken` are the messages it keeps, `to` their envelopes' recipients. `recipient` and `data` are its next answers."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.taken: list[EmailMessage] = []
        self.to: list[list[str]] = []
        self.recipient = TAKEN
        self.data = TAKEN
        self.on_data: Callable[[EmailMessage], None] = lambda message: None

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.recipient == TAKEN:
            envelope.rcpt_tos.append(address)
        return self.recipient

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.data == TAKEN:
            message = cast("EmailMessage", message_from_bytes(cast("bytes", envelope.content), policy=AS_SMTP))
            self.taken.append(message)
            self.to.append(list(envelope.rcpt_tos))
            self.on_data(message)
        return self.data

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of a site that sends by it."""
        return {
            "smtp_host": "127.0.0.1",
            "smtp_port": self.port,
            "smtp_tls": "none",
            "sender": "maillage@example.org",
            "site": "https://maillage.example.org",
        }


@contextmanager
def mail_server(port: int | None = None) -> Iterator[MailServer]:
    """A server that listens; on a port of its own unless one is given."""
    server = MailServer(port or free_port())
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


def sending(server: MailServer, **others: Any) -> Settings:
    """Settings that send by this server."""
    return Settings(**(server.settings | others))


def text_of(message: EmailMessage) -> str:
    """What its reader reads."""
    return message.get_content().replace("\r\n", "\n")
