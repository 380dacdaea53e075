"""Reactions to comments: a cheap sign that something was seen."""

from collections.abc import Mapping

from demo.api.call import Answer, Call, Endpoint, listing, reads, writes
from demo.bodies.discussion import reaction_body
from demo.refusal import not_found
from demo.state.discussion import IssueComment, Reaction, ReviewComment


async def list_for_issue_comment(call: Call) -> Answer:
    """The reactions to a comment of a conversation."""
    return _list(call, _find(call, call.repository.issue_comments))


async def create_for_issue_comment(call: Call) -> Answer:
    """React to a comment of a conversation."""
    return _create(call, _find(call, call.repository.issue_comments))


async def delete_for_issue_comment(call: Call) -> Answer:
    """Take a reaction back."""
    comment = _find(call, call.repository.issue_comments)
    kept = [r for r in comment.reactions if r.id != call.parameters["reaction_id"]]
    if len(kept) == len(comment.reactions):
        raise not_found()
    comment.reactions = kept
    return Answer(204)


async def list_for_review_comment(call: Call) -> Answer:
    """The reactions to a review comment."""
    return _list(call, _find(call, call.repository.review_comments))


async def create_for_review_comment(call: Call) -> Answer:
    """React to a review comment."""
    return _create(call, _find(call, call.repository.review_comments))


def _find(
    call: Call, comments: Mapping[int, IssueComment] | Mapping[int, ReviewComment]
) -> IssueComment | ReviewComment:
    found = comments.get(call.parameters["comment_id"])
    if found is None:
        raise not_found()
    return found


def _list(call: Call, comment: IssueComment | ReviewComment) -> Answer:
    wanted = call.query.get("content")
    chosen = [r for r in comment.reactions if wanted in (None, r.content)]
    return listing(call, chosen, lambda r: reaction_body(call.links, r))


def _create(call: Call, comment: IssueComment | ReviewComment) -> Answer:
    """201 when new, 200 when this account had reacted so before."""
    user, content = call.author()[0], call.body["content"]
    for known in comment.reactions:
        if known.user.id == user.id and known.content == content:
            return Answer(200, reaction_body(call.links, known))
    reaction = Reaction(call.world.next_id(), user, content, call.world.now())
    comment.reactions.append(reaction)
    return Answer(201, reaction_body(call.links, reaction))


_ISSUE = "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions"
_REVIEW = "/repos/{owner}/{repo}/pulls/comments/{comment_id}/reactions"
_EITHER = ("issues", "pull_requests")
ENDPOINTS = (
    Endpoint(f"GET {_ISSUE}", reads(*_EITHER), list_for_issue_comment),
    Endpoint(f"POST {_ISSUE}", writes(*_EITHER), create_for_issue_comment),
    Endpoint(f"DELETE {_ISSUE}/{{reaction_id}}", writes(*_EITHER), delete_for_issue_comment),
    Endpoint(f"GET {_REVIEW}", reads("pull_requests"), list_for_review_comment),
    Endpoint(f"POST {_REVIEW}", writes("pull_requests"), create_for_review_comment),
)
