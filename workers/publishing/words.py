"""The words of an audit's posts, as publishing needs them from the report."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from app.domain.audit import Audit
from app.domain.finding import Finding
from app.domain.publication import Stage
from app.github.comments import FileAnchor, LineAnchor


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckWords:
    """What a completed check run shows; ``annotations`` are GitHub's objects, worst first."""

    conclusion: str
    title: str
    summary: str
    text: str = ""
    annotations: tuple[Mapping[str, object], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentWords:
    """One review comment for one finding or a group of equal ones.

    ``anchor`` is None where there is no place in the diff for it at all.
    """

    findings: tuple[Finding, ...]
    anchor: LineAnchor | FileAnchor | None
    body: str


class Words(Protocol):
    """How an audit is put into words. Pure."""

    def check(self, audit: Audit) -> CheckWords:
        """The completed check run."""

    def review(self, audit: Audit, comments: tuple[CommentWords, ...]) -> str:
        """The one line over a review with these comments."""

    def comments(self, audit: Audit, findings: tuple[Finding, ...]) -> tuple[CommentWords, ...]:
        """The comments that raise these findings: at most the policy's number, worst first."""

    def reply(self, audit: Audit, stage: Stage, fingerprints: tuple[str, ...]) -> str:
        """What is said in a thread when these of its findings have come to ``stage``."""

    def summary(self, audit: Audit, without_comment: tuple[Finding, ...]) -> str:
        """The sticky summary; it names the findings that have no comment of their own."""
