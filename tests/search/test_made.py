"""What is made of the shipped lists once: read again as it was made, and made again when it cannot be trusted."""

from __future__ import annotations

from pathlib import Path

import pytest

from search import made
from search.features import stem
from search.lexicon import ELSEWHERE, Index, Lexicon, Phrase, indexed, phrases

ONE = {"loyer": 3, "impayé": 1}
OTHER = {"emploi": 2}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where things are kept: not there yet."""
    folder = tmp_path / "kept"
    monkeypatch.setattr(made, "FOLDER", folder)
    return folder


def taken(fresh: dict[str, int], name: str = "mots") -> dict[str, int]:
    return made.kept(name, dict[str, int], lambda: fresh)


def test_it_is_made_once(folder: Path) -> None:
    assert taken(ONE) == ONE
    assert taken(OTHER) == ONE
    assert taken(OTHER, "autres") == OTHER
    assert len(list(folder.iterdir())) == 2


@pytest.mark.parametrize("hurt", [b"", b"short", None])
def test_a_file_that_was_cut_or_changed_is_made_again(folder: Path, hurt: bytes | None) -> None:
    taken(ONE)
    (file,) = folder.iterdir()
    content = file.read_bytes()
    file.write_bytes(content[:-1] + b"\x07" if hurt is None else hurt)
    assert taken(OTHER) == OTHER
    assert taken(ONE) == OTHER
    assert list(folder.iterdir()) == [file]


def test_another_list_or_another_line_of_code_has_another_file(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    monkeypatch.setattr(made, "SOURCES", (sources,))
    names: list[str] = []
    for file, content in (("a.csv", "loyer"), ("a.csv", "loyers"), ("b.py", ""), ("c.txt", "unread")):
        (sources / file).write_text(content)
        made._digest.cache_clear()
        names.append(made._digest())
        taken(ONE)
    made._digest.cache_clear()
    assert len(set(names)) == 3
    # What was made of older sources is gone.
    assert [file.name for file in folder.iterdir()] == [f"mots-{names[-1]}{made.SUFFIX}"]


def test_where_nothing_can_be_written_it_is_made_each_time(folder: Path) -> None:
    folder.write_text("no folder")
    assert taken(ONE) == ONE
    assert taken(OTHER) == OTHER
    assert folder.read_text() == "no folder"


def test_what_is_read_again_is_what_was_made(folder: Path) -> None:
    fresh = indexed(phrases())
    made.kept("lexicon", Index, lambda: fresh)
    assert made.kept("lexicon", Index, lambda: indexed([])) == fresh
    assert Lexicon.shipped().rarity == Lexicon(fresh).rarity
    assert len(list(folder.iterdir())) == 1


def test_a_feature_leans_to_those_who_say_it_as_shares_of_one() -> None:
    said = [Phrase("a", "loyer", 1.0), Phrase("a", "loyer", 1.0), Phrase("b", "loyer emploi", 1.0)]
    lexicon = Lexicon(indexed([*said, Phrase(ELSEWHERE, "match", 1.0)]))
    # Of what is said of each, all has the word. What other fields say is told first.
    assert lexicon.competences == (ELSEWHERE, "a", "b")
    leans = lexicon._leanings([stem("loyer"), stem("emploi"), "match"]).tolist()
    assert leans == [[0.0, 0.5, 0.5], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
