"""The installed command: no room is imported before it is known to be ours."""

from __future__ import annotations

from api import strangers


def main() -> None:
    """Entry point of `maillage`."""
    strangers.refuse()
    from api.cli import main as command

    command()
