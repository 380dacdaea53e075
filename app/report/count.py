"""Counts in words, and how many findings of an audit stand where."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.audit import Audit, failed_scanners
from app.domain.finding import Finding, FindingState
from app.domain.lens import Category, Lens, LensMode
from app.domain.verdict import ScannerFailure
from app.report.escape import visible


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The findings of an audit by where they stand; each finding is in exactly one, worst first.

    ``unread`` are the coverage findings still open, ``notes`` what the change brings in and does
    not block, ``existing`` what the base has already.
    """

    blocking: tuple[Finding, ...]
    waiting: tuple[Finding, ...]
    waived: tuple[Finding, ...]
    rotated: tuple[Finding, ...]
    unread: tuple[Finding, ...]
    notes: tuple[Finding, ...]
    existing: tuple[Finding, ...]


def standing(audit: Audit) -> Standing:
    """Sort the findings of ``audit`` by where they stand."""
    places: dict[str, list[Finding]] = {name: [] for name in Standing.__slots__}
    for finding in audit.findings:
        places[_place(finding)].append(finding)
    return Standing(**{name: tuple(findings) for name, findings in places.items()})


def _place(finding: Finding) -> str:
    match finding.state:
        case FindingState.WAITING:
            return "waiting"
        case FindingState.WAIVED:
            return "waived"
        case FindingState.ROTATED:
            return "rotated"
        case FindingState.OPEN:
            pass
    if finding.blocking:
        return "blocking"
    if finding.category is Category.COVERAGE:
        return "unread"
    return "notes" if finding.is_new else "existing"


def gate_failures(audit: Audit) -> tuple[ScannerFailure, ...]:
    """The failed scanners that a lens in mode block rests on."""
    return tuple(
        failure
        for failure in failed_scanners(audit)
        if any(audit.policy.mode(lens) is LensMode.BLOCK for lens in failure.lenses)
    )


def scan_name(scanner: str) -> str:
    """``dependency scan`` for the scanner ``dependencies``; the name as it is where it is no plural."""
    singular = {"dependencies": "dependency", "secrets": "secret", "workflows": "workflow"}
    return f"{singular.get(scanner, visible(scanner, 40))} scan"


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """``1 finding``, ``2 findings``, ``1,200 findings``."""
    word = noun if number == 1 else plural or f"{noun}s"
    return f"{number:,} {word}"


def by_lens(findings: Iterable[Finding]) -> str:
    """``security 1, performance 1``: how many findings each lens has, empty ones left out."""
    findings = tuple(findings)
    counts = ((lens, sum(finding.lens is lens for finding in findings)) for lens in Lens)
    return ", ".join(f"{lens} {number}" for lens, number in counts if number)


def listed(words: Iterable[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    *before, last = tuple(words)
    return f"{', '.join(before)} and {last}" if before else last
