"""Review comments, replies and issue comments: posted, edited and found again."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.github.client import GitHubClient, parsed
from app.github.connection import Access
from app.github.models import Answer, Comment, CommentAnswer
from app.github.retry import Call


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAnchor:
    """Lines of the head's side of the diff; ``start_line`` is None for a single line."""

    path: str
    line: int
    start_line: int | None = None

    def as_json(self) -> dict[str, object]:
        """GitHub's form of it."""
        place: dict[str, object] = {"path": self.path, "line": self.line, "side": "RIGHT"}
        if self.start_line is not None and self.start_line < self.line:
            place |= {"start_line": self.start_line, "start_side": "RIGHT"}
        return place


@dataclass(frozen=True, slots=True, kw_only=True)
class FileAnchor:
    """A changed file as a whole."""

    path: str

    def as_json(self) -> dict[str, object]:
        """GitHub's form of it."""
        return {"path": self.path, "subject_type": "file"}


@dataclass(frozen=True, slots=True)
class LineComment:
    """A comment on lines, to be sent within a review."""

    anchor: LineAnchor
    body: str


class _Posted(Answer):
    id: int


async def post_review(
    client: GitHubClient,
    access: Access,
    number: int,
    head: str,
    body: str,
    comments: Sequence[LineComment],
) -> None:
    """One published review with all its line comments: one request, one notification.

    Raises Invalid when any one anchor is not in the diff; then none of them was posted.
    """
    call = Call(
        method="POST",
        path=f"/repos/{{repository}}/pulls/{number}/reviews",
        what="the review",
        repeatable=False,
        body={
            "commit_id": head,
            "event": "COMMENT",
            "body": body,
            "comments": [comment.anchor.as_json() | {"body": comment.body} for comment in comments],
        },
    )
    parsed(_Posted, await client.request(access, call))


async def post_review_comment(
    client: GitHubClient,
    access: Access,
    number: int,
    head: str,
    anchor: LineAnchor | FileAnchor,
    body: str,
) -> str:
    """One review comment alone; its id. Raises Invalid when the anchor is not in the diff."""
    call = Call(
        method="POST",
        path=f"/repos/{{repository}}/pulls/{number}/comments",
        what="a review comment",
        repeatable=False,
        body={"commit_id": head, "body": body} | anchor.as_json(),
    )
    return str(parsed(_Posted, await client.request(access, call)).id)


async def reply(
    client: GitHubClient, access: Access, number: int, comment_id: str, body: str
) -> str:
    """A reply to a top-level review comment; its id. Raises NotFound when that was deleted."""
    call = Call(
        method="POST",
        path=f"/repos/{{repository}}/pulls/{number}/comments/{comment_id}/replies",
        what="a reply",
        repeatable=False,
        body={"body": body},
    )
    return str(parsed(_Posted, await client.request(access, call)).id)


async def post_issue_comment(client: GitHubClient, access: Access, number: int, body: str) -> str:
    """A comment in the conversation; its id."""
    call = Call(
        method="POST",
        path=f"/repos/{{repository}}/issues/{number}/comments",
        what="a comment",
        repeatable=False,
        body={"body": body},
    )
    return str(parsed(_Posted, await client.request(access, call)).id)


async def edit_issue_comment(
    client: GitHubClient, access: Access, comment_id: str, body: str
) -> None:
    """Replace the body of a comment. Raises NotFound when it was deleted."""
    call = Call(
        method="PATCH",
        path=f"/repos/{{repository}}/issues/comments/{comment_id}",
        what="a comment's edit",
        repeatable=True,
        body={"body": body},
    )
    parsed(_Posted, await client.request(access, call))


async def our_review_comments(
    client: GitHubClient, access: Access, number: int
) -> tuple[Comment, ...]:
    """Every review comment and reply of our app on a pull request."""
    path = f"/repos/{{repository}}/pulls/{number}/comments"
    return await _ours(client, access, path, "review comments")


async def our_issue_comments(
    client: GitHubClient, access: Access, number: int
) -> tuple[Comment, ...]:
    """Every comment of our app in the conversation of a pull request."""
    path = f"/repos/{{repository}}/issues/{number}/comments"
    return await _ours(client, access, path, "comments")


async def _ours(client: GitHubClient, access: Access, path: str, what: str) -> tuple[Comment, ...]:
    identity = await client.identity()
    call = Call(method="GET", path=path, what=what, repeatable=True)
    comments = await client.read_pages(access, CommentAnswer, call)
    return tuple(_comment(comment) for comment in comments if identity.wrote(comment))


def _comment(answer: CommentAnswer) -> Comment:
    return Comment(
        id=str(answer.id),
        body=answer.body or "",
        path=answer.path,
        reply_to=str(answer.in_reply_to_id) if answer.in_reply_to_id is not None else None,
    )
