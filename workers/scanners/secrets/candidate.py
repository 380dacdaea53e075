"""A stretch of text that may be a secret, before it is judged."""

from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """``start`` and ``end`` bound the value in the text; ``typed`` when its format names it."""

    type: str
    start: int
    end: int
    value: str
    typed: bool
    by: str

    def overlaps(self, other: "Candidate") -> bool:
        """Whether both share a character."""
        return self.start < other.end and other.start < self.end


class Lines:
    """A text and where its lines start, as git counts them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *(at + 1 for at, character in enumerate(text) if character == "\n")]

    def number(self, offset: int) -> int:
        """The line (from 1) that ``offset`` is on."""
        return bisect_right(self._starts, offset)

    def start(self, number: int) -> int:
        """Where line ``number`` starts; the end of the text for one after the last."""
        return self._starts[number - 1] if number <= len(self._starts) else len(self.text)

    def end(self, number: int) -> int:
        """Where line ``number`` ends, its newline left out."""
        following = number + 1
        return self.start(following) - 1 if following <= len(self._starts) else len(self.text)

    def line(self, number: int) -> str:
        """The text of line ``number``; "" for line 0."""
        return self.text[self.start(number) : self.end(number)] if number > 0 else ""

    def __len__(self) -> int:
        return len(self._starts)
