"""Webhook deliveries: signed, sent within a time limit, remembered, redelivered under the same guid.

Deliveries go out one after another in the order of the events. GitHub promises no such thing: `hold` and
`release(reverse=True)`, and the rules `Duplicate`, `Drop` and `Delay`, make what it may do happen.
"""

import asyncio
import hashlib
import hmac
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import httpx

from demo.refusal import not_found
from demo.state.world import World

SHOWN_RESPONSE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Message:
    """One event for the app. `guid` identifies it, on every attempt."""

    guid: str
    event: str
    action: str | None
    installation_id: int | None
    repository_id: int | None
    body: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """`pull_request.opened`, or the event alone."""
        return f"{self.event}.{self.action}" if self.action else self.event


@dataclass(frozen=True, slots=True)
class Result:
    """What came back: the status (0 without an answer) and GitHub's words for it."""

    code: int
    status: str
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at delivering a message. `duration` is in seconds."""

    id: int
    message: Message
    at: datetime
    redelivery: bool
    duration: float
    request_headers: Mapping[str, str]
    result: Result

    @property
    def succeeded(self) -> bool:
        """Whether the receiver answered 2xx in time."""
        return 200 <= self.result.code < 300


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The message is delivered twice."""


@dataclass(frozen=True, slots=True)
class Drop:
    """The message never arrives; GitHub lists it as failed."""


@dataclass(frozen=True, slots=True)
class Delay:
    """The message arrives later than the ones after it."""

    seconds: float


Mishap = Duplicate | Drop | Delay


@dataclass(slots=True)
class Rule:
    """The mishap of the next `times` messages whose name starts so."""

    name: str
    mishap: Mishap
    times: int = 1


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message on its way."""

    message: Message
    redelivery: bool = False
    lost: bool = False


@dataclass(slots=True)
class Deliveries:
    """The app's webhook. `limit` is how long a receiver may take, in seconds (github.com: 10)."""

    world: World
    client: httpx.AsyncClient
    limit: float = 10.0
    attempts: list[Attempt] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    queue: asyncio.Queue[Parcel] = field(default_factory=asyncio.Queue)
    held: list[Parcel] | None = None
    late: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self) -> None:
        """Deliver until cancelled."""
        while True:
            parcel = await self.queue.get()
            try:
                self.attempts.append(await self._attempt(parcel))
            finally:
                self.queue.task_done()

    def send(self, message: Message) -> None:
        """Put a message on its way, unless the app has no webhook."""
        if not self.world.webhook.url:
            return
        match self._mishap(message):
            case Duplicate():
                self._post(Parcel(message))
                self._post(Parcel(message))
            case Drop():
                self._post(Parcel(message, lost=True))
            case Delay(seconds):
                self._post_later(Parcel(message), seconds)
            case None:
                self._post(Parcel(message))

    def redeliver(self, attempt_id: int) -> None:
        """Send the message of an attempt again. Raises RefusalError 404."""
        self._post(Parcel(self.find(attempt_id).message, redelivery=True))

    def find(self, attempt_id: int) -> Attempt:
        """An attempt by its id. Raises RefusalError 404."""
        found = next((a for a in self.attempts if a.id == attempt_id), None)
        if found is None:
            raise not_found()
        return found

    def hold(self) -> None:
        """Keep messages back until `release`."""
        self.held = [] if self.held is None else self.held

    def release(self, reverse: bool = False) -> None:
        """Send what was kept back, in order or newest first."""
        held, self.held = self.held or [], None
        for parcel in reversed(held) if reverse else held:
            self._post(parcel)

    async def settled(self) -> None:
        """Wait until everything that is not held has been tried."""
        while self.late:
            await asyncio.gather(*self.late)
        await self.queue.join()

    def _mishap(self, message: Message) -> Mishap | None:
        for rule in self.rules:
            if message.name.startswith(rule.name):
                rule.times -= 1
                if rule.times <= 0:
                    self.rules.remove(rule)
                return rule.mishap
        return None

    def _post(self, parcel: Parcel) -> None:
        if self.held is None:
            self.queue.put_nowait(parcel)
        else:
            self.held.append(parcel)

    def _post_later(self, parcel: Parcel, seconds: float) -> None:
        async def wait() -> None:
            await asyncio.sleep(seconds)
            self._post(parcel)

        task = asyncio.create_task(wait())
        self.late.add(task)
        task.add_done_callback(self.late.discard)

    async def _attempt(self, parcel: Parcel) -> Attempt:
        message, started = parcel.message, time.monotonic()
        headers = request_headers(self.world, message)
        result = LOST if parcel.lost else await self._post_to_app(message, headers)
        return Attempt(
            id=self.world.next_id(),
            message=message,
            at=self.world.now(),
            redelivery=parcel.redelivery,
            duration=round(time.monotonic() - started, 3),
            request_headers=headers,
            result=result,
        )

    async def _post_to_app(self, message: Message, headers: Mapping[str, str]) -> Result:
        try:
            async with asyncio.timeout(self.limit):
                answer = await self.client.post(
                    self.world.webhook.url, content=message.body, headers=dict(headers)
                )
        except TimeoutError:
            return Result(0, "timed out", {}, "")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return replace(LOST, body=type(error).__name__)
        good = "OK" if answer.is_success else f"Invalid HTTP Response: {answer.status_code}"
        return Result(answer.status_code, good, dict(answer.headers), answer.text[:SHOWN_RESPONSE])


LOST = Result(0, "failed to connect to host", {}, "")


def request_headers(world: World, message: Message) -> dict[str, str]:
    """The headers GitHub sends with a delivery."""
    headers = {
        "Accept": "*/*",
        "Content-Type": "application/json",
        "User-Agent": f"GitHub-Hookshot/{message.guid[:7]}",
        "X-GitHub-Delivery": message.guid,
        "X-GitHub-Event": message.event,
        "X-GitHub-Hook-ID": str(world.webhook.id),
        "X-GitHub-Hook-Installation-Target-ID": str(world.app.id),
        "X-GitHub-Hook-Installation-Target-Type": "integration",
    }
    if world.webhook.secret:
        headers["X-Hub-Signature-256"] = signature(world.webhook.secret, message.body)
    return headers


def signature(secret: str, body: bytes) -> str:
    """HMAC-SHA-256 of the raw body, as `sha256=<hex>`."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def new_guid() -> str:
    """A fresh delivery guid."""
    return str(uuid.uuid4())
