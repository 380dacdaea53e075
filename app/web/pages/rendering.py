"""Templates and what they are given: an audit as words, everything escaped by Jinja.

Repository text goes through the filters ``visible`` and ``path`` as well, since a browser obeys
bidirectional characters that HTML escaping leaves alone.
"""

from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from app.domain.audit import Audit, failed_scanners
from app.domain.evidence import Evidence
from app.domain.finding import Finding
from app.domain.lens import Category
from app.domain.scan import Completed, ScannerState, TraceStep
from app.report import arithmetic
from app.report.count import counted, scan_name, standing
from app.report.escape import safe_address, visible, visible_path
from app.report.evidence import evidence
from app.report.headline import headline
from app.report.packages import UNKNOWN, packages_known
from app.report.unread import read_words, unread_groups

SHOWN: Final = 500
"""Findings on the page, the worst first; the JSON document has every one."""
SHORT_SHA: Final = 7


def run_html(audit: Audit) -> str:
    """The page of one audit."""
    template = _templates().get_template("run.html")
    return template.render(
        audit=audit,
        title=headline(audit),
        outcome=audit.verdict.outcome.value,
        sections=_sections(audit),
        left_out=max(0, len(audit.findings) - SHOWN),
        failed=failed_scanners(audit),
        groups=unread_groups(audit.coverage),
        packages_known=packages_known(audit),
        packages_unknown=UNKNOWN,
        read=read_words(audit.coverage),
    )


@dataclass(frozen=True, slots=True)
class _Section:
    """Findings under one heading; a section that asks nothing of people starts closed."""

    name: str
    findings: tuple[Finding, ...]
    opened: bool = False


def _sections(audit: Audit) -> list[_Section]:
    """The findings by where they stand, those that fit on the page."""
    shown = standing(replace(audit, findings=audit.findings[:SHOWN]))
    every = (
        _Section("Blocking", shown.blocking, opened=True),
        _Section("Waiting for a decision", shown.waiting, opened=True),
        _Section("Not read", shown.unread, opened=True),
        _Section("Notes", shown.notes),
        _Section("Waived or rotated", shown.waived + shown.rotated),
        _Section("There before this change", shown.existing),
    )
    return [section for section in every if section.findings]


def not_found_html() -> str:
    """The page for what is not recorded."""
    return _templates().get_template("not_found.html").render()


@cache
def _templates() -> Environment:
    # autoescape is True for every template, whatever its name.
    templates = Environment(
        loader=PackageLoader("app.web.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {
        "visible": visible,
        "path": visible_path,
        "sha": _short_sha,
        "address": safe_address,
        "counted": counted,
        "scan": scan_name,
    }
    templates.globals |= {
        "arithmetic": arithmetic,
        "evidence": _evidence,
        "trace": _trace,
        "why": _why,
    }
    return templates


def _short_sha(commit: str) -> str:
    return visible(commit, SHORT_SHA + 1)[:SHORT_SHA]


def _evidence(finding: Finding, audit: Audit) -> Evidence:
    return evidence(finding, audit.change)


def _trace(finding: Finding) -> tuple[TraceStep, ...]:
    """The path of a value; never for a secret, whose lines are not repeated."""
    return () if finding.category is Category.SECRET else finding.sighting.trace


def _why(state: ScannerState) -> str:
    return "" if isinstance(state, Completed) else state.why
