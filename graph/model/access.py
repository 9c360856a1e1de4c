"""May they? One decision over one matrix (access.csv): what no row allows is refused."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Final

from graph.model.errors import NotAllowed
from graph.model.listing import FieldGroup
from graph.model.sheets import rows

EVERY_GROUP: Final = "*"


class Role(StrEnum):
    """What someone is, at the organisation she acts for or for the whole site (labels in labels.csv)."""

    VISITOR = "visitor"
    PROFESSIONAL = "professional"
    HEAD_OF_SERVICE = "head_of_service"
    LISTING_EDITOR = "listing_editor"
    ORGANISATION_ADMINISTRATOR = "organisation_administrator"
    MODERATOR = "moderator"
    COORDINATOR = "coordinator"
    AUDITOR = "auditor"
    PLATFORM_ADMINISTRATOR = "platform_administrator"


# These hold for the whole site, the others at one organisation.
SITE_ROLES: Final = frozenset({Role.MODERATOR, Role.COORDINATOR, Role.AUDITOR, Role.PLATFORM_ADMINISTRATOR})


class Operation(StrEnum):
    """One word an act."""

    READ_HISTORY = "read_history"
    CONFIRM = "confirm"
    EDIT = "edit"
    SET_CAPACITY = "set_capacity"
    SUSPEND = "suspend"
    ARCHIVE = "archive"
    DUPLICATE = "duplicate"
    CREATE = "create"
    UNDO = "undo"
    EDIT_POST = "edit_post"
    SET_ABSENCE = "set_absence"
    LEAVE_POSTS = "leave_posts"
    SUGGEST = "suggest"
    ANSWER_SUGGESTION = "answer_suggestion"
    READ_QUEUE = "read_queue"
    MODERATE = "moderate"
    SEND_LINK = "send_link"
    REVOKE_LINK = "revoke_link"
    IMPORT = "import"
    EXPORT = "export"
    SAVE_SEARCH = "save_search"
    READ_MEMBERS = "read_members"
    ACCEPT_MEMBER = "accept_member"
    GRANT_ROLE = "grant_role"
    END_MEMBERSHIP = "end_membership"
    GRANT_SITE_ROLE = "grant_site_role"
    RECORD_REQUEST = "record_request"
    READ_REQUESTS = "read_requests"
    LOOK_UP = "look_up"
    OPEN_FILE = "open_file"
    READ_FILE = "read_file"
    WORK_ON_FILE = "work_on_file"
    ASSIGN_FILE = "assign_file"
    READ_UNIT = "read_unit"
    ANSWER_HANDOFF = "answer_handoff"
    READ_ESCALATED = "read_escalated"
    FORGET_FILE = "forget_file"
    SET_CLOCKS = "set_clocks"
    READ_FIGURES = "read_figures"
    SILENCE_ALERTS = "silence_alerts"
    PLAN_REORGANISATIONS = "plan_reorganisations"
    ISSUE_TOKEN = "issue_token"  # noqa: S105 - a word, not a secret


class Relation(StrEnum):
    """How an act's subject stands to whoever acts: herself, the organisation she acts for, a unit below it, anything."""

    SELF = "self"
    OWN = "own"
    BELOW = "below"
    ANY = "any"


# What a signed link is good for, on the groups that it names.
BY_LINK: Final = frozenset({Operation.CONFIRM, Operation.EDIT, Operation.SET_CAPACITY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who asks, as known at this call. `organisation` is the one that acts, `organisations` all that she may act for.

    `roles` are those held at the acting organisation and for the whole site. One who comes by a signed link has no account;
    `by_link` is the link's id, and only `listing` ("service:…", "organisation:…") and `groups` of it are open to her.
    """

    account: str = ""
    name: str = ""
    email: str = ""
    organisation: str = ""
    organisations: tuple[str, ...] = ()
    roles: frozenset[Role] = frozenset({Role.VISITOR})
    professional: str = ""
    session: str = ""
    machine: bool = False
    by_link: str = ""
    listing: str = ""
    groups: frozenset[FieldGroup] = frozenset()

    @property
    def signed_in(self) -> bool:
        """Whether there is an account behind it."""
        return bool(self.account)

    @property
    def key(self) -> str:
        """What stands for whoever acts where an act is kept; the same for all visitors."""
        return self.account or (f"link:{self.by_link}" if self.by_link else Role.VISITOR.value)


VISITOR: Final = Viewer()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What an act is about: an organisation, the bodies it is part of, the nearest first; or an account, or a listing of that
    organisation ("service:…").
    """

    organisation: str = ""
    above: tuple[str, ...] = ()
    account: str = ""
    listing: str = ""


ANYTHING: Final = Subject()


def may(
    viewer: Viewer,
    operation: Operation,
    subject: Subject = ANYTHING,
    group: FieldGroup | None = None,
    relations: Set[Relation] | None = None,
) -> bool:
    """Whether a row of the matrix allows it to one of the viewer's roles, in one of the relations she stands in, or in these.

    `group` is the group of fields that is acted on; without it, a right on any group is enough.
    """
    if viewer.by_link and not _open_by_link(viewer, operation, subject, group):
        return False
    allowed = matrix()
    return any(
        groups and (group is None or group in groups)
        for role in viewer.roles | {Role.VISITOR}
        for relation in (_relations(viewer, subject) if relations is None else relations)
        for groups in (allowed.get((role, operation, relation), frozenset()),)
    )


def may_as_keeper(viewer: Viewer, operation: Operation, subject: Subject, group: FieldGroup | None = None) -> bool:
    """Whether it is allowed for the organisation she acts for: not only to whoever watches over all of them."""
    return may(viewer, operation, subject, group, _relations(viewer, subject) & {Relation.OWN, Relation.BELOW})


def check(viewer: Viewer, operation: Operation, subject: Subject = ANYTHING, group: FieldGroup | None = None) -> None:
    """Raises NotAllowed unless `may`."""
    if not may(viewer, operation, subject, group):
        who = "Ce compte" if viewer.signed_in else "Ce lien" if viewer.by_link else "Un visiteur"
        raise NotAllowed(f"{who} n’a pas ce droit ici : rien n’a été modifié.")


def _open_by_link(viewer: Viewer, operation: Operation, subject: Subject, group: FieldGroup | None) -> bool:
    if operation is Operation.SUGGEST:
        return True
    return (
        operation in BY_LINK and bool(viewer.listing) and subject.listing == viewer.listing and group in viewer.groups
    )


def _relations(viewer: Viewer, subject: Subject) -> set[Relation]:
    found = {Relation.ANY}
    if viewer.account and subject.account == viewer.account:
        found.add(Relation.SELF)
    if viewer.organisation and subject.organisation == viewer.organisation:
        found.add(Relation.OWN)
    if viewer.organisation and viewer.organisation in subject.above:
        found.add(Relation.BELOW)
    return found


Matrix = Mapping[tuple[Role, Operation, Relation], frozenset[FieldGroup]]


@cache
def matrix() -> Matrix:
    """The groups that each role may act on, by operation and relation. Raises VocabularyError on a row that says nothing new."""
    found: dict[tuple[Role, Operation, Relation], frozenset[FieldGroup]] = {}
    for row in rows("access.csv"):
        named = row.several("groups", {EVERY_GROUP, *FieldGroup})
        groups = frozenset(FieldGroup) if EVERY_GROUP in named else frozenset(map(FieldGroup, named))
        for operation in row.several("operations", set(Operation)):
            for relation in row.several("relations", set(Relation)):
                key = row.enum("role", Role), Operation(operation), Relation(relation)
                if groups <= found.get(key, frozenset()):
                    raise row.refuse("operations", f"{operation} on {relation} is allowed by an earlier line")
                found[key] = found.get(key, frozenset()) | groups
    return MappingProxyType(found)
