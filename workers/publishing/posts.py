"""The recorded posts of a pull request, as publishing needs them from the store."""

from datetime import datetime
from typing import Protocol

from app.domain.publication import Post, PostKey, PostState
from app.report.links import Links


class Posts(Protocol):
    """One row for each (repository id, pull request, kind, key); a second one is impossible.

    Rows of a merge group have pull request number 0. Every method is one short transaction.
    """

    async def of_pull_request(self, repository_id: int, pr: int) -> tuple[Post, ...]:
        """Every row of one pull request, in the order they were first intended."""

    async def intend(self, key: PostKey, now: datetime) -> bool:
        """Record the row as intended; False when there is one already, which stays as it is."""

    async def settle(
        self, key: PostKey, state: PostState, external_id: str | None, digest: str, now: datetime
    ) -> None:
        """Replace what the row says."""

    async def withdraw(self, post: Post) -> bool:
        """Delete the row if it is still exactly ``post``; False when it changed meanwhile."""


class Heads(Protocol):
    """What deliveries told about a pull request's heads."""

    async def newer_head(self, repository_id: int, pr: int, head: str) -> str | None:
        """The head that superseded ``head``, None while it is the newest known."""


class Pages(Protocol):
    """Addresses of our own pages."""

    def of(self, audit_id: str) -> Links:
        """Where one audit's page and documents are."""
