"""An organisation among its neighbours: groups for the list, and the picture laid out on a grid.

Above: what it is part of. Below: its units. Left: what came before, and for whom it acts. Right: what came after, and
who acts for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from textwrap import wrap
from typing import Final

from api.web.dates_words import exact_day
from api.web.render import sheet_path
from graph.model.directory import Link, LinkKind, OrganisationSheet
from graph.model.vocabulary import label

WIDTH: Final = 1000
NODE_WIDTH: Final = 250
NODE_HEIGHT: Final = 56
CENTRE_WIDTH: Final = 300
GAP: Final = 28
LABEL_HEIGHT: Final = 24
CAPTION_BASELINE: Final = 15
LINE_LETTERS: Final = 30
MOST_LINES: Final = 2
# Names of one kind begin with the same words: "Centre de protection maternelle et infantile (PMI) – Antony".
SAME_WORDS: Final = 2
UNITS_A_ROW: Final = 3
MOST_A_GROUP: Final = {LinkKind.UNIT: 12}
MOST_OTHERWISE: Final = 4


class Side(StrEnum):
    """Where a group stands in the picture."""

    ABOVE = "above"
    LEFT = "left"
    RIGHT = "right"
    BELOW = "below"


class EdgeStyle(StrEnum):
    """How an edge is drawn."""

    PART = "part"
    AGREEMENT = "agreement"
    SUCCESSION = "succession"


# In the order of the list; the title reads from the organisation at the centre.
GROUPS: Final = {
    LinkKind.PART_OF: ("Fait partie de", Side.ABOVE, EdgeStyle.PART),
    LinkKind.UNIT: ("Ses unités", Side.BELOW, EdgeStyle.PART),
    LinkKind.RECEIVES: ("Agit pour", Side.LEFT, EdgeStyle.AGREEMENT),
    LinkKind.GRANTS: ("A confié à", Side.RIGHT, EdgeStyle.AGREEMENT),
    LinkKind.TAKES_OVER_FROM: ("Avant", Side.LEFT, EdgeStyle.SUCCESSION),
    LinkKind.CARRIED_TO: ("Après", Side.RIGHT, EdgeStyle.SUCCESSION),
}


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One line of the list."""

    name: str
    href: str
    kind: str
    detail: str
    when: str


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbours bound in the same way."""

    title: str
    kind: LinkKind
    neighbours: tuple[Neighbour, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """A node of the picture; `lines` are already cut to its width."""

    x: int
    y: int
    width: int
    lines: tuple[str, ...]
    name: str
    href: str = ""
    past: bool = False
    centre: bool = False

    @property
    def middle(self) -> int:
        """Its centre, across."""
        return self.x + self.width // 2


@dataclass(frozen=True, slots=True)
class Caption:
    """The title of a group in the picture."""

    x: int
    y: int
    text: str


@dataclass(frozen=True, slots=True)
class Edge:
    """A path from box to box."""

    path: str
    style: EdgeStyle


@dataclass(frozen=True, slots=True)
class Network:
    """The picture and the list that says the same."""

    groups: tuple[Group, ...]
    boxes: tuple[Box, ...]
    captions: tuple[Caption, ...]
    edges: tuple[Edge, ...]
    height: int


def network(sheet: OrganisationSheet) -> Network | None:
    """The neighbourhood of the organisation, or None when it has none."""
    groups = tuple(
        Group(title, kind, neighbours)
        for kind, (title, _, _) in GROUPS.items()
        if (neighbours := tuple(_neighbour(link) for link in sheet.links if link.kind is kind))
    )
    return _Picture(sheet.organisation.name, groups).drawn() if groups else None


def _neighbour(link: Link) -> Neighbour:
    return Neighbour(
        name=link.name,
        href=sheet_path("organisme", link.id),
        kind=label("organisation_kind", link.organisation_kind),
        detail=link.detail,
        when=_when(link),
    )


def _when(link: Link) -> str:
    match link.kind:
        case LinkKind.TAKES_OVER_FROM:
            return f"avant le {exact_day(link.on)}" if link.on else ""
        case LinkKind.CARRIED_TO:
            return f"à partir du {exact_day(link.on)}" if link.on else ""
        case LinkKind.GRANTS | LinkKind.RECEIVES:
            since = f"depuis le {exact_day(link.on)}" if link.on else ""
            return f"{since}, jusqu’au {exact_day(link.until)}".removeprefix(", ") if link.until else since
        case _:
            return ""


class _Picture:
    """Lays the groups out: rows above and below, one column on each side of the centre."""

    def __init__(self, name: str, groups: tuple[Group, ...]) -> None:
        self._name = name
        self._groups = groups
        self._boxes: list[Box] = []
        self._captions: list[Caption] = []
        self._edges: list[Edge] = []

    def drawn(self) -> Network:
        """The whole picture."""
        top = self._rows(Side.ABOVE, 0)
        above, self._boxes = self._boxes, []
        columns = {side: self._column_height(side) for side in (Side.LEFT, Side.RIGHT)}
        middle = max(*columns.values(), NODE_HEIGHT)
        start = top + GAP * 2 if top else 0
        centre_y = start + (middle - NODE_HEIGHT) // 2
        centre = self._box(self._name, (WIDTH - CENTRE_WIDTH) // 2, centre_y, CENTRE_WIDTH, centre=True)
        self._edges += [Edge(_drop(box, centre, top + GAP), EdgeStyle.PART) for box in above]
        for side, height in columns.items():
            self._column(side, centre, centre_y + (NODE_HEIGHT - height) // 2)
        sides, self._boxes = self._boxes, []
        bottom = start + middle
        if self._of(Side.BELOW):
            rail = bottom + GAP // 2
            bottom = self._rows(Side.BELOW, bottom + GAP)
            route = _comb if len(self._boxes) > UNITS_A_ROW else _drop
            self._edges += [Edge(route(centre, box, rail), EdgeStyle.PART) for box in self._boxes]
        boxes = (*above, *sides, centre, *self._boxes)
        return Network(self._groups, boxes, tuple(self._captions), tuple(self._edges), bottom + 2)

    def _of(self, side: Side) -> list[Group]:
        return [group for group in self._groups if GROUPS[group.kind][1] is side]

    def _rows(self, side: Side, y: int) -> int:
        """Groups in rows of boxes under their title, from `y`; returns where they end."""
        for group in self._of(side):
            shown = _shown(group)
            widest = min(len(shown), UNITS_A_ROW)
            left = (WIDTH - widest * NODE_WIDTH - (widest - 1) * GAP) // 2
            self._captions.append(Caption(left, y + CAPTION_BASELINE, group.title))
            y += LABEL_HEIGHT
            for start in range(0, len(shown), UNITS_A_ROW):
                row = shown[start : start + UNITS_A_ROW]
                for number, one in enumerate(row):
                    self._boxes.append(self._neighbour_box(one, group, left + number * (NODE_WIDTH + GAP), y))
                y += NODE_HEIGHT + GAP
            y -= GAP
        return y

    def _column_height(self, side: Side) -> int:
        groups = self._of(side)
        heights = [LABEL_HEIGHT + len(_shown(group)) * (NODE_HEIGHT + GAP // 2) - GAP // 2 for group in groups]
        return sum(heights) + GAP * max(len(groups) - 1, 0)

    def _column(self, side: Side, centre: Box, y: int) -> None:
        x = 1 if side is Side.LEFT else WIDTH - NODE_WIDTH - 1
        for group in self._of(side):
            style = GROUPS[group.kind][2]
            self._captions.append(Caption(x, y + CAPTION_BASELINE, group.title))
            y += LABEL_HEIGHT
            for one in _shown(group):
                box = self._neighbour_box(one, group, x, y)
                self._boxes.append(box)
                self._edges.append(Edge(_across(box, centre) if side is Side.LEFT else _across(centre, box), style))
                y += NODE_HEIGHT + GAP // 2
            y += GAP - GAP // 2

    def _neighbour_box(self, one: Neighbour, group: Group, x: int, y: int) -> Box:
        past = group.kind is LinkKind.TAKES_OVER_FROM
        return self._box(one.name, x, y, NODE_WIDTH, _telling(one, group), href=one.href, past=past)

    @staticmethod
    def _box(
        name: str,
        x: int,
        y: int,
        width: int,
        said: str = "",
        *,
        href: str = "",
        past: bool = False,
        centre: bool = False,
    ) -> Box:
        lines = wrap(
            said or name,
            LINE_LETTERS if width == NODE_WIDTH else LINE_LETTERS + 4,
            max_lines=MOST_LINES,
            placeholder="…",
        )
        return Box(x, y, width, tuple(lines), name, href, past, centre)


def _telling(one: Neighbour, group: Group) -> str:
    """Its name; cut at the front when the end of a long one is all that tells it from the others of the group."""
    if len(wrap(one.name, LINE_LETTERS)) <= MOST_LINES:
        return one.name
    words = one.name.split()
    alike = [other for other in group.neighbours if other.name.split()[:SAME_WORDS] == words[:SAME_WORDS]]
    if len(alike) == 1:
        return one.name
    parts = one.name.split(" – ")
    for start in range(1, len(parts)):
        if len(wrap(end := " – ".join(parts[start:]), LINE_LETTERS)) <= MOST_LINES:
            return end
    while len(words) > 1 and len(wrap(" ".join(["…", *words]), LINE_LETTERS)) > MOST_LINES:
        words = words[1:]
    return " ".join(["…", *words])


def _shown(group: Group) -> tuple[Neighbour, ...]:
    """Those drawn; the last box says how many more the list holds."""
    most = MOST_A_GROUP.get(group.kind, MOST_OTHERWISE)
    if len(group.neighbours) <= most:
        return group.neighbours
    rest = Neighbour(f"et {len(group.neighbours) - most + 1} autres, dans la liste", "", "", "", "")
    return (*group.neighbours[: most - 1], rest)


def _drop(upper: Box, lower: Box, rail: int) -> str:
    """From the bottom of one to the top of the other, level at the height `rail`."""
    return f"M{upper.middle} {upper.y + NODE_HEIGHT}V{rail}H{lower.middle}V{lower.y}"


def _comb(upper: Box, lower: Box, rail: int) -> str:
    """As `_drop`, but down the gutter and in by the side: a second row does not seem to hang from the first."""
    gutter = lower.x - GAP // 2
    return f"M{upper.middle} {upper.y + NODE_HEIGHT}V{rail}H{gutter}V{lower.y + NODE_HEIGHT // 2}H{lower.x}"


def _across(left: Box, right: Box) -> str:
    """From the right edge of one to the left edge of the other, in one soft curve."""
    start, end = left.x + left.width, right.x
    from_y, to_y = left.y + NODE_HEIGHT // 2, right.y + NODE_HEIGHT // 2
    half = (start + end) // 2
    return f"M{start} {from_y}C{half} {from_y} {half} {to_y} {end} {to_y}"
