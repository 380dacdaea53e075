"""Holding every exchange against GitHub's own description.

A request outside it is refused as GitHub would refuse it. An answer of ours outside it is a fault of the
box: a violation, which tests assert never happens.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from demo.description import Description, Match, Operation, Parameter
from demo.refusal import FieldError, RefusalError

# What the box says of a body it cannot check by a schema: GitHub documents few error bodies.
ERROR_KEYS = ("message", "documentation_url")
# Described in prose only, as other forms of a described answer.
PLAIN_KINDS = frozenset({"application/vnd.github.diff", "application/vnd.github.raw"})
SIMPLE_ERROR = {"$ref": "#/components/schemas/validation-error-simple"}
SHOWN_PROBLEMS = 5
SHOWN = 300


@dataclass(frozen=True, slots=True)
class Violation:
    """Something the box did, or could not do, that GitHub's description rules out."""

    operation: str
    status: int
    problem: str


@dataclass(frozen=True, slots=True)
class Validator:
    """Checks requests and answers of the described operations."""

    description: Description

    def query(self, match: Match, values: Mapping[str, str]) -> dict[str, Any]:
        """The query parameters in their types. Raises RefusalError 422; unknown ones are ignored."""
        found: dict[str, Any] = {}
        for parameter in match.operation.parameters:
            if parameter.place == "query" and parameter.name in values:
                found[parameter.name] = self._value(match, parameter, values[parameter.name])
        return found

    def path(self, match: Match) -> dict[str, Any]:
        """The path parameters in their types. Raises RefusalError 422."""
        named = {p.name: p for p in match.operation.parameters if p.place == "path"}
        return {
            name: self._value(match, named[name], value) if name in named else value
            for name, value in match.parameters.items()
        }

    def body(self, match: Match, raw: bytes) -> Any:
        """The request's JSON, checked. Raises RefusalError 400 for what is no JSON, 422 for what does not fit."""
        operation = match.operation
        if operation.request is None:
            return None
        if not raw.strip():
            return self._absent_body(operation)
        try:
            body = json.loads(raw)
        except ValueError as error:
            raise RefusalError(400, "Problems parsing JSON") from error
        self._check_request(operation, body)
        return body

    def problem(self, match: Match, status: int, kind: str, body: Any) -> str | None:
        """What is wrong with an answer of ours; None if it fits."""
        described = match.operation.responses.get(str(status))
        if described is None or (status >= 400 and kind not in described):
            return self._undescribed(status, body)
        schema = described.get(kind)
        if schema is None:
            plain = body is None or kind in PLAIN_KINDS
            return None if plain else f"a body of type {kind} is not described"
        validator = self.description.validator(f"{match.operation.name} {status} {kind}", schema)
        problems = [
            f"{_place(e.instance_path)}: {_shortened(e.message)}"
            for e in validator.iter_errors(body)
        ]
        return "; ".join(problems[:SHOWN_PROBLEMS]) or None

    def lists_texts(self, match: Match | None, status: int) -> bool:
        """Whether the errors of such an answer are texts: GitHub has two shapes for them."""
        described = match.operation.responses.get(str(status), {}) if match else {}
        return described.get("application/json") == SIMPLE_ERROR

    def _value(self, match: Match, parameter: Parameter, text: str) -> Any:
        value = _converted(parameter, text)
        key = f"{match.operation.name} {parameter.place} {parameter.name}"
        validator = self.description.validator(key, parameter.schema)
        if not validator.is_valid(value):
            raise RefusalError(422, f"Invalid request.\n\nInvalid value for {parameter.name}.")
        return value

    def _absent_body(self, operation: Operation) -> Any:
        if operation.request_required:
            self._check_request(operation, {})
        return {}

    def _check_request(self, operation: Operation, body: Any) -> None:
        assert operation.request is not None  # noqa: S101 - the one caller has looked
        validator = self.description.validator(f"{operation.name} request", operation.request)
        problems = list(validator.iter_errors(body))
        if not problems:
            return
        errors = tuple(
            FieldError("Request", _place(p.instance_path), "invalid", _shortened(p.message))
            for p in problems[:SHOWN_PROBLEMS]
        )
        raise RefusalError(422, f"Invalid request.\n\n{errors[0].message}", errors)

    @staticmethod
    def _undescribed(status: int, body: Any) -> str | None:
        """GitHub documents few of its errors; those all have the same two keys. Nothing else is let by."""
        if status < 300:
            return f"status {status} is not described"
        if status == 304 and body is None:
            return None
        if isinstance(body, dict) and all(isinstance(body.get(key), str) for key in ERROR_KEYS):
            return None
        return f"an error {status} without {' and '.join(ERROR_KEYS)}"


def _converted(parameter: Parameter, text: str) -> Any:
    match parameter.schema.get("type"):
        case "integer":
            return int(text) if text.lstrip("-").isdecimal() and len(text) < 20 else text
        case "boolean":
            return {"true": True, "false": False}.get(text.lower(), text)
        case _:
            return text


def _shortened(message: str) -> str:
    """Long values stand first in a message and the reason last, so the middle is left out."""
    return message if len(message) <= SHOWN else f"{message[:80]} … {message[80 - SHOWN :]}"


def _place(path: list[Any]) -> str:
    return ".".join(map(str, path)) or "body"
