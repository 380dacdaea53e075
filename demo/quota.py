"""The primary rate limit: 5000 requests an hour for each installation, the app and each person."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from demo.auth import AppCaller, Caller, InstallationCaller, UserCaller

LIMIT: Final = 5000
WINDOW: Final = timedelta(hours=1)


@dataclass(slots=True)
class Quota:
    """What one caller has used in the window that ends at `reset`."""

    reset: datetime
    used: int = 0

    @property
    def remaining(self) -> int:
        """Requests left."""
        return max(LIMIT - self.used, 0)

    def body(self) -> dict[str, int]:
        """`rate-limit`; reset in seconds since 1970."""
        reset = int(self.reset.timestamp())
        used = min(self.used, LIMIT)
        return {"limit": LIMIT, "used": used, "remaining": self.remaining, "reset": reset}

    def headers(self) -> dict[str, str]:
        """The same as every answer carries it."""
        named = {f"X-RateLimit-{name.title()}": str(value) for name, value in self.body().items()}
        return {**named, "X-RateLimit-Resource": "core"}


@dataclass(slots=True)
class Quotas:
    """The quotas of all callers."""

    by_caller: dict[str, Quota] = field(default_factory=dict)

    def of(self, caller: Caller, now: datetime) -> Quota:
        """A caller's quota, renewed when its window is over."""
        name = _name(caller)
        quota = self.by_caller.get(name)
        if quota is None or quota.reset <= now:
            quota = self.by_caller[name] = Quota(now + WINDOW)
        return quota


def _name(caller: Caller) -> str:
    match caller:
        case InstallationCaller(installation, _):
            return f"installation {installation.id}"
        case UserCaller(account):
            return f"user {account.id}"
        case AppCaller(app):
            return f"app {app.id}"
        case _:
            return "anonymous"
