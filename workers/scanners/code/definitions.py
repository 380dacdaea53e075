"""What makes a match the same match elsewhere: its text and its enclosing definition, normalised.

Comments are taken out and runs of whitespace become one space; string quotes stay as they are.
"""

import hashlib
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Final

from workers.scanners.code.languages import Language

GRAMMARS: Final = {
    Language.PYTHON: ("tree_sitter_python", "language"),
    Language.JAVASCRIPT: ("tree_sitter_javascript", "language"),
    # The grammar for tsx reads all of TypeScript but the old form of casts, `<T>value`.
    Language.TYPESCRIPT: ("tree_sitter_typescript", "language_tsx"),
    Language.GO: ("tree_sitter_go", "language"),
    Language.JAVA: ("tree_sitter_java", "language"),
    Language.RUBY: ("tree_sitter_ruby", "language"),
    Language.PHP: ("tree_sitter_php", "language_php"),
}
DEFINITIONS: Final = frozenset(
    "function_definition class_definition function_declaration generator_function_declaration"
    " method_definition class_declaration abstract_class_declaration internal_module class"
    " method_declaration constructor_declaration interface_declaration enum_declaration"
    " record_declaration module method singleton_method trait_declaration"
    " compact_constructor_declaration".split()
)
"""Node types with a field ``name``, over all grammars."""

FUNCTION_VALUES: Final = frozenset(
    "arrow_function function_expression function generator_function class".split()
)
HOLDERS: Final = {
    "variable_declarator": "name",
    "assignment_expression": "left",
    "pair": "key",
    "public_field_definition": "name",
    "field_definition": "property",
}
"""What gives a nameless function its name in JavaScript and TypeScript, and by which field."""

COMMENTS: Final = ("comment", "line_comment", "block_comment")
MAX_TEXT: Final = 4000
"""Characters of a normalised text that are kept; a longer one is told by its hash."""

MAX_DEPTH: Final = 10_000
MAX_NAME: Final = 200
MAX_PARSE_S: Final = 5.0
PIECE: Final = 16_384
_COMMENT_LINE: Final = re.compile(rb"(?m)^[ \t]*#[^\n]*")


@dataclass(frozen=True, slots=True)
class Enclosing:
    """A match's normalised text, the qualified name around it, and that definition's text."""

    text: str
    scope: str
    definition: str | None


@dataclass(frozen=True, slots=True)
class _Definition:
    """Byte ranges of a definition and of its name."""

    start: int
    end: int
    name_start: int
    name_end: int
    name: str


class Definitions:
    """The definitions of one file. Languages without a grammar here have none.

    ``is_whole`` is False when parsing was given up, and no definition is known because of that.
    """

    def __init__(self, data: bytes, language: Language) -> None:
        self._data = _without_comment_lines(data, language)
        self._tree = _parsed(self._data, language)
        self.is_whole = self._tree is not None or language not in GRAMMARS
        self._comments = _comments(self._tree, language)
        self._texts: dict[tuple[int, int], str] = {}

    def around(self, start: int, end: int) -> Enclosing:
        """What encloses the bytes ``start`` to ``end``; scope "" at the top of the file."""
        text = self._normalised(start, end)
        if self._tree is None:
            return Enclosing(text, "", None)
        chain = list(_chain(self._tree.walk(), start, end))
        if not chain:
            return Enclosing(text, "", None)
        scope = ".".join(definition.name for definition in chain)
        return Enclosing(text, scope, self._without_name(chain[-1]))

    def _without_name(self, definition: _Definition) -> str:
        key = (definition.start, definition.end)
        if key not in self._texts:
            before = self._words(definition.start, definition.name_start)
            after = self._words(definition.name_end, definition.end)
            self._texts[key] = bounded(f"{before} {after}".strip())
        return self._texts[key]

    def _normalised(self, start: int, end: int) -> str:
        return bounded(self._words(start, end))

    def _words(self, start: int, end: int) -> str:
        """The text of a range without comments, runs of whitespace as one space."""
        kept, at = bytearray(), start
        for first, last in self._comments:
            if first >= at and last <= end:
                kept += self._data[at:first] + b" "
                at = last
        kept += self._data[at:end]
        return " ".join(kept.decode("utf-8", "replace").split())


def bounded(text: str) -> str:
    """``text``, or its start and its hash where it is very long."""
    if len(text) <= MAX_TEXT:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    return f"{text[:200]}… sha256:{digest}"


@cache
def _grammar(language: Language) -> Any:
    """The compiled grammar; importing tree-sitter costs 60 ms, so only where there is a match."""
    tree_sitter = import_module("tree_sitter")
    module, function = GRAMMARS[language]
    return tree_sitter.Language(getattr(import_module(module), function)())


def _parsed(data: bytes, language: Language) -> Any | None:
    """The syntax tree; None where there is no grammar, or it took too long."""
    if language not in GRAMMARS:
        return None
    parser = import_module("tree_sitter").Parser(_grammar(language))
    ends = time.monotonic() + MAX_PARSE_S
    try:
        # Only a source that is read by pieces can be given up.
        return parser.parse(
            lambda offset, _: data[offset : offset + PIECE],
            progress_callback=lambda *_: time.monotonic() > ends,
        )
    except ValueError:
        return None


def _without_comment_lines(data: bytes, language: Language) -> bytes:
    """``data`` with lines of nothing but a comment blank, at the same offsets.

    Python's grammar takes quadratic time for them: a minute for 240 KB. Inside a string such a line
    is blanked too, which only makes two identities equal that differ in nothing else.
    """
    if language is not Language.PYTHON:
        return data
    return _COMMENT_LINE.sub(lambda found: b" " * len(found[0]), data)


def _comments(tree: Any | None, language: Language) -> Sequence[tuple[int, int]]:
    """Byte ranges of all comments, in order."""
    if tree is None:
        return ()
    tree_sitter, grammar = import_module("tree_sitter"), _grammar(language)
    known = [kind for kind in COMMENTS if grammar.id_for_node_kind(kind, True)]
    pattern = "".join(f"({kind}) @comment\n" for kind in known)
    captures = tree_sitter.QueryCursor(tree_sitter.Query(grammar, pattern)).captures(tree.root_node)
    return sorted((node.start_byte, node.end_byte) for node in captures.get("comment", ()))


def _chain(cursor: Any, start: int, end: int) -> Iterator[_Definition]:
    """The definitions around a range, the outermost first.

    Goes down by cursor: asking nodes for their parents takes quadratic time in deep trees.
    """
    holder = None
    for _ in range(MAX_DEPTH):
        node = cursor.node
        if (found := _definition(node, holder)) is not None:
            yield found
        holder = node
        if cursor.goto_first_child_for_byte(start) is None or cursor.node.end_byte < end:
            return


def _definition(node: Any, holder: Any | None) -> _Definition | None:
    """The definition that ``node`` is, if it is one; ``holder`` is the node around it."""
    name = node.child_by_field_name("name") if node.type in DEFINITIONS else None
    if name is None and holder is not None and node.type in FUNCTION_VALUES:
        name = holder.child_by_field_name(HOLDERS.get(holder.type, "")) if _holds(holder) else None
        return None if name is None else _named(holder, name, "")
    if name is None:
        return None
    return _named(node, name, _receiver(node))


def _holds(holder: Any) -> bool:
    return holder.type in HOLDERS


def _named(node: Any, name: Any, prefix: str) -> _Definition:
    text = " ".join((name.text or b"").decode("utf-8", "replace").split())[:MAX_NAME]
    return _Definition(
        node.start_byte, node.end_byte, name.start_byte, name.end_byte, prefix + text
    )


def _receiver(node: Any) -> str:
    """The type before a Go method's name: ``Store.`` for ``func (s *Store) Get()``."""
    receiver = node.child_by_field_name("receiver") if node.type == "method_declaration" else None
    if receiver is None:
        return ""
    words = (receiver.text or b"").decode("utf-8", "replace").strip("() \t\n").split()
    return words[-1].lstrip("*").partition("[")[0][:MAX_NAME] + "." if words else ""
