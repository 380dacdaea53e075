"""`audit worker`: takes audits from the queues."""

import asyncio
import os

from app.logs import configure_logging
from app.settings import Settings, SettingsError
from cli.problem import one_line
from workers.advisories.feed import FeedError
from workers.main import run
from workers.resources import WeakBoxError
from workers.scanners.engines import EngineMissingError


def worker() -> None:
    """Run the worker process alone."""
    with one_line(SettingsError, WeakBoxError, EngineMissingError, FeedError):
        settings = Settings.load(os.environ)
        configure_logging(settings.log_level)
        asyncio.run(run(settings))
