"""Finding the line an entry of a parsed document stands on; parsers do not tell.

A wrong guess shows another line and changes nothing else.
"""

import json
import re
from typing import Final

_JSON_KEY: Final = re.compile(r'^[ \t]*("(?:[^"\\\n]|\\.){0,1000}")[ \t]*:', re.MULTILINE)
_TOML_NAME: Final = re.compile(
    r"""^[ \t]*name[ \t]*=[ \t]*["']([^"'\n]{0,1000})["']""", re.MULTILINE
)


class KeyLines:
    """Lines of JSON keys, asked for in the order in which they stand in the text."""

    def __init__(self, text: str) -> None:
        self._places: dict[str, list[int]] = {}
        counter = _LineCounter(text)
        for found in _JSON_KEY.finditer(text):
            self._places.setdefault(_key(found[1]), []).append(counter.line_at(found.start(1)))
        self._used: dict[str, int] = {}

    def next(self, key: str) -> int:
        """The line of the next place of ``key`` not given yet; 0 when there is none."""
        places = self._places.get(key, [])
        used = self._used.get(key, 0)
        self._used[key] = used + 1
        return places[used] if used < len(places) else 0


class NameLines:
    """Lines of ``name = "…"`` in TOML, asked for in the order in which they stand in the text."""

    def __init__(self, text: str) -> None:
        counter = _LineCounter(text)
        self._places: dict[str, list[int]] = {}
        for found in _TOML_NAME.finditer(text):
            self._places.setdefault(found[1], []).append(counter.line_at(found.start(1)))

    def next(self, name: str) -> int:
        """The line of the next place of ``name`` not given yet; 0 when there is none."""
        places = self._places.get(name)
        return places.pop(0) if places else 0


class _LineCounter:
    """Counts lines up to offsets that only grow."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._offset = 0
        self._line = 1

    def line_at(self, offset: int) -> int:
        self._line += self._text.count("\n", self._offset, offset)
        self._offset = offset
        return self._line


def _key(literal: str) -> str:
    try:
        return str(json.loads(literal))
    except ValueError:
        return literal
