"""A QR code as an image in the page: nothing is fetched, nothing is kept."""

from __future__ import annotations

import segno
from markupsafe import Markup


def qr(address: str) -> Markup:
    """An SVG that leads to this address."""
    code = segno.make(address, error="m", micro=False)
    drawn = code.svg_inline(
        scale=4, border=4, omitsize=True, title="Code à photographier", svgclass="qr", lineclass=None
    )
    # Drawn by the library from its own numbers; the address is only in its squares.
    return Markup(drawn)  # noqa: S704
