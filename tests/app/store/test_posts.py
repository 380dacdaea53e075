"""What we posted: intended before it is sent, sent once, in the order it was intended."""

import asyncio
from dataclasses import replace

import pytest

from app.domain.publication import Post, PostKind, PostState
from app.store.engine import Database
from app.store.posts import Posts
from tests.app.store.stored import a_post_key, at
from tests.builders import NOW


@pytest.fixture
def posts(database: Database) -> Posts:
    return Posts(database)


async def test_a_post_is_intended_then_sent(posts: Posts) -> None:
    key = a_post_key()
    assert await posts.intend(key, NOW)
    assert await posts.of_pull_request(7, 12) == (
        Post(key=key, state=PostState.INTENDED, changed_at=NOW, external_id=None, digest=""),
    )
    await posts.settle(key, PostState.SENT, "4711", "d" * 64, at(1))

    assert await posts.of_pull_request(7, 12) == (
        Post(key=key, state=PostState.SENT, changed_at=at(1), external_id="4711", digest="d" * 64),
    )


async def test_only_one_of_many_may_post_the_same(posts: Posts) -> None:
    intended = await asyncio.gather(*(posts.intend(a_post_key(), NOW) for _ in range(8)))

    assert sorted(intended) == [False] * 7 + [True]
    assert len(await posts.of_pull_request(7, 12)) == 1


async def test_intending_again_leaves_what_was_sent(posts: Posts) -> None:
    await posts.intend(a_post_key(), NOW)
    await posts.settle(a_post_key(), PostState.SENT, "4711", "d" * 64, at(1))

    assert not await posts.intend(a_post_key(), at(2))
    (post,) = await posts.of_pull_request(7, 12)
    assert (post.state, post.external_id) == (PostState.SENT, "4711")


async def test_posts_come_in_the_order_they_were_intended(posts: Posts) -> None:
    keys = [a_post_key(name) for name in ("zeta", "alpha", "midway")]
    for key in keys:
        await posts.intend(key, NOW)
    await posts.settle(keys[0], PostState.UNKNOWN, None, "", at(9))

    assert [post.key for post in await posts.of_pull_request(7, 12)] == keys


async def test_kinds_and_pull_requests_do_not_mix(posts: Posts) -> None:
    here = a_post_key("same", kind=PostKind.REPLY)
    for key in (here, a_post_key("same"), a_post_key("same", pr=13)):
        assert await posts.intend(key, NOW)
    await posts.settle(here, PostState.GONE, None, "", at(1))

    states = {post.key.kind: post.state for post in await posts.of_pull_request(7, 12)}
    assert states == {PostKind.REPLY: PostState.GONE, PostKind.COMMENT: PostState.INTENDED}
    assert len(await posts.of_pull_request(7, 13)) == 1
    assert await posts.of_pull_request(8, 12) == ()


async def test_a_post_is_withdrawn_only_as_it_was_seen(posts: Posts) -> None:
    await posts.intend(a_post_key(), NOW)
    (seen,) = await posts.of_pull_request(7, 12)
    await posts.settle(a_post_key(), PostState.SENT, "4711", "d" * 64, at(1))
    assert not await posts.withdraw(seen)
    (now,) = await posts.of_pull_request(7, 12)
    assert not await posts.withdraw(replace(now, external_id="4712"))

    assert await posts.withdraw(now)
    assert await posts.of_pull_request(7, 12) == ()
    assert not await posts.withdraw(now)
