"""The short road: an operation with one root field whose values are all at hand is told without the executor.

The document is compiled once, from the schema alone: a field is an attribute of its parent, or a method that asks for
nothing else, whatever it is called, so a new field needs nothing here. The root field's own resolver is called as the
executor would call it. Where a document asks for more (a second root field, a nested resolver, introspection), or where
anything goes wrong, there is no projection, and the executor answers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from types import NoneType
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
# For one type in one projection, by the classes of what its fields hold. Some 300 bytes each.
MOST_PLANS: Final = 64
# Projections of one document, for choices of its booleans.
REMEMBERED: Final = 4
TYPENAME: Final = "__typename"
# What is in the answer as it is.
PLAIN: Final[Mapping[str, type]] = {"String": str, "ID": str, "Boolean": bool}

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


@dataclass(frozen=True, slots=True)
class _Column:
    """Where a field lies in its parent and how it is told when it is not null; of class `plain` it stays as it is."""

    attribute: str
    tell: Teller
    nullable: bool = False
    plain: type | None = None

    def of(self, class_: type) -> Teller | None:
        """How a value of this class is told; None when as it is."""
        if class_ is self.plain or (class_ is NoneType and self.nullable):
            return None
        return _missing if class_ is NoneType else self.tell


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
        if not fields:
            return lambda _: {}
        columns = {name: self._column(type_, details) for name, details in fields.items()}
        read = _reader([column.attribute for column in columns.values()])
        # By the classes of the values, those that are not told as they are: most objects of a type have the same.
        plans: dict[tuple[type, ...], list[tuple[str, Teller]]] = {}

        def planned(classes: tuple[type, ...]) -> list[tuple[str, Teller]]:
            ways = [(name, column.of(class_)) for (name, column), class_ in zip(columns.items(), classes, strict=True)]
            if len(plans) == MOST_PLANS:
                plans.clear()
            plan = plans[classes] = [(name, way) for name, way in ways if way]
            return plan

        def tell(value: Any) -> dict[str, Any]:
            held = read(value)
            plan = plans.get(classes := tuple(map(type, held)))
            answer = dict(zip(columns, held, strict=True))
            for name, tell_one in planned(classes) if plan is None else plan:
                answer[name] = tell_one(answer[name])
            return answer

        return tell

    def _column(self, type_: GraphQLObjectType, found: FieldDetailsList) -> _Column:
        self._fields += 1
        if self._fields > MOST_FIELDS:
            raise NotAtHand
        name = found[0].node.name.value
        if name == TYPENAME:
            return _Column("__class__", lambda _: type_.name)
        field = type_.fields[name]
        definition = field.extensions.get(DEFINITION)
        if not isinstance(definition, StrawberryField):
            raise NotAtHand
        if not definition.is_basic_field:
            return self._method(field, definition, found)
        inner = get_nullable_type(field.type)
        plain = PLAIN.get(inner.name) if is_leaf_type(inner) else None
        return _Column(definition.python_name, self._present(inner, found), not is_non_null_type(field.type), plain)

    def _method(self, field: GraphQLField, definition: StrawberryField, found: FieldDetailsList) -> _Column:
        """A resolver that asks for nothing but its parent, and answers at once."""
        resolver = definition.base_resolver
        if resolver is None or not resolver.self_parameter or resolver.is_async or definition.extensions:
            raise NotAtHand
        if resolver.arguments or resolver.info_parameter or resolver.parent_parameter or resolver.root_parameter:
            raise NotAtHand
        tell = self._value(field.type, found)
        return _Column(definition.python_name, lambda method: tell(method()))


def _class_of(type_: GraphQLNamedType) -> type:
    definition = type_.extensions.get(DEFINITION)
    if not isinstance(definition, StrawberryObjectDefinition):
        raise NotAtHand
    return definition.origin


def _reader(attributes: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    """The values of these attributes."""
    read = attrgetter(*attributes)
    return read if len(attributes) > 1 else lambda value: (read(value),)


def _missing(_: Any) -> None:
    raise NotAtHand


def _leaf(type_: GraphQLLeafType) -> Teller:
    """What the type itself makes of a value: of a member of a closed list once, since that looks through the list."""
    coerce = type_.coerce_output_value
    if not isinstance(type_, GraphQLEnumType):
        return coerce
    names: dict[Any, Any] = {}

    def tell(value: Any) -> Any:
        name = names.get(value)
        if name is None:
            name = names[value] = coerce(value)
        return name

    return tell
