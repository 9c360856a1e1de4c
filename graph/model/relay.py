"""A relay is an answer to "who handles this, for this person, here, now?"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from graph.model.directory import Agreement, Mode, Organisation, Post, Public, Service, SuccessionKind
from graph.model.territory import Point, Territory


class Ground(StrEnum):
    """By what right a listing handles a competence."""

    LAW = "law"
    MANDATE = "mandate"
    FIRST_STEP = "first_step"
    SPECIALISED = "specialised"
    GENERAL = "general"


class ReasonKind(StrEnum):
    """What moved a result; each kind has its sentence."""

    LAW = "law"
    MANDATE = "mandate"
    FIRST_STEP = "first_step"
    SPECIALISED = "specialised"
    GENERAL = "general"
    NAME = "name"
    SUCCESSOR = "successor"
    PUBLIC = "public"
    OPENING = "opening"
    CAPACITY = "capacity"
    ANSWER_TIME = "answer_time"
    FRESHNESS = "freshness"
    DISTANCE = "distance"
    MODE = "mode"
    TERRITORY = "territory"


@dataclass(frozen=True, slots=True)
class Tie:
    """A listing handles `competence` by this ground; `source` is the text of law or the agreement, `note` its content."""

    competence: str
    ground: Ground
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Former:
    """A body or service that this listing was carried from; `scope` is what came here when it was split."""

    id: str
    name: str
    on: date
    kind: SuccessionKind
    scope: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The facts of one possible relay, as the index holds them: a projection of the graph.

    `key` is `service:…`, `organisation:…` or `agreement:…`; `ties` are the competences handled; `covers` the territory ids
    where it does so, `covers_name` the widest of them as people say it ("le Doubs"); `formers` the bodies it took over from.
    """

    key: str
    organisation: Organisation
    service: Service | None = None
    agreement: Agreement | None = None
    grantors: tuple[str, ...] = ()
    part_of: str = ""
    ties: tuple[Tie, ...] = ()
    covers: tuple[str, ...] = ()
    covers_name: str = ""
    formers: tuple[Former, ...] = ()
    posts: tuple[Post, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Who handles this, for whom, where, when. `at` is aware; `asker` is the organisation of the session, if any.

    `words` are the folded words left for names of bodies and services, `phrase` all of its words, which may be the name of
    a body as a whole; `certainties` go with `competences`, in 0..1. With `public_optional`, what is made for others may
    answer too, but never what leaves these `publics` out. `beyond`: the territory is larger than the one asked for.
    """

    at: datetime
    text: str = ""
    words: tuple[str, ...] = ()
    phrase: tuple[str, ...] = ()
    competences: tuple[str, ...] = ()
    certainties: tuple[float, ...] = ()
    territory: Territory | None = None
    near: Point | None = None
    radius_km: float | None = None
    publics: tuple[Public, ...] = ()
    public_optional: bool = False
    modes: tuple[Mode, ...] = ()
    urgent: bool = False
    asker: str = ""
    beyond: bool = False


class OpeningState(StrEnum):
    """Whether a door is open at the moment asked for."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Opening:
    """The state of a door and the local moment of its next change, when there is one within a week; `always` when it never
    changes.
    """

    state: OpeningState
    changes_at: datetime | None = None
    always: bool = False


class Reason(NamedTuple):
    """One fact that moved the result, as a sentence that a worker finds useful."""

    kind: ReasonKind
    text: str
    weight: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """A listing in its place in the answer. `reasons` most weighty first; `post` is who to call."""

    listing: Listing
    score: float
    reasons: tuple[Reason, ...]
    post: Post | None = None
    distance_km: float | None = None


class WideningStep(StrEnum):
    """What had to be loosened to find something, in the order in which it is tried.

    Larger territories first, for the same public received in the same way; then, where it was asked, another mode, another
    public, both; then larger territories with these. Of several things loosened at once the step names one, a larger
    territory first, then another public; the sentence says them all.
    """

    LARGER_TERRITORY = "larger_territory"
    OTHER_MODE = "other_mode"
    OTHER_PUBLIC = "other_public"


@dataclass(frozen=True, slots=True)
class Widening:
    """Said in words whenever the answer is not to the question as it was put."""

    step: WideningStep
    text: str


@dataclass(frozen=True, slots=True)
class CompetenceMatch:
    """What words were taken to mean; `because` says which words led there; `certainty` in 0..1 orders them."""

    competence: str
    because: str
    certainty: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """How many relays the answer would hold with each choice added to those made; for a choice made, how many it holds.

    `publics` and `modes` in the order of their lists; `kinds` (of which any will do) by their number, most first. None with 0.
    """

    publics: tuple[tuple[Public, int], ...] = ()
    modes: tuple[tuple[Mode, int], ...] = ()
    kinds: tuple[tuple[str, int], ...] = ()
    open_now: int = 0
    has_room: int = 0
    fresh: int = 0
    without_residence_condition: int = 0
    interpreter: int = 0
    accessible: int = 0
    free: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One page of an answer: `relays` in order from place `first` on, of `total` in the whole answer, `cut` when others fit
    less well and were left aside; what was understood, what had to be widened, numbers to call first in danger.
    """

    question: Question
    relays: tuple[Relay, ...]
    first: int = 0
    total: int = 0
    cut: bool = False
    understood: tuple[CompetenceMatch, ...] = ()
    widened: Widening | None = None
    emergency: tuple[str, ...] = field(default=())
    counting: Callable[[], Facets] = Facets

    @property
    def facets(self) -> Facets:
        """What further choices would leave, counted when it is asked: that takes as long as the answer itself."""
        return self.counting()
