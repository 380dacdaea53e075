"""Running git, with no configuration but our own."""

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path

# The user's and the machine's configuration must not change what the box does.
ISOLATION: Mapping[str, str] = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "LC_ALL": "C",
}


class GitError(Exception):
    """git ended with an error. The message is its own."""


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """PATH, isolation and what the call adds; variables such as GIT_DIR are not inherited."""
    return {"PATH": os.environ.get("PATH", os.defpath), **ISOLATION, **(more or {})}


async def git(
    repository: Path, *arguments: str, stdin: bytes = b"", env: Mapping[str, str] | None = None
) -> bytes:
    """What git writes to standard output. Raises GitError."""
    process = await asyncio.create_subprocess_exec(
        "git",
        *arguments,
        cwd=repository,
        env=environment(env),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate(stdin)
    if process.returncode:
        raise GitError(f"git {arguments[0]}: {errors.decode(errors='replace').strip()}")
    return output


async def git_line(repository: Path, *arguments: str, stdin: bytes = b"") -> str:
    """The same as one stripped line of text."""
    return (await git(repository, *arguments, stdin=stdin)).decode(errors="replace").strip()
