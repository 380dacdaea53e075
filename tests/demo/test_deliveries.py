"""What arrives at the app's webhook, and what happens when it does not."""

import json
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from demo.box import BoxSettings, Delay, Drop, Duplicate, Files, GitHubBox
from demo.deliveries import signature
from tests.demo.caller import Receiver, app_jwt, client, receiving

# Assembled here, so that no scanner takes it for a real one.
SECRET = "-".join(["a", "webhook", "secret"])


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A receiver that is up."""
    async with receiving() as running:
        yield running


@pytest.fixture
async def told(
    receiver: Receiver, tmp_path: Path, key: rsa.RSAPrivateKey
) -> AsyncIterator[GitHubBox]:
    """A box that tells the receiver, with a repository; what came so far is forgotten."""
    settings = BoxSettings(webhook_limit=0.5, private_key=key)
    async with GitHubBox.start(tmp_path, receiver.url, SECRET, settings) as box:
        await box.create_repository("shop/app", files={"a.py": "1\n"})
        await box.deliveries.settled()
        receiver.got.clear()
        yield box
        assert box.violations == []


def test_the_signature_is_the_one_of_github_s_documentation() -> None:
    secret = "It's a Secret to " + "Everybody"
    expected = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert signature(secret, b"Hello, World!") == f"sha256={expected}"


async def test_a_delivery_is_signed_and_carries_github_s_headers(
    told: GitHubBox, receiver: Receiver
) -> None:
    told.set_webhook(receiver.url, SECRET)
    await told.push("shop/app", "topic", Files({"a.py": "2\n"}), by="author")
    await told.open_pull_request("shop/app", "main", "topic", "author", "Two")
    await told.deliveries.settled()
    assert receiver.names() == ["ping", "push", "check_suite", "pull_request"]
    opened = receiver.got[-1]
    assert opened.headers["x-hub-signature-256"] == signature(SECRET, opened.body)
    assert (
        str(uuid.UUID(opened.headers["x-github-delivery"])) == opened.headers["x-github-delivery"]
    )
    assert opened.headers["x-github-hook-installation-target-id"] == str(told.app.id)
    assert opened.headers["x-github-hook-installation-target-type"] == "integration"
    assert opened.headers["x-github-hook-id"] == str(told.world.webhook.id)
    assert opened.headers["user-agent"].startswith("GitHub-Hookshot/")
    assert opened.headers["content-type"] == "application/json"
    payload = json.loads(opened.body)
    assert (payload["action"], payload["number"]) == ("opened", 1)
    assert payload["installation"]["id"] == told.installation("shop/app").id


async def test_a_failed_delivery_is_found_and_redelivered_under_its_guid(
    told: GitHubBox, receiver: Receiver
) -> None:
    receiver.answers = [500]
    await told.push("shop/app", "main", Files({"a.py": "2\n"}), by="author")
    await told.deliveries.settled()
    async with client(told, app_jwt(told)) as app:
        failed = (await app.get("/app/hook/deliveries", params={"status": "failure"})).json()
        assert [(d["event"], d["status_code"]) for d in failed] == [("push", 500)]
        again = f"/app/hook/deliveries/{failed[0]['id']}/attempts"
        assert (await app.post(again)).status_code == 202
        await told.deliveries.settled()
        first = (await app.get("/app/hook/deliveries", params={"per_page": 1})).json()
        whole = (await app.get(f"/app/hook/deliveries/{first[0]['id']}")).json()
    assert (first[0]["redelivery"], first[0]["guid"]) == (True, failed[0]["guid"])
    assert whole["request"]["payload"]["ref"] == "refs/heads/main"
    guids = [d.headers["x-github-delivery"] for d in receiver.got if d.name == "push"]
    assert guids == [failed[0]["guid"]] * 2


async def test_a_receiver_that_takes_too_long_has_failed(
    told: GitHubBox, receiver: Receiver
) -> None:
    receiver.wait = 0.8
    told.set_webhook(receiver.url, SECRET)
    await told.deliveries.settled()
    assert told.deliveries.attempts[-1].result.status == "timed out"


async def test_deliveries_come_twice_late_or_never(told: GitHubBox, receiver: Receiver) -> None:
    told.mishandle_next("push", Duplicate())
    told.mishandle_next("pull_request.opened", Delay(0.2))
    told.mishandle_next("pull_request.synchronize", Drop())
    await told.push("shop/app", "topic", Files({"a.py": "2\n"}), by="author")
    pull = await told.open_pull_request("shop/app", "main", "topic", "author", "Two")
    told.comment("shop/app", pull.number, "author", "hello")
    await told.deliveries.settled()
    assert receiver.names() == ["push", "push", "check_suite", "issue_comment", "pull_request"]
    assert receiver.got[0].headers == receiver.got[1].headers
    await told.push("shop/app", "topic", Files({"a.py": "3\n"}), by="author")
    await told.deliveries.settled()
    assert receiver.names()[5:] == ["push", "check_suite"]
    lost = told.deliveries.attempts[-1]
    assert (lost.message.name, lost.succeeded) == ("pull_request.synchronize", False)


async def test_held_deliveries_come_in_reverse(told: GitHubBox, receiver: Receiver) -> None:
    told.deliveries.hold()
    await told.push("shop/app", "main", Files({"a.py": "2\n"}), by="author")
    assert receiver.got == []
    told.deliveries.release(reverse=True)
    await told.deliveries.settled()
    assert receiver.names() == ["check_suite", "push"]


async def test_a_suspended_app_hears_only_of_its_installation(
    told: GitHubBox, receiver: Receiver
) -> None:
    installation = told.installation("shop/app")
    told.suspend(installation)
    await told.push("shop/app", "main", Files({"a.py": "2\n"}), by="author")
    told.unsuspend(installation)
    told.uninstall(installation)
    await told.deliveries.settled()
    actions = [json.loads(delivery.body)["action"] for delivery in receiver.got]
    assert receiver.names() == ["installation"] * 3
    assert actions == ["suspend", "unsuspend", "deleted"]
