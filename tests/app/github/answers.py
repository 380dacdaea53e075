"""A GitHub of a few lines, for what the box can't be asked to do: answers are given in turn.

It mints a token for every request to do so and answers all else from a list.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from app.domain.change import Repository
from app.github.client import GitHubClient
from app.github.connection import REPORTING, Access, Connection
from app.github.retry import Call

NOW = datetime(2026, 1, 5, 10, 42, tzinfo=UTC)
SHOP = Repository(host="github.test", id=7, full_name="shop/app")
ACCESS = Access(99, SHOP, REPORTING)
Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


def private_key() -> str:
    """A fresh RSA key, PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


KEY = private_key()


class Script:
    """Answers in turn; the last one is repeated. ``requests`` holds what was asked, tokens apart."""

    def __init__(self, *answers: Answer, token: Answer | None = None) -> None:
        self.requests: list[httpx.Request] = []
        self.minted: list[httpx.Request] = []
        self.waited: list[float] = []
        self.now = NOW
        self._answers = list(answers)
        self._token = token

    def client(self, **differences: object) -> GitHubClient:
        """A client that talks to this script and sleeps without waiting."""
        values: dict[str, object] = {
            "base_url": "https://github.test/api/v3",
            "app_id": 5,
            "private_key": KEY,
            "spacing_s": 0.0,
            "transport": httpx.MockTransport(self._handle),
        }
        connection = Connection(**(values | differences))  # type: ignore[arg-type]
        return GitHubClient(connection, clock=lambda: self.now, sleep=self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.waited.append(seconds)

    def _handle(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/access_tokens"):
            self.minted.append(request)
            return answered(self._token or self._fresh_token(), request)
        self.requests.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return answered(answer, request)

    def _fresh_token(self) -> httpx.Response:
        ends = (self.now + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        text = "ghs_" + f"5_{len(self.minted)}." + "x" * 40
        return ok({"token": text, "expires_at": ends}, 201)


def answered(answer: Answer, request: httpx.Request) -> httpx.Response:
    """The answer to one request."""
    if isinstance(answer, Exception):
        raise answer
    if isinstance(answer, httpx.Response):
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)
    return answer(request)


def ok(body: object, status: int = 200, **headers: str) -> httpx.Response:
    """A success with a JSON body."""
    return httpx.Response(status, content=json.dumps(body).encode(), headers=headers)


def refused(status: int, message: str, **headers: str) -> httpx.Response:
    """A refusal in GitHub's form."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, content=json.dumps({"message": message}).encode(), headers=sent)


def reading() -> Call:
    """A read."""
    return Call(method="GET", path="/repos/{repository}", what="the repository", repeatable=True)


def posting() -> Call:
    """A write that must not be repeated."""
    return Call(
        method="POST",
        path="/repos/{repository}/issues/1/comments",
        what="a comment",
        repeatable=False,
        body={"body": "words"},
    )


def editing() -> Call:
    """A write that may be repeated."""
    return Call(
        method="PATCH",
        path="/repos/{repository}/issues/comments/1",
        what="an edit",
        repeatable=True,
        body={"body": "words"},
    )
