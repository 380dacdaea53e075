"""`audit serve`: everything in one command."""

import asyncio
import os
import sys

from app.logs import configure_logging
from app.settings import Settings, SettingsError
from app.store.engine import StoreUnavailable
from cli.problem import one_line
from workers.stop_signal import stop_on_signals
from workers.supervisor.process import CannotStartError
from workers.supervisor.serve import Started
from workers.supervisor.serve import serve as run_everything


def serve() -> None:
    """Run everything in one command: Redis unless one is set, migrations, worker, web."""
    with one_line(SettingsError, CannotStartError, StoreUnavailable):
        settings = Settings.load(os.environ)
        configure_logging(settings.log_level)
        asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    await run_everything(settings, os.environ, stop=stop_on_signals(), started=_say)


def _say(started: Started) -> None:
    sys.stderr.write(f"Pragmatic Audit listens on {started.web.url}; Ctrl-C ends it.\n")
