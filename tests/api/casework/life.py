"""A file's life through the GraphQL door: each mutation once, in an order in which each finds what it needs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from api.actions.casework import opening
from graph.model.access import Role, Viewer
from graph.model.casework.file import Member, MemberRole
from tests.api.inside import Inside

RSA: Final = "droits-et-prestations--rsa"
NOW: Final = datetime.now(UTC)
TODAY: Final = date.today()  # noqa: DTZ011 - the site asks its own clock too
YESTERDAY: Final = (TODAY - timedelta(days=1)).isoformat()
SOON: Final = (TODAY + timedelta(days=10)).isoformat()
LATER: Final = (TODAY + timedelta(days=60)).isoformat()
Says = Callable[[dict[str, Any]], dict[str, Any]]


def of_file(**more: Any) -> Says:
    """An act on the file that was opened."""
    return lambda said: {"file": said["openFile"]["id"]} | more


# Name, what is said given the answers before, the type that is answered.
LIFE: Final[tuple[tuple[str, Says, str], ...]] = (
    (
        "openFile",
        lambda _: {
            "members": [{"role": "ADULT", "name": "Odile Martin", "phone": "0600000000"}],
            "needs": [{"competence": RSA, "words": "n’a plus de ressources"}],
        },
        "File",
    ),
    ("addNeed", of_file(need={"competence": "logement-hebergement--louer-un-logement", "dueWhat": "audience"}), "File"),
    (
        "setNeed",
        lambda said: of_file(need=said["openFile"]["needs"][0]["id"], urgent=True, due=SOON, dueWhat="audience")(said),
        "File",
    ),
    ("setMember", of_file(member={"role": "CHILD", "name": "Léo Martin"}), "File"),
    ("setCircleMember", of_file(id=None, kind="NEIGHBOUR", name="M. Petit", tie="voisin", mayKnow="rien"), "File"),
    (
        "removeCircleMember",
        lambda said: of_file(id=said["setCircleMember"]["circle"][0]["id"])(said),
        "File",
    ),
    ("setCoReferent", of_file(id=None, organisation="Département", matter="RSA", name="Mme Roy"), "File"),
    ("removeCoReferent", lambda said: of_file(id=said["setCoReferent"]["coReferents"][0]["id"])(said), "File"),
    ("setWorkers", lambda said: of_file(accounts=[said["colleague"]])(said), "File"),
    ("writeNote", of_file(kind="CALL", text="A appelé.", withPerson=True), "File"),
    (
        "holdMeeting",
        of_file(on=NOW.isoformat(), present=["Mme Martin"], decided="Se revoir.", invited=True, came=True),
        "File",
    ),
    ("assess", of_file(text="Situation stable."), "File"),
    (
        "tellDecision",
        of_file(authority="CAF", granted=False, on=YESTERDAY, reasons="Ressources.", appeal="Recours amiable."),
        "File",
    ),
    (
        "recordDelivery",
        of_file(
            what="Nuits d’hôtel",
            since=YESTERDAY,
            until=YESTERDAY,
            quantity=1,
            unit="nuit",
            unitCents=6000,
            payers=[{"name": "Département", "cents": 6000}],
        ),
        "File",
    ),
    ("tellWorry", of_file(on=YESTERDAY, addressee="CRIP", whyNot="intérêt de l’enfant"), "File"),
    ("strikeWriting", lambda said: of_file(entry=said["writeNote"]["seq"], why="Autre personne.")(said), "File"),
    ("setWatch", of_file(what="Chauffage", next=SOON, everyDays=7, until=LATER), "File"),
    ("look", lambda said: of_file(watch=said["setWatch"]["watches"][0]["id"], text="Il fait chaud.")(said), "File"),
    ("keepFile", of_file(review=(NOW + timedelta(days=30)).isoformat(), text="Suivi utile."), "File"),
    (
        "giveConsent",
        lambda said: of_file(
            recipient="t:caf",
            purpose="ouvrir ses droits",
            groups=["NEED"],
            until=LATER,
            member=said["openFile"]["members"][0]["id"],
            means="ORAL",
        )(said),
        "File",
    ),
    ("withdrawConsent", lambda said: of_file(consent=said["giveConsent"]["consents"][0]["id"])(said), "File"),
    ("endNeed", lambda said: of_file(need=said["openFile"]["needs"][0]["id"], outcome="MET")(said), "File"),
    ("assignFile", of_file(account=None), "File"),
    ("offerFileLink", of_file(), "FileLinkCode"),
    ("linkFile", lambda said: of_file(other=said["another"])(said), "File"),
    ("closeFile", of_file(outcome="MET", text="Tout va mieux."), "File"),
    ("reopenFile", of_file(text="Revient."), "File"),
)
# What the answers before are asked for, so that the next step can name it.
TOLD: Final = {
    "File": "id seq needs { id } members { id } consents { id } circle { id } coReferents { id } watches { id }",
    "FileLinkCode": "code",
}


async def prepared(site: Inside, organisation: str) -> dict[str, Any]:
    """What a life needs beside itself: a colleague, and another file of the person, which the organisation's desk leads."""
    colleague = await site.account(Role.HEAD_OF_SERVICE, organisation)
    asker = Viewer(account="t:nobody", organisation=organisation, roles=frozenset({Role.PROFESSIONAL}))
    other = await opening.open_file(
        site.rooms, asker, [Member(id="", role=MemberRole.ADULT)], key=f"another-{organisation}"
    )
    return {"colleague": colleague.id, "another": other.id}
