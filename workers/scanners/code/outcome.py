"""semgrep-core's JSON → matches and troubles, strictly: what is not of its form is no result.

The form is that of semgrep-core 1.185.0, an unstable interface; tests hold each field against the
pinned engine. The command `semgrep scan --experimental` prints nearly the same.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from app.domain.scan import GapClass, GapReason

PARSE_FAILURES: Final = frozenset(
    {
        "Syntax error",
        "Lexical error",
        "Other syntax error",
        "AST builder error",
        "ParseError",
        "LexicalError",
        "OtherParseError",
        "AstBuilderError",
    }
)
TIMEOUTS: Final = frozenset({"Timeout", "TimeoutDuringInterfile"})


class OutcomeError(ValueError):
    """The engine's output is not of the form known; the message says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in a text: lines from 1, byte offsets from 0."""

    path: str
    line: int
    end_line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RawMatch:
    """One match as the engine tells it; ``fix`` is the rendered replacement of the matched text."""

    rule: str
    place: Place
    ignored: bool
    fix: str | None
    trace: tuple[tuple[Place, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One error entry about one file; line 0 means all of it."""

    path: str
    grade: GapClass
    reason: GapReason
    why: str
    line: int = 0
    end_line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineOutcome:
    """What one run of the engine said. ``general`` are errors about no file at all."""

    version: str
    matches: tuple[RawMatch, ...]
    troubles: tuple[Trouble, ...]
    scanned: frozenset[str]
    general: tuple[str, ...]


def parsed(output: bytes) -> EngineOutcome:
    """Read the engine's whole output. Raises `OutcomeError`."""
    try:
        document = json.loads(output[output.index(b"{") :].decode("utf-8", "surrogateescape"))
        return _outcome(document)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise OutcomeError(
            f"not of the known form: {type(error).__name__} {error}"[:200]
        ) from error


def _outcome(document: dict[str, Any]) -> EngineOutcome:
    errors = [*document["errors"], *document.get("time", {}).get("fixpoint_timeouts", ())]
    return EngineOutcome(
        version=str(document["version"]),
        matches=tuple(_match(result) for result in document["results"]),
        troubles=tuple(trouble for error in errors for trouble in _troubles(error)),
        scanned=frozenset(str(path) for path in document["paths"]["scanned"]),
        general=tuple(_name(error) for error in errors if _location(error) is None),
    )


def _match(result: dict[str, Any]) -> RawMatch:
    extra = result["extra"]
    fix = extra.get("fix")
    if fix is not None and not isinstance(fix, str):
        raise TypeError("fix is no text")
    return RawMatch(
        # The command line front end puts folders before the id; ours have no dots.
        rule=str(result["check_id"]).rpartition(".")[2],
        place=_place(result),
        ignored=bool(extra.get("is_ignored", False)),
        fix=fix,
        trace=_trace(extra.get("dataflow_trace")),
    )


def _place(location: dict[str, Any]) -> Place:
    start, end = location["start"], location["end"]
    return Place(
        path=str(location["path"]),
        line=int(start["line"]),
        end_line=int(end["line"]),
        start=int(start["offset"]),
        end=int(end["offset"]),
    )


def _trace(trace: dict[str, Any] | None) -> tuple[tuple[Place, str], ...]:
    """Source, steps between, sink, in this order; empty where the rule follows no flow."""
    if trace is None:
        return ()
    steps = ((step["location"], step["content"]) for step in trace.get("intermediate_vars") or ())
    ends = (list(_call(trace.get("taint_source"))), list(_call(trace.get("taint_sink"))))
    return tuple((_place(at), str(text)) for at, text in (*ends[0], *steps, *ends[1]))


def _call(end: list[Any] | None) -> Iterator[tuple[dict[str, Any], str]]:
    """The places of one end of a flow: itself, or the calls that it goes through and itself."""
    if end is None:
        return
    match end:
        case ["CliLoc", [location, text]]:
            yield location, text
        case ["CliCall", [[location, text], steps, inner]]:
            yield location, text
            yield from ((step["location"], step["content"]) for step in steps)
            yield from _call(inner)
        case _:
            raise TypeError("an unknown end of a flow")


def _troubles(error: dict[str, Any]) -> Iterator[Trouble]:
    location = _location(error)
    if location is None:
        return
    grade, reason, why = _meaning(_name(error))
    places = _parts(error) if grade is GapClass.PARTIAL else [location]
    for place in places:
        lines = (place.line, place.end_line) if grade is GapClass.PARTIAL else (0, 0)
        yield Trouble(
            path=place.path, grade=grade, reason=reason, why=why, line=lines[0], end_line=lines[1]
        )


def _meaning(name: str) -> tuple[GapClass, GapReason, str]:
    """How grave an error is and what to call it."""
    if name == "PartialParsing":
        why = "The engine could not parse these lines."
        return GapClass.PARTIAL, GapReason.PARTIAL_PARSE, why
    if name == "FixpointTimeout":
        why = "Following the data flow here took too long."
        return GapClass.PARTIAL, GapReason.TIMEOUT, why
    if name in TIMEOUTS:
        return GapClass.UNREADABLE, GapReason.TIMEOUT, "A rule took too long on this file."
    if name in PARSE_FAILURES:
        return GapClass.UNREADABLE, GapReason.PARSE_FAILURE, "The engine could not parse it."
    return GapClass.UNREADABLE, GapReason.ENGINE, f"The engine failed on it: {name}."


def _name(error: dict[str, Any]) -> str:
    kind = error.get("error_type", error.get("type"))
    name = kind[0] if isinstance(kind, list) else kind
    if not isinstance(name, str):
        raise TypeError("an error without a type")
    return name[:60]


def _location(error: dict[str, Any]) -> Place | None:
    """Where an error is; None when it is about no file (a rule, the engine itself)."""
    location = error.get("location")
    return _place(location) if location is not None else None


def _parts(error: dict[str, Any]) -> list[Place]:
    """The unparsed ranges of one file."""
    kind = error.get("error_type", error.get("type"))
    if isinstance(kind, list) and len(kind) == 2 and isinstance(kind[1], list) and kind[1]:
        return [_place(part) for part in kind[1]]
    return [_place(error["location"])]
