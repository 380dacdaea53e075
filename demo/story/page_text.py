"""Markdown of a GitHub page as text for a terminal: folded parts stay folded, tables fit the width."""

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from rich import box
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import Markdown, MarkdownElement, TableElement, TableRowElement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from app.report.escape import visible_lines

HTML_COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)
FOLDED: Final = re.compile(
    r"<details>\s*<summary>(?P<what>.*?)</summary>.*?</details>", re.DOTALL | re.IGNORECASE
)
TAG: Final = re.compile(r"</?(?:sub|sup|br|b|i|p|code)\s*/?>", re.IGNORECASE)
TABLE_FROM: Final = 100
"""Columns; in less, a row is one line of text, since cells would break inside their words."""


class FittingTable(TableElement):
    """A table where there is room, else a line a row."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The table for this width."""
        rows = self.body.rows if self.body is not None else []
        if options.max_width < TABLE_FROM:
            yield from (_row_as_text(row) for row in rows)
        else:
            yield self._table(rows)

    def _table(self, rows: list[TableRowElement]) -> Table:
        table = Table(box=box.SIMPLE, pad_edge=False, collapse_padding=True)
        if self.header is not None and self.header.row is not None:
            for cell in self.header.row.cells:
                table.add_column(cell.content, overflow="fold")
        for row in rows:
            table.add_row(*(cell.content for cell in row.cells))
        return table


def _row_as_text(row: TableRowElement) -> Padding:
    """``9.3 P0 · 9.8 × 0.95 · …``, its further lines indented."""
    cells = [cell.content for cell in row.cells if cell.content.plain.strip()]
    return Padding(Text(" · ").join(cells), (0, 0, 0, 2))


class PageText(Markdown):
    """Markdown whose tables fit."""

    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "table_open": FittingTable,
    }


def page_text(body: str, *, links: bool) -> PageText:
    """A check's summary. ``links``: the terminal can follow links, so addresses stay hidden."""
    return PageText(_visible(body), hyperlinks=links)


def comment_text(body: str, *, links: bool) -> PageText:
    """A comment; GitHub breaks its lines where they are broken."""
    return PageText("\n".join(_with_line_breaks(_visible(body))), hyperlinks=links)


def _visible(body: str) -> str:
    """What is seen before anything is unfolded: no hidden marks, no tags that only browsers know.

    Control characters become readable: a terminal would obey them.
    """
    text = HTML_COMMENT.sub("", visible_lines(body))
    folded = FOLDED.sub(lambda part: f"▸ {part['what']}", text)
    return TAG.sub("", folded).strip()


def _with_line_breaks(body: str) -> Iterator[str]:
    in_fence = False
    for line in body.splitlines():
        is_fence = line.lstrip().startswith("```")
        in_fence ^= is_fence
        yield line if in_fence or is_fence or not line.strip() else f"{line}  "
