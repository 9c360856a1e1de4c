"""What is built at once stands in the index by where it acts, whatever the order in which it came; and nothing of it is lost."""

from __future__ import annotations

import random
from contextlib import closing
from pathlib import Path

from tantivy import Index as Store
from tantivy import Query

from graph.model.relay import Listing
from graph.model.territory import Territory, TerritoryLevel
from search.arranging import Arranged, ranks
from search.document import decode, document
from search.embedded_writer import EmbeddedWriter
from search.generations import name_in_use
from search.hits import all_hits
from tests import make

ZONES = {
    "pays:FR": ("pays:FR",),
    "region:27": ("region:27", "pays:FR"),
    "departement:25": ("departement:25", "region:27", "pays:FR"),
    "25056": ("25056", "departement:25", "region:27", "pays:FR"),
    "25462": ("25462", "departement:25", "region:27", "pays:FR"),
    "departement:39": ("departement:39", "region:27", "pays:FR"),
    "39300": ("39300", "departement:39", "region:27", "pays:FR"),
    "region:84": ("region:84", "pays:FR"),
}
INWARDS = list(ZONES)
TERRITORIES = [
    Territory(id=id_, name=id_, level=TerritoryLevel.COMMUNE, zones=zones) for id_, zones in reversed(ZONES.items())
]


def scattered(number: int) -> list[Listing]:
    chance = random.Random(number)
    return [make.listing(f"organisation:t:{at}", covers=(chance.choice(INWARDS),)) for at in range(number)]


async def in_use(folder: Path, *batches: list[Listing]) -> list[Listing]:
    """The listings of a generation made of these, in the order in which the index holds them."""
    writer = EmbeddedWriter.aside(folder)
    await writer.keep_places(TERRITORIES)
    for batch in batches:
        await writer.replace((), batch)
    await writer.commit()
    await writer.switch()
    await writer.close()
    return held(folder)


def held(folder: Path) -> list[Listing]:
    searcher = Store.open(str(folder / name_in_use(folder))).searcher()
    addresses = [address for _, address in all_hits(searcher, Query.all_query())]
    addresses.sort(key=lambda address: (address.segment_ord, address.doc))
    return [decode(bytes(searcher.doc(address)["facts"][0])) for address in addresses]


def test_each_territory_stands_before_its_parts() -> None:
    place = ranks(TERRITORIES)
    assert sorted(place, key=place.__getitem__) == INWARDS


async def test_a_generation_stands_in_order_of_place_and_those_of_one_place_as_they_came(tmp_path: Path) -> None:
    came = scattered(500)
    in_order = sorted(came, key=lambda listing: INWARDS.index(listing.covers[0]))
    assert came != in_order
    assert await in_use(tmp_path, came[:200], came[200:]) == in_order


async def test_of_several_places_the_first_counts_and_without_one_it_comes_before_all(tmp_path: Path) -> None:
    anywhere, country = (
        make.listing("organisation:t:1", covers=()),
        make.listing("organisation:t:2", covers=("pays:FR",)),
    )
    both = make.listing("organisation:t:3", covers=("39300", "departement:25"))
    doubs, jura = (make.listing(f"organisation:t:{at}", covers=(at,)) for at in ("25056", "departement:39"))
    unknown = make.listing("organisation:t:4", covers=("99999",))
    found = await in_use(tmp_path, [unknown, jura, doubs, both, country, anywhere])
    assert found == [country, anywhere, both, doubs, jura, unknown]


async def test_what_is_forgotten_before_the_first_commit_is_not_held(tmp_path: Path) -> None:
    writer = EmbeddedWriter.aside(tmp_path)
    await writer.keep_places(TERRITORIES)
    one, other = (make.organisation(f"t:{name}") for name in ("one", "other"))
    before = [make.listing(f"organisation:{of.id}", organisation=of) for of in (one, other)]
    again = make.listing("organisation:t:one", organisation=one, covers=("25056",))
    await writer.replace((), before)
    await writer.replace(["t:one"], [again])
    await writer.commit()
    await writer.switch()
    # What comes after is written as it comes.
    last = make.listing("organisation:t:last", covers=("pays:FR",))
    await writer.replace((), [last])
    await writer.commit()
    await writer.close()
    assert held(tmp_path) == [before[1], again, last]


async def test_what_waits_leaves_nothing_on_the_disk(tmp_path: Path) -> None:
    writer = EmbeddedWriter.aside(tmp_path)
    before = names(tmp_path / writer.name)
    await writer.replace((), scattered(50))
    assert names(tmp_path / writer.name) == before
    await writer.discard()
    assert names(tmp_path) == set()


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_each_document_comes_back_as_it_was(tmp_path: Path) -> None:
    by_id = {territory.id: territory for territory in TERRITORIES}
    documents = [document(listing, by_id) for listing in scattered(60)]
    arranged = Arranged(tmp_path, TERRITORIES)
    for one in documents:
        arranged.add(one)
    with closing(arranged):
        assert sorted(arranged, key=lambda one: one.key) == sorted(documents, key=lambda one: one.key)
