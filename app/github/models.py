"""Own small models over GitHub's raw answers: only what is used, everything else ignored.

The ``…Answer`` classes read JSON leniently; the dataclasses are what the rest of the product sees.
"""

from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict


class Answer(BaseModel):
    """Unknown keys are ignored: GitHub adds some at any time."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class AppAnswer(Answer):
    """``GET /app``."""

    id: int
    slug: str


class TokenAnswer(Answer):
    """``POST /app/installations/{id}/access_tokens``."""

    token: str
    expires_at: datetime


class RepositoryAnswer(Answer):
    """A repository."""

    id: int
    full_name: str
    private: bool = True
    archived: bool = False
    default_branch: str = ""


class AuthorAnswer(Answer):
    """An account."""

    id: int
    login: str
    type: str = "User"


class BranchAnswer(Answer):
    """One end of a pull request; ``repo`` is null when the fork was deleted."""

    ref: str
    sha: str
    repo: RepositoryAnswer | None = None


class PullAnswer(Answer):
    """``GET /repos/{repository}/pulls/{number}``; ``base.repo`` is never null."""

    number: int
    state: str
    draft: bool = False
    title: str = ""
    commits: int | None = None
    user: AuthorAnswer | None = None
    head: BranchAnswer
    base: BranchAnswer


class CommitAnswer(Answer):
    """A commit by its id."""

    sha: str


class CompareAnswer(Answer):
    """``GET /repos/{repository}/compare/{base}...{head}``."""

    merge_base_commit: CommitAnswer
    total_commits: int


class AppReference(Answer):
    """The app a check run or comment came from."""

    id: int


class OutputAnswer(Answer):
    """The output of a check run, as far as it is used."""

    annotations_count: int = 0


class CheckRunAnswer(Answer):
    """A check run."""

    id: int
    name: str
    head_sha: str
    status: str
    conclusion: str | None = None
    external_id: str | None = None
    app: AppReference | None = None
    output: OutputAnswer = OutputAnswer()


class CommentAnswer(Answer):
    """An issue or review comment."""

    id: int
    body: str | None = None
    user: AuthorAnswer | None = None
    performed_via_github_app: AppReference | None = None
    path: str = ""
    line: int | None = None
    in_reply_to_id: int | None = None


@dataclass(frozen=True, slots=True)
class AppIdentity:
    """Our app: its number and slug. Its comments are written by ``<slug>[bot]``."""

    app_id: int
    slug: str

    def wrote(self, comment: CommentAnswer) -> bool:
        """Whether our app wrote it: by app id where GitHub says one, else by the bot's own login.

        A person's login can't contain brackets, so the login is not to be forged.
        """
        if comment.performed_via_github_app is not None:
            return comment.performed_via_github_app.id == self.app_id
        author = comment.user
        return author is not None and author.type == "Bot" and author.login == f"{self.slug}[bot]"


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """A pull request as GitHub has it now; refs and title are attacker text.

    ``commits`` is None where GitHub does not say. ``fork`` is True also when the fork was deleted.
    """

    number: int
    open: bool
    draft: bool
    title: str
    head: str
    head_ref: str
    base: str
    base_ref: str
    default_branch: str
    full_name: str
    private: bool
    archived: bool
    fork: bool
    author_id: int | None
    commits: int | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Where two commits part, and how many commits lead from there to the head."""

    merge_base: str
    commits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRun:
    """A check run; ``annotations`` is how many it has."""

    id: int
    name: str
    head: str
    external_id: str
    completed: bool
    conclusion: str | None
    annotations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """An issue or review comment our app wrote; ``reply_to`` is set for a reply in a thread."""

    id: str
    body: str
    path: str
    reply_to: str | None
