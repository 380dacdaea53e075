"""What goes into the boxed workflows reader and what comes out of it, as JSON."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.scan import GapReason


class FileKind(StrEnum):
    """What zizmor takes a file for, which it tells by its name."""

    WORKFLOW = "workflow"
    ACTION = "action"
    DEPENDABOT = "dependabot"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file to read: its neutral name and what it is."""

    file: str
    kind: FileKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """``zizmor`` is the engine, ``seconds`` the time for all of its runs."""

    files: tuple[File, ...]
    zizmor: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One problem. ``severity``, ``confidence`` and ``persona`` are zizmor's words, lower case.

    ``checks_out_head`` says that the same file checks out the code of a pull request.
    """

    rule: str
    description: str
    url: str
    severity: str
    confidence: str
    persona: str
    line: int
    end_line: int
    route: str
    ignored: bool
    checks_out_head: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReading:
    """What one file holds, or ``reason`` and ``why`` it was not read."""

    file: int
    problems: tuple[Problem, ...]
    reason: GapReason | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What all files hold, each named once."""

    files: tuple[FileReading, ...]
