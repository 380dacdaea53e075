"""`python -m demo`: a pull request audited end to end on this machine, without a GitHub account."""

import asyncio
import logging
import os
import signal
import sys
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from app.settings import SettingsError
from demo.story.acts import OwnChange, OwnRepositoryError
from demo.story.play import Options, Screens, play
from demo.story.server import ServerEndedError
from demo.story.shown import AuditNeverEndedError
from workers.supervisor.process import CannotStartError

USAGE: Final = 3
"""The exit code for wrong use or configuration (design section 10)."""
INTERRUPTED: Final = 130
"""128 + SIGINT, as shells say it."""


def demo(
    repo: Annotated[Path | None, typer.Option(help="A git repository of your own.")] = None,
    base: Annotated[str, typer.Option(help="The revision to compare with.")] = "",
    head: Annotated[str, typer.Option(help="The revision to audit [HEAD].")] = "",
    once: Annotated[bool, typer.Option("--once", help="End after the story.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Audit a sample pull request, or a change of your own, on a GitHub in a box."""
    logging.getLogger().addHandler(logging.NullHandler())
    screens = Screens(out=Console(), errors=Console(stderr=True))
    try:
        options = Options(change=_change(repo, base, head), once=once, as_json=as_json)
        raise typer.Exit(asyncio.run(_until_signal(options, screens)))
    except (OwnRepositoryError, SettingsError, CannotStartError) as problem:
        sys.stderr.write(f"demo: {problem}\n")
        raise typer.Exit(USAGE) from problem
    except (ServerEndedError, AuditNeverEndedError) as problem:
        sys.stderr.write(f"demo: {problem}\n")
        raise typer.Exit(1) from problem


def _change(repo: Path | None, base: str, head: str) -> OwnChange | None:
    if repo is None:
        if base or head:
            raise OwnRepositoryError("--base and --head need --repo.")
        return None
    if not base:
        raise OwnRepositoryError("--repo needs --base: the revision to compare with.")
    return OwnChange(repo, base, head or "HEAD")


async def _until_signal(options: Options, screens: Screens) -> int:
    """Play, and stop everything in order at the first signal; a second one ends this program at once."""
    playing = asyncio.create_task(play(options, os.environ, screens))
    loop = asyncio.get_running_loop()

    def stop() -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
        playing.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        return await playing
    except asyncio.CancelledError:
        return INTERRUPTED


if __name__ == "__main__":
    typer.run(demo)
