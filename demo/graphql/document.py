"""Reading the small part of GraphQL that the box speaks.

One operation, fields with arguments, nested selections, variables, strings, integers, null and booleans.
Fragments, directives, aliases and lists are refused, with a message that says so.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

TOKEN: Final = re.compile(
    r"""[\s,]*(?:\#[^\n]*[\s,]*)*(?:(?P<string>"(?:[^"\\\n]|\\.)*")|(?P<number>-?\d+)|(?P<name>[A-Za-z_]\w*)"""
    r"""|(?P<sign>[{}()\[\]:$!=]))"""
)
MOST_CHARACTERS: Final = 20_000
DEEPEST: Final = 20
WORDS: Final[Mapping[str, Any]] = {"true": True, "false": False, "null": None}


class UnsupportedError(Exception):
    """The document is not understood, or asks for what the box does not have."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field with its arguments (variables already filled in) and what is selected below it."""

    name: str
    arguments: Mapping[str, Any]
    selection: tuple["Field", ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One operation: `query` or `mutation`, and its top fields."""

    kind: str
    selection: tuple[Field, ...]


def parse(text: str, variables: Mapping[str, Any]) -> Document:
    """Read a document. Raises UnsupportedError."""
    if len(text) > MOST_CHARACTERS:
        raise UnsupportedError("the query is too long")
    return Parser(_tokens(text), variables).document()


@dataclass(slots=True)
class Parser:
    """Reads tokens from left to right."""

    tokens: list[str]
    variables: Mapping[str, Any]
    at: int = 0
    defaults: dict[str, Any] = field(default_factory=dict)

    def document(self) -> Document:
        """The whole document."""
        kind = "query"
        if self._peek() in ("query", "mutation"):
            kind = self._next()
            if self._peek() not in ("{", "("):
                self._next()
            if self._peek() == "(":
                self._definitions()
        selection = self._selection(0)
        if self.at != len(self.tokens):
            raise UnsupportedError("one operation only")
        return Document(kind, selection)

    def _definitions(self) -> None:
        """`($name: Type! = default)`; types are not checked."""
        self._expect("(")
        while self._peek() != ")":
            self._expect("$")
            name = self._next()
            self._expect(":")
            self._next()
            if self._peek() == "!":
                self._next()
            if self._peek() == "=":
                self._next()
                self.defaults[name] = self._value()
        self._expect(")")

    def _selection(self, depth: int) -> tuple[Field, ...]:
        if depth > DEEPEST:
            raise UnsupportedError("the query is nested too deeply")
        fields = list[Field]()
        self._expect("{")
        while self._peek() != "}":
            fields.append(self._field(depth))
        self._expect("}")
        return tuple(fields)

    def _field(self, depth: int) -> Field:
        name = self._next()
        if not name.isidentifier():
            raise UnsupportedError(f"a field's name was expected, not {name}")
        arguments = self._object("(", ")") if self._peek() == "(" else {}
        selection = self._selection(depth + 1) if self._peek() == "{" else ()
        return Field(name, arguments, selection)

    def _object(self, start: str, end: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        self._expect(start)
        while self._peek() != end:
            name = self._next()
            self._expect(":")
            found[name] = self._value()
        self._expect(end)
        return found

    def _value(self) -> Any:
        if self._peek() == "{":
            return self._object("{", "}")
        token = self._next()
        if token == "$":
            name = self._next()
            return self.variables.get(name, self.defaults.get(name))
        if token.startswith('"'):
            return re.sub(r"\\(.)", r"\1", token[1:-1])
        if token.lstrip("-").isdecimal():
            return int(token)
        if token in WORDS:
            return WORDS[token]
        raise UnsupportedError(f"the value {token} is not understood")

    def _peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        if not token:
            raise UnsupportedError("the query ends too early")
        self.at += 1
        return token

    def _expect(self, sign: str) -> None:
        found = self._next()
        if found != sign:
            raise UnsupportedError(f"{sign} was expected, not {found}")


def _tokens(text: str) -> list[str]:
    tokens, at, text = list[str](), 0, text.rstrip()
    while at < len(text):
        found = TOKEN.match(text, at)
        if found is None:
            raise UnsupportedError(f"not understood from {text[at : at + 20]!r} on")
        tokens.append(str(found[found.lastgroup or 0]))
        at = found.end()
    return tokens
