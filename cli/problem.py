"""What ends a command early: one line on stderr that says what, where and how to fix it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import typer

USAGE: Final = 3
"""The exit code for wrong use or configuration (design section 10)."""


class CommandProblem(Exception):  # noqa: N818 - shown to people as it is
    """Something the user can mend; the text is one line."""


@contextmanager
def one_line(*problems: type[Exception]) -> Iterator[None]:
    """Turn ``problems`` into one line on stderr and exit code 3."""
    expected: tuple[type[Exception], ...] = (CommandProblem, *problems)
    try:
        yield
    except expected as problem:
        sys.stderr.write(f"audit: {problem}\n")
        raise typer.Exit(USAGE) from problem
