"""One delivery: remember what it tells, and ask for the audits that it calls for."""

import logging
from collections.abc import Mapping
from typing import Final

from app.github.payloads import (
    CheckRunEvent,
    CheckSuiteEvent,
    Event,
    InstallationEvent,
    InstallationRepositoriesEvent,
    PullRequestEvent,
    RepositoryPart,
    UnreadablePayload,
    read_payload,
)
from app.queue import QueueUnavailable, RetryLater
from app.store.audits import AuditRequest, AuditWish
from app.store.deliveries import Delivery
from app.store.engine import StoreUnavailable
from app.store.repositories import KnownPull, KnownRepository
from workers.jobs.sweep import audit_job
from workers.resources import Resources

logger = logging.getLogger(__name__)

MAX_ATTEMPTS: Final = 5
RETRY_S: Final = 10.0
AUDITED_ACTIONS: Final = frozenset({"opened", "reopened", "synchronize", "ready_for_review"})
INSTALLATION_STATES: Final = {
    "created": "active",
    "unsuspend": "active",
    "new_permissions_accepted": "active",
    "suspend": "suspended",
    "deleted": "removed",
}


class _WornOut(Exception):  # noqa: N818 - an event, not an error
    """Every attempt was counted and none came to an end: the delivery may be what ends workers."""


async def process_delivery(resources: Resources, payload: Mapping[str, str]) -> None:
    """Process the delivery named in ``payload``, once; a failure is counted and tried again."""
    delivery = await resources.deliveries.load(payload["delivery_id"])
    if delivery is None or delivery.processed_at is not None:
        return
    attempt = await resources.deliveries.count_attempt(delivery.id)
    try:
        if attempt > MAX_ATTEMPTS:
            raise _WornOut
        requests = await _handle(resources, delivery)
    except Exception as error:
        await _not_processed(resources, delivery, error, attempt)
        return
    for request in requests:
        await wake(resources, request)
    await resources.deliveries.succeed(delivery.id, resources.clock())


async def _not_processed(
    resources: Resources, delivery: Delivery, error: Exception, attempt: int
) -> None:
    """Close what can never be read or was tried too often; anything else comes again."""
    logger.error("delivery %s, attempt %d failed", delivery.id, attempt, exc_info=error)
    if not isinstance(error, UnreadablePayload) and attempt < MAX_ATTEMPTS:
        raise RetryLater(RETRY_S, _words(error)) from error
    await resources.deliveries.fail(delivery.id, _words(error), resources.clock())


def _words(error: Exception) -> str:
    """A sentence for the record: only our own errors speak for themselves, others may quote rows."""
    match error:
        case _WornOut():
            return f"its worker ended in each of {MAX_ATTEMPTS} attempts"
        case StoreUnavailable() | UnreadablePayload():
            return str(error)
    return f"an internal fault ({type(error).__name__}); the operator's log has the details"


async def wake(resources: Resources, request: AuditRequest) -> None:
    """Queue a wake-up for an audit; without Redis the sweeper does it later."""
    try:
        await resources.queue.enqueue(audit_job(request.id))
    except QueueUnavailable as error:
        logger.warning("audit %s waits for the sweeper: %s", request.id, error)


async def _handle(resources: Resources, delivery: Delivery) -> tuple[AuditRequest, ...]:
    event = read_payload(delivery.event, delivery.payload)
    if event is None or event.installation is None:
        return ()
    if event.repository is not None:
        await _remember_repository(resources, event.installation.id, event.repository)
    match event:
        case PullRequestEvent():
            return await _pull_request(resources, event, event.installation.id)
        case CheckRunEvent(action="rerequested"):
            return await _run_again(resources, event.repository, event.check_run.head_sha)
        case CheckSuiteEvent(action="rerequested"):
            return await _run_again(resources, event.repository, event.check_suite.head_sha)
        case InstallationEvent() | InstallationRepositoriesEvent():
            await _remember_installation(resources, event)
    return ()


async def _remember_repository(
    resources: Resources, installation_id: int, repository: RepositoryPart
) -> None:
    known = await resources.repositories.repository(repository.id)
    branch = repository.default_branch or (known.default_branch if known else "main")
    await resources.repositories.record_repository(
        KnownRepository(
            id=repository.id,
            installation_id=installation_id,
            full_name=repository.full_name,
            default_branch=branch,
            private=repository.private,
            updated_at=resources.clock(),
        )
    )


async def _remember_installation(
    resources: Resources, event: InstallationEvent | InstallationRepositoriesEvent
) -> None:
    installation = event.installation
    account = installation.account.login if installation.account else ""
    state = INSTALLATION_STATES.get(event.action, "active")
    await resources.repositories.record_installation(
        installation.id, account, state, resources.clock()
    )


async def _pull_request(
    resources: Resources, event: PullRequestEvent, installation_id: int
) -> tuple[AuditRequest, ...]:
    pull = _known_pull(event)
    await resources.repositories.record_pull(pull)
    newest = await resources.repositories.pull(pull.repository_id, pull.number)
    if newest is None or newest.state != "open" or not _calls_for_audit(event):
        return ()
    wish = AuditWish(
        repository_id=newest.repository_id,
        installation_id=installation_id,
        number=newest.number,
        head_sha=newest.head_sha,
        base_ref=newest.base_ref,
        again=event.action in {"ready_for_review", "reopened"},
    )
    return await _ask(resources, wish)


def _calls_for_audit(event: Event) -> bool:
    if isinstance(event, PullRequestEvent) and event.retargeted:
        return True
    return event.action in AUDITED_ACTIONS


def _known_pull(event: PullRequestEvent) -> KnownPull:
    pull = event.pull_request
    return KnownPull(
        repository_id=event.repository.id,
        number=pull.number,
        head_sha=pull.head.sha,
        base_ref=pull.base.ref,
        state=pull.state,
        draft=pull.draft,
        author_id=pull.user.id if pull.user else None,
        updated_at=pull.updated_at,
    )


async def _run_again(
    resources: Resources, repository: RepositoryPart, head_sha: str
) -> tuple[AuditRequest, ...]:
    """Audit again the open pull requests with this head: a check event of a fork names none."""
    known = await resources.repositories.repository(repository.id)
    if known is None:
        return ()
    requests: list[AuditRequest] = []
    for pull in await resources.repositories.open_pulls(repository.id, head_sha):
        wish = AuditWish(
            repository_id=pull.repository_id,
            installation_id=known.installation_id,
            number=pull.number,
            head_sha=pull.head_sha,
            base_ref=pull.base_ref,
            again=True,
        )
        requests += await _ask(resources, wish)
    return tuple(requests)


async def _ask(resources: Resources, wish: AuditWish) -> tuple[AuditRequest, ...]:
    request = await resources.audits.request(wish, resources.clock())
    return (request,) if request is not None else ()
