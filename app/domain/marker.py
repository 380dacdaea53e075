"""The hidden mark by which a post of ours is found again when the answer to its write was lost.

A mark is an HMAC over (repository id, pull request, what the post is about), so a mark copied from
another pull request says nothing here. Anyone with write access can edit a bot's comment, so the
marks only serve that one look-up, among posts our own app wrote; what was posted is decided by the
recorded posts (design section 5.9).
"""

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

MARK_DIGITS: Final = 20
"""80 bits: short enough for a comment, far too long to guess."""
_COMMENT: Final = re.compile(r"<!-- pragmatic-audit((?: [0-9a-f]{20}){1,1000}) -->")


@dataclass(frozen=True, slots=True)
class MarkerKey:
    """The server's key for marks; never shown."""

    secret: bytes = field(repr=False)

    def mark(self, repository_id: int, pr: int, about: str) -> str:
        """The mark of the post about ``about`` on one pull request: 20 hexadecimal digits."""
        said = f"{repository_id}\n{pr}\n{about}".encode("utf-8", "surrogatepass")
        return hmac.new(self.secret, said, hashlib.sha256).hexdigest()[:MARK_DIGITS]


def hidden(marks: Iterable[str]) -> str:
    """The HTML comment that carries ``marks``; it holds nothing else."""
    return f"<!-- pragmatic-audit {' '.join(marks)} -->"


def marks_in(body: str) -> frozenset[str]:
    """Every mark that ``body`` carries."""
    return frozenset(mark for match in _COMMENT.finditer(body) for mark in match[1].split())
