"""Faults on purpose: the ways in which GitHub fails, for tests of those who must cope with them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from demo.refusal import RefusalError

# Sent without Retry-After and with quota left: a client must know it by its words.
SECONDARY_LIMIT = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
)


@dataclass(slots=True)
class Fault:
    """The next `times` matching requests get this answer; `after_effect`: the work is done all the same."""

    method: str
    path: re.Pattern[str]
    status: int
    message: str
    headers: Mapping[str, str]
    times: int
    after_effect: bool

    def refusal(self) -> RefusalError:
        """The answer it gives."""
        return RefusalError(self.status, self.message, headers=self.headers)


@dataclass(slots=True)
class Slowness:
    """The next `times` matching requests wait first."""

    method: str
    path: re.Pattern[str]
    seconds: float
    times: int


T = TypeVar("T", Fault, Slowness)


@dataclass(slots=True)
class Faults:
    """What is still to go wrong."""

    planned: list[Fault] = field(default_factory=list)
    slow: list[Slowness] = field(default_factory=list)

    def take(self, method: str, path: str) -> Fault | None:
        """The fault of this request, if one is planned; it counts as used."""
        return _take(self.planned, method, path)

    def delay(self, method: str, path: str) -> float:
        """Seconds this request has to wait."""
        found = _take(self.slow, method, path)
        return found.seconds if found else 0.0


def _take(planned: list[T], method: str, path: str) -> T | None:
    for fault in planned:
        if fault.method in (method, "*") and fault.path.search(path):
            fault.times -= 1
            if fault.times <= 0:
                planned.remove(fault)
            return fault
    return None
