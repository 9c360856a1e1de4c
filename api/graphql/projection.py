"""The short road: an operation with one root field whose values are all at hand is told without the executor.

The document is compiled once, from the schema alone: a field is an attribute of its parent, or a method that asks for
nothing else, whatever it is called, so a new field needs nothing here. The root field's own resolver is called as the
executor would call it. Where a document asks for more (a second root field, a nested resolver, introspection), or where
anything goes wrong, there is no projection, and the executor answers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeAlias

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLEnumType,
    GraphQLError,
    GraphQLField,
    GraphQLLeafType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    GraphQLResolveInfoHelpers,
    GraphQLSchema,
    GraphQLUnionType,
    OperationDefinitionNode,
    OperationType,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)
from graphql.error import located_error
from graphql.execution.collect_fields import FieldDetailsList, FragmentDetails, collect_fields, collect_subfields
from graphql.execution.values import VariableValues, get_argument_values
from graphql.pyutils import Path, is_awaitable
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from api.graphql.context import Context
from graph.model.errors import Refusal

DEFINITION: Final = "strawberry-definition"
# Fields of one projection, those of fragments wherever they are spread: our own longest has seventy. Some 700 bytes each.
MOST_FIELDS: Final = 250
# Projections of one document, for choices of its booleans.
REMEMBERED: Final = 4
TYPENAME: Final = "__typename"
# What is in the answer as it is, with the class that it must have for that.
PLAIN: Final[Mapping[str, str]] = {"String": "str", "ID": "str", "Boolean": "bool"}

# For resolvers that start work beside their answer; none of ours does.
NO_HELPERS: Final = GraphQLResolveInfoHelpers(gather=lambda started: asyncio.gather(*started), track=lambda _: None)

Teller: TypeAlias = Callable[[Any], Any]
"""From what a resolver returns to what the answer holds."""


class NotAtHand(Exception):
    """The executor must answer."""


@dataclass(frozen=True, slots=True)
class Projection:
    """How one operation is told. `key` is the name of its root field in the answer."""

    key: str
    root: GraphQLField
    node: FieldNode
    tell: Teller
    info: Callable[[VariableValues, Context], GraphQLResolveInfo]

    async def data(self, variables: VariableValues, context: Context) -> dict[str, Any]:
        """The `data` of the answer. Raises what the resolver raises, and NotAtHand for what must not be null."""
        arguments = get_argument_values(self.root, self.node, variables)
        assert self.root.resolve is not None
        found = self.root.resolve(None, self.info(variables, context), **arguments)
        return {self.key: self.tell(await found if is_awaitable(found) else found)}

    def refused(self, refusal: Refusal) -> tuple[dict[str, Any] | None, GraphQLError]:
        """The `data` of an answer whose resolver refused, and its error, as the executor would say them: the resolver has
        spoken, and what it found wrong need not be found once more.
        """
        data = None if is_non_null_type(self.root.type) else {self.key: None}
        return data, located_error(refusal, [self.node], [self.key])


class Projections:
    """Those of one valid document, compiled when they are first wanted."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        self._document = document
        self._compiled: dict[tuple[object, ...], Projection | None] = {}

    def of(self, operation: OperationDefinitionNode, variables: VariableValues) -> Projection | None:
        """That of an operation, None when it asks for more than one resolver gives.

        One for each choice of its booleans: nothing else leaves a field out.
        """
        choices = (pair for pair in variables.coerced.items() if isinstance(pair[1], bool))
        key = operation.name and operation.name.value, *choices
        if key not in self._compiled:
            if len(self._compiled) == REMEMBERED:
                self._compiled.clear()
            try:
                self._compiled[key] = _Compiler(self._schema, self._document, operation, variables).compiled()
            except (NotAtHand, GraphQLError):
                # What cannot be read in a directive is the executor's to say too.
                self._compiled[key] = None
        return self._compiled[key]


class _Compiler:
    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        variables: VariableValues,
    ) -> None:
        self._schema = schema
        self._operation = operation
        self._variables = variables
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._fields = 0
        self._details = {name: FragmentDetails(node) for name, node in self._fragments.items()}

    def compiled(self) -> Projection:
        """Raises NotAtHand."""
        query = self._schema.query_type
        if query is None or self._operation.operation is not OperationType.QUERY:
            raise NotAtHand
        roots = collect_fields(self._schema, self._details, self._variables, query, self._operation).grouped_field_set
        if len(roots) != 1:
            raise NotAtHand
        [(key, found)] = roots.items()
        field = query.fields.get(found[0].node.name.value)
        if field is None or field.resolve is None:
            raise NotAtHand
        info = partial(self._info, key, field, [detail.node for detail in found])
        return Projection(key, field, found[0].node, self._value(field.type, found), info)

    def _info(
        self, key: str, field: GraphQLField, nodes: list[FieldNode], variables: VariableValues, context: Context
    ) -> GraphQLResolveInfo:
        """What the executor would tell the resolver."""
        query = self._schema.query_type
        assert query is not None
        return GraphQLResolveInfo(
            nodes[0].name.value,
            nodes,
            field.type,
            query,
            Path(None, key, query.name),
            self._schema,
            self._fragments,
            None,
            self._operation,
            variables,
            context,
            is_awaitable,
            None,
            NO_HELPERS,
        )

    def _value(self, type_: GraphQLOutputType, found: FieldDetailsList) -> Teller:
        inner = type_.of_type if is_non_null_type(type_) else type_
        present = self._present(inner, found)
        absent = _missing if is_non_null_type(type_) else lambda _: None

        def tell(value: Any) -> Any:
            return absent(None) if value is None else present(value)

        return tell

    def _present(self, type_: GraphQLOutputType, found: FieldDetailsList) -> Teller:
        """Of a value that is not null."""
        if is_list_type(type_):
            item = self._value(type_.of_type, found)
            return lambda values: [item(value) for value in values]
        if is_leaf_type(type_):
            return _leaf(type_)
        if isinstance(type_, GraphQLUnionType):
            return self._union(type_, found)
        if isinstance(type_, GraphQLObjectType):
            return self._object(type_, found)
        raise NotAtHand

    def _union(self, type_: GraphQLUnionType, found: FieldDetailsList) -> Teller:
        members = {_class_of(member): self._object(member, found) for member in type_.types}
        if len(members) != len(type_.types):
            raise NotAtHand

        def tell(value: Any) -> Any:
            member = members.get(type(value))
            if member is None:
                raise NotAtHand
            return member(value)

        return tell

    def _object(self, type_: GraphQLObjectType, found: FieldDetailsList) -> Teller:
        fields = collect_subfields(
            self._schema, self._details, self._variables, self._operation, type_, found
        ).grouped_field_set
        # Written out as one expression: it is run for each object of an answer, and a walk over a table takes three times as long.
        known: dict[str, Teller] = {"missing": _missing}
        columns = ", ".join(f"{name!r}: {self._column(type_, details, known)}" for name, details in fields.items())
        return eval(f"lambda it: {{{columns}}}", known)  # noqa: S307 - keys are names by GraphQL's grammar, all else is ours

    def _column(self, type_: GraphQLObjectType, found: FieldDetailsList, known: dict[str, Teller]) -> str:
        """The expression that tells one field of `it`; what it calls is put into `known`."""
        self._fields += 1
        if self._fields > MOST_FIELDS:
            raise NotAtHand
        name = found[0].node.name.value
        if name == TYPENAME:
            return repr(type_.name)
        field = type_.fields[name]
        definition = field.extensions.get(DEFINITION)
        if not isinstance(definition, StrawberryField):
            raise NotAtHand
        held, tell = f"it.{definition.python_name}", f"tell_{len(known)}"
        if not definition.is_basic_field:
            _check_asks_for_nothing(definition)
            known[tell] = self._value(field.type, found)
            return f"{tell}({held}())"
        inner = get_nullable_type(field.type)
        if is_leaf_type(inner) and inner.name in PLAIN:
            known[tell] = self._value(field.type, found)
            return f"held if type(held := {held}) is {PLAIN[inner.name]} else {tell}(held)"
        known[tell] = self._present(inner, found)
        absent = "missing(held)" if is_non_null_type(field.type) else "None"
        return f"{absent} if (held := {held}) is None else {tell}(held)"


def _check_asks_for_nothing(definition: StrawberryField) -> None:
    """A resolver is at hand that asks for nothing but its parent, and answers at once. Raises NotAtHand."""
    resolver = definition.base_resolver
    if resolver is None or not resolver.self_parameter or resolver.is_async or definition.extensions:
        raise NotAtHand
    if resolver.arguments or resolver.info_parameter or resolver.parent_parameter or resolver.root_parameter:
        raise NotAtHand


def _class_of(type_: GraphQLNamedType) -> type:
    definition = type_.extensions.get(DEFINITION)
    if not isinstance(definition, StrawberryObjectDefinition):
        raise NotAtHand
    return definition.origin


def _missing(_: Any) -> None:
    raise NotAtHand


class _Names(dict[Any, Any]):
    """What a closed list calls its members, each looked up once, since that looks through the list."""

    def __init__(self, type_: GraphQLEnumType) -> None:
        super().__init__()
        self._coerce = type_.coerce_output_value

    def __missing__(self, value: Any) -> Any:
        name = self[value] = self._coerce(value)
        return name


def _leaf(type_: GraphQLLeafType) -> Teller:
    """What the type itself makes of a value."""
    return _Names(type_).__getitem__ if isinstance(type_, GraphQLEnumType) else type_.coerce_output_value
