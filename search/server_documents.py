"""What a Meilisearch index holds of ours, as its documents, and the filters that ask for them. Pure.

One index holds everything, so that one request sees one moment: a document a listing; the territories, packed, in parts; the
words of all names; and one document, `state`, that says which of these are in use and changes with every write.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final

import msgspec

from graph.model.territory import Territory
from graph.model.vocabulary import competences
from search.backend import Wanted
from search.document import INDEX_FORMAT, Document
from search.name_words import NameWords

STATE: Final = "state"
LISTING: Final = "listing"
PLACES: Final = "places"
WORDS: Final = "words"
# Documents of about this size; the server takes requests of 100 MB unless told otherwise.
PART_CHARACTERS: Final = 500_000
_territories = msgspec.msgpack.Decoder(list[Territory]).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is in use: `built` names the rebuild, `written` the last write; `places` and `words` change with what they name.

    `places` comes in `parts` documents.
    """

    built: str
    written: str
    places: str = ""
    parts: int = 0
    words: str = ""


# Asked for with the listings themselves, so that both are of one moment.
STATE_FIELDS: Final = ("id", "format", "built", "written", "places", "parts", "words_stamp")
CANDIDATE_FIELDS: Final = (*STATE_FIELDS, "digest")
FACTS_FIELDS: Final = ("id", "digest", "facts")


def state_of(row: dict[str, Any]) -> State | None:
    """The state that its document tells; None when another version wrote it."""
    if row.get("format") != INDEX_FORMAT:
        return None
    return State(
        built=row["built"],
        written=row["written"],
        places=row.get("places", ""),
        parts=row.get("parts", 0),
        words=row.get("words_stamp", ""),
    )


def state_document(**changes: Any) -> dict[str, Any]:
    """The state with these fields changed; those not given stay as the server has them."""
    return {"id": STATE, "kind": STATE, "format": INDEX_FORMAT, **changes}


def listing_document(kept: Document) -> dict[str, Any]:
    """A listing's document. Ids are fingerprints: the server takes letters, digits, - and _ alone, and folds what it filters."""
    known = competences()
    return {
        "id": fingerprint(kept.key),
        "kind": LISTING,
        "key": kept.key,
        "organisation": kept.organisation,
        "owner": fingerprint(kept.organisation),
        "competences": kept.competences,
        "subjects": [known[id_].label for id_ in kept.competences if id_ in known],
        "covers": kept.covers,
        "inside": kept.inside,
        "names": kept.names,
        "words": name_words_of(kept),
        "digest": kept.digest,
        "facts": kept.facts.decode(),
    }


def name_words_of(kept: Document) -> list[str]:
    """Each word of its names, once."""
    return sorted({word for name in kept.names for word in name.split()})


def places_documents(territories: Sequence[Territory]) -> tuple[str, list[dict[str, Any]]]:
    """A fingerprint of these territories, and the documents that hold them."""
    content = msgspec.msgpack.encode(list(territories))
    stamp = blake2b(content, digest_size=12).hexdigest()
    text = base64.b85encode(zlib.compress(content)).decode()
    parts = [text[start : start + PART_CHARACTERS] for start in range(0, len(text), PART_CHARACTERS)]
    return stamp, [
        {"id": f"{PLACES}-{stamp}-{part}", "kind": PLACES, "stamp": stamp, "part": part, "text": held}
        for part, held in enumerate(parts)
    ]


def territories_of(rows: Iterable[dict[str, Any]]) -> list[Territory]:
    """The territories that these parts hold. Raises ValueError, zlib.error or msgspec.MsgspecError on anything else."""
    text = "".join(row["text"] for row in sorted(rows, key=lambda row: row["part"]))
    return _territories(zlib.decompress(base64.b85decode(text)))


def words_document(stamp: str, words: Iterable[str]) -> dict[str, Any]:
    """Words of names that no other document of words holds yet."""
    return {"id": f"{WORDS}-{stamp}", "kind": WORDS, "text": " ".join(sorted(words))}


def words_of(rows: Iterable[dict[str, Any]]) -> NameWords:
    """All of them."""
    return NameWords(word for row in rows for word in row["text"].split())


def wanted_filter(wanted: Wanted, words: NameWords) -> str:
    """The listings that fit; empty when none can."""
    described = [one_of("competences", wanted.competences)] if wanted.competences else []
    for alternative in wanted.names:
        near = [words.near(word) for word in alternative]
        if near and all(near):
            described.append(" AND ".join(one_of("words", found) for found in near))
    if not described:
        return ""
    clauses = [" OR ".join(f"({clause})" for clause in described)]
    if wanted.zones:
        clauses.append(one_of("covers", wanted.zones))
    if wanted.inside:
        clauses.append(one_of("inside", (wanted.inside,)))
    return " AND ".join(f"({clause})" for clause in clauses)


def one_of(attribute: str, values: Iterable[str]) -> str:
    """A filter on the values of an attribute."""
    return f"{attribute} IN [{', '.join(quoted(value) for value in values)}]"


def quoted(value: str) -> str:
    """As the server's filters take it, whatever it holds."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def fingerprint(value: str) -> str:
    """A short id for a long one."""
    return blake2b(value.encode(), digest_size=16).hexdigest()
