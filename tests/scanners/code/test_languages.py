"""Which language a file is in is our choice, not that of a tool's list of suffixes."""

import pytest

from workers.scanners.code.languages import (
    Language,
    language_of,
    language_of_shebang,
    may_have_shebang,
)


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("shop/app.py", Language.PYTHON),
        ("shop/APP.PY", Language.PYTHON),
        ("stubs/app.pyi", Language.PYTHON),
        ("web/view.jsx", Language.JAVASCRIPT),
        ("web/view.tsx", Language.TYPESCRIPT),
        ("web/mod.mts", Language.TYPESCRIPT),
        ("Dockerfile", Language.DOCKERFILE),
        ("deploy/Dockerfile.prod", Language.DOCKERFILE),
        ("deploy/api.dockerfile", Language.DOCKERFILE),
        ("Gemfile", Language.RUBY),
        ("lib/tasks/db.rake", Language.RUBY),
        ("public/index.phtml", Language.PHP),
        ("-rf.py", Language.PYTHON),
        ("a\nb.py", Language.PYTHON),
        ("README.md", None),
        (".py", None),
        ("Makefile", None),
    ],
)
def test_a_path_names_its_language(path: str, language: Language | None) -> None:
    assert language_of(path) is language


@pytest.mark.parametrize(
    ("line", "language"),
    [
        (b"#!/usr/bin/env python3\n", Language.PYTHON),
        (b"#!/usr/bin/python2.7 -u\n", Language.PYTHON),
        (b"#! /usr/bin/env -S VAR=1 node --harmony\n", Language.JAVASCRIPT),
        (b"\xef\xbb\xbf#!/usr/bin/ruby\r\n", Language.RUBY),
        (b"#!/bin/cat\n", None),
        (b"#!\n", None),
        (b"print(1)\n", None),
    ],
)
def test_a_first_line_names_an_interpreter(line: bytes, language: Language | None) -> None:
    assert language_of_shebang(line) is language


def test_only_names_without_a_suffix_may_need_the_first_line() -> None:
    assert may_have_shebang("bin/deploy")
    assert not may_have_shebang("notes.txt")
    assert not may_have_shebang(".gitignore")
