"""`audit serve`: everything in one command."""

import asyncio
import os
import signal
import sys

from app.settings import Settings, SettingsError
from cli.problem import one_line
from workers.supervisor.process import CannotStartError
from workers.supervisor.serve import Started
from workers.supervisor.serve import serve as run_everything


def serve() -> None:
    """Run everything in one command: Redis unless one is set, migrations, worker, web."""
    with one_line(SettingsError, CannotStartError):
        asyncio.run(_serve(Settings.load(os.environ)))


async def _serve(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await run_everything(settings, os.environ, stop=stop, started=_say)


def _say(started: Started) -> None:
    sys.stderr.write(f"Pragmatic Audit listens on {started.web.url}; Ctrl-C ends it.\n")
