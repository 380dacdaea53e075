"""Issues, comments, reviews, review comments, reactions."""

from collections.abc import Sequence

from demo.bodies.accounts import account_body, app_body
from demo.bodies.links import Json, Links, node_id, stamp, stamp_or_none
from demo.bodies.pull_requests import association
from demo.bodies.repositories import label_body
from demo.state.discussion import Issue, IssueComment, Reaction, Review, ReviewComment
from demo.state.repository import Repository
from demo.state.world import World

REACTIONS = ("+1", "-1", "laugh", "confused", "heart", "hooray", "eyes", "rocket")


def issue_body(links: Links, world: World, repository: Repository, issue: Issue) -> Json:
    """`issue`; a pull request has a `pull_request` key."""
    url = links.api(f"repos/{repository.full_name}/issues/{issue.number}")
    pull = repository.pull_requests.get(issue.number)
    kind = "issues" if pull is None else "pull"
    page = links.page(f"{repository.full_name}/{kind}/{issue.number}")
    body = {
        "id": issue.id,
        "node_id": node_id("I", issue.id),
        "url": url,
        "repository_url": links.api(f"repos/{repository.full_name}"),
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "html_url": page,
        "labels": [label_body(links, repository, label) for label in issue.labels],
        "comments": sum(1 for c in repository.issue_comments.values() if c.number == issue.number),
        "performed_via_github_app": app_body(links, world.app) if issue.by_app else None,
        **_issue_facts(links, world, repository, issue),
    }
    if pull is not None:
        body["draft"] = pull.draft
        body["pull_request"] = _pull_links(links, repository, issue.number, page)
        body["pull_request"]["merged_at"] = stamp_or_none(pull.merged_at)
    return body


def comment_body(links: Links, world: World, repository: Repository, comment: IssueComment) -> Json:
    """`issue-comment`."""
    issue = repository.issues[comment.number]
    kind = "pull" if comment.number in repository.pull_requests else "issues"
    page = links.page(f"{repository.full_name}/{kind}/{comment.number}")
    url = links.api(f"repos/{repository.full_name}/issues/comments/{comment.id}")
    return {
        "id": comment.id,
        "node_id": node_id("IC", comment.id),
        "url": url,
        "html_url": f"{page}#issuecomment-{comment.id}",
        "issue_url": links.api(f"repos/{repository.full_name}/issues/{issue.number}"),
        **_said(links, world, repository, comment),
        "performed_via_github_app": app_body(links, world.app) if comment.by_app else None,
        "reactions": rollup(f"{url}/reactions", comment.reactions),
    }


def review_body(links: Links, world: World, repository: Repository, review: Review) -> Json:
    """`pull-request-review`."""
    page = links.page(f"{repository.full_name}/pull/{review.number}")
    pull = links.api(f"repos/{repository.full_name}/pulls/{review.number}")
    html = f"{page}#pullrequestreview-{review.id}"
    body = {
        "id": review.id,
        "node_id": node_id("PRR", review.id),
        "user": account_body(links, review.user),
        "body": review.body,
        "state": review.state,
        "html_url": html,
        "pull_request_url": pull,
        "_links": {"html": {"href": html}, "pull_request": {"href": pull}},
        "commit_id": review.commit_id,
        "author_association": association(world, repository, review.user.login),
    }
    if review.submitted_at is not None:
        body["submitted_at"] = stamp(review.submitted_at)
    return body


def review_comment_body(
    links: Links, world: World, repository: Repository, comment: ReviewComment
) -> Json:
    """`pull-request-review-comment`. A comment on a whole file has no line keys."""
    pull = links.api(f"repos/{repository.full_name}/pulls/{comment.number}")
    url = links.api(f"repos/{repository.full_name}/pulls/comments/{comment.id}")
    html = links.page(f"{repository.full_name}/pull/{comment.number}#discussion_r{comment.id}")
    hrefs = {"self": url, "html": html, "pull_request": pull}
    body = {
        "id": comment.id,
        "node_id": node_id("PRRC", comment.id),
        "url": url,
        "html_url": html,
        "pull_request_url": pull,
        "pull_request_review_id": comment.review_id,
        "diff_hunk": comment.anchor.diff_hunk,
        "path": comment.anchor.path,
        "commit_id": comment.commit_id,
        "original_commit_id": comment.original_commit_id,
        **_said(links, world, repository, comment),
        "_links": {name: {"href": href} for name, href in hrefs.items()},
        "reactions": rollup(f"{url}/reactions", comment.reactions),
        "subject_type": comment.anchor.subject_type,
        **_lines(comment),
    }
    if comment.in_reply_to_id is not None:
        body["in_reply_to_id"] = comment.in_reply_to_id
    return body


def reaction_body(links: Links, reaction: Reaction) -> Json:
    """`reaction`."""
    return {
        "id": reaction.id,
        "node_id": node_id("REA", reaction.id),
        "user": account_body(links, reaction.user),
        "content": reaction.content,
        "created_at": stamp(reaction.created_at),
    }


def rollup(url: str, reactions: Sequence[Reaction]) -> Json:
    """`reaction-rollup`."""
    counts = {name: sum(1 for r in reactions if r.content == name) for name in REACTIONS}
    return {"url": url, "total_count": len(reactions), **counts}


def _said(
    links: Links, world: World, repository: Repository, comment: IssueComment | ReviewComment
) -> Json:
    """Who said what and when."""
    return {
        "body": comment.body,
        "user": account_body(links, comment.user),
        "created_at": stamp(comment.created_at),
        "updated_at": stamp(comment.updated_at),
        "author_association": association(world, repository, comment.user.login),
    }


def _issue_facts(links: Links, world: World, repository: Repository, issue: Issue) -> Json:
    return {
        "number": issue.number,
        "title": issue.title,
        "body": issue.body,
        "user": account_body(links, issue.user),
        "state": issue.state,
        "state_reason": issue.state_reason,
        "locked": False,
        "assignee": account_body(links, issue.assignees[0]) if issue.assignees else None,
        "assignees": [account_body(links, user) for user in issue.assignees],
        "milestone": None,
        "created_at": stamp(issue.created_at),
        "updated_at": stamp(issue.updated_at),
        "closed_at": stamp_or_none(issue.closed_at),
        "author_association": association(world, repository, issue.user.login),
    }


def _pull_links(links: Links, repository: Repository, number: int, page: str) -> Json:
    return {
        "url": links.api(f"repos/{repository.full_name}/pulls/{number}"),
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
    }


def _lines(comment: ReviewComment) -> Json:
    anchor = comment.anchor
    outdated = anchor.subject_type == "line" and comment.line is None
    position = None if outdated else anchor.position
    placed = {"position": position, "original_position": anchor.position}
    if anchor.subject_type == "file":
        return placed
    return {
        **placed,
        "line": comment.line,
        "original_line": anchor.line,
        "side": anchor.side,
        "start_line": comment.start_line,
        "original_start_line": anchor.start_line,
        "start_side": anchor.start_side,
    }
