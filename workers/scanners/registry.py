"""Which scanners there are: one list, made from values."""

from datetime import date
from pathlib import Path

from workers.box.job import Box
from workers.scanners.code.cache import NoCache, SqliteCache
from workers.scanners.code.rules import load_pack
from workers.scanners.code.scanner import CodeScanner
from workers.scanners.dependencies.scanner import DependencyScanner
from workers.scanners.engines import Engines
from workers.scanners.scanner import Scanner
from workers.scanners.secrets.scanner import SecretsScanner
from workers.scanners.workflows.scanner import WorkflowsScanner


def standard_scanners(
    *,
    engines: Engines,
    box: Box,
    cache: Path,
    advisories: Path | None,
    secret_key: bytes | None,
    today: date,
    remember: bool = True,
) -> tuple[Scanner, ...]:
    """The four scanners that every audit runs.

    ``cache`` is a folder of ours: the rule pack's JSON is kept there and, with ``remember``, what
    blobs were seen to hold. ``advisories`` is the index (None: there is none), ``secret_key``
    hashes found secrets (None: a random key for these scanners). Raises `EngineMissingError` and
    `RulePackError`.
    """
    readings = SqliteCache(cache / "readings.sqlite") if remember else NoCache()
    return (
        CodeScanner(engines=engines, box=box, pack=load_pack(cache), cache=readings),
        SecretsScanner(engines=engines, box=box, key=secret_key),
        DependencyScanner(engines=engines, box=box, index=advisories, today=today),
        WorkflowsScanner(engines=engines, box=box),
    )
