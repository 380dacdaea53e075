"""git over HTTP: real `git http-backend` behind GitHub's rules of who may read what.

Reading only. A private repository asks for credentials with 401, and does not exist (404) for a token that
does not cover it. User name `x-access-token`, the token as the password.
"""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse

from demo.access import MovedError, find_repository, may_see
from demo.auth import Anonymous, Caller, InstallationCaller, identify
from demo.bodies.links import Links
from demo.git.program import environment
from demo.outcome import Outcome
from demo.refusal import RefusalError, not_found
from demo.state.repository import Repository
from demo.state.world import World

PATH: Final = re.compile(
    r"/(?P<owner>[^/]+)/(?P<name>[^/]+?)(?:\.git)?/(?P<service>info/refs|git-upload-pack|git-receive-pack)"
)
CHUNK: Final = 64 * 1024
HEADER_BYTES: Final = 16 * 1024
CHALLENGE: Final = {"WWW-Authenticate": 'Basic realm="GitHub"'}


@dataclass(frozen=True, slots=True)
class GitHttp:
    """Serves clones and fetches."""

    world: World
    links: Links

    async def respond(self, request: Request) -> Outcome:
        """One request, and who made it."""
        caller: Caller = Anonymous()
        try:
            caller = identify(self.world, request.headers.get("authorization", ""))
            repository, service = self._wanted(request, caller)
        except RefusalError as refusal:
            headers = CHALLENGE if refusal.status == 401 else {}
            return Outcome(PlainTextResponse(refusal.message, refusal.status, headers), caller)
        except MovedError as moved:
            return Outcome(self._redirect(request, moved.repository), caller)
        return Outcome(await backend(request, repository, service), caller)

    def _wanted(self, request: Request, caller: Caller) -> tuple[Repository, str]:
        """What may be read. Raises RefusalError, MovedError."""
        parts = PATH.fullmatch(request.url.path)
        if parts is None:
            raise not_found()
        found = find_repository(self.world, parts["owner"], parts["name"])
        if found.private and isinstance(caller, Anonymous):
            raise RefusalError(401, "Authentication required")
        if not may_see(self.world, caller, found):
            raise RefusalError(404, "Repository not found.")
        if isinstance(caller, InstallationCaller) and not caller.may("contents", "read"):
            raise RefusalError(403, "Write access to repository not granted.")
        if "git-receive-pack" in (parts["service"], request.query_params.get("service")):
            raise RefusalError(
                403, "Permission to push denied: the box takes pushes from its driver only."
            )
        return found, parts["service"]

    def _redirect(self, request: Request, repository: Repository) -> Response:
        parts = PATH.fullmatch(request.url.path)
        service = parts["service"] if parts else "info/refs"
        address = self.links.page(f"{repository.full_name}.git/{service}")
        return RedirectResponse(f"{address}?{request.url.query}", 301)


def is_git(path: str) -> bool:
    """Whether a path is one of git's."""
    return PATH.fullmatch(path) is not None


async def backend(request: Request, repository: Repository, service: str) -> Response:
    """Run http-backend for one request, streaming both ways."""
    process = await asyncio.create_subprocess_exec(
        "git",
        "http-backend",
        env=environment(_cgi(request, repository, service)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        limit=HEADER_BYTES,
    )
    assert process.stdin is not None  # noqa: S101 - asked for above
    assert process.stdout is not None  # noqa: S101
    feeding = asyncio.create_task(_feed(request, process.stdin))
    try:
        status, headers = await _headers(process.stdout)
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        await _end(process, feeding)
        return PlainTextResponse("git http-backend gave no answer", 500)
    body = _body(process, process.stdout, feeding)
    return StreamingResponse(body, status, headers, media_type=headers.get("content-type"))


def _cgi(request: Request, repository: Repository, service: str) -> dict[str, str]:
    headers = request.headers
    variables = {
        "GIT_PROJECT_ROOT": str(repository.path.parent),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": f"/{repository.path.name}/{service}",
        "REQUEST_METHOD": request.method,
        "QUERY_STRING": request.url.query,
        "CONTENT_TYPE": headers.get("content-type", ""),
        "HTTP_CONTENT_ENCODING": headers.get("content-encoding", ""),
        "GIT_PROTOCOL": headers.get("git-protocol", ""),
        "REMOTE_ADDR": "127.0.0.1",
    }
    # Without a length (a chunked body) the backend reads to the end.
    length = headers.get("content-length")
    return variables | ({"CONTENT_LENGTH": length} if length else {})


async def _feed(request: Request, stdin: asyncio.StreamWriter) -> None:
    """Hand the body on. The backend may stop reading before the end: that is its right."""
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        async for chunk in request.stream():
            stdin.write(chunk)
            await stdin.drain()
        stdin.close()
        await stdin.wait_closed()


async def _headers(stdout: asyncio.StreamReader) -> tuple[int, Mapping[str, str]]:
    raw = (await stdout.readuntil(b"\r\n\r\n")).decode("latin-1")
    pairs = (line.split(":", 1) for line in raw.split("\r\n") if ":" in line)
    headers = {name.strip().lower(): value.strip() for name, value in pairs}
    return int(headers.pop("status", "200").split()[0]), headers


async def _body(
    process: asyncio.subprocess.Process, stdout: asyncio.StreamReader, feeding: asyncio.Task[None]
) -> AsyncIterator[bytes]:
    try:
        while chunk := await stdout.read(CHUNK):
            yield chunk
    finally:
        await _end(process, feeding)


async def _end(process: asyncio.subprocess.Process, feeding: asyncio.Task[None]) -> None:
    """Leave neither the task nor the process behind, also when the client has gone away."""
    feeding.cancel()
    await asyncio.gather(feeding, return_exceptions=True)
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    await process.wait()
