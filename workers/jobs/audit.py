"""One audit: check in progress, fetch, scan, decide, record, publish. Each step can be repeated."""

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from datetime import timedelta
from typing import Any, Final

from app.domain.audit import Audit
from app.domain.change import Repository
from app.github.connection import READING, Access
from app.github.errors import GitHubError, InstallationGone, TryLater
from app.github.pulls import compare, read_pull
from app.queue import RetryLater
from app.report.check import check_name, retargeted, superseded
from app.report.cyclonedx import with_sbom
from app.store.audits import AuditRequest, AuditState, AuditWish
from app.store.repositories import KnownRepository
from workers.auditing import RETRY_DELAYS_S, Order, audit_change
from workers.fetch.problem import FetchError, Hostile, TooLarge
from workers.fetch.remote import fetch_change
from workers.fetch.source import Wanted
from workers.jobs.delivery import wake
from workers.jobs.publish import (
    Published,
    cancel_begun,
    fail_check,
    publish,
    start_check,
    time_out_check,
)
from workers.publishing.context import CheckRef, Subject
from workers.resources import Resources

logger = logging.getLogger(__name__)

MAX_ATTEMPTS: Final = 5
"""Attempts that ended in a failure or with their worker; one that has to wait for GitHub is none."""
HEARTBEAT_S: Final = 5.0
AUDIT_LIMIT: Final = timedelta(minutes=30)
"""What fetching and scanning one change may take; each scanner has shorter limits of its own."""


class _Superseded(Exception):  # noqa: N818 - an event, not an error
    """A newer head or base was asked for while this audit ran."""


class _WornOut(Exception):  # noqa: N818 - an event, not an error
    """Every attempt was counted and none came to an end: the audit may be what ends workers."""


async def audit(resources: Resources, payload: Mapping[str, str]) -> None:
    """Carry the audit named in ``payload`` as far as it goes; raises `RetryLater`."""
    audit_id = payload["audit_id"]
    try:
        request = await resources.audits.begin(audit_id, resources.clock())
        if request is None:
            await _close_superseded(resources, audit_id)
        else:
            await _carry(resources, request)
    except TryLater as later:
        await resources.audits.forgive(audit_id)
        raise RetryLater(later.seconds, str(later)) from later


async def _carry(resources: Resources, request: AuditRequest) -> None:
    """Make one attempt and see to its end; raises TryLater as GitHub asks for it."""
    try:
        await _attempt(resources, request)
    except _Superseded:
        await _close_superseded(resources, request.id)
    except InstallationGone as gone:
        logger.info("audit %s ends: %s", request.id, gone)
        await resources.audits.fail(request.id, str(gone), resources.clock())
    except TryLater:
        raise
    except Exception as error:
        await _after_failure(resources, request, error)


async def _attempt(resources: Resources, request: AuditRequest) -> None:
    if request.attempts > MAX_ATTEMPTS:
        raise _WornOut
    subject = await _subject(resources, request)
    if request.state is AuditState.RUNNING:
        await _begin_check(resources, subject, request.id)
        await _evaluate(resources, request, subject)
    await _publish(resources, request, subject)


async def _subject(resources: Resources, request: AuditRequest) -> Subject:
    known = await _repository(resources, request)
    pull = await resources.repositories.pull(request.repository_id, request.number)
    return Subject(
        installation_id=request.installation_id,
        repository=Repository(
            host=resources.host, id=known.id, full_name=known.full_name, private=known.private
        ),
        number=request.number or None,
        head=request.head_sha,
        check_name=check_name(request.base_ref, known.default_branch),
        draft=pull is not None and pull.draft,
    )


async def _repository(resources: Resources, request: AuditRequest) -> KnownRepository:
    known = await resources.repositories.repository(request.repository_id)
    if known is None:
        raise LookupError("the audit's repository was never heard of")
    return known


async def _begin_check(resources: Resources, subject: Subject, audit_id: str) -> CheckRef | None:
    """Show the check in progress; where GitHub has no time for that, publishing begins it."""
    try:
        return await start_check(resources.publishing, subject, audit_id)
    except TryLater as later:
        logger.warning("check of audit %s is begun later: %s", audit_id, later)
        return None


async def _evaluate(resources: Resources, request: AuditRequest, subject: Subject) -> None:
    """Fetch, scan and decide within the limit, and record the result."""
    work = _audited(resources, request, subject)
    result, sbom = with_sbom(await _while_alive(resources, request, work))
    if not await resources.audits.record(request.id, result, sbom, resources.clock()):
        raise _Superseded


async def _audited(resources: Resources, request: AuditRequest, subject: Subject) -> Audit:
    wanted = await _wanted(resources, request, subject)
    source = await resources.source(request.installation_id, subject.repository)
    change, reader = await fetch_change(
        resources.git, source, wanted, resources.bench.data / "repositories"
    )
    order = Order(
        audit_id=request.id,
        policy=resources.policy,
        scanners=await resources.bench.scanners(),
        scratch=resources.bench.scratch,
        retry_delays=RETRY_DELAYS_S,
    )
    try:
        return await audit_change(
            change,
            reader,
            order,
            lambda report: logger.info("audit %s: %s done", request.id, report.scanner),
        )
    finally:
        reader.close()


async def _wanted(resources: Resources, request: AuditRequest, subject: Subject) -> Wanted:
    access = Access(request.installation_id, subject.repository, READING)
    between = await compare(resources.client, access, request.base_ref, request.head_sha)
    return Wanted(
        repository=subject.repository,
        base_branch=request.base_ref,
        head=request.head_sha,
        merge_base=between.merge_base,
        commits=between.commits,
        number=subject.number,
    )


async def _while_alive(
    resources: Resources, request: AuditRequest, work: Coroutine[Any, Any, Audit]
) -> Audit:
    """The result of ``work``, said to be alive all the while.

    Ends the work and raises `_Superseded` when something newer was asked for, TimeoutError when it
    takes longer than an audit may.
    """
    working = asyncio.create_task(work)
    beating = asyncio.create_task(_beat(resources, request))
    tasks = (working, beating)
    limit = AUDIT_LIMIT.total_seconds()
    try:
        done, _ = await asyncio.wait(tasks, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
        if not done:
            raise TimeoutError
        if working not in done:
            beating.result()
            raise _Superseded
        return working.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _beat(resources: Resources, request: AuditRequest) -> None:
    """Say that the audit is worked on, until it is superseded."""
    while await resources.audits.heartbeat(request.id, resources.clock()):  # noqa: ASYNC110 - a beat
        await asyncio.sleep(HEARTBEAT_S)


async def _publish(resources: Resources, request: AuditRequest, subject: Subject) -> None:
    """Make GitHub say what the record says, then close the audit."""
    recorded = await resources.audits.load(request.id)
    if recorded is None:
        raise LookupError("the recorded audit is not there")
    previous = await resources.audits.previous(request)
    told = await publish(resources.publishing, subject, recorded, previous)
    if told is Published.SUPERSEDED:
        await resources.audits.supersede(request.id, resources.clock())
        await _ask_for_newest(resources, request, subject)
        return
    await resources.audits.finish(request.id, resources.clock())


async def _ask_for_newest(resources: Resources, request: AuditRequest, subject: Subject) -> None:
    """The API names another head than the one audited: make sure that one has an audit.

    Events may be lost or come in another order; the API is the truth.
    """
    if subject.number is None:
        return
    access = Access(request.installation_id, subject.repository, READING)
    pull = await read_pull(resources.client, access, subject.number)
    if not pull.open:
        return
    wish = AuditWish(
        repository_id=request.repository_id,
        installation_id=request.installation_id,
        number=request.number,
        head_sha=pull.head,
        base_ref=pull.base_ref,
    )
    newest = await resources.audits.request(wish, resources.clock())
    if newest is not None:
        await wake(resources, newest)


async def _close_superseded(resources: Resources, audit_id: str) -> None:
    """Cancel the check of an audit that was superseded, unless the newer audit completes it."""
    request = await resources.audits.find(audit_id)
    if request is None or request.state is not AuditState.SUPERSEDED:
        return
    pull = await resources.repositories.pull(request.repository_id, request.number)
    if pull is None or (pull.head_sha, pull.base_ref) == (request.head_sha, request.base_ref):
        return
    subject = await _subject(resources, request)
    moved = pull.head_sha != request.head_sha
    why = superseded(pull.head_sha) if moved else retargeted(pull.base_ref)
    try:
        await cancel_begun(resources.publishing, subject, audit_id, why)
    except TryLater:
        raise
    except GitHubError as error:
        logger.warning("check of superseded audit %s left as it is: %s", audit_id, error)


async def _after_failure(resources: Resources, request: AuditRequest, error: Exception) -> None:
    """Try again a few times, then complete the check as *could not judge*: no check hangs."""
    logger.error("audit %s, attempt %d failed", request.id, request.attempts, exc_info=error)
    is_final = isinstance(error, Hostile | TooLarge)
    if not is_final and request.attempts < MAX_ATTEMPTS:
        raise RetryLater(_delay(request.attempts), _words(error)) from error
    try:
        await _tell_failure(resources, request, error)
    except TryLater:
        raise
    except GitHubError as refusal:
        logger.warning("check of failed audit %s left as it is: %s", request.id, refusal)
    await resources.audits.fail(request.id, _words(error), resources.clock())


async def _tell_failure(resources: Resources, request: AuditRequest, error: Exception) -> None:
    subject = await _subject(resources, request)
    ref = await start_check(resources.publishing, subject, request.id)
    if isinstance(error, TimeoutError):
        await time_out_check(resources.publishing, ref, AUDIT_LIMIT)
    else:
        await fail_check(resources.publishing, ref, _words(error))


def _delay(attempts: int) -> float:
    """2, 8, 32, 128 s: long enough for a restart, short enough that somebody still waits."""
    return float(2 * 4 ** (attempts - 1))


def _words(error: Exception) -> str:
    """A sentence for people: only our own errors speak for themselves."""
    if isinstance(error, FetchError | GitHubError):
        return str(error)
    if isinstance(error, _WornOut):
        return f"its worker ended in each of {MAX_ATTEMPTS} attempts"
    if isinstance(error, TimeoutError):
        return f"it took longer than {AUDIT_LIMIT.total_seconds() / 60:.0f} minutes"
    return f"an internal fault ({type(error).__name__}); the operator's log has the details"
