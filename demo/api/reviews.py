"""Reviews and review comments, held against the hunks of the real diff."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from demo.api.call import Answer, Call, Endpoint, checked_body, listing, reads, writes
from demo.bodies.discussion import review_body, review_comment_body
from demo.bodies.links import Json
from demo.git.anchors import Anchor, BadAnchorError, Place, anchor
from demo.git.commits import knows_commit, merge_base
from demo.git.diff import ChangedFile, changed_files
from demo.outdated import carried
from demo.refusal import RefusalError, invalid_field, not_found
from demo.state.discussion import Review, ReviewComment, Thread
from demo.state.repository import PullRequest

STATES: Final[Mapping[str, str]] = {
    "COMMENT": "COMMENTED",
    "APPROVE": "APPROVED",
    "REQUEST_CHANGES": "CHANGES_REQUESTED",
}


async def list_reviews(call: Call) -> Answer:
    """A pull request's reviews, oldest first."""
    pull = call.pull_request()
    found = [r for r in call.repository.reviews.values() if r.number == pull.number]
    return listing(call, found, lambda r: _body(call, r))


async def get_review(call: Call) -> Answer:
    """One review."""
    return Answer(200, _body(call, _review(call)))


async def create_review(call: Call) -> Answer:
    """A review with its comments. One comment outside the diff refuses them all."""
    pull, given = call.pull_request(), call.body or {}
    drafts = given.get("comments") or ()
    _check_event(call, pull, given.get("event"), given.get("body") or "", bool(drafts))
    commit = given.get("commit_id") or pull.head_sha
    anchors = await _anchors(call, pull, commit, [_place(d) for d in drafts])
    texts = [checked_body(draft["body"]) for draft in drafts]
    review = _new_review(call, pull, commit, given.get("event"), given.get("body") or "")
    for place, text in zip(anchors, texts, strict=True):
        comment = _new_comment(call, review, place, text)
        await _carry_forward(call, pull, comment)
        _announce(call, review, comment)
    return Answer(200, _body(call, review))


async def submit_review(call: Call) -> Answer:
    """Make a pending review visible."""
    review, pull = _review(call), call.pull_request()
    comments = [c for c in call.repository.review_comments.values() if c.review_id == review.id]
    text = call.body.get("body") or review.body
    _check_event(call, pull, call.body["event"], text, bool(comments))
    review.state, review.body = STATES[call.body["event"]], text
    review.submitted_at = call.world.now()
    for comment in comments:
        _announce(call, review, comment)
    return Answer(200, _body(call, review))


async def list_review_comments_of_review(call: Call) -> Answer:
    """The comments of one review."""
    review = _review(call)
    found = [c for c in call.repository.review_comments.values() if c.review_id == review.id]
    return listing(call, found, lambda c: _comment_body(call, c))


async def list_review_comments(call: Call) -> Answer:
    """All review comments of a pull request but those of pending reviews."""
    pull, reviews = call.pull_request(), call.repository.reviews
    found = [
        c
        for c in call.repository.review_comments.values()
        if c.number == pull.number and reviews[c.review_id].state != "PENDING"
    ]
    return listing(call, found, lambda c: _comment_body(call, c))


async def create_review_comment(call: Call) -> Answer:
    """A single comment on a line or file, or a reply."""
    pull, given = call.pull_request(), call.body
    if "in_reply_to" in given:
        return _reply(call, given["in_reply_to"])
    text = checked_body(given["body"])
    (place,) = await _anchors(call, pull, given["commit_id"], [_place(given)])
    review = _new_review(call, pull, given["commit_id"], "COMMENT", "")
    comment = _new_comment(call, review, place, text)
    await _carry_forward(call, pull, comment)
    _announce(call, review, comment)
    return Answer(201, _comment_body(call, comment))


async def reply(call: Call) -> Answer:
    """Answer in the thread of a top-level comment."""
    return _reply(call, call.parameters["comment_id"])


async def get_review_comment(call: Call) -> Answer:
    """One review comment."""
    return Answer(200, _comment_body(call, _comment(call)))


async def update_review_comment(call: Call) -> Answer:
    """Edit a review comment."""
    comment = _comment(call)
    before, comment.body = comment.body, checked_body(call.body["body"])
    comment.updated_at = call.world.now()
    changes = {"changes": {"body": {"from": before}}}
    call.events.review_comment(call.repository, comment, "edited", call.author()[0], changes)
    return Answer(200, _comment_body(call, comment))


async def delete_review_comment(call: Call) -> Answer:
    """Remove a review comment; a thread without comments goes with it."""
    comment = _comment(call)
    del call.repository.review_comments[comment.id]
    if not any(c.thread_id == comment.thread_id for c in call.repository.review_comments.values()):
        del call.repository.threads[comment.thread_id]
    call.events.review_comment(call.repository, comment, "deleted", call.author()[0])
    return Answer(204)


def _reply(call: Call, comment_id: int) -> Answer:
    pull = call.pull_request()
    above = call.repository.review_comments.get(comment_id)
    if above is None or above.number != pull.number:
        raise not_found()
    if above.in_reply_to_id is not None:
        raise invalid_field("PullRequestReviewComment", "in_reply_to", "invalid")
    text = checked_body(call.body["body"])
    review = _new_review(call, pull, above.commit_id, "COMMENT", "")
    comment = _new_comment(call, review, above.anchor, text, above)
    _announce(call, review, comment)
    return Answer(201, _comment_body(call, comment))


async def _anchors(
    call: Call, pull: PullRequest, commit: str, places: Sequence[Place]
) -> list[Anchor]:
    """Where the comments stand in the diff up to that commit. Raises RefusalError 422."""
    files = await _files(call, pull, commit)
    found, problems = list[Anchor](), list[str]()
    for place in places:
        try:
            found.append(anchor(files, place))
        except BadAnchorError as error:
            problems.append(str(error))
    if problems:
        raise RefusalError(422, "Unprocessable Entity", tuple(problems))
    return found


async def _files(call: Call, pull: PullRequest, commit: str) -> Sequence[ChangedFile]:
    if commit == pull.head_sha:
        return pull.files
    path = call.repository.path
    if not await knows_commit(path, commit):
        raise invalid_field("PullRequestReview", "commit_id", "custom", "commit_id is not known")
    return await changed_files(path, await merge_base(path, pull.base_sha, commit), commit)


async def _carry_forward(call: Call, pull: PullRequest, comment: ReviewComment) -> None:
    """A comment on an older commit may be outdated at once."""
    if comment.original_commit_id != pull.head_sha:
        await carried(call.repository.path, comment, pull.files, pull.head_sha)


def _check_event(
    call: Call, pull: PullRequest, event: str | None, body: str, commented: bool
) -> None:
    if event in ("COMMENT", "REQUEST_CHANGES") and not body and not commented:
        raise invalid_field("PullRequestReview", "body", "missing_field")
    if event in ("APPROVE", "REQUEST_CHANGES") and call.author()[0] == pull.issue.user:
        verb = "approve" if event == "APPROVE" else "request changes on"
        raise RefusalError(422, "Unprocessable Entity", (f"Can not {verb} your own pull request",))
    if body:
        checked_body(body)


def _place(given: Mapping[str, Any]) -> Place:
    return Place(
        path=given["path"],
        line=given.get("line"),
        side=given.get("side", "RIGHT"),
        start_line=given.get("start_line"),
        start_side=given.get("start_side"),
        position=given.get("position"),
        whole_file=given.get("subject_type") == "file",
    )


def _new_review(call: Call, pull: PullRequest, commit: str, event: str | None, body: str) -> Review:
    review = Review(
        id=call.world.next_id(),
        number=pull.number,
        user=call.author()[0],
        body=body,
        state=STATES.get(event or "", "PENDING"),
        commit_id=commit,
        submitted_at=call.world.now() if event else None,
    )
    call.repository.reviews[review.id] = review
    return review


def _new_comment(
    call: Call, review: Review, place: Anchor, body: str, above: ReviewComment | None = None
) -> ReviewComment:
    now, world = call.world.now(), call.world
    thread = above.thread_id if above else world.next_id()
    comment = ReviewComment(
        id=world.next_id(),
        number=review.number,
        review_id=review.id,
        thread_id=thread,
        user=review.user,
        body=body,
        anchor=place,
        original_commit_id=above.original_commit_id if above else review.commit_id,
        commit_id=review.commit_id,
        created_at=now,
        updated_at=now,
        line=above.line if above else place.line,
        start_line=above.start_line if above else place.start_line,
        in_reply_to_id=above.id if above else None,
    )
    call.repository.review_comments[comment.id] = comment
    call.repository.threads.setdefault(thread, Thread(thread, review.number))
    return comment


def _announce(call: Call, review: Review, comment: ReviewComment) -> None:
    if review.state != "PENDING":
        call.events.review_comment(call.repository, comment, "created", comment.user)


def _review(call: Call) -> Review:
    found = call.repository.reviews.get(call.parameters["review_id"])
    if found is None or found.number != call.pull_request().number:
        raise not_found()
    return found


def _comment(call: Call) -> ReviewComment:
    found = call.repository.review_comments.get(call.parameters["comment_id"])
    if found is None:
        raise not_found()
    return found


def _body(call: Call, review: Review) -> Json:
    return review_body(call.links, call.world, call.repository, review)


def _comment_body(call: Call, comment: ReviewComment) -> Json:
    return review_comment_body(call.links, call.world, call.repository, comment)


_PULL = "/repos/{owner}/{repo}/pulls/{pull_number}"
_COMMENT = "/repos/{owner}/{repo}/pulls/comments/{comment_id}"
_REVIEW = f"{_PULL}/reviews/{{review_id}}"
_READ, _WRITE = reads("pull_requests"), writes("pull_requests")
ENDPOINTS = (
    Endpoint(f"GET {_PULL}/reviews", _READ, list_reviews),
    Endpoint(f"POST {_PULL}/reviews", _WRITE, create_review),
    Endpoint(f"GET {_REVIEW}", _READ, get_review),
    Endpoint(f"GET {_REVIEW}/comments", _READ, list_review_comments_of_review),
    Endpoint(f"POST {_REVIEW}/events", _WRITE, submit_review),
    Endpoint(f"GET {_PULL}/comments", _READ, list_review_comments),
    Endpoint(f"POST {_PULL}/comments", _WRITE, create_review_comment),
    Endpoint(f"POST {_PULL}/comments/{{comment_id}}/replies", _WRITE, reply),
    Endpoint(f"GET {_COMMENT}", _READ, get_review_comment),
    Endpoint(f"PATCH {_COMMENT}", _WRITE, update_review_comment),
    Endpoint(f"DELETE {_COMMENT}", _WRITE, delete_review_comment),
)
