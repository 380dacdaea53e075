"""Check runs and suites, with the rules that GitHub's schemas do not express."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from demo.api.call import Answer, Call, Endpoint, Needs, counted, listing, reads
from demo.bodies.checks import annotation_body, latest, run_body, suite_body
from demo.bodies.links import Json
from demo.git.commits import knows_commit, read_commit
from demo.refusal import RefusalError, invalid, not_found
from demo.state.checks import CheckAction, CheckOutput, CheckRun, CheckSuite
from demo.state.repository import Repository
from demo.state.world import World

TEXT_LIMIT: Final = 65_535
ANNOTATION_TEXT_LIMIT: Final = 64 * 1024
ANNOTATION_TITLE_LIMIT: Final = 255
# The others are GitHub Actions' own.
STATUSES: Final = ("queued", "in_progress", "completed")
APP_WRITES: Final = Needs((("checks", "write"),), app_only=True)


async def create_run(call: Call) -> Answer:
    """A new run on a commit that the repository knows."""
    body = call.body
    _check_progress(body)
    _check_output(body.get("output"), creating=True)
    if not body["name"].strip():
        raise invalid("Invalid request.\n\nname can't be blank.")
    if not await knows_commit(call.repository.path, body["head_sha"]):
        raise invalid(f"No commit found for SHA: {body['head_sha']}")
    suite = await ensure_suite(call.world, call.repository, body["head_sha"])
    run = _new_run(call, suite, body)
    call.repository.check_runs[run.id] = run
    _tell(call, run, "created")
    if run.status == "completed":
        _tell(call, run, "completed")
    return Answer(201, run_body(call.links, call.world, call.repository, run))


async def update_run(call: Call) -> Answer:
    """Change a run; annotations are appended to those it has, and a completed run stays completed."""
    run, body = _run(call), call.body
    _check_progress(body)
    _check_output(body.get("output"), creating=False)
    was_complete = run.status == "completed"
    if was_complete and body.get("status", "completed") != "completed":
        raise invalid("Invalid request.\n\nA completed check run can't be reopened.")
    _apply(call.world.now(), run, body)
    update_suite(call.world, call.repository, run.suite_id)
    if run.status == "completed" and not was_complete:
        _tell(call, run, "completed")
    return Answer(200, run_body(call.links, call.world, call.repository, run))


async def get_run(call: Call) -> Answer:
    """One run."""
    return Answer(200, run_body(call.links, call.world, call.repository, _run(call)))


async def list_annotations(call: Call) -> Answer:
    """A run's annotations, oldest first."""
    run = _run(call)
    return listing(
        call,
        run.output.annotations,
        lambda a: annotation_body(call.links, call.repository, run.head_sha, a),
    )


async def rerequest_run(call: Call) -> Answer:
    """Ask the app for a new run. The suite is reset; the run keeps its result."""
    run = _run(call)
    call.repository.check_suites[run.suite_id].status = "queued"
    call.events.check_run(call.repository, run, "rerequested", call.author()[0])
    return Answer(201, {})


async def list_runs_of_commit(call: Call) -> Answer:
    """The runs on a commit."""
    sha = await call.commit(call.parameters["ref"])
    return _runs(call, [r for r in call.repository.check_runs.values() if r.head_sha == sha])


async def list_runs_of_suite(call: Call) -> Answer:
    """The runs of a suite."""
    suite = _suite(call)
    return _runs(call, [r for r in call.repository.check_runs.values() if r.suite_id == suite.id])


async def create_suite(call: Call) -> Answer:
    """A suite on a commit: 201 when new, 200 when it was there."""
    sha = call.body["head_sha"]
    if not await knows_commit(call.repository.path, sha):
        raise invalid(f"No commit found for SHA: {sha}")
    known = any(s.head_sha == sha for s in call.repository.check_suites.values())
    suite = await ensure_suite(call.world, call.repository, sha)
    return Answer(200 if known else 201, _suite_body(call, suite))


async def get_suite(call: Call) -> Answer:
    """One suite."""
    return Answer(200, _suite_body(call, _suite(call)))


async def rerequest_suite(call: Call) -> Answer:
    """Ask the app to run everything on the commit again."""
    suite = _suite(call)
    suite.status, suite.conclusion = "queued", None
    call.events.check_suite(call.repository, suite, "rerequested", call.author()[0])
    return Answer(201, {})


async def list_suites_of_commit(call: Call) -> Answer:
    """The suites on a commit."""
    sha = await call.commit(call.parameters["ref"])
    suites = [s for s in call.repository.check_suites.values() if s.head_sha == sha]
    return counted(call, "check_suites", suites, lambda suite: _suite_body(call, suite))


async def ensure_suite(world: World, repository: Repository, sha: str) -> CheckSuite:
    """The app's suite on a commit, made if there is none."""
    for suite in repository.check_suites.values():
        if suite.head_sha == sha:
            return suite
    own = (p for p in repository.pull_requests.values() if p.head_repository_id == repository.id)
    branch = next((p.head_ref for p in own if p.head_sha == sha), None)
    commit = await read_commit(repository.path, sha)
    suite = CheckSuite(world.next_id(), sha, branch, commit, world.now(), world.now())
    repository.check_suites[suite.id] = suite
    return suite


def update_suite(world: World, repository: Repository, suite_id: int) -> None:
    """A suite is complete when the newest run of each name is; one failure makes it a failure."""
    suite = repository.check_suites[suite_id]
    runs = latest([r for r in repository.check_runs.values() if r.suite_id == suite_id])
    complete = bool(runs) and all(run.status == "completed" for run in runs)
    passing = ("success", "neutral", "skipped")
    worst = [run.conclusion for run in runs if run.conclusion not in passing]
    suite.status = "completed" if complete else "in_progress"
    suite.conclusion = ((worst or ["success"])[0]) if complete else None
    suite.updated_at = world.now()


def _new_run(call: Call, suite: CheckSuite, body: Mapping[str, Any]) -> CheckRun:
    run = CheckRun(
        id=call.world.next_id(),
        suite_id=suite.id,
        name=body["name"],
        head_sha=body["head_sha"],
        external_id="",
        details_url=call.links.page(f"apps/{call.world.app.slug}"),
        status="queued",
        conclusion=None,
        started_at=None,
        completed_at=None,
    )
    _apply(call.world.now(), run, body)
    return run


def _apply(now: datetime, run: CheckRun, body: Mapping[str, Any]) -> None:
    for name in ("name", "external_id", "details_url", "status", "conclusion"):
        if name in body:
            setattr(run, name, body[name])
    if "conclusion" in body:
        run.status = "completed"
    run.started_at = _moment(body.get("started_at")) or run.started_at
    if run.status != "queued":
        run.started_at = run.started_at or now
    if run.status == "completed":
        run.completed_at = _moment(body.get("completed_at")) or run.completed_at or now
    if "actions" in body:
        run.actions = tuple(
            CheckAction(a["label"], a["description"], a["identifier"]) for a in body["actions"]
        )
    _append_output(run.output, body.get("output") or {})


def _append_output(output: CheckOutput, given: Mapping[str, Any]) -> None:
    output.title = given.get("title", output.title)
    output.summary = given.get("summary", output.summary)
    output.text = given.get("text", output.text)
    output.annotations.extend(given.get("annotations", ()))


def _check_progress(body: Mapping[str, Any]) -> None:
    status, conclusion = body.get("status"), body.get("conclusion")
    if status is not None and status not in STATUSES:
        raise invalid(f"Invalid request.\n\nOnly GitHub Actions can set the status {status}.")
    if conclusion == "stale":
        raise invalid("Invalid request.\n\nOnly GitHub can set the conclusion stale.")
    if conclusion is None and (status == "completed" or "completed_at" in body):
        raise invalid("Invalid request.\n\nconclusion is required for a completed check run.")


def _check_output(output: Mapping[str, Any] | None, creating: bool) -> None:
    if output is None:
        return
    if creating and not output.get("title"):
        raise invalid('Invalid request.\n\n"title" wasn\'t supplied.')
    for name in ("summary", "text"):
        if len(str(output.get(name) or "").encode()) > TEXT_LIMIT:
            raise invalid(f"Invalid request.\n\nOnly {TEXT_LIMIT} bytes are allowed for {name}.")
    for annotation in output.get("annotations", ()):
        _check_annotation(annotation)


def _check_annotation(annotation: Mapping[str, Any]) -> None:
    if not 1 <= annotation["start_line"] <= annotation["end_line"]:
        raise invalid(
            "Invalid request.\n\nAn annotation's lines start at 1 and end after they start."
        )
    columns = "start_column" in annotation or "end_column" in annotation
    if columns and annotation["start_line"] != annotation["end_line"]:
        raise invalid("Invalid request.\n\nColumns are for annotations of a single line.")
    if len(annotation.get("title") or "") > ANNOTATION_TITLE_LIMIT:
        raise invalid("Invalid request.\n\nAn annotation's title is at most 255 characters.")
    for name in ("message", "raw_details"):
        if len((annotation.get(name) or "").encode()) > ANNOTATION_TEXT_LIMIT:
            raise invalid(f"Invalid request.\n\nAn annotation's {name} is at most 64 KB.")


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _run(call: Call) -> CheckRun:
    found = call.repository.check_runs.get(call.parameters["check_run_id"])
    if found is None:
        raise not_found()
    return found


def _suite(call: Call) -> CheckSuite:
    found = call.repository.check_suites.get(call.parameters["check_suite_id"])
    if found is None:
        raise not_found()
    return found


def _suite_body(call: Call, suite: CheckSuite) -> Json:
    return suite_body(call.links, call.world, call.repository, suite)


def _runs(call: Call, runs: list[CheckRun]) -> Answer:
    name, status = call.query.get("check_name"), call.query.get("status")
    if call.query.get("app_id", call.world.app.id) != call.world.app.id:
        runs = []
    chosen = runs if call.query.get("filter") == "all" else latest(runs)
    named = [r for r in chosen if name in (None, r.name) and status in (None, r.status)]
    newest = sorted(named, key=lambda run: -run.id)
    return counted(
        call,
        "check_runs",
        newest,
        lambda run: run_body(call.links, call.world, call.repository, run),
    )


def _tell(call: Call, run: CheckRun, action: str) -> None:
    update_suite(call.world, call.repository, run.suite_id)
    sender = call.author()[0]
    call.events.check_run(call.repository, run, action, sender)
    suite = call.repository.check_suites[run.suite_id]
    if action == "completed" and suite.status == "completed":
        call.events.check_suite(call.repository, suite, "completed", sender)


def forbidden_to_people() -> RefusalError:
    """403: writing checks is for apps."""
    return RefusalError(403, "You must authenticate via a GitHub App.")


_RUNS = "/repos/{owner}/{repo}/check-runs"
_SUITES = "/repos/{owner}/{repo}/check-suites"
_COMMIT = "/repos/{owner}/{repo}/commits/{ref}"
ENDPOINTS = (
    Endpoint(f"POST {_RUNS}", APP_WRITES, create_run),
    Endpoint(f"GET {_RUNS}/{{check_run_id}}", reads("checks"), get_run),
    Endpoint(f"PATCH {_RUNS}/{{check_run_id}}", APP_WRITES, update_run),
    Endpoint(f"GET {_RUNS}/{{check_run_id}}/annotations", reads("checks"), list_annotations),
    Endpoint(f"POST {_RUNS}/{{check_run_id}}/rerequest", APP_WRITES, rerequest_run),
    Endpoint(f"POST {_SUITES}", APP_WRITES, create_suite),
    Endpoint(f"GET {_SUITES}/{{check_suite_id}}", reads("checks"), get_suite),
    Endpoint(f"GET {_SUITES}/{{check_suite_id}}/check-runs", reads("checks"), list_runs_of_suite),
    Endpoint(f"POST {_SUITES}/{{check_suite_id}}/rerequest", APP_WRITES, rerequest_suite),
    Endpoint(f"GET {_COMMIT}/check-runs", reads("checks"), list_runs_of_commit),
    Endpoint(f"GET {_COMMIT}/check-suites", reads("checks"), list_suites_of_commit),
)
