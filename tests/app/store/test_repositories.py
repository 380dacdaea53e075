"""What deliveries told of installations, repositories and pull requests, in whatever order."""

from datetime import timedelta, timezone

import pytest

from app.store.engine import Database
from app.store.repositories import Repositories
from tests.app.store.stored import A_HEAD, B_HEAD, C_HEAD, a_known_repository, a_pull, at
from tests.builders import NOW


@pytest.fixture
def repositories(database: Database) -> Repositories:
    return Repositories(database)


async def test_a_renamed_repository_keeps_its_id(repositories: Repositories) -> None:
    await repositories.record_repository(a_known_repository())
    renamed = a_known_repository(full_name="store/app", installation_id=4, updated_at=at(5))
    await repositories.record_repository(renamed)

    assert await repositories.repository(7) == renamed
    assert await repositories.repository(8) is None


async def test_an_installation_is_suspended_and_comes_back(repositories: Repositories) -> None:
    assert await repositories.installation_state(3) is None
    for state in ("active", "suspended", "active"):
        await repositories.record_installation(3, "shop", state, NOW)
        assert await repositories.installation_state(3) == state


async def test_late_news_do_not_take_a_pull_request_back(repositories: Repositories) -> None:
    newer = a_pull(B_HEAD, updated_at=at(60))
    await repositories.record_pull(newer)
    await repositories.record_pull(a_pull(A_HEAD, updated_at=at(0)))

    assert await repositories.pull(7, 12) == newer
    assert await repositories.newer_head(7, 12, A_HEAD) == B_HEAD
    assert await repositories.newer_head(7, 12, B_HEAD) is None
    assert await repositories.newer_head(7, 99, B_HEAD) is None


async def test_news_of_the_same_second_count_as_they_come(repositories: Repositories) -> None:
    await repositories.record_pull(a_pull(A_HEAD))
    await repositories.record_pull(a_pull(B_HEAD))

    pull = await repositories.pull(7, 12)
    assert pull is not None
    assert pull.head_sha == B_HEAD


async def test_the_newest_head_supersedes_every_other_one(repositories: Repositories) -> None:
    assert await repositories.newer_head(7, 12, A_HEAD) is None
    await repositories.record_pull(a_pull(B_HEAD, updated_at=at(2)))
    await repositories.record_pull(a_pull(A_HEAD, updated_at=at(1)))

    assert await repositories.newer_head(7, 12, A_HEAD) == B_HEAD
    assert await repositories.newer_head(7, 12, B_HEAD) is None
    assert await repositories.newer_head(7, 13, A_HEAD) is None


async def test_open_pull_requests_are_found_by_their_head(repositories: Repositories) -> None:
    ours = a_pull(number=1)
    other_base = a_pull(number=2, base_ref="release")
    for pull in (
        ours,
        other_base,
        a_pull(number=3, state="closed"),
        a_pull(C_HEAD, number=4),
        a_pull(number=5, repository_id=8),
    ):
        await repositories.record_pull(pull)

    assert set(await repositories.open_pulls(7, A_HEAD)) == {ours, other_base}


async def test_times_come_back_in_utc(repositories: Repositories) -> None:
    there = timezone(timedelta(hours=5, minutes=30))
    await repositories.record_pull(a_pull(updated_at=at(0).astimezone(there)))
    pull = await repositories.pull(7, 12)

    assert pull is not None
    assert pull.updated_at == at(0)
    assert pull.updated_at.utcoffset() == timedelta(0)


async def test_a_time_without_zone_is_refused(repositories: Repositories) -> None:
    with pytest.raises(Exception, match="a time without zone"):
        await repositories.record_pull(a_pull(updated_at=NOW.replace(tzinfo=None)))
    assert await repositories.pull(7, 12) is None
