"""A broken file is refused whole, with its name and line; a row of another shape is refused alone."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from importers.report import Refused
from importers.tables import BrokenSource, Row, read_table

COLUMNS = ("id", "name")


def written(folder: Path, content: bytes, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_rows_carry_the_line_on_which_they_begin(tmp_path: Path) -> None:
    path = written(tmp_path, b'\xef\xbb\xbfid,name,more\n1, Besan\xc3\xa7on ,x\n\n2,"two\nlines",y\n3,three,z\n')
    table = read_table(path, COLUMNS)
    assert table.rows == (
        Row(2, {"id": "1", "name": "Besançon", "more": "x"}),
        Row(4, {"id": "2", "name": "two\nlines", "more": "y"}),
        Row(6, {"id": "3", "name": "three", "more": "z"}),
    )
    assert table.refused == ()


def test_a_row_of_another_length_is_refused_alone(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, b"id,name\n1,one\n2\n3,three,more\n4,four\n"), COLUMNS)
    assert [row["id"] for row in table.rows] == ["1", "4"]
    assert table.refused == (
        Refused(3, "", "2", "Cette ligne a 1 colonnes au lieu de 2."),
        Refused(4, "", "3,three,more", "Cette ligne a 3 colonnes au lieu de 2."),
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "{path}, ligne 1 : l’en-tête n’a pas la colonne « id ». Rien n’a été importé."),
        (b"id;name\n1;one\n", "{path}, ligne 1 : l’en-tête n’a pas la colonne « id ». Rien n’a été importé."),
        (b"id,name\n", "{path} : le fichier n’a aucune ligne à importer. Rien n’a été importé."),
        (b"id,name\n1,one\n2", "{path}, ligne 3 : le fichier s’arrête au milieu d’une ligne. Rien n’a été importé."),
        (
            b'id,name\n1,one\n2,"tw',
            "{path}, ligne 3 : la suite ne peut pas être lue (unexpected end of data). Rien n’a été importé.",
        ),
        (b"id,name\n1,Besan\xe7on\n", "{path}, ligne 2 : ce fichier n’est pas en UTF-8. Rien n’a été importé."),
        (b"id,name\n1,one\n\x00\x01", "{path}, ligne 3 : ce n’est pas un fichier de texte. Rien n’a été importé."),
    ],
)
def test_a_broken_file_is_refused_whole(tmp_path: Path, content: bytes, message: str) -> None:
    path = written(tmp_path, content)
    with pytest.raises(BrokenSource) as refusal:
        read_table(path, COLUMNS)
    assert refusal.value.message == message.format(path=path)
    assert refusal.value.field == "path"


def test_an_archive_cut_in_the_middle_is_refused_whole(tmp_path: Path) -> None:
    packed = gzip.compress(b"id,name\n" + b"1,one\n" * 1000, mtime=0)
    assert len(read_table(written(tmp_path, packed, "whole.csv.gz"), COLUMNS).rows) == 1000
    path = written(tmp_path, packed[:-20], "cut.csv.gz")
    with pytest.raises(BrokenSource) as refusal:
        read_table(path, COLUMNS)
    assert refusal.value.message == f"{path} : l’archive est abîmée ou incomplète. Rien n’a été importé."


def test_a_missing_file_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(BrokenSource) as refusal:
        read_table(tmp_path / "nowhere.csv", COLUMNS)
    assert refusal.value.message == f"{tmp_path / 'nowhere.csv'} : ce fichier n’existe pas. Rien n’a été importé."


def test_a_folder_is_not_a_table(tmp_path: Path) -> None:
    with pytest.raises(BrokenSource, match="ce fichier ne peut pas être lu"):
        read_table(tmp_path, COLUMNS)
