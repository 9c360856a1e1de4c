"""Who read a file, and who looked the person up, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from api.actions.casework.reading import Readers
from api.words.dates import clock, exact_day, relative_moment
from graph.model.casework.grounds import ShareGroup
from graph.model.vocabulary import label


@dataclass(frozen=True, slots=True)
class ReadLine:
    """One row of the log of reads."""

    when: str
    exact: str
    who: str
    house: str
    where: str
    what: str


def read_lines(found: Readers, now: datetime) -> list[ReadLine]:
    """The latest first."""
    lines = []
    for read in found.reads:
        account = found.accounts.get(read.account)
        local = read.first.astimezone(now.tzinfo)
        who = ", ".join(part for part in (account.name if account else "un compte fermé", read.function) if part)
        groups = "tout le dossier" if len(read.groups) == len(ShareGroup) else _groups(read.groups)
        lines.append(
            ReadLine(
                when=relative_moment(read.first, now),
                exact=f"{exact_day(local.date())} à {clock(local.time())}",
                who=who,
                house=found.names.get(read.organisation, ""),
                where=", ".join(label("read_page", page) for page in read.pages),
                what=groups,
            )
        )
    return lines


@dataclass(frozen=True, slots=True)
class HitLine:
    """Someone looked the person up, and was told who follows her: `ground` is empty within her own house."""

    when: str
    exact: str
    who: str
    house: str
    ground: str


def hit_lines(found: Readers, now: datetime) -> list[HitLine]:
    """The latest first."""
    lines = []
    for hit in found.hits:
        account, local = found.accounts.get(hit.account), hit.at.astimezone(now.tzinfo)
        lines.append(
            HitLine(
                when=relative_moment(hit.at, now),
                exact=f"{exact_day(local.date())} à {clock(local.time())}",
                who=account.name if account else "un compte fermé",
                house=found.names.get(hit.organisation, ""),
                ground=label("ground", hit.ground) if hit.ground else "",
            )
        )
    return lines


def _groups(groups: tuple[str, ...]) -> str:
    return ", ".join(label("share", group).lower() for group in groups) or "aucune donnée de la personne"
