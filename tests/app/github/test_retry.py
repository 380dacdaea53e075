"""What a refusal means: the three shapes of a rate limit, and everything that is none."""

from pathlib import Path

import httpx
import pytest

from app.github.connection import Connection, open_transport
from app.github.errors import (
    AnswerLost,
    Forbidden,
    Invalid,
    NotFound,
    RateLimited,
    Refused,
    without_tokens,
)
from app.github.retry import error_of, message_of, pause_before_repeat
from tests.app.github.answers import editing, ok, posting, reading, refused

SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes."
RESET = {
    "x_ratelimit_remaining": "0",
    "x_ratelimit_reset": "1767610020",
    "date": "Mon, 05 Jan 2026 10:42:00 GMT",
}


@pytest.mark.parametrize("status", [403, 429])
@pytest.mark.parametrize(
    ("message", "headers", "seconds"),
    [
        pytest.param("slow down", {"retry_after": "12"}, 12, id="Retry-After"),
        pytest.param("quota", RESET, 300, id="no quota until the reset, by GitHub's clock"),
        pytest.param(SECONDARY, {}, 60, id="only the words of a secondary limit"),
        pytest.param("abuse detection mechanism", {}, 60, id="its older words"),
        pytest.param("slow down", {"retry_after": "0"}, 1, id="never at once"),
    ],
)
def test_the_shapes_of_a_rate_limit(
    status: int, message: str, headers: dict[str, str], seconds: float
) -> None:
    error = error_of(posting(), refused(status, message, **headers))
    assert isinstance(error, RateLimited)
    assert error.seconds == seconds


def test_429_without_any_hint_is_a_limit_too() -> None:
    assert isinstance(error_of(posting(), refused(429, "Too many")), RateLimited)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(403, Forbidden), (404, NotFound), (410, NotFound), (422, Invalid), (400, Refused)],
)
def test_refusals_by_their_status(status: int, kind: type[Refused]) -> None:
    error = error_of(posting(), refused(status, "No"))
    assert type(error) is kind
    assert str(error) == f"GitHub refused a comment with {status}: No"


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_error_is_a_lost_answer(status: int) -> None:
    assert isinstance(error_of(posting(), refused(status, "Oops")), AnswerLost)


def test_a_success_is_no_error() -> None:
    assert error_of(posting(), ok({}, 201)) is None


def test_a_post_has_no_second_attempt_and_an_edit_has_two_more() -> None:
    assert pause_before_repeat(posting(), 1) is None
    assert [pause_before_repeat(editing(), attempts) for attempts in (1, 2, 3)] == [1.0, 4.0, None]
    assert pause_before_repeat(reading(), 1) == 1.0


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b"\xff\xfe", b"null"])
def test_an_unreadable_refusal_still_has_a_sentence(body: bytes) -> None:
    assert message_of(httpx.Response(422, content=body)) == "no readable message"


def test_the_details_of_a_refusal_are_said() -> None:
    body = {
        "message": "Validation Failed",
        "errors": ["Line must be part of the diff", {"code": "x"}],
    }
    assert message_of(ok(body, 422)) == "Validation Failed (Line must be part of the diff; x)"


def test_a_huge_message_is_cut_and_tokens_in_it_are_masked() -> None:
    token = "ghp_" + "a" * 36
    said = without_tokens(f"{token} \x1b[31m" + "long " * 1000)
    assert len(said) <= 300
    assert token not in said
    assert "\x1b" not in said


def test_the_connection_does_not_show_its_key() -> None:
    connection = Connection(base_url="https://api.test", app_id=1, private_key="PEM", proxy="p:s@x")
    assert "PEM" not in repr(connection)
    assert "p:s" not in repr(connection)


def test_a_ca_bundle_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    connection = Connection(
        base_url="https://ghes.test/api/v3", app_id=1, private_key="", ca_bundle=tmp_path / "none"
    )
    with pytest.raises(OSError, match="No such file"):
        open_transport(connection)
