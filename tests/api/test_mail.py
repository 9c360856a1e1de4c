"""Mail through a real SMTP server: what it says, what it never says, and that none is lost while the server is away."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtplib import SMTPConnectError, SMTPException, SMTPRecipientsRefused
from structlog.testing import capture_logs

from api.mail.message import Written, message
from api.mail.reminding import remind
from api.mail.sending import MOST_ATTEMPTS, PAUSES, Post
from api.settings import Settings
from graph.model.directory import Capacity
from graph.model.errors import InvalidInput
from graph.model.listing import FieldGroup
from graph.model.mail import Item, Mail, Template, checked_address, key_of
from graph.store.correspondents import Correspondents
from graph.store.loading import Loader
from graph.store.mails import Mails
from graph.store.outbox import MAIL_KINDS, Backlog
from graph.store.signed_links import SignedLinks
from graph.store.unit import Graph, Unit
from tests import make
from tests.mail_server import MailServer, mail_server, sending, text_of
from tests.outside import free_port

SAID = make.TODAY
NOW = datetime(2026, 9, 20, 9, 0, tzinfo=UTC)
ADDRESS = "horaires@example.org"
HEADERS = {
    *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"),
    *(
        "List-Unsubscribe",
        "List-Unsubscribe-Post",
        "Content-Type",
        "Content-Language",
        "Content-Transfer-Encoding",
        "MIME-Version",
    ),
}


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
async def listed(empty_graph: Graph) -> AsyncIterator[Graph]:
    """An organisation with a service, both vouched for in March, and an address to write to."""
    loader = Loader(empty_graph, "carte")
    await loader.load(await loader.plan_territories(make.territories()), lambda done: None)
    loader = Loader(empty_graph, "essai")
    body = make.organisation(name="Caisse d’essai")
    service = make.service(
        name="Accueil\r\nBcc: intrus@example.org", hours="Mo 09:00-12:00", capacity=Capacity(vouched_on=SAID)
    )
    await loader.load(await loader.plan_batch(make.batch(body, service)), lambda done: None)
    await appoint(empty_graph)
    yield empty_graph


async def appoint(graph: Graph) -> str:
    return await graph.write(lambda unit: Correspondents(unit).appoint("t:caf", ADDRESS, "compte:1"))


async def post(graph: Graph, settings: Settings) -> bool:
    return await Post(graph, settings, clock=lambda: NOW).send_one()


async def backlog(graph: Graph) -> tuple[int, int]:
    async with graph.reading() as unit:
        held: Backlog = await unit.outbox.backlog(MAIL_KINDS)
    return held.waiting, held.parked


async def due_in(graph: Graph) -> list[int]:
    """Whole seconds until each mail that waits is tried again, and how often it was."""
    async with graph.reading() as unit:
        rows = await unit.run(
            "MATCH (o:Outbox {kind: 'mail'}) RETURN (o.due - timestamp()) / 1000.0 AS wait, o.attempts AS n"
        )
    return [value for row in rows for value in (round(row["wait"]), row["n"])]


async def make_due(graph: Graph) -> None:
    await graph.write(lambda unit: unit.run("MATCH (o:Outbox {kind: 'mail'}) SET o.due = 0"))


async def test_a_reminder_says_what_is_due_and_nothing_that_someone_else_could_use(
    listed: Graph, server: MailServer
) -> None:
    assert await remind(listed, sending(server), NOW) == 1
    with capture_logs() as journal:
        assert await post(listed, sending(server))
    assert await backlog(listed) == (0, 0)
    (sent,) = server.taken
    assert server.to == [[ADDRESS]]
    assert sent["From"] == "Maillage <maillage@example.org>"
    assert sent["To"] == ADDRESS
    assert sent["Subject"] == "Vos fiches dans Maillage : 7 rubriques à vérifier"
    assert sent["Auto-Submitted"] == "auto-generated"
    assert re.fullmatch(r"<[0-9a-f]{32}@maillage\.example\.org>", sent["Message-ID"])
    # A name that holds a line break makes no header.
    assert set(sent.keys()) == HEADERS
    said = text_of(sent)
    assert "Caisse d’essai\n  - Nom et présentation : vérifié le 10\u00a0mars 2026\n  - Territoire" in said
    assert "Accueil Bcc: intrus@example.org\n" in said
    assert "  - Places et délais : vérifié le 10\u00a0mars 2026\n  - Horaires" in said
    address = re.search(r"https://maillage\.example\.org/lien/(\S+)\n", said)
    assert address
    token = address[1]
    assert len(token) == 43
    assert sent["List-Unsubscribe"] == f"<https://maillage.example.org/lien/{token}/arret>"
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "jusqu’au 4\u00a0octobre 2026" in said
    async with listed.reading() as unit:
        link = await SignedLinks(unit).opened_by(key_of(token))
        everything = await unit.run("MATCH (n) WHERE NOT n:Competence RETURN n{.*} AS node")
    assert link is not None
    assert link.ends == NOW + timedelta(days=14)
    assert Item(listing="service:t:s", group=FieldGroup.HOURS) in link.items
    assert token not in str(everything)
    assert ADDRESS not in str(journal)
    assert not await post(listed, sending(server))


async def test_what_was_settled_before_the_mail_left_is_not_asked(listed: Graph, server: MailServer) -> None:
    await remind(listed, sending(server), NOW)
    loader = Loader(listed, "essai")
    fresh: dict[str, Any] = {"vouched_on": NOW.date()}
    batch = make.batch(make.organisation(**fresh), make.service(**fresh))
    await loader.load(await loader.plan_batch(batch), lambda done: None)
    assert await post(listed, sending(server))
    assert server.taken == []
    assert await backlog(listed) == (0, 0)


async def test_who_asked_for_no_mail_gets_none(listed: Graph, server: MailServer) -> None:
    await remind(listed, sending(server), NOW)

    async def stop(unit: Unit) -> None:
        (recipient,) = (await Correspondents(unit).of(["t:caf"]))["t:caf"]
        await Correspondents(unit).stop(recipient.id)

    await listed.write(stop)
    assert await post(listed, sending(server))
    assert server.taken == []
    assert await backlog(listed) == (0, 0)


async def test_a_mail_that_cannot_be_written_is_put_aside_at_once_and_the_next_one_goes(
    listed: Graph, server: MailServer
) -> None:
    async def odd(unit: Unit) -> None:
        (recipient,) = (await Correspondents(unit).of(["t:caf"]))["t:caf"]
        item = Item(listing="service:t:s", group=FieldGroup.HOURS)
        link = await SignedLinks(unit).make("t:caf", recipient.id, [item], NOW)
        await unit.run("MATCH (l:SignedLink {id: $id}) SET l.items = ['service:t:s|rien']", id=link)
        await Mails(unit).write(
            Template.LINK, recipient.id, organisation="t:caf", subjects=[link], site="maillage.example.org"
        )

    await listed.write(odd)
    with capture_logs() as journal:
        assert await post(listed, sending(server))
    assert [line["event"] for line in journal if line["log_level"] == "error"] == ["mail_unwritable"]
    assert await backlog(listed) == (0, 1)
    assert server.taken == []
    assert await remind(listed, sending(server), NOW) == 1
    assert await post(listed, sending(server))
    assert await backlog(listed) == (0, 1)
    assert len(server.taken) == 1


async def test_a_server_that_is_away_makes_mails_wait_longer_each_time_and_loses_none(listed: Graph) -> None:
    port = free_port()
    away = sending(MailServer(port))
    await remind(listed, away, NOW)
    for failures, pause in enumerate(PAUSES[:3], start=1):
        await make_due(listed)
        with pytest.raises(SMTPConnectError):
            await post(listed, away)
        wait, attempts = await due_in(listed)
        assert attempts == failures
        assert pause - 30 < wait <= pause
        assert not await post(listed, away)
    await make_due(listed)
    with mail_server(port) as back:
        assert await post(listed, away)
    assert len(back.taken) == 1
    assert await backlog(listed) == (0, 0)


async def test_a_server_that_stays_away_for_days_has_the_mail_put_aside_and_counted(listed: Graph) -> None:
    away = sending(MailServer(free_port()))
    await remind(listed, away, NOW)
    await listed.write(
        lambda unit: unit.run("MATCH (o:Outbox {kind: 'mail'}) SET o.attempts = $n", n=MOST_ATTEMPTS - 2)
    )
    for expected in ((1, 0), (0, 1)):
        await make_due(listed)
        with pytest.raises(SMTPConnectError):
            await post(listed, away)
        assert await backlog(listed) == expected
    assert 4.5 < (sum(PAUSES) + (MOST_ATTEMPTS - 1 - len(PAUSES)) * PAUSES[-1]) / 86_400 < 5.5


async def test_a_mail_refused_for_good_is_put_aside_and_one_refused_for_now_waits(
    listed: Graph, server: MailServer
) -> None:
    await remind(listed, sending(server), NOW)
    server.recipient = "450 greylisted"
    with pytest.raises(SMTPRecipientsRefused):
        await post(listed, sending(server))
    assert await backlog(listed) == (1, 0)
    await make_due(listed)
    server.recipient = "550 no such person"
    with capture_logs() as journal:
        assert await post(listed, sending(server))
    assert [(line["event"], line["code"]) for line in journal] == [("mail_refused", 550)]
    assert ADDRESS not in str(journal)
    assert await backlog(listed) == (0, 1)
    assert server.taken == []

    await listed.write(lambda unit: unit.outbox.retry())
    server.recipient, server.data = "250 OK", "554 not wanted"
    assert await post(listed, sending(server))
    assert await backlog(listed) == (0, 1)


async def test_nothing_goes_in_the_clear_where_the_settings_ask_for_tls(listed: Graph, server: MailServer) -> None:
    await remind(listed, sending(server), NOW)
    with pytest.raises(SMTPException, match="STARTTLS"):
        await post(listed, sending(server, smtp_tls="starttls"))
    assert server.taken == []
    assert await backlog(listed) == (1, 0)


async def test_a_mail_that_goes_twice_is_one_by_its_id_and_both_copies_open_one_link(
    listed: Graph, server: MailServer
) -> None:
    await remind(listed, sending(server), NOW)
    taken, answered = threading.Event(), threading.Event()

    def keep_waiting(made: EmailMessage) -> None:
        taken.set()
        answered.wait(60)

    server.on_data = keep_waiting
    dying = asyncio.create_task(post(listed, sending(server)))
    assert await asyncio.to_thread(taken.wait, 30)
    # The server has the mail, and its sender ends before it hears so.
    dying.cancel()
    # What speaks to the server is a thread, and waits for its answer.
    asyncio.get_running_loop().call_later(1, answered.set)
    with pytest.raises(asyncio.CancelledError):
        await dying
    server.on_data = lambda made: None
    assert not await post(listed, sending(server))
    await make_due(listed)
    assert await post(listed, sending(server))
    one, other = server.taken
    assert one["Message-ID"] == other["Message-ID"]
    tokens = [re.findall(r"/lien/(\S+)\n", text_of(copy))[0] for copy in (one, other)]
    assert tokens[0] != tokens[1]
    async with listed.reading() as unit:
        opened = [await SignedLinks(unit).opened_by(key_of(token)) for token in tokens]
    assert opened[0] == opened[1]
    assert await backlog(listed) == (0, 0)


@pytest.mark.parametrize(
    "given",
    [
        "",
        "accueil",
        "accueil@exemple",
        "a@b.fr, c@d.fr",
        "a@b.fr\nBcc: c@d.fr",
        "a@b.fr\r\n",
        "Accueil <a@b.fr>",
        "a b@c.fr",
        "é@b.fr",
        f"{'a' * 65}@b.fr",
        f"a@{'b' * 250}.fr",
    ],
)
def test_an_address_is_one_plain_address(given: str) -> None:
    if given.strip() == "a@b.fr":
        assert checked_address(given) == "a@b.fr"
        return
    with pytest.raises(InvalidInput) as refused:
        checked_address(given)
    assert refused.value.field == "email"


@pytest.mark.parametrize("hostile", ["Objet\r\nBcc: intrus@example.org", "Objet\nX: y", "Objet\rX: y"])
def test_no_header_holds_a_line_break(hostile: str) -> None:
    mail = Mail(
        id="m", template=Template.LINK, recipient="c", organisation="o", subjects=("l",), message_id="<m@example.org>"
    )
    settings = sending(MailServer(25))
    for written in (Written(subject=hostile, text=""), Written(subject="s", text="", stop=hostile)):
        with pytest.raises(ValueError, match="linefeed"):
            message(mail, written, ADDRESS, settings, NOW)


async def test_mails_are_forgotten_three_months_after_they_were_sent(listed: Graph, server: MailServer) -> None:
    await remind(listed, sending(server), NOW)
    await post(listed, sending(server))
    age = "MATCH (m:Mail) SET m.sent = m.sent - $age"
    await listed.write(lambda unit: unit.run(age, age=90 * 86_400_000 - 60_000))
    assert await listed.write(lambda unit: Mails(unit).sweep()) == 0
    await listed.write(lambda unit: unit.run(age, age=60_001))
    assert await listed.write(lambda unit: Mails(unit).sweep()) == 1
