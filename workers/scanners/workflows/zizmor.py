"""Running zizmor inside the box, and reading its JSON (form v1, zizmor 1.32.0) strictly."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from workers.scanners.workflows.wire import FileKind, Problem

OPTIONS: Final = (
    *("--offline", "--no-config", "--no-ignores", "--no-progress", "--strict-collection"),
    # Every kind of file, ignore files or not; without it, dependabot's are left out.
    *("--collect", "all", "--persona", "auditor", "--format", "json-v1", "--no-exit-codes"),
)
MAX_TEXT: Final = 300


class ZizmorError(RuntimeError):
    """The engine gave no whole answer; the message says what it did."""


def place_of(folder: Path, number: int, kind: FileKind) -> Path:
    """Where file ``number`` is laid, under a name by which zizmor knows its kind."""
    own = folder / f"{number:05d}"
    match kind:
        case FileKind.WORKFLOW:
            return own / ".github" / "workflows" / "workflow.yml"
        case FileKind.ACTION:
            return own / "action.yml"
        case FileKind.DEPENDABOT:
            return own / ".github" / "dependabot.yml"


def problems_of(
    engine: str, places: Sequence[Path], seconds: float, heads: frozenset[Path]
) -> Mapping[str, list[Problem]]:
    """The problems of each file, by the path it was given as. Raises `ZizmorError`.

    ``heads`` are the files that check out a pull request's code.
    """
    try:
        done = subprocess.run(
            (engine, *OPTIONS, *map(str, places)),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=max(seconds, 0.1),
            env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": os.environ["HOME"]},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ZizmorError(f"it ran longer than {seconds:.0f} s") from None
    if done.returncode != 0:
        raise ZizmorError(f"it ended with code {done.returncode}")
    return _by_file(done.stdout, {str(place) for place in heads})


def _by_file(output: bytes, heads: set[str]) -> Mapping[str, list[Problem]]:
    found: dict[str, list[Problem]] = {}
    try:
        for finding in json.loads(output):
            path, location = _primary(finding)
            found.setdefault(path, []).append(_problem(finding, location, path in heads))
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise ZizmorError(f"its answer has another form: {type(error).__name__}") from None
    return found


def _primary(finding: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Path and location of what a finding is about; "Hidden" ones stand for the whole file."""
    locations = finding["locations"]
    primary = next((at for at in locations if at["symbolic"]["kind"] == "Primary"), locations[0])
    return str(primary["symbolic"]["key"]["Local"]["verbatim_path"]), primary


def _problem(
    finding: Mapping[str, Any], location: Mapping[str, Any], checks_out_head: bool
) -> Problem:
    grades, place = finding["determinations"], location["concrete"]["location"]
    return Problem(
        rule=str(finding["ident"]),
        description=str(finding["desc"])[:MAX_TEXT],
        url=str(finding["url"])[:MAX_TEXT],
        severity=str(grades["severity"]).lower(),
        confidence=str(grades["confidence"]).lower(),
        persona=str(grades["persona"]).lower(),
        line=int(place["start_point"]["row"]) + 1,
        end_line=int(place["end_point"]["row"]) + 1,
        route=_route(location["symbolic"]["route"]["route"]),
        ignored=_asks_to_look_away(location, str(finding["ident"])),
        checks_out_head=checks_out_head,
    )


def _route(parts: Sequence[Mapping[str, Any]]) -> str:
    """``jobs.build.steps[2]`` from a list of keys and indexes."""
    route = ""
    for part in parts:
        if "Index" in part:
            route += f"[{int(part['Index'])}]"
        else:
            route += f".{part['Key']}" if route else str(part["Key"])
    return route[:MAX_TEXT]


def _asks_to_look_away(location: Mapping[str, Any], rule: str) -> bool:
    """Whether a comment in these lines is one that would have hidden this rule's findings."""
    comments = json.dumps(location["concrete"].get("comments", []))
    marks = comments.split("zizmor: ignore[")[1:]
    return any(rule in mark.partition("]")[0] for mark in marks)
