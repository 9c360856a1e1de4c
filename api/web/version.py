"""The version of everything that a page is made of: another file, and what a browser holds is of another site."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Final

from graph.model import vocabulary

WEB: Final = Path(__file__).parent
WORDS: Final = Path(vocabulary.__file__).parent
DIGEST_BYTES: Final = 6


@cache
def site_version() -> str:
    """That of the files when it is first asked for, in hexadecimal."""
    return version_of(WEB, WORDS)


def version_of(web: Path, words: Path) -> str:
    """Of what lies in `web`/static, the templates in `web`, and the tables in `words`."""
    static = (path for path in (web / "static").rglob("*") if path.is_file())
    digest = hashlib.blake2b(digest_size=DIGEST_BYTES)
    for root, paths in ((web, chain(static, web.rglob("*.html"))), (words, words.glob("*.csv"))):
        _add(digest, root, paths)
    return digest.hexdigest()


def _add(digest: hashlib.blake2b, root: Path, paths: Iterable[Path]) -> None:
    """Names too, and lengths: nothing that moves from one file to the next goes unseen."""
    for path in sorted(set(paths)):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode() + content)
