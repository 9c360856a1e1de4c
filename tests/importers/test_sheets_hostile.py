"""Files that no one should send: refused in words, before anything is unpacked whole or believed."""

from __future__ import annotations

import io
import time
import zipfile
from datetime import date

import pytest

from importers.sheets.grid import Unreadable
from importers.sheets.table import read_file
from tests.importers.sheets import csv_of, planned, tampered, told, workbook

SHEET = "xl/worksheets/sheet1.xml"
BOOK = workbook([["Nom", "Aide pour", "Territoire"], ["Accueil", "RSA", "25056"]])


def refusal(content: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        read_file(content)
    assert refused.value.field == "file"
    assert refused.value.message.endswith("Rien n’a été modifié.")
    return refused.value.message.removesuffix(" Rien n’a été modifié.")


def sheet_xml(inside: str) -> bytes:
    return (
        f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{inside}</worksheet>'
    ).encode()


def read_member(name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(BOOK)) as archive:
        return archive.read(name)


def text_row(number: int, *cells: str) -> str:
    inside = "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in cells)
    return f'<row r="{number}">{inside}</row>'


def test_a_workbook_that_is_one_is_read() -> None:
    filled = read_file(BOOK)
    assert [(row.line, dict(row.cells)) for row in filled.rows] == [
        (2, {"Nom": "Accueil", "Aide pour": "RSA", "Territoire": "25056"})
    ]
    assert filled.faults == ()


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = tampered(BOOK, {SHEET: sheet_xml(" " * 50_000_000)})
    assert len(bomb) < 100_000
    assert refusal(bomb).startswith("Ce classeur, une fois décompressé, est démesuré.")


def test_a_bomb_of_many_members_is_refused() -> None:
    many = tampered(BOOK, {f"xl/media/{number}.xml": b"<a/>" for number in range(300)})
    assert refusal(many).startswith("Ce classeur, une fois décompressé, est démesuré.")


def test_a_bomb_that_lies_of_its_size_is_refused() -> None:
    packed = tampered(BOOK, {SHEET: sheet_xml(" " * 5_000_000)})
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        member = archive.getinfo(SHEET)
    true, small = member.file_size.to_bytes(4, "little"), (1000).to_bytes(4, "little")
    assert packed.count(true) == 2
    assert refusal(packed.replace(true, small)).startswith("Ce classeur est abîmé")


@pytest.mark.parametrize(
    "document",
    [
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet>&a;</worksheet>',
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><worksheet>&b;</worksheet>',
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY a "b">]><worksheet>&a;</worksheet>'.encode(
            "utf-16"
        ),
        b'<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd"><worksheet/>',
    ],
)
@pytest.mark.parametrize("member", [SHEET, "xl/workbook.xml", "[Content_Types].xml", "docProps/more.xml"])
def test_a_document_that_declares_entities_is_not_read(document: bytes, member: str) -> None:
    assert refusal(tampered(BOOK, {member: document})) == (
        "Ce classeur contient une déclaration qui n’a pas sa place dans un tableau. Rien n’en a été lu."
    )


@pytest.mark.parametrize("member", ["xl/worksheets/sheet1.dat", "xl/media/image1.png", "xl/sheet"])
def test_a_sheet_by_any_other_name_declares_nothing_either(member: str) -> None:
    rows = text_row(1, "Nom") + text_row(2, "&a;")
    named = {
        "xl/_rels/workbook.xml.rels": read_member("xl/_rels/workbook.xml.rels").replace(
            SHEET.encode(), member.encode()
        ),
        "[Content_Types].xml": read_member("[Content_Types].xml").replace(SHEET.encode(), member.encode()),
    }
    plain = sheet_xml(f"<sheetData>{rows.replace('&a;', 'Accueil')}</sheetData>")
    assert [dict(row.cells) for row in read_file(tampered(BOOK, {**named, member: plain})).rows] == [{"Nom": "Accueil"}]
    declared = b'<!DOCTYPE w [<!ENTITY a "EXPANDED">]>' + sheet_xml(f"<sheetData>{rows}</sheetData>")
    assert refusal(tampered(BOOK, {**named, member: declared})) == (
        "Ce classeur contient une déclaration qui n’a pas sa place dans un tableau. Rien n’en a été lu."
    )


def test_pictures_are_left_where_they_are() -> None:
    assert read_file(tampered(BOOK, {"xl/media/image1.png": b"\x89PNG\r\n\x1a\n\0"})).rows == read_file(BOOK).rows
    assert refusal(tampered(BOOK, {"xl/media/image1.dat": b"\x89PNG"})).startswith("Ce classeur est abîmé")


def test_macros_and_objects_are_refused() -> None:
    for member in ("xl/vbaProject.bin", "xl/embeddings/oleObject1.bin"):
        assert refusal(tampered(BOOK, {member: b"\0"})) == (
            "Ce classeur contient une macro ou un objet. Enregistrez-le en .xlsx simple, et renvoyez-le."
        )
    assert read_file(tampered(BOOK, {"xl/printerSettings/printerSettings1.bin": b"\0"})).rows != ()


def test_a_million_empty_rows_are_walked_past() -> None:
    rows = text_row(1, "Nom", "Territoire") + '<row r="1048575"/>' + text_row(1_048_576, "Accueil", "25056")
    dimension = '<dimension ref="A1:XFD1048576"/>'
    filled = read_file(tampered(BOOK, {SHEET: sheet_xml(f"{dimension}<sheetData>{rows}</sheetData>")}))
    assert [(row.line, dict(row.cells)) for row in filled.rows] == [
        (1_048_576, {"Nom": "Accueil", "Territoire": "25056"})
    ]


def test_a_row_beyond_the_last_is_no_row_of_a_workbook() -> None:
    rows = text_row(1, "Nom") + text_row(4_000_000_000, "Accueil")
    began = time.process_time()
    assert refusal(tampered(BOOK, {SHEET: sheet_xml(f"<sheetData>{rows}</sheetData>")})).startswith(
        "Ce classeur est abîmé"
    )
    # It would count to four billion otherwise.
    assert time.process_time() - began < 60


def test_a_cell_far_to_the_right_is_not_reached() -> None:
    rows = text_row(1, "Nom") + '<row r="2"><c r="A2" t="inlineStr"><is><t>x</t></is></c><c r="XFD2"><v>1</v></c></row>'
    filled = read_file(tampered(BOOK, {SHEET: sheet_xml(f"<sheetData>{rows}</sheetData>")}))
    assert [dict(row.cells) for row in filled.rows] == [{"Nom": "x"}]


def test_formulas_and_errors_are_told_by_their_place() -> None:
    book = workbook([["Nom", "Conditions"], ["=1+1", '=HYPERLINK("http://x.example")'], ["b", "#REF!"]])
    filled = read_file(book)
    assert [(f.sheet, f.line, f.column, f.value, f.message) for f in filled.faults] == [
        ("Services", 2, "Nom", "=1+1", "Cette cellule est une formule. Remplacez-la par sa valeur."),
        (
            "Services",
            2,
            "Conditions",
            '=HYPERLINK("http://x.example")',
            "Cette cellule est une formule. Remplacez-la par sa valeur.",
        ),
        ("Services", 3, "Conditions", "#REF!", "Cette cellule affiche une erreur. Écrivez la valeur voulue."),
    ]


def test_numbers_days_and_truths_of_a_workbook_are_read_as_shown() -> None:
    book = workbook([["Nom", "Code postal", "Complet jusqu’au", "Gratuit"], [12.0, 1000, date(2026, 3, 31), True]])
    assert dict(read_file(book).rows[0].cells) == {
        "Nom": "12",
        "Code postal": "1000",
        "Complet jusqu’au": "2026-03-31",
        "Gratuit": "oui",
    }


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "Ce fichier est vide."),
        (b" \r\n ", "Ce fichier est vide."),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512,
            "Ce classeur est à l’ancien format (.xls) ou protégé par un mot de passe. Enregistrez-le en .xlsx, sans mot de passe.",
        ),
        (
            BOOK[:2000],
            "Ce classeur est abîmé ou n’est pas un vrai .xlsx. Ouvrez-le, enregistrez-le à nouveau, et renvoyez-le.",
        ),
        ("Nom;Site\r\nx;y".encode("utf-16"), "Ce fichier est en UTF-16. Enregistrez-le en « CSV UTF-8 » ou en .xlsx."),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "Ce fichier n’est ni un CSV ni un classeur .xlsx."),
        (
            b"Nom;Site\r\n\x81\x8d\xff;y",
            "L’encodage de ce fichier n’est pas reconnu. Enregistrez-le en « CSV UTF-8 » ou en .xlsx.",
        ),
        (
            b'Nom;Site\r\nx;y\r\n"x;y\r\n',
            'Ligne 3 : la suite ne peut pas être lue. Un guillemet (") y est mal placé ou jamais fermé.',
        ),
        (
            b'Nom;Site\r\n"' + b"x" * 200_000 + b'";y',
            "Ligne 2 : une valeur est démesurée. Un guillemet y est peut-être ouvert et jamais fermé.",
        ),
        (
            b"Nom;Site\r\n" + b"x;y\r\n" * 10_001,
            "Ce fichier a plus de 10 000 lignes. Envoyez-le en plusieurs fois.",
        ),
        (b"Nom;Site\r\n", "Ce fichier a un en-tête et aucune ligne. Remplissez au moins une ligne sous l’en-tête."),
        (
            b"Nomm;Sitte\r\nx;y",
            "L’en-tête n’a ni la colonne « Nom » (services) ni la colonne « Intitulé » (interlocuteurs) : « Nomm », « Sitte ». "
            "Vouliez-vous dire « Nom » ? Partez du modèle ou d’un fichier téléchargé d’ici.",
        ),
        (b"Nom;" * 70 + b"\r\nx", "Ce fichier a plus de 60 colonnes : ce n’est pas le modèle attendu."),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(content: bytes, message: str) -> None:
    assert refusal(content) == message


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_separators_and_encodings_of_spreadsheets_are_known(separator: str, encoding: str) -> None:
    content = f"Nom{separator}Présentation\nL’été{separator}à l’accueil – gratuit".encode(encoding)
    assert [dict(row.cells) for row in read_file(content).rows] == [
        {"Nom": "L’été", "Présentation": "à l’accueil – gratuit"}
    ]


def test_lines_are_counted_as_editors_do() -> None:
    content = csv_of("Nom;Présentation", '"a";"un\ndeux"', "", "b;x")
    assert [(row.line, row.cells["Nom"]) for row in read_file(content).rows] == [(2, "a"), (5, "b")]


def test_misspelt_columns_are_told_with_what_was_meant() -> None:
    faults = told(planned(csv_of("Nom;Teritoire;Publique;Prix;Nom", "a;25056;x;y;b")))
    assert [fault for fault in faults if fault[0] == 1] == [
        (1, "Teritoire", "", "Cette colonne n’existe pas. Vouliez-vous dire « Territoire » ?"),
        (1, "Publique", "", "Cette colonne n’existe pas. Vouliez-vous dire « Public » ?"),
        (1, "Prix", "", "Cette colonne n’existe pas."),
        (1, "Nom", "", "Cette colonne est là deux fois."),
    ]


def test_a_value_beyond_the_named_columns_is_told() -> None:
    assert (2, "", "zz", "Cette valeur est au-delà de la dernière colonne nommée : elle n’a pas de sens.") in told(
        planned(csv_of("Nom;Site", "a;https://a.example;;zz"))
    )
