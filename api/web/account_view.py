"""Who is signed in, as every page's head says it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

from starlette.requests import Request

from api.actions.casework.inbox import whose
from api.actions.figures.reading import may_read_figures
from api.auth.viewer import signed_in_of
from api.settings import Settings
from api.words.dates import clock
from graph.model.access import Operation, Subject, Viewer, may
from search.hours import PARIS


@dataclass(frozen=True, slots=True)
class Head:
    """`open` where one may sign in at all. `organisations` are (id, name) of those she may act for, hers first.

    `idle_ends` is when the session ends unless something is done: milliseconds since 1970, and in words; `extended_by` what
    a sign of life adds to the moment it comes, `last` the end that nothing moves.
    `doors` are (address, name) of what is hers to do.
    """

    open: bool
    name: str = ""
    organisation: str = ""
    organisations: tuple[tuple[str, str], ...] = field(default=())
    keeps_listings: bool = False
    owes: bool = False
    administers: str = ""
    doors: tuple[tuple[str, str], ...] = ()
    idle_ends: int = 0
    idle_ends_words: str = ""
    extended_by: int = 0
    last: int = 0
    last_words: str = ""


def head(request: Request, settings: Settings) -> Head:
    """What the head of a page says of whoever asks for it."""
    held = signed_in_of(request)
    viewer = held.viewer
    if not viewer.signed_in:
        return Head(open=settings.may_sign_in and (settings.demo or settings.issuers is not None))
    own = Subject(organisation=viewer.organisation)
    idle_ends = min(held.seen + settings.session_idle_ms, held.ends)
    return Head(
        open=True,
        name=viewer.name,
        organisation=held.names.get(viewer.organisation, ""),
        organisations=tuple(sorted(held.names.items(), key=lambda one: (one[0] != viewer.organisation, one[1]))),
        keeps_listings=bool(viewer.organisation) and may(viewer, Operation.SET_CAPACITY, own),
        owes=whose(viewer) is not None,
        administers=viewer.organisation if viewer.organisation and may(viewer, Operation.READ_MEMBERS, own) else "",
        doors=doors(viewer),
        idle_ends=idle_ends,
        idle_ends_words=moment_words(idle_ends),
        extended_by=settings.session_idle_ms,
        last=held.ends,
        last_words=moment_words(held.ends),
    )


def doors(viewer: Viewer) -> tuple[tuple[str, str], ...]:
    """The pages that her rights open, (address, name) in the order of the menu; what would refuse her is not named."""
    own, acts = Subject(organisation=viewer.organisation), bool(viewer.organisation)

    def hers(operation: Operation) -> bool:
        return acts and may(viewer, operation, own)

    answers = may(viewer, Operation.ANSWER_SUGGESTION) or may(viewer, Operation.READ_QUEUE)
    offered = (
        ("/accueil", "Accueil", hers(Operation.RECORD_REQUEST)),
        ("/dossiers", "Dossiers", hers(Operation.OPEN_FILE)),
        ("/equipe", "Mon équipe", hers(Operation.ANSWER_HANDOFF)),
        ("/coordination", "Coordination", may_read_figures(viewer)),
        ("/rapports", "Rapports", hers(Operation.READ_REQUESTS) or may(viewer, Operation.READ_FIGURES)),
        ("/corriger/suggestions", "Corrections proposées", answers or hers(Operation.ANSWER_SUGGESTION)),
        ("/coordination/reorganisations", "Réorganisations", may(viewer, Operation.PLAN_REORGANISATIONS)),
        ("/moderation", "Modération", may(viewer, Operation.READ_QUEUE)),
        ("/coordination/alertes", "Alertes du réseau", may(viewer, Operation.SILENCE_ALERTS)),
        ("/fichiers", "Fichiers", hers(Operation.EXPORT) or hers(Operation.IMPORT)),
        ("/alertes", "Mes alertes", may(viewer, Operation.SAVE_SEARCH, Subject(account=viewer.account))),
        (
            f"/correspondant?{urlencode({'organisme': viewer.organisation})}",
            "Correspondant",
            hers(Operation.REVOKE_LINK),
        ),
    )
    return tuple((address, name) for address, name, open_ in offered if open_)


def moment_words(ms: int) -> str:
    """The hour of a moment given in milliseconds: "10 h 42"."""
    return clock(datetime.fromtimestamp(ms / 1000, PARIS).time())
