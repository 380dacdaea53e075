"""Deliveries as GitHub sends them, for the jobs' tests: repository 7, installation 3, number 5."""

import json
import uuid
from typing import Any

from app.store.deliveries import NewDelivery
from tests.builders import NOW

REPOSITORY = {"id": 7, "full_name": "shop/app", "private": True, "default_branch": "main"}
INSTALLATION = {"id": 3}
FIRST, SECOND, THIRD = ("a" * 40, "b" * 40, "c" * 40)


def at(minute: int) -> str:
    """GitHub's own time of a change."""
    return f"2026-01-05T10:{minute:02}:00Z"


def a_delivery(payload: object, event: str = "pull_request", **differences: Any) -> NewDelivery:
    """A recorded POST of ``payload``, with an id of its own; bytes are taken as they are."""
    values: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "event": event,
        "action": payload.get("action") if isinstance(payload, dict) else None,
        "installation_id": 3,
        "repository_id": 7,
        "payload": payload if isinstance(payload, bytes) else json.dumps(payload).encode(),
        "received_at": NOW,
    }
    return NewDelivery(**(values | differences))


def a_pull_event(action: str = "opened", *, head: str = FIRST, minute: int = 0, **pull: Any) -> Any:
    """A ``pull_request`` event; keywords change the pull request in it."""
    base = {"ref": pull.pop("base", "main"), "sha": "d" * 40}
    changes = pull.pop("changes", None)
    values = {
        "number": 5,
        "state": "open",
        "draft": False,
        "user": {"id": 11, "login": "author"},
        "head": {"ref": "topic", "sha": head},
        "base": base,
        "updated_at": at(minute),
    }
    event = {
        "action": action,
        "number": 5,
        "pull_request": values | pull,
        "repository": REPOSITORY,
        "installation": INSTALLATION,
    }
    return event | ({"changes": changes} if changes is not None else {})


def an_installation_event(action: str) -> Any:
    """An ``installation`` event of the account shop."""
    return {
        "action": action,
        "installation": INSTALLATION | {"account": {"id": 1, "login": "shop"}},
        "repositories": [],
    }
