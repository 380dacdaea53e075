"""What hides code from an engine, and not from the language, is undone before the engine looks."""

import pytest

from app.domain.scan import GapReason
from workers.scanners.code.languages import Language
from workers.scanners.code.text import NotText, SourceText, source_text

BODY = "def f(x):\n    return eval(x)\n"


def given(data: bytes, language: Language = Language.PYTHON) -> SourceText:
    text = source_text(data, language)
    assert isinstance(text, SourceText)
    return text


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-32", "utf-8"])
def test_every_byte_order_mark_is_honoured(codec: str) -> None:
    assert given(BODY.encode(codec)).data == BODY.encode()


def test_a_plain_file_is_given_as_it_is() -> None:
    text = given(BODY.encode())
    assert text.exact
    assert text.line(2) == 2


def test_latin_1_is_read_whether_declared_or_not() -> None:
    declared = given(b"# -*- coding: latin-1 -*-\ns = '\xe9'\n" + BODY.encode())
    assert "é".encode() in declared.data
    assert BODY.encode() in given(b"s = '\xe9'\n" + BODY.encode()).data


@pytest.mark.parametrize("codec", [b"utf-7", b"utf_7", b"unicode_escape", b"rot13", b"no-such"])
def test_an_encoding_that_can_hide_code_is_refused(codec: bytes) -> None:
    text = source_text(b"# coding: " + codec + b"\neval+ACg-x+ACk-\n", Language.PYTHON)
    assert isinstance(text, NotText)
    assert text.reason is GapReason.UNDECODABLE


def test_a_cookie_means_nothing_to_a_language_without_cookies() -> None:
    assert given(b"# coding: utf-7\n", Language.PHP).exact


def test_full_width_letters_in_python_are_the_letters() -> None:
    assert b"return eval(x)" in given("def f(x):\n    return ｅval(x)\n".encode()).data
    assert "（".encode() in given("s = '（é'\n".encode()).data


@pytest.mark.parametrize("escape", [r"\u0065val(x)", r"\u{65}val(x)"])
def test_escaped_letters_in_javascript_are_the_letters(escape: str) -> None:
    assert given(escape.encode(), Language.JAVASCRIPT).data == b"eval(x)"


def test_an_escaped_backslash_starts_no_escape() -> None:
    code = rb's = "\\u0065"'
    assert given(code, Language.JAVASCRIPT).data == code


def test_lone_carriage_returns_are_lines_to_the_engine_and_none_to_git() -> None:
    text = given(BODY.replace("\n", "\r").encode())
    assert text.data == BODY.encode()
    assert [text.line(number) for number in (1, 2, 99)] == [1, 1, 1]
    mixed = given(b"a = 1\rb = 2\r\nc = 3\n")
    assert [mixed.line(number) for number in (1, 2, 3)] == [1, 1, 2]


def test_windows_line_ends_are_left_alone() -> None:
    assert given(b"a = 1\r\nb = 2\r\n").exact


def test_a_nul_byte_hides_nothing() -> None:
    assert given(b"\x00\n" + BODY.encode() * 3).data == b" \n" + BODY.encode() * 3


def test_a_file_full_of_nul_bytes_is_no_text() -> None:
    text = source_text(b"\x00\x01" * 500, Language.PYTHON)
    assert isinstance(text, NotText)
    assert text.reason is GapReason.UNDECODABLE


def test_a_pointer_to_large_file_storage_is_told_as_such() -> None:
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64
    text = source_text(pointer, Language.PYTHON)
    assert isinstance(text, NotText)
    assert text.reason is GapReason.LFS_POINTER
