"""Bytes of a source file → the UTF-8 text an engine can read, with its lines as git counts them."""

import codecs
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from app.domain.scan import GapReason
from workers.scanners.code.languages import Language

BOMS: Final = (
    # UTF-32 first: its little-endian mark starts with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
SAFE_CODECS: Final = re.compile(
    r"utf-?8(-sig)?|(us-?)?ascii|latin-?1|iso-?8859-?\d{1,2}(-1)?|cp125\d|windows-125\d|cp437|cp850"
    r"|koi8-[ru]|mac-?roman|gbk|gb2312|gb18030|euc-(jp|kr)|shift-?jis|cp932|big5"
)
"""Declared encodings that leave ASCII bytes alone; any other can hide code from a reader."""

LFS_POINTER: Final = b"version https://git-lfs.github.com/spec/"
MOST_NULS: Final = 0.05
"""The share of NUL bytes above which a file without byte order mark is no text."""

COOKIE: Final = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
"""Declared encoding in one of the first two lines (Python's PEP 263; Ruby's magic comment is alike)."""

_IDENTIFIER: Final = re.compile(r"[A-Za-z0-9_]+")
_NON_ASCII: Final = re.compile(r"[^\x00-\x7f]")
_UNICODE_ESCAPE: Final = re.compile(
    r"(?<!\\)((?:\\\\)*)\\u+(?:\{0*([0-9a-fA-F]{1,5})\}|([0-9a-fA-F]{4}))"
)


@dataclass(frozen=True, slots=True)
class SourceText:
    """UTF-8 bytes for the engine. ``exact`` when they are the file's own.

    ``git_lines`` maps line n of the text (at index n - 1) to git's line; None when they are equal.
    """

    data: bytes
    exact: bool
    git_lines: tuple[int, ...] | None = None

    def line(self, number: int) -> int:
        """The line of the file, as git counts, of line ``number`` of the text."""
        if self.git_lines is None:
            return number
        return self.git_lines[min(max(number, 1), len(self.git_lines)) - 1]


@dataclass(frozen=True, slots=True)
class NotText:
    """Why a file can't be given to an engine."""

    reason: GapReason
    why: str


def source_text(data: bytes, language: Language) -> SourceText | NotText:
    """Decode ``data`` and undo what hides code from an engine but not from the language."""
    if data.startswith(LFS_POINTER):
        return NotText(GapReason.LFS_POINTER, "The repository holds a pointer, not the file.")
    decoded = decode(data, has_cookie=language in {Language.PYTHON, Language.RUBY})
    if isinstance(decoded, NotText):
        return decoded
    text, git_lines = with_newlines(folded(decoded.replace("\0", " "), language))
    encoded = text.encode("utf-8", "replace")
    return SourceText(encoded, exact=encoded == data, git_lines=git_lines)


def decode(data: bytes, *, has_cookie: bool = False) -> str | NotText:
    """The text of ``data``: by byte order mark, declared encoding, UTF-8, else Latin-1.

    Latin-1 keeps every ASCII byte, so code in a file of unknown encoding is still seen.
    """
    for mark, codec in BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(codec, "replace")
    if (codec_name := declared_codec(data) if has_cookie else None) is not None:
        return by_declaration(data, codec_name)
    if data.count(0) > MOST_NULS * len(data):
        return NotText(GapReason.UNDECODABLE, "It is full of NUL bytes, as no text is.")
    return utf8_or_latin1(data)


def utf8_or_latin1(data: bytes) -> str:
    """``data`` as UTF-8, or byte for byte where it is not."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def declared_codec(data: bytes) -> str | None:
    """The encoding that one of the first two lines declares, lower case with ``-``."""
    for line in re.split(rb"\r\n|\r|\n", data[:2000], maxsplit=2)[:2]:
        if (found := COOKIE.match(line)) is not None:
            return found[1].decode("latin-1").lower().replace("_", "-")
    return None


def by_declaration(data: bytes, name: str) -> str | NotText:
    """Decode as declared, if the declared encoding can't hide code."""
    if not SAFE_CODECS.fullmatch(name):
        return NotText(GapReason.UNDECODABLE, "It declares an encoding that can hide code.")
    try:
        return data.decode(name)
    except (UnicodeDecodeError, LookupError):
        return utf8_or_latin1(data)


def folded(text: str, language: Language) -> str:
    """``text`` with every other spelling of an ASCII identifier character as that character."""
    match language:
        case Language.PYTHON:
            return text if text.isascii() else _NON_ASCII.sub(_nfkc, text)
        case Language.JAVASCRIPT | Language.TYPESCRIPT | Language.JAVA:
            return _UNICODE_ESCAPE.sub(_unescaped, text) if "\\u" in text else text
        case _:
            return text


def _nfkc(found: re.Match[str]) -> str:
    """Python reads identifiers in normal form KC: a full-width e is an e there."""
    normal = unicodedata.normalize("NFKC", found[0])
    return normal if _IDENTIFIER.fullmatch(normal) else found[0]


def _unescaped(found: re.Match[str]) -> str:
    """JavaScript and Java read the escape ``\\u0065`` in an identifier as e."""
    character = int(found[2] or found[3], 16)
    named = chr(character) if character < 128 else ""
    return found[1] + named if _IDENTIFIER.fullmatch(named) else found[0]


def with_newlines(text: str) -> tuple[str, tuple[int, ...] | None]:
    """Lone carriage returns as newlines, which languages take them for and git does not."""
    unix = text.replace("\r\n", "\n")
    if "\r" not in unix:
        return text, None
    lines: list[int] = []
    for number, line in enumerate(unix.split("\n"), start=1):
        lines += [number] * (line.count("\r") + 1)
    return unix.replace("\r", "\n"), tuple(lines)
