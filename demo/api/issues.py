"""Issues, the conversation under them and under pull requests, labels."""

from typing import Any

from demo.api.call import Answer, Call, Endpoint, checked_body, listing, reads, writes
from demo.bodies.discussion import comment_body, issue_body
from demo.bodies.links import Json
from demo.bodies.repositories import label_body
from demo.refusal import invalid_field, not_found
from demo.state.discussion import Issue, IssueComment, Label
from demo.state.repository import Repository
from demo.state.world import World

TITLE_LIMIT = 256


async def list_issues(call: Call) -> Answer:
    """Issues and pull requests, newest first, by state, labels and creator."""
    wanted, creator = call.query.get("state", "open"), call.query.get("creator")
    labels = {name for name in str(call.query.get("labels", "")).split(",") if name}
    found = [
        issue
        for issue in reversed(call.repository.issues.values())
        if wanted in ("all", issue.state)
        and labels <= {label.name for label in issue.labels}
        and creator in (None, issue.user.login)
    ]
    return listing(call, found, lambda i: _body(call, i))


async def get_issue(call: Call) -> Answer:
    """One issue."""
    return Answer(200, _body(call, _issue(call)))


async def create_issue(call: Call) -> Answer:
    """A new issue; labels that do not exist are made."""
    author, by_app = call.author()
    title = str(call.body["title"])
    if not title.strip() or len(title) > TITLE_LIMIT:
        raise invalid_field("Issue", "title", "invalid")
    text = call.body.get("body")
    now = call.world.now()
    issue = Issue(
        id=call.world.next_id(),
        number=call.repository.next_number(),
        title=title,
        body=checked_body(text) if text else None,
        user=author,
        created_at=now,
        updated_at=now,
        by_app=by_app,
        labels=_labels(call, call.body.get("labels") or ()),
    )
    _assign(call, issue, call.body.get("assignees"))
    call.repository.issues[issue.number] = issue
    call.events.issue(call.repository, issue, "opened", author)
    return Answer(201, _body(call, issue))


async def update_issue(call: Call) -> Answer:
    """Change title, body, state, labels, assignees."""
    issue, body = _issue(call), call.body or {}
    if "title" in body:
        issue.title = str(body["title"])
    if "body" in body:
        issue.body = checked_body(body["body"]) if body["body"] else None
    if "labels" in body:
        issue.labels = _labels(call, body["labels"])
    _assign(call, issue, body.get("assignees"))
    issue.updated_at = call.world.now()
    if body.get("state", issue.state) != issue.state:
        _set_state(call, issue, body)
    return Answer(200, _body(call, issue))


async def list_labels(call: Call) -> Answer:
    """An issue's labels."""
    issue = _issue(call)
    return listing(call, issue.labels, lambda one: label_body(call.links, call.repository, one))


async def add_labels(call: Call) -> Answer:
    """Labels more for an issue."""
    issue = _issue(call)
    given = call.body.get("labels", ()) if isinstance(call.body, dict) else call.body
    known = {label.name for label in issue.labels}
    issue.labels += [label for label in _labels(call, given) if label.name not in known]
    return await list_labels(call)


async def list_comments(call: Call) -> Answer:
    """The conversation, oldest first."""
    issue = _issue(call)
    comments = [c for c in call.repository.issue_comments.values() if c.number == issue.number]
    return listing(call, comments, lambda c: _comment_body(call, c))


async def create_comment(call: Call) -> Answer:
    """Say something."""
    author, by_app = call.author()
    comment = new_comment(
        call.world, call.repository, _issue(call), checked_body(call.body["body"])
    )
    comment.user, comment.by_app = author, by_app
    call.events.issue_comment(call.repository, comment, "created", author)
    return Answer(201, _comment_body(call, comment))


async def get_comment(call: Call) -> Answer:
    """One comment."""
    return Answer(200, _comment_body(call, _comment(call)))


async def update_comment(call: Call) -> Answer:
    """Edit a comment; whoever may write may edit anyone's."""
    comment = _comment(call)
    before = comment.body
    comment.body = checked_body(call.body["body"])
    comment.updated_at = call.world.now()
    changes = {"changes": {"body": {"from": before}}}
    call.events.issue_comment(call.repository, comment, "edited", call.author()[0], changes)
    return Answer(200, _comment_body(call, comment))


async def delete_comment(call: Call) -> Answer:
    """Remove a comment for good."""
    comment = _comment(call)
    del call.repository.issue_comments[comment.id]
    call.events.issue_comment(call.repository, comment, "deleted", call.author()[0])
    return Answer(204)


def new_comment(world: World, repository: Repository, issue: Issue, body: str) -> IssueComment:
    """A comment added to the conversation, by the app until said otherwise."""
    now = world.now()
    comment = IssueComment(world.next_id(), issue.number, world.app.bot, body, now, now)
    repository.issue_comments[comment.id] = comment
    issue.updated_at = now
    return comment


def _issue(call: Call) -> Issue:
    found = call.repository.issues.get(call.parameters["issue_number"])
    if found is None:
        raise not_found()
    return found


def _comment(call: Call) -> IssueComment:
    found = call.repository.issue_comments.get(call.parameters["comment_id"])
    if found is None:
        raise not_found()
    return found


def _set_state(call: Call, issue: Issue, body: dict[str, Any]) -> None:
    issue.state = body["state"]
    closed = issue.state == "closed"
    issue.state_reason = body.get("state_reason") or ("completed" if closed else "reopened")
    issue.closed_at = call.world.now() if closed else None
    action = "closed" if closed else "reopened"
    sender = call.author()[0]
    pull = call.repository.pull_requests.get(issue.number)
    if pull is None:
        call.events.issue(call.repository, issue, action, sender)
    else:
        call.events.pull_request(call.repository, pull, action, sender)


def _labels(call: Call, given: Any) -> list[Label]:
    names = [one if isinstance(one, str) else one["name"] for one in given]
    labels = call.repository.labels
    for name in names:
        if name not in labels:
            labels[name] = Label(call.world.next_id(), name)
    return [labels[name] for name in dict.fromkeys(names)]


def _assign(call: Call, issue: Issue, logins: list[str] | None) -> None:
    """Logins that do not exist are left out silently, as on GitHub."""
    if logins is not None:
        found = [call.world.find_account(login) for login in logins]
        issue.assignees = [account for account in found if account is not None]


def _body(call: Call, issue: Issue) -> Json:
    return issue_body(call.links, call.world, call.repository, issue)


def _comment_body(call: Call, comment: IssueComment) -> Json:
    return comment_body(call.links, call.world, call.repository, comment)


_ISSUES = "/repos/{owner}/{repo}/issues"
_ONE = f"{_ISSUES}/{{issue_number}}"
_COMMENT = f"{_ISSUES}/comments/{{comment_id}}"
# A pull request's conversation can be reached with either permission.
_READ, _WRITE = reads("issues", "pull_requests"), writes("issues", "pull_requests")
ENDPOINTS = (
    Endpoint(f"GET {_ISSUES}", _READ, list_issues),
    Endpoint(f"POST {_ISSUES}", writes("issues"), create_issue),
    Endpoint(f"GET {_ONE}", _READ, get_issue),
    Endpoint(f"PATCH {_ONE}", _WRITE, update_issue),
    Endpoint(f"GET {_ONE}/labels", _READ, list_labels),
    Endpoint(f"POST {_ONE}/labels", _WRITE, add_labels),
    Endpoint(f"GET {_ONE}/comments", _READ, list_comments),
    Endpoint(f"POST {_ONE}/comments", _WRITE, create_comment),
    Endpoint(f"GET {_COMMENT}", _READ, get_comment),
    Endpoint(f"PATCH {_COMMENT}", _WRITE, update_comment),
    Endpoint(f"DELETE {_COMMENT}", _WRITE, delete_comment),
)
