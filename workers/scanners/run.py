"""Running scanners side by side, and making sure that none of them passes over anything."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from app.domain.scan import (
    Failed,
    Gap,
    GapClass,
    GapReason,
    Material,
    ScanReport,
)
from workers.scanners.scanner import Scanner

logger = logging.getLogger(__name__)

DEADLINE_S: Final = 1300.0
"""What a scanner may take in all; each has shorter limits of its own."""

OnProgress = Callable[[ScanReport], None]


async def run_scanners(
    scanners: Sequence[Scanner],
    material: Material,
    on_progress: OnProgress,
    *,
    deadline_s: float = DEADLINE_S,
) -> tuple[ScanReport, ...]:
    """One report a scanner, in their order; ``on_progress`` is told each as soon as it is there.

    A scanner that raises or overruns is `Failed`. Cancelling ends them all.
    """

    async def one(scanner: Scanner) -> ScanReport:
        report = await _report(scanner, material, deadline_s)
        on_progress(report)
        return report

    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(one(scanner)) for scanner in scanners]
    return tuple(task.result() for task in running)


async def _report(scanner: Scanner, material: Material, deadline_s: float) -> ScanReport:
    began = time.monotonic()
    try:
        async with asyncio.timeout(deadline_s):
            report = await scanner.scan(material)
    except TimeoutError:
        logger.exception("scanner %s ran longer than %g s", scanner.name, deadline_s)
        report = _failed(scanner, f"ran longer than {deadline_s:g} s", began)
    except Exception as error:
        logger.exception("scanner %s failed", scanner.name)
        report = _failed(scanner, f"failed: {type(error).__name__}", began)
    return complete(scanner, material, report)


def _failed(scanner: Scanner, why: str, began: float) -> ScanReport:
    return ScanReport(
        scanner=scanner.name, version="", state=Failed(why), seconds=time.monotonic() - began
    )


def complete(scanner: Scanner, material: Material, report: ScanReport) -> ScanReport:
    """The report with a gap for each wanted target that it says nothing of.

    Such a target is a fault of the scanner, and the audit must not take it for clean.
    """
    forgotten = tuple(dict.fromkeys(_forgotten(scanner, material, report)))
    return replace(report, gaps=report.gaps + forgotten)


def _forgotten(scanner: Scanner, material: Material, report: ScanReport) -> Iterator[Gap]:
    told = {(gap.side, gap.path) for gap in report.gaps} | report.analysed
    for target in material.targets:
        if scanner.wants(target) and (target.side, target.path) not in told:
            yield Gap(
                scanner=scanner.name,
                side=target.side,
                path=target.path,
                grade=GapClass.UNREADABLE,
                reason=GapReason.ENGINE,
                why=_why_forgotten(report),
            )


def _why_forgotten(report: ScanReport) -> str:
    if isinstance(report.state, Failed):
        return f"The scanner {report.state.why}."
    return "The scanner said nothing of it."
