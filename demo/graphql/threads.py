"""Review threads over GraphQL: listing them, and resolving them where that is allowed.

On GitHub a thread can be resolved only with `contents: write`, which an auditing app should not have; the
box therefore forbids it unless told otherwise. Errors come with HTTP 200, as on GitHub.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse

from demo.access import may_see
from demo.auth import Anonymous, Caller, InstallationCaller, UserCaller, identify
from demo.bodies.links import Links, node_id, number_of
from demo.events import Events
from demo.graphql.document import Field, UnsupportedError, parse
from demo.outcome import Outcome
from demo.refusal import RefusalError
from demo.rest import bounded_body
from demo.state.accounts import Account
from demo.state.discussion import ReviewComment, Thread
from demo.state.repository import Repository
from demo.state.world import World

T = TypeVar("T")
MOST_NODES = 100


@dataclass(eq=False)
class GraphError(Exception):
    """One entry of `errors`, in GitHub's shape."""

    kind: str
    path: str
    message: str

    def body(self) -> dict[str, Any]:
        """As it is sent."""
        return {"type": self.kind, "path": [self.path], "message": self.message}


@dataclass(frozen=True, slots=True)
class GraphQl:
    """Answers `POST /graphql`."""

    world: World
    links: Links
    events: Events

    async def respond(self, request: Request) -> Outcome:
        """One request, and who made it."""
        caller: Caller = Anonymous()
        try:
            caller = identify(self.world, request.headers.get("authorization", ""))
            if not isinstance(caller, InstallationCaller | UserCaller):
                raise RefusalError(401, "This endpoint requires you to be authenticated.")
            given = _request(await bounded_body(request))
        except RefusalError as refusal:
            return Outcome(JSONResponse(refusal.body(), refusal.status), caller)
        return Outcome(JSONResponse(self._execute(caller, given)), caller)

    def _execute(self, caller: Caller, given: Mapping[str, Any]) -> dict[str, Any]:
        top = ""
        try:
            document = parse(given["query"], given.get("variables") or {})
            if len(document.selection) != 1:
                raise UnsupportedError("one field at the top only")
            wanted = document.selection[0]
            top = wanted.name
            return {"data": {top: self._resolve(caller, document.kind, wanted)}}
        except GraphError as error:
            return {"data": {top: None}, "errors": [error.body()]}
        except UnsupportedError as error:
            return {"errors": [{"message": f"The box's GraphQL: {error}"}]}

    def _resolve(self, caller: Caller, kind: str, wanted: Field) -> Any:
        match kind, wanted.name:
            case "query", "repository":
                return self._repository(caller, wanted)
            case "mutation", "resolveReviewThread":
                return self._set_resolved(caller, wanted, resolved=True)
            case "mutation", "unresolveReviewThread":
                return self._set_resolved(caller, wanted, resolved=False)
            case _:
                raise UnsupportedError(f"{kind} {wanted.name} is not carried out")

    def _repository(self, caller: Caller, wanted: Field) -> dict[str, Any]:
        name = f"{wanted.arguments.get('owner')}/{wanted.arguments.get('name')}"
        found = self.world.find_repository(name)
        if found is None or not may_see(self.world, caller, found):
            message = f"Could not resolve to a Repository with the name '{name}'."
            raise GraphError("NOT_FOUND", "repository", message)
        return pick(
            wanted,
            {
                "id": lambda _: node_id("R", found.id),
                "nameWithOwner": lambda _: found.full_name,
                "pullRequest": lambda field: self._pull_request(found, field),
            },
        )

    def _pull_request(self, repository: Repository, wanted: Field) -> dict[str, Any]:
        number = wanted.arguments.get("number")
        pull = repository.pull_requests.get(number) if isinstance(number, int) else None
        if pull is None:
            message = f"Could not resolve to a PullRequest with the number of {number}."
            raise GraphError("NOT_FOUND", "repository", message)
        threads = [t for t in repository.threads.values() if t.number == number]
        return pick(
            wanted,
            {
                "id": lambda _: node_id("PR", pull.issue.id),
                "number": lambda _: pull.number,
                "reviewThreads": lambda field: connection(
                    field, threads, lambda below, thread: self._thread(repository, below, thread)
                ),
            },
        )

    def _thread(self, repository: Repository, wanted: Field, thread: Thread) -> dict[str, Any]:
        comments = [
            c
            for c in repository.review_comments.values()
            if c.thread_id == thread.id and repository.reviews[c.review_id].state != "PENDING"
        ]
        first = comments[0] if comments else None
        return pick(
            wanted,
            {
                "id": lambda _: node_id("PRRT", thread.id),
                "isResolved": lambda _: thread.resolved_by is not None,
                "isOutdated": lambda _: first is not None and first.line is None,
                "path": lambda _: first.anchor.path if first else None,
                "line": lambda _: first.line if first else None,
                "comments": lambda field: connection(field, comments, _comment),
            },
        )

    def _set_resolved(self, caller: Caller, wanted: Field, resolved: bool) -> dict[str, Any]:
        repository, thread = self._find_thread(wanted)
        person = self._resolver(caller, repository, wanted.name)
        changed = (thread.resolved_by is not None) != resolved
        thread.resolved_by = person if resolved else None
        if changed:
            action = "resolved" if resolved else "unresolved"
            self.events.thread(repository, thread.id, thread.number, action, person)
        return pick(wanted, {"thread": lambda field: self._thread(repository, field, thread)})

    def _find_thread(self, wanted: Field) -> tuple[Repository, Thread]:
        given = wanted.arguments.get("input")
        node = str(given.get("threadId")) if isinstance(given, dict) else ""
        identity = number_of(node, "PRRT")
        for repository in self.world.repositories.values():
            if identity in repository.threads:
                return repository, repository.threads[identity]
        message = f"Could not resolve to a node with the global id of '{node}'."
        raise GraphError("NOT_FOUND", wanted.name, message)

    def _resolver(self, caller: Caller, repository: Repository, name: str) -> Account:
        """Who resolves. Raises GraphError FORBIDDEN."""
        match caller:
            case UserCaller(account):
                allowed = self.world.role(repository, account).permission in ("write", "admin")
                person = account
            case InstallationCaller():
                granted = self.world.allow_thread_resolution or caller.may("contents", "write")
                allowed, person = granted and caller.covers(repository.id), self.world.app.bot
            case _:
                allowed, person = False, self.world.app.bot
        if not allowed:
            raise GraphError("FORBIDDEN", name, "Resource not accessible by integration")
        return person


def pick(wanted: Field, known: Mapping[str, Callable[[Field], Any]]) -> dict[str, Any]:
    """The selected fields. Raises UnsupportedError for one that the box does not have."""
    found = {}
    for field in wanted.selection:
        if field.name not in known:
            raise UnsupportedError(f"{wanted.name}.{field.name} is not known")
        found[field.name] = known[field.name](field)
    return found


def connection(
    wanted: Field, items: Sequence[T], node: Callable[[Field, T], dict[str, Any]]
) -> dict[str, Any]:
    """A page of items; the cursor is the number of items before it. `first` is required, as on GitHub."""
    size, after = wanted.arguments.get("first"), wanted.arguments.get("after")
    if not isinstance(size, int) or not 1 <= size <= MOST_NODES:
        raise UnsupportedError(f"{wanted.name} needs `first`, from 1 to {MOST_NODES}")
    start = int(after) if isinstance(after, str) and after.isdecimal() else 0
    end = min(start + size, len(items))
    about = {"hasNextPage": lambda _: end < len(items), "endCursor": lambda _: str(end)}
    return pick(
        wanted,
        {
            "totalCount": lambda _: len(items),
            "pageInfo": lambda field: pick(field, about),
            "nodes": lambda field: [node(field, item) for item in items[start:end]],
        },
    )


def _comment(wanted: Field, comment: ReviewComment) -> dict[str, Any]:
    author = {"login": lambda _: comment.user.login.removesuffix("[bot]")}
    return pick(
        wanted,
        {
            "id": lambda _: node_id("PRRC", comment.id),
            "databaseId": lambda _: comment.id,
            "fullDatabaseId": lambda _: str(comment.id),
            "body": lambda _: comment.body,
            "author": lambda field: pick(field, author),
        },
    )


def _request(raw: bytes) -> dict[str, Any]:
    try:
        given = json.loads(raw)
    except ValueError as error:
        raise RefusalError(400, "Problems parsing JSON") from error
    if not isinstance(given, dict) or not isinstance(given.get("query"), str):
        raise RefusalError(400, "A query attribute must be specified and must be a string.")
    return given
