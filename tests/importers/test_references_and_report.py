"""What the console says of an import."""

from __future__ import annotations

from collections import Counter

from graph.model.directory import (
    Agreement,
    AgreementKind,
    Batch,
    Organisation,
    Place,
    Post,
    Professional,
    Service,
    Succession,
    SuccessionKind,
)
from importers.references import NO_ORGANISATION, NO_TERRITORY, checked
from importers.report import MOST_KEPT, Refused, Report, Tally
from tests.make import TODAY


def body(id_: str, part_of: str = "", covers: tuple[str, ...] = ("25056",), place: str = "25056") -> Organisation:
    return Organisation(
        id=id_,
        name=id_,
        kind="CAF",
        source="test",
        vouched_on=TODAY,
        covers=covers,
        part_of=part_of,
        place=Place(territory=place),
    )


def service(id_: str, organisation: str, covers: tuple[str, ...] = ("25056",)) -> Service:
    return Service(
        id=id_,
        name=id_,
        organisation=organisation,
        competences=(),
        covers=covers,
        source="test",
        vouched_on=TODAY,
    )


def agreement(id_: str, granted_by: tuple[str, ...], given_to: str) -> Agreement:
    return Agreement(
        id=id_,
        label=id_,
        kind=AgreementKind.CONVENTION,
        granted_by=granted_by,
        given_to=given_to,
        competences=(),
        covers=("25056",),
        since=TODAY,
        source="test",
        vouched_on=TODAY,
    )


def test_in_words() -> None:
    report = Report(
        title="Annuaire",
        new=Tally(1234),
        changed=Tally(1, ["a"]),
        unchanged=12,
        gone=Tally(3, ["b", "c", "d"]),
        merged=2,
        doubts=Tally(1, ["x:1 et y:2 — « CCAS »"]),
        refused=Tally(2, [Refused(7, "name", "", "Ce nom est vide."), Refused("demo:caf", "kind", "X", "Inconnu.")]),
        skipped=Counter({"en double": 2}),
    )
    assert report.in_words(most=2) == [
        "Annuaire",
        "  nouveaux : 1\u202f234",
        "  modifiés : 1",
        "  inchangés : 12",
        "  disparus : 3",
        "  refusés : 2",
        "  déjà connus par une autre source, réunis : 2",
        "  peut-être déjà connus, non réunis : 1",
        "  laissés de côté, en double : 2",
        "Disparus :",
        "  b",
        "  c",
        "  … et 1 de plus",
        "Peut-être le même organisme :",
        "  x:1 et y:2 — « CCAS »",
        "Refusés :",
        "  ligne 7 — name — Ce nom est vide.",
        "  demo:caf — kind = « X » — Inconnu.",
    ]
    assert Report(title="Annuaire", dry_run=True).in_words()[0] == "Annuaire — essai, rien n’a été écrit"


def test_a_tally_of_any_size_is_small() -> None:
    tally: Tally[int] = Tally()
    tally.add(range(150))
    tally.add(range(150, 100_000))
    assert (tally.count, tally.first) == (100_000, list(range(MOST_KEPT)))


def test_what_refers_to_nothing_is_refused_with_what_hangs_on_it() -> None:
    link = Succession(predecessor="good", successor="far", on=TODAY, kind=SuccessionKind.RENAMED)
    batch = Batch(
        organisations=(body("good"), body("far", covers=("99999",)), body("lost", place="99998"), body("unit", "far")),
        successions=(link,),
        services=(service("s1", "good"), service("s2", "far"), service("s3", "good", ("99999",))),
        professionals=(
            Professional(id="p1", name="A", function="", organisations=("good",)),
            Professional(id="p2", name="B", function="", organisations=("good", "far")),
        ),
        posts=(Post(id="t1", label="", organisation="known"), Post(id="t2", label="", organisation="lost")),
        agreements=(agreement("a1", ("good",), "known"), agreement("a2", ("far",), "good")),
    )
    kept, refused = checked(batch, {"25056"}, {"known"})
    assert kept == Batch(
        organisations=(body("good"), body("unit")),
        services=(service("s1", "good"),),
        professionals=(batch.professionals[0],),
        posts=(batch.posts[0],),
        agreements=(batch.agreements[0],),
    )
    assert set(refused) == {
        Refused("far", "covers", "99999", NO_TERRITORY),
        Refused("lost", "place", "99998", NO_TERRITORY),
        Refused("unit", "part_of", "far", f"{NO_ORGANISATION} Le lien est laissé de côté.", aside=True),
        Refused("good", "successor", "far", NO_ORGANISATION),
        Refused("s2", "organisation", "far", NO_ORGANISATION),
        Refused("s3", "covers", "99999", NO_TERRITORY),
        Refused("p2", "organisations", "far", NO_ORGANISATION),
        Refused("t2", "organisation", "lost", NO_ORGANISATION),
        Refused("a2", "granted_by", "far", NO_ORGANISATION),
    }
