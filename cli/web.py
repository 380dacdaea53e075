"""`audit web`: the receiver and the pages."""

import os
from typing import Annotated, Final

import typer
import uvicorn

from app.logs import configure_logging
from app.main import application
from app.settings import Settings, SettingsError
from cli.problem import one_line

CONCURRENT_REQUESTS: Final = 512
"""Each may hold a body of 25 MB: more at once are answered 503 before they are read."""


def web(
    host: Annotated[str | None, typer.Option(help="Address to listen on [AUDIT_HOST].")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on [AUDIT_PORT].")] = None,
) -> None:
    """Run the web process alone."""
    with one_line(SettingsError):
        settings = Settings.load(os.environ)
        app = application(settings)
    configure_logging(settings.log_level)
    uvicorn.run(
        app,
        host=host or settings.host,
        port=settings.port if port is None else port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        limit_concurrency=CONCURRENT_REQUESTS,
        log_config=None,
    )
