"""What is noted of a contact at a front door: codes of closed lists, and nobody's name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Channel(StrEnum):
    """How it came (labels in labels.csv, as for all codes here)."""

    FREE_NUMBER = "free_number"
    DESK = "desk"
    MAIL = "mail"
    EMAIL = "email"
    VISIT = "visit"
    ON_CALL = "on_call"


class Requester(StrEnum):
    """Who asked."""

    PERSON = "person"
    RELATIVE = "relative"
    NEIGHBOUR = "neighbour"
    SOCIAL_WORKER = "social_worker"
    HEALTH = "health"
    SCHOOL = "school"
    HOUSING = "housing"
    ORDER = "order"
    AUTHORITY = "authority"
    ASSOCIATION = "association"
    OTHER = "other"


class Sex(StrEnum):
    """Of whom it is about."""

    WOMAN = "woman"
    MAN = "man"
    SEVERAL = "several"
    UNKNOWN = "unknown"


class AgeBand(StrEnum):
    """Of whom it is about."""

    UNDER_18 = "under_18"
    FROM_18 = "from_18"
    FROM_25 = "from_25"
    FROM_40 = "from_40"
    FROM_60 = "from_60"
    FROM_75 = "from_75"
    FROM_85 = "from_85"
    UNKNOWN = "unknown"


class Cause(StrEnum):
    """Why nothing fitting was found."""

    NO_SERVICE = "no_service"
    NO_CAPACITY = "no_capacity"
    NOT_ELIGIBLE = "not_eligible"
    OUT_OF_AREA = "out_of_area"
    REFUSED = "refused"


class Sequel(StrEnum):
    """What followed a contact."""

    ANSWERED = "answered"
    ORIENTED = "oriented"
    RELINKED = "relinked"
    FILE_OPENED = "file_opened"
    HANDED = "handed"
    WATCHED = "watched"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """What is noted of it: nothing is mandatory. `commune` is a territory's id, `reasons` competences, the main one first."""

    channel: Channel = Channel.FREE_NUMBER
    requester: Requester = Requester.PERSON
    sex: Sex = Sex.UNKNOWN
    age_band: AgeBand = AgeBand.UNKNOWN
    commune: str = ""
    reasons: tuple[str, ...] = ()
    at_once: bool = False
    danger: bool = False
