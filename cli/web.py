"""`audit web`: the receiver and the pages."""

import os
from typing import Annotated

import typer
import uvicorn
from app.main import application

from app.settings import Settings, SettingsError
from cli.problem import one_line


def web(
    host: Annotated[str | None, typer.Option(help="Address to listen on [AUDIT_HOST].")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on [AUDIT_PORT].")] = None,
) -> None:
    """Run the web process alone."""
    with one_line(SettingsError):
        settings = Settings.load(os.environ)
    uvicorn.run(
        application(settings),
        host=host or settings.host,
        port=settings.port if port is None else port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_config=None,
    )
