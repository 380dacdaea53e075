"""The REST side of the box: each request is matched, authorised, validated, carried out, and its answer
held against GitHub's description before it leaves."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from demo.access import MovedError, check_caller, check_repository, find_repository
from demo.api.call import JSON_KIND, Answer, Call, Endpoint
from demo.auth import Anonymous, Caller, identify
from demo.bodies.links import Links
from demo.description import Match
from demo.events import Events
from demo.exchanges import Journal
from demo.outcome import Outcome
from demo.quota import Quota, Quotas
from demo.refusal import DOCUMENTATION, RefusalError, not_found
from demo.state.repository import Repository
from demo.state.world import World
from demo.validation import Validator

API_VERSION: Final = "2022-11-28"
BODY_BYTES: Final = 25 * 1024 * 1024


@dataclass(slots=True)
class Visit:
    """What becomes known of a request on its way through."""

    request: Request
    raw_path: str
    caller: Caller = field(default_factory=Anonymous)
    match: Match | None = None
    quota: Quota | None = None


@dataclass(frozen=True, slots=True)
class RestApi:
    """Answers REST requests."""

    world: World
    links: Links
    events: Events
    validator: Validator
    endpoints: Mapping[str, Endpoint]
    journal: Journal
    quotas: Quotas

    async def respond(self, request: Request) -> Outcome:
        """One request from arrival to answer."""
        visit = Visit(request, raw_path(request))
        answer = self._checked(visit, await self._answer(visit))
        name = visit.match.operation.name if visit.match else None
        return Outcome(self._response(visit, answer), visit.caller, name)

    async def _answer(self, visit: Visit) -> Answer:
        try:
            return await self._carry_out(visit)
        except RefusalError as refusal:
            plain = self.validator.lists_texts(visit.match, refusal.status)
            return Answer(refusal.status, refusal.body(plain), refusal.headers)
        except MovedError as moved:
            return self._redirect(visit, moved.repository)

    async def _carry_out(self, visit: Visit) -> Answer:
        visit.caller = identify(self.world, visit.request.headers.get("authorization", ""))
        visit.quota = self.quotas.of(visit.caller, self.world.now())
        self._check_manners(visit)
        visit.raw_path = self._by_name(visit.raw_path)
        match = visit.match = self.validator.description.match(visit.request.method, visit.raw_path)
        if match is None:
            raise not_found()
        endpoint = self.endpoints.get(match.operation.name)
        if endpoint is None:
            return self._not_carried_out(match)
        repository = self._repository(visit, match, endpoint)
        call = await self._call(visit, match, repository)
        self._count(visit, endpoint)
        return await endpoint.handler(call)

    def _check_manners(self, visit: Visit) -> None:
        """What GitHub asks of every request: a User-Agent, a version it knows, quota left."""
        headers = visit.request.headers
        if not headers.get("user-agent"):
            raise RefusalError(403, "Request forbidden by administrative rules.")
        version = headers.get("x-github-api-version", API_VERSION)
        if version != API_VERSION:
            raise RefusalError(
                400, f"{version} is not a version of the API that the box describes."
            )
        if visit.quota is not None and visit.quota.remaining == 0:
            raise RefusalError(403, "API rate limit exceeded.")

    def _by_name(self, path: str) -> str:
        """`/repositories/ID/…`, where renamed ones are redirected to, as `/repos/OWNER/NAME/…`."""
        parts = path.split("/", 3)
        if len(parts) < 3 or parts[1] != "repositories" or not parts[2].isdecimal():
            return path
        found = self.world.repositories.get(int(parts[2]))
        if found is None:
            raise not_found()
        return "/".join(["/repos", found.full_name, *parts[3:]])

    def _repository(self, visit: Visit, match: Match, endpoint: Endpoint) -> Repository | None:
        check_caller(endpoint.access, visit.caller)
        if not match.operation.template.startswith("/repos/"):
            return None
        names = match.parameters
        found = find_repository(self.world, names["owner"], names["repo"])
        check_repository(self.world, endpoint.access, visit.caller, found)
        return found

    async def _call(self, visit: Visit, match: Match, repository: Repository | None) -> Call:
        request = visit.request
        assert visit.quota is not None  # noqa: S101 - set with the caller
        return Call(
            world=self.world,
            links=self.links,
            events=self.events,
            caller=visit.caller,
            path=visit.raw_path,
            parameters=self.validator.path(match),
            query=self.validator.query(match, request.query_params),
            body=self.validator.body(match, await bounded_body(request)),
            accept=request.headers.get("accept", ""),
            found_repository=repository,
            headers=request.headers,
            quota=visit.quota,
        )

    def _count(self, visit: Visit, endpoint: Endpoint) -> None:
        if visit.quota is not None and endpoint.name != "GET /rate_limit":
            visit.quota.used += 1

    def _not_carried_out(self, match: Match) -> Answer:
        name = match.operation.name
        self.journal.violated(name, 501, "described by GitHub, not carried out by the box")
        return refused(RefusalError(501, f"The box does not carry out {name}."))

    def _redirect(self, visit: Visit, repository: Repository) -> Answer:
        """301 for reading; 307 for writing, so that a client does not turn it into a GET."""
        rest = visit.raw_path.split("/", 4)[4:]
        address = self.links.api("/".join(["repositories", str(repository.id), *rest]))
        permanent = visit.request.method == "GET"
        message = "MovedError Permanently" if permanent else "Temporary Redirect"
        body = {"message": message, "url": address, "documentation_url": DOCUMENTATION}
        return Answer(301 if permanent else 307, body, {"Location": address})

    def _checked(self, visit: Visit, answer: Answer) -> Answer:
        """The answer, or a 500 in its place if GitHub's description rules it out."""
        if visit.match is None or answer.status == 501:
            return answer
        problem = self.validator.problem(visit.match, answer.status, answer.kind, answer.body)
        if problem is None:
            return answer
        name = visit.match.operation.name
        self.journal.violated(name, answer.status, problem)
        return refused(RefusalError(500, f"The box answered {name} wrongly: {problem}"))

    def _response(self, visit: Visit, answer: Answer) -> Response:
        content = encoded(answer)
        headers = {
            **answer.headers,
            "X-GitHub-Media-Type": "github.v3; format=json",
            "X-GitHub-Request-Id": uuid.uuid4().hex[:24].upper(),
            "X-GitHub-Api-Version-Selected": API_VERSION,
            **(visit.quota.headers() if visit.quota else {}),
        }
        if visit.request.method == "GET" and answer.status == 200:
            headers["ETag"] = tag = f'W/"{hashlib.sha256(content).hexdigest()}"'
            if visit.request.headers.get("if-none-match") == tag:
                return Response(status_code=304, headers=headers)
        return Response(content, answer.status, headers, media_type=_media_type(answer))


def raw_path(request: Request) -> str:
    """The path as it was sent, still encoded, so that `%2F` stays inside its segment."""
    sent = request.scope.get("raw_path")
    return sent.decode("ascii", "replace") if sent else request.url.path


def refused(refusal: RefusalError) -> Answer:
    """A refusal as an answer."""
    return Answer(refusal.status, refusal.body(), refusal.headers)


async def bounded_body(request: Request) -> bytes:
    """The request's body. Raises RefusalError 413 beyond 25 MB."""
    received = bytearray()
    async for chunk in request.stream():
        received += chunk
        if len(received) > BODY_BYTES:
            raise RefusalError(413, "Payload too large")
    return bytes(received)


def encoded(answer: Answer) -> bytes:
    """The body as bytes."""
    if answer.body is None:
        return b""
    if answer.kind != JSON_KIND:
        return str(answer.body).encode()
    return json.dumps(answer.body, separators=(",", ":")).encode()


def _media_type(answer: Answer) -> str | None:
    if answer.body is None:
        return None
    return f"{answer.kind}; charset=utf-8"
