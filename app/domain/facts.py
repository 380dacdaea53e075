"""What a scanner knows about a finding that its severity and exploitability rest on.

Facts are recorded with the finding, so a verdict can be worked out again later (when an advisory
enters KEV, say) without scanning. ``about`` tells the kinds apart in the record.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal


class Level(StrEnum):
    """A rule's own grade of likelihood or confidence."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Reach(StrEnum):
    """Whether shipped code can get to a dependency."""

    IMPORTED = "imported"
    NOT_IMPORTED = "not imported"
    DEVELOPMENT = "development only"
    UNKNOWN = "unknown"


class SecretKind(StrEnum):
    """What a secret opens; sets its severity."""

    CLOUD_KEY = "cloud key"
    PRIVATE_KEY = "private key"
    PROVIDER_TOKEN = "provider token"
    URL_PASSWORD = "URL password"
    GENERIC = "generic"
    CLOUD_KEY_ID = "cloud key id alone"


class SecretShape(StrEnum):
    """How sure its form makes us that a string is a secret."""

    VALID = "structure or checksum is right"
    TYPED = "matches a provider's format"
    GENERIC = "looks like a secret"
    PLACEHOLDER = "placeholder or documented example"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeFacts:
    """A rule's grades; ``traced`` when an untrusted source was followed to the sink."""

    severity: Decimal
    likelihood: Level
    confidence: Level
    traced: bool = False
    about: Literal["code"] = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class DependencyFacts:
    """What advisories, KEV and EPSS say of one package version.

    ``score`` is a CVSS base score 0.0–10.0, ``vector`` its vector string, ``word`` the source's
    qualitative severity, ``epss`` a probability 0–1; None where unknown.
    """

    score: Decimal | None
    vector: str | None
    word: str | None
    epss: Decimal | None
    known_exploited: bool
    published: date | None
    reach: Reach
    reach_evidence: str = ""
    about: Literal["dependency"] = "dependency"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretFacts:
    """What kind of secret and how sure its form is."""

    kind: SecretKind
    shape: SecretShape
    about: Literal["secret"] = "secret"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowFacts:
    """A workflow rule's severity and grades."""

    severity: Decimal
    likelihood: Level
    confidence: Level
    about: Literal["workflow"] = "workflow"


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageFacts:
    """A coverage finding has no risk of its own: what was not read is not known."""

    about: Literal["coverage"] = "coverage"


Facts = CodeFacts | DependencyFacts | SecretFacts | WorkflowFacts | CoverageFacts
