"""What deliveries carry: small lenient models of the events the product handles.

githubkit's strict models refuse a third of the official example payloads, so these hold only what is
used, and take null where a recording has one. `read_payload` turns a body into one of them.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from app.domain.change import Repository

Id = Annotated[int, Field(ge=0, lt=1 << 63)]
"""A number that fits a database column."""


class UnreadablePayload(Exception):  # noqa: N818 - named for what happened
    """A delivery's body is not what its event documents; `str()` names the first places."""


class Part(BaseModel):
    """Unknown keys are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Account(Part):
    """A person, bot or organisation. Decide by ``id``: logins can be renamed and used again."""

    id: Id
    login: str
    type: str = "User"


class App(Part):
    """A GitHub App."""

    id: Id
    slug: str | None = None


class InstallationReference(Part):
    """The installation a delivery belongs to."""

    id: Id


class Installation(InstallationReference):
    """An installation in full."""

    app_id: Id | None = None
    account: Account | None = None
    permissions: Mapping[str, str] = Field(default_factory=dict)
    events: tuple[str, ...] = ()
    repository_selection: str = "selected"
    suspended_at: str | None = None


class RepositoryPart(Part):
    """A repository, in full or as installation events shorten it."""

    id: Id
    full_name: str
    private: bool = True
    archived: bool = False
    default_branch: str | None = None
    fork: bool = False

    def on(self, host: str) -> Repository:
        """The domain's value of it."""
        return Repository(host=host, id=self.id, full_name=self.full_name, private=self.private)


class Branch(Part):
    """One end of a pull request; ``repo`` is null for a deleted fork."""

    ref: str
    sha: str
    repo: RepositoryPart | None = None


class PullRequestPart(Part):
    """A pull request inside an event."""

    number: Id
    state: str = "open"
    draft: bool = False
    merged: bool | None = None
    title: str = ""
    user: Account | None = None
    head: Branch
    base: Branch
    commits: Id | None = None
    updated_at: AwareDatetime = datetime.min.replace(tzinfo=UTC)


class ChangedBranch(Part):
    """The base before it was changed."""

    ref: Mapping[str, str] | None = None
    sha: Mapping[str, str] | None = None


class Changes(Part):
    """What an edit changed; only a changed base matters."""

    base: ChangedBranch | None = None


class Event(Part):
    """What every delivery may carry."""

    action: str = ""
    installation: InstallationReference | None = None
    repository: RepositoryPart | None = None
    sender: Account | None = None

    @property
    def by_bot(self) -> bool:
        """Whether a bot did it: our own posts come back as events, and must start nothing."""
        return self.sender is not None and self.sender.type == "Bot"


class PullRequestEvent(Event):
    """``pull_request``; ``before`` and ``after`` come with `synchronize`."""

    repository: RepositoryPart
    number: Id
    pull_request: PullRequestPart
    changes: Changes | None = None
    before: str | None = None
    after: str | None = None

    @property
    def retargeted(self) -> bool:
        """Whether an edit changed the base, and with it the difference."""
        return (
            self.action == "edited" and self.changes is not None and self.changes.base is not None
        )


class PullReference(Part):
    """A pull request named by a check event; the list of them is empty for forks."""

    number: Id


class CheckSuitePart(Part):
    """A check suite."""

    id: Id
    head_sha: str
    app: App | None = None
    pull_requests: tuple[PullReference, ...] = ()


class CheckRunPart(Part):
    """A check run."""

    id: Id
    name: str
    head_sha: str
    external_id: str | None = None
    app: App | None = None
    pull_requests: tuple[PullReference, ...] = ()


class RequestedAction(Part):
    """The button that was clicked."""

    identifier: str


class CheckRunEvent(Event):
    """``check_run``: only `rerequested` and `requested_action` are acted on."""

    repository: RepositoryPart
    check_run: CheckRunPart
    requested_action: RequestedAction | None = None


class CheckSuiteEvent(Event):
    """``check_suite``: only `rerequested` is acted on."""

    repository: RepositoryPart
    check_suite: CheckSuitePart


class MergeGroupPart(Part):
    """The temporary commit of a merge queue."""

    head_sha: str
    head_ref: str
    base_sha: str
    base_ref: str


class MergeGroupEvent(Event):
    """``merge_group``; ``reason`` comes with `destroyed`."""

    repository: RepositoryPart
    merge_group: MergeGroupPart
    reason: str | None = None


class IssuePart(Part):
    """An issue or pull request as comment events name it."""

    number: Id
    pull_request: Mapping[str, object] | None = None
    user: Account | None = None


class CommentPart(Part):
    """A comment. ``updated_at`` shows an edit between the event and its handling."""

    id: Id
    body: str | None = None
    user: Account | None = None
    created_at: str = ""
    updated_at: str = ""
    performed_via_github_app: App | None = None
    in_reply_to_id: Id | None = None
    commit_id: str | None = None


class IssueCommentEvent(Event):
    """``issue_comment``, which comes for issues and pull requests alike and names no commit."""

    repository: RepositoryPart
    issue: IssuePart
    comment: CommentPart

    @property
    def on_pull_request(self) -> bool:
        """Whether it was made on a pull request."""
        return self.issue.pull_request is not None


class ReviewPart(Part):
    """A review."""

    id: Id
    body: str | None = None
    user: Account | None = None
    state: str = ""


class PullReviewEvent(Event):
    """``pull_request_review``."""

    repository: RepositoryPart
    pull_request: PullRequestPart
    review: ReviewPart


class PullReviewCommentEvent(Event):
    """``pull_request_review_comment``."""

    repository: RepositoryPart
    pull_request: PullRequestPart
    comment: CommentPart


class ThreadPart(Part):
    """A review thread; its first comment is the one that began it."""

    node_id: str = ""
    comments: tuple[CommentPart, ...] = ()


class ReviewThreadEvent(Event):
    """``pull_request_review_thread``: a person resolved or reopened one."""

    repository: RepositoryPart
    pull_request: PullRequestPart
    thread: ThreadPart


class PushEvent(Event):
    """``push``; ``after`` is all zeros when the ref was deleted."""

    repository: RepositoryPart
    ref: str
    before: str
    after: str
    deleted: bool = False


class InstallationEvent(Event):
    """``installation``: created, deleted, suspend, unsuspend, new_permissions_accepted."""

    installation: Installation
    repositories: tuple[RepositoryPart, ...] | None = None


class InstallationRepositoriesEvent(Event):
    """``installation_repositories``: added, removed."""

    installation: Installation
    repositories_added: tuple[RepositoryPart, ...] = ()
    repositories_removed: tuple[RepositoryPart, ...] = ()


class RepositoryEvent(Event):
    """``repository``: renamed, transferred, archived, privatized and the like."""

    repository: RepositoryPart


class WorkflowRunPart(Part):
    """One run of a workflow."""

    id: Id
    name: str | None = None
    head_sha: str
    head_branch: str | None = None
    event: str
    status: str | None = None
    conclusion: str | None = None
    pull_requests: tuple[PullReference, ...] = ()


class WorkflowRunEvent(Event):
    """``workflow_run``."""

    repository: RepositoryPart
    workflow_run: WorkflowRunPart


class AuthorizationEvent(Event):
    """``github_app_authorization`` revoked: that person's sessions end."""

    sender: Account


class PingEvent(Event):
    """``ping``."""

    zen: str = ""
    hook_id: Id | None = None


MODELS: Final[Mapping[str, type[Event]]] = {
    "check_run": CheckRunEvent,
    "check_suite": CheckSuiteEvent,
    "github_app_authorization": AuthorizationEvent,
    "installation": InstallationEvent,
    "installation_repositories": InstallationRepositoriesEvent,
    "issue_comment": IssueCommentEvent,
    "merge_group": MergeGroupEvent,
    "ping": PingEvent,
    "pull_request": PullRequestEvent,
    "pull_request_review": PullReviewEvent,
    "pull_request_review_comment": PullReviewCommentEvent,
    "pull_request_review_thread": ReviewThreadEvent,
    "push": PushEvent,
    "repository": RepositoryEvent,
    "workflow_run": WorkflowRunEvent,
}


def read_payload(event: str, body: bytes) -> Event | None:
    """The delivery's payload; None for an event that has no model here.

    Raises UnreadablePayload, whose text holds names of places only, never what the body says.
    """
    model = MODELS.get(event)
    if model is None:
        return None
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        places = ", ".join(".".join(map(str, problem["loc"])) for problem in error.errors()[:3])
        raise UnreadablePayload(f"{event}: not as documented at {places or 'the top'}") from error
