"""What is asked of people about one finding: the only place that tells anyone what to do next.

A text may name only what is answered. Whoever adds a command that people write in a comment adds
its words here, and check, comment and summary say it.
"""

from app.domain.finding import Finding, FindingState
from app.domain.lens import Category


def next_step(finding: Finding) -> str:
    """What is asked of people about one finding, in a few words for a table."""
    match finding.state:
        case FindingState.WAITING:
            return "waits for a decision"
        case FindingState.WAIVED:
            return "waived"
        case FindingState.ROTATED:
            return "rotated"
        case FindingState.OPEN:
            return _open_step(finding)


def _open_step(finding: Finding) -> str:
    if finding.category is Category.COVERAGE:
        return "make it readable"
    if not finding.blocking:
        return "note"
    return "rotate, then remove" if finding.category is Category.SECRET else "fix"


def retry_step() -> str:
    """How a person has an audit that could not judge tried again."""
    return "Re-run the check to try again"
