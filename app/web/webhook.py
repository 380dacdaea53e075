"""The receiver: verify the signature, record in SQL, answer, wake a worker.

The answers are what a person sees in GitHub's list of deliveries: each is one sentence, and where
something has to be done, it says what.
"""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog
from fastapi.responses import JSONResponse
from starlette.datastructures import Headers
from starlette.requests import Request

from app.events import Trigger, trigger_of
from app.store.deliveries import NewDelivery, Receipt
from app.web.answer import Answer, Outcome, Refusal
from app.web.body import read_body
from app.web.intake import NotRecorded, Recorder
from app.web.metrics import WebMetrics
from app.web.signature import is_signed
from app.web.wakeups import WakeUps

log = structlog.stdlib.get_logger(__name__)

WEBHOOK_PATH: Final = "/webhook"
EVENT_HEADER: Final = "x-github-event"
DELIVERY_HEADER: Final = "x-github-delivery"
SIGNATURE_HEADER: Final = "x-hub-signature-256"
TARGET_HEADER: Final = "x-github-hook-installation-target-id"
DELIVERY_ID: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{7,63}", re.ASCII)
EVENT_NAME: Final = re.compile(r"[a-z_]{1,64}", re.ASCII)
MAX_ID: Final = (1 << 63) - 1
"""The largest number of the columns that hold GitHub's ids."""

RECEIPTS: Final = {
    Receipt.NEW: Answer(202, Outcome.RECORDED, "Recorded; a worker takes it from here."),
    Receipt.DUPLICATE: Answer(202, Outcome.DUPLICATE, "This delivery is recorded already."),
    Receipt.AGAIN: Answer(202, Outcome.AGAIN, "This delivery failed before and runs again."),
}


@dataclass(frozen=True, slots=True)
class DeliveryHeaders:
    """What the head of a delivery says."""

    event: str
    id: str
    signature: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Takes deliveries for the app ``app_id``, signed with one of ``secrets``."""

    app_id: int
    secrets: tuple[bytes, ...]
    recorder: Recorder
    wake_ups: WakeUps
    metrics: WebMetrics
    clock: Callable[[], datetime]

    async def receive(self, request: Request) -> JSONResponse:
        """Answer one webhook POST and count it."""
        started = time.monotonic()
        try:
            answer = await self._taken(request)
        except Refusal as refusal:
            answer = refusal.answer
            log.info("delivery_refused", outcome=str(answer.outcome), reason=answer.message)
        event = request.headers.get(EVENT_HEADER, "")
        self.metrics.delivery(event, answer.outcome, time.monotonic() - started)
        return JSONResponse({"message": answer.message}, status_code=answer.status)

    async def _taken(self, request: Request) -> Answer:
        """The answer to a delivery that is taken; raises `Refusal`."""
        headers = _delivery_headers(request.headers)
        self._refuse_other_apps(request.headers)
        body = await read_body(request)
        if not is_signed(body, headers.signature, self.secrets):
            raise Refusal(
                401,
                Outcome.UNSIGNED,
                "The signature is not made with this server's webhook secret.",
            )
        payload = _json_object(body)
        return await self._by_trigger(headers, payload, body)

    def _refuse_other_apps(self, headers: Headers) -> None:
        target = headers.get(TARGET_HEADER)
        if target is not None and target != str(self.app_id):
            raise Refusal(
                400,
                Outcome.OTHER_APP,
                "This hook belongs to another app, repository or organisation: use the webhook of "
                "the GitHub App that this server is set up for.",
            )

    async def _by_trigger(
        self, headers: DeliveryHeaders, payload: dict[str, Any], body: bytes
    ) -> Answer:
        if headers.event == "ping":
            return Answer(200, Outcome.PING, "Pong: address, content type and secret are right.")
        match trigger_of(headers.event, _action(payload)):
            case None:
                return Answer(202, Outcome.UNKNOWN, "This event or action is not known here.")
            case Trigger.IGNORE:
                return Answer(202, Outcome.IGNORED, "Nothing follows from this event and action.")
            case _:
                return await self._record(_new_delivery(headers, payload, body, self.clock()))

    async def _record(self, delivery: NewDelivery) -> Answer:
        try:
            receipt = await self.recorder.record(delivery)
        except NotRecorded as error:
            log.error("delivery_not_recorded", delivery=delivery.id, reason=str(error))
            raise Refusal(
                503, Outcome.NOT_RECORDED, "The database does not take it now: redeliver it later."
            ) from error
        if receipt is not Receipt.DUPLICATE:
            self.wake_ups.soon(delivery.id)
        return RECEIPTS[receipt]


def _delivery_headers(headers: Headers) -> DeliveryHeaders:
    """The head, checked as far as it can be before the body is read."""
    event, id_ = headers.get(EVENT_HEADER, ""), headers.get(DELIVERY_HEADER, "")
    if not EVENT_NAME.fullmatch(event):
        raise Refusal(400, Outcome.MALFORMED, "X-GitHub-Event is missing or not an event's name.")
    if not DELIVERY_ID.fullmatch(id_):
        raise Refusal(400, Outcome.MALFORMED, "X-GitHub-Delivery is missing or not a GUID.")
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Refusal(
            415,
            Outcome.WRONG_TYPE,
            "Choose application/json as the content type on the app's webhook settings.",
        )
    signature = headers.get(SIGNATURE_HEADER)
    if signature is None:
        raise Refusal(
            401,
            Outcome.UNSIGNED,
            "X-Hub-Signature-256 is missing: set a secret on the app's webhook settings.",
        )
    return DeliveryHeaders(event, id_, signature)


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        raise Refusal(400, Outcome.MALFORMED, "The body is not valid JSON.") from None
    if not isinstance(payload, dict):
        raise Refusal(400, Outcome.MALFORMED, "The body is not a JSON object.")
    return payload


def _new_delivery(
    headers: DeliveryHeaders, payload: dict[str, Any], body: bytes, now: datetime
) -> NewDelivery:
    return NewDelivery(
        id=headers.id,
        event=headers.event,
        action=_action(payload),
        installation_id=_id_of(payload, "installation"),
        repository_id=_id_of(payload, "repository"),
        payload=body,
        received_at=now,
    )


def _action(payload: dict[str, Any]) -> str | None:
    """What happened; None for events that have no actions, such as push."""
    action = payload.get("action")
    return action if isinstance(action, str) else None


def _id_of(payload: dict[str, Any], part: str) -> int | None:
    """The id of a part of the payload, None where there is none; raises `Refusal` for a wrong one."""
    holder = payload.get(part)
    if holder is None:
        return None
    id_ = holder.get("id") if isinstance(holder, dict) else None
    if type(id_) is not int or not 0 < id_ <= MAX_ID:
        raise Refusal(400, Outcome.MALFORMED, f"{part}.id is not a number that GitHub gives.")
    return id_
