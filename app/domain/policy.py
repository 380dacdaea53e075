"""What applies to a repository: lens modes, gate, what is left out, and limits."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from app.domain.lens import Lens, LensMode
from app.domain.risk import Tier

CODE_LIMIT: Final = 256 * 1024
"""Bytes of one file for the code engine: its parser needs seconds for more (a cheap denial of service)."""
MANIFEST_LIMIT: Final = 16 << 20
SECRETS_LIMIT: Final = 10 << 20


def _built_in_lenses() -> dict[Lens, LensMode]:
    return {
        Lens.SECURITY: LensMode.BLOCK,
        Lens.PERFORMANCE: LensMode.WARN,
        Lens.SCALABILITY: LensMode.WARN,
    }


def _built_in_due() -> dict[Tier, timedelta]:
    return {
        Tier.P0: timedelta(hours=48),
        Tier.P1: timedelta(days=7),
        Tier.P2: timedelta(days=30),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentPolicy:
    """How many inline comments one run may post, and whether any."""

    inline: bool = True
    max: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A checked policy. Its default values are the built-in policy.

    ``version`` is a hash of its text (`built-in` where there is none), part of the audit's key.
    ``roles`` is False where no file role may lower a finding (``audit scan --all``).
    """

    version: str = "built-in"
    lenses: dict[Lens, LensMode] = field(default_factory=_built_in_lenses)
    block_at: Tier = Tier.P1
    exclude: tuple[str, ...] = ()
    max_files: int = 5_000
    due: dict[Tier, timedelta] = field(default_factory=_built_in_due)
    comments: CommentPolicy = field(default_factory=CommentPolicy)
    roles: bool = True

    def mode(self, lens: Lens) -> LensMode:
        """The mode of ``lens``."""
        return self.lenses[lens]
