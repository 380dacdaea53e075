"""`audit db`: the database's schema."""

import os

import typer

from app.settings import OfflineSettings, SettingsError
from app.store.engine import StoreUnavailable
from app.store.migrate import upgrade_now
from cli.problem import one_line

GROUP = typer.Typer(help="The database's schema.", no_args_is_help=True)


@GROUP.callback()
def schema() -> None:
    """The database's schema."""


@GROUP.command()
def upgrade() -> None:
    """Bring the database to the newest schema."""
    with one_line(SettingsError, StoreUnavailable):
        upgrade_now(OfflineSettings.load(os.environ).database_url)
    typer.echo("The database is at the newest schema.", err=True)
