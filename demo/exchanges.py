"""What was asked of the box and what it answered. Never a token, a header or a body."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

from demo.validation import Violation

REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer. `who` is jwt, installation, user or anonymous."""

    at: datetime
    method: str
    path: str
    status: int
    who: str
    operation: str | None = None
    injected: bool = False


@dataclass(slots=True)
class Journal:
    """The newest exchanges, and every violation."""

    exchanges: deque[Exchange] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    violations: list[Violation] = field(default_factory=list)

    def record(self, exchange: Exchange) -> None:
        """Remember one; the oldest falls out when there are too many."""
        self.exchanges.append(exchange)

    def violated(self, operation: str, status: int, problem: str) -> None:
        """Remember a fault of the box."""
        self.violations.append(Violation(operation, status, problem))
