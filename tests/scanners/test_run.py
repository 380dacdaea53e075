"""Scanners run side by side; none of them can fail quietly or pass over a file."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.domain.lens import Lens
from app.domain.scan import (
    Completed,
    Failed,
    GapClass,
    GapReason,
    Material,
    ScanReport,
    Side,
    Target,
)
from tests.scanners.place import material
from workers.scanners.run import run_scanners

Scan = Callable[[Material], ScanReport]


@dataclass
class ScriptedScanner:
    """Wants everything; reports what it is told to, or raises, or never ends."""

    name: str
    report: ScanReport | Exception | None

    @property
    def lenses(self) -> frozenset[Lens]:
        return frozenset({Lens.SECURITY})

    def wants(self, target: Target) -> bool:
        return True

    async def scan(self, given: Material) -> ScanReport:
        match self.report:
            case ScanReport():
                return self.report
            case None:
                await asyncio.Event().wait()
                raise AssertionError("unreachable")
            case error:
                raise error


def good(name: str, *paths: str) -> ScriptedScanner:
    analysed = frozenset((Side.HEAD, path) for path in paths)
    report = ScanReport(scanner=name, version="1", state=Completed(), analysed=analysed)
    return ScriptedScanner(name, report)


@pytest.fixture
def given(tmp_path: Path) -> Material:
    return material(tmp_path, head={"a.py": "1", "b.py": "2"})


async def test_reports_come_in_the_order_of_the_scanners(given: Material) -> None:
    told: list[str] = []
    scanners = [good("one", "a.py", "b.py"), good("two", "a.py", "b.py")]
    reports = await run_scanners(scanners, given, lambda report: told.append(report.scanner))
    assert [report.scanner for report in reports] == ["one", "two"]
    assert sorted(told) == ["one", "two"]
    assert all(report.gaps == () for report in reports)


async def test_a_scanner_that_raises_is_failed_and_logged(
    given: Material, caplog: pytest.LogCaptureFixture
) -> None:
    bad = ScriptedScanner("bad", ValueError("a text from a repository"))
    with caplog.at_level(logging.ERROR):
        report, other = await run_scanners([bad, good("good", "a.py", "b.py")], given, print)
    assert report.state == Failed("failed: ValueError")
    assert {gap.path for gap in report.gaps} == {"a.py", "b.py"}
    assert isinstance(other.state, Completed)
    assert "scanner bad failed" in caplog.text


async def test_a_scanner_that_never_ends_is_failed(given: Material) -> None:
    (report,) = await run_scanners([ScriptedScanner("slow", None)], given, print, deadline_s=0.05)
    assert report.state == Failed("ran longer than 0.05 s")


async def test_a_target_that_a_scanner_passes_over_is_a_gap(given: Material) -> None:
    (report,) = await run_scanners([good("lazy", "a.py")], given, print)
    assert [(gap.path, gap.grade, gap.reason) for gap in report.gaps] == [
        ("b.py", GapClass.UNREADABLE, GapReason.ENGINE)
    ]
