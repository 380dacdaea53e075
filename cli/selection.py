"""Which findings of an audit somebody means by an id or the beginning of one."""

from collections.abc import Iterable

from app.domain.finding import Finding


def meant(findings: Iterable[Finding], asked: str) -> tuple[Finding, ...]:
    """Those whose id is ``asked``, else those whose id begins with it; ``F-`` alone means none."""
    every, wanted = tuple(findings), asked.upper()
    exact = tuple(finding for finding in every if finding.id == wanted)
    if exact or len(wanted) <= len("F-"):
        return exact
    return tuple(finding for finding in every if finding.id.startswith(wanted))
