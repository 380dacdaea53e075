"""Writing something exactly once, through crashes, lost answers and other publishers.

A write is recorded as intended before it is sent and as sent after. What was left between the two is
looked up: *found* is recorded, *absent* counts only when the write can no longer be on its way, and
*unknown* (the look-up failed, or it is too early to tell) means later.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from app.domain.publication import Post, PostKey, PostState
from app.github.errors import AnswerLost, BadAnswer, GitHubError, TryLater
from workers.publishing.context import PublishContext

Find = Callable[[], Awaitable[str | None]]
"""Looks a post up: its external id, or None when GitHub positively has none. Errors mean unknown."""
Send = Callable[[], Awaitable[str | None]]
"""Writes a post and returns its external id, None where the answer holds none."""


@dataclass(frozen=True, slots=True)
class Once:
    """One write that makes the posts of ``keys``; ``digest`` is what their rows shall say."""

    keys: tuple[PostKey, ...]
    send: Send
    find: Find
    digest: str = ""


async def write_once(context: PublishContext, write: Once) -> str | None:
    """Carry out a write whose rows do not exist yet; its external id.

    Raises TryLater when another publisher has begun the same write or when it can't be told what
    became of it, and what GitHub refuses it with, having taken the rows back.
    """
    await _intend(context, write.keys)
    try:
        external_id = await write.send()
    except (AnswerLost, BadAnswer) as error:
        return await _look_once(context, write, error)
    except GitHubError:
        await _take_back(context, write.keys)
        raise
    await settle(context, write.keys, PostState.SENT, external_id, write.digest)
    return external_id


async def resolve(context: PublishContext, post: Post, find: Find, digest: str = "") -> str | None:
    """What became of an unsettled row: its external id, or None with the row taken back.

    Raises TryLater while the write may still be on its way.
    """
    external_id = await find()
    if external_id is not None:
        await settle(context, (post.key,), PostState.SENT, external_id, digest)
        return external_id
    wait = still_on_its_way_s(context, post)
    if wait > 0:
        raise TryLater("A post may still be on its way to GitHub.", wait)
    if not await context.posts.withdraw(post):
        raise TryLater("Another worker is publishing here.", context.patience.glance_s)
    return None


async def settle(
    context: PublishContext,
    keys: tuple[PostKey, ...],
    state: PostState,
    external_id: str | None,
    digest: str = "",
) -> None:
    """Record the same end for several rows."""
    for key in keys:
        await context.posts.settle(key, state, external_id, digest, context.clock())


def still_on_its_way_s(context: PublishContext, post: Post) -> float:
    """Seconds for which an absent post may yet appear; 0 or less when it no longer can."""
    patience = context.patience
    most = patience.unanswered_s if post.state is PostState.UNKNOWN else patience.in_flight_s
    return most - (context.clock() - post.changed_at).total_seconds()


async def _intend(context: PublishContext, keys: tuple[PostKey, ...]) -> None:
    """Record every row as intended, or none: the one who records the first has the write."""
    ours: list[PostKey] = []
    for key in keys:
        if not await context.posts.intend(key, context.clock()):
            await _take_back(context, tuple(ours))
            raise TryLater("Another worker is publishing here.", context.patience.glance_s)
        ours.append(key)


async def _look_once(context: PublishContext, write: Once, error: GitHubError) -> str | None:
    await settle(context, write.keys, PostState.UNKNOWN, None)
    await context.sleep(context.patience.glance_s)
    external_id = await write.find()
    if external_id is None:
        raise TryLater(str(error), context.patience.unanswered_s) from error
    await settle(context, write.keys, PostState.SENT, external_id, write.digest)
    return external_id


async def _take_back(context: PublishContext, keys: tuple[PostKey, ...]) -> None:
    if not keys:
        return
    wanted = set(keys)
    rows = await context.posts.of_pull_request(keys[0].repository_id, keys[0].pr)
    for post in rows:
        if post.key in wanted and post.state is PostState.INTENDED:
            await context.posts.withdraw(post)
