"""How a page's Markdown looks in a terminal."""

import io

from rich.console import Console, RenderableType

from demo.story.page_text import comment_text, page_text

TABLE = (
    "| risk | where | what |\n|---|---|---|\n| 9.3 | `shop/search.py:41` | text reaches a shell |\n"
)


def printed(renderable: RenderableType, width: int) -> str:
    """What a file of this width gets."""
    console = Console(file=io.StringIO(), width=width)
    console.print(renderable)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_narrow_table_is_a_line_a_row() -> None:
    text = printed(page_text(TABLE, links=False), 80)

    assert "9.3 · shop/search.py:41 · text reaches a shell" in text


def test_a_wide_table_has_columns_with_headings() -> None:
    text = printed(page_text(TABLE, links=False), 120)

    assert "risk" in text
    assert "·" not in text


def test_hidden_marks_and_folded_parts_stay_hidden() -> None:
    body = "<!-- pragmatic-audit 00 -->\nseen\n\n<details><summary>More</summary>\n\nunseen\n</details>"
    text = printed(comment_text(body, links=False), 80)

    assert "seen" in text
    assert "▸ More" in text
    assert "unseen" not in text
    assert "pragmatic-audit" not in text


def test_lines_of_a_comment_break_where_they_are_broken() -> None:
    text = printed(comment_text("one\ntwo", links=False), 80)

    assert [line.strip() for line in text.splitlines()] == ["one", "two"]


def test_code_of_a_comment_keeps_its_lines() -> None:
    text = printed(comment_text("```\na = 1\nb = 2\n```", links=False), 80)

    assert "a = 1" in text
    assert "a = 1 b = 2" not in text


def test_without_links_the_address_is_written_out() -> None:
    text = printed(page_text("[page](http://127.0.0.1:1/runs/x)", links=False), 80)

    assert "http://127.0.0.1:1/runs/x" in text


def test_no_colour_reaches_a_file() -> None:
    assert "\x1b" not in printed(page_text("**bold** `code`", links=False), 80)


def test_terminal_sequences_of_repository_text_do_not_get_through() -> None:
    assert "\x1b" not in printed(comment_text("a\x1b]0;title\x07b\x1b[2J", links=False), 80)
