"""From a fetched change to a decided audit: the one path that pull requests and local scans share."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from pathspec import GitIgnoreSpec

from app.domain.audit import Audit, Evaluation, evaluate
from app.domain.change import Change, FileKind, FileStatus
from app.domain.policy import Policy
from app.domain.scan import Failed, Gap, GapClass, GapReason, Material, ScanReport, Side
from workers.box.readable import let_boxed_read
from workers.fetch.reader import Reader, Request
from workers.fetch.request import changed_requests, unread_kinds
from workers.scanners.dependencies.recognise import recognised
from workers.scanners.run import OnProgress, run_scanners
from workers.scanners.scanner import Scanner

RETRY_DELAYS_S: Final = (1.0, 5.0)
"""Between the three tries of a scanner that failed as a whole (design section 7)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """How one change is to be audited.

    ``scratch`` is a folder of ours for this run's material. ``everything_new`` is ``--all``;
    ``retry_delays`` are the pauses before a failed scanner is tried again.
    """

    audit_id: str
    policy: Policy
    scanners: Sequence[Scanner]
    scratch: Path
    everything_new: bool = False
    retry_delays: tuple[float, ...] = ()
    not_consulted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Wanted:
    requests: tuple[Request, ...]
    gaps: tuple[Gap, ...]


async def audit_change(
    change: Change, reader: Reader, order: Order, on_progress: OnProgress
) -> Audit:
    """Scan what ``change`` touches and decide. Raises `FetchError` when blobs can't be had."""
    started_at, began = datetime.now(UTC), time.monotonic()
    wanted = await _wanted(change, reader, order.policy)
    async with _material_folder(order.scratch) as folder:
        written = await reader.write_material(wanted.requests, folder)
        let_boxed_read(folder)
        reports = await _scan(order, written.material, on_progress)
    evaluation = Evaluation(
        change=change,
        policy=order.policy,
        reports=reports,
        lenses={scanner.name: scanner.lenses for scanner in order.scanners},
        asked=_asked(change),
        gaps=(*reader.gaps, *wanted.gaps, *written.gaps),
        today=started_at.date(),
        everything_new=order.everything_new,
    )
    audit = evaluate(
        evaluation,
        audit_id=order.audit_id,
        started_at=started_at,
        seconds=time.monotonic() - began,
    )
    return replace(audit, not_consulted=order.not_consulted)


@asynccontextmanager
async def _material_folder(scratch: Path) -> AsyncIterator[Path]:
    folder = await asyncio.to_thread(_made_in, scratch)
    try:
        yield folder
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def _made_in(scratch: Path) -> Path:
    scratch.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix="material-", dir=scratch))


def _asked(change: Change) -> tuple[str, ...]:
    return tuple(file.path for file in change.files if file.status is not FileStatus.DELETED)


async def _wanted(change: Change, reader: Reader, policy: Policy) -> _Wanted:
    """The blobs to read: changed ones, those of commits between, and manifests for the SBOM."""
    requests = (*changed_requests(change), *await reader.history())
    excluded = GitIgnoreSpec.from_lines(policy.exclude)
    kept = tuple(request for request in requests if not excluded.match_file(request.path))
    left_out = _left_out(change, excluded)
    within, over = _within(kept, policy.max_files)
    gaps = (*unread_kinds(change), *left_out, *over)
    return _Wanted((*within, *await _unchanged_manifests(change, reader)), gaps)


def _left_out(change: Change, excluded: GitIgnoreSpec) -> tuple[Gap, ...]:
    return tuple(
        _gap(path, GapClass.NOT_IN_SCOPE, GapReason.EXCLUDED, "The policy leaves this path out.")
        for path in _asked(change)
        if excluded.match_file(path)
    )


def _within(
    requests: tuple[Request, ...], limit: int
) -> tuple[tuple[Request, ...], tuple[Gap, ...]]:
    """As many head paths as the policy's limit allows, and a gap for each one over it."""
    paths = tuple(dict.fromkeys(request.path for request in requests))
    allowed = frozenset(paths[:limit])
    over = tuple(
        _gap(
            path,
            GapClass.UNREADABLE,
            GapReason.TOO_LARGE,
            f"The change has {len(paths)} files and the policy reads {limit}.",
        )
        for path in paths[limit:]
    )
    return tuple(request for request in requests if request.path in allowed), over


async def _unchanged_manifests(change: Change, reader: Reader) -> tuple[Request, ...]:
    """Manifests the change leaves alone: they make no findings, but belong into the SBOM."""
    if change.merge_base is None:
        return ()
    changed = {file.path for file in change.files}
    entries = await reader.list_tree(change.head)
    return tuple(
        Request(side=Side.HEAD, path=entry.path, blob=entry.id, changed=False)
        for entry in entries
        if entry.kind is FileKind.REGULAR
        and entry.path not in changed
        and recognised(entry.path) is not None
    )


def _gap(path: str, grade: GapClass, reason: GapReason, why: str) -> Gap:
    return Gap(scanner="policy", side=Side.HEAD, path=path, grade=grade, reason=reason, why=why)


async def _scan(
    order: Order, material: Material, on_progress: OnProgress
) -> tuple[ScanReport, ...]:
    """Run every scanner, and those that failed as a whole again after a pause."""
    reports = {
        report.scanner: report
        for report in await run_scanners(order.scanners, material, on_progress)
    }
    for delay in order.retry_delays:
        failed = [s for s in order.scanners if isinstance(reports[s.name].state, Failed)]
        if not failed:
            break
        await asyncio.sleep(delay)
        again = await run_scanners(failed, material, on_progress)
        reports |= {report.scanner: report for report in again}
    return tuple(reports[scanner.name] for scanner in order.scanners)
