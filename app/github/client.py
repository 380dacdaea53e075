"""The client: one a worker. It signs in, narrows, paces, repeats what may be repeated, and says what failed."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
from githubkit import AppAuthStrategy, GitHub, TokenAuthStrategy
from githubkit.cache import MemCacheStrategy
from githubkit.exception import RequestError, RequestFailed
from pydantic import BaseModel, TypeAdapter, ValidationError

from app.github.connection import CLONING, NO_PARAMETERS, Access, Connection, open_transport
from app.github.errors import (
    AnswerLost,
    BadAnswer,
    Forbidden,
    InstallationGone,
    Moved,
    NotFound,
    Unauthorized,
    without_tokens,
)
from app.github.models import AppAnswer, AppIdentity, RepositoryAnswer, TokenAnswer
from app.github.pace import Pace, Sleep
from app.github.retry import (
    YOUNG_S,
    YOUNG_TOKEN_PAUSES_S,
    Call,
    error_of,
    pause_before_repeat,
)
from app.github.tokens import Clock, Token, Tokens

Shape = TypeVar("Shape", bound=BaseModel)
PER_PAGE = 100
MOST_PAGES = 30
"""GitHub lists at most 3000 of most things; more pages would be a fault."""


def utc_now() -> datetime:
    """The time in UTC."""
    return datetime.now(UTC)


class GitHubClient:
    """Talks to one GitHub as one app; close it with `aclose` or use it as a context.

    It may be used from any task. Every method raises `GitHubError`s and nothing else of its own.
    """

    def __init__(
        self, connection: Connection, *, clock: Clock = utc_now, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._sleep = sleep
        self._transport = open_transport(connection)
        auth = AppAuthStrategy(connection.app_id, connection.private_key)
        signed = MemCacheStrategy()  # of its own: the default one is shared by all apps and hosts
        self._reading = self._github(auth, signed, follow_redirects=True)
        self._writing = self._github(auth, signed, follow_redirects=False)
        self._tokens = Tokens(self._mint, clock)
        self._pace = Pace(connection.spacing_s, sleep)
        self._names: dict[int, str] = {}
        self._identity: AppIdentity | None = None

    async def __aenter__(self) -> Self:
        """Itself."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections."""
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.close_pool()

    async def identity(self) -> AppIdentity:
        """Who we are on GitHub, asked once."""
        if self._identity is None:
            call = Call(method="GET", path="/app", what="reading the app", repeatable=True)
            answer = parsed(AppAnswer, await self._repeated(lambda: self._as_app(call), call))
            self._identity = AppIdentity(self._connection.app_id, answer.slug)
        return self._identity

    async def git_token(self, access: Access) -> Token:
        """A token with which git may read ``access``'s repository and do nothing else."""
        return await self._tokens.token(Access(access.installation_id, access.repository, CLONING))

    async def request(self, access: Access, call: Call) -> httpx.Response:
        """The successful answer to ``call``.

        Reads follow redirects. A write to a renamed repository is sent once more under its new
        name. Writes of one installation go one after another.
        """
        if call.reads:
            return await self._repeated(lambda: self._authorised(access, call), call)
        if not call.paced:
            return await self._repeated(lambda: self._authorised(access, call), call)
        async with self._pace.turn(access.installation_id):
            return await self._repeated(lambda: self._written(access, call), call)

    async def read(self, access: Access, shape: type[Shape], call: Call) -> Shape:
        """One object."""
        return parsed(shape, await self.request(access, call))

    async def read_pages(
        self, access: Access, shape: type[Shape], call: Call, inside: str | None = None
    ) -> tuple[Shape, ...]:
        """Every object of a list, page by page; ``inside`` names the key of a wrapped list.

        Raises BadAnswer when there are more than 3000: a cut list would read as the whole.
        """
        found: list[Shape] = []
        for page in range(1, MOST_PAGES + 1):
            response = await self.request(access, _page(call, page))
            items = parsed_list(shape, response, inside)
            found.extend(items)
            if len(items) < PER_PAGE:
                return tuple(found)
        raise BadAnswer(f"GitHub's list for {call.what} does not end.")

    async def graphql(
        self, access: Access, query: str, variables: Mapping[str, object], *, changes: bool
    ) -> Mapping[str, object]:
        """The ``data`` of a GraphQL answer, whose mutations must be safe to repeat.

        Raises Forbidden when GitHub answers with errors, which come with status 200.
        """
        call = Call(
            method="POST",
            path=graphql_address(self._connection.base_url),
            what="a thread",
            repeatable=True,
            paced=changes,
            body={"query": query, "variables": dict(variables)},
        )
        response = await self.request(access, call)
        answer = _json(response)
        if not isinstance(answer, dict) or not isinstance(answer.get("data"), dict | None):
            raise BadAnswer("GitHub's GraphQL answer has no data.")
        if answer.get("errors"):
            raise Forbidden(200, call.what, without_tokens(_first_message(answer["errors"])))
        return answer["data"] or {}

    async def _repeated(
        self, send: Callable[[], Awaitable[httpx.Response]], call: Call
    ) -> httpx.Response:
        """Send, and again after a lost answer where that does no harm."""
        attempts = 0
        while True:
            try:
                return await send()
            except AnswerLost:
                attempts += 1
                pause = pause_before_repeat(call, attempts)
                if pause is None:
                    raise
            await self._sleep(pause)

    async def _written(self, access: Access, call: Call) -> httpx.Response:
        """Send; where the repository has another name now, learn it and send once more."""
        try:
            return await self._authorised(access, call)
        except Moved:
            if not await self._learn_name(access):
                raise
        return await self._authorised(access, call)

    async def _learn_name(self, access: Access) -> bool:
        """Follow the redirect of the old name; False when another repository answers to it."""
        call = Call(
            method="GET", path="/repos/{repository}", what="the repository", repeatable=True
        )
        answer = parsed(RepositoryAnswer, await self._authorised(access, call))
        if answer.id != access.repository.id:
            return False
        self._names[answer.id] = answer.full_name
        return True

    async def _authorised(self, access: Access, call: Call) -> httpx.Response:
        """Send with an installation token; a refused one is tried again when young, else replaced."""
        pauses = list(YOUNG_TOKEN_PAUSES_S)
        replaced = False
        while True:
            token = await self._tokens.token(access)
            try:
                return await self._as_installation(token, access, call)
            except Forbidden as error:
                if "suspended" in error.said.lower():
                    raise InstallationGone(access.installation_id, "is suspended") from error
                raise
            except Unauthorized:
                age = (self._clock() - token.minted_at).total_seconds()
                if age < YOUNG_S and pauses:
                    await self._sleep(pauses.pop(0))
                elif not replaced:
                    replaced = True
                    self._tokens.drop(access, token)
                else:
                    raise

    async def _as_installation(self, token: Token, access: Access, call: Call) -> httpx.Response:
        github = self._reading if call.reads else self._writing
        path = call.path.format(repository=self.name_of(access))
        return await self._send(github.with_auth(TokenAuthStrategy(token.text)), call, path)

    async def _as_app(self, call: Call) -> httpx.Response:
        return await self._send(self._reading, call, call.path)

    async def _mint(self, access: Access) -> Token:
        call = _minting(access)
        minted_at = self._clock()
        try:
            response = await self._repeated(
                lambda: self._send(self._writing, call, call.path), call
            )
        except NotFound as error:
            raise InstallationGone(access.installation_id, "was removed") from error
        except Forbidden as error:
            raise InstallationGone(
                access.installation_id, f"gives no token: {error.said}"
            ) from error
        answer = parsed(TokenAnswer, response)
        return Token(answer.token, minted_at, answer.expires_at)

    def name_of(self, access: Access) -> str:
        """The repository's full name as far as we know it now."""
        return self._names.get(access.repository.id, access.repository.full_name)

    async def _send(
        self,
        github: GitHub[AppAuthStrategy] | GitHub[TokenAuthStrategy],
        call: Call,
        path: str,
    ) -> httpx.Response:
        """One request. Its answer if that is a success, else the error it means."""
        response = await self._answer(github, call, path)
        error = error_of(call, response)
        if error is not None:
            raise error
        return response

    async def _answer(
        self,
        github: GitHub[AppAuthStrategy] | GitHub[TokenAuthStrategy],
        call: Call,
        path: str,
    ) -> httpx.Response:
        try:
            answer = await github.arequest(
                call.method,
                path,
                params=dict(call.parameters or NO_PARAMETERS),
                json=sendable(call.body),
                headers={"X-GitHub-Api-Version": self._connection.api_version},
            )
        except RequestFailed as failed:
            return failed.response.raw_response
        except RequestError as lost:
            why = type(lost.exc).__name__
            raise AnswerLost(f"GitHub gave no answer to {call.what} ({why}).") from lost
        return answer.raw_response

    def _github(
        self, auth: AppAuthStrategy, signed: MemCacheStrategy, *, follow_redirects: bool
    ) -> GitHub[AppAuthStrategy]:
        return GitHub(
            auth,
            base_url=self._connection.base_url,
            user_agent="pragmatic-audit",
            follow_redirects=follow_redirects,
            timeout=self._connection.timeout_s,
            async_transport=self._transport,
            cache_strategy=signed,
            http_cache=False,
            auto_retry=False,
        )


def _minting(access: Access) -> Call:
    """The request for a token; two tokens do no more harm than one, so it may be repeated."""
    return Call(
        method="POST",
        path=f"/app/installations/{access.installation_id}/access_tokens",
        what="a token",
        repeatable=True,
        body={
            "repository_ids": [access.repository.id],
            "permissions": dict(access.permissions.pairs),
        },
    )


def parsed(shape: type[Shape], response: httpx.Response) -> Shape:
    """The answer as ``shape``. Raises BadAnswer when it is something else."""
    try:
        return shape.model_validate_json(response.content)
    except ValidationError as error:
        raise BadAnswer(_unlike(response, error)) from error


def parsed_list(
    shape: type[Shape], response: httpx.Response, inside: str | None
) -> tuple[Shape, ...]:
    """The answer as a list of ``shape``. Raises BadAnswer when it is something else."""
    answer = _json(response)
    if inside is not None:
        answer = answer.get(inside) if isinstance(answer, dict) else None
    try:
        return TypeAdapter(tuple[shape, ...]).validate_python(answer)  # type: ignore[valid-type]
    except ValidationError as error:
        raise BadAnswer(_unlike(response, error)) from error


def sendable(value: object) -> Any:
    """``value`` with what UTF-8 can't hold replaced: paths need not be UTF-8, and JSON must be."""
    match value:
        case str():
            return value.encode("utf-8", "replace").decode()
        case Mapping():
            return {str(key): sendable(inner) for key, inner in value.items()}
        case list() | tuple():
            return [sendable(inner) for inner in value]
        case _:
            return value


def graphql_address(base_url: str) -> str:
    """Where GraphQL is: beside ``/api/v3`` on an Enterprise Server, else below the base."""
    base = base_url.rstrip("/")
    return f"{base.removesuffix('/v3')}/graphql"


def _page(call: Call, page: int) -> Call:
    parameters = {**(call.parameters or NO_PARAMETERS), "per_page": PER_PAGE, "page": page}
    return Call(
        method=call.method,
        path=call.path,
        what=call.what,
        repeatable=call.repeatable,
        parameters=parameters,
    )


def _json(response: httpx.Response) -> object:
    try:
        answer: object = response.json()
    except ValueError as error:
        raise BadAnswer("GitHub's answer is no JSON.") from error
    return answer


def _unlike(response: httpx.Response, error: ValidationError) -> str:
    places = ", ".join(".".join(map(str, problem["loc"])) for problem in error.errors()[:3])
    return f"GitHub's answer ({response.status_code}) is not as documented at: {places or 'top'}."


def _first_message(errors: object) -> str:
    first = errors[0] if isinstance(errors, list) and errors else errors
    return str(first.get("message")) if isinstance(first, dict) else str(first)
