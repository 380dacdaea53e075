"""What GitHub shows of one audit, read from the box once the audit has ended."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from app.store.audits import OPEN
from demo.box import GitHubBox, ReviewThread
from demo.state.checks import CheckRun
from demo.state.discussion import IssueComment
from demo.story.server import POLL_S, AuditServer

AUDIT_LIMIT_S: Final = 300.0
"""Longer than any sample needs, and than a large repository of one's own should."""


class AuditNeverEndedError(RuntimeError):
    """No finished audit within the limit."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A pull request's page as it stands: its newest check, its threads, its summary; and the record.

    ``document`` is the audit's JSON document of design section 10.
    """

    check: CheckRun
    threads: tuple[ReviewThread, ...]
    comments: tuple[IssueComment, ...]
    document: dict[str, Any]
    page: str

    @property
    def outcome(self) -> str:
        """``pass``, ``block`` or ``inconclusive``."""
        return str(self.document["verdict"]["outcome"])

    @property
    def blocking(self) -> frozenset[str]:
        """The categories of what blocks."""
        found = self.document["findings"]
        return frozenset(finding["category"] for finding in found if finding["blocking"])


async def audited(server: AuditServer, repository: str, number: int) -> Shown:
    """Wait until the head's audit has said everything it has to say.

    Raises `AuditNeverEndedError`, and what ended the server.
    """
    pull = server.box.world.repository(repository).pull_requests[number]
    try:
        async with asyncio.timeout(AUDIT_LIMIT_S):
            check = await server.while_up(_completed(server, pull.head_sha))
    except TimeoutError as error:
        raise AuditNeverEndedError(
            f"The audit of {pull.head_sha[:7]} did not end within {AUDIT_LIMIT_S:.0f} s."
        ) from error
    audit_id = audit_id_of(check)
    return Shown(
        check=check,
        threads=tuple(server.box.threads(repository, number)),
        comments=tuple(ours(server.box, server.box.comments(repository, number))),
        document=await server.document(audit_id),
        page=server.page(audit_id),
    )


def audit_id_of(check: CheckRun) -> str:
    """The audit that a check run names."""
    return check.external_id.partition("/")[0]


def ours(box: GitHubBox, comments: Iterable[IssueComment]) -> list[IssueComment]:
    """Those that the app wrote."""
    return [comment for comment in comments if comment.user == box.app.bot]


async def _completed(server: AuditServer, head: str) -> CheckRun:
    """The newest check on ``head``, once its audit has ended: comments come after the check."""
    while True:
        runs = server.box.check_runs(head)
        if runs and runs[-1].status == "completed" and await _has_ended(server, runs[-1]):
            return runs[-1]
        await asyncio.sleep(POLL_S)


async def _has_ended(server: AuditServer, check: CheckRun) -> bool:
    request = await server.audits.find(audit_id_of(check))
    return request is not None and request.state not in OPEN
