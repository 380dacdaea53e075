"""`audit scan`: the audit of a local change, with the same findings, ids and risk as on GitHub."""

import asyncio
import os
import sys
import uuid
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from app.domain.audit import Audit, failed_scanners
from app.domain.change import Change
from app.domain.policy import Policy
from app.domain.verdict import Outcome, decide
from app.report.cyclonedx import with_sbom
from app.settings import OfflineSettings, SettingsError
from cli.cache import cache_folder, fetched_advisories
from cli.document import Format, written
from cli.problem import CommandProblem, one_line
from cli.progress import Progress
from cli.selection import meant
from workers.advisories.feed import FeedError
from workers.auditing import Order, audit_change
from workers.bench import Bench
from workers.box.choose import strongest_box
from workers.box.job import Box, Tier
from workers.fetch.folder import folder_change
from workers.fetch.git import Git
from workers.fetch.local import Scope, local_change
from workers.fetch.problem import FetchError
from workers.fetch.reader import Reader
from workers.scanners.engines import EngineMissingError, Engines

EXIT_CODES: Final = {Outcome.PASS: 0, Outcome.BLOCK: 1, Outcome.INCONCLUSIVE: 2}
PROBLEMS: Final = (FetchError, EngineMissingError, FeedError, SettingsError, OSError)
"""What a local run can end with that its user can mend."""
NOT_CONSULTED: Final = ("the ledger's waivers", "the organisation's policy", "budgets")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What the command line asks for."""

    path: Path
    scope: Scope
    everything: bool
    advisories: Path | None
    only: str | None


def scan(
    path: Annotated[
        Path, typer.Argument(help="A git repository, or with --all any folder.")
    ] = Path(),
    base: Annotated[
        str | None, typer.Option(help="Compare with this ref [default branch].")
    ] = None,
    head: Annotated[str | None, typer.Option(help="Audit this ref [the working tree].")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every file, and each one new.")
    ] = False,
    staged: Annotated[bool, typer.Option("--staged", help="What is staged for commit.")] = False,
    only: Annotated[str | None, typer.Option(help="Show and judge this finding alone.")] = None,
    format_: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.TEXT,
    output: Annotated[Path | None, typer.Option(help="Write the document here.")] = None,
    advisories: Annotated[Path | None, typer.Option(help="Folder of advisory dumps.")] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Said for clarity: a scan never uses the network.")
    ] = True,
) -> None:
    """Audit a local change. Exit 0 pass, 1 block, 2 could not judge, 3 usage or configuration."""
    wish = Scan(
        path=path,
        scope=Scope(base=base, head=head, staged=staged),
        everything=everything,
        advisories=advisories,
        only=only,
    )
    with one_line(*PROBLEMS):
        audit = asyncio.run(audited(wish))
        document = written(audit, format_, output)
    if document is not None:
        sys.stdout.write(document)
    raise typer.Exit(EXIT_CODES[audit.verdict.outcome])


async def audited(wish: Scan) -> Audit:
    """The audit of what ``wish`` names, without waivers: a local run knows no ledger."""
    settings = OfflineSettings.load(os.environ)
    box = await _visible_box()
    bench = _bench(wish, settings, box)
    change, reader = await _change(wish, Git(box))
    try:
        order = Order(
            audit_id=str(uuid.uuid4()),
            policy=Policy(roles=not wish.everything),
            scanners=await bench.scanners(),
            scratch=bench.scratch,
            everything_new=wish.everything,
            not_consulted=NOT_CONSULTED,
        )
        with Progress(Console(stderr=True), change, order.scanners) as progress:
            audit = await audit_change(change, reader, order, progress.done)
    finally:
        reader.close()
    whole, _ = with_sbom(audit)
    return _narrowed(whole, wish.only) if wish.only else whole


async def _visible_box() -> Box:
    box = await strongest_box()
    if box.tier is Tier.LIMITS:
        sys.stderr.write("audit: scanners run with resource limits only; install bubblewrap\n")
    return box


def _bench(wish: Scan, settings: OfflineSettings, box: Box) -> Bench:
    return Bench(
        engines=Engines(settings.scanners_dir),
        box=box,
        data=cache_folder(),
        advisories=wish.advisories or settings.advisories_dir or fetched_advisories(),
        secret_key=None,
    )


async def _change(wish: Scan, git: Git) -> tuple[Change, Reader]:
    if wish.everything:
        return await folder_change(wish.path)
    return await local_change(git, wish.path, wish.scope)


def _narrowed(audit: Audit, only: str) -> Audit:
    """The audit of one finding: it fails as long as that finding stands."""
    kept = meant(audit.findings, only)
    if len({finding.fingerprint for finding in kept}) > 1:
        choices = ", ".join(finding.id for finding in kept)
        raise CommandProblem(f"--only {only} fits several findings: {choices}")
    verdict = decide(kept, failed_scanners(audit), audit.policy)
    return replace(audit, findings=kept, verdict=verdict)
