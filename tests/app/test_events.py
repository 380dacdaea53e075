"""The event table and the manifest that the app is created from say the same."""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.events import EVENTS, HANDLED, Trigger, subscriptions, trigger_of
from app.github.payloads import MODELS

ROOT = Path(__file__).parents[2]
EXAMPLES = Path(os.environ.get("AUDIT_SHARED", ROOT.parent / "shared")) / "github" / "webhooks"
DESIGNED = {
    "metadata": "read",
    "contents": "read",
    "actions": "read",
    "members": "read",
    "merge_queues": "read",
    "checks": "write",
    "pull_requests": "write",
    "issues": "write",
}
WITHOUT_EVENT = {"members": "teams are asked for, never announced"}


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "app.yml").read_text())
    return loaded


def test_the_app_asks_for_the_designed_permissions_and_never_to_write_code(
    manifest: dict[str, Any],
) -> None:
    assert manifest["default_permissions"] == DESIGNED


def test_the_app_subscribes_to_exactly_the_events_that_need_it(manifest: dict[str, Any]) -> None:
    assert Counter(manifest["default_events"]) == Counter(subscriptions())


def test_every_event_comes_with_a_permission_that_is_asked_for(manifest: dict[str, Any]) -> None:
    granted = manifest["default_permissions"]
    for row in HANDLED:
        if row.needs.permission is not None:
            assert granted[row.needs.permission] == row.needs.level, row


def test_no_permission_is_asked_for_without_a_use(manifest: dict[str, Any]) -> None:
    used = {row.needs.permission for row in HANDLED} | set(WITHOUT_EVENT)
    assert set(manifest["default_permissions"]) <= used


def test_each_permission_in_the_manifest_has_its_reason_above_it() -> None:
    lines = (ROOT / "app.yml").read_text().splitlines()
    for permission, level in DESIGNED.items():
        place = lines.index(f"  {permission}: {level}")
        assert lines[place - 1].startswith("  # "), permission


def test_no_row_stands_twice_and_each_has_a_sentence() -> None:
    assert Counter((row.event, row.action) for row in HANDLED).most_common(1)[0][1] == 1
    assert all(row.reason.endswith(".") for row in HANDLED)


def test_an_event_has_one_permission_for_all_its_actions() -> None:
    assert all(len({row.needs for row in HANDLED if row.event == event}) == 1 for event in EVENTS)


def test_every_event_whose_payload_we_read_is_in_the_table() -> None:
    assert set(MODELS) <= EVENTS


@pytest.mark.parametrize(
    ("event", "action", "trigger"),
    [
        ("pull_request", "synchronize", Trigger.AUDIT),
        ("merge_group", "checks_requested", Trigger.AUDIT),
        ("check_run", "rerequested", Trigger.RERUN),
        ("check_run", "requested_action", Trigger.COMMAND),
        ("check_run", "completed", Trigger.IGNORE),
        ("issue_comment", "created", Trigger.COMMAND),
        ("issue_comment", "edited", Trigger.IGNORE),
        ("push", None, Trigger.BOOKKEEPING),
        ("installation", "suspend", Trigger.BOOKKEEPING),
    ],
)
def test_what_a_delivery_sets_off(event: str, action: str | None, trigger: Trigger) -> None:
    assert trigger_of(event, action) is trigger


@pytest.mark.parametrize(
    ("event", "action"),
    [("star", "created"), ("pull_request", "enqueued"), ("pull_request", None), ("push", "x")],
)
def test_what_we_do_not_know_sets_off_nothing(event: str, action: str | None) -> None:
    assert trigger_of(event, action) is None


@pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the official example payloads are not here")
def test_official_examples_carry_the_actions_as_the_table_writes_them() -> None:
    seen = {_event_and_action(path) for path in EXAMPLES.glob("*.json")}
    known = {(event, action) for event, action in seen if trigger_of(event, action)}
    assert len(known) > 30
    # Each event of an example is either handled in some action or one that is not for us.
    assert {event for event, _ in seen} - EVENTS <= {"member"}


def _event_and_action(path: Path) -> tuple[str, str | None]:
    return path.name.split(".")[0], json.loads(path.read_text()).get("action")
