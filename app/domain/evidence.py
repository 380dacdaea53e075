"""What lets a person check a finding: a command that reproduces it, a hypothesis, a rollback plan."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """``reproduce`` is one command line that fails while the finding stands; texts are ours."""

    reproduce: str
    hypothesis: str
    rollback: str
