"""Check runs: created, updated and found again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.github.client import GitHubClient, parsed
from app.github.connection import Access
from app.github.models import CheckRun, CheckRunAnswer
from app.github.retry import Call

ANNOTATIONS_A_REQUEST: Final = 50
"""GitHub's limit; every update appends, nothing is ever replaced."""
_RUNS: Final = "/repos/{repository}/check-runs"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCheckRun:
    """What a check run in progress is created with; ``external_id`` finds it after a lost answer."""

    name: str
    head: str
    external_id: str
    details_url: str | None
    started_at: datetime
    title: str
    summary: str

    def as_json(self) -> dict[str, object]:
        """GitHub's form of it."""
        run: dict[str, object] = {
            "name": self.name,
            "head_sha": self.head,
            "external_id": self.external_id,
            "status": "in_progress",
            "started_at": _moment(self.started_at),
            "output": {"title": self.title, "summary": self.summary},
        }
        return run if self.details_url is None else run | {"details_url": self.details_url}


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What a check run shows; ``annotations`` are appended, at most 50."""

    title: str
    summary: str
    text: str = ""
    annotations: Sequence[Mapping[str, object]] = ()

    def as_json(self) -> dict[str, object]:
        """GitHub's form of it; empty parts are left out."""
        shown: dict[str, object] = {"title": self.title, "summary": self.summary}
        if self.text:
            shown["text"] = self.text
        if self.annotations:
            shown["annotations"] = [dict(annotation) for annotation in self.annotations]
        return shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A button on a completed check run: label 20, description 40, identifier 20 characters."""

    label: str
    description: str
    identifier: str

    def as_json(self) -> dict[str, object]:
        """GitHub's form of it."""
        return {
            "label": self.label,
            "description": self.description,
            "identifier": self.identifier,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """How a check run ends: GitHub's conclusion, what it shows, its page, at most three buttons.

    Without a page of its own the details link leads to the app.
    """

    conclusion: str
    output: Output
    details_url: str | None = None
    actions: Sequence[Action] = ()

    def as_json(self) -> dict[str, object]:
        """GitHub's form of it; empty parts are left as they are there."""
        end: dict[str, object] = {
            "status": "completed",
            "conclusion": self.conclusion,
            "output": self.output.as_json(),
        }
        if self.details_url is not None:
            end["details_url"] = self.details_url
        if self.actions:
            end["actions"] = [action.as_json() for action in self.actions]
        return end


async def create_check(client: GitHubClient, access: Access, new: NewCheckRun) -> CheckRun:
    """Create a check run in progress. AnswerLost: look it up before trying again."""
    call = Call(
        method="POST",
        path=_RUNS,
        what="creating the check run",
        repeatable=False,
        body=new.as_json(),
    )
    return _check_run(parsed(CheckRunAnswer, await client.request(access, call)))


async def show_progress(
    client: GitHubClient, access: Access, check_run_id: int, output: Output
) -> CheckRun:
    """Replace title and summary of a run in progress and append its annotations.

    AnswerLost is raised at once when there are annotations: a repeat would double them.
    """
    return await _update(client, access, check_run_id, {"output": output.as_json()}, output)


async def complete_check(
    client: GitHubClient, access: Access, check_run_id: int, end: Completion
) -> CheckRun:
    """Complete a run with its conclusion; it can never be reopened."""
    return await _update(client, access, check_run_id, end.as_json(), end.output)


async def read_check(client: GitHubClient, access: Access, check_run_id: int) -> CheckRun:
    """A check run as it is now."""
    call = Call(method="GET", path=f"{_RUNS}/{check_run_id}", what="the check run", repeatable=True)
    return _check_run(await client.read(access, CheckRunAnswer, call))


async def find_check(
    client: GitHubClient, access: Access, *, head: str, name: str, external_id: str
) -> CheckRun | None:
    """Our run of this name and external id on a commit; None: there is none.

    Any error means that it is not known whether there is one.
    """
    identity = await client.identity()
    call = Call(
        method="GET",
        path=f"/repos/{{repository}}/commits/{head}/check-runs",
        what="check runs of a commit",
        repeatable=True,
        parameters={"check_name": name, "filter": "all"},
    )
    runs = await client.read_pages(access, CheckRunAnswer, call, inside="check_runs")
    ours = (run for run in runs if run.app is None or run.app.id == identity.app_id)
    found = (run for run in ours if run.external_id == external_id and run.name == name)
    return next((_check_run(run) for run in found), None)


async def _update(
    client: GitHubClient,
    access: Access,
    check_run_id: int,
    body: Mapping[str, object],
    output: Output,
) -> CheckRun:
    call = Call(
        method="PATCH",
        path=f"{_RUNS}/{check_run_id}",
        what="updating the check run",
        repeatable=not output.annotations,
        body=body,
    )
    return _check_run(parsed(CheckRunAnswer, await client.request(access, call)))


def _check_run(answer: CheckRunAnswer) -> CheckRun:
    return CheckRun(
        id=answer.id,
        name=answer.name,
        head=answer.head_sha,
        external_id=answer.external_id or "",
        completed=answer.status == "completed",
        conclusion=answer.conclusion,
        annotations=answer.output.annotations_count,
    )


def _moment(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")
