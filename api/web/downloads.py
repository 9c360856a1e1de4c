"""What is taken along as a file: kept by nobody on the way, under a name for a disk."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from starlette.responses import Response

from api.web.render import NOT_KEPT
from importers.sheets.csv_file import CSV_TYPE, Value, csv_of

BARE: Final = re.compile(r"[^A-Za-z0-9._-]+")


def attachment(content: bytes | str, media_type: str, name: str, headers: Mapping[str, str] | None = None) -> Response:
    """A file; of its name, letters, digits, dots and dashes stay."""
    told = {"Content-Disposition": f'attachment; filename="{BARE.sub("-", name)}"', "Cache-Control": NOT_KEPT}
    return Response(content, media_type=media_type, headers=told | dict(headers or {}))


def csv_attachment(rows: Iterable[Iterable[Value]], name: str) -> Response:
    """A table as a file; `name` is without its ending."""
    return attachment(csv_of(rows), CSV_TYPE, f"{name}.csv")
