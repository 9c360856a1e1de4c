"""From what a mail says to the message that leaves: headers that nobody's text can break out of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import urlsplit

from api.settings import Settings
from graph.model.mail import Mail, checked_address

NAME = "Maillage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a mail says, in plain text. `stop` is the address that ends such mails by one POST; empty where that is no choice.

    The subject is ours alone: it holds counts, never a name, for it shows on a locked telephone.
    """

    subject: str
    text: str
    stop: str = ""


def message(mail: Mail, written: Written, address: str, settings: Settings, at: datetime) -> EmailMessage:
    """The message to `address`. The same mail has the same Message-ID however often it is made.

    Raises InvalidInput when the address is none, and ValueError when a header would hold a line break.
    """
    made = EmailMessage(policy=SMTP)
    made["From"] = Address(NAME, addr_spec=settings.sender)
    made["To"] = Address(addr_spec=checked_address(address))
    made["Subject"] = written.subject
    made["Date"] = format_datetime(at)
    made["Message-ID"] = mail.message_id
    # Absence notices and ticket systems do not answer what says so.
    made["Auto-Submitted"] = "auto-generated"
    if written.stop:
        made["List-Unsubscribe"] = f"<{written.stop}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made.set_content(written.text, charset="utf-8", cte="quoted-printable")
    made["Content-Language"] = "fr"
    return made


def host_of(settings: Settings) -> str:
    """The name that Message-IDs bear."""
    return urlsplit(settings.public_site).hostname or "localhost"
