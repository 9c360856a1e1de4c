"""`python -m api.graphql.export`: writes the contract, schema.graphql, in alphabetical order."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from graphql import lexicographic_sort_schema, print_schema

from api.graphql.schema import schema

CONTRACT: Final = Path(__file__).parent / "schema.graphql"


def contract() -> str:
    """The schema as the committed file has it. Sorted here alone: a sorted schema does not resolve unions."""
    return print_schema(lexicographic_sort_schema(schema().core)) + "\n"


if __name__ == "__main__":
    CONTRACT.write_text(contract(), encoding="utf-8")
