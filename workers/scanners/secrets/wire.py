"""What goes into the boxed secrets reader and what comes out: never a secret's value."""

from dataclasses import dataclass
from typing import Final

from app.domain.facts import SecretKind, SecretShape
from app.domain.scan import GapClass, GapReason

MAX_BYTES: Final = 10 << 20
"""The largest file that is searched."""

MAX_SECRETS: Final = 500
"""Secrets told of one file; more make the rest of it unread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """``key`` is the hexadecimal HMAC key. It comes on stdin: argv and environment can be seen."""

    files: tuple[str, ...]
    betterleaks: str
    key: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSecret:
    """One secret. ``digest`` is the HMAC-SHA-256 of its value, ``prefix`` its public start.

    ``context`` is its line without any secret in it; ``allowed`` says that a comment asks to look
    away; ``by`` names who saw it.
    """

    type: str
    title: str
    kind: SecretKind
    shape: SecretShape
    line: int
    end_line: int
    digest: str
    prefix: str
    context: str
    allowed: bool
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Why a file was not, or not wholly, searched."""

    grade: GapClass
    reason: GapReason
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReading:
    """What one file holds; ``file`` is its number in the request."""

    file: int
    secrets: tuple[FoundSecret, ...]
    unread: Unread | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What all files hold, each named once."""

    files: tuple[FileReading, ...]
