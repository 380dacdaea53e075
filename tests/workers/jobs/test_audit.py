"""One audit through its ends: superseded, crashed, refused, delayed; on a GitHub in a box."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.change import Change
from app.github.errors import RateLimited
from app.queue import RetryLater
from app.store.audits import AuditRequest, AuditState, AuditWish
from app.store.repositories import KnownPull, KnownRepository
from demo.faults import Fault
from tests.workers.jobs.scene import NAME, Scene, scene
from tests.workers.jobs.workshop import FoundNothing, Workshop, workshop
from workers.fetch.problem import Broken, FetchError, Hostile, Missing, TooLarge, Unreachable
from workers.fetch.reader import Reader
from workers.jobs import audit as job
from workers.jobs.audit import MAX_ATTEMPTS, audit

pytestmark = pytest.mark.integration
CHECKS = r"/check-runs$"
NEWER = "e" * 40


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Scene]:
    (tmp_path / "github").mkdir()
    async with scene(tmp_path / "github") as made:
        yield made


@pytest.fixture
def scanner() -> FoundNothing:
    return FoundNothing()


@pytest.fixture
async def shop(place: Scene, scanner: FoundNothing, tmp_path: Path) -> AsyncIterator[Workshop]:
    async with workshop(tmp_path, github=place.box, scanner=scanner) as made:
        await remember(made, place)
        yield made


async def remember(shop: Workshop, place: Scene) -> None:
    """What deliveries told before."""
    await shop.resources.repositories.record_repository(
        KnownRepository(
            id=place.stored.id,
            installation_id=place.installation_id,
            full_name=NAME,
            default_branch="main",
            private=True,
            updated_at=shop.time.now,
        )
    )
    await pushed(shop, place, place.pull.head_sha)


async def pushed(shop: Workshop, place: Scene, head: str, base: str = "main") -> None:
    """A delivery told of this head and base."""
    shop.time.now += timedelta(seconds=1)
    await shop.resources.repositories.record_pull(
        KnownPull(
            repository_id=place.stored.id,
            number=place.pull.number,
            head_sha=head,
            base_ref=base,
            state="open",
            draft=False,
            author_id=None,
            updated_at=shop.time.now,
        )
    )


async def asked(
    shop: Workshop, place: Scene, head: str | None = None, base: str = "main"
) -> AuditRequest:
    wish = AuditWish(
        repository_id=place.stored.id,
        installation_id=place.installation_id,
        number=place.pull.number,
        head_sha=head or place.pull.head_sha,
        base_ref=base,
    )
    request = await shop.resources.audits.request(wish, shop.time.now)
    assert request is not None
    return request


async def run(shop: Workshop, request: AuditRequest) -> None:
    await audit(shop.resources, {"audit_id": request.id})


async def now(shop: Workshop, request: AuditRequest) -> AuditRequest:
    found = await shop.resources.audits.find(request.id)
    assert found is not None
    return found


def check(place: Scene) -> tuple[str, str | None]:
    """Status and conclusion of the only check run."""
    return place.check.status, place.check.conclusion


async def test_an_audit_is_recorded_and_told(
    shop: Workshop, place: Scene, scanner: FoundNothing
) -> None:
    request = await asked(shop, place)

    await run(shop, request)

    assert check(place) == ("completed", "success")
    assert (await now(shop, request)).state is AuditState.FINISHED
    recorded = await shop.resources.audits.load(request.id)
    assert recorded is not None
    assert recorded.change.head == place.pull.head_sha
    assert await shop.resources.audits.sbom(request.id)
    assert scanner.scans == 1


async def test_a_second_wake_up_of_a_finished_audit_does_nothing(
    shop: Workshop, place: Scene, scanner: FoundNothing
) -> None:
    request = await asked(shop, place)
    await run(shop, request)
    written = place.writes()

    await run(shop, request)

    assert place.writes() == written
    assert scanner.scans == 1


async def test_an_audit_that_died_before_it_told_tells_without_scanning_again(
    shop: Workshop, place: Scene, scanner: FoundNothing
) -> None:
    request = await asked(shop, place)
    place.box.fail_next("*", CHECKS, 500, times=50)
    with pytest.raises(RetryLater):
        await run(shop, request)
    assert (await now(shop, request)).state is AuditState.RECORDED
    place.box.faults.planned.clear()
    shop.time.now += timedelta(minutes=1)

    await run(shop, request)

    assert check(place) == ("completed", "success")
    assert scanner.scans == 1


async def test_a_push_while_scanning_ends_the_audit_and_cancels_its_check(
    shop: Workshop, place: Scene, scanner: FoundNothing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "HEARTBEAT_S", 0.01)
    request = await asked(shop, place)

    async def push() -> None:
        await pushed(shop, place, NEWER)
        await asked(shop, place, NEWER)
        await job.asyncio.Event().wait()  # only being cancelled ends this scan

    scanner.meanwhile = push
    await run(shop, request)

    assert check(place) == ("completed", "cancelled")
    assert (await now(shop, request)).state is AuditState.SUPERSEDED
    assert await shop.resources.audits.load(request.id) is None
    assert (place.summaries, place.comments) == ([], [])


async def superseded_while_scanning(
    shop: Workshop, place: Scene, scanner: FoundNothing
) -> AuditRequest:
    """An audit whose scan ended, but only after a push."""
    request = await asked(shop, place)

    async def push() -> None:
        await pushed(shop, place, NEWER)
        await asked(shop, place, NEWER)

    scanner.meanwhile = push
    await run(shop, request)
    return request


async def test_a_push_just_before_the_result_is_recorded_wins_as_well(
    shop: Workshop, place: Scene, scanner: FoundNothing
) -> None:
    request = await superseded_while_scanning(shop, place, scanner)

    assert check(place) == ("completed", "cancelled")
    assert await shop.resources.audits.load(request.id) is None
    assert (place.summaries, place.comments) == ([], [])


async def test_a_superseded_audit_that_is_woken_again_says_nothing_twice(
    shop: Workshop, place: Scene, scanner: FoundNothing
) -> None:
    request = await superseded_while_scanning(shop, place, scanner)
    written = place.writes()

    await run(shop, request)

    assert place.writes() == written


async def test_a_changed_base_has_another_check_and_the_one_before_does_not_hang(
    shop: Workshop, place: Scene, scanner: FoundNothing
) -> None:
    request = await asked(shop, place)

    async def retarget() -> None:
        await pushed(shop, place, request.head_sha, "release")
        await asked(shop, place, base="release")

    scanner.meanwhile = retarget
    await run(shop, request)

    assert check(place) == ("completed", "cancelled")
    assert "The base is now `release`" in str(place.check.output)


async def test_an_audit_superseded_before_it_began_makes_no_check(
    shop: Workshop, place: Scene
) -> None:
    request = await asked(shop, place)
    await pushed(shop, place, NEWER)
    await asked(shop, place, NEWER)

    await run(shop, request)

    assert place.checks == []


async def test_a_head_that_only_the_api_knows_is_asked_for(shop: Workshop, place: Scene) -> None:
    request = await asked(shop, place)
    await place.push(" second")

    await run(shop, request)

    assert (await now(shop, request)).state is AuditState.SUPERSEDED
    (woken,) = shop.queue.jobs.values()
    newest = await shop.resources.audits.find(woken.payload["audit_id"])
    assert newest is not None
    assert newest.head_sha == place.pull.head_sha != request.head_sha
    assert check(place) == ("completed", "cancelled")


def fetching_fails(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    async def fetch(*_: object) -> tuple[Change, Reader]:
        raise error

    monkeypatch.setattr(job, "fetch_change", fetch)


async def until_it_ends(shop: Workshop, request: AuditRequest) -> list[float]:
    """Run it as often as it asks for; the waits it asked for."""
    waits: list[float] = []
    for _ in range(20):
        try:
            await run(shop, request)
        except RetryLater as later:
            waits.append(later.seconds)
            shop.time.now += timedelta(seconds=later.seconds)
        else:
            return waits
    raise AssertionError("the audit does not come to an end")


async def test_an_audit_that_crashes_five_times_says_that_it_could_not_judge(
    shop: Workshop, place: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = await asked(shop, place)
    fetching_fails(monkeypatch, ZeroDivisionError("words of ours alone"))

    assert await until_it_ends(shop, request) == [2, 8, 32, 128]

    ended = await now(shop, request)
    assert (ended.state, ended.attempts) == (AuditState.FAILED, MAX_ATTEMPTS)
    assert check(place) == ("completed", "action_required")
    assert "Could not judge" in str(place.check.output)
    assert "words of ours alone" not in str(place.check.output)


async def test_an_audit_that_ends_its_worker_each_time_is_given_up(
    shop: Workshop, place: Scene, scanner: FoundNothing
) -> None:
    request = await asked(shop, place)
    for _killed in range(MAX_ATTEMPTS):
        await shop.resources.audits.begin(request.id, shop.time.now)

    await run(shop, request)

    assert (await now(shop, request)).state is AuditState.FAILED
    assert check(place) == ("completed", "action_required")
    assert scanner.scans == 0


@pytest.mark.parametrize("error", [Hostile("It is refused."), TooLarge("It is too large.")])
async def test_what_no_second_try_can_mend_ends_at_once(
    shop: Workshop, place: Scene, monkeypatch: pytest.MonkeyPatch, error: FetchError
) -> None:
    request = await asked(shop, place)
    fetching_fails(monkeypatch, error)

    await run(shop, request)

    assert (await now(shop, request)).state is AuditState.FAILED
    assert check(place) == ("completed", "action_required")
    assert str(error).rstrip(".") in str(place.check.output)


@pytest.mark.parametrize(
    "error", [Unreachable("No answer."), Missing("Not there."), Broken("Odd.")]
)
async def test_what_a_second_try_may_mend_is_tried_again(
    shop: Workshop, place: Scene, monkeypatch: pytest.MonkeyPatch, error: FetchError
) -> None:
    request = await asked(shop, place)
    fetching_fails(monkeypatch, error)
    with pytest.raises(RetryLater):
        await run(shop, request)
    monkeypatch.undo()

    await run(shop, request)

    assert (await now(shop, request)).state is AuditState.FINISHED
    assert check(place) == ("completed", "success")


async def test_an_audit_over_its_time_is_tried_again_and_then_timed_out(
    shop: Workshop, place: Scene, scanner: FoundNothing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "AUDIT_LIMIT", timedelta(milliseconds=10))
    scanner.meanwhile = job.asyncio.Event().wait  # type: ignore[assignment]
    request = await asked(shop, place)

    assert len(await until_it_ends(shop, request)) == MAX_ATTEMPTS - 1

    assert (await now(shop, request)).state is AuditState.FAILED
    assert check(place) == ("completed", "timed_out")


async def test_a_rate_limit_is_waited_for_and_is_no_attempt(
    shop: Workshop, place: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = await asked(shop, place)
    fetching_fails(monkeypatch, RateLimited(1234))
    for _ in range(2 * MAX_ATTEMPTS):
        with pytest.raises(RetryLater) as later:
            await run(shop, request)
        assert later.value.seconds == 1234
    waiting = await now(shop, request)
    assert (waiting.state, waiting.attempts) == (AuditState.RUNNING, 0)
    monkeypatch.undo()

    await run(shop, request)

    assert check(place) == ("completed", "success")


@pytest.mark.parametrize("how", ["suspend", "uninstall"])
async def test_an_installation_that_is_gone_ends_the_audit_without_another_try(
    shop: Workshop, place: Scene, how: str
) -> None:
    request = await asked(shop, place)
    installation = place.box.installation(NAME)
    (place.box.suspend if how == "suspend" else place.box.uninstall)(installation)

    await run(shop, request)

    assert (await now(shop, request)).state is AuditState.FAILED
    assert place.checks == []


async def test_an_audit_ends_even_where_github_takes_no_check(shop: Workshop, place: Scene) -> None:
    request = await asked(shop, place)
    forbidden = "Resource not accessible by integration"
    place.box.faults.planned.append(
        Fault("POST", re.compile(CHECKS), 403, forbidden, {}, times=100, after_effect=False)
    )

    await until_it_ends(shop, request)

    assert (await now(shop, request)).state is AuditState.FAILED
    assert place.checks == []
