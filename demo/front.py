"""The one ASGI application of the box: sends a request to REST, GraphQL or git, lets planned faults happen,
and keeps the journal."""

import asyncio
import traceback
from dataclasses import dataclass

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from demo.auth import Anonymous, kind
from demo.exchanges import Exchange, Journal
from demo.faults import Fault, Faults
from demo.git_http import GitHttp, is_git
from demo.graphql.threads import GraphQl
from demo.outcome import Outcome
from demo.refusal import RefusalError
from demo.rest import RestApi
from demo.state.world import World


@dataclass(frozen=True, slots=True)
class Front:
    """Answers everything that reaches the box."""

    world: World
    rest: RestApi
    graphql: GraphQl
    git: GitHttp
    journal: Journal
    faults: Faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry; the box has no lifespan events and no web sockets."""
        request = Request(scope, receive)
        fault = self.faults.take(request.method, request.url.path)
        await asyncio.sleep(self.faults.delay(request.method, request.url.path))
        outcome = await self._outcome(request, fault)
        self._record(request, outcome, fault)
        await outcome.response(scope, receive, send)

    async def _outcome(self, request: Request, fault: Fault | None) -> Outcome:
        if fault is not None and not fault.after_effect:
            return _failed(fault.refusal(), Outcome(JSONResponse(None), Anonymous()))
        try:
            outcome = await self._respond(request)
        except ClientDisconnect:
            return Outcome(JSONResponse(None, 499), Anonymous())
        except Exception:
            # A crash of the box is a fault of the box: it is told, recorded and fails the tests.
            problem = traceback.format_exc(limit=-4)
            self.journal.violated(f"{request.method} {request.url.path}", 500, problem)
            return _failed(RefusalError(500, problem), Outcome(JSONResponse(None), Anonymous()))
        return outcome if fault is None else _failed(fault.refusal(), outcome)

    async def _respond(self, request: Request) -> Outcome:
        path = request.url.path
        if is_git(path):
            return await self.git.respond(request)
        if path == "/graphql" and request.method == "POST":
            return await self.graphql.respond(request)
        return await self.rest.respond(request)

    def _record(self, request: Request, outcome: Outcome, fault: Fault | None) -> None:
        self.journal.record(
            Exchange(
                at=self.world.now(),
                method=request.method,
                path=request.url.path,
                status=outcome.response.status_code,
                who=kind(outcome.caller),
                operation=outcome.operation,
                injected=fault is not None,
            )
        )


def _failed(refusal: RefusalError, outcome: Outcome) -> Outcome:
    response = JSONResponse(refusal.body(), refusal.status, dict(refusal.headers))
    return Outcome(response, outcome.caller, outcome.operation)
