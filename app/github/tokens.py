"""Installation tokens: narrowed, minted once for all who wait, kept until they are nearly over."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from app.github.connection import Access

MARGIN: Final = timedelta(minutes=2)
"""A token is not handed out in its last two minutes: a request or a fetch must outlive its start."""

Mint = Callable[[Access], Awaitable["Token"]]
Clock = Callable[[], datetime]
_Key = tuple[int, int, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Token:
    """An opaque installation token; its text is never shown."""

    text: str = field(repr=False)
    minted_at: datetime
    expires_at: datetime


class Tokens:
    """The tokens in use, one for each (installation, repository, permissions)."""

    def __init__(self, mint: Mint, clock: Clock) -> None:
        self._mint = mint
        self._clock = clock
        self._kept: dict[_Key, Token] = {}
        self._locks: dict[_Key, asyncio.Lock] = {}

    async def token(self, access: Access) -> Token:
        """A token that holds for at least two minutes. Raises what minting raises."""
        key = _key(access)
        async with self._locks.setdefault(key, asyncio.Lock()):
            kept = self._kept.get(key)
            if kept is None or kept.expires_at - self._clock() <= MARGIN:
                self._drop_ended()
                kept = await self._mint(access)
                self._kept[key] = kept
            return kept

    def drop(self, access: Access, token: Token) -> None:
        """Forget a token that GitHub refused, unless it was replaced already."""
        if self._kept.get(_key(access)) is token:
            del self._kept[_key(access)]

    def _drop_ended(self) -> None:
        """Forget tokens past their time and their unused locks, so that neither piles up."""
        now = self._clock()
        for key in [key for key, token in self._kept.items() if token.expires_at <= now]:
            del self._kept[key]
            if not self._locks[key].locked():
                del self._locks[key]


def _key(access: Access) -> _Key:
    return access.installation_id, access.repository.id, access.permissions.pairs
