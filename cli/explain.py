"""`audit explain`: all that is known of one finding of a local change."""

import asyncio
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from app.domain.audit import Audit
from app.domain.finding import Finding
from app.report.text import text_explain
from cli.problem import CommandProblem, one_line
from cli.scan import PROBLEMS, Scan, audited
from cli.selection import meant
from workers.fetch.local import Scope

NAMED: Final = 20
"""Ids named where the one asked for is not there: one line stays one line."""


def explain(
    finding_id: Annotated[str, typer.Argument(metavar="ID", help="Its id, or how it begins.")],
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
    advisories: Annotated[Path | None, typer.Option(help="Folder of advisory dumps.")] = None,
) -> None:
    """Explain one finding: risk, path, fix, evidence. Exit 0 found, 3 unknown id, usage or configuration."""
    wish = Scan(
        path=path,
        scope=Scope(base=base, head=head),
        everything=everything,
        advisories=advisories,
        only=None,
    )
    with one_line(*PROBLEMS):
        audit = asyncio.run(audited(wish))
        finding = _the_one(audit, finding_id)
    Console().print(text_explain(finding, audit.change))


def _the_one(audit: Audit, asked: str) -> Finding:
    found = meant(audit.findings, asked)
    if not found:
        raise CommandProblem(f"no finding {asked!a} here; there are: {_ids(audit.findings)}")
    if len(found) > 1:
        raise CommandProblem(f"{asked!a} fits several findings: {_ids(found)}")
    return found[0]


def _ids(findings: tuple[Finding, ...]) -> str:
    """Their ids, worst first; the rest as a count."""
    named = ", ".join(finding.id for finding in findings[:NAMED])
    more = len(findings) - NAMED
    return f"{named} and {more:,} more" if more > 0 else named or "none"
