"""Domain values for tests: sensible defaults, keywords to differ."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from app.domain.audit import Audit, Evaluation, evaluate
from app.domain.change import Change, ChangedFile, FileStatus, Repository
from app.domain.diff import Hunk
from app.domain.facts import (
    CodeFacts,
    CoverageFacts,
    DependencyFacts,
    Level,
    Reach,
    SecretFacts,
    SecretKind,
    SecretShape,
)
from app.domain.finding import Finding
from app.domain.lens import Category, Lens
from app.domain.policy import Policy
from app.domain.scan import (
    CodeIdentity,
    Completed,
    CoverageIdentity,
    DependencyIdentity,
    GapReason,
    ScanReport,
    SecretIdentity,
    Side,
    Sighting,
)

TODAY = date(2026, 1, 5)
NOW = datetime(2026, 1, 5, 10, 42, tzinfo=UTC)
ALL_LENSES = {
    "code": frozenset(Lens),
    "secrets": frozenset({Lens.SECURITY}),
    "dependencies": frozenset({Lens.SECURITY}),
    "workflows": frozenset({Lens.SECURITY}),
}


def a_repository(**differences: Any) -> Repository:
    """shop/app on github.com, private."""
    values: dict[str, Any] = {"host": "github.com", "id": 7, "full_name": "shop/app"}
    return Repository(**(values | differences))


def a_file(path: str = "shop/search.py", **differences: Any) -> ChangedFile:
    """An added file of 100 lines."""
    values: dict[str, Any] = {
        "path": path,
        "status": FileStatus.ADDED,
        "blob": "a" * 40,
        "hunks": (Hunk(0, 0, 1, 100),),
    }
    return ChangedFile(**(values | differences))


def a_change(*files: ChangedFile, **differences: Any) -> Change:
    """A change of the given files (one added file when none is given) against main."""
    values: dict[str, Any] = {
        "repository": a_repository(),
        "base_branch": "main",
        "head": "4f2c1d9" + "0" * 33,
        "merge_base": "1c9e0aa" + "0" * 33,
        "files": files or (a_file(),),
    }
    return Change(**(values | differences))


def a_sighting(**differences: Any) -> Sighting:
    """A traced command injection at shop/search.py:41."""
    values: dict[str, Any] = {
        "side": Side.HEAD,
        "path": "shop/search.py",
        "category": Category.CODE,
        "lens": Lens.SECURITY,
        "rule": "python-command-injection",
        "title": "User text reaches a shell",
        "message": "A value from the request is part of a shell command.",
        "fix": "Pass a list and no shell.",
        "facts": code_facts(),
        "identity": CodeIdentity("os.system(name)", "search", "def (request): os.system(name)"),
        "line": 41,
        "end_line": 41,
        "cwe": ("CWE-78",),
    }
    return Sighting(**(values | differences))


def code_facts(**differences: Any) -> CodeFacts:
    """9.8, likelihood and confidence high, traced."""
    values: dict[str, Any] = {
        "severity": Decimal("9.8"),
        "likelihood": Level.HIGH,
        "confidence": Level.HIGH,
        "traced": True,
    }
    return CodeFacts(**(values | differences))


def a_secret(**differences: Any) -> Sighting:
    """A valid provider token at shop/settings.py:3."""
    values: dict[str, Any] = {
        "path": "shop/settings.py",
        "category": Category.SECRET,
        "rule": "secret-github-token",
        "title": "GitHub token",
        "message": "A GitHub token stands in the file.",
        "fix": "Treat it as leaked: rotate it first, then remove it and rewrite the branch.",
        "facts": SecretFacts(kind=SecretKind.PROVIDER_TOKEN, shape=SecretShape.VALID),
        "identity": SecretIdentity("github-token", "TOKEN = '§'", "d1" * 32),
        "line": 3,
        "end_line": 3,
        "cwe": ("CWE-798",),
    }
    return a_sighting(**(values | differences))


def dependency_facts(**differences: Any) -> DependencyFacts:
    """CVSS 9.8 over the network, years old, negligible EPSS, reach unknown."""
    values: dict[str, Any] = {
        "score": Decimal("9.8"),
        "vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "word": None,
        "epss": Decimal("0.0004"),
        "known_exploited": False,
        "published": date(2020, 1, 1),
        "reach": Reach.UNKNOWN,
    }
    return DependencyFacts(**(values | differences))


def a_vulnerable_package(**differences: Any) -> Sighting:
    """example-lib 1.2.0 in requirements.txt."""
    values: dict[str, Any] = {
        "path": "requirements.txt",
        "category": Category.DEPENDENCY,
        "rule": "CVE-2020-0001",
        "title": "example-lib 1.2.0: remote code execution",
        "message": "The installed version is in the range of CVE-2020-0001.",
        "fix": "Update example-lib to 1.2.4.",
        "facts": dependency_facts(),
        "identity": DependencyIdentity("PyPI", "example-lib", "CVE-2020-0001"),
        "line": 12,
        "end_line": 12,
        "cwe": (),
        "aliases": ("CVE-2020-0001", "GHSA-aaaa-bbbb-cccc"),
        "details": {"installed": "1.2.0", "fixed": "1.2.4", "direct": "direct"},
    }
    return a_sighting(**(values | differences))


def an_unread_file(**differences: Any) -> Sighting:
    """A coverage sighting: static/app.js was too large."""
    values: dict[str, Any] = {
        "path": "static/app.js",
        "category": Category.COVERAGE,
        "rule": "coverage-too-large",
        "title": "Not read: too large",
        "message": "The code scan could not read this file: it is over 256 KB.",
        "facts": CoverageFacts(),
        "identity": CoverageIdentity(GapReason.TOO_LARGE),
        "line": 0,
        "end_line": 0,
    }
    return a_sighting(**(values | differences))


def a_report(scanner: str = "code", *sightings: Sighting, **differences: Any) -> ScanReport:
    """A completed report with the given sightings."""
    values: dict[str, Any] = {
        "scanner": scanner,
        "version": "1",
        "state": Completed(),
        "seconds": 0.5,
        "sightings": sightings,
        "analysed": frozenset((sighting.side, sighting.path) for sighting in sightings),
    }
    return ScanReport(**(values | differences))


def an_evaluation(*sightings: Sighting, **differences: Any) -> Evaluation:
    """One completed code report with the given sightings, under the built-in policy."""
    values: dict[str, Any] = {
        "change": a_change(),
        "policy": Policy(),
        "reports": (a_report("code", *sightings),),
        "lenses": ALL_LENSES,
        "asked": tuple(dict.fromkeys(sighting.path for sighting in sightings)),
        "gaps": (),
        "today": TODAY,
    }
    return Evaluation(**(values | differences))


def an_audit(*sightings: Sighting, **differences: Any) -> Audit:
    """The audit of `an_evaluation`; keywords go to the evaluation."""
    return evaluate(
        an_evaluation(*sightings, **differences),
        audit_id="0192f3c4-0000-7000-8000-000000000001",
        started_at=NOW,
        seconds=41.0,
    )


def a_finding(sighting: Sighting | None = None, **differences: Any) -> Finding:
    """The finding of one sighting alone; keywords go to the evaluation."""
    return findings_of(sighting or a_sighting(), **differences)[0]


def findings_of(*sightings: Sighting, **differences: Any) -> Sequence[Finding]:
    """The findings of the given sightings, worst first."""
    return an_audit(*sightings, **differences).findings
