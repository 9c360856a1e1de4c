"""What a document may be, before anything is executed: its form, then its sense, then its price.

The form is checked first and alone, since the standard rules compare fields two by two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
    specified_rules,
    validate,
)
from graphql.validation import MaxIntrospectionDepthRule, NoSchemaIntrospectionCustomRule

from api.graphql.cost import Prices
from api.graphql.projection import Projections
from graph.model.errors import TooMuch

TOKENS: Final = 1_000
COMMENTS: Final = 200
DEPTH: Final = 12
ALIASES: Final = 15
DIRECTIVES: Final = 10
REPEATS: Final = 50
ERRORS: Final = 10
# An alias comes back with each value: fifty results times ninety thousand letters.
NAME_LENGTH: Final = 100
VARIABLE_VALUES: Final = 1_000

# Longer documents are read anew each time. Parsed, 64 of the largest take 22 MB.
REMEMBERED_CHARACTERS: Final = 10_000
REMEMBERED_DOCUMENTS: Final = 64

# Built once: a new tuple each time would miss every cache that holds it.
RULES: Final = (*specified_rules, MaxIntrospectionDepthRule)
RULES_WITHOUT_INTROSPECTION: Final = (*RULES, NoSchemaIntrospectionCustomRule)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document that may be executed, or why it may not."""

    document: DocumentNode | None
    errors: tuple[GraphQLError, ...] = ()
    prices: Prices | None = None
    projections: Projections | None = None


class Gate:
    """Reads documents for one schema; remembers those that recur."""

    def __init__(self, schema: GraphQLSchema, *, introspection: bool) -> None:
        self._schema = schema
        self._rules = RULES if introspection else RULES_WITHOUT_INTROSPECTION
        self._hide_suggestions = not introspection
        self._remembered = lru_cache(maxsize=REMEMBERED_DOCUMENTS)(self._prepare)

    def prepare(self, query: str) -> Prepared:
        """The document of `query`, parsed and validated."""
        return self._remembered(query) if len(query) <= REMEMBERED_CHARACTERS else self._prepare(query)

    def _prepare(self, query: str) -> Prepared:
        try:
            document = parse(query, max_lexical_tokens=TOKENS, max_comments=COMMENTS)
            check_form(document)
        except GraphQLSyntaxError as error:
            return Prepared(None, (_too_long(error),))
        except TooMuch as refusal:
            return Prepared(None, (GraphQLError(refusal.message, original_error=refusal),))
        errors = validate(
            self._schema, document, self._rules, max_errors=ERRORS, hide_suggestions=self._hide_suggestions
        )
        return Prepared(document, tuple(errors), Prices(self._schema, document), Projections(self._schema, document))


def _too_long(error: GraphQLSyntaxError) -> GraphQLError:
    if "tokens" not in error.message and "comments" not in error.message:
        return error
    refusal = TooMuch(f"La requête est trop longue : {TOKENS} éléments au plus, et {COMMENTS} commentaires.")
    return GraphQLError(refusal.message, original_error=refusal)


def check_form(document: DocumentNode) -> None:
    """Raises TooMuch for a document that is too deep, or repeats itself. Costs one walk, fragments are not unrolled."""
    seen: Counter[str] = Counter()
    aliases = directives = 0
    for node in _nodes(document):
        if isinstance(node, FieldNode):
            seen[node.name.value] += 1
            aliases += node.alias is not None
            if node.alias and len(node.alias.value) > NAME_LENGTH:
                raise TooMuch(f"Un alias de la requête est trop long : {NAME_LENGTH} lettres au plus.")
        directives += isinstance(node, DirectiveNode)
    if aliases > ALIASES:
        raise TooMuch(f"La requête a trop d’alias : {ALIASES} au plus.")
    if directives > DIRECTIVES:
        raise TooMuch(f"La requête a trop de directives : {DIRECTIVES} au plus.")
    repeated = next((name for name, times in seen.items() if times > REPEATS), None)
    if repeated is not None:
        raise TooMuch(f"Le champ « {repeated} » revient trop souvent : {REPEATS} fois au plus.")
    if _Depths(document).greatest() > DEPTH:
        raise TooMuch(f"La requête est trop profonde : {DEPTH} niveaux au plus.")


def check_variables(variables: Mapping[str, Any]) -> None:
    """Raises TooMuch for variables of more values than any question needs. They nest as the JSON reader allows."""
    stack: list[Any] = [variables]
    values = 0
    while stack:
        value = stack.pop()
        inside = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
        values += len(inside)
        if values > VARIABLE_VALUES:
            raise TooMuch(f"Les variables ont trop de valeurs : {VARIABLE_VALUES} au plus.")
        stack.extend(inside)


def longer_than(limit: int, content: Any) -> bool:
    """Whether `content`, as JSON, has surely more than `limit` characters. Stops counting there."""
    stack: list[Any] = [content]
    length = 0
    while stack and length <= limit:
        value = stack.pop()
        if isinstance(value, str):
            length += len(value) + 2
        elif isinstance(value, dict):
            length += sum(map(len, value)) + 4 * len(value)
            stack.extend(value.values())
        elif isinstance(value, list):
            length += len(value)
            stack.extend(value)
        else:
            length += 1
    return length > limit


def _nodes(document: DocumentNode) -> Iterator[Node]:
    """Selections and directives of the whole document, with a stack of our own: no recursion that a client decides."""
    stack: list[Node] = list(document.definitions)
    while stack:
        node = stack.pop()
        yield node
        stack.extend(getattr(node, "directives", None) or ())
        selections = getattr(node, "selection_set", None)
        if isinstance(selections, SelectionSetNode):
            stack.extend(selections.selections)


class _Depths:
    """Depth of fields through fragments, each fragment measured once. What introspection nests does not count."""

    def __init__(self, document: DocumentNode) -> None:
        self._operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._measured: dict[str, int] = {}
        self._open: set[str] = set()

    def greatest(self) -> int:
        """Of all operations. A circle of fragments counts as endless."""
        try:
            return max((self._of(operation.selection_set) for operation in self._operations), default=0)
        except RecursionError:
            return DEPTH + 1

    def _of(self, selections: SelectionSetNode) -> int:
        greatest = 0
        for node in selections.selections:
            if isinstance(node, FragmentSpreadNode):
                depth = self._of_fragment(node.name.value)
            elif isinstance(node, FieldNode):
                nested = node.selection_set is not None and not node.name.value.startswith("__")
                depth = 1 + self._of(node.selection_set) if nested and node.selection_set else 1
            else:
                inline = getattr(node, "selection_set", None)
                depth = self._of(inline) if inline else 0
            greatest = max(greatest, depth)
        return greatest

    def _of_fragment(self, name: str) -> int:
        if name in self._measured or name not in self._fragments:
            return self._measured.get(name, 0)
        if name in self._open:
            return DEPTH + 1
        self._open.add(name)
        self._measured[name] = self._of(self._fragments[name].selection_set)
        return self._measured[name]
