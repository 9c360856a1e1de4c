"""Mails about files: that something waits, arrived, is late, was handed over. Never of whom, what, why, nor by what kind of house.

The worker reads what happened to a file since it last told, and writes the mails in the transaction that says so: nobody is told
twice, and nothing is told before it is true.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final
from uuid import uuid4

import structlog

from api.mail.message import Written, host_of
from api.mail.pen import Pen, environment
from api.settings import Settings
from graph.model.access import Role
from graph.model.account import MembershipState
from graph.model.casework.notices import Notice, NoticeKind, notices
from graph.model.casework.owed import Holder
from graph.model.errors import Unavailable
from graph.model.mail import Mail, Template
from graph.store.correspondents import Correspondents
from graph.store.mails import Mails
from graph.store.outbox import CASEWORK_KINDS, Effect
from graph.store.unit import Graph, Unit

POLL_SECONDS: Final = 1.0
AT_ONCE: Final = 20
PAUSE_AFTER_FAULT_SECONDS: Final = 5.0
# What is said, and its subject: counts and places would already say too much.
SAID: Final[Mapping[NoticeKind, tuple[str, str]]] = MappingProxyType(
    {
        NoticeKind.ARRIVED: ("Une demande vous est adressée", "Une demande vous est adressée dans Maillage."),
        NoticeKind.REMINDED: (
            "Une action vous attend",
            "Une action vous attend dans Maillage : sa date approche ou est passée.",
        ),
        NoticeKind.LATE: ("Une action est en retard", "Une action de votre service est en retard dans Maillage."),
        NoticeKind.ANSWERED: ("Une réponse est arrivée", "Une réponse est arrivée dans Maillage."),
        NoticeKind.ASKED: ("Une question vous est posée", "Une question vous est posée dans Maillage."),
        NoticeKind.ENDED: ("Une demande a pris fin", "Une demande a pris fin dans Maillage : voyez ce qui suit."),
        NoticeKind.HANDED_OVER: ("Un dossier vous est confié", "Un dossier vous est confié dans Maillage."),
        NoticeKind.REPORTED: (
            "Une réponse a été notée pour vous",
            "Quelqu’un a noté dans Maillage une réponse que vous auriez donnée de vive voix. Vous avez cinq jours ouvrés pour "
            "la contester.",
        ),
        NoticeKind.TO_SEE: ("Un dossier demande votre attention", "Un dossier demande votre attention dans Maillage."),
    }
)

log = structlog.get_logger()


async def tell_always(graph: Graph, settings: Settings) -> None:
    """For ever: whoever is concerned by what happened to a file is told. Faults are logged by their class, and tried again."""
    by = f"notices:{uuid4().hex[:8]}"
    while True:
        try:
            busy = await tell_some(graph, settings, by)
        except (Unavailable, OSError, TimeoutError) as fault:
            log.warning("notices_not_told", fault=type(fault).__name__)
            await asyncio.sleep(PAUSE_AFTER_FAULT_SECONDS)
        except Exception as fault:
            log.error("notices_failed", fault=type(fault).__name__)
            await asyncio.sleep(PAUSE_AFTER_FAULT_SECONDS)
        else:
            await asyncio.sleep(0 if busy else POLL_SECONDS)


async def tell_some(graph: Graph, settings: Settings, by: str) -> bool:
    """Tell of some files; False when there is none to tell of. A file that cannot be read keeps the others from nothing."""
    effects = await graph.write(lambda unit: unit.outbox.claim(by, AT_ONCE, CASEWORK_KINDS))
    for effect in effects:
        try:
            await graph.write(lambda unit, effect=effect: _tell(unit, settings, effect))
        except Unavailable:
            raise
        except Exception as fault:
            log.error("file_not_told", effect=effect.id, fault=type(fault).__name__)
            await graph.write(lambda unit, effect=effect: unit.outbox.failed([effect]))
    return bool(effects)


async def _tell(unit: Unit, settings: Settings, effect: Effect) -> None:
    for subject in effect.subjects:
        id_ = subject.removeprefix("file:")
        file = await unit.files.load(id_)
        if file is None:
            continue
        entries = await unit.files.log(id_, await unit.timing.told(id_))
        if not entries:
            continue
        found = {one for entry in entries for one in notices(file, entry)}
        if settings.sends_mail:
            await _write(unit, settings, sorted(found))
        await unit.timing.tell(id_, entries[-1].seq)
    await unit.outbox.done([effect])


async def _write(unit: Unit, settings: Settings, found: Iterable[Notice]) -> None:
    """One mail a person and kind of notice, however many things it is about; to a correspondent, one a request, for she answers
    each by a link of its own.
    """
    written: set[tuple[str, NoticeKind, str]] = set()
    for one in found:
        for recipient, organisation in await _recipients(unit, one):
            about = one.about if organisation and one.kind is NoticeKind.ARRIVED else ""
            if (recipient, one.kind, about) in written:
                continue
            written.add((recipient, one.kind, about))
            subjects = [one.kind.value, "urgent" if one.urgent else "", about]
            await Mails(unit).write(
                Template.NOTICE, recipient, organisation=organisation, subjects=subjects, site=host_of(settings)
            )


async def _recipients(unit: Unit, notice: Notice) -> list[tuple[str, str]]:
    """Whom to write to, with the organisation for which she must still answer then: the account; else the heads; else whoever
    stands at the desk; else its correspondent.
    """
    if notice.account:
        return [(notice.account, "")]
    members = [
        (account.id, membership.roles)
        for membership, account in await unit.accounts.members(notice.organisation)
        if membership.state is MembershipState.ACTIVE and account.active
    ]
    heads = [(id_, "") for id_, roles in members if Role.HEAD_OF_SERVICE in roles]
    workers = [(id_, "") for id_, roles in members if Role.PROFESSIONAL in roles]
    found = heads if notice.holder is Holder.HEAD else workers or heads
    if found:
        return found
    answering = await Correspondents(unit).of([notice.organisation])
    return [(one.id, notice.organisation) for one in answering.get(notice.organisation, ())]


async def notice(pen: Pen, mail: Mail) -> Written | None:
    """One of the sentences of this file; `mail.subjects` are the kind, whether it is urgent, and the request that a correspondent
    answers by a link, if any. None where that request no longer waits for her: she would find a closed door.
    """
    # A mail that was written before there were links has two.
    kind, urgent, *rest = mail.subjects
    handoff = "".join(rest)
    subject, said = SAID[NoticeKind(kind)]
    address = await pen.draw_answer(handoff, mail.organisation) if handoff else f"{pen.site}/mes-actions"
    if not address:
        return None
    template = environment().get_template("notice.txt")
    text = template.render(said=said, address=address, urgent=urgent, by_link=bool(handoff))
    return Written(subject=f"Maillage : {subject[0].lower()}{subject[1:]}", text=text)
