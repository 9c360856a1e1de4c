"""A file as text, some kilobytes at a time: UTF-8 and nothing else, plain or compressed, whatever its name says."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from importers.streams.record import MOST_RECORD_CHARACTERS
from importers.tables import BrokenSource

CHUNK_BYTES: Final = 1 << 16
# Some ten times the national publication; a compressed file that unfolds to more is a bomb, or not the one that was meant.
MOST_BYTES: Final = 4_000_000_000
GZIP: Final = b"\x1f\x8b"
ARCHIVES: Final = {
    b"PK\x03\x04": "zip",
    b"7z\xbc\xaf": "7z",
    b"BZh": "bzip2",
    b"\xfd7zX": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
}
WIDE: Final = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
# The bytes of the letters and signs of French in Windows-1252, which Latin-1 shares but for the last row.
WINDOWS_1252: Final = frozenset("àâäçéèêëîïôöùûüÿÀÂÇÉÈÊËÎÏÔÖÙÛÜ«»°ºª²½\u00a0œŒ’‘“”–—…€".encode("cp1252"))


def text(path: Path, most_bytes: int = MOST_BYTES) -> Iterator[str]:
    """The text of a file in pieces, without its byte order mark; lines end as they do in the file.

    Raises BrokenSource, with the line where it can, for what is missing, no file, cut, not UTF-8, binary, or unfolds to
    more than `most_bytes`.
    """
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    line, read = 1, 0
    for chunk in _chunks(path):
        if read == 0:
            _refuse_other_kinds(path, chunk)
        read += len(chunk)
        if read > most_bytes:
            raise BrokenSource(path, f"ce fichier dépasse {most_bytes // 1_000_000} Mo une fois ouvert.", line)
        try:
            decoded = decoder.decode(chunk)
        except UnicodeDecodeError as error:
            raise _not_utf8(path, error, line) from None
        if "\0" in decoded:
            line += decoded.count("\n", 0, decoded.index("\0"))
            raise BrokenSource(path, "cette ligne a un caractère nul : ce n’est pas un fichier de texte.", line)
        line += decoded.count("\n")
        if decoded:
            yield decoded
    if read == 0:
        raise BrokenSource(path, "ce fichier est vide.")
    if decoder.getstate()[0]:
        raise BrokenSource(path, "le fichier s’arrête au milieu d’un caractère : il est coupé.", line)


def lines(path: Path, most_bytes: int = MOST_BYTES) -> Iterator[str]:
    """Each line of a file with its end. Raises BrokenSource as `text` does, and for a line longer than any record."""
    rest, line = "", 1
    for piece in text(path, most_bytes):
        *whole, rest = (rest + piece).split("\n")
        line += len(whole)
        yield from (f"{one}\n" for one in whole)
        if len(rest) > MOST_RECORD_CHARACTERS:
            raise BrokenSource(
                path, f"cette ligne dépasse {MOST_RECORD_CHARACTERS // 1_000_000} millions de signes.", line
            )
    if rest:
        yield rest


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        if not path.exists():
            raise BrokenSource(path, "ce fichier n’existe pas.")
        if not path.is_file():
            raise BrokenSource(path, "ce n’est pas un fichier.")
        with path.open("rb") as plain:
            packed = plain.read(len(GZIP)) == GZIP
            plain.seek(0)
            content = gzip.GzipFile(fileobj=plain) if packed else plain
            while chunk := content.read(CHUNK_BYTES):
                yield chunk
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise BrokenSource(path, "l’archive est abîmée ou incomplète.") from None
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise BrokenSource(path, f"ce fichier ne peut pas être lu ({why}).") from None


def _refuse_other_kinds(path: Path, beginning: bytes) -> None:
    for mark, kind in ARCHIVES.items():
        if beginning.startswith(mark):
            raise BrokenSource(path, f"c’est une archive {kind} : ouvrez-la, puis importez ce qu’elle contient.")
    for mark, encoding in WIDE.items():
        if beginning.startswith(mark):
            raise BrokenSource(path, _converted(encoding, f"ce fichier est en {encoding}"), 1)
    halves = beginning[:64]
    if len(halves) > 3 and (set(halves[1::2]) == {0} or set(halves[0::2]) == {0}):
        raise BrokenSource(path, _converted("UTF-16", "ce fichier est sans doute en UTF-16"), 1)


def _not_utf8(path: Path, error: UnicodeDecodeError, line: int) -> BrokenSource:
    content, start = bytes(error.object), error.start
    line += content.count(b"\n", 0, start)
    begins, ends = content.rfind(b"\n", 0, start) + 1, content.find(b"\n", start)
    around = content[max(begins, start - 30) : min(ends if ends > 0 else len(content), start + 30)]
    if all(byte < 0x80 or byte in WINDOWS_1252 for byte in around):
        excerpt = " ".join(around.decode("cp1252").split())
        found = f"cette ligne n’est pas en UTF-8 mais, semble-t-il, en Windows-1252 ou Latin-1 (« {excerpt} »)"
        return BrokenSource(path, _converted("WINDOWS-1252", found), line)
    return BrokenSource(path, "cette ligne n’est pas en UTF-8.", line)


def _converted(encoding: str, found: str) -> str:
    return f"{found}. Convertissez-le : iconv -f {encoding} -t UTF-8 ANCIEN > NOUVEAU, puis importez NOUVEAU."
