"""GitHub's own REST description: which operations exist, and the schemas of what goes in and out.

The file is OpenAPI 3.0; `nullable` is turned into a null type so that a JSON Schema 2020-12 validator
can read it. Validators are compiled on first use and kept.
"""

import functools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from jsonschema_rs import Draft202012Validator

FILE: Final = Path(__file__).parent / "schema" / "openapi-subset.json"
METHODS: Final = ("get", "post", "put", "patch", "delete")
# Parameters that may contain slashes: references, pairs of them, and paths, which may also be empty.
SPANNING: Final = {"ref": ".+", "branch": ".+", "basehead": ".+", "tree_sha": ".+", "path": ".*"}

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A path or query parameter. `schema` is of the value after conversion from text."""

    name: str
    place: str
    required: bool
    schema: Json


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path template."""

    method: str
    template: str
    pattern: re.Pattern[str]
    parameters: tuple[Parameter, ...]
    request: Json | None
    request_required: bool
    responses: Mapping[str, Mapping[str, Json]]

    @property
    def name(self) -> str:
        """`POST /repos/{owner}/{repo}/check-runs`."""
        return f"{self.method} {self.template}"


@dataclass(frozen=True, slots=True)
class Match:
    """An operation with the decoded path parameters of one request."""

    operation: Operation
    parameters: Mapping[str, str]


@dataclass(slots=True)
class Description:
    """All operations, most specific template first, with their schemas."""

    operations: tuple[Operation, ...]
    components: Json
    compiled: dict[str, Draft202012Validator] = field(default_factory=dict)

    @classmethod
    def load(cls, file: Path = FILE) -> "Description":
        """Read the official file."""
        document = corrected(json.loads(file.read_text(encoding="utf-8")))
        reader = Reader(document)
        operations = sorted(
            (
                reader.operation(method, template, path)
                for template, path in document["paths"].items()
                for method in METHODS
                if method in path
            ),
            key=lambda o: -sum(not part.startswith("{") for part in o.template.split("/")),
        )
        return cls(tuple(operations), with_null(document["components"]))

    def match(self, method: str, path: str) -> Match | None:
        """The operation of a request, by its still encoded path."""
        for operation in self.operations:
            if operation.method != method:
                continue
            found = operation.pattern.fullmatch(path)
            if found:
                values = {name: unquote(value) for name, value in found.groupdict().items()}
                return Match(operation, values)
        return None

    def validator(self, key: str, schema: Json) -> Draft202012Validator:
        """The compiled schema; `key` names it for good."""
        if key not in self.compiled:
            asked = with_null(schema)
            rooted = {"allOf": [asked], "components": {"schemas": self._reachable(asked)}}
            self.compiled[key] = Draft202012Validator(rooted, validate_formats=True)
        return self.compiled[key]

    def _reachable(self, schema: Json) -> Json:
        """The named schemas that one needs, so that not all are compiled each time."""
        found: Json = {}
        waiting = list(_references(schema))
        while waiting:
            name = waiting.pop()
            if name not in found:
                found[name] = self.components["schemas"][name]
                waiting += _references(found[name])
        return found


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads operations out of the document, following its references."""

    document: Json

    def operation(self, method: str, template: str, path: Json) -> Operation:
        """One operation of a path."""
        described = path[method]
        parameters = tuple(
            self._parameter(p)
            for p in (*path.get("parameters", ()), *described.get("parameters", ()))
        )
        body = self.resolve(described.get("requestBody", {}))
        return Operation(
            method=method.upper(),
            template=template,
            pattern=_pattern(template, parameters),
            parameters=parameters,
            request=body.get("content", {}).get("application/json", {}).get("schema"),
            request_required=body.get("required", False),
            responses={s: self._contents(r) for s, r in described["responses"].items()},
        )

    def resolve(self, node: Json) -> Json:
        """What a `$ref` points to, or the node itself."""
        if "$ref" not in node:
            return node
        target: Json = self.document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        return target

    def _parameter(self, node: Json) -> Parameter:
        found = self.resolve(node)
        return Parameter(
            found["name"], found["in"], found.get("required", False), found.get("schema", {})
        )

    def _contents(self, node: Json) -> dict[str, Json]:
        contents = self.resolve(node).get("content", {})
        return {kind: content.get("schema", {}) for kind, content in contents.items()}


@functools.cache
def official() -> Description:
    """The description, read once in a process: it never changes, and compiled schemas are dear."""
    return Description.load()


def corrected(document: Json) -> Json:
    """The document without its two known mistakes.

    The list of installations asks that an account be a user and an enterprise at once (`allOf`), which
    nothing can be; the single installation says "either" (`anyOf`), and that is what GitHub sends.
    An outdated review comment has null for `line` and `position`; the schema of the comments of one
    review says so, the schema of all comments of a pull request forgot it.
    """
    schemas = document["components"]["schemas"]
    answer = document["paths"]["/app/installations"]["get"]["responses"]["200"]
    answer["content"]["application/json"]["schema"]["items"] = {
        "$ref": "#/components/schemas/installation"
    }
    comment = schemas["pull-request-review-comment"]["properties"]
    for name in ("line", "position"):
        comment[name]["nullable"] = True
    return document


def with_null(node: Any) -> Any:
    """The same schema with OpenAPI's `nullable: true` written as JSON Schema."""
    if isinstance(node, list):
        return [with_null(item) for item in node]
    if not isinstance(node, dict):
        return node
    converted = {key: with_null(value) for key, value in node.items() if key != "nullable"}
    return _admit_null(converted) if node.get("nullable") is True else converted


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"].removeprefix("#/components/schemas/")
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for item in node:
            yield from _references(item)


def _admit_null(schema: Json) -> Json:
    if isinstance(schema.get("type"), str):
        choices = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
        return schema | {"type": [schema["type"], "null"]} | choices
    return {"anyOf": [{"type": "null"}, schema]}


def _pattern(template: str, parameters: tuple[Parameter, ...]) -> re.Pattern[str]:
    kinds = {p.name: p.schema.get("type") for p in parameters if p.place == "path"}

    def group(found: re.Match[str]) -> str:
        name = found[1]
        inside = r"\d+" if kinds.get(name) == "integer" else SPANNING.get(name, "[^/]+")
        return f"(?P<{name}>{inside})"

    return re.compile(re.sub(r"{(\w+)}", group, template))
