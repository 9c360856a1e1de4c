from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

from graphql import GraphQLSchema, build_schema
from graphql.utilities import find_breaking_changes

from api.graphql.enums import OrganisationKind
from api.graphql.explorer import FILES, FOLDER
from api.graphql.export import CONTRACT, contract
from graph.model import vocabulary

FLOOR = Path(__file__).parent / "contract_directory.graphql"
OURS = {"explorer.css", "explorer.js"}


def breaking(before: GraphQLSchema, after: GraphQLSchema) -> list[str]:
    return [change.description for change in find_breaking_changes(before, after)]


def test_the_committed_contract_is_the_schema() -> None:
    committed = CONTRACT.read_text(encoding="utf-8")
    broken = breaking(build_schema(committed), build_schema(contract()))
    assert committed == contract(), f"run `python -m api.graphql.export`; breaking changes: {broken or 'none'}"


def test_the_schema_keeps_every_name_that_clients_were_promised() -> None:
    assert breaking(build_schema(FLOOR.read_text(encoding="utf-8")), build_schema(contract())) == []


def test_a_promise_taken_back_is_named() -> None:
    floor = build_schema(FLOOR.read_text(encoding="utf-8"))
    less = build_schema(re.sub(r'(?m)^  """[^"]*"""\n  distanceKm: Float\n', "", contract()))
    assert breaking(floor, less) == ["Field Relay.distanceKm was removed."]


def test_kinds_of_organisations_are_those_of_the_vocabulary() -> None:
    assert [kind.value for kind in OrganisationKind] == list(vocabulary.kinds())


def test_everything_in_the_schema_is_described() -> None:
    schema = build_schema(contract())
    types = {name: kind for name, kind in schema.type_map.items() if not name.startswith("__")}
    # The edges and connections of generics share their description; unions and enum values speak by their names.
    silent = [
        f"{name}.{field}"
        for name, kind in types.items()
        for field, definition in getattr(kind, "fields", {}).items()
        if not definition.description
    ]
    assert silent == []


def test_vendored_files_are_those_that_the_readme_lists() -> None:
    listed = dict(
        re.findall(r"^\| (\S+) \|.*`([0-9a-f]{64})`", (FOLDER / "README.md").read_text(encoding="utf-8"), re.M)
    )
    held = {name: sha256((FOLDER / name).read_bytes()).hexdigest() for name in FILES if name not in OURS}
    assert held == listed
