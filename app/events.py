"""One table of the events and actions we handle, each with its reason and what GitHub needs to send it.

The receiver records what stands here, the worker acts by it, and ``app.yml`` is checked against it.
An event or action that is not in the table is acknowledged, counted and dropped: GitHub adds new
ones at any time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Trigger(StrEnum):
    """What a delivery sets off."""

    AUDIT = "audit"
    """A change may have to be audited."""
    RERUN = "rerun"
    """A person asked for the same audit again."""
    COMMAND = "command"
    """A comment or a button may hold a command."""
    BOOKKEEPING = "bookkeeping"
    """What we know about GitHub changes; nothing is audited."""
    IGNORE = "ignore"
    """Known, and nothing follows: acknowledged and counted, not recorded."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What makes GitHub send an event: a permission (None: every app gets it) and a subscription."""

    permission: str | None
    level: str = "read"
    subscription: bool = True


@dataclass(frozen=True, slots=True)
class HandledEvent:
    """One row: an event and its action (None where the event has none)."""

    event: str
    action: str | None
    trigger: Trigger
    reason: str
    needs: Needs


ALWAYS: Final = Needs(None, subscription=False)
CHECKS: Final = Needs("checks", "write", subscription=False)
"""Who may write checks is sent the requests about its own checks without a subscription; with one,
every check of every other app would come as well."""
CONTENTS: Final = Needs("contents")
ISSUES: Final = Needs("issues", "write")
MERGE_QUEUES: Final = Needs("merge_queues")
METADATA: Final = Needs("metadata")
PULLS: Final = Needs("pull_requests", "write")
ACTIONS: Final = Needs("actions")

HANDLED: Final[tuple[HandledEvent, ...]] = (
    HandledEvent("pull_request", "opened", Trigger.AUDIT, "A new change.", PULLS),
    HandledEvent(
        "pull_request", "reopened", Trigger.AUDIT, "Its base moved on while it was closed.", PULLS
    ),
    HandledEvent(
        "pull_request", "synchronize", Trigger.AUDIT, "A new head supersedes the old one.", PULLS
    ),
    HandledEvent(
        "pull_request", "ready_for_review", Trigger.AUDIT, "A draft asks to be judged.", PULLS
    ),
    HandledEvent(
        "pull_request", "edited", Trigger.AUDIT, "A new base makes it another change.", PULLS
    ),
    HandledEvent(
        "pull_request", "closed", Trigger.BOOKKEEPING, "Open audits and waivers end.", PULLS
    ),
    HandledEvent(
        "pull_request", "converted_to_draft", Trigger.BOOKKEEPING, "Drafts stay quiet.", PULLS
    ),
    HandledEvent(
        "pull_request", "labeled", Trigger.BOOKKEEPING, "A label may ask for a budget run.", PULLS
    ),
    HandledEvent(
        "merge_group",
        "checks_requested",
        Trigger.AUDIT,
        "The combined commit is audited.",
        MERGE_QUEUES,
    ),
    HandledEvent(
        "merge_group",
        "destroyed",
        Trigger.BOOKKEEPING,
        "Its audit is not needed any more.",
        MERGE_QUEUES,
    ),
    HandledEvent(
        "check_run", "rerequested", Trigger.RERUN, "Re-run was clicked on a check.", CHECKS
    ),
    HandledEvent(
        "check_suite", "rerequested", Trigger.RERUN, "Re-run was clicked on all checks.", CHECKS
    ),
    HandledEvent(
        "check_run", "requested_action", Trigger.COMMAND, "One of our buttons was clicked.", CHECKS
    ),
    HandledEvent(
        "check_run", "created", Trigger.IGNORE, "It tells of what an app, we too, did.", CHECKS
    ),
    HandledEvent(
        "check_run", "completed", Trigger.IGNORE, "It tells of what an app, we too, did.", CHECKS
    ),
    HandledEvent(
        "check_suite", "requested", Trigger.IGNORE, "Audits begin with the pull request.", CHECKS
    ),
    HandledEvent(
        "check_suite", "completed", Trigger.IGNORE, "It tells of what an app, we too, did.", CHECKS
    ),
    HandledEvent("issue_comment", "created", Trigger.COMMAND, "It may hold a command.", ISSUES),
    HandledEvent(
        "issue_comment", "edited", Trigger.IGNORE, "Commands count in new comments only.", ISSUES
    ),
    HandledEvent(
        "issue_comment", "deleted", Trigger.BOOKKEEPING, "Our summary may be gone.", ISSUES
    ),
    HandledEvent(
        "pull_request_review_comment", "created", Trigger.COMMAND, "It may hold a command.", PULLS
    ),
    HandledEvent(
        "pull_request_review_comment",
        "edited",
        Trigger.IGNORE,
        "Commands count in new comments only.",
        PULLS,
    ),
    HandledEvent(
        "pull_request_review_comment",
        "deleted",
        Trigger.BOOKKEEPING,
        "A comment of ours may be gone, which is not posted again.",
        PULLS,
    ),
    HandledEvent(
        "pull_request_review", "submitted", Trigger.COMMAND, "Its text may hold a command.", PULLS
    ),
    HandledEvent(
        "pull_request_review", "edited", Trigger.IGNORE, "Commands count in new texts only.", PULLS
    ),
    HandledEvent(
        "pull_request_review", "dismissed", Trigger.IGNORE, "Reviews do not count here.", PULLS
    ),
    HandledEvent(
        "pull_request_review_thread",
        "resolved",
        Trigger.BOOKKEEPING,
        "A thread that a person closed stays closed.",
        PULLS,
    ),
    HandledEvent(
        "pull_request_review_thread",
        "unresolved",
        Trigger.BOOKKEEPING,
        "A thread that a person opened again may be answered.",
        PULLS,
    ),
    HandledEvent(
        "push", None, Trigger.BOOKKEEPING, "The default branch's starting line moves.", CONTENTS
    ),
    HandledEvent(
        "release", "published", Trigger.BOOKKEEPING, "Budgets are compared at a release.", CONTENTS
    ),
    HandledEvent(
        "workflow_run",
        "completed",
        Trigger.BOOKKEEPING,
        "Its results may be measurements.",
        ACTIONS,
    ),
    HandledEvent("repository", "renamed", Trigger.BOOKKEEPING, "Its name changes.", METADATA),
    HandledEvent("repository", "transferred", Trigger.BOOKKEEPING, "Its owner changes.", METADATA),
    HandledEvent(
        "repository", "edited", Trigger.BOOKKEEPING, "Its default branch may change.", METADATA
    ),
    HandledEvent("repository", "archived", Trigger.BOOKKEEPING, "Nothing can be posted.", METADATA),
    HandledEvent("repository", "unarchived", Trigger.BOOKKEEPING, "It is alive again.", METADATA),
    HandledEvent(
        "repository", "privatized", Trigger.BOOKKEEPING, "Who may see its findings.", METADATA
    ),
    HandledEvent(
        "repository", "publicized", Trigger.BOOKKEEPING, "Who may see its findings.", METADATA
    ),
    HandledEvent("repository", "deleted", Trigger.BOOKKEEPING, "Its open work ends.", METADATA),
    HandledEvent("installation", "created", Trigger.BOOKKEEPING, "A new place to work.", ALWAYS),
    HandledEvent("installation", "deleted", Trigger.BOOKKEEPING, "Its open work ends.", ALWAYS),
    HandledEvent("installation", "suspend", Trigger.BOOKKEEPING, "Its work waits.", ALWAYS),
    HandledEvent("installation", "unsuspend", Trigger.BOOKKEEPING, "Its work goes on.", ALWAYS),
    HandledEvent(
        "installation",
        "new_permissions_accepted",
        Trigger.BOOKKEEPING,
        "What was refused may be allowed now.",
        ALWAYS,
    ),
    HandledEvent(
        "installation_repositories", "added", Trigger.BOOKKEEPING, "Repositories came.", ALWAYS
    ),
    HandledEvent(
        "installation_repositories", "removed", Trigger.BOOKKEEPING, "Repositories went.", ALWAYS
    ),
    HandledEvent(
        "github_app_authorization",
        "revoked",
        Trigger.BOOKKEEPING,
        "That person's sessions end.",
        ALWAYS,
    ),
    HandledEvent("ping", None, Trigger.IGNORE, "GitHub tries the address.", ALWAYS),
)

EVENTS: Final[frozenset[str]] = frozenset(row.event for row in HANDLED)
_TRIGGERS: Final[Mapping[tuple[str, str | None], Trigger]] = MappingProxyType(
    {(row.event, row.action): row.trigger for row in HANDLED}
)


def trigger_of(event: str, action: str | None) -> Trigger | None:
    """What a delivery sets off; None for an event or action that we do not know."""
    return _TRIGGERS.get((event, action))


def subscriptions() -> frozenset[str]:
    """The events the app has to subscribe to."""
    return frozenset(row.event for row in HANDLED if row.needs.subscription)
