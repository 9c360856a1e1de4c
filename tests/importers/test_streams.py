"""Large files read record by record: each fault is said with its line, and nothing is held but the record at hand."""

from __future__ import annotations

import gzip
import tracemalloc
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from importers.report import Refused
from importers.streams.content import lines, text
from importers.streams.delimited import read_delimited
from importers.streams.objects import keys_of_object, read_array, read_lines
from importers.streams.record import MOST_FIELD_CHARACTERS, Record, shown
from importers.tables import BrokenSource

COLUMNS = ("id", "nom")
NOTHING = "Rien n’a été importé."
CONVERTED = "Convertissez-le : iconv -f {} -t UTF-8 ANCIEN > NOUVEAU, puis importez NOUVEAU."


def written(folder: Path, content: bytes, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def broken(reading: Callable[[], Iterable[object]]) -> str:
    with pytest.raises(BrokenSource) as refusal:
        list(reading())
    return refusal.value.message


def fields(entries: Iterable[Record | Refused]) -> list[object]:
    return [dict(entry.fields) if isinstance(entry, Record) else entry for entry in entries]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", " : ce fichier est vide."),
        ("id\né".encode("utf-16"), ", ligne 1 : ce fichier est en UTF-16. " + CONVERTED.format("UTF-16")),
        ("id\né".encode("utf-32"), ", ligne 1 : ce fichier est en UTF-32. " + CONVERTED.format("UTF-32")),
        (
            "id,nom".encode("utf-16-le"),
            ", ligne 1 : ce fichier est sans doute en UTF-16. " + CONVERTED.format("UTF-16"),
        ),
        (
            "id,nom\n1,Besançon\n".encode("cp1252"),
            ", ligne 2 : cette ligne n’est pas en UTF-8 mais, semble-t-il, en Windows-1252 ou Latin-1 (« 1,Besançon »). "
            + CONVERTED.format("WINDOWS-1252"),
        ),
        (b"id\n\xfe\xff\x81\n", ", ligne 2 : cette ligne n’est pas en UTF-8."),
        (b"id,nom\n1,\x00\n", ", ligne 2 : cette ligne a un caractère nul : ce n’est pas un fichier de texte."),
        ("id\né".encode()[:-1], ", ligne 2 : le fichier s’arrête au milieu d’un caractère : il est coupé."),
        (b"PK\x03\x04....", " : c’est une archive zip : ouvrez-la, puis importez ce qu’elle contient."),
        (gzip.compress(b"id,nom\n" * 1000)[:-9], " : l’archive est abîmée ou incomplète."),
        (b"\x1f\x8bnothing of the kind", " : l’archive est abîmée ou incomplète."),
    ],
)
def test_what_is_no_text_is_said_with_what_to_do(tmp_path: Path, content: bytes, fault: str) -> None:
    path = written(tmp_path, content)
    assert broken(lambda: text(path)) == f"{path}{fault} {NOTHING}"


def test_a_file_that_is_none_is_said_plainly(tmp_path: Path) -> None:
    assert broken(lambda: text(tmp_path)) == f"{tmp_path} : ce n’est pas un fichier. {NOTHING}"
    gone = tmp_path / "gone.csv"
    assert broken(lambda: text(gone)) == f"{gone} : ce fichier n’existe pas. {NOTHING}"
    device = Path("/dev/zero")
    assert broken(lambda: text(device)) == f"/dev/zero : ce n’est pas un fichier. {NOTHING}"


def test_a_byte_order_mark_and_a_compressed_file_are_read_whatever_the_name(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbfid,nom\r\n1,\xc3\xa9t\xc3\xa9\r\n"
    for name, stored in (("a.csv", content), ("b.csv.gz", gzip.compress(content)), ("c.csv", gzip.compress(content))):
        assert "".join(text(written(tmp_path, stored, name))) == "id,nom\r\n1,été\r\n"


def test_a_bomb_is_stopped_while_it_unfolds(tmp_path: Path) -> None:
    path = written(tmp_path, gzip.compress(b"\n" * 30_000_000), "bomb.csv.gz")
    assert path.stat().st_size < 100_000
    assert broken(lambda: text(path, 20_000_000)).startswith(f"{path}, ligne ")
    assert broken(lambda: text(path, 20_000_000)).endswith(f"ce fichier dépasse 20 Mo une fois ouvert. {NOTHING}")


def test_a_line_without_an_end_is_stopped(tmp_path: Path) -> None:
    path = written(tmp_path, b"id\n" + b"x" * 5_000_000)
    assert broken(lambda: lines(path)) == f"{path}, ligne 2 : cette ligne dépasse 4 millions de signes. {NOTHING}"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_rows_are_read_under_the_delimiter_of_the_header(tmp_path: Path, delimiter: str) -> None:
    rows = [("id", "nom", "zone"), ("1", "un", "a"), ("2", '"deux\nlignes"', "b"), ("3", "trois", "c")]
    path = written(tmp_path, "\n".join(delimiter.join(row) for row in rows).encode())
    assert list(read_delimited(path, COLUMNS)) == [
        Record("file.csv, ligne 2", {"id": "1", "nom": "un", "zone": "a"}),
        Record("file.csv, ligne 3", {"id": "2", "nom": "deux\nlignes", "zone": "b"}),
        Record("file.csv, ligne 5", {"id": "3", "nom": "trois", "zone": "c"}),
    ]


def test_a_row_of_another_length_is_refused_alone(tmp_path: Path) -> None:
    path = written(tmp_path, b"id,nom\n1\n\n2,b," + b"," * 1_000_000 + b"\n3,c\n")
    assert fields(read_delimited(path, COLUMNS)) == [
        Refused("file.csv, ligne 2", "", "1", "Cette ligne a 1 colonnes au lieu de 2."),
        Refused("file.csv, ligne 4", "", "2,b" + "," * 76 + "…", "Cette ligne a 1000003 colonnes au lieu de 2."),
        {"id": "3", "nom": "c"},
    ]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"id,titre\n1,a\n", "ligne 1 : l’en-tête n’a pas la colonne « nom »."),
        (b"id,nom,id\n1,a,2\n", "ligne 1 : l’en-tête a deux fois la colonne « id »."),
        (b"id,nom" + b",x" * 999_998 + b"\n", "ligne 1 : l’en-tête dépasse 1 million de signes."),
        (b"id,nom" + b"," * 400_000 + b"\n", "ligne 1 : l’en-tête a 400002 colonnes, il en faut 1000 au plus."),
        (b"id,nom\n1,a\n2", "ligne 3 : le fichier s’arrête au milieu d’une ligne : il est coupé."),
        (
            b'id,nom\n1,a\n2,"b\n3,c\n',
            "ligne 3 : un guillemet ouvert ici, ou plus bas, n’est jamais refermé, ou le fichier est coupé.",
        ),
        (
            b'id,nom\n1,"a" b\n',
            "ligne 2 : un guillemet se trouve au milieu d’un champ : dans un champ entre guillemets, il s’écrit deux fois.",
        ),
        (
            b'id,nom\n1,"' + b"row,\n" * 400_000,
            "ligne 2 : un champ dépasse 1 million de signes : un guillemet ouvert ici, ou plus bas, n’est jamais refermé.",
        ),
        (
            b"id,nom\n1," + b'"' + b"x\n" * 400_000 + b'",' + (b'"' + b"x\n" * 400_000 + b'",') * 5 + b"\n",
            "ligne 2 : cette fiche dépasse 4 millions de signes : un guillemet ouvert ici, ou plus bas, n’est jamais refermé.",
        ),
    ],
)
def test_a_table_that_cannot_be_read_on_is_said_with_its_line(tmp_path: Path, content: bytes, fault: str) -> None:
    path = written(tmp_path, content)
    assert broken(lambda: read_delimited(path, COLUMNS)) == f"{path}, {fault} {NOTHING}"


def test_what_stands_before_the_fault_has_gone_out(tmp_path: Path) -> None:
    path = written(tmp_path, b'id,nom\n1,a\n2,"b')
    entries = read_delimited(path, COLUMNS)
    assert next(entries) == Record("file.csv, ligne 2", {"id": "1", "nom": "a"})
    with pytest.raises(BrokenSource):
        next(entries)


def test_a_field_of_a_million_signs_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, b"id,nom\n1," + b"x" * MOST_FIELD_CHARACTERS + b"\n2,b\n")
    first, second = read_delimited(path, COLUMNS)
    assert isinstance(first, Record)
    assert isinstance(second, Record)
    assert (len(str(first.fields["nom"])), second.fields["nom"]) == (MOST_FIELD_CHARACTERS, "b")


def test_an_array_is_read_with_ordinal_and_line(tmp_path: Path) -> None:
    path = written(
        tmp_path, b'\n[{"id": "1", "in": {"a": [1.5, null]}},\n\n 3, {"id": 1, "id": 2},\n{"id": "4"}\n]\n', "a.json"
    )
    assert list(read_array(path)) == [
        Record("a.json, fiche 1, ligne 2", {"id": "1", "in": {"a": [1.5, None]}}),
        Refused("a.json, fiche 2, ligne 4", "", "3", "Il faut ici une fiche, entre accolades."),
        Refused("a.json, fiche 3, ligne 4", "id", "2", "Cette clé est deux fois dans la fiche."),
        Record("a.json, fiche 4, ligne 5", {"id": "4"}),
    ]


def test_an_object_of_arrays_is_read_by_key_in_any_order(tmp_path: Path) -> None:
    path = written(
        tmp_path, b'{"v": {"at": [1]}, "n": 2, "services": [{"id": "s"}], "structures": [{"id": "o"}]}', "a.json"
    )
    assert keys_of_object(path) == {"v", "n", "services"}
    assert fields(read_array(path, "structures")) == [{"id": "o"}]
    assert fields(read_array(path, "services")) == [{"id": "s"}]
    assert fields(read_array(path, "autres")) == []
    assert keys_of_object(written(tmp_path, b"[]", "b.json")) == frozenset()


def test_records_longer_than_a_chunk_are_read(tmp_path: Path) -> None:
    long = "é" * 100_000
    path = written(tmp_path, f'[{{"id": "{long}"}}, {{"id": "2"}}, {"9" * 70_000}]'.encode(), "a.json")
    first, second, third = read_array(path)
    assert isinstance(first, Record)
    assert first.fields == {"id": long}
    assert second == Record("a.json, fiche 2, ligne 1", {"id": "2"})
    assert third == Refused("a.json, fiche 3, ligne 1", "", "inf", "Il faut ici une fiche, entre accolades.")


CUT = "le fichier s’arrête au milieu d’une fiche : il est coupé."


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b'[{"a": 1},\n{"b": "x', f"ligne 2 : {CUT}"),
        (b'[{"a": 1},\n', f"ligne 2 : {CUT}"),
        (b'[{"a": 1}', f"ligne 1 : {CUT}"),
        (b" \n", f"ligne 2 : {CUT}"),
        (
            b'[{"a": 1},\n{b: 2}, {"c": 3}]',
            'ligne 2 : ce n’est pas du JSON bien formé, autour de « {b: 2}, {"c": 3}] ».',
        ),
        (b'[{"a": 1}] []', "ligne 1 : le JSON est fini, et pourtant « [ » le suit."),
        (b'{"a": 1}', "ligne 1 : il faut ici « [ », et non « { »."),
        (b"[" * 1_000_000, "ligne 1 : des valeurs sont emboîtées sans fin."),
        (b'[{"a":' * 500_000, "ligne 1 : des valeurs sont emboîtées sans fin."),
        (b'[{"a": "' + b"x" * 9_000_000 + b'"}]', "ligne 1 : la fiche qui commence ici dépasse 4 millions de signes."),
    ],
)
def test_json_that_cannot_be_read_on_is_said_with_its_line(tmp_path: Path, content: bytes, fault: str) -> None:
    path = written(tmp_path, content, "a.json")
    assert broken(lambda: read_array(path)) == f"{path}, {fault} {NOTHING}"


@pytest.mark.parametrize(
    "number", [b"9" * 5_000, b"1e999", b"1e99999999999999999999999", b"1." + b"9" * 500_000, b"NaN"]
)
def test_numbers_beyond_all_measure_do_no_harm(tmp_path: Path, number: bytes) -> None:
    path = written(tmp_path, b'[{"a": ' + number + b'}, {"b": 1}]', "a.json")
    first, second = read_array(path)
    assert isinstance(first, Record)
    assert isinstance(first.fields["a"], float)
    assert second == Record("a.json, fiche 2, ligne 1", {"b": 1})


def test_lines_are_records_and_one_that_is_none_is_refused_alone(tmp_path: Path) -> None:
    path = written(tmp_path, b'{"id": "1"}\n\n{"id": \n[1]\n' + b"[" * 100_000 + b'\n{"id": "2"}', "a.jsonl")
    assert fields(read_lines(path)) == [
        {"id": "1"},
        Refused("a.jsonl, ligne 3", "", '{"id":', "Cette ligne n’est pas du JSON bien formé."),
        Refused("a.jsonl, ligne 4", "", "[1]", "Il faut ici une fiche, entre accolades."),
        Refused("a.jsonl, ligne 5", "", "[" * 79 + "…", "Cette ligne n’est pas du JSON bien formé."),
        {"id": "2"},
    ]


def test_a_last_line_cut_is_a_broken_file(tmp_path: Path) -> None:
    path = written(tmp_path, b'{"id": "1"}\n{"id": "2', "a.jsonl")
    assert broken(lambda: read_lines(path)) == f"{path}, ligne 2 : {CUT} {NOTHING}"


def test_a_value_is_shown_on_one_short_line() -> None:
    assert shown("a\nb\t c") == "a b c"
    assert (shown(None), shown(["x"]), shown(0)) == ("", "['x']", "0")
    assert shown("x" * 81) == "x" * 79 + "…"


@pytest.mark.parametrize("shape", ["csv", "json", "jsonl"])
def test_memory_is_flat_in_the_size_of_the_file(tmp_path: Path, shape: str) -> None:
    def peak(number: int) -> int:
        path = tmp_path / f"{number}.{shape}"
        head, row, foot = {
            "csv": ("id,nom\n", "{}," + "x" * 500 + "\n", ""),
            "json": ("[0", ', {{"id": "{}", "nom": "' + "x" * 500 + '"}}\n', "]"),
            "jsonl": ("", '{{"id": "{}", "nom": "' + "x" * 500 + '"}}\n', ""),
        }[shape]
        path.write_text(head + "".join(row.format(n) for n in range(number)) + foot)
        reading = {"csv": lambda p: read_delimited(p, COLUMNS), "json": read_array, "jsonl": read_lines}[shape]
        tracemalloc.start()
        assert sum(isinstance(entry, Record) for entry in reading(path)) == number
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(10)
    assert peak(20_000) < peak(2_000) + 200_000
