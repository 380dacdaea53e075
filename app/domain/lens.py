"""The three lenses a change is looked at through, the modes they run in, and finding categories."""

from enum import StrEnum


class Lens(StrEnum):
    """One of the three ways a change is looked at."""

    SECURITY = "security"
    PERFORMANCE = "performance"
    SCALABILITY = "scalability"


class LensMode(StrEnum):
    """What a lens may do to the check: nothing but show, show a warning, or block."""

    OBSERVE = "observe"
    WARN = "warn"
    BLOCK = "block"


class Category(StrEnum):
    """What kind of thing a finding is about."""

    CODE = "code"
    SECRET = "secret"
    DEPENDENCY = "dependency"
    WORKFLOW = "workflow"
    BUDGET = "budget"
    COVERAGE = "coverage"
    POLICY = "policy"
