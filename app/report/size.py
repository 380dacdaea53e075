"""Keeping Markdown below a limit: cut at a line's end, with what was open closed and a word about it."""

import re
from dataclasses import dataclass
from typing import Final

_FENCE: Final = re.compile(r"^(`{3,}|~{3,})")
_DETAILS: Final = re.compile(r"</?details>")


def size(text: str) -> int:
    """The bytes of ``text`` in UTF-8: never less than its characters, however they are counted."""
    return len(text.encode("utf-8"))


def fitted(text: str, limit: int, ending: str) -> str:
    """``text`` if it has at most ``limit`` bytes, else its first lines and ``ending``.

    Only whole lines are kept; an open fence or details element is closed before ``ending``.
    """
    if size(text) <= limit:
        return text
    room = limit - size(ending) - 2
    kept: list[str] = []
    used, open_parts = 0, _Open()
    for line in text.split("\n"):
        after = open_parts.after(line)
        used += size(line) + 1
        if used + size(after.closing) > room:
            break
        kept.append(line)
        open_parts = after
    return "\n".join(kept) + open_parts.closing + "\n\n" + ending


@dataclass(frozen=True, slots=True)
class _Open:
    """What is open at the end of a line: a fence (its bar) and a number of details elements."""

    fence: str = ""
    details: int = 0

    def after(self, line: str) -> "_Open":
        bar = _FENCE.match(line)
        if self.fence:
            closes = bar is not None and line.strip() == bar[0] and bar[0].startswith(self.fence)
            return _Open("" if closes else self.fence, self.details)
        marks = _DETAILS.findall(line)
        details = self.details + marks.count("<details>") - marks.count("</details>")
        return _Open(bar[0] if bar else "", max(0, details))

    @property
    def closing(self) -> str:
        return (f"\n{self.fence}" if self.fence else "") + "\n</details>" * self.details
