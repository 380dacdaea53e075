"""Logs: one JSON object a line, and no secret in it whichever way it came."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from app.logs import REDACTED, configure_logging, redact

# Put together here, so that no file holds anything that looks like a token.
LONG_TOKEN = "ghs_" + "12345_" + "eyJ" + "aB3" * 60 + "." + "cD4" * 60 + "." + "e-F_" * 30
SHORT_TOKEN = "ghs" + "_" + "aB3d" * 9
JWT = "eyJ" + "hbGciOiJ" + "." + "eyJpc3MiOjF9" + "." + "c2lnbmF0dXJl"
KEY_TEXT = "MIIEowIBAAKCAQEA"
PRIVATE_KEY = "\n".join(
    ["-----BEGIN RSA " + "PRIVATE KEY-----", KEY_TEXT, "-----END RSA " + "PRIVATE KEY-----"]
)


class Log:
    """What was written, line by line."""

    def __init__(self, stream: io.StringIO) -> None:
        self.stream = stream

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]

    @property
    def text(self) -> str:
        return self.stream.getvalue()


@pytest.fixture
def log() -> Iterator[Log]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    # Otherwise pytest's own handlers would be closed.
    root.handlers = []
    stream = io.StringIO()
    configure_logging("info", stream)
    yield Log(stream)
    structlog.reset_defaults()
    root.handlers, root.level = handlers, level


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"token {LONG_TOKEN} refused", LONG_TOKEN),
        (f"token {SHORT_TOKEN} refused", SHORT_TOKEN),
        ("a ghp_" + "x" * 36, "x" * 36),
        ("a github_pat_" + "y" * 40, "y" * 40),
        (f"signed in as {JWT}", JWT),
        ("Authorization: Bearer opaque-thing", "opaque-thing"),
        ("authorization=Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
        ("{'Authorization': 'token hunter2'}", "hunter2"),
        (json.dumps(json.dumps({"authorization": "bearer hunter2"})), "hunter2"),
        ("(b'authorization', b'Bearer hunter2')", "hunter2"),
        ("AUTHORIZATION: basic eC1hY2Nlc3M6", "eC1hY2Nlc3M6"),
        ("https://x-access-token:hunter2@github.com/a/b.git", "hunter2"),
        ("redis://:hunter2@cache:6379/0", "hunter2"),
        (f"key {PRIVATE_KEY} end", KEY_TEXT),
        (f"cut {PRIVATE_KEY[:50]}", KEY_TEXT),
        (f"escaped {json.dumps(PRIVATE_KEY)}", KEY_TEXT),
    ],
)
def test_secrets_are_taken_out_of_text(text: str, secret: str) -> None:
    cleaned = redact(text)
    assert secret not in cleaned
    assert REDACTED in cleaned


@pytest.mark.parametrize(
    "text",
    [
        "delivery 72d3162e-cc78-11e3-81ab-4c9367dc0958 recorded",
        "fetched https://github.com/shop/app.git at 8f14e45fceea167a5a36dedd4bea2543",
        "ghs_short is no token",
        "the authorization page",
    ],
)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert redact(text) == text


def test_a_record_is_one_json_object_on_one_line(log: Log) -> None:
    structlog.stdlib.get_logger("app.web").info("taken", path="a\nb\x1b[31m", count=3)
    (line,) = log.lines
    assert (line["event"], line["path"], line["count"]) == ("taken", "a\nb\x1b[31m", 3)
    assert (line["level"], line["logger"]) == ("info", "app.web")
    assert line["timestamp"].endswith("Z")
    assert "\x1b" not in log.text


def test_secrets_do_not_get_into_the_log_by_any_way(log: Log) -> None:
    ours = structlog.stdlib.get_logger("app.web")
    ours.info(f"with {SHORT_TOKEN}")
    ours.info("nested", headers={"Authorization": "opaque", "x": [f"a {SHORT_TOKEN}"]})
    ours.info("object", error=ValueError(SHORT_TOKEN), raw=SHORT_TOKEN.encode())
    ours.info("named", private_key="opaque", webhook_secret="opaque", password=b"opaque")
    logging.getLogger("workers").warning("old style %s %r", SHORT_TOKEN, {"t": SHORT_TOKEN})
    try:
        raise RuntimeError(f"could not fetch with {SHORT_TOKEN}")
    except RuntimeError:
        logging.getLogger("workers").exception("failed")
        ours.exception("failed")
    assert len(log.lines) == 7
    assert SHORT_TOKEN not in log.text
    assert "opaque" not in log.text
    assert "RuntimeError" in log.lines[-1]["exception"]
    assert "RuntimeError" in log.lines[-2]["exception"]


def test_what_is_below_the_level_is_not_written(log: Log) -> None:
    logging.getLogger("app").debug("detail")
    structlog.stdlib.get_logger("app").debug("detail")
    logging.getLogger("httpx").info("GET /")
    assert log.lines == []
