"""The daily pass: what partners are to be asked again, in one mail for each organisation.

It may run twice a day, on two machines, or not at all for a month: each group has one reminder for each of its dates and steps,
and after an absence only the last step of each goes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from api.mail.message import host_of
from api.mail.mornings import each_morning, moment
from api.settings import Settings
from graph.model.directory import Organisation, Service
from graph.model.freshness import FreshnessState, Step, Vouched, next_step, vouched
from graph.model.keeping import ListingKind, Target
from graph.model.listing import Claim
from graph.model.mail import Item, Reminded, Template
from graph.store.correspondents import Correspondents
from graph.store.listings_kept import Known, listings_of
from graph.store.mails import Mails
from graph.store.reminders import Reminders
from graph.store.signed_links import SignedLinks
from graph.store.unit import Graph, Unit
from search.hours import PARIS

PAGE: Final = 50
READ_SECONDS: Final = 30.0
# Nobody is written to more often, however the dates of their groups fall.
QUIET: Final = timedelta(days=7)


async def remind_daily(graph: Graph, settings: Settings, clock: Callable[[], datetime] = moment) -> None:
    """For ever: once a day, in the morning."""
    await each_morning("reminders", lambda at: remind(graph, settings, at), clock)


async def remind(graph: Graph, settings: Settings, at: datetime) -> int:
    """One pass as of `at`. How many mails it wrote. Raises Unavailable; what it wrote before stays, and is not written again."""
    written, after = 0, ""
    while True:
        async with graph.reading(READ_SECONDS) as unit:
            page = await Correspondents(unit).kept(after, PAGE)
            waiting = await _waiting(unit, page, _day(at))
        for organisation in waiting:
            written += await graph.write(lambda unit, id_=organisation: _remind(unit, settings, id_, at))
        if len(page) < PAGE:
            return written
        after = page[-1]


async def _waiting(unit: Unit, organisations: Sequence[str], today: date) -> list[str]:
    """Those of these for whom something is to be written down."""
    known, gone = await listings_of(unit, organisations), await Reminders(unit).of(organisations)
    plans = {id_: _Plan(known.get(id_, ()), gone.get(id_, ()), today) for id_ in organisations}
    return [id_ for id_, plan in plans.items() if plan.new or plan.answered]


async def _remind(unit: Unit, settings: Settings, organisation: str, at: datetime) -> int:
    """Looked at anew: another pass may have been here since."""
    recipients = (await Correspondents(unit).of([organisation])).get(organisation, ())
    if not recipients:
        return 0
    known = (await listings_of(unit, [organisation])).get(organisation, ())
    reminders = Reminders(unit)
    plan = _Plan(known, (await reminders.of([organisation])).get(organisation, ()), _day(at))
    await reminders.forget(organisation, plan.answered)
    await reminders.add(organisation, plan.new)
    for recipient in recipients if plan.asked else ():
        link = await SignedLinks(unit).make(organisation, recipient.id, plan.asked, at)
        await Mails(unit).write(
            Template.REMINDER, recipient.id, organisation=organisation, subjects=[link], site=host_of(settings)
        )
    return len(recipients) if plan.asked else 0


class _Plan:
    """What is to be written for one organisation on one day.

    `new` are the reminders that go now, `answered` those to forget, their group having another date since. `asked` is what the
    mail asks about, empty when there is none: all that is due, or soon, so that it needs no mail of its own the week after.
    """

    def __init__(self, known: Iterable[Known], gone: Sequence[Reminded], today: date) -> None:
        days = {item: one for record, claims in known for item, one in _days(record, claims)}
        standing = [one for one in gone if one.item in days and days[one.item].due == one.due]
        # A mail that was answered was a mail: it is remembered for as long as no other may follow it.
        self.answered = [
            one for one in gone if one not in standing and (one.step is Step.MODERATOR or today - one.on >= QUIET)
        ]
        last = {one.item: one for one in sorted(standing, key=lambda one: list(Step).index(one.step))}
        steps = {item: _next(one, last.get(item), today) for item, one in days.items()}
        mailing = any(step not in (None, Step.MODERATOR) for step in steps.values())
        quiet = any(one.step is not Step.MODERATOR and today - one.on < QUIET for one in gone)
        goes = mailing and not quiet
        self.new = [
            Reminded(item=item, step=step, due=days[item].due, on=today)
            for item, step in sorted(steps.items())
            if step is Step.MODERATOR or (step and goes)
        ]
        due = [item for item, one in days.items() if one.state(today) is not FreshnessState.FRESH]
        self.asked = sorted(due) if goes else []


def _next(one: Vouched, last: Reminded | None, today: date) -> Step | None:
    return next_step(one.group, one.on, today, last.step if last else None, last.on if last else None)


def _days(record: Organisation | Service, claims: Sequence[Claim]) -> Iterator[tuple[Item, Vouched]]:
    kind = ListingKind.SERVICE if isinstance(record, Service) else ListingKind.ORGANISATION
    listing = Target(kind, record.id).key
    for group, one in vouched(record, claims).items():
        yield Item(listing=listing, group=group), one


def _day(at: datetime) -> date:
    return at.astimezone(PARIS).date()
