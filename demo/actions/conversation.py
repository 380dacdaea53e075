"""What people say and do in conversations and threads."""

from demo.actions.stage import Stage
from demo.api.issues import new_comment
from demo.state.discussion import IssueComment, Review, ReviewComment, Thread
from demo.state.repository import Repository


def comment(stage: Stage, name: str, number: int, by: str, body: str) -> IssueComment:
    """Say something under an issue or pull request."""
    repository = stage.world.repository(name)
    said = new_comment(stage.world, repository, repository.issues[number], body)
    said.user = stage.person(by)
    stage.events.issue_comment(repository, said, "created", said.user)
    return said


def edit_comment(stage: Stage, name: str, comment_id: int, by: str, body: str) -> None:
    """Edit one's own comment or another's: the comment keeps its author, the event names the editor."""
    repository = stage.world.repository(name)
    said = repository.issue_comments[comment_id]
    changes = {"changes": {"body": {"from": said.body}}}
    said.body, said.updated_at = body, stage.world.now()
    stage.events.issue_comment(repository, said, "edited", stage.person(by), changes)


def delete_comment(stage: Stage, name: str, comment_id: int, by: str) -> None:
    """Remove a comment."""
    repository = stage.world.repository(name)
    said = repository.issue_comments.pop(comment_id)
    stage.events.issue_comment(repository, said, "deleted", stage.person(by))


def reply_in_thread(stage: Stage, name: str, comment_id: int, by: str, body: str) -> ReviewComment:
    """Answer a review comment."""
    repository = stage.world.repository(name)
    above = repository.review_comments[comment_id]
    reply = _reply(stage, repository, above, by, body)
    stage.events.review_comment(repository, reply, "created", reply.user)
    return reply


def resolve_thread(stage: Stage, name: str, thread_id: int, by: str) -> Thread:
    """Mark a thread as settled."""
    repository = stage.world.repository(name)
    thread = repository.threads[thread_id]
    thread.resolved_by = stage.person(by)
    stage.events.thread(repository, thread.id, thread.number, "resolved", thread.resolved_by)
    return thread


def _reply(
    stage: Stage, repository: Repository, above: ReviewComment, by: str, body: str
) -> ReviewComment:
    world, person, now = stage.world, stage.person(by), stage.world.now()
    review = Review(world.next_id(), above.number, person, "", "COMMENTED", above.commit_id, now)
    repository.reviews[review.id] = review
    reply = ReviewComment(
        id=world.next_id(),
        number=above.number,
        review_id=review.id,
        thread_id=above.thread_id,
        user=person,
        body=body,
        anchor=above.anchor,
        original_commit_id=above.original_commit_id,
        commit_id=above.commit_id,
        created_at=now,
        updated_at=now,
        line=above.line,
        start_line=above.start_line,
        in_reply_to_id=above.in_reply_to_id or above.id,
    )
    repository.review_comments[reply.id] = reply
    return reply
