"""Markdown as GitHub would render it, taken apart: what a hostile text would have to get past."""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

_RENDERER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_OWN_HTML = re.compile(r"</?(code|details|sub)>|<summary>[\w ·]*</summary>|<!-- [\w :.-]* -->")
ACTIVE = re.compile(r"@\w|#\d|GH-\d|https?://|www\.|(?m:^)/\w", re.IGNORECASE)
"""What GitHub would act on in rendered text: mentions, references, bare links, commands."""


def tokens(markdown: str) -> Iterator[Token]:
    """Every token, inline ones included."""
    for token in _RENDERER.parse(markdown):
        yield token
        yield from token.children or ()


def text_of(markdown: str) -> str:
    """What a reader sees, blocks run together."""
    kinds = {"text", "code_inline", "text_special"}
    return "".join(token.content for token in tokens(markdown) if token.type in kinds)


def foreign_html(markdown: str) -> list[str]:
    """The HTML that is not among the few elements our own texts use."""
    html = (token.content for token in tokens(markdown) if token.type.startswith("html_"))
    return [found for found in html if _OWN_HTML.sub("", found).strip()]


def active_text(markdown: str) -> list[str]:
    """Rendered text outside code that GitHub would act on."""
    text = (token.content for token in tokens(markdown) if token.type in ("text", "text_special"))
    return [found for found in text if ACTIVE.search(found)]
