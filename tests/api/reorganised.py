"""A town's service that ends, with its files: led by those who work there, or sent there by a partner."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from graph.model.access import Role
from graph.model.account import Account, Membership
from graph.model.casework.acts import Entry, MemberSet, WorkersSet
from graph.model.casework.file import Actor, ActorKind, Identity, Member, MemberRole
from graph.model.casework.handoff import Kind
from graph.model.reorganisation.plan import CreateBody, Heir, Move, MoveProfessional, SplitBody
from graph.store.loading import Loader
from graph.store.unit import Graph, Unit
from tests import make
from tests.store.casework.lives import Life

OLD, NORTH, SOUTH, PARTNER = "t:ancien", "t:nord", "t:sud", "t:partenaire"
OLD_NAME = "Service social d’autrefois"
AT = datetime.now(UTC).replace(microsecond=0)
BEN = Actor(kind=ActorKind.PROFESSIONAL, account="ben", organisation=OLD, name="Ben")
ANNE = Actor(kind=ActorKind.PROFESSIONAL, account="anne", organisation=PARTNER, name="Anne")
COORDINATOR = make.viewer(Role.COORDINATOR, account="coralie", organisation="", organisations=())
# What is in Pontarlier goes to the south, the rest to the north; Ben goes north, Cléo south.
MOVES: tuple[Move, ...] = (
    CreateBody(record=make.organisation(NORTH, name="Direction territoriale Nord", kind="CCAS")),
    CreateBody(record=make.organisation(SOUTH, name="Direction territoriale Sud", kind="CCAS")),
    SplitBody(
        id=OLD,
        heirs=(Heir(id=NORTH, scope="Besançon"), Heir(id=SOUTH, scope="Pontarlier", territories=("25462",))),
    ),
    MoveProfessional(account="cleo", source=OLD, to=SOUTH),
)


def tomorrow() -> date:
    return (AT + timedelta(days=1)).date()


async def network(graph: Graph) -> None:
    """The service with two professionals, two services and a post; the partner with one."""
    loader = Loader(graph, "carte")
    await loader.load(await loader.plan_territories(make.territories()), lambda done: None)
    records = make.batch(
        make.organisation(OLD, name=OLD_NAME, kind="CCAS"),
        make.organisation(PARTNER, name="Partenaire"),
        make.service("t:nord-s", organisation=OLD, name="Appui", covers=("25056",)),
        make.service("t:sud-s", organisation=OLD, name="Appui du Haut-Doubs", covers=("25462",)),
        make.post("t:poste", organisation=OLD, label="Accueil"),
    )
    loader = Loader(graph, "essai")
    await loader.load(await loader.plan_batch(records), lambda done: None)

    async def people(unit: Unit) -> None:
        for name, organisation in (("ben", OLD), ("cleo", OLD), ("anne", PARTNER)):
            await unit.accounts.put(Account(id=name, email=f"{name}@example.org", name=name.title()))
            roles = frozenset({Role.PROFESSIONAL})
            await unit.accounts.put_membership(Membership(account=name, organisation=organisation, roles=roles))

    await graph.write(people)


def life(number: int) -> Life:
    """Every second file is the service's, every second of someone in Pontarlier; each has been handed on."""
    ours = number % 2 == 0
    made = Life(AT - timedelta(hours=2), BEN if ours else ANNE).opened()
    commune = "25462" if number % 4 >= 2 else "25056"
    member = Member(id="m1", role=MemberRole.ADULT, identity=Identity(name="Odile Martin", commune=commune))
    made.then(MemberSet(member=member))
    made.sent(PARTNER if ours else OLD, Kind.TRANSFER if number % 3 else Kind.REFER)
    if number % 10 == 0:
        made.then(WorkersSet(accounts=frozenset({"cleo"})))
    return made


async def lay(graph: Graph, number: int) -> list[str]:
    """So many files; their ids."""
    lives = [life(one) for one in range(number)]
    logs = [
        [Entry(file=one.id, seq=seq, at=one.at, by=one.by, event=event) for seq, event in enumerate(one.events, 1)]
        for one in lives
    ]
    await graph.write(lambda unit: unit.bulk.put(logs))
    return [one.id for one in lives]
