"""betterleaks over decoded copies of the files, inside the box: it prints secrets as they are."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from workers.scanners.secrets.candidate import Candidate, Lines
from workers.scanners.secrets.kinds import BETTERLEAKS

NAME: Final = "betterleaks"
OPTIONS: Final = (
    "--no-allow-signatures",
    *("--exit-code", "0"),
    *("--output", "-"),
    "--silent",
    "--no-banner",
    *("--max-archive-depth", "0"),
    # The other engine, re2 in WebAssembly, reserves 4 GiB of addresses a thread: over any limit.
    *("--regex-engine", "stdlib"),
)
"""Never --validate or --analyze: they use what they find."""


class BetterleaksError(RuntimeError):
    """The engine gave no whole answer. The message holds nothing of its output."""


def findings_of(binary: str, folder: Path, seconds: float) -> Mapping[str, list[dict[str, Any]]]:
    """What betterleaks finds in each file of ``folder``, by file name. Raises `BetterleaksError`."""
    try:
        done = subprocess.run(
            (binary, str(folder), *OPTIONS),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=max(seconds, 0.1),
            env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": str(folder.parent)},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise BetterleaksError(f"it ran longer than {seconds:.0f} s") from None
    if done.returncode != 0:
        raise BetterleaksError(f"it ended with code {done.returncode}")
    return _by_file(done.stdout)


def _by_file(output: bytes) -> Mapping[str, list[dict[str, Any]]]:
    try:
        document = json.loads(output)
        complete = document["scan"]["state"] == "complete"
        found: dict[str, list[dict[str, Any]]] = {}
        for finding in document["findings"]:
            found.setdefault(Path(finding["location"]["path"]).name, []).append(finding)
    except (ValueError, KeyError, TypeError) as error:
        raise BetterleaksError(f"its answer has another form: {type(error).__name__}") from None
    if not complete:
        raise BetterleaksError("it did not read everything")
    return found


def candidates(findings: list[dict[str, Any]], lines: Lines) -> Iterator[Candidate]:
    """The findings of one file as stretches of its text."""
    for finding in findings:
        value = str(finding["match"]["value"])
        first, last = (int(finding["location"][key]) for key in ("start_line", "end_line"))
        start, end = _stretch(value, lines, first, last)
        rule = str(finding["rule_id"])
        yield Candidate(
            type=BETTERLEAKS.get(rule, rule),
            start=start,
            end=end,
            value=value,
            typed=finding["confidence"] in {"high", "medium"} and not rule.startswith("generic"),
            by=NAME,
        )


def _stretch(value: str, lines: Lines, first: int, last: int) -> tuple[int, int]:
    """Where ``value`` stands; the whole lines where it was found in something decoded."""
    start, end = lines.start(first), lines.end(last)
    at = lines.text.find(value, start, end)
    return (at, at + len(value)) if at >= 0 else (start, end)
