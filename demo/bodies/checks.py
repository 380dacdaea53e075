"""Check suites, check runs, annotations."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from demo.bodies.accounts import app_body
from demo.bodies.commits import simple_commit_body
from demo.bodies.links import Json, Links, node_id, stamp, stamp_or_none
from demo.bodies.pull_requests import short_reference_body
from demo.bodies.repositories import repository_body
from demo.state.checks import CheckRun, CheckSuite
from demo.state.repository import Repository
from demo.state.world import World


def run_body(links: Links, world: World, repository: Repository, run: CheckRun) -> Json:
    """`check-run`."""
    url = links.api(f"repos/{repository.full_name}/check-runs/{run.id}")
    return {
        "id": run.id,
        "node_id": node_id("CR", run.id),
        "head_sha": run.head_sha,
        "external_id": run.external_id,
        "url": url,
        "html_url": links.page(f"{repository.full_name}/runs/{run.id}"),
        "details_url": run.details_url,
        "status": run.status,
        "conclusion": run.conclusion,
        "started_at": stamp_or_none(run.started_at),
        "completed_at": stamp_or_none(run.completed_at),
        "output": {
            "title": run.output.title,
            "summary": run.output.summary,
            "text": run.output.text,
            "annotations_count": len(run.output.annotations),
            "annotations_url": f"{url}/annotations",
        },
        "name": run.name,
        "check_suite": {"id": run.suite_id},
        "app": app_body(links, world.app),
        "pull_requests": references(links, world, repository, run.head_sha),
    }


def run_event_body(links: Links, world: World, repository: Repository, run: CheckRun) -> Json:
    """The run as an event carries it: with its whole suite and the actions offered."""
    suite = repository.check_suites[run.suite_id]
    return {
        **run_body(links, world, repository, run),
        "check_suite": suite_event_body(links, world, repository, suite),
        "actions": [
            {"label": a.label, "description": a.description, "identifier": a.identifier}
            for a in run.actions
        ],
    }


def suite_event_body(links: Links, world: World, repository: Repository, suite: CheckSuite) -> Json:
    """The suite as an event carries it: without its repository, which stands beside it."""
    url = links.api(f"repos/{repository.full_name}/check-suites/{suite.id}")
    return {
        "id": suite.id,
        "node_id": node_id("CS", suite.id),
        "head_branch": suite.head_branch,
        "head_sha": suite.head_sha,
        "status": suite.status,
        "conclusion": suite.conclusion,
        "url": url,
        "before": None,
        "after": suite.head_sha,
        "head_commit": simple_commit_body(suite.commit),
        "pull_requests": references(links, world, repository, suite.head_sha),
        "app": app_body(links, world.app),
        "created_at": stamp(suite.created_at),
        "updated_at": stamp(suite.updated_at),
        "latest_check_runs_count": len(latest(_runs(repository, suite))),
        "check_runs_url": f"{url}/check-runs",
    }


def suite_body(links: Links, world: World, repository: Repository, suite: CheckSuite) -> Json:
    """`check-suite`."""
    return {
        **suite_event_body(links, world, repository, suite),
        "repository": repository_body(links, repository),
    }


def annotation_body(
    links: Links, repository: Repository, sha: str, annotation: dict[str, Any]
) -> Json:
    """`check-annotation`."""
    optional = ("start_column", "end_column", "title", "raw_details")
    path = quote(annotation["path"])
    return {
        **{name: annotation.get(name) for name in optional},
        **{name: annotation[name] for name in ("path", "start_line", "end_line")},
        "annotation_level": annotation["annotation_level"],
        "message": annotation["message"],
        "blob_href": links.page(f"{repository.full_name}/blob/{sha}/{path}"),
    }


def references(links: Links, world: World, repository: Repository, sha: str) -> list[Json]:
    """The open pull requests of a commit; never those from forks, as on GitHub."""
    return [
        short_reference_body(links, world, repository, pull)
        for pull in repository.pull_requests.values()
        if pull.is_open and pull.head_sha == sha and pull.head_repository_id == repository.id
    ]


def latest(runs: Sequence[CheckRun]) -> list[CheckRun]:
    """The newest run of each name."""
    return list({run.name: run for run in sorted(runs, key=lambda run: run.id)}.values())


def _runs(repository: Repository, suite: CheckSuite) -> list[CheckRun]:
    return [run for run in repository.check_runs.values() if run.suite_id == suite.id]
