"""Repository text made harmless: in Markdown, in annotations and terminals, in URIs.

Everything that comes from a pull request (paths, branch names, code, package names) and everything
that quotes it passes through here before a person or a renderer sees it. Four steps, each a function:
*visible* (no control, bidirectional or invisible character, no undecodable byte stays as it is),
*disarmed* (no mention, reference, bare link or command stays active), and then *plain*, *code* or
*fence* for a place in Markdown.
"""

import re
import unicodedata
from typing import Final
from urllib.parse import quote, urlsplit

PATH_LIMIT: Final = 160
TEXT_LIMIT: Final = 600
ELLIPSIS: Final = "…"
GAP: Final = "\u200b"
"""Zero-width space: put inside what GitHub would act on, it is not seen and nothing matches any more."""

_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode general categories: control, format (bidirectional marks are here), surrogate, separators."""
_BLANKS: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800")
"""Letters and a symbol that are drawn as nothing."""
_SURROGATE_BYTES: Final = range(0xDC80, 0xDD00)

_MENTION: Final = re.compile(r"@(?=\S)")
_NUMBER: Final = re.compile(r"#(?=\w)")
_GH_NUMBER: Final = re.compile(r"(GH)(-)(?=\d)", re.IGNORECASE)
_SCHEME: Final = re.compile(r":(?=//)|(?<=mailto):|(?<=xmpp):", re.IGNORECASE)
_WWW: Final = re.compile(r"(www)(?=\.)", re.IGNORECASE)
_COMMAND: Final = re.compile(r"(?<!\S)/(?=\w)")
_MARKDOWN: Final = re.compile(r"[\\`*_\[\]<>#!|~$&]")
_LINE_START: Final = re.compile(r"^([-+=]|\d+(?=[.)]))")
_SPAN: Final = re.compile(r"`([^`\n]+)`")
_BACKTICKS: Final = re.compile(r"`+")


def visible(text: str, limit: int | None = None) -> str:
    r"""``text`` on one line with every character to be seen: ``\n``, ``\xff``, ``\u202e``.

    The answer can always be encoded as UTF-8. At most ``limit`` characters, an ellipsis included.
    """
    # The cut comes first as well, so that a megabyte of control characters costs nothing.
    shown = "".join(
        _seen(character) for character in (text if limit is None else text[: limit + 1])
    )
    return shown if limit is None else capped(shown, limit)


def visible_path(path: str, limit: int = PATH_LIMIT) -> str:
    """A path made visible and cut in its middle: both its folder and its name tell something."""
    shown = visible(path)
    if len(shown) <= limit:
        return shown
    head = limit // 3
    return shown[:head] + ELLIPSIS + shown[len(shown) - (limit - head - 1) :]


def visible_lines(text: str) -> str:
    """As `visible`, but lines stay lines and tabs stay tabs (for code blocks)."""
    return "".join(
        character if character in "\n\t" else _seen(character)
        for character in text.replace("\r\n", "\n")
    )


def capped(text: str, limit: int) -> str:
    """At most ``limit`` characters, the last one an ellipsis when something was cut."""
    return text if len(text) <= limit else text[: limit - 1] + ELLIPSIS


def disarmed(text: str) -> str:
    """No mention, issue reference, closing keyword's target, bare link or command stays active."""
    text = _MENTION.sub("@" + GAP, text)
    text = _NUMBER.sub("#" + GAP, text)
    text = _GH_NUMBER.sub(rf"\1{GAP}\2", text)
    text = _SCHEME.sub(":" + GAP, text)
    text = _WWW.sub(rf"\1{GAP}", text)
    return _COMMAND.sub("/" + GAP, text)


def inert(text: str, limit: int = TEXT_LIMIT) -> str:
    """One visible, disarmed line for places that are not Markdown (annotations, titles)."""
    return disarmed(visible(text, limit))


def plain(text: str, limit: int = TEXT_LIMIT) -> str:
    """One line of Markdown that renders as the very characters of ``text``, in a table too."""
    return _unmarked(disarmed(visible(text, limit)).strip())


def prose(text: str, limit: int = TEXT_LIMIT) -> str:
    """As `plain`, with single-backtick code spans kept: for texts of rules, which use them."""
    shown = visible(text, limit)
    pieces, end = [], 0
    for span in _SPAN.finditer(shown):
        pieces += [_unmarked(disarmed(shown[end : span.start()])), code(span[1])]
        end = span.end()
    return "".join(pieces) + _unmarked(disarmed(shown[end:]))


def code(text: str, limit: int = TEXT_LIMIT) -> str:
    """An inline code span, one line, safe inside a table.

    A table cuts its row at pipes even inside code, so text with a pipe is set in a code element.
    """
    return _code_span(disarmed(visible(text, limit)))


def path_code(path: str, line: int = 0) -> str:
    """A path, with its line where there is one, as inline code."""
    shown = visible_path(path) + (f":{line}" if line else "")
    return _code_span(disarmed(shown))


def fence(text: str, info: str = "") -> str:
    """A fenced block whose fence is longer than any run of backticks inside; lines stay lines."""
    body = visible_lines(text)
    bar = "`" * max(3, _longest_run(body) + 1)
    return f"{bar}{info}\n{body.rstrip()}\n{bar}"


def link(text: str, address: str) -> str:
    """A Markdown link to an http(s) address, or only its text when the address is anything else."""
    target = safe_address(address)
    return plain(text) if target is None else f"[{plain(text)}]({target.replace('&', '&amp;')})"


def safe_address(address: str) -> str | None:
    """``address`` percent-encoded for Markdown and HTML, None unless it is plain http or https."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or len(address) > 2_000:
        return None
    return quote(address.encode("utf-8", "replace"), safe="/:?#[]@!$&+,;=%~-._").translate(
        {ord("["): "%5B", ord("]"): "%5D"}
    )


def path_uri(path: str) -> str:
    """A relative URI reference (RFC 3986) of a path; each byte that is not UTF-8 stays that byte."""
    return quote(path_bytes(path), safe="/-._~")


def path_bytes(path: str) -> bytes:
    """The bytes git knows a path by."""
    try:
        return path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return path.encode("utf-8", "surrogatepass")


def is_utf8(path: str) -> bool:
    """Whether a path can be sent as JSON text at all."""
    return not any("\ud800" <= character <= "\udfff" for character in path)


def _seen(character: str) -> str:
    if character.isascii() and character.isprintable():
        return character
    number = ord(character)
    if number in _SURROGATE_BYTES:
        return f"\\x{number - 0xDC00:02x}"
    if unicodedata.category(character) not in _INVISIBLE and character not in _BLANKS:
        return character
    if character in "\n\r\t":
        return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}[character]
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _unmarked(text: str) -> str:
    """Each character Markdown could act on behind a backslash; a pipe as its entity, for tables."""
    escaped = _MARKDOWN.sub(lambda found: "\\" + found[0], text).replace("\\|", "&#124;")
    return _LINE_START.sub(_at_line_start, escaped)


def _at_line_start(found: re.Match[str]) -> str:
    # A digit can stand behind no backslash; as an entity it starts no list.
    mark = found[1]
    return f"\\{mark}" if mark in "-+=" else f"&#{ord(mark[0])};{mark[1:]}"


def _code_span(text: str) -> str:
    if not text.strip():
        return f"<code>{_unmarked(text or '(empty)')}</code>"
    if "|" in text:
        return f"<code>{_unmarked(text)}</code>"
    bar = "`" * (_longest_run(text) + 1)
    pad = " " if text[0] in " `" or text[-1] in " `" else ""
    return f"{bar}{pad}{text}{pad}{bar}"


def _longest_run(text: str) -> int:
    return max((len(run[0]) for run in _BACKTICKS.finditer(text)), default=0)
