"""What the stories of the store put into it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain.publication import PostKey, PostKind
from app.store.audits import AuditWish
from app.store.deliveries import NewDelivery
from app.store.repositories import KnownPull, KnownRepository
from tests.builders import NOW

A_HEAD = "a" * 40
B_HEAD = "b" * 40
C_HEAD = "c" * 40


def at(seconds: float) -> datetime:
    """A moment ``seconds`` after `NOW`."""
    return NOW + timedelta(seconds=seconds)


def a_delivery(id_: str = "d-1", **differences: Any) -> NewDelivery:
    """An opened pull request, received now."""
    values: dict[str, Any] = {
        "id": id_,
        "event": "pull_request",
        "action": "opened",
        "installation_id": 3,
        "repository_id": 7,
        "payload": b'{"action": "opened"}',
        "received_at": NOW,
    }
    return NewDelivery(**(values | differences))


def a_wish(head: str = A_HEAD, **differences: Any) -> AuditWish:
    """Pull request 12 of repository 7, against main."""
    values: dict[str, Any] = {
        "repository_id": 7,
        "installation_id": 3,
        "number": 12,
        "head_sha": head,
        "base_ref": "main",
    }
    return AuditWish(**(values | differences))


def a_known_repository(**differences: Any) -> KnownRepository:
    """shop/app, private."""
    values: dict[str, Any] = {
        "id": 7,
        "installation_id": 3,
        "full_name": "shop/app",
        "default_branch": "main",
        "private": True,
        "updated_at": NOW,
    }
    return KnownRepository(**(values | differences))


def a_pull(head: str = A_HEAD, **differences: Any) -> KnownPull:
    """Pull request 12 of repository 7, open."""
    values: dict[str, Any] = {
        "repository_id": 7,
        "number": 12,
        "head_sha": head,
        "base_ref": "main",
        "state": "open",
        "draft": False,
        "author_id": 99,
        "updated_at": datetime(2026, 1, 5, 10, tzinfo=UTC),
    }
    return KnownPull(**(values | differences))


def a_post_key(key: str = "f" * 64, **differences: Any) -> PostKey:
    """The comment of one finding on pull request 12."""
    values: dict[str, Any] = {"repository_id": 7, "pr": 12, "kind": PostKind.COMMENT, "key": key}
    return PostKey(**(values | differences))
