"""Check suites and check runs."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from demo.git.commits import Commit


@dataclass(frozen=True, slots=True)
class CheckAction:
    """A button that the app offers on a completed run."""

    label: str
    description: str
    identifier: str


@dataclass(slots=True)
class CheckOutput:
    """Title, summary, text, and annotations, to which updates only ever append."""

    title: str | None = None
    summary: str | None = None
    text: str | None = None
    annotations: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class CheckSuite:
    """All runs of the app on one commit. `head_branch` is None for a commit of a fork."""

    id: int
    head_sha: str
    head_branch: str | None
    commit: Commit
    created_at: datetime
    updated_at: datetime
    status: str = "queued"
    conclusion: str | None = None


@dataclass(slots=True)
class CheckRun:
    """One run. Once completed it stays so: a new result is a new run."""

    id: int
    suite_id: int
    name: str
    head_sha: str
    external_id: str
    details_url: str
    status: str
    conclusion: str | None
    started_at: datetime | None
    completed_at: datetime | None
    output: CheckOutput = field(default_factory=CheckOutput)
    actions: tuple[CheckAction, ...] = ()
