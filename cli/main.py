"""The `audit` command's sub-commands; the file of one is imported only when it is called."""

import sys
from collections.abc import Iterable
from importlib import import_module
from typing import Final, NoReturn

import typer
from typer._click.exceptions import UsageError  # typer exports only some of what derives from it

from cli.problem import USAGE

COMMANDS: Final[dict[str, str]] = {
    "scan": "cli.scan",
    "explain": "cli.explain",
    "serve": "cli.serve",
    "web": "cli.web",
    "worker": "cli.worker",
    "db": "cli.db",
    "advisories": "cli.advisories",
}


def command_line(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """The `audit` command with the sub-commands ``names``."""
    application = typer.Typer(
        name="audit",
        help="Audits a change and blocks on risk, never on a count.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    application.callback()(_nothing)
    for name in names:
        _add(application, name)
    return application


def _add(application: typer.Typer, name: str) -> None:
    """Add one file's command: the function of the command's name, or its group of commands."""
    module = import_module(COMMANDS[name])
    group: typer.Typer | None = getattr(module, "GROUP", None)
    if group is not None:
        application.add_typer(group, name=name)
    else:
        application.command(name)(getattr(module, name))


def _nothing() -> None:
    """Audits a change and blocks on risk, never on a count."""


def main() -> None:
    """The console script's entry. Output is UTF-8 whatever the locale says."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")
    asked = sys.argv[1:2]
    run(command_line(asked if asked and asked[0] in COMMANDS else COMMANDS))


def run(application: typer.Typer) -> NoReturn:
    """Run it and exit; wrong use is 3 in place of the library's 2, which is *could not judge* here."""
    try:
        code = application(standalone_mode=False)
    except UsageError as problem:
        problem.show()
        sys.exit(USAGE)
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
