"""One whole run: start everything, play the story, tell it, keep the pages up, stop everything."""

import asyncio
import json
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console

from demo.story.acts import OwnChange, Stage, Tell, ends_of, own_story, sample_story
from demo.story.checked import differences
from demo.story.progress import Progress
from demo.story.sample import sample
from demo.story.server import AuditServer, audit_server
from demo.story.shown import Shown
from demo.story.telling import Teller
from workers.box.choose import strongest_box
from workers.box.job import Tier

LAST_LINES: Final = 20
"""Of each process's log, shown when something went wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was asked for; no ``change`` plays the sample."""

    change: OwnChange | None
    once: bool
    as_json: bool


@dataclass(frozen=True, slots=True)
class Screens:
    """Where the document goes and where everything else goes."""

    out: Console
    errors: Console


async def play(options: Options, environ: Mapping[str, str], screens: Screens) -> int:
    """The exit code: 0 when it went as told, 1 when not.

    Raises `OwnRepositoryError`, `SettingsError`, `CannotStartError`, and what ends an audit early.
    """
    if options.change is not None:
        await ends_of(options.change)
    progress = Progress(screens.errors)
    with tempfile.TemporaryDirectory(prefix="audit-demo-") as name:
        folder = Path(name)
        try:
            return await _play_in(folder, options, environ, screens)
        except Exception:
            _show_logs(folder / "logs", progress)
            raise


async def _play_in(
    folder: Path, options: Options, environ: Mapping[str, str], screens: Screens
) -> int:
    progress = Progress(screens.errors)
    async with AsyncExitStack() as stack:
        with progress.step("starting GitHub in a box, Redis, worker and web"):
            server, box = await asyncio.gather(
                stack.enter_async_context(audit_server(folder, environ)), strongest_box()
            )
        _say_what_holds(server, box.tier, progress)
        acts = await _acts(server, options, screens)
        differing = _differing(server, options, acts)
        _report(differing, acts, options, screens)
        if not options.once:
            await _stay(server, acts, progress)
        progress.say("stopping every process")
    return 1 if differing else 0


def _nothing(heading: str, shown: Shown) -> None:
    """Tells nothing: the document on stdout stands alone."""


async def _acts(server: AuditServer, options: Options, screens: Screens) -> tuple[Shown, ...]:
    tell: Tell = _nothing if options.as_json else Teller.on(screens.out).tell
    stage = Stage(server, Progress(screens.errors), tell)
    if options.change is None:
        return await sample_story(stage, sample())
    return await own_story(stage, options.change)


def _differing(server: AuditServer, options: Options, acts: Sequence[Shown]) -> tuple[str, ...]:
    return differences(server.box, acts) if options.change is None else ()


def _report(
    differing: Sequence[str], acts: Sequence[Shown], options: Options, screens: Screens
) -> None:
    say = Progress(screens.errors).say
    if options.as_json:
        document = {"audits": [shown.document for shown in acts]}
        screens.out.file.write(json.dumps(document, indent=2) + "\n")
        screens.out.file.flush()
    for sentence in differing:
        say(f"not as told: {sentence}")
    if options.change is None and not differing:
        say("The story went as told: blocked, blocked by the secret alone, clear.")


def _say_what_holds(server: AuditServer, tier: Tier, progress: Progress) -> None:
    progress.say(f"advisory data: {server.advisories}")
    if tier is Tier.LIMITS:
        progress.say(
            "note: scanners are limited but not isolated here; bubblewrap or user namespaces would do it."
        )


async def _stay(server: AuditServer, acts: Sequence[Shown], progress: Progress) -> None:
    for shown in acts:
        progress.say(f"{shown.outcome:>12}  {shown.page}")
    progress.say("The pages stay up until Ctrl-C.")
    await server.while_up(asyncio.Event().wait())


def _show_logs(logs: Path, progress: Progress) -> None:
    for path in sorted(logs.glob("*.log")):
        progress.say(f"the end of {path.name}:")
        for line in path.read_text("utf-8", "replace").splitlines()[-LAST_LINES:]:
            progress.say(f"  {line}")
