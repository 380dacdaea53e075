"""The stand-in for the table of posts keeps the promises that the tables keep: the same stories."""

import pytest

from tests.app.store.test_posts import (  # noqa: F401 - told here of other posts
    test_a_post_is_intended_then_sent,
    test_a_post_is_withdrawn_only_as_it_was_seen,
    test_intending_again_leaves_what_was_sent,
    test_kinds_and_pull_requests_do_not_mix,
    test_only_one_of_many_may_post_the_same,
    test_posts_come_in_the_order_they_were_intended,
)
from tests.workers.jobs.publishing import PostsInMemory


@pytest.fixture
def posts() -> PostsInMemory:
    return PostsInMemory()
