"""Resolving review threads: GraphQL only, and often not allowed to an app without `contents: write`."""

from collections.abc import Mapping
from typing import Final

from pydantic import ValidationError

from app.github.client import GitHubClient
from app.github.connection import Access
from app.github.errors import BadAnswer, Forbidden
from app.github.models import Answer

_FIND: Final = """
query($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      reviewThreads(first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes { id isResolved comments(first: 1) { nodes { databaseId } } }
      }
    }
  }
}
"""
_RESOLVE: Final = """
mutation($id: ID!) { resolveReviewThread(input: {threadId: $id}) { thread { id isResolved } } }
"""
_REOPEN: Final = """
mutation($id: ID!) { unresolveReviewThread(input: {threadId: $id}) { thread { id isResolved } } }
"""
_MOST_PAGES: Final = 10


class _First(Answer):
    databaseId: int | None = None  # noqa: N815 - GitHub's own name


class _Comments(Answer):
    nodes: tuple[_First, ...] = ()


class _Thread(Answer):
    id: str
    isResolved: bool  # noqa: N815 - GitHub's own name
    comments: _Comments


class _PageInfo(Answer):
    hasNextPage: bool = False  # noqa: N815 - GitHub's own name
    endCursor: str | None = None  # noqa: N815 - GitHub's own name


class _Page(Answer):
    nodes: tuple[_Thread, ...]
    pageInfo: _PageInfo = _PageInfo()  # noqa: N815 - GitHub's own name


class ReviewThreads:
    """Resolves and reopens threads where that is allowed, and remembers where it is not.

    The reply in the thread says the same in words, so a refusal costs nothing but the folding.
    """

    def __init__(self, client: GitHubClient) -> None:
        self._client = client
        self._forbidden: set[int] = set()

    async def settle(self, access: Access, number: int, comment_id: str, *, resolved: bool) -> bool:
        """Bring the thread that ``comment_id`` began to ``resolved``; False when not allowed.

        True also when the thread is as wanted already, or is no more.
        """
        if access.installation_id in self._forbidden:
            return False
        try:
            await self._bring(access, number, int(comment_id), resolved=resolved)
        except Forbidden:
            self._forbidden.add(access.installation_id)
            return False
        return True

    async def _bring(self, access: Access, number: int, comment_id: int, *, resolved: bool) -> None:
        thread = await self._find(access, number, comment_id)
        if thread is None or thread.isResolved == resolved:
            return
        query = _RESOLVE if resolved else _REOPEN
        await self._client.graphql(access, query, {"id": thread.id}, changes=True)

    async def _find(self, access: Access, number: int, comment_id: int) -> _Thread | None:
        after: str | None = None
        for _page in range(_MOST_PAGES):
            page = await self._page(access, number, after)
            for thread in page.nodes:
                if any(first.databaseId == comment_id for first in thread.comments.nodes):
                    return thread
            if not page.pageInfo.hasNextPage:
                return None
            after = page.pageInfo.endCursor
        return None

    async def _page(self, access: Access, number: int, after: str | None) -> _Page:
        owner, name = self._client.name_of(access).split("/", 1)
        variables = {"owner": owner, "name": name, "number": number, "after": after}
        data = await self._client.graphql(access, _FIND, variables, changes=False)
        try:
            return _Page.model_validate(_inner(data, "repository", "pullRequest", "reviewThreads"))
        except ValidationError as error:
            raise BadAnswer("GitHub's list of review threads is not as documented.") from error


def _inner(data: Mapping[str, object], *route: str) -> object:
    value: object = data
    for key in route:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
