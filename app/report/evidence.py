"""What lets a person check a finding, by what kind of finding it is; only what is known.

The texts may hold paths and names of the repository: whoever prints them escapes them.
"""

import shlex
from typing import assert_never

from app.domain.change import Change
from app.domain.evidence import Evidence
from app.domain.finding import Finding
from app.domain.lens import Category
from app.domain.scan import Sighting


def evidence(finding: Finding, change: Change) -> Evidence:
    """The command that shows the finding, why it should go away, and how to take the fix back."""
    return Evidence(
        reproduce=reproduce(finding, change),
        hypothesis=_hypothesis(finding.sighting),
        rollback=_rollback(finding.sighting),
    )


def reproduce(finding: Finding, change: Change) -> str:
    """One command line that fails while the finding stands; ``--all`` where there is no base."""
    return f"audit scan {_scope(change)} --only {finding.id}"


def explain(finding: Finding, change: Change) -> str:
    """One command line that tells all that is known of the finding."""
    return f"audit explain {finding.id} {_scope(change)}"


def _scope(change: Change) -> str:
    if change.merge_base is None:
        return "--all"
    return f"--base {shlex.quote(change.base_branch)}"


def _hypothesis(seen: Sighting) -> str:
    match seen.category:
        case Category.CODE if seen.trace:
            return (
                f"The value that enters at line {seen.trace[0].line} reaches line {seen.line}. "
                f"Once the path between them is cut, rule {seen.rule} matches here no more."
            )
        case Category.CODE | Category.WORKFLOW | Category.BUDGET | Category.POLICY:
            return f"With the fix in place, rule {seen.rule} matches here no more."
        case Category.SECRET:
            return (
                "Whoever can read the repository can use the secret. "
                "Once it is rotated, what stands here opens nothing."
            )
        case Category.DEPENDENCY:
            return _dependency_hypothesis(seen)
        case Category.COVERAGE:
            return "Nothing is known of what was not read. Once it can be read, it is judged."
        case _:
            assert_never(seen.category)


def _dependency_hypothesis(seen: Sighting) -> str:
    installed, fixed = seen.details.get("installed"), seen.details.get("fixed")
    if installed and fixed and "none known" not in fixed:
        return f"{seen.rule} covers version {installed} and no longer covers {fixed}."
    return f"{seen.rule} covers the installed version; with another one it no longer applies."


def _rollback(seen: Sighting) -> str:
    match seen.category:
        case Category.SECRET:
            return "A rotation is not taken back: if something still needs the old secret, give it the new one."
        case Category.DEPENDENCY:
            installed = seen.details.get("installed")
            before = f" (it was {installed})" if installed else ""
            return f"Set the version in {seen.path} back{before}; the finding then stands again."
        case Category.COVERAGE:
            return (
                f"Revert the commit that changed {seen.path}; the file then counts as unread again."
            )
        case Category.CODE | Category.WORKFLOW | Category.BUDGET | Category.POLICY:
            return "Revert the commit of the fix; the finding then stands again."
        case _:
            assert_never(seen.category)
