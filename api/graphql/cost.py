"""What an operation costs: the values that it asks for, page size times selection, counted before it runs.

One field value is one unit. A connection or a list counts its selection once for each item of the page asked for; a
list without page size counts as `ASSUMED_ITEMS`. A fragment is priced once for each page size, whatever spreads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_interface_type,
    is_list_type,
    is_object_type,
)

from api.graphql.connections import PAGE, PAGE_LIMIT
from graph.model.errors import TooMuch

ASSUMED_ITEMS: Final = 4
# From the commune to the country; what each field of a listing was told by its sources; a year of months, a quarter of days.
ASSUMED: Final = {
    "zones": 7,
    "voices": 18,
    "buckets": 9,
    "months": 12,
    "cells": 12,
    "columns": 12,
    "days": 90,
    "themes": 12,
}
# The whole schema, as explorers ask for it, takes as long as this many values: once in an operation, not twice.
INTROSPECTION: Final = 4_000
# What comes before the first value (a search and its ranking, a walk through names), in values that take as long.
BEFORE: Final = {
    "relays": 500,
    "organisations": 500,
    "competences": 100,
    "complete": 100,
    "territories": 100,
    "flows": 500,
    "coverage": 1_500,
    "countedFiles": 500,
    "delays": 500,
    "load": 500,
    "deadEnds": 500,
    "bottlenecks": 500,
    "chains": 300,
    "unmet": 500,
    "impact": 2_000,
    "simulatedCopy": 3_000,
    "report": 1_500,
    "unitActivity": 1_500,
}
# Counting what each further choice would leave puts the candidates in order some fifteen times more.
COUNTING: Final = {"facets": 1_500}
# Words are understood one by one, the misspelled ones slowly. Longer texts are refused before they are read.
READ: Final = {"relays": "question", "competences": "text"}
POINTS_FOR_A_LETTER: Final = 4
LETTERS_READ: Final = 500
# Prices of the fields of one document, for choices of its page sizes.
REMEMBERED: Final = 16
PAGE_ARGUMENT: Final = "first"
EDGES: Final = "edges"


def check_cost(cost: int, limit: int) -> None:
    """Raises TooMuch for an operation that costs more than `limit`."""
    if cost > limit:
        raise TooMuch(
            f"La requête coûte {cost} points, pour {limit} au plus. Demandez moins de champs, ou une page plus courte."
        )


class Prices:
    """Those of one valid document, worked out when they are first wanted."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        self._document = document
        self._fields: dict[tuple[object, ...], int] = {}

    def of(self, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> int:
        """What an operation costs with its variables, which are coerced, defaults included.

        Its fields are priced once for each choice of its whole numbers: of all variables, only they are sizes of pages.
        """
        pricing = Pricing(self._schema, self._document, operation, variables)
        sizes = (pair for pair in variables.items() if isinstance(pair[1], int | None))
        key = operation.name and operation.name.value, *sizes
        if key not in self._fields:
            if len(self._fields) == REMEMBERED:
                self._fields.clear()
            self._fields[key] = pricing.fields()
        return self._fields[key] + POINTS_FOR_A_LETTER * pricing.letters()


class Pricing:
    """The price of one operation with its variables.

    The document is valid: its fields exist, its fragments make no circle. `variables` are coerced, defaults included.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        variables: Mapping[str, Any],
    ) -> None:
        self._schema = schema
        self._root = schema.get_root_type(operation.operation)
        self._operation = operation
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._variables = variables
        self._priced: dict[tuple[str, int], int] = {}
        self._read: dict[str, int] = {}

    def fields(self) -> int:
        """What is asked for, in field values."""
        return self._selections(self._operation.selection_set, self._root, 1) if self._root else 0

    def letters(self) -> int:
        """Those of the words that the root's fields read."""
        return self._letters(self._operation.selection_set)

    def _letters(self, selections: SelectionSetNode) -> int:
        letters = 0
        for node in selections.selections:
            match node:
                case FieldNode():
                    name = READ.get(node.name.value)
                    read = [argument.value for argument in node.arguments or () if argument.name.value == name]
                    letters += sum(map(self._letters_of, read))
                case InlineFragmentNode():
                    letters += self._letters(node.selection_set)
                case FragmentSpreadNode():
                    letters += self._letters_in_fragment(node.name.value)
        return letters

    def _letters_in_fragment(self, name: str) -> int:
        if name not in self._read:
            self._read[name] = self._letters(self._fragments[name].selection_set)
        return self._read[name]

    def _selections(self, selections: SelectionSetNode, parent: GraphQLNamedType, page: int) -> int:
        """What `selections` cost on one `parent`; `page` is how many edges a connection will show."""
        total = 0
        for node in selections.selections:
            match node:
                case FieldNode():
                    total += self._field(node, parent, page)
                case InlineFragmentNode():
                    condition = node.type_condition
                    inside = self._schema.type_map[condition.name.value] if condition else parent
                    total += self._selections(node.selection_set, inside, page)
                case FragmentSpreadNode():
                    total += self._fragment(node.name.value, page)
        return total

    def _fragment(self, name: str, page: int) -> int:
        if (name, page) not in self._priced:
            fragment = self._fragments[name]
            inside = self._schema.type_map[fragment.type_condition.name.value]
            self._priced[name, page] = self._selections(fragment.selection_set, inside, page)
        return self._priced[name, page]

    def _field(self, node: FieldNode, parent: GraphQLNamedType, page: int) -> int:
        name = node.name.value
        if name.startswith("__"):
            return INTROSPECTION if node.selection_set else 1
        definition = _definition(parent, name)
        if definition is None or node.selection_set is None:
            return 1
        inside = get_named_type(definition.type)
        if not is_composite_type(inside):
            return 1
        before = (BEFORE if parent is self._root else COUNTING).get(name, 0)
        asked = self._page(node, definition) if PAGE_ARGUMENT in definition.args else 0
        if not is_list_type(get_nullable_type(definition.type)):
            return 1 + before + self._selections(node.selection_set, inside, asked or 1)
        items = page if name == EDGES else asked or ASSUMED.get(name, ASSUMED_ITEMS)
        return 1 + before + items * self._selections(node.selection_set, inside, 1)

    def _page(self, node: FieldNode, definition: GraphQLField) -> int:
        """The page size asked for, kept within what a resolver would accept."""
        size = definition.args[PAGE_ARGUMENT].default_value
        for argument in node.arguments or ():
            if argument.name.value != PAGE_ARGUMENT:
                continue
            value = argument.value
            if isinstance(value, VariableNode):
                size = self._variables.get(value.name.value, size)
            else:
                size = int(value.value) if isinstance(value, IntValueNode) else PAGE
        # Null is the resolvers' own page size, whatever the schema's.
        size = PAGE if size is None else size
        return min(max(size, 1), PAGE_LIMIT) if isinstance(size, int) else PAGE_LIMIT

    def _letters_of(self, value: ValueNode) -> int:
        """Letters in an argument, those of its variables included."""
        match value:
            case StringValueNode():
                return _letters_in(value.value)
            case VariableNode():
                return _letters_in(self._variables.get(value.name.value))
            case ListValueNode():
                return sum(map(self._letters_of, value.values))
            case ObjectValueNode():
                return sum(self._letters_of(field.value) for field in value.fields)
            case _:
                return 0


def _letters_in(value: object) -> int:
    if isinstance(value, str):
        return min(len(value), LETTERS_READ)
    if isinstance(value, Mapping):
        return sum(map(_letters_in, value.values()))
    return sum(map(_letters_in, value)) if isinstance(value, list) else 0


def _definition(parent: GraphQLNamedType, name: str) -> GraphQLField | None:
    fields = parent.fields if is_object_type(parent) or is_interface_type(parent) else {}
    return fields.get(name)
