"""`audit advisories`: fetch the advisory data from its publishers, and say how old it is."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console
from rich.table import Table

from app.settings import OfflineSettings, SettingsError
from cli.cache import cache_folder, fetched_advisories
from cli.problem import CommandProblem, one_line
from workers.advisories.feed import FeedError
from workers.advisories.index import IndexFileError, ensure_index
from workers.advisories.status import AdvisoryStatus, advisory_status
from workers.advisories.update import (
    EPSS_SCORES,
    KEV_CATALOG,
    OSV_DUMPS,
    Fetched,
    Progress,
    Result,
    publishers,
    update,
)

GROUP = typer.Typer(
    help="The advisory data: fetch it, and say how old it is.", no_args_is_help=True
)


@GROUP.command(name="update")
def update_command(
    folder: Annotated[Path | None, typer.Option(help="Where to keep it.")] = None,
    osv: Annotated[str, typer.Option(help="Address of the OSV dumps.")] = OSV_DUMPS,
    kev: Annotated[str, typer.Option(help="Address of the KEV catalog.")] = KEV_CATALOG,
    epss: Annotated[str, typer.Option(help="Address of the EPSS scores.")] = EPSS_SCORES,
) -> None:
    """Fetch what is new from the publishers and build the local index."""
    console = Console(stderr=True)
    with one_line(ValueError, FeedError, SettingsError):
        settings = OfflineSettings.load(os.environ)
        target = folder or settings.advisories_dir or cache_folder() / "advisories"
        feeds = publishers(osv, kev, epss)
        with (
            httpx.Client(timeout=60, follow_redirects=True) as client,
            console.status("fetching") as status,
        ):
            fetched = update(
                feeds, target, client=client, progress=lambda step: status.update(_step(step))
            )
        for one in fetched:
            console.print(_line(one), markup=False, highlight=False)
        _require_some(fetched)
        with console.status("building the index"):
            ensure_index(target, cache_folder() / "cache")
    if any(one.result is Result.FAILED for one in fetched):
        raise typer.Exit(2)


@GROUP.command()
def status(
    folder: Annotated[Path | None, typer.Option(help="Where it is kept.")] = None,
) -> None:
    """Say how old and how large the advisory data is."""
    with one_line(FeedError, IndexFileError, SettingsError):
        settings = OfflineSettings.load(os.environ)
        source = folder or settings.advisories_dir or fetched_advisories()
        if source is None:
            raise CommandProblem("there is no advisory data: run `audit advisories update`")
        index = ensure_index(source, cache_folder() / "cache")
        found = advisory_status(index, datetime.now(UTC).date())
    Console(file=sys.stdout).print(_table(found))
    raise typer.Exit(2 if found.stale else 0)


def _step(step: Progress) -> str:
    total = f" of {step.total / 1e6:.0f}" if step.total else ""
    return f"fetching {step.name}: {step.received / 1e6:.1f}{total} MB"


def _line(one: Fetched) -> str:
    why = f", {one.why}" if one.why else ""
    entries = f" ({one.entries} entries)" if one.entries else ""
    return f"{one.name}: {one.result}{entries}{why}"


def _require_some(fetched: tuple[Fetched, ...]) -> None:
    if all(one.result is Result.FAILED for one in fetched):
        raise CommandProblem(f"nothing could be fetched; {fetched[0].name}: {fetched[0].why}")


def _table(found: AdvisoryStatus) -> Table:
    table = Table("source", "newest", "age", "state", box=None)
    for one in found.sources:
        age = "not known" if one.age is None else f"{one.age} days"
        state = "too old: run `audit advisories update`" if one.stale else "fresh"
        table.add_row(str(one.source.name), str(one.newest or "not known"), age, state)
    return table
