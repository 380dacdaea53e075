"""What a delivery is answered with: one status, one sentence, one word for the metrics."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How a webhook request ended; the label under which it is counted."""

    RECORDED = "recorded"
    DUPLICATE = "duplicate"
    AGAIN = "again"
    IGNORED = "ignored"
    UNKNOWN = "unknown"
    PING = "ping"
    MALFORMED = "malformed"
    WRONG_TYPE = "wrong_type"
    TOO_LARGE = "too_large"
    TOO_SLOW = "too_slow"
    UNSIGNED = "unsigned"
    OTHER_APP = "other_app"
    NOT_RECORDED = "not_recorded"


@dataclass(frozen=True, slots=True)
class Answer:
    """The reply to a delivery."""

    status: int
    outcome: Outcome
    message: str


class Refusal(Exception):  # noqa: N818 - an answer that ends the handling early
    """A delivery that is not taken; carries its answer."""

    def __init__(self, status: int, outcome: Outcome, message: str) -> None:
        super().__init__(message)
        self.answer = Answer(status, outcome, message)
