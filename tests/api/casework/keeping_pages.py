"""Each mutation of persons' pages and of forgetting as it should be asked, for those who send all of them wrongly."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from graph.model.access import Role
from graph.model.casework import by_person, deciding
from graph.model.casework.file import Outcome, Right
from graph.model.casework.handoff import Kind, Step, Target
from graph.model.casework.said import Said
from tests.api.casework import family
from tests.api.casework.family import AT, MOTHER, PARTNER, Making
from tests.api.inside import Inside

TOLD: Final = {
    "PersonPage": "member open address code",
    "RightAnswered": "asking",
    "FileForgotten": "file",
    "OpinionRecorded": "handoff",
}
OPEN, OVER = "p-open", "p-over"


async def prepared(site: Inside, organisation: str) -> dict[str, Any]:
    """A file that the organisation's professional leads, with a handoff to it that has ended; another that is closed."""
    account = f"t:professional.{organisation.partition(':')[2]}"
    await site.account(Role.PROFESSIONAL, organisation)
    await site.account(Role.HEAD_OF_SERVICE, organisation)
    worker = replace(family.WORKER, account=account, organisation=organisation)
    made = family.family(worker)
    assert made.file is not None
    made.add(*by_person.right_asked(made.file, Right.COPY, family.person(), AT, asking="p-asking"), by=family.person())
    made.add(deciding.consent_given(made.file, family.consent("p-accord", organisation)), by=worker)
    target = Target(organisation=organisation)
    made.handed(family.draft("p-handoff", kind=Kind.REFER, target=target), Step.ACCEPT, Step.CONTACT)
    partner = replace(PARTNER, organisation=organisation)
    made.step("p-handoff", Step.COMPLETE, partner, Said(outcome=Outcome.MET))
    await family.kept(site.rooms.graph, made, OPEN)
    over = Making(by=worker)
    assert over.file is not None
    over.add(deciding.closed(over.file, Outcome.MET, "fini"), by=worker)
    await family.kept(site.rooms.graph, over, OVER)
    return {}


def _of(**given: Any) -> Any:
    return lambda _: given


# Name, what it says, what it is answered, whose it is; one after the other.
PAGES: Final = (
    ("openPersonPage", _of(file=OPEN, member=MOTHER), "PersonPage", Role.PROFESSIONAL),
    ("closePersonPage", _of(file=OPEN, member=MOTHER, dangerAtHome=True), "PersonPage", Role.PROFESSIONAL),
    ("answerRight", _of(file=OPEN, asking="p-asking", granted=True), "RightAnswered", Role.PROFESSIONAL),
    ("giveOpinion", _of(handoff="p-handoff", clear=5, timely=4, useful=3), "OpinionRecorded", Role.PROFESSIONAL),
    (
        "forgetFile",
        _of(file=OVER, repeated=OVER, cause="ASKED", visa="25/2028-12"),
        "FileForgotten",
        Role.HEAD_OF_SERVICE,
    ),
)
