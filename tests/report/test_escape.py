"""Whatever the text, nothing of it stays active."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.report.escape import (
    GAP,
    capped,
    code,
    disarmed,
    fence,
    inert,
    is_utf8,
    link,
    path_code,
    path_uri,
    plain,
    prose,
    safe_address,
    visible,
    visible_path,
)
from tests.report.rendered import active_text, foreign_html, text_of, tokens

PIECES = st.sampled_from(
    (
        *(
            "@octocat",
            "#12",
            "GH-3",
            "shop/app#4",
            "fixes #5",
            "https://a.example/b",
            "www.a.example",
        ),
        *("`", "```", "\n/audit waive", "<b>", "<!--", "-->", "![x](y)", "[x](y)", "|", "\\"),
        *("\u202e", "\x1b[31m", "\udcff", "- x", "1. x", "# x", "> x", "&amp;", "&#64;x", "~~~"),
        *("$x$", "_x_", "*x*", "    x", "\r\n", "==="),
    )
)
HOSTILE = st.lists(PIECES | st.text(max_size=8) | st.characters(codec=None), max_size=12).map(
    "".join
)


@given(HOSTILE)
def test_plain_text_renders_as_itself_and_as_nothing_else(text: str) -> None:
    markdown = plain(text)
    kinds = {token.type for token in tokens(markdown)}
    assert kinds <= {"inline", "text", "text_special", "paragraph_open", "paragraph_close"}
    assert text_of(markdown) == disarmed(visible(text, 600)).strip()
    assert not active_text(markdown)


@given(HOSTILE)
def test_plain_text_stays_in_its_table_cell(text: str) -> None:
    table = f"| a | b |\n|---|---|\n| x {plain(text)} | {code(text)} |"
    assert [token.type for token in tokens(table)].count("td_open") == 2
    assert not foreign_html(table)
    assert not active_text(table)


@given(HOSTILE)
@example("`")
@example(" a` ")
@example("a|b")
def test_inline_code_shows_exactly_its_text(text: str) -> None:
    markdown = f"x {code(text)} y"
    shown = disarmed(visible(text, 600))
    assert text_of(markdown) == f"x {shown if shown.strip() else shown or '(empty)'} y"
    assert not foreign_html(markdown)


@given(HOSTILE)
def test_a_fence_is_closed_by_its_own_end_alone(text: str) -> None:
    found = [
        token for token in tokens(f"a\n\n{fence(text, 'python')}\n\nz") if token.type == "fence"
    ]
    assert len(found) == 1
    assert text_of(f"{fence(text)}\n\nz") == "z"


@given(HOSTILE)
def test_prose_keeps_code_spans_and_arms_nothing(text: str) -> None:
    markdown = f"x {prose(text)}"
    assert not active_text(markdown)
    assert not foreign_html(markdown)
    assert not {"link_open", "image", "em_open"} & {token.type for token in tokens(markdown)}


def test_prose_renders_a_rules_code_span_as_code() -> None:
    assert prose("Use `shell=False` here") == "Use `shell=False` here"
    assert prose("a lone ` is text") == "a lone \\` is text"


@given(HOSTILE)
def test_everything_shown_can_be_sent_and_seen(text: str) -> None:
    shown = visible(text)
    shown.encode("utf-8")
    assert not any(unicodedata.category(character) in {"Cc", "Cf", "Cs"} for character in shown)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("a\x1b[2Jb", "a\\x1b[2Jb"),
        ("caf\udce9.py", "caf\\xe9.py"),
        ("evil\u202egpj.py", "evil\\u202egpj.py"),
        ("line\nbreak\r", "line\\nbreak\\r"),
        ("größe 漢字 🙂", "größe 漢字 🙂"),
        ("\U000e0041", "\\U000e0041"),
        ("lone \ud800", "lone \\ud800"),
    ],
)
def test_what_cannot_be_seen_is_spelt_out(raw: str, shown: str) -> None:
    assert visible(raw) == shown


@pytest.mark.parametrize(
    "text",
    [
        "@octocat",
        "fixes #12",
        "gh-7",
        "shop/app#9",
        "/audit waive",
        "https://a.example",
        "www.a.example",
    ],
)
def test_a_zero_width_space_breaks_what_github_acts_on(text: str) -> None:
    assert GAP in inert(text)
    assert inert(text).replace(GAP, "") == text


def test_a_path_inside_a_sentence_is_not_taken_for_a_command() -> None:
    assert inert("see docs/audit/a.md") == "see docs/audit/a.md"


def test_a_long_path_keeps_its_folder_and_its_name() -> None:
    shown = visible_path("src/" + "deep/" * 100 + "views.py")
    assert len(shown) == 160
    assert shown.startswith("src/deep/")
    assert shown.endswith("deep/views.py")


def test_a_path_with_pipe_and_backticks_is_one_cell() -> None:
    assert path_code("a`b|c.py", 3) == "<code>a\\`b&#124;c.py:3</code>"
    assert path_code("a`b.py", 3) == "``a`b.py:3``"


def test_a_megabyte_of_control_characters_is_cut_before_it_grows() -> None:
    assert len(visible("\x00" * 1_000_000, 50)) == 50
    assert capped("abc", 3) == "abc"


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "http://", "ftp://a.example", "//a.example", "http://[", "x" * 10],
)
def test_only_plain_web_addresses_become_links(address: str) -> None:
    assert safe_address(address) is None
    assert "](" not in link("guide", address)


def test_a_link_cannot_be_broken_out_of() -> None:
    shown = link("a]b", "https://a.example/x) [y](https://b.example")
    assert [token.type for token in tokens(shown)].count("link_open") == 1
    assert text_of(shown) == "a]b"


def test_bytes_that_are_not_utf8_stay_themselves_in_a_uri() -> None:
    assert path_uri("caf\udce9/a b#c:d.py") == "caf%E9/a%20b%23c%3Ad.py"
    assert is_utf8("café")
    assert not is_utf8("caf\udce9")


@given(st.text(st.characters(codec=None), max_size=30))
def test_every_path_has_a_uri(path: str) -> None:
    assert path_uri(path).isascii()
