"""What every job looks like to the worker."""

from collections.abc import Mapping
from typing import Protocol

from workers.resources import Resources


class JobFunction(Protocol):
    """A job: at least once, idempotent. Raises `app.queue.RetryLater` to come again."""

    async def __call__(self, resources: Resources, payload: Mapping[str, str]) -> None:
        """Do it."""
