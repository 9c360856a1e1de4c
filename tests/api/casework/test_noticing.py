"""Who is told of what, once, and in words that say nothing: a canary is put everywhere a story could leak from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from api.actions.casework.clocks import pass_over
from api.mail.noticing import SAID, tell_some
from api.mail.pen import Pen
from api.mail.sending import Post
from api.mail.templates import WRITERS
from api.settings import Settings
from graph.model.casework import deciding
from graph.model.casework.file import Identity, LeadCause, Outcome
from graph.model.casework.handoff import Kind, ReasonCode, Step, Target
from graph.model.casework.notices import NoticeKind
from graph.model.casework.said import Said
from graph.model.casework.writings import CalledBack, ContactTold
from graph.model.mail import Mail, Template
from graph.store.unit import Graph
from tests.cases import ACCORD, ANNE, AT, BEN, CMS, MEMBER, NEED, Log, people
from tests.mail_server import MailServer, mail_server, sending, text_of

CANARY = "SERINUS"
LATER = AT + timedelta(days=4)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


async def told(graph: Graph, settings: Settings, server: MailServer) -> list[tuple[str, str]]:
    """Tell all there is to tell; (address, subject) of the mails that this made."""
    while await tell_some(graph, settings, "t"):
        continue
    before = len(server.taken)
    while await Post(graph, settings).send_one():
        continue
    return sorted(
        (to[0], str(mail["Subject"])) for mail, to in zip(server.taken[before:], server.to[before:], strict=True)
    )


async def test_each_is_told_once_of_what_concerns_her(empty_graph: Graph, server: MailServer) -> None:
    await people(empty_graph)
    log, settings = Log(empty_graph), sending(server)
    file = await log.sent()
    arrived = "Maillage : une demande vous est adressée"
    assert await told(empty_graph, settings, server) == [("ben@example.org", arrived), ("cleo@example.org", arrived)]
    assert await told(empty_graph, settings, server) == []
    file = await log.step(file, "h1", Step.ACCEPT, BEN)
    assert await told(empty_graph, settings, server) == [("anne@example.org", "Maillage : une réponse est arrivée")]
    await log.step(file, "h1", Step.DECLINE, BEN, Said(reason=ReasonCode.NO_CAPACITY))
    assert await told(empty_graph, settings, server) == [("anne@example.org", "Maillage : une demande a pris fin")]


async def test_time_reminds_the_house_and_alerts_its_head(empty_graph: Graph, server: MailServer) -> None:
    await people(empty_graph)
    log, settings = Log(empty_graph), sending(server)
    await log.sent()
    await told(empty_graph, settings, server)
    await pass_over(empty_graph, LATER)
    waits = "Maillage : une action vous attend"
    assert await told(empty_graph, settings, server) == [("ben@example.org", waits), ("cleo@example.org", waits)]
    await pass_over(empty_graph, AT + timedelta(days=10))
    await told(empty_graph, settings, server)
    await pass_over(empty_graph, AT + timedelta(days=12))
    late = "Maillage : une action est en retard"
    assert await told(empty_graph, settings, server) == [("anne@example.org", late), ("dora@example.org", late)]


async def test_whoever_was_asked_is_told_that_it_ended_with_the_file(empty_graph: Graph, server: MailServer) -> None:
    await people(empty_graph)
    log, settings = Log(empty_graph), sending(server)
    file = await log.sent()
    await told(empty_graph, settings, server)
    file = await log.append(file, BEN, ContactTold(id="k1", organisation=CMS, due=AT, urgent=True))
    see = "Maillage : un dossier demande votre attention"
    assert await told(empty_graph, settings, server) == [("anne@example.org", see)]
    file = await log.append(file, ANNE, CalledBack(contact="k1", text="sans réponse", reached=False))
    await log.append(file, ANNE, deciding.closed(file, Outcome.MOVED, "ailleurs"), at=LATER)
    ended = "Maillage : une demande a pris fin"
    assert await told(empty_graph, settings, server) == [("ben@example.org", ended), ("cleo@example.org", ended)]


async def test_no_mail_says_who_or_what_or_why(empty_graph: Graph, server: MailServer) -> None:
    """Every kind of notice is provoked with the canary in every name and text of the file."""
    await people(empty_graph)
    log, settings = Log(empty_graph), sending(server)
    someone = replace(MEMBER, identity=Identity(name=CANARY, phone="0611223344", address=CANARY, email="x@example.org"))
    file = await log.append(None, ANNE, deciding.opened(ANNE, (someone,), AT))
    need = replace(NEED, words=CANARY)
    accord = replace(ACCORD, purpose=CANARY)
    file = await log.append(file, ANNE, deciding.need_added(file, need), deciding.consent_given(file, accord))
    texts = Said(text=CANARY, reason=ReasonCode.OTHER, appeal=CANARY, interim=CANARY, outcome="met")
    file = await log.send(file, Kind.TRANSFER, "h1", message=CANARY, purpose=CANARY)
    file = await log.step(file, "h1", Step.ASK, BEN, texts)
    file = await log.step(file, "h1", Step.ANSWER, ANNE, texts)
    file = await log.step(file, "h1", Step.REPORT, ANNE, replace(texts, reported=Step.ACCEPT))
    file = await log.step(file, "h1", Step.REMIND, ANNE, texts)
    file = await log.step(file, "h1", Step.ESCALATE, ANNE, texts)
    file = await log.step(file, "h1", Step.CONTACT, BEN, texts)
    file = await log.step(file, "h1", Step.COMPLETE, BEN, texts)
    file = await log.append(
        file, BEN, deciding.departed(file, replace(file.leads[-1], since=AT, cause=LeadCause.DEPARTURE), CANARY)
    )
    file = await log.send(file, Kind.REFER, "h2", message=CANARY, confirmed=True)
    file = await log.step(file, "h2", Step.DECLINE, BEN, texts)
    called = ContactTold(id="k1", organisation=CMS, due=AT, urgent=True)
    await log.append(file, BEN, called)
    await told(empty_graph, settings, server)
    said = {str(mail["Subject"]) for mail in server.taken}
    assert said == {f"Maillage : {subject[0].lower()}{subject[1:]}" for subject, _ in SAID.values()}
    for mail in server.taken:
        whole = f"{mail['Subject']}{text_of(mail)}{mail.as_string()}"
        for word in (CANARY, "0611223344", "rsa", "RSA", file.id, "h1", CMS, "Anne", "Ben"):
            assert word not in whole


def test_every_notice_has_its_words_and_every_template_its_writer() -> None:
    assert set(SAID) == set(NoticeKind)
    assert set(WRITERS) == set(Template)
    for subject, said in SAID.values():
        assert len(f"Maillage : {subject}") <= 60
        assert said.startswith(subject[:6]) or "Maillage" in said


async def test_the_text_of_each_notice_is_fixed(empty_graph: Graph) -> None:
    """A mail depends on its kind and on nothing else that the graph holds."""
    async with empty_graph.reading() as unit:
        pen = Pen(unit, "https://m.example.fr", AT)
        for kind in NoticeKind:
            mail = Mail(
                id="m",
                template=Template.NOTICE,
                recipient="anne",
                organisation=CMS,
                subjects=(kind.value, ""),
                message_id="<m@x>",
            )
            written = await WRITERS[Template.NOTICE](pen, mail)
            assert written is not None
            assert written.text.count("https://") == 1
            assert Target(organisation=CMS).organisation not in written.text
