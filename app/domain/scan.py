"""What scanners are given and what they give back: targets, sightings, gaps, reports.

A *sighting* is what a scanner saw in one blob, before it has an identity across base and head; the
domain turns sightings into findings (`app.domain.fingerprint`).
"""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal

from app.domain.facts import Facts
from app.domain.lens import Category, Lens


class Side(StrEnum):
    """Where a blob stands: in the head, in the merge base, or only in a commit between."""

    HEAD = "head"
    BASE = "base"
    HISTORY = "history"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One blob to be read under one path.

    ``file`` is its neutral name below the material's root. ``changed`` is False for files that are
    read for context only (manifests for the SBOM); they make no findings. ``commit`` is set for
    `Side.HISTORY`.
    """

    side: Side
    path: str
    blob: str
    size: int
    file: str
    changed: bool = True
    commit: str | None = None


@dataclass(frozen=True, slots=True)
class Material:
    """The blobs of one change, written under neutral names below ``root``; nothing else is there."""

    root: Path
    targets: tuple[Target, ...]

    def file_of(self, target: Target) -> Path:
        """Where the bytes of ``target`` are."""
        return self.root / target.file


class GapClass(StrEnum):
    """Why something that was asked for was not analysed, as grave as it is (design section 7)."""

    NOT_IN_SCOPE = "not in scope"
    PARTIAL = "partial"
    UNREADABLE = "should have been read"


class GapReason(StrEnum):
    """The cause of a gap, the same words on every page."""

    BINARY = "binary"
    EXCLUDED = "excluded by policy"
    LINK = "link"
    SUBMODULE = "submodule"
    SPECIAL = "not a regular file"
    TOO_LARGE = "too large"
    UNDECODABLE = "undecodable"
    PARSE_FAILURE = "parse failure"
    PARTIAL_PARSE = "partial parse"
    LFS_POINTER = "LFS pointer"
    TIMEOUT = "timeout"
    ENGINE = "engine failure"
    UNPINNED = "unpinned entry"
    UNSUPPORTED = "no reader for it"
    HISTORY = "history not read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One thing asked for and not (wholly) analysed; ``why`` is a sentence for people.

    ``line`` and ``end_line`` bound the unread part of a partial gap; 0 means the whole file.
    """

    scanner: str
    side: Side
    path: str
    grade: GapClass
    reason: GapReason
    why: str
    line: int = 0
    end_line: int = 0


@dataclass(frozen=True, slots=True)
class CodeIdentity:
    """Normalised matched text, enclosing definition's qualified name, and its normalised text."""

    text: str
    scope: str
    definition: str | None = None
    about: Literal["code"] = "code"


@dataclass(frozen=True, slots=True)
class SecretIdentity:
    """Type and enclosing context without the value; ``digest`` is an HMAC of the value."""

    kind: str
    context: str
    digest: str
    about: Literal["secret"] = "secret"


@dataclass(frozen=True, slots=True)
class DependencyIdentity:
    """Ecosystem, package and canonical advisory id (its manifest is the sighting's path)."""

    ecosystem: str
    package: str
    advisory: str
    about: Literal["dependency"] = "dependency"


@dataclass(frozen=True, slots=True)
class WorkflowIdentity:
    """The route in the YAML that a workflow rule points at."""

    route: str
    about: Literal["workflow"] = "workflow"


@dataclass(frozen=True, slots=True)
class CoverageIdentity:
    """The class of the gap: with the path, all there is to know a coverage finding by."""

    reason: GapReason
    about: Literal["coverage"] = "coverage"


Identity = CodeIdentity | SecretIdentity | DependencyIdentity | WorkflowIdentity | CoverageIdentity


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One step of a flow from source to sink; ``text`` is already escaped nowhere: it is raw."""

    path: str
    line: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What one scanner saw at one place of one blob.

    ``line`` is 0 when the whole file is meant. ``message``, ``title`` and ``fix`` are texts of the
    rule, never of the repository. ``details`` are further facts for people, name to value.
    ``suppressed`` says that the author asked the engine to look away (``nosemgrep``).
    """

    side: Side
    path: str
    category: Category
    lens: Lens
    rule: str
    title: str
    message: str
    fix: str
    facts: Facts
    identity: Identity
    line: int = 0
    end_line: int = 0
    cwe: tuple[str, ...] = ()
    owasp: tuple[str, ...] = ()
    stride: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    trace: tuple[TraceStep, ...] = ()
    suggestion: str | None = None
    details: dict[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    commit: str | None = None
    soft: bool = False
    suppressed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One entry of the SBOM; ``purl`` is its package URL, ``manifest`` where it was read."""

    side: Side
    ecosystem: str
    name: str
    version: str
    purl: str
    manifest: str
    direct: bool | None = None
    development: bool = False


@dataclass(frozen=True, slots=True)
class Completed:
    """The scanner read all it was asked to, gaps named one by one."""

    state: Literal["completed"] = "completed"


@dataclass(frozen=True, slots=True)
class Skipped:
    """The scanner did not run, and need not have: ``why`` says so."""

    why: str
    state: Literal["skipped"] = "skipped"


@dataclass(frozen=True, slots=True)
class Failed:
    """The scanner should have run to its end and did not."""

    why: str
    state: Literal["failed"] = "failed"


ScannerState = Completed | Skipped | Failed


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanReport:
    """All that one scanner says of one change.

    ``analysed`` holds (side, path) of every target it positively analysed; a target it wanted that
    is neither there nor in ``gaps`` is a fault of the scanner and counts as unreadable.
    ``data_versions`` names rule packs and advisory data with their version.
    """

    scanner: str
    version: str
    state: ScannerState
    seconds: float = 0.0
    sightings: tuple[Sighting, ...] = ()
    gaps: tuple[Gap, ...] = ()
    analysed: frozenset[tuple[Side, str]] = frozenset()
    components: tuple[Component, ...] = ()
    data_versions: dict[str, str] = field(default_factory=dict)
